//! Who comes to the gateway: a person's browser, and an AI client that acts for them.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;
use url::form_urlencoded::Serializer;

use crate::stage::Person;
use crate::world::{Answer, Open, World};

/// A person at their browser.
pub(crate) struct Browser {
    pub(crate) person: Person,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn of(person: &Person) -> Self {
        Self { person: person.clone(), cookies: BTreeMap::new() }
    }

    /// A request with the browser's cookies. `path` may be a whole URL of the gateway.
    pub(crate) fn get(&mut self, world: &mut World, path: &str) -> Answer {
        let request = Request::get(absolute(world, path)).body(Bytes::new()).unwrap();
        self.send(world, request)
    }

    /// A form of one of the gateway's own pages, posted.
    pub(crate) fn post(&mut self, world: &mut World, path: &str, form: &[(&str, &str)]) -> Answer {
        let origin = world.origin();
        self.post_from(world, origin, path, form)
    }

    /// A form of some page, posted.
    pub(crate) fn post_from(
        &mut self,
        world: &mut World,
        origin: &str,
        path: &str,
        form: &[(&str, &str)],
    ) -> Answer {
        let request = Request::post(absolute(world, path))
            .header("origin", origin)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encoded(form).into())
            .unwrap();
        self.send(world, request)
    }

    /// A form of one of the gateway's own pages, posted by a script that reads JSON.
    pub(crate) fn post_for_json(&mut self, world: &mut World, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = Request::post(absolute(world, path))
            .header("origin", world.origin())
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encoded(form).into())
            .unwrap();
        self.send(world, request)
    }

    fn send(&mut self, world: &mut World, mut request: Request<Bytes>) -> Answer {
        if !self.cookies.is_empty() {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request.headers_mut().insert("cookie", cookies.join("; ").parse().unwrap());
        }
        let answer = world.send(request);
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
            if world.origin().starts_with("https") {
                assert!(cookie.starts_with("__Host-") && cookie.contains("Secure"), "{cookie}");
            }
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    /// Signs in: leaves for the identity provider, proves there who it is, and comes back.
    pub(crate) fn sign_in(&mut self, world: &mut World, path: &str) -> Answer {
        let left = self.get(world, path);
        assert_eq!(left.status(), 303, "{}", left.text());
        let back = world.stage.idp.sign_in(left.header("location"), &self.person.clone());
        self.get(world, &back)
    }
}

/// A request of an AI client for a person's permission.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) verifier: String,
    pub(crate) resource: String,
    pub(crate) scope: &'static str,
}

/// Where AI clients are redirected to.
pub(crate) const REDIRECT: &str = "http://127.0.0.1:33418/callback";

impl Ask {
    /// A newly registered client that asks for a service.
    pub(crate) fn new(world: &mut World, service: &str) -> Self {
        let wish = json!({
            "client_name": "A scripted client", "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "none",
        });
        let registered = register(world, &wish);
        assert_eq!(registered.status(), 201, "{}", registered.text());
        Self {
            client_id: registered.json()["client_id"].as_str().unwrap().to_owned(),
            redirect_uri: REDIRECT.to_owned(),
            verifier: format!("planted-verifier-{:0>40}", World::number()),
            resource: world.url(&endpoint(service)),
            scope: "mcp",
        }
    }

    /// A client that a metadata document vouches for, and whose answers go to an `https` address.
    pub(crate) fn vouched(world: &mut World, service: &str) -> Self {
        Self {
            client_id: "https://claude.ai/oauth/mcp-oauth-client-metadata".to_owned(),
            redirect_uri: "https://claude.ai/api/mcp/auth_callback".to_owned(),
            ..Self::new(world, service)
        }
    }

    /// The path and query of the question.
    pub(crate) fn path(&self) -> String {
        self.path_with(&[])
    }

    /// The same with other parameters; an empty value takes one out.
    pub(crate) fn path_with(&self, others: &[(&str, &str)]) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&self.verifier));
        let mut parameters: Vec<(&str, &str)> = vec![
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("resource", &self.resource),
            ("scope", self.scope),
            ("state", "client-state"),
        ];
        for (name, value) in others {
            parameters.retain(|(other, _)| other != name);
            parameters.push((name, value));
        }
        parameters.retain(|(_, value)| !value.is_empty());
        format!("/authorize?{}", encoded(&parameters))
    }

    /// The person is asked, signing in first if need be; answers with the consent page.
    pub(crate) fn consent_page(&self, world: &mut World, browser: &mut Browser) -> Answer {
        let asked = browser.get(world, &self.path());
        if asked.status() == 200 {
            return asked;
        }
        assert_eq!(asked.status(), 303, "{}", asked.text());
        let back = browser.sign_in(world, asked.header("location"));
        assert_eq!(back.status(), 303, "{}", back.text());
        browser.get(world, back.header("location"))
    }

    /// The person decides; answers with where the browser is sent.
    pub(crate) fn decide(&self, world: &mut World, browser: &mut Browser, decision: &str) -> Url {
        let page = self.consent_page(world, browser);
        assert_eq!(page.status(), 200, "{}", page.text());
        let form =
            [("request", &*field(&page, "request")), ("csrf", &field(&page, "csrf")), ("decision", decision)];
        let decided = browser.post(world, "/authorize", &form);
        assert_eq!(decided.status(), 303, "{}", decided.text());
        Url::parse(decided.header("location")).unwrap()
    }

    /// The person allows it; answers with the code.
    pub(crate) fn code(&self, world: &mut World, browser: &mut Browser) -> String {
        let back = self.decide(world, browser, "allow");
        assert!(back.as_str().starts_with(&self.redirect_uri), "{back}");
        assert_eq!(parameter(&back, "state").as_deref(), Some("client-state"));
        assert_eq!(parameter(&back, "iss").as_deref(), Some(world.origin()));
        parameter(&back, "code").unwrap_or_else(|| panic!("no code in {back}"))
    }

    /// Redeems a code, with these parameters changed.
    pub(crate) fn redeem(&self, world: &mut World, code: &str, others: &[(&str, &str)]) -> Answer {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", &self.verifier),
            ("resource", &self.resource),
        ];
        for (name, value) in others {
            form.retain(|(other, _)| other != name);
            form.push((name, value));
        }
        token(world, &form)
    }

    /// Exchanges a refresh token.
    pub(crate) fn refresh(&self, world: &mut World, refresh_token: &str) -> Answer {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
            ("client_id", &self.client_id),
        ];
        token(world, &form)
    }
}

/// An AI client with a person's permission.
#[derive(Clone, Debug)]
pub(crate) struct Agent {
    pub(crate) ask: Ask,
    pub(crate) service: String,
    pub(crate) token: String,
    pub(crate) refresh_token: String,
    pub(crate) revision: &'static str,
    pub(crate) session: Option<String>,
    /// What it can be asked.
    pub(crate) capabilities: Value,
}

pub(crate) const MODERN: &str = "2026-07-28";

impl Agent {
    /// A client that a person has just permitted to use a service.
    pub(crate) fn of(world: &mut World, person: &Person, service: &str) -> Self {
        Self::at(world, &mut Browser::of(person), service)
    }

    /// A client that the person at this browser has just permitted to use a service.
    pub(crate) fn at(world: &mut World, browser: &mut Browser, service: &str) -> Self {
        let ask = Ask::new(world, service);
        Self::asking(world, browser, ask, service)
    }

    /// The client that asks this, permitted just now by the person at this browser.
    pub(crate) fn asking(world: &mut World, browser: &mut Browser, ask: Ask, service: &str) -> Self {
        let code = ask.code(world, browser);
        let answer = ask.redeem(world, &code, &[]);
        assert_eq!(answer.status(), 200, "{}", answer.text());
        assert_eq!(answer.header("cache-control"), "no-store");
        let tokens = answer.json();
        assert_eq!(tokens["token_type"], "Bearer");
        Self {
            ask,
            service: service.to_owned(),
            token: tokens["access_token"].as_str().unwrap().to_owned(),
            refresh_token: tokens["refresh_token"].as_str().unwrap().to_owned(),
            revision: MODERN,
            session: None,
            capabilities: json!({}),
        }
    }

    /// The same client, speaking another revision.
    pub(crate) fn speaking(&self, revision: &'static str) -> Self {
        Self { revision, ..self.clone() }
    }

    /// The same client, with these capabilities.
    pub(crate) fn able(&self, capabilities: Value) -> Self {
        Self { capabilities, ..self.clone() }
    }

    /// The same client, with new tokens.
    pub(crate) fn renewed(&self, world: &mut World) -> Self {
        let answer = self.ask.refresh(world, &self.refresh_token);
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let part = |name: &str| answer.json()[name].as_str().unwrap().to_owned();
        Self { token: part("access_token"), refresh_token: part("refresh_token"), ..self.clone() }
    }

    /// A request with this method and these params, as its revision wants it.
    pub(crate) fn request(&self, world: &World, method: &str, params: Value) -> Request<Bytes> {
        let mut params = params;
        if self.revision == MODERN {
            let meta = &mut params["_meta"];
            meta["io.modelcontextprotocol/protocolVersion"] = json!(MODERN);
            meta["io.modelcontextprotocol/clientInfo"] = json!({ "name": "scripted", "version": "1" });
            meta["io.modelcontextprotocol/clientCapabilities"] = self.capabilities.clone();
        }
        let mut message = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
        if method.starts_with("notifications/") {
            message.as_object_mut().unwrap().shift_remove("id");
        }
        self.posting(world, message.to_string())
    }

    /// A request with this body, and the headers that fit it.
    pub(crate) fn posting(&self, world: &World, body: String) -> Request<Bytes> {
        let message: Value = serde_json::from_str(&body).unwrap_or_default();
        let mut request = Request::post(world.url(&endpoint(&self.service)))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", self.revision);
        if self.revision == MODERN {
            request = request.header("mcp-method", message["method"].as_str().unwrap_or_default());
            let member = match message["method"].as_str().unwrap_or_default() {
                "resources/read" => "uri",
                "tasks/get" | "tasks/update" | "tasks/cancel" => "taskId",
                _ => "name",
            };
            if let Some(name) = message["params"][member].as_str() {
                request = request.header("mcp-name", name);
            }
            // The one mirrored argument that all clients know of: of the tool `read` of the services of one era.
            if let (Some("read"), Some(to)) =
                (message["params"]["name"].as_str(), message["params"]["arguments"]["to"].as_str())
            {
                request = request.header("mcp-param-to", to);
            }
        }
        if let Some(session) = &self.session {
            request = request.header("mcp-session-id", session);
        }
        request.body(body.into()).unwrap()
    }

    pub(crate) fn send(&self, world: &mut World, method: &str, params: Value) -> Answer {
        let request = self.request(world, method, params);
        world.send(request)
    }

    pub(crate) fn open(&self, world: &mut World, method: &str, params: Value) -> Open {
        let request = self.request(world, method, params);
        world.open(request)
    }

    /// Begins a session, in revisions that have them.
    pub(crate) fn initialize(&mut self, world: &mut World) {
        let client = json!({ "name": "scripted", "version": "1" });
        let params = json!({ "protocolVersion": self.revision, "capabilities": self.capabilities, "clientInfo": client });
        let answer = self.send(world, "initialize", params);
        assert_eq!(answer.status(), 200, "{}", answer.text());
        assert_eq!(answer.json()["result"]["protocolVersion"], self.revision);
        self.session = Some(answer.header("mcp-session-id").to_owned());
        let answer = self.send(world, "notifications/initialized", json!({}));
        assert_eq!((answer.status(), answer.text()), (202, ""));
    }

    /// Calls a tool; answers with the result.
    pub(crate) fn call(&self, world: &mut World, tool: &str, arguments: Value) -> Value {
        let answer = self.send(world, "tools/call", json!({ "name": tool, "arguments": arguments }));
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let message = answer.json();
        assert_eq!(message["id"], 7);
        message["result"].clone()
    }

    /// Calls a tool; answers with the text of the result's first content item.
    pub(crate) fn read(&self, world: &mut World, tool: &str, arguments: Value) -> String {
        let result = self.call(world, tool, arguments);
        assert_eq!(result["isError"], false, "{result}");
        text(&result)
    }

    /// Calls a tool that is refused, or fails; answers with what the model reads.
    pub(crate) fn refused(&self, world: &mut World, tool: &str, arguments: Value) -> String {
        let result = self.call(world, tool, arguments);
        assert_eq!(result["isError"], true, "{result}");
        text(&result)
    }

    /// The names of the tools that are listed.
    pub(crate) fn tools(&self, world: &mut World) -> Vec<String> {
        let answer = self.send(world, "tools/list", json!({}));
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let tools = answer.json()["result"]["tools"].as_array().unwrap().clone();
        tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
    }
}

/// The path of a service's address; of all of them, for no service.
fn endpoint(service: &str) -> String {
    if service.is_empty() { "/mcp".to_owned() } else { format!("/mcp/{service}") }
}

/// The text of a result's first content item.
pub(crate) fn text(result: &Value) -> String {
    result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("no text in {result}")).to_owned()
}

/// `POST /register`.
pub(crate) fn register(world: &mut World, wish: &Value) -> Answer {
    let request = Request::post(world.url("/register"))
        .header("content-type", "application/json")
        .body(wish.to_string().into())
        .unwrap();
    world.send(request)
}

/// `POST /token`.
pub(crate) fn token(world: &mut World, form: &[(&str, &str)]) -> Answer {
    posted(world, "/token", form)
}

/// `POST /revoke`.
pub(crate) fn revoke(world: &mut World, form: &[(&str, &str)]) -> Answer {
    posted(world, "/revoke", form)
}

fn posted(world: &mut World, path: &str, form: &[(&str, &str)]) -> Answer {
    let request = Request::post(world.url(path))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(encoded(form).into())
        .unwrap();
    world.send(request)
}

pub(crate) fn encoded(form: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(form).finish()
}

/// The value of a hidden field of a page.
pub(crate) fn field(page: &Answer, name: &str) -> String {
    let text = page.text();
    let start = format!("name=\"{name}\" value=\"");
    let at = text.find(&start).unwrap_or_else(|| panic!("no field {name} in {text}")) + start.len();
    let value = &text[at..at + text[at..].find('"').unwrap()];
    value.replace("&amp;", "&").replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">")
}

/// A parameter of a URL's query.
pub(crate) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(other, _)| other == name).map(|(_, value)| value.into_owned())
}

fn absolute(world: &World, path: &str) -> String {
    if path.starts_with('/') { world.url(path) } else { path.to_owned() }
}
