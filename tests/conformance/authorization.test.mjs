// The official conformance suite about authorization. The gateway as a client: of each service that the suite plays, a
// person connects an account. And the gateway as the authorization server that the suite's client gets a token from.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { signIn } from '../../demo/browser.mjs';
import { freePort, startAll } from '../e2e/support.mjs';
import { passes, required, revisions, runSuite } from './suite.mjs';

for (const revision of revisions) {
  const scenarios = (await required(revision, 'Client')).filter((name) => name.startsWith('auth/'));
  // Each has a gateway of its own, and waits more than it computes.
  describe(`as a client that is authorized, ${revision}`, { concurrency: 2 }, () => {
    for (const scenario of scenarios) {
      test(scenario, async () => {
        const { code, output, checks } = await runSuite(
          ['client', '--command', 'node tests/conformance/authorized-client.mjs', '--scenario', scenario, '--spec-version', revision, '--force'],
        );
        passes(checks(scenario), output);
        assert.equal(code, 0, output);
      });
    }
  });
}

describe('as an authorization server', () => {
  let gateway;
  before(async () => {
    gateway = await startAll();
  });
  after(() => gateway?.stop());

  // Whoever has a secret is tested without it, because the gateway takes clients without one too.
  test('for a client without a secret', async () => {
    const port = await freePort();
    const redirectUri = `http://127.0.0.1:${port}/callback`;
    const { client_id: clientId } = await register({ redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' });
    const visit = visitor(redirectUri);
    const { code, output, checks } = await runSuite(
      ['authorization', '--url', gateway.url, '--port', String(port), '--resource', gateway.mcp, '--client-id', clientId],
      { hears: visit.hears },
    );
    await visit.done();
    for (const scenario of ['authorization-server-metadata-endpoint', 'authorization-code-grant']) passes(checks(scenario), output);
    assert.equal(code, 0, output);
  });

  async function register(client) {
    const response = await fetch(`${gateway.url}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_name: 'conformance', ...client }),
    });
    assert.equal(response.status, 201);
    return response.json();
  }

  /** Opens the page that the suite wants opened, as a person who says yes there. */
  function visitor(redirectUri) {
    let visited;
    return {
      hears: (output) => {
        const [url] = /^http\S+\/authorize\?\S+$/m.exec(output) ?? [];
        if (url) visited ??= signIn({ url, redirectUri, person: 'p-anna' }).then(fetch);
      },
      done: () => visited,
    };
  }
});
