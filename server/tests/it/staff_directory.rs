//! The console's own people come from a directory: in by a group, out with the directory's word (threats T59 to T61).

use std::time::Duration;

use contract::refusal::Why;
use contract::setup_links::SetupLinkState;
use contract::staff::Entry;
use contract::{Refusal, Role};
use emulator::cloud::{FABRIKAM, HERO_INDUSTRIES};
use emulator::faults::{Effect, Fault, Matcher};
use reqwest::Response;
use serde_json::{Value, json};
use store::sessions::Role as Kept;
use tokio::time::timeout;

use crate::harness::callers::BOTH;
use crate::harness::entra::{Browser, OLIVIA, PATTI, SAM, Signing};
use crate::harness::scim::{PATCH_OP, Scim, USER, on_both};
use crate::harness::{Backend, Directory};

on_both! {
    people_come_in_by_their_group_and_go_with_it, whoever_is_disabled_is_out_within_a_second,
    old_invites_and_sign_ins_revive_nobody, what_somebody_made_ends_with_them, nobody_locks_everybody_out_unasked,
    a_directory_in_use_is_kept_from_harm,
}

const NOBODY: &str = "/signed-out?failed=unknown_person";

/// Hero Industries runs the app; its own directory holds Olivia and Sam, each in a group of their own.
struct Company {
    at: Signing,
    app: String,
    directory: Directory,
    scim: Scim,
    users: [String; 2],
    groups: [String; 2],
}

impl Company {
    async fn on(backend: Backend) -> Self {
        let at = Signing::on(backend, &[]).await;
        let directory = at.server.directory().await;
        let app = at.server.app_of(&directory.organization).await;
        let scim = Scim::of(&at.server, &directory);
        let mut users = Vec::new();
        let mut groups = Vec::new();
        for (upn, group) in [(OLIVIA, "Console owners"), (SAM, "Console support")] {
            let id = scim.post("/Users", user(&at, upn)).await.is(201).id();
            groups.push(scim.group(group, &[&id]).await);
            users.push(id);
        }
        Self {
            users: users.try_into().unwrap(),
            groups: groups.try_into().unwrap(),
            at,
            app,
            directory,
            scim,
        }
    }

    /// As an operator sets it up: Olivia's group owns, Sam's supports.
    async fn in_use(backend: Backend) -> Self {
        let company = Self::on(backend).await;
        let (portal, owner) = (&company.at.server.state.portal, company.at.server.owner());
        let (app, tenant) = (&company.app, HERO_INDUSTRIES.to_string());
        portal
            .use_staff_directory(&owner, app, &company.directory.id, &tenant, false)
            .await
            .unwrap();
        for (group, role) in company.groups.iter().zip([Role::Owner, Role::Support]) {
            portal
                .map_staff_group(&owner, app, group, Some(role), false)
                .await
                .unwrap();
        }
        company
    }

    async fn set_active(&self, place: usize, active: bool) {
        self.tick();
        let operations = json!([{"op": "Replace", "path": "active", "value": active}]);
        self.patch(&format!("/Users/{}", self.users[place]), operations)
            .await;
    }

    async fn patch(&self, at: &str, operations: Value) {
        let body = json!({"schemas": [PATCH_OP], "Operations": operations});
        let status = self.scim.patch(at, body).await.status;
        assert!([200, 204].contains(&status), "{status}");
    }

    /// Time goes on: what comes later is later.
    fn tick(&self) {
        self.at.server.clock.advance(1);
    }

    /// The team's pages, as somebody sees them.
    async fn page(&self, browser: &mut Browser) -> u16 {
        let url = browser.at(&format!("/apps/{}/people", self.app));
        browser.visit(url).await.status
    }

    async fn sign_in(&self, upn: &str) -> (Browser, String) {
        let mut browser = self.at.browser();
        let to = browser.sign_in(upn, &[]).await;
        (browser, to)
    }
}

/// As Entra sends a user whose `externalId` is mapped from `objectId` (entra-facts E2).
fn user(at: &Signing, upn: &str) -> Value {
    let account = at.entra.cloud().account(HERO_INDUSTRIES, upn).unwrap();
    json!({"schemas": [USER], "userName": upn, "externalId": account.id.0.to_string(), "active": true})
}

/// Waits for the end of a stream that has begun; panics when it does not come within a second.
async fn ends_within_a_second(stream: &mut Response) {
    let end = async { while stream.chunk().await.unwrap().is_some() {} };
    timeout(Duration::from_secs(1), end)
        .await
        .expect("the stream ends");
}

async fn people_come_in_by_their_group_and_go_with_it(backend: Backend) {
    let company = Company::in_use(backend).await;
    let server = &company.at.server;
    let (mut olivia, to) = company.sign_in(OLIVIA).await;
    assert_eq!(to, "/organizations");
    let (mut sam, to) = company.sign_in(SAM).await;
    assert_eq!(to, "/organizations");
    assert_eq!(
        (company.page(&mut olivia).await, company.page(&mut sam).await),
        (200, 200)
    );
    let rename = format!("organization={}&name=Hero", company.directory.organization);
    let fields: Vec<(&str, &str)> = rename
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .collect();
    let url = sam.at("/ask/rename-organization");
    let refused = sam.post(url, &fields).await.to.unwrap();
    assert!(refused.as_str().contains("because=forbidden"), "{refused}");
    let url = olivia.at("/ask/rename-organization");
    let done = olivia.post(url, &fields).await.to.unwrap();
    assert!(done.as_str().contains("done="), "{done}");

    let sources = server
        .state
        .portal
        .staff_sources(&server.owner(), &company.app)
        .await
        .unwrap();
    let source = sources.source.unwrap();
    let entries: Vec<_> = source
        .people
        .iter()
        .map(|one| (one.user_name.as_str(), one.role))
        .collect();
    assert_eq!(entries, [(OLIVIA, Role::Owner), (SAM, Role::Support)]);
    assert!(
        source
            .people
            .iter()
            .all(|one| matches!(one.entry, Entry::Since(_)))
    );

    let account = company.at.entra.cloud().account(HERO_INDUSTRIES, OLIVIA).unwrap();
    assert_ne!(FABRIKAM, HERO_INDUSTRIES);
    company.at.entra.faults().add(Fault {
        id: 0,
        matcher: Matcher {
            endpoint: Some("token".to_owned()),
            ..Matcher::default()
        },
        effect: Effect::Claims {
            set: json!({"oid": account.id.0.to_string()})
                .as_object()
                .unwrap()
                .clone(),
            remove: Vec::new(),
        },
        times: None,
    });
    let (_, to) = company.sign_in(PATTI).await;
    assert_eq!(to, NOBODY, "the object id in another tenant is another person");
    company.at.entra.faults().clear();

    let mut stream = sam.watch("/live/organizations").await;
    assert_eq!(stream.status(), 200);
    let group = format!("/Groups/{}", company.groups[1]);
    let member = json!([{"value": company.users[1]}]);
    company
        .patch(
            &group,
            json!([{"op": "Remove", "path": "members", "value": member}]),
        )
        .await;
    ends_within_a_second(&mut stream).await;
    assert!(!sam.is_in().await, "the next request is refused");
    assert_eq!(company.sign_in(SAM).await.1, NOBODY);
    company
        .patch(&group, json!([{"op": "Add", "path": "members", "value": member}]))
        .await;
    assert!(!sam.is_in().await, "coming back revives no session");
    let (sam, to) = company.sign_in(SAM).await;
    assert_eq!(to, "/organizations");
    company.scim.delete(&group).await.is(204);
    assert!(!sam.is_in().await, "the group is gone");
    assert!(olivia.is_in().await);
}

async fn whoever_is_disabled_is_out_within_a_second(backend: Backend) {
    let company = Company::in_use(backend).await;
    let (sam, to) = company.sign_in(SAM).await;
    assert_eq!(to, "/organizations");
    // Of an organization that nothing happens in: no pulse wakes this stream.
    let elsewhere = company.at.server.organization().await;
    let (mut quiet, mut stream) = (
        sam.watch(&format!("/live/organizations/{}", company.directory.organization))
            .await,
        sam.watch("/live/organizations").await,
    );
    assert_eq!(
        sam.watch(&format!("/live/organizations/{elsewhere}"))
            .await
            .status(),
        404
    );
    let mut pending = company.at.browser();
    let picker = pending.start(&[]).await;
    let back = pending.choose(&picker, SAM).await;
    company.set_active(1, false).await;
    ends_within_a_second(&mut quiet).await;
    ends_within_a_second(&mut stream).await;
    assert!(!sam.is_in().await);
    assert_eq!(
        pending.come_back(back).await,
        NOBODY,
        "what was begun before comes to nothing"
    );

    company.tick();
    let mut pending = company.at.browser();
    let picker = pending.start(&[]).await;
    let back = pending.choose(&picker, SAM).await;
    company.set_active(1, true).await;
    assert_eq!(
        pending.come_back(back).await,
        "/organizations",
        "begun while out, ended while in"
    );

    let mut pending = company.at.browser();
    let picker = pending.start(&[]).await;
    let back = pending.choose(&picker, SAM).await;
    company.set_active(1, false).await;
    company.set_active(1, true).await;
    assert_eq!(
        pending.come_back(back).await,
        NOBODY,
        "begun before, although in again"
    );
    assert!(!sam.is_in().await, "re-activation revives no session");
    company.tick();
    assert_eq!(company.sign_in(SAM).await.1, "/organizations");
}

async fn old_invites_and_sign_ins_revive_nobody(backend: Backend) {
    let company = Company::in_use(backend).await;
    let server = &company.at.server;
    assert_eq!(company.sign_in(SAM).await.1, "/organizations");
    let invited = async || {
        let (portal, owner) = (&server.state.portal, server.owner());
        let id = portal
            .invite(&owner, &company.app, Role::Owner, "Sam")
            .await
            .unwrap();
        let url = portal.reveal_invite(&owner, &id).await.unwrap().unwrap();
        url.rsplit('/').next().unwrap().to_owned()
    };
    let old = invited().await;
    company.tick();
    company
        .scim
        .delete(&format!("/Users/{}", company.users[1]))
        .await
        .is(204);
    company.tick();
    let new = invited().await;
    for invite in [&old, &new] {
        let to = company.at.browser().sign_in(SAM, &[("invite", invite)]).await;
        assert_eq!(to, NOBODY, "deleted: out until the directory has them again");
    }
    let again = company.scim.post("/Users", user(&company.at, SAM)).await;
    again.is(201);
    let to = company.at.browser().sign_in(SAM, &[("invite", &old)]).await;
    assert_eq!(to, NOBODY, "an invite from before counts for nothing");
    let to = company.at.browser().sign_in(SAM, &[("invite", &new)]).await;
    assert_eq!(to, "/organizations");
}

async fn what_somebody_made_ends_with_them(backend: Backend) {
    let company = Company::in_use(backend).await;
    let (server, portal) = (&company.at.server, &company.at.server.state.portal);
    let (olivia, to) = company.sign_in(OLIVIA).await;
    assert_eq!(to, "/organizations");
    let account = company.at.entra.cloud().account(HERO_INDUSTRIES, OLIVIA).unwrap();
    let viewer = contract::Viewer {
        person: "Olivia Owner".to_owned(),
        session: olivia.session(),
        reach: contract::Reach::Apps(vec![(company.app.clone(), Role::Owner)]),
        identity: Some(contract::Identity {
            tenant_id: HERO_INDUSTRIES.to_string(),
            object_id: account.id.0.to_string(),
        }),
        ..server.owner()
    };
    let home = &company.directory.organization;
    let link = portal.create_setup_link(&viewer, home, BOTH, 3).await.unwrap();
    let url = portal.reveal_setup_link(&viewer, &link).await.unwrap().unwrap();
    let token = url.rsplit('/').next().unwrap();
    let invite = portal
        .invite(&viewer, &company.app, Role::Owner, "me again")
        .await
        .unwrap();
    let invited = portal.reveal_invite(&viewer, &invite).await.unwrap().unwrap();
    let invited = invited.rsplit('/').next().unwrap();
    let others = server.tenant_admin(home, BOTH).await;
    company.set_active(0, false).await;
    assert_eq!(
        portal.setup_offer(None, token).await.unwrap().state,
        SetupLinkState::Revoked
    );
    assert_eq!(portal.invite_offer(invited).await, Err(Refusal::NotFound));
    let live = format!("/live/organizations/{home}");
    assert_eq!(
        server.status(&others.cookie, &live).await,
        200,
        "not what others made"
    );
    company.set_active(0, true).await;
    assert_eq!(
        portal.setup_offer(None, token).await.unwrap().state,
        SetupLinkState::Revoked
    );
}

async fn nobody_locks_everybody_out_unasked(backend: Backend) {
    let company = Company::in_use(backend).await;
    let (server, portal) = (&company.at.server, &company.at.server.state.portal);
    let account = company.at.entra.cloud().account(HERO_INDUSTRIES, OLIVIA).unwrap();
    assert_eq!(company.sign_in(OLIVIA).await.1, "/organizations");
    let olivia = contract::Viewer {
        reach: contract::Reach::Apps(vec![(company.app.clone(), Role::Owner)]),
        identity: Some(contract::Identity {
            tenant_id: HERO_INDUSTRIES.to_string(),
            object_id: account.id.0.to_string(),
        }),
        ..server.owner()
    };
    let (app, owners) = (&company.app, &company.groups[0]);
    let none_left = Err(Refusal::Conflict {
        why: Why::NoOwnerLeft,
    });
    let not_me = Err(Refusal::Conflict {
        why: Why::OwnRoleLost,
    });
    assert_eq!(
        portal.map_staff_group(&olivia, app, owners, None, false).await,
        none_left
    );
    let less = Some(Role::Support);
    assert_eq!(
        portal.map_staff_group(&olivia, app, owners, less, false).await,
        none_left
    );
    assert_eq!(portal.stop_staff_directory(&olivia, app, false).await, none_left);
    let tenant = FABRIKAM.to_string();
    let other = portal
        .use_staff_directory(&olivia, app, &company.directory.id, &tenant, false)
        .await;
    assert_eq!(
        other, not_me,
        "of that tenant somebody might own, not the one who asks"
    );
    let named = server.staff(app, Kept::Owner).await;
    assert_eq!(portal.stop_staff_directory(&olivia, app, false).await, not_me);
    let (_, mapped) = company.sign_in(OLIVIA).await;
    assert_eq!(mapped.as_str(), "/organizations", "nothing of it was written");
    let mut stale = olivia.clone();
    stale.authenticated_at -= 11 * 60 * 1_000_000;
    let again = Err(Refusal::SignInAgain { within_minutes: 10 });
    assert_eq!(portal.stop_staff_directory(&stale, app, true).await, again);
    let (browser, _) = company.sign_in(OLIVIA).await;
    portal.stop_staff_directory(&olivia, app, true).await.unwrap();
    assert!(!browser.is_in().await, "out when it is written");
    assert_eq!(company.sign_in(OLIVIA).await.1, NOBODY);
    assert_eq!(server.status(&named.cookie, "/live/organizations").await, 200);
    let odd = portal
        .use_staff_directory(&named.viewer, app, &company.directory.id, "contoso", false)
        .await;
    assert_eq!(odd, Err(Refusal::invalid("tenant_id", Why::NoTenantId)));
    let foreign = server.directory().await;
    let odd = portal
        .use_staff_directory(&named.viewer, app, &foreign.id, &tenant, false)
        .await;
    assert_eq!(odd, Err(Refusal::invalid("directory", Why::NotOffered)));
}

async fn a_directory_in_use_is_kept_from_harm(backend: Backend) {
    let company = Company::in_use(backend).await;
    let (server, portal) = (&company.at.server, &company.at.server.state.portal);
    let home = &company.directory.organization;
    let admin = server.tenant_admin(home, BOTH).await;
    let made = portal
        .create_token(&admin.viewer, &company.directory.id, "mine", None)
        .await;
    assert_eq!(made, Err(Refusal::Forbidden), "a link would open the console");
    let in_use = Err(Refusal::Conflict {
        why: Why::StaffDirectory,
    });
    let name = portal
        .directory(&server.owner(), &company.directory.id)
        .await
        .unwrap()
        .name;
    let deleted = portal
        .delete_directory(&server.owner(), &company.directory.id, &name)
        .await;
    assert_eq!(deleted, in_use);
    let name = portal.organization(&server.owner(), home).await.unwrap().name;
    assert_eq!(
        portal.delete_organization(&server.owner(), home, &name).await,
        in_use
    );
    let kim = json!({"schemas": [USER], "userName": "kim", "externalId": "kim"});
    let kim = company.scim.post("/Users", kim).await.is(201).id();
    let add = json!([{"op": "Add", "path": "members", "value": [{"value": kim}]}]);
    company
        .patch(&format!("/Groups/{}", company.groups[1]), add)
        .await;
    let sources = portal.staff_sources(&server.owner(), &company.app).await.unwrap();
    let source = sources.source.unwrap();
    assert_eq!((source.total, source.without_object_id), (3, 1));
    let kim = source.people.iter().find(|one| one.user_name == "kim").unwrap();
    assert_eq!(kim.entry, Entry::NoObjectId);
}
