// People at work with their AI clients: all that can happen to a call, in a mix.

const wanted = [
  ['p-anna', '2026-07-28'],
  ['p-anna', '2025-11-25'],
  ['p-ben', '2026-07-28'],
  ['p-gina', '2025-06-18'],
];

/**
 * Clients of three people, in both eras, of which one is a guest.
 *
 * @param {Awaited<ReturnType<import('./rig.mjs').startRig>>} rig
 * @param {number} [each] How many clients like that.
 */
export async function crowd(rig, each = 1) {
  const clients = [];
  for (let round = 0; round < each; round += 1) {
    for (const [person, revision] of wanted) {
      const client = await rig.client(person, revision);
      client.guest = person === 'p-gina';
      clients.push(client);
    }
  }
  return clients;
}

/** What a client can do: how often of a hundred, whether a guest may, and how. */
const deeds = [
  [35, (client) => client.call('read', 'get_record')],
  [24, (client) => client.call('write', 'add_note', { writes: true })],
  [8, (client) => client.call('large result', 'list_rows')],
  [8, mail],
  [6, (client) => client.call(client.guest ? 'not allowed' : 'made-up pseudonym', 'send_mail', { writes: true, args: { to: 'Person-AAAAAAAAAAAA' } })],
  [5, (client) => client.call(client.guest ? 'not allowed' : 'waits for a yes', 'delete_record', { writes: true })],
  [1, (client) => (client.guest ? client.call('not allowed', 'delete_record', { writes: true }) : client.confirmed('waits for a yes', 'delete_record', client.agree))],
  [3, (client) => client.call('error of the service', 'get_record', { args: { trouble: 'error' } })],
  [3, (client) => client.call('failure at the service', 'add_note', { writes: true, args: { trouble: 'failed' } })],
  [1, (client) => client.call('service is broken', 'get_record', { args: { trouble: 'status' } })],
  [1, (client) => client.call('service is late', 'get_record', { args: { trouble: 'late' } })],
  [1, (client) => client.call('service hangs up', 'add_note', { writes: true, args: { trouble: 'hangs_up' } })],
  [1, (client) => client.call('service talks rubbish', 'get_record', { args: { trouble: 'rubbish' } })],
  [1, (client) => client.ask('tools/list')],
  [1, (client) => client.ask('resources/read', { uri: 'books://1' })],
  [1, (client) => client.stranger()],
];
const hundred = deeds.flatMap(([many, deed]) => Array(many).fill(deed));

/** Reads a record, and writes to the address in it, which the client knows as a pseudonym only. */
async function mail(client) {
  const { fate, text } = await client.call('read', 'get_record');
  const [to] = /[\w-]+@email\.invalid/.exec(text) ?? [];
  if (fate !== 'ok' || !to) return;
  await client.call(client.guest ? 'not allowed' : 'pseudonym given back', 'send_mail', { writes: true, args: { to } });
}

/**
 * Has the clients do all of it, several things at once.
 *
 * @param {Awaited<ReturnType<typeof crowd>>} clients
 * @param {object} options
 * @param {number} [options.deeds] How many things.
 * @param {() => boolean} [options.until] When to end before that.
 * @param {number} [options.at] How many at once.
 * @param {(done: number) => void} [options.done] Is told after each.
 */
export async function work(clients, { deeds: many = Infinity, until = () => false, at = 8, done = () => {} }) {
  let begun = 0;
  let ended = 0;
  const one = async () => {
    while (begun < many && !until()) {
      const turn = begun;
      begun += 1;
      // 37 and 100 have no divisor in common: in a hundred turns everything happens as often as it should.
      await hundred[(turn * 37) % 100](clients[turn % clients.length]);
      ended += 1;
      done(ended);
    }
  };
  await Promise.all(Array.from({ length: at }, one));
}

/** Works while something else is done, and a little before and after it. */
export async function workDuring(clients, deed, { before = 300, after = 300, at } = {}) {
  let over = false;
  const working = work(clients, { until: () => over, at });
  const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
  try {
    await pause(before);
    await deed();
    await pause(after);
  } finally {
    over = true;
    await working;
  }
}
