//! `/live/…`: tells a watching page that something changed, and nothing else (contract::live).
//!
//! Woken by this process's recorder, and every two seconds by a look at the store, so that it does not matter which server
//! took the request, or whether the command line did it.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use contract::live::{EVENT, Pulse};
use futures_util::Stream;
use store::ids::OrganizationId;
use store::{Operation, Store, StoreError, Tx, activity, directories};
use tokio::sync::broadcast::{self, error::RecvError};

use crate::lifecycle::Lifecycle;
use crate::tasks::record::Recorder;

/// How often the store is looked at when nothing woke us.
const LOOK: Duration = Duration::from_secs(2);
/// Pulses come at most this often.
const PAUSE: Duration = Duration::from_millis(250);

/// The stream of pulses of one organization, or of all.
pub fn pulses(
    store: Store,
    recorder: &Recorder,
    lifecycle: &Lifecycle,
    organization: Option<OrganizationId>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<>> {
    let watch = Watch {
        store,
        wakes: recorder.pulses(),
        drained: Box::pin(lifecycle.drained()),
        organization,
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
    organization: Option<OrganizationId>,
    /// Newest activity of each directory when we last looked.
    seen: Option<BTreeMap<String, i64>>,
    revision: u64,
}

impl Watch {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        // The first pulse comes at once: the page may be older than the stream.
        if self.revision > 0 {
            self.wait().await?;
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
        loop {
            tokio::select! {
                () = &mut self.drained => return None,
                woken = self.wakes.recv() => match woken {
                    Ok(organization) if self.organization.as_ref().is_none_or(|mine| *mine == organization) => return Some(()),
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => return Some(()),
                    Err(RecvError::Closed) => return None,
                },
                _ = looks.tick() => if self.looks_different().await { return Some(()) },
            }
        }
    }

    async fn looks_different(&mut self) -> bool {
        let look = Newest(self.organization.clone());
        // A store that cannot be asked now is asked again in a moment.
        let Ok(newest) = self.store.read(look).await else {
            return false;
        };
        let before = self.seen.replace(newest);
        before.is_some() && before != self.seen
    }
}

/// The newest activity of each directory: it also differs when a directory comes or goes.
struct Newest(Option<OrganizationId>);

impl Operation for Newest {
    type Output = BTreeMap<String, i64>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<BTreeMap<String, i64>, StoreError> {
        let mut newest = BTreeMap::new();
        for directory in directories::list(tx, self.0.as_ref()).await? {
            let seq = activity::newest(tx, &directory.id).await?;
            newest.insert(directory.id.into_string(), seq);
        }
        Ok(newest)
    }
}
