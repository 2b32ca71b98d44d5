// The demo's OpenID Provider: the certified `oidc-provider` with a page where you pick who you are.
//
// It has no passwords. Sessions and grants live in memory and end with the process; its key does too, unless it is
// given a file. It exists under `make run` and in tests only, and listens on loopback only.

import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

import { escape, listen, stopper } from './http.mjs';
import { people } from './people.mjs';

const { Provider, interactionPolicy } = await quietly(() => import('oidc-provider'));

/**
 * Starts the provider.
 *
 * @param {object} options
 * @param {number} options.port 0 takes a free one.
 * @param {string} options.clientSecret What the gateway proves itself with.
 * @param {string[]} options.gateways Public URLs of the gateways that may send people here.
 * @param {string} [options.keyFile] Where its key outlasts a restart.
 * @param {import('./people.mjs').Person[]} [options.persons] Who can sign in.
 * @param {object} [options.client] What else the gateway is registered with.
 * @param {object} [options.settings] Further settings of `oidc-provider`.
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startIdentityProvider({ port, clientSecret, gateways, keyFile, persons = people, client, settings }) {
  // The issuer is the URL, so the port has to be known before the provider is made.
  const server = createServer();
  const url = await listen(server, port, 'demo identity provider');
  const key = await signingKey(keyFile);
  const provider = await newProvider(url, {
    clients: [
      {
        client_id: 'mcpgate',
        client_name: 'mcpgate',
        client_secret: clientSecret,
        redirect_uris: gateways.map((gateway) => `${gateway}/callback`),
        post_logout_redirect_uris: gateways,
        response_types: ['code'],
        grant_types: ['authorization_code'],
        id_token_signed_response_alg: 'RS256',
        ...client,
      },
    ],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    jwks: { keys: [key] },
    pkce: { required: () => true },
    scopes: ['openid', 'profile', 'email'],
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
    // Providers that companies use put e-mail and name into the ID token; so does this one.
    conformIdTokenClaims: false,
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 3600, Grant: 3600 },
    features: { rpInitiatedLogout: { enabled: true } },
    loadExistingGrant: grantOwnGateway,
    ...settings,
  }, persons);
  server.on('request', picksPeople(provider, persons));
  return { url, stop: stopper(server) };
}

/**
 * An `oidc-provider` at which one picks who one is.
 *
 * @param {string} url Its issuer.
 * @param {object} settings Those of `oidc-provider`.
 * @param {import('./people.mjs').Person[]} [persons] Who can sign in.
 */
export function newProvider(url, { features, ...settings }, persons = people) {
  return quietly(() => new Provider(url, {
    cookies: { keys: [crypto.randomUUID()] },
    features: { devInteractions: { enabled: false }, ...features },
    interactions: { policy: alwaysAsk(), url: (_ctx, interaction) => `/who/${interaction.uid}` },
    findAccount: (_ctx, sub) => {
      const person = persons.find((candidate) => candidate.sub === sub);
      return person && {
        accountId: sub,
        claims: () => ({ sub, name: person.name, email: person.email, email_verified: person.verified }),
      };
    },
    renderError: (ctx, out) => {
      ctx.type = 'html';
      ctx.body = page('That did not work', `<p>${escape(out.error)}: ${escape(out.error_description ?? '')}</p>`);
    },
    ...settings,
  }));
}

/** Answers the requests to a provider, and those to its page where a person is picked. */
export function picksPeople(provider, persons = people) {
  const callback = provider.callback();
  return async (request, response) => {
    if (!request.url?.startsWith('/who/')) {
      callback(request, response);
      return;
    }
    try {
      await who(provider, persons, request, response);
    } catch (error) {
      response.writeHead(400, html).end(page('That did not work', `<p>${escape(error.message)}</p>`));
    }
  };
}

/** The page where a person is picked, and the form's answer. */
async function who(provider, persons, request, response) {
  const interaction = await provider.interactionDetails(request, response);
  if (request.method === 'POST') {
    let form = '';
    for await (const chunk of request) form += chunk;
    const person = persons.find((candidate) => candidate.sub === new URLSearchParams(form).get('person'));
    const result = person
      ? { login: { accountId: person.sub, remember: false } }
      : { error: 'access_denied', error_description: 'nobody was picked' };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    return;
  }
  const choices = persons.map(
    (person) => `<li><button name="person" value="${escape(person.sub)}"><b>${escape(person.name)}</b><br>
      ${escape(person.email)} <i>(${escape(person.note)})</i></button></li>`,
  );
  response.writeHead(200, html).end(page('Who are you today?', `
    <form method="post" action="/who/${escape(interaction.uid)}"><ul>${choices.join('')}
    <li><button name="person" value=""><b>Nobody</b><br>refuse to sign in</button></li></ul></form>
    <p>Demo identity provider: everyone here is invented, and there are no passwords.</p>`));
}

/** Asks who you are at every sign-in, so that one browser can play several people. */
function alwaysAsk() {
  const policy = interactionPolicy.base();
  policy.get('login').checks.add(
    new interactionPolicy.Check('pick_a_person', 'a person must be picked', (ctx) =>
      ctx.oidc.result?.login
        ? interactionPolicy.Check.NO_NEED_TO_PROMPT
        : interactionPolicy.Check.REQUEST_PROMPT,
    ),
  );
  return policy;
}

/** The gateway is the company's own: what it asks for is granted without a second page. */
async function grantOwnGateway(ctx) {
  const grant = new ctx.oidc.provider.Grant({
    clientId: ctx.oidc.client.clientId,
    accountId: ctx.oidc.session.accountId,
  });
  grant.addOIDCScope('openid profile email');
  await grant.save();
  return grant;
}

/** Without the package's warnings about Node 20 and storage in memory: this provider is not meant to last. */
async function quietly(work) {
  const { warn } = console;
  console.warn = () => {};
  try {
    return await work();
  } finally {
    console.warn = warn;
  }
}

/** The key of ID tokens: the file's, or a new one, which is then kept there. */
async function signingKey(file) {
  if (file) {
    const kept = await readFile(file, 'utf8').catch(() => undefined);
    if (kept) return JSON.parse(kept);
  }
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' };
  if (file) await writeFile(file, JSON.stringify(key), { mode: 0o600 });
  return key;
}

const html = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };

function page(title, body) {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>
body{font:16px/1.5 system-ui,sans-serif;max-width:30rem;margin:3rem auto;padding:0 1rem}
ul{list-style:none;padding:0}button{font:inherit;text-align:left;width:100%;padding:.6rem 1rem;margin:.2rem 0;cursor:pointer}
</style><h1>${title}</h1>${body}</html>`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const clientSecret = process.env.OIDC_CLIENT_SECRET;
  if (!clientSecret) {
    console.error('demo identity provider: OIDC_CLIENT_SECRET is not set; `make run` sets it');
    process.exit(1);
  }
  const { url } = await startIdentityProvider({
    port: Number(process.env.PORT ?? 8788),
    clientSecret,
    gateways: (process.env.GATEWAY_URL ?? 'http://127.0.0.1:8787').split(','),
  });
  console.log(`ready ${url}`);
}
