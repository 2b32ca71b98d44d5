// From request to answer: the same tool call straight to a service and through the gateway, in turns, in one run. The
// gateway checks, masks, stores the mapping and records; the ratio is what that costs here. First two tools of the demo
// service, then a result of each size, without personal data (the bare path) and full of it.
//
// Run by `make bench`; MCPGATE_HOST=spin takes the Spin component instead of the Worker bundle.

import { connect } from '../demo/session.mjs';
import { sdks, startAll } from '../tests/e2e/support.mjs';
import { startSized } from './sized.mjs';

const REVISION = '2026-07-28';

const sized = await startSized();
const gateway = await startAll({
  configure: (toml) =>
    `${toml.replace(/(?<=\[access\.roles\.internal\]\nservices = )\[.*\]/, '["demo", "sized"]')}
[[service]]
id = "sized"
mcp = "${sized.url}/mcp"
[service.guard]
max_result = "8 MiB"
`,
});
try {
  const demo = await way('demo', gateway.service.url);
  for (const [what, name, args] of [
    ['get_issue: one record full of personal data', 'get_issue', { key: 'DEMO-1' }],
    ['list_events: a list', 'list_events', {}],
  ]) {
    const { times, added, ratio } = await compare(demo, name, args, 200);
    console.log(`  ${what}`);
    console.log(`    direct   median ${ms(quantile(times.direct, 0.5))}  p95 ${ms(quantile(times.direct, 0.95))}`);
    console.log(`    gateway  median ${ms(quantile(times.gateway, 0.5))}  p95 ${ms(quantile(times.gateway, 0.95))}`);
    console.log(`    gateway / direct, pair by pair: median ${ratio}; added: median ${added} µs`);
  }
  await demo.close();

  const path = await way('sized', sized.url);
  console.log('  text in the result           bytes direct  bytes gateway    direct   gateway    added µs  gateway / direct');
  for (const personal of [false, true]) {
    for (const [kib, rounds] of [[1, 200], [16, 100], [64, 60], [1024, 15]]) {
      const { times, sizes, added, ratio } = await compare(path, 'read', { kib, personal }, rounds);
      const columns = [
        `${kib} KiB, ${personal ? 'all personal' : 'nothing personal'}`.padEnd(27),
        String(sizes.direct).padStart(12),
        String(sizes.gateway).padStart(13),
        ms(quantile(times.direct, 0.5)).padStart(8),
        ms(quantile(times.gateway, 0.5)).padStart(8),
        added.padStart(10),
        ratio.padStart(16),
      ];
      console.log(`  ${columns.join('  ')}`);
    }
  }
  await path.close();
} finally {
  await gateway.stop();
  await sized.stop();
}

/** The two addresses of a service, signed in. */
async function way(service, url) {
  const mcp = `${gateway.url}/mcp/${service}`;
  const { account, client } = await connect({ ...sdks['TypeScript SDK 2.x, revision 2026-07-28'], url: mcp, person: 'p-anna' });
  const { access_token: token } = account.tokens();
  return {
    direct: { url: `${url}/mcp`, headers: {} },
    gateway: { url: mcp, headers: { authorization: `Bearer ${token}` } },
    close: () => client.close(),
  };
}

async function compare(between, name, args, rounds) {
  const times = { direct: [], gateway: [] };
  const sizes = {};
  // The first ones, which fill what an isolate remembers, do not count.
  for (let round = -Math.ceil(rounds / 10); round < rounds; round++) {
    for (const side of ['direct', 'gateway']) {
      const { took, size } = await timed(between[side], name, args);
      sizes[side] = size;
      if (round >= 0) times[side].push(took);
    }
  }
  const pairs = times.gateway.map((time, at) => [time, times.direct[at]]);
  return {
    times,
    sizes,
    added: quantile(pairs.map(([through, direct]) => (through - direct) * 1000), 0.5).toFixed(0),
    ratio: quantile(pairs.map(([through, direct]) => through / direct), 0.5).toFixed(1),
  };
}

async function timed({ url, headers }, name, args) {
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
  return { took, size: Buffer.byteLength(text) };
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function ms(value) {
  return `${value.toFixed(2)} ms`;
}
