//! What the whole engine promises.
use super::Kind;
#[test]
fn x() {
    assert_eq!(Kind::ALL.len(), 6);
}
