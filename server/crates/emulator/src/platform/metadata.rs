//! OpenID configuration, keys and instance discovery (`entra-facts` B0).

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::errors::Refusal;
use super::{CONSUMERS, Door, Platform};
use crate::faults::{Effect, Probe};

pub(super) fn router() -> Router<Platform> {
    Router::new()
        .route("/{tenant}/v2.0/.well-known/openid-configuration", get(v2))
        .route("/{tenant}/.well-known/openid-configuration", get(v1))
        .route("/{tenant}/discovery/v2.0/keys", get(keys))
        .route("/{tenant}/discovery/keys", get(keys))
        .route("/common/discovery/instance", get(instance))
}

impl Door {
    /// What stands for the tenant in an issuer: the id, or the literal template where it is not known yet.
    fn in_issuer(self) -> String {
        match self {
            Door::Tenant(tenant) => tenant.to_string(),
            Door::Consumers => CONSUMERS.to_string(),
            Door::Organizations | Door::Common => "{tenantid}".to_owned(),
        }
    }
}

async fn v2(State(platform): State<Platform>, Path(segment): Path<String>, headers: HeaderMap) -> Response {
    platform.configuration(&segment, true, &headers)
}

async fn v1(State(platform): State<Platform>, Path(segment): Path<String>, headers: HeaderMap) -> Response {
    platform.configuration(&segment, false, &headers)
}

impl Platform {
    fn probe<'a>(&self, endpoint: &'a str, door: Option<Door>) -> Probe<'a> {
        Probe {
            endpoint,
            tenant: door.and_then(Door::tenant),
            ..Probe::default()
        }
    }

    fn configuration(&self, segment: &str, second: bool, headers: &HeaderMap) -> Response {
        let trace = self.trace(headers);
        let door = self.door(segment);
        if let Some(faulty) = self.fault(&self.probe("metadata", door.clone().ok()), &trace) {
            return faulty;
        }
        match door {
            Ok(door) => Json(self.document(segment, door, second)).into_response(),
            Err(refusal) => trace.refuse_metadata(&refusal),
        }
    }

    fn document(&self, segment: &str, door: Door, second: bool) -> Value {
        let tenant = door.in_issuer();
        // A tenant's own document names the tenant by id, whatever it was asked by.
        let place = match door {
            Door::Tenant(id) => format!("{}/{id}", self.authority()),
            _ => format!("{}/{segment}", self.authority()),
        };
        let (oauth, issuer) = if second {
            ("oauth2/v2.0", self.issuer(&tenant))
        } else {
            ("oauth2", format!("https://sts.windows.net/{tenant}/"))
        };
        // The v1 endpoints proper are not spoken here; v1 metadata leads to the v2 ones.
        let oauth_path = "oauth2/v2.0";
        let keys = if second {
            "discovery/v2.0/keys"
        } else {
            "discovery/keys"
        };
        json!({
            "token_endpoint": format!("{place}/{oauth_path}/token"),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "jwks_uri": format!("{place}/{keys}"),
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": issuer,
            "request_uri_parameter_supported": false,
            "userinfo_endpoint": format!("{}/oidc/userinfo", self.authority()),
            "authorization_endpoint": format!("{place}/{oauth_path}/authorize"),
            "http_logout_supported": true,
            "frontchannel_logout_supported": true,
            "end_session_endpoint": format!("{place}/{oauth}/logout"),
            "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nonce", "preferred_username", "name", "tid", "ver",
                "email", "oid", "roles"],
            "tenant_region_scope": if door.tenant().is_some() { json!("EU") } else { Value::Null },
            "cloud_instance_name": "microsoftonline.com",
            "cloud_graph_host_name": "graph.windows.net",
            "msgraph_host": self.authority().split_once("://").map_or("", |(_, host)| host),
            "rbac_url": "https://pas.windows.net",
        })
    }
}

async fn keys(State(platform): State<Platform>, Path(segment): Path<String>, headers: HeaderMap) -> Response {
    let trace = platform.trace(&headers);
    let door = platform.door(&segment);
    let probe = platform.probe("keys", door.clone().ok());
    if let Some(faulty) = platform.fault(&probe, &trace) {
        return faulty;
    }
    let huge = platform
        .faults
        .take(&probe, |effect| matches!(effect, Effect::HugeKeys { .. }));
    let more = match huge {
        Some(Effect::HugeKeys { count }) => count,
        _ => 0,
    };
    let made = door.and_then(|door| {
        let issuer = platform.issuer(&door.in_issuer());
        let document = platform.keys.document(&issuer, more);
        document.map_err(|_| Refusal::new(90_023, "No signing key could be made."))
    });
    match made {
        Ok(document) => Json(document).into_response(),
        Err(refusal) => trace.refuse_metadata(&refusal),
    }
}

async fn instance(State(platform): State<Platform>) -> Json<Value> {
    let authority = platform.authority();
    let host = authority.split_once("://").map_or("", |(_, host)| host);
    Json(json!({
        "tenant_discovery_endpoint": format!("{authority}/organizations/v2.0/.well-known/openid-configuration"),
        "api-version": "1.1",
        "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
    }))
}
