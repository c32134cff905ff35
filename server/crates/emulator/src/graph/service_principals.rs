//! `/servicePrincipals`: applications as one tenant sees them.

use axum::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::applications::{app_roles, scopes};
use super::call::{Answer, Answered, Call, Kind, object_id};
use super::error::GraphError;
use super::gate::moment;
use super::routes::{Routed, assignments_of};
use super::{assignments, grants, needs};
use crate::cloud::{AppRegistration, DirectoryRole, ServicePrincipal, View};

pub(super) const KIND: Kind = Kind {
    name: "microsoft.graph.servicePrincipal",
    set: "servicePrincipals",
    defaults: &[],
    mixed: false,
};

/// Who may change applications for the tenant.
pub(super) const ADMINISTRATORS: &[DirectoryRole] = &[
    DirectoryRole::GlobalAdministrator,
    DirectoryRole::ApplicationAdministrator,
    DirectoryRole::CloudApplicationAdministrator,
];

pub(super) fn answer(call: &Call<'_>, rest: &[&str]) -> Routed {
    Some(match (&call.method, rest) {
        (&Method::GET, []) => list(call),
        (&Method::POST, []) => create(call),
        (&Method::GET, ["$count"]) => count(call),
        (&Method::GET, [id]) => one(call, id),
        (&Method::PATCH, [id]) => change(call, id),
        (&Method::DELETE, [id]) => delete(call, id),
        (&Method::GET, [id, "appRoleAssignedTo"]) => assignments::to_resource(call, id),
        (&Method::POST, [id, "appRoleAssignedTo"]) => {
            assignments::create(call, id, assignments::Side::Resource)
        }
        (&Method::DELETE, [_, "appRoleAssignedTo", assignment]) => assignments::delete(call, assignment),
        (_, [id, "appRoleAssignments", more @ ..]) => {
            return match find(call, id) {
                Ok((found, _)) => assignments_of(call, &found.id.to_string(), more),
                Err(error) => Some(Err(error)),
            };
        }
        (&Method::GET, [id, "oauth2PermissionGrants"]) => grants::of_client(call, id),
        _ => return None,
    })
}

/// A service principal in full.
pub(super) fn shape(principal: &ServicePrincipal, app: &AppRegistration) -> Value {
    let mut names = vec![app.app_id.to_string()];
    names.extend(app.identifier_uris.iter().cloned());
    json!({
        "id": principal.id.to_string(),
        "deletedDateTime": null,
        "accountEnabled": principal.account_enabled,
        "alternativeNames": [],
        "appDescription": null,
        "appDisplayName": app.display_name,
        "appId": app.app_id.to_string(),
        "applicationTemplateId": null,
        "appOwnerOrganizationId": app.home_tenant.map(|id| id.to_string()),
        "appRoleAssignmentRequired": principal.app_role_assignment_required,
        "createdDateTime": moment(principal.created),
        "description": null,
        "disabledByMicrosoftStatus": null,
        "displayName": app.display_name,
        "homepage": null,
        "loginUrl": null,
        "notes": null,
        "preferredSingleSignOnMode": null,
        "replyUrls": app.web_redirect_uris,
        "servicePrincipalNames": names,
        "servicePrincipalType": "Application",
        "signInAudience": app.audience.name(),
        "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
        "appRoles": app_roles(app),
        "oauth2PermissionScopes": scopes(app),
    })
}

fn shaped(view: &View<'_>, principal: &ServicePrincipal) -> Value {
    let app = view.application(principal.app_id);
    app.map(|app| shape(principal, app)).unwrap_or_default()
}

fn list(call: &Call<'_>) -> Answered {
    call.allow(needs::READ_APPS)?;
    let view = call.cloud().view();
    let all = view.service_principals(call.tenant());
    call.many(
        KIND,
        all,
        |principal| principal.id.to_string(),
        |principal| shaped(&view, principal),
    )
}

fn count(call: &Call<'_>) -> Answered {
    call.allow(needs::READ_APPS)?;
    let view = call.cloud().view();
    call.count(view.service_principals(call.tenant()), |principal| {
        shaped(&view, principal)
    })
}

/// By object id or `appId=…`: the principal and its application.
pub(super) fn find(call: &Call<'_>, key: &str) -> Result<(ServicePrincipal, AppRegistration), GraphError> {
    let view = call.cloud().view();
    let found = match key.strip_prefix("appId=") {
        Some(app) => view.service_principal_of(call.tenant(), object_id(app)?),
        None => view.service_principal(call.tenant(), object_id(key)?),
    };
    let with_app = found.and_then(|found| Some((found.clone(), view.application(found.app_id)?.clone())));
    with_app.ok_or_else(|| GraphError::missing(key.trim_start_matches("appId=")))
}

fn one(call: &Call<'_>, key: &str) -> Answered {
    call.allow(needs::READ_APPS)?;
    let (principal, app) = find(call, key)?;
    call.one(KIND, shape(&principal, &app))
}

/// Who may make or change the service principal of this application.
fn may_change(call: &Call<'_>, app: Uuid) -> Result<(), GraphError> {
    call.allow_app(app)?;
    call.caller.holds_role(call.cloud(), ADMINISTRATORS)
}

fn create(call: &Call<'_>) -> Answered {
    let app_id = call.need_id("appId")?;
    may_change(call, app_id)?;
    let unknown = || {
        GraphError::bad(format!(
            "The appId '{app_id}' of the service principal does not reference a valid application object."
        ))
    };
    let app = call
        .cloud()
        .view()
        .application(app_id)
        .cloned()
        .ok_or_else(unknown)?;
    let principal = call.cloud().create_service_principal(call.tenant(), app_id)?;
    call.made(KIND, shape(&principal, &app))
}

fn change(call: &Call<'_>, key: &str) -> Answered {
    let (principal, app) = find(call, key)?;
    may_change(call, app.app_id)?;
    let mut to = [None, None];
    for (name, value) in call.body.as_object().into_iter().flatten() {
        let place = match name.as_str() {
            "accountEnabled" => 0,
            "appRoleAssignmentRequired" => 1,
            "tags" | "notes" | "@odata.type" => continue,
            _ => {
                return Err(GraphError::bad(format!(
                    "Property '{name}' cannot be changed here."
                )));
            }
        };
        let value = value.as_bool();
        to[place] = Some(
            value
                .ok_or_else(|| GraphError::bad(format!("Invalid value specified for property '{name}'.")))?,
        );
    }
    call.cloud()
        .change_service_principal(call.tenant(), principal.id, to[0], to[1])?;
    Ok(Answer::nothing())
}

fn delete(call: &Call<'_>, key: &str) -> Answered {
    let (principal, app) = find(call, key)?;
    may_change(call, app.app_id)?;
    if app.home_tenant.is_none() {
        return Err(GraphError::bad("Microsoft's own applications stay."));
    }
    call.cloud()
        .delete_service_principal(call.tenant(), principal.id)?;
    Ok(Answer::nothing())
}
