//! SQL finds what the engine's evaluator finds: random rows, random filters, both databases.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use scim::filter::{CompareOp, Literal};
use scim::query::Sort;
use scim::schema::AttrPath;
use scim::{Filter, Map, ResourceType};
use serde_json::{Value, json};
use store::ids::{DirectoryId, GroupId, UserId};
use store::scim_list::{self, ScimList, ScimStart};
use store::testing::TestStore;
use store::{groups, members, users};

use crate::support::{directory, operation, write};

store::on_both!(
    users_are_found_as_the_engine_finds_them,
    groups_are_found_as_the_engine_finds_them
);

const FILTERS: usize = 1_500;
const ENDPOINT: &str = "https://rollcall.test/scim/v2/dir_a";

/// Texts that meet each other in every way: by case, by prefix, by wildcard.
const WORDS: [&str; 16] = [
    "anna",
    "Anna",
    "ANNA ",
    "ann",
    "anna@x.com",
    "ANNA@X.com",
    "50%",
    "5_%",
    "a\\b",
    "ß",
    "ss",
    "Éva",
    "éva",
    "x.com",
    "zoë",
    "a",
];

const USER_ATTRIBUTES: [&str; 25] = [
    "id",
    "userName",
    "externalId",
    "displayName",
    "active",
    "meta.created",
    "meta.lastModified",
    "meta.resourceType",
    "meta.version",
    "meta.location",
    "emails",
    "emails.value",
    "emails.type",
    "emails.primary",
    "groups",
    "groups.value",
    "groups.display",
    "title",
    "name.familyName",
    "schemas",
    "manager",
    "manager.value",
    "roles.value",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
    "urn:example:custom:2.0:User:rank",
];

const GROUP_ATTRIBUTES: [&str; 11] = [
    "id",
    "displayName",
    "externalId",
    "meta.created",
    "meta.resourceType",
    "members",
    "members.value",
    "members.type",
    "members.display",
    "schemas",
    "meta.lastModified",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(&WORDS[..]).prop_map(str::to_owned),
        "[a-c%_ ]{0,3}"
    ]
}

fn id() -> impl Strategy<Value = String> {
    (0..12_u8).prop_map(|number| format!("id{number:02}"))
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        6 => word().prop_map(Literal::String),
        3 => id().prop_map(Literal::String),
        2 => any::<bool>().prop_map(Literal::Bool),
        2 => (0..5_i64).prop_map(|n| Literal::String(format!("2026-01-0{}T00:00:00Z", n + 1))),
        1 => Just(Literal::Null),
        1 => proptest::sample::select(&["User", "user", "Group", "device", "W/\"1\"", "work"][..])
            .prop_map(|text| Literal::String(text.to_owned())),
    ]
}

fn operator() -> impl Strategy<Value = CompareOp> {
    prop_oneof![2 => Just(CompareOp::Eq), 5 => proptest::sample::select(&CompareOp::ALL[..])]
}

fn leaf(attributes: &'static [&'static str]) -> impl Strategy<Value = Filter> {
    let path = proptest::sample::select(attributes).prop_map(|name| AttrPath::parse(name).unwrap());
    prop_oneof![
        1 => path.clone().prop_map(Filter::Present),
        8 => (path, operator(), literal()).prop_map(|(path, op, value)| Filter::Compare { path, op, value }),
    ]
}

fn tree(leaf: impl Strategy<Value = Filter> + 'static) -> impl Strategy<Value = Filter> {
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Filter::And),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}

fn each(attribute: &'static str, subs: &'static [&'static str]) -> impl Strategy<Value = Filter> {
    tree(leaf(subs)).prop_map(move |filter| Filter::Each {
        path: AttrPath::attr(attribute),
        filter: Box::new(filter),
    })
}

fn user_filter() -> impl Strategy<Value = Filter> {
    tree(prop_oneof![
        8 => leaf(&USER_ATTRIBUTES),
        1 => each("emails", &["value", "type", "primary"]),
        1 => each("groups", &["value", "display"]),
    ])
}

fn group_filter() -> impl Strategy<Value = Filter> {
    tree(prop_oneof![
        6 => leaf(&GROUP_ATTRIBUTES),
        2 => each("members", &["value", "type", "display"]),
    ])
}

/// A user as a provider sends it, without empty values, as the engine stores it.
fn user_body() -> impl Strategy<Value = Value> {
    let email = (
        word(),
        proptest::sample::select(&["work", "home"][..]),
        any::<bool>(),
    )
        .prop_map(|(value, kind, primary)| json!({"value": value, "type": kind, "primary": primary}));
    (
        word(),
        proptest::option::of(word()),
        proptest::option::of(prop_oneof![word(), id()]),
        any::<Option<bool>>(),
        proptest::collection::vec(email, 0..3),
        proptest::option::of(word()),
        proptest::option::of(id()),
    )
        .prop_map(
            |(user_name, display_name, external_id, active, emails, title, manager)| {
                let mut body =
                    json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": user_name});
                let mut set = |name: &str, value: Option<Value>| {
                    if let Some(value) = value {
                        body[name] = value;
                    }
                };
                set("displayName", display_name.map(Value::from));
                set("externalId", external_id.map(Value::from));
                set("active", active.map(Value::from));
                set("emails", (!emails.is_empty()).then(|| Value::from(emails)));
                set("title", title.clone().map(Value::from));
                set("name", title.clone().map(|name| json!({"familyName": name})));
                let enterprise = manager.map(|id| json!({"department": title, "manager": {"value": id}}));
                set(
                    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
                    enterprise,
                );
                set(
                    "urn:Example:custom:2.0:User",
                    title.map(|rank| json!({"Rank": rank})),
                );
                body
            },
        )
}

fn sample<S: Strategy>(runner: &mut TestRunner, strategy: &S) -> S::Value {
    strategy.new_tree(runner).unwrap().current()
}

/// Filters that mean something, with their meaning.
fn filters(
    runner: &mut TestRunner,
    strategy: &impl Strategy<Value = Filter>,
    resource: ResourceType,
) -> Vec<Filter> {
    let mut all = Vec::new();
    while all.len() < FILTERS {
        all.extend(sample(runner, strategy).resolve(resource));
    }
    all
}

fn micros(day: i64) -> i64 {
    scim::filter::micros_of_date_time("2026-01-01T00:00:00Z").unwrap() + day * 86_400_000_000
}

fn text<'a>(body: &'a Value, name: &str) -> Option<&'a str> {
    body.get(name).and_then(Value::as_str)
}

async fn insert_user(db: &TestStore, home: &DirectoryId, id: &str, body: &Value, at: i64) -> bool {
    let (home, id, body) = (home.clone(), UserId::new(id), body.clone());
    let inserted = write!(db, (home: DirectoryId, id: UserId, body: Value, at: i64) -> (), |tx| {
        let attributes = body.as_object().unwrap();
        let emails: Vec<&str> = scim::resource::emails(attributes).map(|email| email.value).collect();
        let fields = users::UserFields {
            user_name: text(body, "userName").unwrap(),
            external_id: text(body, "externalId"),
            display_name: text(body, "displayName"),
            emails: &emails,
            active: scim::resource::active(attributes),
            body: &body.to_string(),
        };
        users::insert(tx, home, id, &fields, *at).await
    });
    // Random names collide by case now and then.
    inserted.is_ok()
}

async fn insert_group(
    db: &TestStore,
    home: &DirectoryId,
    id: &str,
    name: &str,
    external: Option<String>,
    ids: &[String],
) {
    let (home, id, name) = (home.clone(), GroupId::new(id), name.to_owned());
    let ids = ids.to_vec();
    let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name});
    let mut body = body;
    if let Some(external) = &external {
        body["externalId"] = external.as_str().into();
    }
    let body = body.to_string();
    write!(db, (home: DirectoryId, id: GroupId, name: String, external: Option<String>, ids: Vec<String>, body: String) -> (), |tx| {
        let fields = groups::GroupFields { display_name: name, external_id: external.as_deref(), body };
        groups::insert(tx, home, id, &fields, micros(2)).await?;
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        members::add(tx, home, id, &ids, 5).await.map(drop)
    })
    .unwrap();
}

/// What the engine is shown of each resource, in the order of arrival.
struct World {
    home: DirectoryId,
    users: Vec<(String, Map)>,
    groups: Vec<(String, Map)>,
}

fn seen(
    mut body: Value,
    id: &str,
    kind: ResourceType,
    at: i64,
    related: (&str, Vec<Value>),
) -> (String, Map) {
    let at = format!("2026-01-0{}T00:00:00Z", at + 1);
    body["id"] = id.into();
    body["meta"] = json!({
        "resourceType": kind.name(), "created": at, "lastModified": at, "version": "W/\"1\"",
        "location": format!("{ENDPOINT}/{}/{id}", kind.endpoint()),
    });
    if !related.1.is_empty() {
        body[related.0] = Value::from(related.1);
    }
    let Value::Object(map) = body else {
        panic!("a body is an object")
    };
    (id.to_owned(), map)
}

/// Two directories of random rows with the same ids of nothing in common; the first one's, as the engine sees it.
async fn world(db: &TestStore, runner: &mut TestRunner) -> World {
    let (home, other) = (directory(db, "a").await, directory(db, "b").await);
    let mut bodies = Vec::new();
    for number in 0..40 {
        let (id, body, day) = (format!("id{number:02}"), sample(runner, &user_body()), number % 5);
        let foreign = sample(runner, &user_body());
        insert_user(db, &other, &format!("other{number}"), &foreign, micros(day)).await;
        if insert_user(db, &home, &id, &body, micros(day)).await {
            bodies.push((id, body, day));
        }
    }
    let mut groups = Vec::new();
    for number in 0..12 {
        let id = format!("group{number:02}");
        let (name, external) = (
            sample(runner, &word()),
            sample(runner, &proptest::option::of(id_or_word())),
        );
        let wanted = proptest::collection::vec(0..40_usize, 0..6);
        let mut ids: Vec<String> = sample(runner, &wanted)
            .into_iter()
            .map(|n| format!("id{n:02}"))
            .collect();
        if number > 0 {
            ids.push(format!("group{:02}", number - 1));
        }
        ids.retain(|id| id.starts_with("group") || bodies.iter().any(|(known, ..)| known == id));
        ids.sort();
        ids.dedup();
        insert_group(db, &home, &id, &name, external.clone(), &ids).await;
        groups.push((id, name, external, ids));
    }
    World {
        users: seen_users(&bodies, &groups),
        groups: seen_groups(&bodies, &groups),
        home,
    }
}

fn id_or_word() -> impl Strategy<Value = String> {
    prop_oneof![word(), id()]
}

type RawGroup = (String, String, Option<String>, Vec<String>);

fn seen_users(bodies: &[(String, Value, i64)], groups: &[RawGroup]) -> Vec<(String, Map)> {
    let of = |id: &str| -> Vec<Value> {
        let mine = groups
            .iter()
            .filter(|group| group.3.iter().any(|member| member == id));
        mine.map(|group| json!({"value": group.0, "display": group.1, "type": "direct"}))
            .collect()
    };
    bodies
        .iter()
        .map(|(id, body, day)| seen(body.clone(), id, ResourceType::User, *day, ("groups", of(id))))
        .collect()
}

fn seen_groups(bodies: &[(String, Value, i64)], groups: &[RawGroup]) -> Vec<(String, Map)> {
    let member = |id: &String| {
        if let Some((_, body, _)) = bodies.iter().find(|(user, ..)| user == id) {
            let display = text(body, "displayName").or(text(body, "userName"));
            return json!({"value": id, "type": "User", "display": display});
        }
        let name = groups.iter().find(|group| group.0 == *id).map(|group| &group.1);
        json!({"value": id, "type": "Group", "display": name})
    };
    let all = groups.iter().map(|(id, name, external, ids)| {
        let mut body =
            json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name});
        if let Some(external) = external {
            body["externalId"] = external.as_str().into();
        }
        seen(
            body,
            id,
            ResourceType::Group,
            2,
            ("members", ids.iter().map(member).collect()),
        )
    });
    all.collect()
}

fn expected(rows: &[(String, Map)], filter: &Filter) -> Vec<String> {
    rows.iter()
        .filter(|(_, map)| filter.matches(map))
        .map(|(id, _)| id.clone())
        .collect()
}

async fn users_are_found_as_the_engine_finds_them(db: TestStore) {
    let mut runner = TestRunner::deterministic();
    let world = world(&db, &mut runner).await;
    let mut found = 0;
    for filter in filters(&mut runner, &user_filter(), ResourceType::User) {
        let expected = expected(&world.users, &filter);
        let (home, asked) = (world.home.clone(), filter.clone());
        let page = db
            .read(
                operation!((home: DirectoryId, asked: Filter) -> scim_list::ScimPage<users::User>, |tx| {
                    scim_list::users(tx, home, &all(asked)).await
                }),
            )
            .await
            .unwrap();
        let ids: Vec<&str> = page.rows.iter().map(|user| user.id.as_str()).collect();
        assert_eq!(ids, expected, "{filter}");
        assert_eq!(page.total, expected.len(), "{filter}");
        found += usize::from(!ids.is_empty() && ids.len() < world.users.len());
    }
    assert!(found > FILTERS / 5, "only {found} filters told users apart");
    orders(&db, &world).await;
}

async fn groups_are_found_as_the_engine_finds_them(db: TestStore) {
    let mut runner = TestRunner::deterministic();
    let world = world(&db, &mut runner).await;
    let mut found = 0;
    for filter in filters(&mut runner, &group_filter(), ResourceType::Group) {
        let expected = expected(&world.groups, &filter);
        let (home, asked) = (world.home.clone(), filter.clone());
        let page = db
            .read(
                operation!((home: DirectoryId, asked: Filter) -> scim_list::ScimPage<groups::Group>, |tx| {
                    scim_list::groups(tx, home, &all(asked)).await
                }),
            )
            .await
            .unwrap();
        let ids: Vec<&str> = page.rows.iter().map(|group| group.id.as_str()).collect();
        assert_eq!(ids, expected, "{filter}");
        found += usize::from(!ids.is_empty() && ids.len() < world.groups.len());
    }
    assert!(found > FILTERS / 10, "only {found} filters told groups apart");
}

fn all(filter: &Filter) -> ScimList<'_> {
    ScimList {
        filter: Some(filter),
        sort: None,
        start: ScimStart::Skip(0),
        limit: 1_000,
        endpoint: ENDPOINT,
    }
}

/// Whatever the order and however one pages, each user comes once and in that order.
async fn orders(db: &TestStore, world: &World) {
    for name in [
        "none",
        "userName",
        "displayName",
        "externalId",
        "id",
        "meta.created",
        "title",
        "emails",
        "active",
    ] {
        for descending in [false, true] {
            let path = AttrPath::parse(name).unwrap().resolve(ResourceType::User);
            let sort = path.map(|path| Sort {
                path: value_of(path),
                descending,
            });
            for filter in ["active eq true", "title pr or active eq true"] {
                let filter = Filter::parse(filter)
                    .unwrap()
                    .resolve(ResourceType::User)
                    .unwrap();
                let whole = walk(db, world, &filter, sort.as_ref(), 1_000).await;
                assert_eq!(
                    walk(db, world, &filter, sort.as_ref(), 3).await,
                    whole,
                    "{name} {descending}"
                );
                let mut ids = whole.clone();
                ids.sort();
                let mut expected = expected(&world.users, &filter);
                expected.sort();
                assert_eq!(ids, expected, "{name}");
                let by_index = skip(db, world, &filter, sort.as_ref()).await;
                assert_eq!(by_index, whole, "{name} {descending} by index");
            }
        }
    }
}

/// As the engine's query does for an attribute that is complex.
fn value_of(path: AttrPath) -> AttrPath {
    match path.attr.as_str() {
        "emails" => AttrPath::parse("emails.value")
            .unwrap()
            .resolve(ResourceType::User)
            .unwrap(),
        _ => path,
    }
}

async fn walk(
    db: &TestStore,
    world: &World,
    filter: &Filter,
    sort: Option<&Sort>,
    limit: usize,
) -> Vec<String> {
    let (mut ids, mut place) = (Vec::new(), None);
    loop {
        let page = ask(db, world, filter, sort, place.clone(), 0, limit).await;
        ids.extend(page.rows.iter().map(|user| user.id.as_str().to_owned()));
        place = page.next;
        if place.is_none() {
            assert_eq!(page.total, ids.len());
            return ids;
        }
    }
}

async fn skip(db: &TestStore, world: &World, filter: &Filter, sort: Option<&Sort>) -> Vec<String> {
    let mut ids = Vec::new();
    loop {
        let page = ask(db, world, filter, sort, None, ids.len(), 4).await;
        if page.rows.is_empty() {
            assert_eq!(page.total, ids.len());
            return ids;
        }
        ids.extend(page.rows.iter().map(|user| user.id.as_str().to_owned()));
    }
}

async fn ask(
    db: &TestStore,
    world: &World,
    filter: &Filter,
    sort: Option<&Sort>,
    place: Option<String>,
    skip: usize,
    limit: usize,
) -> scim_list::ScimPage<users::User> {
    let (home, filter, sort) = (world.home.clone(), filter.clone(), sort.cloned());
    type Asked = (Filter, Option<Sort>, Option<String>, usize, usize);
    let asked: Asked = (filter, sort, place, skip, limit);
    db.read(operation!((home: DirectoryId, asked: Asked) -> scim_list::ScimPage<users::User>, |tx| {
        let (filter, sort, place, skip, limit) = asked;
        let start = place.as_deref().map_or(ScimStart::Skip(*skip), ScimStart::After);
        let list = ScimList { filter: Some(filter), sort: sort.as_ref(), start, limit: *limit, endpoint: ENDPOINT };
        scim_list::users(tx, home, &list).await
    }))
    .await
    .unwrap()
}
