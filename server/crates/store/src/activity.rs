//! Activity: each request of a provider and each act of a person, when, what, with which result.

use store_sql::{Columns, FromRow, StoreError, Tx, Value};

use crate::args;
use crate::compose::{Sql, like};
use crate::ids::DirectoryId;
use crate::page::{Page, Start};
use crate::queries::activity as q;
use crate::words::words;
use scim::fold;

words! {
    /// Who acted.
    Origin "origin" {
        /// The provider, over SCIM.
        Scim = "scim",
        /// A person, in the console.
        Console = "console",
        /// An operator, on the command line.
        CommandLine = "command-line",
    }
}

words! {
    /// How it ended.
    Outcome "result" {
        /// Done as asked.
        Ok = "ok",
        /// Refused, with a reason the provider's admin can act on.
        Refused = "refused",
        /// A fault of ours.
        Failed = "failed",
    }
}

words! {
    /// What was acted on.
    SubjectKind "subject kind" {
        /// A user.
        User = "user",
        /// A group.
        Group = "group",
        /// The directory itself.
        Directory = "directory",
        /// A token.
        Token = "token",
        /// Nothing in particular: a search, discovery.
        None = "none",
    }
}

/// An entry to be appended.
#[derive(Debug, Clone, Copy)]
pub struct NewActivity<'a> {
    /// The directory it happened in.
    pub directory_id: &'a DirectoryId,
    /// When.
    pub at: i64,
    /// Who.
    pub origin: Origin,
    /// What: a fixed word such as `create_user`.
    pub action: &'a str,
    /// HTTP status answered; 0 for acts without one.
    pub status: u16,
    /// How it ended.
    pub outcome: Outcome,
    /// What kind of thing was acted on.
    pub subject_kind: SubjectKind,
    /// Our id of it.
    pub subject_id: Option<&'a str>,
    /// Its name at that time.
    pub subject_name: Option<&'a str>,
    /// How many like it this entry stands for.
    pub count: i64,
    /// How long it took, µs.
    pub duration_us: i64,
    /// The request's body without secrets.
    pub request: Option<&'a str>,
    /// What changed, as JSON.
    pub changes: Option<&'a str>,
    /// What was kept out, as JSON.
    pub ignored: Option<&'a str>,
    /// Why it was refused.
    pub reason: Option<&'a str>,
    /// What support looks up.
    pub reference: Option<&'a str>,
}

/// An entry as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Its place, ascending with time.
    pub seq: i64,
    /// The directory it happened in.
    pub directory_id: DirectoryId,
    /// When.
    pub at: i64,
    /// Who.
    pub origin: Origin,
    /// What: a fixed word such as `create_user`.
    pub action: String,
    /// HTTP status answered; 0 for acts without one.
    pub status: u16,
    /// How it ended.
    pub outcome: Outcome,
    /// What kind of thing was acted on.
    pub subject_kind: SubjectKind,
    /// Our id of it.
    pub subject_id: Option<String>,
    /// Its name at that time.
    pub subject_name: Option<String>,
    /// How many like it this entry stands for.
    pub count: i64,
    /// How long it took, µs.
    pub duration_us: i64,
    /// The request's body without secrets.
    pub request: Option<String>,
    /// What changed, as JSON.
    pub changes: Option<String>,
    /// What was kept out, as JSON.
    pub ignored: Option<String>,
    /// Why it was refused.
    pub reason: Option<String>,
    /// What support looks up.
    pub reference: Option<String>,
}

/// What a page of the activity is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActivityQuery {
    /// Part of a subject's name, in whatever case, or the whole of its id or of a reference; empty for all.
    pub search: String,
    /// Only entries that ended so.
    pub outcome: Option<Outcome>,
    /// Only entries of these actions; empty for all.
    pub actions: Vec<String>,
    /// No entries of these actions: what only reads, say.
    pub without_actions: Vec<String>,
    /// Only entries about this user, group ….
    pub subject_id: Option<String>,
    /// Only entries of this origin.
    pub origin: Option<Origin>,
}

impl FromRow for Activity {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            seq: row.int(0)?,
            directory_id: row.text(1)?.into(),
            at: row.int(2)?,
            origin: Origin::read(row, 3)?,
            action: row.string(4)?,
            status: u16::try_from(row.int(5)?).unwrap_or_default(),
            outcome: Outcome::read(row, 6)?,
            subject_kind: SubjectKind::read(row, 7)?,
            subject_id: row.maybe_string(8)?,
            subject_name: row.maybe_string(9)?,
            count: row.int(10)?,
            duration_us: row.int(11)?,
            request: row.maybe_string(12)?,
            changes: row.maybe_string(13)?,
            ignored: row.maybe_string(14)?,
            reason: row.maybe_string(15)?,
            reference: row.maybe_string(16)?,
        })
    }
}

fn row<'a>(entry: &NewActivity<'a>, subject_fold: Option<&'a str>) -> [Value<'a>; 17] {
    [
        entry.directory_id.into(),
        entry.at.into(),
        entry.origin.as_str().into(),
        entry.action.into(),
        i64::from(entry.status).into(),
        entry.outcome.as_str().into(),
        entry.subject_kind.as_str().into(),
        entry.subject_id.into(),
        entry.subject_name.into(),
        subject_fold.into(),
        entry.count.into(),
        entry.duration_us.into(),
        entry.request.into(),
        entry.changes.into(),
        entry.ignored.into(),
        entry.reason.into(),
        entry.reference.into(),
    ]
}

/// Appends an entry.
pub async fn append<T: Tx>(tx: &mut T, entry: &NewActivity<'_>) -> Result<(), StoreError> {
    let fold = entry.subject_name.map(fold);
    tx.execute(&q::APPEND, &row(entry, fold.as_deref()))
        .await
        .map(drop)
}

/// Appends entries, in their order.
pub async fn append_all<T: Tx>(tx: &mut T, entries: &[NewActivity<'_>]) -> Result<(), StoreError> {
    let folds: Vec<_> = entries.iter().map(|entry| entry.subject_name.map(fold)).collect();
    let rows: Vec<_> = entries
        .iter()
        .zip(&folds)
        .map(|(entry, fold)| row(entry, fold.as_deref()))
        .collect();
    let rows: Vec<&[Value<'_>]> = rows.iter().map(|row| &row[..]).collect();
    tx.execute_each(&q::APPEND, &rows).await.map(drop)
}

/// One entry.
pub async fn get<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    seq: i64,
) -> Result<Option<Activity>, StoreError> {
    tx.first(&q::GET, args![directory, seq]).await
}

/// The `seq` of a directory's newest entry; 0 when there is none. One look at an index.
pub async fn newest<T: Tx>(tx: &mut T, directory: &DirectoryId) -> Result<i64, StoreError> {
    Ok(tx
        .one::<Option<i64>>(&q::NEWEST, args![directory])
        .await?
        .unwrap_or_default())
}

/// The entry that bears a reference, in whatever directory: for support.
pub async fn by_reference<T: Tx>(tx: &mut T, reference: &str) -> Result<Option<Activity>, StoreError> {
    tx.first(&q::BY_REFERENCE, args![reference]).await
}

/// What happened to a user, group …, newest first.
pub async fn of_subject<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    subject: &str,
    limit: i64,
) -> Result<Vec<Activity>, StoreError> {
    tx.all(&q::OF_SUBJECT, args![directory, subject, limit]).await
}

/// The last entry of a user, group … that keeps the request's body.
pub async fn last_sent<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    subject: &str,
) -> Result<Option<Activity>, StoreError> {
    tx.first(&q::LAST_SENT, args![directory, subject]).await
}

/// A page of the activity of some directories, newest first: [`Start::After`] a `seq` goes back in time. Ask with
/// [`crate::Store::read_heavy`].
pub async fn page<T: Tx>(
    tx: &mut T,
    directories: &[DirectoryId],
    query: &ActivityQuery,
    start: &Start<i64>,
    limit: usize,
) -> Result<Page<Activity>, StoreError> {
    if directories.is_empty() {
        return Ok(Page::of(Vec::new(), start, limit, 0));
    }
    let wanted = Wanted::of(query);
    let mut page = Sql::new();
    for (number, directory) in directories.iter().enumerate() {
        page.push(if number > 0 {
            " UNION ALL SELECT * FROM (SELECT "
        } else {
            "SELECT * FROM (SELECT "
        });
        page.push(q::activity_columns!())
            .push(" FROM activity WHERE directory_id = ")
            .bind(directory);
        wanted.restrict(&mut page);
        if let Some(seq) = start.key() {
            page.push(if start.backwards() {
                " AND seq > "
            } else {
                " AND seq < "
            })
            .bind(*seq);
        }
        newest_first(&mut page, start, limit);
        page.push(") AS page");
    }
    newest_first(&mut page, start, limit);
    let mut total = Sql::new();
    total.push("SELECT COUNT(*) FROM activity WHERE ");
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

fn newest_first(sql: &mut Sql<'_>, start: &Start<i64>, limit: usize) {
    sql.push(if start.backwards() {
        " ORDER BY seq LIMIT "
    } else {
        " ORDER BY seq DESC LIMIT "
    });
    sql.bind(i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1);
}

struct Wanted<'q> {
    query: &'q ActivityQuery,
    pattern: Option<String>,
}

impl<'q> Wanted<'q> {
    fn of(query: &'q ActivityQuery) -> Self {
        let text = fold(&query.search);
        Self {
            query,
            pattern: (!text.is_empty()).then(|| like("%", &text, "%")),
        }
    }

    fn restrict<'a>(&'a self, sql: &mut Sql<'a>) {
        if let Some(outcome) = self.query.outcome {
            sql.push(" AND result = ").bind(outcome.as_str());
        }
        if let Some(origin) = self.query.origin {
            sql.push(" AND origin = ").bind(origin.as_str());
        }
        if let Some(subject) = &self.query.subject_id {
            sql.push(" AND subject_id = ").bind(subject);
        }
        among(sql, " AND action IN (", &self.query.actions);
        among(sql, " AND action NOT IN (", &self.query.without_actions);
        let Some(pattern) = &self.pattern else { return };
        let whole = self.query.search.trim();
        sql.push(" AND (subject_fold LIKE ")
            .bind(pattern)
            .push(r" ESCAPE '\' OR subject_id = ")
            .bind(whole);
        let number = sql.last();
        sql.push(" OR reference = ").again(number).push(")");
    }
}

fn among<'a>(sql: &mut Sql<'a>, opening: &'static str, actions: &'a [String]) {
    for (number, action) in actions.iter().enumerate() {
        sql.push(if number > 0 { ", " } else { opening }).bind(action);
    }
    if !actions.is_empty() {
        sql.push(")");
    }
}

/// Removes up to `limit` entries older than `before`; how many went.
pub async fn prune<T: Tx>(tx: &mut T, before: i64, limit: i64) -> Result<u64, StoreError> {
    tx.execute(&q::PRUNE, args![before, limit]).await
}
