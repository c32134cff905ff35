//! What PATCH means, rule by rule. Entra's own bodies are in `tests/corpus`.

use serde_json::{Value, json};

use super::*;
use crate::{
    Error, Map, Result, ScimType,
    limits::{MAX_MEMBERS_PER_OPERATION, MAX_PATCH_OPERATIONS, MAX_VALUES},
    resource::{MemberRef, Reason, parse_user},
    schema::{ENTERPRISE_USER, USER},
};

const HERO: &str = "urn:ietf:params:scim:schemas:extension:Hero:2.0:User";

fn map(value: Value) -> Map {
    value.as_object().cloned().expect("an object")
}

fn jane() -> Map {
    map(json!({
        "schemas": [USER, ENTERPRISE_USER],
        "userName": "jane@contoso.com",
        "displayName": "Jane",
        "name": {"givenName": "Jane", "familyName": "Doe"},
        "active": true,
        "emails": [
            {"type": "work", "value": "jane@contoso.com", "primary": true},
            {"type": "home", "value": "jane@example.org"},
        ],
        ENTERPRISE_USER: {"department": "Sales", "manager": {"value": "M1"}},
    }))
}

fn body(operations: Value) -> Vec<u8> {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations})
        .to_string()
        .into_bytes()
}

fn parse(operations: Value) -> Result<Patch> {
    Patch::parse(&body(operations), ResourceType::User)
}

fn apply(operations: Value) -> Result<Applied> {
    parse(operations)?.apply(&jane())
}

/// Applies and checks that `touched` names exactly what differs.
fn after(operations: Value) -> Value {
    let applied = apply(operations).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(applied.touched.is_empty(), applied.after == jane());
    let again = parse_user(&serde_json::to_vec(&applied.after).unwrap()).unwrap();
    assert_eq!(again.attributes, applied.after, "what PATCH leaves is canonical");
    Value::Object(applied.after)
}

fn refused(operations: Value, kind: ScimType) -> Error {
    let error = apply(operations.clone()).expect_err(&operations.to_string());
    assert_eq!(
        (error.status, error.scim_type),
        (400, Some(kind)),
        "{operations}: {error}"
    );
    error
}

fn op(op: &str, path: &str, value: Value) -> Value {
    json!([{"op": op, "path": path, "value": value}])
}

fn remove(path: &str) -> Value {
    json!([{"op": "remove", "path": path}])
}

mod single_values {
    use super::*;

    #[test]
    fn add_and_replace_set_them() {
        for word in ["add", "replace"] {
            assert_eq!(after(op(word, "displayName", json!("J")))["displayName"], "J");
            assert_eq!(after(op(word, "title", json!("CEO")))["title"], "CEO");
            assert_eq!(after(op(word, "active", json!(false)))["active"], false);
        }
    }

    #[test]
    fn null_and_empty_text_unset_them() {
        for nothing in [json!(null), json!("")] {
            for word in ["add", "replace"] {
                assert_eq!(
                    after(op(word, "displayName", nothing.clone())).get("displayName"),
                    None
                );
            }
        }
        assert_eq!(
            after(json!([{"op": "replace", "path": "displayName"}])).get("displayName"),
            None
        );
        assert_eq!(after(remove("displayName")).get("displayName"), None);
        assert_eq!(
            after(op("remove", "displayName", json!("something else"))).get("displayName"),
            None
        );
    }

    #[test]
    fn removing_what_is_not_there_changes_nothing() {
        let applied = apply(remove("title")).unwrap();
        assert_eq!(
            (applied.after, applied.touched, applied.ignored),
            (jane(), vec![], vec![])
        );
    }

    #[test]
    fn setting_what_is_set_changes_nothing() {
        assert_eq!(
            apply(op("replace", "displayName", json!("Jane")))
                .unwrap()
                .touched,
            Vec::<String>::new()
        );
        assert_eq!(
            apply(op("replace", "active", json!("True"))).unwrap().touched,
            Vec::<String>::new()
        );
    }

    #[test]
    fn the_user_name_stays() {
        refused(remove("userName"), ScimType::Mutability);
        for nothing in [json!(null), json!(""), json!("  "), json!("\u{200B}")] {
            refused(op("replace", "userName", nothing.clone()), ScimType::InvalidValue);
            refused(op("add", "userName", nothing), ScimType::InvalidValue);
        }
        assert_eq!(
            after(op("replace", "userName", json!("new@contoso.com")))["userName"],
            "new@contoso.com"
        );
    }

    #[test]
    fn active_is_not_unset_by_accident() {
        let disabled = parse(op("replace", "active", json!("False")))
            .unwrap()
            .apply(&jane())
            .unwrap()
            .after;
        for nothing in [json!(null), json!("")] {
            let applied = parse(op("Replace", "active", nothing))
                .unwrap()
                .apply(&disabled)
                .unwrap();
            assert_eq!(applied.after["active"], false);
            assert_eq!(
                applied.ignored,
                [Ignored {
                    path: "active".into(),
                    reason: Reason::NotUnset
                }]
            );
        }
        let applied = parse(remove("active")).unwrap().apply(&disabled).unwrap();
        assert_eq!(
            applied.after.get("active"),
            None,
            "an explicit remove is taken at its word"
        );
    }

    #[test]
    fn wrong_types_are_refused() {
        for (path, value) in [
            ("displayName", json!(7)),
            ("displayName", json!({"a": 1})),
            ("displayName", json!(["x"])),
            ("active", json!("yes")),
            ("active", json!(1)),
            ("active", json!([true])),
            ("name", json!("Jane Doe")),
            ("name", json!(7)),
            ("name.givenName", json!(true)),
            ("emails", json!(7)),
            ("emails", json!([7])),
            ("emails", json!([{"value": 7}])),
            ("emails", json!([{"value": "x", "primary": "maybe"}])),
            ("manager", json!(["1", "2"])),
            ("emails[type eq \"work\"].value", json!({"value": "x"})),
        ] {
            refused(op("replace", path, value), ScimType::InvalidValue);
        }
    }
}

mod complex_values {
    use super::*;

    #[test]
    fn add_and_replace_merge_them() {
        for word in ["add", "replace"] {
            assert_eq!(
                after(op(
                    word,
                    "name",
                    json!({"familyName": "Roe", "givenName": null, "middleName": "X"})
                ))["name"],
                json!({"familyName": "Roe", "middleName": "X"})
            );
        }
    }

    #[test]
    fn sub_attributes_are_set_and_unset() {
        assert_eq!(
            after(op("add", "name.formatted", json!("Jane Doe")))["name"]["formatted"],
            "Jane Doe"
        );
        assert_eq!(
            after(op("replace", "name.givenName", json!("")))["name"],
            json!({"familyName": "Doe"})
        );
        assert_eq!(
            after(remove("name.givenName"))["name"],
            json!({"familyName": "Doe"})
        );
        assert_eq!(after(remove("name")).get("name"), None);
        assert_eq!(after(op("replace", "name", json!(null))).get("name"), None);
    }

    #[test]
    fn what_is_left_empty_goes() {
        let both =
            json!([{"op": "remove", "path": "name.givenName"}, {"op": "remove", "path": "name.familyName"}]);
        assert_eq!(after(both).get("name"), None);
        assert_eq!(
            after(op("replace", "name", json!({"givenName": "", "familyName": ""}))).get("name"),
            None
        );
    }

    #[test]
    fn unknown_parts_are_ignored() {
        let applied = apply(op(
            "replace",
            "name",
            json!({"givenName": "J", "shoe": 1, "<b>": 2}),
        ))
        .unwrap();
        assert_eq!(applied.after["name"]["givenName"], "J");
        let paths: Vec<&str> = applied.ignored.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths, ["name.shoe", "(a name with unusual characters)"]);
    }
}

mod lists {
    use super::*;

    #[test]
    fn add_appends() {
        let emails = after(op("add", "emails", json!([{"type": "other", "value": "o@x"}])))["emails"].clone();
        assert_eq!(emails.as_array().unwrap().len(), 3);
        assert_eq!(emails[2], json!({"type": "other", "value": "o@x"}));
        assert_eq!(
            after(op("add", "emails", json!({"value": "one@x"})))["emails"][2],
            json!({"value": "one@x"})
        );
        assert_eq!(
            after(op("add", "emails", json!("bare@x")))["emails"][2],
            json!({"value": "bare@x"})
        );
    }

    #[test]
    fn adding_what_is_there_merges() {
        let same = json!([{"type": "WORK", "value": "Jane@Contoso.com", "display": "J"}]);
        let emails = after(op("add", "emails", same))["emails"].clone();
        assert_eq!(emails.as_array().unwrap().len(), 2);
        assert_eq!(emails[0]["display"], "J");
        let untouched = op(
            "add",
            "emails",
            json!([{"type": "home", "value": "jane@example.org"}]),
        );
        assert_eq!(apply(untouched).unwrap().touched, Vec::<String>::new());
    }

    #[test]
    fn addresses_are_the_same_in_all_their_parts() {
        let twice = json!([
            {"op": "add", "path": "addresses", "value": [{"type": "work", "locality": "Oslo"}]},
            {"op": "add", "path": "addresses", "value": [{"type": "work", "locality": "Oslo", "primary": true}]},
            {"op": "add", "path": "addresses", "value": [{"type": "work", "locality": "Bergen"}]},
        ]);
        assert_eq!(
            after(twice)["addresses"],
            json!([{"type": "work", "locality": "Oslo", "primary": true}, {"type": "work", "locality": "Bergen"}])
        );
    }

    #[test]
    fn replace_replaces_all() {
        let emails = after(op(
            "replace",
            "emails",
            json!([{"value": "a@x"}, {"value": "a@x"}, {"type": "work"}]),
        ));
        assert_eq!(
            emails["emails"],
            json!([{"value": "a@x"}]),
            "doubles and labels without content go"
        );
        for nothing in [
            json!(null),
            json!([]),
            json!(""),
            json!([{"type": "work"}]),
            json!([null]),
        ] {
            assert_eq!(after(op("replace", "emails", nothing)).get("emails"), None);
        }
    }

    #[test]
    fn remove_with_a_value_removes_only_that() {
        let removed = |value: Value| after(op("Remove", "emails", value))["emails"].clone();
        let home = json!([{"type": "home", "value": "jane@example.org"}]);
        assert_eq!(removed(json!([{"value": "JANE@contoso.com"}])), home);
        assert_eq!(
            removed(json!([{"value": "jane@contoso.com", "primary": false, "display": "x"}])),
            home
        );
        assert_eq!(removed(json!("jane@contoso.com")), home);
        assert_eq!(removed(json!([{"type": "work"}])), home);
        for nothing in [
            json!([]),
            json!([{}]),
            json!([{"value": "x@y"}]),
            json!([{"value": "jane@contoso.com", "type": "home"}]),
        ] {
            assert_eq!(removed(nothing.clone()), jane()["emails"], "{nothing}");
        }
        assert_eq!(after(remove("emails")).get("emails"), None);
        assert_eq!(after(op("remove", "emails", json!(null))).get("emails"), None);
    }

    #[test]
    fn a_sub_attribute_without_filter_means_every_element() {
        let displays = after(op("replace", "emails.display", json!("x")));
        assert_eq!(displays["emails"][0]["display"], "x");
        assert_eq!(displays["emails"][1]["display"], "x");
        assert_eq!(
            after(op("add", "ims.value", json!("j")))["ims"],
            json!([{"value": "j"}])
        );
        assert_eq!(after(remove("emails.value")).get("emails"), None);
        assert_eq!(after(remove("ims.value")).get("ims"), None);
    }

    #[test]
    fn one_element_is_primary() {
        let primary = |operations: Value| {
            let emails = after(operations)["emails"].clone();
            let flags = emails
                .as_array()
                .unwrap()
                .iter()
                .map(|email| email.get("primary") == Some(&json!(true)));
            flags.collect::<Vec<_>>()
        };
        assert_eq!(
            primary(op("add", "emails", json!([{"value": "n@x", "primary": true}]))),
            [false, false, true]
        );
        assert_eq!(
            primary(op("replace", "emails[type eq \"home\"].primary", json!("True"))),
            [false, true]
        );
        assert_eq!(
            primary(op("add", "emails[type eq \"home\"]", json!({"primary": true}))),
            [false, true]
        );
        assert_eq!(
            primary(op(
                "replace",
                "emails[type eq \"home\"]",
                json!({"value": "h@x", "primary": true})
            )),
            [false, true]
        );
        assert_eq!(
            primary(op(
                "add",
                "emails[type eq \"other\" and primary eq true].value",
                json!("o@x")
            )),
            [false, false, true]
        );
        assert_eq!(
            primary(op("replace", "emails.primary", json!(true))),
            [true, false]
        );
        assert_eq!(
            primary(op(
                "replace",
                "emails",
                json!([{"value": "a", "primary": true}, {"value": "b", "primary": true}])
            )),
            [true, false]
        );
    }

    #[test]
    fn lists_have_a_bound() {
        let many = |count: usize| Value::from_iter((0..count).map(|i| json!({"value": format!("{i}@x")})));
        assert_eq!(
            after(op("replace", "emails", many(MAX_VALUES)))["emails"]
                .as_array()
                .unwrap()
                .len(),
            MAX_VALUES
        );
        refused(op("replace", "emails", many(MAX_VALUES + 1)), ScimType::TooMany);
        refused(op("add", "emails", many(MAX_VALUES)), ScimType::TooMany);
    }
}

mod selected_elements {
    use super::*;

    #[test]
    fn a_sub_attribute_of_each_is_set() {
        let emails = after(op(
            "replace",
            "emails[type eq \"WORK\"].value",
            json!("new@contoso.com"),
        ))["emails"]
            .clone();
        assert_eq!(
            emails[0],
            json!({"type": "work", "value": "new@contoso.com", "primary": true})
        );
        assert_eq!(emails[1], jane()["emails"][1]);
    }

    #[test]
    fn a_missing_element_is_made() {
        let phone = op("Add", "phoneNumbers[type eq \"mobile\"].value", json!("+1"));
        assert_eq!(
            after(phone)["phoneNumbers"],
            json!([{"type": "mobile", "value": "+1"}])
        );
        let whole = op(
            "replace",
            "phoneNumbers[type eq \"mobile\"]",
            json!({"value": "+1"}),
        );
        assert_eq!(
            after(whole)["phoneNumbers"],
            json!([{"type": "mobile", "value": "+1"}])
        );
    }

    #[test]
    fn what_a_filter_puts_into_an_element_is_checked() {
        let control = op("add", "phoneNumbers[type eq \"a\\u0007\"].value", json!("+1"));
        refused(control, ScimType::InvalidValue);
        let long = format!("phoneNumbers[type eq \"{}\"].value", "x".repeat(1025));
        refused(op("add", &long, json!("+1")), ScimType::InvalidValue);
    }

    #[test]
    fn several_operations_fill_one_new_element() {
        let operations = json!([
            {"op": "Add", "path": "addresses[type eq \"work\"].primary", "value": "True"},
            {"op": "Add", "path": "addresses[type eq \"work\"].locality", "value": "Oslo"},
            {"op": "Add", "path": "addresses[type eq \"work\"].country", "value": "NO"},
        ]);
        assert_eq!(
            after(operations)["addresses"],
            json!([{"type": "work", "primary": true, "locality": "Oslo", "country": "NO"}])
        );
    }

    #[test]
    fn an_element_without_content_goes() {
        for nothing in [json!(null), json!("")] {
            let emails = after(op("replace", "emails[type eq \"work\"].value", nothing))["emails"].clone();
            assert_eq!(emails, json!([{"type": "home", "value": "jane@example.org"}]));
        }
        let label = op("add", "phoneNumbers[type eq \"work\"].primary", json!(true));
        assert_eq!(after(label).get("phoneNumbers"), None);
        let nothing = op("replace", "phoneNumbers[type eq \"work\"].value", json!(""));
        assert_eq!(apply(nothing).unwrap().touched, Vec::<String>::new());
    }

    #[test]
    fn whole_elements_are_replaced_added_to_and_removed() {
        let replaced = after(op("replace", "emails[type eq \"work\"]", json!({"value": "n@x"})));
        assert_eq!(
            replaced["emails"][0],
            json!({"type": "work", "value": "n@x"}),
            "the type goes on to hold"
        );
        let listed = after(op(
            "replace",
            "emails[type eq \"work\"]",
            json!([{"value": "n@x"}]),
        ));
        assert_eq!(listed, replaced);
        let added = after(op("add", "emails[type eq \"work\"]", json!({"display": "J"})));
        assert_eq!(added["emails"][0]["display"], "J");
        assert_eq!(added["emails"][0]["value"], "jane@contoso.com");
        assert_eq!(
            after(remove("emails[type eq \"work\"]"))["emails"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        assert_eq!(after(remove("emails[value pr]")).get("emails"), None);
        assert_eq!(
            after(op("replace", "emails[type eq \"work\"]", json!(null)))["emails"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
    }

    #[test]
    fn a_filter_that_selects_nothing_is_refused_if_it_is_all_there_is() {
        let error = refused(remove("emails[type eq \"other\"]"), ScimType::NoTarget);
        assert_eq!(
            error.detail,
            "The filter in the path selects no value of emails, so there is nothing to change."
        );
        refused(remove("emails[type eq \"other\"].value"), ScimType::NoTarget);
        refused(
            op("replace", "emails[value co \"nobody\"].type", json!("x")),
            ScimType::NoTarget,
        );
        refused(
            op(
                "replace",
                "emails[type eq \"a\" or type eq \"b\"].value",
                json!("x"),
            ),
            ScimType::NoTarget,
        );
    }

    #[test]
    fn a_filter_that_selects_nothing_sinks_nothing_else() {
        let operations = json!([
            {"op": "remove", "path": "emails[type eq \"other\"]"},
            {"op": "Replace", "path": "active", "value": "False"},
        ]);
        let applied = apply(operations).unwrap();
        assert_eq!(applied.touched, ["active"]);
        assert_eq!(
            applied.ignored,
            [Ignored {
                path: "emails".into(),
                reason: Reason::NoTarget
            }]
        );
    }
}

mod extensions {
    use super::*;

    #[test]
    fn enterprise_attributes_are_reached_by_every_name() {
        for path in [
            format!("{ENTERPRISE_USER}:department"),
            format!("{}:DEPARTMENT", ENTERPRISE_USER.to_lowercase()),
            "department".to_owned(),
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0User:department".to_owned(),
        ] {
            let applied = apply(op("replace", &path, json!("R&D"))).unwrap();
            assert_eq!(applied.after[ENTERPRISE_USER]["department"], "R&D", "{path}");
            assert_eq!(applied.touched, [format!("{ENTERPRISE_USER}:department")]);
        }
    }

    #[test]
    fn a_whole_extension_is_merged() {
        for word in ["add", "replace"] {
            let applied = apply(op(
                word,
                ENTERPRISE_USER,
                json!({"costCenter": "7", "department": null}),
            ))
            .unwrap();
            assert_eq!(
                applied.after[ENTERPRISE_USER],
                json!({"manager": {"value": "M1"}, "costCenter": "7"})
            );
        }
    }

    #[test]
    fn an_extension_that_is_empty_goes_and_leaves_the_schemas() {
        for operations in [
            remove(ENTERPRISE_USER),
            op("replace", ENTERPRISE_USER, json!(null)),
            json!([{"op": "remove", "path": "department"}, {"op": "remove", "path": "manager"}]),
        ] {
            let after = after(operations);
            assert_eq!(after.get(ENTERPRISE_USER), None);
            assert_eq!(after["schemas"], json!([USER]));
        }
    }

    #[test]
    fn the_manager_is_always_an_object() {
        let extension = |value: Value| after(op("replace", "manager", value))[ENTERPRISE_USER].clone();
        for value in [
            json!("M2"),
            json!(["M2"]),
            json!([{"value": "M2", "$ref": "x"}]),
            json!({"value": "M2", "displayName": "B"}),
        ] {
            assert_eq!(
                extension(value.clone())["manager"],
                json!({"value": "M2"}),
                "{value}"
            );
        }
        for nothing in [
            json!(""),
            json!(null),
            json!([]),
            json!({"value": ""}),
            json!({"value": null}),
            json!([{}]),
        ] {
            let expected = if nothing == json!([{}]) {
                json!({"value": "M1"})
            } else {
                Value::Null
            };
            assert_eq!(
                extension(nothing.clone())
                    .get("manager")
                    .cloned()
                    .unwrap_or_default(),
                expected,
                "{nothing}"
            );
        }
        assert_eq!(
            after(op("add", "manager.value", json!("M3")))[ENTERPRISE_USER]["manager"],
            json!({"value": "M3"})
        );
        assert_eq!(
            after(remove("manager.value"))[ENTERPRISE_USER].get("manager"),
            None
        );
    }

    #[test]
    fn custom_attributes_are_kept_as_they_come() {
        let path = format!("{HERO}:costCode");
        for value in [
            json!("C7"),
            json!(7),
            json!(true),
            json!(["a"]),
            json!({"a": [1]}),
        ] {
            let after = after(op("Add", &path, value.clone()));
            assert_eq!(after[HERO]["costCode"], value);
            assert_eq!(after["schemas"], json!([USER, ENTERPRISE_USER, HERO]));
        }
    }

    #[test]
    fn custom_attributes_are_found_whatever_their_case() {
        let mut before = jane();
        before.insert(HERO.into(), json!({"costCode": "C7", "level": 1}));
        let apply = |operations: Value| parse(operations).unwrap().apply(&before).unwrap();
        let other_case = format!("{}:COSTCODE", HERO.to_uppercase());
        let applied = apply(op("replace", &other_case, json!("C8")));
        assert_eq!(applied.after[HERO], json!({"costCode": "C8", "level": 1}));
        assert_eq!(applied.touched, [format!("{HERO}:costCode")]);
        assert_eq!(apply(remove(&other_case)).after[HERO], json!({"level": 1}));
        assert_eq!(
            apply(op("replace", &other_case, json!(""))).after[HERO],
            json!({"level": 1})
        );
        assert_eq!(
            apply(op("replace", HERO, json!({"level": null, "costcode": null})))
                .after
                .get(HERO),
            None
        );
        assert_eq!(apply(remove(&HERO.to_lowercase())).after.get(HERO), None);
        assert_eq!(
            apply(remove(&format!("{HERO}:none"))).touched,
            Vec::<String>::new()
        );
    }

    #[test]
    fn custom_values_are_bounded() {
        let path = format!("{HERO}:a");
        refused(op("add", &path, json!("x\u{0}y")), ScimType::InvalidValue);
        refused(
            op("add", &path, json!({"deep": ["x\u{7}"]})),
            ScimType::InvalidValue,
        );
        refused(
            op("add", &path, json!({"bad\u{1}key": 1})),
            ScimType::InvalidValue,
        );
        refused(op("add", &path, json!("x".repeat(4097))), ScimType::InvalidValue);
        refused(op("add", &path, json!(vec![1; 501])), ScimType::TooMany);
        let many = Map::from_iter((0..201).map(|i| (format!("a{i}"), json!(1))));
        refused(op("add", HERO, Value::Object(many)), ScimType::TooMany);
        let extensions: Vec<Value> = (0..21)
            .map(|i| json!({"op": "add", "path": format!("urn:ietf:params:scim:schemas:extension:H{i}:2.0:User:a"), "value": 1}))
            .collect();
        refused(Value::Array(extensions[..].to_vec()), ScimType::TooMany);
        assert!(apply(Value::Array(extensions[..20].to_vec())).is_ok());
        refused(op("add", HERO, json!("text")), ScimType::InvalidValue);
    }
}

mod without_path {
    use super::*;

    #[test]
    fn every_kind_of_key_is_a_path() {
        let value = json!({
            "displayName": "B",
            "name.givenName": "K",
            "name": {"middleName": "M"},
            format!("{ENTERPRISE_USER}:employeeNumber"): "7",
            ENTERPRISE_USER: {"costCenter": "C"},
            "emails[type eq \"work\"].value": "w@x",
            format!("{HERO}:level"): 3,
            "id": "x", "schemas": [], "meta": {},
        });
        for word in ["add", "replace"] {
            let after = after(json!([{"op": word, "value": value}]));
            assert_eq!(after["displayName"], "B");
            assert_eq!(
                after["name"],
                json!({"givenName": "K", "familyName": "Doe", "middleName": "M"})
            );
            assert_eq!(
                after[ENTERPRISE_USER],
                json!({"department": "Sales", "manager": {"value": "M1"}, "employeeNumber": "7", "costCenter": "C"})
            );
            assert_eq!(after["emails"][0]["value"], "w@x");
            assert_eq!(after[HERO], json!({"level": 3}));
        }
    }

    #[test]
    fn an_empty_or_null_path_is_none() {
        for path in [json!(""), json!(null)] {
            let after = after(json!([{"op": "replace", "path": path, "value": {"displayName": "B"}}]));
            assert_eq!(after["displayName"], "B");
        }
        assert_eq!(
            after(json!([{"op": "add", "value": [{"displayName": "B"}, {"title": "T"}]}]))["title"],
            "T"
        );
    }

    #[test]
    fn a_remove_needs_a_path() {
        refused(json!([{"op": "remove"}]), ScimType::NoTarget);
        refused(
            json!([{"op": "remove", "value": {"displayName": "x"}}]),
            ScimType::NoTarget,
        );
    }

    #[test]
    fn the_value_has_to_be_an_object() {
        for value in [json!("x"), json!(7), json!(null), json!(["x"])] {
            refused(json!([{"op": "add", "value": value}]), ScimType::InvalidValue);
        }
        assert_eq!(
            apply(json!([{"op": "add", "value": {}}])).unwrap().touched,
            Vec::<String>::new()
        );
    }
}

mod what_is_ignored {
    use super::*;

    #[test]
    fn an_unknown_attribute_does_not_sink_the_rest() {
        let operations = json!([
            {"op": "Replace", "path": "shoeSize", "value": "42"},
            {"op": "Add", "path": "extension attribute 1", "value": "x"},
            {"op": "Add", "path": "foo[type eq \"<script>\"].bar", "value": "x"},
            {"op": "Replace", "path": "emails[foo eq \"x\"].value", "value": "x"},
            {"op": "Replace", "path": "displayName[value eq \"x\"]", "value": "x"},
            {"op": "Replace", "path": "id", "value": "x"},
            {"op": "Replace", "path": "manager.displayName", "value": "x"},
            {"op": "Replace", "path": "groups[value eq \"x\"]", "value": "x"},
            {"op": "Replace", "path": "password", "value": "hunter2"},
            {"op": "Replace", "path": "active", "value": "False"},
        ]);
        let applied = apply(operations).unwrap();
        assert_eq!(applied.touched, ["active"]);
        let ignored: Vec<(&str, Reason)> = applied
            .ignored
            .iter()
            .map(|entry| (entry.path.as_str(), entry.reason))
            .collect();
        assert_eq!(
            ignored,
            [
                ("shoeSize", Reason::Unknown),
                ("(a name with unusual characters)", Reason::Unknown),
                ("foo.bar", Reason::Unknown),
                ("emails.value", Reason::Unknown),
                ("displayName", Reason::Unknown),
                ("id", Reason::ReadOnly),
                ("manager.displayName", Reason::ReadOnly),
                ("groups", Reason::ReadOnly),
                ("password", Reason::Password),
            ]
        );
    }

    #[test]
    fn nothing_but_unknown_attributes_is_refused_by_name() {
        let operations = json!([
            {"op": "add", "path": "shoeSize", "value": "42"},
            {"op": "add", "value": {"hatSize": 1, "<script>": 2}},
            {"op": "remove", "path": "a b"},
        ]);
        assert_eq!(
            refused(operations, ScimType::InvalidPath).detail,
            "No operation names an attribute we know. Unknown: shoeSize, hatSize, (a name with unusual characters). \
             Remove them from the attribute mapping, or choose attributes that /Schemas lists."
        );
    }

    #[test]
    fn nothing_but_read_only_attributes_is_refused() {
        for path in [
            "id",
            "meta.created",
            "groups",
            "schemas",
            "urn:ietf:params:scim:schemas:core:2.0:User:id",
        ] {
            let error = refused(op("replace", path, json!("x")), ScimType::Mutability);
            assert_eq!(
                error.detail,
                format!("These attributes cannot be written: {path}.")
            );
        }
    }

    #[test]
    fn a_password_alone_changes_nothing() {
        let applied = apply(op("replace", "password", json!("hunter2"))).unwrap();
        assert_eq!((applied.after, applied.touched), (jane(), vec![]));
        assert_eq!(
            applied.ignored,
            [Ignored {
                path: "password".into(),
                reason: Reason::Password
            }]
        );
    }

    #[test]
    fn the_list_is_bounded() {
        let unknown = Map::from_iter((0..500).map(|i| (format!("x{i}"), json!(i))));
        let applied =
            apply(json!([{"op": "add", "value": unknown}, {"op": "add", "path": "title", "value": "T"}]))
                .unwrap();
        assert_eq!(applied.ignored.len(), crate::limits::MAX_IGNORED);
        assert_eq!(applied.touched, ["title"]);
    }
}

mod messages {
    use super::*;

    fn raw(text: &str) -> Result<Patch> {
        Patch::parse(text.as_bytes(), ResourceType::User)
    }

    #[test]
    fn order_case_and_company_do_not_matter() {
        for text in [
            r#"{"Operations":[{"value":"J","path":"TITLE","op":"aDD"}],"schemas":["x"],"id":"y","extra":1}"#,
            r#"{"operations":[{"OP":"REPLACE","Path":"title","Value":"J","name":"addTitle"}]}"#,
        ] {
            assert_eq!(raw(text).unwrap().apply(&jane()).unwrap().after["title"], "J");
        }
    }

    #[test]
    fn what_is_no_patch_is_refused() {
        for (text, kind) in [
            ("{}", ScimType::InvalidSyntax),
            (r#"{"Operations":{}}"#, ScimType::InvalidSyntax),
            (r#"{"Operations":[]}"#, ScimType::InvalidSyntax),
            (r#"{"Operations":["add"]}"#, ScimType::InvalidSyntax),
            (r#"{"Operations":[{"path":"title"}]}"#, ScimType::InvalidSyntax),
            (
                r#"{"Operations":[{"op":"move","path":"title"}]}"#,
                ScimType::InvalidSyntax,
            ),
            (
                r#"{"Operations":[{"op":7,"path":"title"}]}"#,
                ScimType::InvalidSyntax,
            ),
            (r#"{"Operations":[{"op":"add","path":7}]}"#, ScimType::InvalidPath),
            (
                r#"{"Operations":[{"op":"add","op":"remove","path":"title"}]}"#,
                ScimType::InvalidSyntax,
            ),
        ] {
            assert_eq!(
                raw(text).map_err(|e| e.scim_type).err(),
                Some(Some(kind)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_patch_holds_1000_operations_and_no_more() {
        let many = |count: usize| {
            Value::from_iter((0..count).map(|_| json!({"op": "add", "path": "title", "value": "x"})))
        };
        assert!(apply(many(MAX_PATCH_OPERATIONS)).is_ok());
        refused(many(MAX_PATCH_OPERATIONS + 1), ScimType::TooMany);
        let wide = Map::from_iter((0..=MAX_PATCH_OPERATIONS).map(|i| (format!("x{i}"), json!(1))));
        refused(json!([{"op": "add", "value": wide}]), ScimType::TooMany);
    }

    #[test]
    fn one_bad_value_refuses_all_of_it() {
        let operations = json!([
            {"op": "replace", "path": "displayName", "value": "changed"},
            {"op": "replace", "path": "active", "value": "False"},
            {"op": "replace", "path": "title", "value": 7},
        ]);
        refused(operations, ScimType::InvalidValue);
    }
}

mod members {
    use super::*;

    fn group(operations: Value) -> Result<Patch> {
        Patch::parse(&body(operations), ResourceType::Group)
    }

    fn ops(operations: Value) -> Vec<MemberOp> {
        group(operations)
            .unwrap_or_else(|e| panic!("{e}"))
            .members()
            .to_vec()
    }

    fn ids(values: &[&str]) -> Vec<MemberRef> {
        values.iter().map(|value| MemberRef::from_value(*value)).collect()
    }

    #[test]
    fn every_form_of_add() {
        for value in [
            json!([{"value": "a"}]),
            json!([{"$ref": null, "value": "a"}]),
            json!({"value": "a"}),
            json!("a"),
            json!(["a"]),
        ] {
            assert_eq!(ops(op("Add", "members", value)), [MemberOp::Add(ids(&["a"]))]);
        }
        assert_eq!(ops(op("add", "MEMBERS", json!([]))), [MemberOp::Add(vec![])]);
        assert_eq!(
            ops(op(
                "add",
                "members",
                json!([{"value": "g", "type": "group", "display": "G", "$ref": "https://x"}])
            )),
            [MemberOp::Add(vec![MemberRef {
                value: "g".into(),
                display: Some("G".into()),
                kind: Some(ResourceType::Group)
            }])]
        );
        assert_eq!(
            ops(op("add", r#"members[value eq "a"]"#, json!(null))),
            [MemberOp::Add(ids(&["a"]))]
        );
        assert_eq!(
            ops(json!([{"op": "add", "value": {"members": [{"value": "a"}]}}])),
            [MemberOp::Add(ids(&["a"]))]
        );
    }

    #[test]
    fn every_form_of_remove() {
        let removes =
            |values: &[&str]| vec![MemberOp::Remove(values.iter().map(|v| (*v).to_owned()).collect())];
        assert_eq!(
            ops(op("Remove", "members", json!([{"$ref": null, "value": "a"}]))),
            removes(&["a"])
        );
        assert_eq!(
            ops(op("remove", "members", json!(["a", "b"]))),
            removes(&["a", "b"])
        );
        assert_eq!(ops(op("remove", "members", json!("a"))), removes(&["a"]));
        assert_eq!(
            ops(op("remove", "members", json!([]))),
            removes(&[]),
            "an empty list removes nobody"
        );
        assert_eq!(ops(remove(r#"members[value eq "a"]"#)), removes(&["a"]));
        assert_eq!(
            ops(remove(r#"Members[VALUE eq "a" or value Eq "b"]"#)),
            removes(&["a", "b"])
        );
        assert_eq!(ops(remove("members")), [MemberOp::Clear]);
        assert_eq!(ops(op("remove", "members", json!(null))), [MemberOp::Clear]);
        let [MemberOp::RemoveWhere(filter)] =
            &ops(remove(r#"members[type eq "Group" and value sw "A"]"#))[..]
        else {
            panic!("should be a filter");
        };
        assert_eq!(filter.to_string(), r#"type eq "Group" and value sw "A""#);
        assert!(matches!(
            &ops(remove(r#"members[value ne "a"]"#))[..],
            [MemberOp::RemoveWhere(_)]
        ));
    }

    #[test]
    fn replace_replaces_all() {
        assert_eq!(
            ops(op("replace", "members", json!([{"value": "a"}]))),
            [MemberOp::Replace(ids(&["a"]))]
        );
        assert_eq!(
            ops(op("replace", "members", json!([]))),
            [MemberOp::Replace(vec![])]
        );
        assert_eq!(
            ops(op("replace", "members", json!(null))),
            [MemberOp::Replace(vec![])]
        );
        assert_eq!(
            ops(json!([{"op": "replace", "value": {"displayName": "G", "members": ["a"]}}])),
            [MemberOp::Replace(ids(&["a"]))]
        );
        assert_eq!(
            ops(op("replace", r#"members[value eq "a"]"#, json!([{"value": "b"}]))),
            [MemberOp::Remove(vec!["a".into()]), MemberOp::Add(ids(&["b"]))]
        );
    }

    #[test]
    fn operations_keep_their_order_and_leave_the_attributes_alone() {
        let before = map(json!({"schemas": [crate::schema::GROUP], "displayName": "G"}));
        let patch = group(json!([
            {"op": "Add", "path": "members", "value": ["a"]},
            {"op": "Replace", "path": "displayName", "value": "H"},
            {"op": "Remove", "path": "members", "value": ["b"]},
        ]))
        .unwrap();
        assert_eq!(patch.members().len(), 2);
        assert!(patch.changes_attributes());
        let applied = patch.apply(&before).unwrap();
        assert_eq!(
            applied.after,
            map(json!({"schemas": [crate::schema::GROUP], "displayName": "H"}))
        );
        assert_eq!(applied.touched, ["displayName"]);
        assert!(
            !group(op("add", "members", json!(["a"])))
                .unwrap()
                .changes_attributes()
        );
    }

    #[test]
    fn members_need_a_value() {
        for value in [
            json!([{}]),
            json!([{"display": "x"}]),
            json!([{"value": ""}]),
            json!([{"value": 7}]),
            json!([7]),
            json!(""),
            json!([["a"]]),
            json!([null]),
            json!([{"value": "a\u{0}"}]),
            json!("x".repeat(1025)),
        ] {
            let error = group(op("add", "members", value.clone())).expect_err(&value.to_string());
            assert_eq!(error.scim_type, Some(ScimType::InvalidValue));
        }
    }

    #[test]
    fn an_operation_holds_10_000_members_and_no_more() {
        let many = |count: usize| Value::from_iter((0..count).map(|i| json!(format!("m{i}"))));
        assert!(group(op("add", "members", many(MAX_MEMBERS_PER_OPERATION))).is_ok());
        let error = group(op("add", "members", many(MAX_MEMBERS_PER_OPERATION + 1))).unwrap_err();
        assert_eq!((error.status, error.scim_type), (400, Some(ScimType::TooMany)));
    }

    #[test]
    fn what_a_member_is_called_is_ours_to_say() {
        for path in [
            "members.display",
            r#"members[value eq "a"].display"#,
            r#"members[value eq "a"].value"#,
        ] {
            let error = group(op("replace", path, json!("x"))).expect_err(path);
            assert_eq!(error.scim_type, Some(ScimType::Mutability), "{path}");
        }
    }

    #[test]
    fn the_name_of_a_group_stays() {
        assert_eq!(
            group(remove("displayName")).unwrap_err().scim_type,
            Some(ScimType::Mutability)
        );
        assert_eq!(
            group(op("replace", "displayName", json!("")))
                .unwrap_err()
                .scim_type,
            Some(ScimType::InvalidValue)
        );
    }

    #[test]
    fn users_have_no_members() {
        refused(op("add", "members", json!(["a"])), ScimType::InvalidPath);
    }
}
