//! What the pages ask and do about staff, invites and sessions.
#![expect(
    missing_docs,
    reason = "a server function's struct has its parameters as fields"
)]

use crate::failure::Failure;
use contract::organizations::App;
use contract::staff::{InviteOffer, SessionRow, StaffSources, Team};
use leptos::prelude::*;

/// The apps to choose from; with only one, its people at once.
#[server(prefix = "/ask", endpoint = "staff-door")]
pub async fn staff_door() -> Result<Vec<App>, Failure> {
    use crate::{link, server};
    let (portal, viewer) = server::enter()?;
    let apps = server::told(portal.apps(&viewer).await)?;
    if let [only] = apps.as_slice() {
        server::send_on(link::staff(&only.id));
    }
    Ok(apps)
}

/// The team of an app.
#[server(name = AskStaff, prefix = "/ask", endpoint = "staff")]
pub async fn staff(app: String) -> Result<Team, Failure> {
    let (portal, viewer) = crate::server::enter()?;
    crate::server::told(portal.staff(&viewer, &app).await)
}

/// Where an app's own people come from besides invites.
#[server(name = AskStaffSources, prefix = "/ask", endpoint = "staff-sources")]
pub async fn staff_sources(app: String) -> Result<StaffSources, Failure> {
    let (portal, viewer) = crate::server::enter()?;
    crate::server::told(portal.staff_sources(&viewer, &app).await)
}

/// The sessions the viewer may see.
#[server(name = AskSessions, prefix = "/ask", endpoint = "sessions")]
pub async fn sessions() -> Result<Vec<SessionRow>, Failure> {
    let (portal, viewer) = crate::server::enter()?;
    crate::server::told(portal.sessions(&viewer).await)
}

/// The address of an invite just made, once. A page that only refreshes itself does not use it up.
#[server(prefix = "/ask", endpoint = "reveal-invite")]
pub async fn reveal_invite(invite: String) -> Result<Option<String>, Failure> {
    let (portal, viewer) = crate::server::enter()?;
    if crate::server::is_refresh() {
        return Ok(None);
    }
    crate::server::told(portal.reveal_invite(&viewer, &invite).await)
}

/// What the invite of this token tells whoever looks; no session is needed.
#[server(name = AskInviteOffer, prefix = "/ask", endpoint = "invite-offer")]
pub async fn invite_offer(token: String) -> Result<InviteOffer, Failure> {
    let asked = crate::asked::Asked::here().ok_or_else(Failure::unavailable)?;
    crate::server::told(asked.portal.invite_offer(&token).await)
}

/// Makes an invite, and leads to the page that shows it.
#[server(prefix = "/ask", endpoint = "invite")]
pub async fn invite(app: String, role: String, #[server(default)] note: String) -> Result<(), Failure> {
    use crate::{act, link, server};
    use contract::{Refusal, Role, refusal::Why};
    let (portal, viewer) = server::enter()?;
    let role = match role.as_str() {
        "owner" => Ok(Role::Owner),
        "support" => Ok(Role::Support),
        _ => Err(Refusal::invalid("role", Why::NotOffered)),
    };
    let made = match role {
        Ok(role) => portal.invite(&viewer, &app, role, &note).await,
        Err(refusal) => Err(refusal),
    };
    let page = link::staff(&app);
    server::settle(made, act::Act::Invite, page.clone(), &note, |id| {
        act::done(page.clone(), act::Done::InviteMade).with("made", id)
    })
}

/// Takes an app's own people from a directory.
#[server(prefix = "/ask", endpoint = "use-staff-directory")]
pub async fn use_staff_directory(
    app: String,
    directory: String,
    tenant_id: String,
    #[server(default)] confirmed: bool,
) -> Result<(), Failure> {
    use crate::{act, link, server};
    let (portal, viewer) = server::enter()?;
    let set = portal.use_staff_directory(&viewer, &app, &directory, &tenant_id, confirmed);
    let (set, page) = (set.await, link::staff(&app));
    let entered = format!("{directory} {tenant_id}");
    server::settle(set, act::Act::UseStaffDirectory, page.clone(), &entered, |()| {
        act::done(page.clone(), act::Done::StaffDirectorySet)
    })
}

/// Lets the members of a group in, or not any more: then `role` is empty.
#[server(prefix = "/ask", endpoint = "map-staff-group")]
pub async fn map_staff_group(
    app: String,
    #[server(default)] group: String,
    #[server(default)] role: String,
    #[server(default)] confirmed: bool,
) -> Result<(), Failure> {
    use crate::{act, link, server};
    use contract::{Refusal, Role, refusal::Why};
    let (portal, viewer) = server::enter()?;
    let wanted = match role.as_str() {
        "" => Ok(None),
        "owner" => Ok(Some(Role::Owner)),
        "support" => Ok(Some(Role::Support)),
        _ => Err(Refusal::invalid("role", Why::NotOffered)),
    };
    let mapped = match wanted {
        Ok(role) => {
            portal
                .map_staff_group(&viewer, &app, &group, role, confirmed)
                .await
        }
        Err(refusal) => Err(refusal),
    };
    let (page, entered) = (link::staff(&app), format!("{group} {role}"));
    server::settle(mapped, act::Act::MapStaffGroup, page.clone(), &entered, |()| {
        act::done(page.clone(), act::Done::StaffGroupMapped)
    })
}

/// Takes an app's own people from no directory.
#[server(prefix = "/ask", endpoint = "stop-staff-directory")]
pub async fn stop_staff_directory(app: String, #[server(default)] confirmed: bool) -> Result<(), Failure> {
    use crate::{act, link, server};
    let (portal, viewer) = server::enter()?;
    let stopped = portal.stop_staff_directory(&viewer, &app, confirmed).await;
    let page = link::staff(&app);
    server::settle(stopped, act::Act::StopStaffDirectory, page.clone(), "", |()| {
        act::done(page.clone(), act::Done::StaffDirectoryStopped)
    })
}

/// Ends an invite.
#[server(prefix = "/ask", endpoint = "revoke-invite")]
pub async fn revoke_invite(app: String, invite: String) -> Result<(), Failure> {
    use crate::{act, link, server};
    let (portal, viewer) = server::enter()?;
    let revoked = portal.revoke_invite(&viewer, &app, &invite).await;
    let page = link::staff(&app);
    server::settle(revoked, act::Act::RevokeInvite, page.clone(), "", |()| {
        act::done(page.clone(), act::Done::InviteRevoked)
    })
}

/// Takes somebody off the team.
#[server(prefix = "/ask", endpoint = "remove-member")]
pub async fn remove_member(app: String, person: String) -> Result<(), Failure> {
    use crate::{act, link, server};
    let (portal, viewer) = server::enter()?;
    let removed = portal.remove(&viewer, &app, &person).await;
    let page = link::staff(&app);
    server::settle(removed, act::Act::RemoveMember, page.clone(), "", |()| {
        act::done(page.clone(), act::Done::MemberRemoved)
    })
}

/// Ends a session.
#[server(prefix = "/ask", endpoint = "end-session")]
pub async fn end_session(app: String, session: String) -> Result<(), Failure> {
    use crate::{act, link, server};
    let (portal, viewer) = server::enter()?;
    let ended = portal.end_session(&viewer, &session).await;
    let page = link::staff(&app);
    server::settle(ended, act::Act::EndSession, page.clone(), "", |()| {
        act::done(page.clone(), act::Done::SessionEnded)
    })
}
