//! The control surface: JSON in, JSON out. `GET /control` lists it.
//!
//! A user is named by object id or user principal name, a group by object id or display name. An error is
//! `{"error":{"code":"…","message":"…"}}` with a 4xx status.

pub(crate) mod cloud;
mod devices;
mod groups;
mod job;
mod users;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::FromRequest;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Desk;
use crate::provisioner::{NotRun, OnDemandError};
use crate::tenant::{ObjectId, TenantError};

/// Every route: method, path, body, and what it does.
const ROUTES: &[(&str, &str, &str, &str)] = &[
    ("GET", "/control/tenant", "", "Tenant id, domain and counts"),
    (
        "GET",
        "/control/users?q=&deleted=&skip=&top=",
        "",
        "Users; deleted=true lists Deleted users",
    ),
    (
        "POST",
        "/control/users",
        "{} or {userPrincipalName, displayName, properties…, managerId}",
        "Hire; {} invents a person",
    ),
    (
        "GET",
        "/control/users/{user}",
        "",
        "One user, with groups, assignment, target id and escrow",
    ),
    (
        "PATCH",
        "/control/users/{user}",
        "{property: value or null, …, managerId}",
        "Change properties or the manager",
    ),
    (
        "POST",
        "/control/users/{user}/rename",
        "{givenName, surname}",
        "Rename",
    ),
    (
        "POST",
        "/control/users/{user}/change-address",
        "{local}",
        "Change user principal name and mail",
    ),
    ("POST", "/control/users/{user}/disable", "", "Block sign-in"),
    ("POST", "/control/users/{user}/enable", "", "Allow sign-in"),
    (
        "POST",
        "/control/users/{user}/delete",
        "",
        "Move to Deleted users",
    ),
    ("POST", "/control/users/{user}/restore", "", "Restore"),
    ("POST", "/control/users/{user}/purge", "", "Delete permanently"),
    ("GET", "/control/groups", "", "Groups"),
    (
        "POST",
        "/control/groups",
        "{displayName, securityEnabled}",
        "Create a group",
    ),
    ("GET", "/control/groups/{group}", "", "One group with its members"),
    (
        "PATCH",
        "/control/groups/{group}",
        "{displayName}",
        "Rename a group",
    ),
    ("DELETE", "/control/groups/{group}", "", "Delete a group"),
    (
        "POST",
        "/control/groups/{group}/members",
        "{add: [], remove: []}",
        "Regroup",
    ),
    ("GET", "/control/devices?owner=&skip=&top=", "", "Devices"),
    (
        "POST",
        "/control/devices",
        "{displayName, owner}",
        "Register a device; without an owner it is nobody's",
    ),
    (
        "POST",
        "/control/devices/{device}/{action}",
        "",
        "disable, enable or delete a device",
    ),
    (
        "GET",
        "/control/changes?since=",
        "",
        "The change log after a sequence number",
    ),
    (
        "GET",
        "/control/assignments",
        "",
        "Users and groups assigned to the application",
    ),
    (
        "POST",
        "/control/assignments",
        "{assign: [], unassign: []} or {everything: true}",
        "Assign and unassign",
    ),
    (
        "GET",
        "/control/settings",
        "",
        "Provisioning settings, without the token",
    ),
    (
        "PATCH",
        "/control/settings",
        "{tenantUrl, secretToken, scope, externalId, matching, filter, …}",
        "Change settings",
    ),
    (
        "POST",
        "/control/test-connection",
        "{} or {tenantUrl, secretToken}",
        "Test connection",
    ),
    ("POST", "/control/start", "", "Start provisioning"),
    ("POST", "/control/stop", "", "Stop provisioning"),
    (
        "POST",
        "/control/restart",
        "{full, forceDeletes}",
        "Restart provisioning",
    ),
    (
        "POST",
        "/control/cycle",
        "",
        "Run a cycle now and wait for its end",
    ),
    (
        "POST",
        "/control/provision-on-demand",
        "{user} or {group, members: []}",
        "Provision on demand, answered as Graph does",
    ),
    (
        "GET",
        "/control/job",
        "",
        "The synchronization job in Graph's shape",
    ),
    (
        "GET",
        "/control/log?status=&user=&top=",
        "",
        "Provisioning log in Graph's shape, newest first",
    ),
    ("GET", "/control/log/{id}", "", "One entry of the log"),
    (
        "GET",
        "/control/deviations",
        "",
        "What the server did that Entra would choke on",
    ),
    ("GET", "/control/clock", "", "The tenant's clock"),
    (
        "POST",
        "/control/clock/advance",
        "{seconds}",
        "Move the tenant's clock forward",
    ),
];

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route("/", get(index))
        .merge(users::router())
        .merge(groups::router())
        .merge(devices::router())
        .merge(job::router())
        .merge(cloud::router())
}

async fn index() -> Json<Value> {
    let routes: Vec<_> = ROUTES
        .iter()
        .chain(cloud::ROUTES)
        .map(|(method, path, body, what)| json!({"method": method, "path": path, "body": body, "what": what}))
        .collect();
    Json(json!({ "routes": routes }))
}

/// An answer other than success.
#[derive(Debug)]
struct Refused {
    status: StatusCode,
    code: &'static str,
    message: String,
}

type Answer = Result<Json<Value>, Refused>;

impl Refused {
    fn bad(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code: "Request_BadRequest",
            message: message.into(),
        }
    }

    fn missing(what: &str) -> Self {
        TenantError::NotFound(what.to_owned()).into()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = json!({"error": {"code": self.code, "message": self.message}});
        (self.status, Json(body)).into_response()
    }
}

impl From<TenantError> for Refused {
    fn from(error: TenantError) -> Self {
        let (status, code) = match error {
            TenantError::NotFound(_) => (StatusCode::NOT_FOUND, "Request_ResourceNotFound"),
            TenantError::Taken(_) => (StatusCode::CONFLICT, "Request_MultipleObjectsWithSameKeyValue"),
            TenantError::Invalid(..) | TenantError::State(_) => {
                (StatusCode::BAD_REQUEST, "Request_BadRequest")
            }
        };
        Self {
            status,
            code,
            message: error.to_string(),
        }
    }
}

impl From<NotRun> for Refused {
    fn from(error: NotRun) -> Self {
        Self {
            status: StatusCode::CONFLICT,
            code: "NotRun",
            message: error.to_string(),
        }
    }
}

impl From<OnDemandError> for Refused {
    fn from(error: OnDemandError) -> Self {
        let (status, code) = match error {
            OnDemandError::TooManyRequests => (StatusCode::TOO_MANY_REQUESTS, "TooManyRequests"),
            OnDemandError::NotFound => (StatusCode::NOT_FOUND, "Request_ResourceNotFound"),
            _ => (StatusCode::BAD_REQUEST, "Request_BadRequest"),
        };
        Self {
            status,
            code,
            message: error.to_string(),
        }
    }
}

/// A JSON body; an empty one reads as `{}`, and what does not fit is told in our error shape.
struct Body<T>(T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Refused;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, Refused> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|error| Refused::bad(error.to_string()))?;
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        serde_json::from_slice(text)
            .map(Self)
            .map_err(|error| Refused::bad(error.to_string()))
    }
}

impl Desk {
    /// A user by object id or user principal name, deleted ones included.
    fn user_named(&self, name: &str) -> Result<ObjectId, Refused> {
        let directory = self.tenant().read();
        let by_id = name.parse().ok().and_then(|id| directory.user(id));
        by_id
            .or_else(|| directory.user_by_upn(name))
            .map(|user| user.id)
            .ok_or_else(|| Refused::missing(name))
    }

    /// A group by object id or display name.
    fn group_named(&self, name: &str) -> Result<ObjectId, Refused> {
        let directory = self.tenant().read();
        let by_id = name.parse().ok().and_then(|id| directory.group(id));
        let found = by_id.or_else(|| directory.groups().find(|group| group.display_name == name));
        found.map(|group| group.id).ok_or_else(|| Refused::missing(name))
    }

    fn anything_named(&self, name: &str) -> Result<ObjectId, Refused> {
        self.user_named(name).or_else(|_| self.group_named(name))
    }
}
