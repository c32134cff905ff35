//! The documents that clients read, as they are.

use insta::{assert_json_snapshot, assert_snapshot};
use scim::{
    Filter, ListQuery, Patch, ResourceType, discovery, page,
    resource::{parse_group, parse_user},
};
use serde_json::{Value, json};

const BASE: &str = "https://rollcall.example/scim/v2/dir_0190f6a07b1c7d2e8f3a4b5c6d7e8f90";

#[test]
fn service_provider_config() {
    assert_json_snapshot!(discovery::service_provider_config(BASE));
}

#[test]
fn resource_types() {
    assert_json_snapshot!(discovery::resource_types(BASE));
}

#[test]
fn schemas() {
    assert_json_snapshot!(discovery::schemas(BASE));
}

#[test]
fn empty_list() {
    let info = page::ListInfo {
        total: 0,
        start_index: Some(1),
        next_cursor: None,
    };
    assert_snapshot!(String::from_utf8(page::list_response::<&[u8]>(&info, &[])).unwrap());
}

fn patch(operations: Value) -> scim::Error {
    let body = json!({"Operations": operations}).to_string();
    let patch = Patch::parse(body.as_bytes(), ResourceType::User);
    let before = parse_user(br#"{"userName":"jane"}"#).unwrap().attributes;
    patch.and_then(|patch| patch.apply(&before)).unwrap_err()
}

fn filter(text: &str) -> scim::Error {
    Filter::parse(text)
        .and_then(|filter| filter.resolve(ResourceType::User))
        .unwrap_err()
}

fn user(body: Value) -> scim::Error {
    parse_user(body.to_string().as_bytes()).unwrap_err()
}

/// Every refusal as a tenant admin reads it.
#[test]
fn errors() {
    let many = |count: usize| Value::from_iter((0..count).map(|i| json!({"value": format!("{i}")})));
    let errors = [
        ("a filter that is none", filter("userName eq jane")),
        ("an unknown attribute in a filter", filter("shoeSize eq \"42\"")),
        ("a wrong literal", filter("active eq \"yes\"")),
        ("a filter too deep", filter(&"(".repeat(11))),
        ("a filter too long", filter(&"x".repeat(2049))),
        ("no userName", user(json!({}))),
        ("no displayName", parse_group(b"{}").unwrap_err()),
        ("a wrong type", user(json!({"userName": 7}))),
        ("a control character", user(json!({"userName": "a\u{0}"}))),
        ("too long a value", user(json!({"userName": "x".repeat(2000)}))),
        (
            "too many values",
            user(json!({"userName": "x", "emails": many(501)})),
        ),
        ("no JSON", parse_user(b"{userName: jane}").unwrap_err()),
        (
            "a name twice",
            parse_user(b"{\"userName\":1,\"USERNAME\":2}").unwrap_err(),
        ),
        (
            "nothing known in a PATCH",
            patch(json!([{"op": "add", "path": "shoeSize", "value": "42"}])),
        ),
        (
            "nothing writable in a PATCH",
            patch(json!([{"op": "replace", "path": "id", "value": "1"}])),
        ),
        (
            "no target in a PATCH",
            patch(json!([{"op": "remove", "path": "emails[type eq \"work\"]"}])),
        ),
        ("a remove without path", patch(json!([{"op": "remove"}]))),
        (
            "a required attribute removed",
            patch(json!([{"op": "remove", "path": "userName"}])),
        ),
        (
            "a required attribute emptied",
            patch(json!([{"op": "replace", "path": "userName", "value": ""}])),
        ),
        ("no such op", patch(json!([{"op": "move", "path": "title"}]))),
        ("no operations", patch(json!([]))),
        (
            "a count that is none",
            ListQuery::parse(Some("count=ten"), ResourceType::User).unwrap_err(),
        ),
        (
            "a parameter twice",
            ListQuery::parse(Some("count=1&count=2"), ResourceType::User).unwrap_err(),
        ),
        ("a foreign cursor", page::Cursor::decode("abc", 0, 0).unwrap_err()),
        (
            "another version",
            scim::etag::if_match(Some("W/\"1\""), 2).unwrap_err(),
        ),
    ];
    let lines =
        errors.map(|(what, error)| format!("{what}:\n  {}", String::from_utf8(error.to_json()).unwrap()));
    assert_snapshot!(lines.join("\n"));
}
