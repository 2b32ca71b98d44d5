//! Between the eras: what a request, a result or a notification of one is in the other (2026-07-28, "Versioning",
//! "Key changes"). Texts in, texts out; what is not named here stays as it was.

pub use super::question::Question;
use super::raw::{Object, array_of, quoted};
use super::revision::{LATEST_LEGACY, META_REVISION, MODERN, REVISIONS};

/// `_meta`: what the client can do.
pub const META_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
/// `_meta`: who the client is.
pub const META_CLIENT: &str = "io.modelcontextprotocol/clientInfo";
/// `_meta`: which log messages the client wants.
pub const META_LEVEL: &str = "io.modelcontextprotocol/logLevel";
/// `_meta`: who the server is.
pub const META_SERVER: &str = "io.modelcontextprotocol/serverInfo";
/// `_meta`: which `subscriptions/listen` a notification belongs to.
pub const META_SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";

/// The extension that carries tasks in 2026-07-28; older revisions have tasks of another kind.
const TASKS: &str = "io.modelcontextprotocol/tasks";

/// Log levels, least urgent first (RFC 5424).
pub const LEVELS: [&str; 8] =
    ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

/// What a client says of itself: once in `initialize`, or in each request's `_meta`.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Facts {
    /// Its revision.
    pub revision: String,
    /// Its capabilities, as JSON; empty for none.
    pub capabilities: String,
    /// Its name and version, as JSON; empty when it did not say.
    pub client: String,
    /// The log messages it wants; [`None`] for the service's own choice (older revisions) or none (2026-07-28).
    pub level: Option<String>,
    /// Which client it is, for the gateway: two of a person's clients can say the same of themselves.
    #[serde(skip)]
    pub whose: String,
}

impl Facts {
    /// What a request of 2026-07-28 says in its `_meta`.
    pub fn of_meta(meta: Option<&str>) -> Self {
        let meta = meta.and_then(Object::parse).unwrap_or_default();
        let text = |key| meta.get(key).unwrap_or_default().to_owned();
        Self {
            revision: MODERN.to_owned(),
            capabilities: objects(&text(META_CAPABILITIES)),
            client: text(META_CLIENT),
            level: meta.string(META_LEVEL),
            whose: String::new(),
        }
    }

    /// What an `initialize` request says.
    pub fn of_initialize(params: &Object<'_>) -> Self {
        Self {
            revision: negotiated(&params.string("protocolVersion").unwrap_or_default()).to_owned(),
            capabilities: objects(params.get("capabilities").unwrap_or_default()),
            client: params.get("clientInfo").unwrap_or_default().to_owned(),
            level: None,
            whose: String::new(),
        }
    }

    /// Whether the client can be asked this; the capability it lacks if not.
    ///
    /// # Errors
    /// The capability's name.
    pub fn can(&self, method: &str, params: &str) -> Result<(), &'static str> {
        let capabilities = Object::parse(&self.capabilities).unwrap_or_default();
        match method {
            "sampling/createMessage" if capabilities.object("sampling").is_none() => Err("sampling"),
            "roots/list" if capabilities.object("roots").is_none() => Err("roots"),
            "elicitation/create" => {
                let url =
                    Object::parse(params).and_then(|params| params.string("mode")).as_deref() == Some("url");
                match capabilities.object("elicitation") {
                    None => Err("elicitation"),
                    Some(elicitation) if url && elicitation.get("url").is_none() => Err("elicitation.url"),
                    // `{}` is what clients say that know forms only.
                    Some(elicitation)
                        if !url && elicitation.get("form").is_none() && !elicitation.is_empty() =>
                    {
                        Err("elicitation.form")
                    }
                    Some(_) => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    /// Whether it can be asked anything at all.
    pub fn can_be_asked(&self) -> bool {
        let capabilities = Object::parse(&self.capabilities).unwrap_or_default();
        ["elicitation", "sampling", "roots"].iter().any(|name| capabilities.object(name).is_some())
    }
}

/// Whether a text is what a client may say of itself: an object with its name and version.
pub fn is_client(text: &str) -> bool {
    Object::parse(text)
        .is_some_and(|client| client.string("name").is_some() && client.string("version").is_some())
}

/// Capabilities as every service can read them: each is an object.
fn objects(capabilities: &str) -> String {
    let Some(mut object) = Object::parse(capabilities) else { return String::new() };
    let wrong = |(name, value): (&str, &str)| Object::parse(value).is_none().then(|| name.to_owned());
    let wrong: Vec<String> = object.members().filter_map(wrong).collect();
    for name in &wrong {
        object.remove(name);
    }
    if wrong.is_empty() { capabilities.to_owned() } else { object.to_string() }
}

/// The older revision that is spoken with a client that wants this one.
pub fn negotiated(wanted: &str) -> &'static str {
    REVISIONS.into_iter().find(|revision| *revision == wanted && *revision != MODERN).unwrap_or(LATEST_LEGACY)
}

/// `params` as a service of 2026-07-28 wants them.
pub fn params_to_modern(params: Option<&str>, facts: &Facts) -> String {
    let mut params = params.and_then(Object::parse).unwrap_or_default();
    let mut meta = params.object("_meta").unwrap_or_default();
    let or_empty = |text: &str| if text.is_empty() { "{}".to_owned() } else { text.to_owned() };
    meta.set(META_REVISION, quoted(MODERN));
    meta.set(META_CAPABILITIES, capabilities_of_client(&or_empty(&facts.capabilities)));
    if !facts.client.is_empty() {
        meta.set(META_CLIENT, facts.client.clone());
    }
    if let Some(level) = &facts.level {
        meta.set(META_LEVEL, quoted(level));
    }
    let meta = meta.to_string();
    params.set("_meta", meta);
    params.to_string()
}

/// `params` as a service of an older revision wants them: without what 2026-07-28 says in every request, and
/// without what belongs to a retry. [`None`] when nothing is left of them.
pub fn params_to_legacy(params: Option<&str>) -> Option<String> {
    let mut params = Object::parse(params?)?;
    let mut meta = params.object("_meta").unwrap_or_default();
    for key in [META_REVISION, META_CAPABILITIES, META_CLIENT, META_LEVEL] {
        meta.remove(key);
    }
    let (empty, meta) = (meta.is_empty(), meta.to_string());
    if empty {
        params.remove("_meta");
    } else {
        params.set("_meta", meta);
    }
    params.remove("inputResponses");
    params.remove("requestState");
    (!params.is_empty()).then(|| params.to_string())
}

/// A result of 2026-07-28 for a client of an older revision.
pub fn result_to_legacy(result: &str) -> String {
    let Some(mut result) = Object::parse(result) else { return result.to_owned() };
    for key in ["resultType", "ttlMs", "cacheScope"] {
        result.remove(key);
    }
    without_meta(&mut result, META_SERVER);
    result.to_string()
}

/// A result of an older revision for a client of 2026-07-28. What may be kept how long nobody said: not at all.
pub fn result_to_modern(method: &str, result: &str) -> String {
    let Some(mut result) = Object::parse(result) else { return result.to_owned() };
    if result.get("resultType").is_none() {
        result.set("resultType", quoted("complete"));
    }
    let cached = [
        "tools/list",
        "prompts/list",
        "resources/list",
        "resources/templates/list",
        "resources/read",
        "server/discover",
    ];
    if cached.contains(&method) {
        if result.get("ttlMs").is_none() {
            result.set("ttlMs", "0".to_owned());
        }
        if result.get("cacheScope").is_none() {
            result.set("cacheScope", quoted("private"));
        }
    }
    result.to_string()
}

/// -32002: the resource is not there, up to 2025-11-25.
const RESOURCE_NOT_FOUND: i64 = -32002;
/// -32042: a URL must be visited first, in 2025-11-25.
pub const URL_ELICITATION_REQUIRED: i64 = -32042;
/// -32021: the client lacks a capability, from 2026-07-28 on.
pub const CAPABILITY_MISSING: i64 = -32021;
/// -32603: something went wrong inside the service.
pub const INTERNAL_ERROR: i64 = -32603;
/// -32602: invalid params.
const INVALID_PARAMS: i64 = -32602;

/// The code of an error.
pub fn code(error: &str) -> Option<i64> {
    Object::parse(error)?.get("code")?.parse().ok()
}

/// An error of an older revision for a client of 2026-07-28: codes that it does not have any more are replaced.
pub fn error_to_modern(error: &str) -> String {
    with_code(error, |code| match code {
        RESOURCE_NOT_FOUND => INVALID_PARAMS,
        URL_ELICITATION_REQUIRED => INTERNAL_ERROR,
        code => code,
    })
}

/// What a client of 2026-07-28 is told that cannot be sent to a page, in the place of the error that wants one
/// visited; [`None`] for other clients and errors.
pub fn without_pages(error: &str, facts: &Facts) -> Option<String> {
    let able = facts.can("elicitation/create", r#"{"mode":"url"}"#).is_ok();
    if able || facts.revision != MODERN || code(error) != Some(URL_ELICITATION_REQUIRED) {
        return None;
    }
    let text =
        "a page has to be visited for this, and the client did not declare the capability elicitation.url";
    let text = quoted(text);
    Some(format!(
        r#"{{"code":{CAPABILITY_MISSING},"message":{text},"data":{{"requiredCapabilities":{{"elicitation":{{"url":{{}}}}}}}}}}"#
    ))
}

/// An error of 2026-07-28 for a client of an older revision.
pub fn error_to_legacy(method: &str, error: &str) -> String {
    with_code(error, |code| match code {
        INVALID_PARAMS if method == "resources/read" => RESOURCE_NOT_FOUND,
        code => code,
    })
}

fn with_code(text: &str, change: impl Fn(i64) -> i64) -> String {
    let (Some(mut error), Some(code)) = (Object::parse(text), code(text)) else { return text.to_owned() };
    if change(code) == code {
        return text.to_owned();
    }
    error.set("code", change(code).to_string());
    error.to_string()
}

/// A `server/discover` result as the answer to `initialize`.
pub fn initialize_of_discover(discover: &str, revision: &str) -> Option<String> {
    let discover = Object::parse(discover)?;
    let capabilities = capabilities_of_server(discover.get("capabilities").unwrap_or("{}"));
    let meta = discover.object("_meta").unwrap_or_default();
    let server = meta.get(META_SERVER).unwrap_or(r#"{"name":"unknown","version":"0"}"#).to_owned();
    let mut result = Object::default();
    result.set("protocolVersion", quoted(revision));
    result.set("capabilities", capabilities);
    result.set("serverInfo", server);
    if let Some(instructions) = discover.get("instructions") {
        result.set("instructions", instructions.to_owned());
    }
    Some(result.to_string())
}

/// The answer to `initialize` as a `server/discover` result.
pub fn discover_of_initialize(initialize: &str) -> Option<String> {
    let initialize = Object::parse(initialize)?;
    let mut result = Object::default();
    result.set("resultType", quoted("complete"));
    result.set("supportedVersions", array_of(REVISIONS.map(quoted).iter().map(String::as_str)));
    result.set("capabilities", capabilities_of_server(initialize.get("capabilities").unwrap_or("{}")));
    if let Some(instructions) = initialize.get("instructions") {
        result.set("instructions", instructions.to_owned());
    }
    result.set("ttlMs", "0".to_owned());
    result.set("cacheScope", quoted("private"));
    if let Some(server) = initialize.get("serverInfo") {
        let mut meta = Object::default();
        meta.set(META_SERVER, server.to_owned());
        result.set("_meta", meta.to_string());
    }
    Some(result.to_string())
}

/// What of a server's capabilities means the same in both eras: tasks do not.
pub fn capabilities_of_server(capabilities: &str) -> String {
    without_tasks(capabilities)
}

/// What of a client's capabilities means the same in both eras.
pub fn capabilities_of_client(capabilities: &str) -> String {
    without_tasks(capabilities)
}

fn without_tasks(capabilities: &str) -> String {
    let mut capabilities = Object::parse(capabilities).unwrap_or_default();
    capabilities.remove("tasks");
    if let Some(mut extensions) = capabilities.object("extensions") {
        extensions.remove(TASKS);
        let extensions = extensions.to_string();
        capabilities.set("extensions", extensions);
    }
    capabilities.to_string()
}

/// A notification without the mark of its subscription, for a client that has none.
pub fn untagged(notification: &str) -> String {
    in_params(notification, |params| without_meta(params, META_SUBSCRIPTION))
}

/// A notification with the mark of its subscription: the exact id of the request that asked for it.
pub fn tagged(notification: &str, id: &str) -> String {
    in_params(notification, |params| {
        let mut meta = params.object("_meta").unwrap_or_default();
        meta.set(META_SUBSCRIPTION, id.to_owned());
        let meta = meta.to_string();
        params.set("_meta", meta);
    })
}

fn in_params(message: &str, change: impl Fn(&mut Object<'_>)) -> String {
    let Some(mut message) = Object::parse(message) else { return message.to_owned() };
    let mut params = message.object("params").unwrap_or_default();
    change(&mut params);
    let params = params.to_string();
    message.set("params", params);
    message.to_string()
}

fn without_meta(object: &mut Object<'_>, key: &str) {
    let Some(mut meta) = object.object("_meta") else { return };
    meta.remove(key);
    let (empty, meta) = (meta.is_empty(), meta.to_string());
    if empty {
        object.remove("_meta");
    } else {
        object.set("_meta", meta);
    }
}

/// Whether a log message is at least as urgent as the client wants. Without a wish, a client of 2026-07-28 wants
/// none.
pub fn is_wanted(log_message: &Object<'_>, level: Option<&str>) -> bool {
    let urgency = |level: &str| LEVELS.iter().position(|known| *known == level);
    let of_message = log_message.object("params").and_then(|params| params.string("level"));
    match (level.and_then(urgency), of_message.as_deref().and_then(urgency)) {
        (Some(least), Some(level)) => level >= least,
        _ => false,
    }
}

/// What a service may ask of a client (2026-07-28, "Multi Round-Trip Requests").
pub const ASKABLE: [&str; 3] = ["elicitation/create", "sampling/createMessage", "roots/list"];

/// Whether a request of 2026-07-28 with this method may be answered by such a question (the same section).
pub fn may_ask(method: &str) -> bool {
    ["tools/call", "prompts/get", "resources/read"].contains(&method)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(capabilities: &str) -> Facts {
        Facts {
            revision: "2025-06-18".into(),
            capabilities: capabilities.into(),
            client: r#"{"name":"c","version":"1"}"#.into(),
            level: Some("info".into()),
            whose: String::new(),
        }
    }

    #[test]
    fn a_client_says_of_itself_what_every_service_can_read() {
        for (text, valid) in [
            (r#"{"name":"a","version":"1","x":[1.0]}"#, true),
            (r#"{"name":"","version":""}"#, true),
            (r#"{"name":"a"}"#, false),
            (r#"{"name":"a","version":1}"#, false),
            ("[7]", false),
            ("null", false),
        ] {
            assert_eq!(is_client(text), valid, "{text}");
        }
        for (text, kept) in [
            (r#"{ "roots": {"n":1.0} }"#, r#"{ "roots": {"n":1.0} }"#),
            (r#"{"elicitation":5,"roots":{"n":1.0},"sampling":[]}"#, r#"{"roots":{"n":1.0}}"#),
            ("[]", ""),
            ("", ""),
        ] {
            assert_eq!(objects(text), kept, "{text}");
        }
    }

    #[test]
    fn params_go_there_and_back() {
        let params = r#"{"name":"x","arguments":{"n":1.0},"_meta":{"progressToken":7},"other":[1e3]}"#;
        let modern = params_to_modern(Some(params), &facts(r#"{"elicitation":{},"tasks":{}}"#));
        assert_eq!(
            modern,
            r#"{"name":"x","arguments":{"n":1.0},"_meta":{"progressToken":7,"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"elicitation":{}},"io.modelcontextprotocol/clientInfo":{"name":"c","version":"1"},"io.modelcontextprotocol/logLevel":"info"},"other":[1e3]}"#
        );
        assert_eq!(params_to_legacy(Some(&modern)).as_deref(), Some(params));
        assert_eq!(params_to_legacy(Some(&params_to_modern(None, &facts("")))), None);
        let retry = r#"{"name":"x","inputResponses":{},"requestState":"s"}"#;
        assert_eq!(params_to_legacy(Some(retry)).as_deref(), Some(r#"{"name":"x"}"#));
    }

    #[test]
    fn results_get_what_the_era_wants() {
        assert_eq!(
            result_to_modern("tools/list", r#"{"tools":[],"x":1.0}"#),
            r#"{"tools":[],"x":1.0,"resultType":"complete","ttlMs":0,"cacheScope":"private"}"#
        );
        assert_eq!(
            result_to_modern("tools/call", r#"{"content":[]}"#),
            r#"{"content":[],"resultType":"complete"}"#
        );
        assert_eq!(
            result_to_legacy(
                r#"{"tools":[],"resultType":"complete","ttlMs":5,"cacheScope":"public","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s"}}}"#
            ),
            r#"{"tools":[]}"#
        );
    }

    #[test]
    fn errors_keep_their_meaning() {
        let error = r#"{"code":-32002,"message":"m","data":{"uri":"x"}}"#;
        let modern = r#"{"code":-32602,"message":"m","data":{"uri":"x"}}"#;
        assert_eq!(error_to_modern(error), modern);
        assert_eq!(error_to_legacy("resources/read", modern), error);
        assert_eq!(error_to_legacy("tools/call", modern), modern);
        let url = r#"{"code":-32042,"message":"m","data":{"elicitations":[]}}"#;
        assert_eq!(code(&error_to_modern(url)), Some(INTERNAL_ERROR));
        let of = |capabilities: &str| Facts { revision: MODERN.into(), ..facts(capabilities) };
        let told = without_pages(url, &of(r#"{"elicitation":{}}"#)).unwrap();
        assert_eq!(code(&told), Some(CAPABILITY_MISSING));
        assert!(told.contains(r#"{"requiredCapabilities":{"elicitation":{"url":{}}}}"#), "{told}");
        assert_eq!(without_pages(url, &of(r#"{"elicitation":{"url":{}}}"#)), None);
        assert_eq!(without_pages(url, &facts("{}")), None);
        assert_eq!(without_pages(error, &of("{}")), None);
    }

    #[test]
    fn servers_introduce_themselves_in_both_ways() {
        let discover = r#"{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{"tools":{"listChanged":true},"extensions":{"io.modelcontextprotocol/tasks":{},"io.modelcontextprotocol/ui":{}}},"instructions":"i","ttlMs":1,"cacheScope":"public","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s","version":"1"}}}"#;
        let initialize = initialize_of_discover(discover, "2025-06-18").unwrap();
        assert_eq!(
            initialize,
            r#"{"protocolVersion":"2025-06-18","capabilities":{"tools":{"listChanged":true},"extensions":{"io.modelcontextprotocol/ui":{}}},"serverInfo":{"name":"s","version":"1"},"instructions":"i"}"#
        );
        let back = discover_of_initialize(&initialize).unwrap();
        let back = Object::parse(&back).unwrap();
        assert_eq!(back.get("instructions"), Some(r#""i""#));
        assert_eq!(
            back.get("_meta"),
            Some(r#"{"io.modelcontextprotocol/serverInfo":{"name":"s","version":"1"}}"#)
        );
        assert!(back.get("supportedVersions").unwrap().contains("2026-07-28"));
    }

    #[test]
    fn a_revision_is_agreed_on() {
        for known in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
            assert_eq!(negotiated(known), known);
        }
        assert_eq!((negotiated("2026-07-28"), negotiated("1.0")), ("2025-11-25", "2025-11-25"));
    }

    #[test]
    fn nobody_is_asked_what_they_cannot_answer() {
        let url = r#"{"mode":"url","url":"https://x"}"#;
        assert_eq!(facts("{}").can("elicitation/create", "{}"), Err("elicitation"));
        assert_eq!(facts(r#"{"elicitation":{}}"#).can("elicitation/create", "{}"), Ok(()));
        assert_eq!(facts(r#"{"elicitation":{}}"#).can("elicitation/create", url), Err("elicitation.url"));
        assert_eq!(facts(r#"{"elicitation":{"url":{}}}"#).can("elicitation/create", url), Ok(()));
        assert_eq!(
            facts(r#"{"elicitation":{"url":{}}}"#).can("elicitation/create", "{}"),
            Err("elicitation.form")
        );
        assert_eq!(facts("").can("sampling/createMessage", "{}"), Err("sampling"));
        assert_eq!(facts(r#"{"roots":{"listChanged":true}}"#).can("roots/list", "{}"), Ok(()));
    }

    #[test]
    fn subscriptions_are_marked() {
        let plain = r#"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"x"}}"#;
        let marked = tagged(plain, "\"l\\u0031\"");
        assert!(
            marked.contains(r#""_meta":{"io.modelcontextprotocol/subscriptionId":"l\u0031"}"#),
            "{marked}"
        );
        assert_eq!(untagged(&marked), plain);
    }

    #[test]
    fn only_wanted_log_messages_pass() {
        let message = |level: &str| {
            format!(r#"{{"method":"notifications/message","params":{{"level":"{level}","data":1}}}}"#)
        };
        let wanted = |of: &str, least| is_wanted(&Object::parse(&message(of)).unwrap(), least);
        assert!(wanted("error", Some("info")) && wanted("info", Some("info")));
        assert!(!wanted("debug", Some("info")) && !wanted("error", None) && !wanted("odd", Some("debug")));
    }
}
