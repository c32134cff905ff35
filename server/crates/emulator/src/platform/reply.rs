//! Sends a browser back to the application: by query, by fragment, or by a form that posts itself.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::errors::{Refusal, Trace};
use super::memory::CancelSpelling;
use super::page;
use super::request::{Mode, Return};
use crate::web::pages::html::{Html, html};

impl Return {
    /// Sends these parameters, and `state` with them.
    pub(crate) fn send(&self, parameters: &[(&str, &str)]) -> Response {
        let state = self.state.as_deref().map(|state| ("state", state));
        let all: Vec<_> = parameters.iter().copied().chain(state).collect();
        match self.mode {
            Mode::FormPost => self.form(&all),
            Mode::Query => self.redirect(if self.uri.contains('?') { '&' } else { '?' }, &all),
            Mode::Fragment => self.redirect('#', &all),
        }
    }

    fn redirect(&self, sign: char, parameters: &[(&str, &str)]) -> Response {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(parameters)
            .finish();
        let mut response = StatusCode::SEE_OTHER.into_response();
        if let Ok(to) = HeaderValue::from_str(&format!("{}{sign}{query}", self.uri)) {
            response.headers_mut().insert(header::LOCATION, to);
        }
        response
    }

    fn form(&self, parameters: &[(&str, &str)]) -> Response {
        let field = |(name, value): &(&str, &str)| -> Html {
            html!("<input type=\"hidden\" name=\"" (name) "\" value=\"" (value) "\">")
        };
        let body = html!(
            "<section><h1>Working…</h1><form method=\"post\" action=\"" (self.uri) "\">"
            [parameters.iter().map(field).collect::<Vec<_>>()]
            "<button class=\"primary\">Continue</button></form></section>"
            "<script src=\"/login-assets/submit.js\"></script>"
        );
        page::document("Working…", &[&self.uri], body)
    }

    /// Sends a refusal.
    pub(crate) fn refuse(&self, refusal: &Refusal, trace: &Trace) -> Response {
        let description = trace.describe(refusal);
        let uri = Trace::error_uri(refusal.code);
        let mut parameters = vec![
            ("error", refusal.on_authorize()),
            ("error_description", &description),
        ];
        parameters.push(("error_uri", &uri));
        if let Some(claims) = &refusal.claims {
            parameters.push(("claims", claims));
        }
        self.send(&parameters)
    }

    /// Sends what a press on *Cancel* sends from the authorize endpoint.
    pub(crate) fn cancel(&self, spelling: CancelSpelling, trace: &Trace) -> Response {
        match spelling {
            CancelSpelling::Documented | CancelSpelling::Subcode => {
                self.send(&[("error", "access_denied"), ("error_subcode", "cancel")])
            }
            CancelSpelling::Declined => {
                let description = trace.describe(&Refusal::plain(65_004));
                self.send(&[("error", "access_denied"), ("error_description", &description)])
            }
        }
    }
}
