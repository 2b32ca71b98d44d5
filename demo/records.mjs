// What the demo service holds. Everyone and everything here is invented: reserved domains (RFC 2606), documentation
// addresses (RFC 5737, RFC 3849), telephone numbers set aside for fiction, and the published test numbers of banks and cards.

/** A fresh copy of all records, so that each service has its own. */
export function records() {
  return structuredClone({ issues, mails, events });
}

const anna = { displayName: 'Anna Beispiel', emailAddress: 'anna.beispiel@example.com', accountId: 'u-1001' };
const ben = { displayName: 'Ben Sample', emailAddress: 'ben.sample@example.com', accountId: 'u-1002' };
const juergen = { displayName: 'Jürgen Mustermann', emailAddress: 'j.mustermann@example.com', accountId: 'u-1003' };

const issues = [
  {
    key: 'DEMO-1',
    summary: 'Refund for Erika Testfrau did not arrive',
    status: 'Open',
    priority: 'High',
    reporter: ben,
    assignee: anna,
    customer: { name: 'Erika Testfrau', email: 'e.testfrau@kunde.example', phone: '+49 30 23125 042' },
    description:
      'Erika Testfrau (e.testfrau@kunde.example, +49 30 23125 042) was promised a refund of 249.90 EUR on order 40017.\n' +
      'It should go to IBAN DE89 3704 0044 0532 0130 00; she paid with card 4111 1111 1111 1111.\n' +
      'Anna Beispiel has looked at the payment log: the request came from 203.0.113.42 and was declined twice.',
    created: '2026-11-02T09:14:00Z',
    labels: ['billing', 'refund'],
    comments: [
      {
        author: ben,
        created: '2026-11-02T10:01:00Z',
        body: 'Called Erika Testfrau under +49 30 23125 042, she confirmed the IBAN. Anna Beispiel takes over.',
      },
    ],
  },
  {
    key: 'DEMO-2',
    summary: 'Anmeldung schlägt nach Passwortwechsel fehl',
    status: 'In Arbeit',
    priority: 'Medium',
    reporter: juergen,
    assignee: ben,
    customer: { name: 'Karl-Heinz Probe', email: 'kh.probe@verein.example', phone: '0171 39200 17' },
    description:
      'Herr Karl-Heinz Probe (kh.probe@verein.example, mobil 0171 39200 17) kann sich seit dem Passwortwechsel nicht mehr anmelden.\n' +
      'Letzter Versuch am 3. November von 198.51.100.23 und von 2001:db8:85a3::8a2e:370:7334.\n' +
      'Jürgen Mustermann hat das Konto geprüft, es ist nicht gesperrt.',
    created: '2026-11-03T07:40:00Z',
    labels: ['login'],
    comments: [],
  },
  {
    key: 'DEMO-3',
    summary: 'Update the office plants rota',
    status: 'Done',
    priority: 'Low',
    reporter: anna,
    assignee: ben,
    customer: null,
    description: 'The rota on the kitchen door is three months old. Version 2.4.0 of the template is in the shared folder.',
    created: '2026-10-12T12:00:00Z',
    labels: ['office'],
    comments: [],
  },
];

const mails = [
  {
    id: 'mail-1',
    from: { name: 'Erika Testfrau', address: 'e.testfrau@kunde.example' },
    to: [{ name: 'Anna Beispiel', address: 'anna.beispiel@example.com' }],
    subject: 'Meine Rückzahlung zu Bestellung 40017',
    date: '2026-11-04T16:22:00Z',
    body:
      'Liebe Frau Beispiel,\n\nbitte überweisen Sie die 249,90 EUR auf mein Konto DE89370400440532013000.\n' +
      'Sie erreichen mich unter +49 30 23125 042.\n\nViele Grüße\nErika Testfrau',
  },
  {
    id: 'mail-2',
    from: { name: 'Oliver Fictional', address: 'oliver@supplier.example' },
    to: [
      { name: 'Ben Sample', address: 'ben.sample@example.com' },
      { name: 'Jürgen Mustermann', address: 'j.mustermann@example.com' },
    ],
    subject: 'Invoice 2026-117',
    date: '2026-11-05T08:05:00Z',
    body:
      'Hi Ben,\n\nour bank has changed: please use GB82 WEST 1234 5698 7654 32 from now on.\n' +
      'Call me on +44 7700 900123 or +1 415-555-0132 if that looks odd.\n\nOliver Fictional',
  },
];

const events = [
  {
    id: 'event-1',
    title: 'Refund call with Erika Testfrau',
    start: '2026-11-24T09:00:00Z',
    end: '2026-11-24T09:30:00Z',
    location: 'Telefon: +49 30 23125 042',
    organizer: { displayName: 'Anna Beispiel', email: 'anna.beispiel@example.com' },
    attendees: [
      { displayName: 'Erika Testfrau', email: 'e.testfrau@kunde.example' },
      { displayName: 'Ben Sample', email: 'ben.sample@example.com' },
    ],
  },
  {
    id: 'event-2',
    title: 'Quarterly review',
    start: '2026-11-25T13:00:00Z',
    end: '2026-11-25T14:00:00Z',
    location: 'Room 4',
    organizer: { displayName: 'Ben Sample', email: 'ben.sample@example.com' },
    attendees: [{ displayName: 'Jürgen Mustermann', email: 'j.mustermann@example.com' }],
  },
];
