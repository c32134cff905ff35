//! Every attribute of every schema, added, replaced and removed, as scim2-tester does it over HTTP.

use scim::{
    Map, Patch, Projection, ResourceType,
    resource::{parse_group, parse_user},
    schema::{Attribute, Kind, Mutability, Schema},
};
use serde_json::{Value, json};

/// A path and what may be put there.
struct Place {
    path: String,
    attribute: &'static Attribute,
}

fn places(resource: ResourceType) -> Vec<Place> {
    let of = |schema: &'static Schema, qualified: bool| {
        let attributes = schema
            .attributes
            .iter()
            .filter(|a| a.mutability == Mutability::ReadWrite && a.name != "members");
        attributes.map(move |attribute| Place {
            path: if qualified {
                format!("{}:{}", schema.id, attribute.name)
            } else {
                attribute.name.to_owned()
            },
            attribute,
        })
    };
    let mut places: Vec<Place> = of(resource.schema(), false)
        .chain(of(resource.schema(), true))
        .collect();
    if let Some(extension) = resource.extension() {
        places.extend(of(extension, true).chain(of(extension, false)));
    }
    places
}

/// A value of the attribute's type; `seed` makes it different from others.
fn value(attribute: &Attribute, seed: u32) -> Value {
    let object = || {
        let subs = attribute
            .sub_attributes
            .iter()
            .filter(|sub| sub.mutability != Mutability::ReadOnly);
        Value::Object(subs.map(|sub| (sub.name.to_owned(), value(sub, seed))).collect())
    };
    match (attribute.kind, attribute.multi_valued) {
        (Kind::Boolean, _) => json!(seed.is_multiple_of(2)),
        (Kind::Complex, true) => json!([object()]),
        (Kind::Complex, false) => object(),
        _ => json!(format!("value {seed}")),
    }
}

fn before(resource: ResourceType) -> Map {
    match resource {
        ResourceType::User => parse_user(br#"{"userName":"jane"}"#).unwrap().attributes,
        ResourceType::Group => parse_group(br#"{"displayName":"Sales"}"#).unwrap().attributes,
    }
}

fn apply(resource: ResourceType, before: &Map, operation: Value) -> Map {
    let body = json!({"Operations": [operation]}).to_string();
    let applied = Patch::parse(body.as_bytes(), resource).and_then(|patch| patch.apply(before));
    let applied = applied.unwrap_or_else(|error| panic!("{operation}: {error}"));
    assert_eq!(applied.ignored, [], "{operation}");
    assert_eq!(
        applied.touched.is_empty(),
        &applied.after == before,
        "{operation}"
    );
    applied.after
}

/// What stands at a place.
fn at(resource: ResourceType, attributes: &Map, attribute: &Attribute) -> Option<Value> {
    let extension = resource
        .extension()
        .filter(|schema| schema.attributes.iter().any(|a| std::ptr::eq(a, attribute)));
    let holder = match extension {
        Some(schema) => attributes.get(schema.id)?.as_object()?,
        None => attributes,
    };
    holder.get(attribute.name).cloned()
}

#[test]
fn each_is_added_replaced_and_removed() {
    for resource in [ResourceType::User, ResourceType::Group] {
        for Place { path, attribute } in places(resource) {
            let (first, second) = (value(attribute, 1), value(attribute, 2));
            let added = apply(
                resource,
                &before(resource),
                json!({"op": "add", "path": path, "value": first}),
            );
            assert_eq!(
                at(resource, &added, attribute).as_ref(),
                Some(&first),
                "add {path}"
            );
            let again = apply(
                resource,
                &added,
                json!({"op": "add", "path": path, "value": first}),
            );
            assert_eq!(again, added, "adding {path} twice");
            let replaced = apply(
                resource,
                &added,
                json!({"op": "replace", "path": path, "value": second}),
            );
            assert_eq!(
                at(resource, &replaced, attribute).as_ref(),
                Some(&second),
                "replace {path}"
            );
            if !attribute.required {
                let removed = apply(resource, &replaced, json!({"op": "remove", "path": path}));
                assert_eq!(at(resource, &removed, attribute), None, "remove {path}");
                assert_eq!(removed, before(resource), "nothing of {path} is left");
            }
        }
    }
}

#[test]
fn each_is_set_without_a_path() {
    for resource in [ResourceType::User, ResourceType::Group] {
        for Place { path, attribute } in places(resource) {
            for op in ["Add", "Replace"] {
                let sent = value(attribute, 4);
                let after = apply(
                    resource,
                    &before(resource),
                    json!({"op": op, "value": {path.clone(): sent}}),
                );
                assert_eq!(at(resource, &after, attribute), Some(sent), "{op} {path}");
            }
        }
    }
}

#[test]
fn each_sub_attribute_is_set_and_unset() {
    for Place { path, attribute } in places(ResourceType::User)
        .into_iter()
        .filter(|place| place.attribute.kind == Kind::Complex)
    {
        for sub in attribute
            .sub_attributes
            .iter()
            .filter(|sub| sub.mutability == Mutability::ReadWrite)
        {
            let sub_path = match attribute.multi_valued {
                true if ["type", "primary"].contains(&sub.name) => continue,
                true => format!("{path}[type eq \"work\"].{}", sub.name),
                false => format!("{path}.{}", sub.name),
            };
            let sent = value(sub, 6);
            let after = apply(
                ResourceType::User,
                &before(ResourceType::User),
                json!({"op": "Add", "path": sub_path, "value": sent}),
            );
            let mut expected = json!({sub.name: sent});
            if attribute.multi_valued {
                expected["type"] = json!("work");
                expected = json!([expected]);
            }
            assert_eq!(
                at(ResourceType::User, &after, attribute),
                Some(expected),
                "{sub_path}"
            );
            for nothing in [json!(null), json!("")] {
                let unset = apply(
                    ResourceType::User,
                    &after,
                    json!({"op": "Replace", "path": sub_path, "value": nothing}),
                );
                assert_eq!(unset, before(ResourceType::User), "{sub_path}");
            }
        }
    }
}

#[test]
fn each_is_asked_for_and_left_out() {
    for resource in [ResourceType::User, ResourceType::Group] {
        for Place { path, attribute } in places(resource) {
            let full = apply(
                resource,
                &before(resource),
                json!({"op": "add", "path": path, "value": value(attribute, 1)}),
            );
            let mut only = full.clone();
            Projection::parse(Some(&path), None, resource).apply(&mut only);
            assert_eq!(
                at(resource, &only, attribute),
                at(resource, &full, attribute),
                "{path}"
            );
            assert_eq!(only.len(), 2, "nothing but schemas and {path}: {only:?}");
            let mut without = full.clone();
            Projection::parse(None, Some(&path), resource).apply(&mut without);
            assert_eq!(at(resource, &without, attribute), None, "{path}");
        }
    }
}

/// The default reply is copied as it is stored; it may be, as long as no stored attribute has to be asked for.
#[test]
fn nothing_that_is_stored_is_returned_on_request_only() {
    for resource in [ResourceType::User, ResourceType::Group] {
        for place in places(resource) {
            assert_eq!(
                place.attribute.returned,
                scim::schema::Returned::Default,
                "{}",
                place.path
            );
        }
    }
}
