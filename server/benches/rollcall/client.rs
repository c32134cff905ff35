//! A load generator that costs little: one thread, one HTTP/1.1 connection per client, requests prepared as bytes of
//! which only some digits change.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::Runtime,
    task::JoinSet,
};

/// Stands in a prepared request where the number of a user goes.
pub(crate) const WHO: &str = "{who....";
/// Stands where a running number goes: something that is never the same twice.
pub(crate) const WHAT: &str = "{what...";
const DIGITS: usize = 8;

/// A request as bytes, with the places of its digits.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    bytes: Vec<u8>,
    who: Vec<usize>,
    what: Vec<usize>,
}

impl Request {
    pub(crate) fn new(text: &str) -> Self {
        let places = |word: &str| text.match_indices(word).map(|(at, _)| at).collect();
        Self {
            bytes: text.as_bytes().to_vec(),
            who: places(WHO),
            what: places(WHAT),
        }
    }

    fn set(&mut self, who: u32, what: u32) {
        for (places, number) in [(&self.who, who), (&self.what, what)] {
            for at in places {
                let mut rest = number;
                for digit in self.bytes[*at..*at + DIGITS].iter_mut().rev() {
                    *digit = b'0' + (rest % 10) as u8;
                    rest /= 10;
                }
            }
        }
    }
}

/// One step of what every client does over and over.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) request: Request,
    /// The status it must be answered with.
    pub(crate) status: u16,
    /// Whether it counts.
    pub(crate) timed: bool,
}

/// Whom a request is about.
#[derive(Debug, Clone)]
pub(crate) enum Who {
    /// Each user once, in their order.
    Next(Arc<AtomicU32>),
    /// Any of the first so many.
    Any(u32),
    /// From the first given so many, each in turn, over and over.
    Among(u32, u32, Arc<AtomicU32>),
}

/// What clients do.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    pub(crate) who: Who,
    pub(crate) what: Arc<AtomicU32>,
}

impl Plan {
    pub(crate) fn new(request: &str, status: u16, who: Who) -> Self {
        let step = Step {
            request: Request::new(request),
            status,
            timed: true,
        };
        Self {
            steps: vec![step],
            who,
            what: Arc::new(AtomicU32::new(1)),
        }
    }

    /// The same requests, without taking anything from ours: what is created beside is created nowhere else.
    pub(crate) fn alone(&self) -> Self {
        let who = match &self.who {
            Who::Next(next) => Who::Next(Arc::new(AtomicU32::new(next.load(Ordering::Relaxed)))),
            other => other.clone(),
        };
        Self { who, ..self.clone() }
    }
}

/// What came of it.
#[derive(Debug, Default, Clone)]
pub(crate) struct Measured {
    /// Timed requests a second.
    pub(crate) rate: f64,
    /// Of each timed request, in nanoseconds.
    pub(crate) latencies: Vec<u32>,
    /// Bytes of the last answer's body.
    pub(crate) body: usize,
}

/// Clients with their connections.
#[derive(Debug)]
pub(crate) struct Clients {
    runtime: Runtime,
    connections: Vec<Connection>,
}

impl Clients {
    pub(crate) fn connect(address: SocketAddr, count: usize) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let connections = runtime.block_on(async {
            let mut connections = Vec::with_capacity(count);
            for number in 0..count {
                connections.push(Connection::open(address, number).await?);
            }
            anyhow::Ok(connections)
        })?;
        Ok(Self { runtime, connections })
    }

    /// Lets all clients follow the plan for so many seconds.
    pub(crate) fn run(&mut self, plan: &Plan, seconds: f64) -> anyhow::Result<Measured> {
        let count = self.connections.len();
        let begun = Instant::now();
        let end = begun + Duration::from_secs_f64(seconds);
        let mut tasks = JoinSet::new();
        for connection in self.connections.drain(..) {
            tasks.spawn_on(connection.follow(plan.clone(), end), self.runtime.handle());
        }
        let mut all = Measured::default();
        for done in self.runtime.block_on(tasks.join_all()) {
            let (connection, mut latencies, body) = done?;
            self.connections.push(connection);
            all.latencies.append(&mut latencies);
            all.body = body;
        }
        all.rate = if plan.steps.iter().all(|step| step.timed) {
            all.latencies.len() as f64 / begun.elapsed().as_secs_f64()
        } else {
            per_second_of_waiting(&all.latencies, count)
        };
        Ok(all)
    }
}

/// The rate of requests that took turns with others: by the time spent on them alone.
fn per_second_of_waiting(latencies: &[u32], clients: usize) -> f64 {
    let spent: f64 = latencies.iter().map(|nanos| f64::from(*nanos)).sum();
    latencies.len() as f64 * clients as f64 * 1e9 / spent.max(1.0)
}

#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    dice: u64,
}

impl Connection {
    async fn open(address: SocketAddr, number: usize) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("cannot connect")?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: vec![0; 64 << 10],
            dice: number as u64 + 1,
        })
    }

    async fn follow(mut self, mut plan: Plan, end: Instant) -> anyhow::Result<(Self, Vec<u32>, usize)> {
        let (mut latencies, mut body) = (Vec::with_capacity(1 << 14), 0);
        let mut now = Instant::now();
        while now < end {
            let who = self.choose(&plan.who);
            let what = plan.what.fetch_add(1, Ordering::Relaxed);
            for step in &mut plan.steps {
                step.request.set(who, what);
                self.stream.write_all(&step.request.bytes).await?;
                body = self.answer(step.status).await?;
                let after = Instant::now();
                if step.timed {
                    latencies.push(u32::try_from((after - now).as_nanos()).unwrap_or(u32::MAX));
                }
                now = after;
            }
        }
        Ok((self, latencies, body))
    }

    fn choose(&mut self, who: &Who) -> u32 {
        match who {
            Who::Next(next) => next.fetch_add(1, Ordering::Relaxed),
            Who::Among(first, users, next) => first + next.fetch_add(1, Ordering::Relaxed) % users,
            Who::Any(users) => {
                // splitmix64
                self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut dice = self.dice;
                dice = (dice ^ (dice >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                dice = (dice ^ (dice >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                u32::try_from((dice ^ (dice >> 31)) % u64::from(*users)).unwrap_or_default()
            }
        }
    }

    /// Reads one answer; how long its body is.
    async fn answer(&mut self, status: u16) -> anyhow::Result<usize> {
        let mut filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).await?;
            ensure!(read > 0, "the connection was closed");
            filled += read;
            let Some(head) = end_of_head(&self.buffer[..filled]) else {
                continue;
            };
            let body = content_length(&self.buffer[..head])?;
            if filled < head + body {
                if self.buffer.len() < head + body {
                    self.buffer.resize(head + body, 0);
                }
                continue;
            }
            let answered = &self.buffer[9..12];
            if answered != status.to_string().as_bytes() {
                bail!(
                    "expected {status}: {}",
                    String::from_utf8_lossy(&self.buffer[..filled])
                );
            }
            return Ok(body);
        }
    }
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map(|at| at + 4)
}

/// hyper writes names in lower case; an answer without a body may have none.
fn content_length(head: &[u8]) -> anyhow::Result<usize> {
    const NAME: &[u8] = b"\r\ncontent-length: ";
    let Some(at) = head.windows(NAME.len()).position(|bytes| bytes == NAME) else {
        return Ok(0);
    };
    let digits = head[at + NAME.len()..]
        .split(|byte| *byte == b'\r')
        .next()
        .unwrap_or_default();
    std::str::from_utf8(digits)?
        .parse()
        .context("a content-length that is no number")
}
