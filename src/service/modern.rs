//! A request to a service of 2026-07-28: it stands alone, and what the service needs of the client comes as a result.

use std::rc::Rc;

use http::{HeaderValue, Method};

use super::dialect::modern_headers;
use super::talk::{Answered, CANCELLED, Party, Request, Said, is_below, unanswered, unreadable};
use super::wire::Wire;
use super::{Outgoing, forward, rubbish};
use crate::error::Refusal;
use crate::host::Host;
use crate::mcp::bridge::{self, ASKABLE, Question};
use crate::mcp::header as mirrored;
use crate::mcp::message::name_member;
use crate::mcp::raw::{Object, quoted};
use crate::mcp::revision::MODERN;

/// With a service of 2026-07-28.
pub(super) struct Modern<H: Host> {
    party: Party<H>,
    request: Request,
    wire: Wire<H>,
    state: Option<String>,
}

impl<H: Host> Modern<H> {
    pub(super) async fn begin(party: Party<H>, mut request: Request) -> Result<Self, Refusal> {
        request.params = Some(bridge::params_to_modern(request.params.as_deref(), &party.facts));
        let wire = Self::post(&party, &request).await?;
        Ok(Self { party, request, wire, state: None })
    }

    async fn post(party: &Party<H>, request: &Request) -> Result<Wire<H>, Refusal> {
        let mut headers = modern_headers(&request.method);
        let params = request.params.as_deref().unwrap_or("{}");
        let named = Object::parse(params).unwrap_or_default();
        let name = name_member(&request.method).and_then(|member| named.string(member));
        if let Some(Ok(name)) = name.map(|name| HeaderValue::try_from(mirrored::encode(&name))) {
            headers.insert("mcp-name", name);
        }
        headers.extend(request.mirrored.iter().cloned());
        let (id, method) = (&request.id, quoted(&request.method));
        let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":{method},"params":{params}}}"#);
        let waits = request.method == "subscriptions/listen";
        let limits = super::limits(&party.service, waits);
        let outgoing = Outgoing { method: Method::POST, target: None, headers, body, limits, parting: false };
        let response = forward(party, outgoing).await?;
        Ok(Wire::new(&party.context, &party.service, response).speaking(MODERN))
    }

    pub(super) fn hurry(&mut self) {
        self.wire.hurry();
    }

    pub(super) async fn next(&mut self) -> Result<Said, Refusal> {
        let service = Rc::clone(&self.party.service);
        while let Some(event) = self.wire.next().await? {
            let Some(data) = event.data.filter(|data| !data.is_empty()) else { continue };
            let Some(message) = Object::parse(&data) else { return Err(unreadable(&self.wire, &service)) };
            if let Some(result) = message.get("result") {
                let object = Object::parse(result).unwrap_or_default();
                return Ok(match Question::of_result(&object) {
                    Some(questions)
                        if questions.iter().any(|question| !ASKABLE.contains(&question.method.as_str())) =>
                    {
                        return Err(rubbish(&service, "it asks something that a client cannot be asked"));
                    }
                    Some(questions) => {
                        self.state = object.string("requestState");
                        Said::Asks(questions)
                    }
                    None => Said::Result(result.to_owned()),
                });
            }
            if let Some(error) = message.get("error") {
                return Ok(Said::Error(error.to_owned()));
            }
            if message.get("method").is_some() && message.get("id").is_none() {
                if is_below(&message, &self.party) {
                    continue;
                }
                return Ok(Said::Note(data));
            }
            return Err(rubbish(&service, "it sent a message that its revision does not have"));
        }
        Err(unanswered(&self.wire, &service))
    }

    pub(super) async fn reply(&mut self, answers: Vec<(String, Answered)>) -> Result<(), Refusal> {
        let mut responses = Object::default();
        for (key, answer) in answers {
            let answer = match answer {
                Answered::Result(result) => result,
                // There is no other way to say so in this revision.
                Answered::Error(_) | Answered::Nothing => CANCELLED.to_owned(),
            };
            responses.set(&key, answer);
        }
        let params = self.request.params.clone().unwrap_or_default();
        let mut params = Object::parse(&params).unwrap_or_default();
        params.set("inputResponses", responses.to_string());
        match self.state.take() {
            Some(state) => params.set("requestState", quoted(&state)),
            None => params.remove("requestState"),
        }
        let params = params.to_string();
        self.request.params = Some(params);
        self.wire = Self::post(&self.party, &self.request).await?;
        Ok(())
    }
}
