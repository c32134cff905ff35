//! What this machine can do at all: a handler that does nothing, and a database driver with nothing around it.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context as _;
use axum::{Router, body::Body, response::Response, routing::any};
use bytes::Bytes;
use http::{HeaderValue, Request, header};
use server::{
    config::Config,
    lifecycle::Lifecycle,
    serving::{self, Caller, Handler},
};
use store::{
    Query, Value,
    testing::ceiling::{Act, RawPostgres, RawSqlite},
};
use tokio::{net::TcpListener, task::JoinSet};
use tower::ServiceExt as _;

use crate::{client::Measured, filled::Server};

/// A plain axum handler behind the server's own accept loop.
#[derive(Clone)]
pub(crate) struct Plain(pub(crate) Router);

impl Handler for Plain {
    fn handle(
        &self,
        request: Request<hyper::body::Incoming>,
        _: Caller,
    ) -> impl Future<Output = Response> + Send + 'static {
        let router = self.0.clone();
        async move {
            match router.oneshot(request.map(Body::new)).await {
                Ok(response) => response,
                Err(never) => match never {},
            }
        }
    }
}

/// Serves a body of so many bytes under every path, and prints the address.
pub(crate) fn serve_plainly(bytes: usize) -> anyhow::Result<()> {
    let body = Bytes::from(vec![b'x'; bytes]);
    let answer = move |_: Bytes| {
        let mut response = Response::new(Body::from(body));
        let json = HeaderValue::from_static("application/scim+json; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        async move { response }
    };
    let router = Router::new().route("/{*path}", any(answer));
    let settings = Config::from_sources(None, &[])?.settings;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        let end = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        let stop = async move {
            let mut end = end;
            end.recv().await;
        };
        serving::serve(listener, Plain(router), &settings, &Lifecycle::default(), stop).await;
        anyhow::Ok(())
    })
}

/// Acts for a driver: one that counts, and one that undoes it.
#[derive(Debug, Clone)]
pub(crate) struct Acts {
    pub(crate) act: Act,
    pub(crate) undo: Option<Act>,
    /// The digits that stand for the user's number in both.
    pub(crate) sample: String,
    /// The users acted on: from where, and how many before they are begun again.
    pub(crate) first: u32,
    pub(crate) users: u32,
    pub(crate) next: Arc<AtomicU32>,
}

/// A large prime: neighbours in time are not neighbours in the table, as with those who find and change users at random.
const STRIDE: u32 = 7_919;

impl Acts {
    fn make(&self) -> (Act, Option<Act>) {
        let place =
            u64::from(self.next.fetch_add(1, Ordering::Relaxed)) * u64::from(STRIDE) % u64::from(self.users);
        let digits = format!("{:08}", u64::from(self.first) + place);
        let with = |act: &Act| act.with(&self.sample, &digits);
        (with(&self.act), self.undo.as_ref().map(with))
    }
}

/// The driver on a database of its own.
#[derive(Debug)]
pub(crate) enum Driver<'s> {
    /// None while it is lent.
    Sqlite(Option<Box<RawSqlite>>),
    Postgres(&'s Server, String),
}

impl<'s> Driver<'s> {
    pub(crate) fn open(server: &'s Server, database: &str) -> anyhow::Result<Self> {
        match database.strip_prefix("sqlite:") {
            Some(path) => Ok(Self::Sqlite(Some(Box::new(RawSqlite::open(Path::new(path))?)))),
            None => Ok(Self::Postgres(server, database.to_owned())),
        }
    }

    /// SQLite only: the driver itself, to be put behind a handler; [`Driver::give_back`] returns it.
    pub(crate) fn lend(&mut self) -> Option<Box<RawSqlite>> {
        match self {
            Self::Sqlite(raw) => raw.take(),
            Self::Postgres(..) => None,
        }
    }

    pub(crate) fn give_back(&mut self, raw: Box<RawSqlite>) {
        if let Self::Sqlite(place) = self {
            *place = Some(raw);
        }
    }

    /// Commits acts for so many seconds. SQLite: one writer, `at_once` acts in each commit. PostgreSQL: as many
    /// connections, each with one act in a commit.
    pub(crate) fn commit(&mut self, acts: &Acts, at_once: usize, seconds: f64) -> anyhow::Result<Measured> {
        let limit = Duration::from_secs_f64(seconds);
        match self {
            Self::Sqlite(raw) => {
                let raw = raw.as_mut().context("the driver is lent")?;
                commit_in_groups(raw, acts, at_once, limit)
            }
            Self::Postgres(server, url) => {
                let acts = acts.clone();
                let work = move |raw| commit_one_by_one(raw, acts.clone(), Instant::now() + limit);
                server.runtime.block_on(on_connections(url, at_once, work))
            }
        }
    }

    /// PostgreSQL only: finds users by `userName` for so many seconds.
    pub(crate) fn find(
        &self,
        directory: &str,
        users: u32,
        at_once: usize,
        seconds: f64,
    ) -> Option<anyhow::Result<Measured>> {
        let Self::Postgres(server, url) = self else {
            return None;
        };
        let limit = Duration::from_secs_f64(seconds);
        let directory = directory.to_owned();
        let work = move |raw| find_one_by_one(raw, directory.clone(), users, Instant::now() + limit);
        Some(server.runtime.block_on(on_connections(url, at_once, work)))
    }
}

type Statements<'a> = Vec<(&'static Query, Vec<Value<'a>>)>;

/// Commits the next so many acts at once.
pub(crate) fn commit_once(raw: &mut RawSqlite, acts: &Acts, at_once: usize) -> anyhow::Result<()> {
    let made: Vec<Act> = (0..at_once).map(|_| acts.make().0).collect();
    let statements: Vec<Statements<'_>> = made.iter().map(Act::statements).collect();
    Ok(raw.commit(&statements)?)
}

fn commit_in_groups(
    raw: &mut RawSqlite,
    acts: &Acts,
    at_once: usize,
    limit: Duration,
) -> anyhow::Result<Measured> {
    let (mut spent, mut done, mut latencies) = (Duration::ZERO, 0, Vec::new());
    while spent < limit {
        let (made, undone): (Vec<Act>, Vec<Option<Act>>) = (0..at_once).map(|_| acts.make()).unzip();
        let statements: Vec<Statements<'_>> = made.iter().map(Act::statements).collect();
        let begun = Instant::now();
        raw.commit(&statements)?;
        let took = begun.elapsed();
        spent += took;
        done += at_once;
        latencies.push(nanos(took));
        let undo: Vec<Statements<'_>> = undone.iter().flatten().map(Act::statements).collect();
        if !undo.is_empty() {
            raw.commit(&undo)?;
        }
    }
    Ok(Measured {
        rate: done as f64 / spent.as_secs_f64(),
        latencies,
        body: 0,
    })
}

async fn on_connections<F>(
    url: &str,
    count: usize,
    work: impl Fn(RawPostgres) -> F,
) -> anyhow::Result<Measured>
where
    F: Future<Output = anyhow::Result<Vec<u32>>> + Send + 'static,
{
    let mut connections = Vec::with_capacity(count);
    for _ in 0..count {
        connections.push(
            RawPostgres::connect(url)
                .await
                .context("the driver cannot connect")?,
        );
    }
    let mut tasks: JoinSet<_> = connections.into_iter().map(work).collect();
    let mut latencies = Vec::new();
    while let Some(done) = tasks.join_next().await {
        latencies.extend(done??);
    }
    let spent: f64 = latencies.iter().map(|nanos| f64::from(*nanos)).sum();
    let rate = latencies.len() as f64 * count as f64 * 1e9 / spent.max(1.0);
    Ok(Measured {
        rate,
        latencies,
        body: 0,
    })
}

async fn commit_one_by_one(mut raw: RawPostgres, acts: Acts, end: Instant) -> anyhow::Result<Vec<u32>> {
    let mut latencies = Vec::new();
    while Instant::now() < end {
        let (made, undo) = acts.make();
        let begun = Instant::now();
        raw.commit(&made.statements()).await?;
        latencies.push(nanos(begun.elapsed()));
        if let Some(undo) = undo {
            raw.commit(&undo.statements()).await?;
        }
    }
    Ok(latencies)
}

async fn find_one_by_one(
    mut raw: RawPostgres,
    directory: String,
    users: u32,
    end: Instant,
) -> anyhow::Result<Vec<u32>> {
    let find = store::queries::all()
        .find(|query| query.name == "users::FIND_BY_USER_NAME")
        .context("the store has no such statement any more")?;
    let (mut latencies, mut number) = (Vec::new(), 0);
    while Instant::now() < end {
        number = (number + STRIDE) % users;
        let name = format!("megan.bowen.{number:08}@contoso.com");
        let args = [Value::Text(&directory), Value::Text(&name), Value::Int(2)];
        let begun = Instant::now();
        raw.select(find, &args).await?;
        latencies.push(nanos(begun.elapsed()));
    }
    Ok(latencies)
}

fn nanos(took: Duration) -> u32 {
    u32::try_from(took.as_nanos()).unwrap_or(u32::MAX)
}
