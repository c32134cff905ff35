//! An attempt to sign in: what is kept of it until Microsoft answers. `state`, `nonce` and PKCE are its own; it is good
//! for ten minutes, once, in the browser that began it (threats T43, T45).

use axum_extra::extract::CookieJar;
use http::{HeaderMap, HeaderValue};
use store::{
    Operation, StoreError, Tx,
    attempts::{self, Attempt, Purpose},
    ids::OrganizationId,
};

use crate::{
    clock::NoRandomness,
    secrets::{NewToken, TokenDigest, TokenKind, make, recognise},
    state::AppState,
};

const MINUTE: i64 = 60_000_000;
/// How long Microsoft may take, with a person who looks for their phone.
const MINUTES: i64 = 10;
const COOKIE: &str = "__Host-rollcall-attempt";

/// Why no attempt was begun or found.
#[derive(Debug, thiserror::Error)]
pub(super) enum AttemptError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    #[error("the verifier is not one: {0}")]
    Verifier(#[from] entra::oidc::authorize::BadVerifier),
    #[error("a cookie could not be made")]
    Cookie,
}

/// What somebody wants to do.
#[derive(Debug, Default)]
pub(super) struct Wish {
    pub(super) tenant: String,
    pub(super) return_to: String,
    pub(super) session: Option<TokenDigest>,
    pub(super) invite: Option<TokenDigest>,
    pub(super) organization: Option<OrganizationId>,
    /// From within a frame.
    pub(super) framed: bool,
}

/// An attempt just begun: what Microsoft and the browser are told of it.
pub(super) struct Begun {
    pub(super) state: NewToken,
    pub(super) nonce: String,
    pub(super) verifier: entra::PkceVerifier,
    pub(super) cookie: HeaderValue,
}

/// Begins an attempt.
pub(super) async fn begin(
    state: &AppState,
    headers: &HeaderMap,
    purpose: Purpose,
    wish: Wish,
) -> Result<Begun, AttemptError> {
    let (browser, cookie) = browser(state, headers)?;
    let (token, nonce) = (
        make(TokenKind::Attempt, &state.randomness)?,
        make(TokenKind::Attempt, &state.randomness)?,
    );
    let verifier = make(TokenKind::Attempt, &state.randomness)?;
    let now = state.clock.now();
    let kept = Attempt {
        purpose,
        tenant: wish.tenant,
        nonce: nonce.reveal().to_owned(),
        verifier: verifier.reveal().to_owned(),
        return_to: wish.return_to,
        session_hash: wish.session,
        invite_hash: wish.invite,
        organization: wish.organization,
        framed: wish.framed,
        created_at: now,
        expires_at: now + MINUTES * MINUTE,
    };
    let verifier = entra::PkceVerifier::new(kept.verifier.clone())?;
    let nonce = kept.nonce.clone();
    let begin = Begin {
        state: token.digest,
        browser,
        kept,
    };
    state.store.write(begin).await?;
    Ok(Begun {
        state: token,
        nonce,
        verifier,
        cookie,
    })
}

/// Takes the attempt that an answer belongs to; `None` when there is none, or it is over, used or another browser's.
pub(super) async fn take(
    state: &AppState,
    headers: &HeaderMap,
    token: Option<&str>,
) -> Result<Option<Attempt>, StoreError> {
    let told = token.and_then(|token| recognise(TokenKind::Attempt, token));
    let (Some(token), Some(browser)) = (told, cookie_of(headers)) else {
        return Ok(None);
    };
    let take = Take {
        state: token,
        browser,
        now: state.clock.now(),
    };
    state.store.write(take).await
}

/// This browser's mark, so that two tabs can sign in at once; a new one when it has none.
fn browser(state: &AppState, headers: &HeaderMap) -> Result<(TokenDigest, HeaderValue), AttemptError> {
    let jar = CookieJar::from_headers(headers);
    let old = jar.get(COOKIE).map(|cookie| cookie.value().to_owned());
    if let Some((digest, text)) = old.and_then(|text| Some((recognise(TokenKind::Attempt, &text)?, text))) {
        return Ok((digest, set(&text)?));
    }
    let fresh = make(TokenKind::Attempt, &state.randomness)?;
    Ok((fresh.digest, set(fresh.reveal())?))
}

fn cookie_of(headers: &HeaderMap) -> Option<TokenDigest> {
    let jar = CookieJar::from_headers(headers);
    recognise(TokenKind::Attempt, jar.get(COOKIE)?.value())
}

/// Microsoft sends the browser back by GET from another site: `Lax` lets the cookie come along.
fn set(text: &str) -> Result<HeaderValue, AttemptError> {
    let cookie = format!("{COOKIE}={text}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=3600");
    let mut value = HeaderValue::from_str(&cookie).map_err(|_| AttemptError::Cookie)?;
    value.set_sensitive(true);
    Ok(value)
}

struct Begin {
    state: TokenDigest,
    browser: TokenDigest,
    kept: Attempt,
}

impl Operation for Begin {
    type Output = ();
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
        attempts::create(tx, &self.state, &self.browser, &self.kept).await
    }
}

struct Take {
    state: TokenDigest,
    browser: TokenDigest,
    now: i64,
}

impl Operation for Take {
    type Output = Option<Attempt>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Option<Attempt>, StoreError> {
        attempts::take(tx, &self.state, &self.browser, self.now).await
    }
}
