//! People who sign in with Microsoft, and what they may do in the console. A person is tenant and object id, never an
//! address (threat T40).

use store_sql::{Columns, FromRow, StoreError, Tx};

use crate::args;
use crate::ids::{AppId, DirectoryId, GroupId, PersonId};
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
/// directory holds as disabled: whoever is deprovisioned stays out whatever else is written (threats T59, T60).
pub async fn roles<T: Tx>(tx: &mut T, person: &PersonId) -> Result<Vec<AppRole>, StoreError> {
    if is_blocked(tx, person).await? {
        return Ok(Vec::new());
    }
    tx.all(&q::ROLES, args![person]).await
}

/// Whether an app's staff directory holds a person as disabled.
pub async fn is_blocked<T: Tx>(tx: &mut T, person: &PersonId) -> Result<bool, StoreError> {
    let times: Option<i64> = tx.first(&q::BLOCKED, args![person]).await?;
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
