//! The examples of RFC 7643 §8 and RFC 7644 §3.5.2.

use scim::{
    Error, Map, Patch, ResourceType, ScimType,
    patch::{Applied, MemberOp},
    resource::{MemberRef, parse_group, parse_user},
    schema::{ENTERPRISE_USER, GROUP, USER},
};
use serde_json::{Value, json};

fn full_user() -> Value {
    json!({
        "schemas": [USER],
        "id": "2819c223-7f76-453a-919d-413861904646",
        "externalId": "701984",
        "userName": "bjensen@example.com",
        "name": {
            "formatted": "Ms. Barbara J Jensen, III", "familyName": "Jensen", "givenName": "Barbara",
            "middleName": "Jane", "honorificPrefix": "Ms.", "honorificSuffix": "III",
        },
        "displayName": "Babs Jensen",
        "nickName": "Babs",
        "profileUrl": "https://login.example.com/bjensen",
        "emails": [
            {"value": "bjensen@example.com", "type": "work", "primary": true},
            {"value": "babs@jensen.org", "type": "home"},
        ],
        "addresses": [
            {
                "type": "work", "streetAddress": "100 Universal City Plaza", "locality": "Hollywood", "region": "CA",
                "postalCode": "91608", "country": "USA",
                "formatted": "100 Universal City Plaza\nHollywood, CA 91608 USA", "primary": true,
            },
            {
                "type": "home", "streetAddress": "456 Hollywood Blvd", "locality": "Hollywood", "region": "CA",
                "postalCode": "91608", "country": "USA", "formatted": "456 Hollywood Blvd\nHollywood, CA 91608 USA",
            },
        ],
        "phoneNumbers": [{"value": "555-555-5555", "type": "work"}, {"value": "555-555-4444", "type": "mobile"}],
        "ims": [{"value": "someaimhandle", "type": "aim"}],
        "photos": [
            {"value": "https://photos.example.com/profilephoto/72930000000Ccne/F", "type": "photo"},
            {"value": "https://photos.example.com/profilephoto/72930000000Ccne/T", "type": "thumbnail"},
        ],
        "userType": "Employee",
        "title": "Tour Guide",
        "preferredLanguage": "en-US",
        "locale": "en-US",
        "timezone": "America/Los_Angeles",
        "active": true,
        "password": "t1meMa$heen",
        "groups": [{"value": "e9e30dba-f08f-4109-8486-d5c6a331660a", "display": "Tour Guides"}],
        "x509Certificates": [{"value": "MIIDQzCCAqygAwIBAgICEAAwDQYJKoZIhvcNAQEFBQAwTjELMAkGA1UEBhMC"}],
        "meta": {
            "resourceType": "User", "created": "2010-01-23T04:56:22Z", "lastModified": "2011-05-13T04:42:34Z",
            "version": "W/\"a330bc54f0671c9\"",
        },
    })
}

fn user(body: &Value) -> Map {
    parse_user(body.to_string().as_bytes())
        .unwrap_or_else(|error| panic!("{error}"))
        .attributes
}

fn babs() -> Map {
    user(&full_user())
}

fn patch(resource: ResourceType, operations: Value) -> Result<Patch, Error> {
    let body =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
    Patch::parse(body.to_string().as_bytes(), resource)
}

fn apply(operations: Value) -> Applied {
    let applied = patch(ResourceType::User, operations).and_then(|patch| patch.apply(&babs()));
    applied.unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_minimal_user_is_read() {
    let body = json!({
        "schemas": [USER], "id": "2819c223-7f76-453a-919d-413861904646", "userName": "bjensen@example.com",
        "meta": {"resourceType": "User", "version": "W/\"3694e05e9dff590\""},
    });
    assert_eq!(
        Value::Object(user(&body)),
        json!({"schemas": [USER], "userName": "bjensen@example.com"})
    );
}

#[test]
fn the_full_user_is_read_but_for_what_is_ours() {
    let mut expected = full_user();
    for ours in ["id", "meta", "groups", "password"] {
        expected.as_object_mut().unwrap().remove(ours);
    }
    assert_eq!(Value::Object(babs()), expected);
}

#[test]
fn the_enterprise_user_is_read() {
    let body = json!({
        "schemas": [USER, ENTERPRISE_USER],
        "userName": "bjensen@example.com",
        ENTERPRISE_USER: {
            "employeeNumber": "701984", "costCenter": "4130", "organization": "Universal Studios",
            "division": "Theme Park", "department": "Tour Operations",
            "manager": {
                "value": "26118915-6090-4610-87e4-49d8ca9f808d",
                "$ref": "../Users/26118915-6090-4610-87e4-49d8ca9f808d", "displayName": "John Smith",
            },
        },
    });
    let read = user(&body);
    assert_eq!(read["schemas"], json!([USER, ENTERPRISE_USER]));
    assert_eq!(read[ENTERPRISE_USER]["costCenter"], "4130");
    assert_eq!(
        read[ENTERPRISE_USER]["manager"],
        json!({"value": "26118915-6090-4610-87e4-49d8ca9f808d"})
    );
}

#[test]
fn the_group_is_read() {
    let body = json!({
        "schemas": [GROUP], "id": "e9e30dba-f08f-4109-8486-d5c6a331660a", "displayName": "Tour Guides",
        "members": [
            {
                "value": "2819c223-7f76-453a-919d-413861904646",
                "$ref": "https://example.com/v2/Users/2819c223-7f76-453a-919d-413861904646", "display": "Babs Jensen",
            },
            {
                "value": "902c246b-6245-4190-8e05-00816be7344a",
                "$ref": "https://example.com/v2/Users/902c246b-6245-4190-8e05-00816be7344a", "display": "Mandy Pepperidge",
            },
        ],
    });
    let group = parse_group(body.to_string().as_bytes()).unwrap();
    assert_eq!(
        Value::Object(group.attributes),
        json!({"schemas": [GROUP], "displayName": "Tour Guides"})
    );
    let names: Vec<_> = group
        .members
        .iter()
        .map(|member| member.display.as_deref())
        .collect();
    assert_eq!(names, [Some("Babs Jensen"), Some("Mandy Pepperidge")]);
}

#[test]
fn add_members() {
    let operations = json!([{"op": "add", "path": "members", "value": [
        {"display": "Babs Jensen", "$ref": "https://example.com/v2/Users/2819c223", "value": "2819c223"},
    ]}]);
    let member = MemberRef {
        value: "2819c223".into(),
        display: Some("Babs Jensen".into()),
        kind: None,
    };
    assert_eq!(
        patch(ResourceType::Group, operations).unwrap().members(),
        [MemberOp::Add(vec![member])]
    );
}

#[test]
fn add_without_path() {
    let applied = apply(json!([{"op": "add", "value": {
        "emails": [{"value": "babs@jensen.org", "type": "home"}], "nickname": "Babs",
    }}]));
    assert_eq!(
        applied.touched,
        Vec::<String>::new(),
        "she has that address and that nickname"
    );
    let applied = apply(
        json!([{"op": "add", "value": {"emails": [{"value": "b@x.org", "type": "other"}], "nickname": "B"}}]),
    );
    assert_eq!(applied.touched, ["nickName", "emails"]);
    assert_eq!(applied.after["emails"].as_array().unwrap().len(), 3);
}

#[test]
fn remove_members() {
    let one = json!([{"op": "remove", "path": "members[value eq \"2819c223-7f76-453a-919d-413861904646\"]"}]);
    let ids = vec!["2819c223-7f76-453a-919d-413861904646".to_owned()];
    assert_eq!(
        patch(ResourceType::Group, one).unwrap().members(),
        [MemberOp::Remove(ids)]
    );
    let all = json!([{"op": "remove", "path": "members"}]);
    assert_eq!(
        patch(ResourceType::Group, all).unwrap().members(),
        [MemberOp::Clear]
    );
}

#[test]
fn remove_by_a_complex_filter() {
    let applied =
        apply(json!([{"op": "remove", "path": "emails[type eq \"work\" and value ew \"example.com\"]"}]));
    assert_eq!(
        applied.after["emails"],
        json!([{"value": "babs@jensen.org", "type": "home"}])
    );
}

#[test]
fn remove_and_add_one_member() {
    let operations = json!([
        {"op": "remove", "path": "members[value eq \"2819c223\"]"},
        {"op": "add", "path": "members", "value": [{"display": "James Smith", "value": "08e1d05d"}]},
    ]);
    let patch = patch(ResourceType::Group, operations).unwrap();
    assert!(matches!(patch.members(), [MemberOp::Remove(_), MemberOp::Add(_)]));
}

#[test]
fn replace_all_members() {
    let operations = json!([{"op": "replace", "path": "members", "value": [
        {"display": "Babs Jensen", "value": "2819c223"}, {"display": "James Smith", "value": "08e1d05d"},
    ]}]);
    let patch = patch(ResourceType::Group, operations).unwrap();
    assert!(matches!(patch.members(), [MemberOp::Replace(members)] if members.len() == 2));
}

#[test]
fn replace_one_address() {
    let new = json!({
        "type": "work", "streetAddress": "911 Universal City Plaza", "locality": "Hollywood", "region": "CA",
        "postalCode": "91608", "country": "US", "formatted": "911 Universal City Plaza\nHollywood, CA 91608 US", "primary": true,
    });
    let applied = apply(json!([{"op": "replace", "path": "addresses[type eq \"work\"]", "value": new}]));
    assert_eq!(applied.after["addresses"][0], new);
    assert_eq!(applied.after["addresses"][1], babs()["addresses"][1]);
}

#[test]
fn replace_one_part_of_an_address() {
    let path = "addresses[type eq \"work\"].streetAddress";
    let applied = apply(json!([{"op": "replace", "path": path, "value": "1010 Broadway Ave"}]));
    assert_eq!(
        applied.after["addresses"][0]["streetAddress"],
        "1010 Broadway Ave"
    );
    assert_eq!(applied.after["addresses"][0]["locality"], "Hollywood");
}

#[test]
fn replace_without_path() {
    let applied = apply(json!([{"op": "replace", "value": {
        "emails": [
            {"value": "bjensen@example.com", "type": "work", "primary": true},
            {"value": "babs@jensen.org", "type": "home"},
        ],
        "nickName": "Babs",
    }}]));
    assert_eq!(applied.touched, Vec::<String>::new());
    let applied =
        apply(json!([{"op": "replace", "value": {"emails": [{"value": "only@x"}], "nickName": "B"}}]));
    assert_eq!(applied.after["emails"], json!([{"value": "only@x"}]));
}

#[test]
fn a_new_primary_takes_the_place_of_the_old() {
    let applied = apply(
        json!([{"op": "add", "path": "emails", "value": [{"value": "n@x", "type": "other", "primary": true}]}]),
    );
    let primary: Vec<bool> = applied.after["emails"]
        .as_array()
        .unwrap()
        .iter()
        .map(|email| email["primary"] == true)
        .collect();
    assert_eq!(primary, [false, false, true]);
}

#[test]
fn errors_have_the_keywords_of_the_rfc() {
    let kind = |operations: Value| {
        let applied = patch(ResourceType::User, operations).and_then(|patch| patch.apply(&babs()));
        applied.unwrap_err().scim_type
    };
    assert_eq!(kind(json!([{"op": "remove"}])), Some(ScimType::NoTarget));
    assert_eq!(
        kind(json!([{"op": "remove", "path": "userName"}])),
        Some(ScimType::Mutability)
    );
    assert_eq!(
        kind(json!([{"op": "replace", "path": "id", "value": "1"}])),
        Some(ScimType::Mutability)
    );
    assert_eq!(
        kind(json!([{"op": "remove", "path": "emails[type eq \"none\"]"}])),
        Some(ScimType::NoTarget)
    );
    assert_eq!(
        kind(json!([{"op": "replace", "path": "none", "value": "1"}])),
        Some(ScimType::InvalidPath)
    );
    assert_eq!(
        kind(json!([{"op": "replace", "path": "emails[type eq", "value": "1"}])),
        Some(ScimType::InvalidPath)
    );
    assert_eq!(
        kind(json!([{"op": "replace", "path": "active", "value": "1"}])),
        Some(ScimType::InvalidValue)
    );
    assert_eq!(
        kind(json!([{"op": "jump", "path": "active"}])),
        Some(ScimType::InvalidSyntax)
    );
}
