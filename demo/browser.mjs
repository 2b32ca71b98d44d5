// A person's browser, as much of it as signing in takes: cookies, redirects, forms. It runs no scripts, so it also
// shows that the pages need none.

/** @typedef {{ url: URL, status: number, html: string }} Page */
/** @typedef {{ method: string, action: string, fields: [string, string][], buttons: Button[] }} Form */
/** @typedef {{ name: string, value: string, label: string }} Button */

export class Browser {
  // Cookies belong to a host, not to a port, as in real browsers.
  #cookies = new Map();

  /**
   * Opens a URL and follows redirects, until a page is there or a redirect leads to where `arrival` says.
   *
   * @param {string | URL} url
   * @param {object} [options]
   * @param {string} [options.arrival] A redirect to a URL that begins with this is not followed.
   * @param {RequestInit} [options.request]
   * @returns {Promise<{ page: Page, arrived?: undefined } | { arrived: URL, page?: undefined }>}
   */
  async open(url, { arrival, request = {} } = {}) {
    let at = new URL(url);
    let init = request;
    for (let hops = 0; hops < 20; hops += 1) {
      const response = await fetch(at, { ...init, redirect: 'manual', headers: { ...init.headers, ...this.#header(at) } });
      this.#keep(at, response);
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || !location) {
        return { page: { url: at, status: response.status, html: await response.text() } };
      }
      at = new URL(location, at);
      if (arrival && at.href.startsWith(arrival)) return { arrived: at };
      init = {};
    }
    throw new Error(`too many redirects, the last to ${at.origin}${at.pathname}`);
  }

  /**
   * Presses a button of a form.
   *
   * @param {Page} page
   * @param {Form} form
   * @param {Button} button
   * @param {string} [arrival]
   */
  async press(page, form, button, arrival) {
    const fields = new URLSearchParams(form.fields);
    if (button.name) fields.append(button.name, button.value);
    const action = new URL(form.action || page.url.href, page.url);
    if (form.method !== 'post') {
      action.search = fields.toString();
      return this.open(action, { arrival });
    }
    return this.open(action, {
      arrival,
      request: { method: 'POST', body: fields, headers: { origin: page.url.origin, referer: page.url.href } },
    });
  }

  #header(url) {
    const cookies = [...(this.#cookies.get(url.hostname) ?? [])].filter(([, cookie]) => url.pathname.startsWith(cookie.path));
    return cookies.length ? { cookie: cookies.map(([name, { value }]) => `${name}=${value}`).join('; ') } : {};
  }

  #keep(url, response) {
    const cookies = this.#cookies.get(url.hostname) ?? new Map();
    this.#cookies.set(url.hostname, cookies);
    for (const line of response.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split(';').map((part) => part.trim());
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      const attribute = (wanted) =>
        attributes.find((text) => text.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
      const expired = attribute('max-age') === '0' || new Date(attribute('expires') ?? '9999') < new Date();
      if (expired) cookies.delete(name);
      else cookies.set(name, { value, path: attribute('path') ?? '/' });
    }
  }
}

/**
 * Goes through sign-in and consent as a person would: picks who they are, and says yes to what they are asked.
 *
 * @param {object} options
 * @param {string | URL} options.url Where the AI client sends the person.
 * @param {string} options.redirectUri Where the person is to come back to.
 * @param {string} options.person The `sub` of one of the demo's people.
 * @param {Browser} [options.browser] One that has been used before is still signed in.
 * @returns {Promise<URL>} The URL the person came back to, with its code.
 */
export async function signIn({ url, redirectUri, person, browser = new Browser() }) {
  let step = await browser.open(url, { arrival: redirectUri });
  for (let pages = 0; !step.arrived && pages < 5; pages += 1) {
    const { page } = step;
    const choice = pickButton(page, (button) => button.value === person) ?? pickButton(page, (button) => yes.test(button.label));
    if (page.status >= 400 || !choice) throw new Error(`${page.url.pathname} answers ${page.status}: ${words(page.html)}`);
    step = await browser.press(page, choice.form, choice.button, redirectUri);
  }
  if (!step.arrived) throw new Error('sign-in does not come to an end');
  return step.arrived;
}

/** The forms of a page. */
export function forms(html) {
  return [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gis)].map(([, attributes, body]) => ({
    method: (attribute(attributes, 'method') ?? 'get').toLowerCase(),
    action: attribute(attributes, 'action') ?? '',
    fields: [...body.matchAll(/<input\b([^>]*)>/gi)]
      .filter(([, input]) => !/type="?(submit|checkbox|radio)/i.test(input) || /\bchecked\b/i.test(input))
      .map(([, input]) => [attribute(input, 'name') ?? '', attribute(input, 'value') ?? '']),
    buttons: [...body.matchAll(/<button\b([^>]*)>(.*?)<\/button>/gis)].map(([, button, label]) => ({
      name: attribute(button, 'name') ?? '',
      value: attribute(button, 'value') ?? '',
      label: words(label),
    })),
  }));
}

/** The text of a page, in one line. */
export function words(html) {
  return decode(html.replace(/<(style|script|title)\b.*?<\/\1>/gis, ' ').replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim();
}

const yes = /^(allow|approve|continue|yes|accept|connect|sign in)/i;

function pickButton(page, wanted) {
  for (const form of forms(page.html)) {
    const button = form.buttons.find(wanted);
    if (button) return { form, button };
  }
  return undefined;
}

function attribute(text, name) {
  const [, quoted, bare] = new RegExp(`(?:^|\\s)${name}=(?:"([^"]*)"|([^\\s>"]+))`, 'i').exec(text) ?? [];
  const value = quoted ?? bare;
  return value === undefined ? undefined : decode(value);
}

function decode(text) {
  const named = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (all, hex, decimal, name) =>
    name ? (named[name] ?? all) : String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal)));
}
