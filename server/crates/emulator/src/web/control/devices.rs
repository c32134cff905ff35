//! Devices of the tenant.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, response::IntoResponse, response::Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Body, Desk, Refused};
use crate::tenant::{Device, ObjectId, Tenant, TenantError};

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route("/devices", get(list).post(register))
        .route("/devices/{device}/{action}", post(act))
}

fn describe(device: &Device) -> Value {
    json!({
        "id": device.id,
        "deviceId": device.device_id.to_string(),
        "displayName": device.display_name,
        "accountEnabled": device.account_enabled,
        "operatingSystem": device.operating_system,
        "operatingSystemVersion": device.operating_system_version,
        "trustType": device.trust_type,
        "owner": device.owner,
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Window {
    owner: String,
    skip: usize,
    top: Option<usize>,
}

async fn list(State(desk): State<Desk>, Query(window): Query<Window>) -> Answer {
    let owner = match window.owner.as_str() {
        "" => None,
        name => Some(desk.user_named(name)?),
    };
    let directory = desk.tenant().read();
    let passes = |device: &&Device| owner.is_none_or(|owner| device.owner == Some(owner));
    let count = directory.devices().filter(passes).count();
    let devices = directory.devices().filter(passes).skip(window.skip);
    let value: Vec<_> = devices.take(window.top.unwrap_or(100)).map(describe).collect();
    Ok(Json(json!({"count": count, "value": value})))
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct New {
    display_name: String,
    owner: Option<String>,
}

async fn register(State(desk): State<Desk>, Body(new): Body<New>) -> Result<Response, Refused> {
    let owner = new
        .owner
        .as_deref()
        .map(|name| desk.user_named(name))
        .transpose()?;
    let id = desk.tenant().register_device(&new.display_name, owner)?;
    let made = shown(&desk, id)?;
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

fn shown(desk: &Desk, id: ObjectId) -> Result<Value, Refused> {
    let device = desk.tenant().device(id);
    device
        .as_ref()
        .map(describe)
        .ok_or_else(|| Refused::missing(&id.to_string()))
}

async fn act(State(desk): State<Desk>, Path((device, action)): Path<(String, String)>) -> Answer {
    let act: fn(&Tenant, ObjectId) -> Result<(), TenantError> = match action.as_str() {
        "disable" => Tenant::disable_device,
        "enable" => Tenant::enable_device,
        "delete" => Tenant::delete_device,
        _ => return Err(Refused::missing(&action)),
    };
    let id = device.parse().map_err(|_| Refused::missing(&device))?;
    act(desk.tenant(), id)?;
    Ok(Json(json!({"device": id, "done": action})))
}
