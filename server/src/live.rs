//! `/live/…`: tells a watching page that something changed, and nothing else (contract::live).
//!
//! Woken by this process's recorder, and every two seconds by a look at the store, so that it does not matter which server
//! took the request, or whether the command line did it.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use contract::live::{EVENT, Pulse};
use futures_util::{Stream, future::BoxFuture};
use store::ids::{AppId, OrganizationId};
use store::{Operation, Store, StoreError, Tx, activity, directories, organizations};
use tokio::sync::broadcast::{self, error::RecvError};

use crate::lifecycle::Lifecycle;
use crate::tasks::record::Recorder;

/// How often the store is looked at when nothing woke us.
const LOOK: Duration = Duration::from_secs(2);
/// How often it is asked whether whoever watches is still in: they hear nothing a second after they are out (threats T59).
const GUARD: Duration = Duration::from_millis(500);
/// Pulses come at most this often.
const PAUSE: Duration = Duration::from_millis(250);

/// What a page watches.
#[derive(Debug, Clone)]
pub enum Watched {
    /// One organization.
    One(OrganizationId),
    /// Those of some apps.
    Apps(Vec<AppId>),
    /// All there are.
    All,
}

/// Answers whether whoever watches is still in; the stream ends when they are not. Asked every two seconds, so that what
/// must be looked at while somebody watches is looked at there.
pub type StillIn = Arc<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>;

/// The stream of pulses of what is watched.
pub fn pulses(
    store: Store,
    recorder: &Recorder,
    lifecycle: &Lifecycle,
    watched: Watched,
    still_in: StillIn,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<>> {
    let watch = Watch {
        store,
        wakes: recorder.pulses(),
        drained: Box::pin(lifecycle.drained()),
        watched,
        still_in,
        seen: None,
        revision: 0,
    };
    let stream = futures_util::stream::unfold(watch, Watch::next);
    Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

struct Watch {
    store: Store,
    wakes: broadcast::Receiver<OrganizationId>,
    drained: std::pin::Pin<Box<tokio_util::sync::WaitForCancellationFutureOwned>>,
    watched: Watched,
    still_in: StillIn,
    /// Newest activity of each directory when we last looked.
    seen: Option<BTreeMap<String, i64>>,
    revision: u64,
}

impl Watch {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        // The first pulse comes at once: the page may be older than the stream.
        if self.revision > 0 {
            self.wait().await?;
            // Whoever lost their role or their link hears nothing more (threats T59).
            if !(self.still_in)().await {
                return None;
            }
        }
        self.revision += 1;
        let pulse = Pulse {
            revision: self.revision,
        };
        let event = Event::default().event(EVENT).json_data(pulse).unwrap_or_default();
        Some((Ok(event), self))
    }

    /// Until something changed; `None` when the process ends.
    async fn wait(&mut self) -> Option<()> {
        tokio::time::sleep(PAUSE).await;
        let mut looks = tokio::time::interval_at(tokio::time::Instant::now() + LOOK, LOOK);
        let mut guards = tokio::time::interval_at(tokio::time::Instant::now() + GUARD, GUARD);
        loop {
            tokio::select! {
                () = &mut self.drained => return None,
                woken = self.wakes.recv() => match woken {
                    Ok(organization) => if self.is_watched(organization).await { return Some(()) },
                    Err(RecvError::Lagged(_)) => return Some(()),
                    Err(RecvError::Closed) => return None,
                },
                _ = guards.tick() => if !(self.still_in)().await { return None },
                _ = looks.tick() => if self.looks_different().await { return Some(()) },
            }
        }
    }

    async fn is_watched(&mut self, organization: OrganizationId) -> bool {
        match &self.watched {
            Watched::All => true,
            Watched::One(mine) => *mine == organization,
            Watched::Apps(apps) => match self.store.read(AppOf(organization)).await {
                Ok(Some(app)) => apps.contains(&app),
                // Of one that was just deleted nobody knows any more whose it was.
                Ok(None) | Err(_) => true,
            },
        }
    }

    async fn looks_different(&mut self) -> bool {
        let look = Newest(self.watched.clone());
        // A store that cannot be asked now is asked again in a moment.
        let Ok(newest) = self.store.read(look).await else {
            return false;
        };
        let before = self.seen.replace(newest);
        before.is_some() && before != self.seen
    }
}

/// The newest activity of each directory: it also differs when a directory comes or goes.
struct Newest(Watched);

impl Operation for Newest {
    type Output = BTreeMap<String, i64>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<BTreeMap<String, i64>, StoreError> {
        let mut newest = BTreeMap::new();
        let (only, apps) = match &self.0 {
            Watched::One(organization) => (Some(organization), None),
            Watched::Apps(apps) => (None, Some(apps)),
            Watched::All => (None, None),
        };
        for directory in directories::list(tx, only).await? {
            if apps.is_some_and(|apps| !apps.contains(&directory.app_id)) {
                continue;
            }
            let seq = activity::newest(tx, &directory.id).await?;
            newest.insert(directory.id.into_string(), seq);
        }
        Ok(newest)
    }
}

struct AppOf(OrganizationId);

impl Operation for AppOf {
    type Output = Option<AppId>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Option<AppId>, StoreError> {
        let found = organizations::get(tx, &self.0).await?;
        Ok(found.map(|organization| organization.app_id))
    }
}
