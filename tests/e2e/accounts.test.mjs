// People's own accounts at a service whose authorization server is as strict as it can be told to be.

import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

import { Browser, forms, words } from '../../demo/browser.mjs';
import { ownSecret, startAccounts } from './services/accounts.mjs';
import { accessToken, startAll } from './support.mjs';

describe('a strict authorization server of a service', () => {
  let accounts;
  let gateway;
  const people = {};
  before(async () => {
    // Shorter than what the gateway thinks is too near the end: each call renews.
    accounts = await startAccounts({ lifetime: 30 });
    gateway = await startAll({
      configure: (toml) => toml
        .replace(/(?<=\[access\.roles\.internal\]\nservices = )\[.*\]/, '["demo", "office"]')
        .concat(`\n[[service]]\nid = "office"\nmcp = "${accounts.url}"\n[service.guard]\ntrust = ["*"]\n[service.oauth]\n`),
      allow: ['127.0.0.1:*'],
    });
    for (const sub of ['p-anna', 'p-ben']) people[sub] = await person(sub);
  });
  after(async () => {
    await gateway?.stop();
    await accounts?.stop();
  });

  test('connects each person to the account they pick', async () => {
    for (const [sub, { client, connect }] of Object.entries(people)) {
      const refused = await client.callTool({ name: 'whoami', arguments: {} });
      assert.match(refused.content[0].text, /\/connect\/office/);
      await connect();
      assert.equal(await whoami(client), `account ${sub}`);
    }
  });

  test('sees each refresh token once, also when many calls want to renew at once', async () => {
    const { client } = people['p-anna'];
    const before = new Set(accounts.seen);
    const answers = await Promise.all(Array.from({ length: 8 }, () => whoami(client)));
    assert.deepEqual(new Set(answers), new Set(['account p-anna']));
    assert.ok(accounts.seen.some((token) => !before.has(token)), 'it was renewed');
    // The provider ends the grant when a spent token comes again: then this would be refused.
    assert.equal(await whoami(client), 'account p-anna');
  });

  test('revokes what is disconnected, and nothing else', async () => {
    const { client, disconnect } = people['p-ben'];
    assert.equal(await whoami(client), 'account p-ben');
    const token = accounts.seen.at(-1);
    await disconnect();
    assert.equal(await accounts.provider.AccessToken.find(token), undefined);
    const refused = await client.callTool({ name: 'whoami', arguments: {} });
    assert.match(refused.content[0].text, /\/connect\/office/);
    assert.equal(await whoami(people['p-anna'].client), 'account p-anna');
  });

  async function person(sub) {
    const browser = new Browser();
    const address = `${gateway.url}/mcp/office`;
    const authorization = `Bearer ${await accessToken(address, sub, browser)}`;
    const client = new Client({ name: 'e2e', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    await client.connect(new StreamableHTTPClientTransport(new URL(address), { requestInit: { headers: { authorization } } }));
    const page = `${gateway.url}/connect/office`;
    return {
      client,
      connect: async () => {
        const callback = `${page}/callback`;
        const { page: shown } = await browser.open(page);
        const [form] = forms(shown.html);
        const back = await browser.press(shown, form, form.buttons[0], callback);
        const arrived = back.arrived ?? (await pick(browser, back.page, sub, callback));
        const { page: end } = await browser.open(arrived);
        assert.match(words(end.html), /is connected/);
      },
      disconnect: async () => {
        const { page: shown } = await browser.open(page);
        const form = forms(shown.html).find(({ buttons, fields }) => JSON.stringify([buttons, fields]).includes('disconnect'));
        await browser.press(shown, form, form.buttons.find(({ value }) => value === 'disconnect') ?? form.buttons[0]);
      },
    };
  }
});

describe('a strict authorization server that knows the gateway itself', () => {
  let accounts;
  let gateway;
  before(async () => {
    const { d, ...key } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
    // The gateway's own name of its key: the head of the digest of its point.
    const point = Buffer.concat([Buffer.from([4]), ...[key.x, key.y].map((part) => Buffer.from(part, 'base64url'))]);
    const kid = createHash('sha256').update(point).digest().subarray(0, 9).toString('base64url');
    accounts = await startAccounts({ keys: [{ ...key, kid, use: 'sig', alg: 'ES256' }] });
    const service = (id, how) => `\n[[service]]\nid = "${id}"\nmcp = "${accounts.url}"\n[service.oauth]\n`
      + `grant = "client_credentials"\nissuer = "${accounts.issuer}"\nscopes = ["office"]\n${how}\n`;
    gateway = await startAll({
      configure: (toml) => toml
        .replace('[access.roles.internal]\nservices = ["demo"]', '[access.roles.internal]\nservices = ["demo", "own", "keyed"]')
        .concat(
          service('own', 'client_id = "gateway"\nclient_secret = { secret = "OWN_SECRET" }'),
          service('keyed', 'client_id = "keyed-gateway"\nauth_method = "private_key_jwt"'),
        ),
      secrets: { OWN_SECRET: ownSecret, MCPGATE_SIGNING_KEYS: d },
      allow: ['127.0.0.1:*'],
    });
    const { keys } = await (await fetch(`${gateway.url}/jwks.json`)).json();
    assert.deepEqual(keys.map((published) => published.kid), [kid]);
  });
  after(async () => {
    await gateway?.stop();
    await accounts?.stop();
  });

  for (const [id, client] of [['own', 'gateway'], ['keyed', 'keyed-gateway']]) {
    test(`gives ${client} one token for everybody`, async () => {
      const before = accounts.seen.length;
      for (const sub of ['p-anna', 'p-ben']) {
        const address = `${gateway.url}/mcp/${id}`;
        const authorization = `Bearer ${await accessToken(address, sub)}`;
        const agent = new Client({ name: 'e2e', version: '1' }, { versionNegotiation: { mode: 'auto' } });
        await agent.connect(new StreamableHTTPClientTransport(new URL(address), { requestInit: { headers: { authorization } } }));
        assert.equal(await whoami(agent), `account of the client ${client}`);
        await agent.close();
      }
      assert.equal(new Set(accounts.seen.slice(before)).size, 1);
    });
  }
});

/** Picks a person at the provider's page. */
async function pick(browser, page, sub, arrival) {
  const [form] = forms(page.html);
  const button = form?.buttons.find(({ value }) => value === sub);
  assert.ok(button, words(page.html));
  return (await browser.press(page, form, button, arrival)).arrived;
}

async function whoami(client) {
  const { content: [{ text }] } = await client.callTool({ name: 'whoami', arguments: {} });
  return text;
}

for (const algorithm of ['RS256', 'PS256', 'ES256', 'EdDSA']) {
  test(`a strict identity provider that signs with ${algorithm} and puts no address into its ID tokens`, async () => {
    const gateway = await startAll({
      identityProvider: {
        client: { id_token_signed_response_alg: algorithm, token_endpoint_auth_method: 'client_secret_basic', require_auth_time: true },
        settings: { jwks: { keys: signingKeys() }, conformIdTokenClaims: true, clientAuthMethods: ['client_secret_basic'] },
      },
    });
    try {
      const browser = new Browser();
      await accessToken(gateway.mcp, 'p-anna', browser);
      const { page } = await browser.open(`${gateway.url}/`);
      assert.match(words(page.html), /anna\.beispiel@example\.com/);
      await assert.rejects(accessToken(gateway.mcp, 'p-ulli'), /verif|vouch/);
    } finally {
      await gateway.stop();
    }
  });
}

/** A key for each algorithm. */
function signingKeys() {
  const rsa = (alg) => ({ alg, key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey });
  const made = [
    rsa('RS256'), rsa('PS256'),
    { alg: 'ES256', key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey },
    { alg: 'EdDSA', key: generateKeyPairSync('ed25519').privateKey },
  ];
  return made.map(({ alg, key }) => ({ ...key.export({ format: 'jwk' }), alg, use: 'sig', kid: alg }));
}
