//! One object names each attribute once, whatever the names (threats T28): `department` and
//! `urn:…:enterprise:2.0:User:department` are the same, as are `name.givenName` and `givenName` inside `name`.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    parse::Step,
    path::{Target, is_complex_single},
};
use crate::schema::Attribute;

/// A part of a resource that one step writes: where the definition of its attribute lies, and its sub-attribute; or the
/// folded path of a custom attribute.
#[derive(PartialEq, Eq, Hash)]
enum Leaf<'a> {
    Known(*const Attribute, &'a str),
    Custom(String),
}

/// Whether two of the steps that one object has become write the same leaf. Selected elements do not count: several keys
/// may fill one.
pub(super) fn is_any_twice(steps: &[Step]) -> bool {
    let mut seen = HashSet::with_capacity(steps.len());
    steps
        .iter()
        .any(|step| !leaves(step).into_iter().all(|leaf| seen.insert(leaf)))
}

fn leaves(step: &Step) -> Vec<Leaf<'_>> {
    match (&step.target, &step.value) {
        (Target::Attribute(place), Value::Object(object)) if is_complex_single(place.attribute) => object
            .keys()
            .map(|name| Leaf::Known(place.attribute, name))
            .collect(),
        (Target::Attribute(place), _) => vec![Leaf::Known(place.attribute, "")],
        (Target::Sub(place, sub), _) => vec![Leaf::Known(place.attribute, sub.name)],
        (target @ Target::Custom { .. }, _) => vec![Leaf::Custom(target.to_string().to_ascii_lowercase())],
        _ => vec![],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        Patch, ResourceType, ScimType,
        resource::{parse_group, parse_user},
        schema::{ENTERPRISE_USER, GROUP, USER},
    };

    const HERO: &str = "urn:ietf:params:scim:schemas:extension:Hero:2.0:User";

    fn twice() -> Vec<serde_json::Value> {
        vec![
            json!({"displayName": "a", format!("{USER}:displayName"): "b"}),
            json!({"department": "a", ENTERPRISE_USER: {"department": "b"}}),
            json!({format!("{ENTERPRISE_USER}:department"): "a", ENTERPRISE_USER: {"department": "b"}}),
            json!({"name": {"givenName": "a"}, "name.givenName": "b"}),
            json!({"manager": "a", ENTERPRISE_USER: {"manager": {"value": "b"}}}),
            json!({HERO: {"a": 1}, format!("{HERO}:A"): 2}),
            json!({HERO: {"a": 1}, HERO.to_lowercase().replace("hero", "HERO"): {"A": 2}}),
            json!({"emails": ["a"], format!("{USER}:emails"): ["b"]}),
            json!({"active": true, format!("{USER}:active"): "False"}),
        ]
    }

    #[test]
    fn a_user_names_each_attribute_once() {
        for mut body in twice() {
            body["userName"] = json!("jane");
            let error = parse_user(body.to_string().as_bytes()).expect_err(&body.to_string());
            assert_eq!(
                (error.status, error.scim_type),
                (400, Some(ScimType::InvalidSyntax)),
                "{body}"
            );
        }
    }

    #[test]
    fn so_does_an_operation_without_path() {
        for value in twice() {
            let body = json!({"Operations": [{"op": "replace", "value": value}]}).to_string();
            let error = Patch::parse(body.as_bytes(), ResourceType::User).expect_err(&body);
            assert_eq!(error.scim_type, Some(ScimType::InvalidSyntax), "{body}");
        }
    }

    #[test]
    fn so_does_a_group() {
        let body = json!({"displayName": "G", "members": ["a"], format!("{GROUP}:members"): ["b"]});
        assert_eq!(
            parse_group(body.to_string().as_bytes()).unwrap_err().scim_type,
            Some(ScimType::InvalidSyntax)
        );
    }

    #[test]
    fn different_parts_may_come_under_different_names() {
        let body = json!({
            "userName": "jane", "name": {"givenName": "a"}, "name.familyName": "b", "department": "c",
            ENTERPRISE_USER: {"costCenter": "d"}, HERO: {"a": 1}, format!("{HERO}:b"): 2,
            "phoneNumbers[type eq \"work\"].value": "1", "phoneNumbers[type eq \"work\"].display": "one",
        });
        let user = parse_user(body.to_string().as_bytes()).unwrap().attributes;
        assert_eq!(user["name"], json!({"givenName": "a", "familyName": "b"}));
        assert_eq!(
            user[ENTERPRISE_USER],
            json!({"department": "c", "costCenter": "d"})
        );
        assert_eq!(
            user["phoneNumbers"],
            json!([{"type": "work", "value": "1", "display": "one"}])
        );
    }

    #[test]
    fn operations_may_repeat_each_other() {
        let body = json!({"Operations": [
            {"op": "replace", "path": "title", "value": "a"},
            {"op": "replace", "path": "title", "value": "b"},
            {"op": "replace", "value": {"title": "c"}},
        ]});
        let patch = Patch::parse(body.to_string().as_bytes(), ResourceType::User).unwrap();
        let before = parse_user(br#"{"userName":"jane"}"#).unwrap().attributes;
        assert_eq!(patch.apply(&before).unwrap().after["title"], "c");
    }
}
