//! `POST /consent` and `GET /consent/callback`: a tenant's admin consents to the app. What comes back is a claim; proof is
//! a token of the app for that tenant (threats T46).

use std::time::Duration;

use axum::{
    Form,
    extract::{RawQuery, State},
    response::Response,
};
use contract::onboarding::ErpStep;
use contract::onboarding::erp::{Consent, ConsentRefusal};
use entra::{Answer, CallbackError, ConsentVersion, Reason, oidc::callback};
use http::HeaderMap;
use store::attempts::{Attempt, Purpose};

use super::{
    attempt::{self, Wish},
    doors::sent_on,
    errand::{self, Errand, Leave, went_wrong},
    microsoft::Door,
    people::{Failed, not_begun},
};
use crate::{checklists::Known, state::AppState};

/// How long the way back waits for Microsoft to show the consent; the page is woken when it takes longer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Sends the browser to Microsoft: to the organization's tenant, or to that of whoever signs in there.
pub(super) async fn start(
    State(state): State<AppState>,
    headers: HeaderMap,
    Form(form): Form<Leave>,
) -> Response {
    let errand = match errand::begin(&state, &headers, &form, ErpStep::AdminConsent).await {
        Ok(errand) => errand,
        Err(why) => return went_wrong(form.framed(), why),
    };
    let tenant = errand.tenant().unwrap_or("organizations").to_owned();
    let wish = Wish {
        tenant: tenant.clone(),
        return_to: form.return_to(),
        framed: form.framed(),
        session: Some(errand.session),
        organization: Some(errand.subject.organization.id.clone()),
        ..Wish::default()
    };
    let Some(client) = state.checklists.client(&errand.subject) else {
        return went_wrong(form.framed(), Failed::Unavailable);
    };
    let begun = match attempt::begin(&state, &headers, Purpose::Consent, wish).await {
        Ok(begun) => begun,
        Err(error) => return not_begun(&error),
    };
    let back = state.microsoft.callback(Door::Consent);
    let url = client.admin_consent_url(ConsentVersion::V1, &tenant, &back, begun.state.reveal());
    sent_on(url.as_str(), [begun.cookie])
}

/// Microsoft's answer. Its `tenant` is anybody's word: it is only held against the one that was asked.
pub(super) async fn came_back(
    State(state): State<AppState>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let answer = callback::parse(query.as_deref().unwrap_or_default());
    let returned = errand::returned(
        &state,
        &headers,
        answer.state.as_deref(),
        (Purpose::Consent, ErpStep::AdminConsent),
    );
    let (attempt, errand) = match returned.await {
        Ok(returned) => returned,
        Err(wrong) => return wrong.page(),
    };
    if !state.microsoft.may_answer(answer.iss.as_deref(), &attempt.tenant) {
        return went_wrong(attempt.framed, Failed::Other);
    }
    let refused = refusal(&attempt, answer.outcome);
    match noted(&state, &errand, refused).await {
        Ok(()) => sent_on(&attempt.return_to, []),
        Err(error) => {
            tracing::error!(%error, "a consent could not be noted");
            super::doors::unavailable()
        }
    }
}

/// How consent was refused; `None` when it is claimed.
fn refusal(attempt: &Attempt, outcome: Result<Answer, CallbackError>) -> Option<ConsentRefusal> {
    match outcome {
        Ok(Answer::ConsentClaimed { tenant, .. }) => {
            let asked = entra::http::is_guid(&attempt.tenant).then_some(&attempt.tenant);
            let other = asked.is_some_and(|asked| tenant.as_ref() != Some(asked));
            other.then(|| ConsentRefusal::Other("other_tenant".to_owned()))
        }
        Ok(Answer::Code(_)) => Some(ConsentRefusal::Other("unexpected_answer".to_owned())),
        Err(refused) => Some(refused_as(&refused)),
    }
}

fn refused_as(refused: &CallbackError) -> ConsentRefusal {
    match (refused.reason(), refused) {
        (Some(Reason::UserDeclined), _) => ConsentRefusal::Cancelled,
        (Some(Reason::AdminConsentRequired), _) => ConsentRefusal::NeedsAdmin,
        (_, CallbackError::Refused(error)) => ConsentRefusal::Other(match error.code {
            Some(code) => format!("AADSTS{code}"),
            None => error.error.clone(),
        }),
        _ => ConsentRefusal::Other("broken_answer".to_owned()),
    }
}

async fn noted(
    state: &AppState,
    errand: &Errand,
    refused: Option<ConsentRefusal>,
) -> Result<(), store::StoreError> {
    let (organization, now) = (errand.subject.organization.id.clone(), state.clock.now());
    let claimed = refused.is_none();
    let change = move |known: &mut Known| note(known, refused.clone(), now);
    state.checklists.note(&organization, change).await?;
    if claimed {
        let (checklists, session) = (state.checklists.clone(), errand.viewer.session.clone());
        let look = tokio::spawn(async move { checklists.look_now(&organization, Some(&session)).await });
        // It goes on by itself when the time is up.
        if let Ok(Ok(Err(error))) = tokio::time::timeout(PATIENCE, look).await {
            tracing::warn!(%error, "a consent could not be looked for");
        }
    }
    Ok(())
}

fn note(known: &mut Known, refused: Option<ConsentRefusal>, now: i64) {
    let before = known.consent.take();
    let consent = before.unwrap_or(Consent {
        claimed_at: None,
        proven_at: None,
        principal_id: None,
        permissions: Vec::new(),
        refused: None,
        at: now,
    });
    known.consent = Some(Consent {
        claimed_at: if refused.is_none() {
            Some(now)
        } else {
            consent.claimed_at
        },
        refused,
        at: now,
        ..consent
    });
}
