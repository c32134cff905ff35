//! Who is let in (threats T04, T07, T08, T11, T20, T21).

use std::time::{Duration, Instant};

use contract::Portal;
use reqwest::Method;
use server::{
    clock::Randomness,
    secrets::{TokenKind, make},
};
use store::testing::postgres::Private;

use crate::harness::{
    Backend, Running,
    raw::{Raw, status},
    scim::{Reply, Scim, on_both, user},
};

on_both! {
    every_refusal_of_a_token_is_the_same, twelve_ways_to_send_credentials, each_token_opens_its_own_door_only,
    a_revoked_token_ends_within_a_second, it_ends_in_every_process, a_token_ends_by_itself, two_are_alive_at_most,
    a_disabled_directory_says_so_to_its_own_token_only, a_deleted_directory_opens_to_nobody,
}

/// What a client can tell two answers apart by.
fn told(reply: &Reply) -> (u16, String, Vec<(String, String)>) {
    let headers = reply
        .headers
        .iter()
        .filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()));
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    (reply.status, reply.text.clone(), headers.collect())
}

async fn every_refusal_of_a_token_is_the_same(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let (mine, other) = (server.directory().await, server.directory().await);
    let sibling = server.directory_in(&mine.organization).await;
    let scim = Scim::of(&server, &mine);
    let revoked = server.another_token(&mine, None).await;
    server.revoke(&mine, "another").await;
    let expired = server
        .another_token(&mine, Some(server.clock.now() + 1_000_000))
        .await;
    server.clock.advance(2);
    let unknown = make(TokenKind::Scim, &Randomness::System).unwrap();
    let mut garbled = mine.bearer_token.clone();
    garbled.replace_range(20..21, if &garbled[20..21] == "a" { "b" } else { "a" });
    let gone = server.directory_in(&other.organization).await;
    server
        .state
        .portal
        .delete_directory(&server.owner(), &gone.id, "Entra ID")
        .await
        .unwrap();
    let nowhere = crate::harness::Directory {
        endpoint_url: format!("{}/scim/v2/dir_{}", server.url, "0".repeat(32)),
        ..server.directory().await
    };
    let mut seen = Vec::new();
    for (why, reply) in [
        ("unknown", scim.with_token(unknown.reveal()).get("/Users").await),
        ("garbled", scim.with_token(&garbled).get("/Users").await),
        ("nonsense", scim.with_token("nonsense").get("/Users").await),
        (
            "of another organization",
            scim.with_token(&other.bearer_token).get("/Users").await,
        ),
        (
            "of a sibling",
            scim.with_token(&sibling.bearer_token).get("/Users").await,
        ),
        ("revoked", scim.with_token(&revoked).get("/Users").await),
        ("expired", scim.with_token(&expired).get("/Users").await),
        (
            "of an unknown directory",
            Scim::of(&server, &nowhere).get("/Users").await,
        ),
        (
            "of a deleted directory",
            Scim::of(&server, &gone).get("/Users").await,
        ),
        (
            "at no endpoint",
            scim.with_token(unknown.reveal()).get("/Nowhere").await,
        ),
    ] {
        assert_eq!(reply.status, 401, "{why}: {}", reply.text);
        seen.push((why, told(&reply)));
    }
    for (why, one) in &seen {
        assert_eq!(one, &seen[0].1, "{why}");
    }
    assert_eq!(
        seen[0]
            .1
            .2
            .iter()
            .find(|(name, _)| name == "www-authenticate")
            .unwrap()
            .1,
        "Bearer realm=\"rollcall\", error=\"invalid_token\""
    );
}

/// Threats T20 (RFC 6750 §2, §3.1).
async fn twelve_ways_to_send_credentials(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let token = &directory.bearer_token;
    let mut seen = String::new();
    for (headers, query) in [
        (vec![], ""),
        (vec![format!("Bearer {token}")], ""),
        (vec![format!("bearer {token}")], ""),
        (vec![format!("BEARER   {token}")], ""),
        (vec![format!("Bearer {token}x")], ""),
        (vec!["Bearer".to_owned()], ""),
        (vec![token.clone()], ""),
        (vec!["Basic YTpi".to_owned()], ""),
        (vec![format!("Bearer {token}"), format!("Bearer {token}")], ""),
        (vec![format!("Bearer {token}")], "?access_token=TOKEN"),
        (vec![], "?access_token=TOKEN"),
        (vec![format!("Bearer {token},Bearer {token}")], ""),
    ] {
        let query = query.replace("TOKEN", token);
        let mut request = server
            .http
            .get(format!("{}/Users{query}", directory.endpoint_url));
        for header in &headers {
            request = request.header("authorization", header);
        }
        let reply = Reply::read(request.send().await.unwrap()).await;
        let challenge = reply.header("www-authenticate").unwrap_or("-");
        let sent = format!("{headers:?} {query}").replace(token, "TOKEN");
        seen.push_str(&format!("{sent:60} {} {challenge}\n", reply.status));
    }
    insta::assert_snapshot!("twelve_ways_to_send_credentials", seen);
}

/// Threats T08: tokens of every kind at every door.
async fn each_token_opens_its_own_door_only(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let link = server.link().await;
    let cookie = server.sign_in().await;
    let enter = link.rsplit('/').next().unwrap();
    let session = cookie.split_once('=').unwrap().1;
    let kinds = [
        ("scim", directory.bearer_token.as_str()),
        ("session", session),
        ("enter", enter),
        ("id", &directory.id),
    ];
    for (kind, token) in kinds {
        let bearer = Scim::of(&server, &directory)
            .with_token(token)
            .get("/Users")
            .await;
        assert_eq!(
            bearer.status,
            if kind == "scim" { 200 } else { 401 },
            "{kind} as bearer token"
        );
        let cookie = format!("__Host-rollcall={token}");
        let console = server
            .http
            .get(format!("{}/live/organizations", server.url))
            .header("cookie", cookie);
        let console = console.send().await.unwrap().status().as_u16();
        assert_eq!(
            console,
            if kind == "session" { 200 } else { 401 },
            "{kind} as cookie"
        );
        if kind != "enter" {
            let entered = server.get(&format!("/enter/{token}")).await;
            assert_eq!(entered.headers().get("set-cookie"), None, "{kind} as link");
        }
    }
}

/// Threats T11: 50 clients on connections that stay open. The time is that of the memory of tokens, not of the machine:
/// whoever asks a second after the revocation asks the database.
async fn a_revoked_token_ends_within_a_second(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let scim = Scim::of(&server, &directory);
    let clients: Vec<_> = (0..50)
        .map(|_| tokio::spawn(ask_until_refused(scim.apart())))
        .collect();
    while server.shown(&directory).await.last_request.is_none() {
        tokio::task::yield_now().await;
    }
    server.revoke(&directory, "Token 1").await;
    let revoked = Instant::now();
    for client in clients {
        let last_welcome = client.await.unwrap();
        assert!(
            last_welcome < revoked + Duration::from_secs(1),
            "{:?} later",
            last_welcome - revoked
        );
    }
    scim.get("/Users").await.is(401);
}

/// When the last request that was answered 2xx was begun. Goes on for a second after the first 401.
async fn ask_until_refused(scim: Scim) -> Instant {
    let mut welcome = Instant::now();
    let mut refused = None;
    while refused.is_none_or(|since: Instant| since.elapsed() < Duration::from_secs(1)) {
        let begun = Instant::now();
        match scim.get("/ServiceProviderConfig").await.status {
            200 => welcome = begun,
            401 => drop(refused.get_or_insert(begun)),
            other => panic!("{other}"),
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    welcome
}

async fn it_ends_in_every_process(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let other = Running::on(
        Backend::Sqlite,
        &[("ROLLCALL_DATABASE_URL", server.database.url())],
    )
    .await;
    let there = Scim::at(&other.url, &directory.id, &directory.bearer_token);
    there.get("/Users").await.is(200);
    server.revoke(&directory, "Token 1").await;
    let revoked = Instant::now();
    let last_welcome = ask_until_refused(there.apart()).await;
    assert!(
        last_welcome < revoked + Duration::from_secs(1),
        "{:?} later",
        last_welcome - revoked
    );
    there.post("/Users", user("late")).await.is(401);
}

async fn a_token_ends_by_itself(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let second = server
        .another_token(&directory, Some(server.clock.now() + 60_000_000))
        .await;
    let scim = Scim::of(&server, &directory);
    scim.with_token(&second).get("/Users").await.is(200);
    server.clock.advance(59);
    scim.with_token(&second).get("/Users").await.is(200);
    server.clock.advance(1);
    scim.with_token(&second).get("/Users").await.is(401);
    scim.get("/Users").await.is(200);
}

async fn two_are_alive_at_most(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let second = server.another_token(&directory, None).await;
    let (portal, owner): (&dyn Portal, _) = (&*server.state.portal, server.owner());
    let third = portal.create_token(&owner, &directory.id, "third", None).await;
    assert!(
        matches!(third, Err(contract::Refusal::Conflict { .. })),
        "{third:?}"
    );
    let scim = Scim::of(&server, &directory);
    for token in [&directory.bearer_token, &second] {
        scim.with_token(token).get("/Users").await.is(200);
    }
}

/// Threats T21.
async fn a_disabled_directory_says_so_to_its_own_token_only(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let (directory, other) = (server.directory().await, server.directory().await);
    let scim = Scim::of(&server, &directory);
    scim.user("ada").await;
    let (portal, owner) = (&server.state.portal, server.owner());
    portal.disable_directory(&owner, &directory.id).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    scim.get("/Users").await.refuses(403, "");
    scim.post("/Users", user("bob")).await.refuses(403, "");
    scim.with_token(&other.bearer_token).get("/Users").await.is(401);
    let anybody = server
        .http
        .request(Method::GET, directory.at("/Users"))
        .send()
        .await
        .unwrap();
    assert_eq!(anybody.status(), 401);
    portal.enable_directory(&owner, &directory.id).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(
        scim.get("/Users").await.is(200).names(),
        ["ada"],
        "nothing was lost"
    );
}

async fn a_deleted_directory_opens_to_nobody(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let (directory, archived) = (server.directory().await, server.directory().await);
    let (portal, owner) = (&server.state.portal, server.owner());
    for directory in [&directory, &archived] {
        Scim::of(&server, directory).user("ada").await;
    }
    portal
        .delete_directory(&owner, &directory.id, "Entra ID")
        .await
        .unwrap();
    let name = portal
        .organization(&owner, &archived.organization)
        .await
        .unwrap()
        .name;
    portal
        .delete_organization(&owner, &archived.organization, &name)
        .await
        .unwrap();
    for directory in [&directory, &archived] {
        let scim = Scim::of(&server, directory);
        let last_welcome = ask_until_refused(scim.apart()).await;
        assert!(last_welcome.elapsed() < Duration::from_secs(60));
        scim.post("/Users", user("late")).await.is(401);
    }
}

/// Threats T07: a token whose checksum is wrong is refused without a look at the database; and T82, trap 1: while the
/// database cannot be asked, a good token is answered 503, never 401.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_database_a_good_token_is_answered_503() {
    let postgres = Private::start();
    let server = Running::on(Backend::Sqlite, &[("ROLLCALL_DATABASE_URL", &postgres.url())]).await;
    let directory = server.directory().await;
    let scim = Scim::of(&server, &directory);
    let ada = scim.user("ada").await;
    postgres.halt();
    tokio::time::sleep(Duration::from_secs(1)).await;
    for _ in 0..5 {
        let reply = scim.get("/Users").await.refuses(503, "");
        assert!(reply.header("retry-after").is_some());
        scim.post("/Users", user("bob")).await.refuses(503, "");
        let mut garbled = directory.bearer_token.clone();
        garbled.replace_range(20..21, if &garbled[20..21] == "a" { "b" } else { "a" });
        scim.with_token(&garbled).get("/Users").await.is(401);
    }
    assert_eq!(server.get("/readyz").await.status(), 503);
    assert_eq!(server.get("/livez").await.status(), 200);
    postgres.resume();
    let mut raw = Raw::to(server.address).await;
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let token = &directory.bearer_token;
        raw.send(format!(
            "GET /scim/v2/{}/Users/{ada} HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {token}\r\n\r\n",
            directory.id
        ))
        .await;
        match status(&raw.answer().await) {
            200 => break,
            503 => assert!(Instant::now() < deadline, "it recovers by itself"),
            other => panic!("{other}"),
        }
    }
    scim.post("/Users", user("bob")).await.is(201);
}
