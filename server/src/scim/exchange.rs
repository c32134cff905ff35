//! One request: who asks, what came of it, and what the recorder is told.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, header};
use scim::Error;
use store::activity::{Origin, Outcome, SubjectKind};
use store::ids::EventId;

use super::Face;
use super::caller::Caller;
use super::reply::{self, Reply};
use crate::clock::{NoRandomness, prefixed_id, uuid_v7};
use crate::directory::Refused;
use crate::directory::trace::Context;
use crate::tasks::record::{Heard, Told};

/// Longest request body kept in the activity, in bytes; members of large groups are what makes a body longer.
const KEPT: usize = 16 * 1024;

/// One request under way. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Exchange {
    face: Face,
    pub(super) caller: Arc<Caller>,
    begun: Instant,
    reference: Option<String>,
}

/// What came of a request.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) reply: Reply,
    /// The activity's fixed word.
    pub(super) action: &'static str,
    pub(super) subject: Told,
    /// Whether the activity was already written together with the change.
    pub(super) written: bool,
    /// What was kept out of a request that changed nothing: its activity is written by the recorder.
    pub(super) ignored: Vec<scim::Ignored>,
}

impl Answer {
    /// An answer that only read.
    pub(super) fn read(action: &'static str, subject: Told, reply: Reply) -> Self {
        Answer {
            reply,
            action,
            subject,
            written: false,
            ignored: Vec::new(),
        }
    }
}

impl Exchange {
    pub(super) fn new(face: &Face, caller: Arc<Caller>, reference: Option<String>) -> Self {
        Exchange {
            face: face.clone(),
            caller,
            begun: Instant::now(),
            reference,
        }
    }

    pub(super) fn face(&self) -> &Face {
        &self.face
    }

    /// On whose behalf a change is made.
    pub(super) fn context(&self, body: &[u8]) -> Result<Context, Refused> {
        Ok(Context {
            directory: self.caller.directory.clone(),
            organization: self.caller.organization.clone(),
            app: self.caller.app.clone(),
            origin: Origin::Scim,
            at: self.face.clock.now(),
            event: EventId::new(
                prefixed_id("evt", &self.face.clock, &self.face.randomness).map_err(no_dice)?,
            ),
            request: kept(body),
            reference: self.reference.clone(),
        })
    }

    /// A fresh id for a user or group.
    pub(super) fn fresh_id(&self) -> Result<String, Refused> {
        let id = uuid_v7(&self.face.clock, &self.face.randomness).map_err(no_dice)?;
        Ok(id.hyphenated().to_string())
    }

    /// `{PUBLIC_URL}/scim/v2/{directory}`
    pub(super) fn base_url(&self) -> String {
        format!("{}/scim/v2/{}", self.face.public_url, self.caller.directory)
    }

    /// Answers, and tells the recorder. `action` is the word for what was tried.
    pub(super) fn finish(
        self,
        action: &'static str,
        body: &[u8],
        result: Result<Answer, Refused>,
    ) -> Response {
        match result {
            Ok(answer) => {
                self.tell_answer(&answer, body);
                answer.reply.into_response()
            }
            Err(refused) => {
                let error = reply::error_of(refused, self.reference.as_deref());
                self.tell_refusal(action, &error, body);
                reply::refusal(&error)
            }
        }
    }

    fn tell_answer(&self, answer: &Answer, body: &[u8]) {
        let changed_nothing = !answer.written && !body.is_empty();
        let request = changed_nothing.then(|| kept(body)).flatten();
        let ignored = changed_nothing
            .then(|| crate::directory::trace::ignored_json(&answer.ignored))
            .flatten();
        self.face.recorder.tell(&Heard {
            subject: &answer.subject,
            written: answer.written,
            request: request.as_deref(),
            ignored: ignored.as_deref(),
            ..self.heard(answer.action, answer.reply.status, Outcome::Ok)
        });
    }

    fn tell_refusal(&self, action: &'static str, error: &Error, body: &[u8]) {
        let outcome = if error.status >= 500 {
            Outcome::Failed
        } else {
            Outcome::Refused
        };
        self.face.recorder.tell(&Heard {
            reason: Some(&error.detail),
            request: kept(body).as_deref(),
            ..self.heard(action, error.status, outcome)
        });
    }

    fn heard(&self, action: &'static str, status: u16, outcome: Outcome) -> Heard<'_> {
        Heard {
            directory: &self.caller.directory,
            organization: &self.caller.organization,
            token: &self.caller.token,
            at: self.face.clock.now(),
            duration_us: i64::try_from(self.begun.elapsed().as_micros()).unwrap_or(i64::MAX),
            action,
            status,
            outcome,
            subject: &NOTHING,
            written: false,
            reason: None,
            request: None,
            ignored: None,
            reference: self.reference.as_deref(),
        }
    }
}

/// The request was about nobody in particular.
static NOTHING: Told = Told {
    kind: SubjectKind::None,
    id: None,
    name: None,
};

impl<S: Sync> FromRequestParts<S> for Exchange {
    type Rejection = Response;

    /// Present behind the guard; without it nobody was let in.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| reply::unauthorized(None))
    }
}

/// Refuses a body that is not announced as JSON; without an announcement it is taken for it.
pub(super) fn check_media_type(headers: &HeaderMap) -> Result<(), Refused> {
    let Some(announced) = headers.get(header::CONTENT_TYPE) else {
        return Ok(());
    };
    let media = announced
        .to_str()
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    let known = ["application/scim+json", "application/json"];
    if known.iter().any(|known| media.eq_ignore_ascii_case(known)) {
        return Ok(());
    }
    Err(Refused::Scim(Error {
        status: 415,
        scim_type: None,
        detail: "Send the body as application/scim+json.".to_owned(),
    }))
}

/// A header's text, if it has one.
pub(super) fn header_text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
}

/// A request's body as the activity keeps it: without passwords (threats T15), cut where it is very long.
fn kept(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body)
        .ok()
        .filter(|text| !text.trim().is_empty())?;
    if text.to_ascii_lowercase().contains("password") {
        return without_passwords(text);
    }
    Some(match text.char_indices().nth(KEPT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.replace('\0', ""),
    })
}

fn without_passwords(text: &str) -> Option<String> {
    let mut value: serde_json::Value = serde_json::from_str(text).ok()?;
    redact(&mut value);
    Some(value.to_string().chars().take(KEPT).collect())
}

/// Empties `password` wherever it is a key, and the value of a PATCH operation whose path names it.
fn redact(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(map) => {
            let names_password = map.iter().any(|(key, path)| {
                key.eq_ignore_ascii_case("path")
                    && path
                        .as_str()
                        .is_some_and(|path| path.to_ascii_lowercase().contains("password"))
            });
            for (key, value) in map.iter_mut() {
                let secret = key.to_ascii_lowercase().contains("password")
                    || (names_password && key.eq_ignore_ascii_case("value"));
                if secret {
                    *value = serde_json::Value::from("(left out)");
                } else {
                    redact(value);
                }
            }
        }
        serde_json::Value::Array(values) => values.iter_mut().for_each(redact),
        _ => {}
    }
}

fn no_dice(_: NoRandomness) -> Refused {
    Refused::Store(store::StoreError::Unavailable("no randomness".to_owned()))
}

/// The whole body of a request; its size was limited before it came here.
pub(super) type Body = Bytes;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_kept() {
        let sent = [
            r#"{"userName":"a","password":"t0p"}"#,
            r#"{"Operations":[{"op":"replace","path":"password","value":"t0p"}]}"#,
            r#"{"Operations":[{"op":"replace","value":{"Password":"t0p"}}]}"#,
            r#"{"urn:x:User":{"oldPassword":"t0p"}}"#,
        ];
        for text in sent {
            let kept = kept(text.as_bytes()).unwrap();
            assert!(!kept.contains("t0p"), "{kept}");
        }
        assert_eq!(
            kept(br#"{"password":"t0p""#),
            None,
            "what cannot be read cannot be cleaned"
        );
    }

    #[test]
    fn a_body_is_kept_as_it_came_and_cut_when_long() {
        assert_eq!(
            kept(br#"{"userName": "a"}"#).as_deref(),
            Some(r#"{"userName": "a"}"#)
        );
        assert_eq!(kept(b""), None);
        assert_eq!(
            kept("ü".repeat(20_000).as_bytes()).map(|text| text.chars().count()),
            Some(KEPT + 1)
        );
    }
}
