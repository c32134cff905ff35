//! `/applications`: app registrations of the tenant, and the template that makes one with its service principal.

mod passwords;
mod shape;
mod template;
mod write;

use std::collections::HashSet;

use axum::http::Method;
use uuid::Uuid;

use super::call::{Answer, Answered, Call, Kind, object_id};
use super::error::GraphError;
use super::needs;
use super::routes::Routed;
use super::service_principals::ADMINISTRATORS;
use crate::cloud::{AppRegistration, View};

pub(super) use shape::{app_roles, scopes};

const KIND: Kind = Kind {
    name: "microsoft.graph.application",
    set: "applications",
    defaults: &[],
    mixed: false,
};

pub(super) fn answer(call: &Call<'_>, rest: &[&str]) -> Routed {
    Some(match (&call.method, rest) {
        (&Method::GET, []) => list(call),
        (&Method::GET, ["$count"]) => count(call),
        (&Method::POST, []) => write::create(call),
        (&Method::GET, [key]) => one(call, key),
        (&Method::PATCH, [key]) => write::change(call, key),
        (&Method::DELETE, [key]) => delete(call, key),
        (&Method::POST, [key, "addPassword"]) => passwords::add(call, key),
        (&Method::POST, [key, "removePassword"]) => passwords::remove(call, key),
        _ => return None,
    })
}

pub(super) fn answer_template(call: &Call<'_>, rest: &[&str]) -> Routed {
    match (&call.method, rest) {
        (&Method::POST, [id, "instantiate"]) => Some(template::instantiate(call, id)),
        _ => None,
    }
}

/// The registrations of the caller's tenant that are replicated.
fn own<'a>(
    view: &'a View<'_>,
    tenant: Uuid,
    hidden: &'a HashSet<Uuid>,
) -> impl Iterator<Item = &'a AppRegistration> {
    let here = move |app: &&AppRegistration| app.home_tenant == Some(tenant) && !hidden.contains(&app.id);
    view.applications().iter().filter(here)
}

fn list(call: &Call<'_>) -> Answered {
    call.allow(needs::READ_APPS)?;
    let hidden = call.graph.hidden();
    let view = call.cloud().view();
    call.many(
        KIND,
        own(&view, call.tenant(), &hidden),
        |app| app.id.to_string(),
        |app| shape::shape(app),
    )
}

fn count(call: &Call<'_>) -> Answered {
    call.allow(needs::READ_APPS)?;
    let hidden = call.graph.hidden();
    let view = call.cloud().view();
    call.count(own(&view, call.tenant(), &hidden), |app| shape::shape(app))
}

/// By object id or `appId=…`.
fn find(call: &Call<'_>, key: &str) -> Result<AppRegistration, GraphError> {
    let hidden = call.graph.hidden();
    let (by_app, id) = match key.strip_prefix("appId=") {
        Some(app) => (true, object_id(app)?),
        None => (false, object_id(key)?),
    };
    let view = call.cloud().view();
    let found = own(&view, call.tenant(), &hidden).find(|app| id == if by_app { app.app_id } else { app.id });
    found.cloned().ok_or_else(|| GraphError::missing(&id.to_string()))
}

fn one(call: &Call<'_>, key: &str) -> Answered {
    call.allow(needs::READ_APPS)?;
    call.one(KIND, shape::shape(&find(call, key)?))
}

/// The registration, if the caller may change it.
fn changeable(call: &Call<'_>, key: &str) -> Result<AppRegistration, GraphError> {
    let app = find(call, key)?;
    call.allow_app(app.app_id)?;
    call.caller.holds_role(call.cloud(), ADMINISTRATORS)?;
    Ok(app)
}

fn delete(call: &Call<'_>, key: &str) -> Answered {
    let app = changeable(call, key)?;
    call.cloud().delete_application(app.app_id)?;
    Ok(Answer::nothing())
}
