// How fast personal data is found, on one thread: mcpgate's engine and datafog-core natively, in turns in one process, and
// mcpgate's as wasm in this one; and how much memory it takes.
//
// node benches/pii.mjs FOLDER ENGINE.wasm [SET], where the folder has the commands `speed` and `memory` of tests/pii/peers/.
//
// The texts are the labelled set's, by kind: all documents of a kind as one, and each by itself. And one long text in which
// there is nothing to find.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { growth } from './crafted.mjs';

const [commands, wasm, set = 'tests/pii/set.jsonl'] = process.argv.slice(2);
const ROUNDS = 15;

const documents = readFileSync(set, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
const kinds = [...new Set(documents.map(({ kind }) => kind))].sort();
const whole = (kind) => {
  const those = documents.filter((document) => document.kind === kind);
  return kind === 'json' ? { doc: those.map(({ doc }) => doc) } : { text: those.map(({ text }) => text).join('\n\n') };
};

/** What is measured: a name, documents, and how often. */
const corpora = [
  ...kinds.map((kind) => [`${kind}, as one`, [whole(kind)], ROUNDS]),
  ['all kinds, each as one', kinds.map(whole), ROUNDS],
  ['all kinds, by document', documents.map(({ text, doc }) => (text === undefined ? { doc } : { text })), ROUNDS],
  ['nothing personal, 16 MiB', [{ text: plain(16 * 1024 * 1024) }], 3],
];

/** Lines of prose and of a log, the same each time, without a name, an address or a number that could be one. */
function plain(length) {
  const words =
    'the request was handled and its answer kept in memory until another one came so that nothing had to be read again die ' +
    'Anfrage wurde beantwortet bevor die Verbindung zu Ende war cette page reste ouverte pendant que la file est vide una vez por ' +
    'semana se revisa la lista di nuovo ogni giorno met een nieuwe versie van het programma kiedy wszystko jest gotowe';
  const list = words.split(' ');
  let state = 1;
  const next = (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
  const lines = [];
  for (let size = 0; size < length; size += lines.at(-1).length + 1) {
    const said = Array.from({ length: 6 + next(12) }, () => list[next(list.length)]).join(' ');
    lines.push(
      next(3) === 0
        ? `level=info step=${next(90)} queue=${list[next(list.length)]} took=${next(900)}ms msg="${said}"`
        : `${said[0].toUpperCase()}${said.slice(1)}.`,
    );
  }
  return lines.join('\n').slice(0, length);
}

function load(file) {
  const module = new WebAssembly.Module(readFileSync(file));
  // The library has the Worker's way in too, which asks for JavaScript that is not there and not called.
  const imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (kind !== 'function') throw new Error(`${file} wants a ${kind}, ${name}`);
    (imports[from] ??= {})[name] = () => {
      throw new Error(`${name} was called`);
    };
  }
  return new WebAssembly.Instance(module, imports).exports;
}

/** Has the engine load documents; how many bytes they are. */
function give(engine, text) {
  const bytes = new TextEncoder().encode(text);
  const at = engine.pii_buffer(bytes.length);
  new Uint8Array(engine.memory.buffer, at, bytes.length).set(bytes);
  return engine.pii_load();
}

function median(times) {
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}

const folder = mkdtempSync(path.join(tmpdir(), 'mcpgate-pii-'));
try {
  const engine = load(wasm);
  const row = (cells) => console.log(`  ${cells[0].padEnd(26)}${cells.slice(1).map((cell) => cell.padStart(13)).join('')}`);
  row(['text', 'bytes', 'mcpgate', 'datafog-core', 'ratio', 'wasm', 'wasm/native']);
  for (const [name, lines, rounds] of corpora) {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    const file = path.join(folder, 'documents.jsonl');
    writeFileSync(file, text);
    const native = JSON.parse(execFileSync(path.join(commands, 'speed'), [file, `${rounds}`], { encoding: 'utf8' }));

    if (give(engine, text) !== native.bytes) throw new Error('the two do not have the same documents');
    const times = [];
    // The first two warm up: V8 compiles what is called often once more.
    for (let round = -2; round < rounds; round += 1) {
      const started = performance.now();
      engine.pii_mask();
      if (round >= 0) times.push((performance.now() - started) / 1000);
    }
    const rate = (seconds) => native.bytes / seconds / 1e6;
    const ours = rate(native.mcpgate);
    const theirs = rate(native.datafog);
    const there = rate(median(times));
    row([name, `${native.bytes}`, ours.toFixed(1), theirs.toFixed(1), (ours / theirs).toFixed(2), there.toFixed(1), (there / ours).toFixed(2)]);
    if (name.startsWith('nothing') && engine.pii_mask() !== native.bytes) console.log('  (something was found in the last text)');
  }

  console.log('  how many times as long a byte takes in 256 KiB of a crafted text as in 64 KiB, the worst five');
  const worst = growth((document) => {
    give(engine, `${JSON.stringify(document)}\n`);
    const started = performance.now();
    engine.pii_mask();
    return performance.now() - started;
  });
  for (const { piece, ratio } of worst.slice(0, 5)) console.log(`    ${ratio.toFixed(2)}  ${JSON.stringify(piece)}`);

  console.log('  how much is allocated at most while one text is masked, in bytes');
  const prose = whole('prose').text;
  for (const [name, text] of [
    ['nothing personal', plain(16 * 1024 * 1024)],
    ['prose over and over', Array.from({ length: Math.ceil((1024 * 1024) / prose.length) }, () => prose).join('\n\n')],
  ]) {
    const file = path.join(folder, 'documents.jsonl');
    writeFileSync(file, JSON.stringify({ text }));
    const { bytes, longest, peak } = JSON.parse(execFileSync(path.join(commands, 'memory'), [file], { encoding: 'utf8' }));
    console.log(`    ${name}: ${peak}, for a text of ${bytes} and a longest line of ${longest}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
