//! Users, groups and members: what is kept, found, changed and removed.

use store::ids::{DirectoryId, GroupId, UserId};
use store::members::{self, Added, MemberKind, MemberRef};
use store::page::{Key, Start};
use store::testing::TestStore;
use store::users::{User, UserFields, UserQuery};
use store::{StoreError, Unique, groups, users};

use crate::support::{directory, group, plain, read, user, write};

store::on_both!(
    a_user_comes_back_as_it_was_kept,
    a_name_is_taken_in_its_directory_only,
    a_change_counts_up_and_a_stale_one_is_refused,
    emails_follow_their_user,
    an_external_id_may_come_twice,
    a_deleted_user_leaves_no_membership,
    members_are_added_once_and_unknown_ones_reported,
    many_members_come_and_go_at_once,
    members_of_another_directory_are_unknown,
    members_are_paged_both_ways,
    lists_search_filter_and_page_both_ways,
    a_list_spans_directories,
    wildcards_in_a_search_stand_for_themselves,
);

async fn get(db: &TestStore, home: &DirectoryId, id: &UserId) -> Option<User> {
    read!(db, (home: DirectoryId, id: UserId) -> Option<User>, |tx| users::get(tx, home, id).await).unwrap()
}

async fn a_user_comes_back_as_it_was_kept(db: TestStore) {
    let home = directory(&db, "a").await;
    let id = UserId::new("u1");
    write!(db, (home: DirectoryId, id: UserId) -> (), |tx| {
        let fields = UserFields {
            user_name: "Jane@Contoso.com",
            external_id: Some("jdoe"),
            display_name: Some("Jane DOE"),
            emails: &["Jane@X.com", "jane@x.com", "j@y.com"],
            active: false,
            body: r#"{"a":"ü"}"#,
        };
        users::insert(tx, home, id, &fields, 42).await
    })
    .unwrap();
    let user = get(&db, &home, &id).await.unwrap();
    assert_eq!(
        (user.user_name.as_str(), user.user_name_fold.as_str()),
        ("Jane@Contoso.com", "jane@contoso.com")
    );
    assert_eq!(user.external_id.as_ref().map(AsRef::as_ref), Some("jdoe"));
    assert_eq!(user.display_name.as_deref(), Some("Jane DOE"));
    assert_eq!(user.emails_fold.as_deref(), Some("jane@x.com\nj@y.com"));
    assert_eq!(
        (user.active, user.version, user.created_at, user.updated_at),
        (false, 1, 42, 42)
    );
    assert_eq!(user.body, r#"{"a":"ü"}"#);
    let found = read!(db, (home: DirectoryId) -> Option<User>, |tx| {
        users::find_by_user_name(tx, home, " JANE@contoso.COM").await
    });
    assert_eq!(found.unwrap(), Some(user));
}

async fn a_name_is_taken_in_its_directory_only(db: TestStore) {
    let (home, other) = (directory(&db, "a").await, directory(&db, "b").await);
    user(&db, &home, "jane").await;
    user(&db, &other, "jane2").await;
    let insert = |home: &DirectoryId, id: &str| {
        let (home, id) = (home.clone(), UserId::new(id));
        let db = &db;
        async move {
            write!(db, (home: DirectoryId, id: UserId) -> (), |tx| {
                users::insert(tx, home, id, &plain("JANE", &[], "{}"), 1).await
            })
        }
    };
    assert_eq!(
        insert(&home, "u2").await,
        Err(StoreError::Conflict {
            constraint: Unique::UserName
        })
    );
    assert_eq!(insert(&other, "u3").await, Ok(()));
    assert_eq!(
        insert(&directory(&db, "c").await, "u3").await,
        Err(StoreError::Conflict {
            constraint: Unique::Id
        })
    );
}

async fn a_change_counts_up_and_a_stale_one_is_refused(db: TestStore) {
    let home = directory(&db, "a").await;
    let id = user(&db, &home, "jane").await;
    user(&db, &home, "john").await;
    let before = get(&db, &home, &id).await.unwrap();
    let update = |before: &User, name: &'static str| {
        let before = before.clone();
        let db = &db;
        async move {
            write!(db, (before: User, name: &'static str) -> bool, |tx| {
                users::update(tx, before, &plain(name, &[], "{\"b\":1}"), 99).await
            })
        }
    };
    assert_eq!(update(&before, "Jane2").await, Ok(true));
    let after = get(&db, &home, &id).await.unwrap();
    assert_eq!(
        (after.version, after.updated_at, after.created_at, after.seq),
        (2, 99, 10, before.seq)
    );
    assert_eq!(update(&before, "jane3").await, Ok(false));
    assert_eq!(
        update(&after, "JOHN").await,
        Err(StoreError::Conflict {
            constraint: Unique::UserName
        })
    );
    assert_eq!(get(&db, &home, &id).await.unwrap(), after);
}

async fn emails_follow_their_user(db: TestStore) {
    let home = directory(&db, "a").await;
    let id = UserId::new("u1");
    write!(db, (home: DirectoryId, id: UserId) -> (), |tx| {
        users::insert(tx, home, id, &plain("a", &["A@x", "b@x"], "{}"), 1).await
    })
    .unwrap();
    let found = |email: &'static str| {
        let (db, home) = (&db, home.clone());
        async move {
            read!(db, (home: DirectoryId, email: &'static str) -> usize, |tx| {
                Ok(users::find_by_email(tx, home, email, 9).await?.len())
            })
            .unwrap()
        }
    };
    assert_eq!(
        (found("a@X").await, found("b@x").await, found("c@x").await),
        (1, 1, 0)
    );
    let before = get(&db, &home, &id).await.unwrap();
    write!(db, (before: User) -> bool, |tx| users::update(tx, before, &plain("a", &["b@x", "C@x"], "{}"), 2).await)
        .unwrap();
    assert_eq!(
        (found("a@x").await, found("b@x").await, found("c@x").await),
        (0, 1, 1)
    );
    write!(db, (home: DirectoryId, id: UserId) -> bool, |tx| users::delete(tx, home, id).await).unwrap();
    assert_eq!((found("b@x").await, found("c@x").await), (0, 0));
    user(&db, &home, "u1").await;
    assert_eq!(
        found("b@x").await,
        0,
        "a new user of the same id has no old address"
    );
}

async fn an_external_id_may_come_twice(db: TestStore) {
    let home = directory(&db, "a").await;
    for (id, external) in [("u1", "1"), ("u2", "1"), ("u3", "0"), ("u4", "u1")] {
        let (home, id) = (home.clone(), UserId::new(id));
        write!(db, (home: DirectoryId, id: UserId, external: &'static str) -> (), |tx| {
            let fields = UserFields { external_id: Some(external), ..plain(id.as_str(), &[], "{}") };
            users::insert(tx, home, id, &fields, 1).await
        })
        .unwrap();
    }
    for (external, ids) in [
        ("1", vec!["u1", "u2"]),
        ("0", vec!["u3"]),
        ("u1", vec!["u4"]),
        ("2", vec![]),
    ] {
        let found = read!(db, (home: DirectoryId, external: &'static str) -> Vec<User>, |tx| {
            users::find_by_external_id(tx, home, external, 9).await
        });
        let found = found.unwrap();
        assert_eq!(
            found.iter().map(|user| user.id.as_str()).collect::<Vec<_>>(),
            ids,
            "{external}"
        );
    }
}

async fn add(db: &TestStore, home: &DirectoryId, group: &GroupId, ids: &[&str]) -> Added {
    let (home, group) = (home.clone(), group.clone());
    let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    write!(db, (home: DirectoryId, group: GroupId, ids: Vec<String>) -> Added, |tx| {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        members::add(tx, home, group, &ids, 7).await
    })
    .unwrap()
}

async fn ids_of(db: &TestStore, home: &DirectoryId, group: &GroupId) -> Vec<String> {
    let all = read!(db, (home: DirectoryId, group: GroupId) -> Vec<members::Member>, |tx| {
        members::all(tx, home, group).await
    });
    all.unwrap().into_iter().map(|member| member.id).collect()
}

async fn a_deleted_user_leaves_no_membership(db: TestStore) {
    let home = directory(&db, "a").await;
    let (one, two) = (group(&db, &home, "g1").await, group(&db, &home, "g2").await);
    let jane = user(&db, &home, "jane").await;
    add(&db, &home, &one, &["jane", "g2"]).await;
    add(&db, &home, &two, &["jane"]).await;
    let gone = write!(db, (home: DirectoryId, jane: UserId) -> (bool, bool), |tx| {
        Ok((users::delete(tx, home, jane).await?, users::delete(tx, home, jane).await?))
    });
    assert_eq!(gone, Ok((true, false)));
    assert_eq!(ids_of(&db, &home, &one).await, ["g2"]);
    assert!(ids_of(&db, &home, &two).await.is_empty());
    let gone =
        write!(db, (home: DirectoryId, two: GroupId) -> bool, |tx| groups::delete(tx, home, two).await);
    assert_eq!(gone, Ok(true));
    assert!(
        ids_of(&db, &home, &one).await.is_empty(),
        "a group that is gone is a member of nothing"
    );
}

async fn members_are_added_once_and_unknown_ones_reported(db: TestStore) {
    let home = directory(&db, "a").await;
    let team = group(&db, &home, "team").await;
    group(&db, &home, "nested").await;
    user(&db, &home, "jane").await;
    user(&db, &home, "john").await;
    let added = add(&db, &home, &team, &["jane"]).await;
    assert_eq!(
        added.added,
        [MemberRef {
            id: "jane".to_owned(),
            kind: MemberKind::User
        }]
    );
    let again = add(&db, &home, &team, &["jane"]).await;
    assert_eq!(
        again,
        Added {
            already: vec!["jane".to_owned()],
            ..Added::default()
        }
    );
    let mixed = add(
        &db,
        &home,
        &team,
        &["jane", "john", "nested", "john", "nobody", "nul\0", "it's \"it\""],
    )
    .await;
    let kinds: Vec<_> = mixed
        .added
        .iter()
        .map(|member| (member.id.as_str(), member.kind))
        .collect();
    assert_eq!(kinds, [("john", MemberKind::User), ("nested", MemberKind::Group)]);
    assert_eq!(mixed.already, ["jane"]);
    assert_eq!(mixed.unknown, ["nul\0", "nobody", "it's \"it\""]);
    let itself = add(&db, &home, &team, &["team"]).await;
    assert_eq!(
        itself.added.len(),
        1,
        "a group may name itself; nothing recurses (T36)"
    );
    let groups = read!(db, (home: DirectoryId) -> Vec<members::Membership>, |tx| {
        members::groups_of_many(tx, home, &["jane", "nested", "nobody"]).await
    });
    let groups: Vec<_> = groups
        .unwrap()
        .into_iter()
        .map(|of| (of.member_id, of.group_id.into_string()))
        .collect();
    assert_eq!(groups.len(), 2);
    assert!(groups.iter().all(|(_, group)| group == "team"));
}

async fn many_members_come_and_go_at_once(db: TestStore) {
    let home = directory(&db, "a").await;
    let team = group(&db, &home, "team").await;
    let ids: Vec<String> = (0..2_000).map(|number| format!("u{number:04}")).collect();
    write!(db, (home: DirectoryId, ids: Vec<String>) -> (), |tx| {
        for id in ids {
            users::insert(tx, home, &UserId::new(id.as_str()), &plain(id, &[], "{}"), 1).await?;
        }
        Ok(())
    })
    .unwrap();
    let all: Vec<&str> = ids.iter().map(String::as_str).collect();
    assert_eq!(add(&db, &home, &team, &all).await.added.len(), 2_000);
    let replaced = write!(db, (home: DirectoryId, team: GroupId) -> members::Replaced, |tx| {
        members::replace(tx, home, team, &["u0001", "u0002", "nobody"], 9).await
    });
    let replaced = replaced.unwrap();
    assert_eq!(
        (
            replaced.removed.len(),
            replaced.added.added.len(),
            replaced.added.unknown.len()
        ),
        (1_998, 0, 1)
    );
    let removed = write!(db, (home: DirectoryId, team: GroupId) -> usize, |tx| {
        Ok(members::remove(tx, home, team, &["u0002", "u0003"]).await?.len())
    });
    assert_eq!(removed, Ok(1));
    let removed = write!(db, (home: DirectoryId, team: GroupId) -> (usize, usize), |tx| {
        let one = members::remove(tx, home, team, &["u0001"]).await?.len();
        Ok((one, members::clear(tx, home, team).await?.len()))
    });
    assert_eq!(removed, Ok((1, 0)));
}

async fn members_of_another_directory_are_unknown(db: TestStore) {
    let (home, other) = (directory(&db, "a").await, directory(&db, "b").await);
    let team = group(&db, &home, "team").await;
    user(&db, &home, "jane").await;
    user(&db, &other, "foreign").await;
    group(&db, &other, "foreign_group").await;
    let added = add(&db, &home, &team, &["foreign", "foreign_group"]).await;
    assert_eq!(added.unknown.len(), 2);
    add(&db, &home, &team, &["jane"]).await;
    // Everything with the wrong directory finds and changes nothing (T03).
    assert!(ids_of(&db, &other, &team).await.is_empty());
    let touched = write!(db, (other: DirectoryId, team: GroupId) -> (usize, usize, bool, bool, bool), |tx| {
        let user = UserId::new("jane");
        Ok((
            members::clear(tx, other, team).await?.len(),
            members::remove(tx, other, team, &["jane"]).await?.len(),
            groups::delete(tx, other, team).await?,
            users::delete(tx, other, &user).await?,
            users::lock(tx, other, &user).await?.is_some() || groups::get(tx, other, team).await?.is_some(),
        ))
    });
    assert_eq!(touched, Ok((0, 0, false, false, false)));
    assert_eq!(ids_of(&db, &home, &team).await, ["jane"]);
}

async fn members_are_paged_both_ways(db: TestStore) {
    let home = directory(&db, "a").await;
    let team = group(&db, &home, "team").await;
    for id in ["a", "b", "c", "d", "e"] {
        user(&db, &home, id).await;
    }
    add(&db, &home, &team, &["a", "b", "c", "d", "e"]).await;
    let page = |start: Start<String>| {
        let (db, home, team) = (&db, home.clone(), team.clone());
        async move {
            let page = read!(db, (home: DirectoryId, team: GroupId, start: Start<String>) -> store::page::Page<members::Member>, |tx| {
                members::page(tx, home, team, start, 2).await
            });
            let page = page.unwrap();
            let ids: String = page.rows.iter().map(|member| member.id.as_str()).collect();
            (ids, page.total, page.has_previous, page.has_next)
        }
    };
    assert_eq!(page(Start::First).await, ("ab".to_owned(), 5, false, true));
    assert_eq!(
        page(Start::After("b".to_owned())).await,
        ("cd".to_owned(), 5, true, true)
    );
    assert_eq!(
        page(Start::After("d".to_owned())).await,
        ("e".to_owned(), 5, true, false)
    );
    assert_eq!(
        page(Start::Before("e".to_owned())).await,
        ("cd".to_owned(), 5, true, true)
    );
    assert_eq!(
        page(Start::Before("c".to_owned())).await,
        ("ab".to_owned(), 5, false, true)
    );
}

async fn names_of(
    db: &TestStore,
    homes: &[DirectoryId],
    query: &UserQuery,
    start: Start<Key>,
    limit: usize,
) -> (Vec<String>, i64, Option<Key>, Option<Key>) {
    let asked = (homes.to_vec(), query.clone(), start, limit);
    type Asked = (Vec<DirectoryId>, UserQuery, Start<Key>, usize);
    let page = db
        .read_heavy(
            crate::support::operation!((asked: Asked) -> store::page::Page<User>, |tx| {
                let (homes, query, start, limit) = asked;
                users::list(tx, homes, query, start, *limit).await
            }),
        )
        .await
        .unwrap();
    let first = page.rows.first().filter(|_| page.has_previous).map(User::key);
    let last = page.rows.last().filter(|_| page.has_next).map(User::key);
    (
        page.rows.into_iter().map(|user| user.user_name).collect(),
        page.total,
        first,
        last,
    )
}

async fn lists_search_filter_and_page_both_ways(db: TestStore) {
    let home = directory(&db, "a").await;
    for (number, name) in ["Bea", "ada", "CÉLINE", "dan", "Eve"].into_iter().enumerate() {
        let (home, id) = (home.clone(), UserId::new(format!("u{number}")));
        write!(db, (home: DirectoryId, id: UserId, name: &'static str) -> (), |tx| {
            let fields = UserFields {
                display_name: Some(if *name == "dan" { "Daniel Éclair" } else { "x" }),
                active: *name != "Eve",
                ..plain(name, if *name == "ada" { &["ada@éclair.com"] } else { &[] }, "{}")
            };
            users::insert(tx, home, id, &fields, 1).await
        })
        .unwrap();
    }
    let homes = [home];
    let everyone = UserQuery::default();
    let (names, total, previous, next) = names_of(&db, &homes, &everyone, Start::First, 2).await;
    assert_eq!(
        (names, total, previous),
        (vec!["ada".to_owned(), "Bea".to_owned()], 5, None)
    );
    let (names, _, previous, next) = names_of(&db, &homes, &everyone, Start::After(next.unwrap()), 2).await;
    assert_eq!(names, ["CÉLINE", "dan"]);
    let (names, _, _, end) = names_of(&db, &homes, &everyone, Start::After(next.unwrap()), 2).await;
    assert_eq!((names, end), (vec!["Eve".to_owned()], None));
    let (names, ..) = names_of(&db, &homes, &everyone, Start::Before(previous.unwrap()), 2).await;
    assert_eq!(names, ["ada", "Bea"]);
    let search = |text: &str, active| UserQuery {
        search: text.to_owned(),
        active,
    };
    let (names, total, ..) = names_of(&db, &homes, &search("ÉC", None), Start::First, 9).await;
    assert_eq!((names, total), (vec!["ada".to_owned(), "dan".to_owned()], 2));
    let (names, ..) = names_of(&db, &homes, &search("", Some(false)), Start::First, 9).await;
    assert_eq!(names, ["Eve"]);
    let (names, ..) = names_of(&db, &homes, &search("e", Some(true)), Start::First, 9).await;
    assert_eq!(
        names,
        ["ada", "Bea", "CÉLINE", "dan"]
            .into_iter()
            .filter(|n| n.to_lowercase().contains('e') || *n == "dan")
            .collect::<Vec<_>>()
    );
    assert!(names_of(&db, &[], &everyone, Start::First, 9).await.0.is_empty());
}

async fn a_list_spans_directories(db: TestStore) {
    let (one, two, three) = (
        directory(&db, "a").await,
        directory(&db, "b").await,
        directory(&db, "c").await,
    );
    for (home, names) in [(&one, ["a", "d"]), (&two, ["b", "e"]), (&three, ["c", "f"])] {
        for name in names {
            user(&db, home, name).await;
            group(&db, home, &format!("g{name}")).await;
        }
    }
    let homes = [one, two];
    let (names, total, _, next) = names_of(&db, &homes, &UserQuery::default(), Start::First, 3).await;
    assert_eq!((names.concat(), total), ("abd".to_owned(), 4));
    let (names, ..) = names_of(&db, &homes, &UserQuery::default(), Start::After(next.unwrap()), 3).await;
    assert_eq!(names.concat(), "e");
    let homes = homes.to_vec();
    let groups = db
        .read_heavy(
            crate::support::operation!((homes: Vec<DirectoryId>) -> store::page::Page<groups::Group>, |tx| {
                groups::list(tx, homes, "G", &Start::First, 3).await
            }),
        )
        .await
        .unwrap();
    let names: Vec<_> = groups
        .rows
        .iter()
        .map(|group| group.display_name.as_str())
        .collect();
    assert_eq!(
        (names, groups.total, groups.has_next),
        (vec!["ga", "gb", "gd"], 4, true)
    );
}

async fn wildcards_in_a_search_stand_for_themselves(db: TestStore) {
    let home = directory(&db, "a").await;
    for name in ["50%", "5_%", "a\\b", "plain"] {
        user(&db, &home, name).await;
    }
    for (text, found) in [("%", 2), ("_", 1), ("\\", 1), ("50%", 1), ("%%", 0)] {
        let query = UserQuery {
            search: text.to_owned(),
            active: None,
        };
        assert_eq!(
            names_of(&db, std::slice::from_ref(&home), &query, Start::First, 9)
                .await
                .1,
            found,
            "{text}"
        );
    }
}
