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
