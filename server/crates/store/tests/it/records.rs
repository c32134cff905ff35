//! Events, activity, signals: what happened.

use store::activity::{self, Activity, ActivityQuery, NewActivity, Origin, Outcome, SubjectKind};
use store::events::{self, Event, NewEvent};
use store::ids::{AppId, DirectoryId, EventId, OrganizationId};
use store::page::{Page, Start};
use store::signals::{self, Bump, Signal};
use store::testing::TestStore;
use store::{Store, StoreError};

use crate::support::{directory, operation, read, write};

store::on_both!(
    events_come_in_order,
    activity_is_filtered_and_paged,
    signals_remember_first_and_last,
    old_records_are_pruned,
);

fn event<'a>(id: &'a EventId, app: &'a AppId, organization: &'a OrganizationId, at: i64) -> NewEvent<'a> {
    NewEvent {
        id,
        app_id: app,
        organization_id: organization,
        directory_id: None,
        kind: "user.created",
        subject_id: Some("u1"),
        at,
        body: "{}",
    }
}

pub(crate) async fn some_events(store: &Store, from: i64, count: i64) -> Result<(), StoreError> {
    write!(store, (from: i64, count: i64) -> (), |tx| {
        let (app, organization) = (AppId::new("app_a"), OrganizationId::new("org_a"));
        let ids: Vec<EventId> = (*from..from + count).map(|number| EventId::new(format!("evt_{number}"))).collect();
        let all: Vec<NewEvent<'_>> =
            ids.iter().zip(*from..).map(|(id, at)| event(id, &app, &organization, at)).collect();
        let (first, rest) = all.split_first().unwrap();
        events::append(tx, first).await?;
        events::append_all(tx, rest).await
    })
}

pub(crate) async fn events_after(store: &Store, seq: i64, limit: i64) -> Vec<Event> {
    read!(store, (seq: i64, limit: i64) -> Vec<Event>, |tx| events::after(tx, *seq, *limit).await).unwrap()
}

/// Waits until the newest event there is can be read: on PostgreSQL, until what other databases of the same server were
/// writing at that moment is done.
pub(crate) async fn settled(store: &Store, newest: i64) {
    let now = || async move { read!(store, () -> i64, |tx| events::newest(tx).await).unwrap() };
    while now().await < newest {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
}

async fn events_come_in_order(db: TestStore) {
    settled(&db, 0).await;
    some_events(&db, 0, 60).await.unwrap();
    settled(&db, 60).await;
    let first = events_after(&db, 0, 25).await;
    let rest = events_after(&db, first.last().unwrap().seq, 100).await;
    let at: Vec<i64> = first.iter().chain(&rest).map(|event| event.at).collect();
    assert_eq!(at, (0..60).collect::<Vec<_>>());
    assert_eq!(
        (
            first[0].kind.as_str(),
            first[0].id.as_str(),
            first[0].subject_id.as_deref()
        ),
        ("user.created", "evt_0", Some("u1"))
    );
    assert!(events_after(&db, rest.last().unwrap().seq, 100).await.is_empty());
}

pub(crate) async fn some_activity(store: &Store, home: &DirectoryId, count: i64) {
    let home = home.clone();
    write!(store, (home: DirectoryId, count: i64) -> (), |tx| {
        let names: Vec<String> = (0..*count).map(|number| format!("User {number}")).collect();
        let entries: Vec<NewActivity<'_>> = names.iter().zip(0..).map(|(name, at)| entry(home, name, at)).collect();
        let (first, rest) = entries.split_first().unwrap();
        activity::append(tx, first).await?;
        activity::append_all(tx, rest).await
    })
    .unwrap();
}

fn entry<'a>(home: &'a DirectoryId, name: &'a str, at: i64) -> NewActivity<'a> {
    let failed = at % 3 == 2;
    NewActivity {
        directory_id: home,
        at,
        origin: Origin::Scim,
        action: if at % 2 == 0 { "create_user" } else { "find_user" },
        status: if failed { 503 } else { 201 },
        outcome: if failed { Outcome::Failed } else { Outcome::Ok },
        subject_kind: SubjectKind::User,
        subject_id: Some(name),
        subject_name: Some(name),
        count: 1,
        duration_us: 1_500,
        request: (at % 2 == 0).then_some("{}"),
        changes: None,
        ignored: None,
        reason: failed.then_some("the disk is full"),
        reference: failed.then_some(name),
    }
}

async fn ask(
    db: &TestStore,
    homes: &[DirectoryId],
    query: &ActivityQuery,
    start: Start<i64>,
    limit: usize,
) -> Page<Activity> {
    type Asked = (Vec<DirectoryId>, ActivityQuery, Start<i64>, usize);
    let asked: Asked = (homes.to_vec(), query.clone(), start, limit);
    let page = operation!((asked: Asked) -> Page<Activity>, |tx| {
        let (homes, query, start, limit) = asked;
        activity::page(tx, homes, query, start, *limit).await
    });
    db.read_heavy(page).await.unwrap()
}

async fn activity_is_filtered_and_paged(db: TestStore) {
    let (home, other) = (directory(&db, "a").await, directory(&db, "b").await);
    some_activity(&db, &home, 10).await;
    some_activity(&db, &other, 2).await;
    let homes = [home.clone()];
    let all = ActivityQuery::default();
    let at = |page: &Page<Activity>| page.rows.iter().map(|entry| entry.at).collect::<Vec<_>>();
    let first = ask(&db, &homes, &all, Start::First, 4).await;
    assert_eq!(
        (at(&first), first.total, first.has_previous, first.has_next),
        (vec![9, 8, 7, 6], 10, false, true)
    );
    let second = ask(&db, &homes, &all, Start::After(first.rows[3].seq), 4).await;
    assert_eq!(at(&second), [5, 4, 3, 2]);
    let back = ask(&db, &homes, &all, Start::Before(second.rows[0].seq), 4).await;
    assert_eq!((at(&back), back.has_previous), (vec![9, 8, 7, 6], false));
    let both = ask(&db, &[home.clone(), other], &all, Start::First, 3).await;
    assert_eq!((at(&both), both.total), (vec![1, 0, 9], 12));
    let count = |query: ActivityQuery| {
        let (db, homes) = (&db, homes.clone());
        async move { ask(db, &homes, &query, Start::First, 50).await.total }
    };
    let of = |change: &dyn Fn(&mut ActivityQuery)| {
        let mut query = ActivityQuery::default();
        change(&mut query);
        query
    };
    assert_eq!(count(of(&|q| q.outcome = Some(Outcome::Failed))).await, 3);
    assert_eq!(count(of(&|q| q.search = "USER 3".to_owned())).await, 1);
    assert_eq!(
        count(of(&|q| q.actions = vec!["create_user".to_owned()])).await,
        5
    );
    assert_eq!(
        count(of(
            &|q| q.without_actions = vec!["create_user".to_owned(), "x".to_owned()]
        ))
        .await,
        5
    );
    assert_eq!(count(of(&|q| q.subject_id = Some("User 3".to_owned()))).await, 1);
    assert_eq!(count(of(&|q| q.origin = Some(Origin::Console))).await, 0);
    let one = first.rows[1].clone();
    let (home2, seq) = (home.clone(), one.seq);
    let got = read!(db, (home2: DirectoryId, seq: i64) -> (Option<Activity>, Option<Activity>, usize, Option<Activity>), |tx| {
        Ok((
            activity::get(tx, home2, *seq).await?,
            activity::by_reference(tx, "User 8").await?,
            activity::of_subject(tx, home2, "User 8", 9).await?.len(),
            activity::last_sent(tx, home2, "User 8").await?,
        ))
    })
    .unwrap();
    assert_eq!(got, (Some(one.clone()), Some(one.clone()), 1, Some(one.clone())));
    let foreign = DirectoryId::new("dir_b");
    let hidden = read!(db, (foreign: DirectoryId, seq: i64) -> Option<Activity>, |tx| activity::get(tx, foreign, *seq).await);
    assert_eq!(hidden, Ok(None));
    assert_eq!(
        (one.status, one.outcome, one.reason.as_deref()),
        (503, Outcome::Failed, Some("the disk is full"))
    );
}

async fn signals_remember_first_and_last(db: TestStore) {
    let home = directory(&db, "a").await;
    let bump = |name: &str, at, detail: Option<&str>| Bump {
        directory_id: home.clone(),
        name: name.to_owned(),
        at,
        count: 2,
        detail: detail.map(str::to_owned),
    };
    let bumps = vec![
        bump("ok", 10, Some("a")),
        bump("ok", 5, None),
        bump("first_user", 7, None),
    ];
    write!(db, (bumps: Vec<Bump>) -> (), |tx| signals::bump(tx, bumps).await).unwrap();
    write!(db, (bumps: Vec<Bump>) -> (), |tx| signals::bump(tx, &bumps[..1]).await).unwrap();
    let list = read!(db, (home: DirectoryId) -> Vec<Signal>, |tx| signals::list(tx, home).await).unwrap();
    let ok = Signal {
        directory_id: home.clone(),
        name: "ok".to_owned(),
        first_at: 5,
        last_at: 10,
        count: 6,
        detail: Some("a".to_owned()),
    };
    assert_eq!(list[1], ok);
    assert_eq!(list.len(), 2);
    write!(db, (home: DirectoryId) -> (), |tx| signals::reset(tx, home, "ok").await).unwrap();
    let all = read!(db, () -> Vec<Signal>, |tx| signals::list_all(tx).await).unwrap();
    assert_eq!(all, list[..1]);
}

async fn old_records_are_pruned(db: TestStore) {
    let home = directory(&db, "a").await;
    some_events(&db, 0, 10).await.unwrap();
    some_activity(&db, &home, 10).await;
    let gone = write!(db, () -> (u64, u64, u64), |tx| {
        Ok((events::prune(tx, 4, 3).await?, events::prune(tx, 4, 3).await?, activity::prune(tx, 4, 100).await?))
    });
    assert_eq!(gone, Ok((3, 1, 4)));
    settled(&db, 10).await;
    let left = events_after(&db, 0, 100).await;
    assert_eq!(
        left.first().map(|event| (event.at, event.seq)),
        Some((4, 5)),
        "a number is never given twice"
    );
}
