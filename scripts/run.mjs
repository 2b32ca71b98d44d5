// `make run`: the gateway under the emulator, with the demo identity provider and the demo service.
//
// State and generated keys are in .mcpgate/ and stay there. Whatever is in the way is one line, and exit code 1.

import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const data = '.mcpgate';
const ports = { gateway: 8787, 'demo identity provider': 8788, 'demo service': 8789 };

// Ctrl-C reaches the whole process group; the builds end by it, and what was started here is stopped in order.
const started = [];
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => void stop(0));
}

try {
  await run();
} catch (error) {
  if (!stopping) console.error(`mcpgate: ${String(error.message).split('\n')[0]}`);
  await stop(stopping ? 0 : 1);
}

async function run() {
  await checkFolder();
  for (const [who, port] of Object.entries(ports)) await checkPort(who, port);

  console.log('mcpgate: building the mcpgate command (minutes at first, seconds later)');
  await build('cargo', ['build', '--quiet', '--bin', 'mcpgate']);
  console.log('mcpgate: building the Worker (minutes at first, seconds later)');
  await build('make', ['--silent', 'build-workers']);
  const secrets = await generateSecrets();
  await writeFile(`${data}/config.sql`, await mcpgate('config', 'sql', await configuration()));

  // Imported here, so that everything above works before the packages are there.
  const { startIdentityProvider } = await import('../demo/identity-provider.mjs');
  const { startService } = await import('../demo/service.mjs');
  const { people } = await import('../demo/people.mjs');
  const gateway = `http://127.0.0.1:${ports.gateway}`;
  started.push(
    await startIdentityProvider({
      port: ports['demo identity provider'],
      clientSecret: secrets.OIDC_CLIENT_SECRET,
      gateways: [gateway],
      keyFile: `${data}/identity-provider-key`,
    }),
  );
  started.push(await startService({ port: ports['demo service'] }));
  started.push(await startWorker());
  await ready(gateway);

  console.log(`
mcpgate is ready on ${gateway}. Ctrl-C stops it; its state stays in ${data}/.

Connect an AI client, then sign in as ${people[0].name} or another invented person:
  Claude Code   claude mcp add --transport http demo ${gateway}/mcp/demo
  VS Code       .vscode/mcp.json: {"servers":{"demo":{"type":"http","url":"${gateway}/mcp/demo"}}}
  any client    streamable HTTP at ${gateway}/mcp/demo
Or see it work, in a second terminal:
  make demo`);
}

async function checkFolder() {
  try {
    await mkdir(data, { recursive: true, mode: 0o700 });
    for (const folder of [data, `${data}/state`]) {
      await mkdir(folder, { recursive: true });
      await writeFile(`${folder}/.writable`, '');
      await rm(`${folder}/.writable`);
    }
  } catch (error) {
    const remedy = error.code === 'EEXIST' || error.code === 'ENOTDIR' ? 'remove the file that is in its place' : 'make it writable';
    throw new Error(`the folder ${path.resolve(error.path ? path.dirname(error.path) : data)} cannot be written (${error.code}): ${remedy} and start again`);
  }
}

async function checkPort(who, port) {
  await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${port} (${who}) is in use: stop what listens there and start again`)
          : error,
      ),
    );
    probe.listen(port, '127.0.0.1', () => probe.close(resolve));
  });
}

function build(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit' });
    child.once('error', () => reject(new Error(`${command} is missing: install it and start again`)));
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${[command, ...args].join(' ')} failed: its own words are above`));
    });
  });
}

async function mcpgate(...args) {
  const command = path.join(process.env.CARGO_TARGET_DIR ?? 'target', 'debug', 'mcpgate');
  try {
    return (await promisify(execFile)(command, args)).stdout;
  } catch (error) {
    throw new Error(String(error.stderr || error.message).trim());
  }
}

/** The secrets of this machine's demo: made on the first start, kept outside of git, readable by their owner only. */
async function generateSecrets() {
  const file = `${data}/secrets`;
  const { readSecrets } = await import('../miniflare/run.mjs');
  try {
    return await readSecrets(file);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const text = `${(await mcpgate('keygen')).trim()}\nOIDC_CLIENT_SECRET=${randomBytes(32).toString('base64url')}\n`;
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await chmod(`${file}.new`, 0o600);
  await rename(`${file}.new`, file);
  return readSecrets(file);
}

/** gateway.toml, with the demo's guest added: her id depends on this machine's generated key. */
async function configuration() {
  await mcpgate('config', 'check', 'gateway.toml');
  const id = (await mcpgate('guest', 'id', 'gina.guest@partner.example', '--secrets', `${data}/secrets`)).trim();
  const until = `${new Date().getUTCFullYear() + 1}-12-31`;
  const guest = `\n[[access.guests]]\nid = "${id}"\nrole = "external"\nuntil = ${until}\n`;
  const file = `${data}/gateway.toml`;
  await writeFile(file, (await readFile('gateway.toml', 'utf8')) + guest);
  return file;
}

/**
 * The Worker in a process group of its own, so that Ctrl-C does not take the emulator down before its queue is empty.
 * It ends when its standard input does, so it cannot outlive this process either.
 */
async function startWorker() {
  const child = spawn(
    process.execPath,
    ['miniflare/serve.mjs', '--port', String(ports.gateway), '--data', data,
      '--config-sql', `${data}/config.sql`, '--secrets', `${data}/secrets`],
    { stdio: ['pipe', 'pipe', 'inherit'], detached: true },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const lines = createInterface({ input: child.stdout });
  await new Promise((resolve, reject) => {
    lines.once('line', resolve);
    child.once('exit', () => reject(new Error('the emulator did not start: its own words are above')));
  });
  const cron = setInterval(() => child.stdin.write('cron\n'), 60_000);
  void ended.then(() => {
    if (stopping) return;
    console.error(`mcpgate: the emulator has ended by itself: see ${data}/worker.log`);
    void stop(1);
  });
  return {
    stop: async () => {
      clearInterval(cron);
      child.stdin.end('stop\n');
      await ended;
    },
  };
}

async function ready(gateway) {
  const answer = await fetch(`${gateway}/health`).catch(() => {
    throw new Error(`the gateway does not answer: see ${data}/worker.log`);
  });
  if (!answer.ok) throw new Error(`the gateway answers ${answer.status} on /health: see ${data}/worker.log`);
}

async function stop(code) {
  if (stopping) return;
  stopping = true;
  if (started.length) console.log('\nmcpgate: stopping');
  for (const part of started.reverse()) await part.stop();
  process.exit(code);
}
