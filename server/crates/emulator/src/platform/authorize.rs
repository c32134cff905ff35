//! The authorize endpoint: who is it, may they, and is there consent; then a code.

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use serde_json::json;
use uuid::Uuid;

use super::errors::{Refusal, Trace};
use super::memory::{Account, Code, Subject};
use super::request::{Authorize, Prompt, Stop};
use super::scopes::{Asked, Delegated, delegated};
use super::{Door, Platform, consent, faulty, page, sign_in};
use crate::cloud::{AppRegistration, GRAPH_APP_ID};
use crate::faults::{Effect, Probe};
use crate::tenant::User;

/// Name of the session cookie.
pub(super) const COOKIE: &str = "ESTSAUTH";
/// The flow's name in forms.
pub(super) const FLOW: &str = "oauth2/v2.0/authorize";

pub(super) fn router() -> Router<Platform> {
    Router::new().route("/{tenant}/oauth2/v2.0/authorize", get(authorize))
}

async fn authorize(
    State(platform): State<Platform>,
    Path(segment): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let trace = platform.trace(&headers);
    let request = match platform.read_authorize(&segment, &query.unwrap_or_default()) {
        Ok(request) => request,
        Err(stop) => return stopped(*stop, &trace),
    };
    if let Some(faulty) = platform.authorize_fault(&request, None, &trace) {
        return faulty;
    }
    let session = platform.memory().session(cookie(&headers).as_deref());
    match platform.who(&request, session.as_ref()) {
        Who::Account(account) => platform.admit(&request, account, session_id(session.as_ref()), &trace),
        Who::Nobody if request.prompt == Prompt::None => request.to.refuse(&Refusal::plain(50_058), &trace),
        Who::Nobody => sign_in::picker(&platform, &request.picker(), &session_accounts(session), ""),
    }
}

pub(super) fn stopped(stop: Stop, trace: &Trace) -> Response {
    match stop {
        Stop::Page(refusal) => page::error(&refusal, trace),
        Stop::Back(to, refusal) => to.refuse(&refusal, trace),
    }
}

/// The session cookie's value.
pub(super) fn cookie(headers: &HeaderMap) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter();
    let mut pairs = all
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    pairs.find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == COOKIE).then(|| value.to_owned())
    })
}

pub(super) type Session = (Uuid, Vec<Account>);

pub(super) fn session_id(session: Option<&Session>) -> Uuid {
    session.map(|(id, _)| *id).unwrap_or_default()
}

pub(super) fn session_accounts(session: Option<Session>) -> Vec<Account> {
    session.map(|(_, accounts)| accounts).unwrap_or_default()
}

/// Who is asking.
pub(super) enum Who {
    Account(Account),
    Nobody,
}

impl Account {
    /// How forms and queries name it.
    pub(super) fn name(&self) -> String {
        format!("{}.{}", self.id, self.tenant)
    }

    fn read(text: &str) -> Option<Self> {
        let (id, tenant) = text.split_once('.')?;
        Some(Self {
            id: id.parse().ok()?,
            tenant: tenant.parse().ok()?,
        })
    }
}

impl Platform {
    /// A signed-in account by the name the picker gave it.
    pub(super) fn chosen(&self, name: Option<&str>, session: Option<&Session>) -> Option<Account> {
        let account = Account::read(name?)?;
        let (_, accounts) = session?;
        accounts.contains(&account).then_some(account)
    }

    /// The account a request is for without asking: just chosen, hinted at, or the only one there is.
    fn who(&self, request: &Authorize, session: Option<&Session>) -> Who {
        if let Some(account) = self.chosen(request.chosen.as_deref(), session) {
            return Who::Account(account);
        }
        let asks = matches!(request.prompt, Prompt::Login | Prompt::SelectAccount);
        if asks {
            return Who::Nobody;
        }
        let accounts = session
            .map(|(_, accounts)| accounts.as_slice())
            .unwrap_or_default();
        self.single(
            accounts,
            request.door,
            request.login_hint.as_deref(),
            request.domain_hint.as_deref(),
        )
    }

    /// The one account that fits tenant and hints.
    pub(super) fn single(
        &self,
        accounts: &[Account],
        door: Door,
        login_hint: Option<&str>,
        domain_hint: Option<&str>,
    ) -> Who {
        let fits = |account: &&Account| {
            let Some(user) = self.cloud.user(account.tenant, account.id) else {
                return false;
            };
            let upn = user.upn();
            let domain = upn.rsplit_once('@').map(|(_, domain)| domain).unwrap_or_default();
            let domains = ["organizations", "consumers"];
            login_hint.is_none_or(|hint| hint.eq_ignore_ascii_case(upn))
                && domain_hint.is_none_or(|hint| domains.contains(&hint) || hint.eq_ignore_ascii_case(domain))
                && match door {
                    Door::Tenant(tenant) => self.resolve(**account, tenant).is_some(),
                    Door::Organizations | Door::Common => true,
                    Door::Consumers => false,
                }
        };
        let mut fitting = accounts.iter().filter(fits);
        match (fitting.next(), fitting.next()) {
            (Some(account), None) => Who::Account(*account),
            _ => Who::Nobody,
        }
    }

    /// The user an account is in a tenant: itself at home, or the guest with its address.
    pub(super) fn resolve(&self, account: Account, tenant: Uuid) -> Option<User> {
        let home = self.cloud.user(account.tenant, account.id)?;
        if account.tenant == tenant {
            return Some(home);
        }
        self.cloud.account(tenant, home.upn()).filter(|user| user.guest)
    }

    fn authorize_fault(&self, request: &Authorize, user: Option<&str>, trace: &Trace) -> Option<Response> {
        let probe = Probe {
            endpoint: "authorize",
            tenant: request.door.tenant(),
            client: Some(request.app.app_id),
            user,
            detail: "",
        };
        match self.faults.take(&probe, Effect::is_answer)? {
            Effect::Aadsts { code, claims } => {
                let refusal = Refusal::plain(code).challenged(claims);
                Some(request.to.refuse(&refusal, trace))
            }
            effect => faulty(&effect),
        }
    }

    /// What becomes of a request whose account is known: a code, a question, or a refusal.
    fn admit(&self, request: &Authorize, account: Account, session: Uuid, trace: &Trace) -> Response {
        let upn = self.cloud.user(account.tenant, account.id);
        let upn = upn.as_ref().map(User::upn);
        if let Some(faulty) = self.authorize_fault(request, upn, trace) {
            return faulty;
        }
        let silent = request.prompt == Prompt::None;
        let (subject, user) = match self.enter(&request.app, request.door, account, session) {
            Ok(entered) => entered,
            Err(refusal) if silent => return request.to.refuse(&refusal, trace),
            Err(refusal) => {
                let place = (request.segment.as_str(), FLOW, request.raw.as_str());
                return page::blocked(
                    &refusal,
                    trace,
                    "Sorry, but we’re having trouble signing you in.",
                    &request.to,
                    place,
                );
            }
        };
        let missing = self.missing(&subject, &request.app, &request.asked);
        if silent && !missing.is_empty() {
            return request.to.refuse(&self.no_consent(&request.app), trace);
        }
        if !missing.is_empty() || request.prompt == Prompt::Consent {
            let shown = if missing.is_empty() {
                delegated(&self.cloud, request.app.app_id, &request.asked)
            } else {
                missing
            };
            return consent::ask(self, request, &subject, &user, &shown, trace);
        }
        // Somebody for whom nothing is left to ask still leaves the application's service principal in the tenant.
        if self
            .cloud
            .ensure_service_principal(subject.tenant, request.app.app_id)
            .is_err()
        {
            return request.to.refuse(&Refusal::plain(700_016), trace);
        }
        self.hand_out_code(request, subject)
    }

    /// Whether this account may sign in to this application there.
    pub(super) fn enter(
        &self,
        app: &AppRegistration,
        door: Door,
        account: Account,
        session: Uuid,
    ) -> Result<(Subject, User), Refusal> {
        let tenant = door.tenant().unwrap_or(account.tenant);
        let home = self.cloud.user(account.tenant, account.id);
        let name = home.map(|user| user.upn().to_owned()).unwrap_or_default();
        let user = self.resolve(account, tenant).ok_or_else(|| {
            let tenant = self.cloud.tenant(tenant).map_or("Personal accounts", |tenant| tenant.name());
            Refusal::new(
                50_020,
                format!(
                    "User account '{name}' does not exist in tenant '{tenant}' and cannot access the application \
                     '{}'({}) in that tenant. The account needs to be added as an external user in the tenant first. Sign \
                     out and sign in again with a different Azure Active Directory user account.",
                    app.app_id, app.display_name
                ),
            )
        })?;
        let subject = Subject {
            home: account,
            tenant,
            oid: user.id.0,
            session,
        };
        self.check_user(app, &subject, &user)?;
        Ok((subject, user))
    }

    /// What forbids a known user: disabled, application disabled or for assigned users only.
    pub(super) fn check_user(
        &self,
        app: &AppRegistration,
        subject: &Subject,
        user: &User,
    ) -> Result<(), Refusal> {
        let id = app.app_id.to_string();
        if !app.serves(subject.tenant) {
            return Err(super::client::unknown_application(
                &id,
                &subject.tenant.to_string(),
            ));
        }
        if !user.account_enabled {
            return Err(Refusal::new(50_057, "The user account is disabled."));
        }
        let holders = self.holders(subject.tenant, subject.oid);
        let view = self.cloud.view();
        let Some(principal) = view.service_principal_of(subject.tenant, app.app_id) else {
            return Ok(());
        };
        if !principal.account_enabled {
            let text = format!("Application '{id}'({}) is disabled.", app.display_name);
            return Err(Refusal::new(7_000_112, text));
        }
        if principal.app_role_assignment_required && !view.assigned(subject.tenant, app.app_id, &holders) {
            return Err(Refusal::new(
                50_105,
                format!(
                    "Your administrator has configured the application {} ('{id}') to block users unless they are \
                     specifically granted ('assigned') access to the application. The signed in user '{}' is blocked \
                     because they are not a direct member of a group with access, nor had access directly assigned by an \
                     administrator. Please contact your administrator to assign access to this application.",
                    app.display_name,
                    user.upn()
                ),
            ));
        }
        Ok(())
    }

    /// The delegated permissions asked for and not granted, or not visibly so yet.
    pub(super) fn missing(&self, subject: &Subject, app: &AppRegistration, asked: &Asked) -> Vec<Delegated> {
        let granted = |resource: Uuid| {
            let view = self.cloud.view();
            view.granted_scopes(subject.tenant, app.app_id, resource, subject.oid)
        };
        let mut asked = asked.clone();
        // `.default` asks only when nothing at all was granted before.
        asked
            .resources
            .retain(|wanted| !wanted.default || granted(wanted.app).is_empty());
        delegated(&self.cloud, app.app_id, &asked)
            .into_iter()
            .filter(|one| {
                !granted(one.resource)
                    .iter()
                    .any(|held| held.eq_ignore_ascii_case(&one.value))
            })
            .collect()
    }

    pub(super) fn no_consent(&self, app: &AppRegistration) -> Refusal {
        Refusal::new(
            65_001,
            format!(
                "The user or administrator has not consented to use the application with ID '{}' named '{}'. Send an \
                 interactive authorization request for this user and resource.",
                app.app_id, app.display_name
            ),
        )
    }

    /// The end of a good sign-in.
    pub(super) fn hand_out_code(&self, request: &Authorize, subject: Subject) -> Response {
        let code = self.random(|rng| {
            format!(
                "1.{}",
                B64.encode([*rng.uuid().as_bytes(), *rng.uuid().as_bytes()].concat())
            )
        });
        self.memory().codes.insert(
            code.clone(),
            Code {
                subject,
                client: request.app.app_id,
                redirect_uri: request.to.uri.clone(),
                asked: request.asked.clone(),
                nonce: request.nonce.clone(),
                challenge: request.challenge.clone(),
                client_info: request.client_info,
                issued: self.now(),
                used: false,
            },
        );
        let session = subject.session.to_string();
        let info = client_info(&subject);
        let mut parameters = vec![("code", code.as_str()), ("session_state", session.as_str())];
        if request.client_info {
            parameters.push(("client_info", &info));
        }
        request.to.send(&parameters)
    }
}

/// `client_info`: the account at home (B1).
pub(super) fn client_info(subject: &Subject) -> String {
    B64.encode(
        json!({"uid": subject.home.id.to_string(), "utid": subject.home.tenant.to_string()}).to_string(),
    )
}

impl Authorize {
    pub(super) fn picker(&self) -> sign_in::Asking {
        sign_in::Asking {
            segment: self.segment.clone(),
            door: self.door,
            flow: FLOW,
            query: self.raw.clone(),
            to: self.to.clone(),
            app: self.app.display_name.clone(),
            hint: self.login_hint.clone(),
        }
    }
}

/// The scopes a resource's tokens carry for Graph: everything granted but `offline_access`.
pub(super) fn scp(granted: &[String], resource: Uuid) -> Vec<String> {
    let skip = |scope: &&String| resource == GRAPH_APP_ID && *scope == "offline_access";
    granted.iter().filter(|scope| !skip(scope)).cloned().collect()
}
