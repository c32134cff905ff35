//! Rows as SCIM resources.

use jiff::Timestamp;
use scim::resource::{Reference, Stored, references, render};
use scim::{Projection, ResourceType};
use store::groups::Group;
use store::ids::{DirectoryId, GroupId, UserId};
use store::members::{self, Member, Membership};
use store::users::User;
use store::{Operation, StoreError, Tx};

use super::exchange::Exchange;
use super::reply::Reply;
use crate::directory::Refused;
use crate::directory::groups::SavedGroup;
use crate::directory::users::SavedUser;

/// A user or group as it stands, from whatever answered it.
pub(super) struct Row<'a> {
    pub(super) id: &'a str,
    pub(super) version: i64,
    pub(super) created_at: i64,
    pub(super) updated_at: i64,
    pub(super) body: &'a str,
}

impl<'a> From<&'a User> for Row<'a> {
    fn from(user: &'a User) -> Self {
        Row {
            id: user.id.as_str(),
            version: user.version,
            created_at: user.created_at,
            updated_at: user.updated_at,
            body: &user.body,
        }
    }
}

impl<'a> From<&'a SavedUser> for Row<'a> {
    fn from(user: &'a SavedUser) -> Self {
        Row {
            id: user.id.as_str(),
            version: user.version,
            created_at: user.created_at,
            updated_at: user.updated_at,
            body: &user.body,
        }
    }
}

impl<'a> From<&'a Group> for Row<'a> {
    fn from(group: &'a Group) -> Self {
        Row {
            id: group.id.as_str(),
            version: group.version,
            created_at: group.created_at,
            updated_at: group.updated_at,
            body: &group.body,
        }
    }
}

impl<'a> From<&'a SavedGroup> for Row<'a> {
    fn from(group: &'a SavedGroup) -> Self {
        Row {
            id: group.id.as_str(),
            version: group.version,
            created_at: group.created_at,
            updated_at: group.updated_at,
            body: &group.body,
        }
    }
}

/// A user's JSON with the groups it is a direct member of; none given, none shown.
pub(super) fn user(
    base: &str,
    row: &Row<'_>,
    projection: &Projection,
    groups: &[Membership],
) -> Result<Vec<u8>, Refused> {
    let urls: Vec<String> = groups
        .iter()
        .map(|group| format!("{base}/Groups/{}", group.group_id))
        .collect();
    let entries = groups.iter().zip(&urls).map(|(group, url)| Reference {
        value: group.group_id.as_str(),
        display: Some(&group.display_name),
        kind: Some("direct"),
        location: Some(url),
    });
    let list = references(entries);
    let extra = [("groups", list.as_slice())];
    write(
        base,
        ResourceType::User,
        row,
        projection,
        if groups.is_empty() { &[] } else { &extra },
    )
}

/// A group's JSON with its members, where they are wanted.
pub(super) fn group(
    base: &str,
    row: &Row<'_>,
    projection: &Projection,
    members: Option<&[Member]>,
) -> Result<Vec<u8>, Refused> {
    let members = members.unwrap_or_default();
    let urls: Vec<String> = members
        .iter()
        .map(|member| format!("{base}/{}s/{}", member.kind.as_str(), member.id))
        .collect();
    let entries = members.iter().zip(&urls).map(|(member, url)| Reference {
        value: &member.id,
        display: None,
        kind: Some(member.kind.as_str()),
        location: Some(url),
    });
    let list = references(entries);
    let extra = [("members", list.as_slice())];
    write(
        base,
        ResourceType::Group,
        row,
        projection,
        if members.is_empty() { &[] } else { &extra },
    )
}

fn write(
    base: &str,
    resource: ResourceType,
    row: &Row<'_>,
    projection: &Projection,
    extra: &[(&str, &[u8])],
) -> Result<Vec<u8>, Refused> {
    let location = location(base, resource, row.id);
    let stored = Stored {
        resource,
        id: row.id,
        version: row.version,
        created: &rfc3339(row.created_at),
        last_modified: &rfc3339(row.updated_at),
        location: &location,
        attributes: row.body,
        extra,
    };
    Ok(render(&stored, projection)?)
}

/// The answer to a change: the resource with its tag and place.
pub(super) fn changed(
    status: u16,
    base: &str,
    resource: ResourceType,
    row: &Row<'_>,
    body: Vec<u8>,
) -> Reply {
    Reply {
        status,
        body,
        etag: Some(scim::etag::etag(row.version)),
        location: Some(location(base, resource, row.id)),
    }
}

fn location(base: &str, resource: ResourceType, id: &str) -> String {
    format!("{base}/{}s/{id}", resource.name())
}

fn rfc3339(micros: i64) -> String {
    Timestamp::from_microsecond(micros)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_string()
}

/// The groups of a user, where the projection wants them.
pub(super) async fn memberships(
    exchange: &Exchange,
    projection: &Projection,
    user: &UserId,
) -> Result<Vec<Membership>, Refused> {
    if !projection.wants("groups") {
        return Ok(Vec::new());
    }
    let (directory, user) = (exchange.caller.directory.clone(), user.clone());
    Ok(exchange.face().store.read(GroupsOf { directory, user }).await?)
}

struct GroupsOf {
    directory: DirectoryId,
    user: UserId,
}

impl Operation for GroupsOf {
    type Output = Vec<Membership>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Vec<Membership>, StoreError> {
        groups_of(tx, &self.directory, &[self.user.as_str()]).await
    }
}

/// The groups of some users.
pub(super) async fn groups_of<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    users: &[&str],
) -> Result<Vec<Membership>, StoreError> {
    match users {
        [user] => members::groups_of(tx, directory, user).await,
        users => members::groups_of_many(tx, directory, users).await,
    }
}

/// The members of a group, where the projection wants them; never loaded otherwise (threats T37).
pub(super) async fn members_of(
    exchange: &Exchange,
    projection: &Projection,
    group: &GroupId,
) -> Result<Option<Vec<Member>>, Refused> {
    if !projection.wants("members") {
        return Ok(None);
    }
    let all = AllMembers {
        directory: exchange.caller.directory.clone(),
        group: group.clone(),
    };
    Ok(Some(exchange.face().store.read(all).await?))
}

struct AllMembers {
    directory: DirectoryId,
    group: GroupId,
}

impl Operation for AllMembers {
    type Output = Vec<Member>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Vec<Member>, StoreError> {
        members::all(tx, &self.directory, &self.group).await
    }
}
