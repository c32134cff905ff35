//! Provisioning · Admin credentials, Mappings and Settings, with *Test connection*.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};

use super::app::{APP, trail};
use super::html::{Html, html};
use super::layout::{Place, back, heading, page};
use super::provisioning::checked;
use super::users::option;
use super::{Desk, Fields, View, field};
use crate::provisioner::{ConnectionTest, Dialect, ExternalIdSource, Scope, Settings, Target, TenantUrl};

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route(
            "/enterprise-applications/hero-saas/provisioning/settings",
            get(show).post(save),
        )
        .route(
            "/enterprise-applications/hero-saas/provisioning/settings/test",
            post(test),
        )
}

/// What was typed and tested, but not saved yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft(Arc<Mutex<Option<Tested>>>);

#[derive(Clone, Debug)]
struct Tested {
    settings: Settings,
    result: ConnectionTest,
}

impl Draft {
    fn get(&self) -> Option<Tested> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, tested: Option<Tested>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = tested;
    }
}

async fn show(State(desk): State<Desk>, Query(view): Query<View>) -> Html {
    let saved = desk.job.settings();
    let draft = desk.draft.get();
    let settings = draft.as_ref().map_or(&saved, |draft| &draft.settings);
    let unsaved = draft.is_some() && *settings != saved;
    let body = html!(
        [heading(&[trail(), vec![("/enterprise-applications/hero-saas/provisioning", "Provisioning")]].concat(), "Admin credentials and mappings")]
        [unsaved.then(|| html!("<p class=\"note plain\">What is shown was tested, but is not saved yet.</p>"))]
        "<form method=\"post\" action=\"" (APP) "/provisioning/settings\" class=\"stack\">"
        [credentials(settings, &saved)]
        [draft.as_ref().map(|draft| result(&draft.result))]
        [mappings(settings)] [scope(settings)]
        "<div class=\"buttons\"><button class=\"primary\">Save</button></div></form>"
    );
    page(
        &desk,
        Place::Settings,
        "Admin credentials and mappings",
        view.note,
        body,
    )
}

fn credentials(settings: &Settings, saved: &Settings) -> Html {
    let typed = !settings.secret_token.is_empty() && settings.secret_token != saved.secret_token;
    let token = match () {
        () if typed => "A token was typed and tested; Save keeps it.",
        () if !saved.secret_token.is_empty() => "A token is saved. Leave this empty to keep it.",
        () => "The bearer token of the endpoint, without the word Bearer.",
    };
    let dialect = TenantUrl::parse(&settings.tenant_url, false)
        .ok()
        .map(|url| match url.dialect {
            Dialect::Legacy => "PATCH requests are sent in the default dialect.",
            Dialect::Compliant => {
                "The flag aadOptscim062020 is set: PATCH requests follow RFC 7644, but on demand."
            }
        });
    html!(
        "<section><h2>Provisioning mode</h2><div class=\"field\"><label for=\"mode\">Provisioning Mode</label>"
        "<select id=\"mode\" name=\"mode\"><option selected>Automatic</option></select></div></section>"
        "<section><h2>Admin credentials</h2><p class=\"quiet\">Microsoft Entra ID needs the following information to connect to "
        "Hero SaaS's API and synchronize user data.</p><div class=\"field wide\"><label for=\"url\">Tenant URL</label>"
        "<input id=\"url\" name=\"tenant_url\" class=\"mono\" value=\"" (settings.tenant_url) "\" autocomplete=\"off\" spellcheck=\"false\" "
        "placeholder=\"https://…/scim/v2/…\"><p class=\"help\">" [dialect.map(|dialect| html!((dialect) " "))]
        "The real service takes https only.</p></div>"
        "<div class=\"field wide\"><label for=\"token\">Secret token</label><input id=\"token\" name=\"secret_token\" type=\"password\" "
        "class=\"mono\" autocomplete=\"off\"><p class=\"help\">" (token) "</p></div>"
        "<div class=\"buttons\"><button formaction=\"" (APP) "/provisioning/settings/test\">Test connection</button></div></section>"
    )
}

fn result(test: &ConnectionTest) -> Html {
    let probes = html!(
        "<ul class=\"probes\">"
        [test.probes.iter().map(|probe| html!(
            "<li><code>" (probe.request) "</code> <b>"
            (probe.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string())) "</b></li>"
        ))]
        "</ul>"
    );
    match &test.result {
        Ok(()) => html!(
            "<div class=\"note good\" role=\"status\"><b>Testing connection to Hero SaaS</b> The supplied credentials are "
            "authorized to enable provisioning." [probes] "</div>"
        ),
        Err(failure) => html!(
            "<div class=\"note bad\" role=\"alert\"><b>Testing connection to Hero SaaS</b> You appear to have entered invalid "
            "credentials. Please confirm you are using the correct information for an administrative account."
            "<p class=\"reason\">Error code: <code>" (failure.code) "</code><br>Details: " (failure.message) "</p>" [probes] "</div>"
        ),
    }
}

fn mappings(settings: &Settings) -> Html {
    let row = |target: Target| {
        let matching = if target == Target::UserName { "1" } else { "" };
        fixed(target.path(), &target.source(settings.external_id), matching)
    };
    let manager = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";
    html!(
        "<section><h2>Mappings</h2><div class=\"field\"><label for=\"external\">Source attribute of <code>externalId</code></label>"
        "<select id=\"external\" name=\"external_id\">"
        [option("mailNickname", "mailNickname", settings.external_id == ExternalIdSource::MailNickname)]
        [option("objectId", "objectId", settings.external_id == ExternalIdSource::ObjectId)]
        "</select></div><p class=\"help\">mailNickname is the template's default. Only objectId lets a sign-in find the provisioned user.</p>"
        "<details><summary>Provision Microsoft Entra ID Users</summary><div class=\"scroll\"><table><thead><tr>"
        "<th>customappsso Attribute</th><th>Microsoft Entra ID Attribute</th><th class=\"number\">Matching precedence</th></tr></thead><tbody>"
        [fixed("active", "Switch([IsSoftDeleted], , \"False\", \"True\", \"True\", \"False\")", "")]
        [Target::ALL.into_iter().map(row)] [fixed(manager, "manager", "")]
        "</tbody></table></div></details><details><summary>Provision Microsoft Entra ID Groups · "
        (if settings.groups_enabled { "enabled" } else { "not enabled" }) "</summary><label class=\"check\">"
        "<input type=\"checkbox\" name=\"groups\" value=\"1\"" [settings.groups_enabled.then(|| html!(" checked"))]
        "> Enabled</label><div class=\"scroll\"><table><tbody>" [fixed("displayName", "displayName", "1")]
        [fixed("externalId", "objectId", "")] [fixed("members", "members", "")] "</tbody></table></div></details></section>"
    )
}

fn fixed(target: &str, source: &str, matching: &str) -> Html {
    html!(
        "<tr><td><code>" (target) "</code></td><td><code>" (source) "</code></td><td class=\"number\">" (matching) "</td></tr>"
    )
}

fn scope(settings: &Settings) -> Html {
    let threshold = settings
        .delete_threshold
        .map(|threshold| threshold.to_string())
        .unwrap_or_default();
    html!(
        "<section><h2>Settings</h2><div class=\"field\"><label for=\"scope\">Scope</label><select id=\"scope\" name=\"scope\">"
        [option("assigned", "Sync only assigned users and groups", settings.scope == Scope::AssignedOnly)]
        [option("all", "Sync all users and groups", settings.scope == Scope::SyncAll)] "</select></div>"
        "<div class=\"field\"><label for=\"threshold\">Prevent accidental deletion: threshold</label>"
        "<input id=\"threshold\" name=\"threshold\" inputmode=\"numeric\" value=\"" (threshold) "\" placeholder=\"off\"></div><label class=\"check\"><input type=\"checkbox\" name=\"skip\" value=\"1\""
        [settings.skip_out_of_scope_deletions.then(|| html!(" checked"))]
        "> Skip out of scope deletions (SkipOutOfScopeDeletions)</label></section>"
    )
}

/// The settings as typed: an empty token means the one tested before, or the one saved.
fn typed(desk: &Desk, fields: &Fields) -> Result<Settings, String> {
    let mut settings = desk.job.settings();
    let draft = desk.draft.get();
    let tested = draft
        .map(|draft| draft.settings.secret_token)
        .filter(|token| !token.is_empty());
    field(fields, "tenant_url").clone_into(&mut settings.tenant_url);
    match (field(fields, "secret_token"), tested) {
        ("", Some(tested)) => settings.secret_token = tested,
        ("", None) => {}
        (token, _) => token.clone_into(&mut settings.secret_token),
    }
    settings.external_id = match field(fields, "external_id") {
        "objectId" => ExternalIdSource::ObjectId,
        _ => ExternalIdSource::MailNickname,
    };
    settings.scope = if field(fields, "scope") == "all" {
        Scope::SyncAll
    } else {
        Scope::AssignedOnly
    };
    settings.groups_enabled = checked(fields, "groups");
    settings.skip_out_of_scope_deletions = checked(fields, "skip");
    settings.delete_threshold = match field(fields, "threshold") {
        "" => None,
        number => Some(
            number
                .parse()
                .map_err(|_| "The threshold must be a number, or empty.".to_owned())?,
        ),
    };
    Ok(settings)
}

async fn save(State(desk): State<Desk>, Form(fields): Form<Fields>) -> Response {
    let to = format!("{APP}/provisioning/settings");
    let checked = typed(&desk, &fields).and_then(|settings| {
        TenantUrl::parse(&settings.tenant_url, false).map_err(|error| error.to_string())?;
        Ok(settings)
    });
    let said = checked.map(|settings| {
        desk.job.configure(settings);
        desk.draft.set(None);
        "The provisioning settings were saved.".to_owned()
    });
    back(&desk, &to, said)
}

async fn test(State(desk): State<Desk>, Form(fields): Form<Fields>) -> Response {
    let to = format!("{APP}/provisioning/settings");
    let settings = match typed(&desk, &fields) {
        Ok(settings) => settings,
        Err(error) => return back(&desk, &to, Err(error)),
    };
    let result = desk.job.test_settings(&settings).await;
    let said = match &result.result {
        Ok(()) => Ok("The connection was tested.".to_owned()),
        Err(failure) => Err(format!("The connection test failed with {}.", failure.code)),
    };
    desk.draft.set(Some(Tested { settings, result }));
    back(&desk, &to, said)
}
