//! What the pages ask about users and groups.
#![expect(
    missing_docs,
    reason = "a server function's struct has its parameters as fields"
)]

use crate::failure::Failure;
use contract::page::{Page, PageRequest};
use contract::people::{Group, GroupRow, GroupsQuery, User, UserRow, UsersQuery};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// A page of an organization's users.
#[server(name = AskUsers, prefix = "/ask", endpoint = "users", input = Json)]
pub async fn users(organization: String, query: UsersQuery) -> Result<Page<UserRow>, Failure> {
    let (portal, viewer) = crate::server::enter()?;
    crate::server::told(portal.users(&viewer, &organization, &query).await)
}

/// One user.
#[server(name = AskUser, prefix = "/ask", endpoint = "user")]
pub async fn user(organization: String, id: String) -> Result<User, Failure> {
    let (portal, viewer) = crate::server::enter()?;
    crate::server::told(portal.user(&viewer, &organization, &id).await)
}

/// A page of an organization's groups.
#[server(name = AskGroups, prefix = "/ask", endpoint = "groups", input = Json)]
pub async fn groups(organization: String, query: GroupsQuery) -> Result<Page<GroupRow>, Failure> {
    let (portal, viewer) = crate::server::enter()?;
    crate::server::told(portal.groups(&viewer, &organization, &query).await)
}

/// One group with a page of its members.
#[server(name = AskGroup, prefix = "/ask", endpoint = "group", input = Json)]
pub async fn group(organization: String, id: String, members: PageRequest) -> Result<Group, Failure> {
    let (portal, viewer) = crate::server::enter()?;
    crate::server::told(portal.group(&viewer, &organization, &id, &members).await)
}
