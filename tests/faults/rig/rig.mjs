// A gateway with faults: its host, an identity provider, a service that keeps its books, and people with their AI clients.

import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { Browser, forms } from '../../../demo/browser.mjs';
import { startIdentityProvider } from '../../../demo/identity-provider.mjs';
import { accessToken, freePort, mcpgate, root } from '../../e2e/support.mjs';
import { Client, Ledger } from './client.mjs';
import { reconcile } from './reconcile.mjs';
import { startService } from './service.mjs';

export const hostName = process.env.MCPGATE_HOST === 'spin' ? 'spin' : 'workers';
const { startHost } = await import(hostName === 'spin' ? './spin.mjs' : './worker.mjs');

const run = promisify(execFile);

/** Starts everything; with `inspect`, so that the isolate's heap can be measured. */
export async function startRig({ inspect = false } = {}) {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'mcpgate-faults-'));
  const clientSecret = 'a secret of this test';
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const identityProvider = await startIdentityProvider({ port: 0, clientSecret, gateways: [url] });
  const service = await startService();
  const keys = await mcpgate('keygen');
  const secrets = Object.fromEntries(keys.trim().split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  const keyFile = path.join(dataDir, 'keys');
  await writeFile(keyFile, keys);
  const guest = (await mcpgate('guest', 'id', 'gina.guest@partner.example', '--secrets', keyFile)).trim();
  const toml = path.join(dataDir, 'gateway.toml');
  await writeFile(toml, configuration({ url, issuer: identityProvider.url, service: service.url, guest }));
  const host = await startHost({
    port, dataDir, configSql: await mcpgate('config', 'sql', toml), secrets: { OIDC_CLIENT_SECRET: clientSecret, ...secrets },
    inspect,
  });
  const ledger = new Ledger();

  const rig = {
    url, host, service, ledger, dataDir,
    /** An AI client that a person permits to act for them. */
    client: async (person, revision, browser = new Browser()) => {
      const address = `${url}/mcp/books`;
      const token = await accessToken(address, person, browser);
      const { client_id: id } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
      const client = new Client(ledger, { id, url: address, token, revision });
      client.agree = (link) => agree(browser, link);
      return client;
    },
    /** Waits until no event is on its way. */
    settle: async (patience = 60_000) => {
      const until = Date.now() + patience;
      await host.maintain();
      for (let tries = 0; await host.onTheWay(); tries += 1) {
        if (Date.now() > until) throw new Error(`after ${patience} ms ${await host.onTheWay()} events are on their way still`);
        if (tries % 10 === 9) await host.maintain();
        await sleep(50);
      }
    },
    /** Holds everybody's books against each other. Throws when the chain does not hold. */
    books: async () => {
      await rig.settle();
      const database = await host.database();
      const said = await mcpgate('audit', 'verify', '--db', database);
      if (!said.startsWith('holds')) throw new Error(said);
      const { stdout } = await run(mcpgateCommand(), ['audit', 'export', '--db', database], { maxBuffer: 2 ** 30 });
      const records = stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
      return reconcile({ ledger, service, records, hash: (purpose, identifier) => hash(secrets.MCPGATE_HASH_KEY, purpose, identifier) });
    },
    stop: async () => {
      ledger.close();
      await host.stop();
      await service.stop();
      await identityProvider.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
    logs: () => readFile(path.join(dataDir, hostName === 'spin' ? 'spin.log' : 'worker.log'), 'utf8'),
  };
  return rig;
}

/** The person says yes to a call that waits; says whether that was heard. */
async function agree(browser, link) {
  try {
    const { page } = await browser.open(link);
    const [form] = forms(page?.html ?? '');
    const button = form?.buttons.find(({ value }) => value === 'approve');
    if (!button) return false;
    return (await browser.press(page, form, button)).page?.status === 200;
  } catch {
    return false;
  }
}

/** As in src/crypto/hash.rs. */
function hash(key, ...parts) {
  const mac = createHmac('sha256', Buffer.from(key, 'base64url'));
  for (const part of parts) {
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(Buffer.byteLength(part)));
    mac.update(length).update(part);
  }
  return mac.digest('base64url');
}

function mcpgateCommand() {
  return path.resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug', 'mcpgate');
}

function configuration({ url, issuer, service, guest }) {
  return `
[gateway]
public_url = "${url}"
[identity]
issuer = "${issuer}"
client_id = "mcpgate"
client_secret = { secret = "OIDC_CLIENT_SECRET" }
[access]
admins = ["ops@example.com"]
[access.domains."example.com"]
role = "internal"
[[access.guests]]
id = "${guest}"
role = "external"
until = 2099-12-31
[access.roles.internal]
services = ["books"]
[access.roles.external]
services = ["books"]
tools = { books = ["get_record", "list_*", "add_note"] }
[tokens]
access = "1h"
[audit]
on_failure = "refuse"
[[service]]
id = "books"
mcp = "${service}/mcp"
timeout = "1s"
[service.guard]
max_result = "8 KiB"
`;
}
