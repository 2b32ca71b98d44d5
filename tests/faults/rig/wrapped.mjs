// Around the Worker bundle: a clock that moves, a database that refuses, and a queue that outlives the process. Miniflare
// keeps its queue within workerd, where it would die with it; Cloudflare's does not. Nothing else of the bundle is touched.
//
// Told what to do by requests to http://faults.test/, which are answered with the size of the gateway's own memory.

import { memory } from './instance.mjs';
import * as bundle from './bundle/index.js';

export * from './bundle/index.js';

const faults = { ahead: 0, storage: '', slow: 0, only: '' };

const Real = Date;
const real = Date.now.bind(Date);
globalThis.Date = class Date extends Real {
  constructor(...parts) {
    if (parts.length) super(...parts);
    else super(real() + faults.ahead);
  }
  static now() {
    return real() + faults.ahead;
  }
};

/** The gateway looks at the name of the class. */
class WorkerQueue {
  #at;
  constructor(at) {
    this.#at = at;
  }
  async send(message) {
    const answer = await fetch(this.#at, { method: 'POST', body: message });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`Queue send failed: ${text}`);
  }
}

/** What a statement comes to, while the database is in trouble. */
async function troubled(sql, work) {
  const { storage, slow, only } = faults;
  if (only && !sql.includes(only)) return work();
  if (slow) await scheduler.wait(slow);
  if (storage === 'refuses') throw new Error('D1_ERROR: Network connection lost.');
  const answer = await work();
  // It happened, and nobody learns of it.
  if (storage === 'forgets' && answer) throw new Error('D1_ERROR: Network connection lost.');
  return answer;
}

let patched = false;
function patch(database) {
  if (patched) return;
  patched = true;
  const text = new WeakMap();
  const { prepare, batch } = Object.getPrototypeOf(database);
  const statement = Object.getPrototypeOf(database.prepare('SELECT 1'));
  const { all, bind } = statement;
  Object.assign(Object.getPrototypeOf(database), {
    prepare(sql) {
      const prepared = prepare.call(this, sql);
      text.set(prepared, sql);
      return prepared;
    },
    batch(statements) {
      return troubled(statements.map((one) => text.get(one)).join(';'), () => batch.call(this, statements));
    },
  });
  Object.assign(statement, {
    bind(...values) {
      const bound = bind.apply(this, values);
      text.set(bound, text.get(this));
      return bound;
    },
    all(...parts) {
      return troubled(text.get(this) ?? '', () => all.apply(this, parts));
    },
  });
}

export default class extends bundle.default {
  constructor(context, env) {
    patch(env.DB);
    super(context, { ...env, AUDIT: new WorkerQueue(env.QUEUE_AT) });
  }
  async fetch(request) {
    const url = new URL(request.url);
    if (url.hostname !== 'faults.test') return super.fetch(request);
    Object.assign(faults, JSON.parse(await request.text()));
    return new Response(String(memory()));
  }
}
