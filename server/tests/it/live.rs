//! `GET /live/…`: pulses for those who watch.

use std::time::Duration;

use reqwest::Response;
use tokio::time::timeout;

use crate::harness::{
    Backend, Directory, Running,
    callers::BOTH,
    scim::{Scim, on_both},
};

on_both! { who_watches_hears_of_changes, other_organizations_are_not_heard, a_change_by_another_process_is_heard }

/// Longer than a pulse ever takes; only a fault makes us wait that long.
const PATIENCE: Duration = Duration::from_secs(30);

async fn watch(server: &Running, directory: &Directory) -> Response {
    let cookie = server.sign_in().await;
    let url = format!("{}/live/organizations/{}", server.url, directory.organization);
    let response = server
        .http
        .get(url)
        .header("cookie", cookie)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response
}

/// The next pulse, or whatever stands in its place.
async fn pulse(stream: &mut Response) -> String {
    let chunk = timeout(PATIENCE, stream.chunk())
        .await
        .expect("a pulse")
        .unwrap()
        .expect("the stream goes on");
    String::from_utf8(chunk.to_vec()).unwrap()
}

async fn who_watches_hears_of_changes(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let mut stream = watch(&server, &directory).await;
    assert_eq!(
        pulse(&mut stream).await,
        "event: pulse\ndata: {\"revision\":1}\n\n",
        "one at once"
    );
    let scim = Scim::of(&server, &directory);
    for revision in 2..4 {
        scim.user(&format!("user{revision}@contoso.com")).await;
        let heard = pulse(&mut stream).await;
        assert_eq!(
            heard,
            format!("event: pulse\ndata: {{\"revision\":{revision}}}\n\n"),
            "and never what changed"
        );
    }
}

async fn other_organizations_are_not_heard(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let (mine, other) = (server.directory().await, server.directory().await);
    let mut stream = watch(&server, &mine).await;
    pulse(&mut stream).await;
    let foreign = Scim::of(&server, &other);
    for number in 0..5 {
        foreign.user(&format!("user{number}")).await;
        server.state.recorder.flush().await;
    }
    let silence = timeout(Duration::from_secs(1), stream.chunk()).await;
    assert!(silence.is_err(), "{silence:?}");
    Scim::of(&server, &mine).user("ada").await;
    assert!(pulse(&mut stream).await.contains("\"revision\":2"));
}

async fn a_change_by_another_process_is_heard(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let other = Running::on(
        Backend::Sqlite,
        &[("ROLLCALL_DATABASE_URL", server.database.url())],
    )
    .await;
    let mut stream = watch(&server, &directory).await;
    pulse(&mut stream).await;
    let there = Scim::at(&other.url, &directory.id, &directory.bearer_token);
    // The first look notes how things are; a later one finds them changed.
    tokio::spawn(async move {
        for number in 0.. {
            there.user(&format!("user{number}")).await;
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    });
    assert!(pulse(&mut stream).await.contains("\"revision\":2"));
}

#[tokio::test]
async fn the_stream_ends_when_the_server_does() {
    let mut server = Running::start().await;
    let directory = server.directory().await;
    let mut stream = watch(&server, &directory).await;
    pulse(&mut stream).await;
    let ended = server.tell_to_end();
    let last = timeout(PATIENCE, stream.chunk()).await.expect("it ends");
    assert!(matches!(last, Ok(None)), "{last:?}");
    assert_eq!(ended.await.unwrap(), server::serving::Drain::Complete);
}

#[tokio::test]
async fn nobody_watches_without_a_session() {
    let server = Running::start().await;
    let directory = server.directory().await;
    for path in [
        "/live/organizations".to_owned(),
        format!("/live/organizations/{}", directory.organization),
    ] {
        assert_eq!(server.get(&path).await.status(), 401, "{path}");
        let bearer = server
            .http
            .get(format!("{}{path}", server.url))
            .bearer_auth(&directory.bearer_token);
        assert_eq!(bearer.send().await.unwrap().status(), 401, "{path}");
    }
}

/// Threats T59: whoever was put out hears nothing more, without having to ask.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_stream_ends_with_the_session() {
    let server = Running::start().await;
    let directory = server.directory().await;
    let admin = server.tenant_admin(&directory.organization, BOTH).await;
    let url = format!("{}/live/organizations/{}", server.url, directory.organization);
    let request = server.http.get(url).header("cookie", &admin.cookie);
    let mut stream = request.send().await.unwrap();
    pulse(&mut stream).await;
    let link = &admin.viewer.reach.setup().unwrap().link;
    let portal = &server.state.portal;
    portal
        .revoke_setup_link(&server.owner(), &directory.organization, link)
        .await
        .unwrap();
    let last = timeout(PATIENCE, stream.chunk()).await.expect("it ends");
    assert!(matches!(last, Ok(None)), "{last:?}");
}
