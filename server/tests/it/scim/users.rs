//! `/Users` and `/Users/{id}`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Backend, Running,
    scim::{ENTERPRISE, Scim, Transcript, USER, on_both, patch, user},
};

on_both! {
    a_user_lives, a_projection_gives_what_was_asked_for, tags_tell_versions_apart, what_changes_nothing_writes_nothing,
    a_user_name_is_taken_whatever_its_case, a_user_needs_a_user_name, a_recreated_user_is_a_new_user,
    a_custom_extension_is_kept_and_returned, a_user_in_groups_shows_them,
}

fn jane() -> Value {
    json!({
        "schemas": [USER, ENTERPRISE],
        "externalId": "0193a1f0-0000-7000-8000-00000000abcd",
        "userName": "Jane.Doe@contoso.com",
        "active": true,
        "displayName": "Jane Doe",
        "name": {"formatted": "Jane Doe", "familyName": "Doe", "givenName": "Jane"},
        "title": "Engineer",
        "emails": [{"primary": true, "type": "work", "value": "jane@contoso.com"}, {"type": "home", "value": "j@doe.example"}],
        "phoneNumbers": [{"type": "mobile", "value": "+1 (555) 0100"}],
        "addresses": [{"type": "work", "locality": "Berlin", "country": "DE", "formatted": "Allee 1\nBerlin"}],
        ENTERPRISE: {"employeeNumber": "7", "department": "R&D"},
    })
}

async fn a_user_lives(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let mut said = Transcript::of(&scim);
    let id = said.post("/Users", jane()).await.is(201).id();
    let path = format!("/Users/{id}");
    server.clock.advance(60);
    said.get(&path).await.is(200);
    let changed = patch(json!([
        {"op": "replace", "path": "title", "value": "Principal"},
        {"op": "add", "path": "emails", "value": [{"type": "other", "value": "jd@contoso.com"}]},
        {"op": "remove", "path": "addresses[type eq \"work\"].formatted"},
        {"op": "replace", "path": format!("{ENTERPRISE}:department"), "value": "Lab"},
    ]));
    said.patch(&path, changed).await.is(200);
    server.clock.advance(60);
    said.put(
        &path,
        json!({"schemas": [USER], "userName": "jane@contoso.com", "active": false}),
    )
    .await
    .is(200);
    said.get(&path).await.is(200);
    said.delete(&path).await.is(204);
    for gone in [
        said.get(&path).await,
        said.delete(&path).await,
        said.patch(
            &path,
            patch(json!([
                {"op": "replace", "path": "title", "value": "Ghost"},
            ])),
        )
        .await,
        said.put(&path, user("x")).await,
    ] {
        gone.refuses(404, "");
    }
    insta::assert_snapshot!("a_user_lives", said.text());
}

async fn a_projection_gives_what_was_asked_for(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let id = scim.post("/Users", jane()).await.is(201).id();
    let mut said = Transcript::of(&scim);
    for query in [
        "attributes=userName",
        "attributes=name.familyName,emails.value",
        "attributes=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        "attributes=nothing",
        "excludedAttributes=emails,name,phoneNumbers,addresses,urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "excludedAttributes=id,schemas,meta.location",
        "attributes=id&excludedAttributes=id",
    ] {
        said.get(&format!("/Users/{id}?{query}")).await;
    }
    let made = said
        .post("/Users?attributes=userName", user("second@contoso.com"))
        .await
        .is(201)
        .id();
    let op = patch(json!([{"op": "replace", "path": "title", "value": "X"}]));
    said.patch(&format!("/Users/{made}?attributes=title"), op)
        .await
        .is(200);
    said.put(
        &format!("/Users/{made}?excludedAttributes=meta"),
        user("second@contoso.com"),
    )
    .await
    .is(200);
    insta::assert_snapshot!("projections_of_a_user", said.text());
}

async fn tags_tell_versions_apart(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let made = scim.post("/Users", jane()).await.is(201);
    let path = format!("/Users/{}", made.id());
    assert_eq!(made.header("etag"), Some("W/\"1\""));
    assert_eq!(made.json()["meta"]["version"], "W/\"1\"");

    let known = scim
        .send(Method::GET, &path, &[("if-none-match", "W/\"1\"")], None)
        .await
        .is(304);
    assert_eq!((known.text.as_str(), known.header("etag")), ("", Some("W/\"1\"")));
    scim.send(Method::GET, &path, &[("if-none-match", "W/\"2\"")], None)
        .await
        .is(200);

    let title =
        |title: &str| Some(patch(json!([{"op": "replace", "path": "title", "value": title}])).to_string());
    let stale = [("if-match", "W/\"9\"")];
    scim.send(Method::PATCH, &path, &stale, title("A"))
        .await
        .refuses(412, "");
    scim.send(Method::PUT, &path, &stale, Some(jane().to_string()))
        .await
        .refuses(412, "");
    scim.send(Method::DELETE, &path, &stale, None)
        .await
        .refuses(412, "");
    assert_eq!(
        scim.get(&path).await.json()["meta"]["version"],
        "W/\"1\"",
        "nothing was changed"
    );

    let fresh = [("if-match", "W/\"1\"")];
    let changed = scim.send(Method::PATCH, &path, &fresh, title("A")).await.is(200);
    assert_eq!(changed.header("etag"), Some("W/\"2\""));
    scim.send(Method::PATCH, &path, &fresh, title("B"))
        .await
        .refuses(412, "");
    scim.send(Method::DELETE, &path, &[("if-match", "*")], None)
        .await
        .is(204);
}

async fn what_changes_nothing_writes_nothing(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let scim = Scim::of(&server, &directory);
    let made = scim.post("/Users", jane()).await.is(201);
    let path = format!("/Users/{}", made.id());
    let events = server.events().await.len();
    let same = patch(json!([
        {"op": "Replace", "path": "title", "value": "Engineer"},
        {"op": "Replace", "path": "active", "value": "True"},
        {"op": "Add", "path": "emails[type eq \"work\"].value", "value": "jane@contoso.com"},
    ]));
    server.clock.advance(3600);
    let after = scim.patch(&path, same).await.is(200);
    assert_eq!(after.json()["meta"], made.json()["meta"]);
    let put = scim.put(&path, jane()).await.is(200);
    assert_eq!(put.json()["meta"], made.json()["meta"]);
    assert_eq!(server.events().await.len(), events, "no event");
}

async fn a_user_name_is_taken_whatever_its_case(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    scim.user("ada@contoso.com").await;
    let other = scim.user("bob@contoso.com").await;
    for name in ["ada@contoso.com", "ADA@Contoso.com"] {
        scim.post("/Users", user(name)).await.refuses(409, "uniqueness");
        let rename = json!([{"op": "replace", "path": "userName", "value": name}]);
        scim.patch(&format!("/Users/{other}"), patch(rename))
            .await
            .refuses(409, "uniqueness");
        scim.put(&format!("/Users/{other}"), user(name))
            .await
            .refuses(409, "uniqueness");
    }
    assert_eq!(
        scim.get("/Users").await.names(),
        ["ada@contoso.com", "bob@contoso.com"]
    );
    let own = json!([{"op": "replace", "path": "userName", "value": "BOB@contoso.com"}]);
    let renamed = scim.patch(&format!("/Users/{other}"), patch(own)).await.is(200);
    assert_eq!(
        renamed.json()["userName"],
        "BOB@contoso.com",
        "its own name in another case is free"
    );
}

async fn a_user_needs_a_user_name(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let id = scim.user("ada@contoso.com").await;
    let path = format!("/Users/{id}");
    for nameless in [
        json!({"schemas": [USER]}),
        json!({"schemas": [USER], "userName": ""}),
        json!({"userName": null}),
    ] {
        scim.post("/Users", nameless.clone())
            .await
            .refuses(400, "invalidValue");
        scim.put(&path, nameless).await.refuses(400, "invalidValue");
    }
    for operation in [
        json!({"op": "remove", "path": "userName"}),
        json!({"op": "replace", "path": "userName", "value": ""}),
        json!({"op": "replace", "value": {"userName": null}}),
    ] {
        let refused = scim.patch(&path, patch(json!([operation]))).await;
        assert_eq!(refused.status, 400, "{operation}: {}", refused.text);
    }
    assert_eq!(scim.get(&path).await.json()["meta"]["version"], "W/\"1\"");
}

async fn a_recreated_user_is_a_new_user(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let first = scim.post("/Users", jane()).await.is(201).id();
    let group = scim.group("Team", &[&first]).await;
    scim.delete(&format!("/Users/{first}")).await.is(204);
    let second = scim.post("/Users", jane()).await.is(201);
    assert_ne!(second.id(), first);
    assert_eq!(second.json()["meta"]["version"], "W/\"1\"");
    assert_eq!(second.json().get("groups"), None, "memberships are not inherited");
    assert_eq!(scim.members(&group).await, [""; 0]);
    scim.get(&format!("/Users/{first}")).await.refuses(404, "");
}

async fn a_custom_extension_is_kept_and_returned(backend: Backend) {
    const CUSTOM: &str = "urn:ietf:params:scim:schemas:extension:Contoso:2.0:User";
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    // Entra does not list the extension in `schemas` (entra-facts A3, S8).
    let mut body = jane();
    body[CUSTOM] = json!({"costCentre": "4711", "badge": "blue"});
    let mut said = Transcript::of(&scim);
    let id = said.post("/Users", body).await.is(201).id();
    let path = format!("/Users/{id}");
    said.patch(
        &path,
        patch(json!([
            {"op": "Replace", "path": format!("{CUSTOM}:costCentre"), "value": "4712"},
            {"op": "Add", "value": {format!("{CUSTOM}:floor"): "3"}},
            {"op": "Remove", "path": format!("{CUSTOM}:badge")},
        ])),
    )
    .await
    .is(200);
    said.get(&format!("{path}?attributes={CUSTOM}:floor"))
        .await
        .is(200);
    insta::assert_snapshot!("a_custom_extension", said.text());
}

async fn a_user_in_groups_shows_them(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let (ada, bob) = (
        scim.user("ada@contoso.com").await,
        scim.user("bob@contoso.com").await,
    );
    scim.group("Readers", &[&ada, &bob]).await;
    scim.group("Writers", &[&ada]).await;
    let mut said = Transcript::of(&scim);
    said.get(&format!("/Users/{ada}")).await.is(200);
    said.get("/Users").await.is(200);
    said.get("/Users?attributes=userName").await.is(200);
    said.get("/Users?excludedAttributes=groups").await.is(200);
    insta::assert_snapshot!("a_user_in_groups", said.text());
}
