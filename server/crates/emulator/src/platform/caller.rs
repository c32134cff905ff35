//! Reads a token that somebody shows to Microsoft Graph.

use uuid::Uuid;

use super::Platform;
use super::jwt::Parts;
use crate::cloud::GRAPH_APP_ID;

/// Who calls Graph, and what the token lets them do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The tenant.
    pub tenant: Uuid,
    /// Application id of the client.
    pub client: Uuid,
    /// Object id: the user's, or the client's service principal's when it is app-only.
    pub oid: Uuid,
    /// True for an app-only token.
    pub app_only: bool,
    /// Delegated scopes (`scp`); none when it is app-only.
    pub scopes: Vec<String>,
    /// Application permissions (`roles`) when it is app-only.
    pub roles: Vec<String>,
    /// Directory role template ids (`wids`) of the user, as they were when the token was issued.
    pub wids: Vec<Uuid>,
}

impl Caller {
    /// Whether the token carries this permission, of whichever kind it is.
    pub fn has(&self, permission: &str) -> bool {
        let held = if self.app_only { &self.roles } else { &self.scopes };
        held.iter().any(|one| one.eq_ignore_ascii_case(permission))
    }
}

/// Why Graph does not accept a token: 401 `InvalidAuthenticationToken` with this message (C0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotACaller {
    /// There is none.
    #[error("Access token is empty.")]
    Missing,
    /// It is no JWT.
    #[error("CompactToken parsing failed with error code: 80049217")]
    Malformed,
    /// No published key made it.
    #[error("Access token validation failure. Invalid signature.")]
    Signature,
    /// Its time is over, or has not come.
    #[error("Lifetime validation failed, the token is expired.")]
    Lifetime,
    /// It is for another resource.
    #[error("Access token validation failure. Invalid audience.")]
    Audience,
    /// Its issuer is not the tenant it names.
    #[error("Access token validation failure. Invalid issuer.")]
    Issuer,
}

impl Platform {
    /// Reads the token of an `Authorization: Bearer` header.
    pub fn caller(&self, authorization: Option<&str>) -> Result<Caller, NotACaller> {
        let (scheme, token) = authorization
            .and_then(|value| value.split_once(' '))
            .ok_or(NotACaller::Missing)?;
        let token = token.trim();
        if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
            return Err(NotACaller::Missing);
        }
        let parts = Parts::read(token).ok_or(NotACaller::Malformed)?;
        if !self.keys.made(&parts) {
            return Err(NotACaller::Signature);
        }
        let now = self.now().as_second();
        // Five minutes for clocks that differ.
        let live = parts.seconds("exp").is_some_and(|end| end + 300 > now)
            && parts.seconds("nbf").is_none_or(|from| from <= now + 300);
        if !live {
            return Err(NotACaller::Lifetime);
        }
        let audience = parts.claim("aud").unwrap_or_default();
        let ours = {
            let view = self.cloud.view();
            view.resource(audience)
                .is_some_and(|app| app.app_id == GRAPH_APP_ID)
        };
        if !ours {
            return Err(NotACaller::Audience);
        }
        read(&parts)
    }
}

fn read(parts: &Parts) -> Result<Caller, NotACaller> {
    let id = |name: &str| parts.claim(name).and_then(|text| text.parse::<Uuid>().ok());
    let tenant = id("tid").ok_or(NotACaller::Issuer)?;
    if parts.claim("iss") != Some(format!("https://sts.windows.net/{tenant}/").as_str()) {
        return Err(NotACaller::Issuer);
    }
    let words = |name: &str| -> Vec<String> {
        let list = parts.claims.get(name).and_then(|value| value.as_array());
        let words = list.into_iter().flatten().filter_map(|one| one.as_str());
        words.map(str::to_owned).collect()
    };
    let scopes: Vec<_> = parts
        .claim("scp")
        .unwrap_or_default()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    Ok(Caller {
        tenant,
        client: id("appid").ok_or(NotACaller::Malformed)?,
        oid: id("oid").ok_or(NotACaller::Malformed)?,
        app_only: parts.claim("idtyp") == Some("app"),
        scopes,
        roles: words("roles"),
        wids: words("wids").iter().filter_map(|id| id.parse().ok()).collect(),
    })
}
