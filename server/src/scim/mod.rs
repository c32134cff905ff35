//! The HTTP face of SCIM 2.0, at `/scim/v2/{directory}`.
//!
//! | file | what it does |
//! |---|---|
//! | `caller.rs` | bearer token → directory; nothing is routed before it (threats T01–T05) |
//! | `gate.rs` | how much of one directory is worked on at once (T38) |
//! | `exchange.rs` | one request: who asks, what came of it, what is told to the recorder |
//! | `reply.rs` | answers and refusals as SCIM JSON (T39) |
//! | `lists.rs` | what lists of users and of groups share |
//! | `resources.rs` | rows as SCIM resources |
//! | `users/`, `groups/` | one file per verb |
//! | `bulk.rs`, `root_search.rs`, `discovery.rs` | the endpoints beside them |

mod bulk;
mod caller;
mod discovery;
mod exchange;
mod gate;
mod groups;
mod lists;
mod reply;
mod resources;
mod root_search;
mod users;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use store::Store;

use crate::clock::{Clock, Randomness};
use crate::config::Scim as Limits;
use crate::tasks::record::Recorder;

/// What the face needs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Face(Arc<Parts>);

/// What every handler of the face shares.
#[derive(Debug)]
pub struct Parts {
    store: Store,
    clock: Clock,
    randomness: Randomness,
    recorder: Recorder,
    /// `PUBLIC_URL`, for locations: never from a request's Host (threats T48).
    public_url: String,
    tokens: caller::Tokens,
    gates: gate::Gates,
}

impl std::ops::Deref for Face {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Face {
    /// The face over a store.
    pub fn new(
        store: Store,
        clock: Clock,
        randomness: Randomness,
        recorder: Recorder,
        public_url: &str,
        limits: Limits,
    ) -> Self {
        Face(Arc::new(Parts {
            store,
            clock,
            randomness,
            recorder,
            public_url: public_url.to_owned(),
            tokens: caller::Tokens::default(),
            gates: gate::Gates::new(limits),
        }))
    }
}

/// Every SCIM route, relative to `/scim`, behind the guard.
pub fn routes(face: &Face) -> Router {
    Router::new()
        .route("/v2/{directory}/ServiceProviderConfig", get(discovery::config))
        .route("/v2/{directory}/ResourceTypes", get(discovery::resource_types))
        .route(
            "/v2/{directory}/ResourceTypes/{id}",
            get(discovery::resource_type),
        )
        .route("/v2/{directory}/Schemas", get(discovery::schemas))
        .route("/v2/{directory}/Schemas/{id}", get(discovery::schema))
        .route(
            "/v2/{directory}/Users",
            get(users::list::list).post(users::create::create),
        )
        .route("/v2/{directory}/Users/.search", post(users::list::search))
        .route(
            "/v2/{directory}/Users/{id}",
            get(users::read::read)
                .put(users::change::replace)
                .patch(users::change::patch)
                .delete(users::delete::delete),
        )
        .route(
            "/v2/{directory}/Groups",
            get(groups::list::list).post(groups::create::create),
        )
        .route("/v2/{directory}/Groups/.search", post(groups::list::search))
        .route(
            "/v2/{directory}/Groups/{id}",
            get(groups::read::read)
                .put(groups::change::replace)
                .patch(groups::change::patch)
                .delete(groups::delete::delete),
        )
        .route("/v2/{directory}/.search", post(root_search::search))
        .route("/v2/{directory}/Bulk", post(bulk::bulk))
        .fallback(reply::no_such_endpoint)
        .method_not_allowed_fallback(reply::no_such_method)
        .layer(from_fn_with_state(face.clone(), caller::guard))
        .with_state(face.clone())
}
