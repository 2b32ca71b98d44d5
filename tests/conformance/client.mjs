// What the suite runs when it tests a client: it says where its service listens, and this is where the gateway's
// service is from then on. An official client then does through the gateway what the scenario is about.
//
//   MCP_CONFORMANCE_SCENARIO           the scenario, from the suite
//   MCP_CONFORMANCE_PROTOCOL_VERSION   its revision, from the suite
//   MCP_CONFORMANCE_CONTEXT            what else it says of it, as JSON
//   MCPGATE_SERVICE                    the file that says where the gateway's service listens
//   MCPGATE_URL                        the gateway's address for that service, signed in

import { writeFile } from 'node:fs/promises';

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const revision = process.env.MCP_CONFORMANCE_PROTOCOL_VERSION;
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}');

/** What a client does in each scenario, once it is connected. Most of them look at what the service got to see. */
const plays = {
  initialize: (client) => client.listTools(),
  tools_call: async (client) => {
    await client.listTools();
    await client.callTool({ name: 'add_numbers', arguments: { a: 5, b: 3 } });
  },
  'elicitation-sep1034-client-defaults': (client) => callFirst(client),
  'sse-retry': (client) => callFirst(client),
  // The first request is refused for its revision, and has to be tried again with another.
  'request-metadata': (client) => client.listTools(),
  'sep-2322-client-request-state': async (client) => {
    for (const name of ['test_mrtr_echo_state', 'test_mrtr_no_state', 'test_mrtr_unrelated']) {
      await client.callTool({ name, arguments: {} });
    }
    // Has no resultType: the client may refuse it, and must not ask again.
    await client.callTool({ name: 'test_mrtr_no_result_type', arguments: {} }).catch(() => {});
  },
  'http-standard-headers': async (client) => {
    await callFirst(client);
    const { resources } = await client.listResources();
    await client.readResource({ uri: resources[0].uri });
    const { prompts } = await client.listPrompts();
    await client.getPrompt({ name: prompts[0].name, arguments: {} });
  },
  'http-custom-headers': async (client) => {
    await client.listTools();
    for (const call of context.toolCalls) await client.callTool({ name: call.name, arguments: call.arguments });
  },
  'http-invalid-tool-headers': async (client) => {
    const { tools } = await client.listTools();
    for (const { name } of tools) await client.callTool({ name, arguments: { region: 'us-west1' } });
  },
  'json-schema-ref-no-deref': (client) => client.listTools(),
  'json-schema-2020-12-preservation': async (client) => {
    const { tools } = await client.listTools();
    const { inputSchema } = tools.find(({ name }) => name === 'json_schema_2020_12_tool');
    await client.callTool({ name: 'json_schema_echo', arguments: { schema: inputSchema } });
  },
};

async function callFirst(client) {
  const { tools } = await client.listTools();
  await client.callTool({ name: tools[0].name, arguments: {} });
}

// Nobody else ends a client that waits for ever.
setTimeout(() => {
  console.error('the client did not come to its end');
  process.exit(1);
}, 25_000).unref();

const play = plays[process.env.MCP_CONFORMANCE_SCENARIO];
if (!play) throw new Error(`no client for the scenario ${process.env.MCP_CONFORMANCE_SCENARIO}`);
await writeFile(process.env.MCPGATE_SERVICE, process.argv[2]);

const client = new Client(
  { name: 'mcpgate-conformance-client', version: '1.0.0' },
  {
    capabilities: { elicitation: { form: { applyDefaults: true } }, sampling: {}, roots: { listChanged: true } },
    versionNegotiation: { mode: revision === '2026-07-28' ? 'auto' : 'legacy' },
  },
);
client.setRequestHandler('elicitation/create', ({ params }) => ({
  action: 'accept',
  // Left empty, the SDK fills in the defaults.
  content: params.requestedSchema.properties.confirmed ? { confirmed: true } : {},
}));
await client.connect(new StreamableHTTPClientTransport(new URL(process.env.MCPGATE_URL)));
await play(client);
await client.close();
