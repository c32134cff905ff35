//! What the pages ask and do about the ERP checklist.
#![expect(
    missing_docs,
    reason = "a server function's struct has its parameters as fields"
)]

use crate::failure::Failure;
use contract::onboarding::{Candidate, Erp};
use leptos::prelude::*;

/// The ERP checklist of an organization.
#[server(name = AskErp, prefix = "/ask", endpoint = "erp")]
pub async fn erp(organization: String) -> Result<Erp, Failure> {
    let (portal, viewer) = crate::server::enter()?;
    crate::server::told(portal.erp(&viewer, &organization).await)
}

/// Users of the tenant who may become the service user.
#[server(name = AskServiceUsers, prefix = "/ask", endpoint = "service-users")]
pub async fn service_users(organization: String, text: String) -> Result<Vec<Candidate>, Failure> {
    let (portal, viewer) = crate::server::enter()?;
    crate::server::told(portal.find_service_users(&viewer, &organization, &text).await)
}

/// Reads every fact again.
#[server(prefix = "/ask", endpoint = "recheck")]
pub async fn recheck(organization: String) -> Result<(), Failure> {
    use crate::{act, link, server};
    let (portal, viewer) = server::enter()?;
    let read = portal.recheck(&viewer, &organization).await;
    let tab = link::erp(&organization);
    server::settle(read, act::Act::Recheck, tab.clone(), "", |()| {
        act::done(tab.clone(), act::Done::Rechecked)
    })
}

/// Chooses the service user.
#[server(prefix = "/ask", endpoint = "choose-service-user")]
pub async fn choose_service_user(organization: String, object_id: String) -> Result<(), Failure> {
    use crate::{act, link, server};
    let (portal, viewer) = server::enter()?;
    let chosen = portal
        .choose_service_user(&viewer, &organization, &object_id)
        .await;
    let tab = link::erp(&organization);
    server::settle(chosen, act::Act::ChooseServiceUser, tab.clone(), "", |()| {
        act::done(tab.clone(), act::Done::ServiceUserChosen)
    })
}

/// Creates a user in the tenant and chooses it.
#[server(prefix = "/ask", endpoint = "create-service-user")]
pub async fn create_service_user(
    organization: String,
    name: String,
    user_name: String,
) -> Result<(), Failure> {
    use crate::{act, link, server};
    let (portal, viewer) = server::enter()?;
    let made = portal
        .create_service_user(&viewer, &organization, &name, &user_name)
        .await;
    let tab = link::erp(&organization);
    let act = act::Act::CreateServiceUser;
    server::settle(made, act, tab.clone(), &user_name, |()| {
        act::done(tab.clone(), act::Done::ServiceUserMade)
    })
}

/// The first password of a user just created, once. A page that only refreshes itself does not use it up.
#[server(prefix = "/ask", endpoint = "reveal-password")]
pub async fn reveal_password(organization: String) -> Result<Option<String>, Failure> {
    let (portal, viewer) = crate::server::enter()?;
    if crate::server::is_refresh() {
        return Ok(None);
    }
    crate::server::told(portal.reveal_password(&viewer, &organization).await)
}

/// Assigns the app role to the service user.
#[server(prefix = "/ask", endpoint = "assign-role")]
pub async fn assign_role(organization: String) -> Result<(), Failure> {
    use crate::{act, link, server};
    let (portal, viewer) = server::enter()?;
    let assigned = portal.assign_role(&viewer, &organization).await;
    let tab = link::erp(&organization);
    server::settle(assigned, act::Act::AssignRole, tab.clone(), "", |()| {
        act::done(tab.clone(), act::Done::RoleAssigned)
    })
}

/// Takes back what was made in a step.
#[server(prefix = "/ask", endpoint = "undo")]
pub async fn undo(organization: String, step: String) -> Result<(), Failure> {
    use crate::{act, link, server};
    use contract::{Refusal, onboarding::ErpStep, refusal::Why};
    let (portal, viewer) = server::enter()?;
    let undone = match ErpStep::from_slug(&step) {
        Some(step) => portal.undo(&viewer, &organization, step).await,
        None => Err(Refusal::invalid("step", Why::NotOffered)),
    };
    let tab = link::erp(&organization);
    server::settle(undone, act::Act::Undo, tab.clone(), "", |()| {
        act::done(tab.clone(), act::Done::Undone)
    })
}
