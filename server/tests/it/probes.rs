//! `/livez`, `/readyz`, `/metrics`

use futures_util::{StreamExt, stream};

use crate::harness::{Backend, Running};

#[tokio::test]
async fn a_running_server_is_live_and_ready_on_both_databases() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let server = Running::on(backend, &[]).await;
        assert_eq!(server.get("/livez").await.text().await.unwrap(), "alive\n");
        assert_eq!(server.get("/readyz").await.text().await.unwrap(), "ready\n");
    }
}

#[tokio::test]
async fn figures_are_counted_by_route_template() {
    let server = Running::start().await;
    let directory = server.directory().await;
    for id in 0..3 {
        let user = directory.at(&format!("/Users/{id}"));
        server
            .http
            .get(user)
            .bearer_auth(&directory.bearer_token)
            .send()
            .await
            .unwrap();
    }
    let text = server.get("/metrics").await.text().await.unwrap();
    let line =
        r#"rollcall_requests_total{route="/scim/v2/{directory}/Users/{id}",method="GET",status="404"} 3"#;
    assert!(text.contains(line), "{text}");
}

/// Threats T74: ten thousand odd inputs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strange_requests_make_no_new_series() {
    let server = Running::start().await;
    let series = async || {
        let text = server.get("/metrics").await.text().await.unwrap();
        text.lines()
            .filter(|line| line.starts_with("rollcall_requests_total"))
            .count()
    };
    let strange = async |number: usize| {
        let method = reqwest::Method::from_bytes(format!("ODD{number}").as_bytes()).unwrap();
        let url = format!("{}/strange/{number}?q={number}", server.url);
        server
            .http
            .request(method, url)
            .header("origin", &server.url)
            .send()
            .await
            .unwrap();
        server.get(&format!("/scim/v2/dir_{number}/Users/{number}")).await;
    };
    strange(0).await;
    server.get("/metrics").await;
    let before = series().await;
    // Two requests each.
    let odd = stream::iter(1..=5_000).map(strange).buffer_unordered(16);
    odd.collect::<()>().await;
    assert_eq!(series().await, before);
}
