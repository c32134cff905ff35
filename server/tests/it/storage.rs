//! The database in trouble (threats T80–T82, T86): 503 with Retry-After and nothing lost, reads go on where they can, and
//! it recovers by itself.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use store::testing::postgres::Private;

use crate::harness::{
    Backend, Running,
    process::{Premises, Process},
    raw::{Raw, status},
    scim::{Reply, Scim, USER, patch, user},
};

fn assert_unavailable(reply: Reply) {
    let reply = reply.refuses(503, "");
    let wait: u64 = reply.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_writes_and_answers_reads() {
    let server = Running::start().await;
    let directory = server.directory().await;
    let scim = Scim::of(&server, &directory);
    let ada = scim.user("ada").await;
    server.state.recorder.flush().await;
    let events = server.events().await.len();
    server.state.store.limit_growth(Some(0)).await.unwrap();
    // What is free in the file may still be filled.
    let large = |number: usize| {
        json!({"schemas": [USER], "userName": format!("user{number}"), "title": "x".repeat(1000),
        "displayName": "y".repeat(1000), "nickName": "z".repeat(1000)})
    };
    let mut made = 0;
    let refused = loop {
        let reply = scim.post("/Users", large(made)).await;
        match reply.status {
            201 => made += 1,
            _ => break reply,
        }
        assert!(made < 1000, "the disk is never full");
    };
    assert_unavailable(refused);
    for _ in 0..5 {
        assert_unavailable(scim.post("/Users", large(made)).await);
        scim.get(&format!("/Users/{ada}")).await.is(200);
        assert_eq!(
            scim.get("/Users?count=0").await.is(200).json()["totalResults"],
            made + 1
        );
    }
    assert_eq!(server.get("/livez").await.status(), 200);
    assert_eq!(
        server.events().await.len(),
        events + made,
        "no event of what was refused"
    );
    server.state.store.limit_growth(None).await.unwrap();
    scim.post("/Users", large(made)).await.is(201);
    scim.patch(
        &format!("/Users/{ada}"),
        patch(json!([{"op": "replace", "path": "title", "value": "x"}])),
    )
    .await
    .is(200);
    assert_eq!(scim.get("/Users?count=0").await.json()["totalResults"], made + 2);
}

/// Another program holds the file's write lock.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_file_refuses_writes_within_seconds_and_answers_reads() {
    let server = Running::start().await;
    let directory = server.directory().await;
    let scim = Scim::of(&server, &directory);
    let ada = scim.user("ada").await;
    let intruder = server.database.intrude();
    let begun = Instant::now();
    let writes: Vec<_> = (0..8)
        .map(|number| {
            let scim = scim.apart();
            tokio::spawn(async move { scim.post("/Users", user(&format!("user{number}"))).await })
        })
        .collect();
    let mut reads = 0;
    while !writes.iter().all(|write| write.is_finished()) {
        scim.get(&format!("/Users/{ada}")).await.is(200);
        scim.get("/Users?filter=userName+eq+%22ada%22").await.is(200);
        reads += 1;
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "nobody waits that long"
        );
    }
    assert!(reads > 10, "reads go on: {reads}");
    for write in writes {
        assert_unavailable(write.await.unwrap());
    }
    drop(intruder);
    for number in 0..8 {
        scim.user(&format!("user{number}")).await;
    }
    assert_eq!(scim.get("/Users?count=0").await.json()["totalResults"], 9);
}

/// What is written while the lock is held for a moment only is written, and nobody is refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_short_lock_is_waited_for() {
    let server = Running::start().await;
    let scim = Scim::of(&server, &server.directory().await);
    let intruder = server.database.intrude();
    let write = tokio::spawn({
        let scim = scim.clone();
        async move { scim.post("/Users", user("ada")).await.status }
    });
    scim.get("/Users").await.is(200);
    assert!(!write.is_finished());
    drop(intruder);
    assert_eq!(write.await.unwrap(), 201);
}

/// PostgreSQL goes and comes back under load: only 2xx and 503 are said, and what was acknowledged is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restarted_postgres_is_found_again() {
    let postgres = Private::start();
    let server = Running::on(Backend::Sqlite, &[("ROLLCALL_DATABASE_URL", &postgres.url())]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let (stop, told) = tokio::sync::watch::channel(false);
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (scim, told) = (scim.apart(), told.clone());
            tokio::spawn(async move {
                let (mut made, mut refused) = (Vec::new(), 0);
                for number in 0.. {
                    if *told.borrow() {
                        break;
                    }
                    let reply = scim.post("/Users", user(&format!("user{writer}-{number}"))).await;
                    match reply.status {
                        201 => made.push(reply.id()),
                        _ => {
                            assert_unavailable(reply);
                            refused += 1;
                        }
                    }
                }
                (made, refused)
            })
        })
        .collect();
    for _ in 0..3 {
        scim_recovers(&scim).await;
        postgres.halt();
        while scim.get("/ServiceProviderConfig").await.status != 503 {}
        postgres.resume();
    }
    scim_recovers(&scim).await;
    stop.send(true).unwrap();
    let mut refusals = 0;
    for writer in join_all(writers).await {
        let (made, refused) = writer.unwrap();
        refusals += refused;
        for id in made {
            scim.get(&format!("/Users/{id}")).await.is(200);
        }
    }
    assert!(refusals > 0, "it was noticed");
}

async fn scim_recovers(scim: &Scim) {
    let begun = Instant::now();
    loop {
        let reply = scim.get("/Users?count=1").await;
        match reply.status {
            200 => return,
            _ => assert_unavailable(reply),
        }
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "it does not recover by itself"
        );
    }
}

/// Threats T86, by the real binary: SIGTERM while requests are under way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_told_to_end_answers_what_it_has_begun() {
    let premises = Premises::new(None);
    for round in 0..3 {
        let process = Process::start(&premises);
        let address = process.url().strip_prefix("http://").unwrap().parse().unwrap();
        let mut under_way = Vec::new();
        for number in 0..20 {
            let body = user(&format!("user{round}-{number}")).to_string();
            let mut raw = Raw::to(address).await;
            raw.send(format!(
                "POST /scim/v2/{}/Users HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {}\r\nexpect: 100-continue\r\ncontent-length: {}\r\n\r\n",
                premises.directory, premises.bearer_token, body.len()
            ))
            .await;
            // The interim answer says that a handler waits for the body.
            assert_eq!(status(&raw.answer().await), 100);
            under_way.push((raw, body));
        }
        process.tell_to_end();
        let readyz = format!("{}/readyz", process.url());
        while reqwest::get(&readyz)
            .await
            .is_ok_and(|ready| ready.status() != 503)
        {}
        for (raw, body) in &mut under_way {
            raw.send(body.as_bytes()).await;
            assert_eq!(status(&raw.answer().await), 201);
        }
        assert_eq!(process.code(), Some(0));
    }
    let process = Process::start(&premises);
    assert_eq!(
        process.scim(&premises).get("/Users?count=0").await.json()["totalResults"],
        60
    );
}
