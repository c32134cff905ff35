//! An errand at Microsoft on behalf of an organization's checklist: who may send a browser there, and who may bring the
//! answer back. Both are asked anew each time; of an answer nothing is believed but what we wrote down ourselves
//! (threats T43, T45, T49, T50).

use contract::{Viewer, onboarding::ErpStep};
use http::HeaderMap;
use serde::Deserialize;
use store::{
    attempts::{Attempt, Purpose},
    ids::OrganizationId,
};

use super::{attempt, cookie, doors, local, people::Failed};
use crate::{
    checklists::{Subject, may_act},
    secrets::{TokenDigest, TokenKind, recognise},
    state::AppState,
};

/// What the form says.
#[derive(Debug, Deserialize)]
pub(super) struct Leave {
    pub(super) organization: String,
    #[serde(default)]
    return_to: String,
}

impl Leave {
    /// Where to come back to.
    pub(super) fn return_to(&self) -> String {
        local(&self.return_to).unwrap_or("/").to_owned()
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

/// Whether the browser's session may act on this step of the organization.
pub(super) async fn begin(
    state: &AppState,
    headers: &HeaderMap,
    organization: &str,
    step: ErpStep,
) -> Result<Errand, Failed> {
    let session = session(headers).ok_or(Failed::Expired)?;
    let viewer = doors::viewer(state, headers).await.map_err(broken)?;
    let viewer = viewer.ok_or(Failed::Expired)?;
    let subject = state.checklists.subject(&OrganizationId::new(organization)).await;
    let subject = subject.map_err(broken)?.ok_or(Failed::Other)?;
    may_act(&viewer, &subject, step).map_err(|_| Failed::Other)?;
    Ok(Errand {
        viewer,
        session,
        subject,
    })
}

/// Takes the attempt that an answer belongs to, if the same session brings it back and may still act.
pub(super) async fn returned(
    state: &AppState,
    headers: &HeaderMap,
    token: Option<&str>,
    (purpose, step): (Purpose, ErpStep),
) -> Result<(Attempt, Errand), Failed> {
    let attempt = attempt::take(state, headers, token).await.map_err(broken)?;
    let attempt = attempt.ok_or(Failed::Expired)?;
    let organization = attempt.organization.clone().ok_or(Failed::Other)?;
    let errand = begin(state, headers, organization.as_str(), step).await?;
    if attempt.purpose != purpose || attempt.session_hash != Some(errand.session) {
        return Err(Failed::Expired);
    }
    Ok((attempt, errand))
}

fn session(headers: &HeaderMap) -> Option<TokenDigest> {
    recognise(TokenKind::Session, &cookie::read(headers)?)
}

fn broken(error: store::StoreError) -> Failed {
    tracing::error!(%error, "an errand at Microsoft could not be looked up");
    Failed::Unavailable
}
