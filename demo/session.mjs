// An AI client's sign-in, for either generation of the official SDK: discovery, registration, PKCE and tokens are the
// SDK's own; the person in front of the browser is browser.mjs.

import { randomUUID } from 'node:crypto';

import { signIn } from './browser.mjs';

/** Where the AI client takes its codes back. Nothing listens there: the browser stops at it. */
export const redirectUri = 'http://127.0.0.1:33418/callback';

/** What the SDK asks an application to remember, kept in memory. Both generations use this shape. */
export class Account {
  redirectUrl = redirectUri;
  clientMetadata;
  /** Where the person was sent to sign in. */
  authorizationUrl;
  #state;
  #client;
  #tokens;
  #verifier;
  #discovery;

  constructor(clientName) {
    this.clientMetadata = {
      client_name: clientName,
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    };
  }

  state() {
    return (this.#state = randomUUID());
  }

  /** Whether the person came back from where they were sent. */
  recognizes(callback) {
    return callback.searchParams.get('state') === this.#state;
  }

  clientInformation() {
    return this.#client;
  }

  saveClientInformation(client) {
    this.#client = client;
  }

  tokens() {
    return this.#tokens;
  }

  saveTokens(tokens) {
    this.#tokens = tokens;
  }

  redirectToAuthorization(url) {
    this.authorizationUrl = url;
  }

  saveCodeVerifier(verifier) {
    this.#verifier = verifier;
  }

  codeVerifier() {
    return this.#verifier;
  }

  saveDiscoveryState(discovery) {
    this.#discovery = discovery;
  }

  discoveryState() {
    return this.#discovery;
  }
}

/**
 * Connects an SDK's client as a person; the first attempt is refused, which is what starts the sign-in.
 *
 * @param {object} options
 * @param {() => any} options.client Makes the SDK's client.
 * @param {(url: URL, options: object) => any} options.transport Makes the SDK's streamable HTTP transport.
 * @param {string} options.url The gateway's address for one service.
 * @param {string} [options.person] The `sub` of one of the demo's people.
 * @param {boolean} [options.legacy] Whether this is the SDK's first generation, which takes a bare code.
 * @param {Account} [options.account]
 * @param {(url: URL) => Promise<URL>} [options.visit] Brings a person to a URL, and answers with the one they come back to.
 */
export async function connect({
  client,
  transport,
  url,
  person,
  legacy = false,
  account = new Account('mcpgate demo client'),
  visit = (address) => signIn({ url: address, redirectUri, person }),
}) {
  const open = () => transport(new URL(url), { authProvider: account });
  const first = open();
  try {
    const connected = client();
    await connected.connect(first);
    return { client: connected, account };
  } catch (error) {
    if (!account.authorizationUrl) throw error;
  }
  await allow({ transport: first, account, legacy, visit });
  const connected = client();
  await connected.connect(open());
  return { client: connected, account };
}

/**
 * Goes with a person where a refused attempt wants them to sign in, and takes the tokens.
 *
 * @param {object} options
 * @param {any} options.transport The SDK's transport that was refused; its provider is `account`.
 * @param {Account} options.account
 * @param {(url: URL) => Promise<URL>} options.visit As for [`connect`].
 * @param {boolean} [options.legacy] As for [`connect`].
 */
export async function allow({ transport, account, visit, legacy = false }) {
  const callback = await visit(account.authorizationUrl);
  if (!account.recognizes(callback)) throw new Error('the state that came back is not the one that was sent');
  const refused = callback.searchParams.get('error');
  if (refused) throw new Error(`${refused}: ${callback.searchParams.get('error_description') ?? ''}`);
  await transport.finishAuth(legacy ? callback.searchParams.get('code') : callback.searchParams);
}
