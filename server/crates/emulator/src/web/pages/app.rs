//! Enterprise applications, and the users and groups assigned to *Hero SaaS*.

use axum::extract::{Path, Query, State};
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};

use super::html::{Html, html};
use super::layout::{Place, back, heading, page};
use super::principals;
use super::provisioning::state_badge;
use super::{Desk, Fields, View, field};
use crate::cloud::{AppRegistration, HERO_SAAS_PRINCIPAL, ServicePrincipal};
use crate::provisioner::{Overview, Scope};
use crate::tenant::{Directory, ObjectId};

pub(super) const APP: &str = "/enterprise-applications/hero-saas";
const APPS: (&str, &str) = ("/enterprise-applications", "Enterprise applications");

/// The way to a page of the application.
pub(super) fn trail() -> Vec<(&'static str, &'static str)> {
    vec![APPS, (APP, "Hero SaaS")]
}

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route("/enterprise-applications", get(list))
        .route(
            APP,
            get(async || Redirect::to("/enterprise-applications/hero-saas/provisioning")),
        )
        .route(
            "/enterprise-applications/hero-saas/users-and-groups",
            get(assignments),
        )
        .route(
            "/enterprise-applications/hero-saas/users-and-groups/{action}",
            post(act),
        )
}

async fn list(State(desk): State<Desk>, Query(view): Query<View>) -> Html {
    let desk = desk.within(&view.tenant);
    let overview = desk.provisions().then(|| desk.job.overview());
    let rows: Vec<_> = {
        let cloud = desk.entra().view();
        let all = cloud.service_principals(desk.tenant().id());
        let named = all.filter_map(|principal| Some((principal, cloud.application(principal.app_id)?)));
        named
            .map(|(principal, app)| listed(principal, app, overview.as_ref()))
            .collect()
    };
    let body = html!(
        [heading(&[], "Enterprise applications")]
        "<p class=\"quiet\">What " (desk.tenant().name()) " lets its people sign in to. An application of another tenant "
        "appears here with its first consent.</p>"
        "<div class=\"scroll\"><table><thead><tr><th>Name</th><th>Object ID</th><th>Application ID</th>"
        "<th>Assignment required</th><th>Provisioning</th></tr></thead><tbody>" [rows] "</tbody></table></div>"
    );
    page(&desk, Place::App, "Enterprise applications", view.note, body)
}

fn listed(principal: &ServicePrincipal, app: &AppRegistration, job: Option<&Overview>) -> Html {
    let ours = principal.id == HERO_SAAS_PRINCIPAL;
    let path = if ours {
        APP.to_owned()
    } else {
        principals::path(principal.id)
    };
    html!(
        "<tr><td><a href=\"" (path) "\">" (app.display_name) "</a></td><td class=\"mono\">" (principal.id)
        "</td><td class=\"mono\">" (principal.app_id) "</td><td>"
        (if principal.app_role_assignment_required { "Yes" } else { "No" }) "</td><td>"
        [job.filter(|_| ours).map(state_badge)] "</td></tr>"
    )
}

async fn assignments(State(desk): State<Desk>, Query(view): Query<View>) -> Html {
    let scope = desk.job.settings().scope;
    let (rows, groups, count) = {
        let directory = desk.tenant().read();
        let rows: Vec<_> = directory
            .assignments()
            .iter()
            .take(500)
            .map(|id| row(&directory, *id))
            .collect();
        let mut free: Vec<_> = directory
            .groups()
            .filter(|group| !directory.assignments().contains(&group.id))
            .cloned()
            .collect();
        free.sort_by(|a, b| a.display_name.cmp(&b.display_name));
        (rows, free, directory.assignments().len())
    };
    let act = |action: &str| format!("{APP}/users-and-groups/{action}");
    let body = html!(
        [heading(&trail(), "Users and groups")]
        [(scope == Scope::SyncAll).then(|| html!(
            "<p class=\"note plain\">The scope is <b>Sync all users and groups</b>: assignments do not matter.</p>"
        ))]
        "<div class=\"columns\"><div><section><h2>Assigned <span class=\"quiet\">" (count) "</span></h2>"
        [rows.is_empty().then(|| html!("<p class=\"empty\">Nobody is assigned: provisioning will run and provision nothing.</p>"))]
        [(!rows.is_empty()).then(|| html!(
            "<div class=\"scroll\"><table><thead><tr><th>Display name</th><th>Object type</th><th>Role assigned</th><td></td></tr></thead><tbody>"
            [rows] "</tbody></table></div>"
        ))]
        "</section></div><div><section><h2>Add user/group</h2>"
        "<form method=\"post\" action=\"" (act("assign")) "\" class=\"row\"><div class=\"field\"><label for=\"user\">User</label>"
        "<input id=\"user\" name=\"user\" list=\"people\" required autocomplete=\"off\" placeholder=\"name@contoso.com\"></div>"
        "<button class=\"primary\">Assign</button></form>"
        [(!groups.is_empty()).then(|| html!(
            "<form method=\"post\" action=\"" (act("assign")) "\" class=\"row\"><div class=\"field\"><label for=\"group\">Group</label>"
            "<select id=\"group\" name=\"group\">"
            [groups.iter().map(|group| html!("<option value=\"" (group.id) "\">" (group.display_name) "</option>"))]
            "</select></div><button class=\"primary\">Assign</button></form>"
        ))]
        "<p class=\"help\">Members of an assigned group are provisioned; groups inside a group are not expanded.</p>"
        [super::person::people(&desk)] "</section></div></div>"
    );
    page(&desk, Place::Assignments, "Users and groups", view.note, body)
}

fn row(directory: &Directory, id: ObjectId) -> Html {
    let (path, name, kind) = match (directory.user(id), directory.group(id)) {
        (Some(user), _) => (format!("/users/{id}"), user.display_name(), "User"),
        (None, Some(group)) => (format!("/groups/{id}"), group.display_name.as_str(), "Group"),
        (None, None) => return html!(),
    };
    html!(
        "<tr><td><a href=\"" (path) "\"><bdi>" (name) "</bdi></a></td><td>" (kind) "</td><td>User</td><td class=\"end\">"
        "<form method=\"post\" action=\"" (APP) "/users-and-groups/unassign\" class=\"one\">"
        "<input type=\"hidden\" name=\"id\" value=\"" (id) "\"><button class=\"small\" aria-label=\"Remove " (name)
        "\">Remove</button></form></td></tr>"
    )
}

async fn act(State(desk): State<Desk>, Path(action): Path<String>, Form(fields): Form<Fields>) -> Response {
    let to = format!("{APP}/users-and-groups");
    back(&desk, &to, perform(&desk, &action, &fields))
}

fn perform(desk: &Desk, action: &str, fields: &Fields) -> Result<String, String> {
    let (user, group, id) = (field(fields, "user"), field(fields, "group"), field(fields, "id"));
    let principal = match () {
        () if !user.is_empty() => desk.typed_user(user)?,
        () if !group.is_empty() => desk.typed_group(group)?,
        () => desk.typed_user(id).or_else(|_| desk.typed_group(id))?,
    };
    let (changed, done, already) = match action {
        "assign" => (
            desk.tenant().assign(principal),
            "Assigned.",
            "It was assigned already.",
        ),
        "unassign" => (
            desk.tenant().unassign(principal),
            "The assignment was removed.",
            "It was not assigned.",
        ),
        other => return Err(format!("There is no action “{other}”.")),
    };
    match changed {
        Ok(true) => Ok(done.to_owned()),
        Ok(false) => Err(already.to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
