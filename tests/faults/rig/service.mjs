// The service behind the gateway: it keeps its own books. Every call that reaches it is counted by its `ref`, which the
// driver gave it, so that what was forwarded is known from the other side. Both eras of the protocol, one endpoint, no
// sessions; everybody in it is invented.

import { createServer } from 'node:http';

import { listen, stopper } from '../../../demo/http.mjs';

const MODERN = '2026-07-28';

/**
 * Starts the service.
 *
 * @returns {Promise<{ url: string, calls: Map<number, number>, given: Map<number, string>, stop: () => Promise<void> }>}
 *   `calls` says how often each call came, `given` which address a mail was sent to.
 */
export async function startService() {
  const calls = new Map();
  const given = new Map();
  const server = createServer(async (request, response) => {
    let text = '';
    try {
      for await (const chunk of request.setEncoding('utf8')) text += chunk;
    } catch {
      // Whoever asked went away, or was killed.
      return;
    }
    if (request.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    const { id, method, params } = JSON.parse(text);
    const args = params?.arguments ?? {};
    if (method === 'tools/call') {
      calls.set(args.ref, (calls.get(args.ref) ?? 0) + 1);
      if (args.to) given.set(args.ref, args.to);
    }
    if (id === undefined) {
      response.writeHead(202).end();
      return;
    }
    const trouble = troubles[args.trouble];
    if (trouble) {
      trouble(response, id);
      return;
    }
    const modern = request.headers['mcp-protocol-version'] === MODERN;
    answer(response, 200, results[method] ? { id, result: results[method](params, modern) }
      : { id, error: { code: -32601, message: `there is no ${method} here` } });
  });
  server.keepAliveTimeout = 60_000;
  const url = await listen(server, 0, 'service that keeps its books');
  return { url, calls, given, stop: stopper(server) };
}

/** What a service can do instead of answering. */
const troubles = {
  error: (response, id) => answer(response, 200, { id, error: { code: -32603, message: 'the service says no' } }),
  failed: (response, id) => answer(response, 200, {
    id,
    result: { resultType: 'complete', isError: true, content: [{ type: 'text', text: 'the service could not do it' }] },
  }),
  status: (response) => response.writeHead(500, { 'content-type': 'text/plain' }).end('the service is broken'),
  rubbish: (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"neither":'),
  hangs_up: (response) => response.socket?.destroy(),
  // Longer than its time limit in the configuration.
  late: (response, id) => setTimeout(() => answer(response, 200, { id, result: done('late') }), 2500).unref(),
};

function answer(response, status, message) {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', ...message }));
}

const done = (text) => ({ resultType: 'complete', content: [{ type: 'text', text }] });
const ref = { ref: { type: 'integer' }, pad: { type: 'string' }, trouble: { type: 'string' } };
const schema = (more = {}) => ({ type: 'object', properties: { ...ref, ...more } });
const reads = { readOnlyHint: true, destructiveHint: false };
const writes = { readOnlyHint: false, destructiveHint: false };

/** The tools, and what they answer with. */
const tools = {
  get_record: { annotations: reads, inputSchema: schema(), run: ({ ref }) => done(record(ref)) },
  list_rows: { annotations: reads, inputSchema: schema(), run: () => done(JSON.stringify(rows)) },
  get_secret_plan: { annotations: reads, inputSchema: schema(), run: () => done('nobody reads this') },
  add_note: { annotations: writes, inputSchema: schema(), run: ({ ref }) => done(`Note ${ref} is kept.`) },
  send_mail: { annotations: writes, inputSchema: schema({ to: { type: 'string' } }), run: ({ ref }) => done(`Mail ${ref} is sent.`) },
  delete_record: {
    annotations: { readOnlyHint: false, destructiveHint: true }, inputSchema: schema(), run: ({ ref }) => done(`Record ${ref} is gone.`),
  },
};

const kept = { ttlMs: 3_600_000, cacheScope: 'public' };
const serverInfo = { name: 'books', version: '1' };
const results = {
  initialize: (params) => ({ protocolVersion: params.protocolVersion, capabilities: { tools: {}, resources: {} }, serverInfo }),
  ping: () => ({}),
  'server/discover': () => ({
    ...kept,
    resultType: 'complete',
    supportedVersions: [MODERN, '2025-11-25', '2025-06-18'],
    capabilities: { tools: {}, resources: {} },
    _meta: { 'io.modelcontextprotocol/serverInfo': serverInfo },
  }),
  'tools/list': (_params, modern) => ({
    ...(modern ? { ...kept, resultType: 'complete' } : {}),
    tools: Object.entries(tools).map(([name, { run: _run, ...tool }]) => ({ name, description: `${name} of the books`, ...tool })),
  }),
  'resources/read': ({ uri }) => ({ resultType: 'complete', contents: [{ uri, mimeType: 'text/plain', text: record(1) }] }),
  'tools/call': ({ name, arguments: args }) => tools[name].run(args),
};

/** Somebody's record: one of a few people, so that their mappings do not grow with the number of calls. */
function record(ref) {
  const who = String(ref % 40).padStart(2, '0');
  return `Record ${ref}: Erika Testfrau, e.testfrau${who}@kunde.example, +49 30 23125 0${who}, asks about her order.`;
}

/** More than the gateway hands on. */
const rows = Array.from({ length: 200 }, (_, at) => ({ at, note: 'the rota on the kitchen door is older than the template in the folder' }));
