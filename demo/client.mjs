// `make demo`: an AI client, written with the official SDK, against `make run`.
//
// It signs an invented person in, reads an issue, and writes back using what it read; then it shows what the service
// holds, what the model saw, and what reached the service. The first and the last are asked of the demo service
// itself, past the gateway.

import { pathToFileURL } from 'node:url';

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

import { people } from './people.mjs';
import { connect } from './session.mjs';

/**
 * Plays the demo.
 *
 * @param {object} options
 * @param {string} options.gateway Such as `http://127.0.0.1:8787`.
 * @param {string} options.service Such as `http://127.0.0.1:8789`.
 * @param {(line: string) => void} options.print
 * @returns {Promise<void>} Rejects when a value got past the gateway, in either direction.
 */
export async function play({ gateway, service, print }) {
  const person = people[0];
  print(`1. An AI client connects to ${gateway}/mcp/demo; ${person.name} signs in and allows it.`);
  const { client } = await connect({
    client: newClient,
    transport: newTransport,
    url: `${gateway}/mcp/demo`,
    person: person.sub,
  });
  const { tools } = await client.listTools();
  indented(`MCP ${client.getNegotiatedProtocolVersion()}, tools: ${tools.map((tool) => tool.name).join(', ')}`, print);

  print('');
  print('2. The model reads issue DEMO-1, writes a comment with what it read, and mails the customer.');
  const held = fields(await readDirectly(service));
  const seen = fields((await call(client, 'get_issue', { key: 'DEMO-1' })).structuredContent);
  await fetch(`${service}/received`, { method: 'DELETE' });
  await call(client, 'add_comment', { key: 'DEMO-1', body: seen.map(([, value]) => value).join(separator) });
  await call(client, 'send_mail', { to: valueOf(seen, 'e-mail'), subject: 'Your refund', body: 'It is on its way.' });
  const received = await (await fetch(`${service}/received`)).json();
  const back = argumentsOf(received, 'add_comment').body.split(separator);

  print('');
  table(
    ['', 'the service holds', 'the model sees', 'the service receives'],
    [
      ...held.map(([name, value], row) => [name, value, seen[row][1], back[row] ?? '']),
      ['mail to', valueOf(held, 'e-mail'), valueOf(seen, 'e-mail'), argumentsOf(received, 'send_mail').to],
    ],
    print,
  );

  print('');
  print('3. The model makes up a pseudonym, and asks to delete the issue.');
  const before = (await (await fetch(`${service}/received`)).json()).length;
  const invented = await call(client, 'add_comment', { key: 'DEMO-1', body: 'Ask Person-AAAAAAAAAAAA.' }, true);
  indented(`add_comment: ${words(invented)}`, print);
  const deletion = await call(client, 'delete_issue', { key: 'DEMO-1' }, true);
  indented(`delete_issue: ${words(deletion)}`, print);
  const reached = (await (await fetch(`${service}/received`)).json()).slice(before).filter(isCall);
  indented(`Calls that reached the service: ${reached.length}`, print);
  await client.close();

  const kept = ['summary', 'created', 'status'];
  const leaked = held.filter(([name, value], row) => !kept.includes(name) && seen[row][1] === value);
  if (leaked.length) throw new Error(`the model saw ${leaked.map(([name]) => name).join(', ')} as the service holds it`);
  const lost = held.filter(([, value], row) => back[row] !== value);
  if (lost.length) throw new Error(`the service did not get back ${lost.map(([name]) => name).join(', ')}`);
  if (reached.length) throw new Error('a call that had to be refused reached the service');
}

const separator = '\n--\n';

function newClient() {
  return new Client({ name: 'mcpgate-demo', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
}

function newTransport(url, options) {
  return new StreamableHTTPClientTransport(url, options);
}

async function readDirectly(service) {
  const client = newClient();
  await client.connect(newTransport(new URL(`${service}/mcp`)));
  const { structuredContent } = await client.callTool({ name: 'get_issue', arguments: { key: 'DEMO-1' } });
  await client.close();
  return structuredContent;
}

async function call(client, name, args, refusalExpected = false) {
  const result = await client.callTool({ name, arguments: args });
  if (result.isError && !refusalExpected) throw new Error(`${name} was refused: ${words(result)}`);
  return result;
}

/** The parts of an issue that the table shows. */
function fields(issue) {
  return [
    ['summary', issue.summary],
    ['assignee', issue.assignee.displayName],
    ['customer', issue.customer.name],
    ['e-mail', issue.customer.email],
    ['phone', issue.customer.phone],
    ['text', issue.description],
  ];
}

function valueOf(rows, name) {
  return rows.find(([candidate]) => candidate === name)[1];
}

function isCall({ body }) {
  return body?.method === 'tools/call';
}

function argumentsOf(received, tool) {
  const call = received.find((request) => isCall(request) && request.body.params.name === tool);
  if (!call) throw new Error(`${tool} did not reach the service`);
  return call.body.params.arguments;
}

function words(result) {
  return (result.content ?? []).map((part) => part.text ?? '').join(' ').trim() || JSON.stringify(result);
}

/** Prints rows in columns that together fit into 100 characters. */
function table(heads, rows, print) {
  const widths = [8, 28, 27, 28];
  const line = (cells) => {
    const wrapped = cells.map((cell, column) => wrap(cell, widths[column]));
    for (let at = 0; at < Math.max(...wrapped.map((lines) => lines.length)); at += 1) {
      print(wrapped.map((lines, column) => (lines[at] ?? '').padEnd(widths[column])).join('  ').trimEnd());
    }
  };
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  line(heads);
  for (const row of rows) {
    print(rule);
    line(row);
  }
}

function indented(text, print) {
  for (const line of wrap(text, 94)) print(`   ${line}`);
}

function wrap(text, width) {
  const lines = [];
  for (const paragraph of text.split('\n')) {
    let current = '';
    for (const word of paragraph.split(' ')) {
      if (current && current.length + 1 + word.length > width) {
        lines.push(current);
        current = '';
      }
      current = current ? `${current} ${word}` : word;
      while (current.length > width) {
        lines.push(current.slice(0, width));
        current = current.slice(width);
      }
    }
    lines.push(current);
  }
  return lines;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const gateway = 'http://127.0.0.1:8787';
  const running = await fetch(`${gateway}/health`).then((answer) => answer.ok, () => false);
  if (!running) {
    console.error('mcpgate: `make run` is not running on 127.0.0.1:8787: start it in another terminal and try again');
    process.exit(1);
  }
  try {
    await play({ gateway, service: 'http://127.0.0.1:8789', print: console.log });
  } catch (error) {
    console.error(`mcpgate: the demo stopped: ${error.message}`);
    process.exit(1);
  }
}
