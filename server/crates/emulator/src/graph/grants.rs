//! `/oauth2PermissionGrants`: what was consented to for one user or for everybody (C5.9).

use axum::http::Method;
use serde_json::{Value, json};

use super::assignments::optional_id;
use super::call::{Answer, Answered, Call, Kind};
use super::error::GraphError;
use super::routes::Routed;
use super::{Principal, needs, service_principals, users};
use crate::cloud::{ConsentPower, NewGrant, PermissionGrant};

const KIND: Kind = Kind {
    name: "microsoft.graph.oAuth2PermissionGrant",
    set: "oauth2PermissionGrants",
    defaults: &[],
    mixed: false,
};

pub(super) fn answer(call: &Call<'_>, rest: &[&str]) -> Routed {
    Some(match (&call.method, rest) {
        (&Method::GET, []) => call.allow(needs::READ_GRANTS).and_then(|()| list(call, |_| true)),
        (&Method::POST, []) => create(call),
        (&Method::GET, [id]) => one(call, id),
        (&Method::PATCH, [id]) => change(call, id),
        (&Method::DELETE, [id]) => delete(call, id),
        _ => return None,
    })
}

fn shape(grant: &PermissionGrant) -> Value {
    json!({
        "clientId": grant.client_id.to_string(),
        "consentType": grant.consent_type.name(),
        "id": grant.id,
        "principalId": grant.principal_id.map(|id| id.to_string()),
        "resourceId": grant.resource_id.to_string(),
        "scope": grant.scope,
    })
}

fn list(call: &Call<'_>, wanted: impl Fn(&PermissionGrant) -> bool) -> Answered {
    let view = call.cloud().view();
    let all = view
        .permission_grants(call.tenant())
        .filter(|grant| wanted(grant));
    call.many(KIND, all, |grant| grant.id.clone(), |grant| shape(grant))
}

/// `GET /servicePrincipals/{id}/oauth2PermissionGrants`: what the client was granted.
pub(super) fn of_client(call: &Call<'_>, key: &str) -> Answered {
    call.allow(needs::READ_GRANTS)?;
    let (client, _) = service_principals::find(call, key)?;
    list(call, |grant| grant.client_id == client.id)
}

/// `GET /users/{id}/oauth2PermissionGrants`: what this user consented to.
pub(super) fn of_user(call: &Call<'_>, key: &str) -> Answered {
    call.allow(needs::READ_GRANTS)?;
    let user = users::find(call, key)?;
    list(call, |grant| grant.principal_id == Some(user.id.0))
}

fn find(call: &Call<'_>, id: &str) -> Result<PermissionGrant, GraphError> {
    let view = call.cloud().view();
    let found = view
        .permission_grants(call.tenant())
        .find(|grant| grant.id == id)
        .cloned();
    found.ok_or_else(|| GraphError::missing(id))
}

fn one(call: &Call<'_>, id: &str) -> Answered {
    call.allow(needs::READ_GRANTS)?;
    call.one(KIND, shape(&find(call, id)?))
}

/// Delegated permissions of any API: an administrator of applications is enough (B3). Everybody may take back their own.
fn may_grant(call: &Call<'_>, own: bool) -> Result<(), GraphError> {
    call.allow(needs::WRITE_GRANTS)?;
    if own {
        return Ok(());
    }
    call.caller.may_consent(call.cloud(), ConsentPower::Applications)
}

fn create(call: &Call<'_>) -> Answered {
    may_grant(call, false)?;
    let (client_id, resource_id) = (call.need_id("clientId")?, call.need_id("resourceId")?);
    let principal_id = optional_id(&call.body["principalId"])?;
    match (call.need("consentType")?, principal_id) {
        ("AllPrincipals", None) | ("Principal", Some(_)) => {}
        _ => {
            return Err(GraphError::bad(
                "Invalid value specified for property 'principalId': it belongs to consentType 'Principal'.",
            ));
        }
    }
    for id in [client_id, resource_id] {
        service_principals::find(call, &id.to_string())?;
    }
    let scope = call.text("scope").unwrap_or_default().to_owned();
    let new = NewGrant {
        client_id,
        principal_id,
        resource_id,
        scope,
    };
    let made = call.cloud().create_grant(call.tenant(), new)?;
    call.made(KIND, shape(&made))
}

fn change(call: &Call<'_>, id: &str) -> Answered {
    may_grant(call, false)?;
    find(call, id)?;
    let scope = call.body["scope"].as_str();
    let scope =
        scope.ok_or_else(|| GraphError::bad("A value is required for property 'scope' of resource."))?;
    call.cloud().change_grant(call.tenant(), id, scope)?;
    Ok(Answer::nothing())
}

fn delete(call: &Call<'_>, id: &str) -> Answered {
    call.allow(needs::WRITE_GRANTS)?;
    let grant = find(call, id)?;
    let own = grant
        .principal_id
        .is_some_and(|user| call.caller.principal == Principal::User(user));
    may_grant(call, own)?;
    call.cloud().remove_grant(call.tenant(), id)?;
    Ok(Answer::nothing())
}
