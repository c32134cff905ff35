//! In which attributes two versions of a resource differ.

use serde_json::Value;

use crate::Map;

/// Canonical paths of what differs, in the order of `before`, then of what is new: `active`, `emails`, `name.givenName`,
/// `urn:…:User:department`. `schemas` follows from the others and is not listed. Empty if nothing differs.
pub fn changed(before: &Map, after: &Map) -> Vec<String> {
    let mut paths = vec![];
    for name in names(before, after) {
        match (before.get(name), after.get(name)) {
            (old, new) if old == new => {}
            (old, new) if is_object(old) || is_object(new) => {
                let separator = if name.starts_with("urn:") { ':' } else { '.' };
                parts(old, new, &format!("{name}{separator}"), &mut paths);
            }
            _ => paths.push(name.to_owned()),
        }
    }
    paths
}

fn parts(old: Option<&Value>, new: Option<&Value>, prefix: &str, paths: &mut Vec<String>) {
    let empty = Map::new();
    let old = old.and_then(Value::as_object).unwrap_or(&empty);
    let new = new.and_then(Value::as_object).unwrap_or(&empty);
    let different = names(old, new).filter(|name| old.get(*name) != new.get(*name));
    paths.extend(different.map(|name| format!("{prefix}{name}")));
}

fn names<'a>(before: &'a Map, after: &'a Map) -> impl Iterator<Item = &'a str> {
    let new = after.keys().filter(|name| !before.contains_key(name.as_str()));
    before
        .keys()
        .chain(new)
        .map(String::as_str)
        .filter(|name| *name != "schemas")
}

fn is_object(value: Option<&Value>) -> bool {
    value.is_some_and(Value::is_object)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(before: Value, after: Value) -> Vec<String> {
        changed(before.as_object().unwrap(), after.as_object().unwrap())
    }

    #[test]
    fn nothing_differs_from_itself() {
        let jane = json!({"schemas": ["a"], "name": {"a": 1, "b": 2}, "x": [1]});
        assert_eq!(paths(jane.clone(), jane), Vec::<String>::new());
        assert_eq!(
            paths(json!({"a": 1, "b": 2}), json!({"b": 2, "a": 1})),
            Vec::<String>::new()
        );
        assert_eq!(
            paths(json!({"schemas": ["a"]}), json!({"schemas": ["a", "b"]})),
            Vec::<String>::new()
        );
    }

    #[test]
    fn differences_are_named_by_path() {
        assert_eq!(
            paths(
                json!({"active": true, "title": "x", "name": {"givenName": "a", "familyName": "b"}, "emails": [1]}),
                json!({"active": false, "name": {"givenName": "c", "familyName": "b"}, "emails": [2], "locale": "de"})
            ),
            ["active", "title", "name.givenName", "emails", "locale"]
        );
    }

    #[test]
    fn extensions_are_named_with_a_colon() {
        assert_eq!(
            paths(
                json!({"urn:x:User": {"a": 1, "b": 1}}),
                json!({"urn:x:User": {"a": 2, "c": 1}, "urn:y:User": {"d": 1}})
            ),
            ["urn:x:User:a", "urn:x:User:b", "urn:x:User:c", "urn:y:User:d"]
        );
        assert_eq!(
            paths(json!({"urn:x:User": {"a": 1}}), json!({})),
            ["urn:x:User:a"]
        );
    }
}
