//! Groups of the tenant, and who is assigned to the application.

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, http::StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Body, Desk, Refused};
use crate::tenant::{Directory, Group, ObjectId};

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route("/groups", get(list).post(create))
        .route("/groups/{group}", get(one).patch(rename).delete(delete))
        .route("/groups/{group}/members", post(members))
        .route("/assignments", get(assignments).post(assign))
}

fn describe(group: &Group, assigned: bool) -> Value {
    json!({
        "id": group.id,
        "displayName": group.display_name,
        "description": group.description,
        "securityEnabled": group.security_enabled,
        "members": group.members.len(),
        "assigned": assigned,
        "createdDateTime": group.created.to_string(),
    })
}

async fn list(State(desk): State<Desk>) -> Json<Value> {
    let directory = desk.tenant().read();
    let value: Vec<_> = directory
        .groups()
        .map(|group| describe(group, directory.assignments().contains(&group.id)))
        .collect();
    Json(json!({"count": value.len(), "value": value}))
}

fn in_full(desk: &Desk, id: ObjectId) -> Answer {
    let mut body = {
        let directory = desk.tenant().read();
        let group = directory
            .group(id)
            .ok_or_else(|| Refused::missing(&id.to_string()))?;
        let mut body = describe(group, directory.assignments().contains(&id));
        body["members"] = group
            .members
            .iter()
            .map(|member| principal(&directory, *member))
            .collect();
        body
    };
    body["targetId"] = json!(desk.job.target_id(id));
    Ok(Json(body))
}

fn principal(directory: &Directory, id: ObjectId) -> Value {
    match (directory.user(id), directory.group(id)) {
        (Some(user), _) => json!({
            "id": id,
            "type": "User",
            "displayName": user.display_name(),
            "userPrincipalName": user.upn(),
        }),
        (None, Some(group)) => json!({"id": id, "type": "Group", "displayName": group.display_name}),
        (None, None) => json!({"id": id}),
    }
}

async fn one(State(desk): State<Desk>, Path(group): Path<String>) -> Answer {
    in_full(&desk, desk.group_named(&group)?)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewGroup {
    display_name: String,
    #[serde(default = "yes")]
    security_enabled: bool,
}

fn yes() -> bool {
    true
}

async fn create(
    State(desk): State<Desk>,
    Body(new): Body<NewGroup>,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let id = desk
        .tenant()
        .create_group(&new.display_name, new.security_enabled)?;
    Ok((StatusCode::CREATED, in_full(&desk, id)?))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Name {
    display_name: String,
}

async fn rename(State(desk): State<Desk>, Path(group): Path<String>, Body(name): Body<Name>) -> Answer {
    let id = desk.group_named(&group)?;
    desk.tenant().rename_group(id, &name.display_name)?;
    in_full(&desk, id)
}

async fn delete(State(desk): State<Desk>, Path(group): Path<String>) -> Answer {
    let id = desk.group_named(&group)?;
    desk.tenant().delete_group(id)?;
    Ok(Json(json!({"id": id, "deleted": true})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Regroup {
    #[serde(default)]
    add: Vec<String>,
    #[serde(default)]
    remove: Vec<String>,
}

async fn members(
    State(desk): State<Desk>,
    Path(group): Path<String>,
    Body(regroup): Body<Regroup>,
) -> Answer {
    let id = desk.group_named(&group)?;
    let named = |names: &[String]| {
        names
            .iter()
            .map(|name| desk.anything_named(name))
            .collect::<Result<Vec<_>, _>>()
    };
    let (add, remove) = (named(&regroup.add)?, named(&regroup.remove)?);
    desk.tenant().add_members(id, &add)?;
    desk.tenant().remove_members(id, &remove)?;
    in_full(&desk, id)
}

async fn assignments(State(desk): State<Desk>) -> Json<Value> {
    let directory = desk.tenant().read();
    let value: Vec<_> = directory
        .assignments()
        .iter()
        .map(|id| principal(&directory, *id))
        .collect();
    Json(json!({"count": value.len(), "value": value}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Assign {
    #[serde(default)]
    assign: Vec<String>,
    #[serde(default)]
    unassign: Vec<String>,
    #[serde(default)]
    everything: bool,
}

async fn assign(State(desk): State<Desk>, Body(body): Body<Assign>) -> Result<Json<Value>, Refused> {
    let named = |names: &[String]| {
        names
            .iter()
            .map(|name| desk.anything_named(name))
            .collect::<Result<Vec<_>, _>>()
    };
    let (assign, unassign) = (named(&body.assign)?, named(&body.unassign)?);
    if body.everything {
        desk.tenant().assign_everything();
    }
    for id in assign {
        desk.tenant().assign(id)?;
    }
    for id in unassign {
        desk.tenant().unassign(id)?;
    }
    Ok(assignments(State(desk)).await)
}
