//! What a believed token says (entra-facts B2).

use serde::Deserialize;
use serde_json::Value;

/// Who signed in. The person is `tid` + `oid`; every name and address is for showing only (threats T40).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdClaims {
    /// The tenant, as a GUID.
    pub tid: String,
    /// The person in that tenant, as a GUID: what Graph calls `id` and SCIM gets as `externalId`.
    pub oid: String,
    /// The person for this application only.
    pub sub: String,
    /// The name to show.
    pub name: Option<String>,
    /// The user principal name, usually. May change hands.
    pub preferred_username: Option<String>,
    /// An address that nobody may have verified.
    pub email: Option<String>,
    /// App roles of this application.
    pub roles: Vec<String>,
    /// Directory roles as template ids: a hint, never a right (entra-facts B2).
    pub wids: Vec<String>,
    /// The home tenant's issuer, for guests.
    pub idp: Option<String>,
    /// Microsoft's session.
    pub sid: Option<String>,
    /// What to give as `login_hint` next time.
    pub login_hint: Option<String>,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
}

/// Who calls the app's own API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessClaims {
    /// The tenant, as a GUID.
    pub tid: String,
    /// The person or service principal in that tenant, as a GUID.
    pub oid: String,
    /// The caller for this API only; the same as `oid` when an application calls.
    pub sub: String,
    /// The application that asked for the token: `azp` of v2, `appid` of v1.
    pub app_id: Option<String>,
    /// The audience that fits.
    pub aud: String,
    /// App roles of this API.
    pub roles: Vec<String>,
    /// Delegated permissions; empty when an application calls.
    pub scopes: Vec<String>,
    /// An application calls by itself, nobody is signed in.
    pub app_only: bool,
    /// The name to show.
    pub name: Option<String>,
    /// The user principal name, usually. May change hands.
    pub username: Option<String>,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
}

/// The claims that decide, before their shape is known.
#[derive(Deserialize)]
pub(crate) struct Checked {
    pub(crate) iss: Option<Value>,
    pub(crate) aud: Option<Value>,
    pub(crate) exp: Option<Value>,
    pub(crate) nbf: Option<Value>,
    pub(crate) iat: Option<Value>,
    pub(crate) tid: Option<Value>,
    pub(crate) oid: Option<Value>,
    pub(crate) sub: Option<Value>,
    pub(crate) nonce: Option<Value>,
}

/// The claims of an ID token that are shown.
#[derive(Deserialize)]
pub(crate) struct IdDetails {
    pub(crate) name: Option<String>,
    pub(crate) preferred_username: Option<String>,
    pub(crate) email: Option<String>,
    #[serde(default)]
    pub(crate) roles: Vec<String>,
    #[serde(default)]
    pub(crate) wids: Vec<String>,
    pub(crate) idp: Option<String>,
    pub(crate) sid: Option<String>,
    pub(crate) login_hint: Option<String>,
}

/// The claims of an access token besides those that decide.
#[derive(Deserialize)]
pub(crate) struct AccessDetails {
    pub(crate) azp: Option<String>,
    pub(crate) appid: Option<String>,
    #[serde(default)]
    pub(crate) roles: Vec<String>,
    pub(crate) scp: Option<String>,
    pub(crate) idtyp: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) preferred_username: Option<String>,
    pub(crate) upn: Option<String>,
    pub(crate) unique_name: Option<String>,
}
