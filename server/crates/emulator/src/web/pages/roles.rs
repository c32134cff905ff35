//! What a person may do: directory roles, and app roles in enterprise applications.

use super::Desk;
use super::html::{Html, html};
use super::members::role_name;
use super::users::option;
use crate::cloud::DirectoryRole;
use crate::tenant::{ObjectId, User};

/// *Assigned roles* on a person's page.
pub(super) fn section(desk: &Desk, user: &User) -> Html {
    let held = desk.entra().view().directory_roles(desk.tenant().id(), user.id.0);
    let act = |action: &str| format!("/users/{}/{action}", user.id);
    let free = DirectoryRole::ALL.iter().filter(|role| !held.contains(role));
    html!(
        "<section><h2>Assigned roles</h2>" [held.is_empty().then(|| html!("<p class=\"empty\">No directory role.</p>"))]
        "<ul class=\"lines\">"
        [held.iter().map(|role| html!(
            "<li><span>" (role.name()) "</span><form method=\"post\" action=\"" (act("take-role")) "\" class=\"one\">"
            "<input type=\"hidden\" name=\"role\" value=\"" (role.template_id()) "\"><button class=\"small\" aria-label=\"Remove "
            (role.name()) "\">Remove</button></form></li>"
        ))]
        "</ul><form method=\"post\" action=\"" (act("give-role")) "\" class=\"row\"><div class=\"field\">"
        "<label for=\"role\">Directory role</label><select id=\"role\" name=\"role\">"
        [free.map(|role| option(&role.template_id().to_string(), role.name(), false))]
        "</select></div><button>Add assignment</button></form></section>"
    )
}

/// *Applications* on a person's page: app roles held, directly or through a group.
pub(super) fn applications(desk: &Desk, user: &User) -> Html {
    let tenant = desk.tenant().id();
    let mut holders = vec![user.id.0];
    holders.extend(desk.tenant().read().groups_of(user.id).map(|group| group.id.0));
    let view = desk.entra().view();
    let rows: Vec<_> = view
        .app_role_assignments(tenant)
        .filter(|held| holders.contains(&held.principal_id))
        .filter_map(|held| {
            let app = view.application(view.principal(tenant, held.resource_id)?.app_id)?;
            let through = (held.principal_id != user.id.0).then_some(&held.principal_display_name);
            Some(html!(
                "<tr><td><a href=\"" (super::principals::path(held.resource_id)) "\">" (app.display_name) "</a></td><td>"
                (role_name(app, held.app_role_id)) "</td><td>"
                [through.map(|group| html!("through <bdi>" (group) "</bdi>"))] "</td></tr>"
            ))
        })
        .collect();
    html!(
        "<section><h2>Applications</h2>" [rows.is_empty().then(|| html!("<p class=\"empty\">No app role assigned.</p>"))]
        [(!rows.is_empty()).then(|| html!(
            "<div class=\"scroll\"><table><thead><tr><th>Application</th><th>Role assigned</th><td></td></tr></thead><tbody>"
            [rows] "</tbody></table></div>"
        ))]
        "</section>"
    )
}

fn change(desk: &Desk, user: ObjectId, role: &str, give: bool) -> Result<(), String> {
    let role = DirectoryRole::parse(role).ok_or_else(|| "Choose a directory role.".to_owned())?;
    let tenant = desk.tenant().id();
    let mut held = desk.entra().view().directory_roles(tenant, user.0);
    if give {
        held.insert(role);
    } else {
        held.remove(&role);
    }
    let roles: Vec<_> = held.into_iter().collect();
    let changed = desk.entra().set_directory_roles(tenant, user.0, &roles);
    changed.map_err(|error| error.to_string())
}

/// Gives a directory role, named by template id.
pub(super) fn give(desk: &Desk, user: ObjectId, role: &str) -> Result<&'static str, String> {
    change(desk, user, role, true).map(|()| "has a directory role more.")
}

/// Takes a directory role away.
pub(super) fn take(desk: &Desk, user: ObjectId, role: &str) -> Result<&'static str, String> {
    change(desk, user, role, false).map(|()| "has a directory role less.")
}
