//! Provisioning logs: the list, and one entry with its steps.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::app::{APP, trail};
use super::html::{Html, html};
use super::layout::{Place, heading, missing, page, time};
use super::users::option;
use super::{Desk, View};
use crate::provisioner::{LogEntry, Modified, ObjectType, Status, Step};

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route("/enterprise-applications/hero-saas/provisioning/logs", get(list))
        .route(
            "/enterprise-applications/hero-saas/provisioning/logs/{id}",
            get(one),
        )
}

const SHOWN: usize = 200;

async fn list(State(desk): State<Desk>, Query(view): Query<View>) -> Html {
    let wanted = view.q.to_lowercase();
    let entries = desk.job.recent_log(SHOWN, |entry| {
        let holds = |text: &str| text.to_lowercase().contains(&wanted);
        (view.show.is_empty() || entry.status.name() == view.show)
            && (holds(&entry.source_name) || entry.source_upn.as_deref().is_some_and(holds))
    });
    let path = [
        trail(),
        vec![("/enterprise-applications/hero-saas/provisioning", "Provisioning")],
    ]
    .concat();
    let body = html!(
        [heading(&path, "Provisioning logs")]
        "<form class=\"row\" method=\"get\" role=\"search\"><div class=\"field\"><label for=\"q\">Identity</label>"
        "<input id=\"q\" name=\"q\" type=\"search\" value=\"" (view.q) "\"></div><div class=\"field\"><label for=\"show\">Status</label>"
        "<select id=\"show\" name=\"show\">" [option("", "All", view.show.is_empty())]
        [["Success", "Failure", "Skipped"].into_iter().map(|name| option(name, name, view.show == name))]
        "</select></div><button>Search</button></form><div data-refresh=\"log\">" [table(&entries)]
        [(entries.len() == SHOWN).then(|| html!("<p class=\"quiet\">The newest " (SHOWN) " are shown.</p>"))] "</div>"
    );
    page(&desk, Place::Logs, "Provisioning logs", view.note, body)
}

/// Entries of one person, where only what happened matters.
pub(super) fn history(entries: &[LogEntry]) -> Html {
    if entries.is_empty() {
        return html!("<p class=\"empty\">Nothing has been provisioned yet.</p>");
    }
    let line = |entry: &LogEntry| {
        html!(
            "<li><span><a href=\"" (APP) "/provisioning/logs/" (entry.id) "\">" (entry.action.name()) "</a> " [status(entry.status)]
            [entry.error.as_ref().map(|error| html!("<br><code class=\"quiet\">" (error.error_code) "</code>"))]
            "</span><span class=\"quiet\">" [time(entry.at)] "</span></li>"
        )
    };
    html!("<ul class=\"lines\">" [entries.iter().map(line)] "</ul>")
}

/// Entries as a table.
pub(super) fn table(entries: &[LogEntry]) -> Html {
    if entries.is_empty() {
        return html!("<p class=\"empty\">Nothing has been provisioned yet.</p>");
    }
    let row = |entry: &LogEntry| {
        html!(
            "<tr><td class=\"nowrap\">" [time(entry.at)] "</td><td><a href=\"" (APP) "/provisioning/logs/" (entry.id) "\"><bdi>"
            (entry.source_name) "</bdi></a></td><td>" (entry.object_type.name()) "</td><td>" (entry.action.name())
            [entry.on_demand.then(|| html!(" <span class=\"quiet\">on demand</span>"))] "</td><td>" [status(entry.status)]
            "</td><td class=\"mono quiet\">" (entry.error.as_ref().map(|error| error.error_code.as_str()).unwrap_or_default())
            "</td></tr>"
        )
    };
    html!(
        "<div class=\"scroll\"><table><thead><tr><th>Date</th><th>Identity</th><th>Type</th><th>Action</th><th>Status</th><th>Code</th>"
        "</tr></thead><tbody>" [entries.iter().map(row)] "</tbody></table></div>"
    )
}

fn status(status: Status) -> Html {
    let class = match status {
        Status::Success => "good",
        Status::Failure => "bad",
        Status::Skipped => "",
        Status::Warning => "warn",
    };
    html!("<span class=\"badge " (class) "\">" (status.name()) "</span>")
}

async fn one(State(desk): State<Desk>, Path(id): Path<String>, Query(view): Query<View>) -> Response {
    let entry = id.parse().ok().and_then(|id| desk.job.log_entry(id));
    let Some(entry) = entry else {
        return missing(&desk, "This entry is no longer in the log.");
    };
    let path = [
        trail(),
        vec![(
            "/enterprise-applications/hero-saas/provisioning/logs",
            "Provisioning logs",
        )],
    ]
    .concat();
    let body = html!([heading(&path, &entry.source_name)][details(&entry)]);
    page(&desk, Place::Logs, &entry.source_name, view.note, body).into_response()
}

/// One entry in full.
pub(super) fn details(entry: &LogEntry) -> Html {
    let kind = if entry.object_type == ObjectType::User {
        "users"
    } else {
        "groups"
    };
    html!(
        "<section><dl class=\"facts\"><dt>Action</dt><dd>" (entry.action.name()) "</dd><dt>Status</dt><dd>" [status(entry.status)]
        "</dd><dt>Date</dt><dd>" [time(entry.at)] " <span class=\"quiet\">in " (entry.duration_ms) " ms</span></dd>"
        "<dt>Source ID</dt><dd><a href=\"/" (kind) "/" (entry.source_id) "\"><code>" (entry.source_id) "</code></a></dd>"
        [entry.source_upn.as_ref().map(|upn| html!("<dt>User principal name</dt><dd><code>" (upn) "</code></dd>"))]
        [entry.target_id.as_ref().map(|id| html!("<dt>Target ID</dt><dd><code>" (id) "</code></dd>"))]
        "<dt>Change ID</dt><dd><code>" (entry.id) "</code></dd></dl></section>"
        [entry.error.as_ref().map(|error| html!(
            "<section><h2>Troubleshooting &amp; Recommendations</h2><dl class=\"facts\"><dt>Error code</dt><dd><code>"
            (error.error_code) "</code></dd><dt>Error message</dt><dd class=\"reason\">" (error.reason)
            "</dd><dt>Recommended action</dt><dd>" (error.recommended_action) "</dd></dl></section>"
        ))]
        "<section><h2>Steps</h2><ol class=\"steps\">" [entry.steps.iter().map(step)] "</ol></section>"
        [(!entry.modified.is_empty()).then(|| modified(&entry.modified))]
    )
}

fn step(step: &Step) -> Html {
    html!(
        "<li><div class=\"step\"><b>" (step.kind.name()) "</b>" [status(step.status)] "<span class=\"quiet mono\">" (step.name)
        "</span></div><p class=\"reason\">" (step.description) "</p>"
        [(!step.details.is_empty()).then(|| html!(
            "<details><summary>Details</summary><dl class=\"facts\">"
            [step.details.iter().map(|(name, value)| html!("<dt>" (name) "</dt><dd><bdi>" (value) "</bdi></dd>"))]
            "</dl></details>"
        ))]
        "</li>"
    )
}

fn modified(modified: &[Modified]) -> Html {
    let value = |value: &Option<String>| match value {
        Some(text) => html!("<bdi>" (text) "</bdi>"),
        None => html!("<span class=\"quiet\">–</span>"),
    };
    html!(
        "<section><h2>Modified properties</h2><div class=\"scroll\"><table><thead><tr><th>Property</th><th>Old value</th><th>New value</th>"
        "</tr></thead><tbody>"
        [modified.iter().map(|change| html!(
            "<tr><td class=\"mono\">" (change.display_name) "</td><td>" [value(&change.old_value)] "</td><td>"
            [value(&change.new_value)] "</td></tr>"
        ))]
        "</tbody></table></div></section>"
    )
}
