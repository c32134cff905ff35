//! One app registration: redirect URIs, client secrets, certificates, app roles, API permissions.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use jiff::SignedDuration;

use super::html::{Html, html};
use super::layout::{Place, back, heading, missing, page, time};
use super::permissions::grant_all;
use super::registrations::audience;
use super::users::{input, option};
use super::{Desk, Fields, View, field};
use super::{certificates, required};
use crate::cloud::{AppRegistration, AppRole, MemberType, Secret};

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route("/app-registrations/{app}", get(show))
        .route("/app-registrations/{app}/{action}", post(act))
}

fn open(desk: &Desk, id: &str) -> Option<(Desk, AppRegistration)> {
    let app = desk.entra().view().application(id.parse().ok()?)?.clone();
    let home = desk.entra().tenant(app.home_tenant?)?;
    Some((desk.moved(Some(home)), app))
}

async fn show(State(desk): State<Desk>, Path(id): Path<String>, Query(view): Query<View>) -> Response {
    let Some((desk, app)) = open(&desk, &id) else {
        return missing(&desk, "There is no such app registration.");
    };
    let body = html!(
        [heading(&[(&desk.here("/app-registrations"), "App registrations")], &app.display_name)]
        "<div class=\"columns\"><div>" [essentials(&desk, &app)] "</div><div>" [redirects(&app)] "</div></div>"
        [secrets(&desk, &app)] [certificates::section(&app)] [required::section(&desk, &app)] [roles(&app)]
    );
    page(&desk, Place::Registrations, &app.display_name, view.note, body).into_response()
}

pub(super) fn action(app: &AppRegistration, name: &str) -> String {
    format!("/app-registrations/{}/{name}", app.app_id)
}

/// A button in a row that says what it is about.
pub(super) fn small(app: &AppRegistration, does: &str, value: &str, word: &'static str, about: &str) -> Html {
    html!(
        "<form method=\"post\" action=\"" (action(app, does)) "\" class=\"one\"><input type=\"hidden\" name=\"value\" value=\""
        (value) "\"><button class=\"small\" aria-label=\"" (word) " " (about) "\">" (word) "</button></form>"
    )
}

fn essentials(desk: &Desk, app: &AppRegistration) -> Html {
    let principal = desk
        .entra()
        .view()
        .service_principal_of(desk.tenant().id(), app.app_id)
        .map(|found| found.id);
    html!(
        "<section><h2>Essentials</h2><dl class=\"facts\"><dt>Application (client) ID</dt><dd><code>" (app.app_id) "</code></dd>"
        "<dt>Object ID</dt><dd><code>" (app.id) "</code></dd>"
        "<dt>Directory (tenant) ID</dt><dd><code>" (desk.tenant().id()) "</code></dd>"
        "<dt>Supported account types</dt><dd>" (audience(app)) "</dd>"
        [app.identifier_uris.iter().map(|uri| html!("<dt>Application ID URI</dt><dd><code>" (uri) "</code></dd>"))]
        "<dt>Managed application</dt><dd>"
        [principal.map(|id| html!("<a href=\"" (super::principals::path(id)) "\">" (app.display_name) "</a>"))]
        "</dd></dl></section>"
    )
}

fn redirects(app: &AppRegistration) -> Html {
    html!(
        "<section><h2>Redirect URIs</h2>" [app.web_redirect_uris.is_empty().then(|| html!("<p class=\"empty\">None yet.</p>"))]
        "<ul class=\"lines\">" [app.web_redirect_uris.iter().map(|uri| html!(
            "<li><code>" (uri) "</code>" [small(app, "remove-redirect", uri, "Remove", uri)] "</li>"
        ))] "</ul><form method=\"post\" action=\"" (action(app, "add-redirect")) "\" class=\"row\">"
        [input("uri", "Web redirect URI", "", true)] "<button>Add</button></form></section>"
    )
}

fn secrets(desk: &Desk, app: &AppRegistration) -> Html {
    let now = desk.entra().clock().now();
    let row = |secret: &Secret| {
        html!(
            "<tr><td>" (secret.display_name) "</td><td>"
            [(secret.end <= now).then(|| html!("<span class=\"badge bad\">Expired</span> "))] [time(secret.end)]
            "</td><td class=\"mono\">" (secret.hint) "******************</td><td class=\"mono\">" (secret.key_id) "</td><td class=\"end\">"
            [small(app, "remove-secret", &secret.key_id.to_string(), "Delete", &format!("secret {}", secret.display_name))] "</td></tr>"
        )
    };
    html!(
        "<section><h2>Client secrets</h2>" [app.secrets.is_empty().then(|| html!("<p class=\"empty\">None yet.</p>"))]
        [(!app.secrets.is_empty()).then(|| html!(
            "<div class=\"scroll\"><table><thead><tr><th>Description</th><th>Expires</th><th>Value</th><th>Secret ID</th><td></td></tr>"
            "</thead><tbody>" [app.secrets.iter().map(row)] "</tbody></table></div>"
        ))]
        "<form method=\"post\" action=\"" (action(app, "add-secret")) "\" class=\"row\">" [input("description", "Description", "", false)]
        "<div class=\"field\"><label for=\"days\">Expires</label><select id=\"days\" name=\"days\">"
        [[("90", "90 days"), ("180", "180 days"), ("365", "365 days"), ("730", "730 days")].into_iter()
            .map(|(days, name)| option(days, name, days == "180"))]
        "</select></div><button>New client secret</button></form>"
        "<p class=\"help\">The value is shown once, right after it was made.</p></section>"
    )
}

fn roles(app: &AppRegistration) -> Html {
    let members = |role: &AppRole| {
        let names = role.allowed_member_types.iter().map(|member| match member {
            MemberType::User => "Users/Groups",
            MemberType::Application => "Applications",
        });
        names.collect::<Vec<_>>().join(", ")
    };
    let row = |role: &AppRole| {
        let (does, word) = if role.enabled {
            ("disable-role", "Disable")
        } else {
            ("enable-role", "Enable")
        };
        let id = role.id.to_string();
        html!(
            "<tr><td>" (role.display_name) "</td><td><code>" (role.value.as_deref().unwrap_or("–")) "</code></td><td>" (members(role))
            "</td><td>" (if role.enabled { "Enabled" } else { "Disabled" }) "</td><td class=\"end\">"
            [small(app, does, &id, word, &role.display_name)]
            [(!role.enabled).then(|| small(app, "remove-role", &id, "Delete", &role.display_name))] "</td></tr>"
        )
    };
    html!(
        "<section><h2>App roles</h2>" [app.app_roles.is_empty().then(|| html!("<p class=\"empty\">None yet.</p>"))]
        [(!app.app_roles.is_empty()).then(|| html!(
            "<div class=\"scroll\"><table><thead><tr><th>Display name</th><th>Value</th><th>Allowed member types</th><th>State</th><td></td>"
            "</tr></thead><tbody>" [app.app_roles.iter().map(row)] "</tbody></table></div>"
        ))]
        "<form method=\"post\" action=\"" (action(app, "add-role")) "\" class=\"row\">" [input("name", "Display name", "", true)]
        [input("role", "Value", "", true)] "<div class=\"field\"><label for=\"members\">Allowed member types</label>"
        "<select id=\"members\" name=\"members\">" [option("users", "Users/Groups", true)]
        [option("applications", "Applications", false)] [option("both", "Both", false)]
        "</select></div><button>Create app role</button></form></section>"
    )
}

async fn act(
    State(desk): State<Desk>,
    Path((id, action)): Path<(String, String)>,
    Form(fields): Form<Fields>,
) -> Response {
    let Some((desk, app)) = open(&desk, &id) else {
        return missing(&desk, "There is no such app registration.");
    };
    let said = perform(&desk, &app, &action, &fields);
    back(&desk, &format!("/app-registrations/{}", app.app_id), said)
}

fn perform(desk: &Desk, app: &AppRegistration, action: &str, fields: &Fields) -> Result<String, String> {
    let value = field(fields, "value");
    let change = |change: &dyn Fn(&mut AppRegistration)| {
        let changed = desk.entra().change_application(app.app_id, change);
        changed
            .map(|_| "The registration was changed.".to_owned())
            .map_err(|error| error.to_string())
    };
    let is = |id: uuid::Uuid| value.parse() == Ok(id);
    let enable = |enabled: bool| {
        change(&|app| {
            app.app_roles
                .iter_mut()
                .filter(|role| is(role.id))
                .for_each(|role| role.enabled = enabled)
        })
    };
    match action {
        "add-redirect" => change(&|app| {
            let uri = field(fields, "uri").to_owned();
            app.web_redirect_uris.retain(|known| *known != uri);
            app.web_redirect_uris.push(uri);
        }),
        "remove-redirect" => change(&|app| app.web_redirect_uris.retain(|uri| uri != value)),
        "add-secret" => add_secret(desk, app, fields),
        "remove-secret" => {
            let key = value.parse().map_err(|_| "There is no such secret.".to_owned())?;
            let removed = desk.entra().remove_secret(app.app_id, key);
            removed
                .map(|()| "The secret was deleted.".to_owned())
                .map_err(|error| error.to_string())
        }
        "add-certificate" => certificates::add(desk, app, fields),
        "remove-certificate" => change(&|app| app.certificates.retain(|known| !is(known.key_id))),
        "add-permission" => {
            let access = required::chosen(fields)?;
            change(&|app| {
                app.required_access.retain(|known| *known != access);
                app.required_access.push(access);
            })
        }
        "remove-permission" => change(&|app| app.required_access.retain(|access| !is(access.id))),
        "grant" => grant_all(desk.entra(), desk.tenant().id(), app)
            .map(|count| format!("Admin consent was granted: {count} permissions."))
            .map_err(|error| error.to_string()),
        "add-role" => {
            let role = new_role(desk, fields)?;
            change(&|app| app.app_roles.push(role.clone()))
        }
        "enable-role" => enable(true),
        "disable-role" => enable(false),
        "remove-role" => change(&|app| app.app_roles.retain(|role| !is(role.id))),
        other => Err(format!("There is no action “{other}”.")),
    }
}

fn add_secret(desk: &Desk, app: &AppRegistration, fields: &Fields) -> Result<String, String> {
    let days: i64 = field(fields, "days")
        .parse()
        .map_err(|_| "Choose when it expires.".to_owned())?;
    let end = desk
        .entra()
        .clock()
        .now()
        .checked_add(SignedDuration::from_hours(24 * days.clamp(1, 730)));
    let end = end.map_err(|error| error.to_string())?;
    let secret = desk
        .entra()
        .add_secret(app.app_id, field(fields, "description"), Some(end));
    let secret = secret.map_err(|error| error.to_string())?;
    Ok(format!(
        "Copy the value now, it is not shown again: {}",
        secret.value
    ))
}

fn new_role(desk: &Desk, fields: &Fields) -> Result<AppRole, String> {
    let (name, value) = (field(fields, "name"), field(fields, "role"));
    if name.is_empty() || value.is_empty() || value.contains(char::is_whitespace) {
        return Err("A role needs a display name, and a value without spaces.".to_owned());
    }
    Ok(AppRole {
        id: desk.platform.random(crate::rng::Rng::uuid),
        value: Some(value.to_owned()),
        display_name: name.to_owned(),
        description: name.to_owned(),
        allowed_member_types: match field(fields, "members") {
            "applications" => vec![MemberType::Application],
            "both" => vec![MemberType::User, MemberType::Application],
            _ => vec![MemberType::User],
        },
        enabled: true,
    })
}
