// TypeScript SDK 1.x, streamable HTTP: each request stands alone, and is answered with JSON.

import { createServer } from 'node:http';

import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';

import { listen, stopper } from '../../../demo/http.mjs';
import { build, read } from './sdk1.mjs';
import { Waits } from './tools.mjs';

export async function start() {
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    const mcp = build(new Waits());
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
    response.once('close', () => mcp.close());
    await mcp.connect(transport);
    await transport.handleRequest(request, response, await read(request));
  });
  return { url: `${await listen(server, 0, 'TypeScript SDK 1.x, stateless')}/mcp`, stop: stopper(server) };
}
