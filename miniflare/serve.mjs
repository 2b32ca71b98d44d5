// The harness as a process, for tests that are not JavaScript:
//
//   node miniflare/serve.mjs --port N --data DIR --config-sql FILE --secrets FILE [--bundle DIR] [--queue off]
//     [--host spin]
//
// With `--host spin` it is the Spin component in the wasmtime test host.
// Prints `ready URL`, then obeys lines on standard input and answers each with `ok` or `error: ...`:
// `queue off`, `queue on`, `cron`, `settle`, `database` (answers with the SQLite file's path), `execute SQL`, `stop`.
// End of input stops it too.

import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

import { readSecrets } from './run.mjs';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    data: { type: 'string', default: '.mcpgate/state' },
    'config-sql': { type: 'string' },
    secrets: { type: 'string' },
    bundle: { type: 'string' },
    queue: { type: 'string', default: 'on' },
    host: { type: 'string', default: 'workers' },
  },
});

const { start } = await import(values.host === 'spin' ? '../wasmtime/run.mjs' : './run.mjs');
const worker = await start({
  port: Number(values.port),
  dataDir: values.data,
  configSql: values['config-sql'] && (await readFile(values['config-sql'], 'utf8')),
  secrets: values.secrets ? await readSecrets(values.secrets) : {},
  queue: values.queue !== 'off',
  bundle: values.bundle,
});
console.log(`ready ${worker.url}`);

const commands = {
  'queue off': () => worker.setQueue(false),
  'queue on': () => worker.setQueue(true),
  cron: () => worker.cron(),
  settle: () => worker.settle(),
  database: () => worker.d1File(),
};

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'stop') break;
  try {
    const sql = line.startsWith('execute ') && line.slice('execute '.length);
    const answer = await (sql ? worker.execute(`${sql};`) : (commands[line] ?? unknown)());
    console.log(answer === undefined ? 'ok' : `ok ${answer}`);
  } catch (error) {
    console.log(`error: ${String(error.message).replaceAll('\n', ' ')}`);
  }
}
await worker.stop();
console.log('ok');
process.exit(0);

function unknown() {
  throw new Error('unknown command');
}
