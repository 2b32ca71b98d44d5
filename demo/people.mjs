// The invented people who can sign in at the demo identity provider.
//
// Each shows one way that access is decided; which of them get in is written in gateway.toml.

/** @typedef {{ sub: string, name: string, email: string, verified: boolean, note: string }} Person */

/** @type {Person[]} */
export const people = [
  { sub: 'p-anna', name: 'Anna Beispiel', email: 'anna.beispiel@example.com', verified: true, note: 'works here' },
  { sub: 'p-ben', name: 'Ben Sample', email: 'ben.sample@example.com', verified: true, note: 'works here' },
  { sub: 'p-olga', name: 'Olga Adminova', email: 'ops@example.com', verified: true, note: 'administrator' },
  { sub: 'p-gina', name: 'Gina Guest', email: 'gina.guest@partner.example', verified: true, note: 'invited guest' },
  { sub: 'p-mallory', name: 'Mallory Fremd', email: 'mallory@elsewhere.example', verified: true, note: 'domain not allowed' },
  { sub: 'p-ulli', name: 'Ulli Ungeprüft', email: 'ulli@example.com', verified: false, note: 'e-mail address not verified' },
];
