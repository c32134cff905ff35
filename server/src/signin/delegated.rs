//! Tenant admins' tokens for Graph: in this process's memory, for their session only, never in a browser (threats T49).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;

/// Sessions whose tokens are kept at once; the oldest go first.
const MOST: usize = 10_000;

/// Who signed in in a session, with the token that acts for them.
#[derive(Debug, Clone)]
pub struct Delegated {
    /// The tenant it was issued by.
    pub tenant: String,
    /// The person in it.
    pub object_id: String,
    /// Their name.
    pub name: String,
    /// Their user principal name.
    pub address: String,
    /// Their directory roles, as template ids.
    pub roles: Vec<String>,
    /// For Graph.
    pub token: SecretString,
    /// When it ends, in microseconds since 1970.
    pub expires_at: i64,
    /// When they signed in.
    pub at: i64,
}

/// All that are kept. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct DelegatedTokens(Arc<Mutex<HashMap<String, Delegated>>>);

impl DelegatedTokens {
    /// Keeps a session's token; `session` is its public half.
    pub fn keep(&self, session: &str, delegated: Delegated) {
        let mut all = self.all();
        if all.len() >= MOST
            && let Some(oldest) = all
                .iter()
                .min_by_key(|(_, kept)| kept.at)
                .map(|(session, _)| session.clone())
        {
            all.remove(&oldest);
        }
        all.insert(session.to_owned(), delegated);
    }

    /// A session's token, unless it has ended.
    pub fn get(&self, session: &str, now: i64) -> Option<Delegated> {
        let mut all = self.all();
        if all.get(session)?.expires_at <= now {
            all.remove(session);
        }
        all.get(session).cloned()
    }

    /// Forgets a session's token.
    pub fn forget(&self, session: &str) {
        self.all().remove(session);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Delegated>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(at: i64, expires_at: i64) -> Delegated {
        Delegated {
            tenant: "t".to_owned(),
            object_id: "o".to_owned(),
            name: "n".to_owned(),
            address: "a".to_owned(),
            roles: Vec::new(),
            token: "secret".into(),
            expires_at,
            at,
        }
    }

    #[test]
    fn a_token_ends_with_its_time_and_with_its_session() {
        let tokens = DelegatedTokens::default();
        tokens.keep("s", of(1, 10));
        assert!(tokens.get("s", 9).is_some());
        assert!(tokens.get("other", 9).is_none());
        assert!(tokens.get("s", 10).is_none());
        tokens.keep("s", of(1, 10));
        tokens.forget("s");
        assert!(tokens.get("s", 1).is_none());
        assert!(!format!("{:?}", of(1, 2)).contains("secret"));
    }
}
