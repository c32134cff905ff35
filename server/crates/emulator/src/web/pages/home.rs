//! Home: what there is, how provisioning is doing, and the tenant's clock.

use std::time::Duration;

use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};

use super::html::{Html, html};
use super::layout::{Place, back, heading, page, time};
use super::provisioning::state_badge;
use super::tenants;
use super::{Desk, Fields, View, field};
use crate::tenant::{DOMAIN, TENANT_ID};

pub(super) fn router() -> Router<Desk> {
    Router::new().route("/", get(home)).route("/clock", post(advance))
}

async fn home(State(desk): State<Desk>, Query(view): Query<View>) -> Html {
    let desk = desk.within(&view.tenant);
    if !desk.provisions() {
        return tenants::home(&desk, view.note);
    }
    let overview = desk.job.overview();
    let (users, disabled, guests, deleted, groups, devices) = {
        let directory = desk.tenant().read();
        (
            directory.users().count(),
            directory.users().filter(|user| !user.account_enabled).count(),
            directory.users().filter(|user| user.guest).count(),
            directory.deleted_users().count(),
            directory.groups().count(),
            directory.devices().count(),
        )
    };
    let body = html!(
        [heading(&[], "Contoso")]
        "<p class=\"lead\">A tenant that exists only here. Play the customer's side: paste the endpoint and the token of "
        "the software being connected into <a href=\"/enterprise-applications/hero-saas/provisioning/settings\">"
        "Admin credentials</a>, start provisioning, and watch it fill.</p>"
        "<div class=\"cards\">"
        [card("/users", "Users", users, &format!("{disabled} blocked · {guests} guests"))]
        [card("/users?show=deleted", "Deleted users", deleted, "restorable for 30 days")]
        [card("/groups", "Groups", groups, "security groups")]
        [card("/devices", "Devices", devices, "with their owners")]
        "<a class=\"card\" href=\"/enterprise-applications/hero-saas/provisioning\"><span class=\"what\">Hero SaaS · Provisioning</span>"
        "<span class=\"big\">" [state_badge(&overview)] "</span><span class=\"quiet\">" (overview.users) " users and "
        (overview.groups) " groups provisioned</span></a></div>"
        "<section><h2>Tenant</h2><dl class=\"facts\"><dt>Tenant ID</dt><dd><code>" (TENANT_ID) "</code></dd>"
        "<dt>Primary domain</dt><dd><code>" (DOMAIN) "</code></dd>"
        "<dt>Time here</dt><dd>" [time(desk.clock.now())] "</dd></dl></section>"
        "<section><h2>Move the clock</h2><p class=\"quiet\">Cycles come every 40 minutes, a quarantine backs off for hours, "
        "and deleted users are purged after 30 days. Waiting is not needed.</p>"
        "<form method=\"post\" action=\"/clock\" class=\"row\"><div class=\"field\"><label for=\"by\">Forward by</label>"
        "<select id=\"by\" name=\"hours\"><option value=\"1\">1 hour</option><option value=\"6\">6 hours</option>"
        "<option value=\"24\">1 day</option><option value=\"168\">7 days</option><option value=\"720\">30 days</option>"
        "</select></div><button>Move forward</button></form></section>"
    );
    page(&desk, Place::Home, "Home", view.note, body)
}

fn card(path: &str, what: &str, count: usize, more: &str) -> Html {
    html!(
        "<a class=\"card\" href=\"" (path) "\"><span class=\"what\">" (what) "</span><span class=\"big\">" (count)
        "</span><span class=\"quiet\">" (more) "</span></a>"
    )
}

async fn advance(State(desk): State<Desk>, Form(fields): Form<Fields>) -> Response {
    let said = match field(&fields, "hours").parse::<u64>() {
        Ok(hours) if (1..=10_000).contains(&hours) => {
            desk.clock.advance(Duration::from_secs(hours * 3600));
            Ok(format!("The tenant's clock is {hours} hours further."))
        }
        _ => Err("Choose how far to move the clock.".to_owned()),
    };
    back(&desk, "/", said)
}
