//! `POST /setup/window`: the portal in a window of its own, out of a frame. Secrets are made, shown and ended there, never
//! within another site's page (threats T65).

use axum::{Form, extract::State, response::Response};
use http::{HeaderMap, HeaderValue};
use serde::Deserialize;
use store::{
    Operation, StoreError, Tx,
    sessions::{self, Session},
    setup_links,
};

use super::{
    attempt::AttemptError,
    cookie::{self, Place},
    doors::{sent_on, unavailable},
    errand::went_wrong,
    local,
    people::Failed,
    session, ticket,
};
use crate::{
    secrets::{TokenDigest, TokenKind, make, public_half},
    state::AppState,
};

/// What the form says.
#[derive(Debug, Deserialize)]
pub(super) struct Open {
    ticket: String,
    #[serde(default)]
    return_to: String,
}

/// Begins a session of the frame's link in this window.
pub(super) async fn open(
    State(state): State<AppState>,
    headers: HeaderMap,
    Form(form): Form<Open>,
) -> Response {
    let Some(frame) = ticket::open(&state, &form.ticket) else {
        return went_wrong(true, Failed::Expired);
    };
    let to = local(&form.return_to).filter(|path| path.starts_with("/setup"));
    match begin(&state, &headers, frame).await {
        Ok(Some(cookie)) => sent_on(to.unwrap_or("/setup"), [cookie]),
        Ok(None) => went_wrong(true, Failed::Expired),
        Err(error) => {
            tracing::error!(%error, "a frame's session could not be continued in a window");
            unavailable()
        }
    }
}

async fn begin(
    state: &AppState,
    headers: &HeaderMap,
    frame: TokenDigest,
) -> Result<Option<HeaderValue>, AttemptError> {
    let token = make(TokenKind::Session, &state.randomness)?;
    let (limits, now) = (state.config.settings.session, state.clock.now());
    let begin = Begin {
        frame,
        session: session::begin(token.digest, now, limits),
        old: cookie::read(headers),
    };
    if !state.store.write(begin).await? {
        return Ok(None);
    }
    // Whoever signed in with Microsoft in the frame has done so here: it is the same person at the same browser.
    if let Some(kept) = state.delegated.get(&public_half(&frame), now) {
        state.delegated.keep(&public_half(&token.digest), kept);
    }
    let seconds = i64::from(limits.absolute_minutes) * 60;
    let cookie = cookie::set(token.reveal(), seconds, Place::Window).map_err(|_| AttemptError::Cookie)?;
    Ok(Some(cookie))
}

/// Continues a live session of a live link; whether it was one. Proof of who it is does not get younger by it (threats
/// T10), and the window's session before ends, as with any other coming in.
struct Begin {
    frame: TokenDigest,
    session: Session,
    old: Option<TokenDigest>,
}

impl Operation for Begin {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        let now = self.session.created_at;
        let found = sessions::find(tx, &self.frame).await?;
        let alive = found.filter(|frame| frame.revoked_at.is_none() && frame.expires_at > now);
        let Some((frame, link)) = alive.and_then(|frame| Some((frame.clone(), frame.link_id?))) else {
            return Ok(false);
        };
        let kept = setup_links::get(tx, &link).await?;
        if !kept.is_some_and(|link| link.is_alive(now)) {
            return Ok(false);
        }
        if let Some(old) = self.old.filter(|old| *old != self.frame) {
            sessions::revoke(tx, &old, now).await?;
        }
        let session = Session {
            person: frame.person,
            person_id: frame.person_id,
            role: frame.role,
            auth_at: frame.auth_at,
            link_id: Some(link),
            ..self.session.clone()
        };
        sessions::create(tx, &session).await?;
        Ok(true)
    }
}
