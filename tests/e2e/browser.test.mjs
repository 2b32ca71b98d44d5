// A person signs in with a real browser: what they see, and that the pages hold to their own policies.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';

import { chromium } from 'playwright-core';

import { connect, redirectUri } from '../../demo/session.mjs';
import { calls, sdks, startAll } from './support.mjs';

let gateway;
let chrome;
before(async () => {
  gateway = await startAll();
  chrome = await chromium.launch({
    executablePath: execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim(),
    args: ['--no-sandbox'],
  });
});
after(async () => {
  await chrome?.close();
  await gateway?.stop();
});

test('a person signs in, sees who asks for what, allows it, and is sent back to the client', async () => {
  const page = await (await chrome.newContext()).newPage();
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));

  const { client } = await connect({
    ...sdks['TypeScript SDK 2.x, revision 2026-07-28'],
    url: gateway.mcp,
    visit: async (url) => {
      const back = new Promise((resolve) => {
        void page.route(`${redirectUri}*`, (route) => {
          resolve(new URL(route.request().url()));
          return route.fulfill({ status: 200, contentType: 'text/html', body: 'back' });
        });
      });
      await page.goto(url.href);
      await page.getByRole('button', { name: 'Anna Beispiel' }).click();
      await page.waitForURL(`${gateway.url}/**`);
      const asked = await page.locator('body').innerText();
      assert.match(asked, /mcpgate demo client/);
      assert.match(asked, /127\.0\.0\.1/);
      for (const cookie of await page.context().cookies(gateway.url)) {
        if (cookie.name.startsWith('_')) continue; // the demo provider's own, on the same host
        assert.equal(cookie.httpOnly, true, cookie.name);
        assert.notEqual(cookie.sameSite, 'None', cookie.name);
      }
      await page.getByRole('button', { name: /^(allow|approve|yes)/i }).click();
      return back;
    },
  });
  await client.callTool({ name: 'list_mails', arguments: {} });
  await client.close();
  assert.equal(calls(gateway).at(-1).name, 'list_mails');
  assert.deepEqual(complaints, []);
});
