//! What one tenant holds: service principals, grants, directory roles, users.

use axum::extract::{Path, State};
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use super::super::{Answer, Body, Desk, Refused};
use crate::cloud::DirectoryRole;
use crate::tenant::{ObjectId, Tenant, TenantError};

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route("/cloud/tenants/{tenant}/principals", get(principals))
        .route(
            "/cloud/tenants/{tenant}/principals/{app}",
            patch(change_principal).delete(delete_principal),
        )
        .route("/cloud/tenants/{tenant}/grants", get(grants))
        .route("/cloud/tenants/{tenant}/directory-roles", post(directory_roles))
        .route("/cloud/tenants/{tenant}/users/{user}/{action}", post(act))
        .route("/cloud/tenants/{tenant}/revoke", post(revoke))
}

async fn principals(State(desk): State<Desk>, Path(tenant): Path<String>) -> Answer {
    let tenant = desk.tenant_named(&tenant)?.id();
    let view = desk.cloud().view();
    let apps = view.applications().iter();
    let found = apps.filter_map(|app| Some((app, view.principal_of(tenant, app.app_id)?)));
    let value: Vec<_> = found
        .map(|(app, principal)| {
            json!({"id": principal.id.to_string(), "appId": app.app_id.to_string(), "displayName": app.display_name,
                "accountEnabled": principal.account_enabled,
                "appRoleAssignmentRequired": principal.app_role_assignment_required,
                "visible": principal.visible_from <= view.now()})
        })
        .collect();
    Ok(Json(json!({ "value": value })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PrincipalChange {
    account_enabled: Option<bool>,
    app_role_assignment_required: Option<bool>,
}

async fn change_principal(
    State(desk): State<Desk>,
    Path((tenant, app)): Path<(String, String)>,
    Body(to): Body<PrincipalChange>,
) -> Answer {
    let (tenant, id) = desk.principal_named(&tenant, &app)?;
    let changed = desk.cloud().change_service_principal(
        tenant,
        id,
        to.account_enabled,
        to.app_role_assignment_required,
    )?;
    Ok(Json(
        json!({"id": changed.id.to_string(), "accountEnabled": changed.account_enabled,
        "appRoleAssignmentRequired": changed.app_role_assignment_required}),
    ))
}

async fn delete_principal(State(desk): State<Desk>, Path((tenant, app)): Path<(String, String)>) -> Answer {
    let (tenant, id) = desk.principal_named(&tenant, &app)?;
    desk.cloud().delete_service_principal(tenant, id)?;
    Ok(Json(json!({"id": id.to_string(), "deleted": true})))
}

async fn grants(State(desk): State<Desk>, Path(tenant): Path<String>) -> Answer {
    let tenant = desk.tenant_named(&tenant)?.id();
    let view = desk.cloud().view();
    let grants: Vec<_> = view
        .permission_grants(tenant)
        .map(|grant| {
            json!({"id": grant.id, "clientId": grant.client_id.to_string(), "consentType": grant.consent_type.name(),
                "principalId": grant.principal_id.map(|id| id.to_string()), "resourceId": grant.resource_id.to_string(),
                "scope": grant.scope})
        })
        .collect();
    let assignments: Vec<_> = view
        .app_role_assignments(tenant)
        .map(|held| {
            json!({"id": held.id, "appRoleId": held.app_role_id.to_string(), "principalId": held.principal_id.to_string(),
                "principalType": held.principal_type.name(), "resourceId": held.resource_id.to_string()})
        })
        .collect();
    Ok(Json(json!({"grants": grants, "assignments": assignments})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Roles {
    user: String,
    roles: Vec<String>,
}

async fn directory_roles(
    State(desk): State<Desk>,
    Path(tenant): Path<String>,
    Body(body): Body<Roles>,
) -> Answer {
    let tenant = desk.tenant_named(&tenant)?;
    let user = desk.member_named(tenant, &body.user)?;
    let read = |name: &String| {
        DirectoryRole::parse(name).ok_or_else(|| Refused::bad(format!("{name} is not a directory role")))
    };
    let roles: Vec<_> = body.roles.iter().map(read).collect::<Result<_, _>>()?;
    desk.cloud().set_directory_roles(tenant.id(), user, &roles)?;
    Ok(Json(json!({"user": user.to_string(), "roles": body.roles})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Who {
    user: String,
}

async fn revoke(State(desk): State<Desk>, Path(tenant): Path<String>, Body(who): Body<Who>) -> Answer {
    let tenant = desk.tenant_named(&tenant)?;
    let user = desk.member_named(tenant, &who.user)?;
    desk.platform.revoke(tenant.id(), user);
    Ok(Json(json!({"user": user.to_string(), "revoked": true})))
}

/// A user of any tenant; Contoso's have more under `/control/users`.
async fn act(
    State(desk): State<Desk>,
    Path((tenant, user, action)): Path<(String, String, String)>,
) -> Answer {
    let act: fn(&Tenant, ObjectId) -> Result<(), TenantError> = match action.as_str() {
        "disable" => Tenant::disable,
        "enable" => Tenant::enable,
        "delete" => Tenant::delete,
        "restore" => Tenant::restore,
        _ => return Err(Refused::missing(&action)),
    };
    let tenant = desk.tenant_named(&tenant)?;
    let deleted = tenant.find_user(&user).map(|user| user.id);
    let id = match deleted {
        Some(id) => id,
        None => ObjectId(desk.member_named(tenant, &user)?),
    };
    act(tenant, id)?;
    Ok(Json(json!({"user": id, "done": action})))
}
