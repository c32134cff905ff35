//! Microsoft's signing keys, kept ready (entra-facts B0, threats T57).
//!
//! A key that is known and fresh costs no I/O. One caller at a time refreshes; those who hold a usable key do not wait for
//! it. A key nobody knows makes us ask at most once a minute. Through an outage the old keys serve for a day more.

use std::{
    collections::HashMap,
    ops::RangeInclusive,
    sync::{Arc, PoisonError, RwLock},
};

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::{
    endpoints::Endpoints,
    http::{Http, Now, Reply, Unreachable},
    oidc::{jws::Jws, rejected::TokenRejected},
};

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
/// How long keys serve when the answer does not say, and at most: a day, as Microsoft's own answer says.
const LONGEST: i64 = 24 * 60 * MINUTE;
/// How long keys serve at least, whatever the answer says.
const SHORTEST: i64 = 5 * MINUTE;
/// How long old keys serve while no new ones can be had.
const STALE: i64 = 24 * 60 * MINUTE;
/// How long a failure is remembered while there are no keys at all: a sign-in should not wait a whole minute.
const COLD_PAUSE: i64 = 5 * SECOND;
/// The bytes of a modulus: 2048 to 8192 bits.
const MODULUS: RangeInclusive<usize> = 256..=1024;

/// Microsoft's signing keys per tenant, and the checks that need them. Cheap to clone; all clones share what they know.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    endpoints: Endpoints,
    http: Http,
    now: Now,
    rings: RwLock<HashMap<String, Arc<Ring>>>,
}

/// One public key, decoded.
pub(crate) struct Key {
    public: ParsedPublicKey,
    /// The issuer it signs for, `{tenantid}` standing for any tenant.
    pub(crate) issuer: Option<String>,
}

impl Key {
    /// Whether this key made the token's signature.
    pub(crate) fn verify(&self, jws: &Jws<'_>) -> Result<(), TokenRejected> {
        self.public
            .verify_sig(jws.signed, &jws.signature)
            .map_err(|_| TokenRejected::Signature)
    }
}

/// The keys of one tenant's segment.
#[derive(Default)]
struct Ring {
    set: RwLock<Set>,
    /// Held by the one caller who asks Microsoft.
    flight: Mutex<()>,
}

#[derive(Default, Clone)]
struct Set {
    keys: Arc<HashMap<String, Arc<Key>>>,
    /// Until when the keys need no refresh; 0 before the first answer.
    fresh_until: i64,
    /// When Microsoft was last asked in vain: no answer, or not the key that was looked for.
    asked_at: Option<i64>,
    /// Why the last question was in vain.
    failed: Option<Unreachable>,
}

impl Keys {
    /// Knows no key yet; the first token fetches them.
    pub fn new(endpoints: Endpoints, http: Http, now: Now) -> Self {
        Self(Arc::new(Inner {
            endpoints,
            http,
            now,
            rings: RwLock::default(),
        }))
    }

    pub(crate) fn endpoints(&self) -> &Endpoints {
        &self.0.endpoints
    }

    /// The key of that name among those of a tenant's segment.
    pub(crate) async fn find(&self, segment: &str, kid: &str) -> Result<Arc<Key>, TokenRejected> {
        let ring = self.ring(segment);
        let now = (self.0.now)();
        let set = ring.read();
        match set.keys.get(kid) {
            Some(key) if now < set.fresh_until => Ok(key.clone()),
            Some(_) if now < set.fresh_until + STALE => {
                self.refresh_unless_busy(segment, &ring, now).await;
                // From the new keys, if they came: a key that was withdrawn serves no more.
                ring.read().usable(kid, now).ok_or(TokenRejected::KeyUnknown)
            }
            _ => self.ask_for(segment, &ring, kid, now).await,
        }
    }

    fn ring(&self, segment: &str) -> Arc<Ring> {
        let rings = self.0.rings.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(ring) = rings.get(segment) {
            return ring.clone();
        }
        drop(rings);
        let mut rings = self.0.rings.write().unwrap_or_else(PoisonError::into_inner);
        rings.entry(segment.to_owned()).or_default().clone()
    }

    /// Old keys still serve: whoever finds nobody refreshing does it, all others go on.
    async fn refresh_unless_busy(&self, segment: &str, ring: &Ring, now: i64) {
        let Ok(_flight) = ring.flight.try_lock() else {
            return;
        };
        if ring.read().may_ask(now) {
            self.refresh(segment, ring, now).await;
        }
    }

    /// Nothing serves: waits for the one who asks, then looks again.
    async fn ask_for(
        &self,
        segment: &str,
        ring: &Ring,
        kid: &str,
        now: i64,
    ) -> Result<Arc<Key>, TokenRejected> {
        let _flight = ring.flight.lock().await;
        if let Some(key) = ring.read().usable(kid, now) {
            return Ok(key);
        }
        if ring.read().may_ask(now) {
            self.refresh(segment, ring, now).await;
        }
        let set = ring.read();
        let found = set.usable(kid, now);
        if found.is_none() && set.failed.is_none() && set.asked_at.is_none() {
            ring.set.write().unwrap_or_else(PoisonError::into_inner).asked_at = Some(now);
        }
        found.ok_or(match set.failed {
            Some(why) => TokenRejected::KeysUnavailable(why),
            None => TokenRejected::KeyUnknown,
        })
    }

    async fn refresh(&self, segment: &str, ring: &Ring, now: i64) {
        let url = self.0.endpoints.login(segment, "discovery/v2.0/keys");
        let reply = self.0.http.send(self.0.http.client().get(url)).await;
        let keys = reply.and_then(|reply| Ok((parse(&reply)?, lifetime(&reply))));
        let mut set = ring.set.write().unwrap_or_else(PoisonError::into_inner);
        match keys {
            Ok((keys, lifetime)) => {
                *set = Set {
                    keys: Arc::new(keys),
                    fresh_until: now + lifetime,
                    asked_at: None,
                    failed: None,
                };
            }
            Err(why) => (set.asked_at, set.failed) = (Some(now), Some(why)),
        }
    }
}

impl Ring {
    fn read(&self) -> Set {
        self.set.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Set {
    fn usable(&self, kid: &str, now: i64) -> Option<Arc<Key>> {
        (now < self.fresh_until + STALE).then(|| self.keys.get(kid).cloned())?
    }

    /// At most once a minute; after a failure without any keys, every five seconds. A clock that steps back asks anew.
    fn may_ask(&self, now: i64) -> bool {
        let pause = if self.keys.is_empty() { COLD_PAUSE } else { MINUTE };
        self.asked_at.is_none_or(|at| now < at || now >= at + pause)
    }
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(rename = "use")]
    purpose: Option<String>,
    kid: Option<String>,
    n: Option<String>,
    e: Option<String>,
    issuer: Option<String>,
}

/// The RSA signing keys of a document; others are passed over. A document without any is no answer.
fn parse(reply: &Reply) -> Result<HashMap<String, Arc<Key>>, Unreachable> {
    if !reply.is_success() {
        return Err(Unreachable::Nonsense);
    }
    let document: Document = reply.json()?;
    let keys: HashMap<_, _> = document.keys.into_iter().filter_map(Jwk::decode).collect();
    if keys.is_empty() {
        Err(Unreachable::Nonsense)
    } else {
        Ok(keys)
    }
}

impl Jwk {
    fn decode(self) -> Option<(String, Arc<Key>)> {
        if self.kty != "RSA" || self.purpose.is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let n = URL_SAFE_NO_PAD.decode(self.n?).ok()?;
        let e = URL_SAFE_NO_PAD.decode(self.e?).ok()?;
        if !MODULUS.contains(&n.iter().skip_while(|byte| **byte == 0).count()) {
            return None;
        }
        let public = RsaPublicKeyComponents { n, e }
            .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
            .ok()?;
        Some((
            self.kid?,
            Arc::new(Key {
                public,
                issuer: self.issuer,
            }),
        ))
    }
}

fn lifetime(reply: &Reply) -> i64 {
    reply
        .max_age()
        .map_or(LONGEST, |seconds| (seconds * SECOND).clamp(SHORTEST, LONGEST))
}
