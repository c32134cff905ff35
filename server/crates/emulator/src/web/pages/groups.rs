//! Groups: the list, one group with its members, and what can happen to it.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};

use super::html::{Html, html};
use super::layout::{Place, back, button, heading, missing, page};
use super::users::input;
use super::{Desk, Fields, View, field};
use crate::tenant::{Directory, Group, ObjectId};

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route("/groups", get(list).post(create))
        .route("/groups/{id}", get(show))
        .route("/groups/{id}/{action}", post(act))
}

async fn list(State(desk): State<Desk>, Query(view): Query<View>) -> Html {
    let desk = desk.within(&view.tenant);
    let wanted = view.q.to_lowercase();
    let rows: Vec<_> = {
        let directory = desk.tenant().read();
        let mut found: Vec<_> = directory
            .groups()
            .filter(|group| group.display_name.to_lowercase().contains(&wanted))
            .collect();
        found.sort_by(|a, b| a.display_name.cmp(&b.display_name));
        found
            .into_iter()
            .take(500)
            .map(|group| row(&desk, &directory, group))
            .collect()
    };
    let body = html!(
        [heading(&[], "Groups")]
        "<form class=\"row\" method=\"get\" action=\"/groups\" role=\"search\">" [desk.hidden()] "<div class=\"field\"><label for=\"q\">Search</label>"
        "<input id=\"q\" name=\"q\" type=\"search\" value=\"" (view.q) "\"></div><button>Search</button></form>"
        "<div class=\"scroll\"><table><thead><tr><th>Name</th><th>Group type</th><th class=\"number\">Members</th>"
        "<th>Hero SaaS</th><th>Description</th></tr></thead><tbody>" [rows] "</tbody></table></div>"
        "<section><h2>New group</h2><form method=\"post\" action=\"/groups\" class=\"row\">" [desk.hidden()]
        [input("name", "Name", "", true)]
        "<div class=\"field\"><label for=\"type\">Group type</label><select id=\"type\" name=\"type\">"
        "<option value=\"security\">Security</option><option value=\"distribution\">Distribution (cannot be provisioned)</option>"
        "</select></div><button class=\"primary\">Create</button></form></section>"
    );
    page(&desk, Place::Groups, "Groups", view.note, body)
}

fn row(desk: &Desk, directory: &Directory, group: &Group) -> Html {
    let assigned = directory.assignments().contains(&group.id);
    let provisioned = desk.job.target_id(group.id).is_some();
    html!(
        "<tr><td><a href=\"/groups/" (group.id) "\"><bdi>" (group.display_name) "</bdi></a></td><td>" (kind(group))
        "</td><td class=\"number\">" (group.members.len()) "</td><td>"
        [assigned.then(|| html!("<span class=\"badge\">Assigned</span> "))]
        [provisioned.then(|| html!("<span class=\"badge good\">Provisioned</span>"))]
        "</td><td class=\"quiet\">" (group.description) "</td></tr>"
    )
}

fn kind(group: &Group) -> &'static str {
    if group.security_enabled {
        "Security"
    } else {
        "Distribution"
    }
}

async fn create(State(desk): State<Desk>, Form(fields): Form<Fields>) -> Response {
    let desk = desk.within(field(&fields, "tenant"));
    let security = field(&fields, "type") != "distribution";
    match desk.tenant().create_group(field(&fields, "name"), security) {
        Ok(id) => back(
            &desk,
            &format!("/groups/{id}"),
            Ok("The group was created.".to_owned()),
        ),
        Err(error) => back(&desk, &desk.here("/groups"), Err(error.to_string())),
    }
}

async fn show(State(desk): State<Desk>, Path(id): Path<String>, Query(view): Query<View>) -> Response {
    let desk = desk.of_object(&id);
    let found = id.parse().ok().and_then(|id| desk.tenant().group(id));
    let Some(group) = found else {
        return missing(&desk, "There is no such group. It may have been deleted.");
    };
    let assigned = desk.tenant().read().assignments().contains(&group.id);
    let act = |action: &str| format!("/groups/{}/{action}", group.id);
    let body = html!(
        [heading(&[(&desk.here("/groups"), "Groups")], &group.display_name)]
        "<div class=\"buttons\">"
        [desk.provisions().then(|| if assigned { button(&act("unassign"), "", "Unassign from Hero SaaS") } else { button(&act("assign"), "", "Assign to Hero SaaS") })]
        [button(&act("delete"), "danger", "Delete")] "</div>"
        "<div class=\"columns\"><div><section><h2>Members</h2>" [members(&desk, &group)] "</section></div><div>"
        [facts(&desk, &group)]
        "<section><h2>Change</h2><form method=\"post\" action=\"" (act("rename")) "\" class=\"row\">"
        [input("name", "Name", &group.display_name, true)] "<button>Rename</button></form>"
        "<form method=\"post\" action=\"" (act("add")) "\" class=\"row\"><div class=\"field\"><label for=\"member\">Add member</label>"
        "<input id=\"member\" name=\"member\" list=\"people\" required autocomplete=\"off\"></div><button>Add</button></form>"
        "<p class=\"help\">A user principal name, or the name of a group.</p>"
        [super::person::people(&desk)] "</section></div></div>"
    );
    page(&desk, Place::Groups, &group.display_name, view.note, body).into_response()
}

fn facts(desk: &Desk, group: &Group) -> Html {
    html!(
        "<section><h2>Properties</h2><dl class=\"facts\"><dt>Object ID</dt><dd><code>" (group.id) "</code></dd>"
        "<dt>Group type</dt><dd>" (kind(group)) "</dd><dt>Direct members</dt><dd>" (group.members.len()) "</dd>"
        "<dt>Target ID</dt><dd>"
        [match desk.job.target_id(group.id) {
            Some(id) => html!("<code>" (id) "</code>"),
            None => html!("<span class=\"quiet\">not provisioned</span>"),
        }]
        "</dd></dl></section>"
    )
}

fn members(desk: &Desk, group: &Group) -> Html {
    if group.members.is_empty() {
        return html!("<p class=\"empty\">Nobody is in this group yet.</p>");
    }
    let directory = desk.tenant().read();
    let remove = format!("/groups/{}/remove", group.id);
    let line = |id: &ObjectId| {
        let (path, name, more) = match (directory.user(*id), directory.group(*id)) {
            (Some(user), _) => (
                format!("/users/{id}"),
                user.display_name(),
                if user.deleted.is_some() {
                    "deleted"
                } else {
                    user.upn()
                },
            ),
            (None, Some(inner)) => (
                format!("/groups/{id}"),
                inner.display_name.as_str(),
                "group, not expanded",
            ),
            (None, None) => return html!(),
        };
        html!(
            "<tr><td><a href=\"" (path) "\"><bdi>" (name) "</bdi></a></td><td class=\"mono quiet\">" (more)
            "</td><td class=\"end\"><form method=\"post\" action=\"" (remove) "\" class=\"one\">"
            "<input type=\"hidden\" name=\"member\" value=\"" (id) "\"><button class=\"small\" aria-label=\"Remove " (name)
            "\">Remove</button></form></td></tr>"
        )
    };
    let more = group.members.len().saturating_sub(200);
    html!(
        "<div class=\"scroll\"><table><thead><tr><th>Name</th><th>User principal name</th><td></td></tr></thead><tbody>"
        [group.members.iter().take(200).map(line)] "</tbody></table></div>"
        [(more > 0).then(|| html!("<p class=\"quiet\">and " (more) " more</p>"))]
    )
}

async fn act(
    State(desk): State<Desk>,
    Path((id, action)): Path<(String, String)>,
    Form(fields): Form<Fields>,
) -> Response {
    let desk = desk.of_object(&id);
    let Some(group) = id.parse().ok().and_then(|id| desk.tenant().group(id)) else {
        return missing(&desk, "There is no such group.");
    };
    let done = perform(&desk, group.id, &action, &fields);
    let to = if action == "delete" && done.is_ok() {
        desk.here("/groups")
    } else {
        format!("/groups/{id}")
    };
    back(
        &desk,
        &to,
        done.map(|what| format!("{} {what}", group.display_name)),
    )
}

fn perform(desk: &Desk, group: ObjectId, action: &str, fields: &Fields) -> Result<&'static str, String> {
    let tenant = desk.tenant();
    let member = || {
        let typed = field(fields, "member");
        desk.typed_user(typed)
            .or_else(|error| desk.typed_group(typed).map_err(|_| error))
    };
    let (result, what) = match action {
        "rename" => (tenant.rename_group(group, field(fields, "name")), "was renamed."),
        "delete" => (tenant.delete_group(group), "was deleted."),
        "assign" => (tenant.assign(group).map(drop), "is assigned to Hero SaaS."),
        "unassign" => (
            tenant.unassign(group).map(drop),
            "is no longer assigned to Hero SaaS.",
        ),
        "add" => (
            tenant.add_members(group, &[member()?]).map(drop),
            "has a new member.",
        ),
        "remove" => (
            tenant.remove_members(group, &[member()?]).map(drop),
            "has a member less.",
        ),
        other => return Err(format!("There is no action “{other}”.")),
    };
    result.map(|()| what).map_err(|error| error.to_string())
}
