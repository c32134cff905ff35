//! An enterprise application: its properties in one tenant, and the ways to its other pages.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use uuid::Uuid;

use super::html::{Html, html};
use super::layout::{Place, back, button, heading, missing, page, time};
use super::users::option;
use super::{Desk, Fields, View, field};
use crate::cloud::{AppRegistration, HERO_SAAS_PRINCIPAL, ServicePrincipal};

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route("/enterprise-applications/{id}", get(show))
        .route("/enterprise-applications/{id}/properties", post(save))
        .route("/enterprise-applications/{id}/delete", post(delete))
}

/// An enterprise application with the desk in its tenant.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    pub(super) desk: Desk,
    pub(super) principal: ServicePrincipal,
    pub(super) app: AppRegistration,
}

/// Where the overview is.
pub(super) fn path(id: Uuid) -> String {
    format!("/enterprise-applications/{id}")
}

/// Opens an enterprise application by its object id, in whichever tenant it is; the refusal is a page.
pub(super) fn open(desk: &Desk, id: &str) -> Result<Opened, Box<Response>> {
    let found = || {
        let id = id.parse().ok()?;
        let view = desk.entra().view();
        let of = |tenant: &crate::tenant::Tenant| view.service_principal(tenant.id(), id).cloned();
        let principal = desk.entra().tenants().iter().find_map(of)?;
        let app = view.application(principal.app_id)?.clone();
        Some((principal, app))
    };
    let what = "There is no such enterprise application, or it is not replicated yet.";
    let (principal, app) = found().ok_or_else(|| Box::new(missing(desk, what)))?;
    Ok(Opened {
        desk: desk.moved(desk.entra().tenant(principal.tenant)),
        principal,
        app,
    })
}

impl Opened {
    /// The way to a page of this application.
    pub(super) fn path(&self, page: &str) -> String {
        format!("{}{page}", path(self.principal.id))
    }

    /// Heading and tabs; `here` is the end of the path.
    pub(super) fn head(&self, here: &str, title: &str) -> Html {
        let list = self.desk.here("/enterprise-applications");
        let own = self.path("");
        let trail = [
            (list.as_str(), "Enterprise applications"),
            (own.as_str(), self.app.display_name.as_str()),
        ];
        let shown = if here.is_empty() { &trail[..1] } else { &trail[..] };
        let members = match self.principal.id {
            HERO_SAAS_PRINCIPAL => "/enterprise-applications/hero-saas/users-and-groups".to_owned(),
            _ => self.path("/users-and-groups"),
        };
        let tab = |path: String, name: &'static str| {
            let current = path.strip_prefix(&own) == Some(here);
            html!(
                "<li><a href=\"" (path) "\"" [current.then(|| html!(" aria-current=\"page\""))] ">" (name) "</a></li>"
            )
        };
        html!(
            [heading(shown, title)]
            "<nav class=\"tabs\" aria-label=\"Pages of this application\"><ul>" [tab(own.clone(), "Overview")]
            [tab(members, "Users and groups")] [tab(self.path("/permissions"), "Permissions")] "</ul></nav>"
        )
    }

    /// Microsoft's own stay, and what the provisioning job is about.
    fn deletable(&self) -> bool {
        self.app.home_tenant.is_some() && self.principal.id != HERO_SAAS_PRINCIPAL
    }

    /// The whole page.
    pub(super) fn page(&self, title: &str, note: Option<u64>, body: Html) -> Response {
        page(&self.desk, Place::App, title, note, body).into_response()
    }
}

async fn show(State(desk): State<Desk>, Path(id): Path<String>, Query(view): Query<View>) -> Response {
    let opened = match open(&desk, &id) {
        Ok(opened) => opened,
        Err(missing) => return *missing,
    };
    let name = &opened.app.display_name;
    let body = html!(
        [opened.head("", name)]
        "<div class=\"columns\"><div>" [facts(&opened)] "</div><div>" [form(&opened)]
        [opened.deletable().then(|| html!(
            "<section><h2>Delete</h2><p class=\"quiet\">Assignments and consent go with it.</p>"
            [button(&opened.path("/delete"), "danger", "Delete application")] "</section>"
        ))]
        "</div></div>"
    );
    opened.page(name, view.note, body)
}

fn facts(opened: &Opened) -> Html {
    let (principal, app) = (&opened.principal, &opened.app);
    let owner = app.home_tenant.and_then(|home| opened.desk.entra().tenant(home));
    html!(
        "<section><h2>Properties</h2><dl class=\"facts\"><dt>Name</dt><dd>" (app.display_name) "</dd>"
        "<dt>Application ID</dt><dd><code>" (app.app_id) "</code></dd>"
        "<dt>Object ID</dt><dd><code>" (principal.id) "</code></dd>"
        "<dt>Tenant</dt><dd>" (opened.desk.tenant().name()) "</dd>"
        "<dt>Registered in</dt><dd>" (owner.map_or("Microsoft", |owner| owner.name())) "</dd>"
        "<dt>Created</dt><dd>" [time(principal.created)] "</dd></dl></section>"
    )
}

fn form(opened: &Opened) -> Html {
    let principal = &opened.principal;
    html!(
        "<section><h2>Access</h2><form method=\"post\" action=\"" (opened.path("/properties")) "\">"
        [choice("enabled", "Enabled for users to sign in?", principal.account_enabled)]
        [choice("required", "Assignment required?", principal.app_role_assignment_required)]
        "<p class=\"help\">With <b>Yes</b>, only people who are assigned, or in an assigned group, can sign in.</p>"
        "<div class=\"buttons\"><button class=\"primary\">Save</button></div></form></section>"
    )
}

fn choice(name: &'static str, label: &'static str, yes: bool) -> Html {
    html!(
        "<div class=\"field\"><label for=\"" (name) "\">" (label) "</label><select id=\"" (name) "\" name=\"" (name) "\">"
        [option("yes", "Yes", yes)] [option("no", "No", !yes)] "</select></div>"
    )
}

async fn save(State(desk): State<Desk>, Path(id): Path<String>, Form(fields): Form<Fields>) -> Response {
    let opened = match open(&desk, &id) {
        Ok(opened) => opened,
        Err(missing) => return *missing,
    };
    let yes = |name| Some(field(&fields, name) == "yes");
    let principal = &opened.principal;
    let saved = desk.entra().change_service_principal(
        principal.tenant,
        principal.id,
        yes("enabled"),
        yes("required"),
    );
    let said = saved.map(|_| "The properties were saved.".to_owned());
    back(&desk, &opened.path(""), said.map_err(|error| error.to_string()))
}

async fn delete(State(desk): State<Desk>, Path(id): Path<String>) -> Response {
    let opened = match open(&desk, &id) {
        Ok(opened) => opened,
        Err(missing) => return *missing,
    };
    if !opened.deletable() {
        return back(
            &desk,
            &opened.path(""),
            Err("This application cannot be deleted.".to_owned()),
        );
    }
    let principal = &opened.principal;
    let list = opened.desk.here("/enterprise-applications");
    match desk
        .entra()
        .delete_service_principal(principal.tenant, principal.id)
    {
        Ok(()) => back(
            &desk,
            &list,
            Ok(format!("{} was deleted.", opened.app.display_name)),
        ),
        Err(error) => back(&desk, &opened.path(""), Err(error.to_string())),
    }
}
