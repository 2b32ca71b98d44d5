// Three books of the same calls: the driver's, the service's and the gateway's audit chain. What has to be true of every
// call is said here, once, for all faults.

/**
 * @param {object} books
 * @param {import('./client.mjs').Ledger} books.ledger
 * @param {{ calls: Map<number, number> }} books.service
 * @param {{ seq: number, event: string }[]} books.records
 * @param {(purpose: string, identifier: string) => string} books.hash The gateway's keyed hash.
 * @returns {{ counts: Record<string, number>, wrong: string[] }} `wrong` is empty when nothing is lost and nothing is twice.
 */
export function reconcile({ ledger, service, records, hash }) {
  const wrong = [];
  const counts = { records: records.length };
  const count = (what, many = 1) => {
    counts[what] = (counts[what] ?? 0) + many;
  };
  const events = records.map(({ event }) => JSON.parse(event));
  if (new Set(events.map(({ id }) => id)).size !== events.length) wrong.push('an event is in the chain twice');

  const ended = new Map();
  const announced = new Map();
  const asked = new Map();
  // Refused before it was known what they ask for: how many of each client's requests.
  const atTheDoor = new Map();
  for (const event of events) {
    if (!['tool_called', 'tool_announced', 'confirmation_asked'].includes(event.action)) {
      count(`${event.action} ${event.outcome}`);
      if (event.action === 'request_refused') atTheDoor.set(event.client, (atTheDoor.get(event.client) ?? 0) + 1);
      continue;
    }
    const into = { tool_announced: announced, confirmation_asked: asked, tool_called: ended }[event.action];
    const key = `${event.client} ${event.tool} ${event.request_bytes}`;
    into.set(key, [...(into.get(key) ?? []), event]);
  }

  let unsure = 0;
  for (const call of ledger.calls) {
    // A tool that the gateway has not seen declared yet is hashed.
    const keys = [call.tool, `hmac:${hash('tool', call.tool)}`].map((tool) => `${hash('client', call.client)} ${tool} ${call.size}`);
    const take = (from, most = Infinity) => keys.flatMap((key) => from.get(key)?.splice(0, most) ?? []).slice(0, most);
    // The first time, a call that was made again after a yes has the record of a question and no other.
    const [ends, begins] = call.again ? [take(asked, 1), []] : [[...take(asked), ...take(ended)], take(announced)];
    const forwarded = call.again ? 0 : (service.calls.get(call.ref) ?? 0);
    const say = (what) => wrong.push(`${what}: ${JSON.stringify({ ...call, pad: undefined, again: undefined })} ${JSON.stringify({ ends, begins, forwarded })}`);
    const [end] = ends;

    count(`calls ${call.fate}`);
    count('forwarded', forwarded);
    count('completed', ends.length);
    count('announced', begins.length);
    if (ends.length > 1) say('it ended twice');
    if (begins.length > 1) say('it was announced twice');
    if (forwarded > 1) say('it was forwarded twice');
    if (forwarded && call.writes && !begins.length) say('a write was forwarded and not announced');
    if (begins.length && end && !end.follows) say('its end does not say what it completes');
    if (begins.length && !call.writes) say('it was announced and writes nothing');
    // Where nothing can be recorded, an announcement can be missing and the refusal that names it not.
    const missing = !begins.length && end?.reason === 'audit_unavailable';
    if (end?.follows && end.follows !== begins[0]?.id && !missing) say('it follows another announcement');
    if (!end && ['unrecorded', 'withheld', 'unanswered'].includes(call.fate)) unsure += 1;
    if (!end && call.fate !== 'refused') count(`${forwarded ? 'forwarded' : 'not forwarded'}, ${begins.length ? 'announced' : 'not announced'}, without an end: ${call.fate}`);
    switch (call.fate) {
      case 'ok':
        if (!end) say('it was answered and is not on record');
        else if (end.outcome !== 'ok') say('it was answered and is on record as not done');
        if (!forwarded) say('it was answered and never forwarded');
        break;
      case 'refused':
        if (!end) {
          const client = hash('client', call.client);
          const left = atTheDoor.get(client) ?? 0;
          if (!left || forwarded || begins.length) say('it was refused and is not on record');
          atTheDoor.set(client, left - 1);
        }
        if (end?.outcome === 'ok') say('it was refused and is on record as done');
        else if (end) count(`${end.outcome} ${end.reason}`);
        if (forwarded && end && notForwarded.has(end.reason)) say('it was refused before it was forwarded, and was forwarded');
        break;
      case 'unrecorded':
        if (forwarded) say('it could not be recorded and was forwarded');
        break;
      default:
    }
  }
  for (const [asked, action] of [['tools/list', 'tools_listed'], ['resources/read', 'requested'], ['yes', 'confirmation_given']]) {
    const answered = ledger.others.get(`${asked} ok`) ?? 0;
    const most = [...ledger.others].filter(([what]) => what.startsWith(asked)).reduce((sum, [, many]) => sum + many, 0);
    const recorded = counts[`${action} ok`] ?? 0;
    if (recorded < answered || recorded > most) wrong.push(`${asked} was answered ${answered} times of ${most}, and is on record ${recorded} times`);
  }
  // Whoever heard nothing, or that nothing can be recorded, may have been refused at the door all the same.
  const others = [...ledger.others].filter(([what]) => !what.endsWith(' ok')).reduce((sum, [, many]) => sum + many, 0);
  const door = [...atTheDoor.values()].reduce((sum, many) => sum + Math.max(many, 0), 0);
  if (door > others + unsure) wrong.push(`${door} requests were refused at the door by the record, and ${others + unsure} can have been`);
  for (const event of [...asked.values(), ...ended.values(), ...announced.values()].flat()) wrong.push(`nobody made this call: ${JSON.stringify(event)}`);
  return { counts, wrong };
}

/** What is wrong, in few words: how often each thing, and a few of them. */
export function told(wrong) {
  const kinds = {};
  for (const one of wrong) {
    const [kind] = one.split(': ');
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return [...Object.entries(kinds).map(([kind, many]) => `${many} times: ${kind}`), ...wrong.slice(0, 3)].join('\n');
}

/** Reasons for which nothing is sent. */
const notForwarded = new Set([
  'tool_not_allowed', 'tool_unknown', 'quota_used', 'confirmation_needed', 'pseudonym_unknown', 'pseudonym_malformed',
  'secret_not_given_back', 'scope_insufficient', 'service_not_allowed', 'header_mismatch',
]);
