//! App registrations of a tenant: the developer's side.

use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Form, Router};

use super::html::{Html, html};
use super::layout::{Place, back, heading, page, time};
use super::users::input;
use super::{Desk, Fields, View, field};
use crate::cloud::AppRegistration;

pub(super) fn router() -> Router<Desk> {
    Router::new().route("/app-registrations", get(list).post(create))
}

async fn list(State(desk): State<Desk>, Query(view): Query<View>) -> Html {
    let desk = desk.within(&view.tenant);
    let home = Some(desk.tenant().id());
    let rows: Vec<_> = {
        let cloud = desk.entra().view();
        cloud
            .applications()
            .iter()
            .filter(|app| app.home_tenant == home)
            .map(row)
            .collect()
    };
    let body = html!(
        [heading(&[], "App registrations")]
        [rows.is_empty().then(|| html!("<p class=\"empty\">" (desk.tenant().name()) " registered no application.</p>"))]
        [(!rows.is_empty()).then(|| html!(
            "<div class=\"scroll\"><table><thead><tr><th>Display name</th><th>Application (client) ID</th>"
            "<th>Supported account types</th><th>Created</th></tr></thead><tbody>" [rows] "</tbody></table></div>"
        ))]
        "<section><h2>New registration</h2><form method=\"post\" action=\"/app-registrations\" class=\"row\">" [desk.hidden()]
        [input("name", "Name", "", true)] "<button class=\"primary\">Register</button></form></section>"
    );
    page(&desk, Place::Registrations, "App registrations", view.note, body)
}

/// Audiences as the portal calls them.
pub(super) fn audience(app: &AppRegistration) -> &'static str {
    use crate::cloud::Audience as A;
    match app.audience {
        A::MyOrg => "My organization only",
        A::MultipleOrgs => "Multiple organizations",
        A::AndPersonal => "All Microsoft account users",
    }
}

fn row(app: &AppRegistration) -> Html {
    html!(
        "<tr><td><a href=\"/app-registrations/" (app.app_id) "\">" (app.display_name) "</a></td><td class=\"mono\">" (app.app_id)
        "</td><td>" (audience(app)) "</td><td>" [time(app.created)] "</td></tr>"
    )
}

async fn create(State(desk): State<Desk>, Form(fields): Form<Fields>) -> Response {
    let desk = desk.within(field(&fields, "tenant"));
    let made = desk.entra().register(desk.tenant().id(), field(&fields, "name"));
    match made.and_then(|app| {
        desk.entra()
            .create_service_principal(desk.tenant().id(), app.app_id)
            .map(|_| app)
    }) {
        Ok(app) => back(
            &desk,
            &format!("/app-registrations/{}", app.app_id),
            Ok(format!("{} was registered.", app.display_name)),
        ),
        Err(error) => back(&desk, &desk.here("/app-registrations"), Err(error.to_string())),
    }
}
