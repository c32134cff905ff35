//! The end of a process (threats T86).

use server::serving::Drain;

use crate::harness::{
    Running,
    raw::{Raw, status},
};

#[tokio::test]
async fn an_idle_server_ends_at_once_and_closes_idle_connections() {
    let mut server = Running::start().await;
    let mut idle = Raw::to(server.address).await;
    idle.send("GET /livez HTTP/1.1\r\nhost: h\r\n\r\n").await;
    idle.answer().await;
    let ended = server.tell_to_end();
    assert_eq!(ended.await.unwrap(), Drain::Complete);
    assert_eq!(idle.rest().await, "");
}

#[tokio::test]
async fn a_request_under_way_is_finished_while_readyz_says_503() {
    let mut server = Running::start().await;
    let directory = server.directory().await;
    let body = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada@contoso.com"}"#;
    let mut slow = Raw::to(server.address).await;
    slow.send(format!(
        "POST /scim/v2/{}/Users HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {}\r\n\
         content-type: application/scim+json\r\ncontent-length: {}\r\n\r\n",
        directory.id,
        directory.bearer_token,
        body.len()
    ))
    .await;
    while server.state.lifecycle.requests() == 0 {
        tokio::task::yield_now().await;
    }
    let ended = server.tell_to_end();
    server.state.lifecycle.drained().await;
    let ready = server.get("/readyz").await;
    assert_eq!(
        (ready.status().as_u16(), ready.text().await.unwrap().as_str()),
        (503, "ending\n")
    );
    slow.send(body).await;
    assert_eq!(status(&slow.answer().await), 201);
    assert_eq!(ended.await.unwrap(), Drain::Complete);
}

#[tokio::test]
async fn what_takes_too_long_is_cut_off() {
    let mut server = Running::with(&[("ROLLCALL_SHUTDOWN_DRAIN_SECONDS", "1")]).await;
    let directory = server.directory().await;
    let mut slow = Raw::to(server.address).await;
    slow.send(format!(
        "POST /scim/v2/{}/Users HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {}\r\ncontent-length: 10\r\n\r\n",
        directory.id, directory.bearer_token
    ))
    .await;
    while server.state.lifecycle.requests() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.tell_to_end().await.unwrap(), Drain::CutOff(1));
    assert_eq!(slow.rest().await, "");
}
