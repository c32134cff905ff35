//! `POST /admin/sign-in`: a tenant admin proves who they are at Microsoft, inside the session they have. Their token for
//! Graph stays here, for this session only (threats T49).

use axum::{Form, extract::State, response::Response};
use contract::onboarding::ErpStep;
use entra::{Answer, AuthorizeRequest, CallbackError, ConfidentialClient, Graph, IdClaims, Prompt, TokenSet};
use http::HeaderMap;
use store::{
    attempts::{Attempt, Purpose},
    organizations::Tenant,
};

use super::{
    attempt::{self, Begun, Wish},
    delegated::Delegated,
    doors::sent_on,
    errand::{self, Errand, Leave, went_wrong},
    microsoft::{ADMIN_SCOPES, Door},
    named,
    people::{Failed, not_begun, prove},
};
use crate::state::AppState;

/// Sends the browser to Microsoft: to the organization's tenant once it is known.
pub(super) async fn start(
    State(state): State<AppState>,
    headers: HeaderMap,
    Form(form): Form<Leave>,
) -> Response {
    let Some(client) = state.microsoft.client() else {
        return went_wrong(form.framed(), Failed::Unavailable);
    };
    let errand = match errand::begin(&state, &headers, &form, ErpStep::SignIn).await {
        Ok(errand) => errand,
        Err(why) => return went_wrong(form.framed(), why),
    };
    let wish = Wish {
        tenant: "organizations".to_owned(),
        return_to: form.return_to(),
        framed: form.framed(),
        session: Some(errand.session),
        organization: Some(errand.subject.organization.id),
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

/// Microsoft's answer for a tenant admin: taken by the session that asked, while it may still act.
pub(super) async fn came_back(
    state: &AppState,
    client: &ConfidentialClient,
    headers: &HeaderMap,
    attempt: Attempt,
    outcome: Result<Answer, CallbackError>,
) -> Response {
    let errand = match errand::again(state, headers, &attempt, ErpStep::SignIn).await {
        Ok(errand) => errand,
        Err(why) => return went_wrong(attempt.framed, why),
    };
    let came = match prove(state, client, &attempt, Door::SignIn, outcome).await {
        Ok((claims, tokens)) => enter(state, &errand, &claims, tokens).await,
        Err(why) => Err(why),
    };
    state.recorder.pulse(errand.subject.organization.id.clone());
    match came {
        Ok(()) => sent_on(&attempt.return_to, []),
        Err(why) => sent_on(&with_failure(&attempt.return_to, why), []),
    }
}

/// Keeps the token. Whoever administers a tenant binds it to the organization, the first time; a tenant that belongs to
/// another organization of the app is refused (threats T46).
async fn enter(state: &AppState, errand: &Errand, claims: &IdClaims, tokens: TokenSet) -> Result<(), Failed> {
    let graph = state.microsoft.graph(tokens.access_token.clone());
    let roles = match claims.wids.as_slice() {
        [] => roles_of(&graph).await,
        wids => wids.to_vec(),
    };
    let organization = &errand.subject.organization.id;
    if errand.tenant().is_none() && administers(&roles) {
        let tenant = Tenant {
            id: claims.tid.clone(),
            name: name_of(&graph, claims).await,
            proven_at: state.clock.now(),
        };
        let bound = state.checklists.bind(organization, tenant).await;
        let bound = bound.inspect_err(|error| tracing::error!(%error, "a tenant could not be bound"));
        if !bound.map_err(|_| Failed::Unavailable)? {
            tracing::warn!(%organization, "this tenant belongs to another organization of the app");
            return Err(Failed::WrongTenant);
        }
    }
    if let Err(error) = named::note(state, errand.session, claims).await {
        tracing::error!(%error, "who signed in could not be noted");
        return Err(Failed::Unavailable);
    }
    let kept = delegated(state, claims, roles, tokens);
    state.delegated.keep(&errand.viewer.session, kept);
    state.checklists.nudge(organization, &errand.viewer.session);
    Ok(())
}

/// A role that lets one do anything of the checklist.
fn administers(held: &[String]) -> bool {
    use contract::onboarding::roles;
    [
        roles::may_consent,
        roles::may_assign_roles,
        roles::may_create_users,
    ]
    .iter()
    .any(|may| may(held).is_ok())
}

/// For registrations whose tokens do not name the roles.
async fn roles_of(graph: &Graph) -> Vec<String> {
    let held = graph.my_directory_roles().await;
    let held = held.inspect_err(|error| tracing::info!(%error, "an admin's roles could not be read"));
    held.unwrap_or_default()
        .into_iter()
        .map(|role| role.role_template_id)
        .collect()
}

/// The tenant's name, for showing: its domain where Graph does not tell.
async fn name_of(graph: &Graph, claims: &IdClaims) -> String {
    let told = graph
        .organization()
        .await
        .ok()
        .and_then(|tenant| tenant.display_name);
    let address = claims.preferred_username.as_deref().unwrap_or_default();
    let domain = address.rsplit_once('@').map(|(_, domain)| domain.to_owned());
    told.or(domain).unwrap_or_else(|| claims.tid.clone())
}

fn delegated(state: &AppState, claims: &IdClaims, roles: Vec<String>, tokens: TokenSet) -> Delegated {
    Delegated {
        tenant: claims.tid.clone(),
        object_id: claims.oid.clone(),
        name: claims.name.clone().unwrap_or_default(),
        address: claims.preferred_username.clone().unwrap_or_default(),
        roles,
        expires_at: tokens.expires_at,
        token: tokens.access_token,
        at: state.clock.now(),
    }
}

fn with_failure(path: &str, why: Failed) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}failed={}", why.word())
}
