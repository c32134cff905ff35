//! `GET /enter/{token}`, `POST /sign-out`, and the guard that finds out who asks.

use axum::{
    Router,
    extract::{Path, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use contract::Viewer;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use store::StoreError;

use super::microsoft::Door;
use super::{
    admin, bootstrap, consent, cookie,
    people::{self, Failed},
    session, setup, test,
};
use crate::{
    middleware::{Face, refusal},
    secrets::{TokenKind, public_half, recognise},
    state::AppState,
};

/// Who asks, in the extensions of every request to the console; `None` without a live session.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Option<Viewer>);

/// The doors.
pub fn routes(state: &AppState) -> Router {
    Router::new()
        .route("/enter/{token}", get(enter))
        .route("/sign-in", post(people::start))
        .route(Door::SignIn.path(), get(people::callback))
        .route("/admin/sign-in", post(admin::start))
        .route("/consent", post(consent::start))
        .route(Door::Consent.path(), get(consent::came_back))
        .route("/test-sign-in", post(test::start))
        .route(Door::Test.path(), get(test::came_back))
        .route("/setup", post(setup::begin))
        .route("/sign-out", post(sign_out))
        .with_state(state.clone())
}

/// Redeems a bootstrap link: once, by GET, and not for a browser or a scanner that only looks ahead.
async fn enter(
    State(state): State<AppState>,
    Path(token): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    if method == Method::HEAD || headers.contains_key("sec-purpose") {
        return StatusCode::NO_CONTENT.into_response();
    }
    let limits = state.config.settings.session;
    let now = state.clock.now();
    match bootstrap::redeem(&state.store, &token, now, limits, &state.randomness).await {
        Ok(Some(session)) => match cookie::set(session.reveal(), i64::from(limits.absolute_minutes) * 60) {
            Ok(cookie) => sent_on("/organizations", [cookie]),
            Err(_) => unavailable(),
        },
        Ok(None) => sent_on("/signed-out?link=used", []),
        Err(error) => {
            tracing::error!(%error, "a bootstrap link could not be redeemed");
            unavailable()
        }
    }
}

async fn sign_out(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let digest = cookie::read(&headers).and_then(|token| recognise(TokenKind::Session, &token));
    if let Some(digest) = &digest {
        state.delegated.forget(&public_half(digest));
    }
    if let Some(digest) = digest
        && let Err(error) = session::end_now(&state.store, digest, state.clock.now()).await
    {
        tracing::error!(%error, "a session could not be ended");
        return unavailable();
    }
    sent_on("/signed-out", [cookie::clear()])
}

/// Finds out who asks and notes it for the handlers behind. A store that cannot be asked is 503, never "signed out".
pub async fn find_viewer(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    match viewer(&state, request.headers()).await {
        Ok(viewer) => {
            request.extensions_mut().insert(SignedIn(viewer));
            next.run(request).await
        }
        Err(error) => {
            tracing::error!(%error, "a session could not be looked up");
            unavailable()
        }
    }
}

pub(super) async fn viewer(state: &AppState, headers: &HeaderMap) -> Result<Option<Viewer>, StoreError> {
    let token = cookie::read(headers);
    let Some(digest) = token.and_then(|token| recognise(TokenKind::Session, &token)) else {
        return Ok(None);
    };
    let counts = !headers.contains_key(app::server::LIVE);
    let limits = state.config.settings.session;
    session::viewer(&state.store, digest, state.clock.now(), limits, counts).await
}

/// Whether whoever sent these headers is still in; a store that cannot be asked ends nobody's session.
pub async fn is_still_in(state: &AppState, headers: &HeaderMap) -> bool {
    let token = cookie::read(headers);
    let Some(digest) = token.and_then(|token| recognise(TokenKind::Session, &token)) else {
        return false;
    };
    let limits = state.config.settings.session;
    let found = session::viewer(&state.store, digest, state.clock.now(), limits, false).await;
    !matches!(found, Ok(None))
}

/// Sends a browser on, with cookies.
pub(super) fn sent_on(to: &str, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    let Ok(to) = HeaderValue::from_str(to) else {
        return unavailable();
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().insert(header::LOCATION, to);
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// To the page that says why somebody did not come in.
pub(super) fn failed(why: Failed) -> Response {
    sent_on(&format!("/signed-out?failed={}", why.word()), [])
}

pub(super) fn unavailable() -> Response {
    let detail =
        "Rollcall cannot reach its database right now. Nothing was lost; please try again in a moment.";
    refusal(Face::Console, StatusCode::SERVICE_UNAVAILABLE, detail)
}
