//! What the pages ask and do about organizations.
#![expect(
    missing_docs,
    reason = "a server function's struct has its parameters as fields"
)]

use crate::failure::Failure;
use contract::organizations::{App, Organization, OrganizationRow};
use leptos::prelude::*;

/// The apps the viewer may see.
#[server(name = AskApps, prefix = "/ask", endpoint = "apps")]
pub async fn apps() -> Result<Vec<App>, Failure> {
    let (portal, viewer) = crate::server::enter()?;
    crate::server::told(portal.apps(&viewer).await)
}

/// The organizations whose name contains a text.
#[server(name = AskOrganizations, prefix = "/ask", endpoint = "organizations")]
pub async fn organizations(search: String) -> Result<Vec<OrganizationRow>, Failure> {
    let (portal, viewer) = crate::server::enter()?;
    crate::server::told(portal.organizations(&viewer, &search).await)
}

/// One organization.
#[server(name = AskOrganization, prefix = "/ask", endpoint = "organization")]
pub async fn organization(id: String) -> Result<Organization, Failure> {
    let (portal, viewer) = crate::server::enter()?;
    crate::server::told(portal.organization(&viewer, &id).await)
}

/// Makes an organization, and leads to its Directory Sync tab.
#[server(prefix = "/ask", endpoint = "create-organization")]
pub async fn create_organization(#[server(default)] app: String, name: String) -> Result<(), Failure> {
    use crate::{act, link, server};
    let (portal, viewer) = server::enter()?;
    let made = portal.create_organization(&viewer, &app, &name).await;
    server::settle(
        made,
        act::Act::CreateOrganization,
        link::new_organization().with("app", &app),
        &name,
        |made| act::done(link::directory_sync(&made.id), act::Done::OrganizationMade),
    )
}

/// Gives an organization another name.
#[server(prefix = "/ask", endpoint = "rename-organization")]
pub async fn rename_organization(organization: String, name: String) -> Result<(), Failure> {
    use crate::{act, link, server};
    let (portal, viewer) = server::enter()?;
    let renamed = portal.rename_organization(&viewer, &organization, &name).await;
    let tab = link::directory_sync(&organization);
    server::settle(renamed, act::Act::RenameOrganization, tab.clone(), &name, |()| {
        act::done(tab.clone(), act::Done::OrganizationRenamed)
    })
}

/// Deletes an organization with all it holds.
#[server(prefix = "/ask", endpoint = "delete-organization")]
pub async fn delete_organization(organization: String, confirm_name: String) -> Result<(), Failure> {
    use crate::{act, link, server};
    let (portal, viewer) = server::enter()?;
    let deleted = portal
        .delete_organization(&viewer, &organization, &confirm_name)
        .await;
    server::settle(
        deleted,
        act::Act::DeleteOrganization,
        link::directory_sync(&organization),
        "",
        |()| act::done(link::organizations(), act::Done::OrganizationDeleted),
    )
}
