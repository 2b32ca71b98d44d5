// A service whose one tool answers with as much text as it is asked for: full of personal data, or without any. It
// answers from memory, so that little of what is measured is its own.

import { createServer } from 'node:http';

import { listen, stopper } from '../demo/http.mjs';

const REVISION = '2026-07-28';

/** Starts the service on a free port. */
export async function startSized() {
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const { id, method, params } = JSON.parse(text);
    const answer = results[method]
      ? { jsonrpc: '2.0', id, result: { resultType: 'complete', ...results[method](params) } }
      : { jsonrpc: '2.0', id, error: { code: -32601, message: `there is no ${method} here` } };
    response.writeHead(answer.error ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  const url = await listen(server, 0, 'service of the benchmark');
  return { url, stop: stopper(server) };
}

const kept = { ttlMs: 3_600_000, cacheScope: 'public' };
const results = {
  'server/discover': () => ({
    ...kept,
    supportedVersions: [REVISION],
    capabilities: { tools: {} },
    _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'sized', version: '1' } },
  }),
  'tools/list': () => ({
    ...kept,
    tools: [{
      name: 'read',
      inputSchema: { type: 'object', properties: { kib: { type: 'integer' }, personal: { type: 'boolean' } } },
      annotations: { readOnlyHint: true },
    }],
  }),
  'tools/call': ({ arguments: { kib, personal } }) => ({ content: [{ type: 'text', text: textOf(kib, personal) }] }),
};

const texts = new Map();

function textOf(kib, personal) {
  const key = `${kib} ${personal}`;
  if (!texts.has(key)) {
    let text = '';
    for (let at = 0; text.length < kib * 1024; at++) text += personal ? person(at) : plain(at);
    texts.set(key, text.slice(0, kib * 1024));
  }
  return texts.get(key);
}

function plain(at) {
  return `${at}: the rota on the kitchen door is older than the template in the shared folder.\n`;
}

/** As many people as a large result names. */
function person(at) {
  const who = at % 100;
  const number = String(who).padStart(2, '0');
  return `Ask Erika Testfrau${who}, e.testfrau${who}@kunde.example, +49 30 23125 0${number}, about order ${at}.\n`;
}
