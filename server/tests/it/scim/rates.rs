//! One directory cannot starve another (threats T38).

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;

use crate::harness::{
    Backend, Running,
    raw::{Raw, status},
    scim::{Scim, on_both, user},
};

on_both! { there_is_no_limit_unless_one_is_set, above_the_rate_429, a_busy_directory_waits_for_itself_alone }

/// Entra takes 429 badly and has no limit of its own (entra-facts A5): by default nobody is refused.
async fn there_is_no_limit_unless_one_is_set(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let asks = (0..8).map(|_| {
        let scim = scim.apart();
        tokio::spawn(async move {
            for _ in 0..60 {
                scim.get("/ServiceProviderConfig").await.is(200);
            }
        })
    });
    for asked in join_all(asks).await {
        asked.unwrap();
    }
}

async fn above_the_rate_429(backend: Backend) {
    let settings = [
        ("ROLLCALL_SCIM_REQUESTS_PER_SECOND", "1"),
        ("ROLLCALL_SCIM_BURST", "20"),
    ];
    let server = Running::on(backend, &settings).await;
    let (loud, calm) = (server.directory().await, server.directory().await);
    let (loud, calm) = (Scim::of(&server, &loud), Scim::of(&server, &calm));
    for _ in 0..20 {
        loud.get("/ServiceProviderConfig").await.is(200);
    }
    let mut refused = 0;
    for number in 0..100 {
        let reply = loud.post("/Users", user(&format!("user{number}"))).await;
        if reply.status == 429 {
            assert_eq!(reply.header("retry-after"), Some("1"));
            reply.refuses(429, "");
            refused += 1;
        } else {
            reply.is(201);
        }
    }
    assert!(
        refused > 0,
        "a hundred requests more than the burst within seconds"
    );
    for _ in 0..20 {
        calm.get("/ServiceProviderConfig").await.is(200);
    }
    // What was refused can be sent again, and then it is done.
    loop {
        let reply = loud.post("/Users", json!({"userName": "again"})).await;
        match reply.status {
            429 => tokio::time::sleep(Duration::from_millis(200)).await,
            _ => break drop(reply.is(201)),
        }
    }
}

/// Every turn of one directory is taken by requests whose bodies do not come; another directory does not notice.
async fn a_busy_directory_waits_for_itself_alone(backend: Backend) {
    let server = Running::on(backend, &[("ROLLCALL_SCIM_IN_FLIGHT_PER_DIRECTORY", "4")]).await;
    let (busy, calm) = (server.directory().await, server.directory().await);
    let fifth = Scim::of(&server, &busy);
    let mut held = Vec::new();
    for number in 0..4 {
        let body = user(&format!("held{number}")).to_string();
        let mut raw = Raw::to(server.address).await;
        raw.send(format!(
            "POST /scim/v2/{}/Users HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
            busy.id, busy.bearer_token, body.len()
        ))
        .await;
        held.push((raw, body));
    }
    // Until all four have their turns, a fifth still gets one.
    let full = || tokio::time::timeout(Duration::from_millis(300), fifth.get("/ServiceProviderConfig"));
    while full().await.is_ok() {}
    let waiting = tokio::spawn({
        let fifth = fifth.clone();
        async move { fifth.get("/Users").await.status }
    });
    let calm = Scim::of(&server, &calm);
    for number in 0..20 {
        calm.user(&format!("user{number}")).await;
    }
    assert!(!waiting.is_finished(), "the fifth waits for its turn");
    for (raw, body) in &mut held {
        raw.send(body.as_bytes()).await;
        assert_eq!(status(&raw.answer().await), 201);
    }
    assert_eq!(waiting.await.unwrap(), 200);
}
