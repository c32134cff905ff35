//! Provisioning · Provision on demand.

use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Form, Router};

use super::app::{APP, trail};
use super::html::{Html, html};
use super::layout::{Place, back, heading, page};
use super::{Desk, Fields, View, field, logs};
use crate::provisioner::OnDemandOutcome;
use crate::tenant::ObjectId;

pub(super) fn router() -> Router<Desk> {
    Router::new().route(
        "/enterprise-applications/hero-saas/provisioning/on-demand",
        get(show).post(provision),
    )
}

async fn show(State(desk): State<Desk>, Query(view): Query<View>) -> Html {
    let entry = view
        .entry
        .as_deref()
        .and_then(|id| id.parse().ok())
        .and_then(|id| desk.job.log_entry(id));
    let others = entry.as_ref().map(|entry| {
        let (cycle, id) = (entry.cycle, entry.id);
        desk.job
            .recent_log(16, move |other| other.cycle == cycle && other.id != id)
    });
    let path = [
        trail(),
        vec![("/enterprise-applications/hero-saas/provisioning", "Provisioning")],
    ]
    .concat();
    let body = html!(
        [heading(&path, "Provision on demand")]
        "<p class=\"quiet\">Provision one user in seconds, step by step, without waiting for the next cycle. Five requests in ten "
        "seconds of tenant time; the flag aadOptscim062020 does not apply.</p>"
        "<form method=\"post\" action=\"" (APP) "/provisioning/on-demand\" class=\"row\"><div class=\"field wide\">"
        "<label for=\"user\">Select a user</label><input id=\"user\" name=\"user\" list=\"people\" required autocomplete=\"off\" value=\""
        (view.user) "\" placeholder=\"name@contoso.com\"></div><button class=\"primary\">Provision</button></form>"
        [super::person::people(&desk)]
        [entry.as_ref().map(logs::details)]
        [others.filter(|others| !others.is_empty()).map(|others| html!("<section><h2>With it</h2>" [logs::table(&others)] "</section>"))]
    );
    page(&desk, Place::OnDemand, "Provision on demand", view.note, body)
}

async fn provision(State(desk): State<Desk>, Form(fields): Form<Fields>) -> Response {
    match desk.typed_user(field(&fields, "user")) {
        Ok(user) => run(&desk, user).await,
        Err(error) => back(&desk, &format!("{APP}/provisioning/on-demand"), Err(error)),
    }
}

/// Provisions the user and leads to the steps.
pub(super) async fn run(desk: &Desk, user: ObjectId) -> Response {
    let to = format!("{APP}/provisioning/on-demand");
    match desk.job.provision_on_demand(user).await {
        Err(error) => back(desk, &to, Err(error.to_string())),
        Ok(done) => {
            let name = &done.entry.source_name;
            let said = match done.outcome() {
                OnDemandOutcome::Success => Ok(format!("{name} was provisioned.")),
                OnDemandOutcome::Skipped => Ok(format!("{name} was skipped.")),
                OnDemandOutcome::Failure => Err(format!("{name} could not be provisioned.")),
            };
            back(desk, &format!("{to}?entry={}", done.entry.id), said)
        }
    }
}
