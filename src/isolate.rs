//! What one isolate remembers between requests: one running instance of this program, whatever its host calls it.
//!
//! Only things that can be lost at any moment and read again: the parsed configuration, the keys, verified
//! public keys of the identity provider, people's unwrapped data keys for a minute.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::Hash;
use std::rc::Rc;
use std::time::Duration;

use crate::audit::Habit;
use crate::config::Config;
use crate::crypto::{DataKey, Keys, Secret};
use crate::error::Refusal;
use crate::guard::pin::State;
use crate::host::Timestamp;
use crate::mcp::merge::{List, Part};
use crate::oauth::{ClientKeys, Principal};
use crate::oidc::Provider;
use crate::service::{Catalog, Dialect};

/// The isolate's memory. One per isolate; requests of one isolate take turns, so a cell suffices.
#[derive(Debug, Default)]
pub struct Isolate {
    /// The configuration and the keys, together, as they were read.
    pub setup: Remembered<(), Rc<Setup>>,
    /// The identity provider's metadata and keys, by issuer.
    pub providers: Remembered<String, Rc<Provider>>,
    /// People's data keys, by person.
    pub data_keys: Remembered<String, (Timestamp, DataKey)>,
    /// What people pull usually, by person.
    pub usual: Remembered<String, Rc<Habit>>,
    /// Access tokens at key services and when they are given up, by the name of the secret that they were got with.
    pub kms_tokens: Remembered<String, (Secret, Timestamp)>,
    /// Whose token was verified here, by the token's digest and the URL of its resource.
    pub principals: Remembered<(String, String), Principal>,
    /// The keys of AI clients that are at an address, as they were read in the last minute, by their key in the cache.
    pub client_keys: Remembered<String, ClientKeys>,
    /// What each service speaks, by its key in the cache.
    pub dialects: Remembered<String, Dialect>,
    /// What was found out about the authorization server of each service, by its key in the cache, as the cache has it.
    pub discoveries: Remembered<String, String>,
    /// Sessions with services that were found to have no stream of their own, by a keyed hash.
    pub streamless: Remembered<String, ()>,
    /// What is known of each service's tools, by the version of the configuration, the service and the person, if
    /// people have accounts of their own there.
    pub catalogs: Shelf<(i64, String, String), Rc<Catalog>>,
    /// What became of definitions of tools, by their keyed hash: decisions elsewhere are known here within its time.
    pub pins: Shelf<String, State>,
    /// The digest of the tools that were last kept of a person's account, by person and service.
    pub shown: Remembered<String, String>,
    /// Lists of services as one person may see them, as long as the services let them be kept.
    pub lists: Shelf<ListKey, Rc<Part>>,
    /// Services that were late with a list, and what was said of it.
    pub late: Remembered<ListKey, Refusal>,
    /// Person and alias -> name, of the tools and prompts that were listed for them and whose alias holds only a hash.
    pub names: Remembered<(String, String), String>,
}

/// Whose list it is, and of what: a list is kept for one person alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ListKey {
    /// The list.
    pub list: List,
    /// The id of the service.
    pub service: String,
    /// The person's id.
    pub person: String,
    /// The name of their role.
    pub role: String,
    /// The protocol's revision that it was asked in.
    pub revision: String,
    /// A digest of what the client said that it can do.
    pub capabilities: String,
    /// The version of the configuration that it was filtered and masked by.
    pub version: i64,
}

/// What every request needs before its first phase.
#[derive(Debug)]
pub struct Setup {
    /// The running configuration.
    pub config: Config,
    /// The newest version when this was read; an older one runs where that is not valid.
    pub version: i64,
    /// The gateway's keys.
    pub keys: Keys,
}

/// Values with an age, at most [`CAPACITY`] of them.
#[derive(Debug)]
pub struct Remembered<K, V>(RefCell<HashMap<K, (Timestamp, V)>>);

const CAPACITY: usize = 1024;

impl<K: Eq + Hash, V: Clone> Remembered<K, V> {
    /// The value, if it was put here less than `max_age` ago.
    pub fn recall<Q: Eq + Hash + ?Sized>(&self, key: &Q, now: Timestamp, max_age: Duration) -> Option<V>
    where
        K: std::borrow::Borrow<Q>,
    {
        let values = self.0.borrow();
        let (at, value) = values.get(key)?;
        (at.after(max_age) > now && *at <= now).then(|| value.clone())
    }

    /// Keeps a value. When full, everything is forgotten: simple, bounded, and rare.
    pub fn keep(&self, key: K, now: Timestamp, value: V) {
        let mut values = self.0.borrow_mut();
        if values.len() >= CAPACITY {
            values.clear();
        }
        values.insert(key, (now, value));
    }

    /// Forgets a value.
    pub fn forget<Q: Eq + Hash + ?Sized>(&self, key: &Q)
    where
        K: std::borrow::Borrow<Q>,
    {
        self.0.borrow_mut().remove(key);
    }
}

/// Values with an end, of many sizes: together at most [`MOST`] bytes.
#[derive(Debug)]
pub struct Shelf<K, V> {
    size: Cell<usize>,
    values: RefCell<HashMap<K, Kept<V>>>,
}

#[derive(Debug)]
struct Kept<V> {
    from: Timestamp,
    until: Timestamp,
    size: usize,
    value: V,
}

const MOST: usize = 8 * 1024 * 1024;
/// About how many bytes a value takes besides its own: its key and its place.
const EACH: usize = 300;

impl<K: Eq + Hash, V: Clone> Shelf<K, V> {
    /// The value and when it ends, if that is later than now. What a clock kept that was ahead is not believed.
    pub fn recall(&self, key: &K, now: Timestamp) -> Option<(Timestamp, V)> {
        let values = self.values.borrow();
        let kept = values.get(key).filter(|kept| kept.from <= now && now < kept.until)?;
        Some((kept.until, kept.value.clone()))
    }

    /// Keeps a value of about so many bytes. When full, everything is forgotten; what does not fit at all, or is over
    /// already, is not kept.
    pub fn keep(&self, key: K, now: Timestamp, until: Timestamp, size: usize, value: V) {
        let size = size.saturating_add(EACH);
        if size > MOST || until <= now {
            return;
        }
        let mut values = self.values.borrow_mut();
        if let Some(kept) = values.remove(&key) {
            self.size.set(self.size.get() - kept.size);
        }
        if self.size.get() + size > MOST {
            values.clear();
            self.size.set(0);
        }
        self.size.set(self.size.get() + size);
        values.insert(key, Kept { from: now, until, size, value });
    }

    /// Forgets the values under these keys.
    pub fn forget(&self, these: impl Fn(&K) -> bool) {
        self.values.borrow_mut().retain(|key, kept| {
            let over = these(key);
            if over {
                self.size.set(self.size.get() - kept.size);
            }
            !over
        });
    }
}

impl<K, V> Default for Shelf<K, V> {
    fn default() -> Self {
        Self { size: Cell::new(0), values: RefCell::new(HashMap::new()) }
    }
}

impl<K, V> Default for Remembered<K, V> {
    fn default() -> Self {
        Self(RefCell::new(HashMap::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shelf_is_bounded_by_bytes_and_forgets_what_is_over() {
        let shelf = Shelf::default();
        let (now, later) = (Timestamp(1), Timestamp(2));
        shelf.keep("a", now, later, MOST / 2, 'a');
        assert_eq!(shelf.recall(&"a", now), Some((later, 'a')));
        assert_eq!(shelf.recall(&"a", later), None);
        shelf.keep("b", now, later, MOST, 'b');
        shelf.keep("d", now, later, 1, 'd');
        shelf.forget(|key| *key == "d");
        assert_eq!(shelf.recall(&"d", now), None);
        assert_eq!(shelf.recall(&"b", now), None, "it does not fit");
        shelf.keep("c", now, later, MOST / 2 + 1, 'c');
        assert_eq!((shelf.recall(&"a", now), shelf.recall(&"c", now)), (None, Some((later, 'c'))));
    }

    #[test]
    fn a_shelf_forgets_what_a_clock_kept_that_was_ahead() {
        let shelf = Shelf::default();
        shelf.keep("a", Timestamp(1000), Timestamp(1010), 0, 'a');
        assert_eq!(shelf.recall(&"a", Timestamp(999)), None);
        assert_eq!(shelf.recall(&"a", Timestamp(1000)), Some((Timestamp(1010), 'a')));
    }

    #[test]
    fn a_shelf_is_bounded_by_number_and_takes_nothing_that_is_over() {
        let shelf = Shelf::default();
        let (now, later) = (Timestamp(1), Timestamp(2));
        let number = MOST / EACH * 2;
        for key in 0..number {
            shelf.keep(key, now, later, 0, ());
        }
        assert!(shelf.values.borrow().len() <= number / 2);
        let (before, size) = (shelf.values.borrow().len(), shelf.size.get());
        shelf.keep(number, now, now, 0, ());
        assert_eq!((shelf.values.borrow().len(), shelf.size.get()), (before, size));
        for _ in 0..number {
            shelf.keep(0, now, later, 9, ());
        }
        shelf.forget(|_| true);
        assert_eq!(shelf.size.get(), 0, "what is there is counted once, and what is not, not");
    }
}
