//! `/organizations/{organization}/users.csv` (threats T72, T94).

use serde_json::json;

use crate::harness::{
    Backend, Running,
    scim::{Reply, Scim, USER, on_both},
};

on_both! { all_users_come_as_a_file, only_those_who_may_get_it }

async fn download(server: &Running, cookie: &str, organization: &str, query: &str) -> Reply {
    let url = format!("{}/organizations/{organization}/users.csv{query}", server.url);
    Reply::read(
        server
            .http
            .get(url)
            .header("cookie", cookie)
            .send()
            .await
            .unwrap(),
    )
    .await
}

async fn all_users_come_as_a_file(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let scim = Scim::of(&server, &directory);
    let cookie = server.sign_in().await;
    let none = download(&server, &cookie, &directory.organization, "")
        .await
        .is(200);
    assert_eq!(none.text, "id,userName,displayName,email,active,lastModified\r\n");
    for number in 0..120 {
        scim.user(&format!("user{number:03}@contoso.com")).await;
    }
    let id = scim
        .post("/Users", json!({"schemas": [USER], "userName": "=cmd|' /C calc'!A0", "displayName": "says \"hi\", and, more", "active": false,
            "emails": [{"value": "+49@contoso.com", "type": "work"}]}))
        .await
        .is(201)
        .id();
    let file = download(&server, &cookie, &directory.organization, "")
        .await
        .is(200);
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(
        file.header("content-disposition"),
        Some("attachment; filename=\"users.csv\"")
    );
    assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(file.header("cache-control"), Some("no-store"));
    let hostile = format!(
        "\"{id}\",\"'=cmd|' /C calc'!A0\",\"says \"\"hi\"\", and, more\",\"'+49@contoso.com\",\"false\",\"2026-11-20T12:00:00Z\"\r\n"
    );
    assert!(file.text.contains(&hostile), "{}", &file.text[..600]);
    for number in 0..120 {
        let name = format!("\"user{number:03}@contoso.com\"");
        assert_eq!(file.text.matches(&name).count(), 1, "{name}: each page once");
    }
    for (query, expected) in [
        ("?active=false", 1),
        ("?active=true", 120),
        ("?search=user00", 10),
        ("?search=USER11&active=true", 10),
        ("?search=nobody", 0),
    ] {
        let part = download(&server, &cookie, &directory.organization, query)
            .await
            .is(200);
        assert_eq!(
            part.text.matches("\"2026-11-20T12:00:00Z\"").count(),
            expected,
            "{query}"
        );
    }
}

async fn only_those_who_may_get_it(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    Scim::of(&server, &directory).user("ada@contoso.com").await;
    let cookie = server.sign_in().await;
    for organization in ["org_00000000000000000000000000000000", "nonsense", "..%2f"] {
        download(&server, &cookie, organization, "").await.is(404);
    }
    for cookie in ["", "__Host-rollcall=nonsense"] {
        let sent_away = download(&server, cookie, &directory.organization, "").await;
        assert!(
            sent_away.status == 303 && !sent_away.text.contains("ada"),
            "{sent_away:?}"
        );
    }
    let bearer = server.http.get(format!(
        "{}/organizations/{}/users.csv",
        server.url, directory.organization
    ));
    assert_eq!(
        bearer
            .bearer_auth(&directory.bearer_token)
            .send()
            .await
            .unwrap()
            .status(),
        303
    );
}
