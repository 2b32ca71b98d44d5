// The official conformance suite, as a process of its own: what it asks for, and what it found.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { node22, root } from '../e2e/support.mjs';

/** The revisions with a set of requirements. */
export const revisions = ['2025-11-25', '2026-07-28'];

/**
 * @typedef {object} Check
 * @property {string} id
 * @property {'SUCCESS' | 'FAILURE' | 'WARNING' | 'INFO' | 'SKIPPED'} status
 * @property {string} [errorMessage]
 */

/**
 * The scenarios that a revision requires.
 *
 * @param {string} revision
 * @param {'Server' | 'Client'} side Whose scenarios.
 * @returns {Promise<string[]>}
 */
export async function required(revision, side) {
  const { output } = await run(['list', '--requirements', revision]);
  const [, list = ''] = output.split(`${side} scenarios`);
  const names = list.split('\n\n')[0].split('\n').slice(1).map((line) => line.replace(/^ +- /, '').trim());
  if (names.length === 0) throw new Error(`the suite names no scenarios for ${revision}:\n${output}`);
  return names;
}

/**
 * Runs the suite.
 *
 * @param {string[]} args
 * @param {object} [options]
 * @param {Record<string, string>} [options.env]
 * @param {(output: string) => void} [options.hears] Is told what the suite has said so far, whenever it goes on.
 * @returns {Promise<{ code: number, output: string, checks: (scenario: string) => Check[] }>}
 */
export async function runSuite(args, options) {
  const folder = await mkdtemp(path.join(tmpdir(), 'mcpgate-conformance-'));
  try {
    const { code, output } = await run([...args, '--output-dir', folder], options);
    const results = new Map();
    for (const file of await readdir(folder, { recursive: true })) {
      const [, scenario] = /^(?:authorization-server-|server-)?(.+)-\d{4}-\d\d-\d\dT[\d-]+Z\/checks\.json$/.exec(file) ?? [];
      if (scenario) results.set(scenario, JSON.parse(await readFile(path.join(folder, file), 'utf8')));
    }
    return { code, output, checks: (scenario) => results.get(scenario) ?? [] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether a scenario found something right and nothing wrong. */
export function passes(checks, output = '') {
  const wrong = checks.filter(({ status }) => status === 'FAILURE');
  assert.deepEqual(wrong.map(({ id, errorMessage }) => `${id}: ${errorMessage}`), [], output);
  assert.ok(checks.some(({ status }) => status === 'SUCCESS'), `nothing was checked\n${output}`);
}

/** A run that takes longer than this hangs; it is ended, so that what it has said can be read. */
const longest = 120_000;

function run(args, { env = {}, hears = () => {} } = {}) {
  const suite = path.join(root, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
  const child = spawn(node22(), [suite, ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const alarm = setTimeout(() => {
    output += `\nended after ${longest / 1000} seconds\n`;
    child.kill('SIGKILL');
  }, longest);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => hears((output += text)));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(alarm);
      resolve({ code: code ?? 1, output });
    });
  });
}
