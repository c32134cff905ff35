//! Connections that misbehave (threats T84, T90).

use std::time::{Duration, Instant};

use crate::harness::{
    Running,
    raw::{Raw, status},
};

const HASTY: &[(&str, &str)] = &[
    ("ROLLCALL_LIMITS_HEADER_SECONDS", "1"),
    ("ROLLCALL_LIMITS_IDLE_SECONDS", "1"),
    ("ROLLCALL_LIMITS_BODY_SECONDS", "1"),
    ("ROLLCALL_LIMITS_WRITE_SECONDS", "1"),
];

#[tokio::test]
async fn a_hundred_clients_that_drip_their_heads_are_closed_while_others_are_served() {
    let server = Running::with(HASTY).await;
    let mut drips = Vec::new();
    for _ in 0..100 {
        let mut raw = Raw::to(server.address).await;
        raw.send("GET /livez HTTP/1.1\r\nhost: ").await;
        drips.push(tokio::spawn(async move {
            let begin = Instant::now();
            while raw.try_send("h").await && begin.elapsed() < Duration::from_secs(15) {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            (raw.rest().await, begin.elapsed())
        }));
    }
    assert_eq!(server.get("/livez").await.status(), 200);
    for drip in drips {
        let (answer, after) = drip.await.unwrap();
        assert_eq!(answer, "");
        assert!(after < Duration::from_secs(15), "closed after {after:?}");
    }
}

#[tokio::test]
async fn a_client_that_says_nothing_is_closed() {
    let server = Running::with(HASTY).await;
    assert_eq!(Raw::to(server.address).await.rest().await, "");
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_its_answer() {
    let server = Running::with(HASTY).await;
    let mut raw = Raw::to(server.address).await;
    raw.send("GET /livez HTTP/1.1\r\nhost: h\r\n\r\n").await;
    assert_eq!(status(&raw.answer().await), 200);
    assert_eq!(raw.rest().await, "");
}

#[tokio::test]
async fn a_body_that_drips_is_answered_408_in_scim_json() {
    let server = Running::with(HASTY).await;
    let directory = server.directory().await;
    let mut raw = Raw::to(server.address).await;
    raw.send(format!(
        "POST /scim/v2/{}/Users HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {}\r\n\
         content-type: application/scim+json\r\ncontent-length: 100\r\n\r\n{{",
        directory.id, directory.bearer_token
    ))
    .await;
    let answer = raw.rest().await;
    assert_eq!(status(&answer), 408, "{answer}");
    assert!(
        answer.contains("application/scim+json") && answer.contains("connection: close"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_reader_that_takes_nothing_is_cut_off() {
    let server = Running::with(HASTY).await;
    let mut raw = Raw::to(server.address).await;
    // Answers of this many requests do not fit the buffers between us.
    let begin = Instant::now();
    let mut sent = 0;
    while raw
        .try_send("GET /metrics HTTP/1.1\r\nhost: h\r\n\r\n".repeat(1000))
        .await
    {
        sent += 1000;
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "{sent} requests were taken and no answer was read"
        );
    }
}

#[tokio::test]
async fn both_lengths_at_once_are_refused_and_the_connection_is_closed() {
    let server = Running::start().await;
    for headers in [
        "content-length: 4\r\ntransfer-encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "transfer-encoding: chunked\r\nx: y\r\ncontent-length: 0",
    ] {
        for path in ["/livez", "/scim/v2/dir_1/Users"] {
            let mut raw = Raw::to(server.address).await;
            raw.send(format!(
                "POST {path} HTTP/1.1\r\nhost: h\r\n{headers}\r\n\r\n0\r\n\r\nGET /livez HTTP/1.1\r\n\r\n"
            ))
            .await;
            let answer = raw.rest().await;
            assert_eq!(status(&answer), 400, "{headers}: {answer}");
            assert_eq!(
                answer.matches("HTTP/1.1 ").count(),
                1,
                "what came behind was not answered: {answer}"
            );
        }
    }
}

#[tokio::test]
async fn malformed_requests_are_refused() {
    let server = Running::start().await;
    for (request, expected) in [
        (
            "GET / HTTP/1.1\r\nhost: h\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
            400,
        ),
        ("GET / HTTP/1.1\r\nhost: h\r\ncontent-length: +1\r\n\r\n", 400),
        (
            "GET / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: gzip\r\n\r\n",
            400,
        ),
        ("GET / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nhost : h\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n host: h\r\n\r\n", 400),
        ("nonsense\r\n\r\n", 400),
    ] {
        let mut raw = Raw::to(server.address).await;
        raw.send(request).await;
        assert_eq!(status(&raw.rest().await), expected, "{request}");
    }
}

#[tokio::test]
async fn header_floods_are_refused() {
    let server = Running::start().await;
    let many = "x: y\r\n".repeat(101);
    let long = format!("x: {}\r\n", "y".repeat(40_000));
    for flood in [many, long] {
        let mut raw = Raw::to(server.address).await;
        raw.send(format!("GET /livez HTTP/1.1\r\nhost: h\r\n{flood}\r\n"))
            .await;
        assert_eq!(status(&raw.rest().await), 431);
    }
    let server = Running::with(&[("ROLLCALL_LIMITS_HEADERS", "20")]).await;
    let client = reqwest::Client::builder()
        .http2_prior_knowledge()
        .no_proxy()
        .build()
        .unwrap();
    let request = client.get(format!("{}/livez", server.url));
    let flooded = (0..30).fold(request, |request, number| {
        request.header(format!("x-{number}"), "y")
    });
    assert_eq!(flooded.send().await.unwrap().status(), 431);
}

#[tokio::test]
async fn http2_without_tls_is_spoken() {
    let server = Running::start().await;
    let client = reqwest::Client::builder()
        .http2_prior_knowledge()
        .no_proxy()
        .build()
        .unwrap();
    let response = client.get(format!("{}/livez", server.url)).send().await.unwrap();
    assert_eq!(response.version(), reqwest::Version::HTTP_2);
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn a_body_larger_than_announced_limits_is_refused_before_it_is_read() {
    let server = Running::start().await;
    let mut raw = Raw::to(server.address).await;
    raw.send("POST /scim/v2/dir_1/Users HTTP/1.1\r\nhost: h\r\ncontent-length: 99999999\r\n\r\n")
        .await;
    let answer = raw.rest().await;
    assert_eq!(status(&answer), 413, "{answer}");
}

/// A frame of HTTP/2 (RFC 9113 §4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

#[tokio::test]
async fn a_client_that_opens_and_resets_streams_without_end_is_sent_away() {
    const GET_LIVEZ: &[u8] = b"\x82\x86\x04\x06/livez\x01\x01h";
    let server = Running::start().await;
    let mut raw = Raw::to(server.address).await;
    raw.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    raw.send(frame(4, 0, 0, &[])).await;
    let mut sent_away = false;
    for stream in (1..200_000).step_by(2) {
        let opened = frame(1, 0b101, stream, GET_LIVEZ);
        let reset = frame(3, 0, stream, &8u32.to_be_bytes());
        if !raw.try_send([opened, reset].concat()).await {
            sent_away = true;
            break;
        }
    }
    assert!(sent_away, "it took a hundred thousand resets");
    assert_eq!(server.get("/livez").await.status(), 200);
}
