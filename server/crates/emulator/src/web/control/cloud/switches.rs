//! Switches of the whole: replication delay, time, faults, keys, how *Cancel* is spelled.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::{Answer, Body, Desk, Refused};
use crate::faults::Fault;
use crate::platform::CancelSpelling;

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route("/cloud/delay", post(delay))
        .route("/cloud/clock/advance", post(advance))
        .route("/cloud/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/cloud/faults/{id}", delete(remove_fault))
        .route("/cloud/keys/rotate", post(rotate))
        .route("/cloud/keys/forget-old", post(forget_old))
        .route("/cloud/cancel-spelling", post(cancel_spelling))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seconds {
    seconds: u32,
}

async fn delay(State(desk): State<Desk>, Body(by): Body<Seconds>) -> Answer {
    desk.cloud()
        .set_replication_delay(SignedDuration::from_secs(i64::from(by.seconds)));
    Ok(Json(json!({"delaySeconds": by.seconds})))
}

async fn advance(State(desk): State<Desk>, Body(by): Body<Seconds>) -> Answer {
    desk.cloud()
        .clock()
        .advance(Duration::from_secs(u64::from(by.seconds)));
    Ok(Json(json!({"time": desk.cloud().clock().now().to_string()})))
}

async fn faults(State(desk): State<Desk>) -> Json<Value> {
    Json(json!({"value": desk.platform.faults().list()}))
}

async fn add_fault(State(desk): State<Desk>, Body(fault): Body<Fault>) -> Answer {
    Ok(Json(json!({"id": desk.platform.faults().add(fault)})))
}

async fn clear_faults(State(desk): State<Desk>) -> Answer {
    desk.platform.faults().clear();
    Ok(Json(json!({"value": []})))
}

async fn remove_fault(State(desk): State<Desk>, Path(id): Path<String>) -> Answer {
    let number = id.parse().map_err(|_| Refused::missing(&id))?;
    if desk.platform.faults().remove(number) {
        Ok(Json(json!({"id": number})))
    } else {
        Err(Refused::missing(&id))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rotation {
    #[serde(default = "yes")]
    keep: bool,
}

fn yes() -> bool {
    true
}

async fn rotate(State(desk): State<Desk>, Body(rotation): Body<Rotation>) -> Answer {
    let kid = desk.platform.rotate_keys(rotation.keep);
    let kid = kid.ok_or_else(|| Refused::bad("no key could be made"))?;
    Ok(Json(json!({ "kid": kid })))
}

async fn forget_old(State(desk): State<Desk>) -> Answer {
    desk.platform.forget_old_keys();
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spelling {
    spelling: CancelSpelling,
}

async fn cancel_spelling(State(desk): State<Desk>, Body(to): Body<Spelling>) -> Answer {
    desk.platform.set_cancel_spelling(to.spelling);
    Ok(Json(json!({"spelling": to.spelling})))
}
