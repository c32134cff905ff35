//! What is fuzzed: plain functions from bytes to nothing, which panic if a promise is broken.
//!
//! `fuzz_targets/` hands them to libFuzzer; the test `it::fuzz` replays `corpus/` and random bytes through them.

use scim::{
    Filter, ListQuery, Map, Patch, ResourceType,
    page::Cursor,
    resource::{changed, parse_group, parse_user},
};
use serde_json::{Value, json};

/// A target: its name, which is also that of its folder in `corpus/`, and its function.
pub(crate) type Target = (&'static str, fn(&[u8]));

/// Every target.
pub(crate) const TARGETS: [Target; 6] = [
    ("filter", filter),
    ("path", path),
    ("patch", patch),
    ("resource", resource),
    ("cursor", cursor),
    ("query", query),
];

const TYPES: [ResourceType; 2] = [ResourceType::User, ResourceType::Group];

fn sample(resource: ResourceType) -> Map {
    let value = match resource {
        ResourceType::User => json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
            "userName": "jane@contoso.com",
            "name": {"givenName": "Jane"},
            "active": true,
            "emails": [{"type": "work", "value": "jane@contoso.com", "primary": true}, {"type": "home", "value": "j@x"}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": "m"}},
        }),
        ResourceType::Group => json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "displayName": "Sales",
        }),
    };
    value.as_object().cloned().unwrap_or_default()
}

/// A filter prints back to itself, resolves to something that resolves to itself, and can be evaluated.
pub(crate) fn filter(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(filter) = Filter::parse(text) else { return };
    let printed = filter.to_string();
    if printed.len() <= scim::limits::MAX_FILTER_BYTES {
        assert_eq!(Filter::parse(&printed).as_ref(), Ok(&filter), "{printed}");
    }
    for resource in TYPES {
        let Ok(resolved) = filter.clone().resolve(resource) else {
            continue;
        };
        assert_eq!(resolved.clone().resolve(resource).as_ref(), Ok(&resolved));
        let negated = Filter::Not(Box::new(resolved.clone()));
        assert_ne!(
            resolved.matches(&sample(resource)),
            negated.matches(&sample(resource))
        );
    }
}

/// A path, as that of each kind of operation.
pub(crate) fn path(bytes: &[u8]) {
    let Ok(path) = std::str::from_utf8(bytes) else {
        return;
    };
    for op in ["add", "replace", "remove"] {
        for value in [
            json!("x"),
            json!(null),
            json!([{"value": "x", "primary": true}]),
            json!({"value": "x"}),
        ] {
            patch(
                json!({"Operations": [{"op": op, "path": path, "value": value}]})
                    .to_string()
                    .as_bytes(),
            );
        }
    }
}

/// A PATCH leaves canonical attributes, names what it changed, and repeats no hostile text.
pub(crate) fn patch(bytes: &[u8]) {
    for resource in TYPES {
        let before = sample(resource);
        match Patch::parse(bytes, resource).and_then(|patch| patch.apply(&before)) {
            Ok(applied) => {
                assert_eq!(reread(&applied.after, resource), applied.after);
                assert_eq!(changed(&before, &applied.after), applied.touched);
                applied.ignored.iter().for_each(|entry| harmless(&entry.path));
            }
            Err(error) => harmless(&error.detail),
        }
    }
}

/// A resource reads back as what was read of it.
pub(crate) fn resource(bytes: &[u8]) {
    match parse_user(bytes) {
        Ok(parsed) => assert_eq!(reread(&parsed.attributes, ResourceType::User), parsed.attributes),
        Err(error) => harmless(&error.detail),
    }
    match parse_group(bytes) {
        Ok(parsed) => assert_eq!(reread(&parsed.attributes, ResourceType::Group), parsed.attributes),
        Err(error) => harmless(&error.detail),
    }
}

/// A cursor that is accepted is exactly one that we issued.
pub(crate) fn cursor(bytes: &[u8]) {
    let Ok(word) = std::str::from_utf8(bytes) else {
        return;
    };
    match Cursor::decode(word, 0, 0) {
        Ok(cursor) => assert_eq!(cursor.encode(), word),
        Err(error) => harmless(&error.detail),
    }
}

/// The query of a list, in the URL and as a search.
pub(crate) fn query(bytes: &[u8]) {
    for resource in TYPES {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return;
        };
        let _fingerprint = ListQuery::parse(Some(text), resource).map(|query| query.fingerprint(resource));
        if let Err(error) = ListQuery::from_search_body(bytes, resource) {
            harmless(&error.detail);
        }
    }
}

fn reread(attributes: &Map, resource: ResourceType) -> Map {
    let body = Value::Object(attributes.clone()).to_string();
    let read = match resource {
        ResourceType::User => parse_user(body.as_bytes()).map(|parsed| parsed.attributes),
        ResourceType::Group => parse_group(body.as_bytes()).map(|parsed| parsed.attributes),
    };
    read.unwrap_or_else(|error| panic!("{body}: {error}"))
}

/// What people read holds nothing that a page or a terminal could take for more than text.
fn harmless(text: &str) {
    assert!(
        !text.chars().any(|c| c.is_control() || "<>\"`&\\".contains(c)),
        "{text}"
    );
}
