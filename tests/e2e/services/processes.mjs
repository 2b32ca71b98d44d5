// Services that are processes of their own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { freePort, python } from '../support.mjs';

/** The Python SDK, both eras on one endpoint: python.py. */
export async function startPython() {
  const child = spawn(python(), [fileURLToPath(new URL('python.py', import.meta.url))], { stdio: ['ignore', 'pipe', 'inherit'] });
  const { url } = JSON.parse(await line(child, child.stdout, /{/));
  return {
    url: `${url}/mcp`,
    waits: async () => (await fetch(`${url}/waits`)).json(),
    stop: () => end(child),
  };
}

/** The reference server `everything`, which is written with the TypeScript SDK 1.x. */
export async function startEverything(transport) {
  const port = await freePort();
  const file = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));
  const child = spawn(process.execPath, [file, transport], {
    env: { PATH: process.env.PATH, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await line(child, child.stderr, /listening|is running/);
  child.stderr.resume();
  return { url: `http://127.0.0.1:${port}/${transport === 'sse' ? 'sse' : 'mcp'}`, stop: () => end(child) };
}

/** The first line that fits. */
async function line(child, stream, wanted) {
  const said = [];
  for await (const text of createInterface({ input: stream })) {
    if (wanted.test(text)) return text;
    said.push(text);
  }
  throw new Error(`${child.spawnargs.join(' ')} ended:\n${said.join('\n')}`);
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
