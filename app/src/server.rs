//! The server's side of the pages, and the only module that exists on the server alone.
//!
//! The server hangs the pages up like this:
//!
//! ```text
//! let routes = leptos_axum::generate_route_list(app::App);
//! router
//!     .route(&format!("{}/{{*act}}", app::SERVER_FUNCTIONS), post(|request| handle_server_fns_with_context(context, request)))
//!     .leptos_routes_with_context(&state, routes, context, app::shell)
//!     .fallback(leptos_axum::render_app_async_with_context(context, app::shell)) // any other path: our own 404
//! ```
//!
//! `context` provides one [`Asked`] per request. What else the pages rest on:
//! - a Content-Security-Policy header with the nonce of `leptos::nonce::use_nonce()`, which is there when `context` runs
//!   (`script-src 'nonce-…' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'`);
//! - a check of the origin in front of [`crate::SERVER_FUNCTIONS`] (threats T68);
//! - `/live/organizations/{organization}` (server-sent events, [`contract::live`]);
//! - `/sign-in` (`return_to`, `invite`), `/admin/sign-in`, `/consent`, `/test-sign-in` (`organization`, `return_to`) and
//!   `POST /setup` (`token`), and `POST /setup/window` (`ticket`, `return_to`), which begin what the doors offer and come back with `?failed=…` ([`crate::entrance::Failed`]);
//! - `/organizations/{organization}/users.csv` with the parameters `search` and `active` of the Users page.
//!
//! A live page asks for itself again with the header [`LIVE`]; such a request must not count as a person's activity.

use crate::act::{self, Act};
use crate::asked::{Asked, Preferences, Theme};
use crate::failure::Failure;
use crate::link::{self, Link};
use crate::words::Language;
use contract::{Answer, Portal, Refusal, Viewer};
use http::header::{
    ACCEPT, ACCEPT_LANGUAGE, COOKIE, HeaderMap, HeaderName, HeaderValue, LOCATION, SET_COOKIE,
};
use http::request::Parts;
use http::{Method, StatusCode};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use std::sync::Arc;

/// Marks a request by which a live page refreshes itself.
pub const LIVE: HeaderName = HeaderName::from_static("rollcall-live");

const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// What [`LIVE`] says when the page stands within another site's page; else it says `1`.
pub const FRAMED: &str = "framed";

/// Whom to ask, and on whose behalf. Every server function begins here.
pub fn enter() -> Result<(Arc<dyn Portal>, Viewer), Failure> {
    let asked = Asked::here().ok_or_else(Failure::unavailable)?;
    match asked.viewer {
        Some(viewer) => Ok((asked.portal, viewer)),
        None => told(Err(Refusal::NotSignedIn)),
    }
}

/// Passes an answer on to a page, and gives the response the status that a refusal deserves.
pub fn told<T>(answer: Answer<T>) -> Result<T, Failure> {
    answer.map_err(|refusal| {
        match is_form() {
            true if in_frame() => send_on(link::setup()),
            true => send_on(link::signed_out()),
            false => set_status(status(&refusal)),
        }
        Failure(refusal)
    })
}

/// Ends an act. A browser that posted a form is sent on: to what comes next, or back to the form with the refusal
/// and what had been entered. Anybody else gets the refusal as it is.
pub fn settle<T>(
    answer: Answer<T>,
    act: Act,
    back: Link,
    entered: &str,
    onward: impl FnOnce(&T) -> Link,
) -> Result<(), Failure> {
    match answer {
        Ok(value) => {
            send_on(onward(&value));
            Ok(())
        }
        Err(refusal) if is_form() => {
            send_on(act::refused(back, act, &refusal, entered));
            Err(Failure(refusal))
        }
        Err(refusal) => told(Err(refusal)),
    }
}

/// Sends a browser to another page of ours, to be fetched with GET.
pub fn send_on(link: Link) {
    let location = HeaderValue::from_str(&link.href());
    if let (Some(response), Ok(location)) = (use_context::<ResponseOptions>(), location) {
        response.insert_header(LOCATION, location);
        response.set_status(StatusCode::SEE_OTHER);
    }
}

/// The page that a form says it stands on, if it is one of ours: a path, and never another host.
pub fn back_to(page: &str) -> Link {
    link::ours(page).unwrap_or_else(link::organizations)
}

/// Is this a browser that posted a form, rather than a script that asks?
fn is_form() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        parts.method == Method::POST && text(&parts.headers, &ACCEPT).contains("text/html")
    })
}

/// Does the answer stand within another site's page?
fn in_frame() -> bool {
    use_context::<Parts>().is_some_and(|parts| text(&parts.headers, &SEC_FETCH_DEST) == "iframe")
}

fn set_status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}

/// The HTTP status of a refusal.
pub fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::NotSignedIn => StatusCode::UNAUTHORIZED,
        Refusal::SignInAgain { .. } | Refusal::Forbidden | Refusal::NeedsReason { .. } => {
            StatusCode::FORBIDDEN
        }
        Refusal::NotFound => StatusCode::NOT_FOUND,
        Refusal::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::Conflict { .. } => StatusCode::CONFLICT,
        Refusal::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Does a live page refresh itself with this request?
pub fn is_refresh() -> bool {
    use_context::<Parts>().is_some_and(|parts| parts.headers.contains_key(LIVE))
}

/// What the reader chose, from the cookies `language` and `theme`, else from `Accept-Language`.
pub fn preferences(headers: &HeaderMap) -> Preferences {
    let language = cookie(headers, "language").and_then(Language::from_code);
    let theme = cookie(headers, "theme").and_then(Theme::from_slug);
    Preferences {
        language: language.unwrap_or_else(|| Language::preferred(text(headers, &ACCEPT_LANGUAGE))),
        theme: theme.unwrap_or_default(),
    }
}

/// Keeps a choice of the reader's for a year. Both parts are words of ours, never a reader's text.
pub fn remember(name: &'static str, value: &'static str) {
    let site = match in_frame() {
        true => "SameSite=None; Secure; Partitioned",
        false => "SameSite=Lax",
    };
    let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; {site}");
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&cookie)) {
        response.append_header(SET_COOKIE, value);
    }
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let pairs = headers
        .get_all(COOKIE)
        .into_iter()
        .filter_map(|line| line.to_str().ok());
    pairs.flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> &'h str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &str, languages: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_str(cookie).unwrap());
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_str(languages).unwrap());
        headers
    }

    #[test]
    fn a_chosen_language_wins_over_the_browsers() {
        let chosen = preferences(&headers("__Host-rollcall=x; language=de; theme=dark", "en-GB"));
        assert_eq!(
            chosen,
            Preferences {
                language: Language::German,
                theme: Theme::Dark
            }
        );
    }

    #[test]
    fn without_a_choice_the_browser_is_asked() {
        assert_eq!(
            preferences(&headers("a=b", "fr, de-CH;q=0.8, en;q=0.7")).language,
            Language::German
        );
        assert_eq!(
            preferences(&headers("language=xx; theme=<", "fr")),
            Preferences::default()
        );
    }

    #[test]
    fn a_form_leads_back_to_our_own_pages_only() {
        assert_eq!(
            back_to("/organizations?search=a").href(),
            "/organizations?search=a"
        );
        for elsewhere in [
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "",
            "/a\r\nx: y",
        ] {
            assert_eq!(back_to(elsewhere).href(), "/organizations", "{elsewhere:?}");
        }
    }
}
