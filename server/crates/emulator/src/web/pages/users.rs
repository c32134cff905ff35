//! The list of users, and hiring.

use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Form, Router};

use super::html::{Html, html};
use super::layout::{Place, back, heading, page, time};
use super::{Desk, Fields, View, field};
use crate::tenant::{NewUser, Property, TenantError, User};

const PER_PAGE: usize = 50;

pub(super) fn router() -> Router<Desk> {
    Router::new().route("/users", get(list).post(hire))
}

/// Which users a list shows.
const SHOWS: &[(&str, &str)] = &[
    ("", "All"),
    ("enabled", "Enabled"),
    ("blocked", "Sign-in blocked"),
    ("guests", "Guests"),
    ("deleted", "Deleted"),
];

fn shown(user: &User, show: &str) -> bool {
    let present = user.deleted.is_none();
    match show {
        "deleted" => !present,
        "enabled" => present && user.account_enabled,
        "blocked" => present && !user.account_enabled,
        "guests" => present && user.guest,
        _ => present,
    }
}

async fn list(State(desk): State<Desk>, Query(view): Query<View>) -> Html {
    let desk = desk.within(&view.tenant);
    let wanted = view.q.to_lowercase();
    let (found, users) = {
        let directory = desk.tenant().read();
        let passes = |user: &&User| {
            let holds = |text: &str| text.to_lowercase().contains(&wanted);
            shown(user, &view.show) && (holds(user.display_name()) || holds(user.upn()))
        };
        let found = directory.all_users().filter(passes).count();
        let from = view.page.unwrap_or(1).saturating_sub(1) * PER_PAGE;
        let users: Vec<_> = directory
            .all_users()
            .filter(passes)
            .skip(from)
            .take(PER_PAGE)
            .cloned()
            .collect();
        (found, users)
    };
    let deleted = view.show == "deleted";
    let title = if deleted { "Deleted users" } else { "Users" };
    let body = html!(
        [heading(&[], title)]
        [filters(&desk, &view)]
        "<p class=\"quiet\">" (found) " found</p>"
        [(!users.is_empty()).then(|| table(&desk, &users, deleted))]
        [users.is_empty().then(|| empty(deleted))]
        [pager("/users", &view, found)]
        [(!deleted).then(|| hire_form(&desk))]
    );
    page(
        &desk,
        if deleted {
            Place::DeletedUsers
        } else {
            Place::Users
        },
        title,
        view.note,
        body,
    )
}

fn empty(deleted: bool) -> Html {
    let why = if deleted {
        "Nobody was deleted in the last 30 days."
    } else {
        "Nobody is called like that."
    };
    html!("<p class=\"empty\">" (why) "</p>")
}

fn filters(desk: &Desk, view: &View) -> Html {
    html!(
        "<form class=\"row\" method=\"get\" action=\"/users\" role=\"search\">" [desk.hidden()] "<div class=\"field\">"
        "<label for=\"q\">Search</label><input id=\"q\" name=\"q\" type=\"search\" value=\"" (view.q) "\"></div>"
        "<div class=\"field\"><label for=\"show\">Show</label><select id=\"show\" name=\"show\">"
        [SHOWS.iter().map(|(value, name)| option(value, name, *value == view.show))]
        "</select></div><button>Search</button></form>"
    )
}

/// An option of a select.
pub(super) fn option(value: &str, name: &str, selected: bool) -> Html {
    html!(
        "<option value=\"" (value) "\"" [selected.then(|| html!(" selected"))] ">" (name) "</option>"
    )
}

/// Links to the pages around this one.
pub(super) fn pager(path: &str, view: &View, found: usize) -> Option<Html> {
    let (here, last) = (view.page.unwrap_or(1).max(1), found.div_ceil(PER_PAGE).max(1));
    let to = |number: usize, name: &'static str| {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("q", view.q.as_str()),
                ("show", &view.show),
                ("page", &number.to_string()),
                ("tenant", &view.tenant),
            ])
            .finish();
        html!("<a href=\"" (path) "?" (query) "\">" (name) "</a>")
    };
    (last > 1).then(|| {
        html!(
            "<nav class=\"pager\" aria-label=\"Pages\">" [(here > 1).then(|| to(here - 1, "Previous"))]
            "<span>Page " (here) " of " (last) "</span>" [(here < last).then(|| to(here + 1, "Next"))] "</nav>"
        )
    })
}

fn table(desk: &Desk, users: &[User], deleted: bool) -> Html {
    let row = |user: &User| {
        let provisioned = desk.job.target_id(user.id).is_some();
        html!(
            "<tr><td><a href=\"/users/" (user.id) "\"><bdi>" (user.display_name()) "</bdi></a></td><td class=\"mono\">" (user.upn())
            "</td><td>" (if user.guest { "Guest" } else { "Member" }) "</td><td>"
            [match user.deleted { Some(at) => time(at), None => enabled(user) }]
            "</td><td>" (user.get(Property::Department).unwrap_or("–")) "</td><td>"
            [provisioned.then(|| html!("<span class=\"badge good\">Provisioned</span>"))] "</td></tr>"
        )
    };
    html!(
        "<div class=\"scroll\"><table><thead><tr><th>Display name</th><th>User principal name</th><th>User type</th><th>"
        (if deleted { "Deleted" } else { "Sign-in" }) "</th><th>Department</th><th>Hero SaaS</th></tr></thead><tbody>"
        [users.iter().map(row)] "</tbody></table></div>"
    )
}

/// Whether the user may sign in.
pub(super) fn enabled(user: &User) -> Html {
    if user.account_enabled {
        html!("<span class=\"badge\">Allowed</span>")
    } else {
        html!("<span class=\"badge warn\">Blocked</span>")
    }
}

fn hire_form(desk: &Desk) -> Html {
    html!(
        "<section><h2>New user</h2><form method=\"post\" action=\"/users\" class=\"grid\">" [desk.hidden()]
        [input("given", "Given name", "", false)] [input("surname", "Surname", "", false)]
        "<div class=\"field\"><label for=\"local\">User principal name</label><span class=\"joined\">"
        "<input id=\"local\" name=\"local\" autocomplete=\"off\"><span>@" (desk.tenant().domain()) "</span></span></div>"
        [input("department", "Department", "", false)]
        "<div class=\"buttons\"><button class=\"primary\">Create</button>"
        "<button name=\"somebody\" value=\"1\">Create somebody</button></div></form></section>"
    )
}

/// A labelled text input.
pub(super) fn input(name: &'static str, label: &'static str, value: &str, required: bool) -> Html {
    html!(
        "<div class=\"field\"><label for=\"" (name) "\">" (label) "</label><input id=\"" (name) "\" name=\"" (name)
        "\" value=\"" (value) "\" autocomplete=\"off\"" [required.then(|| html!(" required"))] "></div>"
    )
}

async fn hire(State(desk): State<Desk>, Form(fields): Form<Fields>) -> Response {
    let desk = desk.within(field(&fields, "tenant"));
    let hired = if field(&fields, "somebody").is_empty() {
        named(&desk, &fields)
    } else {
        Ok(desk.tenant().hire_somebody())
    };
    match hired {
        Ok(id) => {
            let name = desk
                .tenant()
                .user(id)
                .map(|user| user.display_name().to_owned())
                .unwrap_or_default();
            back(&desk, &format!("/users/{id}"), Ok(format!("{name} was created.")))
        }
        Err(error) => back(&desk, &desk.here("/users"), Err(error.to_string())),
    }
}

fn named(desk: &Desk, fields: &Fields) -> Result<crate::tenant::ObjectId, TenantError> {
    let (given, surname) = (field(fields, "given"), field(fields, "surname"));
    let address = format!("{}@{}", field(fields, "local"), desk.tenant().domain());
    let properties = [
        (Property::GivenName, given),
        (Property::Surname, surname),
        (Property::Mail, address.as_str()),
        (Property::Department, field(fields, "department")),
    ];
    desk.tenant().hire(NewUser {
        user_principal_name: address.clone(),
        display_name: format!("{given} {surname}").trim().to_owned(),
        properties: properties
            .into_iter()
            .map(|(property, value)| (property, value.to_owned()))
            .collect(),
        manager: None,
    })
}
