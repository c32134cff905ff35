//! `grant_type=client_credentials` (B4).

use serde_json::{Value, json};

use super::Request;
use crate::platform::errors::Refusal;
use crate::platform::tokens::APP_TOKEN_LIFE;
use crate::platform::{Door, scopes};

impl Request<'_> {
    pub(super) fn client_credentials(&self) -> Result<Value, Refusal> {
        let tenant = match self.door {
            Door::Tenant(tenant) => tenant,
            Door::Common | Door::Consumers => return Err(Refusal::plain(9_001_023)),
            Door::Organizations => {
                return Err(Refusal::new(
                    50_059,
                    "No tenant-identifying information found in either the request or implied by any provided \
                     credentials.",
                ));
            }
        };
        self.confidential()?;
        let asked = scopes::read(&self.platform.cloud, self.form.need("scope")?)?;
        let [wanted] = asked.resources.as_slice() else {
            return Err(Refusal::new(
                700_022,
                "The provided value for the input parameter scope is not valid because it contains more than one \
                 resource, or none.",
            ));
        };
        if !wanted.default {
            return Err(Refusal::new(
                70_011,
                "The provided request must include a 'scope' input parameter. Client credential flows must have a scope \
                 value with /.default suffixed to the resource identifier (application ID URI).",
            ));
        }
        let app = &self.client.app;
        let principal = {
            let view = self.platform.cloud.view();
            let found = view.service_principal_of(tenant, app.app_id).cloned();
            let found = found.ok_or_else(|| {
                crate::platform::client::unknown_application(&app.app_id.to_string(), self.segment)
            })?;
            let Some(resource) = view.service_principal_of(tenant, wanted.app) else {
                return Err(scopes::unknown_resource(&wanted.name));
            };
            if !found.account_enabled {
                let text = format!("Application '{}'({}) is disabled.", app.app_id, app.display_name);
                return Err(Refusal::new(7_000_112, text));
            }
            let assigned = view.assigned(tenant, wanted.app, &[found.id]);
            if resource.app_role_assignment_required && !assigned {
                let text = format!(
                    "Application '{}'({}) is not assigned to a role for the application '{}'.",
                    app.app_id, app.display_name, wanted.name
                );
                return Err(Refusal::new(501_051, text));
            }
            found.id
        };
        let token = self
            .platform
            .app_token(&self.minting(), tenant, principal, wanted)?;
        Ok(json!({
            "token_type": "Bearer",
            "expires_in": APP_TOKEN_LIFE,
            "ext_expires_in": APP_TOKEN_LIFE,
            "access_token": token,
        }))
    }
}
