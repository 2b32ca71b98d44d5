// Tools of 2025-11-25 that ask the client while they run: for a completion, or for the person's answers to a form.

import * as z from 'zod';

/** Registers them. */
export function registerQuestions(server) {
  server.registerTool(
    'test_sampling',
    { description: 'Asks for a completion', inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, { mcpReq }) => {
      const messages = [{ role: 'user', content: { type: 'text', text: prompt } }];
      const { content } = await mcpReq.send({ method: 'sampling/createMessage', params: { messages, maxTokens: 100 } });
      return text(`LLM response: ${content.text}`);
    },
  );
  server.registerTool(
    'test_elicitation',
    { description: 'Asks what it is told to ask', inputSchema: z.object({ message: z.string() }) },
    async ({ message }, { mcpReq }) =>
      ask(mcpReq, message, { response: { type: 'string', description: "User's response" } }, ['response']),
  );
  for (const [name, properties] of Object.entries({
    test_elicitation_sep1034_defaults: defaults,
    test_elicitation_sep1330_enums: enums,
  })) {
    server.registerTool(
      name,
      { description: `Asks for ${Object.keys(properties).join(', ')}`, inputSchema: z.object({}) },
      async (_, { mcpReq }) => ask(mcpReq, 'Please fill in the form', properties, []),
    );
  }
}

async function ask(mcpReq, message, properties, required) {
  const requestedSchema = { type: 'object', properties, required };
  const { action, content = {} } = await mcpReq.send({ method: 'elicitation/create', params: { message, requestedSchema } });
  return text(`action=${action}, content=${JSON.stringify(content)}`);
}

/** A default for every primitive type. */
const defaults = {
  name: { type: 'string', description: 'User name', default: 'John Doe' },
  age: { type: 'integer', description: 'User age', default: 30 },
  score: { type: 'number', description: 'User score', default: 95.5 },
  status: { type: 'string', description: 'User status', enum: ['active', 'inactive', 'pending'], default: 'active' },
  verified: { type: 'boolean', description: 'Verification status', default: true },
};

const titled = (word) => ['First', 'Second', 'Third'].map((title, at) => ({ const: `value${at + 1}`, title: `${title} ${word}` }));
const options = ['option1', 'option2', 'option3'];

/** An enumeration in each way that a form may have one. */
const enums = {
  untitledSingle: { type: 'string', description: 'One option', enum: options },
  titledSingle: { type: 'string', description: 'One option with a title', oneOf: titled('Option') },
  legacyEnum: {
    type: 'string',
    description: 'One option with a title, the old way',
    enum: ['opt1', 'opt2', 'opt3'],
    enumNames: ['Option One', 'Option Two', 'Option Three'],
  },
  untitledMulti: {
    type: 'array',
    description: 'Several options',
    minItems: 1,
    maxItems: 3,
    items: { type: 'string', enum: options },
  },
  titledMulti: {
    type: 'array',
    description: 'Several options with titles',
    minItems: 1,
    maxItems: 3,
    items: { anyOf: titled('Choice') },
  },
};

function text(text) {
  return { content: [{ type: 'text', text }] };
}
