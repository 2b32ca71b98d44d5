// The official Python SDK signs in, lists and calls. MCPGATE_PYTHON is a Python that has it; scripts/setup.sh makes one.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';

import { signIn } from '../../demo/browser.mjs';
import { redirectUri } from '../../demo/session.mjs';
import { calls, python, root, startAll } from './support.mjs';

let gateway;
before(async () => {
  gateway = await startAll();
});
after(() => gateway?.stop());

test('the Python SDK signs in, lists, reads pseudonyms and writes real values', async () => {
  const child = spawn(python(), [path.join(root, 'tests/e2e/client.py'), gateway.mcp], { stdio: ['pipe', 'pipe', 'inherit'] });
  let learnt;
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line);
    if (!said.open) {
      learnt = said;
      continue;
    }
    child.stdin.write(`${await signIn({ url: said.open, redirectUri, person: 'p-ben' })}\n`);
  }
  assert.ok(learnt, 'the client ended without a result');
  assert.ok(learnt.tools.includes('get_issue'));
  assert.notEqual(learnt.issue.customer.email, 'e.testfrau@kunde.example');
  assert.equal(calls(gateway).at(-1).arguments.body, 'Erika Testfrau e.testfrau@kunde.example');
});
