// What an operator meets: a gateway without configuration, and a `make run` that cannot start.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

import { root, start } from './support.mjs';

test('a deployed gateway without configuration serves its health, and else one line that names what is missing', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'mcpgate-e2e-'));
  const worker = await start({ port: 0, dataDir });
  try {
    assert.equal((await fetch(`${worker.url}/health`)).status, 200);
    for (const where of ['/', '/mcp/demo', '/authorize', '/.well-known/oauth-authorization-server']) {
      const answer = await fetch(`${worker.url}${where}`);
      assert.equal(answer.status, 503, where);
      assert.match(await answer.text(), /^[^\n]*(configuration|MCPGATE_)[^\n]*\n?$/, where);
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', where);
    }
  } finally {
    await worker.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});

test('a port in use is one line that names it', async () => {
  const blocker = createServer();
  const listens = () =>
    new Promise((resolve) => {
      blocker.once('error', () => resolve(false)).listen(8788, '127.0.0.1', () => resolve(true));
    });
  // The same test of another host may be there for a moment; somebody else's listener serves just as well.
  for (let tries = 0; tries < 40 && !(await listens()); tries += 1) await setTimeout(250);
  try {
    const { code, errors } = await runScript();
    assert.equal(code, 1);
    assert.match(errors, /^mcpgate: port 878\d \([^)]+\) is in use: [^\n]+\n$/);
  } finally {
    blocker.close();
  }
});

function runScript() {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['scripts/run.mjs'], { cwd: root });
    let errors = '';
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.once('exit', (code) => resolve({ code, errors }));
  });
}
