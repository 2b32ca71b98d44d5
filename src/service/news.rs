//! What a service says without being asked, in whichever revision it speaks.

use std::rc::Rc;
use std::time::Duration;

use super::older::Older;
use super::talk::{Party, Request, Said, Talk};
use super::{Dialect, Legacy, rubbish};
use crate::audit::Reason;
use crate::error::{Fault, Refusal};
use crate::host::Host;
use crate::mcp::bridge::{self, Facts};

/// A service's news. Dropped, nobody listens any more.
pub struct News<H: Host>(Kind<H>);

enum Kind<H: Host> {
    Modern(Box<Talk<H>>),
    Older(Box<Older<H>>),
    /// The service has no stream for them.
    Silent(Box<Party<H>>),
}

impl<H: Host> News<H> {
    /// Begins to listen. `params` are those of `subscriptions/listen`, `uris` the resources in them.
    ///
    /// # Errors
    /// A [`Refusal`] when the service does not let us.
    pub async fn open(party: Party<H>, params: &str, uris: &[String]) -> Result<Self, Refusal> {
        if Dialect::modern(&party.context, &party.service).await? {
            let request = Request {
                id: r#""mcpgate-news""#.to_owned(),
                method: "subscriptions/listen".to_owned(),
                params: Some(params.to_owned()),
                mirrored: Vec::new(),
            };
            return Ok(Self(Kind::Modern(Box::new(Talk::begin(party, request).await?))));
        }
        // Nobody is there to be asked: the service is told so.
        let party = Party {
            facts: Rc::new(Facts { capabilities: String::new(), ..(*party.facts).clone() }),
            ..party
        };
        Ok(Self(match Dialect::legacy(&party.context, &party.service).await? {
            Legacy::Streamable => match Older::listening(party.clone(), uris).await? {
                Some(older) => Kind::Older(Box::new(older)),
                None => Kind::Silent(Box::new(party)),
            },
            Legacy::Sse => Kind::Older(Box::new(Older::listening_sse(party, uris).await?)),
            Legacy::No => {
                return Err(rubbish(
                    &party.service,
                    "it speaks no revision of the protocol that is known here",
                ));
            }
        }))
    }

    /// The next notification, whole; [`None`] when the service ends it.
    ///
    /// # Errors
    /// A [`Refusal`] when the service goes away.
    pub async fn next(&mut self) -> Result<Option<String>, Refusal> {
        let said = match &mut self.0 {
            Kind::Modern(talk) => talk.next().await,
            Kind::Older(older) => older.next().await,
            Kind::Silent(party) => {
                party.context.host.sleep(Duration::from_secs(3600)).await;
                return Ok(None);
            }
        };
        match said {
            Ok(Said::Note(note)) => Ok(Some(note)),
            Ok(Said::Result(_) | Said::Asks(_)) => Ok(None),
            Ok(Said::Error(error)) => {
                let name = self.service_name();
                let code = bridge::code(&error).unwrap_or_default();
                let text = format!("{name} does not tell its news: it answered with the error {code}.");
                Err(Refusal::new(Fault::Service, Reason::ServiceError, text))
            }
            // Ending the connection is how an older service ends its stream.
            Err(refusal) if refusal.reason == Reason::ServiceRubbish => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    fn service_name(&self) -> &str {
        match &self.0 {
            Kind::Modern(talk) => talk.service_name(),
            Kind::Older(older) => older.service_name(),
            Kind::Silent(party) => &party.service.name,
        }
    }
}
