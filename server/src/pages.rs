//! Hangs up the pages of crate `app`: who asks and whom to ask come in by context, so that `app` knows neither.

use std::sync::{Arc, OnceLock};

use app::{
    asked::{Asked, Look},
    server::preferences,
};
use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, Query, Request, State},
    middleware::from_fn_with_state,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use contract::{Reach, Refusal, people::UsersQuery};
use futures_util::future::BoxFuture;
use http::{HeaderMap, StatusCode, header, request::Parts};
use leptos::{
    config::LeptosOptions,
    context::{provide_context, use_context},
    nonce::Nonce,
};
use leptos_axum::{
    AxumRouteListing, LeptosRoutes, handle_server_fns_with_context, render_app_async_with_context,
};
use serde::Deserialize;
use store::{
    apps::App,
    ids::{AppId, OrganizationId},
};
use tower_http::compression::{
    CompressionLayer,
    predicate::{NotForContentType, Predicate, SizeAbove},
};

use crate::{
    csv,
    embedding::ancestors,
    live::{self, Watched},
    looks,
    middleware::{Face, RequestInfo, refusal},
    signin::{Host, SignedIn, WayOut, at_the_door, find_viewer, is_still_in, whose},
    site::Site,
    state::AppState,
};

/// Pages, their server functions, and what they listen to. Takes every path that nothing else took.
pub fn routes(state: &AppState, site: &Site) -> Router {
    let context = context(state, site);
    let acts = {
        let context = context.clone();
        post(move |request: Request| handle_server_fns_with_context(context.clone(), request))
    };
    let options = LeptosOptions::builder().output_name("rollcall").build();
    let pages = Router::new()
        .route(&format!("{}/{{*act}}", app::SERVER_FUNCTIONS), acts)
        .leptos_routes_with_context(&options, route_table(), context.clone(), app::shell)
        .fallback(render_app_async_with_context(context, app::shell))
        .with_state(options)
        .layer(CompressionLayer::new().compress_when(SizeAbove::new(512).and(NotForContentType::SSE)));
    let live = Router::new()
        .route("/live/organizations", get(all_pulses))
        .route("/live/organizations/{organization}", get(pulses))
        .route("/organizations/{organization}/users.csv", get(download_users))
        .with_state(state.clone());
    pages
        .merge(live)
        .layer(from_fn_with_state(state.clone(), at_the_door))
        .layer(from_fn_with_state(state.clone(), find_viewer))
        .layer(from_fn_with_state(state.clone(), whose))
}

/// The routes of `app`, read once per process: they are the same for all.
fn route_table() -> Vec<AxumRouteListing> {
    static TABLE: OnceLock<Vec<AxumRouteListing>> = OnceLock::new();
    TABLE
        .get_or_init(|| leptos_axum::generate_route_list(app::App))
        .clone()
}

/// Provides what a page asks for, from what the layers in front noted in the request.
fn context(state: &AppState, site: &Site) -> impl Fn() + Clone + Send + Sync + 'static {
    let state = state.clone();
    let site = Arc::new(app::asked::Site::of(site.pkg_dir()));
    let admin_center: Arc<str> = state.config.entra.admin_center.as_str().into();
    move || {
        let Some(parts) = use_context::<Parts>() else {
            return;
        };
        // The nonce of the policy in this answer's header takes the place of the one Leptos made.
        if let Some(nonce) = parts.extensions.get::<RequestInfo>().and_then(RequestInfo::nonce) {
            provide_context(Nonce::from_value(nonce));
        }
        provide_context(Asked {
            portal: Arc::clone(&state.portal),
            viewer: parts
                .extensions
                .get::<SignedIn>()
                .and_then(|signed_in| signed_in.0.clone()),
            now: state.clock.now(),
            site: Arc::clone(&site),
            preferences: preferences(&parts.headers),
            microsoft: state.microsoft.client().is_some(),
            look: parts.extensions.get::<Host>().map(|Host(app)| look(app)),
            way_out: parts
                .extensions
                .get::<WayOut>()
                .map(|WayOut(ticket)| ticket.clone()),
            admin_center: Arc::clone(&admin_center),
        });
    }
}

/// Whose portal it is, as its pages show it.
fn look(app: &App) -> Look {
    Look {
        name: app.name.clone(),
        stylesheet: looks::accent_path(app),
        logo: looks::logo_path(app),
        embedded_by: ancestors(app),
    }
}

/// The list of organizations: those of the viewer's apps. Who came by a setup link has no such list.
async fn all_pulses(
    State(state): State<AppState>,
    Extension(SignedIn(viewer)): Extension<SignedIn>,
    headers: HeaderMap,
) -> Response {
    match viewer.map(|viewer| viewer.reach) {
        None => nobody(),
        Some(Reach::Everything) => watch(&state, headers, Watched::All, None),
        Some(Reach::Apps(apps)) => {
            let apps = apps.into_iter().map(|(app, _)| AppId::new(app)).collect();
            watch(&state, headers, Watched::Apps(apps), None)
        }
        Some(Reach::Setup(_)) => not_watched(&Refusal::NotFound),
    }
}

/// What a page that listens shows.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Showing {
    #[serde(default)]
    checklist: bool,
}

async fn pulses(
    State(state): State<AppState>,
    Path(organization): Path<String>,
    Query(showing): Query<Showing>,
    Extension(SignedIn(viewer)): Extension<SignedIn>,
    headers: HeaderMap,
) -> Response {
    let Some(viewer) = viewer else {
        return nobody();
    };
    if let Err(no) = state.portal.organization(&viewer, &organization).await {
        return not_watched(&no);
    }
    let organization = OrganizationId::new(organization);
    let opens = viewer.reach.setup().is_none_or(|setup| setup.erp);
    let looking = (showing.checklist && opens).then(|| (organization.clone(), viewer.session));
    watch(&state, headers, Watched::One(organization), looking)
}

/// What the reader of the Users page is looking at.
#[derive(Debug, Deserialize)]
struct Wanted {
    #[serde(default)]
    search: String,
    #[serde(default)]
    active: String,
}

async fn download_users(
    State(state): State<AppState>,
    Path(organization): Path<String>,
    Query(wanted): Query<Wanted>,
    Extension(SignedIn(viewer)): Extension<SignedIn>,
) -> Response {
    let Some(viewer) = viewer else {
        return Redirect::to("/signed-out").into_response();
    };
    let query = UsersQuery {
        search: wanted.search,
        active: wanted.active.parse().ok(),
        ..UsersQuery::default()
    };
    match state.portal.users(&viewer, &organization, &query).await {
        Ok(first) => {
            let rows = csv::users(Arc::clone(&state.portal), viewer, organization, query, first);
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"users.csv\""),
            ];
            (headers, Body::from_stream(rows)).into_response()
        }
        Err(no) => refusal(Face::Console, app::server::status(&no), unlisted(&no)),
    }
}

fn unlisted(no: &Refusal) -> &'static str {
    match no {
        Refusal::NeedsReason { .. } => "Say on the Users page why you look, then download again.",
        _ => "The users could not be listed.",
    }
}

fn nobody() -> Response {
    refusal(Face::Console, StatusCode::UNAUTHORIZED, "Sign in to watch.")
}

fn not_watched(no: &Refusal) -> Response {
    refusal(
        Face::Console,
        app::server::status(no),
        "There is nothing to watch here.",
    )
}

/// `looking`: whose checklist is looked at meanwhile, and in which session.
fn watch(
    state: &AppState,
    headers: HeaderMap,
    watched: Watched,
    looking: Option<(OrganizationId, String)>,
) -> Response {
    let (own, headers) = (state.clone(), Arc::new((headers, looking)));
    let still_in = move || -> BoxFuture<'static, bool> {
        let (state, asked) = (own.clone(), Arc::clone(&headers));
        Box::pin(async move {
            let (headers, looking) = &*asked;
            let still_in = is_still_in(&state, headers).await;
            if let Some((organization, session)) = looking.as_ref().filter(|_| still_in) {
                state.checklists.watched(organization, session).await;
            }
            still_in
        })
    };
    live::pulses(
        state.store.clone(),
        &state.recorder,
        &state.lifecycle,
        watched,
        Arc::new(still_in),
    )
    .into_response()
}
