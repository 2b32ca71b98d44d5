// What is there without asking anybody: tools with every kind of content, resources, prompts, completion, logging.

import { setTimeout as sleep } from 'node:timers/promises';

import { ResourceTemplate, fromJsonSchema } from '@modelcontextprotocol/server';
import * as z from 'zod';

/** Registers it. `notify` tells the listeners of 2026-07-28 that a list has changed. */
export function registerContent(server, notify) {
  contentTools(server);
  streamTools(server);
  schemaTools(server);
  changeTools(server, notify);
  resources(server);
  prompts(server);
  // Nothing is completed, and a level is only taken note of: the answers are what is asked for.
  server.server.setRequestHandler('completion/complete', () => ({ completion: { values: [], total: 0, hasMore: false } }));
  for (const method of ['logging/setLevel', 'resources/subscribe', 'resources/unsubscribe']) {
    server.server.setRequestHandler(method, () => ({}));
  }
}

/** One red pixel. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
/** One sample of silence. */
const wav = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=';

const image = { type: 'image', data: png, mimeType: 'image/png' };

function contentTools(server) {
  const answers = {
    test_simple_text: [text('This is a simple text response for testing.')],
    test_image_content: [image],
    test_audio_content: [{ type: 'audio', data: wav, mimeType: 'audio/wav' }],
    test_embedded_resource: [embedded('test://embedded-resource', 'text/plain', 'This is an embedded resource content.')],
    test_multiple_content_types: [
      text('Multiple content types test:'),
      image,
      embedded('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
    ],
    // An answer that is no question to the client, in the middle of a stream or otherwise.
    test_streaming_elicitation: [text('Answered without a question.')],
  };
  for (const [name, content] of Object.entries(answers)) {
    server.registerTool(name, { description: `Answers with ${content.map(({ type }) => type).join(', ')}` }, () => ({ content }));
  }
  server.registerTool('test_error_handling', { description: 'Fails' }, () => {
    throw new Error('This tool intentionally returns an error for testing');
  });
}

function streamTools(server) {
  const none = { inputSchema: z.object({}) };
  server.registerTool('test_tool_with_logging', { description: 'Logs three lines', ...none }, async (_, { mcpReq }) => {
    for (const data of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
      await mcpReq.notify({ method: 'notifications/message', params: { level: 'info', data } });
      await sleep(50);
    }
    return { content: [text('Logged.')] };
  });
  server.registerTool('test_logging_tool', { description: 'Logs a line to who asked for it', ...none }, async (_, { mcpReq }) => {
    await mcpReq.log('info', 'for requests that name a log level');
    return { content: [text('Logged, if that was wanted.')] };
  });
  server.registerTool('test_tool_with_progress', { description: 'Says how far it is', ...none }, async (_, { mcpReq }) => {
    const token = mcpReq._meta?.progressToken;
    for (const progress of token === undefined ? [] : [0, 50, 100]) {
      await mcpReq.notify({ method: 'notifications/progress', params: { progressToken: token, progress, total: 100 } });
      await sleep(50);
    }
    return { content: [text(String(token ?? 'no progress token'))] };
  });
  server.registerTool('test_reconnection', { description: 'Ends its stream before it answers', ...none }, async (_, context) => {
    context.http?.closeSSE?.();
    await sleep(100);
    return { content: [text('The client came back for this.')] };
  });
}

function schemaTools(server) {
  const region = { type: 'string', description: 'Mirrored into Mcp-Param-Region', 'x-mcp-header': 'Region' };
  server.registerTool(
    'test_x_mcp_header',
    {
      description: 'Has an argument that is mirrored into a header',
      inputSchema: fromJsonSchema({ type: 'object', properties: { region, level: { type: 'integer' } } }),
    },
    (args) => ({ content: [text(`region: ${args.region ?? 'none'}`)] }),
  );
  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'Has a schema of many keywords', inputSchema: fromJsonSchema(contact) },
    (args) => ({ content: [text(JSON.stringify(args))] }),
  );
}

/** A schema with the keywords of JSON Schema 2020-12 that have to survive. */
const contact = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};

function changeTools(server, notify) {
  const none = { inputSchema: z.object({}) };
  server.registerTool('test_trigger_tool_change', { description: 'Says that the tools have changed', ...none }, () => {
    notify.toolsChanged();
    return { content: [text('Said.')] };
  });
  server.registerTool('test_trigger_prompt_change', { description: 'Says that the prompts have changed', ...none }, () => {
    notify.promptsChanged();
    return { content: [text('Said.')] };
  });
}

function resources(server) {
  const fixed = (name, mimeType, body) => {
    const uri = `test://${name}`;
    const description = `The resource ${name}`;
    server.registerResource(name, uri, { title: name, description, mimeType }, () => ({ contents: [{ uri, mimeType, ...body }] }));
  };
  fixed('static-text', 'text/plain', { text: 'This is the content of the static text resource.' });
  fixed('static-binary', 'image/png', { blob: png });
  fixed('watched-resource', 'text/plain', { text: 'Watched resource content' });
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { title: 'Template', description: 'One for each id', mimeType: 'application/json' },
    (uri, { id }) => {
      const body = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
      return { contents: [{ uri: uri.href, mimeType: 'application/json', text: body }] };
    },
  );
}

function prompts(server) {
  server.registerPrompt('test_simple_prompt', { description: 'Without arguments' }, () => ({
    messages: [user(text('This is a simple prompt for testing.'))],
  }));
  server.registerPrompt(
    'test_prompt_with_arguments',
    {
      description: 'With arguments',
      argsSchema: z.object({ arg1: z.string().describe('The first'), arg2: z.string().describe('The second') }),
    },
    ({ arg1, arg2 }) => ({ messages: [user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))] }),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'With a resource in it', argsSchema: z.object({ resourceUri: z.string().describe('Its URI') }) },
    ({ resourceUri }) => ({
      messages: [
        user(embedded(resourceUri, 'text/plain', 'Embedded resource content for testing.')),
        user(text('Please process the embedded resource above.')),
      ],
    }),
  );
  server.registerPrompt('test_prompt_with_image', { description: 'With an image in it' }, () => ({
    messages: [user(image), user(text('Please analyze the image above.'))],
  }));
}

function text(text) {
  return { type: 'text', text };
}

function embedded(uri, mimeType, text) {
  return { type: 'resource', resource: { uri, mimeType, text } };
}

function user(content) {
  return { role: 'user', content };
}
