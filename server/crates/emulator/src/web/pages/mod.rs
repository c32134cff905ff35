//! The *Contoso admin center*: the customer's side, played by hand.
//!
//! Pages are written on the server, forms are plain POSTs that redirect, one stylesheet, and a small script that
//! refreshes what is marked with `data-refresh`. Names are Microsoft's.

mod app;
mod certificates;
mod demo;
mod devices;
mod groups;
mod home;
pub(crate) mod html;
pub(crate) mod layout;
mod logs;
mod members;
mod on_demand;
mod permissions;
mod person;
mod principals;
mod provisioning;
mod registration;
mod registrations;
mod required;
mod roles;
pub(crate) mod settings;
mod tenants;
mod users;

use std::collections::HashMap;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::Desk;
use crate::tenant::ObjectId;

/// The fields of a form.
pub(super) type Fields = HashMap<String, String>;

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route(
            "/icon.svg",
            get(async || asset("image/svg+xml", include_str!("icon.svg"))),
        )
        .route(
            "/style.css",
            get(async || asset("text/css; charset=utf-8", include_str!("style.css"))),
        )
        .route(
            "/refresh.js",
            get(async || asset("text/javascript; charset=utf-8", include_str!("refresh.js"))),
        )
        .route(
            "/blades.js",
            get(async || asset("text/javascript; charset=utf-8", include_str!("blades.js"))),
        )
        .merge(home::router())
        .merge(demo::router())
        .merge(users::router())
        .merge(person::router())
        .merge(groups::router())
        .merge(devices::router())
        .merge(app::router())
        .merge(provisioning::router())
        .merge(settings::router())
        .merge(on_demand::router())
        .merge(logs::router())
        .merge(principals::router())
        .merge(members::router())
        .merge(permissions::router())
        .merge(registrations::router())
        .merge(registration::router())
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    (
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")],
        text,
    )
        .into_response()
}

/// What stands in the query of most pages.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct View {
    note: Option<u64>,
    q: String,
    show: String,
    page: Option<usize>,
    entry: Option<String>,
    user: String,
    tenant: String,
}

/// One field, trimmed; empty when it is not there.
fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map(|value| value.trim()).unwrap_or_default()
}

impl Desk {
    /// A user as somebody types it: object id, user principal name, or mail.
    fn typed_user(&self, text: &str) -> Result<ObjectId, String> {
        let directory = self.tenant().read();
        let by_id = text.parse().ok().and_then(|id| directory.user(id));
        let found = by_id.or_else(|| directory.user_by_upn(text)).map(|user| user.id);
        found.ok_or_else(|| format!("There is no user “{text}”. Use a user principal name or an object id."))
    }

    /// A group as somebody types it: object id or display name.
    fn typed_group(&self, text: &str) -> Result<ObjectId, String> {
        let directory = self.tenant().read();
        let by_id = text.parse().ok().and_then(|id| directory.group(id));
        let found = by_id.or_else(|| directory.groups().find(|group| group.display_name == text));
        found
            .map(|group| group.id)
            .ok_or_else(|| format!("There is no group “{text}”."))
    }
}
