// Streams pass through as streams: what the service says early the client hears early, and who goes away is gone.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { listen, stopper } from '../../demo/http.mjs';
import { Account, connect } from '../../demo/session.mjs';
import { mcpgate, sdks, startAll } from './support.mjs';

const sdk = sdks['TypeScript SDK 2.x, revision 2026-07-28'];
const account = new Account('e2e');
const silent = createServer(answerWithSilence);
let gateway;
let client;
before(async () => {
  const service = `\n[[service]]\nid = "silent"\nmcp = "${await listen(silent, 0, 'silent service')}"\n`;
  gateway = await startAll({
    configure: (toml) => toml.replace('[access.roles.internal]\nservices = [', '$&"silent", ').concat(service),
  });
  ({ client } = await connect({ ...sdk, url: gateway.mcp, person: 'p-anna', account }));
});
after(async () => {
  await client?.close();
  await gateway?.stop();
  await stopper(silent)();
});

test('progress arrives while the call is still running', async () => {
  const arrivals = [];
  await client.callTool(
    { name: 'export_report', arguments: { pause_ms: 400 } },
    { onprogress: () => arrivals.push(performance.now()) },
  );
  const end = performance.now();
  assert.equal(arrivals.length, 3);
  assert.ok(end - arrivals[0] > 500, `the first arrived ${Math.round(end - arrivals[0])} ms before the end`);
});

test('when a client goes away within a stream, its call at the service is abandoned, and recorded', async () => {
  const { answer, leave } = call(gateway.mcp, account, { pause_ms: 2000 }, 'a progress token');
  const { status, body } = await answer;
  assert.equal(status, 200);
  await body.getReader().read();
  leave();
  const reached = gateway.service.received.at(-1);
  await until(() => reached.end);
  assert.equal(reached.end, 'abandoned');
  const log = async () => mcpgate('audit', 'export', '--db', await gateway.worker.d1File());
  await until(async () => (await log()).includes('cancelled'));
  assert.match(await log(), /export_report[^\n]*cancelled|cancelled[^\n]*export_report/);
});

test('when a client goes away from a stream in which nothing happens, its call is abandoned too', async () => {
  const url = `${gateway.url}/mcp/silent`;
  const own = new Account('e2e');
  const { client: other } = await connect({ ...sdks['TypeScript SDK 2.x, revision 2025-11-25'], url, person: 'p-anna', account: own });
  await other.close();
  const { answer, leave } = call(url, own, {});
  await (await answer).body.getReader().read();
  assert.equal(silent.left, undefined);
  leave();
  // Some hosts notice only when they write, and write a comment into a silent stream now and then.
  await until(() => silent.left, 450);
  assert.equal(silent.left, true);
});

test('when a client of 2026-07-28 goes away from a call that says nothing, it is abandoned too', async () => {
  const leaving = new AbortController();
  const left = assert.rejects(
    client.callTool({ name: 'export_report', arguments: { pause_ms: 15_000 } }, { signal: leaving.signal }),
  );
  // Its answer begins after five seconds, without saying anything.
  await sleep(6500);
  const reached = gateway.service.received.at(-1);
  assert.equal(reached.end, undefined);
  leaving.abort();
  await left;
  await until(() => reached.end, 450);
  assert.equal(reached.end, 'abandoned');
});

/** A service that begins to answer calls, and then says nothing more. */
async function answerWithSilence(request, response) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  const { id, method } = text ? JSON.parse(text) : {};
  const result = {
    initialize: { protocolVersion: '2025-11-25', serverInfo: { name: 'silent', version: '1' }, capabilities: { tools: {} } },
    'tools/list': { tools: [{ name: 'export_report', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }] },
  }[method];
  if (method === 'tools/call') {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': here I am\n\n');
    response.once('close', () => (silent.left = true));
  } else if (result) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  } else {
    response.writeHead(id === undefined ? 202 : 404).end();
  }
}

/** Calls the slow tool as a client of 2025-11-25 does; with a progress token the answer is a stream from the start. */
function call(url, account, args, progressToken) {
  const leaving = new AbortController();
  const answer = fetch(url, {
    method: 'POST',
    signal: leaving.signal,
    headers: {
      authorization: `Bearer ${account.tokens().access_token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 7,
      method: 'tools/call',
      params: { name: 'export_report', arguments: args, _meta: { progressToken } },
    }),
  });
  return { answer, leave: () => leaving.abort() };
}

async function until(holds, most = 40) {
  for (let tries = 0; !(await holds()) && tries < most; tries += 1) await sleep(100);
}
