//! Removes sessions, links, invites, attempts to sign in and support's looks that ended long ago.

use std::time::Duration;

use store::{Operation, Store, StoreError, Tx, attempts, bootstrap_links, invites, sessions, support_views};

use crate::{clock::Clock, lifecycle::Lifecycle};

/// How often.
const PERIOD: Duration = Duration::from_secs(60 * 60);
/// What ended is kept for so long, so that a used link can be told from an unknown one.
const KEPT: i64 = 30 * 24 * 60 * 60 * 1_000_000;

/// Prunes now and then until the process ends.
pub async fn run(store: Store, clock: Clock, lifecycle: Lifecycle) {
    let mut ticks = tokio::time::interval(PERIOD);
    let mut drained = std::pin::pin!(lifecycle.drained());
    loop {
        tokio::select! {
            () = &mut drained => return,
            _ = ticks.tick() => if let Err(error) = store.write(Prune(clock.now() - KEPT)).await {
                tracing::warn!(%error, "could not remove old sessions");
            },
        }
    }
}

struct Prune(i64);

impl Operation for Prune {
    type Output = u64;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<u64, StoreError> {
        let sessions = sessions::prune(tx, self.0).await?;
        let links = bootstrap_links::prune(tx, self.0).await? + invites::prune(tx, self.0).await?;
        let attempts = attempts::prune(tx, self.0).await? + support_views::prune(tx, self.0).await?;
        Ok(sessions + links + attempts)
    }
}

#[cfg(test)]
mod tests {
    use store::testing::TestStore;

    use super::*;

    struct Links;

    impl Operation for Links {
        type Output = ();
        type Error = StoreError;

        async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
            bootstrap_links::create(tx, &[1; 32], 0, 10).await?;
            bootstrap_links::create(tx, &[2; 32], 0, 20).await
        }
    }

    #[tokio::test]
    async fn only_what_ended_before_goes() {
        let store = TestStore::sqlite().await;
        store.write(Links).await.unwrap();
        assert_eq!(store.write(Prune(15)).await.unwrap(), 1);
        assert_eq!(store.write(Prune(15)).await.unwrap(), 0);
    }
}
