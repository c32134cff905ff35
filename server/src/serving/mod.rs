//! The accept loop: who may hold a connection, for how long, and how all of them end.
//!
//! `axum::serve` has no time limits (threats §0.2), so connections are driven here, on hyper itself:
//!
//! - `meter.rs`: what a connection is doing since when, and the sweep that ends those that take too long
//! - `stream.rs`: the TCP stream, with the meter told of each byte and HTTP/1 heads watched for smuggling
//! - `connection.rs`: one connection from its first byte to its last
//! - `files.rs`: how many connections the operating system lets us hold

mod connection;
mod files;
mod meter;
mod stream;

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{Instant, timeout_at},
};
use tokio_util::task::TaskTracker;

use connection::Client;
pub use connection::{Caller, Handler};
pub use files::open_file_limit;
use meter::{Registry, SWEEP};

use crate::{config::Settings, lifecycle::Lifecycle};

/// How long accepting pauses when the operating system has no file handle left.
const OUT_OF_FILES_PAUSE: Duration = Duration::from_millis(50);

/// What became of the requests under way when the process was told to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drain {
    /// All were answered.
    Complete,
    /// So many connections were cut off when the time was up.
    CutOff(usize),
}

/// Serves connections until `stop` resolves, then drains.
///
/// On `stop` the process counts as draining: `/readyz` says so, idle connections are closed, requests under way finish.
/// New connections are still served while requests from before are under way, so that a load balancer can read
/// `/readyz`; after that, and in any case after `drain_seconds`, the listener closes.
pub async fn serve<H: Handler>(
    listener: TcpListener,
    handler: H,
    settings: &Settings,
    lifecycle: &Lifecycle,
    stop: impl Future<Output = ()>,
) -> Drain {
    let server = Arc::new(Server {
        handler,
        protocols: connection::Protocols::new(&settings.limits),
        registry: Registry::new(&settings.limits),
        slots: Arc::new(Semaphore::new(files::affordable(settings.limits.connections))),
        tasks: TaskTracker::new(),
        lifecycle: lifecycle.clone(),
    });
    let sweep = tokio::spawn(sweep(Arc::clone(&server)));
    tokio::select! {
        () = server.accept_forever(&listener) => {}
        () = stop => {}
    }
    let deadline = Instant::now() + Duration::from_secs(settings.shutdown.drain_seconds);
    lifecycle.begin_drain();
    server.registry.close_all();
    tokio::select! {
        () = server.accept_forever(&listener) => {}
        _ = timeout_at(deadline, lifecycle.earlier_requests()) => {}
    }
    drop(listener);
    let drain = server.finish(deadline).await;
    sweep.abort();
    drain
}

struct Server<H> {
    handler: H,
    protocols: connection::Protocols,
    registry: Registry,
    slots: Arc<Semaphore>,
    tasks: TaskTracker,
    lifecycle: Lifecycle,
}

impl<H: Handler> Server<H> {
    /// Takes a slot first: when all are taken, further clients wait in the operating system's queue.
    async fn accept_forever(self: &Arc<Self>, listener: &TcpListener) {
        while let Ok(slot) = Arc::clone(&self.slots).acquire_owned().await {
            let (stream, peer) = accept(listener).await;
            let server = Arc::clone(self);
            self.tasks.spawn(async move {
                server.drive(stream, peer).await;
                drop(slot);
            });
        }
    }

    async fn drive(&self, stream: TcpStream, peer: SocketAddr) {
        // Without it a streamed answer waits for the peer's delayed ACK: 44 ms instead of 4 (toolchain.md).
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY was refused");
        }
        let meter = self.registry.enter();
        let client = Client {
            handler: self.handler.clone(),
            peer,
            meter: Arc::clone(&meter),
            lifecycle: self.lifecycle.clone(),
        };
        let keep_alive = !self.lifecycle.is_draining();
        let outcome = self.protocols.drive(stream, keep_alive, client).await;
        if let Err(error) = outcome {
            tracing::debug!(%error, "connection ended");
        }
        self.registry.leave(&meter);
    }

    async fn finish(&self, deadline: Instant) -> Drain {
        self.registry.close_all();
        self.tasks.close();
        if timeout_at(deadline, self.tasks.wait()).await.is_ok() {
            return Drain::Complete;
        }
        let left = self.tasks.len();
        self.registry.cut_all();
        self.tasks.wait().await;
        Drain::CutOff(left)
    }
}

/// The next connection. An error here is the client's or passes: the loop must outlive both.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_the_clients(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(OUT_OF_FILES_PAUSE).await;
            }
        }
    }
}

fn is_the_clients(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}

async fn sweep<H: Handler>(server: Arc<Server<H>>) {
    let mut ticks = tokio::time::interval(SWEEP);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let begin = Instant::now();
    loop {
        ticks.tick().await;
        let now = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        server.registry.now.store(now, Ordering::Relaxed);
        server.registry.sweep(now);
    }
}
