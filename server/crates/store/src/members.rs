//! Members of a group: one row each, so that adding one costs the same in a group of ten and of a hundred thousand.
//!
//! Lock the group first ([`crate::groups::lock`]) and [`crate::groups::touch`] it when something changed.

use std::collections::HashSet;

use store_sql::{Columns, FromRow, StoreError, Tx};

use crate::args;
use crate::compose::json_list;
use crate::ids::{DirectoryId, GroupId};
use crate::page::{Page, Start};
use crate::queries::members as q;
use crate::words::words;

words! {
    /// What a member is.
    MemberKind "member kind" {
        /// A user.
        User = "User",
        /// A group inside the group: recorded, not expanded.
        Group = "Group",
    }
}

/// A member, by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRef {
    /// The user's or group's id.
    pub id: String,
    /// Which of the two.
    pub kind: MemberKind,
}

/// What became of the ids that were to be added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Added {
    /// Members now, and not before.
    pub added: Vec<MemberRef>,
    /// Members before.
    pub already: Vec<String>,
    /// Neither a user nor a group of this directory; nothing was kept of them (threats T19, T36).
    pub unknown: Vec<String>,
}

/// What became of a group whose members were replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replaced {
    /// Members before, and not now.
    pub removed: Vec<MemberRef>,
    /// As for an addition.
    pub added: Added,
}

/// A member as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The user's or group's id.
    pub id: String,
    /// Which of the two.
    pub kind: MemberKind,
    /// When it was added.
    pub added_at: i64,
    /// The `displayName`, or else the `userName`.
    pub display: Option<String>,
    /// A user's `userName`.
    pub user_name: Option<String>,
    /// Whether a user has access; true for groups.
    pub active: bool,
}

/// A membership, seen from the member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The user's or group's id.
    pub member_id: String,
    /// The group.
    pub group_id: GroupId,
    /// The group's `displayName`.
    pub display_name: String,
}

impl FromRow for MemberRef {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.string(0)?,
            kind: MemberKind::read(row, 1)?,
        })
    }
}

impl FromRow for Member {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.string(0)?,
            kind: MemberKind::read(row, 1)?,
            added_at: row.int(2)?,
            display: row.maybe_string(3)?,
            user_name: row.maybe_string(4)?,
            active: row.bool(5)?,
        })
    }
}

impl FromRow for Membership {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            member_id: row.string(0)?,
            group_id: row.text(1)?.into(),
            display_name: row.string(2)?,
        })
    }
}

/// Adds users and groups of this directory to a group, in a few statements however many there are (threat T23).
pub async fn add<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    group: &GroupId,
    ids: &[&str],
    at: i64,
) -> Result<Added, StoreError> {
    if let [id] = ids
        && is_possible(id)
        && tx.execute(&q::ADD_USER, args![directory, group, *id, at]).await? > 0
    {
        let added = vec![MemberRef {
            id: (*id).to_owned(),
            kind: MemberKind::User,
        }];
        return Ok(Added {
            added,
            ..Added::default()
        });
    }
    let mut seen = HashSet::with_capacity(ids.len());
    let (mut rest, unknown): (Vec<&str>, Vec<&str>) = ids
        .iter()
        .copied()
        .filter(|id| seen.insert(*id))
        .partition(|id| is_possible(id));
    let mut result = Added {
        unknown: unknown.into_iter().map(str::to_owned).collect(),
        ..Added::default()
    };
    for (query, kind) in [
        (&q::ADD_USERS, MemberKind::User),
        (&q::ADD_GROUPS, MemberKind::Group),
    ] {
        if rest.is_empty() {
            return Ok(result);
        }
        let added: Vec<String> = tx
            .all(query, args![directory, group, &json_list(&rest), at])
            .await?;
        without(&mut rest, &added);
        result
            .added
            .extend(added.into_iter().map(|id| MemberRef { id, kind }));
    }
    if !rest.is_empty() {
        result.already = tx
            .all(&q::AMONG, args![directory, group, &json_list(&rest)])
            .await?;
        without(&mut rest, &result.already);
        result.unknown.extend(rest.into_iter().map(str::to_owned));
    }
    Ok(result)
}

/// Removes members; those that went.
pub async fn remove<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    group: &GroupId,
    ids: &[&str],
) -> Result<Vec<MemberRef>, StoreError> {
    let possible: Vec<&str> = ids.iter().copied().filter(|id| is_possible(id)).collect();
    match possible[..] {
        [] => Ok(Vec::new()),
        [id] => tx.all(&q::REMOVE_ONE, args![directory, group, id]).await,
        _ => {
            tx.all(&q::REMOVE, args![directory, group, &json_list(&possible)])
                .await
        }
    }
}

/// Removes all members; those that went.
pub async fn clear<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    group: &GroupId,
) -> Result<Vec<MemberRef>, StoreError> {
    tx.all(&q::CLEAR, args![directory, group]).await
}

/// Leaves a group with exactly these members, but for unknown ones.
pub async fn replace<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    group: &GroupId,
    ids: &[&str],
    at: i64,
) -> Result<Replaced, StoreError> {
    let possible: Vec<&str> = ids.iter().copied().filter(|id| is_possible(id)).collect();
    let removed = tx
        .all(&q::REMOVE_OTHERS, args![directory, group, &json_list(&possible)])
        .await?;
    Ok(Replaced {
        removed,
        added: add(tx, directory, group, ids, at).await?,
    })
}

/// How many members a group has.
pub async fn count<T: Tx>(tx: &mut T, directory: &DirectoryId, group: &GroupId) -> Result<i64, StoreError> {
    tx.one(&q::COUNT, args![directory, group]).await
}

/// A page of a group's members, by id.
pub async fn page<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    group: &GroupId,
    start: &Start<String>,
    limit: usize,
) -> Result<Page<Member>, StoreError> {
    let more = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
    let rows = match start {
        Start::First => tx.all(&q::FIRST, args![directory, group, more]).await?,
        Start::After(id) => tx.all(&q::AFTER, args![directory, group, more, id]).await?,
        Start::Before(id) => tx.all(&q::BEFORE, args![directory, group, more, id]).await?,
    };
    let total = count(tx, directory, group).await?;
    Ok(Page::of(rows, start, limit, total))
}

/// All members of a group, by id. At 50 000 of them (threat T37) that is some 10 MB: ask only for who must have them.
pub async fn all<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    group: &GroupId,
) -> Result<Vec<Member>, StoreError> {
    tx.all(&q::FIRST, args![directory, group, i64::MAX]).await
}

/// The groups one user or group is a direct member of, by name.
pub async fn groups_of<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    member: &str,
) -> Result<Vec<Membership>, StoreError> {
    tx.all(&q::GROUPS_OF, args![directory, member]).await
}

/// The groups each of some users or groups is a direct member of, by name.
pub async fn groups_of_many<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    members: &[&str],
) -> Result<Vec<Membership>, StoreError> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    tx.all(&q::GROUPS_OF_MANY, args![directory, &json_list(members)])
        .await
}

/// PostgreSQL keeps no NUL, so no id of ours has one.
fn is_possible(id: &str) -> bool {
    !id.contains('\0')
}

fn without(ids: &mut Vec<&str>, found: &[String]) {
    if found.is_empty() {
        return;
    }
    let found: HashSet<&str> = found.iter().map(String::as_str).collect();
    ids.retain(|id| !found.contains(id));
}
