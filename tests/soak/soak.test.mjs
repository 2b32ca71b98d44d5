// A long time at work: CALLS calls of all kinds (2000 unless said otherwise, 100000 by `make soak`) through the real Worker
// bundle, while its queue, its database, its service and its process fail now and then. Afterwards every call is looked for in
// the audit chain, and memory must have stayed what it was.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { crowd, work } from '../faults/rig/load.mjs';
import { told } from '../faults/rig/reconcile.mjs';
import { startRig } from '../faults/rig/rig.mjs';

const CALLS = Number(process.env.CALLS ?? 2000);

/** How much more memory the gateway's WebAssembly may take at the end than at a quarter. */
const MORE = 1.25;
/**
 * The same of the heap of its isolate: what is left after a collection of garbage, so the least that was measured in a quarter
 * of the calls, and some more, because a collection is not seen at its very end. 200 bytes lost with each call are more.
 */
const MORE_HEAP = 8 * 2 ** 20;
/** What Cloudflare lets an isolate have, heap and WebAssembly together. */
const MOST = 128 * 2 ** 20;
/** How much more the whole process may take in the last quarter than in the third, by the medians. */
const MORE_OF_ALL = 1.25;
/** Below that many calls memory is not judged: until then the emulator has not needed to collect its garbage. */
const ENOUGH = 50_000;

/** A short run has short troubles, or it would have nothing else. */
const SCALE = CALLS < ENOUGH ? 0.3 : 1;

let rig;
let clients;
before(async () => {
  rig = await startRig({ inspect: true });
  clients = await crowd(rig, 3);
});
after(() => rig?.stop());

test(`${CALLS} calls with faults: each is in the chain${CALLS < ENOUGH ? '' : ', and memory is flat'}`, async (t) => {
  const { host, ledger, service } = rig;
  const queue = host.queue.faults;
  // What goes wrong, and after which part of the calls. The process is killed in the first quarter only, so that one and
  // the same process lives through the others.
  const troubles = [
    [0.04, 'killed', async () => (await host.kill(), host.restart())],
    [0.10, 'killed while the consumer has a batch half done', async () => {
      await host.tell({ slow: 30_000, only: 'INSERT INTO audit_log' });
      await sleep(300);
      await host.kill();
      await host.restart();
    }],
    [0.20, 'killed', async () => (await host.kill(), host.restart())],
    ...[0.28, 0.48, 0.68, 0.88].flatMap((at) => [
      [at, 'the queue refuses', () => during(1000, () => (queue.refuses = true), () => (queue.refuses = false))],
      [at + 0.02, 'the queue loses its answers', () => during(500, () => (queue.forgets = true), () => (queue.forgets = false))],
      [at + 0.04, 'the database is gone', () => during(300, () => host.tell({ storage: 'refuses' }), () => host.tell({ storage: '' }))],
      [at + 0.06, 'the chain is written and nobody learns of it', () =>
        during(500, () => host.tell({ storage: 'forgets', only: 'audit_log' }), () => host.tell({ storage: '', only: '' }))],
      [at + 0.08, 'nothing can be recorded', () => during(300, async () => {
        queue.refuses = true;
        await host.tell({ storage: 'refuses', only: 'audit_outbox' });
      }, async () => {
        queue.refuses = false;
        await host.tell({ storage: '', only: '' });
      })],
    ]),
    [0.35, 'messages come twice and in any order', async () => Object.assign(queue, { copies: 2, shuffles: true })],
    [0.45, 'and in order again', async () => Object.assign(queue, { copies: 1, shuffles: false })],
    [0.60, 'two consumers', async () => Object.assign(queue, { consumers: 2 })],
    [0.67, 'and one again', async () => Object.assign(queue, { consumers: 1 })],
    [0.70, 'the clock goes ten minutes ahead', () => host.tell({ ahead: 600_000 })],
    [0.75, 'and back', () => host.tell({ ahead: 0 })],
  ].sort(([one], [other]) => one - other);

  // The process, the gateway's WebAssembly, and the heap of its isolate.
  const memory = { all: [], wasm: [], heap: [] };
  const began = Date.now();
  const part = () => ledger.calls.length / CALLS;
  let over = false;
  const watching = (async () => {
    for (let turns = 0; !over; turns += 1) {
      const size = await resident(host.pid());
      if (size) memory.all.push({ part: part(), size });
      // A process that was just killed answers nothing.
      const [wasm, heap] = await Promise.all([host.memory().catch(() => 0), host.heap().catch(() => undefined)]);
      if (wasm) memory.wasm.push({ part: part(), size: wasm });
      if (heap) memory.heap.push({ part: part(), ...heap });
      if (turns % 60 === 59) {
        const took = (Date.now() - began) / 1000;
        t.diagnostic(`${ledger.calls.length} calls, ${Math.round(ledger.calls.length / took)} a second; ${mib(size)} MiB`);
        await host.maintain().catch(() => {});
      }
      await sleep(CALLS < ENOUGH ? 200 : 1000);
    }
  })();
  const troubling = (async () => {
    for (const [at, what, make] of troubles) {
      while (part() < at && !over) await sleep(10);
      if (over) return;
      await make();
      happened.set(what, (happened.get(what) ?? 0) + 1);
    }
  })();
  const happened = new Map();
  await work(clients, { until: () => ledger.calls.length >= CALLS, at: 16 });
  over = true;
  await Promise.all([watching, troubling]);
  const took = (Date.now() - began) / 1000;

  const { counts, wrong } = await rig.books();
  t.diagnostic(`${ledger.calls.length} calls in ${Math.round(took)} s, ${Math.round(ledger.calls.length / took)} a second`);
  t.diagnostic(`faults ${JSON.stringify(Object.fromEntries(happened))}`);
  t.diagnostic(`calls by kind ${JSON.stringify(kinds(ledger))}`);
  t.diagnostic(`queue ${JSON.stringify(host.queue.counts)}`);
  t.diagnostic(`counts ${JSON.stringify(counts)}`);
  const quarter = (measured, which) => measured.filter(({ part }) => Math.min(3, Math.floor(part * 4)) === which - 1);
  const wasm = [2, 4].map((which) => Math.max(...quarter(memory.wasm, which).map(({ size }) => size)));
  const floor = [2, 4].map((which) => Math.min(...quarter(memory.heap, which).map(({ used }) => used)));
  const most = Math.max(...memory.heap.map(({ held }) => held)) + wasm[1];
  const all = [3, 4].map((which) => median(quarter(memory.all, which).map(({ size }) => size)));
  t.diagnostic(`WebAssembly: second quarter ${mib(wasm[0])} MiB, last quarter ${mib(wasm[1])} MiB`);
  t.diagnostic(`heap after collections: second quarter ${mib(floor[0])} MiB, last quarter ${mib(floor[1])} MiB`);
  t.diagnostic(`isolate at most: ${mib(most)} MiB`);
  t.diagnostic(`workerd with the emulator: third quarter ${mib(all[0])} MiB, last quarter ${mib(all[1])} MiB`);
  assert.equal(wrong.length, 0, told(wrong));
  assert.equal(happened.size, new Set(troubles.map(([, what]) => what)).size, 'every fault came about');
  // In a few seconds a busy machine may do little else than start what was killed.
  if (CALLS >= 2000) assert.ok(counts['calls ok'] > CALLS / 2, 'most calls went well');
  for (const call of ledger.calls) {
    if (call.kind !== 'pseudonym given back' || call.fate !== 'ok') continue;
    assert.match(service.given.get(call.ref), /^e\.testfrau\d\d@kunde\.example$/, 'the service was given the address itself');
  }
  if (CALLS < ENOUGH) return;
  for (const [name, measured] of Object.entries(memory)) assert.ok(measured.length > 100, `${name}: it was not measured`);
  assert.ok(wasm[1] <= wasm[0] * MORE, `the memory of the WebAssembly grew from ${wasm[0]} to ${wasm[1]} bytes`);
  assert.ok(floor[1] <= floor[0] + MORE_HEAP, `the isolate's heap grew from ${floor[0]} to ${floor[1]} bytes`);
  assert.ok(most < MOST, `the isolate took ${mib(most)} MiB, which is more than it may`);
  assert.ok(all[1] <= all[0] * MORE_OF_ALL, `the process grew from ${mib(all[0])} to ${mib(all[1])} MiB`);
});

/** Does something, and after a while the opposite. */
async function during(time, begin, end) {
  await begin();
  await sleep(time * SCALE);
  await end();
}

/** How much memory a process holds, in bytes; nothing when there is none. */
async function resident(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kib] = /^VmRSS:\s+(\d+) kB/m.exec(status) ?? [];
  return kib && Number(kib) * 1024;
}

function kinds(ledger) {
  const kinds = {};
  for (const { kind } of ledger.calls) kinds[kind] = (kinds[kind] ?? 0) + 1;
  return kinds;
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function mib(size) {
  return Math.round((size ?? 0) / 2 ** 20);
}
