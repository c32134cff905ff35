//! `POST /admin/sign-in`: a tenant admin proves who they are at Microsoft, inside the session they have. Their token for
//! Graph stays here, for this session only (threats T49).

use axum::{Form, extract::State, response::Response};
use entra::{Answer, AuthorizeRequest, CallbackError, ConfidentialClient, IdClaims, Prompt, TokenSet};
use http::HeaderMap;
use serde::Deserialize;
use store::{
    attempts::{Attempt, Purpose},
    ids::OrganizationId,
};

use super::{
    attempt::{self, Begun, Wish},
    cookie,
    delegated::Delegated,
    doors::{failed, sent_on, unavailable},
    local,
    microsoft::{ADMIN_SCOPES, Door},
    named,
    people::{Failed, not_begun, prove},
};
use crate::{
    secrets::{TokenKind, public_half, recognise},
    state::AppState,
};

/// What the form says.
#[derive(Debug, Deserialize)]
pub(super) struct AdminSignIn {
    organization: String,
    #[serde(default)]
    return_to: String,
}

/// Sends the browser to Microsoft: to the organization's tenant once it is known.
pub(super) async fn start(
    State(state): State<AppState>,
    headers: HeaderMap,
    Form(form): Form<AdminSignIn>,
) -> Response {
    let session = cookie::read(&headers).and_then(|token| recognise(TokenKind::Session, &token));
    let (Some(client), Some(session)) = (state.microsoft.client(), session) else {
        return failed(Failed::Unavailable);
    };
    let wish = Wish {
        tenant: "organizations".to_owned(),
        return_to: local(&form.return_to).unwrap_or("/").to_owned(),
        session: Some(session),
        organization: Some(OrganizationId::new(form.organization)),
        ..Wish::default()
    };
    let begun = match attempt::begin(&state, &headers, Purpose::Admin, wish).await {
        Ok(begun) => begun,
        Err(error) => return not_begun(&error),
    };
    let Begun {
        state: token,
        nonce,
        verifier,
        cookie,
    } = begun;
    let url = client.authorize_url(&AuthorizeRequest {
        tenant: "organizations",
        redirect_uri: &state.microsoft.callback(Door::SignIn),
        scopes: &ADMIN_SCOPES,
        state: token.reveal(),
        nonce: &nonce,
        verifier: &verifier,
        prompt: Some(Prompt::SelectAccount),
        login_hint: None,
        domain_hint: None,
        claims: None,
    });
    sent_on(url.as_str(), [cookie])
}

/// Microsoft's answer for a tenant admin.
pub(super) async fn came_back(
    state: &AppState,
    client: &ConfidentialClient,
    attempt: Attempt,
    outcome: Result<Answer, CallbackError>,
) -> Response {
    let Some(session) = attempt.session_hash else {
        return failed(Failed::Other);
    };
    let back = attempt.return_to.clone();
    match prove(state, client, &attempt, Door::SignIn, outcome).await {
        Ok((claims, tokens)) => {
            if let Err(error) = named::note(state, session, &claims).await {
                tracing::error!(%error, "who signed in could not be noted");
                return unavailable();
            }
            let kept = delegated(state, &claims, tokens);
            state.delegated.keep(&public_half(&session), kept);
            if let Some(organization) = attempt.organization {
                state.recorder.pulse(organization);
            }
            sent_on(&back, [])
        }
        Err(why) => sent_on(&with_failure(&back, why), []),
    }
}

fn delegated(state: &AppState, claims: &IdClaims, tokens: TokenSet) -> Delegated {
    Delegated {
        tenant: claims.tid.clone(),
        object_id: claims.oid.clone(),
        name: claims.name.clone().unwrap_or_default(),
        address: claims.preferred_username.clone().unwrap_or_default(),
        roles: claims.wids.clone(),
        expires_at: tokens.expires_at,
        token: tokens.access_token,
        at: state.clock.now(),
    }
}

fn with_failure(path: &str, why: Failed) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}failed={}", why.word())
}
