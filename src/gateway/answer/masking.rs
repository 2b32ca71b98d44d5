//! The eighth phase: personal data -> pseudonyms, and what they stand for into the database.

use std::collections::HashSet;
use std::rc::Rc;

use super::{Answer, Exchange};
use crate::audit::Reason;
use crate::config::Binary;
use crate::error::Refusal;
use crate::gateway::admit::storage;
use crate::host::Host;
use crate::mcp::exempt;
use crate::pii::{Found, Given, Kind, Masker, WITHHELD};
use crate::store::mapping;

/// What a service answers by what it is, and not by what it holds.
const OF_ITSELF: [&str; 5] =
    ["initialize", "server/discover", "tools/list", "prompts/list", "resources/templates/list"];

impl<H: Host> Exchange<H> {
    /// Personal data -> pseudonyms; what they stand for is stored before anybody sees one. Names that are in doubt are
    /// masked when they were found before in the conversation.
    pub(in crate::gateway) async fn pseudonymize(&mut self, answer: &Answer<'_>) -> Result<String, Refusal> {
        let mut text = answer.message.to_string();
        let key = self.key.hash_key("pseudonym");
        let service = Rc::clone(&self.service);
        let of_itself = self.method(answer).is_some_and(|method| OF_ITSELF.contains(&method));
        let doubting = |given: &Given| {
            let masker = Masker::new(&key, &service.pii.policy).expecting(given);
            if of_itself { masker.unjudging() } else { masker.doubting() }
        };
        let exempt = exempt::FromService::new(self.era, self.method(answer), &answer.message);
        if self.service.pii.binary == Binary::Block {
            text = exempt.without_binary(&text, WITHHELD);
        }
        let mut masker = doubting(&self.given);
        let mut masked = masker.json(&text, &|path| exempt.names(path)).map_err(|_| self.ambiguous())?;
        let stored = self.store(&masker, &HashSet::new()).await?;
        let mut known = masker.doubtful();
        known.retain(|doubtful| stored.contains(&doubtful.pseudonym));
        if !known.is_empty() {
            let mut given = self.given.clone();
            known.into_iter().for_each(|name| given.push(name.kind, name.value));
            masker = doubting(&given);
            masked = masker.json(&text, &|path| exempt.names(path)).map_err(|_| self.ambiguous())?;
            // Most often all of it is stored by now.
            self.store(&masker, &stored).await?;
        }
        for kind in Kind::ALL {
            let count = masker.count(kind);
            self.account.found(kind.name(), count);
        }
        Ok(masked)
    }

    /// Stores what a masker found, but for what is stored; answers with all pseudonyms that are. Secrets are not among
    /// it: they are never given back.
    async fn store(&self, masker: &Masker<'_>, stored: &HashSet<String>) -> Result<HashSet<String>, Refusal> {
        let asks = stored.is_empty();
        if masker.found().is_empty() && !(asks && masker.doubts()) {
            return Ok(HashSet::new());
        }
        let (parts, doubtful) = (masker.parts(), masker.doubtful());
        let missing = |found: &&Found| !stored.contains(&found.pseudonym);
        let sure: Vec<&Found> = masker.found().iter().chain(&parts).filter(missing).collect();
        let doubtful: Vec<&Found> = doubtful.iter().filter(|_| asks).collect();
        if sure.is_empty() && !asks {
            return Ok(HashSet::new());
        }
        let owner =
            mapping::Owner { person: self.principal.person(), key: &self.key, service: &self.service.id };
        let expires_at = self.context.host.now().after(self.context.setup.config.pii_ttl);
        let known = mapping::keep(&self.context.host, owner, &sure, &doubtful, expires_at).await;
        let known = known.map_err(|error| Refusal {
            reason: Reason::MappingNotStored,
            text: "The result holds personal data whose pseudonyms could not be stored, so it is withheld. \
                   What was asked may have been done: check before trying again."
                .to_owned(),
            ..storage(&self.context, &error)
        })?;
        Ok(sure.iter().map(|found| found.pseudonym.clone()).chain(known).collect())
    }
}
