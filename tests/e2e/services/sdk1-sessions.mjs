// TypeScript SDK 1.x, streamable HTTP in sessions.

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';

import { listen, stopper } from '../../../demo/http.mjs';
import { build, read } from './sdk1.mjs';
import { Waits } from './tools.mjs';

export async function start() {
  const waits = new Waits();
  const sessions = new Map();
  const open = async () => {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    transport.onclose = () => sessions.delete(transport.sessionId);
    await build(waits).connect(transport);
    return transport;
  };
  const server = createServer(async (request, response) => {
    const body = await read(request);
    const id = request.headers['mcp-session-id'];
    const transport = id === undefined && body?.method === 'initialize' ? await open() : sessions.get(id);
    if (transport) await transport.handleRequest(request, response, body);
    else response.writeHead(id === undefined ? 400 : 404).end();
  });
  return { url: `${await listen(server, 0, 'TypeScript SDK 1.x')}/mcp`, waits: () => waits, stop: stopper(server) };
}
