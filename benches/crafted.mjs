// Texts that an attacker would write: what a recognizer looks out for, over and over. Work must be linear in the text, so
// four times the text may take four times as long.

const PIECES = [
  'a@', 'a@b.de ', 'Jane ', 'Jane Doe, ', '<b>', '<b>x</b>', '</', '&amp;', '&', '%20', '%', '{', '[', '{"a":', '"', '\\"',
  '| a |\n', '|', 'a,b\n', 'name,b\nJane,2\n', "INSERT INTO t (name) VALUES ('x');\n", 'INSERT INTO ', 'VALUES (', '12 ', '1',
  '1-', 'A1', 'A1 ', '=\n', '=C3', 'https://', 'https://x/', 'password=', 'password: x ', 'Mr. ', '\\u00fc', '\\u', '- ',
  'Jane: ', 'From: ', '[10:30] Jane: x\n', 'Jane (10:30): x\n', 'jane.doe', 'jane_', '@jane ', 'M-A 1 ', 'geb. ', 'born ',
  'passport ', '12.05.1980 ', 'Mr Doe, 12/05/1980, ', '12 Oak Street, ', 'ul. ', 'via ', 'Person-', 'Person-R2Q17G7QZ7B0 ',
  'x@email.invalid ', 'eyJ', '-----BEGIN ', 'AKIA', 'user=', 'for x from ', 'Bearer ', 'é', '\u200b', '李', 'a\u0301', '(', "'",
  ';', ':', '\n', '\t', ' ', 'a', 'A', 'aA', 'J. ', 'de ', 'van der ', 'Doe, ', 'jane doe ', '2001:db8::', '1.2.3.', '00:1a:',
  '//', '..', '--', '__', '==', '``', '**', '</td><td>', 'BEGIN:VCARD\nFN:J\n', 'key: value\n', 'a=b ', 'a="b" ', 'PK', 'YWJj',
  'Subject: x\n\n', '- Author:\n', '- Date:\n- Owner:\n', 'sk-', 'eyJ.', 'xoxb-', 'CV ', 'user x ', 'thx\n\n', 'a/192.0.2.1:5 ', 'Ann\n\n',
  'Content-Transfer-Encoding: base64\n', 'Content-Transfer-Encoding: quoted-printable\n=C3', '=?x?B?YWJj?=\n', '<20240101112233aB000000@x.example> ',
  'https://x/@aa/b ', '<password>', '<key>password</key>', '<a value="x" ', '>', '|password', 'password\t', ';password=a ', 'mysql -p ', 'login: ',
  'postgres://a:', '://a@b.de:', "x://a'", ':AA', 'An der 17. ', 'Zeil 45, 60313 ', 'jdoe ',
];

const SIZES = [64 * 1024, 256 * 1024];

/**
 * How many times as long a byte takes in the longer of two crafted texts, the worst pieces first.
 * @param {(line: object) => number} seconds - how long masking a document takes
 */
export function growth(seconds) {
  const texts = (piece) => SIZES.map((size) => piece.repeat(Math.floor(size / Buffer.byteLength(piece))));
  const of = (piece, document) => {
    const [short, long] = texts(piece).map((text) => Math.min(...[0, 1].map(() => seconds(document(text)))));
    return { piece, ratio: (long / short) * (SIZES[0] / SIZES[1]) };
  };
  const all = PIECES.flatMap((piece) => [of(piece, (text) => ({ text })), of(piece, (text) => ({ doc: [text] }))]);
  return all.sort((a, b) => b.ratio - a.ratio);
}
