//! The account picker, and what its buttons do.

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};

use super::authorize::{self, COOKIE, cookie, session_accounts};
use super::errors::{Refusal, Trace};
use super::memory::Account;
use super::request::{Return, parse};
use super::{Door, Platform, admin_consent, page};
use crate::tenant::{Property, User};
use crate::web::foreign;
use crate::web::pages::html::{Html, html};

/// People shown when somebody searches.
const SHOWN: usize = 12;

pub(super) fn router() -> Router<Platform> {
    Router::new()
        .route("/{tenant}/login", post(login))
        .route("/{tenant}/other-account", post(other))
        .route("/{tenant}/cancel", post(cancel))
        .route("/{tenant}/oauth2/v2.0/logout", get(logout))
        .route("/{tenant}/oauth2/logout", get(logout))
}

/// For what the picker asks.
#[derive(Clone, Debug)]
pub(super) struct Asking {
    pub(super) segment: String,
    pub(super) door: Door,
    pub(super) flow: &'static str,
    pub(super) query: String,
    pub(super) to: Return,
    pub(super) app: String,
    pub(super) hint: Option<String>,
}

type Fields = HashMap<String, String>;

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map(|value| value.trim()).unwrap_or_default()
}

/// The page *Pick an account*.
pub(super) fn picker(platform: &Platform, asking: &Asking, signed_in: &[Account], wrong: &str) -> Response {
    let wanted = parse(&asking.query).remove("_search").unwrap_or_default();
    let accounts: Vec<User> = signed_in
        .iter()
        .filter_map(|account| platform.cloud.user(account.tenant, account.id))
        .collect();
    let others = if wanted.is_empty() {
        people(platform, asking.door)
    } else {
        search(platform, asking.door, &wanted)
    };
    let heading = if wanted.is_empty() {
        "People of the demo"
    } else {
        "Found"
    };
    let body = html!(
        "<section><h1>Pick an account</h1><p class=\"quiet\">to continue to " (asking.app) "</p>"
        [(!wrong.is_empty()).then(|| html!("<div class=\"note bad\" role=\"alert\">" (wrong) "</div>"))]
        [(!accounts.is_empty()).then(|| group("Signed in", asking, accounts.iter().map(|user| (user.clone(), "")).collect()))]
        [group(heading, asking, others)]
        "</section>"
        [typed(asking)] [finder(asking, &wanted)] [leave(asking)]
    );
    page::document("Sign in to your account", &[&asking.to.uri], body)
}

fn group(heading: &str, asking: &Asking, people: Vec<(User, &'static str)>) -> Html {
    let none = people.is_empty();
    html!(
        "<h2>" (heading) "</h2>"
        [none.then(|| html!("<p class=\"empty\">Nobody.</p>"))]
        "<form method=\"post\" action=\"/" (asking.segment) "/login\">" [page::hidden(asking.flow, &asking.query)]
        "<ul class=\"accounts\">" [people.iter().map(|(user, part)| account(user, part)).collect::<Vec<_>>()] "</ul></form>"
    )
}

fn account(user: &User, part: &str) -> Html {
    html!(
        "<li><button name=\"upn\" value=\"" (user.upn()) "\"><span><b>" (user.display_name()) "</b><br>"
        "<span class=\"quiet\">" (user.upn()) "</span></span><span class=\"quiet\">" (part) "</span></button></li>"
    )
}

fn typed(asking: &Asking) -> Html {
    let hint = asking.hint.as_deref().unwrap_or_default();
    html!(
        "<section><h2>Use another account</h2><form method=\"post\" action=\"/" (asking.segment) "/login\" class=\"row\">"
        [page::hidden(asking.flow, &asking.query)]
        "<div class=\"field wide\"><label for=\"upn\">User principal name</label><input id=\"upn\" name=\"upn\" value=\"" (hint)
        "\" required autocomplete=\"username\" autocapitalize=\"off\" spellcheck=\"false\"></div>"
        "<button class=\"primary\">Next</button></form></section>"
    )
}

/// Searching is a GET of the same page with one parameter more.
fn finder(asking: &Asking, wanted: &str) -> Html {
    let others = parse(&asking.query);
    let mut kept: Vec<_> = others.iter().filter(|(name, _)| *name != "_search").collect();
    kept.sort();
    let carry = |(name, value): &(&String, &String)| html!("<input type=\"hidden\" name=\"" (name) "\" value=\"" (value) "\">");
    html!(
        "<section><h2>Find somebody</h2><form method=\"get\" action=\"/" (asking.segment) "/" (asking.flow) "\" class=\"row\">"
        [kept.iter().map(carry).collect::<Vec<_>>()]
        "<div class=\"field wide\"><label for=\"search\">Name or user principal name</label><input id=\"search\" type=\"search\" "
        "name=\"_search\" value=\"" (wanted) "\"></div><button>Search</button></form></section>"
    )
}

fn leave(asking: &Asking) -> Html {
    html!(
        "<form method=\"post\" action=\"/" (asking.segment) "/cancel\" class=\"buttons\">"
        [page::hidden(asking.flow, &asking.query)] "<button>Cancel</button></form>"
    )
}

/// The demo's people who can sign in here.
fn people(platform: &Platform, door: Door) -> Vec<(User, &'static str)> {
    let here = |tenant| match door {
        Door::Tenant(own) => own == tenant,
        Door::Organizations | Door::Common => true,
        Door::Consumers => false,
    };
    let found = platform
        .cloud
        .people()
        .iter()
        .filter(|person| here(person.tenant));
    let found = found.filter(|person| door.tenant().is_some() || person.part != "Guest");
    found
        .filter_map(|person| Some((platform.cloud.user(person.tenant, person.id)?, person.part)))
        .collect()
}

fn search(platform: &Platform, door: Door, wanted: &str) -> Vec<(User, &'static str)> {
    let wanted = wanted.to_lowercase();
    let tenants = platform.cloud.tenants().iter();
    let mut found = Vec::new();
    for tenant in tenants.filter(|tenant| door.tenant().is_none_or(|own| own == tenant.id())) {
        let directory = tenant.read();
        let fits = |user: &&User| {
            user.upn().to_lowercase().contains(&wanted)
                || user.display_name().to_lowercase().contains(&wanted)
        };
        found.extend(
            directory
                .users()
                .filter(fits)
                .take(SHOWN)
                .map(|user| (user.clone(), "")),
        );
    }
    found.truncate(SHOWN);
    found
}

impl Platform {
    /// The account somebody chose or typed: of the tenant they came to, or of the tenant their address belongs to.
    fn account_named(&self, door: Door, upn: &str) -> Option<Account> {
        let here = door
            .tenant()
            .and_then(|tenant| Some((tenant, self.cloud.account(tenant, upn)?)));
        if let Some((tenant, user)) = here {
            let home = self.home_account(&user).filter(|_| user.guest);
            let id = user.id.0;
            return Some(home.unwrap_or(Account { tenant, id }));
        }
        let home = self.cloud.home_of(upn)?;
        let user = self.cloud.account(home.id(), upn)?;
        let (tenant, id) = (home.id(), user.id.0);
        Some(Account { tenant, id })
    }

    /// A guest's account at home, if that tenant is here too.
    fn home_account(&self, guest: &User) -> Option<Account> {
        let mail = guest.get(Property::Mail)?;
        let tenant = self.cloud.home_of(mail)?.id();
        let id = self.cloud.account(tenant, mail)?.id.0;
        Some(Account { tenant, id })
    }

    /// Adds the account to the browser's session; returns the cookie's value.
    fn remember(&self, cookie: Option<&str>, account: Account) -> String {
        let (fresh, session) = self.random(|rng| (rng.uuid().simple().to_string(), rng.uuid()));
        let mut memory = self.memory();
        let known = cookie.filter(|value| memory.sessions.contains_key(*value));
        let value = known.map_or(fresh, str::to_owned);
        let (_, accounts) = memory
            .sessions
            .entry(value.clone())
            .or_insert((session, Vec::new()));
        accounts.retain(|other| *other != account);
        accounts.push(account);
        value
    }
}

/// The endpoint a form belongs to, read again from what the form carries.
fn asking(platform: &Platform, segment: &str, fields: &Fields) -> Result<Asking, Refusal> {
    let query = field(fields, "request");
    match field(fields, "flow") {
        authorize::FLOW => match platform.read_authorize(segment, query) {
            Ok(request) => Ok(request.picker()),
            Err(stop) => Err(match *stop {
                super::request::Stop::Page(refusal) | super::request::Stop::Back(_, refusal) => refusal,
            }),
        },
        flow => admin_consent::asking(platform, segment, flow, query),
    }
}

fn refuse_foreign(headers: &HeaderMap) -> Option<Response> {
    foreign(headers).then(|| {
        (
            StatusCode::FORBIDDEN,
            "Another site may not sign people in here.\n",
        )
            .into_response()
    })
}

async fn login(
    State(platform): State<Platform>,
    Path(segment): Path<String>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    if let Some(refused) = refuse_foreign(&headers) {
        return refused;
    }
    let asking = match asking(&platform, &segment, &fields) {
        Ok(asking) => asking,
        Err(refusal) => return page::error(&refusal, &platform.trace(&headers)),
    };
    let upn = field(&fields, "upn");
    let sent = cookie(&headers);
    let Some(account) = platform.account_named(asking.door, upn) else {
        let wrong = format!("AADSTS50034: The user account '{upn}' does not exist in any tenant here.");
        let signed_in = session_accounts(platform.memory().session(sent.as_deref()));
        return picker(&platform, &asking, &signed_in, &wrong);
    };
    let value = platform.remember(sent.as_deref(), account);
    let extra = [("_account", account.name())];
    with_cookie(again(&asking, &extra), &value)
}

/// Back to the endpoint, with what was just chosen.
fn again(asking: &Asking, extra: &[(&str, String)]) -> Response {
    let pairs = url::form_urlencoded::parse(asking.query.as_bytes());
    let kept = pairs.filter(|(name, _)| !name.starts_with('_'));
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .extend_pairs(extra)
        .finish();
    let mut response = StatusCode::SEE_OTHER.into_response();
    let to = format!("/{}/{}?{query}", asking.segment, asking.flow);
    if let Ok(to) = HeaderValue::from_str(&to) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    response
}

fn with_cookie(mut response: Response, value: &str) -> Response {
    let cookie = format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

async fn other(
    State(platform): State<Platform>,
    Path(segment): Path<String>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    match asking(&platform, &segment, &fields) {
        Ok(mut asking) => {
            let signed_in = session_accounts(platform.memory().session(cookie(&headers).as_deref()));
            let kept = url::form_urlencoded::parse(asking.query.as_bytes());
            asking.query = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(kept.filter(|(name, _)| !name.starts_with('_')))
                .finish();
            picker(&platform, &asking, &signed_in, "")
        }
        Err(refusal) => page::error(&refusal, &platform.trace(&headers)),
    }
}

async fn cancel(
    State(platform): State<Platform>,
    Path(segment): Path<String>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let trace = platform.trace(&headers);
    match asking(&platform, &segment, &fields) {
        Ok(asking) => cancelled(&platform, &asking, field(&fields, "code").parse().ok(), &trace),
        Err(refusal) => page::error(&refusal, &trace),
    }
}

/// Who leaves a page that asked for an administrator takes its number along; any other cancels.
fn cancelled(platform: &Platform, asking: &Asking, code: Option<u32>, trace: &Trace) -> Response {
    let spelling = platform.memory().cancel;
    if asking.flow != authorize::FLOW {
        return admin_consent::cancelled(&asking.to, asking.flow, spelling, trace);
    }
    match code {
        Some(code) => asking.to.refuse(&Refusal::plain(code), trace),
        None => asking.to.cancel(spelling, trace),
    }
}

/// Ends the browser's session. Goes back only to a redirect URI somebody registered.
async fn logout(
    State(platform): State<Platform>,
    axum::extract::RawQuery(query): axum::extract::RawQuery,
    headers: HeaderMap,
) -> Response {
    if let Some(value) = cookie(&headers) {
        platform.memory().sessions.remove(&value);
    }
    let query = parse(&query.unwrap_or_default());
    let back = query.get("post_logout_redirect_uri").filter(|uri| {
        let view = platform.cloud.view();
        let origin = |uri: &str| url::Url::parse(uri).map(|url| url.origin());
        let known = view.applications().iter().flat_map(|app| &app.web_redirect_uris);
        let wanted = origin(uri);
        wanted.is_ok() && known.clone().any(|registered| origin(registered) == wanted)
    });
    let mut response = match back.and_then(|uri| HeaderValue::from_str(uri).ok()) {
        Some(uri) => (StatusCode::SEE_OTHER, [(header::LOCATION, uri)]).into_response(),
        None => page::document(
            "Signed out",
            &[],
            html!(
                "<section><h1>You signed out of your account</h1><p>You can close this window.</p></section>"
            ),
        ),
    };
    let gone = HeaderValue::from_static("ESTSAUTH=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    response.headers_mut().insert(header::SET_COOKIE, gone);
    response
}
