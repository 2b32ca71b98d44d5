// What the suite runs when it tests how a client gets authorized: it says where its service listens, and a gateway is
// started that has this service, with accounts of people there. A person of that gateway then connects an account
// whenever the gateway asks for one, and an official client uses it.
//
//   MCP_CONFORMANCE_SCENARIO           the scenario, from the suite
//   MCP_CONFORMANCE_PROTOCOL_VERSION   its revision, from the suite
//   MCP_CONFORMANCE_CONTEXT            what else it says of it, as JSON

import assert from 'node:assert/strict';

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

import { Browser, forms, words } from '../../demo/browser.mjs';
import { accessToken, startAll } from '../e2e/support.mjs';

const person = 'p-anna';
/** How often a person follows the gateway's link before they give up. */
const patience = 3;

const revision = process.env.MCP_CONFORMANCE_PROTOCOL_VERSION;
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}');
const service = process.argv[2];
/** The gateway's own document has its own address; the suite knows a client by this one, as if it had been told. */
const document = { client_id: 'https://conformance-test.local/client-metadata.json' };
const { client_id: clientId, client_secret: clientSecret } =
  process.env.MCP_CONFORMANCE_SCENARIO === 'auth/basic-cimd' ? document : context;

// Nobody else ends a client that waits for ever.
setTimeout(() => {
  console.error('the client did not come to its end');
  process.exit(1);
}, 28_000).unref();

const known = clientId ? `issuer = "${await issuer()}"\nclient_id = "${clientId}"\n` : '';
const gateway = await startAll({
  configure: (toml) => toml
    .replace(/(?<=\[access\.roles\.internal\]\nservices = )\[.*\]/, '["demo", "suite"]')
    .concat(`\n[[service]]\nid = "suite"\nmcp = "${service}"\n[service.guard]\ntrust = ["*"]\n[service.oauth]\n`)
    .concat(known, clientSecret ? 'client_secret = { secret = "SUITE_CLIENT_SECRET" }\n' : ''),
  secrets: clientSecret ? { SUITE_CLIENT_SECRET: clientSecret } : {},
  allow: ['localhost:*', '127.0.0.1:*'],
});
try {
  await play();
} finally {
  await gateway.stop();
}

/** Where the gateway is registered by hand: an operator knows that; the suite says it in the service's metadata only. */
async function issuer() {
  const { origin, pathname } = new URL(service);
  const answer = await fetch(`${origin}/.well-known/oauth-protected-resource${pathname}`);
  const { authorization_servers: [server] } = await answer.json();
  return server;
}

async function play() {
  const browser = new Browser();
  const token = await accessToken(`${gateway.url}/mcp/suite`, person, browser);
  const client = new Client(
    { name: 'mcpgate-conformance-client', version: '1.0.0' },
    { versionNegotiation: { mode: revision === '2026-07-28' ? 'auto' : 'legacy' } },
  );
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${gateway.url}/mcp/suite`), { requestInit: { headers: { authorization: `Bearer ${token}` } } }),
  );
  for (let links = 0; links < patience; links += 1) {
    const link = await use(client);
    if (!link || !(await connect(browser, link))) break;
  }
  await client.close();
}

/** Lists the tools and calls one; answers with the link that the gateway gives instead, if it does. */
async function use(client) {
  try {
    const { tools } = await client.listTools();
    const tool = tools.find(({ name }) => name !== 'connect_account') ?? tools[0];
    const result = await client.callTool({ name: tool.name, arguments: {} });
    if (!result.isError) return linked(JSON.stringify(result));
    throw new Error(JSON.stringify(result));
  } catch (error) {
    const link = linked(error.message);
    if (!link) throw error;
    return link;
  }
}

function linked(text) {
  return /http[^\s"]+\/connect\/suite/.exec(text)?.[0];
}

/** Connects the account as a person would; says whether that went well. */
async function connect(browser, link) {
  const { page } = await browser.open(link);
  const [form] = forms(page.html);
  const button = form?.buttons.find(({ value }) => value !== 'disconnect');
  assert.ok(button, words(page.html));
  const { page: end } = await browser.press(page, form, button);
  console.log(`${end.status} ${words(end.html)}`);
  return end.status === 200;
}
