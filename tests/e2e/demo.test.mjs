// What `make demo` plays and prints.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { play } from '../../demo/client.mjs';
import { startAll } from './support.mjs';

let gateway;
before(async () => {
  gateway = await startAll();
});
after(() => gateway?.stop());

test('the demo shows real values, pseudonyms and real values again, side by side', async () => {
  const lines = [];
  await play({ gateway: gateway.url, service: gateway.service.url, print: (line) => lines.push(line) });
  const row = lines.find((line) => line.startsWith('phone'));
  assert.match(row, /^phone +\+49 30 23125 042 +(?!\+49)\S+ +\+49 30 23125 042$/);
  assert.deepEqual(lines.filter((line) => line.length > 100), []);
});
