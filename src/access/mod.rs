//! Who may enter, and as what: domains, guests, admins. What is not allowed is denied.

mod address;

pub use self::address::{Address, ascii_domain};
use crate::audit::Reason;
use crate::config::Access;
use crate::context::Context;
use crate::crypto::HashKey;
use crate::host::{Host, PortError, Timestamp};
use crate::store::person::{self, Known, Profile};

/// Proof that a person may enter; only [`evaluate`] makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    role: String,
    admin: bool,
    auditor: bool,
}

impl Admitted {
    /// The name of their role. A role that the configuration does not describe may use nothing.
    pub fn role(&self) -> &str {
        &self.role
    }

    /// Whether `[access] admins` names them.
    pub fn is_admin(&self) -> bool {
        self.admin
    }

    /// Whether `[access] auditors` names them.
    pub fn is_auditor(&self) -> bool {
        self.auditor
    }
}

/// Why a person may not enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessRefusal {
    /// The identity provider did not say what their address is, or it is not one.
    #[error("the identity provider gave no e-mail address")]
    EmailMissing,
    /// The identity provider did not say that the address is theirs.
    #[error("the identity provider does not vouch for the e-mail address")]
    EmailUnverified,
    /// Neither their domain nor they themselves are allowed.
    #[error("this account is not on the list of those who may enter")]
    NotAllowed,
    /// They were a guest, and their last day is over.
    #[error("the guest access of this account is over")]
    GuestExpired,
}

impl AccessRefusal {
    /// The reason as audit records name it.
    pub fn reason(self) -> Reason {
        match self {
            Self::EmailMissing => Reason::EmailMissing,
            Self::EmailUnverified => Reason::EmailUnverified,
            Self::NotAllowed => Reason::DomainNotAllowed,
            Self::GuestExpired => Reason::GuestExpired,
        }
    }
}

/// The roles of admins and auditors whom neither a domain nor a guest entry admits: they may use what
/// `[access.roles.admin]` or `[access.roles.auditor]` says, which is nothing when it is not there.
const ADMIN_ROLE: &str = "admin";
const AUDITOR_ROLE: &str = "auditor";

/// Decides whether the owner of an e-mail address may enter. An allowed domain comes first, then a guest entry,
/// then the lists of admins and of auditors.
///
/// # Errors
/// [`AccessRefusal`] says what is missing.
pub fn evaluate(
    access: &Access,
    key: &HashKey,
    email: Option<&str>,
    verified: bool,
    now: Timestamp,
) -> Result<Admitted, AccessRefusal> {
    let address = email.and_then(Address::parse).ok_or(AccessRefusal::EmailMissing)?;
    if !verified {
        return Err(AccessRefusal::EmailUnverified);
    }
    let text = address.text();
    let named = |list: &[String]| {
        list.iter().any(|known| Address::parse(known).is_some_and(|known| known == address))
    };
    let (admin, auditor) = (named(&access.admins), named(&access.auditors));
    let admitted = |role: &str| Ok(Admitted { role: role.to_owned(), admin, auditor });
    let domain =
        |(name, _): &(&String, &String)| ascii_domain(name).is_some_and(|name| name == address.domain);
    if let Some((_, role)) = access.domains.iter().find(domain) {
        return admitted(role);
    }
    let id = id_of(key, &text);
    let mut entries = access.guests.iter().filter(|guest| guest.id == id).peekable();
    let known = entries.peek().is_some();
    if let Some(guest) = entries.find(|guest| now < guest.until) {
        return admitted(&guest.role);
    }
    if admin {
        return admitted(ADMIN_ROLE);
    }
    if auditor {
        return admitted(AUDITOR_ROLE);
    }
    Err(if known { AccessRefusal::GuestExpired } else { AccessRefusal::NotAllowed })
}

/// The id under which `[[access.guests]]` names the owner of an address; [`None`] when it is no address.
pub fn guest_id(key: &HashKey, email: &str) -> Option<String> {
    Address::parse(email).map(|address| id_of(key, &address.text()))
}

/// What people are found by who signed in with an address; [`None`] when it is no address.
pub fn address_id(key: &HashKey, email: &str) -> Option<String> {
    Address::parse(email).map(|address| key.id("address", &[&address.text()]))
}

/// What is known of a person now, and whether they may still enter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Their profile, as of their last sign-in.
    pub profile: Profile,
    /// Which of their access tokens count.
    pub generation: i64,
    /// When the identity provider last vouched for them.
    pub seen_at: Timestamp,
    /// The decision under the running configuration.
    pub decision: Result<Admitted, AccessRefusal>,
}

/// Decides again about a person who has signed in before; [`None`] when they were erased.
///
/// # Errors
/// When the database fails or what is stored cannot be opened.
pub async fn review<H: Host>(context: &Context<H>, person: &str) -> Result<Option<Review>, PortError> {
    let Some(known) = person::known(context, person).await? else { return Ok(None) };
    let Known { profile, generation, seen_at } = known;
    let setup = &context.setup;
    // Only verified addresses are kept.
    let decision =
        evaluate(&setup.config.access, &setup.keys.hash, Some(&profile.email), true, context.host.now());
    Ok(Some(Review { profile, generation, seen_at, decision }))
}

fn id_of(key: &HashKey, address: &str) -> String {
    format!("hmac:{}", key.id("guest", &[address]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::Guest;

    const NOW: Timestamp = Timestamp(1_795_000_000_000);

    fn key() -> HashKey {
        HashKey::new([9; 32])
    }

    fn access() -> Access {
        Access {
            admins: vec!["ops@example.com".to_owned(), "root@elsewhere.org".to_owned()],
            domains: [("example.com", "internal"), ("bücher.example.org", "books")]
                .map(|(domain, role)| (domain.to_owned(), role.to_owned()))
                .into(),
            guests: vec![
                Guest {
                    id: guest_id(&key(), "Pat@Partner.org").unwrap(),
                    role: "external".to_owned(),
                    until: Timestamp(NOW.0 + 1),
                },
                Guest {
                    id: guest_id(&key(), "old@partner.org").unwrap(),
                    role: "external".to_owned(),
                    until: NOW,
                },
            ],
            ..Access::default()
        }
    }

    fn decide(email: &str) -> Result<(String, bool), AccessRefusal> {
        evaluate(&access(), &key(), Some(email), true, NOW).map(|a| (a.role().to_owned(), a.is_admin()))
    }

    #[test]
    fn domains_guests_and_admins_enter_with_their_role() {
        let ok = |role: &str, admin| Ok((role.to_owned(), admin));
        assert_eq!(decide("jane@example.com"), ok("internal", false));
        assert_eq!(decide("JANE@EXAMPLE.COM"), ok("internal", false));
        assert_eq!(decide("Ops@Example.com"), ok("internal", true));
        assert_eq!(decide("root@elsewhere.org"), ok("admin", true));
        assert_eq!(decide("pat@partner.org"), ok("external", false));
        assert_eq!(decide("x@BÜCHER.example.org"), ok("books", false));
        assert_eq!(decide("x@xn--bcher-kva.example.org"), ok("books", false));
    }

    #[test]
    fn everyone_else_is_refused_and_told_why() {
        assert_eq!(decide("old@partner.org"), Err(AccessRefusal::GuestExpired));
        for email in [
            "jane@sub.example.com",
            "jane@notexample.com",
            "jane@example.com.evil.org",
            "jane@example.org",
            "jane@exаmple.com", // a Cyrillic а
            "other@partner.org",
        ] {
            assert_eq!(decide(email), Err(AccessRefusal::NotAllowed), "{email}");
        }
        for email in [
            "",
            "jane",
            "@example.com",
            "jane@",
            "jane@example.com.",
            "jane@evil.org@example.com",
            "\"jane@evil.org\"@example.com",
            "jane@evil.org,x@example.com",
            "jane evil@example.com",
            "jane@[127.0.0.1]",
            "jane@127.0.0.1",
            "jane@example%2ecom",
            "jane@example.com\0",
        ] {
            assert_eq!(decide(email), Err(AccessRefusal::EmailMissing), "{email}");
        }
    }

    #[test]
    fn an_unverified_address_opens_nothing() {
        for email in ["jane@example.com", "ops@example.com", "pat@partner.org"] {
            assert_eq!(
                evaluate(&access(), &key(), Some(email), false, NOW),
                Err(AccessRefusal::EmailUnverified)
            );
        }
        assert_eq!(evaluate(&access(), &key(), None, true, NOW), Err(AccessRefusal::EmailMissing));
    }

    #[test]
    fn letters_that_look_alike_or_hide_are_no_others() {
        for email in [
            "\u{212a}im@partner.org",
            "k\u{200b}im@partner.org",
            "kim\u{ad}@partner.org",
            "\u{212b}se@partner.org",
        ] {
            assert!(Address::parse(email).is_none(), "{email}");
        }
        assert!(Address::parse("ås.é@partner.org").is_some());
    }

    #[test]
    fn an_empty_list_admits_nobody() {
        let decision = evaluate(&Access::default(), &key(), Some("jane@example.com"), true, NOW);
        assert_eq!(decision, Err(AccessRefusal::NotAllowed));
    }

    proptest! {
        #[test]
        fn nobody_enters_but_by_their_domain(local in "[a-z]{1,8}", domain in "[a-z.@%-]{0,20}") {
            let email = format!("{local}@{domain}");
            if decide(&email).is_ok() {
                prop_assert!(domain == "example.com" || email == "pat@partner.org" || email == "root@elsewhere.org");
            }
        }
    }
}
