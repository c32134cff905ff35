//! What a tenant's metadata says: whether it exists, and which tenant a domain belongs to (entra-facts B0).

use serde::Deserialize;

use crate::{
    endpoints::Endpoints,
    error::TokenError,
    http::{Http, Unreachable, is_guid},
};

/// A tenant's metadata, as far as it is of use. Addresses and issuer for checking tokens are never taken from here: they
/// come from [`Endpoints`], so that a wrong answer can lead nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Metadata {
    /// The tenant's issuer; a template for `common` and `organizations`.
    pub issuer: String,
    /// Where a browser is sent.
    pub authorization_endpoint: String,
    /// Where codes are redeemed.
    pub token_endpoint: String,
    /// Where the keys are.
    pub jwks_uri: String,
    /// Where a browser signs out.
    pub end_session_endpoint: Option<String>,
    /// Whether redirects carry `iss` (RFC 9207 §3, threats T44).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// The tenant's GUID; `None` for a template.
    pub fn tenant_id(&self) -> Option<&str> {
        self.issuer.split('/').find(|part| is_guid(part))
    }
}

/// Reads the metadata of a tenant, named by GUID or verified domain.
///
/// # Errors
/// `TenantUnknown` (AADSTS90002) when there is no such tenant; `Unreachable` when no sensible answer came.
pub async fn fetch(endpoints: &Endpoints, http: &Http, tenant: &str) -> Result<Metadata, TokenError> {
    let url = endpoints.login(tenant, "v2.0/.well-known/openid-configuration");
    let reply = http.send(http.client().get(url)).await?;
    if !reply.is_success() {
        return Err(TokenError::of_reply(&reply));
    }
    reply.json().map_err(|_| Unreachable::Nonsense.into())
}
