// Two requests at the same instant, at the real host with its real database: whoever of them is first, what both leave
// behind is right. Each race is run several times, because no run says in which order its steps were taken.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';

import { Browser, forms, signIn } from '../../demo/browser.mjs';
import { redirectUri } from '../../demo/session.mjs';
import { startAll } from './support.mjs';

const rounds = Array.from({ length: 6 }, (_, at) => at);

let gateway;
let browser;
let clientId;
before(async () => {
  gateway = await startAll();
  browser = new Browser();
  const response = await fetch(`${gateway.url}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'races', redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' }),
  });
  clientId = (await response.json()).client_id;
});
after(() => gateway?.stop());

test('two refreshes at once: both chats go on', async () => {
  for (const _ of rounds) {
    const { refresh_token: spent } = await tokens();
    const [one, other] = await Promise.all([refresh(spent), refresh(spent)]);
    assert.deepEqual([one.status, other.status], [200, 200]);
    for (const { body } of [one, other]) {
      assert.equal(await call(body.access_token), 200);
      assert.equal((await refresh(body.refresh_token)).status, 200);
    }
  }
});

test('two redemptions of a code at once: at most one gets tokens, and they do not live', async () => {
  for (const _ of rounds) {
    const question = ask();
    const code = (await signIn({ url: question.url, redirectUri, person: 'p-anna', browser })).searchParams.get('code');
    const both = await Promise.all([redeem(question, code), redeem(question, code)]);
    const got = both.filter(({ status }) => status === 200);
    assert.ok(got.length <= 1, JSON.stringify(both.map(({ status }) => status)));
    for (const { body } of got) assert.equal((await refresh(body.refresh_token)).body.error, 'invalid_grant');
    assert.ok(both.some(({ body }) => body.error === 'invalid_grant'));
  }
});

test('two consents at once: no code is good twice, and no token outlives its code', async () => {
  for (const _ of rounds) {
    const question = ask();
    const { page } = await browser.open(question.url, { arrival: redirectUri });
    const [form] = forms(page.html);
    const button = form.buttons.find(({ label }) => /^allow/i.test(label));
    const arrivals = await Promise.all([0, 1].map(() => browser.press(page, form, button, redirectUri)));
    const codes = new Set(arrivals.map(({ arrived }) => arrived?.searchParams.get('code')).filter(Boolean));
    assert.ok(codes.size >= 1, 'the person is let on');
    for (const code of codes) {
      const first = await redeem(question, code);
      assert.equal(first.status, 200);
      assert.equal((await redeem(question, code)).body.error, 'invalid_grant');
      assert.equal((await refresh(first.body.refresh_token)).body.error, 'invalid_grant');
    }
  }
});

/** A question for a code, and what redeems it. */
function ask() {
  const verifier = randomBytes(32).toString('base64url');
  const url = new URL(`${gateway.url}/authorize`);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state: randomBytes(8).toString('base64url'),
    resource: gateway.mcp,
  });
  return { url, verifier };
}

async function tokens() {
  const question = ask();
  const callback = await signIn({ url: question.url, redirectUri, person: 'p-anna', browser });
  const { status, body } = await redeem(question, callback.searchParams.get('code'));
  assert.equal(status, 200);
  return body;
}

function redeem({ verifier }, code) {
  return token({ grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirectUri, resource: gateway.mcp });
}

function refresh(spent) {
  return token({ grant_type: 'refresh_token', refresh_token: spent });
}

async function token(form) {
  const response = await fetch(`${gateway.url}/token`, { method: 'POST', body: new URLSearchParams({ client_id: clientId, ...form }) });
  return { status: response.status, body: await response.json() };
}

/** A message with this token; its HTTP status. */
async function call(accessToken) {
  const response = await fetch(gateway.mcp, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${accessToken}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
  });
  await response.text();
  return response.status;
}
