// The official conformance suite through the gateway. Once as a service: the suite's client, a loopback hop that adds
// the access token of a signed-in person, the gateway, and a service written with the official SDK. Once as a client:
// an official client, the gateway, and the suite's services.
//
// Every scenario that a revision requires has to pass; those about authorization are in authorization.test.mjs.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { accessToken, startAll } from '../e2e/support.mjs';
import { startHop } from './hop.mjs';
import { startService } from './service.mjs';
import { passes, required, revisions, runSuite } from './suite.mjs';

/** What no revision requires, and passes all the same. */
const beyond = {
  Server: {
    '2025-11-25': ['server-session-lifecycle', 'json-schema-2020-12', 'server-sse-polling'],
    '2026-07-28': ['json-schema-2020-12', 'http-header-validation', 'http-custom-header-server-validation'],
  },
  Client: {
    '2025-11-25': ['json-schema-2020-12-preservation'],
    '2026-07-28': ['json-schema-2020-12-preservation'],
  },
};

const scenarios = {};
for (const side of ['Server', 'Client']) {
  scenarios[side] = {};
  for (const revision of revisions) {
    const names = (await required(revision, side)).filter((name) => !name.startsWith('auth/'));
    scenarios[side][revision] = [...names, ...beyond[side][revision]];
  }
}

/** Each scenario of a client has a service of its own at the gateway, so that none meets what is known of another. */
const played = revisions.flatMap((revision) => scenarios.Client[revision].map((scenario) => ({ revision, scenario })));
const ids = ['everything', ...played.map((_, at) => `played-${at}`)];

const tokens = new Map();
/** Holds a file for each service that says where it listens. */
let folder;
let gateway;
let service;
let front;
let back;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mcpgate-services-'));
  service = await startService({ port: 0 });
  await writeFile(path.join(folder, 'everything'), `${service.url}/mcp`);
  back = await startHop({ who: 'the way to the services', route: toService });
  front = await startHop({ who: 'the way to the gateway', route: toGateway });
  gateway = await startAll({ publicUrl: front.url, configure });
  for (const id of ids) tokens.set(`/mcp/${id}`, await accessToken(`${front.url}/mcp/${id}`, 'p-anna'));
});
after(async () => {
  await gateway?.stop();
  await front?.stop();
  await back?.stop();
  await service?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

for (const revision of revisions) {
  describe(`as a service, ${revision}`, () => {
    let running;
    const run = () => (running ??= runSuite(['server', '--url', `${front.url}/mcp/everything`, '--requirements', revision]));
    for (const scenario of scenarios.Server[revision]) {
      test(scenario, async () => passes((await run()).checks(scenario)));
    }
    test('the suite is content', async () => {
      const { code, output } = await run();
      assert.equal(code, 0, output);
    });
  });
}

for (const revision of revisions) {
  describe(`as a client, ${revision}`, () => {
    for (const scenario of scenarios.Client[revision]) {
      const id = ids[1 + played.findIndex((one) => one.revision === revision && one.scenario === scenario)];
      test(scenario, async () => {
        const { code, output, checks } = await runSuite(
          ['client', '--command', 'node tests/conformance/client.mjs', '--scenario', scenario, '--spec-version', revision, '--force'],
          { env: { MCPGATE_SERVICE: path.join(folder, id), MCPGATE_URL: `${front.url}/mcp/${id}` } },
        );
        passes(checks(scenario), output);
        assert.equal(code, 0, output);
      });
    }
  });
}

function configure(toml) {
  const services = ids.map((id) => `\n[[service]]\nid = "${id}"\nmcp = "${back.url}/${id}"\n[service.guard]\ntrust = ["*"]\n`);
  return toml
    .replace(/(?<=\[access\.roles\.internal\]\nservices = )\[.*\]/, JSON.stringify(ids))
    .replace('access = "10m"', 'access = "1h"')
    // The suite's services have tools of the same names, whose descriptions name each other: of those after the first an
    // administrator would have to approve.
    .concat('\n[guard.modes]\npins = "observe"\n', ...services);
}

/** Everything goes to the gateway; what is for a service, with the token of the person who is signed in. */
function toGateway(request) {
  const token = tokens.get(request.url);
  return { url: new URL(request.url, gateway?.worker.url), headers: token ? { authorization: `Bearer ${token}` } : {} };
}

/** `/{service}` goes to where that service is. */
function toService(request) {
  const url = new URL(readFileSync(path.join(folder, request.url.slice(1)), 'utf8'));
  return { url, headers: { host: url.host } };
}
