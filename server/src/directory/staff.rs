//! The directory that an app's own people come from, and what its groups mean: set by an owner or an operator.

use contract::refusal::Why;
use contract::{Identity, Refusal};
use store::ids::{AppId, DirectoryId, GroupId};
use store::sessions::Role;
use store::staff::{self, Person};
use store::{Operation, StoreError, Tx, apps, directories, groups};

use super::dismissal;

/// What is to be done with an app's staff directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StaffEdit {
    /// Take people from this directory of the app, who sign in from this tenant. Another one than before starts without
    /// groups.
    Use(DirectoryId, String),
    /// Let a group's members in as this, or not any more.
    Map(GroupId, Option<Role>),
    /// Take people from no directory.
    Stop,
}

/// Changes an app's staff directory. Whoever may do nothing by it any more is out when it is written.
#[derive(Debug)]
pub struct EditStaff {
    /// Of which app.
    pub app: AppId,
    /// What to do.
    pub edits: Vec<StaffEdit>,
    /// Who does it, as Microsoft knows them; `None` for whoever needs no role: the operator.
    pub by: Option<Identity>,
    /// Whether it is to be done even if nobody, or not whoever does it, owns the app afterwards.
    pub confirmed: bool,
    /// Now.
    pub at: i64,
}

/// Why it was not done. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum StaffRefused {
    /// The change cannot be made, or wants to be confirmed.
    #[error(transparent)]
    Refusal(#[from] Refusal),
    /// The store could not.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Operation for EditStaff {
    type Output = ();
    type Error = StaffRefused;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StaffRefused> {
        let before = apps::get(tx, &self.app).await?.ok_or(Refusal::NotFound)?;
        let mut people = behind(tx, &before).await?;
        let owned = self.owners(tx).await? > 0;
        for edit in &self.edits {
            self.carry_out(tx, edit).await?;
        }
        let after = apps::get(tx, &self.app).await?.ok_or(Refusal::NotFound)?;
        if before.staff_directory != after.staff_directory {
            withdraw(tx, &people, &before).await?;
        }
        if !self.confirmed {
            self.require_owners(tx, owned).await?;
        }
        people.extend(behind(tx, &after).await?);
        Ok(dismissal::sweep(tx, &people, self.at).await?)
    }
}

impl EditStaff {
    async fn carry_out<T: Tx>(&self, tx: &mut T, edit: &StaffEdit) -> Result<(), StaffRefused> {
        let app = apps::get(tx, &self.app).await?.ok_or(Refusal::NotFound)?;
        match edit {
            StaffEdit::Use(directory, tenant) => {
                let found = directories::get(tx, directory).await?;
                if found.is_none_or(|found| found.app_id != self.app) {
                    return Err(Refusal::invalid("directory", Why::NotOffered).into());
                }
                let fresh = app.staff_directory.as_ref() != Some(directory);
                set(tx, app, Some((directory, tenant)), fresh).await?;
            }
            StaffEdit::Map(group, role) => {
                let offered = match &app.staff_directory {
                    Some(directory) => groups::get(tx, directory, group).await?.is_some(),
                    None => false,
                };
                // A group that is gone can still be taken off the list.
                if !offered && role.is_some() {
                    return Err(Refusal::invalid("group", Why::NotOffered).into());
                }
                staff::map_group(tx, &self.app, group, *role).await?;
            }
            StaffEdit::Stop => set(tx, app, None, true).await?,
        }
        Ok(())
    }

    async fn owners<T: Tx>(&self, tx: &mut T) -> Result<i64, StoreError> {
        let mut named = 0;
        for (person, role) in staff::list(tx, &self.app).await? {
            let counts = role == Role::Owner && !staff::is_blocked(tx, &person.id).await?;
            named += i64::from(counts);
        }
        Ok(named + staff::count_by_group(tx, &self.app).await?.owners)
    }

    /// Nobody takes the last way in from everybody, or their own from themselves, without having been told.
    async fn require_owners<T: Tx>(&self, tx: &mut T, owned: bool) -> Result<(), StaffRefused> {
        if owned && self.owners(tx).await? == 0 {
            return Err(Refusal::Conflict {
                why: Why::NoOwnerLeft,
            }
            .into());
        }
        let Some(Identity { tenant_id, object_id }) = &self.by else {
            return Ok(());
        };
        let mut owns = false;
        if let Some(me) = staff::of_identity(tx, tenant_id, object_id).await? {
            let roles = staff::roles(tx, &me.id).await?;
            owns = roles
                .iter()
                .any(|role| role.app == self.app && role.role == Role::Owner);
        }
        if owns {
            return Ok(());
        }
        Err(Refusal::Conflict {
            why: Why::OwnRoleLost,
        }
        .into())
    }
}

async fn set<T: Tx>(
    tx: &mut T,
    app: apps::App,
    from: Option<(&DirectoryId, &String)>,
    without_groups: bool,
) -> Result<(), StoreError> {
    let app = apps::App {
        staff_directory: from.map(|(directory, _)| directory.clone()),
        staff_tenant: from.map(|(_, tenant)| tenant.clone()),
        ..app
    };
    apps::set(tx, &app).await?;
    if without_groups {
        staff::set_groups(tx, &app.id, &[]).await?;
    }
    Ok(())
}

/// Whoever the directory held as disabled has no role by name left when it is not asked any more.
async fn withdraw<T: Tx>(tx: &mut T, people: &[Person], before: &apps::App) -> Result<(), StoreError> {
    let Some(directory) = &before.staff_directory else {
        return Ok(());
    };
    for person in people {
        if staff::is_disabled_in(tx, &person.id, directory).await? {
            staff::remove(tx, &before.id, &person.id).await?;
        }
    }
    Ok(())
}

async fn behind<T: Tx>(tx: &mut T, app: &apps::App) -> Result<Vec<Person>, StoreError> {
    match &app.staff_directory {
        Some(directory) => staff::behind(tx, directory).await,
        None => Ok(Vec::new()),
    }
}

/// Apps that took people from a directory that goes: they take them from none, and those people are out.
pub(super) async fn forget<T: Tx>(tx: &mut T, directory: &DirectoryId, at: i64) -> Result<(), StoreError> {
    let apps = apps::of_staff_directory(tx, directory).await?;
    if apps.is_empty() {
        return Ok(());
    }
    let people = staff::behind(tx, directory).await?;
    for app in apps {
        set(tx, app.clone(), None, true).await?;
        withdraw(tx, &people, &app).await?;
    }
    dismissal::sweep(tx, &people, at).await
}
