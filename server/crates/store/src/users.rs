//! Users of a directory.

use store_sql::{Columns, FromRow, StoreError, Tx};

use crate::args;
use crate::compose::{Sql, json_list, like};
use crate::ids::{DirectoryId, ExternalId, UserId};
use crate::page::{Key, Page, Start};
use crate::queries::{members, users as q};
use scim::fold;

/// A user's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its place in the order of arrival.
    pub seq: i64,
    /// Our id.
    pub id: UserId,
    /// The directory that holds it.
    pub directory_id: DirectoryId,
    /// `userName`, as it was sent.
    pub user_name: String,
    /// `userName`, folded.
    pub user_name_fold: String,
    /// The provider's own id for it.
    pub external_id: Option<ExternalId>,
    /// `displayName`, as it was sent.
    pub display_name: Option<String>,
    /// E-mail addresses, folded, each on a line of its own.
    pub emails_fold: Option<String>,
    /// Whether it has access.
    pub active: bool,
    /// Grows by one with each change.
    pub version: i64,
    /// When it came.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
    /// Its attributes as JSON.
    pub body: String,
}

impl User {
    /// Its place in [`list`].
    #[must_use]
    pub fn key(&self) -> Key {
        Key {
            fold: self.user_name_fold.clone(),
            id: self.id.as_str().to_owned(),
        }
    }
}

/// What a user is to be kept as. The store folds what is compared.
#[derive(Debug, Clone, Copy)]
pub struct UserFields<'a> {
    /// `userName`, as it was sent.
    pub user_name: &'a str,
    /// The provider's own id for it.
    pub external_id: Option<&'a str>,
    /// `displayName`, as it was sent.
    pub display_name: Option<&'a str>,
    /// E-mail addresses, as they were sent.
    pub emails: &'a [&'a str],
    /// Whether it has access.
    pub active: bool,
    /// Its attributes as JSON.
    pub body: &'a str,
}

impl FromRow for User {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            seq: row.int(0)?,
            id: row.text(1)?.into(),
            directory_id: row.text(2)?.into(),
            user_name: row.string(3)?,
            user_name_fold: row.string(4)?,
            external_id: row.maybe_text(5)?.map(ExternalId::from),
            display_name: row.maybe_string(6)?,
            emails_fold: row.maybe_string(7)?,
            active: row.bool(8)?,
            version: row.int(9)?,
            created_at: row.int(10)?,
            updated_at: row.int(11)?,
            body: row.string(12)?,
        })
    }
}

/// Makes a user at version 1.
///
/// # Errors
/// [`StoreError::Conflict`] with [`store_sql::Unique::UserName`] when the folded `userName` is taken (threat T30).
pub async fn insert<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    id: &UserId,
    user: &UserFields<'_>,
    at: i64,
) -> Result<(), StoreError> {
    let folds = Folds::of(user);
    let row = args![
        id,
        directory,
        user.user_name,
        &folds.user_name,
        user.external_id,
        user.display_name,
        folds.display_name.as_deref(),
        folds.emails.as_deref(),
        user.active,
        at,
        user.body
    ];
    tx.execute(&q::INSERT, row).await?;
    for email in lines(folds.emails.as_deref()) {
        tx.execute(&q::INSERT_EMAIL, args![directory, email, id]).await?;
    }
    Ok(())
}

/// One user.
pub async fn get<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    id: &UserId,
) -> Result<Option<User>, StoreError> {
    tx.first(&q::GET, args![directory, id]).await
}

/// One user, held until the transaction ends (threat T31).
pub async fn lock<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    id: &UserId,
) -> Result<Option<User>, StoreError> {
    tx.first(&q::LOCK, args![directory, id]).await
}

/// Keeps `before`, as it was locked or read in this transaction, as `after`, one version up. `false`, and nothing
/// written, when it is not at that version any more.
///
/// # Errors
/// [`StoreError::Conflict`] with [`store_sql::Unique::UserName`] when the new `userName` is taken.
pub async fn update<T: Tx>(
    tx: &mut T,
    before: &User,
    after: &UserFields<'_>,
    at: i64,
) -> Result<bool, StoreError> {
    let folds = Folds::of(after);
    let row = args![
        &before.directory_id,
        &before.id,
        after.user_name,
        &folds.user_name,
        after.external_id,
        after.display_name,
        folds.display_name.as_deref(),
        folds.emails.as_deref(),
        after.active,
        at,
        after.body,
        before.version
    ];
    if tx.execute(&q::UPDATE, row).await? == 0 {
        return Ok(false);
    }
    if before.emails_fold != folds.emails {
        change_emails(tx, before, folds.emails.as_deref()).await?;
    }
    Ok(true)
}

async fn change_emails<T: Tx>(tx: &mut T, user: &User, after: Option<&str>) -> Result<(), StoreError> {
    let before = user.emails_fold.as_deref();
    for email in lines(before).filter(|email| !lines(after).any(|kept| kept == *email)) {
        tx.execute(&q::DELETE_EMAIL, args![&user.directory_id, email, &user.id])
            .await?;
    }
    for email in lines(after).filter(|email| !lines(before).any(|known| known == *email)) {
        tx.execute(&q::INSERT_EMAIL, args![&user.directory_id, email, &user.id])
            .await?;
    }
    Ok(())
}

/// Removes a user and its memberships; whether there was such a user.
pub async fn delete<T: Tx>(tx: &mut T, directory: &DirectoryId, id: &UserId) -> Result<bool, StoreError> {
    let Some(Emails(emails)) = tx.first(&q::DELETE, args![directory, id]).await? else {
        return Ok(false);
    };
    for email in lines(emails.as_deref()) {
        tx.execute(&q::DELETE_EMAIL, args![directory, email, id]).await?;
    }
    tx.execute(&members::FORGET, args![directory, id]).await?;
    Ok(true)
}

/// The user of this `userName`, in whatever case.
pub async fn find_by_user_name<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    user_name: &str,
) -> Result<Option<User>, StoreError> {
    tx.first(&q::FIND_BY_USER_NAME, args![directory, &fold(user_name), 1])
        .await
}

/// Users of this `externalId`: it is not unique (threat T16).
pub async fn find_by_external_id<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    external_id: &str,
    limit: i64,
) -> Result<Vec<User>, StoreError> {
    tx.all(&q::FIND_BY_EXTERNAL_ID, args![directory, external_id, limit])
        .await
}

/// Users of this e-mail address, in whatever case.
pub async fn find_by_email<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    email: &str,
    limit: i64,
) -> Result<Vec<User>, StoreError> {
    tx.all(&q::FIND_BY_EMAIL, args![directory, &fold(email), limit])
        .await
}

/// How many users a directory holds. Counts rows: ask with [`crate::Store::read_heavy`].
pub async fn count<T: Tx>(tx: &mut T, directory: &DirectoryId) -> Result<i64, StoreError> {
    tx.one(&q::COUNT, args![directory]).await
}

/// The name to show for each of some users, by id; `displayName` or else `userName`.
pub async fn names<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    ids: &[&str],
) -> Result<Vec<(String, String)>, StoreError> {
    tx.all(&q::NAMES, args![directory, &json_list(ids)]).await
}

/// What a page of users is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserQuery {
    /// Part of a `userName`, `displayName` or e-mail address, in whatever case; empty for all.
    pub search: String,
    /// Only active ones, only inactive ones, or both.
    pub active: Option<bool>,
}

/// A page of the users of some directories, by `userName`. Ask with [`crate::Store::read_heavy`].
pub async fn list<T: Tx>(
    tx: &mut T,
    directories: &[DirectoryId],
    query: &UserQuery,
    start: &Start<Key>,
    limit: usize,
) -> Result<Page<User>, StoreError> {
    let wanted = Wanted::of(query);
    let mut page = Sql::new();
    for (number, directory) in directories.iter().enumerate() {
        page.push(if number > 0 {
            " UNION ALL SELECT * FROM (SELECT "
        } else {
            "SELECT * FROM (SELECT "
        });
        page.push(q::user_columns!())
            .push(" FROM users WHERE directory_id = ")
            .bind(directory);
        wanted.restrict(&mut page);
        crate::lists::seek(&mut page, "user_name_fold", start, limit);
        page.push(") AS page");
    }
    if directories.is_empty() {
        return Ok(Page::of(Vec::new(), start, limit, 0));
    }
    crate::lists::order(&mut page, "user_name_fold", start, limit);
    let mut total = Sql::new();
    total.push("SELECT COUNT(*) FROM users WHERE ");
    crate::lists::within(&mut total, directories);
    wanted.restrict(&mut total);
    let rows = tx.all_of(page.text(), page.args()).await?;
    let total = tx.all_of::<i64>(total.text(), total.args()).await?;
    Ok(Page::of(
        rows,
        start,
        limit,
        total.first().copied().unwrap_or_default(),
    ))
}

struct Wanted {
    pattern: Option<String>,
    active: Option<bool>,
}

impl Wanted {
    fn of(query: &UserQuery) -> Self {
        let text = fold(&query.search);
        Self {
            pattern: (!text.is_empty()).then(|| like("%", &text, "%")),
            active: query.active,
        }
    }

    fn restrict<'a>(&'a self, sql: &mut Sql<'a>) {
        if let Some(active) = self.active {
            sql.push(if active {
                " AND active = TRUE"
            } else {
                " AND active = FALSE"
            });
        }
        let Some(pattern) = &self.pattern else { return };
        sql.push(" AND (user_name_fold LIKE ")
            .bind(pattern)
            .push(r" ESCAPE '\'");
        let number = sql.last();
        sql.push(" OR display_name_fold LIKE ")
            .again(number)
            .push(r" ESCAPE '\'");
        sql.push(" OR emails_fold LIKE ")
            .again(number)
            .push(r" ESCAPE '\')");
    }
}

struct Folds {
    user_name: String,
    display_name: Option<String>,
    emails: Option<String>,
}

impl Folds {
    fn of(user: &UserFields<'_>) -> Self {
        Self {
            user_name: fold(user.user_name),
            display_name: user.display_name.map(fold),
            emails: fold_emails(user.emails),
        }
    }
}

/// Each address once, on a line of its own.
fn fold_emails(emails: &[&str]) -> Option<String> {
    let mut folded: Vec<String> = Vec::with_capacity(emails.len());
    for email in emails {
        let email = fold(email).replace('\n', " ");
        if !email.is_empty() && !folded.contains(&email) {
            folded.push(email);
        }
    }
    (!folded.is_empty()).then(|| folded.join("\n"))
}

fn lines(emails: Option<&str>) -> impl Iterator<Item = &str> {
    emails.into_iter().flat_map(|emails| emails.split('\n'))
}

struct Emails(Option<String>);

impl FromRow for Emails {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self(row.maybe_string(0)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails_are_folded_and_told_apart() {
        assert_eq!(
            fold_emails(&["A@x.com", "a@x.com", "b@x.com"]).as_deref(),
            Some("a@x.com\nb@x.com")
        );
        assert_eq!(fold_emails(&[""]), None);
        assert_eq!(lines(Some("a\nb")).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(lines(None).count(), 0);
    }
}
