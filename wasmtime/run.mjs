// The Spin harness: the real component in the wasmtime test host, with a real SQLite file and a real Redis.
//
// Offers what miniflare/run.mjs offers, so that one list of tests runs on both. Everything lives under `dataDir` and
// outlasts a restart.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/**
 * Starts the component; migrations and configuration are in the database before it answers.
 *
 * @param {object} options
 * @param {number} options.port 0 takes a free one.
 * @param {string} options.dataDir Where state, `spin.log` and `redis.log` are kept.
 * @param {string} [options.configSql] What `mcpgate config sql FILE` printed. Stored once for each `dataDir`.
 * @param {Record<string, string>} [options.secrets] Secrets and variables by name.
 * @param {string[]} [options.allow] What the component may reach, as `HOST:PORT`; a port may be `*`. By default what is
 *   on this machine and named in `configSql`.
 * @param {boolean} [options.queue] Whether Redis is there.
 * @param {string} [options.component]
 * @param {string} [options.host] The test host's binary.
 * @returns {Promise<import('../miniflare/run.mjs').Worker>}
 */
export async function start({
  port,
  dataDir,
  configSql = '',
  secrets = {},
  allow = [...configSql.matchAll(/http:\/\/(127\.0\.0\.1:\d+)/g)].map(([, peer]) => peer),
  queue = true,
  component,
  host,
}) {
  await mkdir(dataDir, { recursive: true });
  await writeFile(path.resolve(dataDir, 'config.sql'), configSql);
  const redisPort = await freePort();
  let redis = queue ? await startRedis(redisPort, dataDir) : undefined;
  const child = await startComponent({ port, dataDir, secrets, allow, redisPort, component, host });
  const stop = async () => {
    if (redis && child.exitCode === null) await drain(redisPort);
    await end(child);
    await end(redis);
  };
  try {
    const url = await ready(child);
    return {
      url,
      setQueue: async (next) => {
        if (!next && redis) {
          await drain(redisPort);
          await end(redis);
          redis = undefined;
        } else if (next && !redis) {
          redis = await startRedis(redisPort, dataDir);
        }
      },
      // Spin has no cron: maintenance follows a request, at most once a minute in all and once in an instance. An
      // instance without requests ends after a second.
      cron: async () => {
        await sleep(1500);
        await command(redisPort, 'DEL mcpgate:maintained');
        await fetch(`${url}/health`);
      },
      d1File: async () => databaseFile(dataDir),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The database under a folder. */
export function databaseFile(dataDir) {
  return path.resolve(dataDir, 'spin.sqlite');
}

/**
 * The component's process, with a Redis that is there already. Several can share a folder and a Redis.
 *
 * @param {object} options As those of [`start`], and:
 * @param {number} options.redisPort
 * @param {string} [options.clock] A file that says by how many milliseconds its clock is ahead.
 * @returns {Promise<import('node:child_process').ChildProcess>}
 */
export async function startComponent({
  port,
  dataDir,
  secrets,
  allow,
  redisPort,
  clock,
  component = path.join(target('target'), 'wasm32-wasip2', 'release', 'mcpgate.wasm'),
  host = process.env.SPIN_TEST_HOST ?? path.join(target('wasmtime/target'), 'debug', 'spin-test-host'),
}) {
  const file = (name) => path.resolve(dataDir, name);
  await writeFile(file('variables'), lines(secrets), { mode: 0o600 });
  const log = createWriteStream(file('spin.log'), { flags: 'a' });
  const child = spawn(
    // A file that cannot grow any more is then an error to it, as a full disk is, and not its end.
    'sh',
    [
      '-c', 'trap "" XFSZ; exec "$0" "$@"', host,
      '--component', component, '--compiled', await compiled(component, host), '--port', String(port), '--db', databaseFile(dataDir), '--kv', file('cache.sqlite'),
      '--redis', `redis://127.0.0.1:${redisPort}`, '--vars-file', file('variables'),
      ...(await migrations()).concat(file('config.sql')).flatMap((name) => ['--migrate', name]),
      ...allow.flatMap((peer) => ['--allow', peer]),
      ...(clock ? ['--clock', clock] : []),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  child.stderr.pipe(log);
  return child;
}

/** Where this host keeps the component compiled: next to it, under a name that goes with both. */
async function compiled(component, host) {
  const [is, by] = await Promise.all([stat(component), stat(host)]);
  return `${component}.${[is.size, is.mtimeMs, by.size, by.mtimeMs].map(Math.round).join('-')}.compiled`;
}

function target(otherwise) {
  return path.resolve(root, process.env.CARGO_TARGET_DIR ?? otherwise);
}

function lines(variables) {
  return Object.entries(variables).map(([name, value]) => `${name}=${value}\n`).join('');
}

async function migrations() {
  const folder = path.join(root, 'migrations');
  return (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort().map((name) => path.join(folder, name));
}

/** A Redis with an append-only file in a folder. */
export async function startRedis(port, dataDir) {
  const options = { bind: '127.0.0.1', port, dir: path.resolve(dataDir), logfile: 'redis.log', appendonly: 'yes', save: '""' };
  const child = spawn('redis-server', Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]), {
    stdio: 'ignore',
  });
  const failed = once(child, 'error').then(([error]) => {
    throw new Error(`redis-server is missing: install it (${error.code})`);
  });
  const started = async () => {
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await command(port, 'PING').catch(() => '')) === '+PONG') return child;
      await sleep(50);
    }
    throw new Error('redis-server does not answer');
  };
  return Promise.race([started(), failed]);
}

/** The URL that a component's process answers at, once it does. */
export async function ready(child) {
  const failed = once(child, 'error').then(([error]) => {
    throw new Error(`the test host is missing: build it with cargo build in wasmtime/ (${error.code})`);
  });
  const line = (async () => {
    for await (const text of createInterface({ input: child.stdout })) return text;
    throw new Error('the test host stopped: spin.log says why');
  })();
  return (await Promise.race([line, failed])).replace(/^ready /, '');
}

/** Waits until nothing is on the stream. */
async function drain(port) {
  for (let tries = 0; tries < 100; tries += 1) {
    await sleep(100);
    if ((await command(port, 'XLEN mcpgate:audit').catch(() => ':0')) === ':0') return;
  }
}

/** The first line of Redis' answer. */
export async function command(port, text) {
  const socket = connect(port, '127.0.0.1');
  socket.setEncoding('utf8');
  try {
    socket.write(`${text}\r\n`);
    const [answer] = await once(socket, 'data');
    return answer.split('\r\n')[0];
  } finally {
    socket.destroy();
  }
}

/** Ends a process in order. */
export async function end(child) {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

/** A port on which nobody listens. */
export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}
