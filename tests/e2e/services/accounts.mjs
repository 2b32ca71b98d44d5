// A service where each person, or the gateway itself, has an account of their own, and its authorization server: the certified `oidc-provider`,
// as strict as it can be told to be.
//
// PKCE with S256 for everybody, a resource in every question (RFC 8707), tokens for that resource alone, refresh tokens
// that are good once and take everything along when they come a second time, `iss` in every answer (RFC 9207).

import { AsyncLocalStorage } from 'node:async_hooks';
import { createServer } from 'node:http';

import { toNodeHandler } from '@modelcontextprotocol/node';
import { McpServer, createMcpHandler } from '@modelcontextprotocol/server';

import { listen, stopper } from '../../../demo/http.mjs';
import { newProvider, picksPeople } from '../../../demo/identity-provider.mjs';

/** The gateway's secret there, as the client `gateway`. */
export const ownSecret = 'a secret of the gateway: +%';

/** Nothing can be asked for but this. */
const scope = 'office offline_access';

/**
 * Starts both.
 *
 * @param {object} [options]
 * @param {number} [options.lifetime] Of an access token, in seconds.
 * @param {object[]} [options.keys] The gateway's public keys, as the client `keyed-gateway`.
 * @returns {Promise<{ url: string, issuer: string, seen: string[], provider: import('oidc-provider').default, stop: () => Promise<void> }>}
 *   `seen` are the tokens that calls came with.
 */
export async function startAccounts({ lifetime = 600, keys = [] } = {}) {
  const [serviceServer, providerServer] = [createServer(), createServer()];
  const resource = `${await listen(serviceServer, 0, 'the service with accounts')}/mcp`;
  const issuer = await listen(providerServer, 0, 'its authorization server');
  const provider = await newProvider(issuer, {
    clientAuthMethods: ['client_secret_basic', 'private_key_jwt', 'none'],
    clients: [
      { client_id: 'gateway', client_secret: ownSecret, token_endpoint_auth_method: 'client_secret_basic' },
      { client_id: 'keyed-gateway', jwks: { keys }, token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256' },
    ].filter(({ jwks }) => jwks?.keys.length !== 0).map((client) => ({ ...client, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] })),
    enabledJWA: { clientAuthSigningAlgValues: ['ES256'] },
    pkce: { required: () => true },
    scopes: scope.split(' '),
    rotateRefreshToken: true,
    issueRefreshToken: () => true,
    ttl: { AccessToken: lifetime, ClientCredentials: lifetime, AuthorizationCode: 30, RefreshToken: 3600, Interaction: 600, Session: 3600, Grant: 3600 },
    features: {
      registration: { enabled: true },
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      resourceIndicators: {
        enabled: true,
        // No resource is no question.
        defaultResource: () => { throw new provider.errors.InvalidTarget('say which resource'); },
        useGrantedResource: () => false,
        getResourceServerInfo: (_ctx, indicator) => {
          if (indicator !== resource) throw new provider.errors.InvalidTarget('there is no such resource');
          return { scope, audience: resource, accessTokenFormat: 'opaque' };
        },
      },
    },
    loadExistingGrant: async (ctx) => {
      const { client, session, params } = ctx.oidc;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope(params.scope ?? '');
      grant.addResourceScope(resource, params.scope ?? '');
      await grant.save();
      return grant;
    },
  });
  providerServer.on('request', picksPeople(provider));

  const account = new AsyncLocalStorage();
  const mcp = createMcpHandler(() => build(account.getStore()));
  const handle = toNodeHandler(mcp);
  const seen = [];
  serviceServer.on('request', async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', resource);
    if (pathname === '/.well-known/oauth-protected-resource/mcp') {
      const metadata = { resource, authorization_servers: [issuer], scopes_supported: scope.split(' ') };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata));
      return;
    }
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const found = token && ((await provider.AccessToken.find(token)) ?? (await provider.ClientCredentials.find(token)));
    if (!found || found.isExpired || ![found.aud].flat().includes(resource)) {
      const challenge = `Bearer resource_metadata="${new URL('/.well-known/oauth-protected-resource/mcp', resource)}"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
      return;
    }
    seen.push(token);
    await account.run(found.accountId ?? `of the client ${found.clientId}`, () => handle(request, response));
  });
  return {
    url: resource,
    issuer,
    seen,
    provider,
    stop: async () => {
      await mcp.close();
      await stopper(serviceServer)();
      await stopper(providerServer)();
    },
  };
}

function build(account) {
  const server = new McpServer({ name: 'accounts', version: '1.0.0' });
  server.registerTool('whoami', { description: 'Says whose account this is.', annotations: { readOnlyHint: true } }, async () => ({
    content: [{ type: 'text', text: `account ${account}` }],
  }));
  return server;
}
