//! What is known of a request while it is answered, for handlers to read and for the log to tell.

use std::{
    net::IpAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::extract::{FromRequestParts, MatchedPath};
use http::{Method, request::Parts};

use crate::clock::{NoRandomness, Randomness};

/// Facts of one request, in its extensions. Cheap to clone.
#[derive(Debug, Clone)]
pub struct RequestInfo(Arc<Facts>);

#[derive(Debug)]
struct Facts {
    id: String,
    client: IpAddr,
    nonce: Option<String>,
    route: OnceLock<MatchedPath>,
    directory: OnceLock<String>,
}

impl RequestInfo {
    pub(super) fn new(id: String, client: IpAddr, nonce: Option<String>) -> Self {
        Self(Arc::new(Facts {
            id,
            client,
            nonce,
            route: OnceLock::new(),
            directory: OnceLock::new(),
        }))
    }

    /// Our id of the request, also in the answer's `x-request-id`: the reference people are given.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Who asks: the connection's peer, or what a trusted proxy says of it (threats T91).
    pub fn client(&self) -> IpAddr {
        self.0.client
    }

    /// The nonce in this answer's content security policy; `None` where no page is served.
    pub fn nonce(&self) -> Option<&str> {
        self.0.nonce.as_deref()
    }

    /// Notes the directory whose token was shown, for the log. The first note stays.
    pub fn note_directory(&self, id: &str) {
        let _ = self.0.directory.set(id.to_owned());
    }

    pub(super) fn note_route(&self, route: &MatchedPath) {
        let _ = self.0.route.set(route.clone());
    }

    pub(super) fn directory(&self) -> Option<&str> {
        self.0.directory.get().map(String::as_str)
    }

    /// The route's template, or a fixed word.
    pub(super) fn route(&self) -> &str {
        self.0.route.get().map_or("unmatched", MatchedPath::as_str)
    }
}

impl<S: Sync> FromRequestParts<S> for RequestInfo {
    type Rejection = http::StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, http::StatusCode> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(http::StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Numbers requests: `req_`, eight random hex digits of this start, and a counter.
#[derive(Debug)]
pub(super) struct RequestIds {
    start: u32,
    next: AtomicU64,
}

impl RequestIds {
    pub(super) fn new(randomness: &Randomness) -> Result<Self, NoRandomness> {
        Ok(Self {
            start: u32::from_be_bytes(randomness.bytes()?),
            next: AtomicU64::new(1),
        })
    }

    pub(super) fn next(&self) -> String {
        format!(
            "req_{:08x}{:08x}",
            self.start,
            self.next.fetch_add(1, Ordering::Relaxed)
        )
    }
}

/// The method as a label: one of a fixed set.
pub(super) fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
