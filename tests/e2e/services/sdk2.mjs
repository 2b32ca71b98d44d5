// What the two servers of the TypeScript SDK's second generation share.

import { createServer } from 'node:http';

import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  McpServer, ResourceTemplate, acceptedContent, completable, createMcpHandler, inputRequired,
} from '@modelcontextprotocol/server';
import * as z from 'zod';

import { listen, stopper } from '../../../demo/http.mjs';
import { Waits, register } from './tools.mjs';

/**
 * Starts one.
 *
 * @param {string} who
 * @param {'stateless' | 'reject'} legacy What becomes of requests of older revisions.
 */
export async function startSdk2(who, legacy) {
  const waits = new Waits();
  const mcp = createMcpHandler(() => build(waits), { legacy });
  const server = createServer(toNodeHandler(mcp));
  const url = `${await listen(server, 0, who)}/mcp`;
  return {
    url,
    waits: () => waits,
    stop: async () => {
      await mcp.close();
      await stopper(server)();
    },
  };
}

function build(waits) {
  const server = new McpServer({ name: 'sdk-2', title: 'TypeScript SDK 2.x', version: '1.0.0' }, { instructions: 'Say something.' });
  register(server, sdk, waits);
  return server;
}

const sdk = {
  completable,
  ResourceTemplate,
  prompt: (shape) => z.object(shape),
  request: ({ mcpReq }) => ({ token: mcpReq._meta?.progressToken, signal: mcpReq.signal, notify: (message) => mcpReq.notify(message) }),
  ask: ({ mcpReq }, question, then) =>
    mcpReq.inputResponses
      ? then(acceptedContent(mcpReq.inputResponses, 'colour'))
      : inputRequired({ inputRequests: { colour: inputRequired.elicit(question) } }),
};
