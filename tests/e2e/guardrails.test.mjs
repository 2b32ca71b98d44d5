// Guardrails with the official clients: the person's own yes in a form that the client shows, on a page that it opens,
// and by a link; results that are too large; and who pulls more than is usual.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

import { Browser, forms } from '../../demo/browser.mjs';
import { open, typescript } from './clients/typescript.mjs';
import { accessToken, calls, startAll } from './support.mjs';

let gateway;
before(async () => {
  gateway = await startAll({ configure: (toml) => toml.replace('max_result = "100 KiB"', 'max_result = "4 KiB"') });
});
after(() => gateway?.stop());

/** Who is held in turn: each of them once. */
const people = ['p-anna', 'p-ben', 'p-gina'];

/** How often the service was asked to delete something. */
const deleted = () => calls(gateway).filter(({ name }) => name === 'delete_issue').length;

/** Answers the form of one of the gateway's pages with this button. */
async function press(browser, url, value) {
  const { page } = await browser.open(url);
  const form = forms(page.html).find(({ buttons }) => buttons.some((button) => button.value === value));
  assert.ok(form, page.html);
  return browser.press(page, form, form.buttons.find((button) => button.value === value));
}

for (const [name, sdk] of Object.entries(typescript)) {
  describe(name, () => {
    const browser = new Browser();
    const call = (client, key) => sdk.call(client, { name: 'delete_issue', arguments: { key } });
    let token;
    before(async () => {
      token = await accessToken(gateway.mcp, 'p-anna', browser);
    });

    /** A client that can do this, and what it was asked. */
    async function asked(elicitation, answer) {
      const questions = [];
      const client = await open(sdk, gateway.mcp, token, { elicitation });
      client.setRequestHandler(sdk.handled['elicitation/create'], async ({ params }) => {
        questions.push(params);
        return answer(params);
      });
      return { client, questions };
    }

    test('a yes in a form lets this call through, once', async () => {
      const before = deleted();
      const yes = () => ({ action: 'accept', content: { allow: true } });
      const { client, questions } = await asked({ form: {} }, yes);
      const result = await call(client, 'DEMO-7');
      assert.equal(questions.length, 1, JSON.stringify(result));
      assert.match(questions[0].message, /Demo office: allow delete_issue[^]*DEMO-7/);
      assert.equal(deleted(), before + 1);
      await call(client, 'DEMO-7');
      assert.equal(questions.length, 2, 'the same call is asked about again');
      await client.close();
    });

    test('a no in a form ends the call', async () => {
      const before = deleted();
      const { client } = await asked({ form: {} }, () => ({ action: 'decline' }));
      // A no is remembered for a while: each client asks for something else.
      const result = await sdk.call(client, { name: 'delete_issue', arguments: { key: 'DEMO-7', asked_by: name } });
      assert.equal(result.isError, true);
      assert.match(result.content[0].text, /said no/);
      assert.equal(deleted(), before);
      await client.close();
    });

    test('a yes on the page that the client opens lets the call through', async () => {
      const before = deleted();
      const { client, questions } = await asked({ form: {}, url: {} }, async ({ url }) => {
        await press(browser, url, 'approve');
        return { action: 'accept' };
      });
      await call(client, 'DEMO-8');
      assert.equal(questions[0].mode, 'url');
      assert.equal(deleted(), before + 1);
      await client.close();
    });

    test('a client that cannot ask gets a link, and makes the call again', async () => {
      const before = deleted();
      const client = await open(sdk, gateway.mcp, token, {});
      const told = await call(client, 'DEMO-9');
      assert.equal(told.isError, true);
      const link = /http\S+\/approve\/\S+/.exec(told.content[0].text)?.[0];
      await press(browser, link, 'approve');
      assert.equal(deleted(), before);
      await call(client, 'DEMO-9');
      assert.equal(deleted(), before + 1);
      await client.close();
    });

    test('a result that is too large loses whole items, and the model reads that', async () => {
      const client = await open(sdk, gateway.mcp, token, {});
      for (let n = 0; n < 30; n += 1) {
        const body = `comment ${n}: ${'as agreed '.repeat(10)}`;
        await sdk.call(client, { name: 'add_comment', arguments: { key: 'DEMO-2', body } });
      }
      // Who knows the tool's output schema checks the result against it.
      await client.listTools();
      const result = await sdk.call(client, { name: 'get_issue', arguments: { key: 'DEMO-2' } });
      const said = result.content.map(({ text }) => text).find((text) => text?.startsWith('[mcpgate]'));
      const [, shown, all] = /(\d+) of (\d+) items are shown/.exec(said);
      assert.ok(Number(all) >= 30 && Number(shown) < 30, said);
      assert.equal(result.structuredContent.comments.length, Number(shown));
      await client.close();
    });
  });
}

describe('who pulls more than is usual', () => {
  let watched;
  before(async () => {
    const limits = '[guard.throughput]\nhold = true\nmost_calls_per_hour = 10\n';
    watched = await startAll({ configure: (toml) => toml.replace('[[service]]', `${limits}\n[[service]]`) });
  });
  after(() => watched?.stop());

  for (const [name, sdk] of Object.entries(typescript)) {
    test(`is held until an administrator decides: ${name}`, async () => {
      const person = people.shift();
      const client = await open(sdk, watched.mcp, await accessToken(watched.mcp, person), {});
      const read = () => sdk.call(client, { name: 'get_issue', arguments: { key: 'DEMO-1' } });
      let told;
      // Counted is what has reached the record.
      for (let turn = 0; turn < 200 && !told?.isError; turn += 1) {
        told = await read();
        if (turn > 10) await setTimeout(100);
      }
      assert.equal(told.isError, true);
      assert.match(told.content[0].text, /administrator/);
      const before = calls(watched).length;
      await read();
      assert.equal(calls(watched).length, before, 'nothing more is forwarded');
      await client.close();
    });
  }
});
