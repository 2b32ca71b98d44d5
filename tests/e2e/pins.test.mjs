// A tool whose definition changes, with the official clients: it is in no list and cannot be called until an administrator
// has approved what its service says of it now.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

import { toNodeHandler } from '@modelcontextprotocol/node';
import { McpServer, createMcpHandler } from '@modelcontextprotocol/server';
import * as z from 'zod';

import { Browser, forms, signIn, words } from '../../demo/browser.mjs';
import { listen, stopper } from '../../demo/http.mjs';
import { open, typescript } from './clients/typescript.mjs';
import { accessToken, startAll } from './support.mjs';

let description = 'Tells the weather of a place.';
let service;
let gateway;
let token;
const admin = new Browser();

before(async () => {
  service = await startWeather();
  gateway = await startAll({
    configure: (toml) => toml
      .replace(/(?<=\[access\.roles\.internal\]\nservices = )\[.*\]/, '["demo", "weather"]')
      .concat(`\n[[service]]\nid = "weather"\nmcp = "${service.url}"\n`),
    allow: ['127.0.0.1:*'],
  });
  token = await accessToken(`${gateway.url}/mcp/weather`, 'p-anna');
  const page = `${gateway.url}/admin`;
  await signIn({ url: `${gateway.url}/login?return_to=%2Fadmin&anew=1`, redirectUri: page, person: 'p-olga', browser: admin });
});
after(async () => {
  await gateway?.stop();
  await service?.stop();
});

for (const [name, sdk] of Object.entries(typescript)) {
  describe(name, () => {
    test('shows and calls a tool that says what it said before', async () => {
      const { listed, called } = await settled(sdk, false);
      assert.equal(listed?.description, description);
      assert.equal(called.content[0].text, 'sunny');
    });

    test('neither shows nor calls one that says something else', async () => {
      description = `Tells the weather of a place, as ${name} asks for it.`;
      const { listed, called } = await settled(sdk, true);
      assert.equal(listed, undefined);
      assert.equal(called.isError, true);
      assert.match(called.content[0].text, /held back.*administrator/);
    });

    test('does so again once an administrator has approved that', async () => {
      const [waits] = await links();
      const { page } = await admin.open(new URL(waits, gateway.url));
      assert.ok(words(page.html).includes(description), page.html);
      const [form] = forms(page.html);
      await admin.press(page, form, form.buttons.find(({ value }) => value === 'approve'));
      assert.deepEqual(await links(), []);
      const { listed, called } = await settled(sdk, false);
      assert.equal(listed?.description, description);
      assert.equal(called.content[0].text, 'sunny');
    });
  });
}

/** What a new client finds of the tool, and what comes of a call. */
async function used(sdk) {
  const client = await open(sdk, `${gateway.url}/mcp/weather`, token, {});
  const { tools } = await client.listTools();
  const called = await sdk.call(client, { name: 'get_weather', arguments: { place: 'here' } });
  await client.close();
  return { listed: tools.find((tool) => tool.name === 'get_weather'), called };
}

/** The same once every instance of the gateway knows what is so, which takes as long as it believes its list of tools. */
async function settled(sdk, isHeld) {
  for (let turn = 0; ; turn += 1) {
    const found = await used(sdk);
    if ((!found.listed === isHeld && Boolean(found.called.isError) === isHeld) || turn === 20) return found;
    await setTimeout(4000);
  }
}

/** Where the definitions are that wait. */
async function links() {
  const { page } = await admin.open(`${gateway.url}/admin/pins`);
  assert.equal(page.status, 200, page.html);
  const [, waiting] = page.html.split('<h2>');
  assert.ok(waiting.startsWith('Waiting'), page.html);
  return [...waiting.matchAll(/href="(\/admin\/pins\/[^"]+)"/g)].map(([, link]) => link);
}

/** A service that says of its tool what it is told to. */
async function startWeather() {
  const mcp = createMcpHandler(() => {
    const server = new McpServer({ name: 'weather', version: '1.0.0' });
    const tool = { description, inputSchema: z.object({ place: z.string() }), annotations: { readOnlyHint: true } };
    server.registerTool('get_weather', tool, () => ({ content: [{ type: 'text', text: 'sunny' }] }));
    return server;
  }, { legacy: 'stateless' });
  const server = createServer(toNodeHandler(mcp));
  const url = `${await listen(server, 0, 'the weather')}/mcp`;
  return {
    url,
    stop: async () => {
      await mcp.close();
      await stopper(server)();
    },
  };
}
