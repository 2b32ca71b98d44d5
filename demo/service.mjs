// The demo service: an MCP server written with the official SDK, holding invented issues, mails and calendar entries.
//
// It speaks the revisions 2025-06-18 and 2025-11-25 (with `initialize`) and 2026-07-28 on one endpoint, and keeps
// the last requests as they came in, headers and all, under GET /received: that is how one sees what the gateway let
// out. Each has an `end` once it was answered, or abandoned by whoever asked.

import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { toNodeHandler } from '@modelcontextprotocol/node';
import { McpServer, createMcpHandler } from '@modelcontextprotocol/server';
import * as z from 'zod';

import { listen, stopper } from './http.mjs';
import { records } from './records.mjs';

/**
 * Starts the service.
 *
 * @param {object} options
 * @param {number} options.port 0 takes a free one.
 * @returns {Promise<{ url: string, received: object[], stop: () => Promise<void> }>}
 */
export async function startService({ port }) {
  const held = records();
  const received = [];
  const mcp = createMcpHandler(() => build(held));
  const handle = toNodeHandler(mcp);

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://service');
    if (pathname === '/received') {
      if (request.method === 'DELETE') received.length = 0;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(received, null, 2));
      return;
    }
    if (pathname !== '/mcp') {
      response.writeHead(404).end();
      return;
    }
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const body = parse(text);
    const entry = { at: new Date().toISOString(), method: request.method, headers: request.headers, body };
    received.push(entry);
    if (received.length > 200) received.shift();
    response.once('close', () => {
      entry.end = response.writableFinished ? 'answered' : 'abandoned';
    });
    await handle(request, response, body);
  });
  const url = await listen(server, port, 'demo service');
  return {
    url,
    received,
    stop: async () => {
      await mcp.close();
      await stopper(server)();
    },
  };
}

function build(held) {
  const server = new McpServer(
    { name: 'demo-office', title: 'Demo office', version: '1.0.0' },
    { instructions: 'Issues, mails and calendar of an invented office. Ask Anna Beispiel (anna.beispiel@example.com) for help.' },
  );
  issueTools(server, held);
  mailTools(server, held);
  calendarTools(server, held);
  reportTool(server, held);

  server.registerResource(
    'team',
    'demo://team',
    { title: 'The team', description: 'Who works here.', mimeType: 'text/plain' },
    async (uri) => ({ contents: [{ uri: uri.href, mimeType: 'text/plain', text: teamList(held) }] }),
  );
  server.registerPrompt(
    'answer_customer',
    {
      title: 'Answer a customer',
      description: "Drafts an answer to the customer of an issue.",
      argsSchema: z.object({ key: z.string().describe('Issue key, such as DEMO-1') }),
    },
    ({ key }) => ({
      messages: [{ role: 'user', content: { type: 'text', text: draftPrompt(held, key) } }],
    }),
  );
  return server;
}

function issueTools(server, held) {
  server.registerTool(
    'search_issues',
    {
      title: 'Search issues',
      description: 'Finds issues whose summary, description, people or customer contain the text. Empty text finds all.',
      inputSchema: z.object({ text: z.string().default('') }),
      outputSchema: z.object({ issues: z.array(issueHead), total: z.number().int() }),
      annotations: reads,
    },
    async ({ text }) => {
      const issues = held.issues.filter((issue) => contains(issue, text)).map(head);
      return both({ issues, total: issues.length }, issues.map((issue) =>
        `${issue.key} [${issue.status}] ${issue.summary} (assignee: ${issue.assignee.displayName})`).join('\n') || 'No issues.');
    },
  );
  server.registerTool(
    'get_issue',
    {
      title: 'Read an issue',
      description: 'Reads one issue with its customer, description and comments.',
      inputSchema: z.object({ key: issueKey }),
      outputSchema: issueHead.extend({
        description: z.string(),
        created: z.string(),
        labels: z.array(z.string()),
        comments: z.array(z.object({ author: user, created: z.string(), body: z.string() })),
      }),
      annotations: reads,
    },
    async ({ key }) => {
      const issue = held.issues.find((candidate) => candidate.key === key);
      return issue ? both(issue, JSON.stringify(issue, null, 2)) : failure(`There is no issue ${key}.`);
    },
  );
  server.registerTool(
    'add_comment',
    {
      title: 'Comment on an issue',
      description: 'Adds a comment to an issue.',
      inputSchema: z.object({ key: issueKey, body: z.string() }),
      annotations: writes,
    },
    async ({ key, body }) => {
      const issue = held.issues.find((candidate) => candidate.key === key);
      if (!issue) return failure(`There is no issue ${key}.`);
      issue.comments.push({ author: issue.assignee, created: new Date().toISOString(), body });
      return text(`Comment added to ${key}: ${body}`);
    },
  );
  server.registerTool(
    'delete_issue',
    {
      title: 'Delete an issue',
      description: 'Deletes an issue and its comments for good.',
      inputSchema: z.object({ key: issueKey }),
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    },
    async ({ key }) => {
      const at = held.issues.findIndex((candidate) => candidate.key === key);
      if (at < 0) return failure(`There is no issue ${key}.`);
      held.issues.splice(at, 1);
      return text(`Issue ${key} is deleted.`);
    },
  );
}

function mailTools(server, held) {
  server.registerTool(
    'list_mails',
    {
      title: 'List mails',
      description: 'Lists the mails in the inbox: sender, recipients and subject.',
      inputSchema: z.object({}),
      outputSchema: z.object({ mails: z.array(mailHead) }),
      annotations: reads,
    },
    async () => {
      const mails = held.mails.map(({ body: _body, ...mail }) => mail);
      return both({ mails }, mails.map((mail) => `${mail.id} ${mail.from.name} <${mail.from.address}>: ${mail.subject}`).join('\n'));
    },
  );
  server.registerTool(
    'get_mail',
    {
      title: 'Read a mail',
      description: 'Reads one mail.',
      inputSchema: z.object({ id: z.string() }),
      outputSchema: mailHead.extend({ body: z.string() }),
      annotations: reads,
    },
    async ({ id }) => {
      const mail = held.mails.find((candidate) => candidate.id === id);
      return mail ? both(mail, `From: ${mail.from.name} <${mail.from.address}>\nSubject: ${mail.subject}\n\n${mail.body}`)
        : failure(`There is no mail ${id}.`);
    },
  );
  server.registerTool(
    'send_mail',
    {
      title: 'Send a mail',
      description: 'Sends a mail to one person.',
      inputSchema: z.object({ to: z.string().describe('E-mail address'), subject: z.string(), body: z.string() }),
      annotations: { ...writes, openWorldHint: true },
    },
    async ({ to, subject }) => {
      if (!/^[^@\s]+@[^@\s]+$/.test(to)) return failure(`"${to}" is not an e-mail address.`);
      return text(`Mail "${subject}" sent to ${to}.`);
    },
  );
}

function calendarTools(server, held) {
  server.registerTool(
    'list_events',
    {
      title: 'List calendar entries',
      description: 'Lists the calendar entries that start on or after a day.',
      inputSchema: z.object({ from: z.string().default('').describe('Day such as 2026-11-24; empty for all') }),
      outputSchema: z.object({ events: z.array(event) }),
      annotations: reads,
    },
    async ({ from }) => {
      const events = held.events.filter((candidate) => candidate.start >= from);
      return both({ events }, events.map((entry) =>
        `${entry.start} ${entry.title}, ${entry.location}, with ${entry.attendees.map((who) => who.displayName).join(', ')}`).join('\n'));
    },
  );
  server.registerTool(
    'create_event',
    {
      title: 'Create a calendar entry',
      description: 'Puts an entry into the calendar and invites people by e-mail address.',
      inputSchema: z.object({ title: z.string(), start: z.string(), end: z.string(), attendees: z.array(z.string()) }),
      outputSchema: z.object({ id: z.string(), attendees: z.array(z.string()) }),
      annotations: writes,
    },
    async ({ title, start, end, attendees }) => {
      const id = `event-${held.events.length + 1}`;
      held.events.push({
        id, title, start, end, location: '',
        organizer: { displayName: 'Demo office', email: 'office@example.com' },
        attendees: attendees.map((email) => ({ displayName: email, email })),
      });
      return both({ id, attendees }, `Created ${id} "${title}", invited ${attendees.join(', ') || 'nobody'}.`);
    },
  );
}

function reportTool(server, held) {
  server.registerTool(
    'export_report',
    {
      title: 'Export a report',
      description: 'Goes through all issues slowly and says how far it is; ends with the customers of all open issues.',
      inputSchema: z.object({ pause_ms: z.number().int().min(0).max(60_000).default(300) }),
      annotations: reads,
    },
    async ({ pause_ms }, context) => {
      const token = context.mcpReq._meta?.progressToken;
      const lines = [];
      for (const [index, issue] of held.issues.entries()) {
        await sleep(pause_ms, undefined, { signal: context.mcpReq.signal });
        if (token !== undefined) {
          await context.mcpReq.notify({
            method: 'notifications/progress',
            params: {
              progressToken: token,
              progress: index + 1,
              total: held.issues.length,
              message: `${issue.key}, reported by ${issue.reporter.displayName} <${issue.reporter.emailAddress}>`,
            },
          });
        }
        if (issue.customer) lines.push(`${issue.key};${issue.customer.name};${issue.customer.email};${issue.customer.phone}`);
      }
      return text(`key;name;email;phone\n${lines.join('\n')}`);
    },
  );
}

function teamList(held) {
  const people = new Map(held.issues.flatMap(({ reporter, assignee }) => [reporter, assignee]).map((who) => [who.accountId, who]));
  return [...people.values()].map((who) => `${who.displayName} <${who.emailAddress}>`).join('\n');
}

function draftPrompt(held, key) {
  const issue = held.issues.find((candidate) => candidate.key === key);
  if (!issue?.customer) return `There is no customer to answer in issue ${key}.`;
  const { customer, assignee, summary, description } = issue;
  return (
    `Write to ${customer.name} <${customer.email}>, for ${assignee.displayName} <${assignee.emailAddress}>, ` +
    `about "${summary}":\n\n${description}`
  );
}

const reads = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
const writes = { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false };

const issueKey = z.string().describe('Issue key, such as DEMO-1');
const user = z.object({ displayName: z.string(), emailAddress: z.string(), accountId: z.string() });
const customer = z.object({ name: z.string(), email: z.string(), phone: z.string() });
const issueHead = z.object({
  key: z.string(),
  summary: z.string(),
  status: z.string(),
  priority: z.string(),
  reporter: user,
  assignee: user,
  customer: customer.nullable(),
});
const mailbox = z.object({ name: z.string(), address: z.string() });
const mailHead = z.object({
  id: z.string(), from: mailbox, to: z.array(mailbox), subject: z.string(), date: z.string(),
});
const attendee = z.object({ displayName: z.string(), email: z.string() });
const event = z.object({
  id: z.string(),
  title: z.string(),
  start: z.string(),
  end: z.string(),
  location: z.string(),
  organizer: attendee,
  attendees: z.array(attendee),
});

function head({ key, summary, status, priority, reporter, assignee, customer }) {
  return { key, summary, status, priority, reporter, assignee, customer };
}

function contains(issue, text) {
  return JSON.stringify(issue).toLowerCase().includes(text.toLowerCase());
}

function both(structuredContent, text) {
  return { content: [{ type: 'text', text }], structuredContent };
}

function text(text) {
  return { content: [{ type: 'text', text }] };
}

function failure(message) {
  return { isError: true, ...text(message) };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text === '' ? undefined : text;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { url } = await startService({ port: Number(process.env.PORT ?? 8789) });
  console.log(`ready ${url}/mcp`);
}
