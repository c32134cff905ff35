//! Microsoft's identity platform over one [`Cloud`] (`entra-facts` part B).
//!
//! | file | what it answers |
//! |---|---|
//! | `metadata` | OpenID configuration, keys, instance discovery |
//! | `authorize` `sign_in` `consent` | the authorize endpoint: validation, account picker, consent |
//! | `admin_consent` | tenant-wide consent, v1 and v2 |
//! | `token/` | the token endpoint, one file per grant |
//! | `userinfo` `logout` | what the names say |
//! | `tokens` `scopes` `client` | issuing tokens, reading scopes, authenticating clients |
//! | `caller` | reading a Graph token, for Graph |
//! | `keys` `jwt` `errors` `catalogue` `memory` | what these rest on |
//!
//! Nobody has a password: choosing an account is signing in.

mod admin_consent;
mod authorize;
mod caller;
mod catalogue;
mod client;
mod consent;
mod errors;
mod jwt;
mod keys;
mod memory;
mod metadata;
mod page;
mod reply;
mod request;
mod scopes;
mod sign_in;
mod token;
mod tokens;
mod userinfo;

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use uuid::{Uuid, uuid};

pub use caller::{Caller, NotACaller};
pub use errors::Refusal;
pub(crate) use jwt::is_certificate;
pub use memory::CancelSpelling;

use crate::cloud::{CLOUD_SEED, Cloud, GRAPH_APP_ID};
use crate::faults::{Effect, Faults, Probe};
use crate::rng::Rng;
use errors::Trace;
use keys::Keys;
use memory::Memory;

/// Tenant id of personal accounts.
pub const CONSUMERS: Uuid = uuid!("9188040d-6c67-4c5b-b112-36a304b66dad");

/// The identity platform. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Platform {
    cloud: Cloud,
    faults: Faults,
    keys: Keys,
    memory: Arc<Mutex<Memory>>,
    rng: Arc<Mutex<Rng>>,
    authority: Arc<str>,
}

/// Whose door a request came through: the first segment of every path (B0).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// One tenant.
    Tenant(Uuid),
    /// Any organization.
    Organizations,
    /// Any organization or personal account.
    Common,
    /// Personal accounts, of which there are none here.
    Consumers,
}

impl Door {
    /// The tenant, if it is one.
    pub(crate) fn tenant(self) -> Option<Uuid> {
        match self {
            Door::Tenant(tenant) => Some(tenant),
            Door::Consumers => Some(CONSUMERS),
            Door::Organizations | Door::Common => None,
        }
    }
}

impl Platform {
    /// The platform of a cloud. `authority` is its origin, as in `https://127.0.0.1:4443`; tokens name it as issuer,
    /// and Graph answers to it as a resource.
    pub fn new(cloud: Cloud, faults: Faults, authority: &str, other_origins: &[String]) -> Self {
        let graph = |app: &mut crate::cloud::AppRegistration| {
            app.identifier_uris.push(authority.to_owned());
            app.identifier_uris.extend_from_slice(other_origins);
        };
        // Graph is in every cloud; the refusal of an unknown application cannot come.
        let _ = cloud.change_application(GRAPH_APP_ID, graph);
        Self {
            cloud,
            faults,
            keys: Keys::default(),
            memory: Arc::default(),
            rng: Arc::new(Mutex::new(Rng::new(CLOUD_SEED ^ 0x5151))),
            authority: authority.into(),
        }
    }

    /// The cloud.
    pub fn cloud(&self) -> &Cloud {
        &self.cloud
    }

    /// The faults.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The origin of the platform, as in `https://127.0.0.1:4443`.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// A new key signs from now on; without `keep` the old ones are no longer published. Returns its key id, or `None`
    /// if no key could be made.
    pub fn rotate_keys(&self, keep: bool) -> Option<String> {
        self.keys.rotate(keep).ok()
    }

    /// Stops publishing keys that no longer sign.
    pub fn forget_old_keys(&self) {
        self.keys.forget_old();
    }

    /// How a press on *Cancel* is spelled in the redirect.
    pub fn set_cancel_spelling(&self, spelling: CancelSpelling) {
        self.memory().cancel = spelling;
    }

    /// Ends a user's sessions and refresh tokens (50173 from then on).
    pub fn revoke(&self, tenant: Uuid, user: Uuid) {
        let now = self.now();
        self.memory().revoked.insert((tenant, user), now);
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.cloud.clock().now()
    }

    pub(crate) fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn random<T>(&self, draw: impl FnOnce(&mut Rng) -> T) -> T {
        draw(&mut self.rng.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Ids for one answer; the correlation id is the caller's `client-request-id` if it sent one.
    pub(crate) fn trace(&self, headers: &HeaderMap) -> Trace {
        let sent = headers.get("client-request-id").and_then(|id| id.to_str().ok());
        let (trace, own) = self.random(|rng| (rng.uuid(), rng.uuid()));
        Trace {
            trace,
            correlation: sent.and_then(|id| id.parse().ok()).unwrap_or(own),
            now: self.now(),
        }
    }

    /// Reads the first segment of a path; 90002 for a tenant nobody knows.
    pub(crate) fn door(&self, segment: &str) -> Result<Door, Refusal> {
        match segment.to_ascii_lowercase().as_str() {
            "organizations" => return Ok(Door::Organizations),
            "common" => return Ok(Door::Common),
            "consumers" => return Ok(Door::Consumers),
            _ => {}
        }
        if segment.parse() == Ok(CONSUMERS) {
            return Ok(Door::Consumers);
        }
        let unknown = || {
            Refusal::new(
                90_002,
                format!(
                    "Tenant '{segment}' not found. Check to make sure you have the correct tenant ID and are signing \
                     into the correct cloud."
                ),
            )
        };
        let tenant = self.cloud.tenant_named(segment).ok_or_else(unknown)?;
        Ok(Door::Tenant(tenant.id()))
    }

    /// `iss` of v2 tokens of a tenant.
    pub(crate) fn issuer(&self, tenant: &str) -> String {
        format!("{}/{tenant}/v2.0", self.authority)
    }

    /// The answer a fault gives instead of the real one.
    pub(crate) fn fault(&self, probe: &Probe<'_>, trace: &Trace) -> Option<Response> {
        match self.faults.take(probe, Effect::is_answer)? {
            Effect::Aadsts { code, claims } => Some(trace.refuse(&Refusal::plain(code).challenged(claims))),
            effect => faulty(&effect),
        }
    }
}

/// The answer of a fault that is no refusal of the platform: a status, or half a body.
pub(crate) fn faulty(effect: &Effect) -> Option<Response> {
    match effect {
        Effect::Status { status, retry_after } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            let mut response = (status, "").into_response();
            if let Some(seconds) = retry_after {
                response
                    .headers_mut()
                    .insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
            }
            Some(response)
        }
        Effect::Cut => {
            let halves = futures_util::stream::unfold(true, async |first| {
                if first {
                    return Some((Ok("{\"token_type\":\"Bea"), false));
                }
                // What was begun must leave before the connection breaks.
                tokio::task::yield_now().await;
                Some((Err(std::io::Error::other("cut on purpose")), false))
            });
            let body = Body::from_stream(halves);
            Some(([(header::CONTENT_TYPE, "application/json")], body).into_response())
        }
        _ => None,
    }
}

/// All routes of the platform.
pub fn router(platform: Platform) -> Router {
    Router::new()
        .merge(metadata::router())
        .merge(authorize::router())
        .merge(sign_in::router())
        .merge(consent::router())
        .merge(admin_consent::router())
        .merge(token::router())
        .merge(userinfo::router())
        .route("/login-assets/submit.js", get(page::script))
        .layer(middleware::from_fn(dress))
        .with_state(platform)
}

/// Headers of every answer. Pages bring their own policy; servers and native apps need none.
async fn dress(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store, no-cache"));
    response
}
