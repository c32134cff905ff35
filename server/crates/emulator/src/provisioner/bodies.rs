//! The exact bodies Entra sends, in both dialects (`entra-facts` A3, A4).

use serde_json::{Map, Value, json};

use super::mapping::{ENTERPRISE_URN, Target};
use super::settings::Dialect;

const PATCH_URN: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// One attribute about to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Edit {
    Active(bool),
    Text {
        target: Target,
        /// The target has a value now: `Replace` rather than `Add`.
        had_value: bool,
        /// The new value; `None` clears, which only flows when null values are asked to.
        value: Option<Box<str>>,
    },
}

impl Edit {
    fn path(&self) -> &'static str {
        match self {
            Edit::Active(_) => "active",
            Edit::Text { target, .. } => target.path(),
        }
    }

    fn is_add(&self) -> bool {
        matches!(self, Edit::Text { had_value: false, .. })
    }

    fn value(&self, dialect: Dialect) -> Value {
        match (self, dialect) {
            (Edit::Active(active), Dialect::Legacy) => Value::from(if *active { "True" } else { "False" }),
            (Edit::Active(active), Dialect::Compliant) => Value::from(*active),
            (
                Edit::Text {
                    value: Some(text), ..
                },
                _,
            ) => Value::from(&**text),
            (Edit::Text { value: None, .. }, Dialect::Legacy) => Value::from(""),
            (Edit::Text { value: None, .. }, Dialect::Compliant) => Value::Null,
        }
    }
}

fn patch(operations: Vec<Value>) -> Value {
    json!({"schemas": [PATCH_URN], "Operations": operations})
}

fn op(dialect: Dialect, legacy: &str) -> String {
    match dialect {
        Dialect::Legacy => legacy.to_owned(),
        Dialect::Compliant => legacy.to_lowercase(),
    }
}

fn with_path(dialect: Dialect, edit: &Edit) -> Value {
    let name = op(dialect, if edit.is_add() { "Add" } else { "Replace" });
    json!({"op": name, "path": edit.path(), "value": edit.value(dialect)})
}

/// `PATCH /Users/{id}`.
pub(super) fn update_user(dialect: Dialect, edits: &[Edit]) -> Value {
    match dialect {
        Dialect::Legacy => patch(edits.iter().map(|edit| with_path(dialect, edit)).collect()),
        Dialect::Compliant => patch(compliant_operations(edits)),
    }
}

/// `active` and filtered paths stand alone; of the others, one alone keeps its path and several are gathered in an
/// operation without path whose keys are dotted or URN-qualified, as in the documented examples.
fn compliant_operations(edits: &[Edit]) -> Vec<Value> {
    let alone = |edit: &&Edit| matches!(edit, Edit::Active(_)) || edit.path().contains('[');
    let mut operations: Vec<_> = edits
        .iter()
        .filter(alone)
        .map(|edit| with_path(Dialect::Compliant, edit))
        .collect();
    for add in [true, false] {
        let rest: Vec<_> = edits
            .iter()
            .filter(|edit| !alone(edit) && edit.is_add() == add)
            .collect();
        match rest.as_slice() {
            [] => {}
            [edit] => operations.push(with_path(Dialect::Compliant, edit)),
            several => operations.push(without_path(several, add)),
        }
    }
    operations
}

fn without_path(edits: &[&Edit], add: bool) -> Value {
    let values: Map<_, _> = edits
        .iter()
        .map(|edit| (edit.path().to_owned(), edit.value(Dialect::Compliant)))
        .collect();
    json!({"op": if add { "add" } else { "replace" }, "value": values})
}

/// Sets the manager: a bare string, the id as the server issued it (A4.7).
pub(super) fn set_manager(dialect: Dialect, had_value: bool, manager: &str) -> Value {
    let name = op(dialect, if had_value { "Replace" } else { "Add" });
    patch(vec![
        json!({"op": name, "path": format!("{ENTERPRISE_URN}:manager"), "value": manager}),
    ])
}

/// Clears the manager by replacing it with an empty string (A4.7).
pub(super) fn clear_manager(dialect: Dialect) -> Value {
    patch(vec![
        json!({"op": op(dialect, "Replace"), "path": format!("{ENTERPRISE_URN}:manager"), "value": ""}),
    ])
}

/// `POST /Groups`: empty at birth, with Entra's proprietary second schema.
pub(super) fn create_group(display_name: &str, external_id: &str) -> Value {
    json!({
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:Group",
            "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
        ],
        "externalId": external_id,
        "displayName": display_name,
        "meta": {"resourceType": "Group"}
    })
}

/// `PATCH /Groups/{id}` of plain attributes: path and new value, with whether there was one before.
pub(super) fn update_group(dialect: Dialect, edits: &[(&str, bool, &str)]) -> Value {
    let operation = |(path, had_value, value): &(&str, bool, &str)| {
        let name = op(dialect, if *had_value { "Replace" } else { "Add" });
        json!({"op": name, "path": path, "value": value})
    };
    patch(edits.iter().map(operation).collect())
}

/// Adds members, all in one operation.
pub(super) fn add_members(dialect: Dialect, members: &[&str]) -> Value {
    patch(vec![
        json!({"op": op(dialect, "Add"), "path": "members", "value": values(members)}),
    ])
}

/// Removes members: by value in the legacy dialect, by a filter each in the compliant one.
pub(super) fn remove_members(dialect: Dialect, members: &[&str]) -> Value {
    match dialect {
        Dialect::Legacy => patch(vec![
            json!({"op": "Remove", "path": "members", "value": values(members)}),
        ]),
        Dialect::Compliant => {
            let one = |id: &&str| json!({"op": "remove", "path": format!("members[value eq \"{id}\"]")});
            patch(members.iter().map(one).collect())
        }
    }
}

fn values(members: &[&str]) -> Vec<Value> {
    members
        .iter()
        .map(|id| json!({"$ref": null, "value": id}))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(target: Target, had_value: bool, value: &str) -> Edit {
        Edit::Text {
            target,
            had_value,
            value: Some(value.into()),
        }
    }

    fn edits() -> Vec<Edit> {
        vec![
            Edit::Active(false),
            text(Target::DisplayName, true, "Pvlo"),
            text(Target::Title, false, "Bar"),
            text(Target::WorkMail, true, "a@b.c"),
            text(Target::GivenName, true, "G"),
            text(Target::Locality, false, "Łódź"),
            text(Target::EmployeeNumber, true, "7"),
        ]
    }

    #[test]
    fn both_dialects_of_a_user_update() {
        insta::assert_json_snapshot!("update_user_legacy", update_user(Dialect::Legacy, &edits()));
        insta::assert_json_snapshot!("update_user_compliant", update_user(Dialect::Compliant, &edits()));
    }

    #[test]
    fn a_disable_alone_is_the_documented_body() {
        let legacy = update_user(Dialect::Legacy, &[Edit::Active(false)]);
        assert_eq!(
            legacy["Operations"],
            json!([{"op": "Replace", "path": "active", "value": "False"}])
        );
        let compliant = update_user(Dialect::Compliant, &[Edit::Active(false)]);
        assert_eq!(
            compliant["Operations"],
            json!([{"op": "replace", "path": "active", "value": false}])
        );
    }

    #[test]
    fn clearing_flows_as_empty_text_or_null() {
        let clear = [Edit::Text {
            target: Target::Title,
            had_value: true,
            value: None,
        }];
        assert_eq!(update_user(Dialect::Legacy, &clear)["Operations"][0]["value"], "");
        assert_eq!(
            update_user(Dialect::Compliant, &clear)["Operations"][0]["value"],
            Value::Null
        );
    }

    #[test]
    fn both_dialects_of_references() {
        for (name, dialect) in [("legacy", Dialect::Legacy), ("compliant", Dialect::Compliant)] {
            insta::assert_json_snapshot!(
                format!("references_{name}"),
                json!([
                    set_manager(dialect, false, "U1"),
                    set_manager(dialect, true, "U2"),
                    clear_manager(dialect),
                    add_members(dialect, &["U1", "U2"]),
                    remove_members(dialect, &["U1", "U2"]),
                ])
            );
        }
    }

    #[test]
    fn both_dialects_of_groups() {
        let rename = [("displayName", true, "New name")];
        insta::assert_json_snapshot!(
            "groups",
            json!([
                create_group("Sales", "0c0ffee0-0000-4000-8000-000000000000"),
                update_group(Dialect::Legacy, &rename),
                update_group(Dialect::Compliant, &rename),
            ])
        );
    }
}
