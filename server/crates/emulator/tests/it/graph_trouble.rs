//! Microsoft Graph when it does not go well: throttling, outages, challenges, batches (`entra-facts` C2, C3, D3).

use std::time::Duration;

use emulator::faults::{Effect, Matcher};
use serde_json::{Value, json};

use crate::api::{Api, PORTAL};
use crate::visitor::{ADELE, MEGAN, Visitor};

fn once(visitor: &Visitor, detail: &str, effect: Effect) {
    let matcher = Matcher {
        endpoint: Some("graph".to_owned()),
        detail: Some(detail.to_owned()),
        ..Matcher::default()
    };
    visitor.entra.faults().once(matcher, effect);
}

fn status(status: u16, retry_after: Option<u32>) -> Effect {
    Effect::Status { status, retry_after }
}

#[tokio::test]
async fn faults_come_once_where_they_should() {
    let visitor = Visitor::new().await;
    let app = Api::app(&visitor, &["User.Read.All", "Application.Read.All"]).await;
    once(&visitor, "GET /users", status(429, Some(3)));
    assert_eq!(app.get("/servicePrincipals").await.status, 200);
    let busy = app.get("/users").await;
    assert_eq!(
        (busy.refusal(), busy.header("retry-after")),
        ((429, "TooManyRequests"), "3")
    );
    assert_eq!(app.get("/users").await.status, 200);
    once(&visitor, "/users", status(503, None));
    assert_eq!(app.get("/users").await.refusal(), (503, "ServiceUnavailable"));
    let claims = Some("{\"access_token\":{\"nbf\":{\"essential\":true}}}".to_owned());
    once(&visitor, "/users", Effect::Aadsts { code: 50_133, claims });
    let challenged = app.get("/users").await;
    assert_eq!(challenged.refusal(), (401, "InvalidAuthenticationToken"));
    let header = challenged.header("www-authenticate");
    assert!(
        header.contains("error=\"insufficient_claims\", claims=\"eyJhY2Nlc3NfdG9rZW4i"),
        "{header}"
    );
    once(&visitor, "/users", Effect::Cut);
    assert!(app.breaks_off("/users").await);
    assert!(!app.breaks_off("/users").await);
}

#[tokio::test]
async fn too_many_requests_wait_for_the_next_window() {
    let visitor = Visitor::new().await;
    let app = Api::app(&visitor, &["Group.Read.All"]).await;
    let group = visitor.entra.tenant().find_group("All Contoso").unwrap().id;
    // 250 users: 5000 units per ten seconds, and this costs five.
    let path = format!("/groups/{group}/transitiveMembers?$count=false");
    let twenty: Vec<_> = (0..20)
        .map(|id| json!({"id": id.to_string(), "method": "GET", "url": path}))
        .collect();
    for _ in 0..50 {
        let all = app.post("/$batch", &json!({ "requests": twenty })).await;
        assert_eq!(all.body["responses"][19]["status"], 200);
    }
    let refused = app.get(&path).await;
    assert_eq!(
        (refused.refusal(), refused.header("retry-after")),
        ((429, "TooManyRequests"), "10")
    );
    assert_eq!(
        refused.header("x-ms-throttle-information"),
        "ResourceUnitLimitExceeded"
    );
    assert!(
        refused
            .header("x-ms-throttle-scope")
            .starts_with("Tenant_Application/ReadWrite/")
    );
    visitor.entra.clock().advance(Duration::from_secs(10));
    assert_eq!(app.get(&path).await.status, 200);
}

#[tokio::test]
async fn a_batch_answers_each_of_its_parts() {
    let visitor = Visitor::new().await;
    let megan = Api::of(&visitor, MEGAN, PORTAL).await;
    once(&visitor, "/organization", status(429, Some(7)));
    let requests = json!({"requests": [
        {"id": "1", "method": "GET", "url": format!("/users/{ADELE}?$select=displayName")},
        {"id": "2", "method": "GET", "url": "organization"},
        {"id": "3", "method": "PATCH", "url": format!("/users/{ADELE}"), "body": {"jobTitle": "Boss"},
            "headers": {"Content-Type": "application/json"}, "dependsOn": ["1"]},
        {"id": "4", "method": "GET", "url": "/me", "dependsOn": ["2"]},
        {"id": "5", "method": "GET", "url": "/users/$count", "headers": {"ConsistencyLevel": "eventual"}},
    ]});
    let answers = megan.post("/$batch", &requests).await;
    assert_eq!(answers.status, 200, "{answers:?}");
    let statuses: Vec<_> = answers.body["responses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["status"].clone())
        .collect();
    assert_eq!(statuses, [200, 429, 204, 424, 200]);
    assert_eq!(answers.body["responses"][0]["body"]["displayName"], "Adele Vance");
    assert_eq!(answers.body["responses"][1]["headers"]["Retry-After"], "7");
    let title = visitor.entra.tenant().find_user(ADELE).unwrap();
    assert_eq!(title.get(emulator::tenant::Property::JobTitle), Some("Boss"));
    let many: Vec<Value> = (0..21)
        .map(|id| json!({"id": id.to_string(), "method": "GET", "url": "/me"}))
        .collect();
    assert_eq!(
        megan.post("/$batch", &json!({ "requests": many })).await.status,
        400
    );
}
