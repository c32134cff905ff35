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

/// A directory that an app may take its own people from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffDirectory {
    /// `dir_…`
    pub id: String,
    /// Its name.
    pub name: String,
    /// The id of the organization that it belongs to.
    pub organization: String,
    /// That organization's name.
    pub organization_name: String,
    /// The tenant that a token proved to be the organization's, if one did.
    pub tenant_id: Option<String>,
}

/// A group of the staff directory whose members come in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffGroup {
    /// Our id of it.
    pub id: String,
    /// Its name; `None` when it is gone from the directory. Untrusted text.
    pub name: Option<String>,
    /// As what they come in.
    pub role: Role,
    /// How many members it has.
    pub members: u64,
}

/// A group that could be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupChoice {
    /// Our id of it.
    pub id: String,
    /// Its name. Untrusted text.
    pub name: String,
}

/// Somebody whom a group of the staff directory lets in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffByGroup {
    /// Our id of the user.
    pub user: String,
    /// What the directory calls them. Untrusted text.
    pub name: String,
    /// `userName`. Untrusted text.
    pub user_name: String,
    /// The group's name. Untrusted text.
    pub group: String,
    /// As what.
    pub role: Role,
    /// Whether they can sign in, and did.
    pub entry: Entry,
}

/// Whether somebody comes in by their group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// They can, and did not yet.
    NotYet,
    /// They did, at last then.
    Since(Micros),
    /// The directory holds them as disabled.
    Disabled,
    /// Their external id is no Entra object id, so that no sign-in is told theirs (entra-facts E2).
    NoObjectId,
}

/// The directory an app takes its own people from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffSource {
    /// Which.
    pub directory: StaffDirectory,
    /// The tenant they sign in from.
    pub tenant_id: String,
    /// The groups that mean something, owners first.
    pub groups: Vec<StaffGroup>,
    /// Its other groups, by name, the first few hundred.
    pub other_groups: Vec<GroupChoice>,
    /// Who comes in by that, owners first, the first few hundred.
    pub people: Vec<StaffByGroup>,
    /// How many users the groups let in.
    pub total: u64,
    /// How many of them have an external id that is no Entra object id.
    pub without_object_id: u64,
}

/// Where an app's own people may come from, and do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffSources {
    /// The app's directories.
    pub choices: Vec<StaffDirectory>,
    /// The one in use.
    pub source: Option<StaffSource>,
    /// The viewer's own tenant, to suggest.
    pub own_tenant: Option<String>,
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
    /// Where an app's own people come from besides invites.
    async fn staff_sources(&self, viewer: &Viewer, app: &str) -> Answer<StaffSources>;
    /// Takes an app's own people from this directory, as far as they sign in from this tenant. What would leave no owner, or
    /// take the viewer's own role, is a [`crate::Refusal::Conflict`] until it is confirmed; so are the next two.
    async fn use_staff_directory(
        &self,
        viewer: &Viewer,
        app: &str,
        directory: &str,
        tenant_id: &str,
        confirmed: bool,
    ) -> Answer<()>;
    /// Lets the members of a group in as this, or not any more.
    async fn map_staff_group(
        &self,
        viewer: &Viewer,
        app: &str,
        group: &str,
        role: Option<Role>,
        confirmed: bool,
    ) -> Answer<()>;
    /// Takes an app's own people from no directory. Whoever came in only by a group is out.
    async fn stop_staff_directory(&self, viewer: &Viewer, app: &str, confirmed: bool) -> Answer<()>;
    /// What the invite of this token tells. One that is none, was used or has expired answers
    /// [`crate::Refusal::NotFound`].
    async fn invite_offer(&self, token: &str) -> Answer<InviteOffer>;
}
