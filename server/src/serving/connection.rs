//! One connection from its first byte to its last.

use std::{
    convert::Infallible,
    future::poll_fn,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll},
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
    service::Service,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::graceful::GracefulConnection,
};
use tokio::net::TcpStream;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::{
    meter::{Meter, Order, UnderWay},
    stream::{Protocol, Stream},
};
use crate::{config::Limits, lifecycle::Lifecycle};

/// HTTP/2 connections are asked for a sign of life this often, and have as long to give it.
const PING: Duration = Duration::from_secs(20);
/// Streams we reset ourselves before the connection is ended (RUSTSEC-2024-0003).
const OWN_RESETS: usize = 128;
/// hyper's own default; naming it would cost an allocation per request.
const DEFAULT_HEADERS: usize = 100;

/// Who sent a request, as far as the connection knows.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// The other end of the connection: the client, or a proxy.
    pub peer: SocketAddr,
    /// The head carried both Content-Length and Transfer-Encoding: answer 400 and close (threats T90).
    pub smuggling: bool,
}

/// Answers requests.
pub trait Handler: Clone + Send + Sync + 'static {
    /// Answers one.
    fn handle(
        &self,
        request: Request<Incoming>,
        caller: Caller,
    ) -> impl Future<Output = Response<Body>> + Send + 'static;
}

/// hyper's settings for both protocols.
#[derive(Debug)]
pub(super) struct Protocols {
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
}

impl Protocols {
    pub(super) fn new(limits: &Limits) -> Self {
        let mut http1 = http1::Builder::new();
        // The meter watches the time of heads, and tells idle from slow, which hyper's timer does not.
        http1.timer(TokioTimer::new()).header_read_timeout(None);
        http1.max_header_size(limits.header_bytes as usize);
        if limits.headers != DEFAULT_HEADERS {
            http1.max_headers(limits.headers);
        }
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2
            .timer(TokioTimer::new())
            .max_concurrent_streams(limits.http2_streams)
            .max_pending_accept_reset_streams(limits.http2_resets)
            .max_local_error_reset_streams(OWN_RESETS)
            .max_header_list_size(limits.header_bytes)
            .keep_alive_interval(PING)
            .keep_alive_timeout(PING);
        Self { http1, http2 }
    }

    /// Serves the connection until it ends, or is ordered to.
    pub(super) async fn drive<H: Handler>(
        &self,
        tcp: TcpStream,
        keep_alive: bool,
        client: Client<H>,
    ) -> io::Result<()> {
        let meter = Arc::clone(&client.meter);
        let opened = unless_ordered(&meter, pin!(Stream::open(tcp, &meter))).await;
        let Some((protocol, stream)) = opened.unwrap_or(Ok(None))? else {
            return Ok(());
        };
        let stream = TokioIo::new(stream);
        let done = match protocol {
            Protocol::Http1 => {
                let mut http1 = self.http1.clone();
                let connection = http1.keep_alive(keep_alive).serve_connection(stream, client);
                steered(&meter, pin!(connection)).await
            }
            Protocol::Http2 => steered(&meter, pin!(self.http2.serve_connection(stream, client))).await,
        };
        done.unwrap_or(Ok(())).map_err(io::Error::other)
    }
}

/// Runs `future` unless an order comes first.
async fn unless_ordered<F: Future>(meter: &Meter, mut future: Pin<&mut F>) -> Option<F::Output> {
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if meter.order(cx.waker()) > Order::None => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    })
    .await
}

/// Runs a connection: told to close, it finishes what is under way; told to cut, it ends as `None`.
async fn steered<C: GracefulConnection>(meter: &Meter, mut connection: Pin<&mut C>) -> Option<C::Output> {
    let mut asked = false;
    poll_fn(|cx| {
        loop {
            if let Poll::Ready(output) = connection.as_mut().poll(cx) {
                return Poll::Ready(Some(output));
            }
            match meter.order(cx.waker()) {
                Order::Cut => return Poll::Ready(None),
                Order::Close if !asked => connection.as_mut().graceful_shutdown(),
                _ => return Poll::Pending,
            }
            asked = true;
        }
    })
    .await
}

/// One client's service: hands requests to the handler and counts them.
pub(super) struct Client<H> {
    pub(super) handler: H,
    pub(super) peer: SocketAddr,
    pub(super) meter: Arc<Meter>,
    pub(super) lifecycle: Lifecycle,
}

impl<H: Handler> Service<Request<Incoming>> for Client<H> {
    type Response = Response<Counted>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let under_way = (self.meter.request(), self.lifecycle.request());
        let caller = Caller {
            peer: self.peer,
            smuggling: self.meter.smuggling.load(Ordering::Relaxed),
        };
        let answer = self.handler.handle(request, caller);
        Box::pin(async move {
            Ok(answer.await.map(|body| Counted {
                body,
                _under_way: under_way,
            }))
        })
    }
}

/// The body of an answer; its request counts as under way until the body is sent or given up.
pub(super) struct Counted {
    body: Body,
    _under_way: (UnderWay, TaskTrackerToken),
}

impl http_body::Body for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
