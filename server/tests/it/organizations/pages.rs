//! The pages, rendered by a running server over its own database (threats T69).

use serde_json::json;

use crate::harness::{
    Backend, Directory, Running,
    scim::{ENTERPRISE, GROUP, Reply, Scim, USER, on_both},
};

on_both! { every_page_is_shown_to_its_reader_alone, a_hostile_name_is_text_on_every_page, what_is_not_there_is_404 }

async fn page(server: &Running, cookie: &str, path: &str) -> Reply {
    Reply::read(
        server
            .http
            .get(format!("{}{path}", server.url))
            .header("cookie", cookie)
            .send()
            .await
            .unwrap(),
    )
    .await
}

/// Every page about an organization that holds a user and a group.
async fn pages(server: &Running, directory: &Directory, user: &str, group: &str) -> Vec<String> {
    let organization = format!("/organizations/{}", directory.organization);
    let entry = server.activity(directory).await.first().unwrap().seq;
    let own = [
        "/directory-sync",
        "/directory-sync/providers",
        "/directory-sync/providers/entra-id",
        "/users",
        "/groups",
        "/activity",
    ];
    let own = own.iter().map(|page| format!("{organization}{page}"));
    let one = [
        format!("{organization}/users/{user}"),
        format!("{organization}/groups/{group}"),
        format!("{organization}/activity/{entry}"),
    ];
    own.chain(one)
        .chain(["/organizations".to_owned(), "/organizations/new".to_owned()])
        .collect()
}

async fn every_page_is_shown_to_its_reader_alone(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let scim = Scim::of(&server, &directory);
    let user = scim.user("ada@contoso.com").await;
    let group = scim.group("Readers", &[&user]).await;
    let cookie = server.sign_in().await;
    for path in pages(&server, &directory, &user, &group).await {
        let shown = page(&server, &cookie, &path).await.is(200);
        assert!(
            shown.header("content-type").unwrap().starts_with("text/html"),
            "{path}"
        );
        let hidden = page(&server, "", &path).await;
        assert!(
            [302, 303, 401].contains(&hidden.status),
            "{path}: {}",
            hidden.status
        );
        assert!(
            !hidden.text.contains("ada@contoso.com") && !hidden.text.contains("Readers"),
            "{path}"
        );
    }
    let users = page(
        &server,
        &cookie,
        &format!("/organizations/{}/users", directory.organization),
    )
    .await;
    assert!(users.text.contains("ada@contoso.com"));
}

async fn a_hostile_name_is_text_on_every_page(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let scim = Scim::of(&server, &directory);
    let hostile = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' autofocus onfocus=alert(1) x='",
        "</title><svg onload=alert(1)>",
        "{{7*7}}",
        "javascript:alert(1)",
        "<!--",
        "]]>",
    ];
    let cookie = server.sign_in().await;
    for (number, name) in hostile.into_iter().enumerate() {
        let body = json!({"schemas": [USER], "userName": format!("{number}{name}"), "displayName": name, "externalId": name, "title": name,
            "emails": [{"value": name, "type": name}], ENTERPRISE: {"department": name}, "profileUrl": name});
        let user = scim.post("/Users", body).await.is(201).id();
        let group = scim
            .post(
                "/Groups",
                json!({"schemas": [GROUP], "displayName": name, "members": [{"value": user}]}),
            )
            .await
            .is(201)
            .id();
        for path in pages(&server, &directory, &user, &group).await {
            let shown = page(&server, &cookie, &path).await.is(200);
            for broken in [
                "<script>alert",
                "<img src=x",
                "<svg onload",
                "</title><svg",
                "href=\"javascript:",
                "<!--]]>",
            ] {
                assert!(!shown.text.contains(broken), "{path}: {broken}");
            }
        }
    }
}

async fn what_is_not_there_is_404(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let (mine, other) = (server.directory().await, server.directory().await);
    let foreign = Scim::of(&server, &other).user("ada@contoso.com").await;
    let cookie = server.sign_in().await;
    let organization = format!("/organizations/{}", mine.organization);
    for path in [
        "/organizations/org_00000000000000000000000000000000/users".to_owned(),
        "/organizations/nonsense/directory-sync".to_owned(),
        format!("{organization}/users/{foreign}"),
        format!("{organization}/users/nonsense"),
        format!("{organization}/groups/{foreign}"),
        format!("{organization}/activity/999999999"),
        format!("{organization}/nothing"),
    ] {
        let shown = page(&server, &cookie, &path).await.is(404);
        assert!(!shown.text.contains("ada@contoso.com"), "{path}");
    }
}
