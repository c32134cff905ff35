//! Bodies and queries as Entra sends them, one file each, with what they have to lead to.
//!
//! A file says which fact it stands for. `at` gives JSON pointers into the attributes after a PATCH and what is there (`null`
//! for nothing); `touched` and `ignored` are complete lists.

use std::{fs, path::PathBuf};

use scim::{
    Ignored, ListQuery, Map, Patch, ResourceType,
    patch::MemberOp,
    resource::{MemberRef, parse_group, parse_user},
};
use serde_json::{Value, json};

fn cases(kind: &str) -> Vec<(String, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/corpus")
        .join(kind);
    let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<(String, Value)> = files
        .map(|file| {
            let name = file.file_stem().unwrap().to_string_lossy().into_owned();
            (name, serde_json::from_slice(&fs::read(&file).unwrap()).unwrap())
        })
        .collect();
    cases.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(cases.len() >= 10, "{kind}: the corpus is there");
    cases
}

fn resource_type(case: &Value) -> ResourceType {
    match case["resource"].as_str() {
        Some("User") => ResourceType::User,
        Some("Group") => ResourceType::Group,
        other => panic!("{other:?}"),
    }
}

fn attributes(resource: ResourceType, body: &Value) -> Map {
    let body = body.to_string();
    match resource {
        ResourceType::User => parse_user(body.as_bytes()).unwrap().attributes,
        ResourceType::Group => parse_group(body.as_bytes()).unwrap().attributes,
    }
}

fn ignored(list: &[Ignored]) -> Value {
    list.iter()
        .map(|entry| json!([entry.path, entry.reason.as_str()]))
        .collect()
}

fn values(members: &[MemberRef]) -> Vec<&str> {
    members.iter().map(|member| member.value.as_str()).collect()
}

fn member_op(op: &MemberOp) -> Value {
    match op {
        MemberOp::Add(members) => json!({"add": values(members)}),
        MemberOp::Remove(ids) => json!({"remove": ids}),
        MemberOp::RemoveWhere(filter) => json!({"removeWhere": filter.to_string()}),
        MemberOp::Clear => json!({"clear": true}),
        MemberOp::Replace(members) => json!({"replace": values(members)}),
    }
}

fn default_before(resource: ResourceType) -> Value {
    match resource {
        ResourceType::User => json!({"userName": "jane"}),
        ResourceType::Group => json!({"displayName": "Sales"}),
    }
}

fn check_refusal(name: &str, expected: &Value, error: &scim::Error) {
    assert_eq!(expected["status"], error.status, "{name}");
    assert_eq!(expected["scimType"], error.scim_type.unwrap().as_str(), "{name}");
    for attribute in expected["names"].as_array().unwrap() {
        assert!(
            error.detail.contains(attribute.as_str().unwrap()),
            "{name}: {error}"
        );
    }
}

fn check_patch(name: &str, case: &Value) {
    let resource = resource_type(case);
    let before = attributes(resource, case.get("before").unwrap_or(&default_before(resource)));
    let patch = Patch::parse(case["body"].to_string().as_bytes(), resource);
    let applied = patch
        .as_ref()
        .map_err(Clone::clone)
        .and_then(|patch| patch.apply(&before));
    let applied = match (applied, case.get("error")) {
        (Err(error), Some(expected)) => return check_refusal(name, expected, &error),
        (Ok(applied), None) => applied,
        (other, expected) => panic!("{name}: {other:?}, expected {expected:?}"),
    };
    let after = Value::Object(applied.after);
    for (pointer, expected) in case.get("at").and_then(Value::as_object).into_iter().flatten() {
        assert_eq!(
            after.pointer(pointer).unwrap_or(&Value::Null),
            expected,
            "{name} at {pointer} of {after}"
        );
    }
    assert_eq!(case["touched"], json!(applied.touched), "{name}");
    assert_eq!(
        case.get("ignored").unwrap_or(&json!([])),
        &ignored(&applied.ignored),
        "{name}"
    );
    let members: Value = patch.unwrap().members().iter().map(member_op).collect();
    assert_eq!(case.get("members").unwrap_or(&json!([])), &members, "{name}");
}

#[test]
fn patches() {
    for (name, case) in cases("patch") {
        check_patch(&name, &case);
    }
}

#[test]
fn resources() {
    for (name, case) in cases("resource") {
        let body = case["body"].to_string();
        let (attributes, members, ignored) = match resource_type(&case) {
            ResourceType::User => {
                let parsed = parse_user(body.as_bytes()).unwrap();
                (parsed.attributes, None, parsed.ignored)
            }
            ResourceType::Group => {
                let parsed = parse_group(body.as_bytes()).unwrap();
                (
                    parsed.attributes,
                    Some(json!(values(&parsed.members))),
                    parsed.ignored,
                )
            }
        };
        assert_eq!(case["attributes"], Value::Object(attributes), "{name}");
        assert_eq!(case.get("members").cloned(), members, "{name}");
        assert_eq!(ignored, [], "{name}");
    }
}

#[test]
fn queries() {
    for (name, case) in cases("query") {
        let query = ListQuery::parse(case["query"].as_str(), resource_type(&case))
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(
            case["filter"],
            json!(query.filter.map(|filter| filter.to_string())),
            "{name}"
        );
        assert_eq!(
            case.get("startIndex").and_then(Value::as_u64),
            query.start_index.map(|i| i as u64),
            "{name}"
        );
        assert_eq!(
            case.get("count").and_then(Value::as_u64),
            query.count.map(|i| i as u64),
            "{name}"
        );
        for attribute in case
            .get("without")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            assert!(!query.projection.wants(attribute.as_str().unwrap()), "{name}");
        }
    }
}

/// Each fact of the dialect that the engine has to honour has a body here.
#[test]
fn every_fact_has_a_case() {
    let facts: Vec<String> = ["patch", "resource", "query"]
        .into_iter()
        .flat_map(cases)
        .flat_map(|(_, case)| {
            case["fact"]
                .as_str()
                .unwrap()
                .split(", ")
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    for fact in [
        "A2", "A3", "A4", "A4.1", "A4.2", "A4.3", "A4.4", "A4.5", "A4.6", "A4.7", "A4.8", "A4.9", "A4.10",
        "A5", "A6",
    ] {
        assert!(facts.iter().any(|known| known == fact), "{fact}");
    }
}
