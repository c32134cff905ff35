//! The threats the engine answers, each by its number (`threats.md`), from outside.

use scim::{
    Error, Filter, ListQuery, Patch, Projection, Reason, ResourceType, ScimType, discovery, fold, limits,
    page::page_size,
    patch::MemberOp,
    resource::{MemberRef, parse_group, parse_user},
    schema::{Returned, SCHEMAS},
};
use serde_json::{Map, Value, json};

fn user(body: &Value) -> scim::Result<scim::resource::Parsed> {
    parse_user(body.to_string().as_bytes())
}

fn patch(resource: ResourceType, operations: Value) -> scim::Result<Patch> {
    Patch::parse(json!({"Operations": operations}).to_string().as_bytes(), resource)
}

fn refusal<T: std::fmt::Debug>(result: scim::Result<T>) -> (u16, Option<ScimType>) {
    let error = result.expect_err("should be refused");
    (error.status, error.scim_type)
}

/// Names that reach for what is ours: ids, tenancy, rights, prototypes, and 500 that nobody knows.
fn reaching_names() -> Vec<String> {
    let ours = [
        "id",
        "ID",
        "groups",
        "org",
        "organization_id",
        "organizationId",
        "directory",
        "directory_id",
        "app",
        "tenant",
        "role",
        "owner",
        "isAdmin",
        "admin",
        "deleted",
        "version",
        "created",
        "password",
        "Password",
        "__proto__",
        "constructor",
        "prototype",
        "__proto__.admin",
        "meta.version",
        "groups.value",
        "constructor.prototype",
    ];
    ours.into_iter()
        .map(str::to_owned)
        .chain((0..500).map(|i| format!("unknown{i}")))
        .collect()
}

#[test]
fn t14_t15_values_set_no_login() {
    let parsed = user(
        &json!({"userName": "jane", "password": "hunter2", "emails": [{"value": "a@b", "verified": true}]}),
    )
    .unwrap();
    let kept = Value::Object(parsed.attributes).to_string();
    assert!(!kept.contains("hunter2") && !kept.contains("verified"), "{kept}");
    assert!(format!("{:?}", parsed.ignored).contains("Password"));
    assert!(
        !format!("{:?}", parsed.ignored).contains("hunter2"),
        "the record of it has no secret"
    );
    let patch = patch(
        ResourceType::User,
        json!([{"op": "add", "path": "password", "value": "hunter2"}]),
    )
    .unwrap();
    assert!(!format!("{patch:?}").contains("hunter2"));
}

#[test]
fn t16_the_external_id_is_opaque_text() {
    for external_id in [
        "1",
        "0",
        "0190f6a0-7b1c-7d2e-8f3a-4b5c6d7e8f90",
        "AbC",
        "' OR 1=1 --",
    ] {
        let parsed = user(&json!({"userName": "jane", "externalId": external_id})).unwrap();
        assert_eq!(scim::resource::external_id(&parsed.attributes), Some(external_id));
    }
    assert_eq!(
        refusal(user(&json!({"userName": "jane", "externalId": 1}))),
        (400, Some(ScimType::InvalidValue))
    );
}

#[test]
fn t17_a_body_cannot_reach_what_is_ours() {
    let plain = user(&json!({"userName": "jane"})).unwrap().attributes;
    let mut body = Map::from_iter([("userName".to_owned(), json!("jane"))]);
    for name in reaching_names() {
        if !body.keys().any(|known| known.eq_ignore_ascii_case(&name)) {
            body.insert(name, json!({"admin": true}));
        }
    }
    assert_eq!(user(&Value::Object(body)).unwrap().attributes, plain);
}

#[test]
fn t17_a_patch_cannot_reach_what_is_ours() {
    let before = user(&json!({"userName": "jane"})).unwrap().attributes;
    for name in reaching_names() {
        for operation in [
            json!({"op": "add", "path": name, "value": "x"}),
            json!({"op": "replace", "path": name, "value": {"value": "x"}}),
            json!({"op": "remove", "path": name}),
            json!({"op": "add", "value": {name.clone(): "x"}}),
        ] {
            match patch(ResourceType::User, json!([operation])) {
                Ok(patch) => assert_eq!(patch.apply(&before).unwrap().after, before, "{operation}"),
                Err(error) => assert_eq!(error.status, 400, "{operation}"),
            }
        }
    }
}

#[test]
fn t18_groups_and_roles_are_only_data() {
    let parsed =
        user(&json!({"userName": "jane", "groups": [{"value": "owners"}], "roles": ["owner"]})).unwrap();
    assert!(!parsed.attributes.contains_key("groups"));
    assert_eq!(parsed.attributes["roles"], json!([{"value": "owner"}]));
}

#[test]
fn t22_deep_long_and_broad_filters_are_refused() {
    for count in [11, 100, 1000, 100_000] {
        for (open, close) in [("(", ")"), ("not(", ")"), ("not (", ")")] {
            let filter = format!("{}a pr{}", open.repeat(count), close.repeat(count));
            assert_eq!(
                refusal(Filter::parse(&filter)),
                (400, Some(ScimType::InvalidFilter))
            );
        }
        assert_eq!(
            refusal(Filter::parse(&"(".repeat(count))),
            (400, Some(ScimType::InvalidFilter))
        );
        assert_eq!(
            refusal(Filter::parse(&"a[".repeat(count))),
            (400, Some(ScimType::InvalidFilter))
        );
    }
    let broad = vec!["a pr"; limits::MAX_FILTER_COMPARISONS + 1].join(" and ");
    assert_eq!(
        refusal(Filter::parse(&broad)),
        (400, Some(ScimType::InvalidFilter))
    );
}

#[test]
fn t22_the_filter_of_a_path_has_the_same_limits() {
    let before = user(&json!({"userName": "jane"})).unwrap().attributes;
    let deep = format!("emails[{}type pr{}].value", "(".repeat(50), ")".repeat(50));
    let operations = json!([
        {"op": "replace", "path": deep, "value": "x"},
        {"op": "replace", "path": "x".repeat(100_000), "value": "x"},
        {"op": "replace", "path": "active", "value": "False"},
    ]);
    let applied = patch(ResourceType::User, operations)
        .unwrap()
        .apply(&before)
        .unwrap();
    assert_eq!(applied.touched, ["active"]);
    assert_eq!(applied.ignored.len(), 2);
}

#[test]
fn t23_a_patch_is_bounded() {
    let operations = |count: usize| {
        Value::from_iter(vec![
            json!({"op": "replace", "path": "title", "value": "x"});
            count
        ])
    };
    assert!(patch(ResourceType::User, operations(limits::MAX_PATCH_OPERATIONS)).is_ok());
    let one_more = operations(limits::MAX_PATCH_OPERATIONS + 1);
    assert_eq!(
        refusal(patch(ResourceType::User, one_more)),
        (400, Some(ScimType::TooMany))
    );
    let members = |count: usize| json!([{"op": "add", "path": "members", "value": vec!["m"; count]}]);
    assert!(patch(ResourceType::Group, members(limits::MAX_MEMBERS_PER_OPERATION)).is_ok());
    let one_more = members(limits::MAX_MEMBERS_PER_OPERATION + 1);
    assert_eq!(
        refusal(patch(ResourceType::Group, one_more)),
        (400, Some(ScimType::TooMany))
    );
}

#[test]
fn t23_many_operations_on_a_long_list_stay_bounded() {
    let emails: Vec<Value> = (0..limits::MAX_VALUES)
        .map(|i| json!({"value": format!("{i}@x"), "type": "work"}))
        .collect();
    let before = user(&json!({"userName": "jane", "emails": emails}))
        .unwrap()
        .attributes;
    let operations: Vec<Value> = (0..limits::MAX_PATCH_OPERATIONS)
        .map(|i| json!({"op": "replace", "path": format!("emails[value eq \"{}@x\"].display", i % 500), "value": "d"}))
        .collect();
    let applied = patch(ResourceType::User, Value::Array(operations))
        .unwrap()
        .apply(&before)
        .unwrap();
    assert_eq!(applied.touched, ["emails"]);
    assert_eq!(
        applied.after["emails"].as_array().unwrap().len(),
        limits::MAX_VALUES
    );
}

#[test]
fn t24_only_listed_attributes_can_be_asked() {
    for hidden in [
        "password",
        "org",
        "directory_id",
        "deleted",
        "rowid",
        "attributes",
        "token",
        "id; drop table users",
    ] {
        let query = format!("filter={}+pr", hidden.replace(' ', "+"));
        let result = ListQuery::parse(Some(&query), ResourceType::User);
        assert_eq!(refusal(result), (400, Some(ScimType::InvalidFilter)), "{hidden}");
        let result = ListQuery::parse(
            Some(&format!("sortBy={}", hidden.replace(' ', "+"))),
            ResourceType::User,
        );
        assert_eq!(refusal(result), (400, Some(ScimType::InvalidValue)), "{hidden}");
    }
}

#[test]
fn t25_no_refusal_repeats_the_input() {
    let script = "<script>alert(1)</script>";
    let errors: Vec<Error> = vec![
        Filter::parse(script).unwrap_err(),
        Filter::parse(&format!("userName eq {script}")).unwrap_err(),
        ListQuery::parse(Some(&format!("filter={script}")), ResourceType::User).unwrap_err(),
        ListQuery::parse(Some(&format!("sortBy={script}")), ResourceType::User).unwrap_err(),
        user(&json!({"userName": {script: script}})).unwrap_err(),
        parse_user(format!("{{\"{script}\":1,\"{script}\":2}}").as_bytes()).unwrap_err(),
        parse_user(script.as_bytes()).unwrap_err(),
        patch(ResourceType::User, json!([{"op": script}])).unwrap_err(),
        patch(
            ResourceType::User,
            json!([{"op": "add", "path": script, "value": script}]),
        )
        .unwrap_err(),
    ];
    for error in errors {
        let body = String::from_utf8(error.to_json()).unwrap();
        assert!(!body.contains("script") && !body.contains("alert"), "{body}");
    }
}

#[test]
fn t27_deep_and_large_bodies_are_refused() {
    let deep = |levels: usize| format!("{{\"x\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
    assert_eq!(
        refusal(parse_user(deep(64).as_bytes())),
        (400, Some(ScimType::InvalidSyntax))
    );
    assert_eq!(
        refusal(parse_user(deep(1_000_000 / 2).as_bytes())),
        (400, Some(ScimType::InvalidSyntax))
    );
    let large = format!("{{\"userName\":\"{}\"}}", "x".repeat(limits::MAX_BODY_BYTES));
    assert_eq!(refusal(parse_user(large.as_bytes())), (413, None));
    assert_eq!(
        refusal(Patch::parse(large.as_bytes(), ResourceType::User)),
        (413, None)
    );
    assert_eq!(
        refusal(ListQuery::from_search_body(large.as_bytes(), ResourceType::User)),
        (413, None)
    );
    assert_eq!(
        refusal(scim::bulk::BulkRequest::parse(large.as_bytes())),
        (413, None)
    );
}

#[test]
fn t28_a_name_twice_is_refused_wherever_it_stands() {
    for body in [
        r#"{"userName":"a","userName":"b"}"#,
        r#"{"userName":"a","USERNAME":"b"}"#,
        r#"{"userName":"a","emails":[{"value":"x","Value":"y"}]}"#,
        r#"{"userName":"a","name":{"givenName":"x","GIVENNAME":"y"}}"#,
    ] {
        assert_eq!(
            refusal(parse_user(body.as_bytes())),
            (400, Some(ScimType::InvalidSyntax)),
            "{body}"
        );
    }
    for body in [
        r#"{"Operations":[],"operations":[]}"#,
        r#"{"Operations":[{"op":"add","OP":"remove","path":"title","value":"x"}]}"#,
        r#"{"Operations":[{"op":"add","value":{"title":"x","TITLE":"y"}}]}"#,
    ] {
        let result = Patch::parse(body.as_bytes(), ResourceType::User);
        assert_eq!(refusal(result), (400, Some(ScimType::InvalidSyntax)), "{body}");
    }
}

#[test]
fn t29_every_attribute_filters_or_refuses() {
    for (resource, schema) in [
        (ResourceType::User, 0),
        (ResourceType::Group, 1),
        (ResourceType::User, 2),
    ] {
        for attribute in SCHEMAS[schema].attributes {
            let subs = attribute
                .sub_attributes
                .iter()
                .map(|sub| format!("{}:{}.{}", SCHEMAS[schema].id, attribute.name, sub.name));
            let names = subs.chain([format!("{}:{}", SCHEMAS[schema].id, attribute.name)]);
            for name in names {
                let resolved = Filter::parse(&format!("{name} pr")).unwrap().resolve(resource);
                let hidden = attribute.returned == Returned::Never
                    || attribute
                        .sub_attributes
                        .iter()
                        .any(|sub| sub.returned == Returned::Never && name.ends_with(sub.name));
                assert_eq!(resolved.is_err(), hidden, "{name}");
            }
        }
    }
    for unknown in ["mail", "username2", "name.first", "emails.address", "x"] {
        let resolved = Filter::parse(&format!("{unknown} eq \"x\""))
            .unwrap()
            .resolve(ResourceType::User);
        assert_eq!(
            refusal(resolved),
            (400, Some(ScimType::InvalidFilter)),
            "{unknown}"
        );
    }
}

#[test]
fn t32_a_patch_that_fails_at_its_end_has_done_nothing() {
    let before = user(&json!({"userName": "jane", "active": true}))
        .unwrap()
        .attributes;
    let kept = before.clone();
    for bad in [
        json!({"op": "replace", "path": "userName", "value": null}),
        json!({"op": "replace", "path": "title", "value": {"x": 1}}),
        json!({"op": "destroy", "path": "title"}),
        json!({"op": "add", "path": "emails", "value": vec!["x"; 501]}),
    ] {
        let operations = json!([
            {"op": "replace", "path": "active", "value": "False"},
            {"op": "replace", "path": "displayName", "value": "J"},
            bad,
        ]);
        let result = patch(ResourceType::User, operations).and_then(|patch| patch.apply(&before));
        assert!(result.is_err(), "{bad}");
        assert_eq!(before, kept);
    }
}

#[test]
fn t34_what_is_advertised_is_what_is_enforced() {
    let config = discovery::service_provider_config("https://x");
    let number = |pointer: &str| usize::try_from(config.pointer(pointer).unwrap().as_u64().unwrap()).unwrap();
    assert_eq!(
        page_size(Some(number("/filter/maxResults") + 1)),
        number("/filter/maxResults")
    );
    assert_eq!(page_size(None), number("/pagination/defaultPageSize"));
    let deletes = |count: usize| {
        let operations: Vec<Value> = (0..count)
            .map(|i| json!({"method": "DELETE", "path": format!("/Users/{i}")}))
            .collect();
        scim::bulk::BulkRequest::parse(json!({"Operations": operations}).to_string().as_bytes())
    };
    assert!(deletes(number("/bulk/maxOperations")).is_ok());
    assert_eq!(refusal(deletes(number("/bulk/maxOperations") + 1)).0, 413);
    let life = i64::try_from(number("/pagination/cursorTimeout")).unwrap();
    let word = scim::page::Cursor {
        after: "a".into(),
        fingerprint: 1,
        issued: 1000,
    }
    .encode();
    assert!(scim::page::Cursor::decode(&word, 1, 1000 + life).is_ok());
    assert_eq!(
        refusal(scim::page::Cursor::decode(&word, 1, 1001 + life)).1,
        Some(ScimType::ExpiredCursor)
    );
}

#[test]
fn t35_control_characters_are_refused() {
    for control in (0..0x20_u32).chain([0x7F]).filter_map(char::from_u32) {
        let name = format!("a{control}b");
        assert_eq!(
            refusal(user(&json!({"userName": name}))),
            (400, Some(ScimType::InvalidValue)),
            "{control:?}"
        );
        let result = patch(
            ResourceType::User,
            json!([{"op": "add", "path": "displayName", "value": name}]),
        );
        assert_eq!(
            refusal(result),
            (400, Some(ScimType::InvalidValue)),
            "{control:?}"
        );
        let result = parse_group(json!({"displayName": name}).to_string().as_bytes());
        assert_eq!(
            refusal(result),
            (400, Some(ScimType::InvalidValue)),
            "{control:?}"
        );
    }
}

#[test]
fn t35_names_collide_by_one_documented_fold() {
    let same = [
        ("Jane", "jane"),
        ("jane ", "jane"),
        ("ja\u{202E}ne", "jane"),
        ("ΟΔΟΣ", "οδος"),
        ("ẞ", "ß"),
        ("\u{212A}", "k"),
    ];
    let different = [
        ("ı", "i"),
        ("İ", "i"),
        ("ß", "ss"),
        ("é", "e\u{301}"),
        ("а", "a"),
        ("ja ne", "jane"),
    ];
    for (a, b) in same {
        assert_eq!(fold(a), fold(b), "{a:?} {b:?}");
    }
    for (a, b) in different {
        assert_ne!(fold(a), fold(b), "{a:?} {b:?}");
    }
}

#[test]
fn t36_references_are_only_names() {
    let ring = json!([{"op": "add", "path": "members", "value": [
        {"value": "g1", "type": "Group", "$ref": "https://elsewhere/Groups/g1"},
        {"value": "g1", "type": "Group", "$ref": "file:///etc/passwd"},
    ]}]);
    let member = MemberRef {
        value: "g1".into(),
        display: None,
        kind: Some(ResourceType::Group),
    };
    assert_eq!(
        patch(ResourceType::Group, ring).unwrap().members(),
        [MemberOp::Add(vec![member.clone(), member])]
    );
    let parsed =
        user(&json!({"userName": "jane", "manager": {"value": "jane", "$ref": "https://elsewhere/Users/1"}}))
            .unwrap();
    assert!(!Value::Object(parsed.attributes).to_string().contains("elsewhere"));
}

#[test]
fn t37_members_are_not_even_wanted_when_they_are_excluded() {
    let query = ListQuery::parse(Some("excludedAttributes=members"), ResourceType::Group).unwrap();
    assert!(!query.projection.wants("members"));
    assert!(Projection::default().wants("members"));
}

#[test]
fn t39_every_refusal_is_a_scim_body() {
    let garbage: [&[u8]; 6] = [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{\"Operations\":1}",
        b"null",
        b"{\"userName\":1}",
    ];
    for body in garbage {
        let errors = [
            parse_user(body).map(drop).unwrap_err(),
            parse_group(body).map(drop).unwrap_err(),
            Patch::parse(body, ResourceType::User).map(drop).unwrap_err(),
            scim::bulk::BulkRequest::parse(body).map(drop).unwrap_err(),
        ];
        for error in errors {
            let sent: Value = serde_json::from_slice(&error.to_json()).unwrap();
            assert_eq!(
                sent["schemas"],
                json!(["urn:ietf:params:scim:api:messages:2.0:Error"])
            );
            assert_eq!(sent["status"], json!(error.status.to_string()));
            assert!((400..500).contains(&error.status));
            assert!(sent["detail"].as_str().unwrap().ends_with('.'), "{sent}");
        }
    }
}

#[test]
fn t92_a_parameter_given_twice_is_refused() {
    for query in [
        "filter=title+pr&filter=userName+pr",
        "count=1&count=100",
        "startIndex=1&startIndex=1",
        "cursor=a&cursor=b",
        "sortBy=id&SORTBY=id",
    ] {
        let result = ListQuery::parse(Some(query), ResourceType::User);
        assert_eq!(refusal(result), (400, Some(ScimType::InvalidValue)), "{query}");
    }
}

#[test]
fn what_is_ignored_is_recorded_with_its_reason() {
    let parsed = user(&json!({"userName": "jane", "shoeSize": 42, "id": "x", "password": "y"})).unwrap();
    let reasons: Vec<Reason> = parsed.ignored.iter().map(|entry| entry.reason).collect();
    assert_eq!(reasons, [Reason::Unknown, Reason::ReadOnly, Reason::Password]);
}
