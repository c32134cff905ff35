//! `/enter/{token}`, `/sign-out`, and the session between them.

use reqwest::Method;

use crate::harness::{Running, cookie};

/// The status of a page behind the session.
async fn page(server: &Running, cookie: &str) -> u16 {
    let request = server
        .http
        .get(format!("{}/live/organizations", server.url))
        .header("cookie", cookie);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_link_opens_once_and_only_by_get() {
    let server = Running::start().await;
    let link = server.link().await;
    let head = server.http.request(Method::HEAD, &link).send().await.unwrap();
    assert_eq!((head.status().as_u16(), cookie(&head)), (204, None));
    let ahead = server
        .http
        .get(&link)
        .header("sec-purpose", "prefetch")
        .send()
        .await
        .unwrap();
    assert_eq!((ahead.status().as_u16(), cookie(&ahead)), (204, None));
    let opened = server.http.get(&link).send().await.unwrap();
    assert_eq!(
        (opened.status().as_u16(), &opened.headers()["location"]),
        (303, &"/organizations".parse().unwrap())
    );
    let set = opened.headers()["set-cookie"].to_str().unwrap();
    assert!(set.starts_with("__Host-rollcall=rollcall_session_"), "{set}");
    for part in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
        assert!(set.contains(part), "{set}");
    }
    let again = server.http.get(&link).send().await.unwrap();
    assert_eq!((again.status().as_u16(), cookie(&again)), (303, None));
    assert_eq!(again.headers()["location"], "/signed-out?link=used");
}

#[tokio::test]
async fn a_link_ends_and_a_made_up_one_opens_nothing() {
    let server = Running::start().await;
    let link = server.link().await;
    server.clock.advance(60 * 60);
    for url in [link, format!("{}/enter/rollcall_enter_x_y", server.url)] {
        let response = server.http.get(url).send().await.unwrap();
        assert_eq!(response.headers()["location"], "/signed-out?link=used");
        assert_eq!(cookie(&response), None);
    }
}

#[tokio::test]
async fn one_link_opened_by_many_at_once_makes_one_session() {
    let server = Running::start().await;
    let link = server.link().await;
    let opened = futures_util::future::join_all((0..16).map(|_| server.http.get(&link).send())).await;
    let sessions = opened
        .into_iter()
        .filter(|response| cookie(response.as_ref().unwrap()).is_some())
        .count();
    assert_eq!(sessions, 1);
}

#[tokio::test]
async fn a_session_opens_the_console_until_it_signs_out() {
    let server = Running::start().await;
    assert_eq!(page(&server, "").await, 401);
    let cookie = server.sign_in().await;
    assert_eq!(page(&server, &cookie).await, 200);
    let out = server
        .http
        .post(format!("{}/sign-out", server.url))
        .header("cookie", &cookie);
    let out = out.header("origin", &server.url).send().await.unwrap();
    assert_eq!(
        (out.status().as_u16(), &out.headers()["location"]),
        (303, &"/signed-out".parse().unwrap())
    );
    assert!(
        out.headers()["set-cookie"]
            .to_str()
            .unwrap()
            .contains("Max-Age=0")
    );
    assert_eq!(page(&server, &cookie).await, 401);
}

#[tokio::test]
async fn a_session_ends_when_idle_but_lives_while_used() {
    let server = Running::with(&[
        ("ROLLCALL_SESSION_IDLE_MINUTES", "30"),
        ("ROLLCALL_SESSION_ABSOLUTE_MINUTES", "60"),
    ])
    .await;
    let cookie = server.sign_in().await;
    for _ in 0..2 {
        server.clock.advance(29 * 60);
        assert_eq!(page(&server, &cookie).await, 200);
    }
    server.clock.advance(3 * 60);
    assert_eq!(page(&server, &cookie).await, 401, "its absolute end");
    let cookie = server.sign_in().await;
    server.clock.advance(30 * 60);
    assert_eq!(page(&server, &cookie).await, 401, "idle");
}

#[tokio::test]
async fn what_a_page_asks_by_itself_keeps_no_session_alive() {
    let server = Running::with(&[("ROLLCALL_SESSION_IDLE_MINUTES", "30")]).await;
    let cookie = server.sign_in().await;
    server.clock.advance(29 * 60);
    let refresh = server.http.get(format!("{}/live/organizations", server.url));
    let refresh = refresh
        .header("cookie", &cookie)
        .header("rollcall-live", "1")
        .send()
        .await
        .unwrap();
    assert_eq!(refresh.status(), 200);
    server.clock.advance(60);
    assert_eq!(page(&server, &cookie).await, 401);
}

#[tokio::test]
async fn other_tokens_are_no_session_and_a_session_is_no_bearer_token() {
    let server = Running::start().await;
    let directory = server.directory().await;
    let cookie = server.sign_in().await;
    let session = cookie.split_once('=').unwrap().1;
    assert_eq!(
        page(&server, &format!("__Host-rollcall={}", directory.bearer_token)).await,
        401
    );
    let link = server.link().await;
    let enter = link.rsplit('/').next().unwrap();
    for token in [session, enter] {
        let answer = server
            .http
            .get(directory.at("/Users"))
            .bearer_auth(token)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 401);
    }
    for token in [session, &directory.bearer_token] {
        let answer = server.get(&format!("/enter/{token}")).await;
        assert_eq!(answer.headers()["location"], "/signed-out?link=used");
    }
}
