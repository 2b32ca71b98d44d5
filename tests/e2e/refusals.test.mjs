// What the gateway refuses, it refuses before the service hears of it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { calls, signedIn, startAll } from './support.mjs';

let gateway;
before(async () => {
  gateway = await startAll();
});
after(() => gateway?.stop());

test('nobody calls without a token, and the answer says where to get one', async () => {
  const answer = await fetch(gateway.mcp, { method: 'POST', body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' });
  assert.equal(answer.status, 401);
  assert.match(answer.headers.get('www-authenticate'), /resource_metadata="http[^"]*\/\.well-known\/oauth-protected-resource/);
});

test('a domain that is not allowed does not get in', async () => {
  await assert.rejects(signedIn(gateway, 'p-mallory'));
});

test('an address that is not verified does not get in', async () => {
  await assert.rejects(signedIn(gateway, 'p-ulli'));
});

test('who refuses to sign in does not get in', async () => {
  await assert.rejects(signedIn(gateway, ''));
});

describe('an invited guest', () => {
  let client;
  before(async () => {
    client = await signedIn(gateway, 'p-gina');
  });
  after(() => client?.close());

  test('sees the tools of her role only', async () => {
    const names = (await client.listTools()).tools.map((tool) => tool.name);
    assert.deepEqual(names.toSorted(), ['get_issue', 'get_mail', 'list_events', 'list_mails', 'search_issues']);
  });

  test('cannot call another tool by its name', async () => {
    const before = calls(gateway).length;
    const answer = await client
      .callTool({ name: 'add_comment', arguments: { key: 'DEMO-1', body: 'hello' } })
      .catch((error) => ({ isError: true, error }));
    assert.equal(answer.isError, true);
    assert.equal(calls(gateway).length, before);
  });
});

describe('a person who may call everything', () => {
  let client;
  before(async () => {
    client = await signedIn(gateway, 'p-anna');
  });
  after(() => client?.close());

  test('has to say yes to a deletion in person', async () => {
    const before = calls(gateway).length;
    await client.callTool({ name: 'delete_issue', arguments: { key: 'DEMO-3' } }).catch(() => {});
    assert.equal(calls(gateway).length, before);
  });

  test('cannot send a pseudonym that nobody was given', async () => {
    const before = calls(gateway).length;
    const { customer } = (await client.callTool({ name: 'get_issue', arguments: { key: 'DEMO-1' } })).structuredContent;
    const forged = customer.name.replace(/[0-9A-Z]{4,}/, (code) => [...code].reverse().join(''));
    assert.notEqual(forged, customer.name);
    const answer = await client.callTool({ name: 'add_comment', arguments: { key: 'DEMO-1', body: forged } });
    assert.equal(answer.isError, true);
    assert.equal(calls(gateway).length, before + 1, 'only the reading call');
  });

  test("cannot send another person's pseudonym", async () => {
    const { customer } = (await client.callTool({ name: 'get_issue', arguments: { key: 'DEMO-1' } })).structuredContent;
    const other = await signedIn(gateway, 'p-ben');
    const before = calls(gateway).length;
    const answer = await other.callTool({ name: 'add_comment', arguments: { key: 'DEMO-1', body: customer.name } });
    await other.close();
    assert.equal(answer.isError, true);
    assert.equal(calls(gateway).length, before);
  });
});
