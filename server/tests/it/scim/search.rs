//! Lists: `GET /Users`, `GET /Groups`, `POST /…/.search`, `POST /.search`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{
    Backend, Running,
    dice::Dice,
    scim::{ENTERPRISE, Scim, Transcript, USER, escaped, on_both, user},
};

const SEARCH: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

on_both! {
    filters_find_whom_they_name, pages_by_index, pages_by_cursor, an_order_is_kept, searches_by_post,
    an_empty_answer_is_a_list, a_walk_misses_nobody_while_others_go,
}

/// Six people of whom each is told apart by something.
async fn people(scim: &Scim) {
    for (name, given, title, active, department) in [
        ("ada@contoso.com", "Ada", Some("Engineer"), true, Some("R&D")),
        ("bob@contoso.com", "Bob", Some("engineer"), false, Some("Sales")),
        ("Cy@fabrikam.com", "Cyrus", None, true, None),
        (
            "dora@fabrikam.com",
            "Dora",
            Some("100% \\ _ \"it\""),
            true,
            Some("sales"),
        ),
        ("émile@contoso.com", "Émile", Some("Zoë"), true, None),
        ("fritz@contoso.com", "Fritz", Some(""), false, Some("R&D")),
    ] {
        let body = json!({
            "schemas": [USER], "userName": name, "active": active, "title": title, "name": {"givenName": given},
            "externalId": given.to_lowercase(),
            "emails": [{"type": "work", "value": format!("{given}@work.example")}, {"type": "home", "value": "x@home.example"}],
            ENTERPRISE: {"department": department},
        });
        scim.post("/Users", body).await.is(201);
    }
}

async fn filters_find_whom_they_name(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    people(&scim).await;
    let first: Vec<String> = scim.find("Users", "userName pr").await;
    assert_eq!(first.len(), 6);
    for (filter, expected) in [
        (r#"userName eq "ADA@contoso.com""#, "ada"),
        (r#"USERNAME Eq "ada@contoso.com""#, "ada"),
        (r#"userName eq "nobody""#, ""),
        (r#"userName sw "b""#, "bob"),
        (r#"userName ew "fabrikam.com""#, "Cy dora"),
        (r#"userName co "ont" and active eq true"#, "ada émile"),
        (r#"active eq "False""#, "bob fritz"),
        (r#"not (active eq true)"#, "bob fritz"),
        (r#"title pr"#, "ada bob dora émile"),
        (r#"not (title pr)"#, "Cy fritz"),
        (r#"title eq "engineer""#, "ada bob"),
        (r#"title co "%""#, "dora"),
        (r#"title co "_""#, "dora"),
        (r#"title co "\\""#, "dora"),
        (r#"title co "\"it""#, "dora"),
        (r#"title ne "Engineer""#, "Cy dora émile fritz"),
        (r#"name.givenName gt "Dora""#, "émile fritz"),
        (r#"name.givenName le "Bob""#, "ada bob"),
        (r#"externalId eq "ada""#, "ada"),
        (r#"externalId eq "Ada""#, ""),
        (r#"emails.value eq "cyrus@WORK.example""#, "Cy"),
        (r#"emails[type eq "work"].value eq "dora@work.example""#, "dora"),
        (r#"emails[type eq "work" and value co "ritz"]"#, "fritz"),
        (r#"emails[type eq "home" and value co "ritz"]"#, ""),
        (
            r#"emails co "home.example" and (userName sw "a" or userName sw "b")"#,
            "ada bob",
        ),
        (
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "SALES""#,
            "bob dora",
        ),
        (
            r#"userName eq "ada@contoso.com" or userName eq "ÉMILE@contoso.com""#,
            "ada émile",
        ),
        (r#"meta.resourceType eq "User" and title eq "Zoë""#, "émile"),
        (
            r#"meta.created ge "2026-11-20T12:00:00Z" and title eq "zoË""#,
            "émile",
        ),
        (r#"meta.created gt "2026-11-20T12:00:00Z""#, ""),
    ] {
        let found = scim.find("Users", filter).await;
        let found: Vec<&str> = found.iter().map(|name| name.split('@').next().unwrap()).collect();
        assert_eq!(found.join(" "), expected, "{filter}");
    }
    for unknown in [
        r#"shoeSize eq "44""#,
        r#"name.shoeSize pr"#,
        r#"password eq "x""#,
        "userName",
        "",
        "userName eq",
        "(((",
    ] {
        let refused = scim.get(&format!("/Users?filter={}", escaped(unknown))).await;
        refused.refuses(400, "invalidFilter");
    }
    for twice in [
        "filter=a&filter=b",
        "count=1&count=2",
        "startIndex=1&startIndex=1",
    ] {
        assert_eq!(
            scim.get(&format!("/Users?{twice}")).await.status,
            400,
            "{twice} (threats T92)"
        );
    }
    for number in ["count=x", "startIndex=1.5", "count="] {
        assert_eq!(
            scim.get(&format!("/Users?{number}")).await.status,
            400,
            "{number}"
        );
    }
}

async fn pages_by_index(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    for number in 0..11 {
        scim.user(&format!("user{number:02}")).await;
    }
    let mut seen = Vec::new();
    for page in 0..3 {
        let body = scim
            .get(&format!("/Users?count=5&startIndex={}", page * 5 + 1))
            .await
            .is(200);
        let told = body.json();
        let size = if page == 2 { 1 } else { 5 };
        assert_eq!(told["startIndex"], page * 5 + 1, "as asked for (entra-facts A5)");
        assert_eq!(
            (&told["totalResults"], &told["itemsPerPage"]),
            (&json!(11), &json!(size))
        );
        seen.extend(body.names());
    }
    let expected: Vec<String> = (0..11).map(|number| format!("user{number:02}")).collect();
    assert_eq!(seen, expected);
    let mut said = Transcript::of(&scim);
    for query in [
        "count=0",
        "count=-3",
        "startIndex=0&count=1",
        "startIndex=-5&count=1",
        "startIndex=12&count=5",
        "count=2000",
    ] {
        said.get(&format!("/Users?attributes=userName&{query}"))
            .await
            .is(200);
    }
    insta::assert_snapshot!("pages_by_index", said.text());
}

async fn pages_by_cursor(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let scim = Scim::of(&server, &directory);
    for number in 0..11 {
        scim.user(&format!("user{number:02}")).await;
    }
    let page =
        async |cursor: &str, query: &str| scim.get(&format!("/Users?count=4&cursor={cursor}{query}")).await;
    let first = page("", "").await.is(200).json();
    assert_eq!(
        (&first["totalResults"], first.get("startIndex")),
        (&json!(11), None)
    );
    let mut cursor = first["nextCursor"].as_str().unwrap().to_owned();
    let begun = cursor.clone();
    let mut seen = first["Resources"].as_array().unwrap().len();
    loop {
        let next = page(&cursor, "").await.is(200).json();
        seen += next["Resources"].as_array().unwrap().len();
        match next["nextCursor"].as_str() {
            Some(word) => cursor = word.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, 11);
    page(&begun, "&filter=userName+pr")
        .await
        .refuses(400, "invalidCursor");
    page("nonsense", "").await.refuses(400, "invalidCursor");
    page(&begun[1..], "").await.refuses(400, "invalidCursor");
    let other = Scim::of(&server, &server.directory().await);
    let foreign = other.get(&format!("/Users?count=4&cursor={begun}")).await.is(200);
    assert_eq!(
        foreign.json()["totalResults"],
        0,
        "a foreign cursor reads nothing but one's own list"
    );
    server.clock.advance(3600);
    page(&begun, "").await.is(200);
    server.clock.advance(1);
    page(&begun, "").await.refuses(400, "expiredCursor");
}

async fn an_order_is_kept(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    people(&scim).await;
    for (query, expected) in [
        ("sortBy=userName", "ada bob Cy dora fritz émile"),
        (
            "sortBy=userName&sortOrder=descending",
            "émile fritz dora Cy bob ada",
        ),
        ("sortBy=name.givenName&count=2&startIndex=3", "Cy dora"),
        ("sortBy=meta.created&count=2", "ada bob"),
        ("sortBy=title&filter=title+pr", "dora ada bob émile"),
        ("sortBy=emails.value&count=1", "ada"),
        ("", "ada bob Cy dora émile fritz"),
    ] {
        let found = scim.get(&format!("/Users?{query}")).await.is(200).names();
        let found: Vec<&str> = found.iter().map(|name| name.split('@').next().unwrap()).collect();
        assert_eq!(found.join(" "), expected, "{query}");
    }
    assert_eq!(scim.get("/Users?sortBy=shoeSize").await.status, 400);
    assert_eq!(
        scim.get("/Users?sortBy=userName&sortOrder=sideways").await.status,
        400
    );
}

async fn searches_by_post(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    people(&scim).await;
    for name in ["Alpha", "Beta"] {
        scim.group(name, &[]).await;
    }
    let mut said = Transcript::of(&scim);
    let search = |more: Value| {
        let mut body = json!({"schemas": [SEARCH]});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    let narrow = json!({"filter": "title eq \"engineer\"", "attributes": ["userName"], "sortBy": "userName",
        "sortOrder": "descending", "startIndex": 1, "count": 1});
    said.post("/Users/.search", search(narrow)).await.is(200);
    said.post(
        "/Groups/.search",
        search(json!({"filter": "displayName sw \"a\"", "excludedAttributes": ["meta"]})),
    )
    .await
    .is(200);
    said.post(
        "/.search",
        search(json!({"attributes": ["userName", "displayName"], "startIndex": 6, "count": 2})),
    )
    .await
    .is(200);
    said.post(
        "/.search",
        search(json!({"filter": "displayName eq \"beta\"", "attributes": ["displayName"]})),
    )
    .await
    .is(200);
    said.post("/Users/.search", search(json!({"filter": "shoeSize pr"})))
        .await
        .refuses(400, "invalidFilter");
    said.post("/Users/.search", json!([1])).await.is(400);
    insta::assert_snapshot!("searches_by_post", said.text());
}

/// Test connection searches for a random GUID: 200 with an empty list, never 404 (entra-facts A2, A3).
async fn an_empty_answer_is_a_list(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let mut said = Transcript::of(&scim);
    for rest in [
        "/Users?filter=userName+eq+%224d32ab19-ae09-4236-82fa-15768bc48f08%22",
        "/Groups?excludedAttributes=members&filter=displayName%20eq%20%224d32ab19-ae09-4236-82fa-15768bc48f08%22",
        "/Users",
    ] {
        said.get(rest).await.is(200);
    }
    insta::assert_snapshot!("an_empty_answer_is_a_list", said.text());
}

/// Threats T33 at a size a test can afford: a walk by cursor while every twentieth user is deleted and others come.
async fn a_walk_misses_nobody_while_others_go(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let mut ids = Vec::new();
    for part in 0..2 {
        let operations: Vec<_> = (part * 1000..part * 1000 + 1000)
            .map(|number| json!({"method": "POST", "path": "/Users", "bulkId": "u", "data": user(&format!("user{number:04}"))}))
            .map(|mut operation| {
                operation["bulkId"] = operation["data"]["userName"].clone();
                operation
            })
            .collect();
        let bulk = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations});
        let made = scim.post("/Bulk", bulk).await.is(200).json();
        let made = made["Operations"].as_array().unwrap().clone();
        ids.extend(made.iter().map(|one| {
            one["location"]
                .as_str()
                .unwrap()
                .rsplit('/')
                .next()
                .unwrap()
                .to_owned()
        }));
    }
    let mut dice = Dice::seeded(33);
    let mut survivors: BTreeSet<String> = ids.iter().cloned().collect();
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = scim
            .get(&format!("/Users?attributes=id&count=100&cursor={cursor}"))
            .await
            .is(200)
            .json();
        seen.extend(
            page["Resources"]
                .as_array()
                .unwrap()
                .iter()
                .map(|user| user["id"].as_str().unwrap().to_owned()),
        );
        for _ in 0..5 {
            let gone = dice.pick(&ids).clone();
            if survivors.remove(&gone) {
                scim.delete(&format!("/Users/{gone}")).await.is(204);
            }
        }
        scim.user(&dice.word(20)).await;
        match page["nextCursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    let once: BTreeSet<&String> = seen.iter().collect();
    assert_eq!(once.len(), seen.len(), "nobody twice");
    let missed: Vec<_> = survivors.iter().filter(|id| !once.contains(id)).collect();
    assert_eq!(missed, Vec::<&String>::new());
    assert!(ids.len() - survivors.len() > 50, "people were deleted meanwhile");
}
