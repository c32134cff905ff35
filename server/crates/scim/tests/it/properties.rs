//! What holds for every input.

use proptest::prelude::*;
use scim::{
    Filter, ListQuery, Map, Patch, Projection, ResourceType, fold,
    patch::Applied,
    resource::{Stored, changed, parse_group, parse_user, render},
};
use serde_json::{Value, json};

use crate::generate::{any_filter, operations, text, user, user_body, user_filter};

fn patch(operations: &[Value]) -> scim::Result<Patch> {
    Patch::parse(
        json!({"Operations": operations}).to_string().as_bytes(),
        ResourceType::User,
    )
}

fn apply(operations: &[Value], before: &Map) -> scim::Result<Applied> {
    patch(operations)?.apply(before)
}

fn reread(attributes: &Map) -> Map {
    let parsed = parse_user(Value::Object(attributes.clone()).to_string().as_bytes()).expect("canonical");
    assert_eq!(parsed.ignored, []);
    parsed.attributes
}

fn primaries(attributes: &Map, name: &str) -> usize {
    let elements = attributes
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    elements
        .filter(|element| element["primary"] == json!(true))
        .count()
}

proptest! {
    #[test]
    fn a_printed_filter_parses_to_itself(filter in any_filter()) {
        let printed = filter.to_string();
        prop_assume!(printed.len() <= scim::limits::MAX_FILTER_BYTES);
        prop_assert_eq!(Filter::parse(&printed), Ok(filter), "{}", printed);
    }

    #[test]
    fn a_filter_of_users_resolves_and_stays_resolved(filter in user_filter()) {
        let resolved = Filter::parse(&filter).unwrap().resolve(ResourceType::User).unwrap();
        let again = Filter::parse(&resolved.to_string()).unwrap().resolve(ResourceType::User).unwrap();
        prop_assert_eq!(again, resolved);
    }

    #[test]
    fn a_filter_and_its_negation_never_agree(filter in user_filter(), user in user()) {
        let matches = |text: &str| Filter::parse(text).unwrap().resolve(ResourceType::User).unwrap().matches(&user);
        prop_assume!(filter.len() < 1000);
        prop_assert_ne!(matches(&filter), matches(&format!("not ({filter})")));
    }

    #[test]
    fn a_user_is_found_by_its_own_name_in_any_case(user in user()) {
        let name = user["userName"].as_str().unwrap();
        for spelling in [name.to_uppercase(), name.to_lowercase(), format!(" {name} ")] {
            let filter = Filter::parse(&format!("userName eq {}", json!(spelling))).unwrap();
            prop_assert!(filter.resolve(ResourceType::User).unwrap().matches(&user));
            prop_assert_eq!(fold(&spelling), fold(name));
        }
    }

    #[test]
    fn reading_a_user_twice_is_reading_it_once(body in user_body()) {
        if let Ok(parsed) = parse_user(body.to_string().as_bytes()) {
            prop_assert_eq!(reread(&parsed.attributes), parsed.attributes);
        }
    }

    #[test]
    fn what_patch_leaves_is_canonical(before in user(), operations in operations(1..6)) {
        if let Ok(applied) = apply(&operations, &before) {
            prop_assert_eq!(reread(&applied.after), applied.after.clone());
            prop_assert!(primaries(&applied.after, "emails") <= 1);
            prop_assert!(primaries(&applied.after, "roles") <= 1);
            prop_assert!(applied.after.contains_key("userName"));
        }
    }

    #[test]
    fn touched_is_empty_exactly_if_nothing_changed(before in user(), operations in operations(1..4)) {
        if let Ok(applied) = apply(&operations, &before) {
            prop_assert_eq!(applied.touched.is_empty(), applied.after == before);
            prop_assert_eq!(&applied.touched, &changed(&before, &applied.after));
        }
    }

    #[test]
    fn a_patch_is_all_or_nothing(before in user(), operations in operations(1..5), at in 0..5_usize) {
        let kept = before.clone();
        let mut poisoned = operations.clone();
        poisoned.insert(at.min(operations.len()), json!({"op": "replace", "path": "displayName", "value": 7}));
        prop_assert!(apply(&poisoned, &before).is_err());
        prop_assert_eq!(before, kept);
    }

    #[test]
    fn one_patch_of_two_operations_is_two_patches(before in user(), operations in operations(2..3)) {
        // Elements without content go at the end of a PATCH, so that several operations may fill one.
        if ["emails", "roles"].iter().any(|list| operations[0].to_string().contains(list)) {
            return Ok(());
        }
        let both = apply(&operations, &before);
        let first = apply(&operations[..1], &before);
        let second = first.as_ref().ok().map(|first| apply(&operations[1..], &first.after));
        if let (Ok(both), Some(Ok(second))) = (both, second) {
            prop_assert_eq!(both.after, second.after);
        }
    }

    #[test]
    fn disabling_is_never_sunk_by_what_we_do_not_know(before in user(), name in "[a-z]{3}[A-Z][a-z0-9 \\[\\]\".é]{0,8}") {
        prop_assume!(!name.starts_with("urn"));
        let operations = [
            json!({"op": "Replace", "path": name, "value": "x"}),
            json!({"op": "Replace", "path": "active", "value": "False"}),
        ];
        prop_assert_eq!(&apply(&operations, &before).unwrap().after["active"], false);
    }

    #[test]
    fn projecting_twice_is_projecting_once(user in user(), include in names(), exclude in names(), some in any::<(bool, bool)>()) {
        let include = some.0.then_some(include.as_str());
        let exclude = some.1.then_some(exclude.as_str());
        let projection = Projection::parse(include, exclude, ResourceType::User);
        let mut once = user.clone();
        once.insert("id".into(), json!("1"));
        let whole = once.clone();
        projection.apply(&mut once);
        let mut twice = once.clone();
        projection.apply(&mut twice);
        prop_assert_eq!(&once, &twice);
        prop_assert!(once.contains_key("id") && once.contains_key("schemas"));
        prop_assert!(once.keys().all(|name| whole.contains_key(name)));
        for name in ["emails", "roles"] {
            prop_assert!(projection.wants(name) || !once.contains_key(name));
        }
        prop_assert!(!projection.is_default() || once == whole);
    }

    #[test]
    fn what_is_rendered_reads_back(user in user(), id in text(), version: i64) {
        let attributes = Value::Object(user.clone()).to_string();
        let stored = Stored {
            resource: ResourceType::User, id: &id, version, created: "c", last_modified: "l", location: "x",
            attributes: &attributes, extra: &[],
        };
        let mut body: Map = serde_json::from_slice(&render(&stored, &Projection::default()).unwrap()).unwrap();
        prop_assert_eq!(body.shift_remove("id"), Some(json!(id)));
        prop_assert_eq!(&body.shift_remove("meta").unwrap()["version"], &json!(scim::etag::etag(version)));
        prop_assert_eq!(body, user);
    }

    #[test]
    fn no_text_is_echoed(text in "<zq[a-z]{2,6}>") {
        let quoted = json!(text);
        let errors = [
            Filter::parse(&text).unwrap_err(),
            Filter::parse(&format!("{text} eq 1")).unwrap_err(),
            Filter::parse(&format!("a eq {text}")).unwrap_err(),
            parse_user(text.as_bytes()).unwrap_err(),
            parse_user(format!("{{{quoted}:1,{quoted}:2}}").as_bytes()).unwrap_err(),
            parse_user(format!("{{\"userName\":{{{quoted}:1}}}}").as_bytes()).unwrap_err(),
            parse_group(format!("{{\"displayName\":[{quoted}]}}").as_bytes()).unwrap_err(),
            patch(&[json!({"op": text, "path": "active"})]).unwrap_err(),
            patch(&[json!({"op": "add", "path": text, "value": text})]).unwrap_err(),
            patch(&[json!({"op": "add", "path": format!("a[{text}]"), "value": text})]).unwrap_err(),
            patch(&[json!({"op": "add", "path": "active", "value": text})]).unwrap_err(),
            ListQuery::parse(Some(&format!("sortBy={text}")), ResourceType::User).unwrap_err(),
            ListQuery::parse(Some(&format!("count={text}")), ResourceType::User).unwrap_err(),
        ];
        for error in errors {
            prop_assert!(!error.detail.contains('<') && !error.detail.contains(&text[1..5]), "{}", error);
        }
    }
}

fn names() -> impl Strategy<Value = String> {
    let known = proptest::sample::select(vec![
        "userName",
        "EMAILS",
        "emails.value",
        "name.givenName",
        "name",
        "roles.type",
        "department",
        "manager.value",
        "id",
        "schemas",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        crate::generate::HERO,
        "nonsense",
        "",
    ]);
    proptest::collection::vec(known, 0..4).prop_map(|names| names.join(","))
}
