//! Permissions of an enterprise application: what an administrator and what single people consented to.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};
use uuid::Uuid;

use super::html::{Html, html};
use super::layout::back;
use super::principals::{Opened, open};
use super::{Desk, Fields, View, field};
use crate::cloud::{AppRegistration, Cloud, CloudError, PermissionGrant};

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route("/enterprise-applications/{id}/permissions", get(show))
        .route("/enterprise-applications/{id}/permissions/{action}", post(act))
}

/// One permission that was granted.
#[derive(Clone, Debug)]
struct Granted {
    api: String,
    name: String,
    kind: &'static str,
    /// Who consented for themselves; nobody for an administrator's consent.
    by: Option<Uuid>,
    /// What to revoke: a grant and its scope, or an assignment.
    handle: String,
}

fn granted(opened: &Opened) -> Vec<Granted> {
    let (tenant, own) = (opened.principal.tenant, opened.principal.id);
    let view = opened.desk.entra().view();
    let api = |resource: Uuid| -> Option<AppRegistration> {
        view.application(view.principal(tenant, resource)?.app_id)
            .cloned()
    };
    let mut found = Vec::new();
    for held in view
        .app_role_assignments(tenant)
        .filter(|held| held.principal_id == own)
    {
        let Some(app) = api(held.resource_id) else {
            continue;
        };
        let value = app.role(held.app_role_id).and_then(|role| role.value.clone());
        found.push(Granted {
            api: app.display_name,
            name: value.unwrap_or_default(),
            kind: "Application",
            by: None,
            handle: held.id.clone(),
        });
    }
    for grant in view
        .permission_grants(tenant)
        .filter(|grant| grant.client_id == own)
    {
        let name = api(grant.resource_id)
            .map(|app| app.display_name)
            .unwrap_or_default();
        found.extend(grant.scopes().map(|scope| Granted {
            api: name.clone(),
            name: scope.to_owned(),
            kind: "Delegated",
            by: grant.principal_id,
            handle: format!("{} {scope}", grant.id),
        }));
    }
    found
}

async fn show(State(desk): State<Desk>, Path(id): Path<String>, Query(view): Query<View>) -> Response {
    let opened = match open(&desk, &id) {
        Ok(opened) => opened,
        Err(missing) => return *missing,
    };
    let (personal, tenant_wide): (Vec<_>, Vec<_>) =
        granted(&opened).into_iter().partition(|one| one.by.is_some());
    let name = opened.desk.tenant().name();
    let body = html!(
        [opened.head("/permissions", "Permissions")]
        "<div class=\"buttons\"><form method=\"post\" action=\"" (opened.path("/permissions/grant")) "\" class=\"one\">"
        "<button class=\"primary\">Grant admin consent for " (name) "</button></form></div>"
        "<section><h2>Admin consent</h2>" [table(&opened, &tenant_wide, "No administrator consented to anything yet.")] "</section>"
        "<section><h2>User consent</h2>" [table(&opened, &personal, "Nobody consented for themselves.")] "</section>"
    );
    opened.page("Permissions", view.note, body)
}

fn table(opened: &Opened, rows: &[Granted], none: &'static str) -> Html {
    if rows.is_empty() {
        return html!("<p class=\"empty\">" (none) "</p>");
    }
    html!(
        "<div class=\"scroll\"><table><thead><tr><th>API name</th><th>Permission</th><th>Type</th><th>Granted by</th><td></td>"
        "</tr></thead><tbody>" [rows.iter().map(|one| row(opened, one))] "</tbody></table></div>"
    )
}

fn row(opened: &Opened, one: &Granted) -> Html {
    let person = one
        .by
        .and_then(|id| opened.desk.entra().user(opened.principal.tenant, id));
    let by = person.map_or_else(
        || "An administrator".to_owned(),
        |user| user.display_name().to_owned(),
    );
    html!(
        "<tr><td>" (one.api) "</td><td><code>" (one.name) "</code></td><td>" (one.kind) "</td><td><bdi>" (by) "</bdi></td>"
        "<td class=\"end\"><form method=\"post\" action=\"" (opened.path("/permissions/revoke")) "\" class=\"one\">"
        "<input type=\"hidden\" name=\"handle\" value=\"" (one.handle) "\"><button class=\"small\" aria-label=\"Revoke " (one.name)
        "\">Revoke</button></form></td></tr>"
    )
}

async fn act(
    State(desk): State<Desk>,
    Path((id, action)): Path<(String, String)>,
    Form(fields): Form<Fields>,
) -> Response {
    let opened = match open(&desk, &id) {
        Ok(opened) => opened,
        Err(missing) => return *missing,
    };
    let tenant = opened.principal.tenant;
    let said = match action.as_str() {
        "grant" => grant_all(desk.entra(), tenant, &opened.app)
            .map(|count| format!("Admin consent was granted: {count} permissions.")),
        "revoke" => revoke(desk.entra(), tenant, field(&fields, "handle"))
            .map(|()| "The permission was revoked.".to_owned()),
        other => Err(CloudError::NotFound(other.to_owned())),
    };
    back(
        &desk,
        &opened.path("/permissions"),
        said.map_err(|error| error.to_string()),
    )
}

/// Grants everything the registration asks for to the whole tenant. Returns how many permissions that are.
pub(super) fn grant_all(cloud: &Cloud, tenant: Uuid, app: &AppRegistration) -> Result<usize, CloudError> {
    for access in &app.required_access {
        if access.application {
            cloud.consent_to_role(tenant, app.app_id, access.resource, access.id)?;
            continue;
        }
        let scope = {
            let view = cloud.view();
            let resource = view.application(access.resource);
            resource
                .and_then(|resource| resource.scope(access.id))
                .map(|scope| scope.value.clone())
        };
        let scope = scope.ok_or_else(|| CloudError::NotFound(access.id.to_string()))?;
        cloud.consent(tenant, app.app_id, None, access.resource, &[scope])?;
    }
    Ok(app.required_access.len())
}

/// Takes back an assignment, or one scope of a grant.
fn revoke(cloud: &Cloud, tenant: Uuid, handle: &str) -> Result<(), CloudError> {
    let Some((id, scope)) = handle.split_once(' ') else {
        return cloud.remove_app_role_assignment(tenant, handle);
    };
    let left = {
        let view = cloud.view();
        let grant = view.permission_grants(tenant).find(|grant| grant.id == id);
        let others = |grant: &PermissionGrant| {
            grant
                .scopes()
                .filter(|held| *held != scope)
                .collect::<Vec<_>>()
                .join(" ")
        };
        grant
            .map(others)
            .ok_or_else(|| CloudError::NotFound(id.to_owned()))?
    };
    if left.is_empty() {
        cloud.remove_grant(tenant, id)
    } else {
        cloud.change_grant(tenant, id, &left).map(drop)
    }
}
