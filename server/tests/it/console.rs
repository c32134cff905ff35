//! What surrounds every page: headers, nonce, and nobody acting from elsewhere (threats T65, T68–T70).

use std::collections::HashSet;

use crate::harness::Running;

#[tokio::test]
async fn a_page_runs_only_the_scripts_that_carry_this_answers_nonce() {
    let server = Running::start().await;
    let mut nonces = HashSet::new();
    for _ in 0..20 {
        let response = server.get("/signed-out").await;
        assert_eq!(response.status(), 200);
        let headers = response.headers().clone();
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["x-frame-options"], "DENY");
        let policy = headers["content-security-policy"].to_str().unwrap();
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .unwrap()
            .split('\'')
            .next()
            .unwrap()
            .to_owned();
        let page = response.text().await.unwrap();
        for script in page.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap();
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{tag}");
        }
        assert!(page.contains("<script"), "a page without its loader");
        assert!(
            !page.contains(" style="),
            "inline styles are not allowed by the policy"
        );
        nonces.insert(nonce);
    }
    assert_eq!(nonces.len(), 20);
}

#[tokio::test]
async fn an_address_without_a_page_is_404_with_a_page() {
    let server = Running::start().await;
    let response = server.get("/nothing/here").await;
    assert_eq!(response.status(), 404);
    assert!(
        response.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
}

#[tokio::test]
async fn every_face_forbids_framing_and_sniffing() {
    let server = Running::start().await;
    for path in [
        "/",
        "/livez",
        "/scim/v2/dir_1/Users",
        "/api/v1/nothing",
        "/pkg/nothing.js",
        "/organizations",
    ] {
        let response = server.get(path).await;
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(response.headers()["referrer-policy"], "no-referrer", "{path}");
        assert!(
            response.headers()["x-request-id"]
                .to_str()
                .unwrap()
                .starts_with("req_"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn an_act_from_elsewhere_is_refused() {
    let server = Running::start().await;
    let cookie = server.sign_in().await;
    let act = |headers: Vec<(&'static str, String)>| {
        let request = server
            .http
            .post(format!("{}/sign-out", server.url))
            .header("cookie", &cookie);
        headers
            .into_iter()
            .fold(request, |request, (name, value)| request.header(name, value))
            .send()
    };
    let form = || ("content-type", "application/x-www-form-urlencoded".to_owned());
    for headers in [
        vec![form()],
        vec![form(), ("origin", "https://evil.example".to_owned())],
        vec![form(), ("origin", "null".to_owned())],
        vec![form(), ("sec-fetch-site", "cross-site".to_owned())],
        vec![form(), ("sec-fetch-site", "same-site".to_owned())],
    ] {
        assert_eq!(act(headers.clone()).await.unwrap().status(), 403, "{headers:?}");
    }
    let same = || ("sec-fetch-site", "same-origin".to_owned());
    for kind in ["text/plain", "multipart/form-data"] {
        let answer = act(vec![same(), ("content-type", kind.to_owned())])
            .await
            .unwrap();
        assert_eq!(answer.status(), 415, "{kind}");
    }
    assert_eq!(
        act(vec![same(), form()]).await.unwrap().status(),
        303,
        "from our own page"
    );
}

#[tokio::test]
async fn pages_are_compressed_for_those_who_can_read_it() {
    let server = Running::start().await;
    let request = server
        .http
        .get(format!("{}/signed-out", server.url))
        .header("accept-encoding", "br");
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "br");
}
