// Streams pass through as streams: what the service says early the client hears early, and who goes away is gone.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { Account, connect } from '../../demo/session.mjs';
import { sdks, startAll } from './support.mjs';

const sdk = sdks['TypeScript SDK 2.x, revision 2026-07-28'];
let gateway;
before(async () => {
  gateway = await startAll();
});
after(() => gateway?.stop());

test('progress arrives while the call is still running', async () => {
  const { client } = await connect({ ...sdk, url: gateway.mcp, person: 'p-anna' });
  const arrivals = [];
  await client.callTool(
    { name: 'export_report', arguments: { pause_ms: 400 } },
    { onprogress: () => arrivals.push(performance.now()) },
  );
  const end = performance.now();
  await client.close();
  assert.equal(arrivals.length, 3);
  assert.ok(end - arrivals[0] > 500, `the first arrived ${Math.round(end - arrivals[0])} ms before the end`);
});

test('when a client goes away, its call at the service is abandoned', async () => {
  const account = new Account('e2e');
  const { client } = await connect({ ...sdk, url: gateway.mcp, person: 'p-anna', account });
  await client.close();
  const leaving = new AbortController();
  const answer = await fetch(gateway.mcp, {
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
      params: { name: 'export_report', arguments: { pause_ms: 2000 }, _meta: { progressToken: 'p' } },
    }),
  });
  assert.equal(answer.status, 200);
  await answer.body.getReader().read();
  leaving.abort();
  const call = gateway.service.received.at(-1);
  for (let tries = 0; !call.end && tries < 30; tries += 1) await sleep(100);
  assert.equal(call.end, 'abandoned');
});
