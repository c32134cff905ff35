//! The cloud: registrations, principals, grants, keys, faults and replication.
//!
//! An application is named by application id, object id or display name; a tenant by id or domain.

mod applications;
mod routes;
mod switches;
mod tenants;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use axum::{Json, http::StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Desk, Refused};
use crate::cloud::{AppRegistration, CloudError};
use crate::tenant::Tenant;
pub(super) use routes::ROUTES;

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route("/cloud", get(overview))
        .merge(applications::router())
        .merge(tenants::router())
        .merge(switches::router())
}

impl From<CloudError> for Refused {
    fn from(error: CloudError) -> Self {
        let (status, code) = match error {
            CloudError::NotFound(_) => (StatusCode::NOT_FOUND, "Request_ResourceNotFound"),
            CloudError::AlreadyGranted | CloudError::Taken(_) => {
                (StatusCode::CONFLICT, "Request_MultipleObjectsWithSameKeyValue")
            }
            _ => (StatusCode::BAD_REQUEST, "Request_BadRequest"),
        };
        Self {
            status,
            code,
            message: error.to_string(),
        }
    }
}

impl Desk {
    fn cloud(&self) -> &crate::cloud::Cloud {
        self.platform.cloud()
    }

    fn app_named(&self, name: &str) -> Result<AppRegistration, Refused> {
        let view = self.cloud().view();
        let found = view.application_named(name).cloned();
        found.ok_or_else(|| Refused::missing(name))
    }

    fn tenant_named(&self, name: &str) -> Result<&Tenant, Refused> {
        self.cloud()
            .tenant_named(name)
            .ok_or_else(|| Refused::missing(name))
    }

    fn principal_named(&self, tenant: &str, app: &str) -> Result<(Uuid, Uuid), Refused> {
        let tenant = self.tenant_named(tenant)?.id();
        let app_id = self.app_named(app)?.app_id;
        let view = self.cloud().view();
        let found = view.principal_of(tenant, app_id).map(|principal| principal.id);
        Ok((tenant, found.ok_or_else(|| Refused::missing(app))?))
    }

    fn member_named(&self, tenant: &Tenant, name: &str) -> Result<Uuid, Refused> {
        let by_id = name
            .parse()
            .ok()
            .and_then(|id| self.cloud().user(tenant.id(), id));
        let user = by_id.or_else(|| self.cloud().account(tenant.id(), name));
        user.map(|user| user.id.0).ok_or_else(|| Refused::missing(name))
    }
}

async fn overview(State(desk): State<Desk>) -> Json<Value> {
    let cloud = desk.cloud();
    let tenants: Vec<_> = cloud
        .tenants()
        .iter()
        .map(|tenant| {
            json!({"id": tenant.id().to_string(), "domain": tenant.domain(), "displayName": tenant.name(),
                "users": tenant.read().users().count()})
        })
        .collect();
    Json(json!({
        "authority": desk.platform.authority(),
        "time": cloud.clock().now().to_string(),
        "delaySeconds": cloud.view().delay().as_secs(),
        "tenants": tenants,
        "people": people(cloud),
    }))
}

/// The demo's people with their directory roles.
pub(crate) fn people(cloud: &crate::cloud::Cloud) -> Vec<Value> {
    let view = cloud.view();
    let one = |person: &crate::cloud::Person| {
        let roles = view.directory_roles(person.tenant, person.id);
        let roles: Vec<_> = roles.iter().map(|role| role.name()).collect();
        let name = cloud.user(person.tenant, person.id);
        let name = name.map(|user| user.display_name().to_owned());
        json!({"name": name, "upn": person.upn, "id": person.id.to_string(), "tenant": person.tenant.to_string(),
            "part": person.part, "roles": roles})
    };
    cloud.people().iter().map(one).collect()
}
