//! `POST /api/v1/token-checks {"token":"…"}`: may whoever brings this access token use the app's API?
//!
//! Answers 200 with `{"allowed", "organization": {"id","name"} | null, "subject", "roles", "reason"}`; `reason` says in one
//! word why not. Of a token that is not believed nothing is repeated. A known key of Microsoft's costs no question there.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use entra::{AccessClaims, ExpectedAccess, TokenRejected};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};

use super::callers::{Caller, caller};
use crate::{
    middleware::{Face, refusal},
    state::AppState,
};

#[derive(Deserialize)]
struct Asked {
    token: String,
}

/// What is answered.
#[derive(Debug, Serialize)]
struct Answer {
    allowed: bool,
    organization: Option<Organization>,
    subject: Option<String>,
    roles: Vec<String>,
    reason: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Organization {
    id: String,
    name: String,
}

/// Checks a token.
pub(super) async fn check(State(state): State<AppState>, headers: HeaderMap, body: Bytes) -> Response {
    let caller = match caller(&state, &headers).await {
        Ok(caller) => caller,
        Err(refused) => return refused,
    };
    let Ok(asked) = serde_json::from_slice::<Asked>(&body) else {
        let detail = "Send JSON: {\"token\":\"…\"}";
        return refusal(Face::Api, StatusCode::BAD_REQUEST, detail);
    };
    if caller.audiences.is_empty() {
        let detail = "The app's client id is not entered yet: rollcall app set --client-id";
        return refusal(Face::Api, StatusCode::CONFLICT, detail);
    }
    match believed(&state, &caller, &asked.token).await {
        Ok(claims) => Json(judged(&caller, claims)).into_response(),
        Err(rejected) if rejected.is_passing() => {
            let detail = "Microsoft's keys cannot be had just now.";
            refusal(Face::Api, StatusCode::SERVICE_UNAVAILABLE, detail)
        }
        Err(rejected) => Json(no(word(rejected))).into_response(),
    }
}

async fn believed(state: &AppState, caller: &Caller, token: &str) -> Result<AccessClaims, TokenRejected> {
    let known = |tenant: &str| caller.tenants.contains_key(tenant);
    let expected = ExpectedAccess {
        audiences: &caller.audiences,
        now: state.clock.now(),
        known_tenants: &known,
    };
    // Boxed: the compiler does not see through the lifetimes of the future that it may cross threads.
    Box::pin(state.microsoft.keys().verify_access_token(token, &expected)).await
}

fn judged(caller: &Caller, claims: AccessClaims) -> Answer {
    let organization = caller.tenants.get(&claims.tid.to_ascii_lowercase());
    let wanted = caller.app.app_role.as_ref();
    let holds = wanted.is_none_or(|role| claims.roles.contains(role));
    Answer {
        allowed: holds,
        organization: organization.map(|(id, name)| Organization {
            id: id.as_str().to_owned(),
            name: name.clone(),
        }),
        subject: Some(claims.oid),
        roles: claims.roles,
        reason: (!holds).then_some("role_missing"),
    }
}

fn no(reason: &'static str) -> Answer {
    Answer {
        allowed: false,
        organization: None,
        subject: None,
        roles: Vec::new(),
        reason: Some(reason),
    }
}

/// One word per cause that an app's developer can do something about.
fn word(rejected: TokenRejected) -> &'static str {
    use TokenRejected as T;
    match rejected {
        T::Malformed | T::TooLong | T::Missing(_) | T::WrongForm(_) => "malformed",
        T::Algorithm | T::Header(_) | T::KeyNotNamed | T::KeyUnknown | T::KeyOfOtherIssuer | T::Signature => {
            "signature"
        }
        T::KeysUnavailable(_) => "keys_unavailable",
        T::Issuer | T::TenantNotIssuer => "issuer",
        T::Tenant | T::PersonalAccount => "tenant_unknown",
        T::Audience => "audience",
        T::Expired => "expired",
        T::NotYetValid | T::IssuedInFuture => "not_yet_valid",
        T::Nonce => "nonce",
    }
}
