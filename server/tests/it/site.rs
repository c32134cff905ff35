//! `/pkg/…` and the files of `public/`

use server::site::Site;

use crate::harness::Running;

#[tokio::test]
async fn what_is_not_in_the_site_is_404() {
    let server = Running::start().await;
    for path in [
        "/pkg/nothing.js",
        "/pkg/../Cargo.toml",
        "/pkg/%2e%2e/%2e%2e/Cargo.toml",
        "/manifest.txt",
    ] {
        assert_eq!(server.get(path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn the_bundle_is_kept_for_ever_and_sent_compressed() {
    let site = Site::find().expect("the site is there: `cargo bundle` comes before the tests");
    let server = Running::start().await;
    let url = format!("{}/{}/rollcall.wasm", server.url, site.pkg_dir());
    let response = server
        .http
        .get(&url)
        .header("accept-encoding", "br")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/wasm");
    assert_eq!(response.headers()["content-encoding"], "br");
    assert_eq!(
        response.headers()["cache-control"],
        "public, max-age=31536000, immutable"
    );
    let tag = response.headers()["etag"].clone();
    let again = server
        .http
        .get(&url)
        .header("accept-encoding", "br")
        .header("if-none-match", tag);
    assert_eq!(again.send().await.unwrap().status(), 304);
    let plain = server
        .http
        .get(&url)
        .header("accept-encoding", "identity")
        .send()
        .await
        .unwrap();
    assert_eq!(plain.headers().get("content-encoding"), None);
    assert!(plain.bytes().await.unwrap().starts_with(b"\0asm"));
}
