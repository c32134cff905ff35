//! Whether the process is starting, serving or on its way out, and who waits for what at the end.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio_util::{
    sync::{CancellationToken, WaitForCancellationFutureOwned},
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};

/// Shared by the accept loop, `/readyz`, long answers and background tasks. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle(Arc<Parts>);

#[derive(Debug, Default)]
struct Parts {
    draining: AtomicBool,
    drain: CancellationToken,
    /// Requests that began before the drain did: the listener stays open until they are done.
    before: TaskTracker,
    /// Requests that began later.
    after: TaskTracker,
}

impl Lifecycle {
    /// True once the process was told to end: `/readyz` then answers 503.
    pub fn is_draining(&self) -> bool {
        self.0.draining.load(Ordering::Relaxed)
    }

    /// Resolves when the process was told to end. Live streams and background tasks stop at it.
    pub fn drained(&self) -> WaitForCancellationFutureOwned {
        self.0.drain.clone().cancelled_owned()
    }

    /// Counts a request until the token is dropped.
    pub(crate) fn request(&self) -> TaskTrackerToken {
        if self.is_draining() {
            self.0.after.token()
        } else {
            self.0.before.token()
        }
    }

    /// Requests under way.
    pub fn requests(&self) -> usize {
        self.0.before.len() + self.0.after.len()
    }

    /// Begins the end.
    pub fn begin_drain(&self) {
        self.0.draining.store(true, Ordering::SeqCst);
        self.0.before.close();
        self.0.drain.cancel();
    }

    /// Waits until no request is left that began before the drain.
    pub(crate) async fn earlier_requests(&self) {
        self.0.before.wait().await;
    }
}
