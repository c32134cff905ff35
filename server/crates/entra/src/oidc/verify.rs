//! Whether a token is believed (entra-facts B0, B2; threats T40–T42, T58).
//!
//! The signature comes first, then tenant and issuer, then audience, times, nonce and the person. Times are compared with
//! the time that is passed in, with a leeway of five minutes.

use std::collections::BTreeSet;

use aws_lc_rs::constant_time;
use serde_json::Value;

use crate::{
    endpoints::Endpoints,
    http::is_guid,
    oidc::{
        claims::{AccessClaims, AccessDetails, Checked, IdClaims, IdDetails},
        jws::Jws,
        keys::{Key, Keys},
        rejected::TokenRejected,
    },
};

/// How far our clock and Microsoft's may lie apart, in seconds (threats T58).
const LEEWAY: i64 = 5 * 60;
/// The tenant of personal Microsoft accounts (entra-facts B0).
const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
/// The keys of every tenant, each with the issuer it may sign for.
const ALL_TENANTS: &str = "common";

/// What an ID token must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Our application.
    pub client_id: &'a str,
    /// Whose people may come in.
    pub tenant: ExpectedTenant<'a>,
    /// The nonce of this one attempt.
    pub nonce: &'a str,
    /// The time: microseconds since 1970.
    pub now: i64,
}

/// Whose people may come in.
#[derive(Debug, Clone, Copy)]
pub enum ExpectedTenant<'a> {
    /// Those of this tenant, as a GUID.
    Exactly(&'a str),
    /// Those of these tenants, as GUIDs in lower case.
    AnyOf(&'a BTreeSet<String>),
    /// Those of any organization; not personal accounts. The caller decides by `tid` what they may do.
    AnyOrganization,
}

/// What an access token for the app's own API must say.
#[derive(Clone, Copy)]
pub struct ExpectedAccess<'a> {
    /// Every name of the API: the application's id, its App ID URIs.
    pub audiences: &'a [String],
    /// The time: microseconds since 1970.
    pub now: i64,
    /// Whether a tenant, as a GUID in lower case, belongs to a known organization.
    pub known_tenants: &'a (dyn Fn(&str) -> bool + Sync),
}

impl Keys {
    /// Checks an ID token in full. Asks Microsoft for keys only when the key is not known or too old.
    ///
    /// # Errors
    /// [`TokenRejected`] names the one cause; only `KeysUnavailable` may pass by itself.
    pub async fn verify_id_token(
        &self,
        token: &str,
        expected: &Expected<'_>,
    ) -> Result<IdClaims, TokenRejected> {
        let jws = Jws::parse(token)?;
        let key = self.find(expected.tenant.segment(), &jws.kid).await?;
        key.verify(&jws)?;
        let claims: Checked = jws.claims()?;
        let tid = expected.tenant.check(&claims, self.endpoints())?;
        check_key_issuer(&key, &claims, &tid, self.endpoints())?;
        if text(&claims.aud, "aud")? != expected.client_id {
            return Err(TokenRejected::Audience);
        }
        let (iat, exp) = check_times(&claims, expected.now)?;
        check_nonce(&claims, expected.nonce)?;
        let details: IdDetails = jws.claims()?;
        Ok(IdClaims {
            oid: guid(&claims.oid, "oid")?.to_owned(),
            sub: text(&claims.sub, "sub")?.to_owned(),
            tid,
            name: details.name,
            preferred_username: details.preferred_username,
            email: details.email,
            roles: details.roles,
            wids: details.wids,
            idp: details.idp,
            sid: details.sid,
            login_hint: details.login_hint,
            iat,
            exp,
        })
    }

    /// Checks an access token for the app's own API, of version 1 or 2. Without any I/O for a known key.
    ///
    /// # Errors
    /// [`TokenRejected`] names the one cause; only `KeysUnavailable` may pass by itself.
    pub async fn verify_access_token(
        &self,
        token: &str,
        expected: &ExpectedAccess<'_>,
    ) -> Result<AccessClaims, TokenRejected> {
        let jws = Jws::parse(token)?;
        let key = self.find(ALL_TENANTS, &jws.kid).await?;
        key.verify(&jws)?;
        let claims: Checked = jws.claims()?;
        let tid = check_access_issuer(&claims, self.endpoints())?;
        if !(expected.known_tenants)(tid) {
            return Err(TokenRejected::Tenant);
        }
        check_key_issuer(&key, &claims, tid, self.endpoints())?;
        let aud = text(&claims.aud, "aud")?;
        if !expected.audiences.iter().any(|known| known == aud) {
            return Err(TokenRejected::Audience);
        }
        let (_, exp) = check_times(&claims, expected.now)?;
        access_claims(&claims, jws.claims()?, exp)
    }
}

impl ExpectedTenant<'_> {
    /// Whose keys are asked for.
    fn segment(&self) -> &str {
        match self {
            Self::Exactly(tid) => tid,
            Self::AnyOf(_) | Self::AnyOrganization => ALL_TENANTS,
        }
    }

    /// The tenant, once `iss` is that of an expected tenant and `tid` says the same.
    fn check(&self, claims: &Checked, endpoints: &Endpoints) -> Result<String, TokenRejected> {
        let (iss, tid) = (text(&claims.iss, "iss")?, guid(&claims.tid, "tid")?);
        match self {
            Self::Exactly(expected) => {
                let expected = expected.to_ascii_lowercase();
                check_exactly(iss, tid, &expected, endpoints)?;
            }
            Self::AnyOf(tenants) => {
                check_same(iss, &endpoints.issuer_v2(tid), endpoints)?;
                if !tenants.contains(tid) {
                    return Err(TokenRejected::Tenant);
                }
            }
            Self::AnyOrganization => {
                check_same(iss, &endpoints.issuer_v2(tid), endpoints)?;
                if tid == CONSUMERS {
                    return Err(TokenRejected::PersonalAccount);
                }
            }
        }
        Ok(tid.to_owned())
    }
}

/// The *expected* tenant is put into the template, never the token's own (threats T41).
fn check_exactly(iss: &str, tid: &str, expected: &str, endpoints: &Endpoints) -> Result<(), TokenRejected> {
    match (iss == endpoints.issuer_v2(expected), tid == expected) {
        (true, true) => Ok(()),
        (true, false) => Err(TokenRejected::TenantNotIssuer),
        (false, true) => check_same(iss, &endpoints.issuer_v2(expected), endpoints),
        (false, false) if tid == CONSUMERS => Err(TokenRejected::PersonalAccount),
        (false, false) if iss == endpoints.issuer_v2(tid) => Err(TokenRejected::Tenant),
        (false, false) => Err(TokenRejected::Issuer),
    }
}

/// Tells an issuer of another tenant from an issuer that is none of Entra's.
fn check_same(iss: &str, wanted: &str, endpoints: &Endpoints) -> Result<(), TokenRejected> {
    if iss == wanted {
        return Ok(());
    }
    let template = endpoints.issuer_v2("{tenantid}");
    let (before, after) = template.split_once("{tenantid}").unwrap_or((&template, ""));
    let other = iss.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    Err(if other.is_some_and(is_guid) {
        TokenRejected::TenantNotIssuer
    } else {
        TokenRejected::Issuer
    })
}

/// Version 1 and 2 differ in their issuer; both must name the tenant of `tid`.
fn check_access_issuer<'a>(claims: &'a Checked, endpoints: &Endpoints) -> Result<&'a str, TokenRejected> {
    let (iss, tid) = (text(&claims.iss, "iss")?, guid(&claims.tid, "tid")?);
    if iss != Endpoints::issuer_v1(tid) {
        check_same(iss, &endpoints.issuer_v2(tid), endpoints)?;
    }
    Ok(tid)
}

/// A key that is published for one issuer signs for no other (entra-facts B0). Keys name the issuer of version 2, which
/// stands for the tenant in both versions.
fn check_key_issuer(
    key: &Key,
    claims: &Checked,
    tid: &str,
    endpoints: &Endpoints,
) -> Result<(), TokenRejected> {
    let Some(template) = &key.issuer else {
        return Ok(());
    };
    let (issuer, iss) = (template.replace("{tenantid}", tid), text(&claims.iss, "iss")?);
    let of_v1 = iss == Endpoints::issuer_v1(tid) && issuer == endpoints.issuer_v2(tid);
    if issuer == iss || of_v1 {
        Ok(())
    } else {
        Err(TokenRejected::KeyOfOtherIssuer)
    }
}

/// `iat` and `exp`, once the token is found to be of now.
fn check_times(claims: &Checked, now: i64) -> Result<(i64, i64), TokenRejected> {
    let now = now.div_euclid(1_000_000);
    let (exp, nbf) = (seconds(&claims.exp, "exp")?, seconds(&claims.nbf, "nbf")?);
    let iat = seconds(&claims.iat, "iat")?;
    if now >= exp.saturating_add(LEEWAY) {
        return Err(TokenRejected::Expired);
    }
    if now.saturating_add(LEEWAY) < nbf {
        return Err(TokenRejected::NotYetValid);
    }
    if now.saturating_add(LEEWAY) < iat {
        return Err(TokenRejected::IssuedInFuture);
    }
    Ok((iat, exp))
}

fn check_nonce(claims: &Checked, expected: &str) -> Result<(), TokenRejected> {
    let said = text(&claims.nonce, "nonce")?;
    constant_time::verify_slices_are_equal(said.as_bytes(), expected.as_bytes())
        .map_err(|_| TokenRejected::Nonce)
}

fn access_claims(claims: &Checked, details: AccessDetails, exp: i64) -> Result<AccessClaims, TokenRejected> {
    let (oid, sub) = (guid(&claims.oid, "oid")?, text(&claims.sub, "sub")?);
    let scopes: Vec<String> = details
        .scp
        .as_deref()
        .unwrap_or_default()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    Ok(AccessClaims {
        tid: guid(&claims.tid, "tid")?.to_owned(),
        aud: text(&claims.aud, "aud")?.to_owned(),
        // `idtyp` is optional; without it an application is known by having no scope and being its own subject.
        app_only: details.idtyp.as_deref() == Some("app") || scopes.is_empty() && oid == sub,
        oid: oid.to_owned(),
        sub: sub.to_owned(),
        app_id: details.azp.or(details.appid),
        roles: details.roles,
        scopes,
        name: details.name,
        username: details.preferred_username.or(details.upn).or(details.unique_name),
        exp,
    })
}

fn text<'a>(claim: &'a Option<Value>, name: &'static str) -> Result<&'a str, TokenRejected> {
    let value = claim.as_ref().ok_or(TokenRejected::Missing(name))?;
    value
        .as_str()
        .filter(|text| !text.is_empty())
        .ok_or(TokenRejected::WrongForm(name))
}

fn guid<'a>(claim: &'a Option<Value>, name: &'static str) -> Result<&'a str, TokenRejected> {
    let value = text(claim, name)?;
    if is_guid(value) {
        Ok(value)
    } else {
        Err(TokenRejected::WrongForm(name))
    }
}

/// A whole number: neither a text that looks like one nor a fraction (threats T42).
fn seconds(claim: &Option<Value>, name: &'static str) -> Result<i64, TokenRejected> {
    let value = claim.as_ref().ok_or(TokenRejected::Missing(name))?;
    value.as_i64().ok_or(TokenRejected::WrongForm(name))
}
