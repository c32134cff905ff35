//! What the pages ask about activity.
#![expect(
    missing_docs,
    reason = "a server function's struct has its parameters as fields"
)]

use crate::failure::Failure;
use contract::activity::{ActivityEntry, ActivityQuery, ActivityRow};
use contract::page::Page;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// A page of an organization's activity.
#[server(name = AskActivity, prefix = "/ask", endpoint = "activity", input = Json)]
pub async fn activity(organization: String, query: ActivityQuery) -> Result<Page<ActivityRow>, Failure> {
    let (portal, viewer) = crate::server::enter()?;
    crate::server::told(portal.activity(&viewer, &organization, &query).await)
}

/// One entry.
#[server(name = AskActivityEntry, prefix = "/ask", endpoint = "activity-entry")]
pub async fn activity_entry(organization: String, id: String) -> Result<ActivityEntry, Failure> {
    let (portal, viewer) = crate::server::enter()?;
    crate::server::told(portal.activity_entry(&viewer, &organization, &id).await)
}
