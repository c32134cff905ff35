//! `POST /test-sign-in` and `GET /test-sign-in/callback`: somebody signs in to the app as its service user would, and what
//! Microsoft answers is written down. It lets nobody in here.

use axum::{
    Form,
    extract::{RawQuery, State},
    response::Response,
};
use contract::onboarding::ErpStep;
use contract::onboarding::erp::{TestFact, TestOutcome};
use entra::{
    Answer, AuthorizeRequest, CallbackError, ConfidentialClient, Expected, ExpectedAccess, ExpectedTenant,
    Prompt, Reason, TokenError, TokenRejected, TokenSet, oidc::callback,
};
use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use store::attempts::{Attempt, Purpose};

use super::{
    attempt::{self, Wish},
    doors::{sent_on, unavailable},
    errand::{self, Leave, went_wrong},
    microsoft::Door,
    people::{Failed, not_begun, redeemed, verified},
};
use crate::state::AppState;

/// Sends the browser to Microsoft, as the app would.
pub(super) async fn start(
    State(state): State<AppState>,
    headers: HeaderMap,
    Form(form): Form<Leave>,
) -> Response {
    let errand = match errand::begin(&state, &headers, &form, ErpStep::TestSignIn).await {
        Ok(errand) => errand,
        Err(why) => return went_wrong(form.framed(), why),
    };
    let (Some(tenant), Some(client)) = (errand.tenant(), state.checklists.client(&errand.subject)) else {
        return went_wrong(form.framed(), Failed::Unavailable);
    };
    let wish = Wish {
        tenant: tenant.to_owned(),
        return_to: form.return_to(),
        framed: form.framed(),
        session: Some(errand.session),
        organization: Some(errand.subject.organization.id.clone()),
        ..Wish::default()
    };
    let begun = match attempt::begin(&state, &headers, Purpose::Test, wish).await {
        Ok(begun) => begun,
        Err(error) => return not_begun(&error),
    };
    // An app that asks for itself names itself by its id (entra-facts B1).
    let scope = format!("{}/.default", client.client_id());
    let url = client.authorize_url(&AuthorizeRequest {
        tenant,
        redirect_uri: &state.microsoft.callback(Door::Test),
        scopes: &["openid", "profile", &scope],
        state: begun.state.reveal(),
        nonce: &begun.nonce,
        verifier: &begun.verifier,
        prompt: Some(Prompt::SelectAccount),
        login_hint: None,
        domain_hint: None,
        claims: None,
    });
    sent_on(url.as_str(), [begun.cookie])
}

/// Microsoft's answer, written down.
pub(super) async fn came_back(
    State(state): State<AppState>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let answer = callback::parse(query.as_deref().unwrap_or_default());
    let purpose = (Purpose::Test, ErpStep::TestSignIn);
    let returned = errand::returned(&state, &headers, answer.state.as_deref(), purpose).await;
    let (attempt, errand) = match returned {
        Ok(returned) => returned,
        Err(wrong) => return wrong.page(),
    };
    if !state.microsoft.may_answer(answer.iss.as_deref(), &attempt.tenant) {
        return went_wrong(attempt.framed, Failed::Other);
    }
    let Some(client) = state.checklists.client(&errand.subject) else {
        return went_wrong(attempt.framed, Failed::Unavailable);
    };
    let (Ok(outcome) | Err(outcome)) = outcome(&state, &client, &attempt, answer.outcome).await;
    let test = TestFact {
        outcome,
        at: state.clock.now(),
    };
    let organization = &errand.subject.organization.id;
    let noted = state
        .checklists
        .note(organization, move |known| known.test = Some(test.clone()));
    match noted.await {
        Ok(()) => sent_on(&attempt.return_to, []),
        Err(error) => {
            tracing::error!(%error, "a test sign-in could not be noted");
            unavailable()
        }
    }
}

/// What the tokens say, or why there are none. Whether it is the right account with the right role is the checklist's to
/// judge.
async fn outcome(
    state: &AppState,
    client: &ConfidentialClient,
    attempt: &Attempt,
    answer: Result<Answer, CallbackError>,
) -> Result<TestOutcome, TestOutcome> {
    let code = match answer {
        Ok(Answer::Code(code)) => code,
        Ok(Answer::ConsentClaimed { .. }) => return Err(other("An answer to another question came.")),
        Err(refused) => return Err(of_callback(&refused)),
    };
    let tokens = tokens(state, client, attempt, &code).await?;
    let id = id_claims(state, client, attempt, &tokens).await?;
    let audiences = [
        client.client_id().to_owned(),
        format!("api://{}", client.client_id()),
    ];
    let ours = |tenant: &str| tenant.eq_ignore_ascii_case(&attempt.tenant);
    let expected = ExpectedAccess {
        audiences: &audiences,
        now: state.clock.now(),
        known_tenants: &ours,
    };
    let token = tokens.access_token.expose_secret();
    let access = state.microsoft.keys().verify_access_token(token, &expected);
    let access = Box::pin(access).await.map_err(of_rejected)?;
    if access.oid != id.oid {
        return Err(other("The two tokens speak of two people."));
    }
    Ok(TestOutcome::Passed {
        tenant_id: access.tid,
        object_id: access.oid,
        address: id.preferred_username.unwrap_or_default(),
        roles: access.roles,
    })
}

async fn tokens(
    state: &AppState,
    client: &ConfidentialClient,
    attempt: &Attempt,
    code: &SecretString,
) -> Result<TokenSet, TestOutcome> {
    let verifier = entra::PkceVerifier::new(attempt.verifier.clone());
    let verifier = verifier.map_err(|_| other("The attempt was damaged."))?;
    let back = state.microsoft.callback(Door::Test);
    let tokens = redeemed(client, &attempt.tenant, code, &back, &verifier).await;
    tokens.map_err(|error| of_token_error(&error))
}

async fn id_claims(
    state: &AppState,
    client: &ConfidentialClient,
    attempt: &Attempt,
    tokens: &TokenSet,
) -> Result<entra::IdClaims, TestOutcome> {
    let token = tokens.id_token.as_ref();
    let token = token.ok_or_else(|| other("Microsoft sent no ID token."))?;
    let expected = Expected {
        client_id: client.client_id(),
        tenant: ExpectedTenant::Exactly(&attempt.tenant),
        nonce: &attempt.nonce,
        now: state.clock.now(),
    };
    let claims = verified(state.microsoft.keys(), token.expose_secret(), &expected).await;
    claims.map_err(of_rejected)
}

fn other(description: &str) -> TestOutcome {
    TestOutcome::Other {
        code: None,
        description: description.to_owned(),
    }
}

fn of_callback(refused: &CallbackError) -> TestOutcome {
    match refused {
        CallbackError::Refused(error) => of_token_error(error),
        broken => other(&broken.to_string()),
    }
}

/// The three failures people meet, by what Microsoft really says (entra-facts B5); anything else in its own words.
fn of_token_error(error: &TokenError) -> TestOutcome {
    match (error.reason(), error.code) {
        (
            Reason::ConsentRequired
            | Reason::AdminConsentRequired
            | Reason::AppNotInTenant
            | Reason::ResourceNotInTenant
            | Reason::UserDeclined,
            Some(code),
        ) => TestOutcome::ConsentRequired { code },
        (Reason::NotAssigned, code) => TestOutcome::AccessDenied { code },
        (Reason::WrongAccount, _) => TestOutcome::WrongAccount {
            address: String::new(),
        },
        (_, code) => TestOutcome::Other {
            code,
            description: error.to_string(),
        },
    }
}

fn of_rejected(rejected: TokenRejected) -> TestOutcome {
    tracing::warn!(%rejected, "a test sign-in's token is not believed");
    match rejected {
        TokenRejected::Tenant | TokenRejected::PersonalAccount => TestOutcome::WrongAccount {
            address: String::new(),
        },
        rejected => other(&rejected.to_string()),
    }
}
