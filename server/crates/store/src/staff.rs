//! People who sign in with Microsoft, and what they may do in the console. A person is tenant and object id, never an
//! address (threat T40).

use store_sql::{Columns, FromRow, StoreError, Tx};

use crate::args;
use crate::ids::{AppId, DirectoryId, GroupId, PersonId, UserId};
use crate::queries::staff as q;
use crate::sessions::Role;

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Our id.
    pub id: PersonId,
    /// The Entra tenant.
    pub tenant_id: String,
    /// The object id in it.
    pub object_id: String,
    /// For display only.
    pub name: String,
    /// The user principal name, for display only.
    pub address: String,
    /// When first seen.
    pub created_at: i64,
    /// When last signed in; 0 for somebody who never did.
    pub last_sign_in_at: i64,
}

/// What somebody may do in one app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppRole {
    /// The app.
    pub app: AppId,
    /// As what.
    pub role: Role,
}

/// A group of the staff directory and what its members may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffGroup {
    /// The group.
    pub group: GroupId,
    /// As what.
    pub role: Role,
}

/// A user of the staff directory whom a group lets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByGroup {
    /// The user.
    pub user: UserId,
    /// What the directory calls them.
    pub name: String,
    /// `userName`.
    pub user_name: String,
    /// The provider's own id, which must be the Entra object id for a sign-in to be told theirs.
    pub external_id: Option<String>,
    /// Whether the directory holds them as active.
    pub active: bool,
    /// The group's name.
    pub group: String,
    /// As what.
    pub role: Role,
    /// When they last signed in.
    pub last_sign_in_at: Option<i64>,
}

impl FromRow for ByGroup {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            user: row.text(0)?.into(),
            name: row.string(1)?,
            user_name: row.string(2)?,
            external_id: row.maybe_string(3)?,
            active: row.bool(4)?,
            group: row.string(5)?,
            role: Role::read(row, 6)?,
            last_sign_in_at: row.maybe_int(7)?,
        })
    }
}

/// How many users of the staff directory its groups let in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CountByGroup {
    /// All of them.
    pub users: i64,
    /// Those whose external id is no object id: no sign-in can be told theirs.
    pub without_object_id: i64,
    /// Those who are active, can sign in, and own.
    pub owners: i64,
}

impl FromRow for CountByGroup {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            users: row.int(0)?,
            without_object_id: row.int(1)?,
            owners: row.int(2)?,
        })
    }
}

impl FromRow for Person {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text(0)?.into(),
            tenant_id: row.string(1)?,
            object_id: row.string(2)?,
            name: row.string(3)?,
            address: row.string(4)?,
            created_at: row.int(5)?,
            last_sign_in_at: row.int(6)?,
        })
    }
}

struct Member(Person, Role);

impl FromRow for Member {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self(Person::from_row(row)?, Role::read(row, 7)?))
    }
}

impl FromRow for AppRole {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            app: row.text(0)?.into(),
            role: Role::read(row, 1)?,
        })
    }
}

impl FromRow for StaffGroup {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            group: row.text(0)?.into(),
            role: Role::read(row, 1)?,
        })
    }
}

/// Notes that a person signed in: makes it, or brings name and address up to date. The row as it stands then; the id is
/// the given one only for a new person.
pub async fn signed_in<T: Tx>(tx: &mut T, person: &Person) -> Result<Person, StoreError> {
    let Person {
        id,
        tenant_id,
        object_id,
        name,
        address,
        last_sign_in_at,
        ..
    } = person;
    let row = args![id, tenant_id, object_id, name, address, *last_sign_in_at];
    let kept = tx.first(&q::SIGNED_IN, row).await?;
    kept.ok_or_else(|| StoreError::Internal("a person was not kept".to_owned()))
}

/// Makes a person who never signed in, unless they are known; the row as it stands then.
pub async fn expect<T: Tx>(tx: &mut T, person: &Person) -> Result<Person, StoreError> {
    let Person {
        id,
        tenant_id,
        object_id,
        name,
        address,
        created_at,
        ..
    } = person;
    let row = args![id, tenant_id, object_id, name, address, *created_at];
    let kept = tx.first(&q::EXPECT, row).await?;
    kept.ok_or_else(|| StoreError::Internal("a person was not kept".to_owned()))
}

/// One person.
pub async fn person<T: Tx>(tx: &mut T, id: &PersonId) -> Result<Option<Person>, StoreError> {
    tx.first(&q::PERSON, args![id]).await
}

/// The person of a tenant and object id, once they signed in here.
pub async fn of_identity<T: Tx>(
    tx: &mut T,
    tenant: &str,
    object_id: &str,
) -> Result<Option<Person>, StoreError> {
    tx.first(&q::OF_IDENTITY, args![tenant, object_id]).await
}

/// Gives a person a role in an app, or another one.
pub async fn add<T: Tx>(
    tx: &mut T,
    app: &AppId,
    person: &PersonId,
    role: Role,
    at: i64,
) -> Result<(), StoreError> {
    tx.execute(&q::ADD, args![app, person, role.as_str(), at])
        .await
        .map(drop)
}

/// Takes a person's role in an app away; whether there was one.
pub async fn remove<T: Tx>(tx: &mut T, app: &AppId, person: &PersonId) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::REMOVE, args![app, person]).await? > 0)
}

/// The staff of an app by name, without those who have their role by a group.
pub async fn list<T: Tx>(tx: &mut T, app: &AppId) -> Result<Vec<(Person, Role)>, StoreError> {
    let members: Vec<Member> = tx.all(&q::LIST, args![app]).await?;
    Ok(members
        .into_iter()
        .map(|Member(person, role)| (person, role))
        .collect())
}

/// What a person may do, by app; an app twice when name and group say different things. Empty for somebody whom a staff
/// directory put out: whoever is deprovisioned stays out whatever else is written (threats T59, T60).
pub async fn roles<T: Tx>(tx: &mut T, person: &PersonId) -> Result<Vec<AppRole>, StoreError> {
    if is_blocked(tx, person).await? {
        return Ok(Vec::new());
    }
    tx.all(&q::ROLES, args![person]).await
}

/// Whether an app's staff directory holds a person as disabled, or deleted them and does not hold them anew.
pub async fn is_blocked<T: Tx>(tx: &mut T, person: &PersonId) -> Result<bool, StoreError> {
    let times: Option<i64> = tx.first(&q::BLOCKED, args![person]).await?;
    Ok(times.is_some_and(|times| times > 0))
}

/// Whether a directory holds a person as disabled, be it an app's staff directory or not.
pub async fn is_disabled_in<T: Tx>(
    tx: &mut T,
    person: &PersonId,
    directory: &DirectoryId,
) -> Result<bool, StoreError> {
    let times: Option<i64> = tx.first(&q::DISABLED_IN, args![person, directory]).await?;
    Ok(times.is_some_and(|times| times > 0))
}

/// The people behind a user of a directory, if it is an app's staff directory.
pub async fn of_directory<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    object_id: &str,
) -> Result<Vec<Person>, StoreError> {
    tx.all(&q::OF_DIRECTORY, args![directory, object_id]).await
}

/// Notes that a staff directory put a person out: nothing of theirs from before counts any more, and nothing new begins
/// until that directory holds them as active (threats T59, T60).
pub async fn bar<T: Tx>(tx: &mut T, person: &PersonId, by: &DirectoryId, at: i64) -> Result<(), StoreError> {
    tx.execute(&q::BAR, args![person, by, at]).await.map(drop)
}

/// When a staff directory last put a person out.
pub async fn barred_at<T: Tx>(tx: &mut T, person: &PersonId) -> Result<Option<i64>, StoreError> {
    let found: Option<Option<i64>> = tx.first(&q::BARRED_AT, args![person]).await?;
    Ok(found.flatten())
}

/// Everybody who has signed in here and stands in a directory that is an app's staff directory.
pub async fn behind<T: Tx>(tx: &mut T, directory: &DirectoryId) -> Result<Vec<Person>, StoreError> {
    tx.all(&q::BEHIND, args![directory]).await
}

/// Whether a group means something for the app whose staff directory holds it.
pub async fn is_mapped<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    group: &GroupId,
) -> Result<bool, StoreError> {
    let times: Option<i64> = tx.first(&q::MAPPED, args![directory, group]).await?;
    Ok(times.is_some_and(|times| times > 0))
}

/// Who comes in by a group, once for each of their groups: owners first, by user name, at most `limit`.
pub async fn by_group<T: Tx>(tx: &mut T, app: &AppId, limit: i64) -> Result<Vec<ByGroup>, StoreError> {
    tx.all(&q::BY_GROUP, args![app, limit]).await
}

/// How many come in by a group.
pub async fn count_by_group<T: Tx>(tx: &mut T, app: &AppId) -> Result<CountByGroup, StoreError> {
    let found: Option<CountByGroup> = tx.first(&q::COUNT_BY_GROUP, args![app]).await?;
    Ok(found.unwrap_or_default())
}

/// Sets what a group of its staff directory means for an app; `None`: nothing any more.
pub async fn map_group<T: Tx>(
    tx: &mut T,
    app: &AppId,
    group: &GroupId,
    role: Option<Role>,
) -> Result<(), StoreError> {
    tx.execute(&q::FORGET_GROUP, args![app, group]).await?;
    if let Some(role) = role {
        tx.execute(&q::ADD_GROUP, args![app, group, role.as_str()])
            .await?;
    }
    Ok(())
}

/// Sets which groups of its staff directory mean what for an app.
pub async fn set_groups<T: Tx>(tx: &mut T, app: &AppId, groups: &[StaffGroup]) -> Result<(), StoreError> {
    tx.execute(&q::CLEAR_GROUPS, args![app]).await?;
    for StaffGroup { group, role } in groups {
        tx.execute(&q::ADD_GROUP, args![app, group, role.as_str()])
            .await?;
    }
    Ok(())
}

/// Which groups of its staff directory mean what for an app.
pub async fn groups<T: Tx>(tx: &mut T, app: &AppId) -> Result<Vec<StaffGroup>, StoreError> {
    tx.all(&q::GROUPS, args![app]).await
}
