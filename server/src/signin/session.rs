//! Console sessions: 256 random bits in a cookie, their SHA-256 in the store, an idle and an absolute end (threats T61).

use contract::{Identity, Reach, Viewer};
use store::{
    Operation, Store, StoreError, Tx,
    ids::{PersonId, SetupLinkId},
    organizations,
    sessions::{self, Session},
    setup_links, staff,
};

use crate::{
    config::Session as Limits,
    reach::{by_app, highest, role, setup},
    secrets::{TokenDigest, public_half},
};

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
    let Some(found) = store.read(Find { digest, now }).await? else {
        return Ok(None);
    };
    let session = &found.session;
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
    Ok(Some(seen(found)))
}

/// Ends a session.
pub(super) async fn end_now(store: &Store, digest: TokenDigest, now: i64) -> Result<bool, StoreError> {
    store.write(Revoke { digest, now }).await
}

fn seen(found: Found) -> Viewer {
    let session = found.session;
    Viewer {
        session: public_half(&session.id_hash),
        person: session.person,
        role: role(session.role),
        authenticated_at: session.auth_at,
        reach: found.reach,
        identity: found.identity,
    }
}

/// A session that is alive.
struct Found {
    session: Session,
    reach: Reach,
    identity: Option<Identity>,
}

/// The session of a cookie while it is alive, with what its person or its link opens at this moment: whoever lost a role,
/// and whoever came by a link that ended, is out with the next request (threats T59, T62).
struct Find {
    digest: TokenDigest,
    now: i64,
}

impl Operation for Find {
    type Output = Option<Found>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Option<Found>, StoreError> {
        let found = sessions::find(tx, &self.digest).await?;
        let alive = found.filter(|session| session.revoked_at.is_none() && session.expires_at > self.now);
        let Some(mut session) = alive else {
            return Ok(None);
        };
        let reach = match (&session.link_id, &session.person_id) {
            (Some(link), _) => of_link(tx, link, self.now).await?,
            (None, Some(person)) => {
                let roles = staff::roles(tx, person).await?;
                session.role = highest(&roles).unwrap_or(session.role);
                (!roles.is_empty()).then(|| Reach::Apps(by_app(&roles)))
            }
            (None, None) => Some(Reach::Everything),
        };
        let identity = identity(tx, session.person_id.as_ref()).await?;
        Ok(reach.map(|reach| Found {
            session,
            reach,
            identity,
        }))
    }
}

/// What a link opens, while it and its organization are there.
async fn of_link<T: Tx>(tx: &mut T, link: &SetupLinkId, now: i64) -> Result<Option<Reach>, StoreError> {
    let found = setup_links::get(tx, link).await?;
    let Some(link) = found.filter(|link| link.is_alive(now)) else {
        return Ok(None);
    };
    let there = organizations::get(tx, &link.organization).await?;
    Ok(there.map(|_| Reach::Setup(setup(&link))))
}

async fn identity<T: Tx>(tx: &mut T, person: Option<&PersonId>) -> Result<Option<Identity>, StoreError> {
    let Some(person) = person else {
        return Ok(None);
    };
    Ok(staff::person(tx, person).await?.map(|person| Identity {
        tenant_id: person.tenant_id,
        object_id: person.object_id,
    }))
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
        let found = Found {
            session: begin([0xab; 32], 0, LIMITS),
            reach: Reach::Everything,
            identity: None,
        };
        assert_eq!(seen(found).session, "ab".repeat(16));
    }
}
