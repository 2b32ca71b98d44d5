// A queue as Cloudflare's is to a Worker: it takes messages over HTTP, outlives the process that sent them, and delivers
// each at least once, in batches, until it is acknowledged. What goes wrong with queues can be made to go wrong with it.

import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { listen, stopper } from '../../../demo/http.mjs';

const BATCH = 100;

/**
 * Starts a queue.
 *
 * @param {(messages: { id: string, timestamp: Date, attempts: number, body: string }[]) => Promise<object>} deliver Hands a
 *   batch to the consumer; answers as the `queue()` of a service binding does.
 */
export async function startQueue(deliver) {
  const waiting = [];
  let [number, running, ended] = [0, 0, false];
  const faults = {
    /** Takes nothing. */
    refuses: false,
    /** Takes the message, and its sender hears of a failure. */
    forgets: false,
    /** How long it takes to take a message, in milliseconds. */
    slow: 0,
    /** How often each message comes. */
    copies: 1,
    /** In no order. */
    shuffles: false,
    /** How many consumers there are; each of several is given everything. */
    consumers: 1,
    /** Delivers nothing for now. */
    holds: false,
  };
  const counts = { taken: 0, refused: 0, delivered: 0, again: 0, lostBatches: 0 };

  const server = createServer(async (request, response) => {
    let body = '';
    try {
      for await (const chunk of request.setEncoding('utf8')) body += chunk;
    } catch {
      // Its sender was killed before all of it was here.
      return;
    }
    if (faults.slow) await sleep(faults.slow);
    if (faults.refuses) {
      counts.refused += 1;
      response.writeHead(503).end('the queue is down');
      return;
    }
    counts.taken += 1;
    for (let copy = 0; copy < faults.copies; copy += 1) {
      waiting.push({ id: `m-${(number += 1)}`, timestamp: new Date(), attempts: 0, body });
    }
    if (faults.forgets) response.socket?.destroy();
    else response.writeHead(204).end();
  });
  const url = await listen(server, 0, 'queue');

  const batch = () => {
    if (faults.shuffles) waiting.sort(() => Math.random() - 0.5);
    return waiting.splice(0, BATCH);
  };

  const hand = async (messages) => {
    for (const message of messages) message.attempts += 1;
    counts.delivered += messages.length;
    counts.again += messages.filter(({ attempts }) => attempts > 1).length;
    try {
      const { outcome, explicitAcks = [], ackAll, retryBatch } = await deliver(messages);
      if (outcome !== 'ok') throw new Error(outcome);
      const acknowledged = new Set(explicitAcks);
      return messages.filter(({ id }) => retryBatch?.retry || !(ackAll || acknowledged.has(id)));
    } catch {
      // The consumer is gone: nobody knows how far it came.
      counts.lostBatches += 1;
      return messages;
    }
  };

  const consume = async () => {
    while (!ended) {
      if (!waiting.length || faults.holds) {
        await sleep(20);
        continue;
      }
      const messages = batch();
      running += 1;
      const left = await Promise.all(Array.from({ length: faults.consumers }, () => hand(messages)));
      // One that is through with a message is enough.
      const again = messages.filter((message) => left.every((of) => of.includes(message)));
      if (again.length) await sleep(100);
      waiting.push(...again);
      running -= 1;
    }
  };
  const consumer = consume();
  return {
    url,
    faults,
    counts,
    /** How many messages wait. */
    waiting: () => waiting.length + running,
    stop: async () => {
      ended = true;
      await consumer;
      await stopper(server)();
    },
  };
}
