// From request to answer: the same tool call straight to the demo service and through the gateway, in turns, in one
// run. The gateway signs in, checks, masks, stores the mapping and records; the ratio is what that costs here.
//
// Run by `make bench`; MCPGATE_HOST=spin takes the Spin component instead of the Worker bundle.

import { connect } from '../demo/session.mjs';
import { sdks, startAll } from '../tests/e2e/support.mjs';

const ROUNDS = 200;
const WARM_UP = 20;
const REVISION = '2026-07-28';

const gateway = await startAll();
try {
  const { account, client } = await connect({
    ...sdks['TypeScript SDK 2.x, revision 2026-07-28'],
    url: gateway.mcp,
    person: 'p-anna',
  });
  const { access_token: token } = account.tokens();
  const direct = new URL('/mcp', gateway.service.url).href;
  for (const [what, name, args] of [
    ['get_issue: one record full of personal data', 'get_issue', { key: 'DEMO-1' }],
    ['list_events: a list', 'list_events', {}],
  ]) {
    const times = { direct: [], gateway: [] };
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      const pair = { direct: await timed(direct, {}, name, args), gateway: await timed(gateway.mcp, { authorization: `Bearer ${token}` }, name, args) };
      if (round < 0) continue;
      times.direct.push(pair.direct);
      times.gateway.push(pair.gateway);
    }
    const ratio = times.gateway.map((time, at) => time / times.direct[at]);
    console.log(`  ${what}`);
    console.log(`    direct   median ${ms(quantile(times.direct, 0.5))}  p95 ${ms(quantile(times.direct, 0.95))}`);
    console.log(`    gateway  median ${ms(quantile(times.gateway, 0.5))}  p95 ${ms(quantile(times.gateway, 0.95))}`);
    console.log(`    gateway / direct, pair by pair: median ${quantile(ratio, 0.5).toFixed(1)}`);
  }
  await client.close();
} finally {
  await gateway.stop();
}

async function timed(url, headers, name, args) {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': REVISION,
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
  };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args, _meta: meta } });
  const began = performance.now();
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': REVISION,
      'mcp-method': 'tools/call',
      'mcp-name': name,
      ...headers,
    },
    body,
  });
  const text = await response.text();
  const took = performance.now() - began;
  if (!response.ok || text.includes('"isError":true')) throw new Error(`${url}: HTTP ${response.status} ${text.slice(0, 200)}`);
  return took;
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function ms(value) {
  return `${value.toFixed(2)} ms`;
}
