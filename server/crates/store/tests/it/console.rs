//! The console's people, invites, attempts to sign in, setup links, findings, API keys, proven tenants.

use store::api_keys::{self, ApiKey};
use store::attempts::{self, Attempt, Purpose};
use store::findings::{self, Finding};
use store::ids::{ApiKeyId, AppId, DirectoryId, GroupId, OrganizationId, PersonId, SetupLinkId, UserId};
use store::invites::{self, Invite};
use store::organizations::{self, Tenant};
use store::sessions::{self, Role, Session};
use store::setup_links::{self, SetupLink};
use store::staff::{self, AppRole, Person, StaffGroup};
use store::support_views::{self, SupportView};
use store::testing::TestStore;
use store::users::{self, UserFields};
use store::{StoreError, apps, members};

use crate::support::{directory, group, plain, read, write};

store::on_both!(
    a_person_is_tenant_and_object_id,
    somebody_is_expected_before_they_come,
    a_staff_directory_gives_and_takes_roles,
    whoever_a_staff_directory_put_out_waits_for_its_word,
    a_look_is_open_until_its_end,
    an_invite_is_used_once,
    an_attempt_is_taken_once_in_its_own_browser,
    a_setup_link_stays_with_its_first_browser,
    a_tenant_belongs_to_one_organization,
    findings_are_the_newest_of_their_kind,
    keys_are_found_listed_and_revoked,
    sessions_end_with_their_person_and_their_link,
);

fn person(id: &str, tenant: &str, object: &str, at: i64) -> Person {
    Person {
        id: PersonId::new(id),
        tenant_id: tenant.to_owned(),
        object_id: object.to_owned(),
        name: "Olivia Owner".to_owned(),
        address: "olivia@hero.example".to_owned(),
        created_at: at,
        last_sign_in_at: at,
    }
}

async fn a_person_is_tenant_and_object_id(db: TestStore) {
    directory(&db, "a").await;
    let app = AppId::new("app_a");
    let (first, again, other) = (
        person("per_1", "t1", "o1", 1),
        person("per_2", "t1", "o1", 5),
        person("per_3", "t2", "o1", 5),
    );
    let kept = write!(db, (first: Person, again: Person, other: Person, app: AppId) -> Vec<Person>, |tx| {
        let first = staff::signed_in(tx, first).await?;
        staff::add(tx, app, &first.id, Role::Support, 1).await?;
        staff::add(tx, app, &first.id, Role::Owner, 2).await?;
        let again = staff::signed_in(tx, again).await?;
        Ok(vec![first, again, staff::signed_in(tx, other).await?])
    })
    .unwrap();
    assert_eq!(kept[1].id, kept[0].id, "one person however often");
    assert_eq!((kept[1].created_at, kept[1].last_sign_in_at), (1, 5));
    assert_eq!(
        kept[2].id.as_str(),
        "per_3",
        "the same address in another tenant is somebody else"
    );
    type Seen = (Vec<AppRole>, Vec<AppRole>, Vec<(Person, Role)>);
    let (mine, theirs, list) = read!(db, (app: AppId) -> Seen, |tx| {
        let mine = staff::roles(tx, &PersonId::new("per_1")).await?;
        let theirs = staff::roles(tx, &PersonId::new("per_3")).await?;
        Ok((mine, theirs, staff::list(tx, app).await?))
    })
    .unwrap();
    let role = Role::Owner;
    assert_eq!(
        mine,
        [AppRole {
            app: app.clone(),
            role
        }]
    );
    assert_eq!(theirs, []);
    assert_eq!(list.len(), 1);
    let removed = write!(db, (app: AppId) -> (bool, bool), |tx| {
        let id = PersonId::new("per_1");
        Ok((staff::remove(tx, app, &id).await?, staff::remove(tx, app, &id).await?))
    });
    assert_eq!(removed, Ok((true, false)));
}

async fn somebody_is_expected_before_they_come(db: TestStore) {
    directory(&db, "a").await;
    let (expected, came) = (person("per_1", "t1", "o1", 7), person("per_2", "t1", "o1", 9));
    let kept = write!(db, (expected: Person, came: Person) -> Vec<Person>, |tx| {
        let first = staff::expect(tx, expected).await?;
        let second = staff::signed_in(tx, came).await?;
        let renamed = Person { name: "Another".to_owned(), ..came.clone() };
        Ok(vec![first, second, staff::expect(tx, &renamed).await?])
    })
    .unwrap();
    let times = |person: &Person| (person.created_at, person.last_sign_in_at);
    assert_eq!(times(&kept[0]), (7, 0), "expected, never seen");
    assert_eq!((times(&kept[1]), &kept[1].id), ((7, 9), &kept[0].id));
    assert_eq!(kept[2], kept[1], "who is known stays as they are");
}

async fn a_staff_directory_gives_and_takes_roles(db: TestStore) {
    let home = directory(&db, "a").await;
    let team = group(&db, &home, "team").await;
    let app = AppId::new("app_a");
    let found = write!(db, (home: DirectoryId, team: GroupId, app: AppId) -> Vec<Vec<AppRole>>, |tx| {
        let (id, jane) = (PersonId::new("per_1"), UserId::new("jane"));
        let fields = UserFields { external_id: Some("object-1"), ..plain("jane", &[], "{}") };
        users::insert(tx, home, &jane, &fields, 1).await?;
        staff::signed_in(tx, &person("per_1", "t1", "object-1", 1)).await?;
        let mut row = apps::get(tx, app).await?.unwrap();
        row.staff_directory = Some(home.clone());
        row.staff_tenant = Some("t1".to_owned());
        apps::set(tx, &row).await?;
        staff::set_groups(tx, app, &[StaffGroup { group: team.clone(), role: Role::Support }]).await?;
        let mut seen = vec![staff::roles(tx, &id).await?];
        members::add(tx, home, team, &["jane"], 1).await?;
        seen.push(staff::roles(tx, &id).await?);
        assert_eq!(staff::of_directory(tx, home, "object-1").await?.len(), 1);
        assert_eq!(staff::groups(tx, app).await?.len(), 1);
        staff::add(tx, app, &id, Role::Owner, 2).await?;
        let blocked = UserFields { active: false, ..fields };
        let before = users::get(tx, home, &jane).await?.unwrap();
        users::update(tx, &before, &blocked, 2).await?;
        seen.push(staff::roles(tx, &id).await?);
        Ok(seen)
    })
    .unwrap();
    let role = Role::Support;
    let disabled = vec![];
    assert_eq!(found, [vec![], vec![AppRole { app, role }], disabled]);
}

async fn whoever_a_staff_directory_put_out_waits_for_its_word(db: TestStore) {
    let home = directory(&db, "a").await;
    let team = group(&db, &home, "team").await;
    let app = AppId::new("app_a");
    const OBJECT: &str = "0193a1f0-0000-7000-8000-000000000001";
    let seen = write!(db, (home: DirectoryId, team: GroupId, app: AppId) -> Vec<bool>, |tx| {
        let (mine, foreign) = (PersonId::new("per_1"), PersonId::new("per_2"));
        staff::signed_in(tx, &person("per_1", "t1", OBJECT, 1)).await?;
        staff::signed_in(tx, &person("per_2", "t2", OBJECT, 1)).await?;
        let mut row = apps::get(tx, app).await?.unwrap();
        row.staff_directory = Some(home.clone());
        row.staff_tenant = Some("t1".to_owned());
        apps::set(tx, &row).await?;
        staff::map_group(tx, app, team, Some(Role::Owner)).await?;
        assert!(staff::is_mapped(tx, home, team).await?);
        let fields = UserFields { external_id: Some(OBJECT), ..plain("jane", &[], "{}") };
        users::insert(tx, home, &UserId::new("jane"), &fields, 1).await?;
        members::add(tx, home, team, &["jane"], 1).await?;
        let count = staff::count_by_group(tx, app).await?;
        assert_eq!((count.users, count.without_object_id, count.owners), (1, 0, 1));
        assert_eq!(staff::by_group(tx, app, 10).await?[0].group, "team");
        assert_eq!(staff::behind(tx, home).await?.len(), 1, "not who has the object id in another tenant");
        assert_eq!(apps::of_staff_directory(tx, home).await?.len(), 1);
        let mut seen = vec![staff::roles(tx, &foreign).await?.is_empty(), !staff::roles(tx, &mine).await?.is_empty()];
        users::delete(tx, home, &UserId::new("jane")).await?;
        for id in [&mine, &foreign] {
            staff::bar(tx, id, home, 5).await?;
        }
        seen.push(staff::is_blocked(tx, &mine).await? && !staff::is_blocked(tx, &foreign).await?);
        seen.push(staff::barred_at(tx, &mine).await? == Some(5));
        users::insert(tx, home, &UserId::new("again"), &fields, 6).await?;
        seen.push(!staff::is_blocked(tx, &mine).await?);
        staff::map_group(tx, app, team, None).await?;
        seen.push(staff::count_by_group(tx, app).await? == staff::CountByGroup::default());
        Ok(seen)
    })
    .unwrap();
    assert_eq!(seen, [true; 6]);
}

async fn a_look_is_open_until_its_end(db: TestStore) {
    let home = OrganizationId::new("org_a");
    let look = SupportView {
        id: "sup_1".to_owned(),
        organization: home.clone(),
        viewer: "per_1".to_owned(),
        name: "Sam".to_owned(),
        reason: "Ticket 7".to_owned(),
        from: 10,
        until: 20,
    };
    let open = write!(db, (look: SupportView, home: OrganizationId) -> Vec<bool>, |tx| {
        let elsewhere = OrganizationId::new("org_b");
        support_views::create(tx, look).await?;
        let mut open = Vec::new();
        for (viewer, at, now) in [
            ("per_1", home, 10), ("per_1", home, 19), ("per_1", home, 20),
            ("per_2", home, 15), ("per_1", &elsewhere, 15),
        ] {
            open.push(support_views::open(tx, viewer, at, now).await?.as_ref() == Some(look));
        }
        for (viewer, at) in [("per_2", 15), ("per_1", 15), ("per_1", 15)] {
            open.push(support_views::end(tx, viewer, home, at).await?);
        }
        open.push(support_views::open(tx, "per_1", home, 15).await?.is_some());
        open.push(support_views::prune(tx, 15).await? == 0 && support_views::prune(tx, 16).await? == 1);
        Ok(open)
    });
    let (y, n) = (true, false);
    assert_eq!(open, Ok(vec![y, y, n, n, n, n, y, n, n, y]));
}

async fn an_invite_is_used_once(db: TestStore) {
    directory(&db, "a").await;
    let invite = Invite {
        id: "inv_1".to_owned(),
        app: AppId::new("app_a"),
        role: Role::Support,
        note: "Sam".to_owned(),
        created_at: 1,
        expires_at: 10,
        used_at: None,
        made_by: None,
    };
    let used = write!(db, (invite: Invite) -> Vec<bool>, |tx| {
        let by = PersonId::new("per_1");
        invites::create(tx, &[1; 32], invite).await?;
        invites::create(tx, &[2; 32], &Invite { id: "inv_2".to_owned(), ..invite.clone() }).await?;
        let late = invites::redeem(tx, &[1; 32], 10, &by).await?;
        let first = invites::redeem(tx, &[1; 32], 9, &by).await?;
        let again = invites::redeem(tx, &[1; 32], 9, &by).await?;
        let taken_back = invites::revoke(tx, &invite.app, "inv_2").await?;
        let used_stays = invites::revoke(tx, &invite.app, "inv_1").await?;
        Ok(vec![late, first, again, taken_back, used_stays, invites::list(tx, &invite.app, 2).await?.is_empty()])
    });
    assert_eq!(used, Ok(vec![false, true, false, true, false, true]));
    let found = read!(db, () -> Option<Invite>, |tx| invites::find(tx, &[1; 32]).await).unwrap();
    assert_eq!(found.and_then(|invite| invite.used_at), Some(9));
}

async fn an_attempt_is_taken_once_in_its_own_browser(db: TestStore) {
    let attempt = Attempt {
        purpose: Purpose::Consent,
        tenant: "organizations".to_owned(),
        nonce: "n".to_owned(),
        verifier: "v".to_owned(),
        return_to: "/organizations".to_owned(),
        session_hash: Some([7; 32]),
        invite_hash: None,
        organization: Some(OrganizationId::new("org_1")),
        framed: true,
        created_at: 1,
        expires_at: 10,
    };
    let taken = write!(db, (attempt: Attempt) -> Vec<Option<Attempt>>, |tx| {
        attempts::create(tx, &[1; 32], &[2; 32], attempt).await?;
        Ok(vec![
            attempts::take(tx, &[1; 32], &[3; 32], 2).await?,
            attempts::take(tx, &[1; 32], &[2; 32], 10).await?,
            attempts::take(tx, &[1; 32], &[2; 32], 3).await?,
            attempts::take(tx, &[1; 32], &[2; 32], 3).await?,
        ])
    });
    assert_eq!(taken, Ok(vec![None, None, Some(attempt), None]));
    assert_eq!(write!(db, () -> u64, |tx| attempts::prune(tx, 11).await), Ok(1));
}

async fn a_setup_link_stays_with_its_first_browser(db: TestStore) {
    directory(&db, "a").await;
    let organization = OrganizationId::new("org_a");
    let link = SetupLink {
        id: SetupLinkId::new("lnk_1"),
        organization: organization.clone(),
        scope: "erp directory_sync".to_owned(),
        created_by: "owner".to_owned(),
        created_at: 1,
        expires_at: 100,
        opened_at: None,
        redeemed_at: None,
        browser_hash: None,
        revoked_at: None,
        made_by: None,
    };
    let redeemed = write!(db, (link: SetupLink) -> Vec<bool>, |tx| {
        let hash = [9; 32];
        setup_links::create(tx, &hash, link).await?;
        setup_links::opened(tx, &hash, 2).await?;
        setup_links::opened(tx, &hash, 3).await?;
        let mut seen = Vec::new();
        for (at, browser) in [(100, 1), (4, 1), (5, 2), (6, 1)] {
            seen.push(setup_links::redeem(tx, &hash, at, &[browser; 32]).await?);
        }
        seen.push(setup_links::revoke(tx, &link.organization, &link.id, 7).await?);
        seen.push(setup_links::redeem(tx, &hash, 8, &[1; 32]).await?);
        Ok(seen)
    });
    assert_eq!(redeemed, Ok(vec![false, true, false, true, true, false]));
    type Seen = (Option<SetupLink>, Option<SetupLink>, Vec<SetupLink>);
    let (found, got, list) = read!(db, (organization: OrganizationId) -> Seen, |tx| {
        let found = setup_links::find(tx, &[9; 32]).await?;
        let got = setup_links::get(tx, &SetupLinkId::new("lnk_1")).await?;
        Ok((found, got, setup_links::list(tx, organization).await?))
    })
    .unwrap();
    assert_eq!(found, got);
    let found = found.unwrap();
    assert_eq!(
        (found.opened_at, found.redeemed_at, found.revoked_at),
        (Some(2), Some(4), Some(7))
    );
    assert!(!found.is_alive(8));
    assert_eq!(list, [found]);
}

async fn a_tenant_belongs_to_one_organization(db: TestStore) {
    directory(&db, "a").await;
    let second = organizations::Organization {
        id: OrganizationId::new("org_b"),
        app_id: AppId::new("app_a"),
        name: "B".to_owned(),
        created_at: 1,
    };
    let tenant = |id: &str| Tenant {
        id: id.to_owned(),
        name: "Contoso".to_owned(),
        proven_at: 5,
    };
    let (one, two) = (tenant("t1"), tenant("t2"));
    let proven = write!(db, (second: organizations::Organization, one: Tenant, two: Tenant) -> Vec<bool>, |tx| {
        organizations::create(tx, second).await?;
        let first = OrganizationId::new("org_a");
        Ok(vec![
            organizations::prove_tenant(tx, &first, one).await?,
            organizations::prove_tenant(tx, &first, one).await?,
            organizations::prove_tenant(tx, &first, two).await?,
        ])
    });
    assert_eq!(proven, Ok(vec![true, true, false]));
    let stolen = write!(db, (one: Tenant) -> bool, |tx| {
        organizations::prove_tenant(tx, &OrganizationId::new("org_b"), one).await
    });
    assert!(matches!(stolen, Err(StoreError::Conflict { .. })), "{stolen:?}");
    type Seen = (Option<Tenant>, Option<organizations::Organization>);
    let (kept, owner) = read!(db, () -> Seen, |tx| {
        let kept = organizations::tenant(tx, &OrganizationId::new("org_a")).await?;
        Ok((kept, organizations::of_tenant(tx, &AppId::new("app_a"), "t1").await?))
    })
    .unwrap();
    assert_eq!(kept, Some(one.clone()));
    assert_eq!(
        owner.map(|owner| owner.id.into_string()).as_deref(),
        Some("org_a")
    );
    let passed_on = write!(db, (one: Tenant) -> bool, |tx| {
        organizations::delete(tx, &OrganizationId::new("org_a"), 6).await?;
        organizations::prove_tenant(tx, &OrganizationId::new("org_b"), one).await
    });
    assert_eq!(passed_on, Ok(true), "a deleted organization keeps no tenant");
}

async fn findings_are_the_newest_of_their_kind(db: TestStore) {
    let organization = OrganizationId::new("org_a");
    let (list, due) =
        write!(db, (organization: OrganizationId) -> (Vec<Finding>, Vec<OrganizationId>), |tx| {
            findings::set(tx, organization, "consent", 1, "{}").await?;
            findings::set(tx, organization, "consent", 2, r#"{"granted":true}"#).await?;
            findings::set(tx, organization, "role", 3, "null").await?;
            findings::remove(tx, organization, "role").await?;
            let due = findings::due(tx, "consent", 3, 10).await?;
            Ok((findings::list(tx, organization).await?, due))
        })
        .unwrap();
    let expected = Finding {
        name: "consent".to_owned(),
        at: 2,
        value: r#"{"granted":true}"#.to_owned(),
    };
    assert_eq!(list, [expected]);
    assert_eq!(due, [organization]);
}

async fn keys_are_found_listed_and_revoked(db: TestStore) {
    directory(&db, "a").await;
    let key = ApiKey {
        id: ApiKeyId::new("key_1"),
        app: AppId::new("app_a"),
        name: "Core API".to_owned(),
        last4: "abcd".to_owned(),
        created_at: 1,
        last_used_at: None,
        revoked_at: None,
    };
    let (found, list) = write!(db, (key: ApiKey) -> (Option<ApiKey>, Vec<ApiKey>), |tx| {
        api_keys::create(tx, &[5; 32], key).await?;
        api_keys::touch(tx, &key.id, 7).await?;
        api_keys::revoke(tx, &key.app, &key.id, 8).await?;
        Ok((api_keys::find(tx, &[5; 32]).await?, api_keys::list(tx, &key.app).await?))
    })
    .unwrap();
    let expected = ApiKey {
        last_used_at: Some(7),
        revoked_at: Some(8),
        ..key
    };
    assert_eq!(found.as_ref(), Some(&expected));
    assert_eq!(list, [expected]);
}

async fn sessions_end_with_their_person_and_their_link(db: TestStore) {
    let session = |byte: u8, person: Option<&str>, link: Option<&str>| Session {
        id_hash: [byte; 32],
        person: "x".to_owned(),
        role: Role::TenantAdmin,
        created_at: 1,
        auth_at: 1,
        seen_at: 1,
        expires_at: 100,
        revoked_at: None,
        person_id: person.map(PersonId::new),
        link_id: link.map(SetupLinkId::new),
    };
    let (by_person, by_link) = (session(1, Some("per_1"), None), session(2, None, Some("lnk_1")));
    let ended = write!(db, (by_person: Session, by_link: Session) -> (u64, bool, u64), |tx| {
        sessions::create(tx, by_person).await?;
        sessions::create(tx, by_link).await?;
        let named = sessions::set_person(tx, &[2; 32], &PersonId::new("per_2"), "Megan", 5).await?;
        let kept = sessions::find(tx, &[2; 32]).await?.unwrap();
        assert_eq!((kept.person.as_str(), kept.auth_at), ("Megan", 5));
        let of_person = sessions::revoke_of_person(tx, &PersonId::new("per_1"), 6).await?;
        Ok((of_person, named, sessions::revoke_of_link(tx, &SetupLinkId::new("lnk_1"), 6).await?))
    });
    assert_eq!(ended, Ok((1, true, 1)));
}
