//! `/livez`, `/readyz` and `/metrics`: for whoever runs us.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use store::{Operation, StoreError, Tx, settings};

use crate::lifecycle::Lifecycle;
use crate::metrics::Metrics;
use crate::state::AppState;

/// How long the database may take to answer before the process counts as not ready.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often recorded durations are folded into their buckets.
const UPKEEP: Duration = Duration::from_secs(1);

/// The probes.
pub fn routes(state: &AppState) -> Router {
    Router::new()
        .route("/livez", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(figures))
        .with_state(state.clone())
}

/// Ready to take requests: not on the way out, and the database answers.
async fn ready(State(state): State<AppState>) -> Response {
    if state.lifecycle.is_draining() {
        return (StatusCode::SERVICE_UNAVAILABLE, "ending\n").into_response();
    }
    match tokio::time::timeout(PATIENCE, state.store.read(Ask)).await {
        Ok(Ok(())) => format!("ready\n{}", elsewhere(&state.config.entra.endpoints)).into_response(),
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer in time\n",
        )
            .into_response(),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready: the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

/// Who is asked in Microsoft's place, if anybody is: nobody overlooks a test set-up that went into production (threats T89).
fn elsewhere(asked: &entra::Endpoints) -> String {
    if *asked == entra::Endpoints::microsoft() {
        return String::new();
    }
    format!("not Microsoft: {} and {}\n", asked.authority(), asked.graph())
}

async fn figures(State(state): State<AppState>) -> Response {
    let under_way = state.metrics.gauge("rollcall_requests_under_way", Vec::new());
    under_way.set(f64::from(
        u32::try_from(state.lifecycle.requests()).unwrap_or(u32::MAX),
    ));
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        state.metrics.render(),
    )
        .into_response()
}

/// Keeps the figures small until the process ends.
pub async fn upkeep(metrics: Metrics, lifecycle: Lifecycle) {
    let mut ticks = tokio::time::interval(UPKEEP);
    let mut drained = std::pin::pin!(lifecycle.drained());
    loop {
        tokio::select! {
            () = &mut drained => return,
            _ = ticks.tick() => metrics.upkeep(),
        }
    }
}

struct Ask;

impl Operation for Ask {
    type Output = ();
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
        settings::get(tx, "probe").await.map(drop)
    }
}
