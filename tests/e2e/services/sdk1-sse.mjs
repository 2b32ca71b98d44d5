// TypeScript SDK 1.x, the transport of 2024-11-05: a stream, and an address for messages that the stream names.

import { createServer } from 'node:http';

import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';

import { listen, stopper } from '../../../demo/http.mjs';
import { build } from './sdk1.mjs';
import { Waits } from './tools.mjs';

export async function start() {
  const waits = new Waits();
  const streams = new Map();
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://service');
    if (request.method === 'GET' && pathname === '/sse') {
      const transport = new SSEServerTransport('/messages', response);
      streams.set(transport.sessionId, transport);
      transport.onclose = () => streams.delete(transport.sessionId);
      await build(waits).connect(transport);
      return;
    }
    const transport = request.method === 'POST' && pathname === '/messages' && streams.get(searchParams.get('sessionId'));
    if (transport) await transport.handlePostMessage(request, response);
    else response.writeHead(pathname === '/sse' ? 405 : 404).end();
  });
  return { url: `${await listen(server, 0, 'TypeScript SDK 1.x, HTTP+SSE')}/sse`, waits: () => waits, stop: stopper(server) };
}
