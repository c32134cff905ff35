//! Staff: the people of an app's own team who may sign in to the console, their invites and everybody's sessions.

use crate::{Answer, Micros, Role, Viewer};
use serde::{Deserialize, Serialize};

/// Somebody who may sign in to the console for an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffMember {
    /// Our id of the person.
    pub person_id: String,
    /// Display name as last signed in. Untrusted text.
    pub name: String,
    /// User principal name as last signed in, to show only. Untrusted text.
    pub address: String,
    /// The tenant they sign in from.
    pub tenant_id: String,
    /// What they may do.
    pub role: Role,
    /// When they last signed in.
    pub last_sign_in_at: Option<Micros>,
}

/// An invite that nobody used yet, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite {
    /// Its public id.
    pub id: String,
    /// What it makes of whoever uses it.
    pub role: Role,
    /// For whom it is, as its maker wrote.
    pub note: String,
    /// When it ends by itself.
    pub expires_at: Micros,
}

/// Who belongs to an app's team, and who is invited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Members, by name.
    pub members: Vec<StaffMember>,
    /// Invites that still open, newest first.
    pub invites: Vec<Invite>,
}

/// What an invite's page tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteOffer {
    /// The app's name.
    pub app: String,
    /// What it makes of whoever uses it.
    pub role: Role,
    /// When it ends by itself.
    pub expires_at: Micros,
}

/// A session of the console or of a setup link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// The public half of its id.
    pub id: String,
    /// Whose. Untrusted text.
    pub person: String,
    /// As what.
    pub role: Role,
    /// When it began.
    pub created_at: Micros,
    /// When it was last used.
    pub seen_at: Micros,
    /// Is it the one that asks?
    pub current: bool,
}

/// The questions about staff.
#[async_trait::async_trait]
pub trait Staff {
    /// The team of an app.
    async fn staff(&self, viewer: &Viewer, app: &str) -> Answer<Team>;
    /// Makes an invite and answers its id. [`Staff::reveal_invite`] shows its address.
    async fn invite(&self, viewer: &Viewer, app: &str, role: Role, note: &str) -> Answer<String>;
    /// The address of an invite just made in this very session: once, then never again.
    async fn reveal_invite(&self, viewer: &Viewer, invite: &str) -> Answer<Option<String>>;
    /// Ends an invite.
    async fn revoke_invite(&self, viewer: &Viewer, app: &str, invite: &str) -> Answer<()>;
    /// Takes somebody off the team, and ends their sessions.
    async fn remove(&self, viewer: &Viewer, app: &str, person: &str) -> Answer<()>;
    /// The sessions the viewer may see: an owner those of their apps, anybody else their own. Newest first.
    async fn sessions(&self, viewer: &Viewer) -> Answer<Vec<SessionRow>>;
    /// Ends a session at once.
    async fn end_session(&self, viewer: &Viewer, session: &str) -> Answer<()>;
    /// What the invite of this token tells. One that is none, was used or has expired answers
    /// [`crate::Refusal::NotFound`].
    async fn invite_offer(&self, token: &str) -> Answer<InviteOffer>;
}
