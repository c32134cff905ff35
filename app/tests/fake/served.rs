//! The pages behind a router, put together as the server does it.

use super::Fake;
use app::asked::{Asked, Site};
use axum::Router;
use axum::extract::{Request, State};
use axum::response::IntoResponse;
use axum::routing::post;
use contract::{Portal, Viewer};
use leptos::nonce::use_nonce;
use leptos::prelude::{LeptosOptions, provide_context, use_context};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};
use std::sync::Arc;

/// Pages over a made-up portal, as this viewer sees them.
pub(crate) fn router(portal: Fake, viewer: Option<Viewer>) -> Router {
    with_microsoft(portal, viewer, false)
}

/// The same, with sign-in with Microsoft configured or not.
pub(crate) fn with_microsoft(portal: Fake, viewer: Option<Viewer>, microsoft: bool) -> Router {
    let portal: Arc<dyn Portal> = Arc::new(portal);
    let context = move || {
        let parts = use_context::<http::request::Parts>();
        provide_context(Asked {
            portal: portal.clone(),
            viewer: viewer.clone(),
            now: super::NOW,
            site: Arc::new(Site::of("pkg/1a2b3c")),
            preferences: parts
                .map(|parts| app::server::preferences(&parts.headers))
                .unwrap_or_default(),
            microsoft,
            look: None,
            way_out: None,
            admin_center: "https://entra.microsoft.com".into(),
        });
        guard();
    };
    let options = LeptosOptions::builder().output_name("rollcall").build();
    let act = {
        let context = context.clone();
        move |request: Request| leptos_axum::handle_server_fns_with_context(context.clone(), request)
    };
    let nothing = {
        let context = context.clone();
        move |State(_): State<LeptosOptions>, request: Request| {
            let page = leptos_axum::render_app_async_with_context(context.clone(), app::shell);
            async move { page(request).await.into_response() }
        }
    };
    Router::new()
        .route(&format!("{}/{{*act}}", app::SERVER_FUNCTIONS), post(act))
        .leptos_routes_with_context(&options, generate_route_list(app::App), context, app::shell)
        .fallback(nothing)
        .with_state(options)
}

/// The header that the real server sends too: whatever it refuses shows in a browser's log.
fn guard() {
    let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    if let (Some(response), Ok(policy)) = (use_context::<ResponseOptions>(), policy.parse()) {
        response.insert_header(http::header::CONTENT_SECURITY_POLICY, policy);
    }
}
