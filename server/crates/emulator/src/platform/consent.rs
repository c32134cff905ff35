//! The consent page, and what its buttons do.

use std::collections::{BTreeMap, HashMap};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Form, Router};
use uuid::Uuid;

use super::authorize::{FLOW, cookie, session_id, stopped};
use super::errors::{Refusal, Trace};
use super::memory::Subject;
use super::request::Authorize;
use super::scopes::{Delegated, delegated};
use super::{Platform, page};
use crate::cloud::{AppRegistration, CloudError, ConsentPower};
use crate::tenant::User;
use crate::web::foreign;
use crate::web::pages::html::{Html, html};

pub(super) fn router() -> Router<Platform> {
    Router::new().route("/{tenant}/consent", post(answer))
}

impl Platform {
    /// What a subject may consent to in the tenant they are in; a guest only for themselves.
    pub(super) fn power(&self, subject: &Subject, user: &User) -> ConsentPower {
        if user.guest {
            return ConsentPower::User;
        }
        ConsentPower::of(&self.cloud.view().directory_roles(subject.tenant, subject.oid))
    }
}

/// Asks for consent, or says that an administrator is needed.
pub(super) fn ask(
    platform: &Platform,
    request: &Authorize,
    subject: &Subject,
    user: &User,
    shown: &[Delegated],
    trace: &Trace,
) -> Response {
    let power = platform.power(subject, user);
    if power == ConsentPower::User && shown.iter().any(|one| one.admin) {
        let place = (request.segment.as_str(), FLOW, request.raw.as_str());
        return page::blocked(
            &admin_needed(&request.app),
            trace,
            "Need admin approval",
            &request.to,
            place,
        );
    }
    let behalf = (power > ConsentPower::User).then(|| {
        html!(
            "<label class=\"check\"><input type=\"checkbox\" name=\"behalf\" value=\"true\">"
            "Consent on behalf of your organization</label>"
        )
    });
    let lines: Vec<_> = shown
        .iter()
        .map(|one| (one.resource_name.clone(), one.display.clone(), one.admin))
        .collect();
    let body = html!(
        "<section><p class=\"quiet\">" (user.upn()) "</p><h1>Permissions requested</h1>" [asker(platform, &request.app)]
        [permissions(&lines)]
        "<form method=\"post\" action=\"/" (request.segment) "/consent\">" [page::hidden(FLOW, &request.raw)]
        "<input type=\"hidden\" name=\"account\" value=\"" (subject.home.name()) "\">"
        [behalf]
        "<div class=\"buttons\"><button name=\"action\" value=\"cancel\">Cancel</button>"
        "<button class=\"primary\" name=\"action\" value=\"accept\">Accept</button></div></form></section>"
    );
    page::document("Permissions requested", &[&request.to.uri], body)
}

pub(super) fn admin_needed(app: &AppRegistration) -> Refusal {
    Refusal::new(
        90_094,
        format!(
            "{} needs permission to access resources in your organization that only an admin can grant. Please ask an \
             admin to grant permission to this app before you can use it.",
            app.display_name
        ),
    )
}

/// Who asks, and whose application it is.
pub(super) fn asker(platform: &Platform, app: &AppRegistration) -> Html {
    let home = app.home_tenant.and_then(|home| platform.cloud.tenant(home));
    let publisher = home.map_or("Microsoft", |tenant| tenant.name()).to_owned();
    html!(
        "<p><b>" (app.display_name) "</b> <span class=\"quiet\">published by " (publisher) "</span></p>"
        "<p>This application would like to:</p>"
    )
}

/// Permissions by resource: resource, permission, whether only an admin may grant it.
pub(super) fn permissions(lines: &[(String, String, bool)]) -> Html {
    let mut by_resource: BTreeMap<&str, Vec<&(String, String, bool)>> = BTreeMap::new();
    for line in lines {
        by_resource.entry(&line.0).or_default().push(line);
    }
    let one = |(_, name, admin): &&(String, String, bool)| html!("<li><span>" (name) "</span>" [admin.then(|| html!("<span class=\"badge\">Admin</span>"))] "</li>");
    let groups = by_resource.into_iter().map(|(resource, lines)| {
        html!("<h2>" (resource) "</h2><ul class=\"lines\">" [lines.iter().map(one).collect::<Vec<_>>()] "</ul>")
    });
    html!([groups.collect::<Vec<_>>()])
}

type Fields = HashMap<String, String>;

async fn answer(
    State(platform): State<Platform>,
    Path(segment): Path<String>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    if foreign(&headers) {
        return (StatusCode::FORBIDDEN, "Another site may not consent here.\n").into_response();
    }
    let trace = platform.trace(&headers);
    let text = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let request = match platform.read_authorize(&segment, text("request")) {
        Ok(request) => request,
        Err(stop) => return stopped(*stop, &trace),
    };
    if text("action") != "accept" {
        let spelling = platform.memory().cancel;
        return request.to.cancel(spelling, &trace);
    }
    let session = platform.memory().session(cookie(&headers).as_deref());
    let Some(account) = platform.chosen(Some(text("account")), session.as_ref()) else {
        return request.to.refuse(&Refusal::plain(50_058), &trace);
    };
    let entered = platform.enter(&request.app, request.door, account, session_id(session.as_ref()));
    let granted = entered.and_then(|(subject, user)| {
        platform.grant(&request, &subject, &user, text("behalf") == "true")?;
        Ok(subject)
    });
    match granted {
        Ok(subject) => platform.hand_out_code(&request, subject),
        Err(refusal) => request.to.refuse(&refusal, &trace),
    }
}

impl Platform {
    fn grant(
        &self,
        request: &Authorize,
        subject: &Subject,
        user: &User,
        behalf: bool,
    ) -> Result<(), Refusal> {
        let wanted = delegated(&self.cloud, request.app.app_id, &request.asked);
        let power = self.power(subject, user);
        if power == ConsentPower::User && (behalf || wanted.iter().any(|one| one.admin)) {
            return Err(admin_needed(&request.app));
        }
        let whom = (!behalf).then_some(subject.oid);
        self.grant_delegated(subject.tenant, request.app.app_id, whom, &wanted)
    }

    /// Records consent to delegated permissions, resource by resource.
    pub(super) fn grant_delegated(
        &self,
        tenant: Uuid,
        client: Uuid,
        whom: Option<Uuid>,
        wanted: &[Delegated],
    ) -> Result<(), Refusal> {
        let mut by_resource: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
        for one in wanted {
            by_resource
                .entry(one.resource)
                .or_default()
                .push(one.value.clone());
        }
        for (resource, scopes) in by_resource {
            self.cloud
                .consent(tenant, client, whom, resource, &scopes)
                .map_err(|error| not_granted(&error))?;
        }
        Ok(())
    }
}

/// A resource without a service principal in the tenant is a service it has not subscribed to.
pub(super) fn not_granted(error: &CloudError) -> Refusal {
    match error {
        CloudError::NotFound(_) => Refusal::plain(650_052),
        CloudError::NotAvailable(_) => Refusal::plain(700_016),
        other => Refusal::new(650_056, other.to_string()),
    }
}
