//! What the identity platform answers when it says no (entra-facts B5).

use std::{fmt, ops::Deref, time::Duration};

use serde::Deserialize;

use crate::{
    http::{Reply, Unreachable},
    reason::Reason,
};

/// The longest description that is kept, in characters.
const DESCRIPTION_LIMIT: usize = 1000;

/// A refusal of the identity platform, or the lack of an answer. Its fields are those of [`Refusal`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TokenError(Box<Refusal>);

/// What a [`TokenError`] says. Holds no secret; the description is Microsoft's own text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status; 0 when no answer came, or when none was asked for because Microsoft wants to be left alone.
    pub status: u16,
    /// `error`: `invalid_client`, `invalid_grant` …; empty when no answer came.
    pub error: String,
    /// `suberror`: `consent_required`, `basic_action` …
    pub suberror: Option<String>,
    /// The number behind `AADSTS`.
    pub code: Option<u32>,
    /// The first line of `error_description`, without the trace.
    pub description: Option<String>,
    /// `claims`: JSON to replay at the authorize endpoint (MFA, Conditional Access).
    pub claims: Option<String>,
    /// How long Microsoft wants to be left alone.
    pub retry_after: Option<Duration>,
    /// `trace_id`: what Microsoft's support asks for.
    pub trace_id: Option<String>,
    /// `correlation_id`: the same, for a whole sign-in.
    pub correlation_id: Option<String>,
    /// Why no answer came.
    pub unreachable: Option<Unreachable>,
}

/// The body as it travels (entra-facts B0, B5).
#[derive(Deserialize)]
struct Body {
    error: String,
    suberror: Option<String>,
    error_description: Option<String>,
    error_codes: Option<Vec<u32>>,
    claims: Option<String>,
    trace_id: Option<String>,
    correlation_id: Option<String>,
}

impl Deref for TokenError {
    type Target = Refusal;

    fn deref(&self) -> &Refusal {
        &self.0
    }
}

impl From<Refusal> for TokenError {
    fn from(refusal: Refusal) -> Self {
        Self(Box::new(refusal))
    }
}

impl TokenError {
    /// What it means for us.
    pub fn reason(&self) -> Reason {
        Reason::of(self)
    }

    /// An answer with an error status. A body that is not the platform's own leaves only the status.
    pub(crate) fn of_reply(reply: &Reply) -> Self {
        let said = reply.json::<Body>().map(Refusal::of_body).unwrap_or_default();
        Refusal {
            status: reply.status,
            retry_after: reply.retry_after(),
            ..said
        }
        .into()
    }

    /// The fields of a redirect: `error`, `error_description`, `error_subcode`.
    pub(crate) fn of_redirect(error: &str, subcode: Option<&str>, description: Option<&str>) -> Self {
        let refusal = Refusal {
            error: bounded(error),
            suberror: subcode.map(bounded),
            code: description.and_then(aadsts),
            description: description.map(first_line),
            ..Refusal::default()
        };
        refusal.into()
    }

    /// Left alone for so long, without asking.
    pub(crate) fn throttled(retry_after: Duration) -> Self {
        let error = "throttled".to_owned();
        Refusal {
            error,
            retry_after: Some(retry_after),
            ..Refusal::default()
        }
        .into()
    }
}

impl Refusal {
    fn of_body(body: Body) -> Self {
        let text = body.error_description.as_deref();
        let listed = body.error_codes.and_then(|codes| codes.first().copied());
        Self {
            error: bounded(&body.error),
            suberror: body
                .suberror
                .filter(|text| !text.is_empty())
                .as_deref()
                .map(bounded),
            code: text.and_then(aadsts).or(listed),
            description: text.map(first_line),
            claims: body.claims.filter(|text| !text.is_empty()),
            trace_id: body.trace_id.as_deref().map(bounded),
            correlation_id: body.correlation_id.as_deref().map(bounded),
            ..Self::default()
        }
    }
}

impl From<Unreachable> for TokenError {
    fn from(why: Unreachable) -> Self {
        Refusal {
            unreachable: Some(why),
            ..Refusal::default()
        }
        .into()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(why) = self.unreachable {
            return write!(out, "the sign-in service was not reached: {why}");
        }
        match (&self.description, self.code) {
            (Some(text), _) => write!(out, "{}: {text}", self.error),
            (None, Some(code)) => write!(out, "{}: AADSTS{code}", self.error),
            (None, None) => write!(out, "{} (HTTP {})", self.error, self.status),
        }
    }
}

/// The number of the first `AADSTSnnn` in a description.
fn aadsts(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("AADSTS")?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest[..digits].parse().ok()
}

/// Bodies of 2016–2022 part the trace by CRLF, newer ones by spaces (entra-facts B5).
fn first_line(text: &str) -> String {
    let end = text
        .find(['\r', '\n'])
        .or_else(|| text.find(" Trace ID:"))
        .unwrap_or(text.len());
    bounded(&text[..end])
}

fn bounded(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(DESCRIPTION_LIMIT)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_number_stands_anywhere() {
        assert_eq!(aadsts("AADSTS7000215: Invalid client secret"), Some(7_000_215));
        assert_eq!(aadsts("x: AADSTS65004 declined"), Some(65_004));
        for none in ["", "AADSTS", "AADSTS: x", "AADSTS99999999999", "aadsts1"] {
            assert_eq!(aadsts(none), None, "{none}");
        }
    }

    #[test]
    fn both_ways_of_parting_the_trace() {
        for text in [
            "AADSTS1: no.\r\nTrace ID: a\r\nCorrelation ID: b\r\nTimestamp: c",
            "AADSTS1: no. Trace ID: a Correlation ID: b Timestamp: c",
        ] {
            assert_eq!(first_line(text), "AADSTS1: no.");
        }
    }

    proptest! {
        #[test]
        fn any_description_is_taken(text in ".{0,2000}") {
            let error = TokenError::of_redirect(&text, Some(&text), Some(&text));
            prop_assert!(error.description.as_ref().is_some_and(|kept| kept.chars().count() <= DESCRIPTION_LIMIT));
            let _ = (error.to_string(), error.reason());
        }
    }
}
