// Another process at the same SQLite file: it reads, or it holds the file's lock.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const read = `
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=30)
db.row_factory = sqlite3.Row
print(json.dumps([dict(row) for row in db.execute(sys.argv[2])]))
`;
const write = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
db.executescript(sys.argv[2])
`;
const hold = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
db.execute(sys.argv[2])
print("held", flush=True)
sys.stdin.read()
db.execute("ROLLBACK")
`;

/** What a query finds. */
export async function rows(file, sql) {
  const { stdout } = await promisify(execFile)('python3', ['-c', read, file, sql], { maxBuffer: 2 ** 28 });
  return JSON.parse(stdout);
}

/** Runs statements. */
export async function execute(file, sql) {
  await promisify(execFile)('python3', ['-c', write, file, sql]);
}

/** Holds the lock of writers; answers with what lets it go. */
export async function lock(file) {
  const child = spawn('python3', ['-c', hold, file, 'BEGIN IMMEDIATE'], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return async () => {
    const exited = once(child, 'exit');
    child.stdin.end();
    await exited;
  };
}
