// Tools and a prompt of 2026-07-28 that answer with what they still need, and are asked again with it.

import { randomUUID } from 'node:crypto';

import { CLIENT_CAPABILITIES_META_KEY, ProtocolError, ProtocolErrorCode, acceptedContent, inputRequired } from '@modelcontextprotocol/server';
import * as z from 'zod';

/** Registers them. `states` seals what a tool wants to know again in the next round. */
export function registerRounds(server, states) {
  const seal = (tool, more = {}) => states.mint({ tool, nonce: randomUUID(), ...more });
  const tool = (name, description, answer) => {
    server.registerTool(name, { description, inputSchema: z.object({}) }, async (_, { mcpReq }) => answer(mcpReq));
  };

  tool('test_input_required_result_elicitation', 'Asks for a name', ({ inputResponses }) => {
    const name = acceptedContent(inputResponses, 'user_name')?.name;
    return typeof name === 'string' ? text(`Hello, ${name}!`) : inputRequired({ inputRequests: { user_name: askName() } });
  });
  tool('test_input_required_result_sampling', 'Asks for a completion', ({ inputResponses }) => {
    const answer = inputResponses?.capital_question;
    return answer
      ? text(`Sampling response: ${answer.content?.text}`)
      : inputRequired({ inputRequests: { capital_question: complete('What is the capital of France?') } });
  });
  tool('test_missing_capability', 'Asks for a completion, whether or not the client can', ({ inputResponses }) =>
    inputResponses?.answer ? text('Completed.') : inputRequired({ inputRequests: { answer: complete('Say: pong') } }));
  tool('test_input_required_result_list_roots', 'Asks for the roots', ({ inputResponses }) => {
    const roots = inputResponses?.client_roots?.roots;
    return roots
      ? text(roots.map(({ uri }) => uri).join(', '))
      : inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  });
  tool('test_input_required_result_request_state', 'Asks for a yes, and for its state back', async (mcpReq) => {
    if (!acceptedContent(mcpReq.inputResponses, 'confirm')) {
      return inputRequired({ inputRequests: { confirm: askYes() }, requestState: await seal('request_state') });
    }
    if (mcpReq.requestState()) return text('state-ok');
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'The requestState is missing');
  });
  // A state that was changed is refused before the tool runs.
  tool('test_input_required_result_tampered_state', 'Asks for a yes, and for its state back, unchanged', async (mcpReq) =>
    mcpReq.requestState() && acceptedContent(mcpReq.inputResponses, 'confirm')
      ? text('state-ok')
      : inputRequired({ inputRequests: { confirm: askYes() }, requestState: await seal('tampered_state') }));
  tool('test_input_required_result_multiple_inputs', 'Asks for three things at once', async ({ inputResponses }) => {
    const name = acceptedContent(inputResponses, 'user_name')?.name;
    const greeting = inputResponses?.greeting?.content?.text;
    const roots = inputResponses?.client_roots?.roots;
    return name && greeting && roots
      ? text(`${greeting} ${name}, ${roots.length} roots`)
      : inputRequired({ inputRequests: allThree(), requestState: await seal('multiple_inputs') });
  });
  tool('test_input_required_result_multi_round', 'Asks twice', async (mcpReq) => {
    const { round = 0, name } = mcpReq.requestState() ?? {};
    if (round === 0) {
      return inputRequired({ inputRequests: { step1: askName() }, requestState: await seal('multi_round', { round: 1 }) });
    }
    if (round === 1) {
      const state = { round: 2, name: acceptedContent(mcpReq.inputResponses, 'step1')?.name };
      const step2 = ask('What is your favorite color?', { color: { type: 'string' } });
      return inputRequired({ inputRequests: { step2 }, requestState: await seal('multi_round', state) });
    }
    return text(`${name} likes ${acceptedContent(mcpReq.inputResponses, 'step2')?.color}`);
  });
  tool('test_input_required_result_capabilities', 'Asks for what the client can', ({ inputResponses, envelope }) => {
    const can = envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? {};
    const kinds = { user_name: 'elicitation', greeting: 'sampling', client_roots: 'roots' };
    const wanted = Object.entries(allThree()).filter(([key]) => can[kinds[key]]);
    return inputResponses || wanted.length === 0
      ? text('Nothing more is needed.')
      : inputRequired({ inputRequests: Object.fromEntries(wanted) });
  });
  server.registerPrompt('test_input_required_result_prompt', { description: 'Asks for its context' }, ({ mcpReq }) => {
    const context = acceptedContent(mcpReq.inputResponses, 'user_context')?.context;
    return context
      ? { messages: [{ role: 'user', content: { type: 'text', text: `Use the following context: ${context}` } }] }
      : inputRequired({ inputRequests: { user_context: ask('Which context?', { context: { type: 'string' } }) } });
  });
}

function allThree() {
  return { user_name: askName(), greeting: complete('Generate a greeting'), client_roots: inputRequired.listRoots() };
}

function askName() {
  return ask('What is your name?', { name: { type: 'string' } });
}

function askYes() {
  return ask('Please confirm', { ok: { type: 'boolean' } });
}

function ask(message, properties) {
  return inputRequired.elicit({ message, requestedSchema: { type: 'object', properties, required: Object.keys(properties) } });
}

function complete(prompt) {
  return inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text: prompt } }], maxTokens: 100 });
}

function text(text) {
  return { content: [{ type: 'text', text }] };
}
