// What clients do with a service, and how what they learn is compared.

import assert from 'node:assert/strict';

/** What a client answers when a service asks. */
export const answers = {
  'elicitation/create': { action: 'accept', content: { name: 'a tester', colour: 'blue' } },
  'sampling/createMessage': { role: 'assistant', model: 'none', stopReason: 'endTurn', content: { type: 'text', text: 'pong' } },
  'roots/list': { roots: [{ uri: 'file:///project', name: 'project' }] },
};

/**
 * @typedef {object} Plan What a client does after it has read the introduction and every list.
 * @property {{ name: string, arguments: object }[]} calls
 * @property {{ name: string, arguments: object }} [counts] A call that says how far it is, in three steps.
 * @property {string[]} reads URIs.
 * @property {{ name: string, arguments: object }[]} gets Prompts.
 * @property {{ ref: object, argument: { name: string, value: string } }[]} completions
 */

/** For the services that are written here; `ask` where the service can. */
export const own = {
  calls: [
    { name: 'say', arguments: { text: 'good day' } },
    { name: 'add', arguments: { a: 2, b: 0.5 } },
    { name: 'ask', arguments: {} },
  ],
  counts: { name: 'count', arguments: { to: 3 } },
  reads: ['note://plain', 'colour://red'],
  gets: [{ name: 'paint', arguments: { colour: 'red' } }],
  completions: [
    { ref: { type: 'ref/prompt', name: 'paint' }, argument: { name: 'colour', value: 'r' } },
    { ref: { type: 'ref/resource', uri: 'colour://{name}' }, argument: { name: 'name', value: 'b' } },
  ],
};

/** For the reference server. */
export const everything = {
  calls: [
    { name: 'echo', arguments: { message: 'good day' } },
    { name: 'get-sum', arguments: { a: 2, b: 0.5 } },
    { name: 'get-structured-content', arguments: { location: 'Chicago' } },
    { name: 'get-annotated-message', arguments: { messageType: 'error', includeImage: true } },
    { name: 'get-tiny-image', arguments: {} },
    { name: 'get-resource-links', arguments: { count: 2 } },
    { name: 'get-resource-reference', arguments: { resourceType: 'Blob', resourceId: 7 } },
    { name: 'gzip-file-as-resource', arguments: { name: 'x.gz', data: 'data:text/plain,good%20day', outputType: 'resource' } },
    { name: 'trigger-elicitation-request', arguments: {} },
    { name: 'trigger-sampling-request', arguments: { prompt: 'ping' } },
  ],
  counts: { name: 'trigger-long-running-operation', arguments: { duration: 0.03, steps: 3 } },
  reads: ['demo://resource/static/document/instructions.md', 'demo://resource/dynamic/text/3'],
  gets: [
    { name: 'simple-prompt', arguments: {} },
    { name: 'args-prompt', arguments: { city: 'Chicago' } },
    { name: 'resource-prompt', arguments: { resourceType: 'Text', resourceId: '1' } },
  ],
  completions: [
    { ref: { type: 'ref/prompt', name: 'completable-prompt' }, argument: { name: 'department', value: 'S' } },
    { ref: { type: 'ref/resource', uri: 'demo://resource/dynamic/text/{resourceId}' }, argument: { name: 'resourceId', value: '5' } },
  ],
};

/** A call of the reference server that asks for the client's roots. */
export const roots = { name: 'get-roots-list', arguments: {} };

/** That a client learnt what it should, part by part: the first that differs is told. */
export function agree(learnt, expected) {
  const [had, wanted] = [comparable(learnt), comparable(expected)];
  for (const part of Object.keys(wanted)) assert.deepEqual({ [part]: had[part] }, { [part]: wanted[part] });
}

/** What a client learnt, without what only one era of the protocol has and without times of day. */
function comparable(learnt) {
  return JSON.parse(JSON.stringify(learnt, (key, value) => {
    if (only.has(key)) return undefined;
    if (key === 'blob') return timeless(Buffer.from(value, 'base64').toString('latin1'));
    return typeof value === 'string' ? timeless(value) : value;
  }));
}

const only = new Set(['_meta', 'resultType', 'ttlMs', 'cacheScope', 'execution']);

function timeless(text) {
  return text.replace(/created at \d.*$/, 'created at some time');
}
