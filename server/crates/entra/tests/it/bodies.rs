//! Answers that are too long, cut off, or do not come (threats T57).

use std::time::Duration;

use axum::http::Response;
use entra::{ConfidentialClient, Credential, Endpoints, Http, HttpOptions, Reason, Unreachable};
use serde_json::json;
use std::sync::Arc;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use crate::{
    harness::{TENANT, World, json as reply},
    tokens::secret,
};

async fn unreachable(client: &ConfidentialClient) -> Option<Unreachable> {
    let error = client
        .acquire_token_for_client(TENANT, "x/.default")
        .await
        .unwrap_err();
    assert_eq!(error.reason(), Reason::Unreachable);
    error.unreachable
}

/// A server that reads a little, writes this, and hangs up, unless told to wait for the other side to do so.
async fn raw(answer: &'static str, hangs_up: bool) -> ConfidentialClient {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base: url::Url = format!("http://{}", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(answer.as_bytes()).await;
            while !hangs_up && stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
        }
    });
    // Only who waits in vain is to wait briefly: a busy machine must not turn a cut into a timeout.
    let timeout = Duration::from_millis(if hangs_up { 5000 } else { 200 });
    let options = HttpOptions {
        timeout,
        ..HttpOptions::default()
    };
    let endpoints = Endpoints::new(base.clone(), base).unwrap();
    ConfidentialClient::new(
        endpoints,
        Http::new(options).unwrap(),
        Arc::new(|| 0),
        "app",
        secret(),
    )
}

#[tokio::test]
async fn a_body_of_more_than_a_mebibyte() {
    let world = World::new().await;
    world
        .fake
        .answer(|_| Response::new("x".repeat(1024 * 1024 + 1).into()));
    assert_eq!(
        unreachable(&world.client(secret())).await,
        Some(Unreachable::TooLong)
    );
    let token = "t".repeat(1024 * 1024 - 100);
    world
        .fake
        .answer(move |_| reply(200, &json!({ "token_type": "Bearer", "access_token": token })));
    let client = world.client(secret());
    assert!(
        client
            .acquire_token_for_client(TENANT, "x/.default")
            .await
            .is_ok(),
        "just short enough"
    );
}

#[tokio::test]
async fn bodies_that_end_early() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"access_token\":",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"a\"",
        "HTTP/1.1 200 OK\r\nConte",
        "no HTTP at all\r\n\r\n",
        "",
    ] {
        let client = raw(answer, true).await;
        assert_eq!(unreachable(&client).await, Some(Unreachable::Cut), "{answer}");
    }
}

#[tokio::test]
async fn answers_that_do_not_come_in_time() {
    for answer in ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"] {
        let client = raw(answer, false).await;
        assert_eq!(unreachable(&client).await, Some(Unreachable::Timeout), "{answer}");
    }
}

#[tokio::test]
async fn nobody_is_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base: url::Url = format!("http://{}", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    drop(listener);
    let http = Http::new(HttpOptions::default()).unwrap();
    let endpoints = Endpoints::new(base.clone(), base).unwrap();
    let client = ConfidentialClient::new(endpoints, http, Arc::new(|| 0), "app", secret());
    assert_eq!(unreachable(&client).await, Some(Unreachable::Connect));
}

#[tokio::test]
async fn without_randomness_nothing_is_sent() {
    let world = World::new().await;
    let options = HttpOptions {
        random: Arc::new(|_| Err(entra::http::NoRandomness)),
        ..HttpOptions::default()
    };
    let http = Http::new(options).unwrap();
    let client = ConfidentialClient::new(
        world.endpoints(),
        http,
        world.now(),
        "app",
        Credential::Secret("x".into()),
    );
    assert_eq!(unreachable(&client).await, Some(Unreachable::NoRandomness));
    assert!(world.fake.seen().is_empty());
}
