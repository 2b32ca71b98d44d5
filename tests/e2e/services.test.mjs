// Official clients of both eras and official servers of both eras, with the gateway between: what a client learns is what
// it learns without the gateway.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { open, play, steps, typescript } from './clients/typescript.mjs';
import { comparable } from './plans.mjs';
import { configured, services, startServices } from './services/all.mjs';
import { accessToken, startAll } from './support.mjs';

const ids = Object.keys(services);
const newest = typescript['TypeScript SDK 2.x, 2026-07-28'];

let running;
let gateway;
const tokens = {};
before(async () => {
  running = await startServices();
  gateway = await startAll({ configure: (toml) => configured(toml, running) });
  await Promise.all([...ids, ''].map(async (id) => {
    tokens[id] = await accessToken(address(id), 'p-anna');
  }));
});
after(async () => {
  await gateway?.stop();
  await running?.stop();
});

for (const [name, sdk] of Object.entries(typescript)) {
  describe(name, () => {
    for (const [id, { plan, only }] of Object.entries(services)) {
      test(`learns of ${id} what it learns without a gateway`, async () => {
        // What the client does not get on with by itself is compared with what one does that gets on with it.
        const able = only && only !== sdk.revision ? newest : sdk;
        const direct = await using(able, running[id].url, undefined, (client) => play(able, client, plan));
        await using(sdk, address(id), tokens[id], async (client) => {
          if (sdk === newest) assert.equal(client.getNegotiatedProtocolVersion(), sdk.revision);
          assert.deepEqual(comparable(await play(sdk, client, plan)), comparable(direct));
          if (plan.counts) assert.deepEqual(await steps(sdk, client, plan.counts), ['1 of 3', '2 of 3', '3 of 3']);
        });
      });
    }
  });
}

function address(id) {
  return id ? `${gateway.url}/mcp/${id}` : `${gateway.url}/mcp`;
}

async function using(sdk, url, token, what) {
  const client = await open(sdk, url, token);
  try {
    return await what(client);
  } finally {
    await client.close();
  }
}
