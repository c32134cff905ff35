//! One-time bootstrap links: the first way into the console, and the way back in when nothing else works.

use store::{
    Operation, Store, StoreError, Tx, bootstrap_links,
    sessions::{self, Session},
    settings,
};

use super::session;
use crate::{
    clock::{Clock, NoRandomness, Randomness},
    config::{Config, Session as Limits},
    secrets::{self, NewToken, TokenDigest, TokenKind},
};

const MINUTE: i64 = 60_000_000;

/// Why no link, or no session, was made.
#[derive(Debug, thiserror::Error)]
pub enum BootstrapError {
    /// The store could not.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operating system gave no random bytes.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// Makes a link `{PUBLIC_URL}/enter/{token}`, good for one entry within the configured minutes.
///
/// # Errors
/// See [`BootstrapError`].
pub async fn make_link(
    store: &Store,
    clock: &Clock,
    randomness: &Randomness,
    config: &Config,
) -> Result<String, BootstrapError> {
    let token = secrets::make(TokenKind::Enter, randomness)?;
    let now = clock.now();
    let ends = now + i64::from(config.settings.bootstrap.link_minutes) * MINUTE;
    store
        .write(Keep {
            digest: token.digest,
            now,
            ends,
        })
        .await?;
    Ok(format!("{}/enter/{}", config.public_url, token.reveal()))
}

/// Makes a link at the very first start, so that there is a way in; `None` at every later one.
///
/// # Errors
/// See [`BootstrapError`].
pub async fn first_link(
    store: &Store,
    clock: &Clock,
    randomness: &Randomness,
    config: &Config,
) -> Result<Option<String>, BootstrapError> {
    let first = store.write(FirstStart(clock.now())).await?;
    if first {
        make_link(store, clock, randomness, config).await.map(Some)
    } else {
        Ok(None)
    }
}

/// Uses a link up and begins a session. `None`: the link is unknown, used, or past its end.
pub(super) async fn redeem(
    store: &Store,
    link: &str,
    now: i64,
    limits: Limits,
    randomness: &Randomness,
) -> Result<Option<NewToken>, BootstrapError> {
    let Some(link) = secrets::recognise(TokenKind::Enter, link) else {
        return Ok(None);
    };
    let cookie = secrets::make(TokenKind::Session, randomness)?;
    let session = session::begin(cookie.digest, now, limits);
    let entered = store.write(Enter { link, session }).await?;
    Ok(entered.then_some(cookie))
}

/// Notes the first start; answers whether this is it.
struct FirstStart(i64);

impl Operation for FirstStart {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        settings::set_once(tx, "first_start", &self.0.to_string()).await
    }
}

struct Keep {
    digest: TokenDigest,
    now: i64,
    ends: i64,
}

impl Operation for Keep {
    type Output = ();
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
        bootstrap_links::create(tx, &self.digest, self.now, self.ends).await
    }
}

/// The link's end and the session's beginning, in one transaction.
struct Enter {
    link: TokenDigest,
    session: Session,
}

impl Operation for Enter {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        if !bootstrap_links::redeem(tx, &self.link, self.session.created_at).await? {
            return Ok(false);
        }
        sessions::create(tx, &self.session).await?;
        Ok(true)
    }
}
