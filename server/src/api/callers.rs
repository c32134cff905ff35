//! Whose API key it is, and what of their app the answers need: read from the store, and kept for a second, so that a
//! check costs no look-up. A key that is revoked, or a tenant that comes or goes, counts a second later at the latest; what
//! this process changes itself counts at once.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use store::apps::{self, App};
use store::ids::OrganizationId;
use store::{Operation, StoreError, Tx, api_keys, organizations};

use crate::{
    middleware::{Face, refusal},
    secrets::{TokenDigest, TokenKind, recognise},
    state::AppState,
};

/// How long what was read is good for, in microseconds.
const FRESH: i64 = 1_000_000;
/// A key's use is noted at most this often.
const NOTED: i64 = 60_000_000;
/// So many keys are kept.
const MOST: usize = 10_000;

/// An app as its API key shows it.
#[derive(Debug)]
pub(crate) struct Caller {
    /// The app.
    pub app: App,
    /// The names under which its API is asked for; empty until its owner entered a client id.
    pub audiences: Vec<String>,
    /// Its organizations by their tenants: id and name.
    pub tenants: HashMap<String, (OrganizationId, String)>,
    read_at: i64,
}

/// The callers known just now. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Callers(Arc<RwLock<HashMap<TokenDigest, Arc<Caller>>>>);

impl Callers {
    /// Forgets all: something changed.
    pub fn forget(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn get(&self, key: &TokenDigest, now: i64) -> Option<Arc<Caller>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let caller = all.get(key)?;
        (caller.read_at..caller.read_at + FRESH)
            .contains(&now)
            .then(|| caller.clone())
    }

    fn keep(&self, key: TokenDigest, caller: &Arc<Caller>) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(key, caller.clone());
    }
}

/// The app whose key the request carries; else the refusal.
pub(super) async fn caller(state: &AppState, headers: &HeaderMap) -> Result<Arc<Caller>, Response> {
    let key = bearer(headers).and_then(|token| recognise(TokenKind::Api, token));
    let Some(key) = key else {
        return Err(unknown());
    };
    let now = state.clock.now();
    if let Some(caller) = state.callers.get(&key, now) {
        return Ok(caller);
    }
    match state.store.read_heavy(Find { key, now }).await {
        Ok(Some((caller, due))) => {
            let caller = Arc::new(caller);
            state.callers.keep(key, &caller);
            if due {
                note_use(state, key, now).await;
            }
            Ok(caller)
        }
        Ok(None) => Err(unknown()),
        Err(error) => {
            tracing::error!(%error, "an API key could not be looked up");
            let detail = "Rollcall cannot reach its database right now.";
            Err(refusal(Face::Api, StatusCode::SERVICE_UNAVAILABLE, detail))
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn unknown() -> Response {
    let detail = "Send an API key of the app: Authorization: Bearer rollcall_api_…";
    refusal(Face::Api, StatusCode::UNAUTHORIZED, detail)
}

/// A check goes on while nothing can be written (threats T81).
async fn note_use(state: &AppState, key: TokenDigest, now: i64) {
    if let Err(error) = state.store.write(Touch { key, now }).await {
        tracing::warn!(%error, "the use of an API key could not be noted");
    }
}

/// A caller by their key, and whether its use is to be noted.
struct Find {
    key: TokenDigest,
    now: i64,
}

impl Operation for Find {
    type Output = Option<(Caller, bool)>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Self::Output, StoreError> {
        let found = api_keys::find(tx, &self.key).await?;
        let Some(key) = found.filter(|key| key.revoked_at.is_none()) else {
            return Ok(None);
        };
        let Some(app) = apps::get(tx, &key.app).await? else {
            return Ok(None);
        };
        let tenants = organizations::tenants(tx, &app.id).await?;
        let due = key.last_used_at.is_none_or(|at| self.now - at >= NOTED);
        let audiences = app.client_id.iter();
        let audiences = audiences.flat_map(|id| [id.clone(), format!("api://{id}")]);
        let caller = Caller {
            audiences: audiences.collect(),
            tenants: tenants
                .into_iter()
                .map(|(tenant, id, name)| (tenant.to_ascii_lowercase(), (id, name)))
                .collect(),
            app,
            read_at: self.now,
        };
        Ok(Some((caller, due)))
    }
}

struct Touch {
    key: TokenDigest,
    now: i64,
}

impl Operation for Touch {
    type Output = ();
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
        match api_keys::find(tx, &self.key).await? {
            Some(key) => api_keys::touch(tx, &key.id, self.now).await,
            None => Ok(()),
        }
    }
}
