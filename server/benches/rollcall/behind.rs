//! The driver behind a plain handler: parse the body, commit the same rows with whoever else waits, answer. What durable
//! writes over HTTP can be at best.

use std::{
    net::SocketAddr,
    sync::mpsc,
    thread::{self, JoinHandle},
};

use axum::{Router, body::Bytes, extract::State, routing::any};
use http::StatusCode;
use server::{config::Config, lifecycle::Lifecycle, serving};
use store::testing::ceiling::RawSqlite;
use tokio::{net::TcpListener, runtime::Runtime, sync::oneshot};

use crate::ceiling::{Acts, Plain, commit_once};

/// Acts committed at once at most.
const AT_ONCE: usize = 256;

type Waiting = oneshot::Sender<()>;

/// A running one; dropped, it ends and gives the driver back.
#[derive(Debug)]
pub(crate) struct Behind {
    pub(crate) address: SocketAddr,
    runtime: Runtime,
    writer: JoinHandle<Box<RawSqlite>>,
    serving: tokio::task::JoinHandle<()>,
    end: oneshot::Sender<()>,
}

impl Behind {
    pub(crate) fn start(raw: Box<RawSqlite>, acts: &Acts, status: u16) -> anyhow::Result<Self> {
        let (waiting, taken) = mpsc::channel();
        let acts = acts.clone();
        let writer = thread::spawn(move || write(raw, &acts, &taken));
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let status = StatusCode::from_u16(status)?;
        let answer = move |State(waiting): State<mpsc::Sender<Waiting>>, body: Bytes| async move {
            let parsed: Result<serde_json::Value, _> = serde_json::from_slice(&body);
            let (done, committed) = oneshot::channel();
            if parsed.is_err() || waiting.send(done).is_err() || committed.await.is_err() {
                return (StatusCode::INTERNAL_SERVER_ERROR, Bytes::new());
            }
            (status, body)
        };
        let router = Router::new().route("/{*path}", any(answer)).with_state(waiting);
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let (end, ended) = oneshot::channel();
        let settings = Config::from_sources(None, &[])?.settings;
        let serving = runtime.spawn(async move {
            let stop = async move { drop(ended.await) };
            serving::serve(listener, Plain(router), &settings, &Lifecycle::default(), stop).await;
        });
        Ok(Self {
            address,
            runtime,
            writer,
            serving,
            end,
        })
    }

    /// Ends it, when its clients are gone.
    pub(crate) fn end(self) -> anyhow::Result<Box<RawSqlite>> {
        let _ = self.end.send(());
        self.runtime.block_on(self.serving)?;
        drop(self.runtime);
        self.writer
            .join()
            .map_err(|_| anyhow::anyhow!("the driver failed"))
    }
}

/// Commits for all that wait, until nobody can come any more.
fn write(mut raw: Box<RawSqlite>, acts: &Acts, taken: &mpsc::Receiver<Waiting>) -> Box<RawSqlite> {
    while let Ok(first) = taken.recv() {
        let mut waiting = vec![first];
        waiting.extend(taken.try_iter().take(AT_ONCE - 1));
        if commit_once(&mut raw, acts, waiting.len()).is_ok() {
            for done in waiting {
                let _ = done.send(());
            }
        }
    }
    raw
}
