// Streams pass through as streams: what the service says early the client hears early, and who goes away is gone.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { Account, connect } from '../../demo/session.mjs';
import { mcpgate, sdks, startAll } from './support.mjs';

const sdk = sdks['TypeScript SDK 2.x, revision 2026-07-28'];
const account = new Account('e2e');
let gateway;
let client;
before(async () => {
  gateway = await startAll();
  ({ client } = await connect({ ...sdk, url: gateway.mcp, person: 'p-anna', account }));
});
after(async () => {
  await client?.close();
  await gateway?.stop();
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
  const { answer, leave } = call({ pause_ms: 2000 }, 'a progress token');
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

/** Calls the slow tool as a client of 2025-11-25 does; with a progress token the answer is a stream from the start. */
function call(args, progressToken) {
  const leaving = new AbortController();
  const answer = fetch(gateway.mcp, {
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

async function until(holds) {
  for (let tries = 0; !(await holds()) && tries < 40; tries += 1) await sleep(100);
}
