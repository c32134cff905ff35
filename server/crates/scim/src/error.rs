//! One error type for the whole engine: an HTTP status, a `scimType`, and a sentence for the tenant admin.

use std::fmt;

use serde_json::{Value, json};

use crate::{Map, limits::MAX_NAME};

/// URN of the error body (RFC 7644 §3.12).
pub const ERROR_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// The detail error keyword of RFC 7644 §3.12 table 9 and RFC 9865 §2.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScimType {
    /// The filter is malformed, or names an attribute or comparison we do not support.
    InvalidFilter,
    /// Too much was asked for at once: operations, members, matches.
    TooMany,
    /// Another resource already holds the unique value.
    Uniqueness,
    /// The attribute may not be changed that way.
    Mutability,
    /// The body has the wrong shape.
    InvalidSyntax,
    /// The `path` of a PATCH operation is malformed or names nothing we know.
    InvalidPath,
    /// The `path` is sound but selects nothing.
    NoTarget,
    /// A value is missing, or of the wrong type or form.
    InvalidValue,
    /// The SCIM version asked for is not spoken here.
    InvalidVers,
    /// The request must not carry that in its URL.
    Sensitive,
    /// The cursor is not one of ours, or belongs to another query (RFC 9865).
    InvalidCursor,
    /// The cursor was ours and is too old (RFC 9865).
    ExpiredCursor,
    /// The count cannot be used with cursors (RFC 9865).
    InvalidCount,
}

impl ScimType {
    /// The keyword as it stands in the body, e.g. `invalidFilter`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidVers => "invalidVers",
            Self::Sensitive => "sensitive",
            Self::InvalidCursor => "invalidCursor",
            Self::ExpiredCursor => "expiredCursor",
            Self::InvalidCount => "invalidCount",
        }
    }
}

/// A refusal, ready to be sent.
///
/// `detail` is read by a tenant admin in Entra's provisioning log (entra-facts A8), so it says what to do. It never
/// echoes input: attribute names go through [`safe_name`] first (threats T25).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// HTTP status code, 4xx or 5xx.
    pub status: u16,
    /// The keyword, where RFC 7644 has one.
    pub scim_type: Option<ScimType>,
    /// A sentence in plain English.
    pub detail: String,
}

/// What every fallible function of the engine returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $status:literal, $kind:expr;)*) => {
        impl Error {
            $($(#[$doc])*
            pub fn $name(detail: impl Into<String>) -> Self {
                Self { status: $status, scim_type: $kind, detail: detail.into() }
            })*
        }
    };
}

refusals! {
    /// 400 `invalidFilter`.
    invalid_filter = 400, Some(ScimType::InvalidFilter);
    /// 400 `invalidPath`.
    invalid_path = 400, Some(ScimType::InvalidPath);
    /// 400 `invalidValue`.
    invalid_value = 400, Some(ScimType::InvalidValue);
    /// 400 `invalidSyntax`.
    invalid_syntax = 400, Some(ScimType::InvalidSyntax);
    /// 400 `noTarget`.
    no_target = 400, Some(ScimType::NoTarget);
    /// 400 `mutability`.
    mutability = 400, Some(ScimType::Mutability);
    /// 400 `tooMany`.
    too_many = 400, Some(ScimType::TooMany);
    /// 400 `invalidVers`.
    invalid_vers = 400, Some(ScimType::InvalidVers);
    /// 400 `invalidCursor` (RFC 9865).
    invalid_cursor = 400, Some(ScimType::InvalidCursor);
    /// 400 `expiredCursor` (RFC 9865).
    expired_cursor = 400, Some(ScimType::ExpiredCursor);
    /// 400 `invalidCount` (RFC 9865).
    invalid_count = 400, Some(ScimType::InvalidCount);
    /// 401: no credentials, or bad ones.
    unauthorized = 401, None;
    /// 403: the credentials are good and may not do this.
    forbidden = 403, None;
    /// 403 `sensitive`.
    sensitive = 403, Some(ScimType::Sensitive);
    /// 404: no such resource in this directory.
    not_found = 404, None;
    /// 405: not that method here.
    method_not_allowed = 405, None;
    /// 409 `uniqueness`.
    uniqueness = 409, Some(ScimType::Uniqueness);
    /// 409 without a keyword, e.g. bulk references in a circle.
    conflict = 409, None;
    /// 412: `If-Match` names another version.
    precondition_failed = 412, None;
    /// 413: the body is too large.
    payload_too_large = 413, None;
    /// 415: not JSON, or encoded.
    unsupported_media_type = 415, None;
    /// 429: slow down.
    too_many_requests = 429, None;
    /// 500: our fault.
    internal = 500, None;
    /// 501: not built.
    not_implemented = 501, None;
    /// 503: try again later.
    unavailable = 503, None;
}

impl Error {
    /// Any status without a keyword.
    pub fn status(status: u16, detail: impl Into<String>) -> Self {
        Self {
            status,
            scim_type: None,
            detail: detail.into(),
        }
    }

    /// The body of RFC 7644 §3.12, as compact JSON; `status` is a string in it.
    pub fn to_json(&self) -> Vec<u8> {
        self.to_value().to_string().into_bytes()
    }

    /// The same as a value, for the reply of a bulk request.
    pub fn to_value(&self) -> Value {
        let mut body = Map::new();
        body.insert("schemas".into(), json!([ERROR_SCHEMA]));
        body.insert("status".into(), json!(self.status.to_string()));
        if let Some(kind) = self.scim_type {
            body.insert("scimType".into(), json!(kind.as_str()));
        }
        body.insert("detail".into(), json!(self.detail));
        Value::Object(body)
    }
}

/// An attribute name that may be shown to a person: itself if it is made of `[A-Za-z0-9_.:$-]` and at most
/// [`MAX_NAME`] bytes long, otherwise a stand-in (threats T25).
pub fn safe_name(name: &str) -> &str {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_.:$-".contains(&b);
    match name {
        "" => "(no name)",
        _ if name.len() <= MAX_NAME && name.bytes().all(plain) => name,
        _ => "(a name with unusual characters)",
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.scim_type.map_or("", ScimType::as_str);
        write!(f, "{} {kind}: {}", self.status, self.detail)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_that_of_the_rfc() {
        let error = Error::uniqueness("Another user has this userName.");
        let body: Value = serde_json::from_slice(&error.to_json()).unwrap();
        assert_eq!(
            body,
            json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
                "status": "409",
                "scimType": "uniqueness",
                "detail": "Another user has this userName.",
            })
        );
    }

    #[test]
    fn a_body_without_keyword_has_no_scim_type() {
        let body = String::from_utf8(Error::not_found("Gone.").to_json()).unwrap();
        assert_eq!(
            body,
            r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404","detail":"Gone."}"#
        );
    }

    #[test]
    fn a_detail_is_escaped() {
        let body = Error::internal("\"\n\u{2028}</script>").to_json();
        let read: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(read["detail"], "\"\n\u{2028}</script>");
    }

    #[test]
    fn each_constructor_has_its_status_and_keyword() {
        let all: [(Error, u16, &str); 13] = [
            (Error::invalid_filter(""), 400, "invalidFilter"),
            (Error::invalid_path(""), 400, "invalidPath"),
            (Error::invalid_value(""), 400, "invalidValue"),
            (Error::invalid_syntax(""), 400, "invalidSyntax"),
            (Error::no_target(""), 400, "noTarget"),
            (Error::mutability(""), 400, "mutability"),
            (Error::too_many(""), 400, "tooMany"),
            (Error::invalid_vers(""), 400, "invalidVers"),
            (Error::invalid_cursor(""), 400, "invalidCursor"),
            (Error::expired_cursor(""), 400, "expiredCursor"),
            (Error::invalid_count(""), 400, "invalidCount"),
            (Error::sensitive(""), 403, "sensitive"),
            (Error::uniqueness(""), 409, "uniqueness"),
        ];
        for (error, status, keyword) in all {
            assert_eq!(
                (error.status, error.scim_type.map(ScimType::as_str)),
                (status, Some(keyword))
            );
        }
        let plain: [(Error, u16); 12] = [
            (Error::unauthorized(""), 401),
            (Error::forbidden(""), 403),
            (Error::not_found(""), 404),
            (Error::method_not_allowed(""), 405),
            (Error::conflict(""), 409),
            (Error::precondition_failed(""), 412),
            (Error::payload_too_large(""), 413),
            (Error::unsupported_media_type(""), 415),
            (Error::too_many_requests(""), 429),
            (Error::internal(""), 500),
            (Error::not_implemented(""), 501),
            (Error::unavailable(""), 503),
        ];
        for (error, status) in plain {
            assert_eq!((error.status, error.scim_type), (status, None));
        }
        assert_eq!(
            Error::status(418, "tea"),
            Error {
                status: 418,
                scim_type: None,
                detail: "tea".into()
            }
        );
    }

    #[test]
    fn only_plain_names_are_shown() {
        for name in [
            "userName",
            "name.givenName",
            "$ref",
            "urn:ietf:params:scim:schemas:core:2.0:User:x-y_z",
        ] {
            assert_eq!(safe_name(name), name);
        }
        for name in ["<script>", "a b", "é", "a\"b", "a[type eq 1]", &"x".repeat(129)] {
            assert_eq!(safe_name(name), "(a name with unusual characters)");
        }
        assert_eq!(safe_name(""), "(no name)");
    }

    #[test]
    fn an_error_reads_as_a_sentence_in_logs() {
        assert_eq!(Error::too_many("Less.").to_string(), "400 tooMany: Less.");
    }
}
