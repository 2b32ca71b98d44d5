//! What a client may do with what its person may use: everything, or read.

/// Everything that the person's role allows. What is granted to a client that asks for nothing in particular.
pub const SCOPE: &str = "mcp";

/// Of that, only what reads: calls of tools that declare themselves read-only. `mcp` contains it.
pub const READ: &str = "mcp:read";

/// All of them.
pub(super) const SCOPES: [&str; 2] = [SCOPE, READ];

/// What is granted to who asks for these scopes; [`None`] when none of them exists here. Scopes that do not exist are
/// left out (RFC 6749 §3.3). `offline_access` asks for what every client gets.
pub(super) fn granted(asked: Option<&str>) -> Option<&'static str> {
    let asked: Vec<&str> = asked.unwrap_or(SCOPE).split(' ').collect();
    let found = SCOPES.into_iter().find(|scope| asked.contains(scope));
    found.or_else(|| asked.contains(&"offline_access").then_some(SCOPE))
}

/// Whether who holds a scope may also do what another one stands for.
pub(super) fn covers(held: &str, wanted: &str) -> bool {
    held == SCOPE || held == wanted
}

#[cfg(test)]
mod tests {
    use super::{READ, SCOPE, covers, granted};

    #[test]
    fn who_asks_for_nothing_gets_everything_and_who_asks_to_read_reads() {
        for asked in [None, Some("mcp"), Some("openid mcp"), Some("mcp:read mcp"), Some("offline_access")] {
            assert_eq!(granted(asked), Some(SCOPE), "{asked:?}");
        }
        for asked in ["mcp:read", "mcp:read offline_access", "x mcp:read"] {
            assert_eq!(granted(Some(asked)), Some(READ), "{asked}");
        }
        for asked in ["admin", "MCP", "mcp:write", "mcp:read:all"] {
            assert_eq!(granted(Some(asked)), None, "{asked}");
        }
        assert!(covers(SCOPE, READ) && covers(READ, READ) && !covers(READ, SCOPE));
    }
}
