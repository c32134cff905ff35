//! Groups of a directory, without their members: those are rows of their own, see [`crate::members`].

use store_sql::{Columns, FromRow, StoreError, Tx};

use crate::args;
use crate::compose::{Sql, json_list, like};
use crate::ids::{DirectoryId, ExternalId, GroupId};
use crate::page::{Key, Page, Start};
use crate::queries::{groups as q, members};
use scim::fold;

/// A group's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its place in the order of arrival.
    pub seq: i64,
    /// Our id.
    pub id: GroupId,
    /// The directory that holds it.
    pub directory_id: DirectoryId,
    /// `displayName`, as it was sent.
    pub display_name: String,
    /// `displayName`, folded.
    pub display_name_fold: String,
    /// The provider's own id for it.
    pub external_id: Option<ExternalId>,
    /// Grows by one with each change, of members too.
    pub version: i64,
    /// When it came.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
    /// Its attributes as JSON, without members.
    pub body: String,
}

impl Group {
    /// Its place in [`list`].
    #[must_use]
    pub fn key(&self) -> Key {
        Key {
            fold: self.display_name_fold.clone(),
            id: self.id.as_str().to_owned(),
        }
    }
}

/// What a group is to be kept as. The store folds what is compared.
#[derive(Debug, Clone, Copy)]
pub struct GroupFields<'a> {
    /// `displayName`, as it was sent.
    pub display_name: &'a str,
    /// The provider's own id for it.
    pub external_id: Option<&'a str>,
    /// Its attributes as JSON, without members.
    pub body: &'a str,
}

/// How many members a group has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberCount {
    /// The group.
    pub group_id: GroupId,
    /// Direct members.
    pub members: i64,
    /// Those of them that are groups.
    pub nested_groups: i64,
}

impl FromRow for Group {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            seq: row.int(0)?,
            id: row.text(1)?.into(),
            directory_id: row.text(2)?.into(),
            display_name: row.string(3)?,
            display_name_fold: row.string(4)?,
            external_id: row.maybe_text(5)?.map(ExternalId::from),
            version: row.int(6)?,
            created_at: row.int(7)?,
            updated_at: row.int(8)?,
            body: row.string(9)?,
        })
    }
}

impl FromRow for MemberCount {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            group_id: row.text(0)?.into(),
            members: row.int(1)?,
            nested_groups: row.int(2)?,
        })
    }
}

/// Makes a group at version 1.
pub async fn insert<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    id: &GroupId,
    group: &GroupFields<'_>,
    at: i64,
) -> Result<(), StoreError> {
    let GroupFields {
        display_name,
        external_id,
        body,
    } = *group;
    let fold = fold(display_name);
    let row = args![id, directory, display_name, &fold, external_id, at, body];
    tx.execute(&q::INSERT, row).await.map(drop)
}

/// One group.
pub async fn get<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    id: &GroupId,
) -> Result<Option<Group>, StoreError> {
    tx.first(&q::GET, args![directory, id]).await
}

/// One group, held until the transaction ends (threat T31). Lock it before its members are changed.
pub async fn lock<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    id: &GroupId,
) -> Result<Option<Group>, StoreError> {
    tx.first(&q::LOCK, args![directory, id]).await
}

/// Keeps `before`, as it was locked or read in this transaction, as `after`, one version up. `false`, and nothing
/// written, when it is not at that version any more.
pub async fn update<T: Tx>(
    tx: &mut T,
    before: &Group,
    after: &GroupFields<'_>,
    at: i64,
) -> Result<bool, StoreError> {
    let fold = fold(after.display_name);
    let row = args![
        &before.directory_id,
        &before.id,
        after.display_name,
        &fold,
        after.external_id,
        at,
        after.body,
        before.version
    ];
    Ok(tx.execute(&q::UPDATE, row).await? > 0)
}

/// One version up, nothing else: its members changed. Costs the same however many there are. `false`, and nothing
/// written, when it is not at that version any more.
pub async fn touch<T: Tx>(tx: &mut T, before: &Group, at: i64) -> Result<bool, StoreError> {
    let row = args![&before.directory_id, &before.id, at, before.version];
    Ok(tx.execute(&q::TOUCH, row).await? > 0)
}

/// Removes a group, its members and its own memberships; whether there was such a group.
pub async fn delete<T: Tx>(tx: &mut T, directory: &DirectoryId, id: &GroupId) -> Result<bool, StoreError> {
    if tx.execute(&q::DELETE, args![directory, id]).await? == 0 {
        return Ok(false);
    }
    tx.execute(&members::EMPTY, args![directory, id]).await?;
    tx.execute(&members::FORGET, args![directory, id]).await?;
    Ok(true)
}

/// Groups of this `displayName`, in whatever case: it is not unique.
pub async fn find_by_display_name<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    display_name: &str,
    limit: i64,
) -> Result<Vec<Group>, StoreError> {
    tx.all(
        &q::FIND_BY_DISPLAY_NAME,
        args![directory, &fold(display_name), limit],
    )
    .await
}

/// Groups of this `externalId`: it is not unique.
pub async fn find_by_external_id<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    external_id: &str,
    limit: i64,
) -> Result<Vec<Group>, StoreError> {
    tx.all(&q::FIND_BY_EXTERNAL_ID, args![directory, external_id, limit])
        .await
}

/// How many groups a directory holds.
pub async fn count<T: Tx>(tx: &mut T, directory: &DirectoryId) -> Result<i64, StoreError> {
    tx.one(&q::COUNT, args![directory]).await
}

/// How many members each of some groups has; groups without members are left out.
pub async fn count_members<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    ids: &[GroupId],
) -> Result<Vec<MemberCount>, StoreError> {
    tx.all(&q::COUNT_MEMBERS, args![directory, &json_list(ids)]).await
}

/// A page of the groups of some directories whose `displayName` contains `search`, in whatever case, by `displayName`.
/// Ask with [`crate::Store::read_heavy`].
pub async fn list<T: Tx>(
    tx: &mut T,
    directories: &[DirectoryId],
    search: &str,
    start: &Start<Key>,
    limit: usize,
) -> Result<Page<Group>, StoreError> {
    let text = fold(search);
    let pattern = (!text.is_empty()).then(|| like("%", &text, "%"));
    let mut page = Sql::new();
    for (number, directory) in directories.iter().enumerate() {
        page.push(if number > 0 {
            " UNION ALL SELECT * FROM (SELECT "
        } else {
            "SELECT * FROM (SELECT "
        });
        page.push(q::group_columns!())
            .push(" FROM groups WHERE directory_id = ")
            .bind(directory);
        restrict(&mut page, pattern.as_deref());
        crate::lists::seek(&mut page, "display_name_fold", start, limit);
        page.push(") AS page");
    }
    if directories.is_empty() {
        return Ok(Page::of(Vec::new(), start, limit, 0));
    }
    crate::lists::order(&mut page, "display_name_fold", start, limit);
    let mut total = Sql::new();
    total.push("SELECT COUNT(*) FROM groups WHERE ");
    crate::lists::within(&mut total, directories);
    restrict(&mut total, pattern.as_deref());
    let rows = tx.all_of(page.text(), page.args()).await?;
    let total = tx.all_of::<i64>(total.text(), total.args()).await?;
    Ok(Page::of(
        rows,
        start,
        limit,
        total.first().copied().unwrap_or_default(),
    ))
}

fn restrict<'a>(sql: &mut Sql<'a>, pattern: Option<&'a str>) {
    if let Some(pattern) = pattern {
        sql.push(" AND display_name_fold LIKE ")
            .bind(pattern)
            .push(r" ESCAPE '\'");
    }
}
