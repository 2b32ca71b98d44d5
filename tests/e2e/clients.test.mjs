// The official clients sign in, list and call through the real Worker bundle.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { records } from '../../demo/records.mjs';
import { calls, sdks, signedIn, startAll } from './support.mjs';

/** What stands in the demo's records and may never stand in what a client gets. */
const identifiers = [
  '@kunde.example', '@example.com', '@verein.example', '23125 042', 'DE89', '4111 1111', '203.0.113.42',
  '0171 39200', '198.51.100.23', '2001:db8:85a3', '7700 900123', 'GB82 WEST',
];
/** Names are recognized by the fields they stand in, and then in the rest of that result. */
const names = ['Erika', 'Testfrau', 'Karl-Heinz', 'Mustermann', 'Anna Beispiel', 'Ben Sample', 'Fictional'];

let gateway;
before(async () => {
  gateway = await startAll();
});
after(() => gateway?.stop());

for (const [name, sdk] of Object.entries(sdks)) {
  describe(name, () => {
    let client;
    before(async () => {
      client = await signedIn(gateway, 'p-anna', sdk);
    });
    after(() => client?.close());

    test('negotiates its revision and lists the tools of the service', async () => {
      if (sdk.revision) assert.equal(client.getNegotiatedProtocolVersion(), sdk.revision);
      const { tools } = await client.listTools();
      const listed = tools.map((tool) => tool.name);
      assert.deepEqual(
        ['get_issue', 'add_comment', 'delete_issue'].filter((tool) => !listed.includes(tool)),
        [],
      );
      assert.equal(tools.find((tool) => tool.name === 'delete_issue').annotations.destructiveHint, true);
    });

    test('reads pseudonyms where the service holds personal data', async () => {
      for (const [tool, args] of [
        ['get_issue', { key: 'DEMO-1' }],
        ['get_issue', { key: 'DEMO-2' }],
        ['search_issues', {}],
        ['list_mails', {}],
        ['list_events', {}],
      ]) {
        assertHidden([...identifiers, ...names], await sdk.call(client, { name: tool, arguments: args }), tool);
      }
    });

    test('keeps what is not personal', async () => {
      const { structuredContent: issue } = await sdk.call(client, { name: 'get_issue', arguments: { key: 'DEMO-1' } });
      assert.equal(issue.key, 'DEMO-1');
      assert.equal(issue.created, '2026-11-02T09:14:00Z');
      assert.match(issue.description, /249\.90 EUR on order 40017/);
    });

    test('writes back with pseudonyms, and the service gets the real values', async () => {
      const { structuredContent: issue } = await sdk.call(client, { name: 'get_issue', arguments: { key: 'DEMO-1' } });
      await sdk.call(client, {
        name: 'add_comment',
        arguments: { key: 'DEMO-1', body: `${issue.customer.name}: ${issue.customer.email}, ${issue.customer.phone}` },
      });
      assert.deepEqual(calls(gateway).at(-1).arguments, {
        key: 'DEMO-1',
        body: 'Erika Testfrau: e.testfrau@kunde.example, +49 30 23125 042',
      });
    });

    test('gets progress while a call runs, masked too', async () => {
      const messages = [];
      const result = await sdk.call(
        client,
        { name: 'export_report', arguments: { pause_ms: 20 } },
        { onprogress: ({ message }) => messages.push(message) },
      );
      assert.equal(messages.length, records().issues.length);
      assertHidden(identifiers, { messages, result }, 'export_report');
    });

    test('reads resources and prompts, masked too', async () => {
      assertHidden(identifiers, await client.readResource({ uri: 'demo://team' }), 'resource');
      assertHidden(identifiers, await client.getPrompt({ name: 'answer_customer', arguments: { key: 'DEMO-1' } }), 'prompt');
    });

    test('learns of a mistake of its own as the service words it', async () => {
      const result = await sdk.call(client, { name: 'get_issue', arguments: { key: 'DEMO-99' } });
      assert.equal(result.isError, true);
      assert.match(result.content[0].text, /no issue DEMO-99/);
    });
  });
}

function assertHidden(values, answer, what) {
  const text = JSON.stringify(answer);
  assert.deepEqual(values.filter((value) => text.includes(value)), [], what);
}
