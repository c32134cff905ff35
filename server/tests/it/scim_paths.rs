//! `/scim/…` under every spelling but the one (threats T01).

use reqwest::Method;

use crate::harness::{Running, raw::Raw, raw::status};

/// Ways to write the same path so that somebody between us and the client may read it otherwise.
fn spellings(directory: &str) -> Vec<String> {
    let plain = format!("/scim/v2/{directory}/Users");
    let mut out = Vec::new();
    for (at, letter) in plain
        .char_indices()
        .skip(1)
        .filter(|(_, letter)| letter.is_ascii_alphanumeric())
    {
        out.push(format!(
            "{}%{:02X}{}",
            &plain[..at],
            u32::from(letter),
            &plain[at + 1..]
        ));
        out.push(format!(
            "{}%25{:02x}{}",
            &plain[..at],
            u32::from(letter),
            &plain[at + 1..]
        ));
    }
    // A request line whose target does not begin with a slash is no HTTP.
    for (at, _) in plain.match_indices('/').skip(1) {
        for inserted in ["/", "/./", "/x/../", ";a=b/", "%2f", "\\", "/%2e/"] {
            out.push(format!(
                "{}{inserted}{}",
                &plain[..at],
                &plain[at + usize::from(inserted == "/")..]
            ));
        }
    }
    for changed in [
        "/SCIM/",
        "/Scim/",
        "//scim/",
        "/.//scim/",
        "/scim;x/",
        "/;x/scim/",
        "/scim%00/",
        "/%2e%2e/scim/",
        "/x/../scim/",
        "/\\scim/",
    ] {
        out.push(plain.replacen("/scim/", changed, 1));
    }
    out.retain(|path| *path != plain);
    out
}

#[tokio::test]
async fn no_spelling_passes_without_a_token() {
    let server = Running::start().await;
    let directory = server.directory().await;
    let spellings = spellings(&directory.id);
    assert!(spellings.len() >= 100, "{}", spellings.len());
    let mut connection = Raw::to(server.address).await;
    for path in &spellings {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            let request = format!("{method} {path} HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\n\r\n");
            connection.send(request).await;
            let answer = connection.answer().await;
            assert_eq!(status(&answer), 401, "{method} {path}: {answer}");
            assert!(
                answer.contains("application/scim+json"),
                "{method} {path}: {answer}"
            );
        }
    }
}

#[tokio::test]
async fn a_token_does_not_open_another_spelling() {
    let server = Running::start().await;
    let directory = server.directory().await;
    let mut connection = Raw::to(server.address).await;
    for path in spellings(&directory.id) {
        let token = &directory.bearer_token;
        connection
            .send(format!(
                "GET {path} HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {token}\r\n\r\n"
            ))
            .await;
        let answer = connection.answer().await;
        assert!([400, 401].contains(&status(&answer)), "{path}: {answer}");
    }
}

#[tokio::test]
async fn every_refusal_under_scim_is_scim_json() {
    let server = Running::start().await;
    let directory = server.directory().await;
    let send = async |method: Method, rest: &str, header: Option<(&str, &str)>, body: Vec<u8>| {
        let request = server
            .http
            .request(method, directory.at(rest))
            .bearer_auth(&directory.bearer_token)
            .body(body);
        header
            .into_iter()
            .fold(request, |request, (name, value)| request.header(name, value))
            .send()
            .await
            .unwrap()
    };
    let large = vec![b' '; 3 << 20];
    for (expected, response) in [
        (404, send(Method::GET, "/Nothing", None, Vec::new()).await),
        (405, send(Method::PATCH, "/Users", None, Vec::new()).await),
        (413, send(Method::POST, "/Users", None, large).await),
        (
            415,
            send(
                Method::POST,
                "/Users",
                Some(("content-encoding", "gzip")),
                b"x".to_vec(),
            )
            .await,
        ),
        (
            400,
            send(
                Method::POST,
                "/Users",
                Some(("content-type", "application/scim+json")),
                b"{".to_vec(),
            )
            .await,
        ),
    ] {
        assert_eq!(response.status(), expected);
        let kind = response.headers()["content-type"].to_str().unwrap();
        assert!(kind.starts_with("application/scim+json"), "{expected}: {kind}");
        let body: serde_json::Value = response.json().await.unwrap();
        assert_eq!(body["schemas"][0], "urn:ietf:params:scim:api:messages:2.0:Error");
        assert_eq!(body["status"], expected.to_string());
    }
}
