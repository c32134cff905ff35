//! What Graph answers when it says no (entra-facts C0).

use std::{fmt, ops::Deref, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Method;
use serde::Deserialize;

use crate::http::{Reply, Unreachable};

/// The longest message that is kept, in characters.
const MESSAGE_LIMIT: usize = 1000;

/// A refusal of Graph, or the lack of an answer. Its fields are those of [`GraphRefusal`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct GraphError(Box<GraphRefusal>);

/// What a [`GraphError`] says. Holds no secret; the message is Microsoft's own text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphRefusal {
    reason: GraphReason,
    /// The HTTP status; 0 when no answer came or none was asked for.
    pub status: u16,
    /// `error.code`, such as `Request_ResourceNotFound`.
    pub code: String,
    /// `error.message`, for people.
    pub message: String,
    /// `request-id`: what Microsoft's support asks for.
    pub request_id: Option<String>,
    /// How long Microsoft wants to be left alone.
    pub retry_after: Option<Duration>,
    /// JSON to replay as `claims` at the authorize endpoint: the token was good, but something happened since.
    pub claims: Option<String>,
}

/// Why Graph refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GraphReason {
    /// The token is no good any more (401); with `claims` when the person has to be asked.
    Unauthorized,
    /// A permission or a directory role is missing (403).
    Forbidden,
    /// The directory is full (403 `Directory_QuotaExceeded`).
    QuotaExceeded,
    /// No such object (404), when it was to be read or deleted.
    NotFound,
    /// A write refers to an object that this replica does not know (404): just made, or gone. May pass (entra-facts C0).
    Eventual,
    /// The app role is assigned already.
    DuplicateAssignment,
    /// An object with the same name, or the same grant, exists already.
    AlreadyExists,
    /// The app does not offer this role, or not yet on this replica.
    RoleNotOnApp,
    /// The request is wrong (other 400).
    BadRequest,
    /// Too many requests (429).
    Throttled,
    /// Graph is out of order (5xx).
    Unavailable,
    /// No whole answer came.
    Unreachable(Unreachable),
    /// The next page lies on another host; the token was not sent there (threats T56).
    ForeignLink,
    /// A list that does not end.
    Endless,
    /// None of the above.
    Other,
}

#[derive(Deserialize)]
struct Body {
    error: Said,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
    /// Older answers spell it without the capital.
    #[serde(rename = "innerError", alias = "innererror")]
    inner: Option<Inner>,
}

#[derive(Deserialize)]
struct Inner {
    #[serde(rename = "request-id")]
    request_id: Option<String>,
}

impl Deref for GraphError {
    type Target = GraphRefusal;

    fn deref(&self) -> &GraphRefusal {
        &self.0
    }
}

impl GraphError {
    /// What it means for us.
    pub fn reason(&self) -> GraphReason {
        self.0.reason
    }

    /// Whether the same call may succeed a little later without anybody doing anything.
    pub fn is_passing(&self) -> bool {
        use GraphReason as R;
        matches!(
            self.reason(),
            R::Eventual | R::RoleNotOnApp | R::Throttled | R::Unavailable | R::Unreachable(_)
        )
    }

    /// A refusal of our own.
    pub(crate) fn own(reason: GraphReason) -> Self {
        Self(Box::new(GraphRefusal {
            reason,
            status: 0,
            code: String::new(),
            message: String::new(),
            request_id: None,
            retry_after: None,
            claims: None,
        }))
    }

    pub(crate) fn unreachable(why: Unreachable) -> Self {
        Self::own(GraphReason::Unreachable(why))
    }

    /// Left alone for so long, without asking.
    pub(crate) fn throttled(left: Duration) -> Self {
        let mut error = Self::own(GraphReason::Throttled);
        error.0.retry_after = Some(left);
        error
    }

    /// An answer with an error status; `method` tells a read from a write.
    pub(crate) fn of_reply(reply: &Reply, method: &Method) -> Self {
        let said = reply.json::<Body>().ok().map(|body| body.error);
        let (code, message, inner) =
            said.map_or_else(Default::default, |said| (said.code, said.message, said.inner));
        Self(Box::new(GraphRefusal {
            reason: reason(reply.status, &code, &message, method),
            status: reply.status,
            request_id: reply
                .header("request-id")
                .map(str::to_owned)
                .or_else(|| inner.and_then(|inner| inner.request_id)),
            retry_after: reply.retry_after(),
            claims: reply.header("www-authenticate").and_then(claims),
            code: bounded(&code),
            message: bounded(&message),
        }))
    }

    #[cfg(test)]
    pub(crate) fn set_retry_after(&mut self, time: Option<Duration>) {
        self.0.retry_after = time;
    }
}

/// By status, then by code. The three refusals of an assignment differ in nothing but their text (entra-facts C5.8), so for
/// them, and only for them, the text decides.
fn reason(status: u16, code: &str, message: &str, method: &Method) -> GraphReason {
    match (status, code) {
        (400 | 409, "Request_MultipleObjectsWithSameKeyValue") => GraphReason::AlreadyExists,
        (400, "Request_BadRequest") if message.starts_with("Permission being assigned already exists") => {
            GraphReason::DuplicateAssignment
        }
        (400, "Request_BadRequest") if message.starts_with("Permission being assigned was not found") => {
            GraphReason::RoleNotOnApp
        }
        (400, _) => GraphReason::BadRequest,
        (401, _) => GraphReason::Unauthorized,
        (403, "Directory_QuotaExceeded") => GraphReason::QuotaExceeded,
        (403, _) => GraphReason::Forbidden,
        (404, _) if matches!(*method, Method::POST | Method::PATCH) => GraphReason::Eventual,
        (404, _) => GraphReason::NotFound,
        (409, _) => GraphReason::AlreadyExists,
        (429, _) => GraphReason::Throttled,
        (500..=599, _) => GraphReason::Unavailable,
        _ => GraphReason::Other,
    }
}

/// The claims challenge of `WWW-Authenticate: Bearer …, error="insufficient_claims", claims="base64"`.
fn claims(header: &str) -> Option<String> {
    let (_, rest) = header.split_once("claims=\"")?;
    let (encoded, _) = rest.split_once('"')?;
    String::from_utf8(STANDARD.decode(encoded).ok()?).ok()
}

fn bounded(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(MESSAGE_LIMIT)
        .collect()
}

impl fmt::Display for GraphRefusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason {
            GraphReason::Unreachable(why) => write!(out, "Microsoft Graph was not reached: {why}"),
            GraphReason::ForeignLink => out.write_str("Microsoft Graph points to another host"),
            GraphReason::Endless => out.write_str("a list of Microsoft Graph does not end"),
            _ if self.status == 0 => out.write_str("Microsoft Graph wants to be left alone for a while"),
            _ => write!(out, "{} (HTTP {}): {}", self.code, self.status, self.message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_its_name() {
        const BAD: &str = "Request_BadRequest";
        let (get, post) = (&Method::GET, &Method::POST);
        for (status, code, message, method, expected) in [
            (
                400,
                BAD,
                "Permission being assigned already exists on the object",
                post,
                GraphReason::DuplicateAssignment,
            ),
            (
                400,
                BAD,
                "Permission being assigned was not found on application 'x'",
                post,
                GraphReason::RoleNotOnApp,
            ),
            (400, BAD, "Invalid value", post, GraphReason::BadRequest),
            (400, "Request_UnsupportedQuery", "", get, GraphReason::BadRequest),
            (
                400,
                "Request_MultipleObjectsWithSameKeyValue",
                "",
                post,
                GraphReason::AlreadyExists,
            ),
            (
                409,
                "Request_MultipleObjectsWithSameKeyValue",
                "",
                post,
                GraphReason::AlreadyExists,
            ),
            (
                401,
                "InvalidAuthenticationToken",
                "",
                get,
                GraphReason::Unauthorized,
            ),
            (
                403,
                "Authorization_RequestDenied",
                "",
                get,
                GraphReason::Forbidden,
            ),
            (
                403,
                "Directory_QuotaExceeded",
                "",
                post,
                GraphReason::QuotaExceeded,
            ),
            (404, "Request_ResourceNotFound", "", get, GraphReason::NotFound),
            (
                404,
                "Request_ResourceNotFound",
                "",
                &Method::DELETE,
                GraphReason::NotFound,
            ),
            (404, "Request_ResourceNotFound", "", post, GraphReason::Eventual),
            (429, "TooManyRequests", "", get, GraphReason::Throttled),
            (503, "ServiceUnavailable", "", get, GraphReason::Unavailable),
            (504, "", "", get, GraphReason::Unavailable),
            (302, "", "", get, GraphReason::Other),
        ] {
            assert_eq!(reason(status, code, message, method), expected, "{status} {code}");
        }
    }

    #[test]
    fn the_challenge_is_decoded() {
        let header =
            r#"Bearer realm="", authorization_uri="x", error="insufficient_claims", claims="eyJhIjoxfQ==""#;
        assert_eq!(claims(header).as_deref(), Some(r#"{"a":1}"#));
        for none in ["Bearer", r#"Bearer claims="!""#, r#"Bearer claims="eyJ"#] {
            assert_eq!(claims(none), None);
        }
    }
}
