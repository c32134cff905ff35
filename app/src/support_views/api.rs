//! What support does to see people's data.
#![expect(
    missing_docs,
    reason = "a server function's struct has its parameters as fields"
)]

use crate::failure::Failure;
use leptos::prelude::*;

/// Lets support see the personal data of an organization for a while, and leads back to the page that asked why.
#[server(prefix = "/ask", endpoint = "begin-support-view")]
pub async fn begin_support_view(
    organization: String,
    reason: String,
    minutes: u32,
    #[server(default)] back: String,
) -> Result<(), Failure> {
    use crate::{act::Act, link, server};
    let (portal, viewer) = server::enter()?;
    let begun = portal
        .begin_support_view(&viewer, &organization, &reason, minutes)
        .await;
    let back = link::ours(&back).unwrap_or_else(|| link::users(&organization));
    server::settle(begun, Act::BeginSupportView, back.clone(), &reason, |()| {
        back.clone()
    })
}

/// Hides it again.
#[server(prefix = "/ask", endpoint = "end-support-view")]
pub async fn end_support_view(organization: String) -> Result<(), Failure> {
    use crate::{act, link, server};
    let (portal, viewer) = server::enter()?;
    let ended = portal.end_support_view(&viewer, &organization).await;
    let tab = link::directory_sync(&organization);
    server::settle(ended, act::Act::EndSupportView, tab.clone(), "", |()| {
        act::done(tab.clone(), act::Done::SupportViewEnded)
    })
}
