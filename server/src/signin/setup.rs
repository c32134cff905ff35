//! Setup links: the door of one, and `POST /setup`, by which whoever has it comes in.
//!
//! Looking uses nothing up: mail scanners look. The first browser that presses *Begin* keeps the link, and may come again
//! until the link ends; no other browser comes in by it (threats T62 to T64). What tells the browser is a cookie of its own,
//! set when it first looks.

use axum::{
    Form,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use axum_extra::extract::CookieJar;
use contract::{Reach, Role, Viewer};
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;
use store::{
    Operation, StoreError, Tx,
    ids::OrganizationId,
    organizations,
    sessions::{self, Session},
    setup_links::{self, SetupLink},
};

use super::{
    attempt::AttemptError,
    cookie::{self, Place},
    doors::{SignedIn, sent_on, unavailable},
    session,
};
use crate::{
    reach::setup,
    secrets::{NewToken, TokenDigest, TokenKind, make, public_half, recognise},
    state::AppState,
};

const COOKIE: &str = "__Host-rollcall-setup";
/// The mark of a frame: each site that frames us is a browser of its own.
const FRAMED: &str = "__Host-rollcall-setup-frame";
/// As long as the longest life of a link.
const SECONDS: u32 = contract::setup_links::MAX_DAYS * 24 * 60 * 60;
/// What a customer's admin is called until sign-in with Microsoft names them.
const ADMIN: &str = "tenant admin";

/// What the form says.
#[derive(Debug, Deserialize)]
pub(super) struct Begin {
    token: String,
}

/// Begins a session by a link. One that opens nothing leads back to its door, which says why.
pub(super) async fn begin(
    State(state): State<AppState>,
    headers: HeaderMap,
    Form(form): Form<Begin>,
) -> Response {
    let Some(link) = recognise(TokenKind::Setup, &form.token) else {
        return sent_on("/signed-out?link=used", []);
    };
    let door = format!("/setup/{}", form.token);
    let Some(browser) = browser(&headers) else {
        return sent_on(&door, []);
    };
    match come_in(&state, &headers, link, browser).await {
        Ok(Some(cookie)) => sent_on("/setup", [cookie]),
        Ok(None) => sent_on(&door, []),
        Err(error) => {
            tracing::error!(%error, "a setup link could not be redeemed");
            unavailable()
        }
    }
}

/// The cookie of a new session; `None` when the link opens nothing in this browser.
async fn come_in(
    state: &AppState,
    headers: &HeaderMap,
    link: TokenDigest,
    browser: TokenDigest,
) -> Result<Option<HeaderValue>, AttemptError> {
    let token = make(TokenKind::Session, &state.randomness)?;
    let limits = state.config.settings.session;
    let now = state.clock.now();
    let (place, old) = (Place::of(headers), cookie::held(headers));
    // A frame ends no session of a window.
    let old = old.filter(|old| old.place == place).map(|old| old.digest);
    let redeem = Redeem {
        link,
        browser,
        session: session::begin(token.digest, now, limits),
        old,
    };
    let Some((organization, again)) = state.store.write(redeem).await? else {
        return Ok(None);
    };
    state.recorder.pulse(organization);
    if let Some(old) = old {
        hand_over(state, &public_half(&old), &token, again);
    }
    let seconds = i64::from(limits.absolute_minutes) * 60;
    let cookie = cookie::set(token.reveal(), seconds, place).map_err(|_| AttemptError::Cookie)?;
    Ok(Some(cookie))
}

/// What the ended session may do at Microsoft goes on in the new one, if both came by the same link.
fn hand_over(state: &AppState, old: &str, new: &NewToken, again: bool) {
    let kept = state.delegated.get(old, state.clock.now());
    state.delegated.forget(old);
    if let Some(kept) = kept.filter(|_| again) {
        state.delegated.keep(&public_half(&new.digest), kept);
    }
}

/// At the door of a link: marks the browser, and lets the one that redeemed the link see that it still opens.
pub async fn at_the_door(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let Some(link) = link_of(request.uri().path()) else {
        return next.run(request).await;
    };
    let (browser, cookie) = match mark(&state, request.headers()) {
        Ok(marked) => marked,
        Err(error) => {
            tracing::error!(%error, "a browser could not be marked");
            return unavailable();
        }
    };
    let now = state.clock.now();
    match state.store.read(Holds { link, browser, now }).await {
        Ok(Some(link)) => drop(request.extensions_mut().insert(SignedIn(Some(holder(&link))))),
        Ok(None) => {}
        Err(error) => {
            tracing::error!(%error, "a setup link could not be looked up");
            return unavailable();
        }
    }
    let mut response = next.run(request).await;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// The link whose door this is.
pub(super) fn link_of(path: &str) -> Option<TokenDigest> {
    recognise(TokenKind::Setup, path.strip_prefix("/setup/")?)
}

/// Whoever holds a link, at its door: no session has begun yet, so nothing can be done with it.
fn holder(link: &SetupLink) -> Viewer {
    Viewer {
        person: ADMIN.to_owned(),
        role: Role::TenantAdmin,
        session: String::new(),
        authenticated_at: i64::MIN / 2,
        reach: Reach::Setup(setup(link)),
        identity: None,
    }
}

fn browser(headers: &HeaderMap) -> Option<TokenDigest> {
    let jar = CookieJar::from_headers(headers);
    recognise(TokenKind::Attempt, jar.get(name(Place::of(headers)))?.value())
}

/// This browser's mark, set anew each time so that it lives as long as any link.
fn mark(state: &AppState, headers: &HeaderMap) -> Result<(TokenDigest, HeaderValue), AttemptError> {
    let (jar, place) = (CookieJar::from_headers(headers), Place::of(headers));
    let old = jar.get(name(place)).map(|cookie| cookie.value().to_owned());
    if let Some((digest, text)) = old.and_then(|text| Some((recognise(TokenKind::Attempt, &text)?, text))) {
        return Ok((digest, set(&text, place)?));
    }
    let fresh = make(TokenKind::Attempt, &state.randomness)?;
    Ok((fresh.digest, set(fresh.reveal(), place)?))
}

const fn name(place: Place) -> &'static str {
    match place {
        Place::Window => COOKIE,
        Place::Frame => FRAMED,
    }
}

/// The link is followed from a mail: in a window, `Lax` lets the cookie come along.
fn set(text: &str, place: Place) -> Result<HeaderValue, AttemptError> {
    let cookie = format!(
        "{}={text}; {}; Max-Age={SECONDS}",
        name(place),
        place.attributes()
    );
    let mut value = HeaderValue::from_str(&cookie).map_err(|_| AttemptError::Cookie)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Gives the link to the browser and begins a session; `None` when it opens nothing there, else the organization, and
/// whether the browser came from an earlier session by the same link.
struct Redeem {
    link: TokenDigest,
    browser: TokenDigest,
    session: Session,
    /// The session this browser had: who comes in has a new one (threats T61).
    old: Option<TokenDigest>,
}

impl Operation for Redeem {
    type Output = Option<(OrganizationId, bool)>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Self::Output, StoreError> {
        let now = self.session.created_at;
        let Some(link) = setup_links::find(tx, &self.link).await? else {
            return Ok(None);
        };
        if organizations::get(tx, &link.organization).await?.is_none()
            || !setup_links::redeem(tx, &self.link, now, &self.browser).await?
        {
            return Ok(None);
        }
        let mut session = Session {
            person: ADMIN.to_owned(),
            role: sessions::Role::TenantAdmin,
            link_id: Some(link.id.clone()),
            ..self.session.clone()
        };
        let old = match &self.old {
            Some(old) => sessions::find(tx, old).await?,
            None => None,
        };
        let old = old.filter(|old| old.revoked_at.is_none());
        if let Some(old) = &old {
            sessions::revoke(tx, &old.id_hash, now).await?;
        }
        let before = old.filter(|old| old.link_id.as_ref() == Some(&link.id) && old.expires_at > now);
        if let Some(before) = &before {
            session.person.clone_from(&before.person);
            session.person_id.clone_from(&before.person_id);
        }
        sessions::create(tx, &session).await?;
        Ok(Some((link.organization, before.is_some())))
    }
}

/// The link while it is alive and this browser's.
struct Holds {
    link: TokenDigest,
    browser: TokenDigest,
    now: i64,
}

impl Operation for Holds {
    type Output = Option<SetupLink>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Option<SetupLink>, StoreError> {
        let found = setup_links::find(tx, &self.link).await?;
        Ok(found.filter(|link| link.is_alive(self.now) && link.browser_hash == Some(self.browser)))
    }
}
