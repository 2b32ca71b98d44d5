//! Entries of a Redis stream in what Spin hands on of an answer: its leaves in order, without what they were nested in. Pure.

/// One leaf of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Leaf {
    /// A text, or any other bytes.
    Bytes(Vec<u8>),
    /// Anything else.
    Other,
}

/// An entry of the stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its id, which Redis gave it.
    pub(super) id: String,
    /// The message; [`None`] where the entry is not of the gateway's making.
    pub(super) message: Option<String>,
}

/// The entries in an answer to `XREADGROUP` or `XAUTOCLAIM`. Its first leaf is the stream's key or the next cursor; then
/// come, for each entry, an id and names and values of fields; and after a claim the ids of entries that are gone. Where an
/// entry ends is seen by the next id in the place of a name. Whoever writes fields named like ids may have the entry after
/// theirs misread, but not their own: that one is taken away, and what follows is read well the next time.
pub(super) fn entries(answer: &[Leaf], field: &str) -> Vec<Entry> {
    let leaves = answer.get(1..).unwrap_or_default();
    let gone = leaves.iter().rev().take_while(|leaf| id(leaf).is_some()).count();
    let mut leaves = leaves.iter().take(leaves.len() - gone).peekable();
    let mut entries = Vec::new();
    while let Some(leaf) = leaves.next() {
        let Some(id) = id(leaf) else { continue };
        let mut fields = Vec::new();
        let names =
            |leaf: &Leaf, first: bool| matches!(leaf, Leaf::Bytes(_)) && (first || self::id(leaf).is_none());
        while let Some(name) = leaves.next_if(|leaf| names(leaf, fields.is_empty())) {
            fields.push((name, leaves.next()));
        }
        let message = match fields.as_slice() {
            [(Leaf::Bytes(name), Some(Leaf::Bytes(value)))] if name == field.as_bytes() => {
                String::from_utf8(value.clone()).ok()
            }
            _ => None,
        };
        entries.push(Entry { id: id.to_owned(), message });
    }
    entries
}

/// The id that a leaf looks like: two numbers.
fn id(leaf: &Leaf) -> Option<&str> {
    let Leaf::Bytes(bytes) = leaf else { return None };
    let text = std::str::from_utf8(bytes).ok()?;
    let (time, count) = text.split_once('-')?;
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (number(time) && number(count)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(leaves: &[&[u8]]) -> Vec<Leaf> {
        leaves.iter().map(|leaf| Leaf::Bytes(leaf.to_vec())).collect()
    }

    /// Ids and messages; `-` for what is not ours.
    fn read(leaves: &[Leaf]) -> Vec<String> {
        let text = |entry: Entry| format!("{} {}", entry.id, entry.message.as_deref().unwrap_or("-"));
        entries(leaves, "message").into_iter().map(text).collect()
    }

    #[test]
    fn each_entry_is_read_whatever_stands_beside_it() {
        for foreign in [
            &[b"other" as &[u8], b"x"] as &[&[u8]],
            &[b"message", b"x", b"other", b"y"],
            &[b"other", b"x", b"message", b"y"],
            &[b"message", b"\xff\xfe"],
            &[b"\xff", b"x"],
            &[b"", b""],
            &[b"other", b"7-0"],
            &[b"7-0", b"x"],
            &[b"message", b"x", b"message", b"y", b"message", b"z"],
        ] {
            let ours = [b"message" as &[u8], b"{}"];
            let leaves =
                [&[b"key" as &[u8], b"1-0"], &ours as &[&[u8]], &[b"2-0"], foreign, &[b"3-0"], &ours]
                    .concat();
            assert_eq!(read(&answer(&leaves)), ["1-0 {}", "2-0 -", "3-0 {}"], "{foreign:?}");
            let claimed = [&leaves as &[&[u8]], &[b"1-1", b"4-0"]].concat();
            assert_eq!(read(&answer(&claimed)), ["1-0 {}", "2-0 -", "3-0 {}"], "{foreign:?}, claimed");
            let last = [&[b"key" as &[u8], b"2-0"] as &[&[u8]], foreign].concat();
            assert_eq!(read(&answer(&last)), ["2-0 -"], "{foreign:?}, alone");
        }
    }

    #[test]
    fn fields_named_like_ids_are_taken_away_with_their_entry() {
        let leaves: [&[u8]; 9] = [b"key", b"1-0", b"a", b"b", b"7-0", b"x", b"2-0", b"message", b"{}"];
        assert_eq!(read(&answer(&leaves)), ["1-0 -", "7-0 -"]);
    }

    #[test]
    fn answers_without_entries_have_none() {
        for leaves in [
            vec![],
            vec![Leaf::Other],
            answer(&[b"0-0"]),
            answer(&[b"0-0", b"1-0", b"2-0"]),
            [answer(&[b"0-0"]), vec![Leaf::Other, Leaf::Other]].concat(),
        ] {
            assert_eq!(read(&leaves), Vec::<String>::new(), "{leaves:?}");
        }
        // Up to Redis 6 what is gone has no id.
        let [one, two] = [b"1-0", b"2-0"].map(|id| answer(&[id, b"message", b"{}"]));
        let gone = [answer(&[b"0-0"]), vec![Leaf::Other], one, vec![Leaf::Other], two].concat();
        assert_eq!(read(&gone), ["1-0 {}", "2-0 {}"]);
    }
}
