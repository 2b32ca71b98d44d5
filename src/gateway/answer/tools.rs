//! Lists of tools on their way to a client: what the service says is remembered and compared with its pins, and what the
//! person may not use or is held is left out.

use std::collections::HashSet;
use std::time::Duration;

use super::{Answer, Exchange};
use crate::audit::Reason;
use crate::crypto::digest;
use crate::error::Refusal;
use crate::gateway::pins;
use crate::host::{Host, Level, LogLine};
use crate::mcp::list::{self, Tool, Unlisted};
use crate::mcp::raw::Object;
use crate::service::{self, Catalog};
use crate::store::service_tools;

/// A service's word that its tools are others now.
const CHANGED: &str = "notifications/tools/list_changed";

/// For how long the tools are kept that an account was shown, how soon the same ones are kept again, and how many
/// bytes of them at most.
const KEEP_SHOWN: Duration = Duration::from_secs(90 * 86_400);
const KEEP_AGAIN: Duration = Duration::from_secs(86_400);
const MOST_SHOWN: usize = 512 * 1024;

impl<H: Host> Exchange<H> {
    /// A list of tools as this person may see it; every other answer as it is.
    pub(in crate::gateway) async fn listed<'a>(&mut self, answer: Answer<'a>) -> Result<Answer<'a>, Refusal> {
        let (context, service) = (self.context.clone(), self.service.clone());
        if answer.message.string("method").as_deref() == Some(CHANGED) {
            Catalog::forget(&context, &service, self.principal.person());
        }
        let lists = match self.request {
            Some(_) => self.method(&answer) == Some("tools/list"),
            None => lists_tools(&answer.message),
        };
        if !lists {
            return Ok(answer);
        }
        let Answer { mut message, ends } = answer;
        let Some(mut result) = message.object("result") else { return Ok(Answer { message, ends }) };
        if service.credentials.are_personal() {
            *self.shown.borrow_mut() = result.get("tools").map(str::to_owned);
        }
        let told = match list::told(&result) {
            Ok(told) => told,
            Err(Unlisted::TooMany) => {
                return Err(service::rubbish(&service, &Unlisted::TooMany.to_string()));
            }
            Err(Unlisted::NoList) => return Ok(Answer { message, ends }),
        };
        let held = pins::see(&context, &service, &self.principal, &told, self.page).await?;
        let stops = context.setup.config.modes.pins.stops();
        let tools: Vec<Tool> = told.into_iter().flatten().map(|told| told.tool).collect();
        let unusable = self.unusable(&tools);
        Catalog::learn(&context, &service, self.principal.person(), tools);
        list::retain_items(&mut result, "tools", |at, item| {
            let name = Object::parse(item).and_then(|item| item.string("name"));
            let Some(name) = name else { return false };
            let held = held.get(at) != Some(&false);
            let shown = self.role.allows(&service.id, &name) && !unusable.contains(&name);
            shown && !(held && stops)
        });
        let holds = held.contains(&true);
        if holds && !stops {
            self.account.observe(Reason::ToolQuarantined);
        }
        if holds && stops {
            soon(&mut result);
        }
        if stops {
            list::silence(&mut result);
        }
        list::promise_masked(&mut result);
        let result = self.without_telling(result, "tools");
        message.set("result", result);
        Ok(Answer { message, ends })
    }

    /// The tools whose mirrored arguments are declared wrongly: a client must not offer them (2026-07-28, streamable
    /// HTTP, "Schema Extension"), and toward the service the gateway is one. Earlier revisions mirror nothing.
    fn unusable(&self, tools: &[Tool]) -> HashSet<String> {
        let wrong = |tool: &Tool| tool.params.as_ref().err().map(|invalid| (tool.name.clone(), *invalid));
        let wrong: Vec<_> = tools.iter().filter(|_| self.mirrors).filter_map(wrong).collect();
        if let Some((_, invalid)) = wrong.first() {
            let line = LogLine::new(Level::Warn, "tools_left_out").id("service", &self.service.id);
            self.context.host.log(line.number("tools", wrong.len() as i64).word("first", invalid.name()));
        }
        wrong.into_iter().map(|(name, _)| name).collect()
    }

    /// Keeps the tools that the person's account was shown, for when it has to be connected anew.
    pub(super) async fn keep_shown(&self) {
        let Some(tools) = self.shown.take().filter(|tools| tools.len() <= MOST_SHOWN) else { return };
        let host = &self.context.host;
        let (person, service) = (self.principal.person(), &*self.service.id);
        let (now, isolate) = (host.now(), host.isolate());
        let (whose, what) = (format!("{person} {service}"), digest(&tools));
        if isolate.shown.recall(&whose, now, KEEP_AGAIN).as_ref() == Some(&what) {
            return;
        }
        match service_tools::keep(host, person, &self.key, service, &tools, now.after(KEEP_SHOWN)).await {
            Ok(()) => isolate.shown.keep(whose, now, what),
            Err(error) => host.log(LogLine::new(Level::Warn, "tools_not_kept").port(&error)),
        }
    }
}

/// What a message answers on a stream that is resumed: a request that was made before it. What has a member of another
/// answer is no list.
pub(super) fn resumed(message: &Object<'_>) -> &'static str {
    let others = ["content", "structuredContent", "contents", "messages"];
    let is_other = |result: &Object<'_>| others.iter().any(|key| result.get(key).is_some());
    match lists_tools(message) && !message.object("result").is_some_and(|result| is_other(&result)) {
        true => "tools/list",
        false => "tools/call",
    }
}

/// Whether a client may take a result for a list of tools, whatever else it has.
fn lists_tools(message: &Object<'_>) -> bool {
    message.object("result").is_some_and(|result| result.get("tools").is_some())
}

/// What is held now may not be held in a minute: no client keeps such a list for longer.
fn soon(result: &mut Object<'_>) {
    let most = pins::AGE.as_millis();
    let kept = result.get("ttlMs").and_then(|ttl| ttl.parse::<f64>().ok());
    if kept.is_some_and(|kept| kept > most as f64) {
        result.set("ttlMs", most.to_string());
    }
}
