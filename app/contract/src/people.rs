//! Users and groups, as a directory holds them.

use crate::activity::ActivityRow;
use crate::page::{Page, PageRequest};
use crate::{Answer, Micros, Viewer};
use serde::{Deserialize, Serialize};

/// What a list of users is asked for. Lives in the page's URL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsersQuery {
    /// Part of a user name, display name or e-mail address.
    #[serde(default)]
    pub search: String,
    /// Only active ones, only inactive ones, or both.
    #[serde(default)]
    pub active: Option<bool>,
    /// Which part of the list.
    #[serde(default)]
    pub page: PageRequest,
}

/// One row of the list of users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
    /// Our id.
    pub id: String,
    /// The provider's user name, in Entra: the user principal name.
    pub user_name: String,
    /// The name to show, as the provider sent it. Untrusted text.
    pub display_name: Option<String>,
    /// The work e-mail address, or the first there is.
    pub email: Option<String>,
    /// Whether the user has access.
    pub active: bool,
    /// When anything of it last changed.
    pub updated_at: Micros,
}

/// A user with everything known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// As in the list.
    pub row: UserRow,
    /// Which directory holds it.
    pub directory: String,
    /// The provider's own id for it (`externalId`).
    pub external_id: Option<String>,
    /// Its Entra object id, where `externalId` carries one: a sign-in with Microsoft can be joined to it.
    pub entra_object_id: Option<String>,
    /// When the provider made it.
    pub created_at: Micros,
    /// Each attribute sent, as a path and its text, in reading order.
    pub attributes: Vec<Attribute>,
    /// The groups it is a direct member of.
    pub groups: Vec<GroupRef>,
    /// What happened to it, newest first.
    pub history: Vec<ActivityRow>,
    /// The last body the provider sent for it, without secrets.
    pub last_sent: Option<LastSent>,
}

/// One attribute of a user or group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// Its path as SCIM writes it, `name.givenName`, `emails[type eq "work"].value`, a URN for an extension.
    pub path: String,
    /// Its value as text. Untrusted.
    pub value: String,
}

/// A request body, as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastSent {
    /// When.
    pub at: Micros,
    /// `POST`, `PUT` or `PATCH`.
    pub method: String,
    /// Pretty-printed JSON. Untrusted.
    pub body: String,
}

/// A group, as a user's page names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRef {
    /// Our id.
    pub id: String,
    /// Its name. Untrusted text.
    pub display_name: String,
}

/// What a list of groups is asked for. Lives in the page's URL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupsQuery {
    /// Part of a display name.
    #[serde(default)]
    pub search: String,
    /// Which part of the list.
    #[serde(default)]
    pub page: PageRequest,
}

/// One row of the list of groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRow {
    /// Our id.
    pub id: String,
    /// Its name. Untrusted text.
    pub display_name: String,
    /// Direct members.
    pub members: u64,
    /// Direct members that are groups themselves: recorded, never expanded, because Entra does not expand them either.
    pub nested_groups: u64,
    /// When anything of it last changed.
    pub updated_at: Micros,
}

/// A group with one page of its members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// As in the list.
    pub row: GroupRow,
    /// Which directory holds it.
    pub directory: String,
    /// The provider's own id for it; Entra's default is the group's object id.
    pub external_id: Option<String>,
    /// When the provider made it.
    pub created_at: Micros,
    /// Its direct members.
    pub members: Page<Member>,
    /// What happened to it, newest first.
    pub history: Vec<ActivityRow>,
    /// The last body the provider sent for it, without secrets.
    pub last_sent: Option<LastSent>,
}

/// A direct member of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Our id of the user or group.
    pub id: String,
    /// The user's name, or the nested group's. Untrusted text.
    pub display: String,
    /// Second line: the user name.
    pub detail: Option<String>,
    /// Is it a group inside the group?
    pub is_group: bool,
    /// For a user: whether it has access.
    pub active: bool,
}

/// The questions about users and groups. An organization's directories are read as one list.
#[async_trait::async_trait]
pub trait People {
    /// Users of an organization, by user name.
    async fn users(&self, viewer: &Viewer, organization: &str, query: &UsersQuery) -> Answer<Page<UserRow>>;
    /// One user.
    async fn user(&self, viewer: &Viewer, organization: &str, user: &str) -> Answer<User>;
    /// Groups of an organization, by display name.
    async fn groups(
        &self,
        viewer: &Viewer,
        organization: &str,
        query: &GroupsQuery,
    ) -> Answer<Page<GroupRow>>;
    /// One group with a page of its members.
    async fn group(
        &self,
        viewer: &Viewer,
        organization: &str,
        group: &str,
        members: &PageRequest,
    ) -> Answer<Group>;
}
