//! Users and groups of an enterprise application: who holds which app role.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};
use uuid::Uuid;

use super::html::{Html, html};
use super::layout::back;
use super::person::people;
use super::principals::{Opened, open};
use super::users::option;
use super::{Desk, Fields, View, field};
use crate::cloud::{AppRegistration, AppRole, AppRoleAssignment, DEFAULT_ACCESS, MemberType, PrincipalType};

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route("/enterprise-applications/{id}/users-and-groups", get(show))
        .route(
            "/enterprise-applications/{id}/users-and-groups/{action}",
            post(act),
        )
}

/// What an app role is called on pages.
pub(super) fn role_name(app: &AppRegistration, id: Uuid) -> String {
    match app.role(id) {
        Some(role) => role.display_name.clone(),
        None => "Default Access".to_owned(),
    }
}

async fn show(State(desk): State<Desk>, Path(id): Path<String>, Query(view): Query<View>) -> Response {
    let opened = match open(&desk, &id) {
        Ok(opened) => opened,
        Err(missing) => return *missing,
    };
    let held: Vec<_> = {
        let cloud = desk.entra().view();
        let all = cloud.app_role_assignments(opened.principal.tenant);
        all.filter(|held| held.resource_id == opened.principal.id)
            .cloned()
            .collect()
    };
    let body = html!(
        [opened.head("/users-and-groups", "Users and groups")]
        "<div class=\"columns\"><div><section><h2>Assigned <span class=\"quiet\">" (held.len()) "</span></h2>"
        [held.is_empty().then(|| html!("<p class=\"empty\">Nobody is assigned to " (opened.app.display_name) " yet.</p>"))]
        [(!held.is_empty()).then(|| html!(
            "<div class=\"scroll\"><table><thead><tr><th>Display name</th><th>Object type</th><th>Role assigned</th><td></td>"
            "</tr></thead><tbody>" [held.iter().map(|held| row(&opened, held))] "</tbody></table></div>"
        ))]
        "</section></div><div>" [add_form(&opened)] "</div></div>"
    );
    opened.page("Users and groups", view.note, body)
}

fn row(opened: &Opened, held: &AppRoleAssignment) -> Html {
    let path = match held.principal_type {
        PrincipalType::User => format!("/users/{}", held.principal_id),
        PrincipalType::Group => format!("/groups/{}", held.principal_id),
        PrincipalType::ServicePrincipal => super::principals::path(held.principal_id),
    };
    let role = role_name(&opened.app, held.app_role_id);
    html!(
        "<tr><td><a href=\"" (path) "\"><bdi>" (held.principal_display_name) "</bdi></a></td><td>" (held.principal_type.name())
        "</td><td>" (role) "</td><td class=\"end\"><form method=\"post\" action=\""
        (opened.path("/users-and-groups/remove")) "\" class=\"one\"><input type=\"hidden\" name=\"assignment\" value=\"" (held.id)
        "\"><button class=\"small\" aria-label=\"Remove " (role) " from " (held.principal_display_name)
        "\">Remove</button></form></td></tr>"
    )
}

/// The roles that people can hold; default access if there are none.
fn offered(app: &AppRegistration) -> Vec<(Uuid, String)> {
    let for_people = |role: &&AppRole| role.enabled && role.allowed_member_types.contains(&MemberType::User);
    let roles: Vec<_> = app
        .app_roles
        .iter()
        .filter(for_people)
        .map(|role| (role.id, role.display_name.clone()))
        .collect();
    match roles.is_empty() {
        true => vec![(DEFAULT_ACCESS, "Default Access".to_owned())],
        false => roles,
    }
}

fn add_form(opened: &Opened) -> Html {
    let mut groups: Vec<_> = opened.desk.tenant().read().groups().cloned().collect();
    groups.sort_by(|a, b| a.display_name.cmp(&b.display_name));
    let domain = opened.desk.tenant().domain();
    html!(
        "<section><h2>Add user/group</h2><form method=\"post\" action=\"" (opened.path("/users-and-groups/add")) "\">"
        "<div class=\"field\"><label for=\"user\">User</label><input id=\"user\" name=\"user\" list=\"people\" autocomplete=\"off\""
        " placeholder=\"name@" (domain) "\"></div>"
        "<div class=\"field\"><label for=\"group\">or group</label><select id=\"group\" name=\"group\"><option value=\"\">None</option>"
        [groups.iter().map(|group| option(&group.id.to_string(), &group.display_name, false))] "</select></div>"
        "<div class=\"field\"><label for=\"role\">Role</label><select id=\"role\" name=\"role\">"
        [offered(&opened.app).iter().map(|(id, name)| option(&id.to_string(), name, false))] "</select></div>"
        "<div class=\"buttons\"><button class=\"primary\">Assign</button></div></form>" [people(&opened.desk)] "</section>"
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
    let said = match action.as_str() {
        "add" => add(&opened, &fields),
        "remove" => remove(&opened, field(&fields, "assignment")),
        other => Err(format!("There is no action “{other}”.")),
    };
    back(&desk, &opened.path("/users-and-groups"), said)
}

fn add(opened: &Opened, fields: &Fields) -> Result<String, String> {
    let (user, group) = (field(fields, "user"), field(fields, "group"));
    let principal = match (user, group) {
        ("", "") => return Err("Choose a user or a group.".to_owned()),
        ("", group) => opened.desk.typed_group(group)?,
        (user, _) => opened.desk.typed_user(user)?,
    };
    let role = field(fields, "role")
        .parse()
        .map_err(|_| "Choose a role.".to_owned())?;
    let resource = &opened.principal;
    let made = opened
        .desk
        .entra()
        .assign_app_role(resource.tenant, principal.0, resource.id, role)
        .map_err(|error| error.to_string())?;
    Ok(format!(
        "{} was assigned to {}.",
        role_name(&opened.app, role),
        made.principal_display_name
    ))
}

fn remove(opened: &Opened, id: &str) -> Result<String, String> {
    let removed = opened
        .desk
        .entra()
        .remove_app_role_assignment(opened.principal.tenant, id);
    removed
        .map(|()| "The assignment was removed.".to_owned())
        .map_err(|error| error.to_string())
}
