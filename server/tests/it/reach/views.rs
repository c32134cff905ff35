//! Support and personal data: for a reason, for a time, of one organization, and told of there (threats T71).

use contract::activity::{ActivityQuery, Origin};
use contract::people::UsersQuery;
use contract::refusal::Why;
use contract::support_views::SupportView;
use contract::{Refusal, Viewer};
use store::sessions::Role;

use super::Ground;
use super::methods::{PEOPLE, letter};
use crate::harness::Backend;
use crate::harness::callers::Caller;
use crate::harness::scim::on_both;

on_both! {
    a_look_shows_one_organization_until_its_end, a_look_ends_when_it_is_told_to, its_organization_sees_who_looked_and_why,
    a_reason_and_a_time_are_wanted,
}

/// The pages with personal data.
const PAGES: [&str; 7] = [
    "/organizations/{organization}/users",
    "/organizations/{organization}/users/{user}",
    "/organizations/{organization}/groups",
    "/organizations/{organization}/groups/{group}",
    "/organizations/{organization}/activity",
    "/organizations/{organization}/activity/{entry}",
    "/organizations/{organization}/users.csv",
];

/// The functions of those pages.
const FUNCTIONS: [&str; 6] = [
    "/ask/users",
    "/ask/user",
    "/ask/groups",
    "/ask/group",
    "/ask/activity",
    "/ask/activity-entry",
];

const MINUTE: i64 = 60;

impl Ground {
    /// What support gets of everything with personal data, each once.
    async fn people(&self, support: &Caller) -> Vec<char> {
        let mut got = Vec::new();
        for method in PEOPLE {
            got.push(letter(&self.ask(support, method).await));
        }
        got
    }

    /// The same as a browser gets it: pages, the download, functions.
    async fn statuses(&self, support: &Caller) -> Vec<u16> {
        let mut got = Vec::new();
        for page in PAGES {
            let (status, text) = self.look(&support.cookie, &self.filled(page)).await;
            assert!(status == 200 || !text.contains("ada@contoso.com"), "{page}");
            got.push(status);
        }
        for function in FUNCTIONS {
            got.push(self.post(function, &support.cookie).await);
        }
        got
    }

    /// The newest entries: what was done, of whom, and why.
    async fn told(&self) -> Vec<(String, Option<String>, Option<String>)> {
        let (portal, owner) = (&self.server.state.portal, self.server.owner());
        let here = &self.directory.organization;
        let page = portal.activity(&owner, here, &ActivityQuery::default()).await;
        let rows = page.unwrap().rows.into_iter();
        let looks = rows.filter(|row| row.action.ends_with("support_view"));
        looks
            .inspect(|row| assert_eq!(row.origin, Origin::Console))
            .map(|row| (row.action, row.subject_name, row.reason))
            .collect()
    }

    async fn begin(&self, viewer: &Viewer, minutes: u32) {
        let (portal, here) = (&self.server.state.portal, &self.directory.organization);
        let begun = portal.begin_support_view(viewer, here, " Ticket 4711 ", minutes);
        begun.await.unwrap();
    }

    async fn looking(&self, viewer: &Viewer) -> Option<SupportView> {
        let (portal, here) = (&self.server.state.portal, &self.directory.organization);
        portal.organization(viewer, here).await.unwrap().looking
    }
}

async fn a_look_shows_one_organization_until_its_end(backend: Backend) {
    let at = Ground::on(backend).await;
    let (support, portal) = (&at.callers[2], &at.server.state.portal);
    let owner = at.server.owner();
    let elsewhere = portal
        .create_organization(&owner, &at.app, "Fabrikam")
        .await
        .unwrap()
        .id;
    assert_eq!(at.people(support).await, ['F'; 6]);
    assert_eq!(at.statuses(support).await, [403; 13]);
    at.begin(&support.viewer, 30).await;
    let look = at.looking(&support.viewer).await.unwrap();
    let until = at.server.clock.now() + 30 * MINUTE * 1_000_000;
    assert_eq!((look.reason.as_str(), look.until), ("Ticket 4711", until));
    assert_eq!(at.people(support).await, ['Y'; 6]);
    assert_eq!(at.statuses(support).await, [200; 13]);
    assert_eq!(
        letter(&at.ask(support, "rename_organization").await),
        'F',
        "it changes nothing"
    );
    let other = portal
        .users(&support.viewer, &elsewhere, &UsersQuery::default())
        .await;
    let hidden = Refusal::NeedsReason {
        organization: elsewhere,
    };
    assert_eq!(other, Err(hidden), "another organization of the same app");
    let colleague = at.server.staff(&at.app, Role::Support).await;
    assert_eq!(at.people(&colleague).await, ['F'; 6]);
    at.server.clock.advance(30 * MINUTE - 1);
    assert_eq!(at.people(support).await, ['Y'; 6]);
    at.server.clock.advance(1);
    assert_eq!(at.people(support).await, ['F'; 6]);
    assert_eq!(at.statuses(support).await, [403; 13]);
    assert_eq!(at.looking(&support.viewer).await, None);
}

async fn a_look_ends_when_it_is_told_to(backend: Backend) {
    let at = Ground::on(backend).await;
    let (support, portal) = (&at.callers[2], &at.server.state.portal);
    at.begin(&support.viewer, 480).await;
    at.begin(&support.viewer, 30).await;
    let look = at.looking(&support.viewer).await.unwrap();
    let until = at.server.clock.now() + 30 * MINUTE * 1_000_000;
    assert_eq!(look.until, until, "the later one counts");
    let here = &at.directory.organization;
    portal.end_support_view(&support.viewer, here).await.unwrap();
    assert_eq!(at.people(support).await, ['F'; 6]);
    portal.end_support_view(&support.viewer, here).await.unwrap();
    assert_eq!(at.told().await.len(), 3, "an end without a look is none");
}

async fn its_organization_sees_who_looked_and_why(backend: Backend) {
    let at = Ground::on(backend).await;
    let (support, portal) = (&at.callers[2], &at.server.state.portal);
    let cookie = &support.cookie;
    let organization = at.filled("/organizations/{organization}/activity");
    at.begin(&support.viewer, 120).await;
    let name = Some("Robin".to_owned());
    let begun = (
        "begin_support_view".to_owned(),
        name.clone(),
        Some("Ticket 4711".to_owned()),
    );
    assert_eq!(at.told().await, std::slice::from_ref(&begun));
    let (_, page) = at.look(&at.callers[0].cookie, &organization).await;
    for text in ["Support looks at personal data", "Robin", "Ticket 4711"] {
        assert!(page.contains(text), "the owner reads {text}");
    }
    let (_, page) = at
        .look(cookie, &at.filled("/organizations/{organization}/directory-sync"))
        .await;
    assert!(
        page.contains("End now") && page.contains("Ticket 4711"),
        "the banner"
    );
    assert_eq!(at.post("/ask/end-support-view", cookie).await, 303);
    let ended = ("end_support_view".to_owned(), name, None);
    assert_eq!(at.told().await, [ended, begun]);
    let here = &at.directory.organization;
    let entries = portal
        .activity(&at.server.owner(), here, &ActivityQuery::default())
        .await;
    let first = entries
        .unwrap()
        .rows
        .into_iter()
        .find(|row| row.reason.is_some())
        .unwrap();
    let entry = portal
        .activity_entry(&at.server.owner(), here, &first.id)
        .await
        .unwrap();
    assert_eq!(entry.changes[0].path, "until");
}

async fn a_reason_and_a_time_are_wanted(backend: Backend) {
    let at = Ground::on(backend).await;
    let (support, portal) = (&at.callers[2].viewer, &at.server.state.portal);
    let here = &at.directory.organization;
    for (reason, minutes, refusal) in [
        ("", 30, Refusal::invalid("reason", Why::TooShort)),
        (" x ", 30, Refusal::invalid("reason", Why::TooShort)),
        (&"x".repeat(201), 30, Refusal::invalid("reason", Why::TooLong)),
        ("a\u{202e}bc", 30, Refusal::invalid("reason", Why::BadCharacters)),
        ("Ticket", 0, Refusal::invalid("minutes", Why::NotOffered)),
        ("Ticket", 481, Refusal::invalid("minutes", Why::NotOffered)),
    ] {
        let begun = portal.begin_support_view(support, here, reason, minutes).await;
        assert_eq!(begun, Err(refusal), "{reason:?} {minutes}");
    }
    let owner = at.server.owner();
    let empty = portal
        .create_organization(&owner, &at.app, "Fabrikam")
        .await
        .unwrap()
        .id;
    let nobody = Refusal::Conflict {
        why: Why::NobodyThere,
    };
    assert_eq!(
        portal.begin_support_view(support, &empty, "Ticket", 30).await,
        Err(nobody)
    );
    assert_eq!(at.told().await, []);
}
