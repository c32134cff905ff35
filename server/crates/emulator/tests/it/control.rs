//! The control surface of `serve`.

use serde_json::{Value, json};

use crate::harness::World;
use crate::stub::TOKEN;

struct Api {
    world: World,
    http: reqwest::Client,
}

impl Api {
    async fn new() -> Self {
        Self {
            world: World::contoso().await,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/control{path}", self.world.entra.url());
        let mut request = self.http.request(method.parse().unwrap(), url);
        if !body.is_null() {
            request = request.body(body.to_string());
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (
            status,
            serde_json::from_slice(&response.bytes().await.unwrap()).unwrap(),
        )
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.call("GET", path, Value::Null).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.call("POST", path, body).await;
        assert!((200..300).contains(&status), "{path}: {status} {answer}");
        answer
    }
}

#[tokio::test]
async fn every_listed_route_exists() {
    let api = Api::new().await;
    let routes = api.get("").await;
    let routes = routes["routes"].as_array().unwrap();
    assert_eq!(routes.len(), 63);
    for route in routes {
        let (method, path) = (route["method"].as_str().unwrap(), route["path"].as_str().unwrap());
        let path = path.split('?').next().unwrap().strip_prefix("/control").unwrap();
        let path = path
            .replace("{user}", "nobody@contoso.com")
            .replace("{group}", "nothing")
            .replace("{app}", "none")
            .replace("{tenant}", "none")
            .replace("{action}", "none")
            .replace("{id}", "none");
        let (status, body) = api.call(method, &path, Value::Null).await;
        assert_ne!(status, 405, "{method} {path}");
        let unknown = status == 404 && body["error"]["code"] != "Request_ResourceNotFound";
        assert!(!unknown, "{method} {path}: {status} {body}");
    }
}

#[tokio::test]
async fn a_whole_onboarding_by_program() {
    let api = Api::new().await;
    let stub = &api.world.stub;
    let url =
        json!({"tenantUrl": stub.url, "secretToken": TOKEN, "externalId": "objectId", "concurrency": 4});
    let (status, settings) = api.call("PATCH", "/settings", url).await;
    assert_eq!((status, &settings["secretTokenSet"]), (200, &json!(true)));
    assert!(!settings.to_string().contains(TOKEN), "the token is never shown");
    assert_eq!(api.post("/test-connection", Value::Null).await["ok"], true);
    let bad = api.post("/test-connection", json!({"secretToken": "bad"})).await;
    assert_eq!(
        bad["error"]["code"],
        "SystemForCrossDomainIdentityManagementCredentialValidationUnavailable"
    );
    assert_eq!(
        api.post("/assignments", json!({"assign": ["All Contoso"]})).await["count"],
        1
    );
    let (status, refused) = api.call("POST", "/cycle", Value::Null).await;
    assert_eq!((status, refused["error"]["code"].as_str()), (409, Some("NotRun")));
    assert_eq!(
        api.post("/start", Value::Null).await["schedule"]["state"],
        "Active"
    );
    let cycle = api.post("/cycle", Value::Null).await;
    assert_eq!(
        (&cycle["kind"], &cycle["state"]),
        (&json!("Initial"), &json!("Succeeded"))
    );
    assert_eq!(stub.users().len(), 238);
    assert_eq!(
        api.get("/job").await["status"]["synchronizedEntryCountByType"][0]["value"],
        238
    );
    assert_eq!(api.get("/deviations").await["count"], 0);
    assert_eq!(
        api.get("/log?status=success&top=3").await["value"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[tokio::test]
async fn every_change_of_a_person() {
    let api = Api::new().await;
    let hired = api.post("/users", json!({})).await;
    let upn = hired["userPrincipalName"].as_str().unwrap().to_owned();
    let path = format!("/users/{upn}");
    let renamed = api
        .post(
            &format!("{path}/rename"),
            json!({"givenName": "Zoé", "surname": "Ωmega"}),
        )
        .await;
    assert_eq!(renamed["displayName"], "Zoé Ωmega");
    let moved = api
        .post(&format!("{path}/change-address"), json!({"local": "zoe.omega"}))
        .await;
    assert_eq!(moved["userPrincipalName"], "zoe.omega@contoso.com");
    let path = format!("/users/{}", hired["id"].as_str().unwrap());
    let (status, changed) = api
        .call(
            "PATCH",
            &path,
            json!({"jobTitle": "部長", "mobile": null, "managerId": null}),
        )
        .await;
    assert_eq!(
        (status, &changed["jobTitle"], &changed["managerId"]),
        (200, &json!("部長"), &Value::Null)
    );
    for (action, expected) in [("disable", false), ("enable", true)] {
        assert_eq!(
            api.post(&format!("{path}/{action}"), Value::Null).await["accountEnabled"],
            expected
        );
    }
    assert!(api.post(&format!("{path}/delete"), Value::Null).await["deletedDateTime"].is_string());
    assert_eq!(api.get("/users?deleted=true").await["count"], 1);
    assert!(api.post(&format!("{path}/restore"), Value::Null).await["deletedDateTime"].is_null());
    api.post(&format!("{path}/delete"), Value::Null).await;
    assert_eq!(
        api.post(&format!("{path}/purge"), Value::Null).await["purged"],
        true
    );
    assert_eq!(api.call("GET", &path, Value::Null).await.0, 404);
    let named = json!({"userPrincipalName": "new@contoso.com", "displayName": "New", "department": "Legal", "managerId": "nobody"});
    assert_eq!(
        api.call("POST", "/users", named).await.0,
        404,
        "the manager must exist"
    );
    let changes = api.get("/changes?since=0").await;
    let kinds: Vec<_> = changes["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["change"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "userAdded",
            "userUpdated",
            "userUpdated",
            "userUpdated",
            "managerChanged",
            "userDisabled",
            "userEnabled",
            "userDeleted",
            "userRestored",
            "userDeleted",
            "userPurged"
        ]
    );
}

#[tokio::test]
async fn groups_and_the_clock() {
    let api = Api::new().await;
    let upn = api.world.tenant().read().users().next().unwrap().upn().to_owned();
    api.post("/groups", json!({"displayName": "Neue Gruppe"})).await;
    let group = api
        .post("/groups/Neue%20Gruppe/members", json!({"add": [upn, "Board"]}))
        .await;
    assert_eq!(group["members"].as_array().unwrap().len(), 2);
    let group = api
        .post("/groups/Neue%20Gruppe/members", json!({"remove": ["Board"]}))
        .await;
    assert_eq!(group["members"][0]["userPrincipalName"], upn.as_str());
    let (status, renamed) = api
        .call("PATCH", "/groups/Neue%20Gruppe", json!({"displayName": "Alte"}))
        .await;
    assert_eq!((status, &renamed["displayName"]), (200, &json!("Alte")));
    assert_eq!(api.call("DELETE", "/groups/Alte", Value::Null).await.0, 200);
    assert_eq!(api.call("GET", "/groups/Alte", Value::Null).await.0, 404);
    let before = api.world.entra.clock().now();
    api.post("/clock/advance", json!({"seconds": 86400})).await;
    assert_eq!(
        api.world.entra.clock().now().duration_since(before).as_hours(),
        24
    );
}

#[tokio::test]
async fn mistakes_are_told() {
    let api = Api::new().await;
    for (method, path, body, status) in [
        ("PATCH", "/settings", json!({"tenantURL": "x"}), 400),
        ("PATCH", "/settings", json!({"matching": []}), 400),
        ("PATCH", "/users/megan@contoso.com", json!({}), 404),
        ("POST", "/groups", json!({"displayName": "Sales"}), 409),
        ("POST", "/clock/advance", json!({"seconds": u64::MAX}), 400),
        ("POST", "/provision-on-demand", json!({}), 400),
        ("POST", "/provision-on-demand", json!({"user": "nobody"}), 404),
    ] {
        let (got, answer) = api.call(method, path, body).await;
        assert_eq!(got, status, "{method} {path}: {answer}");
        assert!(
            answer["error"]["message"]
                .as_str()
                .is_some_and(|message| !message.is_empty())
        );
    }
}

#[tokio::test]
async fn another_site_cannot_drive_it() {
    let api = Api::new().await;
    let url = format!("{}/control/start", api.world.entra.url());
    let foreign = api
        .http
        .post(&url)
        .header("origin", "https://evil.test")
        .send()
        .await
        .unwrap();
    assert_eq!(foreign.status(), 403);
    let own = api
        .http
        .post(&url)
        .header("origin", api.world.entra.url())
        .send()
        .await
        .unwrap();
    assert_eq!(own.status(), 200);
}
