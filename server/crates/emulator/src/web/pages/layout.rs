//! The frame around every page: header with the tenant's clock, navigation, notes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;

use super::html::{Html, html};
use super::users::option;
use crate::tenant::Tenant;
use crate::web::Desk;

/// Notes wait at most this many at a time.
const NOTES: usize = 64;

/// What an action has to say on the page it leads to.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub(crate) good: bool,
    pub(crate) text: String,
}

/// Notes between an action and the page it redirects to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes(Arc<Mutex<(u64, BTreeMap<u64, Note>)>>);

impl Notes {
    fn leave(&self, note: Note) -> u64 {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notes.0 += 1;
        let number = notes.0;
        notes.1.insert(number, note);
        if notes.1.len() > NOTES {
            notes.1.pop_first();
        }
        number
    }

    fn take(&self, number: u64) -> Option<Note> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .1
            .remove(&number)
    }
}

/// Ends an action: back to `to`, with what it has to say.
pub(crate) fn back(desk: &Desk, to: &str, said: Result<String, String>) -> Response {
    let note = match said {
        Ok(text) => Note { good: true, text },
        Err(text) => Note { good: false, text },
    };
    let sign = if to.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{to}{sign}note={}", desk.notes.leave(note))).into_response()
}

/// Where the reader is; the navigation marks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Home,
    Demo,
    Users,
    DeletedUsers,
    Groups,
    Devices,
    App,
    Assignments,
    Provisioning,
    Settings,
    OnDemand,
    Logs,
    Registrations,
}

impl Place {
    /// Pages of the provisioning job, which only Contoso has.
    fn of_the_job(self) -> bool {
        use Place as P;
        matches!(
            self,
            P::Assignments | P::Provisioning | P::Settings | P::OnDemand | P::Logs
        )
    }
}

const NAVIGATION: &[(Place, &str, &str, bool)] = &[
    (Place::Home, "/", "Home", false),
    (Place::Demo, "/demo", "The demo", false),
    (Place::Users, "/users", "Users", false),
    (Place::DeletedUsers, "/users?show=deleted", "Deleted users", true),
    (Place::Groups, "/groups", "Groups", false),
    (Place::Devices, "/devices", "Devices", false),
    (
        Place::App,
        "/enterprise-applications",
        "Enterprise applications",
        false,
    ),
    (
        Place::Assignments,
        "/enterprise-applications/hero-saas/users-and-groups",
        "Users and groups",
        true,
    ),
    (
        Place::Provisioning,
        "/enterprise-applications/hero-saas/provisioning",
        "Provisioning",
        true,
    ),
    (
        Place::Settings,
        "/enterprise-applications/hero-saas/provisioning/settings",
        "Admin credentials and mappings",
        true,
    ),
    (
        Place::OnDemand,
        "/enterprise-applications/hero-saas/provisioning/on-demand",
        "Provision on demand",
        true,
    ),
    (
        Place::Logs,
        "/enterprise-applications/hero-saas/provisioning/logs",
        "Provisioning logs",
        true,
    ),
    (
        Place::Registrations,
        "/app-registrations",
        "App registrations",
        false,
    ),
];

/// A whole page. `note` is the number from the query, if the reader comes from an action.
pub(crate) fn page(desk: &Desk, place: Place, title: &str, note: Option<u64>, body: Html) -> Html {
    html!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        "<meta name=\"color-scheme\" content=\"light dark\">"
        "<title>" (title) " · " (desk.tenant().name()) " admin center</title>"
        "<link rel=\"icon\" href=\"/icon.svg\"><link rel=\"stylesheet\" href=\"/style.css\"><script src=\"/blades.js\"></script><script src=\"/refresh.js\" defer></script></head><body>"
        "<a class=\"skip\" href=\"#content\">Skip to content</a>"
        "<header class=\"top\"><a class=\"brand\" href=\"" (desk.here("/")) "\"><span class=\"mark\" aria-hidden=\"true\">"
        [desk.tenant().name().chars().next().map(|first| html!((first)))] "</span>"
        (desk.tenant().name()) " admin center</a><span class=\"pretend\">pretends to be Microsoft Entra</span>"
        [switcher(desk)] [clock(desk)]
        "</header><div class=\"frame\"><nav aria-label=\"Sections\"><ul>"
        [NAVIGATION.iter().filter(|(to, ..)| desk.provisions() || !to.of_the_job())
            .map(|(to, path, name, inner)| link(place == *to, &desk.here(path), name, *inner))]
        "</ul></nav><main id=\"content\" tabindex=\"-1\">"
        [note.and_then(|number| desk.notes.take(number)).map(said)]
        [body]
        "</main></div></body></html>"
    )
}

fn link(here: bool, path: &str, name: &str, inner: bool) -> Html {
    html!(
        "<li" [inner.then(|| html!(" class=\"inner\""))] "><a href=\"" (path) "\""
        [here.then(|| html!(" aria-current=\"page\""))] ">" (name) "</a></li>"
    )
}

/// The tenants, to go from one to another.
fn switcher(desk: &Desk) -> Html {
    let choice = |tenant: &Tenant| option(tenant.domain(), tenant.name(), tenant.id() == desk.tenant().id());
    html!(
        "<form class=\"tenants\" method=\"get\" action=\"/\"><label class=\"hidden\" for=\"tenant\">Tenant</label>"
        "<select id=\"tenant\" name=\"tenant\">" [desk.entra().tenants().iter().map(choice)] "</select>"
        "<button class=\"small\">Switch</button></form>"
    )
}

fn said(note: Note) -> Html {
    let (class, word) = if note.good {
        ("good", "Done")
    } else {
        ("bad", "Not done")
    };
    html!("<div class=\"note " (class) "\" role=\"status\"><b>" (word) "</b> " (note.text) "</div>")
}

fn clock(desk: &Desk) -> Html {
    let pace = desk
        .clock
        .factor()
        .map(|factor| format!("{factor:.0} × real time"));
    html!(
        "<span class=\"clock\">Tenant time " [time(desk.clock.now())]
        [pace.map(|pace| html!(" <span class=\"quiet\">" (pace) "</span>"))] "</span>"
    )
}

/// A moment, to the second.
pub(crate) fn time(at: Timestamp) -> Html {
    let shown = at.strftime("%Y-%m-%d %H:%M:%S");
    html!("<time datetime=\"" (at) "\">" (shown) " UTC</time>")
}

/// A heading with the way that leads there.
pub(crate) fn heading(trail: &[(&str, &str)], title: &str) -> Html {
    html!(
        "<div class=\"heading\">"
        [(!trail.is_empty()).then(|| html!(
            "<p class=\"trail\">"
            [trail.iter().map(|(path, name)| html!("<a href=\"" (path) "\">" (name) "</a><span aria-hidden=\"true\"> › </span>"))]
            "</p>"
        ))]
        "<h1>" (title) "</h1></div>"
    )
}

/// A button that does one thing by POST.
pub(crate) fn button(action: &str, class: &'static str, label: &str) -> Html {
    html!(
        "<form method=\"post\" action=\"" (action) "\" class=\"one\"><button class=\"" (class) "\">" (label)
        "</button></form>"
    )
}

/// A page that says that there is nothing here.
pub(crate) fn missing(desk: &Desk, what: &str) -> Response {
    let body = html!(
        [heading(&[], "Not found")]
        "<p>" (what) "</p><p><a href=\"/\">Home</a></p>"
    );
    (
        StatusCode::NOT_FOUND,
        page(desk, Place::Home, "Not found", None, body),
    )
        .into_response()
}
