//! Tenant-wide admin consent, v1 and v2 (`entra-facts` B3).
//!
//! v1 grants everything the registration asks for; v2 what its `scope` says, application permissions only with
//! `/.default`. A failed v2 answer carries `admin_consent=True` all the same.

use std::collections::HashMap;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use uuid::Uuid;

use super::authorize::{Who, cookie, session_accounts, session_id};
use super::errors::{Refusal, Trace};
use super::memory::{Account, CancelSpelling, Subject};
use super::request::{Query, Return, parse};
use super::scopes::{self, Asked, Delegated, Wanted, delegated};
use super::sign_in::{self, Asking};
use super::{Door, Platform, consent, faulty, page};
use crate::cloud::{AppRegistration, ConsentPower, GRAPH_APP_ID};
use crate::faults::{Effect, Probe};
use crate::tenant::User;
use crate::web::foreign;
use crate::web::pages::html::html;

const V1: &str = "adminconsent";
const V2: &str = "v2.0/adminconsent";

pub(super) fn router() -> Router<Platform> {
    Router::new()
        .route("/{tenant}/adminconsent", get(v1))
        .route("/{tenant}/v2.0/adminconsent", get(v2))
        .route("/{tenant}/admin-consent-answer", post(answer))
}

/// A checked request.
struct Request {
    flow: &'static str,
    segment: String,
    raw: String,
    door: Door,
    app: AppRegistration,
    to: Return,
    scope: Option<String>,
    asked: Asked,
    chosen: Option<String>,
    hint: Option<String>,
}

/// A permission to grant for the tenant.
#[derive(Clone, Debug)]
struct Role {
    resource: Uuid,
    resource_name: String,
    id: Uuid,
    value: String,
}

impl Platform {
    fn read_admin_consent(&self, segment: &str, flow: &str, raw: &str) -> Result<Request, Refusal> {
        let flow = if flow == V2 { V2 } else { V1 };
        let mut query = parse(raw);
        self.default_redirect(&mut query);
        let (door, app, to) = self.way_back(segment, &query)?;
        if let Some(tenant) = door.tenant()
            && !app.serves(tenant)
        {
            return Err(super::client::unknown_application(
                &app.app_id.to_string(),
                segment,
            ));
        }
        let scope = query.get("scope").filter(|scope| !scope.is_empty()).cloned();
        let asked = match (flow, &scope) {
            (V2, None) => return Err(super::client::missing("scope")),
            (V2, Some(scope)) => scopes::read(&self.cloud, scope)?,
            _ => everything(&app),
        };
        Ok(Request {
            flow,
            segment: segment.to_owned(),
            raw: raw.to_owned(),
            door,
            app,
            to,
            scope,
            asked,
            chosen: query.get("_account").cloned(),
            hint: query.get("login_hint").cloned(),
        })
    }

    /// Without a redirect URI the first registered one is meant.
    fn default_redirect(&self, query: &mut Query) {
        if query.contains_key("redirect_uri") {
            return;
        }
        let id = query.get("client_id").and_then(|id| id.parse().ok());
        let view = self.cloud.view();
        let first = id.and_then(|id| view.application(id)?.web_redirect_uris.first().cloned());
        if let Some(uri) = first {
            query.insert("redirect_uri".to_owned(), uri);
        }
    }

    /// The application permissions a request means: the registered ones of every resource asked for by `.default`.
    fn roles_asked(&self, app: &AppRegistration, asked: &Asked) -> Vec<Role> {
        let view = self.cloud.view();
        let by_default = |resource: Uuid| {
            asked
                .resources
                .iter()
                .any(|wanted| wanted.default && wanted.app == resource)
        };
        let roles = app
            .required_access
            .iter()
            .filter(|access| access.application && by_default(access.resource));
        roles
            .filter_map(|access| {
                let resource = view.application(access.resource)?;
                let role = resource.role(access.id)?;
                Some(Role {
                    resource: access.resource,
                    resource_name: resource.display_name.clone(),
                    id: access.id,
                    value: role.value.clone()?,
                })
            })
            .collect()
    }
}

/// What v1 asks for: `.default` of every resource in the registration.
fn everything(app: &AppRegistration) -> Asked {
    let mut asked = Asked::default();
    for access in &app.required_access {
        if !asked.resources.iter().any(|wanted| wanted.app == access.resource) {
            asked.resources.push(Wanted {
                app: access.resource,
                name: access.resource.to_string(),
                values: Vec::new(),
                default: true,
            });
        }
    }
    asked
}

/// What the picker needs to know of an admin consent request.
pub(super) fn asking(platform: &Platform, segment: &str, flow: &str, query: &str) -> Result<Asking, Refusal> {
    let request = platform.read_admin_consent(segment, flow, query)?;
    Ok(request.asking())
}

impl Request {
    fn asking(&self) -> Asking {
        Asking {
            segment: self.segment.clone(),
            door: self.door,
            flow: self.flow,
            query: self.raw.clone(),
            to: self.to.clone(),
            app: self.app.display_name.clone(),
            hint: self.hint.clone(),
        }
    }
}

async fn v1(state: State<Platform>, segment: Path<String>, query: RawQuery, headers: HeaderMap) -> Response {
    show(&state, &segment, V1, query, &headers)
}

async fn v2(state: State<Platform>, segment: Path<String>, query: RawQuery, headers: HeaderMap) -> Response {
    show(&state, &segment, V2, query, &headers)
}

fn show(
    platform: &Platform,
    segment: &str,
    flow: &str,
    RawQuery(query): RawQuery,
    headers: &HeaderMap,
) -> Response {
    let trace = platform.trace(headers);
    let request = match platform.read_admin_consent(segment, flow, &query.unwrap_or_default()) {
        Ok(request) => request,
        Err(refusal) => return page::error(&refusal, &trace),
    };
    let session = platform.memory().session(cookie(headers).as_deref());
    let account = platform.chosen(request.chosen.as_deref(), session.as_ref());
    let accounts = session_accounts(session.clone());
    let account =
        account.or_else(
            || match platform.single(&accounts, request.door, request.hint.as_deref(), None) {
                Who::Account(account) => Some(account),
                Who::Nobody => None,
            },
        );
    let Some(account) = account else {
        return sign_in::picker(platform, &request.asking(), &accounts, "");
    };
    if let Some(faulty) = platform.consent_fault(&request, account, &trace) {
        return faulty;
    }
    match platform.consenting(&request, account, session_id(session.as_ref())) {
        Ok((subject, user)) => question(platform, &request, &subject, &user),
        Err(refusal) => {
            let heading = if refusal.code == 90_094 {
                "Need admin approval"
            } else {
                "Sorry, but we’re having trouble signing you in."
            };
            let place = (request.segment.as_str(), request.flow, request.raw.as_str());
            page::blocked(&refusal, &trace, heading, &request.to, place)
        }
    }
}

impl Platform {
    fn consent_fault(&self, request: &Request, account: Account, trace: &Trace) -> Option<Response> {
        let user = self.cloud.user(account.tenant, account.id);
        let probe = Probe {
            endpoint: "adminconsent",
            tenant: request.door.tenant().or(Some(account.tenant)),
            client: Some(request.app.app_id),
            user: user.as_ref().map(User::upn),
            detail: request.flow,
        };
        match self.faults.take(&probe, Effect::is_answer)? {
            Effect::Aadsts { code, claims } => {
                let refusal = Refusal::plain(code).challenged(claims);
                Some(failed(&request.to, request.flow, &refusal, trace))
            }
            effect => faulty(&effect),
        }
    }

    /// The subject, if they may consent to what is asked (B3); 90094 if their role is too small.
    fn consenting(
        &self,
        request: &Request,
        account: Account,
        session: Uuid,
    ) -> Result<(Subject, User), Refusal> {
        let (subject, user) = self.enter(&request.app, request.door, account, session)?;
        let graph = self
            .roles_asked(&request.app, &request.asked)
            .iter()
            .any(|role| role.resource == GRAPH_APP_ID);
        let needed = if graph {
            ConsentPower::Everything
        } else {
            ConsentPower::Applications
        };
        if self.power(&subject, &user) < needed {
            return Err(consent::admin_needed(&request.app));
        }
        Ok((subject, user))
    }

    fn grant_all(&self, request: &Request, subject: &Subject, wanted: &[Delegated]) -> Result<(), Refusal> {
        let client = request.app.app_id;
        self.cloud
            .ensure_service_principal(subject.tenant, client)
            .map_err(|error| consent::not_granted(&error))?;
        self.grant_delegated(subject.tenant, client, None, wanted)?;
        for role in self.roles_asked(&request.app, &request.asked) {
            self.cloud
                .consent_to_role(subject.tenant, client, role.resource, role.id)
                .map_err(|error| consent::not_granted(&error))?;
        }
        Ok(())
    }
}

fn question(platform: &Platform, request: &Request, subject: &Subject, user: &User) -> Response {
    let delegated = delegated(&platform.cloud, request.app.app_id, &request.asked);
    let roles = platform.roles_asked(&request.app, &request.asked);
    let lines: Vec<_> = delegated
        .into_iter()
        .map(|one| (one.resource_name, one.display, one.admin))
        .chain(
            roles
                .into_iter()
                .map(|role| (role.resource_name, format!("{} (application)", role.value), true)),
        )
        .collect();
    let tenant = platform
        .cloud
        .tenant(subject.tenant)
        .map_or("", |tenant| tenant.name());
    let body = html!(
        "<section><p class=\"quiet\">" (user.upn()) "</p><h1>Permissions requested</h1><p>Review for your organization, <b>"
        (tenant) "</b></p>" [consent::asker(platform, &request.app)] [consent::permissions(&lines)]
        "<p class=\"quiet\">If you accept, this app will get access to the specified resources for all users in your "
        "organization. No one else will be prompted to review these permissions.</p>"
        "<form method=\"post\" action=\"/" (request.segment) "/admin-consent-answer\">"
        [page::hidden(request.flow, &request.raw)]
        "<input type=\"hidden\" name=\"account\" value=\"" (subject.home.name()) "\">"
        "<div class=\"buttons\"><button name=\"action\" value=\"cancel\">Cancel</button>"
        "<button class=\"primary\" name=\"action\" value=\"accept\">Accept</button></div></form></section>"
    );
    page::document("Permissions requested", &[&request.to.uri], body)
}

async fn answer(
    State(platform): State<Platform>,
    Path(segment): Path<String>,
    headers: HeaderMap,
    Form(fields): Form<HashMap<String, String>>,
) -> Response {
    if foreign(&headers) {
        return (StatusCode::FORBIDDEN, "Another site may not consent here.\n").into_response();
    }
    let trace = platform.trace(&headers);
    let text = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let request = match platform.read_admin_consent(&segment, text("flow"), text("request")) {
        Ok(request) => request,
        Err(refusal) => return page::error(&refusal, &trace),
    };
    if text("action") != "accept" {
        let spelling = platform.memory().cancel;
        return cancelled(&request.to, request.flow, spelling, &trace);
    }
    let session = platform.memory().session(cookie(&headers).as_deref());
    let Some(account) = platform.chosen(Some(text("account")), session.as_ref()) else {
        return failed(&request.to, request.flow, &Refusal::plain(50_058), &trace);
    };
    let entered = platform.consenting(&request, account, session_id(session.as_ref()));
    let granted = entered.and_then(|(subject, _)| {
        let wanted = delegated(&platform.cloud, request.app.app_id, &request.asked);
        platform.grant_all(&request, &subject, &wanted)?;
        Ok(subject.tenant.to_string())
    });
    match granted {
        Ok(tenant) => {
            let mut parameters = vec![("admin_consent", "True"), ("tenant", tenant.as_str())];
            if let Some(scope) = request.scope.as_deref().filter(|_| request.flow == V2) {
                parameters.push(("scope", scope));
            }
            request.to.send(&parameters)
        }
        Err(refusal) => failed(&request.to, request.flow, &refusal, &trace),
    }
}

/// A failure: on v2 with `admin_consent=True`, as Microsoft's is.
fn failed(to: &Return, flow: &str, refusal: &Refusal, trace: &Trace) -> Response {
    let description = trace.describe(refusal);
    let mut parameters = vec![
        ("error", refusal.on_authorize()),
        ("error_description", description.as_str()),
    ];
    if flow == V2 {
        parameters.insert(0, ("admin_consent", "True"));
    }
    to.send(&parameters)
}

/// A press on *Cancel*, in the spelling that is asked for.
pub(super) fn cancelled(to: &Return, flow: &str, spelling: CancelSpelling, trace: &Trace) -> Response {
    let declined = trace.describe(&Refusal::plain(65_004));
    let v2 = flow == V2;
    let mut parameters = match (spelling, v2) {
        (CancelSpelling::Documented, false) => vec![
            ("error", "permission_denied"),
            ("error_description", "The admin canceled the request"),
        ],
        (CancelSpelling::Documented, true) => {
            vec![
                ("error", "consent_required"),
                ("error_description", declined.as_str()),
            ]
        }
        (CancelSpelling::Subcode, _) => vec![("error", "access_denied"), ("error_subcode", "cancel")],
        (CancelSpelling::Declined, _) => {
            vec![
                ("error", "access_denied"),
                ("error_description", declined.as_str()),
            ]
        }
    };
    if v2 {
        parameters.insert(0, ("admin_consent", "True"));
    }
    to.send(&parameters)
}
