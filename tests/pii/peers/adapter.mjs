// Masks a set with a tool from npm: node adapter.mjs NAME SET NODE_MODULES
//
// Text as it is, JSON string by string; keys stay. Predictions go to standard output, the seconds of the masking alone to
// standard error.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [name, set, modules] = process.argv.slice(2);
const require = createRequire(path.resolve(modules, 'package.json'));

/** Name -> what masks a text. */
const tools = {
  openredaction() {
    const { OpenRedaction } = require('@openredaction/core');
    const tool = new OpenRedaction();
    return async (text) => (await tool.detect(text)).redacted;
  },
  'redact-pii'() {
    const { SyncRedactor } = require('redact-pii');
    const tool = new SyncRedactor();
    return (text) => tool.redact(text);
  },
  compromise() {
    const nlp = require('compromise');
    return (text) => {
      const read = nlp(text);
      const found = [read.people(), read.emails(), read.phoneNumbers()]
        .flatMap((view) => view.json({ offset: true }))
        .map(({ offset, text: words }) => {
          // The words come with the punctuation around them, the start is that of the first letter.
          const { length } = words.replace(/^[^\p{L}\p{N}@+]+|[^\p{L}\p{N}]+$/gu, '');
          return { start: offset.start, end: offset.start + length };
        })
        .sort((a, b) => b.start - a.start);
      let masked = text;
      let before = text.length;
      for (const { start, end } of found) {
        if (end <= before) masked = `${masked.slice(0, start)}[REDACTED]${masked.slice(end)}`;
        before = Math.min(before, start);
      }
      return masked;
    };
  },
};

async function walk(value, mask) {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) {
    const items = [];
    for (const item of value) items.push(await walk(item, mask));
    return items;
  }
  if (value === null || typeof value !== 'object') return value;
  const members = {};
  for (const [key, member] of Object.entries(value)) members[key] = await walk(member, mask);
  return members;
}

const mask = tools[name]();
const documents = readFileSync(set, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
const lines = [];
const started = process.hrtime.bigint();
for (const { id, text, doc } of documents) {
  lines.push(text === undefined ? { id, doc: await walk(doc, mask) } : { id, text: await mask(text) });
}
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
process.stdout.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
process.stderr.write(`${JSON.stringify({ seconds })}\n`);
