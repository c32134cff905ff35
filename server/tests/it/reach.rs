//! Who reaches what: every question of the contract and every address, asked by everybody (threats T63, T71; R21).
//!
//! A method or an address without an entry fails the tests.

use std::collections::BTreeSet;
use std::path::Path;

use contract::activity::ActivityQuery;
use contract::directories::Provider;
use contract::page::PageRequest;
use contract::people::{GroupsQuery, UsersQuery};
use contract::setup_links::Scope;
use contract::{Answer, Refusal, Role as Asked};
use leptos::server_fn::axum::server_fn_paths;
use serde_json::{Value, json};
use store::sessions::Role;

use crate::harness::callers::{BOTH, Caller};
use crate::harness::scim::{Scim, escaped, on_both};
use crate::harness::{Backend, Directory, Running};

on_both! { every_method_answers_whom_it_should }

/// What each method answers to: the app's owner, another app's owner, support, and those who came by a setup link for both
/// checklists, for Directory Sync, for the ERP checklist, and for both of another organization.
///
/// `Y` is reached, `I` is reached and finds fault with a field, `F` is forbidden, `N` is not found, `?` is `Y` or `F`.
const METHODS: &[(&str, &str)] = &[
    ("apps", "YYYNNNN"),
    ("organizations", "YYYNNNN"),
    ("organization", "YNYYYYN"),
    ("create_organization", "YIFNNNN"),
    ("rename_organization", "YNFNNNN"),
    ("delete_organization", "INFNNNN"),
    ("directories", "YNYYYNN"),
    ("directory", "YNYYYNN"),
    ("configure", "YNFYYNN"),
    ("reveal", "YNYYYNN"),
    ("create_token", "YNFYYNN"),
    ("revoke_token", "YNFYYNN"),
    ("rename_directory", "YNFYYNN"),
    ("disable_directory", "YNFYYNN"),
    ("enable_directory", "YNFYYNN"),
    ("delete_directory", "INFIINN"),
    ("users", "YNYNNNN"),
    ("user", "YNYNNNN"),
    ("groups", "YNYNNNN"),
    ("group", "YNYNNNN"),
    ("activity", "YNYNNNN"),
    ("activity_entry", "YNYNNNN"),
    ("erp", "YNYYNYN"),
    ("recheck", "YN?YNYN"),
    ("find_service_users", "YN?YNYN"),
    ("choose_service_user", "YNFYNYN"),
    ("create_service_user", "YNFYNYN"),
    ("assign_role", "YNFYNYN"),
    ("undo", "YNFYNYN"),
    ("setup_links", "YNYNNNN"),
    ("create_setup_link", "YNFYYFN"),
    ("reveal_setup_link", "YNYYYYN"),
    ("revoke_setup_link", "YNFNNNN"),
    ("setup_offer", "YYYYYYY"),
    ("staff", "YNYNNNN"),
    ("invite", "YNFNNNN"),
    ("reveal_invite", "YYYNNNN"),
    ("revoke_invite", "YNFNNNN"),
    ("remove", "YNFNNNN"),
    ("sessions", "YYYYYYY"),
    ("end_session", "YNNNNNN"),
    ("invite_offer", "YYYYYYY"),
];

/// What each address answers by GET to the same callers, and to nobody: the first digit of the status, or `U` for 401,
/// `F` for 403, `N` for 404, `?` for whatever the ERP checklist of nobody's tenant answers.
const ADDRESSES: &[(&str, &str)] = &[
    ("/", "33333333"),
    ("/signed-out", "22222222"),
    ("/join/{token}", "22222222"),
    ("/people", "333NNNNU"),
    ("/apps/{app}/people", "2N2NNNNU"),
    ("/setup", "NNN?2??U"),
    ("/setup/{token}", "22222222"),
    ("/setup/onboarding", "NNN?N??U"),
    ("/setup/directory-sync", "NNN22N2U"),
    ("/setup/directory-sync/providers", "NNN2222U"),
    ("/setup/directory-sync/providers/{provider}", "NNN2222U"),
    ("/organizations", "222NNNNU"),
    ("/organizations/new", "222NNNNU"),
    ("/organizations/{organization}", "33333333"),
    ("/organizations/{organization}/directory-sync", "2N222N2U"),
    (
        "/organizations/{organization}/directory-sync/providers",
        "2N22222U",
    ),
    (
        "/organizations/{organization}/directory-sync/providers/{provider}",
        "2N22222U",
    ),
    ("/organizations/{organization}/onboarding", "?N??N??U"),
    ("/organizations/{organization}/setup-links", "2N2NNNNU"),
    ("/organizations/{organization}/users", "2N2NNNNU"),
    ("/organizations/{organization}/users/{user}", "2N2NNNNU"),
    ("/organizations/{organization}/groups", "2N2NNNNU"),
    ("/organizations/{organization}/groups/{group}", "2N2NNNNU"),
    ("/organizations/{organization}/activity", "2N2NNNNU"),
    ("/organizations/{organization}/activity/{entry}", "2N2NNNNU"),
    ("/organizations/{organization}/users.csv", "2N2NNNN3"),
    ("/live/organizations", "222NNNNU"),
    ("/live/organizations/{organization}", "2N2222NU"),
];

/// The callers who reach nothing of the organization: another app's owner, a link to another organization, nobody. A page of
/// the portal behind a link shows its own organization whatever the address says.
const STRANGERS: [usize; 3] = [1, 6, 7];

/// Functions of the pages that say nothing of any organization, or that show whom they may.
const HARMLESS: &[&str] = &[
    "apps",
    "organizations",
    "sessions",
    "staff-door",
    "reach",
    "reveal-invite",
    "palette",
    "setup-offer",
    "invite-offer",
    "lead-on",
    "nothing-here",
    "choose-language",
    "choose-theme",
];

/// An organization with one of everything.
struct Ground {
    server: Running,
    directory: Directory,
    app: String,
    user: String,
    group: String,
    entry: String,
    link: (String, String),
    invite: String,
    callers: Vec<Caller>,
}

impl Ground {
    async fn on(backend: Backend) -> Self {
        let server = Running::on(backend, &[]).await;
        let directory = server.directory().await;
        let scim = Scim::of(&server, &directory);
        let user = scim.user("ada@contoso.com").await;
        let group = scim.group("Engineering", &[&user]).await;
        let entry = server.activity(&directory).await.first().unwrap().seq.to_string();
        let organization = directory.organization.clone();
        let app = server.app_of(&organization).await;
        let elsewhere = server.organization().await;
        let other = server.app_of(&elsewhere).await;
        let sync = Scope { erp: false, ..BOTH };
        let erp = Scope {
            directory_sync: false,
            ..BOTH
        };
        let callers = vec![
            server.staff(&app, Role::Owner).await,
            server.staff(&other, Role::Owner).await,
            server.staff(&app, Role::Support).await,
            server.tenant_admin(&organization, BOTH).await,
            server.tenant_admin(&organization, sync).await,
            server.tenant_admin(&organization, erp).await,
            server.tenant_admin(&elsewhere, BOTH).await,
        ];
        let link = server.setup_link(&organization, sync).await;
        let (portal, owner) = (&server.state.portal, server.owner());
        let id = portal.invite(&owner, &app, Asked::Support, "Sam").await.unwrap();
        let url = portal.reveal_invite(&owner, &id).await.unwrap().unwrap();
        let invite = url.rsplit('/').next().unwrap().to_owned();
        Self {
            server,
            directory,
            app,
            user,
            group,
            entry,
            link,
            invite,
            callers,
        }
    }

    fn token(&self) -> &str {
        self.link.1.rsplit('/').next().unwrap()
    }

    /// Asks; what would end something is asked about something fresh, or with the wrong name.
    async fn ask(&self, caller: &Caller, method: &str) -> Answer<()> {
        let (portal, viewer) = (&self.server.state.portal, &caller.viewer);
        let (here, directory) = (self.directory.organization.as_str(), self.directory.id.as_str());
        match method {
            "apps" => portal.apps(viewer).await.map(drop),
            "organizations" => portal.organizations(viewer, "").await.map(drop),
            "organization" => portal.organization(viewer, here).await.map(drop),
            "create_organization" => portal
                .create_organization(viewer, &self.app, "Fabrikam")
                .await
                .map(drop),
            "rename_organization" => portal.rename_organization(viewer, here, "Renamed").await,
            "delete_organization" => portal.delete_organization(viewer, here, "wrong").await,
            "directories" => portal.directories(viewer, here).await.map(drop),
            "directory" => portal.directory(viewer, directory).await.map(drop),
            "configure" => portal.configure(viewer, here, Provider::Okta).await.map(drop),
            "reveal" => portal.reveal(viewer, directory).await.map(drop),
            "create_token" => portal.create_token(viewer, directory, "second", None).await,
            "revoke_token" => self.revoke_token(caller).await,
            "rename_directory" => portal.rename_directory(viewer, directory, "Renamed").await,
            "disable_directory" => portal.disable_directory(viewer, directory).await,
            "enable_directory" => portal.enable_directory(viewer, directory).await,
            "delete_directory" => portal.delete_directory(viewer, directory, "wrong").await,
            "users" => portal.users(viewer, here, &UsersQuery::default()).await.map(drop),
            "user" => portal.user(viewer, here, &self.user).await.map(drop),
            "groups" => portal
                .groups(viewer, here, &GroupsQuery::default())
                .await
                .map(drop),
            "group" => portal
                .group(viewer, here, &self.group, &PageRequest::default())
                .await
                .map(drop),
            "activity" => portal
                .activity(viewer, here, &ActivityQuery::default())
                .await
                .map(drop),
            "activity_entry" => portal.activity_entry(viewer, here, &self.entry).await.map(drop),
            _ => self.ask_further(caller, method).await,
        }
    }

    async fn ask_further(&self, caller: &Caller, method: &str) -> Answer<()> {
        use contract::onboarding::ErpStep;
        let (portal, viewer) = (&self.server.state.portal, &caller.viewer);
        let here = self.directory.organization.as_str();
        let sync = Scope { erp: false, ..BOTH };
        match method {
            "erp" => portal.erp(viewer, here).await.map(drop),
            "recheck" => portal.recheck(viewer, here).await,
            "find_service_users" => portal.find_service_users(viewer, here, "a").await.map(drop),
            "choose_service_user" => portal.choose_service_user(viewer, here, "o").await,
            "create_service_user" => {
                portal
                    .create_service_user(viewer, here, "n", "n@contoso.com")
                    .await
            }
            "assign_role" => portal.assign_role(viewer, here).await,
            "undo" => portal.undo(viewer, here, ErpStep::AppRole).await,
            "setup_links" => portal.setup_links(viewer, here).await.map(drop),
            "create_setup_link" => portal.create_setup_link(viewer, here, sync, 1).await.map(drop),
            "reveal_setup_link" => portal.reveal_setup_link(viewer, &self.link.0).await.map(drop),
            "revoke_setup_link" => {
                let (link, _) = self.server.setup_link(here, sync).await;
                portal.revoke_setup_link(viewer, here, &link).await
            }
            "setup_offer" => portal.setup_offer(Some(viewer), self.token()).await.map(drop),
            "staff" => portal.staff(viewer, &self.app).await.map(drop),
            "invite" => portal
                .invite(viewer, &self.app, Asked::Owner, "note")
                .await
                .map(drop),
            "reveal_invite" => portal.reveal_invite(viewer, "inv_1").await.map(drop),
            "revoke_invite" => {
                let owner = self.server.owner();
                let invite = portal.invite(&owner, &self.app, Asked::Support, "x").await?;
                portal.revoke_invite(viewer, &self.app, &invite).await
            }
            "remove" => {
                let somebody = self.server.staff(&self.app, Role::Support).await.person.unwrap();
                portal.remove(viewer, &self.app, somebody.id.as_str()).await
            }
            "sessions" => portal.sessions(viewer).await.map(drop),
            "end_session" => {
                let somebody = self.server.staff(&self.app, Role::Support).await;
                portal.end_session(viewer, &somebody.viewer.session).await
            }
            "invite_offer" => portal.invite_offer(&self.invite).await.map(drop),
            other => panic!("`{other}` is asked by nobody here: say how"),
        }
    }

    /// A fresh token, revoked by the owner where the caller could not.
    async fn revoke_token(&self, caller: &Caller) -> Answer<()> {
        let (portal, owner) = (&self.server.state.portal, self.server.owner());
        let id = self.directory.id.as_str();
        for token in portal.directory(&owner, id).await?.tokens {
            if token.name != "Token 1" && token.revoked_at.is_none() {
                portal.revoke_token(&owner, id, &token.id).await?;
            }
        }
        portal.create_token(&owner, id, "fresh", None).await?;
        let tokens = portal.directory(&owner, id).await?.tokens;
        let fresh = tokens
            .into_iter()
            .find(|token| token.name == "fresh" && token.revoked_at.is_none());
        portal.revoke_token(&caller.viewer, id, &fresh.unwrap().id).await
    }

    async fn ask_name(&self) -> String {
        let (portal, owner) = (&self.server.state.portal, self.server.owner());
        let shown = portal.organization(&owner, &self.directory.organization).await;
        shown.unwrap().name
    }

    /// The status of a page, and the page; a stream of pulses has no end and is not read.
    async fn look(&self, cookie: &str, path: &str) -> (u16, String) {
        let request = self.server.http.get(format!("{}{path}", self.server.url));
        let response = request.header("cookie", cookie).send().await.unwrap();
        let status = response.status().as_u16();
        if path.starts_with("/live/") || path.starts_with("/setup/rollcall_") {
            return (status, String::new());
        }
        (status, response.text().await.unwrap())
    }

    fn filled(&self, address: &str) -> String {
        [
            ("{organization}", self.directory.organization.as_str()),
            ("{provider}", "okta"),
            ("{user}", &self.user),
            ("{group}", &self.group),
            ("{entry}", &self.entry),
            ("{app}", &self.app),
        ]
        .iter()
        .fold(address.to_owned(), |address, (name, value)| {
            address.replace(name, value)
        })
    }
}

fn letter(answer: &Answer<()>) -> char {
    match answer {
        Err(Refusal::NotFound) => 'N',
        Err(Refusal::Forbidden) => 'F',
        Err(Refusal::Invalid { .. }) => 'I',
        Err(refusal @ (Refusal::NotSignedIn | Refusal::SignInAgain { .. } | Refusal::Unavailable { .. })) => {
            panic!("{refusal}")
        }
        Ok(()) | Err(Refusal::Conflict { .. }) => 'Y',
    }
}

async fn every_method_answers_whom_it_should(backend: Backend) {
    let at = Ground::on(backend).await;
    let mut wrong = Vec::new();
    for (method, expected) in METHODS {
        for (place, (caller, expected)) in at.callers.iter().zip(expected.chars()).enumerate() {
            let got = letter(&at.ask(caller, method).await);
            let fits = got == expected || (expected == '?' && "YF".contains(got));
            if !fits {
                wrong.push(format!("{method}, caller {place}: {got}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let portal = &at.server.state.portal;
    let foreign = portal.organizations(&at.callers[1].viewer, "").await.unwrap();
    assert!(
        foreign
            .iter()
            .all(|row| row.organization.id != at.directory.organization),
        "{foreign:?}"
    );
    assert_eq!(portal.apps(&at.callers[1].viewer).await.unwrap().len(), 1);
}

/// The names of the contract's methods, from its source.
fn methods(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            methods(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let names = text
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix("async fn "));
        found.extend(names.filter_map(|name| Some(name.split('(').next()?.to_owned())));
    }
}

#[test]
fn every_method_has_an_entry() {
    let mut found = BTreeSet::new();
    methods(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../app/contract/src")),
        &mut found,
    );
    let entered: BTreeSet<String> = METHODS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(found, entered);
}

/// The addresses that the server's own routers name in their source, those of machines and doors apart.
fn own_addresses(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("scim") {
                own_addresses(&path, found);
            }
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let routes = text.split(".route(").skip(1);
        found.extend(routes.filter_map(|rest| Some(rest.split(',').next()?.trim().replace('"', ""))));
    }
}

/// Doors and probes: each has tests of its own.
const DOORS: &[&str] = &[
    "/enter/{token}",
    "/sign-in",
    "Door::SignIn.path()",
    "/admin/sign-in",
    "/sign-out",
    "/setup",
    "/pkg/{*path}",
    "/livez",
    "/readyz",
    "/metrics",
];

#[test]
fn every_address_has_an_entry() {
    let pages = leptos_axum::generate_route_list(app::App);
    let mut found: BTreeSet<String> = pages.iter().map(|route| route.path().to_owned()).collect();
    own_addresses(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut found);
    let entered: BTreeSet<String> = ADDRESSES
        .iter()
        .map(|(address, _)| *address)
        .chain(DOORS.iter().copied())
        .map(str::to_owned)
        .collect();
    let missing: Vec<&String> = found
        .iter()
        // What is put together has its own name in the source.
        .filter(|address| address.starts_with('/') || address.starts_with("Door"))
        .filter(|address| !entered.contains(*address))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_address_answers_whom_it_should() {
    let at = Ground::on(Backend::Sqlite).await;
    let shown = at.ask_name().await;
    let name = shown.as_str();
    let mut wrong = Vec::new();
    for (address, expected) in ADDRESSES {
        let token = if address.starts_with("/join") {
            &at.invite
        } else {
            at.token()
        };
        let path = at.filled(address).replace("{token}", token);
        let cookies = at.callers.iter().map(|caller| caller.cookie.as_str());
        for (place, (cookie, expected)) in cookies.chain([""]).zip(expected.chars()).enumerate() {
            let (status, shown) = at.look(cookie, &path).await;
            if STRANGERS.contains(&place) && shown.contains(name) {
                wrong.push(format!("{path} tells caller {place} the organization's name"));
            }
            let got = match status {
                401 => 'U',
                403 => 'F',
                404 => 'N',
                _ => char::from_digit(u32::from(status / 100), 10).unwrap(),
            };
            if got == '5' || (expected != '?' && got != expected) {
                wrong.push(format!("{path}, caller {place}: {status}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Functions that take JSON.
const AS_JSON: &[&str] = &["/ask/users", "/ask/groups", "/ask/group", "/ask/activity"];

impl Ground {
    /// Every field that a function of the pages takes, naming what is here.
    fn fields(&self, path: &str) -> Value {
        let id = match path {
            "/ask/organization" => &self.directory.organization,
            "/ask/group" => &self.group,
            "/ask/activity-entry" => &self.entry,
            _ => &self.user,
        };
        let mut fields = json!({
            "organization": self.directory.organization, "directory": self.directory.id, "app": self.app, "id": id,
            "link": self.link.0, "session": self.callers[0].viewer.session, "name": "Renamed", "provider": "okta",
            "erp": "true", "days": "1", "role": "owner", "note": "x", "invite": "inv_1", "person": "per_1",
            "step": "app-role", "object_id": "o", "user_name": "n@contoso.com", "text": "a", "token": "tok_1",
            "confirm_name": "x", "search": "",
        });
        if AS_JSON.contains(&path) {
            fields["query"] = json!({});
            fields["members"] = json!({});
        }
        fields
    }

    async fn post(&self, path: &str, cookie: &str) -> u16 {
        let fields = self.fields(path);
        let (kind, body) = if AS_JSON.contains(&path) {
            ("application/json", fields.to_string())
        } else {
            let pair = |(name, value): (&String, &Value)| {
                format!("{name}={}", escaped(value.as_str().unwrap_or_default()))
            };
            let pairs: Vec<String> = fields.as_object().unwrap().iter().map(pair).collect();
            ("application/x-www-form-urlencoded", pairs.join("&"))
        };
        let request = self.server.http.post(format!("{}{path}", self.server.url));
        let request = request
            .header("cookie", cookie)
            .header("origin", &self.server.url)
            .header("accept", "application/json")
            .header("content-type", kind)
            .body(body);
        request.send().await.unwrap().status().as_u16()
    }
}

/// Each function of the pages, as somebody who reaches nothing of what they name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_function_of_the_pages_reaches_further() {
    let at = Ground::on(Backend::Sqlite).await;
    let mut reached = Vec::new();
    for (path, _) in server_fn_paths() {
        if HARMLESS.iter().any(|harmless| path == format!("/ask/{harmless}")) {
            continue;
        }
        for (who, cookie) in [
            ("another app's owner", at.callers[1].cookie.as_str()),
            ("another organization's link", &at.callers[6].cookie),
            ("nobody", ""),
        ] {
            let status = at.post(path, cookie).await;
            if !(400..500).contains(&status) {
                reached.push(format!("{path} as {who}: {status}"));
            }
        }
    }
    assert!(reached.is_empty(), "{reached:#?}");
}
