//! What follows for the console when an app's staff directory says that somebody has left (threats T59, T60).

use store::ids::{DirectoryId, ExternalId};
use store::{StoreError, Tx, apps, sessions, staff};

/// Ends every session of the people behind a user who is disabled or gone, in the transaction that says so. Nothing happens
/// for a directory that is no app's staff directory.
pub(super) async fn end_sessions<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    external_id: Option<&ExternalId>,
    at: i64,
) -> Result<(), StoreError> {
    let Some(external_id) = external_id else {
        return Ok(());
    };
    for person in staff::of_directory(tx, directory, external_id.as_str()).await? {
        sessions::revoke_of_person(tx, &person.id, at).await?;
    }
    Ok(())
}

/// As [`end_sessions`], and takes away the roles that were given by name in the directory's apps: no row is left by which
/// somebody deleted could be told from somebody who never was there.
pub(super) async fn dismiss<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    external_id: Option<&ExternalId>,
    at: i64,
) -> Result<(), StoreError> {
    let Some(external_id) = external_id else {
        return Ok(());
    };
    let people = staff::of_directory(tx, directory, external_id.as_str()).await?;
    if people.is_empty() {
        return Ok(());
    }
    let apps = apps::list(tx).await?;
    let apps = apps
        .iter()
        .filter(|app| app.staff_directory.as_ref() == Some(directory));
    for app in apps {
        for person in &people {
            staff::remove(tx, &app.id, &person.id).await?;
        }
    }
    for person in &people {
        sessions::revoke_of_person(tx, &person.id, at).await?;
    }
    Ok(())
}
