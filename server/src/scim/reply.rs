//! Answers under `/scim`: always SCIM JSON, whatever happens (threats T39).

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use scim::Error;
use store::{StoreError, Unique};

use crate::directory::Refused;

/// The media type of RFC 7644 §3.1.
const SCIM_JSON: HeaderValue = HeaderValue::from_static("application/scim+json; charset=utf-8");

/// A good answer.
#[derive(Debug, Default)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    pub(super) etag: Option<String>,
    pub(super) location: Option<String>,
}

impl Reply {
    /// 200 with a body.
    pub(super) fn ok(body: Vec<u8>) -> Self {
        Reply {
            status: 200,
            body,
            ..Reply::default()
        }
    }

    /// 204.
    pub(super) fn no_content() -> Self {
        Reply {
            status: 204,
            ..Reply::default()
        }
    }

    /// 304: the client has this version already.
    pub(super) fn not_modified(etag: String) -> Self {
        Reply {
            status: 304,
            etag: Some(etag),
            ..Reply::default()
        }
    }

    pub(super) fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        if !matches!(self.status, 204 | 304) {
            headers.insert(header::CONTENT_TYPE, SCIM_JSON);
        }
        let texts = [(header::ETAG, self.etag), (header::LOCATION, self.location)];
        for (name, text) in texts.into_iter().filter_map(|(name, text)| Some((name, text?))) {
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(name, value);
            }
        }
        response
    }
}

/// A refusal as it goes over the wire.
pub(super) fn refusal(error: &Error) -> Response {
    let mut response = Response::new(Body::from(error.to_json()));
    *response.status_mut() = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, SCIM_JSON);
    if matches!(error.status, 429 | 503) {
        let seconds = if error.status == 429 { "1" } else { "5" };
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
    }
    response
}

/// What the client is told of a refused act; a fault of ours is logged here, once, and shown as 503.
pub(super) fn error_of(refused: Refused, reference: Option<&str>) -> Error {
    match refused {
        Refused::Scim(error) if error.status < 500 => error,
        Refused::Scim(error) => unavailable(&error.detail, reference),
        Refused::Store(StoreError::Conflict {
            constraint: Unique::UserName,
        }) => Error::uniqueness("Another user of this directory already has this userName."),
        Refused::Store(StoreError::TooMany) => Error::too_many(
            "This filter would have to look through too many users or groups. \
             Filter by userName, externalId, id or an e-mail address.",
        ),
        Refused::Store(error) => unavailable(&error.to_string(), reference),
    }
}

fn unavailable(why: &str, reference: Option<&str>) -> Error {
    let reference = reference.unwrap_or("none");
    tracing::error!(reference, why, "a SCIM request could not be carried out");
    Error {
        status: 503,
        scim_type: None,
        detail: format!(
            "We could not do this right now, and nothing was changed. Try again soon. Reference: {reference}"
        ),
    }
}

/// A store that cannot be asked: 503 with Retry-After.
pub(super) fn fault(error: &StoreError, reference: Option<&str>) -> Response {
    refusal(&unavailable(&error.to_string(), reference))
}

/// 401, the same bytes for every reason (threats T04, T20).
pub(super) fn unauthorized(code: Option<&'static str>) -> Response {
    let mut response = refusal(&Error::unauthorized(
        "The bearer token is missing, wrong, revoked or belongs to another endpoint URL. \
         In Entra, enter this directory's Tenant URL and Secret token again.",
    ));
    let challenge = match code {
        Some("invalid_token") => {
            HeaderValue::from_static("Bearer realm=\"rollcall\", error=\"invalid_token\"")
        }
        _ => HeaderValue::from_static("Bearer realm=\"rollcall\""),
    };
    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    response
}

/// 400 for credentials that are sent twice or in the query (RFC 6750 §2, §3.1).
pub(super) fn malformed_credentials() -> Response {
    let mut response = refusal(&Error::invalid_syntax(
        "Send the bearer token once, in the Authorization header, and nowhere else.",
    ));
    let challenge = HeaderValue::from_static("Bearer realm=\"rollcall\", error=\"invalid_request\"");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    response
}

/// 429 with Retry-After (threats T38).
pub(super) fn too_many_requests() -> Response {
    refusal(&Error {
        status: 429,
        scim_type: None,
        detail: "Too many requests of this directory at once. Try again in a second.".to_owned(),
    })
}

/// 404 for paths that are no endpoint.
pub(super) async fn no_such_endpoint() -> Response {
    refusal(&Error::not_found(
        "There is no such SCIM endpoint. The Tenant URL ends with the directory's id; Entra appends /Users and /Groups itself.",
    ))
}

/// 405.
pub(super) async fn no_such_method() -> Response {
    refusal(&Error {
        status: 405,
        scim_type: None,
        detail: "This endpoint does not know that method.".to_owned(),
    })
}
