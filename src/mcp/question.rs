//! What a service asks its client: a request of its own up to 2025-11-25, a result since 2026-07-28.

use super::raw::{Object, array, quoted};

/// A request of a service to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What its answer goes by: the key in `inputRequests`, or the exact text of the request's id.
    pub key: String,
    /// `elicitation/create`, `sampling/createMessage` or `roots/list`.
    pub method: String,
    /// Its params, as JSON.
    pub params: String,
}

impl Question {
    /// The questions of a result that says `input_required`; [`None`] for another result.
    pub fn of_result(result: &Object<'_>) -> Option<Vec<Self>> {
        if result.string("resultType").as_deref() != Some("input_required") {
            return None;
        }
        let requests = result.object("inputRequests").unwrap_or_default();
        let question = |(key, request): (&str, &str)| {
            let request = Object::parse(request)?;
            Some(Self {
                key: key.to_owned(),
                method: request.string("method")?,
                params: request.get("params").unwrap_or("{}").to_owned(),
            })
        };
        Some(requests.members().filter_map(question).collect())
    }

    /// As a request under an id that no other has, for a client of an older revision. `id` is JSON.
    pub fn request(&self, id: &str) -> String {
        let method = quoted(&self.method);
        let mut params = Object::parse(&self.params).unwrap_or_default();
        // 2025-11-25 wants a name for a page to be visited; 2026-07-28 has none.
        let is_nameless =
            params.string("mode").as_deref() == Some("url") && params.get("elicitationId").is_none();
        let params = match is_nameless {
            true => {
                params.set("elicitationId", id.to_owned());
                params.to_string()
            }
            false => self.params.clone(),
        };
        format!(r#"{{"jsonrpc":"2.0","id":{id},"method":{method},"params":{params}}}"#)
    }

    /// As a result that says `input_required`, for a client of 2026-07-28.
    pub fn result(questions: &[Self], state: &str) -> String {
        let mut requests = Object::default();
        for question in questions {
            let (method, params) = (quoted(&question.method), &question.params);
            requests.set(&question.key, format!(r#"{{"method":{method},"params":{params}}}"#));
        }
        format!(
            r#"{{"resultType":"input_required","inputRequests":{requests},"requestState":{}}}"#,
            quoted(state)
        )
    }

    /// The URLs that an error of 2025-11-25 wants visited first, as questions.
    pub fn of_url_error(error: &str) -> Vec<Self> {
        let error = Object::parse(error).unwrap_or_default();
        let data = error.object("data").unwrap_or_default();
        let elicitations = data.get("elicitations").and_then(array).unwrap_or_default();
        let questions = elicitations.into_iter().enumerate().map(|(at, params)| Self {
            key: format!("url-{at}"),
            method: "elicitation/create".to_owned(),
            params: params.to_owned(),
        });
        questions.collect()
    }
}

/// Has what a service asks of the client's model asked without what that model knows besides (`includeContext`): that may
/// come from other services, or from the person.
pub fn without_context(message: &mut Object<'_>) {
    if let Some(params) = alone(message) {
        message.set("params", params);
    }
    let Some(mut result) = message.object("result") else { return };
    let Some(mut requests) = result.object("inputRequests") else { return };
    let changed = |(key, request): (&str, &str)| {
        let mut request = Object::parse(request)?;
        let params = alone(&request)?;
        request.set("params", params);
        Some((key.to_owned(), request.to_string()))
    };
    let changed: Vec<_> = requests.members().filter_map(changed).collect();
    if changed.is_empty() {
        return;
    }
    for (key, request) in changed {
        requests.set(&key, request);
    }
    let requests = requests.to_string();
    result.set("inputRequests", requests);
    let result = result.to_string();
    message.set("result", result);
}

/// The params of a request for sampling without context, where it asks for some.
fn alone(request: &Object<'_>) -> Option<String> {
    const CONTEXT: &str = "includeContext";
    request.string("method").filter(|method| method == "sampling/createMessage")?;
    let mut params = request.object("params")?;
    params.get(CONTEXT).filter(|context| *context != r#""none""#)?;
    params.set(CONTEXT, quoted("none"));
    Some(params.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_asked_without_context() {
        let asks = |context: &str| {
            format!(r#"{{"method":"sampling/createMessage","params":{{"maxTokens":1{context}}}}}"#)
        };
        let without = |text: &str| {
            let mut message = Object::parse(text).unwrap();
            without_context(&mut message);
            message.to_string()
        };
        let none = asks(r#","includeContext":"none""#);
        for context in [r#","includeContext":"allServers""#, r#","include\u0043ontext":"thisServer""#] {
            assert_eq!(without(&asks(context)), none);
            let results = [asks(context), none.clone()].map(|asks| {
                format!(r#"{{"result":{{"inputRequests":{{"a":{asks},"b":{{"method":"roots/list"}}}}}}}}"#)
            });
            assert_eq!(without(&results[0]), results[1]);
        }
        let others = [asks(""), r#"{"method":"roots/list","params":{"includeContext":"x"}}"#.to_owned()];
        others.iter().for_each(|other| assert_eq!(&without(other), other));
    }

    #[test]
    fn questions_go_there_and_back() {
        let result = r#"{"resultType":"input_required","inputRequests":{"a":{"method":"roots/list"},"b":{"method":"elicitation/create","params":{"message":"m"}}},"requestState":"s"}"#;
        let questions = Question::of_result(&Object::parse(result).unwrap()).unwrap();
        assert_eq!(
            questions[1].request("\"q\""),
            r#"{"jsonrpc":"2.0","id":"q","method":"elicitation/create","params":{"message":"m"}}"#
        );
        let spelt = Question { params: r#"{"a\u0062":1.0}"#.into(), ..questions[0].clone() };
        assert!(spelt.request("1").contains(r#""params":{"a\u0062":1.0}"#), "{}", spelt.request("1"));
        let page = r#"{"mode":"url","url":"https://x"}"#;
        let page = Question { key: "p".into(), method: "elicitation/create".into(), params: page.into() };
        let named = r#"{"mode":"url","url":"https://x","elicitationId":"q"}"#;
        assert!(page.request("\"q\"").contains(named), "{}", page.request("\"q\""));
        assert!(Question { params: named.into(), ..page }.request("\"r\"").contains(named));
        let back = Question::result(&questions, "t");
        assert_eq!(Question::of_result(&Object::parse(&back).unwrap()).unwrap(), questions);
        assert!(Question::of_result(&Object::parse(r#"{"content":[]}"#).unwrap()).is_none());
        let error =
            r#"{"code":-32042,"message":"m","data":{"elicitations":[{"mode":"url","url":"https://x"}]}}"#;
        assert_eq!(Question::of_url_error(error)[0].params, r#"{"mode":"url","url":"https://x"}"#);
    }
}
