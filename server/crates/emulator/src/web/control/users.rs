//! Users of the tenant.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, http::StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Answer, Body, Desk, Refused};
use crate::tenant::{DOMAIN, NewUser, ObjectId, Property, TENANT_ID, Tenant, TenantError, User};

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route("/tenant", get(tenant))
        .route("/users", get(list).post(hire))
        .route("/users/{user}", get(one).patch(change))
        .route("/users/{user}/rename", post(rename))
        .route("/users/{user}/change-address", post(change_address))
        .route("/users/{user}/{action}", post(act))
        .route("/changes", get(changes))
}

async fn tenant(State(desk): State<Desk>) -> Json<Value> {
    let directory = desk.tenant().read();
    Json(json!({
        "id": TENANT_ID.to_string(),
        "displayName": "Contoso",
        "domain": DOMAIN,
        "users": directory.users().count(),
        "deletedUsers": directory.deleted_users().count(),
        "groups": directory.groups().count(),
        "lastChange": directory.last_change(),
    }))
}

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    q: String,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    skip: usize,
    top: Option<usize>,
}

async fn list(State(desk): State<Desk>, Query(search): Query<Search>) -> Json<Value> {
    let directory = desk.tenant().read();
    let wanted = search.q.to_lowercase();
    let passes = |user: &&User| {
        user.deleted.is_some() == search.deleted
            && (user.upn().to_lowercase().contains(&wanted)
                || user.display_name().to_lowercase().contains(&wanted))
    };
    let found: Vec<_> = directory.all_users().filter(passes).collect();
    let top = search.top.unwrap_or(100).min(1000);
    let value: Vec<_> = found
        .iter()
        .skip(search.skip)
        .take(top)
        .map(|user| describe(user))
        .collect();
    Json(json!({"count": found.len(), "value": value}))
}

fn describe(user: &User) -> Value {
    let mut body = Map::new();
    body.insert("id".to_owned(), json!(user.id));
    for property in Property::ALL {
        body.insert(property.name().to_owned(), json!(user.get(property)));
    }
    body.insert(
        "userType".to_owned(),
        json!(if user.guest { "Guest" } else { "Member" }),
    );
    body.insert("accountEnabled".to_owned(), json!(user.account_enabled));
    body.insert("managerId".to_owned(), json!(user.manager));
    body.insert("createdDateTime".to_owned(), json!(user.created.to_string()));
    body.insert(
        "deletedDateTime".to_owned(),
        json!(user.deleted.map(|at| at.to_string())),
    );
    Value::Object(body)
}

fn in_full(desk: &Desk, id: ObjectId) -> Answer {
    let (mut body, groups, assigned) = {
        let directory = desk.tenant().read();
        let user = directory
            .user(id)
            .ok_or_else(|| Refused::missing(&id.to_string()))?;
        let groups: Vec<_> = directory
            .groups_of(id)
            .map(|group| json!({"id": group.id, "displayName": group.display_name}))
            .collect();
        (describe(user), groups, directory.assignments().contains(&id))
    };
    body["memberOf"] = json!(groups);
    body["assigned"] = json!(assigned);
    body["targetId"] = json!(desk.job.target_id(id));
    body["escrow"] = desk.job.escrow(id).map_or(
        Value::Null,
        |escrow| json!({"attempts": escrow.attempts, "next": escrow.next.to_string()}),
    );
    Ok(Json(body))
}

async fn one(State(desk): State<Desk>, Path(user): Path<String>) -> Answer {
    in_full(&desk, desk.user_named(&user)?)
}

type Properties = Vec<(Property, Option<String>)>;

/// Properties as a JSON object, with the manager apart: absent, cleared, or named.
fn read(body: &Map<String, Value>) -> Result<(Properties, Option<Option<String>>), Refused> {
    let (mut properties, mut manager) = (Vec::new(), None);
    for (name, value) in body {
        let text = match value {
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            _ => return Err(Refused::bad(format!("{name} must be a string or null"))),
        };
        match Property::parse(name) {
            Some(property) => properties.push((property, text)),
            None if name == "managerId" => manager = Some(text),
            None => return Err(Refused::bad(format!("{name} is not a property of a user"))),
        }
    }
    Ok((properties, manager))
}

async fn hire(
    State(desk): State<Desk>,
    Body(body): Body<Map<String, Value>>,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let id = if body.is_empty() {
        desk.tenant().hire_somebody()
    } else {
        hire_named(&desk, &body)?
    };
    Ok((StatusCode::CREATED, in_full(&desk, id)?))
}

fn hire_named(desk: &Desk, body: &Map<String, Value>) -> Result<ObjectId, Refused> {
    let (properties, manager) = read(body)?;
    let manager = manager.flatten().map(|name| desk.user_named(&name)).transpose()?;
    let text = |wanted| {
        let found = properties.iter().find(|(property, _)| *property == wanted);
        found.and_then(|(_, value)| value.clone()).unwrap_or_default()
    };
    let new = NewUser {
        user_principal_name: text(Property::UserPrincipalName),
        display_name: text(Property::DisplayName),
        properties: properties
            .iter()
            .filter_map(|(property, value)| Some((*property, value.clone()?)))
            .collect(),
        manager,
    };
    Ok(desk.tenant().hire(new)?)
}

async fn change(
    State(desk): State<Desk>,
    Path(user): Path<String>,
    Body(body): Body<Map<String, Value>>,
) -> Answer {
    let id = desk.user_named(&user)?;
    let (properties, manager) = read(&body)?;
    let to: Vec<_> = properties
        .iter()
        .map(|(property, value)| (*property, value.as_deref()))
        .collect();
    desk.tenant().update(id, &to)?;
    if let Some(manager) = manager {
        let manager = manager.map(|name| desk.user_named(&name)).transpose()?;
        desk.tenant().set_manager(id, manager)?;
    }
    in_full(&desk, id)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Name {
    given_name: String,
    surname: String,
}

async fn rename(State(desk): State<Desk>, Path(user): Path<String>, Body(name): Body<Name>) -> Answer {
    let id = desk.user_named(&user)?;
    desk.tenant().rename(id, &name.given_name, &name.surname)?;
    in_full(&desk, id)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Address {
    local: String,
}

async fn change_address(
    State(desk): State<Desk>,
    Path(user): Path<String>,
    Body(address): Body<Address>,
) -> Answer {
    let id = desk.user_named(&user)?;
    desk.tenant().change_address(id, &address.local)?;
    in_full(&desk, id)
}

async fn act(State(desk): State<Desk>, Path((user, action)): Path<(String, String)>) -> Answer {
    let id = desk.user_named(&user)?;
    let act: fn(&Tenant, ObjectId) -> Result<(), TenantError> = match action.as_str() {
        "disable" => Tenant::disable,
        "enable" => Tenant::enable,
        "delete" => Tenant::delete,
        "restore" => Tenant::restore,
        "purge" => Tenant::purge,
        _ => return Err(Refused::missing(&action)),
    };
    act(desk.tenant(), id)?;
    if action == "purge" {
        Ok(Json(json!({"id": id, "purged": true})))
    } else {
        in_full(&desk, id)
    }
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn changes(State(desk): State<Desk>, Query(since): Query<Since>) -> Json<Value> {
    let directory = desk.tenant().read();
    match directory.changes_since(since.since) {
        crate::tenant::Delta::Changes(changes) => {
            Json(json!({"last": directory.last_change(), "value": changes}))
        }
        crate::tenant::Delta::Expired => {
            Json(json!({"last": directory.last_change(), "expired": true, "value": []}))
        }
    }
}
