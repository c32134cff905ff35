//! The provisioning job: settings, start and stop, cycles, on demand, log, clock.

use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Body, Desk, Refused};
use crate::provisioner::{
    ConnectionTest, Cycle, ExternalIdSource, LogEntry, Matching, Reset, Scope, ScopingFilter, Settings,
};
use crate::tenant::TENANT_ID;

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route("/settings", get(settings).patch(change_settings))
        .route("/test-connection", post(test_connection))
        .route("/start", post(start))
        .route("/stop", post(stop))
        .route("/restart", post(restart))
        .route("/cycle", post(cycle))
        .route("/provision-on-demand", post(on_demand))
        .route("/job", get(job))
        .route("/log", get(log))
        .route("/log/{id}", get(log_entry))
        .route("/deviations", get(deviations))
        .route("/clock", get(clock))
        .route("/clock/advance", post(advance))
}

fn describe(settings: &Settings) -> Value {
    json!({
        "tenantUrl": settings.tenant_url,
        "secretTokenSet": !settings.secret_token.is_empty(),
        "scope": settings.scope,
        "externalId": settings.external_id,
        "matching": settings.matching,
        "filter": settings.filter,
        "flowNullValues": settings.flow_null_values,
        "groupsEnabled": settings.groups_enabled,
        "skipOutOfScopeDeletions": settings.skip_out_of_scope_deletions,
        "deleteThreshold": settings.delete_threshold,
        "concurrency": settings.concurrency,
        "membersPerPatch": settings.members_per_patch,
        "requestTimeoutSeconds": settings.request_timeout.as_secs_f64(),
        "retries": settings.retries,
        "referenceChecks": settings.reference_checks,
        "flagInRequests": settings.flag_in_requests,
    })
}

async fn settings(State(desk): State<Desk>) -> Json<Value> {
    Json(describe(&desk.job.settings()))
}

/// What may be changed; absent members stay as they are, `filter` and `deleteThreshold` are cleared by null.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Change {
    tenant_url: Option<String>,
    secret_token: Option<String>,
    scope: Option<Scope>,
    external_id: Option<ExternalIdSource>,
    matching: Option<Vec<Matching>>,
    #[serde(deserialize_with = "given")]
    filter: Option<Option<ScopingFilter>>,
    flow_null_values: Option<bool>,
    groups_enabled: Option<bool>,
    skip_out_of_scope_deletions: Option<bool>,
    #[serde(deserialize_with = "given")]
    delete_threshold: Option<Option<usize>>,
    concurrency: Option<usize>,
    members_per_patch: Option<usize>,
    request_timeout_seconds: Option<f64>,
    retries: Option<u32>,
    reference_checks: Option<bool>,
    flag_in_requests: Option<bool>,
}

/// Tells `null` from absent.
fn given<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
    from: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

impl Change {
    fn apply(self, settings: &mut Settings) -> Result<(), Refused> {
        fn set<T>(place: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *place = value;
            }
        }
        if self.matching.as_ref().is_some_and(Vec::is_empty) {
            return Err(Refused::bad("matching needs at least one attribute"));
        }
        if let Some(seconds) = self.request_timeout_seconds {
            settings.request_timeout = Duration::try_from_secs_f64(seconds)
                .map_err(|_| Refused::bad("requestTimeoutSeconds must be a positive number"))?;
        }
        set(&mut settings.tenant_url, self.tenant_url);
        set(&mut settings.secret_token, self.secret_token);
        set(&mut settings.scope, self.scope);
        set(&mut settings.external_id, self.external_id);
        set(&mut settings.matching, self.matching);
        set(&mut settings.filter, self.filter);
        set(&mut settings.flow_null_values, self.flow_null_values);
        set(&mut settings.groups_enabled, self.groups_enabled);
        set(
            &mut settings.skip_out_of_scope_deletions,
            self.skip_out_of_scope_deletions,
        );
        set(&mut settings.delete_threshold, self.delete_threshold);
        set(&mut settings.concurrency, self.concurrency);
        set(&mut settings.members_per_patch, self.members_per_patch);
        set(&mut settings.retries, self.retries);
        set(&mut settings.reference_checks, self.reference_checks);
        set(&mut settings.flag_in_requests, self.flag_in_requests);
        Ok(())
    }
}

async fn change_settings(State(desk): State<Desk>, Body(change): Body<Change>) -> Answer {
    let mut settings = desk.job.settings();
    change.apply(&mut settings)?;
    desk.job.configure(settings.clone());
    Ok(Json(describe(&settings)))
}

async fn test_connection(State(desk): State<Desk>, Body(change): Body<Change>) -> Answer {
    let mut settings = desk.job.settings();
    change.apply(&mut settings)?;
    let ConnectionTest { probes, result } = desk.job.test_settings(&settings).await;
    let probes: Vec<_> = probes
        .iter()
        .map(|probe| json!({"request": probe.request, "status": probe.status}))
        .collect();
    let error = result
        .as_ref()
        .err()
        .map(|e| json!({"code": e.code.to_string(), "message": e.message}));
    Ok(Json(
        json!({"ok": result.is_ok(), "error": error, "probes": probes}),
    ))
}

async fn start(State(desk): State<Desk>) -> Json<Value> {
    desk.job.start();
    job(State(desk)).await
}

async fn stop(State(desk): State<Desk>) -> Json<Value> {
    desk.job.stop();
    job(State(desk)).await
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Restart {
    full: bool,
    force_deletes: bool,
}

async fn restart(State(desk): State<Desk>, Body(restart): Body<Restart>) -> Json<Value> {
    desk.job.restart(Reset {
        full: restart.full,
        force_deletes: restart.force_deletes,
    });
    job(State(desk)).await
}

async fn cycle(State(desk): State<Desk>) -> Answer {
    Ok(Json(describe_cycle(&desk.job.run_cycle().await?)))
}

fn describe_cycle(cycle: &Cycle) -> Value {
    let error = cycle.error.as_ref();
    json!({
        "id": cycle.id.to_string(),
        "kind": cycle.kind,
        "state": cycle.state,
        "began": cycle.began.to_string(),
        "ended": cycle.ended.to_string(),
        "imported": cycle.imported,
        "entitled": cycle.entitled,
        "exported": cycle.exported,
        "skipped": cycle.skipped,
        "failed": cycle.failed,
        "failedReferences": cycle.failed_references,
        "escrowed": cycle.escrowed,
        "error": error.map(|failure| json!({"code": failure.code.to_string(), "message": failure.message})),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OnDemand {
    user: Option<String>,
    group: Option<String>,
    #[serde(default)]
    members: Vec<String>,
}

async fn on_demand(State(desk): State<Desk>, Body(asked): Body<OnDemand>) -> Answer {
    let done = match (&asked.user, &asked.group) {
        (Some(user), None) => desk.job.provision_on_demand(desk.user_named(user)?).await?,
        (None, Some(group)) => {
            let members: Result<Vec<_>, _> = asked
                .members
                .iter()
                .map(|name| desk.anything_named(name))
                .collect();
            desk.job
                .provision_group_on_demand(desk.group_named(group)?, &members?)
                .await?
        }
        _ => return Err(Refused::bad("either user or group must be given")),
    };
    Ok(Json(done.graph()))
}

async fn job(State(desk): State<Desk>) -> Json<Value> {
    Json(desk.job.graph_job())
}

#[derive(Deserialize)]
struct LogSearch {
    #[serde(default)]
    status: String,
    #[serde(default)]
    user: String,
    top: Option<usize>,
}

async fn log(State(desk): State<Desk>, Query(search): Query<LogSearch>) -> Json<Value> {
    let named = |entry: &LogEntry| {
        search.user.is_empty()
            || entry.source_id.to_string() == search.user
            || entry.source_upn.as_deref() == Some(search.user.as_str())
            || entry.source_name == search.user
    };
    let passes = |entry: &LogEntry| {
        (search.status.is_empty() || entry.status.name().eq_ignore_ascii_case(&search.status)) && named(entry)
    };
    let top = search.top.unwrap_or(100).min(1000);
    let entries = desk.job.recent_log(top, passes);
    let value: Vec<_> = entries
        .iter()
        .map(|entry| entry.graph(TENANT_ID, desk.job.application()))
        .collect();
    Json(json!({ "value": value }))
}

async fn log_entry(State(desk): State<Desk>, Path(id): Path<String>) -> Answer {
    let entry = id
        .parse()
        .ok()
        .and_then(|id| desk.job.log_entry(id))
        .ok_or_else(|| Refused::missing(&id))?;
    Ok(Json(entry.graph(TENANT_ID, desk.job.application())))
}

async fn deviations(State(desk): State<Desk>) -> Json<Value> {
    let witness = desk.job.witness();
    Json(json!({
        "count": witness.deviation_count(),
        "byFact": witness.deviations_by_fact(),
        "value": witness.deviations(),
    }))
}

async fn clock(State(desk): State<Desk>) -> Json<Value> {
    Json(json!({
        "now": desk.clock.now().to_string(),
        "factor": desk.clock.factor(),
        "nextCycle": desk.job.next_cycle().map(|at| at.to_string()),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: u64,
}

async fn advance(State(desk): State<Desk>, Body(advance): Body<Advance>) -> Answer {
    const TEN_YEARS: u64 = 10 * 366 * 86_400;
    if advance.seconds > TEN_YEARS {
        return Err(Refused::bad("the clock moves ten years at most"));
    }
    desk.clock.advance(Duration::from_secs(advance.seconds));
    Ok(clock(State(desk)).await)
}
