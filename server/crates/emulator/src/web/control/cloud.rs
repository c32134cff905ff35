//! The cloud: registrations, principals, grants, keys, faults and replication.
//!
//! An application is named by application id, object id or display name; a tenant by id or domain.

use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{delete, get, patch, post};
use axum::{Json, http::StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Answer, Body, Desk, Refused};
use crate::cloud::{AppRegistration, CloudError, DirectoryRole, Secret};
use crate::faults::Fault;
use crate::platform::CancelSpelling;
use crate::tenant::Tenant;

/// Routes of this file; the index lists them with the others.
pub(super) const ROUTES: &[(&str, &str, &str, &str)] = &[
    (
        "GET",
        "/control/cloud",
        "",
        "Tenants, people, replication delay, time",
    ),
    (
        "GET",
        "/control/cloud/applications",
        "",
        "App registrations, secrets included",
    ),
    (
        "PATCH",
        "/control/cloud/applications/{app}",
        "{enabled}",
        "Disable or enable an application everywhere",
    ),
    (
        "POST",
        "/control/cloud/applications/{app}/redirect-uris",
        "{uri}",
        "Add a redirect URI",
    ),
    (
        "POST",
        "/control/cloud/applications/{app}/secrets",
        "{displayName, seconds}",
        "Add a secret, valid so long; two years without",
    ),
    (
        "POST",
        "/control/cloud/applications/{app}/secrets/expire",
        "{} or {keyId}",
        "End the life of all secrets, or of one",
    ),
    (
        "POST",
        "/control/cloud/applications/{app}/certificates",
        "{displayName, pem}",
        "Add a certificate",
    ),
    (
        "POST",
        "/control/cloud/portal",
        "{url}",
        "Register a portal's callbacks for Rollcall, Truvio and TruU",
    ),
    (
        "GET",
        "/control/cloud/tenants/{tenant}/principals",
        "",
        "Service principals, replicated or not",
    ),
    (
        "PATCH",
        "/control/cloud/tenants/{tenant}/principals/{app}",
        "{accountEnabled, appRoleAssignmentRequired}",
        "Change a service principal",
    ),
    (
        "DELETE",
        "/control/cloud/tenants/{tenant}/principals/{app}",
        "",
        "Delete a service principal with its assignments and grants",
    ),
    (
        "GET",
        "/control/cloud/tenants/{tenant}/grants",
        "",
        "Delegated grants and app role assignments that are visible",
    ),
    (
        "POST",
        "/control/cloud/tenants/{tenant}/directory-roles",
        "{user, roles: []}",
        "Give a user these directory roles instead of theirs",
    ),
    (
        "POST",
        "/control/cloud/tenants/{tenant}/revoke",
        "{user}",
        "End a user's refresh tokens",
    ),
    (
        "POST",
        "/control/cloud/delay",
        "{seconds}",
        "Replication delay of what is made from now on",
    ),
    (
        "POST",
        "/control/cloud/clock/advance",
        "{seconds}",
        "Move the clock of tokens, secrets and replication",
    ),
    ("GET", "/control/cloud/faults", "", "Faults in force"),
    (
        "POST",
        "/control/cloud/faults",
        "{match: {endpoint, tenant, client, user, detail}, effect: {kind, …}, times}",
        "Let something go wrong",
    ),
    ("DELETE", "/control/cloud/faults", "", "Take every fault away"),
    ("DELETE", "/control/cloud/faults/{id}", "", "Take one fault away"),
    (
        "POST",
        "/control/cloud/keys/rotate",
        "{keep}",
        "Sign with a new key; keep=false stops publishing the old ones",
    ),
    (
        "POST",
        "/control/cloud/keys/forget-old",
        "",
        "Stop publishing keys that no longer sign",
    ),
    (
        "POST",
        "/control/cloud/cancel-spelling",
        "{spelling: documented, subcode or declined}",
        "How a press on Cancel is told",
    ),
];

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route("/cloud", get(overview))
        .route("/cloud/applications", get(applications))
        .route("/cloud/applications/{app}", patch(change_application))
        .route("/cloud/applications/{app}/redirect-uris", post(add_redirect_uri))
        .route("/cloud/applications/{app}/secrets", post(add_secret))
        .route("/cloud/applications/{app}/secrets/expire", post(expire_secret))
        .route("/cloud/applications/{app}/certificates", post(add_certificate))
        .route("/cloud/portal", post(portal))
        .route("/cloud/tenants/{tenant}/principals", get(principals))
        .route(
            "/cloud/tenants/{tenant}/principals/{app}",
            patch(change_principal).delete(delete_principal),
        )
        .route("/cloud/tenants/{tenant}/grants", get(grants))
        .route("/cloud/tenants/{tenant}/directory-roles", post(directory_roles))
        .route("/cloud/tenants/{tenant}/revoke", post(revoke))
        .route("/cloud/delay", post(delay))
        .route("/cloud/clock/advance", post(advance))
        .route("/cloud/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/cloud/faults/{id}", delete(remove_fault))
        .route("/cloud/keys/rotate", post(rotate))
        .route("/cloud/keys/forget-old", post(forget_old))
        .route("/cloud/cancel-spelling", post(cancel_spelling))
}

impl From<CloudError> for Refused {
    fn from(error: CloudError) -> Self {
        let (status, code) = match error {
            CloudError::NotFound(_) => (StatusCode::NOT_FOUND, "Request_ResourceNotFound"),
            CloudError::AlreadyGranted | CloudError::Taken(_) => {
                (StatusCode::CONFLICT, "Request_MultipleObjectsWithSameKeyValue")
            }
            _ => (StatusCode::BAD_REQUEST, "Request_BadRequest"),
        };
        Self {
            status,
            code,
            message: error.to_string(),
        }
    }
}

impl Desk {
    fn cloud(&self) -> &crate::cloud::Cloud {
        self.platform.cloud()
    }

    fn app_named(&self, name: &str) -> Result<AppRegistration, Refused> {
        let view = self.cloud().view();
        let found = view.application_named(name).cloned();
        found.ok_or_else(|| Refused::missing(name))
    }

    fn tenant_named(&self, name: &str) -> Result<&Tenant, Refused> {
        self.cloud()
            .tenant_named(name)
            .ok_or_else(|| Refused::missing(name))
    }

    fn principal_named(&self, tenant: &str, app: &str) -> Result<(Uuid, Uuid), Refused> {
        let tenant = self.tenant_named(tenant)?.id();
        let app_id = self.app_named(app)?.app_id;
        let view = self.cloud().view();
        let found = view.principal_of(tenant, app_id).map(|principal| principal.id);
        Ok((tenant, found.ok_or_else(|| Refused::missing(app))?))
    }

    fn member_named(&self, tenant: &Tenant, name: &str) -> Result<Uuid, Refused> {
        let by_id = name
            .parse()
            .ok()
            .and_then(|id| self.cloud().user(tenant.id(), id));
        let user = by_id.or_else(|| self.cloud().account(tenant.id(), name));
        user.map(|user| user.id.0).ok_or_else(|| Refused::missing(name))
    }
}

async fn overview(State(desk): State<Desk>) -> Json<Value> {
    let cloud = desk.cloud();
    let tenants: Vec<_> = cloud
        .tenants()
        .iter()
        .map(|tenant| {
            json!({"id": tenant.id().to_string(), "domain": tenant.domain(), "displayName": tenant.name(),
                "users": tenant.read().users().count()})
        })
        .collect();
    Json(json!({
        "authority": desk.platform.authority(),
        "time": cloud.clock().now().to_string(),
        "delaySeconds": cloud.view().delay().as_secs(),
        "tenants": tenants,
        "people": people(cloud),
    }))
}

/// The demo's people with their directory roles.
pub(crate) fn people(cloud: &crate::cloud::Cloud) -> Vec<Value> {
    let view = cloud.view();
    let one = |person: &crate::cloud::Person| {
        let roles = view.directory_roles(person.tenant, person.id);
        let roles: Vec<_> = roles.iter().map(|role| role.name()).collect();
        json!({"upn": person.upn, "id": person.id.to_string(), "tenant": person.tenant.to_string(),
            "part": person.part, "roles": roles})
    };
    cloud.people().iter().map(one).collect()
}

async fn applications(State(desk): State<Desk>) -> Json<Value> {
    let view = desk.cloud().view();
    Json(json!({"value": view.applications().iter().map(application).collect::<Vec<_>>()}))
}

fn application(app: &AppRegistration) -> Value {
    json!({
        "id": app.id.to_string(),
        "appId": app.app_id.to_string(),
        "displayName": app.display_name,
        "tenant": app.home_tenant.map(|home| home.to_string()),
        "enabled": app.enabled,
        "signInAudience": app.audience.name(),
        "redirectUris": app.web_redirect_uris,
        "identifierUris": app.identifier_uris,
        "appRoles": app.app_roles.iter().map(|role| json!({"id": role.id.to_string(), "value": role.value})).collect::<Vec<_>>(),
        "scopes": app.scopes.iter().map(|scope| scope.value.as_str()).collect::<Vec<_>>(),
        "secrets": app.secrets.iter().map(secret).collect::<Vec<_>>(),
        "certificates": app.certificates.iter().map(|one| json!({"keyId": one.key_id.to_string(), "x5t#S256": one.x5t_s256})).collect::<Vec<_>>(),
    })
}

fn secret(secret: &Secret) -> Value {
    json!({"keyId": secret.key_id.to_string(), "displayName": secret.display_name, "secretText": secret.value,
        "endDateTime": secret.end.to_string()})
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Enabled {
    enabled: bool,
}

async fn change_application(
    State(desk): State<Desk>,
    Path(app): Path<String>,
    Body(to): Body<Enabled>,
) -> Answer {
    let app = desk.app_named(&app)?.app_id;
    let changed = desk
        .cloud()
        .change_application(app, |app| app.enabled = to.enabled)?;
    Ok(Json(application(&changed)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Uri {
    uri: String,
}

async fn add_redirect_uri(
    State(desk): State<Desk>,
    Path(app): Path<String>,
    Body(body): Body<Uri>,
) -> Answer {
    let app = desk.app_named(&app)?.app_id;
    desk.cloud().add_redirect_uri(app, &body.uri)?;
    Ok(Json(application(&desk.app_named(&app.to_string())?)))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[derive(Default)]
struct NewSecret {
    display_name: String,
    seconds: Option<i64>,
}

async fn add_secret(State(desk): State<Desk>, Path(app): Path<String>, Body(new): Body<NewSecret>) -> Answer {
    let app = desk.app_named(&app)?.app_id;
    let now = desk.cloud().clock().now();
    let end = new.seconds.map(|seconds| {
        now.saturating_add(SignedDuration::from_secs(seconds))
            .unwrap_or(now)
    });
    Ok(Json(secret(&desk.cloud().add_secret(
        app,
        &new.display_name,
        end,
    )?)))
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Which {
    key_id: Option<String>,
}

async fn expire_secret(
    State(desk): State<Desk>,
    Path(app): Path<String>,
    Body(which): Body<Which>,
) -> Answer {
    let app = desk.app_named(&app)?.app_id;
    let key = which
        .key_id
        .map(|key| key.parse().map_err(|_| Refused::missing(&key)));
    let expired = desk.cloud().expire_secret(app, key.transpose()?)?;
    Ok(Json(json!({ "expired": expired })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewCertificate {
    #[serde(default)]
    display_name: String,
    pem: String,
}

async fn add_certificate(
    State(desk): State<Desk>,
    Path(app): Path<String>,
    Body(new): Body<NewCertificate>,
) -> Answer {
    let app = desk.app_named(&app)?.app_id;
    let text: String = new
        .pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let der = STANDARD
        .decode(text.trim())
        .map_err(|_| Refused::bad("pem must be a certificate in PEM"))?;
    let certificate = desk.cloud().add_certificate(app, &new.display_name, der)?;
    Ok(Json(
        json!({"keyId": certificate.key_id.to_string(), "x5t": certificate.x5t, "x5t#S256": certificate.x5t_s256}),
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Portal {
    url: String,
}

async fn portal(State(desk): State<Desk>, Body(portal): Body<Portal>) -> Answer {
    desk.cloud().add_portal(&portal.url)?;
    Ok(Json(json!({"url": portal.url})))
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seconds {
    seconds: u32,
}

async fn delay(State(desk): State<Desk>, Body(by): Body<Seconds>) -> Answer {
    desk.cloud()
        .set_replication_delay(SignedDuration::from_secs(i64::from(by.seconds)));
    Ok(Json(json!({"delaySeconds": by.seconds})))
}

async fn advance(State(desk): State<Desk>, Body(by): Body<Seconds>) -> Answer {
    desk.cloud()
        .clock()
        .advance(Duration::from_secs(u64::from(by.seconds)));
    Ok(Json(json!({"time": desk.cloud().clock().now().to_string()})))
}

async fn faults(State(desk): State<Desk>) -> Json<Value> {
    Json(json!({"value": desk.platform.faults().list()}))
}

async fn add_fault(State(desk): State<Desk>, Body(fault): Body<Fault>) -> Answer {
    Ok(Json(json!({"id": desk.platform.faults().add(fault)})))
}

async fn clear_faults(State(desk): State<Desk>) -> Answer {
    desk.platform.faults().clear();
    Ok(Json(json!({"value": []})))
}

async fn remove_fault(State(desk): State<Desk>, Path(id): Path<String>) -> Answer {
    let number = id.parse().map_err(|_| Refused::missing(&id))?;
    if desk.platform.faults().remove(number) {
        Ok(Json(json!({"id": number})))
    } else {
        Err(Refused::missing(&id))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rotation {
    #[serde(default = "yes")]
    keep: bool,
}

fn yes() -> bool {
    true
}

async fn rotate(State(desk): State<Desk>, Body(rotation): Body<Rotation>) -> Answer {
    let kid = desk.platform.rotate_keys(rotation.keep);
    let kid = kid.ok_or_else(|| Refused::bad("no key could be made"))?;
    Ok(Json(json!({ "kid": kid })))
}

async fn forget_old(State(desk): State<Desk>) -> Answer {
    desk.platform.forget_old_keys();
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spelling {
    spelling: CancelSpelling,
}

async fn cancel_spelling(State(desk): State<Desk>, Body(to): Body<Spelling>) -> Answer {
    desk.platform.set_cancel_spelling(to.spelling);
    Ok(Json(json!({"spelling": to.spelling})))
}
