// The service that the conformance suite asks for, written with the official SDK: every tool, prompt and resource that
// its scenarios name. It speaks 2025-11-25 in sessions, and 2026-07-28 without, on one endpoint.
//
// `node tests/conformance/service.mjs PORT` starts it alone, to run the suite against it without a gateway between.

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

import { NodeStreamableHTTPServerTransport, toNodeHandler } from '@modelcontextprotocol/node';
import {
  McpServer, classifyInboundRequest, createMcpHandler, createRequestStateCodec, isInitializeRequest,
  localhostAllowedHostnames, localhostAllowedOrigins, validateHostHeader, validateOriginHeader,
} from '@modelcontextprotocol/server';

import { listen, stopper } from '../../demo/http.mjs';
import { registerContent } from './service/content.mjs';
import { registerQuestions } from './service/questions.mjs';
import { registerRounds } from './service/rounds.mjs';

/**
 * Starts the service.
 *
 * @param {object} options
 * @param {number} options.port 0 takes a free one.
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startService({ port }) {
  const stateless = createMcpHandler(() => build(notify));
  const notify = stateless.notify;
  const handle = toNodeHandler(stateless);
  const sessions = new Sessions(() => build(notify));

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://service');
    if (pathname !== '/mcp') {
      response.writeHead(404).end();
      return;
    }
    const { ok: hostOk } = validateHostHeader(request.headers.host, localhostAllowedHostnames());
    const { ok: originOk } = validateOriginHeader(request.headers.origin, localhostAllowedOrigins());
    if (!hostOk || !originOk) {
      response.writeHead(403).end();
      return;
    }
    const body = parse(await read(request));
    if (isLegacy(request, body)) await sessions.handle(request, response, body);
    else await handle(request, response, body);
  });
  const url = await listen(server, port, 'conformance service');
  return {
    url,
    stop: async () => {
      await sessions.stop();
      await stateless.close();
      await stopper(server)();
    },
  };
}

/** Sessions of 2025-11-25, each with a server of its own and streams that can be resumed. */
class Sessions {
  #build;
  #transports = new Map();

  constructor(build) {
    this.#build = build;
  }

  async handle(request, response, body) {
    const id = request.headers['mcp-session-id'];
    if (id === undefined && isInitializeRequest(body)) {
      await (await this.#open()).handleRequest(request, response, body);
      return;
    }
    const transport = this.#transports.get(id);
    if (transport) await transport.handleRequest(request, response, body);
    else refuse(response, id === undefined ? 400 : 404);
  }

  async stop() {
    await Promise.all([...this.#transports.values()].map((transport) => transport.close()));
  }

  async #open() {
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      eventStore: new Events(),
      retryInterval: 500,
      onsessioninitialized: (id) => {
        this.#transports.set(id, transport);
      },
    });
    transport.onclose = () => this.#transports.delete(transport.sessionId);
    await this.#build().connect(transport);
    return transport;
  }
}

/** The events of a session's streams, for clients that come back with `Last-Event-ID`. */
class Events {
  #events = [];

  async storeEvent(stream, message) {
    this.#events.push({ stream, message });
    return `${stream}/${this.#events.length}`;
  }

  async replayEventsAfter(last, { send }) {
    const at = last.lastIndexOf('/');
    const stream = last.slice(0, at);
    const missed = [...this.#events.entries()].slice(Number(last.slice(at + 1)));
    for (const [index, event] of missed) {
      // What primes a stream is an event without a message.
      if (event.stream === stream && event.message.jsonrpc) await send(`${stream}/${index + 1}`, event.message);
    }
    return stream;
  }
}

/** A request state is sealed for as long as this process lives. */
const states = createRequestStateCodec({ key: crypto.getRandomValues(new Uint8Array(32)) });

function build(notify) {
  const server = new McpServer(
    { name: 'mcpgate-conformance-service', version: '1.0.0' },
    {
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        logging: {},
        completions: {},
      },
      requestState: { verify: states.verify },
    },
  );
  registerContent(server, notify);
  registerQuestions(server);
  registerRounds(server, states);
  return server;
}

function isLegacy(request, body) {
  return classifyInboundRequest({
    httpMethod: request.method,
    protocolVersionHeader: request.headers['mcp-protocol-version'],
    mcpMethodHeader: request.headers['mcp-method'],
    body,
  }).kind === 'legacy';
}

function refuse(response, status) {
  const message = status === 404 ? 'Session not found' : 'A session is needed: initialize one';
  const error = { code: status === 404 ? -32_001 : -32_000, message };
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', id: null, error }));
}

async function read(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { url } = await startService({ port: Number(process.argv[2] ?? 0) });
  console.log(`${url}/mcp`);
}
