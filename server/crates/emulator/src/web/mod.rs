//! What `serve` answers: the control surface at `/control` (JSON), the *Contoso admin center* at `/` (pages), and the
//! identity platform below `/{tenant}`, and Microsoft Graph below `/v1.0` and `/beta`.
//!
//! Both do nothing but call [`crate::tenant::Tenant`] and [`crate::provisioner::Provisioner`]; a program and a person
//! can do the same things. `GET /control` lists every route of the control surface with what it takes.
//!
//! There is no sign-in: it listens on loopback and holds an invented company. But a page of another site must not
//! drive it through the visitor's browser, so a request with a foreign `Origin` changes nothing.

pub(crate) mod control;
pub(crate) mod pages;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

use crate::clock::Clock;
use crate::cloud::Cloud;
use crate::graph::{self, Graph};
use crate::platform::{self, Platform};
use crate::provisioner::Provisioner;
use crate::tenant::Tenant;
use pages::layout::Notes;
use pages::settings::Draft;

/// What every handler gets.
#[derive(Clone, Debug)]
pub(crate) struct Desk {
    pub(crate) job: Provisioner,
    pub(crate) platform: Platform,
    pub(crate) clock: Clock,
    pub(crate) notes: Notes,
    pub(crate) draft: Draft,
    /// The tenant the page is about; the control surface's is Contoso.
    pub(crate) at: Tenant,
}

impl Desk {
    pub(crate) fn tenant(&self) -> &Tenant {
        &self.at
    }

    /// Every tenant, application and grant.
    pub(crate) fn entra(&self) -> &Cloud {
        self.platform.cloud()
    }

    /// Whether the tenant is the one that the provisioning job is about.
    pub(crate) fn provisions(&self) -> bool {
        self.at.id() == self.job.tenant().id()
    }
}

/// All routes over one job, its tenant and the cloud around it. The identity platform has rules of its own: whoever
/// asks for a token comes from elsewhere.
pub fn router(job: Provisioner, platform: Platform, clock: Clock) -> Router {
    let identity = platform::router(platform.clone());
    let graph = graph::router(Graph::new(platform.clone()));
    let desk = Desk {
        at: job.tenant().clone(),
        job,
        platform,
        clock,
        notes: Notes::default(),
        draft: Draft::default(),
    };
    Router::new()
        .nest("/control", control::router())
        .merge(pages::router())
        .fallback(async || (StatusCode::NOT_FOUND, "Not found\n"))
        .layer(middleware::from_fn(guard))
        .with_state(desk)
        .merge(identity)
        .merge(graph)
}

/// Refuses changes that another site asks for, and sets the headers every answer carries.
async fn guard(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads && foreign(request.headers()) {
        return (
            StatusCode::FORBIDDEN,
            "Another site may not change this tenant.\n",
        )
            .into_response();
    }
    let mut response = next.run(request).await;
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
             form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // With `no-referrer` browsers send `Origin: null` with our own forms.
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

pub(crate) fn foreign(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    match text(header::ORIGIN) {
        Some(origin) => origin.split_once("://").map(|(_, authority)| authority) != Some(host),
        None => {
            text(header::HeaderName::from_static("sec-fetch-site")).is_some_and(|site| site == "cross-site")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn only_the_same_origin_or_a_program_may_change_things() {
        assert!(!foreign(&headers(&[("host", "127.0.0.1:1")])));
        assert!(!foreign(&headers(&[
            ("host", "127.0.0.1:1"),
            ("origin", "http://127.0.0.1:1")
        ])));
        assert!(foreign(&headers(&[
            ("host", "127.0.0.1:1"),
            ("origin", "https://evil.test")
        ])));
        assert!(foreign(&headers(&[("host", "127.0.0.1:1"), ("origin", "null")])));
        assert!(foreign(&headers(&[
            ("host", "127.0.0.1:1"),
            ("sec-fetch-site", "cross-site")
        ])));
    }
}
