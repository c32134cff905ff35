//! The control surface of the cloud, and `serve` with HTTPS as another program finds it.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use emulator::cloud::{HERO_INDUSTRIES, TRUVIO};
use reqwest::Certificate;
use serde_json::{Value, json};

use crate::visitor::{MEGAN, OWNER, Visitor, refusal};

impl Visitor {
    async fn control(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/control/cloud{path}", self.entra.url());
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = http.request(method.parse().unwrap(), url).body(body.to_string());
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (
            status,
            serde_json::from_str(&answer.text().await.unwrap()).unwrap(),
        )
    }

    async fn set(&self, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.control(method, path, body).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }
}

#[tokio::test]
async fn tenants_people_and_applications_are_told() {
    let visitor = Visitor::new().await;
    let told = visitor.set("GET", "", Value::Null).await;
    assert_eq!(told["tenants"].as_array().unwrap().len(), 3);
    let megan = told["people"]
        .as_array()
        .unwrap()
        .iter()
        .find(|person| person["upn"] == MEGAN);
    assert_eq!(megan.unwrap()["roles"], json!(["Global Administrator"]));
    let apps = visitor.set("GET", "/applications", Value::Null).await;
    let names: Vec<_> = apps["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|app| app["displayName"].clone())
        .collect();
    assert_eq!(
        json!(names),
        json!([
            "Microsoft Graph",
            "Rollcall",
            "Truvio",
            "TruU",
            "Hero SaaS",
            "TruU directory sync"
        ])
    );
}

/// Two customers' apps side by side: each has its own ids, asks its own API, and is consented to by itself.
#[tokio::test]
async fn an_application_is_registered_like_another_one() {
    let visitor = Visitor::new().await;
    let new = json!({"like": "Truvio", "displayName": "Truvio 2"});
    let made = visitor.set("POST", "/applications", new).await;
    let id: uuid::Uuid = made["appId"].as_str().unwrap().parse().unwrap();
    assert_ne!(id, TRUVIO);
    assert_eq!(made["identifierUris"], json!([format!("api://{id}")]));
    let view = visitor.entra.cloud().view();
    let (first, second) = (view.application(TRUVIO).unwrap(), view.application(id).unwrap());
    assert_ne!(first.secrets[0].value, second.secrets[0].value);
    assert_eq!(first.web_redirect_uris, second.web_redirect_uris);
    let own = |app: &emulator::cloud::AppRegistration| {
        let asked = app.required_access.iter();
        asked.filter(|access| access.resource == app.app_id).count()
    };
    assert_eq!((own(first), own(second)), (1, 1));
    drop(view);
    let (status, _) = visitor
        .control(
            "POST",
            "/applications",
            json!({"like": "Nothing", "displayName": "x"}),
        )
        .await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn credentials_and_redirects_are_added_and_ended() {
    let visitor = Visitor::new().await;
    let uri = json!({"uri": "http://127.0.0.1:9000/sign-in/callback"});
    let app = visitor
        .set("POST", "/applications/Rollcall/redirect-uris", uri)
        .await;
    assert_eq!(app["redirectUris"].as_array().unwrap().len(), 2);
    let (status, _) = visitor
        .control(
            "POST",
            "/applications/Rollcall/redirect-uris",
            json!({"uri": "http://evil.test/"}),
        )
        .await;
    assert_eq!(status, 400);
    visitor
        .set("POST", "/portal", json!({"url": "http://127.0.0.1:9001/"}))
        .await;
    let view = visitor.entra.cloud().view();
    assert!(
        view.application(TRUVIO)
            .unwrap()
            .redirects_to("http://127.0.0.1:9001/test-sign-in/callback")
    );
    drop(view);
    let secret = visitor
        .set("POST", "/applications/Truvio/secrets", json!({"seconds": 60}))
        .await;
    let expired = visitor
        .set(
            "POST",
            "/applications/Truvio/secrets/expire",
            json!({"keyId": secret["keyId"]}),
        )
        .await;
    assert_eq!(expired["expired"], 1);
    let (status, _) = visitor
        .control("POST", "/applications/Truvio/certificates", json!({"pem": "?"}))
        .await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn principals_roles_and_users_of_every_tenant() {
    let visitor = Visitor::new().await;
    let path = "/tenants/heroindustries.example";
    let change = json!({"appRoleAssignmentRequired": true});
    let principal = visitor
        .set("PATCH", &format!("{path}/principals/Truvio"), change)
        .await;
    assert_eq!(principal["appRoleAssignmentRequired"], true);
    let listed = visitor
        .set("GET", &format!("{path}/principals"), Value::Null)
        .await;
    assert_eq!(listed["value"].as_array().unwrap().len(), 4);
    let grants = visitor.set("GET", &format!("{path}/grants"), Value::Null).await;
    assert_eq!(grants["assignments"].as_array().unwrap().len(), 6);
    let roles = json!({"user": OWNER, "roles": ["User Administrator"]});
    visitor
        .set("POST", &format!("{path}/directory-roles"), roles)
        .await;
    let held = visitor
        .entra
        .cloud()
        .view()
        .directory_roles(HERO_INDUSTRIES, visitor.person(OWNER));
    assert_eq!(held.len(), 1);
    let wrong = json!({"user": OWNER, "roles": ["Emperor"]});
    assert_eq!(
        visitor
            .control("POST", &format!("{path}/directory-roles"), wrong)
            .await
            .0,
        400
    );
    for action in ["disable", "enable", "delete", "restore"] {
        visitor
            .set("POST", &format!("{path}/users/{OWNER}/{action}"), Value::Null)
            .await;
    }
    visitor
        .set("POST", &format!("{path}/revoke"), json!({"user": OWNER}))
        .await;
    visitor
        .set("DELETE", &format!("{path}/principals/Truvio"), Value::Null)
        .await;
    assert_eq!(
        visitor
            .control("DELETE", &format!("{path}/principals/Truvio"), Value::Null)
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn faults_keys_and_time_are_switched() {
    let visitor = Visitor::new().await;
    let fault =
        json!({"match": {"endpoint": "token"}, "effect": {"kind": "aadsts", "code": 53003}, "times": 1});
    let id = visitor.set("POST", "/faults", fault).await["id"].clone();
    assert_eq!(
        visitor.set("GET", "/faults", Value::Null).await["value"][0]["id"],
        id
    );
    let answer = visitor
        .raw_token("common", &[("grant_type", "refresh_token")])
        .await;
    assert_eq!(refusal(&answer).2, 53_003);
    assert_eq!(
        visitor
            .control("DELETE", &format!("/faults/{id}"), Value::Null)
            .await
            .0,
        404
    );
    visitor.set("DELETE", "/faults", Value::Null).await;
    let first = visitor.set("POST", "/keys/rotate", json!({"keep": false})).await;
    assert_ne!(first, visitor.set("POST", "/keys/rotate", json!({})).await);
    visitor.set("POST", "/keys/forget-old", Value::Null).await;
    visitor.set("POST", "/delay", json!({"seconds": 30})).await;
    assert_eq!(visitor.set("GET", "", Value::Null).await["delaySeconds"], 30);
    let before = visitor.entra.cloud().clock().now();
    visitor
        .set("POST", "/clock/advance", json!({"seconds": 60}))
        .await;
    assert_eq!(
        visitor
            .entra
            .cloud()
            .clock()
            .now()
            .duration_since(before)
            .as_secs(),
        60
    );
    visitor
        .set("POST", "/cancel-spelling", json!({"spelling": "declined"}))
        .await;
}

#[tokio::test]
async fn serve_describes_itself_and_is_reached_by_https() {
    let folder = std::env::temp_dir().join(format!("rollcall-emulator-https-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (described, ca) = (folder.join("describe.json"), folder.join("ca.pem"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_rollcall-emulator"))
        .args([
            "serve",
            "--http",
            "127.0.0.1:0",
            "--https",
            "127.0.0.1:0",
            "--portal-url",
            "http://127.0.0.1:9999",
        ])
        .args(["--redirect-uri", "TruU=https://truu.example/back", "--describe"])
        .arg(&described)
        .arg("--ca-file")
        .arg(&ca)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = child.stdout.take().unwrap();
    let line = tokio::task::spawn_blocking(move || {
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).unwrap();
        line
    });
    assert!(line.await.unwrap().starts_with("Contoso admin center: http://"));
    let told: Value = serde_json::from_slice(&std::fs::read(&described).unwrap()).unwrap();
    let authority = told["authority"].as_str().unwrap();
    assert!(authority.starts_with("https://127.0.0.1:") && told["graph"] == authority);
    let tenants: Vec<_> = told["tenants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tenant| tenant["domain"].clone())
        .collect();
    assert_eq!(
        json!(tenants),
        json!(["contoso.com", "fabrikam.com", "heroindustries.example"])
    );
    let apps: Vec<_> = told["apps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|app| app["name"].clone())
        .collect();
    assert_eq!(
        json!(apps),
        json!(["Rollcall", "Truvio", "TruU", "TruU directory sync"])
    );
    let uris = told["apps"][2]["redirect_uris"].to_string();
    assert!(
        uris.contains("http://127.0.0.1:9999/consent/callback") && uris.contains("https://truu.example/back")
    );
    assert_eq!(told["people"].as_array().unwrap().len(), 9);
    let ca = Certificate::from_pem(&std::fs::read(&ca).unwrap()).unwrap();
    let http = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([ca])
        .build()
        .unwrap();
    for base in [
        authority.to_owned(),
        authority.replace("127.0.0.1", "localhost"),
        told["url"].as_str().unwrap().to_owned(),
    ] {
        for (path, holds) in [
            ("/common/v2.0/.well-known/openid-configuration", authority),
            ("/", "Contoso admin center"),
            ("/control/cloud", "Fabrikam"),
        ] {
            let text = http
                .get(format!("{base}{path}"))
                .send()
                .await
                .unwrap()
                .text()
                .await
                .unwrap();
            assert!(text.contains(holds), "{base}{path}");
        }
    }
    drop(http);
    assert!(
        Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(child.wait().unwrap().code(), Some(0));
    std::fs::remove_dir_all(folder).unwrap();
}
