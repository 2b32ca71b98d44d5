// What each service here offers, for either generation of the TypeScript SDK; python.py offers the same.

import { setTimeout as sleep } from 'node:timers/promises';

import * as z from 'zod';

/** How often a `wait` began in this process, and how often one was cancelled. */
export class Waits {
  begun = 0;
  cancelled = 0;
}

/**
 * Registers it.
 *
 * @param {any} server The SDK's `McpServer`.
 * @param {object} sdk How this generation does what both can.
 * @param {(schema: z.ZodType, complete: (value: string) => string[]) => any} sdk.completable
 * @param {any} sdk.ResourceTemplate
 * @param {(context: any) => { token: unknown, signal: AbortSignal, notify: (message: object) => Promise<void> }} sdk.request
 * @param {(context: any, question: object, then: (answer: object) => object) => any} sdk.ask Asks the client, then answers.
 * @param {Waits} waits
 */
export function register(server, sdk, waits) {
  tools(server, sdk, waits);

  const note = { uri: 'note://plain', mimeType: 'text/plain' };
  server.registerResource('note', note.uri, { title: 'A note', mimeType: note.mimeType }, () => ({
    contents: [{ ...note, text: 'Nothing is noted.' }],
  }));
  server.registerResource(
    'colour',
    new sdk.ResourceTemplate('colour://{name}', { list: undefined, complete: { name: begins } }),
    { title: 'A colour', mimeType: 'text/plain' },
    (uri, { name }) => ({ contents: [{ uri: uri.href, mimeType: 'text/plain', text: `${name} is a colour.` }] }),
  );
  server.registerPrompt(
    'paint',
    { title: 'Paint', description: 'Asks for a painting', argsSchema: sdk.prompt({ colour: sdk.completable(z.string(), begins) }) },
    ({ colour }) => ({ messages: [{ role: 'user', content: { type: 'text', text: `Paint it ${colour}.` } }] }),
  );
}

function tools(server, sdk, waits) {
  const tool = (name, description, inputSchema, answer, more = {}) =>
    server.registerTool(name, { title: name, description, inputSchema: z.object(inputSchema), annotations, ...more }, answer);

  tool('say', 'Says it again', { text: z.string() }, ({ text }) => said(text));
  tool('add', 'Adds two numbers', { a: z.number(), b: z.number() }, ({ a, b }) => ({
    ...said(JSON.stringify({ sum: a + b })),
    structuredContent: { sum: a + b },
  }), { outputSchema: z.object({ sum: z.number() }) });
  tool('ask', 'Asks for a colour', {}, (_, context) => sdk.ask(context, question, ({ colour }) => said(`You like ${colour}.`)));
  tool('count', 'Counts, and says how far it is', { to: z.number() }, async ({ to }, context) => {
    const { token, notify } = sdk.request(context);
    for (let progress = 1; token !== undefined && progress <= to; progress += 1) {
      const params = { progressToken: token, progress, total: to, message: `at ${progress}` };
      await notify({ method: 'notifications/progress', params });
    }
    return said(`Counted to ${to}.`);
  });
  tool('wait', 'Waits until nobody waits for it, and says how long', {}, async (_, context) => {
    const { token, signal, notify } = sdk.request(context);
    waits.begun += 1;
    for (let progress = 1; !signal.aborted; progress += 1) {
      const params = { progressToken: token, progress };
      if (token !== undefined) await notify({ method: 'notifications/progress', params }).catch(() => {});
      await sleep(100);
    }
    waits.cancelled += 1;
    return said('Nobody reads this.');
  });
}

const annotations = { readOnlyHint: true, openWorldHint: false };

const question = {
  mode: 'form',
  message: 'Which colour?',
  requestedSchema: { type: 'object', properties: { colour: { type: 'string', title: 'Colour' } }, required: ['colour'] },
};

function begins(value) {
  return ['red', 'rose', 'blue'].filter((colour) => colour.startsWith(value));
}

function said(text) {
  return { content: [{ type: 'text', text }] };
}
