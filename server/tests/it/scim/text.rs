//! Letters that look alike, and letters that are none (threats T35).

use reqwest::Method;
use serde_json::json;

use crate::harness::{
    Backend, Running,
    scim::{GROUP, Scim, USER, escaped, on_both, patch, user},
};

on_both! { control_characters_are_refused, names_are_compared_by_one_fold, every_script_comes_back_as_it_went }

async fn control_characters_are_refused(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let path = format!("/Users/{}", scim.user("ada").await);
    for bad in ["\0", "a\0b", "\u{1}", "a\u{1b}[31m", "\u{7f}"] {
        scim.post("/Users", user(bad)).await.refuses(400, "invalidValue");
        scim.post(
            "/Users",
            json!({"schemas": [USER], "userName": "x", "title": bad}),
        )
        .await
        .refuses(400, "invalidValue");
        scim.post("/Groups", json!({"schemas": [GROUP], "displayName": bad}))
            .await
            .refuses(400, "invalidValue");
        scim.patch(
            &path,
            patch(json!([{"op": "replace", "path": "title", "value": bad}])),
        )
        .await
        .refuses(400, "invalidValue");
        let filter = escaped(&format!("userName eq {}", json!(bad)));
        let found = scim.get(&format!("/Users?filter={filter}")).await;
        assert!([200, 400].contains(&found.status), "{}", found.text);
    }
    scim.send(Method::GET, "/Users?filter=userName+eq+%22%00%22", &[], None)
        .await;
    assert_eq!(scim.get("/Users").await.names(), ["ada"]);
}

/// One fold decides what is the same name, on both databases and for filter and uniqueness alike.
async fn names_are_compared_by_one_fold(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let mut said = String::new();
    for (first, second) in [
        ("ADA", "ada"),
        ("straße", "STRASSE"),
        ("ß", "ss"),
        ("ı", "i"),
        ("I", "ı"),
        ("İ", "i"),
        ("é", "e\u{301}"),
        ("É", "é"),
        ("Σ", "ς"),
        ("σ", "ς"),
        ("ﬁ", "fi"),
        ("K", "k"),
        ("Å", "å"),
        ("а", "a"),
        ("tail", "tail "),
        (" head", "head"),
        ("right", "right\u{202e}"),
        ("zero", "ze\u{200b}ro"),
        ("Ω", "Ω"),
        ("①", "1"),
        ("ｗｉｄｅ", "wide"),
        ("Ǆ", "ǆ"),
    ] {
        let id = scim.user(first).await;
        let twin = scim.post("/Users", user(second)).await;
        let found = scim
            .find("Users", &format!("userName eq {}", json!(second)))
            .await;
        assert_eq!(
            twin.status == 409,
            found == [first],
            "filter and index agree: {first:?} {second:?} {found:?}"
        );
        said.push_str(&format!(
            "{:?} and {:?}: {}\n",
            first,
            second,
            if twin.status == 409 {
                "one name"
            } else {
                "two names"
            }
        ));
        if twin.status == 201 {
            scim.delete(&format!("/Users/{}", twin.id())).await.is(204);
        }
        scim.delete(&format!("/Users/{id}")).await.is(204);
    }
    insta::assert_snapshot!("names_are_compared_by_one_fold", said);
}

async fn every_script_comes_back_as_it_went(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    for (number, name) in [
        "Ελλάδα",
        "株式会社",
        "مرحبا",
        "שלום",
        "🦀👩‍👩‍👧",
        "e\u{301}",
        "a\u{202e}b",
        "\"quoted\" \\ / 'it'",
        "line\u{2028}break",
        "100%",
    ]
    .into_iter()
    .enumerate()
    {
        let body = json!({"schemas": [USER], "userName": format!("{number}@contoso.com"), "displayName": name, "externalId": name});
        let made = scim.post("/Users", body).await.is(201);
        let read = scim.get(&format!("/Users/{}", made.id())).await.json();
        assert_eq!(
            (&read["displayName"], &read["externalId"]),
            (&json!(name), &json!(name))
        );
        let found = scim
            .find("Users", &format!("displayName eq {}", json!(name)))
            .await;
        assert_eq!(found, [format!("{number}@contoso.com")], "{name}");
        let found = scim
            .find("Users", &format!("externalId eq {}", json!(name)))
            .await;
        assert_eq!(found, [format!("{number}@contoso.com")], "{name}");
    }
}
