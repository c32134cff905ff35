//! Secrets that are shown once: kept in memory only, for the browser session that asked for them, for five minutes
//! (threats T09). Whoever reloads the page, or comes from another browser, does not see them again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use contract::directories::ShownOnce;
use secrecy::{ExposeSecret, SecretString};

const SHOWN_WITHIN: i64 = 5 * 60_000_000;

/// Secrets that wait to be shown.
#[derive(Debug, Default)]
pub(super) struct Reveals(Mutex<HashMap<(String, String), Waiting>>);

#[derive(Debug)]
struct Waiting {
    token: String,
    secret: SecretString,
    until: i64,
}

impl Reveals {
    /// Keeps a secret for the next look of this session at this directory, invite or setup link.
    pub(super) fn keep(&self, session: &str, directory: &str, token: &str, secret: &str, now: i64) {
        let waiting = Waiting {
            token: token.to_owned(),
            secret: secret.to_owned().into(),
            until: now + SHOWN_WITHIN,
        };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, waiting| waiting.until > now);
        kept.insert((session.to_owned(), directory.to_owned()), waiting);
    }

    /// Takes an address that was kept as a secret without a token.
    pub(super) fn take_address(&self, session: &str, of: &str, now: i64) -> Option<String> {
        self.take(session, of, now).map(|shown| shown.bearer_token)
    }

    /// Takes the secret: the second look finds nothing.
    pub(super) fn take(&self, session: &str, directory: &str, now: i64) -> Option<ShownOnce> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = kept.remove(&(session.to_owned(), directory.to_owned()))?;
        (waiting.until > now).then(|| ShownOnce {
            token: waiting.token,
            bearer_token: waiting.secret.expose_secret().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_shown_once_to_one_session_and_not_late() {
        let reveals = Reveals::default();
        reveals.keep("s1", "d1", "t1", "secret", 0);
        assert_eq!(reveals.take("s2", "d1", 1), None);
        assert_eq!(
            reveals
                .take("s1", "d1", 1)
                .map(|shown| shown.bearer_token)
                .as_deref(),
            Some("secret")
        );
        assert_eq!(reveals.take("s1", "d1", 1), None);
        reveals.keep("s1", "d1", "t1", "secret", 0);
        assert_eq!(reveals.take("s1", "d1", SHOWN_WITHIN), None);
    }
}
