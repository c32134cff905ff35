//! Provisioning · Overview: state, current cycle, statistics, start, stop and restart.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};

use super::app::{APP, trail};
use super::html::{Html, html};
use super::layout::{Place, back, button, heading, page, time};
use super::{Desk, Fields, View, field, logs};
use crate::provisioner::{
    CYCLE_INTERVAL, CycleKind, CycleState, JobState, Overview, Quarantine, QuarantineReason, Reset,
};

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route("/enterprise-applications/hero-saas/provisioning", get(show))
        .route(
            "/enterprise-applications/hero-saas/provisioning/job/{action}",
            post(act),
        )
}

/// The job's state as a badge.
pub(super) fn state_badge(overview: &Overview) -> Html {
    let (class, word) = match overview.state {
        _ if overview.given_up => ("bad", "Disabled"),
        JobState::NotConfigured => ("", "Not configured"),
        JobState::Quarantine => ("bad", "Quarantine"),
        JobState::Paused => ("warn", "Off"),
        JobState::NotRun | JobState::Active => ("good", "On"),
    };
    html!("<span class=\"badge " (class) "\">" (word) "</span>")
}

async fn show(State(desk): State<Desk>, Query(view): Query<View>) -> Html {
    let overview = desk.job.overview();
    let settings = desk.job.settings();
    let entries = desk.job.recent_log(8, |_| true);
    let act = |action: &str| format!("{APP}/provisioning/job/{action}");
    let body = html!(
        [heading(&trail(), "Provisioning")]
        "<div class=\"buttons\">"
        [(!overview.started || overview.given_up).then(|| button(&act("start"), "primary", "Start provisioning"))]
        [(overview.started && !overview.given_up).then(|| button(&act("stop"), "", "Stop provisioning"))]
        [button(&act("restart"), "", "Restart provisioning")]
        [overview.started.then(|| button(&act("now"), "", "Run a cycle now"))]
        "<a class=\"button\" href=\"" (APP) "/provisioning/settings\">Edit provisioning</a>"
        "<a class=\"button\" href=\"" (APP) "/provisioning/on-demand\">Provision on demand</a></div>"
        [settings.tenant_url.is_empty().then(|| html!(
            "<p class=\"note plain\">Nothing is connected yet. Paste <b>Tenant URL</b> and <b>Secret token</b> in "
            "<a href=\"" (APP) "/provisioning/settings\">Admin credentials</a>, then start provisioning.</p>"
        ))]
        "<div data-refresh=\"status\">"
        [overview.quarantine.as_ref().map(|quarantine| quarantined(quarantine, overview.given_up))]
        "<div class=\"columns\"><div>" [current(&overview)] "</div><div>" [statistics(&desk, &overview)] "</div></div>"
        "<section><h2>Provisioning logs</h2>" [logs::table(&entries)]
        "<p><a href=\"" (APP) "/provisioning/logs\">View provisioning logs</a></p></section></div>"
    );
    page(&desk, Place::Provisioning, "Provisioning", view.note, body)
}

fn quarantined(quarantine: &Quarantine, given_up: bool) -> Html {
    let why = match quarantine.reason {
        QuarantineReason::EncounteredQuarantineException => {
            "Microsoft Entra ID cannot work with the application: its credentials are refused, or its answers are not SCIM."
        }
        QuarantineReason::TooManyDeletes => {
            "More users would be disabled or deleted than Prevent accidental deletion allows."
        }
        QuarantineReason::EncounteredBaseEscrowThreshold
        | QuarantineReason::EncounteredTotalEscrowThreshold
        | QuarantineReason::EncounteredEscrowProportionThreshold => {
            "Too many users or groups could not be provisioned."
        }
    };
    html!(
        "<div class=\"note bad\" role=\"alert\"><b>" (if given_up { "Disabled" } else { "Quarantine" }) "</b> " (why)
        " <code>" (format!("{:?}", quarantine.reason)) "</code>"
        [quarantine.error.as_ref().map(|(code, message)| html!("<p class=\"reason\"><code>" (code) "</code><br>" (message) "</p>"))]
        "<p>" (quarantine.series_count) " failed cycles since " [time(quarantine.series_began)] ". "
        [match quarantine.next_attempt {
            Some(at) => html!("Tried again at " [time(at)] "."),
            None => html!("After 28 days the job was disabled. Restart provisioning to try again."),
        }]
        "</p>"
        [(quarantine.reason == QuarantineReason::TooManyDeletes).then(|| button(
            "/enterprise-applications/hero-saas/provisioning/job/allow-deletes", "danger", "Allow deletes"
        ))]
        "</div>"
    )
}

fn cycle_name(kind: CycleKind) -> &'static str {
    match kind {
        CycleKind::Initial => "Initial cycle",
        CycleKind::Incremental => "Incremental cycle",
    }
}

fn current(overview: &Overview) -> Html {
    let now = match (&overview.running_since, &overview.last) {
        (Some((kind, since)), _) => {
            html!("<p class=\"big\">" (cycle_name(*kind)) " in progress</p><p class=\"quiet\">since " [time(*since)] "</p>")
        }
        (None, Some(last)) => html!(
            "<p class=\"big\">" (cycle_name(last.kind))
            (match last.state { CycleState::Succeeded => " completed", CycleState::EntryLevelErrors => " completed with errors", CycleState::Failed => " failed" })
            "</p><p class=\"quiet\">" [time(last.ended)] "</p>"
        ),
        (None, None) => html!("<p class=\"big\">Not run</p>"),
    };
    html!(
        "<section><h2>Current cycle status</h2>" [now]
        [overview.last.as_ref().map(|last| html!(
            "<dl class=\"facts narrow\"><dt>Entitled</dt><dd>" (last.entitled) "</dd><dt>Imported</dt><dd>" (last.imported)
            "</dd><dt>Exported</dt><dd>" (last.exported) "</dd><dt>Skipped</dt><dd>" (last.skipped) "</dd><dt>Failed</dt><dd>"
            (last.failed + last.failed_references) "</dd><dt>In escrow</dt><dd>" (overview.escrowed) "</dd></dl>"
        ))]
        [overview.next.map(|at| html!("<p>Next cycle at " [time(at)] "</p>"))] "</section>"
    )
}

fn statistics(desk: &Desk, overview: &Overview) -> Html {
    let deviations = desk.job.witness().deviation_count();
    html!(
        "<section><h2>Statistics to date</h2><dl class=\"facts narrow\"><dt>Provisioning status</dt><dd>" [state_badge(overview)]
        "</dd><dt>Users</dt><dd>" (overview.users) "</dd><dt>Groups</dt><dd>" (overview.groups) "</dd><dt>Cycles</dt><dd>"
        (overview.cycles) "</dd><dt>Provisioning interval (fixed)</dt><dd>" (CYCLE_INTERVAL.as_mins()) " minutes</dd>"
        "<dt>Requests answered</dt><dd>" (desk.job.witness().requests()) "</dd><dt>Deviations</dt><dd>"
        [(deviations == 0).then(|| html!("none"))]
        [(deviations > 0).then(|| html!("<a href=\"/control/deviations\">" (deviations) "</a>"))]
        "</dd></dl><p class=\"help\">A deviation is an answer that the real service would choke on.</p></section>"
    )
}

async fn act(State(desk): State<Desk>, Path(action): Path<String>, Form(_): Form<Fields>) -> Response {
    let to = format!("{APP}/provisioning");
    let configured = desk.job.endpoint().map(drop).map_err(|error| error.to_string());
    let said = match action.as_str() {
        "start" => configured.map(|()| {
            desk.job.start();
            "Provisioning is on. The first cycle begins now.".to_owned()
        }),
        "stop" => {
            desk.job.stop();
            Ok("Provisioning is off. A running cycle finishes.".to_owned())
        }
        "restart" => configured.map(|()| {
            desk.job.restart(Reset::default());
            "An initial cycle begins now; escrows and quarantine are forgotten.".to_owned()
        }),
        "allow-deletes" => {
            desk.job.restart(Reset {
                full: false,
                force_deletes: true,
            });
            Ok("The next cycle may delete.".to_owned())
        }
        "now" => match desk.job.run_cycle().await {
            Ok(cycle) if cycle.error.is_none() => Ok(format!(
                "{} completed: {} exported, {} failed.",
                cycle_name(cycle.kind),
                cycle.exported,
                cycle.failed
            )),
            Ok(cycle) => Err(cycle.error.map(|failure| failure.to_string()).unwrap_or_default()),
            Err(error) => Err(error.to_string()),
        },
        other => Err(format!("There is no action “{other}”.")),
    };
    back(&desk, &to, said)
}

/// Reads a checkbox.
pub(super) fn checked(fields: &Fields, name: &str) -> bool {
    !field(fields, name).is_empty()
}
