//! What the pages ask and do about directories.
#![expect(
    missing_docs,
    reason = "a server function's struct has its parameters as fields"
)]

use crate::failure::Failure;
use contract::directories::{Directory, ShownOnce};
use leptos::prelude::*;

/// The directories of an organization.
#[server(name = AskDirectories, prefix = "/ask", endpoint = "directories")]
pub async fn directories(organization: String) -> Result<Vec<Directory>, Failure> {
    let (portal, viewer) = crate::server::enter()?;
    crate::server::told(portal.directories(&viewer, &organization).await)
}

/// The secret of a token just made, once. A page that only refreshes itself does not use it up.
#[server(prefix = "/ask", endpoint = "reveal")]
pub async fn reveal(directory: String) -> Result<Option<ShownOnce>, Failure> {
    let (portal, viewer) = crate::server::enter()?;
    if crate::server::is_refresh() {
        return Ok(None);
    }
    crate::server::told(portal.reveal(&viewer, &directory).await)
}

/// Makes a directory with its endpoint and first token, and leads to the page that shows them.
#[server(prefix = "/ask", endpoint = "configure")]
pub async fn configure(organization: String, provider: String) -> Result<(), Failure> {
    use crate::{act, link, server};
    use contract::{Refusal, directories::Provider, refusal::Why};
    let (portal, viewer) = server::enter()?;
    let made = match Provider::from_slug(&provider) {
        Some(provider) => portal.configure(&viewer, &organization, provider).await,
        None => Err(Refusal::invalid("provider", Why::NotOffered)),
    };
    let back = link::providers(&organization).down(&provider);
    server::settle(made, act::Act::Configure, back, "", |directory| {
        act::done(link::directory(&organization, directory), act::Done::Configured)
    })
}

/// Makes the second token.
#[server(prefix = "/ask", endpoint = "create-token")]
pub async fn create_token(
    organization: String,
    directory: String,
    name: String,
    #[server(default)] expires_on: String,
) -> Result<(), Failure> {
    use crate::{act, link, server, time};
    use contract::{Refusal, refusal::Why};
    let (portal, viewer) = server::enter()?;
    let expires_at = time::end_of_day(&expires_on);
    let made = if expires_at.is_none() && !expires_on.is_empty() {
        Err(Refusal::invalid("expires_on", Why::NotOffered))
    } else {
        portal.create_token(&viewer, &directory, &name, expires_at).await
    };
    let tab = link::directory(&organization, &directory);
    server::settle(made, act::Act::CreateToken, tab.clone(), &name, |()| {
        act::done(tab.clone(), act::Done::TokenMade)
    })
}

/// Ends a token.
#[server(prefix = "/ask", endpoint = "revoke-token")]
pub async fn revoke_token(organization: String, directory: String, token: String) -> Result<(), Failure> {
    use crate::{act, link, server};
    let (portal, viewer) = server::enter()?;
    let revoked = portal.revoke_token(&viewer, &directory, &token).await;
    let tab = link::directory(&organization, &directory);
    server::settle(revoked, act::Act::RevokeToken, tab.clone(), "", |()| {
        act::done(tab.clone(), act::Done::TokenRevoked)
    })
}

/// Gives a directory another name.
#[server(prefix = "/ask", endpoint = "rename-directory")]
pub async fn rename_directory(organization: String, directory: String, name: String) -> Result<(), Failure> {
    use crate::{act, link, server};
    let (portal, viewer) = server::enter()?;
    let renamed = portal.rename_directory(&viewer, &directory, &name).await;
    let tab = link::directory(&organization, &directory);
    server::settle(renamed, act::Act::RenameDirectory, tab.clone(), &name, |()| {
        act::done(tab.clone(), act::Done::DirectoryRenamed)
    })
}

/// Stops answering a directory's provider.
#[server(prefix = "/ask", endpoint = "disable-directory")]
pub async fn disable_directory(organization: String, directory: String) -> Result<(), Failure> {
    use crate::{act, link, server};
    let (portal, viewer) = server::enter()?;
    let disabled = portal.disable_directory(&viewer, &directory).await;
    let tab = link::directory(&organization, &directory);
    server::settle(disabled, act::Act::DisableDirectory, tab.clone(), "", |()| {
        act::done(tab.clone(), act::Done::DirectoryDisabled)
    })
}

/// Answers a directory's provider again.
#[server(prefix = "/ask", endpoint = "enable-directory")]
pub async fn enable_directory(organization: String, directory: String) -> Result<(), Failure> {
    use crate::{act, link, server};
    let (portal, viewer) = server::enter()?;
    let enabled = portal.enable_directory(&viewer, &directory).await;
    let tab = link::directory(&organization, &directory);
    server::settle(enabled, act::Act::EnableDirectory, tab.clone(), "", |()| {
        act::done(tab.clone(), act::Done::DirectoryEnabled)
    })
}

/// Deletes a directory with all it holds.
#[server(prefix = "/ask", endpoint = "delete-directory")]
pub async fn delete_directory(
    organization: String,
    directory: String,
    confirm_name: String,
) -> Result<(), Failure> {
    use crate::{act, link, server};
    let (portal, viewer) = server::enter()?;
    let deleted = portal.delete_directory(&viewer, &directory, &confirm_name).await;
    let tab = link::directory(&organization, &directory);
    server::settle(deleted, act::Act::DeleteDirectory, tab, "", |()| {
        act::done(link::directory_sync(&organization), act::Done::DirectoryDeleted)
    })
}
