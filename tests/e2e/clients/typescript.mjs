// The TypeScript SDK's clients: what each learns of a service when it does what a plan says.

import { Client as Client2, SSEClientTransport as Stream2, StreamableHTTPClientTransport as Transport2 } from '@modelcontextprotocol/client';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CreateMessageRequestSchema, ElicitRequestSchema, ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

import { answers } from '../plans.mjs';

const everything = { elicitation: { form: {} }, sampling: {}, roots: {} };
const name = { name: 'e2e', version: '1' };
const second = {
  make: (mode) => (capabilities) => new Client2(name, { capabilities, versionNegotiation: { mode } }),
  transport: Transport2,
  handled: { 'elicitation/create': 'elicitation/create', 'sampling/createMessage': 'sampling/createMessage', 'roots/list': 'roots/list' },
  call: (client, params, options) => client.callTool(params, options),
};

/** Each generation, the second in both eras; for [`open`]. */
export const typescript = {
  'TypeScript SDK 1.x': {
    revision: '2025-11-25',
    make: (capabilities) => new Client1(name, { capabilities }),
    transport: Transport1,
    handled: {
      'elicitation/create': ElicitRequestSchema,
      'sampling/createMessage': CreateMessageRequestSchema,
      'roots/list': ListRootsRequestSchema,
    },
    call: (client, params, options) => client.callTool(params, undefined, options),
  },
  'TypeScript SDK 2.x, older revisions': { ...second, revision: '2025-11-25', make: second.make('legacy') },
  'TypeScript SDK 2.x, 2026-07-28': { ...second, revision: '2026-07-28', make: second.make('auto') },
};

/**
 * A client that is connected, and answers what it is asked as [`answers`] says.
 *
 * @param {object} sdk One of [`typescript`].
 * @param {string} url
 * @param {string} [token]
 * @param {object} [capabilities] What it says that it can do.
 */
export async function open(sdk, url, token, capabilities = everything) {
  const client = sdk.make(capabilities);
  for (const [method, answer] of Object.entries(answers)) {
    if (method.split('/')[0] in capabilities) client.setRequestHandler(sdk.handled[method], () => answer);
  }
  const Transport = url.endsWith('/sse') ? Stream2 : sdk.transport;
  await client.connect(new Transport(new URL(url), token && { requestInit: { headers: { authorization: `Bearer ${token}` } } }));
  return client;
}

/** What the client learns when it does what the plan says, as the protocol words it. */
export async function play(sdk, client, plan) {
  const learnt = {
    introduction: {
      serverInfo: client.getServerVersion(),
      capabilities: client.getServerCapabilities(),
      instructions: client.getInstructions(),
    },
    tools: (await client.listTools()).tools,
    resources: (await client.listResources()).resources,
    resourceTemplates: (await client.listResourceTemplates()).resourceTemplates,
    prompts: (await client.listPrompts()).prompts,
    calls: [],
    reads: [],
    gets: [],
    completions: [],
  };
  for (const params of plan.calls) learnt.calls.push(await sdk.call(client, params));
  for (const uri of plan.reads) learnt.reads.push(await client.readResource({ uri }));
  for (const params of plan.gets) learnt.gets.push(await client.getPrompt(params));
  for (const params of plan.completions) learnt.completions.push((await client.complete(params)).completion);
  return learnt;
}

/** How far the client is told that a call is, step by step. */
export async function steps(sdk, client, params) {
  const heard = [];
  // SDK 2.x also counts the rounds in which it was asked something: these have no total.
  const onprogress = ({ progress, total }) => total && heard.push(`${progress} of ${total}`);
  await sdk.call(client, params, { onprogress });
  return heard;
}
