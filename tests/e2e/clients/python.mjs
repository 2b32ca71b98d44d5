// The Python SDK's client: python.py, one process for many services.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { answers } from '../plans.mjs';
import { python } from '../support.mjs';

/**
 * What the client learns, job by job.
 *
 * @param {{ url: string, token?: string, mode: 'auto' | 'legacy', plan: import('../plans.mjs').Plan }[]} jobs
 * @returns {Promise<{ learnt: object, steps: string[], revision: string, failure?: string }[]>}
 */
export async function playAll(jobs) {
  const folder = await mkdtemp(path.join(tmpdir(), 'mcpgate-python-'));
  try {
    const file = path.join(folder, 'jobs.json');
    await writeFile(file, JSON.stringify({ answers, jobs }));
    const script = fileURLToPath(new URL('python.py', import.meta.url));
    const { stdout } = await promisify(execFile)(python(), [script, file], { maxBuffer: 64 * 1024 * 1024 });
    return stdout.trim().split('\n').map((line) => JSON.parse(line));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
