//! Reads and checks a request of the authorize endpoint (B1): first what has no redirect to go to, then the rest.

use std::collections::HashMap;

use super::errors::Refusal;
use super::scopes::{self, Asked};
use super::{Door, Platform};
use crate::cloud::{AppRegistration, Audience};

/// How parameters travel back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Query,
    Fragment,
    FormPost,
}

/// Where the browser goes back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Return {
    pub(crate) uri: String,
    pub(crate) mode: Mode,
    pub(crate) state: Option<String>,
}

/// `prompt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prompt {
    Whatever,
    None,
    Login,
    SelectAccount,
    Consent,
}

/// Why a request goes no further: with or without a way back.
#[derive(Debug)]
pub(crate) enum Stop {
    /// An error page.
    Page(Refusal),
    /// Back to the application.
    Back(Return, Refusal),
}

/// The parameters of a query, first value of each.
pub(crate) type Query = HashMap<String, String>;

pub(crate) fn parse(query: &str) -> Query {
    let mut found = Query::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        found
            .entry(name.into_owned())
            .or_insert_with(|| value.into_owned());
    }
    found
}

/// A checked request.
#[derive(Clone, Debug)]
pub(crate) struct Authorize {
    /// The query as it came, which forms carry along.
    pub(crate) raw: String,
    pub(crate) segment: String,
    pub(crate) door: Door,
    pub(crate) app: AppRegistration,
    pub(crate) to: Return,
    pub(crate) nonce: Option<String>,
    pub(crate) asked: Asked,
    pub(crate) prompt: Prompt,
    pub(crate) login_hint: Option<String>,
    pub(crate) domain_hint: Option<String>,
    /// PKCE: the challenge, and whether it is S256.
    pub(crate) challenge: Option<(String, bool)>,
    pub(crate) client_info: bool,
    /// The account just chosen in the picker.
    pub(crate) chosen: Option<String>,
}

impl Platform {
    /// The application and where to go back to. Whatever is wrong here is shown, never sent anywhere.
    pub(crate) fn way_back(
        &self,
        segment: &str,
        query: &Query,
    ) -> Result<(Door, AppRegistration, Return), Refusal> {
        let need = |name: &str| {
            let value = query.get(name).filter(|value| !value.is_empty());
            value.ok_or_else(|| super::client::missing(name))
        };
        let door = self.door(segment)?;
        let app = self.application(need("client_id")?, segment)?;
        if app.web_redirect_uris.is_empty() && app.native_redirect_uris.is_empty() {
            return Err(Refusal::new(
                500_113,
                "No reply address is registered for the application.",
            ));
        }
        let uri = need("redirect_uri")?;
        if !app.redirects_to(uri) {
            return Err(Refusal::new(
                50_011,
                format!(
                    "The redirect URI '{uri}' specified in the request does not match the redirect URIs configured for \
                     the application '{}'. Make sure the redirect URI sent in the request matches one added to your \
                     application in the Azure portal.",
                    app.app_id
                ),
            ));
        }
        let mode = match query.get("response_mode").map(String::as_str) {
            Some("form_post") => Mode::FormPost,
            Some("fragment") => Mode::Fragment,
            _ => Mode::Query,
        };
        let to = Return {
            uri: uri.clone(),
            mode,
            state: query.get("state").cloned(),
        };
        Ok((door, app, to))
    }

    /// Reads a request of the authorize endpoint.
    pub(crate) fn read_authorize(&self, segment: &str, raw: &str) -> Result<Authorize, Box<Stop>> {
        let query = parse(raw);
        let (door, app, to) = self
            .way_back(segment, &query)
            .map_err(|refusal| Box::new(Stop::Page(refusal)))?;
        let back = |refusal| Box::new(Stop::Back(to.clone(), refusal));
        check_door(&app, door).map_err(back)?;
        check_form(&query).map_err(back)?;
        let get = |name: &str| query.get(name).filter(|value| !value.is_empty()).cloned();
        let scope = get("scope").ok_or_else(|| back(super::client::missing("scope")))?;
        let asked = scopes::read(&self.cloud, &scope).map_err(back)?;
        Ok(Authorize {
            raw: raw.to_owned(),
            segment: segment.to_owned(),
            door,
            asked,
            nonce: get("nonce"),
            prompt: prompt(&query).map_err(back)?,
            login_hint: get("login_hint"),
            domain_hint: get("domain_hint"),
            challenge: challenge(&query).map_err(back)?,
            client_info: get("client_info").as_deref() == Some("1"),
            chosen: get("_account"),
            app,
            to,
        })
    }
}

fn check_door(app: &AppRegistration, door: Door) -> Result<(), Refusal> {
    match door {
        Door::Tenant(tenant) if !app.serves(tenant) => Err(super::client::unknown_application(
            &app.app_id.to_string(),
            &tenant.to_string(),
        )),
        Door::Tenant(_) => Ok(()),
        Door::Common | Door::Organizations if app.audience == Audience::MyOrg => Err(Refusal::new(
            50_194,
            format!(
                "Application '{}'({}) is not configured as a multi-tenant application. Usage of the /common endpoint is \
                 not supported for such apps. Use a tenant-specific endpoint or configure the application to be \
                 multi-tenant.",
                app.app_id, app.display_name
            ),
        )),
        Door::Consumers if app.audience != Audience::AndPersonal => Err(Refusal::new(
            50_194,
            "The application does not serve personal accounts.",
        )),
        _ => Ok(()),
    }
}

fn check_form(query: &Query) -> Result<(), Refusal> {
    match query.get("response_type").map(String::as_str) {
        Some("code") => {}
        None | Some("") => return Err(super::client::missing("response_type")),
        Some(_) => {
            return Err(Refusal::new(
                90_023,
                "The 'response_type' is not enabled for the application.",
            ));
        }
    }
    match query.get("response_mode").map(String::as_str) {
        None | Some("" | "query" | "fragment" | "form_post") => Ok(()),
        Some(_) => Err(Refusal::new(90_023, "The 'response_mode' is not supported.")),
    }
}

fn prompt(query: &Query) -> Result<Prompt, Refusal> {
    match query.get("prompt").map(String::as_str) {
        None | Some("") => Ok(Prompt::Whatever),
        Some("none") => Ok(Prompt::None),
        Some("login") => Ok(Prompt::Login),
        Some("select_account") => Ok(Prompt::SelectAccount),
        Some("consent") => Ok(Prompt::Consent),
        Some(_) => Err(Refusal::new(90_023, "The 'prompt' parameter is not supported.")),
    }
}

fn challenge(query: &Query) -> Result<Option<(String, bool)>, Refusal> {
    let Some(challenge) = query.get("code_challenge").filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    match query.get("code_challenge_method").map(String::as_str) {
        Some("S256") => Ok(Some((challenge.clone(), true))),
        None | Some("" | "plain") => Ok(Some((challenge.clone(), false))),
        Some(_) => Err(Refusal::new(
            50_147,
            "The size or method of the code_challenge parameter is not valid.",
        )),
    }
}
