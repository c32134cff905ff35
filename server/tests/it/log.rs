//! One line for each request, without secrets (threats T73).

use serde_json::Value;

use crate::{
    cli::{Place, Serving},
    harness::Running,
};

const CANARY: &str = "canary7f3a";

#[tokio::test]
async fn a_request_leaves_one_line_that_tells_nothing_it_should_not() {
    let server = Running::start().await;
    let directory = server.directory().await;
    let user = format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{CANARY}@contoso.com","password":"{CANARY}"}}"#
    );
    let request = server
        .http
        .post(directory.at(&format!("/Users?attributes=userName&x={CANARY}")));
    let request = request
        .bearer_auth(&directory.bearer_token)
        .header("content-type", "application/scim+json");
    let response = request
        .header("cookie", CANARY)
        .header("x-canary", CANARY)
        .body(user)
        .send()
        .await
        .unwrap();
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    server
        .http
        .get(directory.at("/Users"))
        .bearer_auth(format!("rollcall_scim_{CANARY}"))
        .send()
        .await
        .unwrap();
    server.http.get(server.link().await).send().await.unwrap();
    server.get(&format!("/{CANARY}/{CANARY}?{CANARY}={CANARY}")).await;

    let text = server.log.captured();
    assert!(!text.contains(CANARY), "{text}");
    assert!(
        !text.contains("rollcall_scim_") && !text.contains("rollcall_enter_"),
        "{text}"
    );
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0]["request_id"], id);
    assert_eq!(lines[0]["method"], "POST");
    assert_eq!(lines[0]["route"], "/scim/v2/{directory}/Users");
    assert_eq!(lines[0]["status"], 201);
    assert_eq!(lines[0]["directory"], directory.id);
    assert_eq!(lines[0]["timestamp"], "2026-11-20T12:00:00Z");
    assert_eq!(lines[1].get("directory"), None, "no token, no directory");
    assert_eq!(lines[2]["route"], "/enter/{token}");
    assert_eq!(lines[3]["route"], "unmatched");
}

#[tokio::test]
async fn at_the_finest_level_nothing_secret_is_told_either() {
    let place = Place::new();
    let serving = Serving::start(&place, &[("ROLLCALL_LOG_LEVEL", "trace")]);
    let directory = place.directory();
    let endpoint = directory["endpoint_url"]
        .as_str()
        .unwrap()
        .replace("https://portal.example", "");
    let token = directory["bearer_token"].as_str().unwrap();
    let url = format!("http://{}", serving.address);
    let user = format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{CANARY}@contoso.com","password":"{CANARY}"}}"#
    );
    let http1 = reqwest::Client::new();
    let http2 = reqwest::Client::builder()
        .http2_prior_knowledge()
        .build()
        .unwrap();
    for client in [http1, http2] {
        let request = client
            .post(format!("{url}{endpoint}/Users?x={CANARY}"))
            .bearer_auth(token);
        let request = request
            .header("content-type", "application/scim+json")
            .header("cookie", CANARY);
        assert!(request.body(user.clone()).send().await.unwrap().status().as_u16() < 500);
        client
            .get(format!("{url}/organizations?x={CANARY}"))
            .header("cookie", CANARY)
            .send()
            .await
            .unwrap();
    }
    let text = serving.end();
    assert!(
        text.contains("\"level\":\"TRACE\"") || text.contains("\"level\":\"DEBUG\""),
        "finer levels are on"
    );
    for secret in [CANARY, token, "rollcall_scim_"] {
        let line = text.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}
