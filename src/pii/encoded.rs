//! Characters that are written as something else: references of HTML (`&uuml;`, `&#252;`), percent-encoding (RFC 3986,
//! section 2.1), quoted-printable (RFC 2045, section 6.7), escapes of JSON in a text that is none, and tags of HTML,
//! which are no text at all.

use memchr::memmem;

use super::{packed, view};

/// A tag is no longer, in bytes.
const MAX_TAG: usize = 4096;

/// What stands at one place of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    /// How many bytes it takes.
    pub(super) length: usize,
    /// What is seen of it.
    pub(super) seen: Option<char>,
    /// It is a tag, which stays whatever is replaced around it.
    pub(super) tag: bool,
}

/// How a character is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As a reference of HTML.
    Reference,
    /// Percent-encoded.
    Percent,
}

/// How a character that is written like this is encoded, where a value in its place has to be encoded too.
pub(super) fn encoding(written: &str) -> Option<Encoding> {
    match written.as_bytes().first() {
        Some(b'&') => Some(Encoding::Reference),
        Some(b'%') => Some(Encoding::Percent),
        _ => None,
    }
}

impl Encoding {
    /// A value as it is written in this encoding.
    pub(super) fn write(self, value: &str) -> String {
        let mut written = String::with_capacity(value.len() + 8);
        match self {
            Self::Reference => {
                for char in value.chars() {
                    match char {
                        '&' => written.push_str("&amp;"),
                        '<' => written.push_str("&lt;"),
                        '>' => written.push_str("&gt;"),
                        '"' => written.push_str("&quot;"),
                        other => written.push(other),
                    }
                }
            }
            Self::Percent => {
                for byte in value.bytes() {
                    // The unreserved characters (RFC 3986, section 2.3).
                    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                        written.push(char::from(byte));
                    } else {
                        let digit = |value: u8| {
                            char::from(b"0123456789ABCDEF".get(usize::from(value)).copied().unwrap_or(b'0'))
                        };
                        written.extend(['%', digit(byte >> 4), digit(byte & 15)]);
                    }
                }
            }
        }
        written
    }
}

/// Whether a place is inside a URI with an authority.
pub(super) fn in_uri(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let ends = |char: char| char.is_whitespace() || "\"'<>()[]{}`|,;".contains(char);
    let reach = before.char_indices().rev().take(MAX_URI);
    let from = reach.take_while(|(_, char)| !ends(*char)).last().map_or(at, |(at, _)| at);
    before.get(from..).is_some_and(|head| head.contains("://"))
}

/// A URI is looked back through no further, in characters.
const MAX_URI: usize = 2048;

/// The encodings that a text holds.
#[derive(Clone, Copy, Default)]
pub(super) struct Encodings {
    /// Something that [`unit`] reads.
    units: bool,
    /// Quoted-printable: lines that go on, and bytes beyond ASCII.
    printable: bool,
    /// Encoded words of headers: `=?UTF-8?Q?J=C3=BCrgen?=`.
    words: bool,
    /// Lines of calendars and cards that go on (RFC 5545, section 3.1; RFC 6350, section 3.2).
    folded: bool,
}

impl Encodings {
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let there = |at: usize| unit(text, at).is_some();
        let units = memchr::memchr3_iter(b'&', b'%', b'<', bytes).any(there)
            || memchr::memchr_iter(b'\\', bytes).any(there);
        let goes_on = || memmem::find(bytes, b"=\n").is_some() || memmem::find(bytes, b"=\r\n").is_some();
        let printable = memchr::memchr(b'=', bytes).is_some()
            && (goes_on() || packed::written(text, "quoted-printable").next().is_some())
            && memchr::memchr_iter(b'=', bytes).any(|at| hex(bytes, at + 1).is_some());
        let words = memmem::find_iter(bytes, b"=?").any(|at| word(text, at).is_some());
        let folded = memmem::find(bytes, b"BEGIN:V").is_some() && memmem::find(bytes, b"\n ").is_some();
        Self { units, printable, words, folded }
    }

    pub(super) fn any(self) -> bool {
        self.units || self.printable || self.words || self.folded
    }

    /// What stands here, if it is not seen as it is written.
    pub(super) fn read(self, text: &str, at: usize) -> Option<Unit> {
        match text.as_bytes().get(at)? {
            b'=' | b'?' | b'_' if self.words => {
                in_word(text, at).or_else(|| if self.printable { printable(text, at) } else { None })
            }
            b'=' if self.printable => printable(text, at),
            b'\r' | b'\n' if self.folded => folded(text, at),
            b'&' | b'%' | b'<' | b'\\' | b'+' if self.units => unit(text, at),
            _ => None,
        }
    }
}

fn unit(text: &str, at: usize) -> Option<Unit> {
    match text.as_bytes().get(at)? {
        b'&' => reference(text, at),
        b'%' => percent(text, at),
        b'<' => tag(text, at),
        b'\\' => escape(text, at),
        b'+' => plus(text, at),
        _ => None,
    }
}

fn character(length: usize, char: char) -> Option<Unit> {
    // What cannot be seen is not in a text on purpose.
    let control = char.is_control() && !matches!(char, '\n' | '\r' | '\t');
    (!control).then(|| Unit { length, seen: view::seen(char), tag: false })
}

/// `&uuml;`, `&#252;`, `&#xFC;`.
fn reference(text: &str, at: usize) -> Option<Unit> {
    let rest = text.as_bytes().get(at + 1..)?;
    if let Some(b'#') = rest.first() {
        return numbered(rest);
    }
    let length = memchr::memchr(b';', rest.get(..rest.len().min(10))?)?;
    let name = text.get(at + 1..at + 1 + length)?;
    character(length + 2, named(name)?)
}

/// `#252;`, `#xFC`: browsers read it without the semicolon too.
fn numbered(rest: &[u8]) -> Option<Unit> {
    let (radix, from) = if matches!(rest.get(1), Some(b'x' | b'X')) { (16, 2) } else { (10, 1) };
    let digits =
        rest.get(from..)?.iter().take(16).take_while(|byte| char::from(**byte).is_digit(radix)).count();
    let number = std::str::from_utf8(rest.get(from..from + digits)?).ok()?;
    let char = u32::from_str_radix(number, radix).ok().and_then(char::from_u32)?;
    let end = from + digits + usize::from(rest.get(from + digits) == Some(&b';'));
    character(end + 1, if char == '\u{a0}' { ' ' } else { char })
}

fn named(name: &str) -> Option<char> {
    let find = |name: &str| {
        let mut words = NAMES.split_whitespace();
        while let (Some(known), Some(char)) = (words.next(), words.next()) {
            if known == name {
                return char.chars().next();
            }
        }
        None
    };
    match name {
        "nbsp" => return Some(' '),
        "shy" => return Some('\u{ad}'),
        _ => {}
    }
    find(name).or_else(|| {
        let (first, rest) = name.split_at_checked(1)?;
        let lower =
            find(&format!("{}{rest}", first.to_ascii_lowercase())).filter(|char| char.is_lowercase())?;
        first.starts_with(|char: char| char.is_ascii_uppercase()).then(|| lower.to_uppercase().next())?
    })
}

/// HTML, section 13.5, as far as names are written with them; letters with their small forms.
const NAMES: &str = "amp & lt < gt > quot \" apos ' lsquo ‘ rsquo ’ ndash – mdash — commat @ period . auml ä ouml ö uuml ü szlig ß \
    agrave à aacute á acirc â atilde ã aring å aelig æ ccedil ç egrave è eacute é ecirc ê euml ë igrave ì iacute í \
    icirc î iuml ï eth ð ntilde ñ ograve ò oacute ó ocirc ô otilde õ oslash ø ugrave ù uacute ú ucirc û yacute ý \
    thorn þ yuml ÿ oelig œ scaron š zcaron ž ccaron č cacute ć nacute ń sacute ś zacute ź zdot ż lstrok ł aogon ą \
    eogon ę ecaron ě rcaron ř uring ů dstrok đ scedil ş gbreve ğ inodot ı";

/// One character in percent-encoded UTF-8.
fn percent(text: &str, at: usize) -> Option<Unit> {
    coded(text, at, b'%')
}

fn coded(text: &str, at: usize, sign: u8) -> Option<Unit> {
    let bytes = text.as_bytes();
    let first = hex(bytes, at + 1)?;
    let count = match first {
        0..0x80 => 1,
        0xc2..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf5 => 4,
        _ => return None,
    };
    let mut buffer = [first, 0, 0, 0];
    for (place, byte) in buffer.iter_mut().enumerate().take(count).skip(1) {
        let from = at + 3 * place;
        *byte = (bytes.get(from) == Some(&sign)).then(|| hex(bytes, from + 1))??;
    }
    let char = std::str::from_utf8(buffer.get(..count)?).ok()?.chars().next()?;
    character(3 * count, char)
}

fn hex(bytes: &[u8], at: usize) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    Some((digit(*bytes.get(at)?)? * 16 + digit(*bytes.get(at + 1)?)?) as u8)
}

/// `Jane+Doe` in a query.
fn plus(text: &str, at: usize) -> Option<Unit> {
    let bytes = text.as_bytes();
    let next = bytes.get(at + 1).is_some_and(|byte| byte.is_ascii_uppercase() || *byte == b'%');
    let before = bytes.get(at.saturating_sub(64)..at)?;
    let token = before.rsplit(u8::is_ascii_whitespace).next()?;
    let query = token.last().is_some_and(u8::is_ascii_alphanumeric) && token.contains(&b'=');
    (next && query).then_some(Unit { length: 1, seen: Some(' '), tag: false })
}

/// The end of a line that goes on, and bytes beyond ASCII.
fn printable(text: &str, at: usize) -> Option<Unit> {
    match text.as_bytes().get(at + 1..)? {
        [b'\n', ..] => Some(Unit { length: 2, seen: None, tag: false }),
        [b'\r', b'\n', ..] => Some(Unit { length: 3, seen: None, tag: false }),
        [first, second, ..] if !first.is_ascii_lowercase() && !second.is_ascii_lowercase() => {
            coded(text, at, b'=').or_else(|| {
                // One byte a letter, as ISO 8859-1 and its kin have it.
                let byte = hex(text.as_bytes(), at + 1).filter(|byte| *byte >= 0xa0)?;
                character(3, char::from(byte))
            })
        }
        _ => None,
    }
}

fn folded(text: &str, at: usize) -> Option<Unit> {
    let length = match text.as_bytes().get(at..)? {
        [b'\r', b'\n', b' ' | b'\t', ..] => 3,
        [b'\n', b' ' | b'\t', ..] => 2,
        _ => return None,
    };
    Some(Unit { length, seen: None, tag: false })
}

/// An encoded word is no longer, in bytes (RFC 2047, section 2).
const MAX_WORD: usize = 75;

/// How long the begin of an encoded word in quoted-printable is, `=?UTF-8?Q?`, and whether it is in UTF-8.
fn word(text: &str, at: usize) -> Option<(usize, bool)> {
    let bytes = text.as_bytes().get(at..)?;
    let head = bytes.get(..bytes.len().min(MAX_WORD))?.strip_prefix(b"=?")?;
    let charset = memchr::memchr(b'?', head)?;
    let [b'?', b'q' | b'Q', b'?', ..] = head.get(charset..)? else { return None };
    let charset = head.get(..charset)?.to_ascii_lowercase();
    let utf = matches!(&charset[..], b"utf-8" | b"us-ascii");
    let latin = matches!(&charset[..], b"iso-8859-1" | b"iso-8859-15" | b"windows-1252");
    memmem::find(head.get(charset.len() + 3..)?, b"?=")?;
    (utf || latin).then_some((charset.len() + 5, utf))
}

/// What stands here in an encoded word: its begin and end show nothing.
fn in_word(text: &str, at: usize) -> Option<Unit> {
    let bytes = text.as_bytes();
    if let Some((length, _)) = word(text, at) {
        return Some(Unit { length, seen: None, tag: false });
    }
    let from = at.saturating_sub(MAX_WORD);
    let before = bytes.get(from..at)?;
    let start = from + memmem::rfind(before, b"=?")?;
    let (head, utf) = word(text, start)?;
    if start + head > at || memmem::find(bytes.get(start + head..at)?, b"?=").is_some() {
        return None;
    }
    match bytes.get(at..)? {
        [b'?', b'=', ..] => Some(Unit { length: 2, seen: None, tag: false }),
        [b'_', ..] => Some(Unit { length: 1, seen: Some(' '), tag: false }),
        [b'=', ..] if utf => coded(text, at, b'='),
        [b'=', ..] => character(3, char::from(hex(bytes, at + 1)?)),
        _ => None,
    }
}

/// `\u00fc`, and `\n` before what begins a word.
fn escape(text: &str, at: usize) -> Option<Unit> {
    let rest = text.as_bytes().get(at + 1..)?;
    match rest {
        [b'u', ..] => {
            let bytes = text.as_bytes();
            let code = u32::from(hex(bytes, at + 2)?) << 8 | u32::from(hex(bytes, at + 4)?);
            character(6, char::from_u32(code)?)
        }
        [char @ (b'n' | b't' | b'r'), next, ..]
            if next.is_ascii_uppercase() || matches!(next, b'\\' | 0x80..) =>
        {
            let seen = if *char == b't' { '\t' } else { '\n' };
            Some(Unit { length: 2, seen: Some(seen), tag: false })
        }
        // As Markdown has it: `jane\_doe@example.com`.
        [mark @ (b'_' | b'@' | b'.' | b'*' | b'+' | b'-'), ..] if !rest.starts_with(b"--") => {
            let before = at.checked_sub(1).and_then(|at| text.as_bytes().get(at));
            before.is_some_and(u8::is_ascii_alphanumeric).then(|| Unit {
                length: 2,
                seen: Some(char::from(*mark)),
                tag: false,
            })
        }
        _ => None,
    }
}

/// A tag of HTML, with the space up to the next one. Cells and rows of tables are seen as the tabs and lines that they
/// are drawn as, other blocks as lines.
fn tag(text: &str, at: usize) -> Option<Unit> {
    let bytes = text.as_bytes();
    let closing = bytes.get(at + 1) == Some(&b'/');
    let from = at + 1 + usize::from(closing);
    let name: &[u8] = bytes.get(from..)?;
    let name = name.get(..name.iter().take(12).take_while(|byte| byte.is_ascii_alphanumeric()).count())?;
    let lower = name.to_ascii_lowercase();
    let is = |list: &str| list.split(' ').any(|known| known.as_bytes() == lower);
    let seen = match &lower[..] {
        b"td" | b"th" => closing.then_some('\t'),
        b"tr" => (!closing).then_some('\n'),
        _ if is(INLINE) => None,
        _ if is(BLOCKS) => Some('\n'),
        _ => return None,
    };
    if !matches!(bytes.get(from + name.len()), Some(b'>' | b'/' | b' ' | b'\n' | b'\r' | b'\t')) {
        return None;
    }
    let mut end = from + name.len();
    let limit = (at + MAX_TAG).min(bytes.len());
    loop {
        end += memchr::memchr3(b'>', b'"', b'\'', bytes.get(end..limit)?)?;
        match bytes.get(end)? {
            b'>' => break,
            quote => end += 2 + memchr::memchr(*quote, bytes.get(end + 1..limit)?)?,
        }
    }
    end += 1;
    let blank = bytes.get(end..)?.iter().take(200).take_while(|byte| byte.is_ascii_whitespace()).count();
    if bytes.get(end + blank) == Some(&b'<')
        && (seen.is_some() || matches!(&lower[..], b"td" | b"th" | b"tr"))
    {
        end += blank;
    }
    Some(Unit { length: end - at, seen, tag: true })
}

const INLINE: &str = "a b i u s em strong span font mark small big sub sup code tt del ins strike abbr cite q kbd var samp wbr \
    bdi bdo label time thead tbody tfoot";
const BLOCKS: &str = "p br div table li ul ol h1 h2 h3 h4 h5 h6 dl dt dd hr section article header footer blockquote pre body \
    html head title caption main nav aside figure figcaption img input button";

#[cfg(test)]
mod tests {
    use super::{Encoding, Encodings};
    use crate::pii::view::View;

    fn seen(text: &str) -> String {
        View::of(text, crate::pii::traits::Traits::of(text)).map_or_else(|| text.to_owned(), |view| view.text)
    }

    #[test]
    fn what_is_encoded_is_seen() {
        for (text, expected) in [
            ("J&uuml;rgen &Ouml;zil&nbsp;&amp; &#321;ukasz &#x141;", "Jürgen Özil & Łukasz Ł"),
            ("R&D; a & b &unknown; &#0; &#xZZ;", "R&D; a & b &unknown; &#0; &#xZZ;"),
            ("q=J%C3%BCrgen%20Doe&x=100%", "q=Jürgen Doe&x=100%"),
            ("%C3 %ZZ %00 %E2%82%AC", "%C3 %ZZ %00 €"),
            ("?name=J%C3%BCrgen+Doe+49", "?name=Jürgen Doe+49"),
            ("J=C3=BCrgen Doe is =\nhere =3D a=20", "Jürgen Doe is here = a "),
            ("a=20 b=C3=BC b=FC", "a=20 b=C3=BC b=FC"),
            ("M=FCller =\nhere", "Müller here"),
            ("X-Encoding: quoted-printable\n\nM=C3=BC", "X-Encoding: quoted-printable\n\nM=C3=BC"),
            (
                "content-transfer-encoding:Quoted-Printable\n\nM=C3=BC M=FC",
                "content-transfer-encoding:Quoted-Printable\n\nMü Mü",
            ),
            ("BEGIN:VCARD\r\nFN:Jane D\r\n oe\nTEL:1\n 2", "BEGIN:VCARD\r\nFN:Jane Doe\nTEL:12"),
            ("FN:Jane D\r\n oe", "FN:Jane D\r\n oe"),
            ("=?UTF-8?Q?J=C3=BCrgen_M?= <j_m@x.de>", "Jürgen M <j_m@x.de>"),
            ("=?iso-8859-1?q?Andr=E9_L?= =?x?Q?a_b?= a_b", "André L =?x?Q?a_b?= a_b"),
            ("a&#64b &#x0000040;c &#;", "a@b @c &#;"),
            ("jane\\_doe\\@kunde.de \\_ C:\\.x", "jane_doe@kunde.de \\_ C:\\.x"),
            ("J\\u00fcrgen\\nDoe \\\\u00fc C:\\new", "Jürgen\nDoe \\ü C:\\new"),
            ("<p>J&uuml;<b>r</b>gen</p><br/>x", "\nJürgen\n\nx"),
            ("<tr>\n <th>A</th>\n <th>B</th>\n</tr>\n<tr><td>1</td><td>2</td></tr>", "\nA\tB\t\n1\t2\t"),
            ("Vec<String> <jane@example.com> <5 <Jane>", "Vec<String> <jane@example.com> <5 <Jane>"),
        ] {
            assert_eq!(seen(text), expected, "{text}");
        }
    }

    #[test]
    fn a_value_is_written_as_it_must_be() {
        assert_eq!(Encoding::Percent.write("jü@x.de"), "j%C3%BC%40x.de");
        assert_eq!(Encoding::Reference.write("a<b>&\"ü"), "a&lt;b&gt;&amp;&quot;ü");
        assert!(!Encodings::of("a=b\nc").any());
    }
}
