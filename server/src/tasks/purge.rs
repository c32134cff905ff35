//! Removes the rows of deleted directories, some at a time, between other writes.

use std::time::Duration;

use store::Store;

use crate::lifecycle::Lifecycle;

/// How often we look for what a stopped process left behind.
const PERIOD: Duration = Duration::from_secs(60);

/// Purges now and then until the process ends.
pub async fn run(store: Store, lifecycle: Lifecycle) {
    let mut ticks = tokio::time::interval(PERIOD);
    let mut drained = std::pin::pin!(lifecycle.drained());
    loop {
        tokio::select! {
            () = &mut drained => return,
            _ = ticks.tick() => match store.purge().await {
                Ok(0) => {}
                Ok(rows) => tracing::info!(rows, "removed the rows of deleted directories"),
                Err(error) => tracing::warn!(%error, "could not remove the rows of deleted directories"),
            },
        }
    }
}
