//! What is kept nowhere and told nobody (threats T09, T14, T15, T18, T73).

use std::path::Path;

use serde_json::json;

use crate::harness::{
    Backend, Running,
    scim::{ENTERPRISE, Scim, USER, on_both, patch},
};

on_both! { a_password_is_nowhere, a_group_called_admin_grants_nothing }

const PASSWORD: &str = "t0p-S3cret-canary-9f27";

async fn a_password_is_nowhere(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let scim = Scim::of(&server, &directory);
    let mut answers = String::new();
    let mut hear = |text: String| answers.push_str(&text);
    let made = scim
        .post("/Users", json!({"schemas": [USER, ENTERPRISE], "userName": "ada", "password": PASSWORD, "Password ": PASSWORD,
            ENTERPRISE: {"password": PASSWORD}}))
        .await
        .is(201);
    hear(made.text.clone());
    let path = format!("/Users/{}", made.id());
    for body in [
        patch(
            json!([{"op": "Replace", "path": "password", "value": PASSWORD}, {"op": "Replace", "path": "title", "value": "A"}]),
        ),
        patch(json!([{"op": "Add", "value": {"password": PASSWORD, "nickName": "A"}}])),
        patch(json!([{"op": "Replace", "path": format!("{USER}:password"), "value": PASSWORD}])),
        patch(
            json!([{"op": "Replace", "path": "PassWord", "value": PASSWORD}, {"op": "Replace", "path": "active", "value": "perhaps"}]),
        ),
    ] {
        hear(scim.patch(&path, body).await.text);
    }
    hear(
        scim.put(
            &path,
            json!({"schemas": [USER], "userName": "ada", "password": PASSWORD}),
        )
        .await
        .is(200)
        .text,
    );
    hear(
        scim.post(
            "/Users",
            json!({"schemas": [USER], "userName": "ADA", "password": PASSWORD}),
        )
        .await
        .refuses(409, "uniqueness")
        .text,
    );
    let broken = format!("{{\"userName\":\"x\",\"password\":\"{PASSWORD}\"");
    hear(
        scim.send(reqwest::Method::POST, "/Users", &[], Some(broken))
            .await
            .is(400)
            .text,
    );
    let bulk = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [
        {"method": "POST", "path": "/Users", "bulkId": "b", "data": {"userName": "bob", "password": PASSWORD}}]});
    hear(scim.post("/Bulk", bulk).await.is(200).text);
    hear(scim.get(&path).await.text);
    hear(scim.get("/Users?attributes=password").await.text);
    hear(
        scim.get("/Users?filter=password+pr")
            .await
            .refuses(400, "invalidFilter")
            .text,
    );
    let activity = server.activity(&directory).await;
    hear(format!("{activity:?}{:?}", server.events().await));
    hear(server.log.captured());
    assert!(!answers.contains(PASSWORD));
    assert!(activity.iter().any(|entry| {
        entry
            .request
            .as_deref()
            .is_some_and(|sent| sent.contains("(left out)"))
    }));
    for (name, bytes) in database_files(&server) {
        for secret in [PASSWORD, directory.bearer_token.as_str()] {
            let held = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(
                !held,
                "{name} holds {}",
                if secret == PASSWORD {
                    "a password"
                } else {
                    "a bearer token"
                }
            );
        }
    }
}

/// The files of a SQLite database, the write-ahead log among them; on PostgreSQL the rows were read above.
fn database_files(server: &Running) -> Vec<(String, Vec<u8>)> {
    let Some(path) = server.database.url().strip_prefix("sqlite:") else {
        return Vec::new();
    };
    let folder = Path::new(path).parent().unwrap();
    let files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.display().to_string(), std::fs::read(path).unwrap()))
        .collect();
    assert!(
        files.iter().any(|(name, _)| name.ends_with("-wal")),
        "{:?}",
        files.iter().map(|(name, _)| name).collect::<Vec<_>>()
    );
    files
}

/// Threats T14, T18: what a provider sends makes nobody an owner, verifies no address and opens no door.
async fn a_group_called_admin_grants_nothing(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let scim = Scim::of(&server, &directory);
    let owner = server.sign_in().await;
    let body = json!({"schemas": [USER], "userName": "owner", "active": true, "emailVerified": true,
        "roles": [{"value": "owner", "primary": true}, {"value": "Owner"}], "entitlements": [{"value": "admin"}],
        "emails": [{"value": "owner@contoso.com", "type": "work", "primary": true}]});
    let id = scim.post("/Users", body).await.is(201).id();
    for name in ["Owners", "admin", "support", "owner"] {
        scim.group(name, &[&id]).await;
    }
    let console = async |cookie: &str| {
        let request = server
            .http
            .get(format!("{}/live/organizations", server.url))
            .header("cookie", cookie);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(console(&owner).await, 200, "the owner is who they were");
    for cookie in [
        format!("__Host-rollcall={id}"),
        "__Host-rollcall=owner".to_owned(),
        format!("__Host-rollcall={}", directory.bearer_token),
    ] {
        assert_eq!(console(&cookie).await, 401);
    }
}
