//! `/api/v1`, for the apps themselves: with an API key, in JSON; refusals are problem JSON (RFC 9457).
//!
//! - `callers.rs`: whose key it is, and what of their app the answers need
//! - `setup_links.rs`: `POST /api/v1/setup-links`
//! - `token_checks.rs`: `POST /api/v1/token-checks`

mod callers;
mod setup_links;
mod token_checks;

use axum::{Router, routing::post};
use http::StatusCode;

pub use callers::Callers;

use crate::{
    middleware::{Face, refusal},
    state::AppState,
};

/// Every route below `/api`.
pub fn routes(state: &AppState) -> Router {
    Router::new()
        .route("/v1/setup-links", post(setup_links::create))
        .route("/v1/token-checks", post(token_checks::check))
        .method_not_allowed_fallback(|| async {
            let detail = "This address takes another method.";
            refusal(Face::Api, StatusCode::METHOD_NOT_ALLOWED, detail)
        })
        .fallback(|| async {
            let detail = "There is no such address in this API.";
            refusal(Face::Api, StatusCode::NOT_FOUND, detail)
        })
        .with_state(state.clone())
}
