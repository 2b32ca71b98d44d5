// Audit records out of the real gateway into what others make: a log shipper (rsyslog) behind scripts/audit-pull.sh, an
// OpenTelemetry collector (Rotel), and readers of OCSF, CEF and OTLP. Configurations are those of docs/siem.md.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { Browser, forms, signIn } from '../../demo/browser.mjs';
import { mcpgate, root, signedIn, startAll } from './support.mjs';

const run = promisify(execFile);
const python = process.env.MCPGATE_SIEM_PYTHON;
const hecToken = 'a token of this test';
const splunk = { events: [], server: undefined };
const collector = { log: '', child: undefined };
let gateway;
let token;

before(async () => {
  if (!python) throw new Error('MCPGATE_SIEM_PYTHON is not set: run this through make test');
  splunk.server = createHttpServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk) => (body += chunk)).on('end', () => {
      const known = request.headers.authorization === `Splunk ${hecToken}` && request.url === '/services/collector/event';
      if (known) splunk.events.push(...body.trimEnd().split('\n').map((line) => JSON.parse(line).event));
      response.writeHead(known ? 200 : 403, { 'content-type': 'application/json' });
      response.end(known ? '{"text":"Success","code":0}' : '{"text":"Invalid token","code":4}');
    });
  });
  const [splunkPort, http, grpc] = [await listening(splunk.server), await freePort(), await freePort()];
  const command = (await block('', 'rotel-agent start')).replace('4318', http).replace('4317', grpc).trim().split(' ').slice(1);
  collector.child = spawn(await rotel(), command);
  collector.child.stdout.on('data', (text) => (collector.log += text));
  collector.child.stderr.on('data', (text) => (collector.log += text));
  await until(() => collector.log.includes('Starting'), 'the collector starts');
  const sinks = `
[[audit.sink]]
id = "splunk"
kind = "splunk_hec"
url = "http://127.0.0.1:${splunkPort}/services/collector/event"
token = { secret = "SPLUNK_HEC_TOKEN" }
[[audit.sink]]
id = "collector"
kind = "otlp"
url = "http://127.0.0.1:${http}/v1/logs"
`;
  gateway = await startAll({ configure: (toml) => toml + sinks, secrets: { SPLUNK_HEC_TOKEN: hecToken } });
  const client = await signedIn(gateway, 'p-ben');
  await client.callTool({ name: 'get_issue', arguments: { key: 'DEMO-1' } });
  await client.close();
  token = await adminToken();
});

after(async () => {
  await gateway?.stop();
  collector.child?.kill();
  splunk.server?.close();
});

test('an export is verified, and read by readers that others wrote', async () => {
  const all = await until(async () => {
    const lines = await exported('jsonl');
    return lines.some((line) => line.includes('tool_called')) && lines;
  }, 'the call is in the chain');
  const file = path.join(gateway.dataDir, 'audit.jsonl');
  await writeFile(file, all.map((line) => `${line}\n`).join(''));
  assert.match(await mcpgate('audit', 'verify', file), /^holds: \d+ records/);
  const ids = all.map((line) => JSON.parse(JSON.parse(line).event).id);
  for (const format of ['ocsf', 'cef', 'otlp']) {
    const other = path.join(gateway.dataDir, `audit.${format}`);
    await writeFile(other, (await exported(format)).map((line) => `${line}\n`).join(''));
    const { stdout } = await run(python, [path.join(root, 'tests/e2e/siem/check.py'), format, other]);
    assert.deepEqual(stdout.trimEnd().split('\n').slice(0, ids.length), ids, format);
  }
});

test('an OpenTelemetry collector and an event collector are sent every record', async () => {
  const ids = (await exported('jsonl')).map((line) => JSON.parse(JSON.parse(line).event).id);
  await until(() => ids.every((id) => splunk.events.some((event) => event.id === id)), 'the event collector has them');
  assert.equal(new Set(splunk.events.map((event) => event.id)).size, splunk.events.length, 'each once');
  await until(() => ids.every((id) => collector.log.includes(`log.record.uid: Str(${id})`)), 'the collector has them');
  assert.match(collector.log, /EventName: mcpgate\.audit\.tool_called/);
});

test('rsyslog sends on what was pulled', async () => {
  const directory = path.join(gateway.dataDir, 'pulled');
  const spool = path.join(gateway.dataDir, 'spool');
  await mkdir(spool);
  let received = '';
  const siem = createServer((socket) => socket.setEncoding('utf8').on('data', (text) => (received += text)));
  const port = await listening(siem);
  const config = (await block('rsyslog', 'imfile'))
    .replace('/var/spool/rsyslog', spool)
    .replace('/var/lib/mcpgate-audit', directory)
    .replace('siem.example.com', '127.0.0.1')
    .replace('6514', port);
  await writeFile(path.join(gateway.dataDir, 'rsyslog.conf'), config);
  const pull = () => run(path.join(root, 'scripts/audit-pull.sh'), [gateway.url, directory, 'cef'], { env: { ...process.env, MCPGATE_ADMIN_TOKEN: token } });
  await pull();
  const shipper = spawn('rsyslogd', ['-n', '-f', path.join(gateway.dataDir, 'rsyslog.conf'), '-i', path.join(spool, 'pid')], {
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
    stdio: 'ignore',
  });
  try {
    await pull();
    await gateway.worker.cron();
    await pull();
    const lines = (await readFile(path.join(directory, 'audit.cef'), 'utf8')).trimEnd().split('\n');
    await until(() => lines.every((line) => received.includes(line)), 'rsyslog has sent every line');
    assert.equal(new Set(lines).size, lines.length, 'nothing was pulled twice');
    assert.equal(received.split('CEF:0|').length - 1, lines.length);
  } finally {
    shipper.kill();
    siem.close();
  }
});

/** The lines of the whole record as it is now, page by page. */
async function exported(format) {
  const lines = [];
  for (let next = `${gateway.url}/admin/audit/export?format=${format}&limit=5`; next;) {
    const answer = await fetch(next, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(answer.status, 200);
    lines.push(...(await answer.text()).split('\n').filter(Boolean));
    [, next] = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link')) ?? [];
  }
  return lines;
}

/** An admin token that may read the record, made as an administrator does. */
async function adminToken() {
  const browser = new Browser();
  await signIn({ url: `${gateway.url}/login?return_to=%2Fadmin&anew=1`, redirectUri: `${gateway.url}/admin`, person: 'p-olga', browser });
  const { page } = await browser.open(`${gateway.url}/admin`);
  const form = forms(page.html).find(({ action }) => action === '/admin/tokens');
  form.fields = form.fields.filter(([name]) => name === 'csrf');
  form.fields.push(['name', 'siem'], ['days', '1'], ['scope_audit', '1']);
  const made = await browser.press(page, form, { name: '' });
  return /mcpgate_admin_[\w-]+/.exec(made.page.html)[0];
}

/** The text of the first block of docs/siem.md in this language that has these words. */
async function block(language, words) {
  const page = await readFile(path.join(root, 'docs/siem.md'), 'utf8');
  const found = [...page.matchAll(/```(\w*)\n(.*?)```/gs)].find(([, of, text]) => of === language && text.includes(words));
  return found[2];
}

async function rotel() {
  const { stdout } = await run(python, ['-c', 'import rotel, pathlib; print(pathlib.Path(rotel.__file__).parent / "rotel-agent")']);
  return stdout.trim();
}

async function listening(server) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
}

async function freePort() {
  const probe = createServer();
  const port = await listening(probe);
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function until(holds, what) {
  for (let tries = 0; tries < 60; tries += 1) {
    const found = await holds();
    if (found) return found;
    // What is due is sent with the maintenance at the latest.
    if (gateway && tries % 10 === 9) await gateway.worker.cron();
    await sleep(500);
  }
  return assert.fail(what);
}
