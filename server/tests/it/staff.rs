//! The team of an app: invited, removed, and out with the directory's word (threats T59, T60).

use contract::{Refusal, Role as Asked, refusal::Why};
use serde_json::json;
use store::ids::{AppId, DirectoryId};
use store::sessions::Role;
use store::{Operation, StoreError, Tx, apps};

use crate::harness::callers::BOTH;
use crate::harness::scim::{PATCH_OP, Scim, USER, on_both};
use crate::harness::{Backend, Running};

on_both! {
    whoever_the_directory_disables_is_out_and_stays_out, an_invite_is_shown_once_and_can_be_taken_back,
    whoever_is_removed_is_out, an_owner_sees_and_ends_the_sessions_of_their_apps,
}

struct StaffFrom(AppId, DirectoryId);

impl Operation for StaffFrom {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        let Some(app) = apps::get(tx, &self.0).await? else {
            return Ok(false);
        };
        let app = apps::App {
            staff_directory: Some(self.1.clone()),
            staff_tenant: Some("11111111-1111-1111-1111-111111111111".to_owned()),
            ..app
        };
        apps::set(tx, &app).await
    }
}

const LIST: &str = "/live/organizations";

async fn whoever_the_directory_disables_is_out_and_stays_out(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let app = server.app_of(&directory.organization).await;
    let from = StaffFrom(AppId::new(app.clone()), DirectoryId::new(directory.id.clone()));
    assert!(server.state.store.write(from).await.unwrap());
    let scim = Scim::of(&server, &directory);
    for (number, ending) in ["patch", "put", "delete"].into_iter().enumerate() {
        let object_id = format!("0193a1f0-0000-7000-8000-00000000000{number}");
        let user = json!({"schemas": [USER], "userName": object_id, "externalId": object_id, "active": true});
        let id = scim.post("/Users", user.clone()).await.is(201).id();
        let (one, two) = (
            server.staff_as(&app, Role::Owner, &object_id).await,
            server.staff_as(&app, Role::Owner, &object_id).await,
        );
        let bystander = server.staff(&app, Role::Support).await;
        let at = format!("/Users/{id}");
        assert_eq!(server.status(&one.cookie, LIST).await, 200);
        let active = |active: bool| json!({"schemas": [PATCH_OP], "Operations": [{"op": "Replace", "path": "active", "value": active}]});
        match ending {
            "patch" => drop(scim.patch(&at, active(false)).await.is(200)),
            "put" => {
                let mut off = user.clone();
                off["active"] = json!(false);
                scim.put(&at, off).await.is(200);
            }
            _ => drop(scim.delete(&at).await.is(204)),
        }
        for caller in [&one, &two] {
            assert_eq!(server.status(&caller.cookie, LIST).await, 401, "{ending}");
        }
        assert_eq!(server.status(&bystander.cookie, LIST).await, 200, "{ending}");
        if ending == "delete" {
            scim.post("/Users", user).await.is(201);
        } else {
            scim.patch(&at, active(true)).await.is(200);
        }
        assert_eq!(
            server.status(&one.cookie, LIST).await,
            401,
            "nothing is revived after {ending}"
        );
    }
}

async fn an_invite_is_shown_once_and_can_be_taken_back(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let organization = server.organization().await;
    let app = server.app_of(&organization).await;
    let owner = server.staff(&app, Role::Owner).await;
    let portal = &server.state.portal;
    let id = portal
        .invite(&owner.viewer, &app, Asked::Support, " Sam ")
        .await
        .unwrap();
    let url = portal.reveal_invite(&owner.viewer, &id).await.unwrap().unwrap();
    assert_eq!(portal.reveal_invite(&owner.viewer, &id).await, Ok(None));
    let token = url.rsplit('/').next().unwrap();
    let offer = portal.invite_offer(token).await.unwrap();
    assert_eq!(offer.role, Asked::Support);
    assert_eq!(server.status("", &format!("/join/{token}")).await, 200);
    let team = portal.staff(&owner.viewer, &app).await.unwrap();
    assert_eq!(team.invites[0].note, "Sam");
    assert_eq!(team.members.len(), 1);
    portal.revoke_invite(&owner.viewer, &app, &id).await.unwrap();
    assert_eq!(portal.invite_offer(token).await, Err(Refusal::NotFound));
    let again = portal.revoke_invite(&owner.viewer, &app, &id).await;
    assert_eq!(again, Err(Refusal::NotFound));
    for (role, note) in [(Asked::TenantAdmin, "x"), (Asked::Owner, " ")] {
        let made = portal.invite(&owner.viewer, &app, role, note).await;
        assert!(matches!(made, Err(Refusal::Invalid { .. })), "{made:?}");
    }
    server.clock.advance(11 * 60);
    let stale = portal.invite(&owner.viewer, &app, Asked::Owner, "x").await;
    assert_eq!(stale, Err(Refusal::SignInAgain { within_minutes: 10 }));
}

async fn whoever_is_removed_is_out(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let app = server.app_of(&server.organization().await).await;
    let (owner, support) = (
        server.staff(&app, Role::Owner).await,
        server.staff(&app, Role::Support).await,
    );
    let id = |caller: &crate::harness::callers::Caller| {
        let person = caller.person.as_ref().unwrap();
        person.id.as_str().to_owned()
    };
    let portal = &server.state.portal;
    let last = portal.remove(&owner.viewer, &app, &id(&owner)).await;
    assert_eq!(last, Err(Refusal::Conflict { why: Why::LastOwner }));
    assert_eq!(server.status(&owner.cookie, LIST).await, 200);
    portal.remove(&owner.viewer, &app, &id(&support)).await.unwrap();
    assert_eq!(server.status(&support.cookie, LIST).await, 401);
    let again = portal.remove(&owner.viewer, &app, &id(&support)).await;
    assert_eq!(again, Err(Refusal::NotFound));
}

async fn an_owner_sees_and_ends_the_sessions_of_their_apps(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let (organization, elsewhere) = (server.organization().await, server.organization().await);
    let (app, other) = (
        server.app_of(&organization).await,
        server.app_of(&elsewhere).await,
    );
    let owner = server.staff(&app, Role::Owner).await;
    let support = server.staff(&app, Role::Support).await;
    let admin = server.tenant_admin(&organization, BOTH).await;
    let foreign = server.staff(&other, Role::Owner).await;
    let portal = &server.state.portal;
    let seen = async |caller: &crate::harness::callers::Caller| {
        let rows = portal.sessions(&caller.viewer).await.unwrap();
        let mut ids: Vec<String> = rows.into_iter().map(|row| row.id).collect();
        ids.sort();
        ids
    };
    let mut mine = [&owner, &support, &admin].map(|caller| caller.viewer.session.clone());
    mine.sort();
    assert_eq!(seen(&owner).await, mine);
    for alone in [&support, &admin, &foreign] {
        assert_eq!(seen(alone).await, std::slice::from_ref(&alone.viewer.session));
    }
    for stranger in [&support, &admin, &foreign] {
        let ended = portal.end_session(&stranger.viewer, &owner.viewer.session).await;
        assert_eq!(ended, Err(Refusal::NotFound));
    }
    for ended in [&support, &admin] {
        let done = portal.end_session(&owner.viewer, &ended.viewer.session).await;
        assert_eq!(done, Ok(()));
        let live = format!("/live/organizations/{organization}");
        assert_eq!(server.status(&ended.cookie, &live).await, 401);
    }
}
