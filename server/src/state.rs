//! What handlers share.

use std::{fmt, ops::Deref, sync::Arc};

use contract::Portal;
use store::Store;

use crate::{
    api::Callers,
    checklists::Checklists,
    clock::{Clock, Randomness},
    config::Config,
    keys::Key,
    lifecycle::Lifecycle,
    metrics::Metrics,
    signin::{delegated::DelegatedTokens, microsoft::Microsoft},
    tasks::record::Recorder,
};

/// Handed to every handler. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AppState(Arc<Parts>);

/// The parts of the state, all of them shared.
pub struct Parts {
    /// What the process was told.
    pub config: Arc<Config>,
    /// The time.
    pub clock: Clock,
    /// The dice.
    pub randomness: Randomness,
    /// The database.
    pub store: Store,
    /// Signs what must not be forged, and seals what must not be read.
    pub key: Arc<Key>,
    /// Figures for `/metrics`.
    pub metrics: Metrics,
    /// Starting, serving or ending.
    pub lifecycle: Lifecycle,
    /// Writes what was read and refused, and wakes those that watch.
    pub recorder: Recorder,
    /// Microsoft.
    pub microsoft: Microsoft,
    /// Tenant admins' tokens.
    pub delegated: DelegatedTokens,
    /// What is known of customers' tenants.
    pub checklists: Checklists,
    /// The apps' keys and tenants, for `/api/v1`.
    pub callers: Callers,
    /// Answers the pages.
    pub portal: Arc<dyn Portal>,
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts")
            .field("config", &self.config)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

impl AppState {
    /// Shares the parts.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
