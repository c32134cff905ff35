//! Devices: the list, one device with its owner, and what can happen to it.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};

use super::html::{Html, html};
use super::layout::{Place, back, button, heading, missing, page, time};
use super::users::{input, option, pager};
use super::{Desk, Fields, View, field};
use crate::tenant::{Device, Directory, ObjectId, User};

const PER_PAGE: usize = 50;

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route("/devices", get(list).post(register))
        .route("/devices/{id}", get(show))
        .route("/devices/{id}/{action}", post(act))
}

/// Which devices a list shows.
const SHOWS: &[(&str, &str)] = &[("", "All"), ("enabled", "Enabled"), ("disabled", "Disabled")];

fn passes(directory: &Directory, device: &Device, view: &View) -> bool {
    let shown = match view.show.as_str() {
        "enabled" => device.account_enabled,
        "disabled" => !device.account_enabled,
        _ => true,
    };
    let wanted = view.q.to_lowercase();
    let holds = |text: &str| text.to_lowercase().contains(&wanted);
    let owned =
        || owner(directory, device).is_some_and(|user| holds(user.display_name()) || holds(user.upn()));
    shown && (holds(&device.display_name) || owned())
}

fn owner<'a>(directory: &'a Directory, device: &Device) -> Option<&'a User> {
    device.owner.and_then(|id| directory.user(id))
}

async fn list(State(desk): State<Desk>, Query(view): Query<View>) -> Html {
    let desk = desk.within(&view.tenant);
    let (found, rows) = {
        let directory = desk.tenant().read();
        let mut found: Vec<_> = directory
            .devices()
            .filter(|device| passes(&directory, device, &view))
            .collect();
        found.sort_by(|a, b| a.display_name.cmp(&b.display_name));
        let from = view.page.unwrap_or(1).saturating_sub(1) * PER_PAGE;
        let rows: Vec<_> = found
            .iter()
            .skip(from)
            .take(PER_PAGE)
            .map(|device| row(&directory, device))
            .collect();
        (found.len(), rows)
    };
    let body = html!(
        [heading(&[], "Devices")]
        "<form class=\"row\" method=\"get\" action=\"/devices\" role=\"search\">" [desk.hidden()] "<div class=\"field\">"
        "<label for=\"q\">Search</label><input id=\"q\" name=\"q\" type=\"search\" value=\"" (view.q) "\"></div>"
        "<div class=\"field\"><label for=\"show\">Show</label><select id=\"show\" name=\"show\">"
        [SHOWS.iter().map(|(value, name)| option(value, name, *value == view.show))]
        "</select></div><button>Search</button></form><p class=\"quiet\">" (found) " found</p>"
        [rows.is_empty().then(|| html!("<p class=\"empty\">No device is called like that, or belongs to somebody who is.</p>"))]
        [(!rows.is_empty()).then(|| table(rows))]
        [pager("/devices", &view, found)]
        "<section><h2>Register a device</h2><form method=\"post\" action=\"/devices\" class=\"row\">" [desk.hidden()]
        [input("name", "Name", "", true)] "<div class=\"field\"><label for=\"owner\">Owner</label><input id=\"owner\" "
        "name=\"owner\" list=\"people\" autocomplete=\"off\"></div><button class=\"primary\">Register</button></form>"
        "<p class=\"help\">The owner is a user principal name; without one the device is nobody\u{2019}s.</p>"
        [super::person::people(&desk)] "</section>"
    );
    page(&desk, Place::Devices, "Devices", view.note, body)
}

fn table(rows: Vec<Html>) -> Html {
    html!(
        "<div class=\"scroll\"><table><thead><tr><th>Name</th><th>Enabled</th><th>OS</th><th>Version</th><th>Join type</th>"
        "<th>Owner</th><th>Activity</th></tr></thead><tbody>" [rows] "</tbody></table></div>"
    )
}

/// The trust type as the portal calls it.
fn join_type(device: &Device) -> &'static str {
    match device.trust_type {
        "AzureAd" => "Microsoft Entra joined",
        "ServerAd" => "Microsoft Entra hybrid joined",
        _ => "Microsoft Entra registered",
    }
}

fn enabled(device: &Device) -> Html {
    if device.account_enabled {
        html!("<span class=\"badge\">Yes</span>")
    } else {
        html!("<span class=\"badge warn\">No</span>")
    }
}

fn owner_link(directory: &Directory, device: &Device) -> Html {
    match owner(directory, device) {
        Some(user) => html!("<a href=\"/users/" (user.id) "\"><bdi>" (user.display_name()) "</bdi></a>"),
        None => html!("<span class=\"quiet\">none</span>"),
    }
}

fn row(directory: &Directory, device: &Device) -> Html {
    html!(
        "<tr><td><a href=\"/devices/" (device.id) "\"><bdi>" (device.display_name) "</bdi></a></td><td>" [enabled(device)]
        "</td><td>" (device.operating_system) "</td><td>" (device.operating_system_version) "</td><td>" (join_type(device))
        "</td><td>" [owner_link(directory, device)] "</td><td>" [time(device.last_sign_in)] "</td></tr>"
    )
}

/// *Devices* on a person's page.
pub(super) fn of_user(desk: &Desk, user: &User) -> Html {
    let directory = desk.tenant().read();
    let line = |device: &Device| {
        html!(
            "<li><span><a href=\"/devices/" (device.id) "\"><bdi>" (device.display_name) "</bdi></a> <span class=\"quiet\">"
            (device.operating_system) "</span></span>"
            [(!device.account_enabled).then(|| html!("<span class=\"badge warn\">Disabled</span>"))] "</li>"
        )
    };
    let lines: Vec<_> = directory.devices_of(user.id).map(line).collect();
    html!(
        "<section><h2>Devices</h2>" [lines.is_empty().then(|| html!("<p class=\"empty\">No device.</p>"))]
        "<ul class=\"lines\">" [lines] "</ul></section>"
    )
}

async fn register(State(desk): State<Desk>, Form(fields): Form<Fields>) -> Response {
    let desk = desk.within(field(&fields, "tenant"));
    let typed = field(&fields, "owner");
    let owner = if typed.is_empty() {
        Ok(None)
    } else {
        desk.typed_user(typed).map(Some)
    };
    let made = owner.and_then(|owner| {
        let made = desk.tenant().register_device(field(&fields, "name"), owner);
        made.map_err(|error| error.to_string())
    });
    match made {
        Ok(id) => back(
            &desk,
            &format!("/devices/{id}"),
            Ok("The device was registered.".to_owned()),
        ),
        Err(error) => back(&desk, &desk.here("/devices"), Err(error)),
    }
}

fn found(desk: &Desk, id: &str) -> Option<Device> {
    desk.tenant().device(id.parse().ok()?)
}

async fn show(State(desk): State<Desk>, Path(id): Path<String>, Query(view): Query<View>) -> Response {
    let desk = desk.of_object(&id);
    let Some(device) = found(&desk, &id) else {
        return missing(&desk, "There is no such device. It may have been deleted.");
    };
    let act = |action: &str| format!("/devices/{}/{action}", device.id);
    let owner = owner_link(&desk.tenant().read(), &device);
    let yes = |is: bool| if is { "Yes" } else { "No" };
    let body = html!(
        [heading(&[(&desk.here("/devices"), "Devices")], &device.display_name)]
        "<div class=\"buttons\">"
        [if device.account_enabled { button(&act("disable"), "", "Disable") } else { button(&act("enable"), "", "Enable") }]
        [button(&act("delete"), "danger", "Delete")] "</div>"
        "<section><h2>Properties</h2><dl class=\"facts\"><dt>Object ID</dt><dd><code>" (device.id) "</code></dd>"
        "<dt>Device ID</dt><dd><code>" (device.device_id) "</code></dd><dt>Enabled</dt><dd>" [enabled(&device)] "</dd>"
        "<dt>OS</dt><dd>" (device.operating_system) " " (device.operating_system_version) "</dd><dt>Join type</dt><dd>"
        (join_type(&device)) "</dd><dt>Owner</dt><dd>" [owner] "</dd><dt>Compliant</dt><dd>" (yes(device.compliant))
        "</dd><dt>Managed</dt><dd>" (yes(device.managed)) "</dd><dt>Registered</dt><dd>" [time(device.registered)]
        "</dd><dt>Activity</dt><dd>" [time(device.last_sign_in)] "</dd></dl></section>"
    );
    page(&desk, Place::Devices, &device.display_name, view.note, body).into_response()
}

async fn act(State(desk): State<Desk>, Path((id, action)): Path<(String, String)>) -> Response {
    let desk = desk.of_object(&id);
    let Some(device) = found(&desk, &id) else {
        return missing(&desk, "There is no such device.");
    };
    let done = perform(&desk, device.id, &action).map(|what| format!("{} {what}", device.display_name));
    let to = match (action.as_str(), &done) {
        ("delete", Ok(_)) => desk.here("/devices"),
        _ => format!("/devices/{id}"),
    };
    back(&desk, &to, done)
}

fn perform(desk: &Desk, device: ObjectId, action: &str) -> Result<&'static str, String> {
    let tenant = desk.tenant();
    let (done, what) = match action {
        "disable" => (tenant.disable_device(device), "can no longer sign in."),
        "enable" => (tenant.enable_device(device), "can sign in again."),
        "delete" => (tenant.delete_device(device), "was deleted."),
        other => return Err(format!("There is no action “{other}”.")),
    };
    done.map(|()| what).map_err(|error| error.to_string())
}
