//! One user: properties, groups, what was provisioned, and everything that can happen to a person.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};

use super::html::{Html, html};
use super::layout::{Place, back, button, heading, missing, page, time};
use super::roles;
use super::users::{enabled, input};
use super::{Desk, Fields, View, field};
use super::{devices, logs};
use crate::tenant::{ObjectId, Property, TenantError, User};

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route("/users/{id}", get(show))
        .route("/users/{id}/{action}", post(act))
}

async fn show(State(desk): State<Desk>, Path(id): Path<String>, Query(view): Query<View>) -> Response {
    let desk = desk.of_object(&id);
    let found = id.parse().ok().and_then(|id| desk.tenant().user(id));
    let Some(user) = found else {
        return missing(
            &desk,
            "There is no such user. It may have been deleted permanently.",
        );
    };
    let deleted = user.deleted.is_some();
    let (list, of) = if deleted {
        ("/users?show=deleted", "Deleted users")
    } else {
        ("/users", "Users")
    };
    let body = html!(
        [heading(&[(&desk.here(list), of)], user.display_name())]
        [commands(&desk, &user)]
        "<div class=\"columns\"><div>"
        [facts(&desk, &user)] [(!deleted).then(|| change_forms(&desk, &user))]
        "</div><div>" [roles::section(&desk, &user)] [roles::applications(&desk, &user)]
        [memberships(&desk, &user, deleted)] [devices::of_user(&desk, &user)] [desk.provisions().then(|| provisioning(&desk, &user))] "</div></div>"
    );
    let place = if deleted {
        Place::DeletedUsers
    } else {
        Place::Users
    };
    page(&desk, place, user.display_name(), view.note, body).into_response()
}

fn commands(desk: &Desk, user: &User) -> Html {
    let act = |action: &str| format!("/users/{}/{action}", user.id);
    let assigned = desk.tenant().read().assignments().contains(&user.id);
    if user.deleted.is_some() {
        return html!(
            "<div class=\"buttons\">" [button(&act("restore"), "primary", "Restore user")]
            [button(&act("purge"), "danger", "Delete permanently")] "</div>"
        );
    }
    html!(
        "<div class=\"buttons\">"
        [if user.account_enabled { button(&act("disable"), "", "Block sign-in") } else { button(&act("enable"), "", "Unblock sign-in") }]
        [desk.provisions().then(|| if assigned { button(&act("unassign"), "", "Unassign from Hero SaaS") } else { button(&act("assign"), "", "Assign to Hero SaaS") })]
        [desk.provisions().then(|| button(&act("provision"), "", "Provision on demand"))]
        [button(&act("delete"), "danger", "Delete")] "</div>"
    )
}

fn facts(desk: &Desk, user: &User) -> Html {
    let set = Property::ALL
        .into_iter()
        .filter_map(|property| Some((property, user.get(property)?)));
    let manager = user.manager.and_then(|id| desk.tenant().user(id));
    html!(
        "<section><h2>Properties</h2><dl class=\"facts\"><dt>Object ID</dt><dd><code>" (user.id) "</code></dd>"
        [set.map(|(property, value)| html!("<dt>" (property.name()) "</dt><dd><bdi>" (value) "</bdi></dd>"))]
        "<dt>User type</dt><dd>" (if user.guest { "Guest" } else { "Member" }) "</dd>"
        "<dt>Sign-in</dt><dd>" [enabled(user)] "</dd>"
        [user.deleted.map(|at| html!("<dt>Deleted</dt><dd>" [time(at)] "</dd>"))]
        "<dt>Manager</dt><dd>"
        [match manager {
            Some(boss) => html!("<a href=\"/users/" (boss.id) "\"><bdi>" (boss.display_name()) "</bdi></a>"),
            None => html!("<span class=\"quiet\">none</span>"),
        }]
        "</dd></dl></section>"
    )
}

fn change_forms(desk: &Desk, user: &User) -> Html {
    let act = |action: &str| format!("/users/{}/{action}", user.id);
    let of = |property| user.get(property).unwrap_or_default();
    let local = user.upn().split('@').next().unwrap_or_default();
    let manager = user
        .manager
        .and_then(|id| desk.tenant().user(id))
        .map(|boss| boss.upn().to_owned());
    html!(
        "<section><h2>Change</h2>"
        "<form method=\"post\" action=\"" (act("rename")) "\" class=\"row\">"
        [input("given", "Given name", of(Property::GivenName), true)] [input("surname", "Surname", of(Property::Surname), true)]
        "<button>Rename</button></form>"
        "<form method=\"post\" action=\"" (act("address")) "\" class=\"row\"><div class=\"field\"><label for=\"local\">"
        "Address</label><span class=\"joined\"><input id=\"local\" name=\"local\" value=\"" (local)
        "\" required autocomplete=\"off\"><span>@" (desk.tenant().domain()) "</span></span></div><button>Change address</button></form>"
        "<form method=\"post\" action=\"" (act("details")) "\" class=\"row\">"
        [input("title", "Job title", of(Property::JobTitle), false)]
        [input("department", "Department", of(Property::Department), false)]
        [input("mobile", "Mobile", of(Property::Mobile), false)]
        "<button>Save details</button></form>"
        "<form method=\"post\" action=\"" (act("manager")) "\" class=\"row\"><div class=\"field\"><label for=\"manager\">"
        "Manager</label><input id=\"manager\" name=\"manager\" list=\"people\" autocomplete=\"off\" value=\""
        (manager.unwrap_or_default()) "\"></div><button>Change manager</button></form>"
        [people(desk)] "</section>"
    )
}

/// Names to choose from while typing, as long as they are few enough to send along.
pub(super) fn people(desk: &Desk) -> Html {
    let directory = desk.tenant().read();
    let few = directory.users().take(501).count() <= 500;
    let choice = |user: &User| html!("<option value=\"" (user.upn()) "\">" (user.display_name()) "</option>");
    html!(
        "<datalist id=\"people\">" [directory.users().take(if few { 500 } else { 0 }).map(choice)] "</datalist>"
    )
}

fn memberships(desk: &Desk, user: &User, deleted: bool) -> Html {
    let directory = desk.tenant().read();
    let groups: Vec<_> = directory.groups_of(user.id).collect();
    let others: Vec<_> = directory
        .groups()
        .filter(|group| !group.members.contains(&user.id))
        .collect();
    let leave = format!("/users/{}/leave", user.id);
    html!(
        "<section><h2>Groups</h2>" [groups.is_empty().then(|| html!("<p class=\"empty\">In no group.</p>"))]
        "<ul class=\"lines\">"
        [groups.iter().map(|group| html!(
            "<li><a href=\"/groups/" (group.id) "\"><bdi>" (group.display_name) "</bdi></a>"
            [(!deleted).then(|| html!(
                "<form method=\"post\" action=\"" (leave) "\" class=\"one\"><input type=\"hidden\" name=\"group\" value=\""
                (group.id) "\"><button class=\"small\" aria-label=\"Remove from " (group.display_name) "\">Remove</button></form>"
            ))]
            "</li>"
        ))]
        "</ul>"
        [(!deleted && !others.is_empty()).then(|| html!(
            "<form method=\"post\" action=\"/users/" (user.id) "/join\" class=\"row\"><div class=\"field\">"
            "<label for=\"group\">Add to group</label><select id=\"group\" name=\"group\">"
            [others.iter().map(|group| html!("<option value=\"" (group.id) "\">" (group.display_name) "</option>"))]
            "</select></div><button>Add</button></form>"
        ))]
        "</section>"
    )
}

fn provisioning(desk: &Desk, user: &User) -> Html {
    let entries = desk.job.recent_log(6, |entry| entry.source_id == user.id);
    let escrow = desk.job.escrow(user.id);
    html!(
        "<section><h2>Hero SaaS</h2><dl class=\"facts\"><dt>Target ID</dt><dd>"
        [match desk.job.target_id(user.id) {
            Some(id) => html!("<code>" (id) "</code>"),
            None => html!("<span class=\"quiet\">not provisioned</span>"),
        }]
        "</dd>"
        [escrow.map(|escrow| html!(
            "<dt>Failed</dt><dd>" (escrow.attempts) " times since " [time(escrow.since)] ", tried again after " [time(escrow.next)] "</dd>"
        ))]
        "</dl>" [logs::history(&entries)] "</section>"
    )
}

async fn act(
    State(desk): State<Desk>,
    Path((id, action)): Path<(String, String)>,
    Form(fields): Form<Fields>,
) -> Response {
    let desk = desk.of_object(&id);
    let Some(user) = id.parse().ok().and_then(|id| desk.tenant().user(id)) else {
        return missing(&desk, "There is no such user.");
    };
    if action == "provision" && desk.provisions() {
        return super::on_demand::run(&desk, user.id).await;
    }
    let name = user.display_name().to_owned();
    let done = perform(&desk, user.id, &action, &fields);
    let to = if action == "purge" && done.is_ok() {
        desk.here("/users?show=deleted")
    } else {
        format!("/users/{id}")
    };
    back(&desk, &to, done.map(|what| format!("{name} {what}")))
}

/// Does it, and says what happened to the person.
fn perform(desk: &Desk, user: ObjectId, action: &str, fields: &Fields) -> Result<&'static str, String> {
    let tenant = desk.tenant();
    let said =
        |result: Result<(), TenantError>, what| result.map(|()| what).map_err(|error| error.to_string());
    match action {
        "disable" => said(tenant.disable(user), "can no longer sign in."),
        "enable" => said(tenant.enable(user), "can sign in again."),
        "delete" => said(
            tenant.delete(user),
            "was deleted, and can be restored for 30 days.",
        ),
        "restore" => said(tenant.restore(user), "was restored."),
        "purge" => said(tenant.purge(user), "was deleted permanently."),
        "assign" => said(tenant.assign(user).map(drop), "is assigned to Hero SaaS."),
        "unassign" => said(
            tenant.unassign(user).map(drop),
            "is no longer assigned to Hero SaaS directly.",
        ),
        "rename" => said(
            tenant.rename(user, field(fields, "given"), field(fields, "surname")),
            "has a new name.",
        ),
        "address" => said(
            tenant.change_address(user, field(fields, "local")),
            "has a new address.",
        ),
        "details" => {
            let of = |name| Some(field(fields, name));
            let to = [
                (Property::JobTitle, of("title")),
                (Property::Department, of("department")),
                (Property::Mobile, of("mobile")),
            ];
            said(tenant.update(user, &to).map(drop), "was changed.")
        }
        "manager" => {
            let typed = field(fields, "manager");
            let manager = if typed.is_empty() {
                None
            } else {
                Some(desk.typed_user(typed)?)
            };
            said(tenant.set_manager(user, manager), "has another manager.")
        }
        "join" => {
            let group = desk.typed_group(field(fields, "group"))?;
            said(
                tenant.add_members(group, &[user]).map(drop),
                "was added to the group.",
            )
        }
        "leave" => {
            let group = desk.typed_group(field(fields, "group"))?;
            said(
                tenant.remove_members(group, &[user]).map(drop),
                "was removed from the group.",
            )
        }
        "give-role" => roles::give(desk, user, field(fields, "role")),
        "take-role" => roles::take(desk, user, field(fields, "role")),
        other => Err(format!("There is no action “{other}”.")),
    }
}
