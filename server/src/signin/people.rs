//! `POST /sign-in` and `GET /sign-in/callback`: people of the console come in with Microsoft.

use std::pin::Pin;

use axum::{
    Form,
    extract::{RawQuery, State},
    response::Response,
};
use entra::{
    Answer, AuthorizeRequest, CallbackError, ConfidentialClient, Expected, ExpectedTenant, IdClaims, Keys,
    Prompt, Reason, TokenError, TokenRejected, oidc::callback,
};
use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use store::{
    Operation, StoreError, Tx,
    attempts::{Attempt, Purpose},
    ids::PersonId,
    invites,
    sessions::{self, Session},
    staff::{self, Person},
};
use url::Url;

use super::{
    attempt::{self, AttemptError, Begun, Wish},
    cookie,
    doors::{failed, sent_on, unavailable},
    local,
    microsoft::{CONSOLE_SCOPES, Door},
    session,
};
use crate::{
    clock::prefixed_id,
    reach::highest,
    secrets::{TokenDigest, TokenKind, make, recognise},
    state::AppState,
};

/// What the form says.
#[derive(Debug, Deserialize)]
pub(super) struct SignIn {
    #[serde(default)]
    return_to: String,
    #[serde(default)]
    invite: String,
    /// Not empty: prove it anew, even with a session at Microsoft (threats T10).
    #[serde(default)]
    again: String,
}

/// Why somebody did not come in: the word in the address of the page that explains it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failed {
    Cancelled,
    UnknownPerson,
    Expired,
    Consent,
    WrongTenant,
    Unavailable,
    Other,
}

impl Failed {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::UnknownPerson => "unknown_person",
            Self::Expired => "expired",
            Self::Consent => "consent",
            Self::WrongTenant => "wrong_tenant",
            Self::Unavailable => "unavailable",
            Self::Other => "other",
        }
    }

    pub(super) fn of_reason(reason: Option<Reason>) -> Self {
        match reason {
            Some(Reason::UserDeclined) => Self::Cancelled,
            Some(Reason::ConsentRequired | Reason::AdminConsentRequired | Reason::AppNotInTenant) => {
                Self::Consent
            }
            Some(Reason::WrongAccount | Reason::NotAssigned | Reason::SingleTenantApp) => Self::WrongTenant,
            Some(reason) if reason.is_passing() => Self::Unavailable,
            _ => Self::Other,
        }
    }

    pub(super) fn of_token(rejected: TokenRejected) -> Self {
        match rejected {
            TokenRejected::Tenant | TokenRejected::Issuer | TokenRejected::PersonalAccount => {
                Self::WrongTenant
            }
            rejected if rejected.is_passing() => Self::Unavailable,
            _ => Self::Other,
        }
    }
}

/// Sends the browser to Microsoft.
pub(super) async fn start(
    State(state): State<AppState>,
    headers: HeaderMap,
    Form(form): Form<SignIn>,
) -> Response {
    let Some(client) = state.microsoft.client() else {
        return failed(Failed::Unavailable);
    };
    let wish = Wish {
        tenant: state.microsoft.tenant().to_owned(),
        return_to: local(&form.return_to).unwrap_or("/organizations").to_owned(),
        invite: recognise(TokenKind::Invite, &form.invite),
        ..Wish::default()
    };
    let tenant = wish.tenant.clone();
    let begun = match attempt::begin(&state, &headers, Purpose::Console, wish).await {
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
        tenant: &tenant,
        redirect_uri: &state.microsoft.callback(Door::SignIn),
        scopes: &CONSOLE_SCOPES,
        state: token.reveal(),
        nonce: &nonce,
        verifier: &verifier,
        prompt: Some(if form.again.is_empty() {
            Prompt::SelectAccount
        } else {
            Prompt::Login
        }),
        login_hint: None,
        domain_hint: None,
        claims: None,
    });
    sent_on(url.as_str(), [cookie])
}

pub(super) fn not_begun(error: &AttemptError) -> Response {
    tracing::error!(%error, "a sign-in could not be begun");
    unavailable()
}

/// Microsoft's answer. Everything about the attempt is read from its row; of the address only `state`, the code and the
/// refusal are looked at (threats T45).
pub(super) async fn callback(
    State(state): State<AppState>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(client) = state.microsoft.client() else {
        return failed(Failed::Unavailable);
    };
    let answer = callback::parse(query.as_deref().unwrap_or_default());
    let attempt = match attempt::take(&state, &headers, answer.state.as_deref()).await {
        Ok(Some(attempt)) => attempt,
        Ok(None) => return failed(Failed::Expired),
        Err(error) => {
            tracing::error!(%error, "an attempt could not be looked up");
            return unavailable();
        }
    };
    if !state.microsoft.may_answer(answer.iss.as_deref(), &attempt.tenant) {
        return failed(Failed::Other);
    }
    match attempt.purpose {
        Purpose::Console => enter(&state, client, &headers, attempt, answer.outcome).await,
        // A tenant admin comes back by the same door, into a session that a setup link began.
        Purpose::Admin => super::admin::came_back(&state, client, &headers, attempt, answer.outcome).await,
        Purpose::Consent | Purpose::Test => failed(Failed::Other),
    }
}

async fn enter(
    state: &AppState,
    client: &ConfidentialClient,
    headers: &HeaderMap,
    attempt: Attempt,
    outcome: Result<Answer, CallbackError>,
) -> Response {
    let (claims, _) = match prove(state, client, &attempt, Door::SignIn, outcome).await {
        Ok(proven) => proven,
        Err(why) => return failed(why),
    };
    let old = cookie::read(headers);
    match begin_session(state, &claims, &attempt, old).await {
        Ok(Some(cookie)) => sent_on(&attempt.return_to, [cookie]),
        Ok(None) => failed(Failed::UnknownPerson),
        Err(error) => {
            tracing::error!(%error, "a session could not be begun");
            unavailable()
        }
    }
}

/// Redeems the code and checks the ID token in full (threats T40 to T42).
pub(super) async fn prove(
    state: &AppState,
    client: &ConfidentialClient,
    attempt: &Attempt,
    door: Door,
    outcome: Result<Answer, CallbackError>,
) -> Result<(IdClaims, entra::TokenSet), Failed> {
    let code = match outcome {
        Ok(Answer::Code(code)) => code,
        Ok(Answer::ConsentClaimed { .. }) => return Err(Failed::Other),
        Err(refused) => return Err(noted(Failed::of_reason(refused.reason()), &refused)),
    };
    let verifier = entra::PkceVerifier::new(attempt.verifier.clone()).map_err(|_| Failed::Other)?;
    let redirect = state.microsoft.callback(door);
    let tokens = redeemed(client, &attempt.tenant, &code, &redirect, &verifier)
        .await
        .map_err(|error| noted(Failed::of_reason(Some(error.reason())), &error))?;
    let id_token = tokens.id_token.as_ref().ok_or(Failed::Other)?;
    let expected = Expected {
        client_id: client.client_id(),
        tenant: if entra::http::is_guid(&attempt.tenant) {
            ExpectedTenant::Exactly(&attempt.tenant)
        } else {
            ExpectedTenant::AnyOrganization
        },
        nonce: &attempt.nonce,
        now: state.clock.now(),
    };
    let claims = verified(state.microsoft.keys(), id_token.expose_secret(), &expected)
        .await
        .map_err(|rejected| noted(Failed::of_token(rejected), &rejected))?;
    Ok((claims, tokens))
}

/// Boxed as below.
pub(super) fn redeemed<'a>(
    client: &'a ConfidentialClient,
    tenant: &'a str,
    code: &'a SecretString,
    redirect: &'a Url,
    verifier: &'a entra::PkceVerifier,
) -> Pin<Box<dyn Future<Output = Result<entra::TokenSet, TokenError>> + Send + 'a>> {
    Box::pin(client.acquire_token_by_authorization_code(tenant, code, redirect, verifier))
}

/// Boxed: the compiler does not see through the lifetimes of the future that it may cross threads.
pub(super) fn verified<'a>(
    keys: &'a Keys,
    token: &'a str,
    expected: &'a Expected<'a>,
) -> Pin<Box<dyn Future<Output = Result<IdClaims, TokenRejected>> + Send + 'a>> {
    Box::pin(keys.verify_id_token(token, expected))
}

/// Logged once, here; the page says what to do.
fn noted(failed: Failed, error: &dyn std::fmt::Display) -> Failed {
    tracing::warn!(failed = failed.word(), %error, "somebody did not come in");
    failed
}

/// The cookie of a new session; `None` for somebody who is nobody here.
async fn begin_session(
    state: &AppState,
    claims: &IdClaims,
    attempt: &Attempt,
    old: Option<TokenDigest>,
) -> Result<Option<http::HeaderValue>, AttemptError> {
    let now = state.clock.now();
    let limits = state.config.settings.session;
    let token = make(TokenKind::Session, &state.randomness)?;
    let person = person(state, claims)?;
    let session = Session {
        person: person.name.clone(),
        ..session::begin(token.digest, now, limits)
    };
    let come = ComeIn {
        person,
        session,
        invite: attempt.invite_hash,
        begun_at: attempt.created_at,
        old,
    };
    match state.store.write(come).await {
        Ok(()) => {}
        Err(NotHere::Nobody) => return Ok(None),
        Err(NotHere::Store(error)) => return Err(error.into()),
    }
    let seconds = i64::from(limits.absolute_minutes) * 60;
    let cookie =
        cookie::set(token.reveal(), seconds, cookie::Place::Window).map_err(|_| AttemptError::Cookie)?;
    Ok(Some(cookie))
}

/// The person that a token speaks of. Its name is for showing only.
pub(super) fn person(state: &AppState, claims: &IdClaims) -> Result<Person, AttemptError> {
    let address = claims.preferred_username.clone().unwrap_or_default();
    let name = claims.name.clone().filter(|name| !name.trim().is_empty());
    let now = state.clock.now();
    Ok(Person {
        id: PersonId::new(prefixed_id("per", &state.clock, &state.randomness)?),
        tenant_id: claims.tid.clone(),
        object_id: claims.oid.clone(),
        name: name.unwrap_or_else(|| address.clone()),
        address,
        created_at: now,
        last_sign_in_at: now,
    })
}

/// Why somebody does not come in.
#[derive(Debug, thiserror::Error)]
enum NotHere {
    #[error("nobody here knows this person")]
    Nobody,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A person comes in: with a role they have, or one that their invite gives. Of strangers nothing is kept. What began before
/// the staff directory put them out counts for nothing, whatever it says of them now (threats T59, T60).
struct ComeIn {
    person: Person,
    session: Session,
    invite: Option<TokenDigest>,
    begun_at: i64,
    /// The session this browser had: a new sign-in has a new one (threats T61).
    old: Option<TokenDigest>,
}

impl Operation for ComeIn {
    type Output = ();
    type Error = NotHere;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), NotHere> {
        let now = self.session.created_at;
        let person = staff::signed_in(tx, &self.person).await?;
        let barred_at = staff::barred_at(tx, &person.id).await?;
        let counts = |begun_at: i64| barred_at.is_none_or(|barred_at| begun_at > barred_at);
        if !counts(self.begun_at) {
            return Err(NotHere::Nobody);
        }
        if let Some(hash) = &self.invite
            && let Some(invite) = invites::find(tx, hash).await?
            && counts(invite.created_at)
            && !staff::is_blocked(tx, &person.id).await?
            && invites::redeem(tx, hash, now, &person.id).await?
        {
            staff::add(tx, &invite.app, &person.id, invite.role, now).await?;
        }
        let roles = staff::roles(tx, &person.id).await?;
        let Some(role) = highest(&roles) else {
            return Err(NotHere::Nobody);
        };
        if let Some(old) = &self.old {
            sessions::revoke(tx, old, now).await?;
        }
        let session = Session {
            role,
            person_id: Some(person.id),
            ..self.session.clone()
        };
        Ok(sessions::create(tx, &session).await?)
    }
}
