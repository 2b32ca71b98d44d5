//! Keys and tokens that say what they are: the prefixes that services publish so that scanners find them (GitHub,
//! GitLab, Slack, AWS, Google, Stripe and others document theirs for secret scanning), JSON Web Tokens (RFC 7519, compact
//! form of RFC 7515 and 7516), and private keys in PEM (RFC 7468; PKCS #1, #8, SEC 1, OpenSSH and PGP alike).

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;

use crate::pii::phrases::Phrases;

/// The shortest token: shorter runs need not be looked at.
pub(in crate::pii) const SHORTEST: usize = 16;

/// A prefix, and how many bytes follow it at least.
const PREFIXES: &[(&str, usize)] = &[
    ("AKIA", 16),
    ("ASIA", 16),
    ("ABIA", 16),
    ("ACCA", 16),
    ("AIza", 30),
    ("ya29.", 20),
    ("GOCSPX-", 20),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("gldt-", 16),
    ("glrt-", 16),
    ("glcbt-", 16),
    ("glptt-", 16),
    ("glft-", 16),
    ("glimt-", 16),
    ("gloas-", 16),
    ("glsoat-", 16),
    ("glagent-", 16),
    ("glsa_", 20),
    ("glc_", 20),
    ("xoxb-", 12),
    ("xoxp-", 12),
    ("xoxa-", 12),
    ("xoxr-", 12),
    ("xoxs-", 12),
    ("xoxe-", 12),
    ("xoxe.", 12),
    ("xoxc-", 12),
    ("xoxd-", 12),
    ("xapp-", 12),
    ("sk_live_", 12),
    ("sk_test_", 12),
    ("rk_live_", 12),
    ("rk_test_", 12),
    ("whsec_", 16),
    ("sk-ant-", 16),
    ("sk-proj-", 16),
    ("sk-svcacct-", 16),
    ("sk-or-", 16),
    ("sk-", 20),
    ("gsk_", 20),
    ("xai-", 30),
    ("pplx-", 20),
    ("hf_", 24),
    ("r8_", 24),
    ("npm_", 30),
    ("pypi-", 30),
    ("rubygems_", 30),
    ("SG.", 30),
    ("SK", 32),
    ("key-", 32),
    ("xkeysib-", 30),
    ("dop_v1_", 30),
    ("doo_v1_", 30),
    ("dor_v1_", 30),
    ("shpat_", 20),
    ("shpss_", 20),
    ("shpca_", 20),
    ("shppa_", 20),
    ("sq0atp-", 20),
    ("sq0csp-", 20),
    ("EAAA", 40),
    ("ATATT3", 40),
    ("ATBB", 24),
    ("ATCTT3", 40),
    ("lin_api_", 20),
    ("figd_", 20),
    ("ntn_", 30),
    ("PMAK-", 24),
    ("hvs.", 20),
    ("hvb.", 20),
    ("dckr_pat_", 20),
    ("dp.pt.", 20),
    ("dp.st.", 20),
    ("NRAK-", 20),
    ("sntrys_", 20),
    ("sntryu_", 20),
    ("tvly-", 20),
    ("pscale_tkn_", 20),
    ("lsv2_pt_", 20),
    ("CFPAT-", 20),
    ("AGE-SECRET-KEY-1", 40),
    ("sbp_", 30),
    ("sb_secret_", 20),
    ("vercel_", 20),
    ("tfp_", 20),
    ("nfp_", 20),
    ("re_", 20),
    ("pat-na1-", 20),
    ("pat-eu1-", 20),
    ("patp", 40),
];

/// What begins something else: a JSON Web Token, a private key, a client secret of Entra, incoming webhooks, and what is in
/// the token of a bot of Telegram.
const JWT: &str = "eyJ";
const PEM: &str = "-----BEGIN ";
const ENTRA: &str = "Q~";
const BOT: &str = ":AA";
const WEBHOOKS: [&str; 4] = [
    "hooks.slack.com/services/",
    "discord.com/api/webhooks/",
    "discordapp.com/api/webhooks/",
    "webhook.office.com/webhookb2/",
];

static BEGINNINGS: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(PREFIXES.iter().map(|(prefix, _)| *prefix).chain([JWT]).chain(WEBHOOKS)));
static BOTS: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(BOT));
static KEY: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(PEM));

/// Keys and tokens, ascending and apart.
pub(in crate::pii) fn find(text: &str) -> Vec<Range<usize>> {
    let begun = long_runs(text).flat_map(|run| {
        let (start, text) = (run.start, text.get(run).unwrap_or_default());
        BEGINNINGS.find(text).map(move |(hit, which)| (start + hit.start..start + hit.end, Some(which)))
    });
    let keys = KEY.find_iter(text.as_bytes()).map(|at| (at..at + PEM.len(), None));
    let secrets = memchr::memchr_iter(b'~', text.as_bytes())
        .filter_map(|at| Some(at.checked_sub(1)?..at + 1))
        .filter(|range| text.get(range.clone()) == Some(ENTRA))
        .map(|range| (range, None));
    let bots = BOTS.find_iter(text.as_bytes()).filter_map(|at| bot(text, at)).map(|range| (range, None));
    let mut hits: Vec<(Range<usize>, Option<usize>)> = begun.chain(keys).chain(secrets).chain(bots).collect();
    hits.sort_unstable_by_key(|(hit, _)| hit.start);
    let mut found: Vec<Range<usize>> = Vec::new();
    // Up to where a long run was looked through in vain: what begins in it is made of the same.
    let mut vain = 0;
    for (hit, which) in hits {
        let start = hit.start;
        let done = found.last().map_or(0, |last| last.end);
        if start < done.max(vain) {
            continue;
        }
        let end = run(text, start, token);
        let range = match which.map(|which| PREFIXES.get(which)) {
            Some(Some((prefix, least))) => prefixed(text, start, prefix.len(), *least),
            Some(None) if text.get(hit.clone()) == Some(JWT) => web_token(text, start),
            Some(None) => Some(hit.end..run(text, hit.end, |byte| inside(byte) || byte == b'@')),
            None => match text.get(hit.clone()) {
                Some(PEM) => private_key(text, start),
                Some(ENTRA) => entra(text, start),
                _ => Some(hit),
            },
        };
        if range.is_none() && end - start > LONG {
            vain = end;
        }
        found.extend(range.filter(|range| range.start >= done && !range.is_empty()));
    }
    found
}

/// The runs that are long enough for a token.
fn long_runs(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            // Of a long run that begins here or later, some byte is every so many.
            let probe = at + (SHORTEST - 1);
            if !inside(*bytes.get(probe)?) {
                at = probe + 1;
                continue;
            }
            let before = bytes.get(at..probe)?.iter().rev().take_while(|byte| inside(**byte)).count();
            let start = probe - before;
            at = run(text, probe, inside);
            if at - start >= SHORTEST {
                return Some(start..at);
            }
        }
    })
}

/// A run that is no token is looked through once when it is longer, in bytes.
const LONG: usize = 1024;

const fn token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'~' | b'+' | b'=')
}

/// Whether a byte may be in a token, or in what begins one.
fn inside(byte: u8) -> bool {
    const INSIDE: [bool; 256] = {
        let mut inside = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            inside[byte] = token(byte as u8) || byte as u8 == b'/';
            byte += 1;
        }
        inside
    };
    INSIDE.get(usize::from(byte)).is_some_and(|inside| *inside)
}

/// Where the run of such bytes ends that begins here.
fn run(text: &str, from: usize, wanted: impl Fn(u8) -> bool) -> usize {
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    from + rest.iter().take_while(|byte| wanted(**byte)).count()
}

fn begins(text: &str, start: usize) -> bool {
    !text
        .get(..start)
        .is_some_and(|before| before.ends_with(|char: char| char.is_ascii_alphanumeric() || char == '_'))
}

fn prefixed(text: &str, start: usize, prefix: usize, least: usize) -> Option<Range<usize>> {
    if !begins(text, start) {
        return None;
    }
    let end = run(text, start, token);
    let value = text.get(start..end)?.trim_end_matches(['.', '=', '-', '~', '+']);
    let rest = value.get(prefix..)?;
    let digits = rest.bytes().any(|byte| byte.is_ascii_digit());
    let strict = match value.get(..prefix)? {
        // Capitals and digits in the length that they have.
        "AKIA" | "ASIA" | "ABIA" | "ACCA" => {
            rest.len() == 16 && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        }
        "SK" | "key-" => rest.len() == 32 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()),
        // What begins words as well.
        "sk-" | "re_" | "key_" | "vercel_" | "patp" => {
            digits && rest.bytes().any(|byte| byte.is_ascii_uppercase()) && !rest.contains('.')
        }
        _ => digits || rest.len() >= 24 && rest.bytes().any(|byte| byte.is_ascii_uppercase()),
    };
    (rest.len() >= least && strict).then(|| start..start + value.len())
}

/// Two to five parts of base64url, the first of which begins a JSON object.
fn web_token(text: &str, start: usize) -> Option<Range<usize>> {
    if text.get(..start)?.ends_with(|char: char| char.is_ascii_alphanumeric()) {
        return None;
    }
    let end =
        run(text, start, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'='));
    let value = text.get(start..end)?.trim_end_matches(['.', '-']);
    let mut parts = value.split('.');
    let head = parts.next()?;
    let rest: usize = parts.clone().map(str::len).sum();
    (head.len() >= 12 && rest >= 12 && (1..=4).contains(&parts.count())).then(|| start..start + value.len())
}

/// What stands between the lines of a private key.
fn private_key(text: &str, start: usize) -> Option<Range<usize>> {
    let head = text.get(start + PEM.len()..)?;
    let label = head.get(..head.find("-----")?)?;
    if !label.contains("PRIVATE KEY") || label.len() > 40 {
        return None;
    }
    let from = start + PEM.len() + label.len() + 5;
    let body = text.get(from..)?;
    // Of one that is cut off, all that may be part of it.
    let length = memmem::find(body.as_bytes(), b"-----END ").unwrap_or_else(|| {
        body.bytes()
            .take_while(|byte| {
                byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || b"+/=\\:,-".contains(byte)
            })
            .count()
    });
    let blank = |char: char| char.is_whitespace() || char == '\\';
    let mut body = body.get(..length)?.trim_end_matches(blank);
    // Line breaks may be written as `\n`.
    while let Some(rest) = body.strip_suffix("\\n").or_else(|| body.strip_suffix("\\r")) {
        body = rest.trim_end_matches(blank);
    }
    let mut first = body;
    while let Some(rest) = first.strip_prefix("\\n").or_else(|| first.strip_prefix("\\r")) {
        first = rest;
    }
    let first = first.trim_start();
    let begin = from + body.len() - first.len();
    (first.len() >= 20 && !first.starts_with("Secret-")).then(|| begin..from + body.len())
}

/// `abc8Q~` and 31 to 34 more: a client secret of Microsoft Entra.
fn entra(text: &str, at: usize) -> Option<Range<usize>> {
    let start = at.checked_sub(4)?;
    let head = text.get(start..at)?;
    let shape = head.bytes().all(token) && head.ends_with(|char: char| char.is_ascii_digit());
    let end = run(text, at, token);
    (shape && begins(text, start) && (33..=40).contains(&(end - at))).then_some(start..end)
}

/// `123456789:AA` and 33 more: the number of a bot of Telegram and its token.
fn bot(text: &str, at: usize) -> Option<Range<usize>> {
    let digits =
        text.as_bytes().get(..at)?.iter().rev().take(11).take_while(|byte| byte.is_ascii_digit()).count();
    let end = run(text, at + 1, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    ((8..=10).contains(&digits) && end - at == 36).then_some(at - digits..end)
}

#[cfg(test)]
mod tests {
    use super::find;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|range| &text[range]).collect()
    }

    /// Made up, and put together here so that no scanner takes this file for a leak.
    fn tokens() -> Vec<String> {
        let body = "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0bC3dE6gH9j";
        [
            ("ghp_", 36),
            ("github_pat_", 40),
            ("glpat-", 20),
            ("sk_live_", 24),
            ("sk-ant-api03-", 40),
            ("sk-proj-", 40),
            ("npm_", 36),
            ("hf_", 34),
            ("AIza", 35),
        ]
        .iter()
        .map(|(prefix, length)| format!("{prefix}{}", &body[..*length]))
        .chain(["AKIA".to_owned() + "Z2JEXT73DMV4FRSF", "xoxb-".to_owned() + "123456789012-abcDEF123"])
        .collect()
    }

    #[test]
    fn tokens_are_found_by_their_prefix() {
        for token in tokens() {
            assert_eq!(found(&token), [token.as_str()]);
            assert_eq!(found(&format!("export T={token}\n")), [token.as_str()]);
            assert_eq!(found(&format!("(\"{token}\").")), [token.as_str()]);
            assert!(found(&format!("x{token}")).is_empty(), "x{token}");
            assert!(found(&token[..12]).is_empty());
        }
        for text in [
            "sk-learn-contrib-something-long",
            "AKIA",
            "AKIA2222",
            "npm_config_registry_and_a_long_word",
            "hf_hub_download_with_a_long_word",
            "re_2_something_that_is_long",
            "key-0123456789abcdef",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn webhooks_and_bots_are_found() {
        let body = "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0bC3dE6gH9j";
        let hook = format!("112233445566778899/{body}");
        assert_eq!(found(&format!("https://discord.com/api/webhooks/{hook}?wait=1")), [hook.as_str()]);
        let hook = format!("11111111-2222@66666666-7777/IncomingWebhook/{body}/aaaa");
        assert_eq!(found(&format!("(https://acme.webhook.office.com/webhookb2/{hook})")), [hook.as_str()]);
        let bot = format!("123456789:AA{}", &body[..33]);
        assert_eq!(found(&format!("https://api.telegram.org/bot{bot}/getMe")), [bot.as_str()]);
        assert!(found(&format!("1234:AA{} 123456789:AA{body} 123456789:AAb", &body[..33])).is_empty());
    }

    #[test]
    fn web_tokens_are_found_whole() {
        let token = ["eyJhbGciOiJub25lIn0", "eyJzdWIiOiJqYW5lIn0", "c2lnbmF0dXJl"].join(".");
        assert_eq!(found(&format!("Bearer {token}, x")), [token.as_str()]);
        assert_eq!(found(&format!("token={token}.")), [token.as_str()]);
        assert!(found("eyJhbGciOiJub25lIn0").is_empty() && found("eyJ.eyJ.x").is_empty());
    }

    #[test]
    fn private_keys_lose_what_stands_between_their_lines() {
        let body = "MHcCAQEEIEMnNRAOqCEg9YdQlCtu\n  kt+nGj/ecBjdewJHZIRd5oKa==";
        let text =
            format!("key: |\n  -----BEGIN EC {}-----\n  {body}\n  -----END EC {0}-----\nx", "PRIVATE KEY");
        assert_eq!(found(&text), [body]);
        let escaped = text.replace('\n', "\\n");
        assert_eq!(found(&escaped), [body.replace('\n', "\\n")]);
        let cut = format!("-----BEGIN {}-----\n{body}", "PRIVATE KEY");
        assert_eq!(found(&cut), [body]);
        assert!(
            found("-----BEGIN PUBLIC KEY-----\nMHcCAQEEIEMnNRAOqCEg9YdQlCtu\n-----END PUBLIC KEY-----")
                .is_empty()
        );
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "(?s)(eyJ|-----BEGIN |PRIVATE KEY-----|Q~|SK|sk-|[a-z0-9.é\\\\n -]){0,20}") {
            find(&text);
        }
    }
}
