//! `POST /Bulk` (RFC 7644 §3.7).

use serde_json::{Value, json};

use crate::harness::{
    Backend, Running,
    scim::{Scim, Transcript, on_both, patch, user},
};

on_both! { a_bulk_request_does_it_all, it_stops_after_so_many_errors, what_is_no_bulk_request_is_refused }

fn bulk(operations: Value) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations})
}

async fn a_bulk_request_does_it_all(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let (old, gone) = (scim.user("old").await, scim.user("gone").await);
    let mut said = Transcript::of(&scim);
    // The group comes first and refers to users that are made later in the same request.
    said.post("/Bulk", bulk(json!([
        {"method": "POST", "path": "/Groups", "bulkId": "team", "data": {"displayName": "Team",
            "members": [{"value": "bulkId:ada"}, {"value": old}]}},
        {"method": "POST", "path": "/Users", "bulkId": "ada", "data": user("ada")},
        {"method": "POST", "path": "/Users", "bulkId": "twin", "data": user("ADA")},
        {"method": "PATCH", "path": format!("/Users/{old}"), "data": patch(json!([{"op": "replace", "path": "title", "value": "X"}]))},
        {"method": "PUT", "path": "/Users/bulkId:ada", "data": {"userName": "ada", "title": "Engineer"}},
        {"method": "DELETE", "path": format!("/Users/{gone}")},
        {"method": "DELETE", "path": format!("/Users/{gone}")},
        {"method": "PATCH", "path": format!("/Users/{old}"), "version": "W/\"77\"",
            "data": patch(json!([{"op": "replace", "path": "title", "value": "Y"}]))},
        {"method": "PATCH", "path": "/Groups/bulkId:team", "data": patch(json!([{"op": "replace", "path": "displayName", "value": "The Team"}]))},
    ])))
    .await
    .is(200);
    said.get("/Users?attributes=userName,title").await;
    said.get("/Groups?attributes=displayName,members.value").await;
    insta::assert_snapshot!("a_bulk_request", said.text());
}

async fn it_stops_after_so_many_errors(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    scim.user("taken").await;
    let create =
        |name: &str, id: &str| json!({"method": "POST", "path": "/Users", "bulkId": id, "data": user(name)});
    let mut body = bulk(json!([
        create("a", "1"),
        create("taken", "2"),
        create("b", "3"),
        create("taken", "4"),
        create("c", "5")
    ]));
    body["failOnErrors"] = json!(2);
    let done = scim.post("/Bulk", body).await.is(200).json();
    let statuses: Vec<&str> = done["Operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["201", "409", "201", "409"]);
    assert_eq!(scim.get("/Users").await.names(), ["taken", "a", "b"]);
}

async fn what_is_no_bulk_request_is_refused(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    for body in [
        json!({}),
        json!([]),
        bulk(json!("x")),
        bulk(json!([{"method": "GET", "path": "/Users"}])),
        bulk(json!([{"path": "/Users"}])),
    ] {
        let refused = scim.post("/Bulk", body.clone()).await;
        assert_eq!(refused.status, 400, "{body}: {}", refused.text);
    }
    for (operation, status) in [
        (
            json!({"method": "POST", "path": "/Users", "bulkId": "a", "data": {"userName": "a", "manager": "bulkId:nobody"}}),
            "409",
        ),
        (
            json!({"method": "POST", "path": "/Elsewhere", "bulkId": "a", "data": user("a")}),
            "4",
        ),
        (json!({"method": "DELETE", "path": "/Users/../Groups"}), "4"),
    ] {
        let answer = scim.post("/Bulk", bulk(json!([operation]))).await;
        let told = match answer.status {
            200 => answer.json()["Operations"][0]["status"]
                .as_str()
                .unwrap()
                .to_owned(),
            other => other.to_string(),
        };
        assert!(told.starts_with(status), "{operation}: {}", answer.text);
    }
    assert_eq!(scim.get("/Users").await.json()["totalResults"], 0);
}
