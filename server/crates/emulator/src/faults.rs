//! Faults: what goes wrong on purpose, where, for whom and how often (`entra-facts` D3).
//!
//! One list serves the identity platform and Graph. A handler describes its request as a [`Probe`] and takes the
//! effects it can show; the oldest fault that matches is used, and one with `times` is used up.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// Where, and for whom. What is absent matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Matcher {
    /// `metadata`, `keys`, `authorize`, `token`, `adminconsent`, `userinfo` or `graph`.
    pub endpoint: Option<String>,
    /// Tenant id.
    #[serde(with = "guid")]
    pub tenant: Option<Uuid>,
    /// Application (client) id.
    #[serde(with = "guid")]
    pub client: Option<Uuid>,
    /// User principal name, in any case.
    pub user: Option<String>,
    /// A piece of what distinguishes requests of one endpoint: the grant type, or Graph's method and path.
    pub detail: Option<String>,
}

/// What a handler knows of its request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Probe<'a> {
    /// See [`Matcher::endpoint`].
    pub endpoint: &'a str,
    /// Tenant id.
    pub tenant: Option<Uuid>,
    /// Application id.
    pub client: Option<Uuid>,
    /// User principal name.
    pub user: Option<&'a str>,
    /// See [`Matcher::detail`].
    pub detail: &'a str,
}

impl Matcher {
    fn matches(&self, probe: &Probe<'_>) -> bool {
        self.endpoint
            .as_deref()
            .is_none_or(|endpoint| endpoint == probe.endpoint)
            && (self.tenant.is_none() || self.tenant == probe.tenant)
            && (self.client.is_none() || self.client == probe.client)
            && self
                .user
                .as_deref()
                .is_none_or(|wanted| probe.user.is_some_and(|user| user.eq_ignore_ascii_case(wanted)))
            && self
                .detail
                .as_deref()
                .is_none_or(|piece| probe.detail.contains(piece))
    }
}

/// How a token is signed wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Signing {
    /// `alg: none`, no signature.
    None,
    /// HMAC with the public key, as an attacker would.
    Hs256,
    /// With a key nobody published, under the published key's id.
    WrongKey,
    /// With that key, under its own id.
    UnknownKid,
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Effect {
    /// The platform refuses with this AADSTS number; MFA and Conditional Access are numbers too.
    Aadsts {
        /// The number.
        code: u32,
        /// The claims challenge to send along.
        #[serde(default)]
        claims: Option<String>,
    },
    /// An HTTP status, as throttling (429) or an outage (503).
    Status {
        /// The status.
        status: u16,
        /// `Retry-After`, in seconds.
        #[serde(default)]
        retry_after: Option<u32>,
    },
    /// The body ends in the middle.
    Cut,
    /// Claims of the tokens issued are set or removed.
    Claims {
        /// To set.
        #[serde(default)]
        set: Map<String, Value>,
        /// To remove.
        #[serde(default)]
        remove: Vec<String>,
    },
    /// Graph: a page of a delta is empty, and its next link leads to what it should have held.
    EmptyPage,
    /// Graph: a page of a delta holds everything twice.
    Repeat,
    /// Graph: a page of a delta has another order.
    Reorder,
    /// Graph: the link of a page leads to another origin.
    ForeignLink {
        /// As in `https://graph.evil.example`.
        origin: String,
    },
    /// Graph: the delta must start again (410 with `Location`).
    Resync,
    /// Graph: the delta's token is not known (400 `syncStateNotFound`).
    LostState,
    /// Graph: a delta tells how it was so many seconds ago, on the cloud's clock.
    Lag {
        /// At least 0.
        seconds: u32,
    },
    /// Graph: the answer comes so many milliseconds late, in real time.
    Late {
        /// How many.
        milliseconds: u32,
    },
    /// Graph: another limit of resource units per ten seconds than the tenant's size gives.
    Units {
        /// How many.
        limit: u32,
    },
    /// The tokens' times are off by so many seconds.
    Skew {
        /// Positive is the future.
        seconds: i64,
    },
    /// The tokens are signed wrongly.
    Sign {
        /// How.
        how: Signing,
    },
    /// The key document holds so many keys more.
    HugeKeys {
        /// How many.
        count: usize,
    },
}

impl Effect {
    /// Whether it is the answer itself rather than something about the tokens or keys in it.
    pub fn is_answer(&self) -> bool {
        matches!(self, Effect::Aadsts { .. } | Effect::Status { .. } | Effect::Cut)
    }

    /// Whether it changes the tokens issued.
    pub fn is_of_tokens(&self) -> bool {
        matches!(
            self,
            Effect::Claims { .. } | Effect::Skew { .. } | Effect::Sign { .. }
        )
    }
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// Number of the fault, for taking it away.
    #[serde(default)]
    pub id: u64,
    /// Where and for whom.
    #[serde(default, rename = "match")]
    pub matcher: Matcher,
    /// What happens.
    pub effect: Effect,
    /// How often; absent is always.
    #[serde(default)]
    pub times: Option<u32>,
}

/// The list of faults. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<(u64, Vec<Fault>)>>);

impl Faults {
    fn lock(&self) -> MutexGuard<'_, (u64, Vec<Fault>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a fault and returns its number.
    pub fn add(&self, mut fault: Fault) -> u64 {
        let mut list = self.lock();
        list.0 += 1;
        fault.id = list.0;
        list.1.push(fault);
        list.0
    }

    /// Adds a fault that happens once.
    pub fn once(&self, matcher: Matcher, effect: Effect) -> u64 {
        let times = Some(1);
        self.add(Fault {
            id: 0,
            matcher,
            effect,
            times,
        })
    }

    /// Adds a fault that happens until it is taken away.
    pub fn always(&self, matcher: Matcher, effect: Effect) -> u64 {
        self.add(Fault {
            id: 0,
            matcher,
            effect,
            times: None,
        })
    }

    /// Takes a fault away. False if there was none of this number.
    pub fn remove(&self, id: u64) -> bool {
        let mut list = self.lock();
        let before = list.1.len();
        list.1.retain(|fault| fault.id != id);
        list.1.len() < before
    }

    /// Takes every fault away.
    pub fn clear(&self) {
        self.lock().1.clear();
    }

    /// The faults, oldest first.
    pub fn list(&self) -> Vec<Fault> {
        self.lock().1.clone()
    }

    /// The oldest fault that matches and whose effect `fits`; it counts as having happened.
    pub fn take(&self, probe: &Probe<'_>, fits: impl Fn(&Effect) -> bool) -> Option<Effect> {
        let mut list = self.lock();
        let place = list
            .1
            .iter()
            .position(|fault| fits(&fault.effect) && fault.matcher.matches(probe))?;
        let fault = &mut list.1[place];
        let effect = fault.effect.clone();
        if let Some(times) = &mut fault.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                list.1.remove(place);
            }
        }
        Some(effect)
    }

    /// Every effect on tokens that matches, each counted.
    pub fn take_of_tokens(&self, probe: &Probe<'_>) -> Vec<Effect> {
        let matching = self
            .lock()
            .1
            .iter()
            .filter(|fault| fault.matcher.matches(probe))
            .count();
        let mut seen: Vec<Effect> = Vec::new();
        for _ in 0..matching {
            let new = |effect: &Effect| effect.is_of_tokens() && !seen.contains(effect);
            match self.take(probe, new) {
                Some(effect) => seen.push(effect),
                None => break,
            }
        }
        seen
    }
}

/// An optional GUID as text.
mod guid {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use uuid::Uuid;

    pub(super) fn serialize<S: Serializer>(id: &Option<Uuid>, serializer: S) -> Result<S::Ok, S::Error> {
        id.map(|id| id.to_string()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Uuid>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        let read = text.map(|text| text.parse()).transpose();
        read.map_err(|_| D::Error::custom("not a GUID"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TOKEN: Probe<'_> = Probe {
        endpoint: "token",
        tenant: None,
        client: None,
        user: Some("megan@contoso.com"),
        detail: "refresh_token",
    };

    fn busy() -> Effect {
        Effect::Status {
            status: 429,
            retry_after: Some(3),
        }
    }

    #[test]
    fn a_fault_happens_where_it_should_and_as_often() {
        let faults = Faults::default();
        let matcher = Matcher {
            endpoint: Some("token".to_owned()),
            user: Some("MEGAN@contoso.com".to_owned()),
            ..Matcher::default()
        };
        faults.once(matcher, busy());
        let elsewhere = Probe {
            endpoint: "keys",
            ..TOKEN
        };
        assert_eq!(faults.take(&elsewhere, Effect::is_answer), None);
        assert_eq!(faults.take(&TOKEN, Effect::is_of_tokens), None);
        assert_eq!(faults.take(&TOKEN, Effect::is_answer), Some(busy()));
        assert_eq!(faults.take(&TOKEN, Effect::is_answer), None);
        let id = faults.always(Matcher::default(), busy());
        assert!(faults.take(&TOKEN, Effect::is_answer).is_some());
        assert!(faults.take(&TOKEN, Effect::is_answer).is_some());
        assert!(faults.remove(id) && !faults.remove(id));
    }

    #[test]
    fn effects_on_tokens_are_taken_together() {
        let faults = Faults::default();
        faults.always(Matcher::default(), Effect::Skew { seconds: 60 });
        faults.once(Matcher::default(), Effect::Sign { how: Signing::None });
        assert_eq!(faults.take_of_tokens(&TOKEN).len(), 2);
        assert_eq!(faults.take_of_tokens(&TOKEN), [Effect::Skew { seconds: 60 }]);
    }

    #[test]
    fn they_are_read_from_json() {
        let told = json!({"match": {"endpoint": "graph", "detail": "GET /users"}, "times": 2,
            "effect": {"kind": "status", "status": 503, "retryAfter": 1}});
        let fault: Fault = serde_json::from_value(told).unwrap();
        assert_eq!(fault.times, Some(2));
        assert!(
            serde_json::from_value::<Fault>(json!({"match": {"enpoint": "x"}, "effect": {"kind": "cut"}}))
                .is_err()
        );
    }
}
