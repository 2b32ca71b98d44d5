// AI clients that write down what they asked for and what they heard.
//
// A record of the audit log names no call, on purpose. What tells one apart here is the length of its message: every call
// of a tool by a client has a length that no other one has (`request_bytes` in the record), because the driver pads it.

import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const MODERN = '2026-07-28';

/**
 * What became of a call, as its client saw it.
 *
 * @typedef {'ok' | 'refused' | 'unrecorded' | 'withheld' | 'unanswered'} Fate
 *   `ok`: answered. `refused`: the gateway said no, or told a failure of the service. `unrecorded`: it said that it cannot
 *   record calls and made none. `withheld`: it said that it cannot record what may have been done. `unanswered`: the
 *   connection ended, or never was.
 * @typedef {{ ref: number, kind: string, client: string, tool: string, size: number, writes: boolean, fate: Fate,
 *   text: string, again?: Call }} Call `again`: the same call, made once more after a yes.
 */

/** All calls that were made, and the connections that they go over. */
export class Ledger {
  /** @type {Call[]} */
  calls = [];
  /** Answers that are none of a call: lists, resources, refusals at the door, by what they are. */
  others = new Map();
  #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  #sizes = new Map();

  note(what) {
    this.others.set(what, (this.others.get(what) ?? 0) + 1);
  }

  /** The next length of a message of this tool by this client. */
  size(client, tool, least) {
    const key = `${client} ${tool}`;
    const size = Math.max(least, (this.#sizes.get(key) ?? 0) + 1);
    this.#sizes.set(key, size);
    return size;
  }

  /** Sends a message; rejects when there is no answer. */
  post(url, headers, body) {
    return new Promise((resolve, reject) => {
      const sent = request(url, {
        method: 'POST',
        agent: this.#agent,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'content-length': Buffer.byteLength(body),
          ...headers,
        },
      }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.once('end', () => (response.complete ? resolve({ status: response.statusCode, text }) : reject(new Error('broken off'))));
        response.once('error', reject);
      });
      sent.setTimeout(60_000, () => sent.destroy(new Error('no answer for a minute')));
      sent.once('error', reject);
      sent.end(body);
    });
  }

  close() {
    this.#agent.destroy();
  }
}

/** An AI client with somebody's permission. */
export class Client {
  #number = 0;

  /**
   * @param {Ledger} ledger
   * @param {object} options
   * @param {string} options.id What the gateway knows the client by.
   * @param {string} options.url
   * @param {string} options.token
   * @param {string} [options.revision]
   */
  constructor(ledger, { id, url, token, revision = MODERN }) {
    Object.assign(this, { ledger, id, url, token, revision, host: new URL(url).host });
  }

  /** The same client, whose requests go to another instance of the gateway. */
  at(origin) {
    const other = new Client(this.ledger, this);
    other.url = origin + new URL(this.url).pathname;
    return Object.assign(other, { agree: this.agree, guest: this.guest });
  }

  /**
   * Calls a tool.
   *
   * @param {string} kind What the driver calls it.
   * @param {string} tool
   * @param {object} [options]
   * @param {boolean} [options.writes]
   * @param {object} [options.args] What else it is called with.
   * @returns {Promise<Call>}
   */
  async call(kind, tool, { writes = false, args = {} } = {}) {
    const call = this.#entered({ ref: this.ledger.calls.length, kind, tool, writes });
    const message = (pad) => this.#message('tools/call', { name: tool, arguments: { ref: call.ref, ...args, pad } });
    const bare = message('').length;
    call.size = this.ledger.size(this.id, tool, bare);
    // No letters, so that there is nothing to find in them.
    call.pad = '.'.repeat(call.size - bare);
    await this.#made(call, message(call.pad));
    return call;
  }

  /**
   * Makes a call that waits, has its person say yes, and makes it again with the same arguments.
   *
   * @param {(link: string) => Promise<boolean>} agree Whether the person could say yes.
   */
  async confirmed(kind, tool, agree) {
    const first = await this.call(kind, tool, { writes: true });
    const [link] = /http:[^ "]*\/approve\/[\w-]+/.exec(first.text) ?? [];
    if (first.fate !== 'refused' || !link) return;
    const agreed = await agree(link);
    this.ledger.note(`yes ${agreed ? 'ok' : 'not heard'}`);
    if (!agreed) return;
    const { ref, size, pad } = first;
    first.again = this.#entered({ ref, kind: `${kind}, and has it`, tool, size, writes: true });
    await this.#made(first.again, this.#message('tools/call', { name: tool, arguments: { ref, pad } }));
  }

  /** Somebody without a token that counts. */
  async stranger() {
    try {
      const body = this.#message('tools/list', {});
      const headers = { host: this.host, authorization: 'Bearer none', 'mcp-protocol-version': this.revision, 'mcp-method': 'tools/list' };
      const { status } = await this.ledger.post(this.url, headers, body);
      this.ledger.note(`stranger ${status === 401 ? 'refused' : status}`);
    } catch {
      this.ledger.note('stranger unanswered');
    }
  }

  #entered(call) {
    const entered = { size: 0, ...call, client: this.id, fate: 'unanswered', text: '' };
    this.ledger.calls.push(entered);
    return entered;
  }

  async #made(call, body) {
    try {
      const { status, text } = await this.#send('tools/call', call.tool, body);
      // The beginning says enough, and there are many of them.
      call.text = text.slice(0, 700);
      call.fate = fate(status, text);
    } catch (error) {
      call.text = String(error.code ?? error.message);
      // Whoever starts again needs a moment.
      await sleep(100);
    }
  }

  /** Asks for something that is no call; answers with what came, or with nothing. */
  async ask(method, params = {}) {
    try {
      const name = params.uri ?? params.name;
      const { status, text } = await this.#send(method, name, this.#message(method, params));
      const good = status === 200 && text.includes('"result"');
      this.ledger.note(`${method} ${good ? 'ok' : 'refused'}`);
      return text;
    } catch {
      this.ledger.note(`${method} unanswered`);
      await sleep(100);
      return '';
    }
  }

  #message(method, params) {
    const meta = this.revision === MODERN && {
      _meta: {
        'io.modelcontextprotocol/protocolVersion': MODERN,
        'io.modelcontextprotocol/clientInfo': { name: 'driver', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    };
    // Always of one length.
    const id = 1_000_000 + (this.#number += 1);
    return JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, ...meta } });
  }

  #send(method, name, body) {
    return this.ledger.post(this.url, {
      host: this.host,
      authorization: `Bearer ${this.token}`,
      'mcp-protocol-version': this.revision,
      ...(this.revision === MODERN ? { 'mcp-method': method, ...(name && { 'mcp-name': name }) } : {}),
    }, body);
  }
}

/** What an answer says became of the call. */
function fate(status, text) {
  if (text.includes('cannot record calls')) return 'unrecorded';
  if (text.includes('cannot record it')) return 'withheld';
  if (status === 200 && text.includes('"result"') && !text.includes('"isError":true')) return 'ok';
  return 'refused';
}
