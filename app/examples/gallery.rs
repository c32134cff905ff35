//! The pages over made-up data, to look at while working on them: `cargo run -p app --features ssr --example gallery`.
//!
//! | address | shows |
//! |---|---|
//! | `127.0.0.1:4500` | an owner, one organization for each state |
//! | `127.0.0.1:4501` | an owner, nothing made yet |
//! | `127.0.0.1:4502` | support, who changes nothing |
//! | `127.0.0.1:4503` | an owner whose sign-in is too old for token acts |
//! | `127.0.0.1:4504` | nobody signed in |
//! | `127.0.0.1:4505` | a tenant's admin, come by a setup link |
//! | `127.0.0.1:4506` | nobody signed in, and sign-in with Microsoft configured |
//!
//! Styles are read from `style/` at every request; the islands come from `target/site`, if a bundle was made. A pulse
//! comes every three seconds.

#[path = "../tests/fake/mod.rs"]
mod fake;

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use fake::{Fake, owner, served, support, tenant_admin};
use futures_util::stream::{Stream, unfold};
use std::convert::Infallible;
use std::path::PathBuf;
use std::time::Duration;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let scenes = [
        served::router(Fake::full(), Some(owner())),
        served::router(Fake::empty(), Some(owner())),
        served::router(Fake::full(), Some(support())),
        served::router(Fake::stale_session(), Some(owner())),
        served::router(Fake::full(), None),
        served::with_microsoft(Fake::full(), Some(tenant_admin("org_contoso", None)), true),
        served::with_microsoft(Fake::full(), None, true),
    ];
    let mut servers = Vec::new();
    for (pages, port) in scenes.into_iter().zip(4500..) {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
        let router = files().merge(pages);
        servers.push(tokio::spawn(async move { axum::serve(listener, router).await }));
    }
    println!("http://127.0.0.1:4500 to 4506");
    for server in servers {
        server.await??;
    }
    Ok(())
}

fn files() -> Router {
    Router::new()
        .route("/pkg/{hash}/rollcall.css", get(async || (typed("css"), styles())))
        .route("/pkg/{hash}/{*file}", get(bundled))
        .route("/icons.svg", get(async || public("icons.svg")))
        .route("/favicon.svg", get(async || public("favicon.svg")))
        .route("/live/organizations", get(async || Sse::new(pulses())))
        .route(
            "/live/organizations/{organization}",
            get(async || Sse::new(pulses())),
        )
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn typed(extension: &str) -> [(header::HeaderName, &'static str); 1] {
    let kind = match extension {
        "css" => "text/css",
        "js" => "text/javascript",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    };
    [(header::CONTENT_TYPE, kind)]
}

/// All styles, the order of the layers first.
fn styles() -> String {
    let mut paths = Vec::new();
    let mut folders = vec![root().join("style")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path => paths.push(path),
            }
        }
    }
    paths.sort_by_key(|path| (!path.ends_with("layers.css"), path.clone()));
    paths
        .into_iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .collect()
}

fn public(name: &str) -> Response {
    file(root().join("public").join(name))
}

/// The newest bundle's file of that name.
async fn bundled(Path((_, name)): Path<(String, String)>) -> Response {
    let newest = std::fs::read_dir(root().join("target/site/pkg"))
        .into_iter()
        .flatten()
        .flatten()
        .next();
    match newest {
        Some(folder) => file(folder.path().join(name)),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn file(path: PathBuf) -> Response {
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default()
        .to_owned();
    match std::fs::read(path) {
        Ok(bytes) => (typed(&extension), bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

fn pulses() -> impl Stream<Item = Result<Event, Infallible>> {
    unfold(0_u64, |revision| async move {
        tokio::time::sleep(Duration::from_secs(3)).await;
        let data = format!("{{\"revision\":{}}}", revision + 1);
        Some((
            Ok(Event::default().event(contract::live::EVENT).data(data)),
            revision + 1,
        ))
    })
}
