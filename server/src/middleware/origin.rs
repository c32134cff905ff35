//! No other site may act in a signed-in person's name (threats T68).
//!
//! `tower_http`'s layer refuses what a browser says comes from elsewhere. It lets pass a request that says nothing of
//! its origin; every browser of today says it on a POST, so we refuse that too.

use axum::{Router, extract::Request, middleware::Next, response::Response};
use http::{HeaderMap, Method, StatusCode, Uri, header};
use tower_http::csrf::{ConfigError, CsrfLayer, ProtectionError};

use super::{fault::refusal, path::Face};

const ELSEWHERE: &str = "This request came from another site, so it was not carried out.";
const NOWHERE: &str = "This request does not say which page it comes from (Origin or Sec-Fetch-Site), so it was not carried out.";
const FORMS: &str = "Send a form (application/x-www-form-urlencoded) or JSON.";

/// Puts the guard in front of every route that is not for machines.
///
/// # Errors
/// When `public_url` is no origin a browser would send.
pub(crate) fn guarded(router: Router, public_url: &str) -> Result<Router, ConfigError> {
    let layer = CsrfLayer::new()
        .add_trusted_origin(public_url)?
        .with_insecure_bypass(|_: &Method, uri: &Uri| Face::of(uri.path()).is_for_machines())
        .with_rejection_response(|_: ProtectionError| {
            refusal(Face::Console, StatusCode::FORBIDDEN, ELSEWHERE)
        });
    Ok(router.layer(axum::middleware::from_fn(known_origin)).layer(layer))
}

async fn known_origin(request: Request, next: Next) -> Response {
    let exempt = is_safe(request.method()) || Face::of(request.uri().path()).is_for_machines();
    if exempt {
        return next.run(request).await;
    }
    if !names_origin(request.headers()) {
        return refusal(Face::Console, StatusCode::FORBIDDEN, NOWHERE);
    }
    if !is_form_or_json(request.headers()) {
        return refusal(Face::Console, StatusCode::UNSUPPORTED_MEDIA_TYPE, FORMS);
    }
    next.run(request).await
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn names_origin(headers: &HeaderMap) -> bool {
    headers.contains_key("sec-fetch-site") || headers.contains_key(header::ORIGIN)
}

/// A type outside this list is one another site could send without being asked first, or one we never use.
fn is_form_or_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        return true;
    };
    let essence = value
        .to_str()
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    ["application/x-www-form-urlencoded", "application/json"]
        .iter()
        .any(|known| essence.eq_ignore_ascii_case(known))
}
