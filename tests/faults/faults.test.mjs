// What becomes of the record when something breaks: on the real Worker bundle, or, with MCPGATE_HOST=spin, on the real
// Spin component with a real SQLite file and a real Redis. After each fault everybody's books are held against each other:
// the driver's, the service's and the audit chain (rig/reconcile.mjs says what has to be true of every call), and the
// counts from before and after are told.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { crowd, work, workDuring } from './rig/load.mjs';
import { told } from './rig/reconcile.mjs';
import { hostName, startRig } from './rig/rig.mjs';

let rig;
let clients;
let host;
let counted;
before(async () => {
  rig = await startRig();
  host = rig.host;
  clients = await crowd(rig);
  counted = (await rig.books()).counts;
});
after(() => rig?.stop());

/** Nothing is lost, nothing is twice, the chain holds; answers with what came to the counts. */
async function accounted(t) {
  const { counts, wrong } = await rig.books();
  const came = {};
  for (const [what, many] of Object.entries(counts)) {
    const more = many - (counted[what] ?? 0);
    if (more) came[what] = more;
  }
  t.diagnostic(`before ${JSON.stringify(counted)}`);
  t.diagnostic(`came ${JSON.stringify(came)}`);
  counted = counts;
  // What an earlier test found stays found.
  const fresh = wrong.filter((one) => !found.has(one));
  for (const one of fresh) found.add(one);
  if (fresh.length) assert.fail(told(fresh));
  return came;
}
const found = new Set();

/** Does something about a fault, and undoes it whatever comes of that. */
async function under(begin, deed, end) {
  await begin();
  try {
    await deed();
  } finally {
    await end();
  }
}

/** Waits until so many more calls were begun. */
async function more(calls) {
  const until = rig.ledger.calls.length + calls;
  for (let tries = 0; rig.ledger.calls.length < until; tries += 1) {
    assert.ok(tries < 1500, 'calls go on');
    await sleep(20);
  }
}

async function somethingIsSpooled() {
  const [{ spooled }] = await host.rows('SELECT count(*) AS spooled FROM audit_outbox');
  assert.ok(spooled > 0, 'something is in the outbox');
}

/** Every call got an answer, and none heard that it cannot be recorded. */
function unnoticed(came) {
  for (const fate of ['unanswered', 'unrecorded', 'withheld']) assert.equal(came[`calls ${fate}`], undefined, fate);
}

const spin = { skip: hostName !== 'spin' && 'Redis and a file of SQLite are on Spin' };
const workers = { skip: hostName !== 'workers' && 'the Worker has another queue and another database' };

test('without a fault, every call is on record once', async (t) => {
  await work(clients, { deeds: 200 });
  const came = await accounted(t);
  assert.equal(came['calls unanswered'], undefined);
  assert.ok(came['calls ok'] > 100 && came['calls refused'] > 20, JSON.stringify(came));
});

test('killed under load, three times, and started again', async (t) => {
  for (let time = 0; time < 3; time += 1) {
    await workDuring(clients, async () => {
      await more(60);
      await host.kill();
      await host.restart();
      await more(60);
    });
  }
  const came = await accounted(t);
  assert.ok(came['calls unanswered'] > 0, 'some calls were under way');
  assert.ok(came['calls ok'] > 50, 'it went on afterwards');
});

test('killed while the consumer has a batch half done', async (t) => {
  const release = await consumerHangs();
  await work(clients, { deeds: 40, at: 16 });
  await sleep(300);
  if (hostName === 'spin') assert.ok((await host.redis.pending()) > 0, 'messages were read and not acknowledged');
  await host.kill();
  await release();
  await host.restart();
  const came = await accounted(t);
  assert.equal(came['calls unanswered'], undefined);
});

test('the queue is down: what it refuses is in the outbox, and arrives later', async (t) => {
  await workDuring(clients, () => under(
    () => queueRefuses(true),
    async () => {
      await more(100);
      await somethingIsSpooled();
    },
    () => queueRefuses(false),
  ));
  unnoticed(await accounted(t));
});

test('the queue takes messages and its answer is lost: an event that is in queue and outbox is on record once', async (t) => {
  await workDuring(clients, () => under(
    () => queueForgets(true),
    async () => {
      await more(100);
      await somethingIsSpooled();
    },
    () => queueForgets(false),
  ));
  unnoticed(await accounted(t));
});

test('where nothing can be written, calls are refused and not made', async (t) => {
  const forwarded = rig.service.calls.size;
  const heard = [];
  await under(() => nothingIsWritten(true), async () => {
    for (const client of clients) {
      for (let time = 0; time < 5; time += 1) heard.push((await client.call('write', 'add_note', { writes: true })).fate);
      // A read is not announced: it is made, and what it found is withheld.
      heard.push((await client.call('read', 'get_record')).fate);
    }
  }, () => nothingIsWritten(false));
  const each = [...Array(5).fill('unrecorded'), 'withheld'];
  assert.deepEqual(heard, clients.flatMap(() => each));
  assert.equal(rig.service.calls.size - forwarded, clients.length, 'the reads alone came to the service');
  for (const client of clients) assert.equal((await client.call('write', 'add_note', { writes: true })).fate, 'ok');
  const came = await accounted(t);
  assert.equal(came['calls unrecorded'], 5 * clients.length);
  assert.equal(came['forwarded, not announced, without an end: withheld'], clients.length);
});

test('messages come three times, in any order', async (t) => {
  await disorder();
  const came = await accounted(t);
  assert.ok(came['calls ok'] > 50);
  assert.equal(came['calls unanswered'], undefined);
});

test('two consumers at once', async (t) => {
  await twoConsumers();
  const came = await accounted(t);
  assert.ok(came['calls ok'] > 50);
  assert.equal(came['calls unanswered'], undefined);
});

test('the clock jumps forwards and back, under load', async (t) => {
  const minutes = 60_000;
  await workDuring(clients, async () => {
    for (const ahead of [20 * minutes, 5 * minutes, 15 * minutes, 0]) {
      await clock(ahead);
      await more(40);
    }
  });
  const came = await accounted(t);
  unnoticed(came);
  assert.ok(came['calls ok'] > 50);
  const odd = await host.rows("SELECT count(*) AS odd FROM audit_log WHERE coalesce(event ->> 'duration_ms', 0) NOT BETWEEN 0 AND 2400000");
  assert.deepEqual(odd, [{ odd: 0 }], 'no call took less than nothing, or longer than the clock jumped');
});

// What is one host's own.

test('the Worker: the database is gone for a while', workers, async (t) => {
  await workDuring(clients, () => under(() => host.tell({ storage: 'refuses' }), () => more(200), () => host.tell({ storage: '' })));
  const came = await accounted(t);
  assert.ok(came['request_refused failed'] > 50, JSON.stringify(came));
});

test('the Worker: the database does what it is told and its answer is lost', workers, async (t) => {
  await workDuring(clients, () => under(
    () => host.tell({ storage: 'forgets', only: 'audit_log' }),
    () => more(100),
    () => host.tell({ storage: '', only: '' }),
  ));
  unnoticed(await accounted(t));
  assert.ok(host.queue.counts.again > 0, 'messages came again');
});

test('the Worker: database and queue are slow', workers, async (t) => {
  await under(async () => {
    host.queue.faults.slow = 200;
    await host.tell({ slow: 100 });
  }, () => work(clients, { deeds: 60, at: 16 }), async () => {
    host.queue.faults.slow = 0;
    await host.tell({ slow: 0 });
  });
  unnoticed(await accounted(t));
});

test('Spin: a consumer that took everything is gone, and its work is done by the next maintenance', spin, async (t) => {
  const release = await host.redis.forbid('xreadgroup', 'xautoclaim');
  await under(() => {}, async () => {
    await work(clients, { deeds: 250 });
    const taken = await host.redis.steal();
    assert.ok(taken > 250, `${taken} messages`);
  }, release);
  await host.maintain();
  for (let tries = 0; (await host.onTheWay()) > 0; tries += 1) {
    assert.ok(tries < 50, 'one maintenance takes in all that waits');
    await sleep(100);
  }
  await accounted(t);
});

test('Spin: Redis is killed under load and started again', spin, async (t) => {
  await workDuring(clients, () => under(() => host.redis.kill(), () => more(50), () => host.redis.restart()));
  unnoticed(await accounted(t));
});

test('Spin: Redis is full', spin, async (t) => {
  await workDuring(clients, () => under(
    () => host.redis.ask('CONFIG SET maxmemory 1'),
    async () => {
      await more(100);
      await somethingIsSpooled();
    },
    () => host.redis.ask('CONFIG SET maxmemory 0'),
  ));
  assert.match(await rig.logs(), /audit_spooled .*OOM/);
  unnoticed(await accounted(t));
});

test('Spin: Redis stands still for longer than it is waited for', spin, async (t) => {
  await workDuring(clients, async () => {
    await host.redis.ask('CLIENT PAUSE 7000 ALL');
    await sleep(7500);
  }, { at: 16 });
  unnoticed(await accounted(t));
});

test('Spin: somebody else holds the database for longer than it is waited for', spin, async (t) => {
  await workDuring(clients, async () => {
    const release = await host.lock();
    await under(() => {}, () => sleep(6500), release);
  }, { at: 16 });
  await accounted(t);
});

test('Spin: the disk is full for a while', spin, async (t) => {
  await workDuring(clients, () => under(() => host.room(16), () => more(100), () => host.room('unlimited')));
  const came = await accounted(t);
  assert.ok(came['failed mapping_not_stored'] > 0, JSON.stringify(came));
});

test('Spin: what is done with and could not be taken off the stream is taken off later', spin, async (t) => {
  const release = await host.redis.forbid('xdel');
  await under(() => {}, async () => {
    await work(clients, { deeds: 40 });
    await sleep(300);
    assert.ok((await host.redis.kept()) > 0);
  }, release);
  unnoticed(await accounted(t));
  assert.equal(await host.redis.kept(), 0, 'after all these faults nothing is left in Redis');
});

/** The consumer takes messages and does not come to an end with them; answers with what ends that. */
async function consumerHangs() {
  if (hostName === 'spin') return host.lock();
  await host.tell({ slow: 30_000, only: 'INSERT INTO audit_log' });
  return async () => {};
}

async function queueRefuses(refuses) {
  if (hostName === 'workers') host.queue.faults.refuses = refuses;
  else if (refuses) await host.redis.kill();
  else await host.redis.restart();
}

async function queueForgets(forgets) {
  (hostName === 'workers' ? host.queue : host.wire).faults.forgets = forgets;
}

/** Neither the queue nor the database takes an event. */
async function nothingIsWritten(nothing) {
  await queueRefuses(nothing);
  const [from, to] = nothing ? ['audit_outbox', 'audit_outbox_away'] : ['audit_outbox_away', 'audit_outbox'];
  await host.execute(`ALTER TABLE ${from} RENAME TO ${to};`);
}

/** Calls are made whose messages come three times and shuffled. */
async function disorder() {
  if (hostName === 'workers') {
    const { faults } = host.queue;
    await under(() => Object.assign(faults, { copies: 3, shuffles: true, holds: true }), async () => {
      await work(clients, { deeds: 100 });
      Object.assign(faults, { copies: 1, holds: false });
      await rig.settle();
    }, () => Object.assign(faults, { copies: 1, shuffles: false, holds: false }));
    return;
  }
  const release = await host.redis.forbid('xreadgroup', 'xautoclaim');
  await under(() => {}, async () => {
    await work(clients, { deeds: 100 });
    assert.ok((await host.redis.disorder(3)) > 100);
  }, release);
}

/** Calls are made while two consumers take from one queue into one chain. */
async function twoConsumers() {
  if (hostName === 'workers') {
    const { faults } = host.queue;
    await under(() => Object.assign(faults, { consumers: 2 }), async () => {
      await work(clients, { deeds: 150 });
      await rig.settle();
    }, () => Object.assign(faults, { consumers: 1 }));
    return;
  }
  const url = await host.another();
  const others = clients.map((client) => client.at(url));
  await Promise.all([work(clients, { deeds: 100 }), work(others, { deeds: 100 })]);
}

function clock(ahead) {
  return hostName === 'spin' ? host.clock(ahead) : host.tell({ ahead });
}
