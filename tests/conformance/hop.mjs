// A loopback hop: hands requests on as they came, Host included, and answers as they come back, byte by byte.

import { createServer, request as ask } from 'node:http';

import { listen, stopper } from '../../demo/http.mjs';

/**
 * Starts a hop.
 *
 * @param {object} options
 * @param {string} options.who Named in errors.
 * @param {(request: import('node:http').IncomingMessage) => { url: URL, headers?: Record<string, string> } | undefined} options.route
 *   Where a request goes, and the headers that it has there in place of its own.
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startHop({ who, route }) {
  const server = createServer((request, response) => {
    const way = route(request);
    if (!way) {
      response.writeHead(502).end(`${who}: no way to ${request.url}\n`);
      return;
    }
    const headers = passed(request.rawHeaders, Object.keys(way.headers ?? {}));
    for (const pair of Object.entries(way.headers ?? {})) headers.push(...pair);
    // A connection for each request: the suite's services wait for those that are kept.
    const onward = ask(way.url, { method: request.method, headers, setHost: false, agent: false }, (answer) => {
      response.writeHead(answer.statusCode, answer.statusMessage, passed(answer.rawHeaders));
      response.flushHeaders();
      answer.pipe(response);
      answer.once('error', () => response.destroy());
    });
    onward.once('error', () => response.destroy());
    // Whoever goes away before the answer is complete has gone away further on too.
    response.once('close', () => onward.destroy());
    request.pipe(onward);
  });
  return { url: await listen(server, 0, who), stop: stopper(server) };
}

/** The headers that are not about one connection only, as Node takes and gives them: name, value, name, value. */
function passed(raw, replaced = []) {
  const dropped = new Set(['connection', 'keep-alive', 'transfer-encoding', ...replaced.map((name) => name.toLowerCase())]);
  return raw.filter((_, at) => !dropped.has(raw[at - (at % 2)].toLowerCase()));
}
