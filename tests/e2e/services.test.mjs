// Official clients of both eras and official servers of both eras, with the gateway between: what a client learns is what
// it learns without the gateway.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import * as inspector from './clients/inspector.mjs';
import { playAll } from './clients/python.mjs';
import { open, play, steps, typescript } from './clients/typescript.mjs';
import { agree, roots } from './plans.mjs';
import { configured, services, startServices } from './services/all.mjs';
import { accessToken, startAll } from './support.mjs';

const ids = Object.keys(services);
const newest = typescript['TypeScript SDK 2.x, 2026-07-28'];
const older = typescript['TypeScript SDK 2.x, older revisions'];
const wait = { name: 'wait', arguments: {} };
const three = ['1 of 3', '2 of 3', '3 of 3'];

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
    for (const id of ids) {
      const { plan, cancels } = services[id];
      test(`learns of ${id} what it learns without a gateway`, async () => {
        const able = alone(id, sdk.revision) ? sdk : newest;
        const direct = await using([able, running[id].url], (client) => play(able, client, plan));
        await using([sdk, address(id), tokens[id]], async (client) => {
          if (sdk === newest) assert.equal(client.getNegotiatedProtocolVersion(), sdk.revision);
          agree(await play(sdk, client, plan), told(direct, id, sdk.revision));
          if (plan.counts) assert.deepEqual(await steps(sdk, client, plan.counts), three);
        });
      });

      if (!cancels?.includes(sdk.revision)) continue;
      test(`cancels a call of ${id}`, () => using([sdk, address(id), tokens[id]], async (client) => {
        const { begun, cancelled } = { ...(await running[id].waits()) };
        const leaving = new AbortController();
        // A newer client cancels by going away, which some hosts notice only when they write.
        const onprogress = sdk === newest ? () => {} : undefined;
        const call = assert.rejects(sdk.call(client, wait, { signal: leaving.signal, onprogress }));
        await until(async () => (await running[id].waits()).begun > begun);
        leaving.abort();
        await call;
        await until(async () => (await running[id].waits()).cancelled > cancelled);
      }));
    }
  });
}

for (const [name, sdk] of Object.entries(typescript)) {
  for (const [id, tool] of [['everything', roots.name], ['', `everything__${roots.name}`]]) {
    test(`${name} is asked at /mcp/${id} what a service asks on the stream of its session`, () => using([sdk, address(id), tokens[id]], async (client) => {
      const call = () => sdk.call(client, { ...roots, name: tool });
      // What a service asks before the client's stream is open is lost, with or without a gateway.
      await sleep(1000);
      // The first may find the roots that the service asked for on its own account; each has a session while it waits.
      for (const { content: [{ text }] } of [await call(), ...await Promise.all([call(), call(), call()])]) {
        assert.match(text, /file:\/\/\/project/);
      }
    }));
  }
}

for (const [mode, { revision }] of [['auto', newest], ['legacy', older]]) {
  describe(`Python SDK, ${revision}`, () => {
    let said;
    const all = () => (said ??= playAll(ids.flatMap((id) => [
      { url: running[id].url, mode: alone(id, revision) ? mode : 'auto', plan: services[id].plan },
      { url: address(id), token: tokens[id], mode, plan: services[id].plan },
    ])));
    for (const [at, id] of ids.entries()) {
      test(`learns of ${id} what it learns without a gateway`, async () => {
        const [direct, through] = (await all()).slice(2 * at);
        assert.deepEqual([direct.failure, through.failure, through.revision], [undefined, undefined, revision]);
        agree(through.learnt, told(direct.learnt, id, revision));
        if (services[id].plan.counts) assert.deepEqual(through.steps, three);
      });
    }
  });
}

describe('MCP Inspector', () => {
  for (const id of ids) {
    test(`learns of ${id} what a client learns without a gateway`, async () => {
      const { calls: [call], reads: [read], gets: [get] } = services[id].plan;
      const plan = { calls: [call], reads: [read], gets: [get], completions: [] };
      const sdk = alone(id, older.revision) ? older : newest;
      const direct = await using([sdk, running[id].url, undefined, inspector.capabilities], (client) => play(sdk, client, plan));
      // Tools it lists in the newer era, the rest in the older one.
      const { introduction, resources, prompts, calls, reads, gets } = told(direct, id, older.revision);
      const { tools } = told(direct, id, newest.revision);
      agree(await inspector.play(address(id), tokens[id], plan), { introduction, tools, resources, prompts, calls, reads, gets });
    });
  }
});

describe('all services at one address', () => {
  for (const sdk of [newest, older]) {
    test(`are listed, and each can be used, by a client of ${sdk.revision}`, () => using([sdk, address(''), tokens['']], async (client) => {
      const { tools } = await client.listTools();
      const listed = tools.map(({ name }) => name);
      const expected = [];
      for (const id of ids) {
        const { calls: [call], reads: [uri], gets: [get] } = services[id].plan;
        await using([newest, running[id].url], async (direct) => {
          const tools = offered((await direct.listTools()).tools, id, sdk.revision);
          expected.push(...tools.map(({ name }) => `${id}__${name}`));
          const { content } = await sdk.call(client, { ...call, name: `${id}__${call.name}` });
          assert.deepEqual(content, (await newest.call(direct, call)).content, id);
          const { contents: [{ text }] } = await client.readResource({ uri: `${id}+${uri}` });
          assert.equal(text, (await direct.readResource({ uri })).contents[0].text, id);
          const { messages } = await client.getPrompt({ ...get, name: `${id}__${get.name}` });
          assert.deepEqual(messages, (await direct.getPrompt(get)).messages, id);
        });
      }
      assert.deepEqual(listed, expected);
    }));
  }
});

/** What a client of a revision learns of a service directly: of what both have in one of them only, nothing. */
function told(direct, id, revision) {
  const { tasks, ...capabilities } = direct.introduction.capabilities;
  const whole = services[id].revisions.includes(revision);
  const tools = offered(direct.tools, id, revision);
  return whole ? { ...direct, tools } : { ...direct, tools, introduction: { ...direct.introduction, capabilities } };
}

/** The tools that a client of a revision can use: some only as tasks, which need a session. */
function offered(tools, id, revision) {
  const hasTasks = revision === older.revision && !id.endsWith('-sse');
  return tools.filter(({ execution }) => hasTasks || execution?.taskSupport !== 'required');
}

/** Whether clients of a revision get on with a service without a gateway; newer ones can also be of an older one. */
function alone(id, revision) {
  return revision === newest.revision || services[id].revisions.join() !== newest.revision;
}

function address(id) {
  return id ? `${gateway.url}/mcp/${id}` : `${gateway.url}/mcp`;
}

async function using(how, what) {
  const client = await open(...how);
  try {
    return await what(client);
  } finally {
    await client.close();
  }
}

async function until(holds) {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await holds()) return;
    await sleep(100);
  }
  assert.fail('it does not come true');
}
