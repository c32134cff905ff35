//! `GET /enter/{token}`, `POST /sign-out`, and the guard that finds out who asks.

use axum::{
    Router,
    extract::{Path, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use contract::{Reach, Viewer};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use store::StoreError;

use super::microsoft::Door;
use super::{
    admin, bootstrap, consent,
    cookie::{self, Held, Place},
    people::{self, Failed},
    session, setup, test, window,
};
use crate::{
    middleware::{Face, refusal},
    secrets::public_half,
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
        .route("/setup/window", post(window::open))
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
        Ok(Some(session)) => {
            let seconds = i64::from(limits.absolute_minutes) * 60;
            match cookie::set(session.reveal(), seconds, Place::Window) {
                Ok(cookie) => sent_on("/organizations", [cookie]),
                Err(_) => unavailable(),
            }
        }
        Ok(None) => sent_on("/signed-out?link=used", []),
        Err(error) => {
            tracing::error!(%error, "a bootstrap link could not be redeemed");
            unavailable()
        }
    }
}

async fn sign_out(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let held = cookie::held(&headers);
    if let Some(held) = &held {
        state.delegated.forget(&public_half(&held.digest));
    }
    if let Some(Held { digest, .. }) = held
        && let Err(error) = session::end_now(&state.store, digest, state.clock.now()).await
    {
        tracing::error!(%error, "a session could not be ended");
        return unavailable();
    }
    // A frame keeps its cookie, which opens nothing any more: by it, its page may still say what became of it.
    match held.map(|held| held.place) {
        Some(Place::Frame) => sent_on("/setup", []),
        _ => sent_on("/signed-out", [cookie::clear()]),
    }
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

async fn viewer(state: &AppState, headers: &HeaderMap) -> Result<Option<Viewer>, StoreError> {
    let Some(held) = cookie::held(headers) else {
        return Ok(None);
    };
    viewer_of(state, held, !headers.contains_key(app::server::LIVE)).await
}

/// Whose session it is, and from where they look. `counts` keeps it alive.
pub(super) async fn viewer_of(
    state: &AppState,
    held: Held,
    counts: bool,
) -> Result<Option<Viewer>, StoreError> {
    let (limits, now) = (state.config.settings.session, state.clock.now());
    let mut viewer = session::viewer(&state.store, held.digest, now, limits, counts).await?;
    if let Some(Reach::Setup(setup)) = viewer.as_mut().map(|viewer| &mut viewer.reach) {
        setup.framed = held.place == Place::Frame;
    }
    Ok(viewer)
}

/// Whether whoever sent these headers is still in; a store that cannot be asked ends nobody's session.
pub async fn is_still_in(state: &AppState, headers: &HeaderMap) -> bool {
    let Some(digest) = cookie::read(headers) else {
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

pub(crate) fn unavailable() -> Response {
    let detail =
        "Rollcall cannot reach its database right now. Nothing was lost; please try again in a moment.";
    refusal(Face::Console, StatusCode::SERVICE_UNAVAILABLE, detail)
}
