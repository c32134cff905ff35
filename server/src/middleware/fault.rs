//! Refusals made before or behind every handler, in the form the asker can read (threats T39).

use axum::{body::Body, response::Response};
use http::{HeaderValue, StatusCode, header};

use super::path::Face;

/// Seconds after which a client may try again when the fault is ours.
const RETRY_SECONDS: &str = "5";

/// A refusal as the face wants it: SCIM JSON, problem JSON (RFC 9457), or a plain sentence. 503 carries Retry-After.
/// `detail` is ours and fixed: what was sent is never repeated (threats T25).
pub fn refusal(face: Face, status: StatusCode, detail: &str) -> Response {
    let (content_type, text) = match face {
        Face::Scim => ("application/scim+json; charset=utf-8", scim(status, detail)),
        Face::Api => ("application/problem+json", problem(status, detail)),
        _ => ("text/plain; charset=utf-8", format!("{detail}\n")),
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_SECONDS));
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer realm=\"rollcall\""),
        );
    }
    response
}

/// RFC 7644 §3.12.
fn scim(status: StatusCode, detail: &str) -> String {
    serde_json::json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": status.as_str(),
        "detail": detail,
    })
    .to_string()
}

fn problem(status: StatusCode, detail: &str) -> String {
    serde_json::json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("Error"),
        "status": status.as_u16(),
        "detail": detail,
    })
    .to_string()
}
