//! Every method of the contract.

use std::collections::BTreeSet;
use std::path::Path;

use contract::activity::ActivityQuery;
use contract::directories::Provider;
use contract::onboarding::ErpStep;
use contract::page::PageRequest;
use contract::people::{GroupsQuery, UsersQuery};
use contract::setup_links::Scope;
use contract::{Answer, Refusal, Role as Asked};
use store::sessions::Role;

use super::Ground;
use crate::harness::Backend;
use crate::harness::callers::{BOTH, Caller};
use crate::harness::scim::on_both;

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
    ("rename_directory", "YNFFFNN"),
    ("disable_directory", "YNFFFNN"),
    ("enable_directory", "YNFFFNN"),
    ("delete_directory", "INFFFNN"),
    ("users", "YNFNNNN"),
    ("user", "YNFNNNN"),
    ("groups", "YNFNNNN"),
    ("group", "YNFNNNN"),
    ("activity", "YNFNNNN"),
    ("activity_entry", "YNFNNNN"),
    ("erp", "YNYYNYN"),
    ("recheck", "YNYYNYN"),
    ("find_service_users", "YNFYNYN"),
    ("choose_service_user", "YNFYNYN"),
    ("create_service_user", "YNFYNYN"),
    ("reveal_password", "YNFYNYN"),
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
    ("staff_sources", "YNYNNNN"),
    ("use_staff_directory", "INFNNNN"),
    ("map_staff_group", "INFNNNN"),
    ("stop_staff_directory", "YNFNNNN"),
    ("sessions", "YYYYYYY"),
    ("end_session", "YNNNNNN"),
    ("invite_offer", "YYYYYYY"),
    ("begin_support_view", "FNYNNNN"),
    ("end_support_view", "FNYNNNN"),
];

/// What support reaches for a reason alone.
pub(super) const PEOPLE: [&str; 6] = ["users", "user", "groups", "group", "activity", "activity_entry"];

impl Ground {
    /// Asks; what would end something is asked about something fresh, or with the wrong name.
    pub(super) async fn ask(&self, caller: &Caller, method: &str) -> Answer<()> {
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
            "reveal_password" => portal.reveal_password(viewer, here).await.map(drop),
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
            "staff_sources" => portal.staff_sources(viewer, &self.app).await.map(drop),
            "use_staff_directory" => {
                let tenant = "11111111-1111-1111-1111-111111111111";
                portal
                    .use_staff_directory(viewer, &self.app, "dir_1", tenant, false)
                    .await
            }
            "map_staff_group" => {
                let role = Some(Asked::Owner);
                portal.map_staff_group(viewer, &self.app, "g", role, false).await
            }
            "stop_staff_directory" => portal.stop_staff_directory(viewer, &self.app, false).await,
            "sessions" => portal.sessions(viewer).await.map(drop),
            "end_session" => {
                let somebody = self.server.staff(&self.app, Role::Support).await;
                portal.end_session(viewer, &somebody.viewer.session).await
            }
            "begin_support_view" => portal.begin_support_view(viewer, here, "Ticket 4711", 30).await,
            "end_support_view" => portal.end_support_view(viewer, here).await,
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
}

pub(super) fn letter(answer: &Answer<()>) -> char {
    match answer {
        Err(Refusal::NotFound) => 'N',
        Err(Refusal::Forbidden | Refusal::NeedsReason { .. }) => 'F',
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
