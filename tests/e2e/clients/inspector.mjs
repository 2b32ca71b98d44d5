// The MCP Inspector's command line: one process for each request.

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { node22, root } from '../support.mjs';

const inspector = path.join(root, 'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js');

/**
 * Makes one request.
 *
 * @param {string} url
 * @param {string | undefined} token
 * @param {'legacy' | 'modern'} era
 * @param {string} method
 * @param {...string} args Further arguments of the command.
 * @returns {Promise<any>} The result.
 */
async function inspect(url, token, era, method, ...args) {
  const home = await mkdtemp(path.join(tmpdir(), 'mcpgate-inspector-'));
  const header = token ? ['--header', `Authorization: Bearer ${token}`] : [];
  const command = ['--cli', url, '--transport', 'http', ...header, '--protocol-era', era, '--method', method, ...args];
  const patient = ['--connect-timeout', '0', '--format', 'json'];
  try {
    // It keeps a folder of its own in the home folder.
    const env = { ...process.env, HOME: home };
    const { stdout } = await promisify(execFile)(node22(), [inspector, ...command, ...patient], { env, maxBuffer: 2 ** 24 });
    return JSON.parse(stdout).result;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** What the Inspector says that it can do. */
export const capabilities = { roots: { listChanged: true } };

/** What it learns when it does what a plan says, as far as its command line has it; half of it in each era. */
export async function play(url, token, { calls: [call], reads: [uri], gets: [get] }) {
  const legacy = (...args) => inspect(url, token, 'legacy', ...args);
  const modern = (...args) => inspect(url, token, 'modern', ...args);
  const pairs = Object.entries(get.arguments).map(([name, value]) => `${name}=${value}`);
  const [{ serverInfo, capabilities: able, instructions }, { resources }, read, { prompts }, got] = await Promise.all([
    legacy('initialize'),
    legacy('resources/list'),
    legacy('resources/read', '--uri', uri),
    legacy('prompts/list'),
    legacy('prompts/get', '--prompt-name', get.name, ...(pairs.length ? ['--prompt-args', ...pairs] : [])),
  ]);
  const [{ tools }, called] = await Promise.all([
    modern('tools/list'),
    modern('tools/call', '--tool-name', call.name, '--tool-args-json', JSON.stringify(call.arguments)),
  ]);
  const introduction = { serverInfo, capabilities: able, instructions };
  return { introduction, tools, resources, prompts, calls: [called], reads: [read], gets: [got] };
}
