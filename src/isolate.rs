//! What one isolate remembers between requests: one running instance of this program, whatever its host calls it.
//!
//! Only things that can be lost at any moment and read again: the parsed configuration, the keys, verified
//! public keys of the identity provider, people's unwrapped data keys for a minute.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hash;
use std::rc::Rc;
use std::time::Duration;

use crate::config::Config;
use crate::crypto::{DataKey, Keys};
use crate::host::Timestamp;
use crate::oauth::Principal;
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
    pub data_keys: Remembered<String, DataKey>,
    /// Whose token was verified here, by the token's digest and the URL of its resource.
    pub principals: Remembered<(String, String), Principal>,
    /// What each service speaks, by its key in the cache.
    pub dialects: Remembered<String, Dialect>,
    /// What is known of each service's tools, by service.
    pub catalogs: Remembered<String, Rc<Catalog>>,
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

impl<K, V> Default for Remembered<K, V> {
    fn default() -> Self {
        Self(RefCell::new(HashMap::new()))
    }
}
