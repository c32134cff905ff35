//! The outermost layer: what is refused before routing, what is caught behind it, and what is told of it.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use axum::{Router, body::Body, extract::MatchedPath, response::Response};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use tower::{Service, ServiceExt};

use super::{
    body::{LimitedBody, Verdict},
    client::client_address,
    fault::refusal,
    headers::{Page, name_request, secure},
    info::{RequestIds, RequestInfo, method_label},
    path::{Face, is_scim_in_disguise},
};
use crate::{
    clock::{Clock, NoRandomness, Randomness},
    config::Config,
    embedding::Ancestors,
    log::{Log, RequestLine},
    metrics::Metrics,
    serving::{Caller, Handler},
    state::AppState,
};

/// The whole server as one handler. Cheap to clone.
#[derive(Clone)]
pub struct Edge(Arc<Parts>);

struct Parts {
    router: Router,
    config: Arc<Config>,
    clock: Clock,
    randomness: Randomness,
    log: Log,
    metrics: Metrics,
    ids: RequestIds,
    /// The origin of Microsoft's sign-in.
    authority: String,
}

impl std::fmt::Debug for Edge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Edge")
    }
}

impl Edge {
    /// Puts the edge in front of a router.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn new(router: Router, state: &AppState, log: Log) -> Result<Self, NoRandomness> {
        Ok(Self(Arc::new(Parts {
            router: router.layer(tower::layer::layer_fn(NoteRoute)),
            config: Arc::clone(&state.config),
            clock: state.clock.clone(),
            randomness: state.randomness.clone(),
            log,
            metrics: state.metrics.clone(),
            ids: RequestIds::new(&state.randomness)?,
            authority: state
                .config
                .entra
                .endpoints
                .authority()
                .origin()
                .ascii_serialization(),
        })))
    }
}

impl Handler for Edge {
    fn handle(
        &self,
        request: Request<hyper::body::Incoming>,
        caller: Caller,
    ) -> impl Future<Output = Response> + Send + 'static {
        Arc::clone(&self.0).answer(request, caller)
    }
}

impl Parts {
    async fn answer<B>(self: Arc<Self>, request: Request<B>, caller: Caller) -> Response
    where
        B: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
        B::Error: Into<axum::BoxError>,
    {
        let begun = Instant::now();
        let face = Face::of(request.uri().path());
        let method = method_label(request.method());
        let info = self.info(&request, caller, face);
        let mut response = match self.refused(&request, caller, face) {
            Some(response) => response,
            None => self.route(request, face, &info).await,
        };
        let ancestors = response.extensions_mut().remove::<Ancestors>();
        let page = Page {
            nonce: info.nonce(),
            ancestors: ancestors.as_ref().map(|ancestors| ancestors.0.as_str()),
            authority: &self.authority,
        };
        secure(response.headers_mut(), face, page, self.config.is_https());
        name_request(response.headers_mut(), info.id());
        self.tell(&info, method, response.status(), begun);
        response
    }

    fn info<B>(&self, request: &Request<B>, caller: Caller, face: Face) -> RequestInfo {
        let client = client_address(caller.peer.ip(), request.headers(), &self.config.trusted_proxies);
        let nonce = (face == Face::Console).then(|| self.nonce()).flatten();
        RequestInfo::new(self.ids.next(), client, nonce)
    }

    /// 128 random bits. Without them the page is served under the policy that lets no script run.
    fn nonce(&self) -> Option<String> {
        self.randomness
            .bytes::<16>()
            .ok()
            .map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
    }

    /// What no handler ever sees.
    fn refused<B>(&self, request: &Request<B>, caller: Caller, face: Face) -> Option<Response> {
        let headers = request.headers();
        let refuse = |status, detail| Some(refusal(face, status, detail));
        if caller.smuggling && headers.contains_key(header::TRANSFER_ENCODING) {
            let detail = "A request must not carry both Content-Length and Transfer-Encoding.";
            return refuse(StatusCode::BAD_REQUEST, detail).map(closing);
        }
        if headers.len() > self.config.settings.limits.headers {
            return refuse(
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "The request has too many header lines.",
            );
        }
        if is_scim_in_disguise(request.uri().path()) {
            return Some(disguised(headers));
        }
        if face == Face::Scim && is_encoded(headers) {
            let detail = "Send the body as it is, without Content-Encoding.";
            return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail);
        }
        if announced_length(headers) > self.config.settings.limits.body_bytes {
            let detail = "The request's body is larger than this server accepts.";
            return refuse(StatusCode::PAYLOAD_TOO_LARGE, detail).map(closing);
        }
        None
    }

    async fn route<B>(&self, request: Request<B>, face: Face, info: &RequestInfo) -> Response
    where
        B: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
        B::Error: Into<axum::BoxError>,
    {
        let verdict = Verdict::default();
        let mut request = request.map(|body| self.limited(body, &verdict));
        request.extensions_mut().insert(info.clone());
        let routed = AssertUnwindSafe(self.router.clone().oneshot(request))
            .catch_unwind()
            .await;
        if let Some((status, detail)) = verdict.refusal() {
            return closing(refusal(face, status, detail));
        }
        match routed {
            Ok(Ok(response)) => response,
            Ok(Err(never)) => match never {},
            // The panic hook has said where; nothing of it is shown (threats T85).
            Err(_) => refusal(
                face,
                StatusCode::SERVICE_UNAVAILABLE,
                "A fault of ours. Please try again.",
            ),
        }
    }

    fn limited<B>(&self, body: B, verdict: &Verdict) -> Body
    where
        B: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
        B::Error: Into<axum::BoxError>,
    {
        if body.is_end_stream() {
            return Body::empty();
        }
        Body::new(LimitedBody::new(body, &self.config.settings.limits, verdict))
    }

    fn tell(&self, info: &RequestInfo, method: &'static str, status: StatusCode, begun: Instant) {
        let duration = begun.elapsed();
        self.metrics
            .request(info.route(), method, status.as_u16(), duration);
        self.log.request(&RequestLine {
            time: self.clock.timestamp(),
            id: info.id(),
            method,
            route: info.route(),
            status: status.as_u16(),
            duration,
            directory: info.directory(),
        });
    }
}

/// The connection is not to be used again: its next bytes may be the rest of a body we did not read.
fn closing(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// The answer is that of a request without a good token, so that nothing is learnt from it.
fn disguised(headers: &HeaderMap) -> Response {
    if headers.contains_key(header::AUTHORIZATION) {
        let detail = "Write the endpoint URL as the portal shows it: without escapes, double slashes, dots or semicolons.";
        refusal(Face::Scim, StatusCode::BAD_REQUEST, detail)
    } else {
        refusal(
            Face::Scim,
            StatusCode::UNAUTHORIZED,
            "Send the directory's bearer token in the Authorization header.",
        )
    }
}

fn is_encoded(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"))
}

fn announced_length(headers: &HeaderMap) -> u64 {
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    length.and_then(|length| length.parse().ok()).unwrap_or(0)
}

/// Notes which route matched, for the log and the figures.
#[derive(Clone)]
struct NoteRoute<S>(S);

impl<S: Service<Request<Body>>> Service<Request<Body>> for NoteRoute<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> S::Future {
        let extensions = request.extensions();
        if let (Some(info), Some(route)) = (extensions.get::<RequestInfo>(), extensions.get::<MatchedPath>())
        {
            info.note_route(route);
        }
        self.0.call(request)
    }
}
