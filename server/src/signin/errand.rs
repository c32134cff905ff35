//! An errand at Microsoft on behalf of an organization's checklist: who may send a browser there, and who may bring the
//! answer back. Both are asked anew each time; of an answer nothing is believed but what we wrote down ourselves
//! (threats T43, T45, T49, T50).
//!
//! From within a frame an errand runs in a window of its own. That window has no session: a ticket names the frame's
//! ([`ticket`]), the attempt's own cookie binds the answer to the browser, and the way ends at a page that says so.

use axum::response::Response;
use contract::{Viewer, onboarding::ErpStep};
use http::HeaderMap;
use serde::Deserialize;
use store::{
    attempts::{Attempt, Purpose},
    ids::OrganizationId,
};

use super::{
    attempt,
    cookie::{self, Held, Place},
    doors::{self, failed, sent_on},
    local,
    people::Failed,
    ticket,
};
use crate::{
    checklists::{Subject, may_act},
    secrets::TokenDigest,
    state::AppState,
};

/// Where the window of a frame's errand ends.
pub(super) const BACK: &str = "/setup/back";

/// What the form says.
#[derive(Debug, Deserialize)]
pub(super) struct Leave {
    organization: String,
    #[serde(default)]
    return_to: String,
    /// Which frame's session it is, from within one.
    #[serde(default)]
    ticket: String,
}

impl Leave {
    /// Where to come back to.
    pub(super) fn return_to(&self) -> String {
        match self.framed() {
            true => BACK.to_owned(),
            false => local(&self.return_to).unwrap_or("/").to_owned(),
        }
    }

    /// Was it sent from within a frame?
    pub(super) fn framed(&self) -> bool {
        !self.ticket.is_empty()
    }

    fn held(&self, state: &AppState, headers: &HeaderMap) -> Option<Held> {
        if !self.framed() {
            return cookie::held(headers);
        }
        Some(Held {
            digest: ticket::open(state, &self.ticket)?,
            place: Place::Frame,
        })
    }
}

/// Who runs it, and for whom.
pub(super) struct Errand {
    pub(super) viewer: Viewer,
    pub(super) session: TokenDigest,
    pub(super) subject: Subject,
}

impl Errand {
    /// The organization's tenant, once it is proven.
    pub(super) fn tenant(&self) -> Option<&str> {
        self.subject.tenant.as_ref().map(|tenant| tenant.id.as_str())
    }
}

/// Whether the session that the form comes from may act on this step of the organization.
pub(super) async fn begin(
    state: &AppState,
    headers: &HeaderMap,
    form: &Leave,
    step: ErpStep,
) -> Result<Errand, Failed> {
    let held = form.held(state, headers).ok_or(Failed::Expired)?;
    acting(
        state,
        held,
        &OrganizationId::new(form.organization.as_str()),
        step,
    )
    .await
}

/// Takes the attempt that an answer belongs to, if the same session brings it back and may still act.
pub(super) async fn returned(
    state: &AppState,
    headers: &HeaderMap,
    token: Option<&str>,
    (purpose, step): (Purpose, ErpStep),
) -> Result<(Attempt, Errand), WentWrong> {
    let attempt = attempt::take(state, headers, token).await.map_err(broken)?;
    let attempt = attempt.ok_or(Failed::Expired)?;
    let framed = attempt.framed;
    if attempt.purpose != purpose {
        return Err(WentWrong(framed, Failed::Expired));
    }
    let errand = again(state, headers, &attempt, step).await;
    errand
        .map(|errand| (attempt, errand))
        .map_err(|why| WentWrong(framed, why))
}

/// Whether the session that began an attempt may still act. In a window it is the one that comes back; a frame's window
/// brings none, and is bound by the attempt's cookie alone.
pub(super) async fn again(
    state: &AppState,
    headers: &HeaderMap,
    attempt: &Attempt,
    step: ErpStep,
) -> Result<Errand, Failed> {
    let organization = attempt.organization.clone().ok_or(Failed::Other)?;
    let began = attempt.session_hash.ok_or(Failed::Expired)?;
    let held = match attempt.framed {
        true => Some(Held {
            digest: began,
            place: Place::Frame,
        }),
        false => cookie::held(headers),
    };
    let held = held.ok_or(Failed::Expired)?;
    let errand = acting(state, held, &organization, step).await?;
    (errand.session == began).then_some(errand).ok_or(Failed::Expired)
}

async fn acting(
    state: &AppState,
    held: Held,
    organization: &OrganizationId,
    step: ErpStep,
) -> Result<Errand, Failed> {
    let viewer = doors::viewer_of(state, held, true).await.map_err(broken)?;
    let viewer = viewer.ok_or(Failed::Expired)?;
    let subject = state.checklists.subject(organization).await;
    let subject = subject.map_err(broken)?.ok_or(Failed::Other)?;
    may_act(&viewer, &subject, step).map_err(|_| Failed::Other)?;
    Ok(Errand {
        viewer,
        session: held.digest,
        subject,
    })
}

/// An errand that came to nothing, and whether it was a frame's.
pub(super) struct WentWrong(bool, Failed);

impl From<Failed> for WentWrong {
    fn from(why: Failed) -> Self {
        Self(false, why)
    }
}

impl WentWrong {
    /// To the page that says so.
    pub(super) fn page(self) -> Response {
        went_wrong(self.0, self.1)
    }
}

/// To the page that says why an errand came to nothing: a frame's window has one of its own.
pub(super) fn went_wrong(framed: bool, why: Failed) -> Response {
    match framed {
        true => sent_on(&format!("{BACK}?failed={}", why.word()), []),
        false => failed(why),
    }
}

fn broken(error: store::StoreError) -> Failed {
    tracing::error!(%error, "an errand at Microsoft could not be looked up");
    Failed::Unavailable
}
