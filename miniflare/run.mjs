// The emulator harness: the real Worker bundle in workerd, with local D1, KV and queue.
//
// The database and the cache live under `dataDir` and outlast a restart. Miniflare keeps its queue in memory, so
// stopping first waits until the queue is empty. Used by `make run`, by the end-to-end tests and, through serve.mjs,
// by the scenario tests in Rust.

import { createWriteStream } from 'node:fs';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

// Twice as fast as an import, for which Node first looks through all of it for what it exports.
const { Log, LogLevel, Miniflare } = createRequire(import.meta.url)('miniflare');

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/**
 * @typedef {object} Worker
 * @property {string} url Where the gateway listens.
 * @property {(working: boolean) => Promise<void>} setQueue Restarts the Worker, state kept, with a queue that takes
 *   messages or with none, so that every send fails.
 * @property {() => Promise<void>} cron Runs what the cron trigger runs.
 * @property {(sql: string) => Promise<void>} execute Runs SQL text in the database.
 * @property {() => Promise<void>} settle Waits until the queue is empty, then runs what the cron trigger runs.
 * @property {() => Promise<string>} d1File The database's SQLite file; next to it may lie a `-wal`.
 * @property {(messages: object[]) => Promise<object>} deliver Hands a batch to the queue's consumer, past the queue; says
 *   what was acknowledged.
 * @property {(sql: string) => Promise<object[]>} rows What a query finds.
 * @property {() => Promise<URL>} inspector Where workerd's inspector listens, if it was asked to.
 * @property {() => Promise<void>} abandon Forgets a workerd that was killed.
 * @property {() => Promise<void>} stop Waits until the queue is empty, then ends workerd.
 */

/**
 * Starts the Worker; migrations and configuration are in the database before it answers.
 *
 * @param {object} options
 * @param {number} options.port 0 takes a free one.
 * @param {string} options.dataDir Where state and `worker.log` are kept.
 * @param {string} [options.configSql] What `mcpgate config sql FILE` printed.
 * @param {Record<string, string>} [options.secrets] Secrets and variables by name.
 * @param {boolean} [options.queue] Whether the queue takes messages.
 * @param {string} [options.bundle] The folder that worker-build wrote.
 * @param {boolean} [options.inspect] Whether workerd can be inspected.
 * @returns {Promise<Worker>}
 */
export async function start({
  port,
  dataDir,
  configSql,
  secrets = {},
  queue = true,
  bundle = path.join(root, 'build'),
  inspect = false,
}) {
  await mkdir(dataDir, { recursive: true });
  const logFile = createWriteStream(path.join(dataDir, 'worker.log'), { flags: 'a' });
  const options = async (listenPort, working) => ({
    ...(await compatibility()),
    host: '127.0.0.1',
    port: listenPort,
    inspectorPort: inspect ? 0 : undefined,
    log: new Log(LogLevel.ERROR),
    handleRuntimeStdio: (stdout, stderr) => {
      stdout.pipe(logFile, { end: false });
      stderr.pipe(logFile, { end: false });
    },
    defaultPersistRoot: path.join(path.resolve(dataDir), 'state'),
    cache: false,
    modules: true,
    modulesRoot: bundle,
    scriptPath: path.join(bundle, 'index.js'),
    modulesRules: [
      { type: 'ESModule', include: ['**/*.js', '**/*.mjs'] },
      { type: 'CompiledWasm', include: ['**/*.wasm'] },
    ],
    bindings: secrets,
    d1Databases: { DB: 'mcpgate' },
    kvNamespaces: { CACHE: 'mcpgate' },
    queueProducers: working ? { AUDIT: { queueName } } : {},
    queueConsumers: { [queueName]: { maxBatchSize: 100, maxBatchTimeout: 0.1, maxRetries: 100, retryDelay: 1 } },
  });

  const miniflare = await booted(await options(port, queue), async (database) => {
    await migrate(database);
    if (configSql) await execute(database, configSql);
  });
  let working = queue;
  try {
    const url = (await miniflare.ready).href.replace(/\/$/, '');
    const database = () => miniflare.getD1Database('DB');
    const cron = async () => {
      await (await miniflare.getWorker()).scheduled({ cron: '*/5 * * * *' });
    };
    return {
      url,
      setQueue: async (next) => {
        if (working) await drain(miniflare);
        await miniflare.setOptions(await options(Number(new URL(url).port), next));
        working = next;
      },
      cron,
      settle: async () => {
        if (working) await drain(miniflare);
        await cron();
      },
      execute: async (sql) => {
        await execute(await database(), sql);
      },
      deliver: async (messages) => (await miniflare.getWorker()).queue(queueName, messages),
      rows: async (sql) => {
        const { results } = await patiently(async () => (await database()).prepare(sql).all());
        return results;
      },
      d1File: () => sqliteFile(dataDir),
      inspector: () => miniflare.getInspectorURL(),
      abandon: async () => {
        await miniflare.dispose();
        logFile.end();
      },
      stop: async () => {
        if (working) await drain(miniflare);
        await miniflare.dispose();
        logFile.end();
      },
    };
  } catch (error) {
    await miniflare.dispose().catch(() => {});
    throw error;
  }
}

/**
 * An emulator whose database is prepared. One whose bridge to its bindings lost a message stays behind by it for good, and
 * another takes its place: nothing had reached the database.
 */
async function booted(options, prepare) {
  for (let tries = 1; ; tries += 1) {
    const miniflare = new Miniflare(options);
    try {
      await miniflare.ready;
      await prepare(await miniflare.getD1Database('DB'));
      return miniflare;
    } catch (error) {
      await miniflare.dispose().catch(() => {});
      if (error.code !== 'ERR_ASSERTION' || tries === 3) throw error;
    }
  }
}

/**
 * Reads a file of `NAME=value` lines, as `mcpgate keygen` prints them.
 *
 * @param {string} file
 * @returns {Promise<Record<string, string>>}
 */
export async function readSecrets(file) {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.includes('=') && !line.startsWith('#'));
  return Object.fromEntries(lines.map((line) => {
    const at = line.indexOf('=');
    return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  }));
}

const queueName = 'mcpgate-audit';

/** The Worker's compatibility settings: wrangler.toml has them, so that the emulator runs what is deployed. */
async function compatibility() {
  const text = await readFile(path.join(root, 'wrangler.toml'), 'utf8');
  const [, date] = /^compatibility_date = "(.+?)"/m.exec(text) ?? [];
  const [, flags] = /^compatibility_flags = (\[.*\])/m.exec(text) ?? [];
  if (!date || !flags) throw new Error('wrangler.toml: compatibility_date or compatibility_flags is missing');
  return { compatibilityDate: date, compatibilityFlags: JSON.parse(flags) };
}

/** Applies what is new in `migrations/`, and remembers it where `wrangler d1 migrations apply` does. */
async function migrate(database) {
  await execute(
    database,
    `CREATE TABLE IF NOT EXISTS d1_migrations(
       id INTEGER PRIMARY KEY AUTOINCREMENT,
       name TEXT UNIQUE,
       applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL);`,
  );
  const { results } = await patiently(() => database.prepare('SELECT name FROM d1_migrations').all());
  const applied = new Set(results.map((row) => row.name));
  const folder = path.join(root, 'migrations');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql') && !applied.has(name)).sort();
  const texts = names.map(async (name) => {
    const sql = await readFile(path.join(folder, name), 'utf8');
    return `${sql}\nINSERT INTO d1_migrations(name) VALUES ('${name}');`;
  });
  // In one go: each trip to the emulator's database costs more than what it does there.
  if (names.length) await execute(database, (await Promise.all(texts)).join('\n'));
}

/** Runs SQL text of several statements, the last ended by `;`. D1 refuses text that ends in a comment. */
async function execute(database, sql) {
  await patiently(() => database.prepare(`${sql}\nSELECT 1;`).run());
}

/**
 * What comes of this. On a busy machine the emulator's bridge to its bindings loses a message now and then and fails by
 * an assertion, before anything reaches the database.
 */
async function patiently(what) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await what();
    } catch (error) {
      if (error.code !== 'ERR_ASSERTION' || tries === 5) throw error;
      await sleep(200 * tries);
    }
  }
}

/** Waits until nothing has been on the queue for two of its batches. */
async function drain(miniflare) {
  const producer = await miniflare.getQueueProducer('AUDIT');
  for (let quiet = 0, tries = 0; quiet < 2 && tries < 100; tries += 1) {
    await sleep(120);
    const { backlogCount } = await producer.metrics();
    quiet = backlogCount === 0 ? quiet + 1 : 0;
  }
}

async function sqliteFile(dataDir) {
  const folder = path.join(path.resolve(dataDir), 'state', 'd1', 'miniflare-D1DatabaseObject');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sqlite') && name !== 'metadata.sqlite');
  return path.join(folder, files[0]);
}
