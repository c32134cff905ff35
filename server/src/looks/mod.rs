//! The look of an app on its customers' pages: `/looks/{app}/accent.css` and `/looks/{app}/logo`. Both are there for
//! everybody: they hold nothing but what the app shows its own customers.

mod colour;
mod picture;

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use store::{
    Operation, StoreError, Tx,
    apps::{self, App},
    ids::AppId,
};

pub use colour::Colour;
pub use picture::{MOST_BYTES, Picture};

use crate::{
    middleware::{Face, refusal},
    secrets::sha256,
    signin::unavailable,
    state::AppState,
};

/// Both addresses.
pub fn routes(state: &AppState) -> Router {
    Router::new()
        .route("/looks/{app}/accent.css", get(accent))
        .route("/looks/{app}/logo", get(logo))
        .with_state(state.clone())
}

/// Where an app's accent is, if it has one; another accent is at another address.
pub(crate) fn accent_path(app: &App) -> Option<String> {
    let accent: Colour = app.accent.as_ref()?.parse().ok()?;
    let digits = accent.to_string();
    Some(format!(
        "/looks/{}/accent.css?v={}",
        app.id,
        digits.trim_start_matches('#')
    ))
}

/// Where an app's logo is, if it has one.
pub(crate) fn logo_path(app: &App) -> Option<String> {
    app.has_logo.then(|| format!("/looks/{}/logo", app.id))
}

async fn accent(State(state): State<AppState>, Path(app): Path<String>, asked: HeaderMap) -> Response {
    let found = match state.store.read(Get(AppId::new(app))).await {
        Ok(found) => found,
        Err(error) => return broken(&error),
    };
    let accent = found.and_then(|app| app.accent?.parse::<Colour>().ok());
    match accent {
        Some(accent) => file(
            "text/css; charset=utf-8",
            accent.stylesheet().into_bytes(),
            &asked,
        ),
        None => nothing(),
    }
}

/// What is kept is looked at once more: what is no picture is not sent (threats T94).
async fn logo(State(state): State<AppState>, Path(app): Path<String>, asked: HeaderMap) -> Response {
    let found = match state.store.read(Logo(AppId::new(app))).await {
        Ok(found) => found.and_then(|bytes| Picture::new(bytes).ok()),
        Err(error) => return broken(&error),
    };
    match found {
        Some(picture) => file(picture.kind(), picture.into_bytes(), &asked),
        None => nothing(),
    }
}

/// Asked for again each time, and mostly answered 304.
fn file(kind: &'static str, bytes: Vec<u8>, asked: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(sha256(&bytes)));
    let known = asked.get_all(header::IF_NONE_MATCH).iter();
    let known = known
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|one| one.trim().trim_start_matches("W/") == tag);
    let mut response = match known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Response::new(Body::from(bytes)),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

fn nothing() -> Response {
    refusal(Face::Console, StatusCode::NOT_FOUND, "There is no such file.")
}

fn broken(error: &StoreError) -> Response {
    tracing::error!(%error, "the look of an app could not be read");
    unavailable()
}

struct Get(AppId);

impl Operation for Get {
    type Output = Option<App>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Option<App>, StoreError> {
        apps::get(tx, &self.0).await
    }
}

struct Logo(AppId);

impl Operation for Logo {
    type Output = Option<Vec<u8>>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Option<Vec<u8>>, StoreError> {
        apps::logo(tx, &self.0).await
    }
}
