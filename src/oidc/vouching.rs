//! Whether the provider vouches for an address. Pure.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::Vouching;

/// What an ID token says of an address.
#[derive(Serialize, Deserialize)]
pub(super) struct Said {
    pub(super) email: Option<String>,
    email_verified: Option<Value>,
    /// Google: the domain of the Workspace that the account belongs to.
    hd: Option<Value>,
    /// Entra: the tenant.
    tid: Option<Value>,
    /// Entra: whether the owner of the address's domain has been verified.
    xms_edov: Option<Value>,
}

impl Said {
    /// Whether the address is the person's own, by what such a provider says.
    pub(super) fn is_vouched(&self, by: &Vouching) -> bool {
        let verified = is_true(self.email_verified.as_ref());
        let text =
            |value: &Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_ascii_lowercase);
        match by {
            Vouching::Verified => verified,
            Vouching::Google { hosted_domains } => {
                let email = self.email.as_deref().unwrap_or_default().to_ascii_lowercase();
                let hosted = text(&self.hd).is_some_and(|domain| hosted_domains.contains(&domain));
                verified && (hosted || email.ends_with("@gmail.com"))
            }
            // Said as `true`, `1` or "1", depending on who set the claim up.
            Vouching::Entra { tenant } => {
                let edov = match &self.xms_edov {
                    Some(Value::Number(number)) => number.as_i64() == Some(1),
                    Some(Value::String(text)) => text == "1" || text.eq_ignore_ascii_case("true"),
                    other => is_true(other.as_ref()),
                };
                edov && text(&self.tid).as_ref() == Some(tenant)
            }
        }
    }
}

/// The JSON value `true` and nothing that looks like it.
pub(super) fn is_true(value: Option<&Value>) -> bool {
    value == Some(&Value::Bool(true))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn vouched(by: &Vouching, said: Value) -> bool {
        serde_json::from_value::<Said>(said).unwrap().is_vouched(by)
    }

    #[test]
    fn google_vouches_for_its_own_and_for_the_workspace() {
        let by = Vouching::Google { hosted_domains: vec!["example.com".to_owned()] };
        for (said, holds) in [
            (json!({ "email": "jane@example.com", "email_verified": true, "hd": "example.com" }), true),
            (json!({ "email": "jane@example.com", "email_verified": true, "hd": "Example.com" }), true),
            // Made by somebody who once read mail at that address.
            (json!({ "email": "jane@example.com", "email_verified": true }), false),
            (json!({ "email": "jane@example.com", "email_verified": true, "hd": "other.example" }), false),
            (json!({ "email": "jane@example.com", "email_verified": false, "hd": "example.com" }), false),
            (json!({ "email": "jane@example.com", "email_verified": true, "hd": ["example.com"] }), false),
            (json!({ "email": "pat@gmail.com", "email_verified": true }), true),
            (json!({ "email": "pat@gmail.com", "email_verified": "true" }), false),
            (json!({ "email": "pat@notgmail.com", "email_verified": true }), false),
        ] {
            assert_eq!(vouched(&by, said.clone()), holds, "{said}");
        }
    }

    #[test]
    fn entra_vouches_for_verified_domains_of_the_tenant() {
        let by = Vouching::Entra { tenant: "t-1".to_owned() };
        for (said, holds) in [
            (json!({ "email": "jane@example.com", "tid": "T-1", "xms_edov": true }), true),
            (json!({ "email": "jane@example.com", "tid": "t-1", "xms_edov": "1" }), true),
            (json!({ "email": "jane@example.com", "tid": "t-1", "xms_edov": 1 }), true),
            (json!({ "email": "jane@example.com", "tid": "t-1", "xms_edov": "0" }), false),
            (json!({ "email": "jane@example.com", "tid": "t-1", "xms_edov": false }), false),
            (json!({ "email": "jane@example.com", "tid": "t-1" }), false),
            (json!({ "email": "jane@example.com", "tid": "t-1", "email_verified": true }), false),
            (json!({ "email": "jane@example.com", "tid": "t-2", "xms_edov": true }), false),
            (json!({ "email": "jane@example.com", "xms_edov": true }), false),
        ] {
            assert_eq!(vouched(&by, said.clone()), holds, "{said}");
        }
    }
}
