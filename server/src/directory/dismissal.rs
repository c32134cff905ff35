//! What follows for the console when an app's staff directory says that somebody has left (threats T59, T60).
//!
//! All of it happens in the transaction that says so: sessions end, setup links and invites they made open nothing more, and
//! what they began at Microsoft comes to nothing. When the directory takes them back, none of that comes to life again.

use store::ids::{DirectoryId, ExternalId, OrganizationId, SetupLinkId};
use store::staff::Person;
use store::{StoreError, Tx, apps, invites, sessions, setup_links, staff};

use crate::reach::is_from;

/// Puts out the people behind a user who is disabled, or whose object id is another now. Nothing happens for a directory
/// that is no app's staff directory.
pub(super) async fn put_out<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    external_id: Option<&ExternalId>,
    at: i64,
) -> Result<Vec<Person>, StoreError> {
    let Some(external_id) = external_id else {
        return Ok(Vec::new());
    };
    let people = staff::of_directory(tx, directory, external_id.as_str()).await?;
    for person in &people {
        staff::bar(tx, &person.id, directory, at).await?;
        end_all(tx, person, at).await?;
    }
    Ok(people)
}

/// As [`put_out`], and takes away the roles that were given by name in the directory's apps: no row is left by which
/// somebody deleted could be told from somebody who never was there.
pub(super) async fn dismiss<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    external_id: Option<&ExternalId>,
    at: i64,
) -> Result<(), StoreError> {
    let people = put_out(tx, directory, external_id, at).await?;
    if people.is_empty() {
        return Ok(());
    }
    for app in apps::of_staff_directory(tx, directory).await? {
        for person in &people {
            staff::remove(tx, &app.id, &person.id).await?;
        }
    }
    Ok(())
}

/// Ends what those of some people have who may do nothing any more: they left the last group that let them in, or the
/// group or the directory means nothing now.
pub(super) async fn sweep<T: Tx>(tx: &mut T, people: &[Person], at: i64) -> Result<(), StoreError> {
    for person in people {
        if staff::roles(tx, &person.id).await?.is_empty() {
            end_all(tx, person, at).await?;
        }
    }
    Ok(())
}

async fn end_all<T: Tx>(tx: &mut T, person: &Person, at: i64) -> Result<(), StoreError> {
    sessions::revoke_of_person(tx, &person.id, at).await?;
    invites::revoke_of_maker(tx, &person.id).await?;
    for link in setup_links::made_by(tx, &person.id, at).await? {
        end_link(tx, &link.organization, &link.id, at).await?;
    }
    Ok(())
}

/// Ends a setup link, those that its holders made, and the sessions of all of them; whether it was alive.
pub(crate) async fn end_link<T: Tx>(
    tx: &mut T,
    organization: &OrganizationId,
    link: &SetupLinkId,
    at: i64,
) -> Result<bool, StoreError> {
    if !setup_links::revoke(tx, organization, link, at).await? {
        return Ok(false);
    }
    let all = setup_links::list(tx, organization).await?;
    let mut ended = vec![link];
    let mut next = 0;
    while let Some(link) = ended.get(next).copied() {
        sessions::revoke_of_link(tx, link, at).await?;
        for made in all.iter().filter(|made| is_from(made, link)) {
            setup_links::revoke(tx, organization, &made.id, at).await?;
            ended.push(&made.id);
        }
        next += 1;
    }
    Ok(true)
}
