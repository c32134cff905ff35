//! A ticket out of a frame: a form of a framed page opens a window of its own, which has none of the frame's cookies, and
//! names the frame's session by it (threats §0.8; decision 0007).
//!
//! Nobody but this server can make or read one. It is good for as long as the session may stay idle, and only in a POST
//! from a page of ours, so that nobody else can send a browser with theirs (threats T43, T68).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    keys::{Place, SealError},
    secrets::TokenDigest,
    state::AppState,
};

const MINUTE: i64 = 60_000_000;

const PLACE: Place<'static> = Place {
    table: "sessions",
    column: "ticket",
    row: "",
};

/// A ticket for the session of a frame.
pub(super) fn make(state: &AppState, session: &TokenDigest) -> Result<String, SealError> {
    let ends = state.clock.now() + i64::from(state.config.settings.session.idle_minutes) * MINUTE;
    let text: SecretString = format!("{ends} {}", URL_SAFE_NO_PAD.encode(session)).into();
    let sealed = state.key.seal(PLACE, &text, &state.randomness)?;
    Ok(URL_SAFE_NO_PAD.encode(sealed))
}

/// The session that a ticket names; `None` for what is none, or none any more.
pub(super) fn open(state: &AppState, ticket: &str) -> Option<TokenDigest> {
    let sealed = URL_SAFE_NO_PAD.decode(ticket).ok()?;
    let text = state.key.open(PLACE, &sealed).ok()?;
    let (ends, session) = text.expose_secret().split_once(' ')?;
    let alive = ends.parse::<i64>().ok()? > state.clock.now();
    let session = URL_SAFE_NO_PAD.decode(session).ok()?;
    session.try_into().ok().filter(|_| alive)
}
