// The real Spin component under wasmtime, with a real SQLite file and a real Redis, to be killed and started again on what
// they left.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { command, databaseFile, end, freePort, ready, startComponent, startRedis } from '../../../wasmtime/run.mjs';
import { execute, lock, rows } from './sqlite.mjs';
import { startWire } from './wire.mjs';

const STREAM = 'mcpgate:audit';

/** Takes all messages off the stream, and puts each back so many times, in any order. */
const DISORDER = `
local messages = {}
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do
  redis.call('XDEL', KEYS[1], entry[1])
  for _ = 1, tonumber(ARGV[1]) do table.insert(messages, math.random(#messages + 1), entry[2]) end
end
for _, fields in ipairs(messages) do redis.call('XADD', KEYS[1], '*', unpack(fields)) end
return #messages
`;

/** Starts the host. */
export async function startHost({ port, dataDir, configSql, secrets }) {
  await writeFile(path.resolve(dataDir, 'config.sql'), configSql);
  const clock = path.resolve(dataDir, 'clock');
  await writeFile(clock, '0');
  const allow = [...configSql.matchAll(/http:\/\/(127\.0\.0\.1:\d+)/g)].map(([, peer]) => peer);
  const redisPort = await freePort();
  let redis = await startRedis(redisPort, dataDir);
  const wire = await startWire(redisPort);
  const run = async (at) => {
    const child = await startComponent({ port: at, dataDir, secrets, allow, redisPort: wire.port, clock });
    return { child, url: await ready(child) };
  };
  let first = await run(port);
  const others = [];
  const database = databaseFile(dataDir);
  const ask = (text) => Promise.race([
    command(redisPort, text),
    sleep(10_000, undefined, { ref: false }).then(() => Promise.reject(new Error('Redis does not answer'))),
  ]);
  const cli = async (...words) => {
    const { stdout } = await promisify(execFile)('redis-cli', ['-p', String(redisPort), '--no-auth-warning', '--json', ...words], { maxBuffer: 2 ** 28 });
    return JSON.parse(stdout);
  };
  const groups = () => cli('XINFO', 'GROUPS', STREAM);
  /** Takes it that what was read and never acknowledged was read long ago. */
  const age = async () => {
    for (const { name } of await groups()) {
      for (const [id, consumer] of await cli('XPENDING', STREAM, name, '-', '+', '10000')) {
        await cli('XCLAIM', STREAM, name, consumer, '0', id, 'IDLE', '120000', 'JUSTID');
      }
    }
  };
  const kill = async (child) => {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  return {
    name: 'Spin component',
    url: first.url,
    wire,
    pid: () => first.child.pid,
    /** As if the machine had lost power: nothing is finished, nothing is told. */
    kill: () => kill(first.child),
    /** On the same storage. */
    restart: async () => {
      first = await run(port);
    },
    /** Another one beside the first, on the same database and the same Redis; answers with its URL. */
    another: async () => {
      const other = await run(0);
      others.push(other.child);
      return other.url;
    },
    redis: {
      ask,
      kill: () => kill(redis),
      restart: async () => {
        redis = await startRedis(redisPort, dataDir);
      },
      /** How many messages it keeps. */
      kept: async () => Number((await ask(`XLEN ${STREAM}`)).slice(1)),
      /** How many messages were read and never acknowledged. */
      pending: async () => (await groups()).reduce((sum, group) => sum + group.pending, 0),
      /** Lets the component use these commands no more; answers with what lets it again. */
      forbid: async (...commands) => {
        await cli('ACL', 'SETUSER', 'thief', 'on', 'nopass', 'allkeys', '+@all');
        await cli('ACL', 'SETUSER', 'default', ...commands.map((name) => `-${name}`));
        return () => cli('ACL', 'SETUSER', 'default', '+@all');
      },
      /** Takes all that waits, as a consumer does that ends before it is through; answers with how much. */
      steal: async () => {
        const [{ name }] = await groups();
        const taken = await cli('--user', 'thief', '--pass', 'any', 'XREADGROUP', 'GROUP', name, 'gone', 'COUNT', '100000', 'STREAMS', STREAM, '>');
        return Object.values(taken)[0].length;
      },
      /** Puts what waits in another order, each message so many times; answers with how many that makes. */
      disorder: (copies) => cli('EVAL', DISORDER, '1', STREAM, String(copies)),
    },
    /** Puts its clock forward, or back again. */
    clock: (ahead) => writeFile(clock, String(ahead)),
    /** Holds the lock of the database's writers; answers with what lets it go. */
    lock: () => lock(database),
    /** How large its files may become from now on: a full disk, or room again. */
    room: (bytes) => promisify(execFile)('prlimit', ['--pid', String(first.child.pid), `--fsize=${bytes}:unlimited`]),
    maintain: async () => {
      // What a process left behind is taken up after half a minute.
      await age();
      // It follows a request, once a minute in all and once in an instance: an idle instance ends after a second.
      await sleep(1200);
      await ask('DEL mcpgate:maintained');
      await fetch(`${first.url}/health`).then((answer) => answer.text());
    },
    /** How many events are on their way still. */
    onTheWay: async () => {
      const [{ spooled }] = await rows(database, 'SELECT count(*) AS spooled FROM audit_outbox');
      let many = spooled;
      for (const group of await groups()) {
        many += group.pending + (await cli('XRANGE', STREAM, `(${group['last-delivered-id']}`, '+')).length;
      }
      return many;
    },
    rows: (sql) => rows(database, sql),
    execute: (sql) => execute(database, sql),
    database: async () => database,
    stop: async () => {
      for (const child of [first.child, ...others]) await end(child);
      wire.stop();
      await end(redis);
    },
  };
}
