//! Too much, too deep, too odd (threats T22–T29, T34, T39): a SCIM error that says what to do, nothing lost, no 5xx.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Backend, Running,
    dice::Dice,
    raw::{Raw, status},
    scim::{ERROR, GROUP, Reply, Scim, USER, escaped, group, on_both, patch, user},
};

on_both! {
    deep_and_long_filters_are_refused, a_patch_has_its_limits, wildcards_are_letters, bodies_have_their_limits,
    an_attribute_comes_once, limits_are_those_of_the_document, whatever_is_sent_the_answer_is_scim,
    what_may_not_be_written_is_not, nothing_sent_is_repeated,
}

/// Threats T22.
async fn deep_and_long_filters_are_refused(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let nested = |depth: usize| format!("{}userName pr{}", "(".repeat(depth), ")".repeat(depth));
    let negated = |depth: usize| format!("{}userName pr{}", "not (".repeat(depth), ")".repeat(depth));
    let search = async |filter: String| {
        let body =
            json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": filter});
        scim.post("/Users/.search", body).await
    };
    for sound in [nested(10), negated(10), vec!["userName pr"; 50].join(" and ")] {
        search(sound).await.is(200);
    }
    for depth in [11, 100, 1_000, 100_000] {
        search(nested(depth)).await.refuses(400, "invalidFilter");
        search(negated(depth)).await.refuses(400, "invalidFilter");
        search("(".repeat(depth)).await.refuses(400, "invalidFilter");
    }
    search(vec!["userName pr"; 51].join(" or "))
        .await
        .refuses(400, "invalidFilter");
    search(format!("userName eq \"{}\"", "x".repeat(2048)))
        .await
        .refuses(400, "invalidFilter");
    let long = escaped(&format!("userName eq \"{}\"", "x".repeat(4000)));
    scim.get(&format!("/Users?filter={long}"))
        .await
        .refuses(400, "invalidFilter");
}

/// Threats T23.
async fn a_patch_has_its_limits(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let path = format!("/Users/{}", scim.user("ada").await);
    let titles = |count: usize| -> Value {
        (0..count)
            .map(|number| json!({"op": "replace", "path": "title", "value": number.to_string()}))
            .collect()
    };
    assert_eq!(
        scim.patch(&path, patch(titles(1000))).await.is(200).json()["title"],
        "999"
    );
    scim.patch(&path, patch(titles(1001)))
        .await
        .refuses(400, "tooMany");
    let team = format!("/Groups/{}", scim.group("Team", &[]).await);
    let strangers = |count: usize| -> Vec<Value> {
        (0..count)
            .map(|number| json!({"value": format!("0193a1f0-0000-7000-8000-{number:012}")}))
            .collect()
    };
    for op in ["Add", "Remove", "replace"] {
        let many = patch(json!([{"op": op, "path": "members", "value": strangers(10_001)}]));
        scim.patch(&team, many).await.refuses(400, "tooMany");
    }
    scim.post(
        "/Groups",
        json!({"schemas": [GROUP], "displayName": "Big", "members": strangers(10_001)}),
    )
    .await
    .refuses(400, "tooMany");
    let most = patch(json!([{"op": "Remove", "path": "members", "value": strangers(10_000)}]));
    scim.patch(&team, most).await.is(204);
    for empty in [
        patch(json!([])),
        json!({}),
        patch(json!("x")),
        patch(json!([{"op": "explode", "path": "title"}])),
        patch(json!([{"path": "title"}])),
    ] {
        let refused = scim.patch(&path, empty.clone()).await;
        assert_eq!(refused.status, 400, "{empty}: {}", refused.text);
    }
    assert_eq!(scim.get(&path).await.json()["title"], "999");
}

/// Threats T26: `%`, `_` and `\` stand for themselves, and no pattern is a program.
async fn wildcards_are_letters(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    for name in ["a%b", "a_b", "a\\b", "axb", "(a+)+$", "[ab]*"] {
        scim.user(name).await;
    }
    for (filter, expected) in [
        (r#"userName co "%""#, vec!["a%b"]),
        (r#"userName co "_""#, vec!["a_b"]),
        (r#"userName co "\\""#, vec!["a\\b"]),
        (r#"userName sw "a_""#, vec!["a_b"]),
        (r#"userName ew "%b""#, vec!["a%b"]),
        (r#"userName co "%%%%%%%%%%%%%%%%%%%%""#, vec![]),
        (r#"userName co "[ab]*""#, vec!["[ab]*"]),
        (r#"userName eq "(a+)+$""#, vec!["(a+)+$"]),
    ] {
        assert_eq!(scim.find("Users", filter).await, expected, "{filter}");
    }
}

/// Threats T27.
async fn bodies_have_their_limits(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let scim = Scim::of(&server, &directory);
    let deep = |depth: usize| {
        format!(
            "{{\"userName\":\"deep\",\"x\":{}{}}}",
            "[".repeat(depth),
            "]".repeat(depth)
        )
    };
    for depth in [65, 1_000, 1_000_000] {
        scim.send(Method::POST, "/Users", &[], Some(deep(depth)))
            .await
            .refuses(400, "invalidSyntax");
        scim.send(
            Method::POST,
            "/Users",
            &[],
            Some("{\"a\":".repeat(depth.min(200_000))),
        )
        .await
        .refuses(400, "invalidSyntax");
    }
    let mut large = user("large").to_string();
    large.push_str(&" ".repeat((2 << 20) + 1 - large.len()));
    scim.send(Method::POST, "/Users", &[], Some(large))
        .await
        .refuses(413, "");
    for encoding in ["gzip", "br", "identity, gzip"] {
        let headers = [("content-encoding", encoding)];
        scim.send(Method::POST, "/Users", &headers, Some(user("zipped").to_string()))
            .await
            .refuses(415, "");
    }
    for kind in [
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
    ] {
        let headers = [("content-type", kind)];
        scim.send(Method::POST, "/Users", &headers, Some(user("typed").to_string()))
            .await
            .refuses(415, "");
    }
    for body in [
        "",
        "{",
        "[]",
        "null",
        "\"x\"",
        "{\"userName\":\"x\"}}",
        "{userName:1}",
        "\u{feff}",
        "{\"userName\":\"\\ud800\"}",
    ] {
        let refused = scim
            .send(Method::POST, "/Users", &[], Some(body.to_owned()))
            .await;
        assert_eq!(refused.status, 400, "{body:?}: {}", refused.text);
    }
    // Bytes that are no UTF-8.
    let mut raw = Raw::to(server.address).await;
    let head = format!(
        "POST /scim/v2/{}/Users HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {}\r\n",
        directory.id, directory.bearer_token
    );
    raw.send(
        [
            head.as_bytes(),
            b"content-type: application/scim+json\r\ncontent-length: 16\r\n\r\n{\"userName\":\"\xff\"}",
        ]
        .concat(),
    )
    .await;
    assert_eq!(status(&raw.answer().await), 400);
    assert_eq!(
        scim.get("/Users").await.json()["totalResults"],
        0,
        "nothing of all this was kept"
    );
}

/// Threats T28.
async fn an_attribute_comes_once(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    for body in [
        r#"{"userName":"a","userName":"b"}"#,
        r#"{"userName":"a","USERNAME":"b"}"#,
        r#"{"userName":"a","name":{"givenName":"x","GivenName":"y"}}"#,
        r#"{"userName":"a","emails":[{"value":"x","VALUE":"y"}]}"#,
        r#"{"userName":"a","active":true,"Active":false}"#,
    ] {
        scim.send(Method::POST, "/Users", &[], Some(body.to_owned()))
            .await
            .refuses(400, "invalidSyntax");
    }
    let path = format!("/Users/{}", scim.user("b").await);
    for body in [
        r#"{"Operations":[],"operations":[]}"#,
        r#"{"Operations":[{"op":"replace","OP":"add","path":"title","value":"x"}]}"#,
    ] {
        scim.send(Method::PATCH, &path, &[], Some(body.to_owned()))
            .await
            .refuses(400, "invalidSyntax");
    }
}

/// Threats T34: what the document promises is what is enforced, at the limit and one beyond.
async fn limits_are_those_of_the_document(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let config = scim.get("/ServiceProviderConfig").await.is(200).json();
    let limit = |pointer: &str| usize::try_from(config.pointer(pointer).unwrap().as_u64().unwrap()).unwrap();
    let bulk = |count: usize, padding: usize| {
        let operations: Vec<Value> = (0..count)
            .map(|number| json!({"method": "POST", "path": "/Users", "bulkId": number.to_string(), "data": user(&format!("user{number}"))}))
            .collect();
        let mut text = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations}).to_string();
        text.push_str(&" ".repeat(padding.saturating_sub(text.len())));
        text
    };
    let send = async |body: String| scim.send(Method::POST, "/Bulk", &[], Some(body)).await;
    let most = limit("/bulk/maxOperations");
    let refused = send(bulk(most + 1, 0)).await;
    assert_eq!(refused.status, 413, "RFC 7644 §3.7.4: {}", refused.text);
    assert_eq!(scim.get("/Users?count=0").await.json()["totalResults"], 0);
    send(bulk(most, 0)).await.is(200);
    assert_eq!(scim.get("/Users?count=0").await.json()["totalResults"], most);
    let largest = limit("/bulk/maxPayloadSize");
    send(bulk(1, largest)).await.is(200);
    send(bulk(1, largest + 1)).await.refuses(413, "");
    let page = limit("/pagination/maxPageSize");
    assert_eq!(page, limit("/filter/maxResults"));
    scim.user("one more").await;
    for (count, expected) in [(page, page), (page + 1, page)] {
        let told = scim
            .get(&format!("/Users?attributes=id&count={count}"))
            .await
            .is(200)
            .json();
        assert_eq!(told["Resources"].as_array().unwrap().len(), expected);
        assert_eq!(told["totalResults"], most + 1);
    }
    let by_default = scim.get("/Users?attributes=id").await.json();
    assert_eq!(
        by_default["Resources"].as_array().unwrap().len(),
        limit("/pagination/defaultPageSize")
    );
    for method in ["patch", "bulk", "filter", "sort", "etag"] {
        assert_eq!(config[method]["supported"], true, "{method}");
    }
    assert_eq!(config["changePassword"]["supported"], false);
}

/// Threats T39: every answer under `/scim/` is SCIM JSON, whatever was asked.
async fn whatever_is_sent_the_answer_is_scim(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let scim = Scim::of(&server, &directory);
    let (ada, team) = (scim.user("ada").await, scim.group("team", &[]).await);
    let mut dice = Dice::seeded(39);
    for _ in 0..600 {
        let (method, rest, headers, body) = nonsense(&mut dice, &ada, &team);
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let reply = scim.send(method.clone(), &rest, &headers, body.clone()).await;
        let sent = format!("{method} {rest} {headers:?} {body:?}");
        assert!(reply.status < 500, "{sent} -> {} {}", reply.status, reply.text);
        assert_scim(&reply, &sent, method == Method::HEAD);
    }
    let bare = server
        .http
        .get(format!("{}/scim", server.url))
        .send()
        .await
        .unwrap();
    assert_scim(&Reply::read(bare).await, "/scim", false);
}

fn assert_scim(reply: &Reply, sent: &str, no_body: bool) {
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{sent}");
    if matches!(reply.status, 204 | 304) || no_body {
        assert_eq!(reply.text, "", "{sent}");
        return;
    }
    let kind = reply.header("content-type").unwrap_or_default();
    assert!(
        kind.starts_with("application/scim+json"),
        "{sent} -> {} {kind}",
        reply.status
    );
    let body: Value = serde_json::from_str(&reply.text).unwrap_or_else(|error| panic!("{sent}: {error}"));
    if reply.status >= 400 {
        assert_eq!(
            (&body["schemas"], &body["status"]),
            (&json!([ERROR]), &json!(reply.status.to_string())),
            "{sent}"
        );
        assert!(body["detail"].is_string(), "{sent}");
    }
}

type Sent = (Method, String, Vec<(&'static str, String)>, Option<String>);

fn nonsense(dice: &mut Dice, ada: &str, team: &str) -> Sent {
    const METHODS: [&str; 9] = [
        "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PURGE", "TRACE",
    ];
    let method = Method::from_bytes(dice.pick(&METHODS).as_bytes()).unwrap();
    let rest = match dice.below(10) {
        0 => "/Users".to_owned(),
        1 => format!("/Users/{ada}"),
        2 => format!("/Groups/{team}"),
        3 => "/Bulk".to_owned(),
        4 => "/.search".to_owned(),
        5 => "/Schemas".to_owned(),
        6 => format!("/Users/{ada}/{}", dice.word(4)),
        7 => String::new(),
        8 => format!("/{}", dice.word(8)),
        _ => "/Users/.search".to_owned(),
    };
    let query = match dice.below(8) {
        0 => format!("?filter={}", escaped(&garbage(dice))),
        1 => format!(
            "?{}={}",
            dice.pick(&["count", "startIndex", "cursor", "sortBy", "attributes"]),
            escaped(&garbage(dice))
        ),
        2 => format!("?{}", dice.word(3)),
        3 => "?%zz&=&&a=%".to_owned(),
        _ => String::new(),
    };
    let mut headers = Vec::new();
    if dice.once_in(4) {
        let kinds = [
            "text/plain",
            "application/json",
            "*/*",
            "application/scim+json; charset=latin1",
        ];
        headers.push(("content-type", (*dice.pick(&kinds)).to_owned()));
    }
    if dice.once_in(5) {
        headers.push((
            *dice.pick(&[
                "if-match",
                "if-none-match",
                "accept",
                "accept-encoding",
                "range",
                "expect-ct",
            ]),
            dice.word(5),
        ));
    }
    let body = match dice.below(6) {
        0 => None,
        1 => Some(garbage(dice)),
        2 => Some(patch(json!([{"op": dice.word(3), "path": garbage(dice), "value": garbage(dice)}])).to_string()),
        3 => Some(patch(json!([{"op": "replace", "path": garbage(dice), "value": garbage(dice)}, {"op": "add", "value": {garbage(dice): 1}}])).to_string()),
        4 => Some(json!({"schemas": [garbage(dice)], "userName": garbage(dice), "members": garbage(dice), "emails": [garbage(dice)]}).to_string()),
        _ => Some(json!({"schemas": [USER], garbage(dice): {garbage(dice): [null, 1, true, {}]}}).to_string()),
    };
    (method, format!("{rest}{query}"), headers, body)
}

/// Pieces of the grammar in the wrong order, and characters that break what is not careful.
fn garbage(dice: &mut Dice) -> String {
    const PIECES: [&str; 28] = [
        "userName",
        " eq ",
        "\"",
        "(",
        ")",
        "[",
        "]",
        "and",
        " or ",
        "not ",
        "emails",
        ".value",
        "type",
        "\\",
        "%",
        "_",
        "null",
        "true",
        "urn:ietf:params:scim:schemas:core:2.0:User:",
        "1e999",
        "-",
        "\u{0}",
        "\u{202e}",
        "é",
        "🦀",
        "members",
        "<script>",
        " pr",
    ];
    (0..dice.below(9)).map(|_| *dice.pick(&PIECES)).collect()
}

/// Threats T17: ids, meta, owner and what does not exist are out of reach, by whatever name (500 of them).
async fn what_may_not_be_written_is_not(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let scim = Scim::of(&server, &directory);
    let id = scim.user("ada").await;
    let path = format!("/Users/{id}");
    let before = scim.get(&path).await.json();
    let mut dice = Dice::seeded(17);
    let fixed = [
        "id",
        "ID",
        "meta",
        "meta.version",
        "meta.created",
        "schemas",
        "groups",
        "groups.value",
        "directory_id",
        "directory",
        "organization_id",
        "organizationId",
        "role",
        "version",
        "seq",
        "__proto__",
        "__proto__.x",
        "constructor.prototype",
        "password",
        "created_at",
        "body",
        "user_name_fold",
        "name.id",
        "emails.id",
    ];
    let mut names: Vec<String> = fixed.iter().map(|&name| name.to_owned()).collect();
    while names.len() < 500 {
        let (first, second) = (dice.word(6), dice.word(4));
        names.push(match dice.below(4) {
            0 => first,
            1 => format!("{first}.{second}"),
            2 => format!("x{first}[type eq \"work\"].{second}"),
            _ => format!("name.{first}"),
        });
    }
    for name in &names {
        for value in [json!("x"), json!({"x": 1})] {
            let by_path = patch(json!([{"op": "replace", "path": name, "value": value}]));
            let by_key = patch(json!([{"op": "add", "value": {name.as_str(): value}}]));
            for body in [by_path, by_key] {
                let reply = scim.patch(&path, body).await;
                assert!(
                    [200, 400].contains(&reply.status),
                    "{name}: {} {}",
                    reply.status,
                    reply.text
                );
            }
        }
    }
    assert_eq!(
        scim.get(&path).await.json(),
        before,
        "not one of them left a mark"
    );
    let mut body = user("bob");
    for name in names
        .iter()
        .filter(|name| !["schemas", "ID"].contains(&name.as_str()))
    {
        body[name.as_str()] = json!("x");
    }
    let made = scim.post("/Users", body).await.is(201).json();
    let mut keys: Vec<&String> = made.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["id", "meta", "schemas", "userName"], "{made}");
    assert_eq!(scim.get("/Users").await.json()["totalResults"], 2);
    assert_eq!(server.shown(&directory).await.users, 2);
}

/// Threats T25.
async fn nothing_sent_is_repeated(backend: Backend) {
    const MARK: &str = "<script>alert(7)</script>";
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let path = format!("/Users/{}", scim.user("ada").await);
    let mark = escaped(MARK);
    let mut replies = Vec::new();
    for rest in [
        format!("/Users?filter={mark}"),
        format!("/Users?filter=userName+eq+{mark}"),
        format!("/Users?filter={mark}+eq+1"),
        format!("/Users?sortBy={mark}"),
        format!("/Users?count={mark}"),
        format!("/Users?cursor={mark}"),
        format!("/Users?attributes={mark}"),
        format!("/Users/{mark}"),
        format!("/{mark}"),
        format!("/Schemas/{mark}"),
    ] {
        replies.push(scim.get(&rest).await);
    }
    replies.push(
        scim.patch(&path, patch(json!([{"op": MARK, "path": "title", "value": "x"}])))
            .await,
    );
    replies.push(
        scim.patch(
            &path,
            patch(json!([{"op": "replace", "path": MARK, "value": "x"}])),
        )
        .await,
    );
    replies.push(
        scim.patch(
            &path,
            patch(json!([{"op": "replace", "path": "active", "value": MARK}])),
        )
        .await,
    );
    replies.push(scim.post("/Users", json!({"userName": 7, MARK: MARK})).await);
    replies.push(scim.post("/Groups", group("g", &[MARK])).await);
    replies.push(scim.with_token(MARK).get("/Users").await);
    for reply in replies {
        assert!(!reply.text.contains("script"), "{}", reply.text);
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    }
}
