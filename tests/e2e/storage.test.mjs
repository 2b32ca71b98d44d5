// What the gateway leaves on disk: personal data nowhere in clear, and an audit chain that holds.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { files, mcpgate, signedIn, startAll } from './support.mjs';

/** Bytes that would be found if any of these were stored in clear, in any of the ways they are written. */
const personal = [
  'Erika', 'Testfrau', 'kunde.example', '23125 042', '3023125042', 'DE89', '4111 1111', '4111111111111111', '203.0.113.42',
  'Karl-Heinz', 'verein.example', '0171 39200', '198.51.100.23', '2001:db8:85a3', 'Mustermann',
  'anna.beispiel@', 'Anna Beispiel', 'ben.sample@', 'mallory@', 'gina.guest@',
];

let gateway;
before(async () => {
  gateway = await startAll();
});
after(() => gateway?.stop());

test('a day of use leaves no personal data in database, cache or log, and a chain that verifies', async () => {
  const client = await signedIn(gateway, 'p-anna');
  for (const key of ['DEMO-1', 'DEMO-2', 'e.testfrau@kunde.example']) {
    await client.callTool({ name: 'get_issue', arguments: { key } });
  }
  const { customer } = (await client.callTool({ name: 'get_issue', arguments: { key: 'DEMO-1' } })).structuredContent;
  await client.callTool({ name: 'send_mail', arguments: { to: customer.email, subject: 'x', body: customer.name } });
  await client.callTool({ name: 'add_comment', arguments: { key: 'DEMO-1', body: 'Person-AAAAAAAAAAAA' } });
  await assert.rejects(signedIn(gateway, 'p-mallory'));
  const guest = await signedIn(gateway, 'p-gina');
  await guest.listTools();

  // A queue that refuses loses nothing: the events wait in the outbox.
  await gateway.worker.setQueue(false);
  await client.callTool({ name: 'list_mails', arguments: {} });
  await gateway.worker.setQueue(true);
  await gateway.worker.cron();
  await client.close();
  await guest.close();

  const database = await gateway.worker.d1File();
  await gateway.worker.stop();
  gateway.worker.stop = async () => {};

  for (const file of await files(gateway.dataDir)) {
    const bytes = await readFile(file, 'latin1');
    assert.deepEqual(personal.filter((value) => bytes.includes(value)), [], file.slice(gateway.dataDir.length));
  }

  assert.match(await mcpgate('audit', 'verify', '--db', database), /holds/);
  const events = (await mcpgate('audit', 'export', '--db', database)).trim().split('\n').map((line) => JSON.parse(line));
  const text = JSON.stringify(events);
  for (const tool of ['get_issue', 'send_mail', 'add_comment', 'list_mails']) {
    assert.ok(text.includes(tool), `${tool} is not in the audit log`);
  }
});
