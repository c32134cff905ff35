//! What changed between two versions of a resource, in the words of the activity page: path, old value, new value.

use serde::Serialize;
use serde_json::{Map, Value};

/// One attribute's change, as the activity stores and shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Change {
    /// The attribute's path, as SCIM writes it.
    pub(crate) path: String,
    /// Before; absent when it was not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) old: Option<String>,
    /// After; absent when it was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) new: Option<String>,
}

/// Every attribute whose value differs, in the order of the newer version, removed ones last.
pub(crate) fn between(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<Change> {
    let old = flatten(before);
    let new = flatten(after);
    let value = |list: &[(String, String)], path: &str| {
        list.iter()
            .find(|(other, _)| other == path)
            .map(|(_, value)| value.clone())
    };
    let set = new.iter().filter_map(|(path, text)| {
        let old = value(&old, path);
        (old.as_ref() != Some(text)).then(|| Change {
            path: path.clone(),
            old,
            new: Some(text.clone()),
        })
    });
    let removed = old
        .iter()
        .filter(|(path, _)| value(&new, path).is_none())
        .map(|(path, text)| Change {
            path: path.clone(),
            old: Some(text.clone()),
            new: None,
        });
    set.chain(removed).collect()
}

/// A resource as paths and texts, in reading order: `name.givenName`, `emails[type eq "work"].value`,
/// `urn:…:User:department`. `schemas` says nothing to a person and is left out.
pub(crate) fn flatten(attributes: &Map<String, Value>) -> Vec<(String, String)> {
    let mut out = Vec::with_capacity(attributes.len() + 8);
    for (name, value) in attributes.iter().filter(|(name, _)| *name != "schemas") {
        flatten_value(name, value, &mut out);
    }
    out
}

fn flatten_value(path: &str, value: &Value, out: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            let separator = if path.starts_with("urn:") { ':' } else { '.' };
            for (name, member) in members {
                flatten_value(&format!("{path}{separator}{name}"), member, out);
            }
        }
        Value::Array(elements) => flatten_elements(path, elements, out),
        Value::Null => {}
        Value::String(text) => out.push((path.to_owned(), text.clone())),
        other => out.push((path.to_owned(), other.to_string())),
    }
}

/// Elements are told apart by their type, as SCIM filters do, and by their place where they have none.
fn flatten_elements(path: &str, elements: &[Value], out: &mut Vec<(String, String)>) {
    for (place, element) in elements.iter().enumerate() {
        match element {
            Value::Object(members) => {
                let name = element_name(path, place, members, elements);
                for (sub, value) in members.iter().filter(|(sub, _)| *sub != "type") {
                    flatten_value(&format!("{name}.{sub}"), value, out);
                }
            }
            other => flatten_value(&format!("{path}[{place}]"), other, out),
        }
    }
}

fn element_name(path: &str, place: usize, element: &Map<String, Value>, all: &[Value]) -> String {
    let Some(kind) = element.get("type").and_then(Value::as_str) else {
        return format!("{path}[{place}]");
    };
    let same = all
        .iter()
        .filter(|other| other.get("type").and_then(Value::as_str) == Some(kind))
        .count();
    if same == 1 {
        format!("{path}[type eq \"{kind}\"]")
    } else {
        format!("{path}[{place}]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn map(value: Value) -> Map<String, Value> {
        let Value::Object(map) = value else {
            panic!("an object was meant")
        };
        map
    }

    #[test]
    fn names_what_was_set_replaced_and_removed() {
        let before = map(json!({"userName": "a", "title": "Clerk", "active": true}));
        let after = map(json!({"userName": "a", "active": false, "nickName": "Al"}));
        let said: Vec<_> = between(&before, &after)
            .into_iter()
            .map(|change| (change.path, change.old, change.new))
            .collect();
        assert_eq!(
            said,
            [
                ("active".into(), Some("true".into()), Some("false".into())),
                ("nickName".into(), None, Some("Al".into())),
                ("title".into(), Some("Clerk".into()), None),
            ]
        );
    }

    #[test]
    fn nothing_changed_says_nothing() {
        let same = map(json!({"emails": [{"type": "work", "value": "a@b.c"}], "name": {"givenName": "A"}}));
        assert_eq!(between(&same, &same), []);
    }

    #[test]
    fn paths_read_as_scim_writes_them() {
        let user = map(json!({
            "schemas": ["x"],
            "name": {"givenName": "Ann"},
            "emails": [{"type": "work", "value": "a@b.c", "primary": true}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "IT"},
        }));
        let paths: Vec<_> = flatten(&user).into_iter().map(|(path, _)| path).collect();
        assert_eq!(
            paths,
            [
                "name.givenName",
                "emails[type eq \"work\"].value",
                "emails[type eq \"work\"].primary",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            ]
        );
    }
}
