//! The frame of the platform's pages, in the admin center's style, and the pages that say what went wrong.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::Url;

use super::errors::{Refusal, Trace};
use super::request::Return;
use crate::web::pages::html::{Html, html};

/// Submits the one form of a `form_post` page. Without script its button does.
const SUBMIT: &str = "document.forms[0].submit();\n";

pub(super) async fn script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SUBMIT).into_response()
}

/// A page. `targets` are the redirect URIs its forms may lead to: browsers check them even after a redirect.
pub(super) fn document(title: &str, targets: &[&str], body: Html) -> Response {
    let page = html!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        "<meta name=\"color-scheme\" content=\"light dark\"><title>" (title) "</title>"
        "<link rel=\"icon\" href=\"/icon.svg\"><link rel=\"stylesheet\" href=\"/style.css\"></head><body>"
        "<header class=\"top\"><span class=\"brand\"><span class=\"mark\" aria-hidden=\"true\">M</span>Sign in</span>"
        "<span class=\"pretend\">pretends to be Microsoft Entra</span></header>"
        "<main id=\"content\" class=\"signin\">" [body] "</main></body></html>"
    );
    let mut origins: Vec<String> = targets.iter().filter_map(|target| origin(target)).collect();
    origins.dedup();
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self' {}; \
         frame-ancestors 'none'; base-uri 'none'",
        origins.join(" ")
    );
    let mut response = page.into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("strict-origin-when-cross-origin"),
    );
    response
}

fn origin(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    url.has_host().then(|| url.origin().ascii_serialization())
}

/// An error page: what a person sees when there is nowhere to redirect to.
pub(super) fn error(refusal: &Refusal, trace: &Trace) -> Response {
    let body = html!(
        "<section><h1>Sorry, but we’re having trouble signing you in.</h1>"
        "<p class=\"reason\">AADSTS" (refusal.code) ": " (refusal.text) "</p>"
        [facts(trace)] "</section>"
    );
    let mut response = document("Sign in to your account", &[], body);
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
}

fn facts(trace: &Trace) -> Html {
    html!(
        "<details><summary>Troubleshooting details</summary><dl class=\"facts\"><dt>Request Id</dt><dd><code>" (trace.trace)
        "</code></dd><dt>Correlation Id</dt><dd><code>" (trace.correlation) "</code></dd><dt>Timestamp</dt><dd>"
        (trace.timestamp()) "</dd></dl></details>"
    )
}

/// What every form carries: which endpoint it belongs to, and that endpoint's query.
pub(super) fn hidden(flow: &str, query: &str) -> Html {
    html!(
        "<input type=\"hidden\" name=\"flow\" value=\"" (flow) "\"><input type=\"hidden\" name=\"request\" value=\"" (query) "\">"
    )
}

/// An error that a person can leave: with another account, or back to the application.
pub(super) fn blocked(
    refusal: &Refusal,
    trace: &Trace,
    heading: &str,
    to: &Return,
    (segment, flow, query): (&str, &str, &str),
) -> Response {
    let body = html!(
        "<section><h1>" (heading) "</h1><p class=\"reason\">AADSTS" (refusal.code) ": " (refusal.text) "</p>"
        [facts(trace)]
        "<div class=\"buttons\"><form method=\"post\" action=\"/" (segment) "/other-account\" class=\"one\">" [hidden(flow, query)]
        "<button class=\"primary\">Sign in with another account</button></form>"
        "<form method=\"post\" action=\"/" (segment) "/cancel\" class=\"one\">" [hidden(flow, query)]
        "<input type=\"hidden\" name=\"code\" value=\"" (refusal.code) "\">"
        "<button>Return to the application without granting consent</button></form></div></section>"
    );
    let mut response = document(heading, &[&to.uri], body);
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
}
