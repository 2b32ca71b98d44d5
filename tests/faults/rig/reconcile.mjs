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
  // Refused before it was known what they ask for: how many of each client's requests.
  const atTheDoor = new Map();
  for (const event of events) {
    if (!['tool_called', 'tool_announced', 'confirmation_asked'].includes(event.action)) {
      count(`${event.action} ${event.outcome}`);
      if (event.action === 'request_refused') atTheDoor.set(event.client, (atTheDoor.get(event.client) ?? 0) + 1);
      continue;
    }
    const into = event.action === 'tool_announced' ? announced : ended;
    const key = `${event.client} ${event.tool} ${event.request_bytes}`;
    into.set(key, [...(into.get(key) ?? []), event]);
  }

  for (const call of ledger.calls) {
    // A tool that the gateway has not seen declared yet is hashed.
    const keys = [call.tool, `hmac:${hash('tool', call.tool)}`].map((tool) => `${hash('client', call.client)} ${tool} ${call.size}`);
    const take = (from) => keys.flatMap((key) => {
      const found = from.get(key) ?? [];
      from.delete(key);
      return found;
    });
    const [ends, begins] = [take(ended), take(announced)];
    const forwarded = service.calls.get(call.ref) ?? 0;
    const say = (what) => wrong.push(`${what}: ${JSON.stringify({ ...call, text: call.text.slice(0, 300) })} ${JSON.stringify({ ends, begins, forwarded })}`);
    const [end] = ends;

    count(`calls ${call.fate}`);
    count('forwarded', forwarded);
    count('completed', ends.length);
    count('announced', begins.length);
    if (ends.length > 1) say('it ended twice');
    if (begins.length > 1) say('it was announced twice');
    if (forwarded > 1) say('it was forwarded twice');
    if (forwarded && call.writes && !begins.length) say('a write was forwarded and not announced');
    if (begins.length && !call.writes) say('it was announced and writes nothing');
    if (end?.follows && end.follows !== begins[0]?.id) say('it follows another announcement');
    if (!end && call.fate !== 'refused') count(`${forwarded ? 'forwarded' : 'not forwarded'}, ${begins.length ? 'announced' : 'not announced'}, without an end: ${call.fate}`);
    switch (call.fate) {
      case 'ok':
        if (!end) say('it was answered and is not on record');
        else if (end.outcome !== 'ok') say('it was answered and is on record as not done');
        if (!forwarded) say('it was answered and never forwarded');
        if (call.writes && end && !end.follows) say('its end does not say what it completes');
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
  const refused = [...atTheDoor.values()].reduce((sum, many) => sum + Math.max(many, 0), 0);
  const asked = [...ledger.others].filter(([what]) => !what.endsWith(' ok')).reduce((sum, [, many]) => sum + many, 0);
  if (refused > asked) wrong.push(`${refused} refusals at the door are on record beside those of calls, and ${asked} requests can have been refused`);
  for (const event of [...ended.values(), ...announced.values()].flat()) wrong.push(`nobody made this call: ${JSON.stringify(event)}`);
  return { counts, wrong };
}

/** Reasons for which nothing is sent. */
const notForwarded = new Set([
  'tool_not_allowed', 'tool_unknown', 'quota_used', 'confirmation_needed', 'pseudonym_unknown', 'pseudonym_malformed',
  'secret_not_given_back', 'scope_insufficient', 'service_not_allowed', 'header_mismatch',
]);
