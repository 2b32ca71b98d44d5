// What the three servers of the TypeScript SDK's first generation share.

import { completable } from '@modelcontextprotocol/sdk/server/completable.js';
import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { ElicitResultSchema } from '@modelcontextprotocol/sdk/types.js';

import { register } from './tools.mjs';

/** A server that is not connected yet. */
export function build(waits) {
  const server = new McpServer({ name: 'sdk-1', title: 'TypeScript SDK 1.x', version: '1.0.0' }, { instructions: 'Say something.' });
  register(server, sdk, waits);
  return server;
}

/** The body of a request. */
export async function read(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text ? JSON.parse(text) : undefined;
}

const sdk = {
  completable,
  ResourceTemplate,
  prompt: (shape) => shape,
  request: ({ _meta, signal, sendNotification }) => ({ token: _meta?.progressToken, signal, notify: sendNotification }),
  ask: async ({ sendRequest }, question, then) => {
    const { content } = await sendRequest({ method: 'elicitation/create', params: question }, ElicitResultSchema);
    return then(content);
  },
};
