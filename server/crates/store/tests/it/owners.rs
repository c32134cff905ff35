//! Apps, organizations, directories, tokens, sessions, links, settings.

use store::apps::App;
use store::directories::{Counts, Directory, Provider, Status};
use store::ids::{AppId, DirectoryId, OrganizationId, TokenId, UserId};
use store::sessions::{Role, Session};
use store::testing::TestStore;
use store::tokens::{Bearer, NewToken, Token};
use store::users::UserFields;
use store::{
    StoreError, Unique, apps, bootstrap_links, directories, members, organizations, sessions, settings,
    tokens, users,
};

use crate::support::{directory, group, operation, plain, read, user, write};

store::on_both!(
    names_and_states_change,
    organizations_show_what_they_hold,
    at_most_two_tokens_live,
    a_token_is_found_with_what_it_opens,
    a_deleted_directory_is_gone_at_once_and_then_entirely,
    a_deleted_organization_takes_its_directories_along,
    counts_tell_users_apart,
    a_link_opens_once,
    a_session_lives_until_it_ends,
    a_setting_is_set_and_set_once,
);

async fn names_and_states_change(db: TestStore) {
    let home = directory(&db, "a").await;
    let app = AppId::new("app_a");
    let changed = write!(db, (home: DirectoryId, app: AppId) -> Vec<bool>, |tx| {
        let (org, none) = (OrganizationId::new("org_a"), DirectoryId::new("dir_none"));
        Ok(vec![
            apps::rename(tx, app, "A2").await?,
            organizations::rename(tx, &org, "O2").await?,
            directories::rename(tx, home, "D2").await?,
            directories::set_status(tx, home, Status::Disabled).await?,
            !directories::rename(tx, &none, "x").await?,
            !directories::set_status(tx, &none, Status::Enabled).await?,
        ])
    });
    assert_eq!(changed, Ok(vec![true; 6]));
    let (apps, directory) = read!(db, (home: DirectoryId) -> (Vec<App>, Option<Directory>), |tx| {
        Ok((apps::list(tx).await?, directories::get(tx, home).await?))
    })
    .unwrap();
    assert_eq!(apps, [App::named(app, "A2", 1)]);
    let directory = directory.unwrap();
    assert_eq!(
        (directory.name.as_str(), directory.status, directory.provider),
        ("D2", Status::Disabled, Provider::EntraId)
    );
    assert_eq!(
        (directory.app_id.as_str(), directory.organization_id.as_str()),
        ("app_a", "org_a")
    );
}

async fn organizations_show_what_they_hold(db: TestStore) {
    let (one, _two) = (directory(&db, "a").await, directory(&db, "b").await);
    user(&db, &one, "jane").await;
    user(&db, &one, "john").await;
    group(&db, &one, "team").await;
    let list = |apps: Option<Vec<AppId>>| {
        let db = &db;
        async move {
            let heavy = operation!((apps: Option<Vec<AppId>>) -> Vec<organizations::Summary>, |tx| {
                organizations::list(tx, apps.as_deref()).await
            });
            db.read_heavy(heavy).await.unwrap()
        }
    };
    let all = list(None).await;
    let shown: Vec<_> = all
        .iter()
        .map(|s| {
            (
                s.organization.id.as_str(),
                s.directories,
                s.users,
                s.groups,
                s.last_activity,
            )
        })
        .collect();
    assert_eq!(shown, [("org_a", 1, 2, 1, None), ("org_b", 1, 0, 0, None)]);
    assert_eq!(list(Some(vec![AppId::new("app_b")])).await, all[1..]);
    assert!(list(Some(Vec::new())).await.is_empty());
}

fn token(home: &DirectoryId, number: u8, expires_at: Option<i64>) -> NewToken {
    NewToken {
        id: TokenId::new(format!("tok_{number}")),
        directory_id: home.clone(),
        name: "Entra".to_owned(),
        hash: [number; 32],
        last4: "abcd".to_owned(),
        created_at: 100,
        expires_at,
    }
}

async fn make(db: &TestStore, new: NewToken) -> Result<bool, StoreError> {
    write!(db, (new: NewToken) -> bool, |tx| tokens::create(tx, new).await)
}

async fn at_most_two_tokens_live(db: TestStore) {
    let home = directory(&db, "a").await;
    let full = Err(StoreError::Conflict {
        constraint: Unique::LiveTokens,
    });
    assert_eq!(make(&db, token(&home, 1, Some(100))).await, Ok(true));
    assert_eq!(
        make(&db, token(&home, 2, None)).await,
        Ok(true),
        "the first has ended by itself"
    );
    // Of many at once one comes through.
    let many = (3..11).map(|number| make(&db, token(&home, number, None)));
    let results = futures_util::future::join_all(many).await;
    assert_eq!(results.iter().filter(|result| **result == Ok(true)).count(), 1);
    assert_eq!(results.iter().filter(|result| **result == full).count(), 7);
    let listed = read!(db, (home: DirectoryId) -> Vec<Token>, |tx| tokens::list(tx, home).await).unwrap();
    assert_eq!(listed.iter().filter(|token| token.is_alive(100)).count(), 2);
    let (one, at) = (
        listed
            .iter()
            .find(|token| token.is_alive(100))
            .unwrap()
            .id
            .clone(),
        200,
    );
    let revoked = write!(db, (home: DirectoryId, one: TokenId, at: i64) -> (bool, bool, bool), |tx| {
        let other = DirectoryId::new("dir_other");
        let foreign = tokens::revoke(tx, &other, one, *at).await?;
        Ok((foreign, tokens::revoke(tx, home, one, *at).await?, tokens::revoke(tx, home, one, *at).await?))
    });
    assert_eq!(revoked, Ok((false, true, false)));
    assert_eq!(make(&db, token(&home, 12, None)).await, Ok(true));
    assert_eq!(
        make(&db, token(&DirectoryId::new("dir_none"), 13, None)).await,
        Ok(false)
    );
}

async fn find(db: &TestStore, hash: [u8; 32]) -> Option<Bearer> {
    read!(db, (hash: [u8; 32]) -> Option<Bearer>, |tx| tokens::find_by_hash(tx, hash).await).unwrap()
}

async fn a_token_is_found_with_what_it_opens(db: TestStore) {
    let home = directory(&db, "a").await;
    make(&db, token(&home, 7, Some(500))).await.unwrap();
    assert_eq!(find(&db, [8; 32]).await, None);
    let bearer = find(&db, [7; 32]).await.unwrap();
    assert_eq!(
        (bearer.hash, bearer.expires_at, bearer.revoked_at),
        ([7; 32], Some(500), None)
    );
    assert_eq!(
        (bearer.directory_id.as_str(), bearer.organization_id.as_str()),
        ("dir_a", "org_a")
    );
    assert_eq!(
        (bearer.app_id.as_str(), bearer.status, bearer.deleted_at),
        ("app_a", Status::Enabled, None)
    );
    let same = NewToken {
        hash: [7; 32],
        ..token(&home, 9, None)
    };
    assert_eq!(
        make(&db, same).await,
        Err(StoreError::Conflict {
            constraint: Unique::Secret
        })
    );
    let uses = vec![
        (TokenId::new("tok_7"), 300),
        (TokenId::new("tok_7"), 250),
        (TokenId::new("tok_none"), 1),
    ];
    write!(db, (uses: Vec<(TokenId, i64)>) -> (), |tx| tokens::touch(tx, uses).await).unwrap();
    let listed = read!(db, (home: DirectoryId) -> Vec<Token>, |tx| tokens::list(tx, home).await).unwrap();
    assert_eq!(listed[0].last_used_at, Some(300));
}

async fn a_deleted_directory_is_gone_at_once_and_then_entirely(db: TestStore) {
    let (home, other) = (directory(&db, "a").await, directory(&db, "b").await);
    for (home, name) in [(&home, "jane"), (&other, "john")] {
        make(&db, token(home, name.as_bytes()[1], None)).await.unwrap();
        user(&db, home, name).await;
        let (home, team, name) = (
            home.clone(),
            group(&db, home, &format!("g-{name}")).await,
            name.to_owned(),
        );
        write!(db, (home: DirectoryId, team: store::ids::GroupId, name: String) -> (), |tx| {
            members::add(tx, home, team, &[name], 1).await.map(drop)
        })
        .unwrap();
        crate::records::some_activity(&db, &home, 3).await;
    }
    let gone = write!(db, (home: DirectoryId) -> (bool, bool), |tx| {
        Ok((directories::delete(tx, home, 900).await?, directories::delete(tx, home, 901).await?))
    });
    assert_eq!(gone, Ok((true, false)));
    let bearer = find(&db, [b'a'; 32]).await.unwrap();
    assert_eq!(
        (bearer.revoked_at, bearer.deleted_at, bearer.status),
        (Some(900), Some(900), Status::Disabled)
    );
    let shown = read!(db, (home: DirectoryId) -> (bool, usize), |tx| {
        Ok((directories::get(tx, home).await?.is_some(), directories::list(tx, None).await?.len()))
    });
    assert_eq!(shown, Ok((false, 1)));
    assert!(db.purge().await.unwrap() >= 6);
    assert_eq!(db.purge().await.unwrap(), 0);
    assert_eq!(find(&db, [b'a'; 32]).await, None);
    assert_eq!(held(&db, &home).await, (0, 0, 0));
    assert_eq!(
        held(&db, &other).await,
        (1, 1, 3),
        "the neighbour keeps everything"
    );
    assert!(find(&db, [b'o'; 32]).await.is_some());
}

async fn held(db: &TestStore, home: &DirectoryId) -> (i64, i64, i64) {
    let home = home.clone();
    let count = operation!((home: DirectoryId) -> (i64, i64, i64), |tx| {
        let counts = directories::counts(tx, home).await?;
        let query = store::activity::ActivityQuery::default();
        let activity =
            store::activity::page(tx, std::slice::from_ref(home), &query, &store::page::Start::First, 9).await?;
        Ok((counts.users, counts.groups, activity.total))
    });
    db.read_heavy(count).await.unwrap()
}

async fn a_deleted_organization_takes_its_directories_along(db: TestStore) {
    let home = directory(&db, "a").await;
    make(&db, token(&home, 1, None)).await.unwrap();
    let gone = write!(db, () -> (bool, bool), |tx| {
        let org = OrganizationId::new("org_a");
        Ok((organizations::delete(tx, &org, 900).await?, organizations::get(tx, &org).await?.is_none()))
    });
    assert_eq!(gone, Ok((true, true)));
    assert_eq!(find(&db, [1; 32]).await.unwrap().revoked_at, Some(900));
    db.purge().await.unwrap();
    let empty = write!(db, () -> bool, |tx| apps::delete(tx, &AppId::new("app_a")).await);
    assert_eq!(empty, Ok(true), "nothing holds on to the app any more");
}

async fn counts_tell_users_apart(db: TestStore) {
    let home = directory(&db, "a").await;
    let rows = [
        ("a", Some("0190f6a0-7b1c-7000-8000-000000000001"), true),
        ("b", Some("0190F6A0-7B1C-7000-8000-000000000002"), false),
        ("c", Some("jdoe"), false),
        ("d", None, true),
    ];
    for (id, external, active) in rows {
        let (home, id) = (home.clone(), UserId::new(id));
        write!(db, (home: DirectoryId, id: UserId, external: Option<&'static str>, active: bool) -> (), |tx| {
            let fields = UserFields { external_id: *external, active: *active, ..plain(id.as_str(), &[], "{}") };
            users::insert(tx, home, id, &fields, 1).await
        })
        .unwrap();
    }
    group(&db, &home, "team").await;
    let counts = operation!((home: DirectoryId) -> Counts, |tx| directories::counts(tx, home).await);
    let expected = Counts {
        users: 4,
        active_users: 2,
        users_with_object_id: 2,
        groups: 1,
    };
    assert_eq!(db.read_heavy(counts).await, Ok(expected));
}

async fn a_link_opens_once(db: TestStore) {
    let (first, second) = ([1; 32], [2; 32]);
    write!(db, (first: [u8; 32], second: [u8; 32]) -> (), |tx| {
        bootstrap_links::create(tx, first, 10, 100).await?;
        bootstrap_links::create(tx, second, 10, 100).await
    })
    .unwrap();
    let redeem = |at: i64| {
        let db = &db;
        async move {
            write!(db, (first: [u8; 32], at: i64) -> bool, |tx| bootstrap_links::redeem(tx, first, *at).await)
        }
    };
    assert_eq!(redeem(100).await, Ok(false), "it has ended");
    let all = futures_util::future::join_all((0..8).map(|_| redeem(50))).await;
    assert_eq!(all.iter().filter(|opened| **opened == Ok(true)).count(), 1);
    let removed = write!(db, (first: [u8; 32]) -> (u64, bool), |tx| {
        Ok((bootstrap_links::revoke_unused(tx).await?, bootstrap_links::find(tx, first).await?.unwrap().used_at == Some(50)))
    });
    assert_eq!(removed, Ok((1, true)));
}

async fn a_session_lives_until_it_ends(db: TestStore) {
    let session = |number: u8| Session {
        id_hash: [number; 32],
        person: "Owner".to_owned(),
        role: Role::Owner,
        created_at: 10,
        auth_at: 10,
        seen_at: 10,
        expires_at: 100,
        revoked_at: None,
        person_id: None,
        link_id: None,
    };
    let (one, two) = (session(1), session(2));
    let done = write!(db, (one: Session, two: Session) -> Vec<bool>, |tx| {
        sessions::create(tx, one).await?;
        sessions::create(tx, two).await?;
        let touched = sessions::touch(tx, &one.id_hash, 20, 120).await?;
        let listed = sessions::list(tx, 110).await?.len() == 1;
        let revoked = sessions::revoke(tx, &one.id_hash, 30).await?;
        let again = sessions::revoke(tx, &one.id_hash, 31).await?;
        let dead = sessions::touch(tx, &one.id_hash, 40, 140).await?;
        Ok(vec![touched, listed, revoked, !again, !dead])
    });
    assert_eq!(done, Ok(vec![true; 5]));
    let found =
        read!(db, (one: Session) -> Option<Session>, |tx| sessions::find(tx, &one.id_hash).await).unwrap();
    assert_eq!(
        found,
        Some(Session {
            seen_at: 20,
            expires_at: 120,
            revoked_at: Some(30),
            ..one
        })
    );
    let left = write!(db, () -> (u64, u64), |tx| Ok((sessions::revoke_all(tx, 50).await?, sessions::prune(tx, 110).await?)));
    assert_eq!(left, Ok((1, 1)));
}

async fn a_setting_is_set_and_set_once(db: TestStore) {
    let set = write!(db, () -> (bool, bool, Option<String>), |tx| {
        let first = settings::set_once(tx, "key", "1").await?;
        let second = settings::set_once(tx, "key", "2").await?;
        settings::set(tx, "key", "3").await?;
        Ok((first, second, settings::get(tx, "key").await?))
    });
    assert_eq!(set, Ok((true, false, Some("3".to_owned()))));
}
