//! Bearer token → directory. The directory comes from the token's row and from nowhere else (threats T03); every way to
//! fail looks the same (T04), and a database that cannot be asked is a 503, never a 401: a wrong 401 makes Entra
//! quarantine the customer (entra-facts A8).

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, header};
use store::directories::Status;
use store::ids::{AppId, DirectoryId, OrganizationId, TokenId};
use store::tokens::{self, Bearer};
use store::{Operation, StoreError, Tx};

use super::exchange::Exchange;
use super::{Face, reply};
use crate::middleware::RequestInfo;
use crate::secrets::{TokenDigest, TokenKind, recognise};

/// How long a token's row is believed without asking again: a revoked one ends within a second everywhere (T11).
const BELIEVED: Duration = Duration::from_millis(500);

/// Tokens remembered at once; beyond it the memory is emptied.
const REMEMBERED: usize = 10_000;

/// Who asks: the directory of the token's row.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) directory: DirectoryId,
    pub(super) organization: OrganizationId,
    pub(super) app: AppId,
    pub(super) token: TokenId,
}

/// Tokens found of late.
#[derive(Debug, Default)]
pub(super) struct Tokens(RwLock<HashMap<TokenDigest, Known>>);

#[derive(Debug, Clone)]
struct Known {
    caller: Arc<Caller>,
    bearer: Arc<Bearer>,
    since: Instant,
}

/// Why nobody is let in.
enum Denied {
    /// No credentials were sent: 401 without an error code (RFC 6750 §3.1).
    NoCredentials,
    /// Credentials in more than one way, or not as RFC 6750 wants them: 400.
    Malformed,
    /// Unknown, revoked, expired, of another directory or of another kind: 401, all alike.
    Invalid,
    /// A valid token of a directory that somebody switched off: 403.
    Disabled,
    /// We could not look.
    Unavailable(StoreError),
}

/// Stands in front of everything under `/scim`.
pub(super) async fn guard(State(face): State<Face>, mut request: Request, next: Next) -> Response {
    let named = directory_in(request.uri().path()).map(str::to_owned);
    let info = request.extensions().get::<RequestInfo>().cloned();
    let caller = match admit(&face, named.as_deref(), request.headers(), request.uri().query()).await {
        Ok(caller) => caller,
        Err(denied) => return refuse(&face, named, &denied),
    };
    if let Some(info) = &info {
        info.note_directory(caller.directory.as_str());
    }
    let Some(turn) = face.gates.turn(&caller.directory).await else {
        return reply::too_many_requests();
    };
    let reference = info.map(|info| info.id().to_owned());
    request
        .extensions_mut()
        .insert(Exchange::new(&face, caller, reference));
    let response = next.run(request).await;
    drop(turn);
    response
}

async fn admit(
    face: &Face,
    named: Option<&str>,
    headers: &HeaderMap,
    query: Option<&str>,
) -> Result<Arc<Caller>, Denied> {
    let digest = credentials(headers, query)?.ok_or(Denied::Invalid)?;
    let known = known(face, &digest)
        .await
        .map_err(Denied::Unavailable)?
        .ok_or(Denied::Invalid)?;
    // Looked up by digest already; compared again in constant time, so that no index decides (T05).
    let same = verify_slices_are_equal(&known.bearer.hash, &digest).is_ok();
    let alive = known.bearer.revoked_at.is_none()
        && known.bearer.deleted_at.is_none()
        && known.bearer.expires_at.is_none_or(|end| end > face.clock.now());
    let here = named == Some(known.caller.directory.as_str());
    if !(same && alive && here) {
        return Err(Denied::Invalid);
    }
    match known.bearer.status {
        Status::Enabled => Ok(known.caller),
        Status::Disabled => Err(Denied::Disabled),
    }
}

/// The digest of a well-formed bearer token; `Ok(None)` for anything else that was sent as one (T07, T08).
fn credentials(headers: &HeaderMap, query: Option<&str>) -> Result<Option<TokenDigest>, Denied> {
    let in_query = query
        .unwrap_or_default()
        .split('&')
        .any(|pair| pair.starts_with("access_token="));
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let Some(line) = lines.next() else {
        return Err(if in_query {
            Denied::Malformed
        } else {
            Denied::NoCredentials
        });
    };
    if in_query || lines.next().is_some() {
        return Err(Denied::Malformed);
    }
    let text = line.to_str().unwrap_or_default().trim();
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Denied::NoCredentials);
    }
    Ok(recognise(TokenKind::Scim, token.trim()))
}

async fn known(face: &Face, digest: &TokenDigest) -> Result<Option<Known>, StoreError> {
    if let Some(known) = face.tokens.get(digest) {
        return Ok(Some(known));
    }
    let found = face.store.read(FindToken(*digest)).await?;
    Ok(found.map(|bearer| face.tokens.remember(*digest, bearer)))
}

/// Only who is let in is remembered: whoever is refused is looked up each time, so that what was enabled works at once.
fn lets_in(bearer: &Bearer) -> bool {
    matches!(bearer.status, Status::Enabled) && bearer.revoked_at.is_none() && bearer.deleted_at.is_none()
}

impl Tokens {
    fn get(&self, digest: &TokenDigest) -> Option<Known> {
        let tokens = self.0.read().unwrap_or_else(PoisonError::into_inner);
        tokens
            .get(digest)
            .filter(|known| known.since.elapsed() < BELIEVED)
            .cloned()
    }

    fn remember(&self, digest: TokenDigest, bearer: Bearer) -> Known {
        let caller = Arc::new(Caller {
            directory: bearer.directory_id.clone(),
            organization: bearer.organization_id.clone(),
            app: bearer.app_id.clone(),
            token: bearer.token_id.clone(),
        });
        let known = Known {
            caller,
            bearer: Arc::new(bearer),
            since: Instant::now(),
        };
        let mut tokens = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !lets_in(&known.bearer) {
            tokens.remove(&digest);
            return known;
        }
        if tokens.len() >= REMEMBERED {
            tokens.clear();
        }
        tokens.insert(digest, known.clone());
        known
    }
}

struct FindToken(TokenDigest);

impl Operation for FindToken {
    type Output = Option<Bearer>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Option<Bearer>, StoreError> {
        tokens::find_by_hash(tx, &self.0).await
    }
}

/// `/v2/{directory}/…`, as routed relative to `/scim`.
fn directory_in(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("/scim").unwrap_or(path).strip_prefix("/v2/")?;
    rest.split('/').next()
}

fn refuse(face: &Face, named: Option<String>, denied: &Denied) -> Response {
    if let (Denied::Invalid | Denied::NoCredentials, Some(named)) = (denied, named) {
        face.recorder
            .token_refused(DirectoryId::new(named), face.clock.now());
    }
    match denied {
        Denied::NoCredentials => reply::unauthorized(None),
        Denied::Malformed => reply::malformed_credentials(),
        Denied::Invalid => reply::unauthorized(Some("invalid_token")),
        Denied::Disabled => reply::refusal(&scim::Error::forbidden(
            "This directory is switched off. Ask the app's owner to enable it; nothing was lost.",
        )),
        Denied::Unavailable(error) => reply::fault(error, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn headers(lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::AUTHORIZATION, HeaderValue::from_str(line).unwrap());
        }
        headers
    }

    #[test]
    fn the_directory_is_the_third_segment() {
        assert_eq!(directory_in("/scim/v2/dir_1/Users"), Some("dir_1"));
        assert_eq!(directory_in("/v2/dir_1"), Some("dir_1"));
        assert_eq!(directory_in("/v1/dir_1"), None);
    }

    #[test]
    fn credentials_come_in_one_way_only() {
        assert!(matches!(
            credentials(&headers(&[]), None),
            Err(Denied::NoCredentials)
        ));
        assert!(matches!(
            credentials(&headers(&["Basic YTpi"]), None),
            Err(Denied::NoCredentials)
        ));
        assert!(matches!(
            credentials(&headers(&["Bearer a", "Bearer b"]), None),
            Err(Denied::Malformed)
        ));
        assert!(matches!(
            credentials(&headers(&["Bearer a"]), Some("access_token=a")),
            Err(Denied::Malformed)
        ));
        assert!(matches!(
            credentials(&headers(&["Bearer nonsense"]), None),
            Ok(None)
        ));
        assert!(matches!(credentials(&headers(&["bearer  "]), None), Ok(None)));
    }
}
