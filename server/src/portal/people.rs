//! Users and groups, as a directory holds them. An organization's directories are read as one list.

use contract::page::{Page, PageRequest, ROWS_PER_PAGE};
use contract::people::{Group, GroupRef, GroupRow, GroupsQuery, Member, People, User, UserRow, UsersQuery};
use contract::{Answer, Refusal, Viewer};
use scim::resource::columns::{best_email, best_name};
use store::activity::{self, Activity};
use store::groups::{self, MemberCount};
use store::ids::{DirectoryId, GroupId, OrganizationId, UserId};
use store::members::{self, MemberKind, Membership};
use store::page::{Key, Start};
use store::users::{self, UserQuery};
use store::{Operation, StoreError, Tx, directories};

use super::House;
use super::answers::{activity_row, attributes, entra_object_id, last_sent, page};
use super::may::Part;
use crate::directory::attributes_of;
use crate::directory::signals::count;

/// Entries of history on a user's or group's page.
const HISTORY: i64 = 20;

#[async_trait::async_trait]
impl People for House {
    async fn users(&self, viewer: &Viewer, organization: &str, query: &UsersQuery) -> Answer<Page<UserRow>> {
        let row = self.may_see(viewer, organization, Part::People).await?;
        let list = ListUsers {
            organization: row.id,
            query: UserQuery {
                search: query.search.clone(),
                active: query.active,
            },
            start: start(&query.page),
        };
        let found = self.read_heavy(list).await?;
        Ok(page(found, |user| user.key().to_string(), user_row))
    }

    async fn user(&self, viewer: &Viewer, organization: &str, user: &str) -> Answer<User> {
        let row = self.may_see(viewer, organization, Part::People).await?;
        let find = FindUser {
            organization: row.id,
            id: UserId::new(user),
        };
        let found = self.read(find).await?.ok_or(Refusal::NotFound)?;
        let body = attributes_of(&found.user.body).map_err(|error| self.fault(&error))?;
        let external_id = found.user.external_id.as_ref().map(|id| id.as_str().to_owned());
        Ok(User {
            directory: found.user.directory_id.as_str().to_owned(),
            entra_object_id: external_id.as_deref().and_then(entra_object_id),
            external_id,
            created_at: found.user.created_at,
            attributes: attributes(&body),
            groups: found.groups.into_iter().map(group_ref).collect(),
            history: found.history.iter().map(activity_row).collect(),
            last_sent: found.last_sent.as_ref().and_then(last_sent),
            row: user_row(found.user),
        })
    }

    async fn groups(
        &self,
        viewer: &Viewer,
        organization: &str,
        query: &GroupsQuery,
    ) -> Answer<Page<GroupRow>> {
        let row = self.may_see(viewer, organization, Part::People).await?;
        let list = ListGroups {
            organization: row.id,
            search: query.search.clone(),
            start: start(&query.page),
        };
        let (found, counts) = self.read_heavy(list).await?;
        Ok(page(
            found,
            |group| group.key().to_string(),
            |group| group_row(group, &counts),
        ))
    }

    async fn group(
        &self,
        viewer: &Viewer,
        organization: &str,
        group: &str,
        members: &PageRequest,
    ) -> Answer<Group> {
        let row = self.may_see(viewer, organization, Part::People).await?;
        let find = FindGroup {
            organization: row.id,
            id: GroupId::new(group),
            members: Start::from_parts(members.after.clone(), members.before.clone()),
        };
        let found = self.read_heavy(find).await?.ok_or(Refusal::NotFound)?;
        Ok(Group {
            directory: found.group.directory_id.as_str().to_owned(),
            external_id: found.group.external_id.as_ref().map(|id| id.as_str().to_owned()),
            created_at: found.group.created_at,
            members: page(found.members, |member| member.id.clone(), member),
            history: found.history.iter().map(activity_row).collect(),
            last_sent: found.last_sent.as_ref().and_then(last_sent),
            row: group_row(found.group, &found.counts),
        })
    }
}

/// A key that cannot be read is the beginning: an old bookmark is no error.
fn start(request: &PageRequest) -> Start<Key> {
    let read = |key: &Option<String>| key.as_deref().and_then(|key| key.parse().ok());
    Start::from_parts(read(&request.after), read(&request.before))
}

fn user_row(user: users::User) -> UserRow {
    let body = attributes_of(&user.body).unwrap_or_default();
    UserRow {
        display_name: best_name(&body).filter(|name| *name != user.user_name),
        email: best_email(&body).map(str::to_owned),
        id: user.id.into_string(),
        user_name: user.user_name,
        active: user.active,
        updated_at: user.updated_at,
    }
}

fn group_row(group: groups::Group, counts: &[MemberCount]) -> GroupRow {
    let mine = counts.iter().find(|count| count.group_id == group.id);
    GroupRow {
        id: group.id.into_string(),
        display_name: group.display_name,
        members: mine.map_or(0, |mine| count(mine.members)),
        nested_groups: mine.map_or(0, |mine| count(mine.nested_groups)),
        updated_at: group.updated_at,
    }
}

fn group_ref(group: Membership) -> GroupRef {
    GroupRef {
        id: group.group_id.into_string(),
        display_name: group.display_name,
    }
}

fn member(member: members::Member) -> Member {
    Member {
        display: member.display.unwrap_or_else(|| member.id.clone()),
        id: member.id,
        detail: member.user_name,
        is_group: member.kind == MemberKind::Group,
        active: member.active,
    }
}

async fn ids<T: Tx>(tx: &mut T, organization: &OrganizationId) -> Result<Vec<DirectoryId>, StoreError> {
    let directories = directories::list(tx, Some(organization)).await?;
    Ok(directories.into_iter().map(|directory| directory.id).collect())
}

struct ListUsers {
    organization: OrganizationId,
    query: UserQuery,
    start: Start<Key>,
}

impl Operation for ListUsers {
    type Output = store::page::Page<users::User>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Self::Output, StoreError> {
        let ids = ids(tx, &self.organization).await?;
        users::list(tx, &ids, &self.query, &self.start, ROWS_PER_PAGE).await
    }
}

struct FoundUser {
    user: users::User,
    groups: Vec<Membership>,
    history: Vec<Activity>,
    last_sent: Option<Activity>,
}

struct FindUser {
    organization: OrganizationId,
    id: UserId,
}

impl Operation for FindUser {
    type Output = Option<FoundUser>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Option<FoundUser>, StoreError> {
        for directory in ids(tx, &self.organization).await? {
            if let Some(user) = users::get(tx, &directory, &self.id).await? {
                return Ok(Some(FoundUser {
                    groups: members::groups_of(tx, &directory, self.id.as_str()).await?,
                    history: activity::of_subject(tx, &directory, self.id.as_str(), HISTORY).await?,
                    last_sent: activity::last_sent(tx, &directory, self.id.as_str()).await?,
                    user,
                }));
            }
        }
        Ok(None)
    }
}

struct ListGroups {
    organization: OrganizationId,
    search: String,
    start: Start<Key>,
}

impl Operation for ListGroups {
    type Output = (store::page::Page<groups::Group>, Vec<MemberCount>);
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Self::Output, StoreError> {
        let directories = ids(tx, &self.organization).await?;
        let found = groups::list(tx, &directories, &self.search, &self.start, ROWS_PER_PAGE).await?;
        let mut counts = Vec::new();
        for directory in &directories {
            let mine = found.rows.iter().filter(|group| group.directory_id == *directory);
            let mine: Vec<GroupId> = mine.map(|group| group.id.clone()).collect();
            counts.extend(groups::count_members(tx, directory, &mine).await?);
        }
        Ok((found, counts))
    }
}

struct FoundGroup {
    group: groups::Group,
    counts: Vec<MemberCount>,
    members: store::page::Page<members::Member>,
    history: Vec<Activity>,
    last_sent: Option<Activity>,
}

struct FindGroup {
    organization: OrganizationId,
    id: GroupId,
    members: Start<String>,
}

impl Operation for FindGroup {
    type Output = Option<FoundGroup>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Option<FoundGroup>, StoreError> {
        for directory in ids(tx, &self.organization).await? {
            if let Some(group) = groups::get(tx, &directory, &self.id).await? {
                let id = self.id.as_str();
                return Ok(Some(FoundGroup {
                    counts: groups::count_members(tx, &directory, std::slice::from_ref(&self.id)).await?,
                    members: members::page(tx, &directory, &self.id, &self.members, ROWS_PER_PAGE).await?,
                    history: activity::of_subject(tx, &directory, id, HISTORY).await?,
                    last_sent: activity::last_sent(tx, &directory, id).await?,
                    group,
                }));
            }
        }
        Ok(None)
    }
}
