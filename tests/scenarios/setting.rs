//! The configurations that scenarios need.

use mcpgate::access::guest_id;
use mcpgate::crypto::HashKey;

use crate::stage::{BANK_KEYED, BANK_SERVICES, ERAS, FORMER_KMS_KEY, KMS_KEY, Stage, siem};

/// `public_url` of a deployed gateway.
pub(crate) const ORIGIN: &str = "https://gate.example.com";
/// `public_url` of a gateway on one's own machine.
pub(crate) const LOOPBACK: &str = "http://127.0.0.1:8787";

/// The origin of a web page that may call.
pub(crate) const PAGE: &str = "https://inspector.example";

/// How a gateway is set up. All but the usual setting get a gateway for themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    /// Two services, several roles, domains and guests; shared by scenarios.
    Usual,
    /// The same, and nothing has happened there yet.
    Fresh,
    /// The same, without TLS.
    Loopback,
    /// The same, and calls go on when they cannot be recorded; but no assertions of the identity provider are taken.
    Lenient,
    /// The same, and no guardrail is on; the desk may be sent what the mail said.
    Unguarded,
    /// The same, and guardrails only observe.
    Observing,
    /// The same, and a yes counts only in the browser.
    InBrowser,
    /// The same, and the audit record is public in its newest checkpoint and shortened after thirty days.
    Audited,
    /// The same, and definitions of tools are pinned: elsewhere services say what each scenario needs.
    Pinned,
    /// The same, and little is too much: who pulls a hundred records in an hour is held, and the mail is told.
    Watched,
    /// Nothing is stored.
    Unconfigured,
    /// What is stored is not valid.
    Broken,
    /// A key is missing.
    Keyless,
    /// A key service wraps people's keys.
    Kms,
    /// Audit records are sent to three places.
    Sinks,
    /// The host can be asked whether it keeps the contract of its ports.
    Contract,
}

impl Setting {
    pub(crate) fn is_secure(self) -> bool {
        self != Self::Loopback
    }

    /// A secret that is not there.
    pub(crate) fn lost_secret(self) -> Option<&'static str> {
        (self == Self::Keyless).then_some("MCPGATE_SEALING_KEYS")
    }

    /// gateway.toml.
    pub(crate) fn toml(self, stage: &Stage, key: &HashKey) -> Option<String> {
        let whole = usual(stage, key);
        let usual = format!("{whole}\n[guard.modes]\npins = \"off\"\n");
        match self {
            Self::Pinned => Some(whole),
            Self::Usual | Self::Fresh | Self::Keyless | Self::Contract => Some(usual),
            Self::Kms => {
                let origin = stage.kms.origin();
                Some(format!(
                    "{usual}\n[crypto]\nwrap_with = \"kms\"\n[crypto.kms]\nprovider = \"google\"\n\
                     key = \"{KMS_KEY}\"\nformer_keys = [\"{FORMER_KMS_KEY}\"]\n\
                     service_account = {{ secret = \"GOOGLE_ACCOUNT\" }}\n\
                     endpoint = \"{origin}\"\ntoken_endpoint = \"{origin}/token\"\n"
                ))
            }
            Self::Sinks => Some(usual + &siem::toml(&stage.siem.origin())),
            Self::Loopback => Some(usual.replace(ORIGIN, LOOPBACK)),
            Self::Lenient => {
                Some(usual.replace("id_jag = true\n", "") + "\n[audit]\non_failure = \"continue\"\n")
            }
            Self::Unguarded => {
                let anywhere = whole.replace(
                    "keep = [\"/issues/*/key\"]",
                    "keep = [\"/issues/*/key\"]\nrehydrate_from = [\"mail\"]",
                );
                Some(modes(&anywhere, "off"))
            }
            Self::Audited => {
                Some(usual + "\n[audit]\nretention = \"30d\"\npublish = true\ncases = [\"CASE\", \"HR\"]\n")
            }
            Self::InBrowser => Some(format!("{usual}\n[guard]\nconfirm_in = \"browser\"\n")),
            Self::Observing => Some(modes(&whole, "observe")),
            Self::Watched => {
                let mail = stage.mail.origin();
                Some(format!(
                    "{usual}\n[guard.throughput]\nhold = true\nwebhook = \"{mail}/pager\"\n\
                     webhook_bearer = {{ secret = \"DESK_TOKEN\" }}\nleast_records = 20\n\
                     most_records_per_hour = 100\n"
                ))
            }
            Self::Unconfigured => None,
            Self::Broken => Some(usual.replace("[gateway]", "[gatewai]")),
        }
    }
}

/// All guardrails in one mode.
fn modes(usual: &str, mode: &str) -> String {
    let modes = ["confirm", "cap", "quota", "pins", "throughput"];
    let modes = modes.map(|guard| format!("{guard} = \"{mode}\"\n"));
    format!("{usual}\n[guard.modes]\n{}", modes.concat())
}

fn usual(stage: &Stage, key: &HashKey) -> String {
    let guest = |email| guest_id(key, email).unwrap();
    let eras = ERAS.iter().zip(&stage.eras).map(|((id, _), service)| {
        let path = if *id == "oldest" { "sse" } else { "mcp" };
        format!("[[service]]\nid = \"{id}\"\nmcp = \"{}/{path}\"\n", service.origin())
    });
    let eras: String = eras.collect();
    let bank = stage.bank.origin();
    let bank: String = BANK_SERVICES
        .map(|id| {
            let by_secret = "client_id = \"gateway\"\nclient_secret = { secret = \"BANK_SECRET\" }\n";
            let how = match id {
                "ledger" => format!("grant = \"client_credentials\"\n{by_secret}"),
                "teller" => format!(
                    "grant = \"client_credentials\"\nclient_id = \"{BANK_KEYED}\"\nauth_method = \"private_key_jwt\"\n"
                ),
                "safe" => format!("grant = \"token_exchange\"\nsubject = \"gateway\"\naudience = \"safe\"\n{by_secret}"),
                "deeds" => format!("grant = \"token_exchange\"\nsubject = \"id_token\"\n{by_secret}"),
                _ => format!(
                    "grant = \"token_exchange\"\nsubject = \"access_token\"\n\
                     requested_token_type = \"urn:ietf:params:oauth:token-type:access_token\"\n{by_secret}"
                ),
            };
            format!(
                "[[service]]\nid = \"{id}\"\nname = \"The {id}\"\nmcp = \"{bank}/{id}/mcp\"\ntimeout = \"2s\"\n\
                 [service.oauth]\nissuer = \"{bank}\"\n{how}"
            )
        })
        .concat();
    format!(
        r#"
[gateway]
public_url = "{ORIGIN}"
allowed_origins = ["{PAGE}", "http://localhost:6274"]
[identity]
issuer = "{issuer}"
client_id = "mcpgate"
client_secret = {{ secret = "OIDC_CLIENT_SECRET" }}
id_jag = true
[access]
admins = ["{ADMIN}"]
auditors = ["{AUDITOR}"]
[access.domains."example.com"]
role = "internal"
[access.domains."limited.example.com"]
role = "limited"
[access.domains."eras.example.com"]
role = "eras"
[access.domains."books.example.com"]
role = "books"
[access.domains."bank.example.com"]
role = "bank"
[access.domains."nothing.example.com"]
role = "nothing"
[[access.guests]]
id = "{welcome}"
role = "limited"
until = 2099-12-31
[[access.guests]]
id = "{former}"
role = "limited"
until = 2020-12-31
[access.roles.internal]
services = ["desk", "mail"]
[access.roles.limited]
services = ["desk"]
tools = {{ desk = ["get_*", "search_*"] }}
[access.roles.eras]
services = ["new", "old", "older", "elder", "oldest"]
[access.roles.books]
services = ["books"]
[access.roles.bank]
services = {bank_services:?}
[access.roles.nothing]
services = []
[[access.quotas]]
calls = 2
per = "1d"
each = ["person", "tool"]
roles = ["internal"]
services = ["desk"]
tools = ["*_rationed"]
[[access.quotas]]
calls = 2
per = "1d"
each = []
tools = ["get_shared_*"]
[[access.quotas]]
calls = 5
per = "1d"
tools = ["*_rationed", "get_shared_*"]
[pii]
ttl = "24h"
[[client]]
id = "secretive"
name = "A secretive client"
redirect_uris = ["https://secretive.example/callback"]
secret = {{ secret = "SECRETIVE" }}
[[client]]
id = "keyed"
redirect_uris = ["https://keyed.example/callback"]
jwks_uri = "{issuer}/client-keys"
[[service]]
id = "desk"
name = "The desk"
mcp = "{desk}/mcp"
bearer = {{ secret = "DESK_TOKEN" }}
timeout = "2s"
methods = ["something/*", "issues/*", "notifications/vendor/*", "notifications/tasks/*"]
[service.pii]
keep = ["/issues/*/key"]
[service.guard]
max_result = "16 KiB"
max_result_of = {{ "*_summary" = "2 KiB" }}
[[service]]
id = "mail"
name = "The mail"
mcp = "{mail}/mcp"
connector = "google-calendar"
timeout = "2s"
[[service]]
id = "books"
name = "The books"
mcp = "{books}/mcp"
timeout = "2s"
[service.oauth]
{bank}{eras}"#,
        issuer = stage.idp.origin(),
        desk = stage.desk.origin(),
        mail = stage.mail.origin(),
        books = stage.books.origin(),
        bank_services = BANK_SERVICES,
        welcome = guest(WELCOME_GUEST),
        former = guest(FORMER_GUEST),
    )
}

/// The auditor, who is no administrator.
pub(crate) const AUDITOR: &str = "otto.auditor@auditors.example.org";
/// The administrator.
pub(crate) const ADMIN: &str = "ada.admin@example.com";
/// Whom the configuration lets in by name.
pub(crate) const WELCOME_GUEST: &str = "pat.welcome@partner.example.org";
/// Whose last day is over.
pub(crate) const FORMER_GUEST: &str = "fritz.former@partner.example.org";
