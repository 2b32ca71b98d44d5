// All of them, as services of one gateway.

import { everything, own, roots } from '../plans.mjs';
import { startEverything, startPython } from './processes.mjs';
import { start as sdk1Sessions } from './sdk1-sessions.mjs';
import { start as sdk1Sse } from './sdk1-sse.mjs';
import { start as sdk1Stateless } from './sdk1-stateless.mjs';
import { start as sdk2Dual } from './sdk2-dual.mjs';
import { start as sdk2Modern } from './sdk2-modern.mjs';

const older = '2025-11-25';
const newest = '2026-07-28';

/** A server that answers with one JSON document can neither ask nor say how far it is. */
const silent = { ...own, calls: own.calls.filter(({ name }) => name !== 'ask'), counts: undefined };

/** The reference server asks for the roots on the stream that is the session's; by HTTP+SSE there is no other. */
const rooted = { ...everything, calls: [...everything.calls, roots] };

/**
 * Each service by its id.
 *
 * @type {Record<string, {
 *   start: () => Promise<{ url: string, waits?: () => any, stop: () => Promise<void> }>,
 *   plan: import('../plans.mjs').Plan,
 *   revisions: string[],
 *   cancels?: string[],
 * }>} What starts it, what clients do with it, which of the two newest revisions it speaks by streamable HTTP, and
 *   clients of which revision can cancel its `wait`: where requests stand alone, word of it reaches none.
 */
export const services = {
  'sdk1-sessions': { start: sdk1Sessions, plan: own, revisions: [older], cancels: [older, newest] },
  'sdk1-stateless': { start: sdk1Stateless, plan: silent, revisions: [older] },
  'sdk1-sse': { start: sdk1Sse, plan: own, revisions: [], cancels: [older, newest] },
  'sdk2-modern': { start: sdk2Modern, plan: own, revisions: [newest], cancels: [older, newest] },
  'sdk2-dual': { start: sdk2Dual, plan: own, revisions: [older, newest], cancels: [newest] },
  python: { start: startPython, plan: own, revisions: [older, newest], cancels: [older, newest] },
  everything: { start: () => startEverything('streamableHttp'), plan: everything, revisions: [older] },
  'everything-sse': { start: () => startEverything('sse'), plan: rooted, revisions: [] },
};

/** Starts them all; each says where it listens. */
export async function startServices() {
  const started = await Promise.allSettled(Object.values(services).map(({ start }) => start()));
  const stop = () => Promise.all(started.map(({ value }) => value?.stop()));
  const failed = started.find(({ reason }) => reason);
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return { ...Object.fromEntries(Object.keys(services).map((id, at) => [id, started[at].value])), stop };
}

/** Puts them into gateway.toml, for those who work here. */
export function configured(toml, running) {
  // The server says of this tool that it only reads, and its name does not: whom to believe, an operator decides.
  const guard = '\n[service.guard]\ntrust = ["trigger-long-running-operation"]\n';
  const blocks = Object.keys(services).map(
    (id) => `\n[[service]]\nid = "${id}"\nmcp = "${running[id].url}"\n${id.startsWith('everything') ? guard : ''}`,
  );
  return toml
    .replace(/(?<=\[access\.roles\.internal\]\nservices = )\[.*\]/, JSON.stringify(Object.keys(services)))
    .concat(...blocks);
}
