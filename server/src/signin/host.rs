//! Whose portal a page of `/setup` is: the app behind the link or the session, dead ones too, so that a frame can still
//! say that its session ended. It gives the page its look, and the frame its ancestors (threats T65).

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use store::{Operation, StoreError, Tx, apps::App, ids::SetupLinkId};
use store::{apps, organizations, sessions, setup_links};

use super::{cookie, doors::unavailable, setup::link_of, ticket};
use crate::{
    embedding::{Ancestors, ancestors},
    secrets::TokenDigest,
    state::AppState,
};

/// The app whose portal it is, in the extensions of a request for a page of `/setup`.
#[derive(Debug, Clone)]
pub struct Host(pub App);

/// A ticket out of the frame, in the extensions of a request for a framed page.
#[derive(Debug, Clone)]
pub struct WayOut(pub String);

/// Finds out whose portal is asked for, and lets that app's origins frame the answer.
pub async fn whose(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path != "/setup" && !path.starts_with("/setup/") {
        return next.run(request).await;
    }
    let held = cookie::held(request.headers());
    let known = match (link_of(path), held) {
        (Some(link), _) => Some(Known::Link(link)),
        (None, held) => held.map(|held| Known::Session(held.digest)),
    };
    let app = match known {
        Some(known) => state.store.read(known).await,
        None => Ok(None),
    };
    let app = match app {
        Ok(app) => app,
        Err(error) => {
            tracing::error!(%error, "whose portal it is could not be looked up");
            return unavailable();
        }
    };
    if let Some(held) = held.filter(|held| held.place == cookie::Place::Frame)
        && let Ok(ticket) = ticket::make(&state, &held.digest)
    {
        request.extensions_mut().insert(WayOut(ticket));
    }
    let ancestors = app.as_ref().map(ancestors).unwrap_or_default();
    if let Some(app) = app {
        request.extensions_mut().insert(Host(app));
    }
    let mut response = next.run(request).await;
    if !ancestors.is_empty() {
        response.extensions_mut().insert(Ancestors(ancestors.join(" ")));
    }
    response
}

/// What a request names: the link at whose door it is, or its session.
enum Known {
    Link(TokenDigest),
    Session(TokenDigest),
}

impl Operation for Known {
    type Output = Option<App>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Option<App>, StoreError> {
        let link = match self {
            Known::Link(link) => setup_links::find(tx, link).await?,
            Known::Session(session) => {
                let link: Option<SetupLinkId> =
                    sessions::find(tx, session).await?.and_then(|found| found.link_id);
                match link {
                    Some(link) => setup_links::get(tx, &link).await?,
                    None => None,
                }
            }
        };
        let Some(link) = link else {
            return Ok(None);
        };
        match organizations::get(tx, &link.organization).await? {
            Some(organization) => apps::get(tx, &organization.app_id).await,
            None => Ok(None),
        }
    }
}
