//! Console sessions: 256 random bits in a cookie, their SHA-256 in the store, an idle and an absolute end (threats T61).

use contract::{Role, Viewer};
use store::{
    Operation, Store, StoreError, Tx,
    sessions::{self, Session},
    staff::{self, AppRole},
};

use crate::{config::Session as Limits, secrets::TokenDigest};

const MINUTE: i64 = 60_000_000;

/// A session's use is noted at most this often: each page would otherwise cost a durable write.
const NOTED: i64 = MINUTE;

/// What the operator's own team is called until sign-in with Microsoft names people.
pub(super) const OWNER: &str = "owner";

/// A session that begins now.
pub(super) fn begin(digest: TokenDigest, now: i64, limits: Limits) -> Session {
    Session {
        id_hash: digest,
        person: OWNER.to_owned(),
        role: sessions::Role::Owner,
        created_at: now,
        auth_at: now,
        seen_at: now,
        expires_at: end(now, now, limits),
        revoked_at: None,
        person_id: None,
        link_id: None,
    }
}

/// When a session ends by itself: so long after its last use, and in any case so long after its beginning.
fn end(created_at: i64, seen_at: i64, limits: Limits) -> i64 {
    let idle = seen_at + i64::from(limits.idle_minutes) * MINUTE;
    idle.min(created_at + i64::from(limits.absolute_minutes) * MINUTE)
}

/// Who the session belongs to, if it is alive. `counts` is false for requests a page makes by itself: they do not keep a
/// session alive.
pub(super) async fn viewer(
    store: &Store,
    digest: TokenDigest,
    now: i64,
    limits: Limits,
    counts: bool,
) -> Result<Option<Viewer>, StoreError> {
    let Some(session) = store.read(Find { digest, now }).await? else {
        return Ok(None);
    };
    if counts && now - session.seen_at >= NOTED {
        let touched = store
            .write(Touch {
                digest,
                now,
                end: end(session.created_at, now, limits),
            })
            .await;
        // The session lives until its noted end; reading goes on while nothing can be written (threats T81).
        if let Err(error) = touched {
            tracing::warn!(%error, "the use of a session could not be noted");
        }
    }
    Ok(Some(seen(&session)))
}

/// Ends a session.
pub(super) async fn end_now(store: &Store, digest: TokenDigest, now: i64) -> Result<bool, StoreError> {
    store.write(Revoke { digest, now }).await
}

fn seen(session: &Session) -> Viewer {
    Viewer {
        person: session.person.clone(),
        role: match session.role {
            sessions::Role::Owner => Role::Owner,
            sessions::Role::Support | sessions::Role::TenantAdmin => Role::Support,
        },
        session: public_half(&session.id_hash),
        authenticated_at: session.auth_at,
    }
}

/// The most that somebody may do anywhere.
pub(super) fn highest(roles: &[AppRole]) -> Option<sessions::Role> {
    let owner = |role: &AppRole| role.role == sessions::Role::Owner;
    let first = roles.first()?.role;
    Some(if roles.iter().any(owner) {
        sessions::Role::Owner
    } else {
        first
    })
}

/// Tells sessions apart without telling the cookie: half of its digest, in hex.
pub(super) fn public_half(digest: &TokenDigest) -> String {
    digest[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The session of a cookie while it is alive, in the role its person has at this moment: whoever lost it is out with
/// the next request (threats T59).
struct Find {
    digest: TokenDigest,
    now: i64,
}

impl Operation for Find {
    type Output = Option<Session>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Option<Session>, StoreError> {
        let found = sessions::find(tx, &self.digest).await?;
        let alive = found.filter(|session| session.revoked_at.is_none() && session.expires_at > self.now);
        let Some(mut session) = alive else {
            return Ok(None);
        };
        if let (Some(person), None) = (&session.person_id, &session.link_id) {
            let Some(role) = highest(&staff::roles(tx, person).await?) else {
                return Ok(None);
            };
            session.role = role;
        }
        Ok(Some(session))
    }
}

struct Touch {
    digest: TokenDigest,
    now: i64,
    end: i64,
}

impl Operation for Touch {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        sessions::touch(tx, &self.digest, self.now, self.end).await
    }
}

struct Revoke {
    digest: TokenDigest,
    now: i64,
}

impl Operation for Revoke {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        sessions::revoke(tx, &self.digest, self.now).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        idle_minutes: 10,
        absolute_minutes: 25,
        reauth_minutes: 10,
    };

    #[test]
    fn a_session_ends_when_idle_and_in_any_case() {
        assert_eq!(end(0, 0, LIMITS), 10 * MINUTE);
        assert_eq!(end(0, 9 * MINUTE, LIMITS), 19 * MINUTE);
        assert_eq!(end(0, 20 * MINUTE, LIMITS), 25 * MINUTE);
    }

    #[test]
    fn a_viewer_does_not_carry_what_the_store_looks_up() {
        let session = begin([0xab; 32], 0, LIMITS);
        assert_eq!(seen(&session).session, "ab".repeat(16));
    }
}
