// The real Worker bundle in workerd, under Miniflare, to be killed and started again on what it left.

import childProcess from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { start } from '../../../miniflare/run.mjs';
import { heap } from './heap.mjs';
import { startQueue } from './queue.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(path.dirname(path.dirname(here)));

/** Starts the host. */
export async function startHost({ port, dataDir, configSql, secrets, inspect }) {
  const bundle = path.join(dataDir, 'wrapped');
  await mkdir(bundle, { recursive: true });
  await cp(process.env.MCPGATE_WORKER ?? path.join(root, 'build'), path.join(bundle, 'bundle'), { recursive: true });
  await cp(path.join(here, 'wrapped.mjs'), path.join(bundle, 'index.js'));
  await cp(path.join(here, 'instance.mjs'), path.join(bundle, 'instance.mjs'));

  let worker;
  const queue = await startQueue((messages) => worker.deliver(messages));
  const runs = [];
  const run = async () => {
    worker = await watched(runs, () => start({
      port, dataDir, configSql: runs.length ? undefined : configSql, bundle, secrets: { ...secrets, QUEUE_AT: queue.url }, queue: false,
      inspect,
    }));
  };
  await run();
  let faults = {};
  const tell = async (changes) => {
    faults = { ...faults, ...changes };
    const answer = await fetch(worker.url, {
      method: 'POST', headers: { 'mf-original-url': 'http://faults.test/' }, body: JSON.stringify(faults),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the Worker answers ${answer.status} when it is told its faults`);
    return Number(text);
  };
  return {
    name: 'Worker',
    url: worker.url,
    queue,
    /** Changes what goes wrong with clock and database. */
    tell,
    /** How large the memory of the gateway's WebAssembly is, in bytes. */
    memory: () => tell({}),
    /** The heap that the gateway's isolate has beside that; see `heap`. */
    heap: async () => heap(await worker.inspector()),
    pid: () => runs.at(-1).pid,
    /** As if the machine had lost power: nothing is finished, nothing is told. */
    kill: async () => {
      const child = runs.at(-1);
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
    /** On the same storage, and with nothing going wrong. */
    restart: async () => {
      await worker.abandon();
      await run();
      faults = {};
    },
    maintain: () => worker.cron(),
    /** Whether events are on their way still. */
    onTheWay: async () => {
      const [{ spooled }] = await worker.rows('SELECT count(*) AS spooled FROM audit_outbox');
      return queue.waiting() + spooled;
    },
    rows: (sql) => worker.rows(sql),
    execute: (sql) => worker.execute(sql),
    database: () => worker.d1File(),
    stop: async () => {
      await queue.stop();
      await worker.stop();
    },
  };
}

/** Remembers the process that this starts. */
async function watched(runs, work) {
  const { spawn } = childProcess;
  childProcess.spawn = (...parts) => {
    const child = spawn(...parts);
    runs.push(child);
    return child;
  };
  try {
    return await work();
  } finally {
    childProcess.spawn = spawn;
  }
}
