//! What the pages ask and do about setup links.
#![expect(
    missing_docs,
    reason = "a server function's struct has its parameters as fields"
)]

use crate::failure::Failure;
use contract::setup_links::{SetupLink, SetupOffer};
use leptos::prelude::*;

/// The setup links of an organization.
#[server(name = AskSetupLinks, prefix = "/ask", endpoint = "setup-links")]
pub async fn setup_links(organization: String) -> Result<Vec<SetupLink>, Failure> {
    let (portal, viewer) = crate::server::enter()?;
    crate::server::told(portal.setup_links(&viewer, &organization).await)
}

/// The address of a link just made, once. A page that only refreshes itself does not use it up.
#[server(prefix = "/ask", endpoint = "reveal-setup-link")]
pub async fn reveal_setup_link(link: String) -> Result<Option<String>, Failure> {
    let (portal, viewer) = crate::server::enter()?;
    if crate::server::is_refresh() {
        return Ok(None);
    }
    crate::server::told(portal.reveal_setup_link(&viewer, &link).await)
}

/// What the link of this token tells whoever looks; no session is needed.
#[server(name = AskSetupOffer, prefix = "/ask", endpoint = "setup-offer")]
pub async fn setup_offer(token: String) -> Result<SetupOffer, Failure> {
    let asked = crate::asked::Asked::here().ok_or_else(Failure::unavailable)?;
    let offer = asked.portal.setup_offer(asked.viewer.as_ref(), &token).await;
    crate::server::told(offer)
}

/// Makes a link, and leads to the page that shows it.
#[server(prefix = "/ask", endpoint = "create-setup-link")]
pub async fn create_setup_link(
    organization: String,
    #[server(default)] erp: bool,
    #[server(default)] directory_sync: bool,
    #[server(default)] step: String,
    days: u32,
    #[server(default)] back: String,
) -> Result<(), Failure> {
    use crate::{act, link, server};
    use contract::{Refusal, onboarding::ErpStep, refusal::Why, setup_links::Scope};
    let (portal, viewer) = server::enter()?;
    let scope = Scope {
        erp,
        directory_sync,
        step: ErpStep::from_slug(&step),
    };
    let made = match (erp || directory_sync, scope.step.is_none() && !step.is_empty()) {
        (false, _) => Err(Refusal::invalid("scope", Why::NothingChosen)),
        (_, true) => Err(Refusal::invalid("step", Why::NotOffered)),
        _ => {
            portal
                .create_setup_link(&viewer, &organization, scope, days)
                .await
        }
    };
    let back = link::ours(&back).unwrap_or_else(|| link::setup_links(&organization));
    server::settle(made, act::Act::CreateSetupLink, back.clone(), "", |id| {
        act::done(back.clone(), act::Done::SetupLinkMade).with("made", id)
    })
}

/// Ends a link.
#[server(prefix = "/ask", endpoint = "revoke-setup-link")]
pub async fn revoke_setup_link(organization: String, link: String) -> Result<(), Failure> {
    use crate::{act, server};
    let (portal, viewer) = server::enter()?;
    let revoked = portal.revoke_setup_link(&viewer, &organization, &link).await;
    let tab = crate::link::setup_links(&organization);
    server::settle(revoked, act::Act::RevokeSetupLink, tab.clone(), "", |()| {
        act::done(tab.clone(), act::Done::SetupLinkRevoked)
    })
}
