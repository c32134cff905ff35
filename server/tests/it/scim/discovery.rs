//! `/ServiceProviderConfig`, `/ResourceTypes`, `/Schemas` (RFC 7644 §4).

use serde_json::{Value, json};

use crate::harness::{
    Backend, Running,
    scim::{ENTERPRISE, GROUP, Scim, USER, on_both},
};

on_both! { documents_are_found, every_attribute_filters_or_is_refused }

async fn documents_are_found(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let config = scim.get("/ServiceProviderConfig").await.is(200);
    assert_eq!(
        config.header("content-type"),
        Some("application/scim+json; charset=utf-8")
    );
    for (list, ids) in [
        ("/ResourceTypes", vec!["User", "Group"]),
        ("/Schemas", vec![USER, GROUP, ENTERPRISE]),
    ] {
        let body = scim.get(list).await.is(200).json();
        let found: Vec<&Value> = body["Resources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["id"])
            .collect();
        assert_eq!(found, ids, "{list}");
        for one in body["Resources"].as_array().unwrap() {
            let location = one["meta"]["location"].as_str().unwrap();
            let rest = location
                .split_once("/scim/v2/")
                .unwrap()
                .1
                .split_once('/')
                .unwrap()
                .1;
            assert_eq!(
                scim.get(&format!("/{rest}")).await.is(200).json(),
                *one,
                "{location}"
            );
        }
    }
    assert!(
        !scim.get("/Schemas").await.text.contains("null"),
        "no null (entra-facts A5)"
    );
    for missing in [
        "/Schemas/urn:nothing",
        "/ResourceTypes/Device",
        "/Schemas/",
        "/Nothing",
    ] {
        scim.get(missing).await.refuses(404, "");
    }
    scim.get("/Schemas?filter=id+pr").await.refuses(403, "");
    for read_only in ["/Schemas", "/ServiceProviderConfig", "/ResourceTypes"] {
        scim.post(read_only, json!({})).await.refuses(405, "");
        scim.delete(read_only).await.refuses(405, "");
    }
}

/// Threats T29: a filter on an attribute finds who has it, or says that it cannot; never 200 with an empty list.
async fn every_attribute_filters_or_is_refused(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let schemas = scim.get("/Schemas").await.is(200).json();
    let mut body = json!({"schemas": [USER, ENTERPRISE]});
    let mut filters = Vec::new();
    for schema in [USER, ENTERPRISE] {
        let document = schemas["Resources"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["id"] == schema)
            .unwrap();
        let mut values = json!({});
        for attribute in document["attributes"].as_array().unwrap() {
            let name = attribute["name"].as_str().unwrap();
            let path = if schema == USER {
                name.to_owned()
            } else {
                format!("{schema}:{name}")
            };
            if let Some(value) = filled(attribute, &path, &mut filters) {
                values[name] = value;
            }
        }
        match schema == USER {
            true => body
                .as_object_mut()
                .unwrap()
                .extend(values.as_object().unwrap().clone()),
            false => body[schema] = values,
        }
    }
    let id = scim.post("/Users", body).await.is(201).id();
    // Who was not sent `active` counts as active, so the other is not.
    scim.post(
        "/Users",
        json!({"schemas": [USER], "userName": "somebody else", "active": false}),
    )
    .await
    .is(201);
    assert!(filters.len() > 50, "{}", filters.len());
    let mut refused = Vec::new();
    for filter in filters {
        let answer = scim
            .get(&format!(
                "/Users?filter={}",
                crate::harness::scim::escaped(&filter)
            ))
            .await;
        match answer.status {
            200 => {
                let found = answer.json();
                let ids: Vec<&Value> = found["Resources"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|one| &one["id"])
                    .collect();
                assert_eq!(ids, [&json!(id)], "{filter}");
            }
            _ => {
                answer.refuses(400, "invalidFilter");
                refused.push(filter);
            }
        }
    }
    assert_eq!(refused, [""; 0], "what can be sent can be searched for");
}

/// A value for an attribute that can be written and read, and the filters that must find it.
fn filled(attribute: &Value, path: &str, filters: &mut Vec<String>) -> Option<Value> {
    if attribute["mutability"] != "readWrite" {
        return None;
    }
    let many = attribute["multiValued"] == true;
    let value = match attribute["type"].as_str().unwrap() {
        "complex" => {
            let mut object = json!({});
            for sub in attribute["subAttributes"].as_array().unwrap() {
                let name = sub["name"].as_str().unwrap();
                if let Some(value) = filled(sub, &format!("{path}.{name}"), filters) {
                    object[name] = value;
                }
            }
            return Some(if many { json!([object]) } else { object });
        }
        "boolean" => {
            filters.push(format!("{path} eq true"));
            json!(true)
        }
        "reference" => {
            filters.push(format!("{path} eq \"https://example.com/it\""));
            json!("https://example.com/it")
        }
        "binary" => {
            filters.push(format!("{path} eq \"aXQ=\""));
            json!("aXQ=")
        }
        _ => {
            filters.push(format!("{path} eq \"the value\""));
            json!("the value")
        }
    };
    Some(if many { json!([value]) } else { value })
}
