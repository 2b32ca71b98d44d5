// The gateway as `make run` starts it, on free ports and in a folder of its own: the demo identity provider, the demo
// service, and the real Worker bundle or, with MCPGATE_HOST=spin, the real Spin component.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { Client as Client2, StreamableHTTPClientTransport as Transport2 } from '@modelcontextprotocol/client';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

import { Browser, signIn } from '../../demo/browser.mjs';
import { startIdentityProvider } from '../../demo/identity-provider.mjs';
import { startService } from '../../demo/service.mjs';
import { Account, allow, connect, redirectUri } from '../../demo/session.mjs';

// The same tests run on both hosts.
export const { start } = await import(process.env.MCPGATE_HOST === 'spin' ? '../../wasmtime/run.mjs' : '../../miniflare/run.mjs');

export const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** Runs the native command. A refusal rejects with its words in `stderr`. */
export async function mcpgate(...args) {
  const command = path.resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug', 'mcpgate');
  return (await promisify(execFile)(command, args)).stdout;
}

/**
 * Starts everything.
 *
 * @param {object} [options]
 * @param {(toml: string) => string} [options.configure] Changes gateway.toml before it is stored.
 * @param {string} [options.publicUrl] Where clients reach the gateway, when that is not where it listens.
 * @param {Record<string, string>} [options.secrets] Further secrets by name.
 * @param {object} [options.identityProvider] What else it is started with.
 * @param {string[]} [options.allow] What the gateway may reach on Spin, if that is more than its configuration
 *   names.
 */
export async function startAll(options = {}) {
  // A port that was free may be somebody else's by the time the gateway wants it.
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      if (tries === 3) throw error;
    }
  }
}

async function startOnce({ configure = (toml) => toml, publicUrl, secrets = {}, identityProvider: provider, allow }) {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'mcpgate-e2e-'));
  const clientSecret = 'a secret of this test';
  const port = await freePort();
  const url = publicUrl ?? `http://127.0.0.1:${port}`;
  const identityProvider = await startIdentityProvider({ port: 0, clientSecret, gateways: [url], ...provider });
  const service = await startService({ port: 0 });

  const keys = await mcpgate('keygen');
  await writeFile(path.join(dataDir, 'secrets'), keys);
  const guest = (await mcpgate('guest', 'id', 'gina.guest@partner.example', '--secrets', path.join(dataDir, 'secrets'))).trim();
  const text = (await readFile(path.join(root, 'gateway.toml'), 'utf8'))
    .replace('http://127.0.0.1:8787', url)
    .replace('http://127.0.0.1:8788', identityProvider.url)
    .replace('http://127.0.0.1:8789', service.url)
    .concat(`\n[[access.guests]]\nid = "${guest}"\nrole = "external"\nuntil = 2099-12-31\n`);
  await writeFile(path.join(dataDir, 'gateway.toml'), configure(text));

  const stop = async () => {
    await service.stop();
    await identityProvider.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  const worker = await start({
    port,
    dataDir,
    configSql: await mcpgate('config', 'sql', path.join(dataDir, 'gateway.toml')),
    secrets: { OIDC_CLIENT_SECRET: clientSecret, ...parseSecrets(keys), ...secrets },
    allow,
  }).catch(async (error) => {
    // Else the test would wait for them for ever.
    await stop();
    throw error;
  });
  return {
    url,
    mcp: `${url}/mcp/demo`,
    dataDir,
    identityProvider,
    service,
    worker,
    stop: async () => {
      await worker.stop();
      await stop();
    },
  };
}

/** The official clients: both generations, and the second in both eras of the protocol. */
export const sdks = {
  'TypeScript SDK 2.x, revision 2026-07-28': {
    client: () => new Client2({ name: 'e2e', version: '1' }, { versionNegotiation: { mode: 'auto' } }),
    transport: (url, options) => new Transport2(url, options),
    call: (client, params, options) => client.callTool(params, options),
    revision: '2026-07-28',
  },
  'TypeScript SDK 2.x, revision 2025-11-25': {
    client: () => new Client2({ name: 'e2e', version: '1' }),
    transport: (url, options) => new Transport2(url, options),
    call: (client, params, options) => client.callTool(params, options),
    revision: '2025-11-25',
  },
  'TypeScript SDK 1.x': {
    client: () => new Client1({ name: 'e2e', version: '1' }),
    transport: (url, options) => new Transport1(url, options),
    call: (client, params, options) => client.callTool(params, undefined, options),
    legacy: true,
  },
};

/** A connected client of one of the [`sdks`], signed in as a person. */
export async function signedIn(gateway, person, sdk = sdks['TypeScript SDK 2.x, revision 2026-07-28']) {
  return (await connect({ ...sdk, url: gateway.mcp, person })).client;
}

/** An access token for one of the gateway's addresses, of a person who has signed in with this browser. */
export async function accessToken(url, person, browser = new Browser()) {
  const account = new Account('mcpgate e2e');
  const transport = new Transport2(new URL(url), { authProvider: account });
  // Refused, for want of a token.
  await new Client2({ name: 'e2e', version: '1' }).connect(transport).catch(() => {});
  await allow({ transport, account, visit: (address) => signIn({ url: address, redirectUri, person, browser }) });
  return account.tokens().access_token;
}

/** A Python that has the official SDK; scripts/setup.sh makes one. */
export function python() {
  const found = process.env.MCPGATE_PYTHON;
  if (!found) throw new Error('MCPGATE_PYTHON is not set: run this through make test');
  return found;
}

/** What the conformance suite and the Inspector need: where this is an older Node, npm has brought one. */
export function node22() {
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath;
  const system = `${process.platform}-${process.arch}`;
  const names = [`node-${system}`, `node-bin-${system}`];
  const found = names.map((name) => path.join(root, 'node_modules', name, 'bin', 'node')).find(existsSync);
  if (!found) throw new Error(`this test needs Node 22, which npm has not brought for ${system}: install Node 22 or newer`);
  return found;
}

/** The tool calls that reached the service, newest last. */
export function calls(gateway) {
  return gateway.service.received.filter(({ body }) => body?.method === 'tools/call').map(({ body }) => body.params);
}

/** Every file under a folder. */
export async function files(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

function parseSecrets(text) {
  return Object.fromEntries(text.trim().split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

/** A port on which nobody listens. */
export async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
