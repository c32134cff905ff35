//! Refusals, and the body each of them has (B0).

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::catalogue::look_up;

/// A refusal of the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The AADSTS number.
    pub code: u32,
    /// `error`.
    pub error: &'static str,
    /// HTTP status at the token endpoint.
    pub status: u16,
    /// What follows the number.
    pub text: String,
    /// `suberror`.
    pub suberror: Option<&'static str>,
    /// The claims challenge.
    pub claims: Option<String>,
}

impl Refusal {
    /// The refusal with this number, in the catalogue's words. A number that is not in it is a bad request.
    pub fn plain(code: u32) -> Self {
        let text = look_up(code).map_or("An error occurred.", |entry| entry.text);
        Self::new(code, text)
    }

    /// The refusal with this number, in words of its own.
    pub fn new(code: u32, text: impl Into<String>) -> Self {
        let found = look_up(code);
        Self {
            code,
            error: found.map_or("invalid_request", |entry| entry.error),
            status: found.map_or(400, |entry| entry.status),
            text: text.into(),
            suberror: found.and_then(|entry| entry.suberror),
            claims: None,
        }
    }

    /// With a claims challenge, or with the one the number brings along (MFA).
    #[must_use]
    pub fn challenged(mut self, claims: Option<String>) -> Self {
        let needs = matches!(self.code, 50_076 | 50_079 | 50_072 | 50_074);
        let own = r#"{"access_token":{"capolids":{"essential":true,"values":["c0470500-ca00-4000-8000-000000000001"]}}}"#;
        self.claims = claims.or_else(|| needs.then(|| own.to_owned()));
        self
    }

    /// `error` as the authorize endpoint spells it: what only a person can mend is `interaction_required` there.
    pub fn on_authorize(&self) -> &'static str {
        match self.code {
            65_001 => "consent_required",
            90_002 => "invalid_tenant",
            53_003 | 53_000 | 53_001 | 530_035 | 530_032 => "access_denied",
            _ if self.error == "invalid_grant" => "interaction_required",
            _ => self.error,
        }
    }
}

/// What identifies one answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trace {
    pub(crate) trace: Uuid,
    pub(crate) correlation: Uuid,
    pub(crate) now: Timestamp,
}

impl Trace {
    pub(crate) fn timestamp(&self) -> String {
        self.now.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
    }

    pub(crate) fn describe(&self, refusal: &Refusal) -> String {
        format!(
            "AADSTS{}: {} Trace ID: {} Correlation ID: {} Timestamp: {}",
            refusal.code,
            refusal.text,
            self.trace,
            self.correlation,
            self.timestamp()
        )
    }

    pub(crate) fn error_uri(code: u32) -> String {
        format!("https://login.microsoftonline.com/error?code={code}")
    }

    fn body(&self, refusal: &Refusal, error: &str) -> Value {
        let mut body = json!({
            "error": error,
            "error_description": self.describe(refusal),
            "error_codes": [refusal.code],
            "timestamp": self.timestamp(),
            "trace_id": self.trace.to_string(),
            "correlation_id": self.correlation.to_string(),
            "error_uri": Self::error_uri(refusal.code),
        });
        if let Some(suberror) = refusal.suberror {
            body["suberror"] = json!(suberror);
        }
        if let Some(claims) = &refusal.claims {
            body["claims"] = json!(claims);
        }
        body
    }

    /// The answer of the token endpoint.
    pub(crate) fn refuse(&self, refusal: &Refusal) -> Response {
        self.answer(refusal, refusal.error)
    }

    /// The answer of metadata and keys, which know an unknown tenant by another `error`.
    pub(crate) fn refuse_metadata(&self, refusal: &Refusal) -> Response {
        self.answer(refusal, refusal.on_authorize())
    }

    fn answer(&self, refusal: &Refusal, error: &str) -> Response {
        let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = (status, Json(self.body(refusal, error))).into_response();
        if let Ok(trace) = HeaderValue::from_str(&self.trace.to_string()) {
            response
                .headers_mut()
                .insert(HeaderName::from_static("x-ms-request-id"), trace);
        }
        let never = HeaderValue::from_static("no-store, no-cache");
        response.headers_mut().insert(header::CACHE_CONTROL, never);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_401_and_consent_has_a_suberror() {
        for code in [7_000_215, 7_000_222, 700_027, 7_000_218] {
            let refusal = Refusal::plain(code);
            assert_eq!((refusal.status, refusal.error), (401, "invalid_client"), "{code}");
        }
        let consent = Refusal::plain(65_001);
        assert_eq!(
            (consent.status, consent.suberror),
            (400, Some("consent_required"))
        );
        assert_eq!(consent.on_authorize(), "consent_required");
        assert!(Refusal::plain(50_076).challenged(None).claims.is_some());
        assert!(Refusal::plain(50_057).challenged(None).claims.is_none());
    }

    #[test]
    fn the_description_ends_with_the_three_ids() {
        let trace = Trace {
            trace: Uuid::nil(),
            correlation: Uuid::max(),
            now: Timestamp::UNIX_EPOCH,
        };
        assert_eq!(
            trace.describe(&Refusal::new(90_002, "Tenant 'x' not found.")),
            "AADSTS90002: Tenant 'x' not found. Trace ID: 00000000-0000-0000-0000-000000000000 Correlation ID: \
             ffffffff-ffff-ffff-ffff-ffffffffffff Timestamp: 1970-01-01 00:00:00Z"
        );
    }
}
