//! Lists as SCIM asks for them: filter, order, pages by index or by cursor.
//!
//! What SQL can answer exactly, it answers. For the rest, rows that may be meant are looked through in the order of
//! arrival and judged by the engine, up to [`LOOK_THROUGH`] of them.

use std::cmp::Ordering;

use jiff::Timestamp;
use scim::filter::{CompareOp, Literal, micros_of_date_time};
use scim::query::Sort;
use scim::schema::{AttrPath, Kind};
use scim::{Filter, Map, ResourceType, fold};
use serde_json::Value as Json;
use store_sql::{FromRow, Query, StoreError, Tx};

use crate::args;
use crate::compose::Sql;
use crate::filter_sql::{Condition, mentions};
use crate::groups::Group;
use crate::ids::DirectoryId;
use crate::members;
use crate::queries;
use crate::users::User;

/// Rows one question may look through before it is refused with [`StoreError::TooMany`] (threat T26).
pub const LOOK_THROUGH: usize = 200_000;

/// Rows looked through at a time.
const CHUNK: usize = 1_000;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct ScimList<'a> {
    /// Which resources: resolved.
    pub filter: Option<&'a Filter>,
    /// In which order; without, in the order of arrival.
    pub sort: Option<&'a Sort>,
    /// Where the page begins.
    pub start: ScimStart<'a>,
    /// How many at most; 0 only counts.
    pub limit: usize,
    /// URL of the directory's endpoint, without a slash at its end: for filters on `$ref` and `meta.location`.
    pub endpoint: &'a str,
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScimStart<'a> {
    /// So many resources from the first: `startIndex` less one.
    Skip(usize),
    /// After the place a page before it gave as [`ScimPage::next`]. A walk by it in the order of arrival misses no
    /// resource that is there throughout (threat T33).
    After(&'a str),
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScimPage<R> {
    /// The resources.
    pub rows: Vec<R>,
    /// How many the question finds in all.
    pub total: usize,
    /// The place of the last one, if others come after it.
    pub next: Option<String>,
}

/// Whether an index leads to what a filter finds: then [`crate::Store::read`] will do, otherwise ask with
/// [`crate::Store::read_heavy`].
#[must_use]
pub fn is_quick(filter: Option<&Filter>, resource: ResourceType) -> bool {
    filter.is_some() && Condition::of(filter, resource).pointed
}

/// A page of users.
///
/// # Errors
/// [`StoreError::TooMany`] when more than [`LOOK_THROUGH`] rows would have to be looked through.
pub async fn users<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    list: &ScimList<'_>,
) -> Result<ScimPage<User>, StoreError> {
    page(tx, directory, list).await
}

/// A page of groups.
///
/// # Errors
/// [`StoreError::TooMany`] when more than [`LOOK_THROUGH`] rows would have to be looked through.
pub async fn groups<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    list: &ScimList<'_>,
) -> Result<ScimPage<Group>, StoreError> {
    page(tx, directory, list).await
}

/// A kind of row that SCIM lists.
trait Resource: FromRow {
    const TYPE: ResourceType;
    /// `SELECT … FROM … WHERE directory_id = `.
    const SELECT: &'static str;
    /// `SELECT COUNT(*) FROM … WHERE directory_id = `.
    const COUNT: &'static str;
    /// ` AND seq IN (SELECT seq FROM … WHERE directory_id = `.
    const AMONG: &'static str;
    /// The numbering column.
    const SEQ: &'static str;

    fn seq(&self) -> i64;
    /// The statement that finds those whose attribute equals a text, if there is one.
    fn find(path: &AttrPath) -> Option<Find>;
    /// The column to sort by, if the attribute has one.
    fn order(path: &AttrPath) -> Option<Column>;
    /// The column's value for a cursor.
    fn key(&self, column: Column) -> Option<String>;
    fn parts(&self) -> Parts<'_>;
    /// What the resource is a member of, or what its members are, as attributes: for these rows, and how many there are.
    fn related<T: Tx>(
        tx: &mut T,
        directory: &DirectoryId,
        rows: &[Self],
        endpoint: &str,
    ) -> impl Future<Output = Result<(Vec<Json>, usize), StoreError>> + Send;
    /// The attribute that [`Resource::related`] gives.
    const RELATED: &'static str;
}

/// A statement of directory, text and limit.
struct Find {
    query: &'static Query,
    folded: bool,
}

/// What a document is made of.
struct Parts<'a> {
    id: &'a str,
    version: i64,
    created_at: i64,
    updated_at: i64,
    body: &'a str,
}

/// A column to sort by.
#[derive(Debug, Clone, Copy)]
struct Column {
    expression: &'static str,
    which: Which,
    nullable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Id,
    Name,
    ExternalId,
    DisplayName,
    Created,
    Modified,
}

async fn page<R: Resource, T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    list: &ScimList<'_>,
) -> Result<ScimPage<R>, StoreError> {
    if let Some(page) = match_one(tx, directory, list).await? {
        return Ok(page);
    }
    let condition = Condition::of(list.filter, R::TYPE);
    let order = match list.sort {
        None => Some(None),
        Some(sort) => R::order(&sort.path).map(|column| Some((column, sort.descending))),
    };
    match order {
        // A few rows that an index leads to are quickly sorted here.
        Some(order) if condition.exact && !(condition.pointed && order.is_some()) => {
            exact(tx, directory, list, &condition, order).await
        }
        _ => look_through(tx, directory, list, &condition).await,
    }
}

/// The question that provisioning asks most, `userName eq "…"` and its like: a statement known beforehand. `None` when it
/// is another question, or when this one finds more than a page.
async fn match_one<R: Resource, T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    list: &ScimList<'_>,
) -> Result<Option<ScimPage<R>>, StoreError> {
    let Some(Filter::Compare {
        path,
        op: CompareOp::Eq,
        value: Literal::String(text),
    }) = list.filter
    else {
        return Ok(None);
    };
    let Some(find) = R::find(path) else {
        return Ok(None);
    };
    let whole_list = list.start == ScimStart::Skip(0) && list.limit > 0 && list.sort.is_none();
    let text = if find.folded { fold(text) } else { text.clone() };
    if !whole_list || text.is_empty() || text.contains('\0') {
        return Ok(None);
    }
    let most = whole(list.limit).saturating_add(1);
    let rows: Vec<R> = tx.all(find.query, args![directory, &text, most]).await?;
    Ok((rows.len() <= list.limit).then(|| ScimPage {
        total: rows.len(),
        rows,
        next: None,
    }))
}

/// A page that SQL answers.
async fn exact<R: Resource, T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    list: &ScimList<'_>,
    condition: &Condition,
    order: Option<(Column, bool)>,
) -> Result<ScimPage<R>, StoreError> {
    let after = match list.start {
        ScimStart::Skip(_) => None,
        ScimStart::After(place) => Some(Place::read(place)?),
    };
    let mut rows = Vec::new();
    if list.limit > 0 {
        let sql = statement::<R>(directory, list, condition, order, after.as_ref());
        rows = tx.all_of(sql.text(), sql.args()).await?;
    }
    let more = rows.len() > list.limit;
    rows.truncate(list.limit);
    // A list that begins at its beginning and ends here needs no counting.
    let total = if list.start == ScimStart::Skip(0) && list.limit > 0 && !more {
        rows.len()
    } else {
        count::<R, T>(tx, directory, condition).await?
    };
    let next = rows.last().filter(|_| more).map(|row: &R| {
        let key = order.and_then(|(column, _)| row.key(column));
        Place { key, seq: row.seq() }.write()
    });
    Ok(ScimPage { rows, total, next })
}

async fn count<R: Resource, T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    condition: &Condition,
) -> Result<usize, StoreError> {
    let mut sql = Sql::new();
    sql.push(R::COUNT).bind(directory);
    condition.restrict(&mut sql, directory);
    let total: Vec<i64> = tx.all_of(sql.text(), sql.args()).await?;
    Ok(usize::try_from(total.first().copied().unwrap_or_default()).unwrap_or_default())
}

/// The rows of a page and one more. What is skipped is skipped in an index, without reading its rows.
fn statement<'a, R: Resource>(
    directory: &'a DirectoryId,
    list: &ScimList<'_>,
    condition: &'a Condition,
    order: Option<(Column, bool)>,
    after: Option<&'a Place>,
) -> Sql<'a> {
    let skip = match list.start {
        ScimStart::Skip(skip) => skip,
        ScimStart::After(_) => 0,
    };
    let mut sql = Sql::new();
    sql.push(R::SELECT).bind(directory);
    if skip > 0 {
        sql.push(R::AMONG).bind(directory);
    }
    condition.restrict(&mut sql, directory);
    if let Some(place) = after {
        seek::<R>(&mut sql, order, place);
    }
    order_by::<R>(&mut sql, order, condition.pointed);
    sql.push(" LIMIT ").bind(whole(list.limit).saturating_add(1));
    if skip > 0 {
        sql.push(" OFFSET ").bind(whole(skip)).push(")");
        order_by::<R>(&mut sql, order, condition.pointed);
    }
    sql
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// RFC 7644 §3.4.2.3: what has no value comes last, and first when the order is descending.
fn order_by<R: Resource>(sql: &mut Sql<'_>, order: Option<(Column, bool)>, pointed: bool) {
    sql.push(" ORDER BY ");
    let Some((column, descending)) = order else {
        sql.push(walk(pointed)).push(R::SEQ);
        return;
    };
    let direction = if descending { " DESC, " } else { ", " };
    if column.nullable {
        sql.push("(")
            .push(column.expression)
            .push(" IS NULL)")
            .push(direction);
    }
    sql.push(column.expression)
        .push(direction)
        .push(R::SEQ)
        .push(if descending { " DESC" } else { "" });
}

/// A plus before the number keeps SQLite from walking the directory by it, when an index leads to the few rows meant.
fn walk(pointed: bool) -> &'static str {
    if pointed { "+" } else { "" }
}

/// ` AND` behind a place, in this order.
fn seek<'a, R: Resource>(sql: &mut Sql<'a>, order: Option<(Column, bool)>, place: &'a Place) {
    let Some((column, descending)) = order else {
        sql.push(" AND ").push(R::SEQ).push(" > ").bind(place.seq);
        return;
    };
    let beyond = if descending { " < " } else { " > " };
    let Some(key) = &place.key else {
        sql.push(" AND ((")
            .push(column.expression)
            .push(" IS NULL AND ")
            .push(R::SEQ)
            .push(beyond)
            .bind(place.seq);
        sql.push(")");
        if descending {
            sql.push(" OR ").push(column.expression).push(" IS NOT NULL");
        }
        sql.push(")");
        return;
    };
    sql.push(" AND (").push(column.expression).push(beyond);
    if column.is_time() {
        sql.bind(key.parse::<i64>().unwrap_or_default())
    } else {
        sql.bind(key)
    };
    let number = sql.last();
    sql.push(" OR (")
        .push(column.expression)
        .push(" = ")
        .again(number);
    sql.push(" AND ")
        .push(R::SEQ)
        .push(beyond)
        .bind(place.seq)
        .push(")");
    if column.nullable && !descending {
        sql.push(" OR ").push(column.expression).push(" IS NULL");
    }
    sql.push(")");
}

/// A page that the engine finds.
async fn look_through<R: Resource, T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    list: &ScimList<'_>,
    condition: &Condition,
) -> Result<ScimPage<R>, StoreError> {
    let Found {
        places: mut found,
        mut rows,
    } = found::<R, T>(tx, directory, list, condition).await?;
    let descending = list.sort.is_some_and(|sort| sort.descending);
    if list.sort.is_some() {
        found.sort_unstable_by(|a, b| a.compare(b, descending));
    }
    let first = match list.start {
        ScimStart::Skip(skip) => skip.min(found.len()),
        ScimStart::After(place) => {
            let place = Place::read(place)?;
            found.partition_point(|other| other.compare(&place, descending) != Ordering::Greater)
        }
    };
    let last = first.saturating_add(list.limit).min(found.len());
    let page = &found[first..last];
    if rows.is_empty() {
        rows = load(tx, directory, page).await?;
    }
    arrange(&mut rows, page);
    let next = (last < found.len() && last > first).then(|| found[last - 1].write());
    Ok(ScimPage {
        rows,
        total: found.len(),
        next,
    })
}

/// All that a filter finds.
struct Found<R> {
    /// In the order of arrival.
    places: Vec<Place>,
    /// The rows themselves, when they came in one go.
    rows: Vec<R>,
}

/// Looks for what the filter finds.
async fn found<R: Resource, T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    list: &ScimList<'_>,
    condition: &Condition,
) -> Result<Found<R>, StoreError> {
    let related = list
        .filter
        .is_some_and(|filter| !condition.exact && mentions(filter, R::RELATED))
        || list.sort.is_some_and(|sort| sort.path.attr == R::RELATED);
    let (mut places, mut looked, mut after) = (Vec::new(), 0, i64::MIN);
    loop {
        let rows: Vec<R> = chunk(tx, directory, condition, after).await?;
        let Some(last) = rows.last() else {
            return Ok(Found { places, rows });
        };
        after = last.seq();
        let full = rows.len() == CHUNK;
        let looked_at_once = looked == 0;
        looked += rows.len();
        let mut relations = Vec::new();
        if related {
            let (values, count) = R::related(tx, directory, &rows, list.endpoint).await?;
            relations = values;
            looked += count;
        }
        if looked > LOOK_THROUGH {
            return Err(StoreError::TooMany);
        }
        let mut relations = relations.into_iter();
        for row in &rows {
            let document = document(row, relations.next(), list.endpoint)?;
            if condition.exact || list.filter.is_none_or(|filter| filter.matches(&document)) {
                let key = list.sort.and_then(|sort| sort_key(&document, &sort.path));
                places.push(Place { key, seq: row.seq() });
            }
        }
        if !full {
            let rows = if looked_at_once { rows } else { Vec::new() };
            return Ok(Found { places, rows });
        }
    }
}

async fn chunk<R: Resource, T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    condition: &Condition,
    after: i64,
) -> Result<Vec<R>, StoreError> {
    let mut sql = Sql::new();
    sql.push(R::SELECT).bind(directory);
    condition.restrict(&mut sql, directory);
    let walk = walk(condition.pointed);
    sql.push(" AND ").push(walk).push(R::SEQ).push(" > ").bind(after);
    sql.push(" ORDER BY ")
        .push(walk)
        .push(R::SEQ)
        .push(" LIMIT ")
        .bind(whole(CHUNK));
    tx.all_of(sql.text(), sql.args()).await
}

/// The rows at these places.
async fn load<R: Resource, T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    places: &[Place],
) -> Result<Vec<R>, StoreError> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push(R::SELECT)
        .bind(directory)
        .push(" AND ")
        .push(R::SEQ)
        .push(" IN (");
    for (number, place) in places.iter().enumerate() {
        sql.push(if number > 0 { ", " } else { "" }).bind(place.seq);
    }
    sql.push(")");
    tx.all_of(sql.text(), sql.args()).await
}

/// Leaves the rows at these places, in their order.
fn arrange<R: Resource>(rows: &mut Vec<R>, places: &[Place]) {
    let order: std::collections::HashMap<i64, usize> = places
        .iter()
        .enumerate()
        .map(|(number, place)| (place.seq, number))
        .collect();
    rows.retain(|row| order.contains_key(&row.seq()));
    rows.sort_unstable_by_key(|row| order.get(&row.seq()).copied());
}

/// The resource as a filter sees it.
fn document<R: Resource>(row: &R, related: Option<Json>, endpoint: &str) -> Result<Map, StoreError> {
    let Parts {
        id,
        version,
        created_at,
        updated_at,
        body,
    } = row.parts();
    let mut document: Map = serde_json::from_str(body)
        .map_err(|error| StoreError::Corrupt(format!("a stored resource is no JSON object: {error}")))?;
    document.insert("id".to_owned(), id.into());
    let meta = [
        ("resourceType", R::TYPE.name().to_owned()),
        ("created", rfc3339(created_at)),
        ("lastModified", rfc3339(updated_at)),
        ("location", format!("{endpoint}/{}/{id}", R::TYPE.endpoint())),
        ("version", scim::etag::etag(version)),
    ];
    let meta: Map = meta
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Json::from(value)))
        .collect();
    document.insert("meta".to_owned(), meta.into());
    if let Some(related) = related {
        document.insert(R::RELATED.to_owned(), related);
    }
    Ok(document)
}

fn rfc3339(micros: i64) -> String {
    Timestamp::from_microsecond(micros)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_string()
}

/// The value to sort by, spelled so that its order is that of its text; of several the primary one, else the first.
fn sort_key(document: &Map, path: &AttrPath) -> Option<String> {
    let top = match &path.urn {
        None => document.get(&path.attr),
        Some(urn) => document.get(urn).and_then(|extension| extension.get(&path.attr)),
    };
    let one = match top? {
        Json::Array(values) => {
            let primary = values
                .iter()
                .find(|value| value.get("primary") == Some(&Json::Bool(true)));
            primary.or(values.first())?
        }
        value => value,
    };
    let value = path.sub.as_ref().map_or(Some(one), |sub| one.get(sub))?;
    match (value, path.definition()) {
        (Json::Bool(flag), _) => Some(if *flag { "1" } else { "0" }.to_owned()),
        (Json::String(text), Some(attribute)) if attribute.kind == Kind::DateTime => {
            micros_of_date_time(text)
                .map(|micros| format!("{:020}", i128::from(micros) - i128::from(i64::MIN)))
        }
        (Json::String(text), _) if text.is_empty() => None,
        (Json::String(text), Some(attribute)) if attribute.case_exact => Some(text.clone()),
        (Json::String(text), _) => Some(fold(text)),
        _ => None,
    }
}

/// A place in a list: what it is sorted by, and the number that decides between equals.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    key: Option<String>,
    seq: i64,
}

impl Place {
    fn compare(&self, other: &Self, descending: bool) -> Ordering {
        let missing =
            (self.key.is_none(), &self.key, self.seq).cmp(&(other.key.is_none(), &other.key, other.seq));
        if descending { missing.reverse() } else { missing }
    }

    /// `seq`, or `seq=key`.
    fn write(&self) -> String {
        match &self.key {
            None => self.seq.to_string(),
            Some(key) => format!("{}={key}", self.seq),
        }
    }

    /// Only the engine's cursors come here, and they are checked against accidents; whoever forges one gets nothing but
    /// another place.
    fn read(text: &str) -> Result<Self, StoreError> {
        let (seq, key) = text
            .split_once('=')
            .map_or((text, None), |(seq, key)| (seq, Some(key)));
        let seq = seq.parse().unwrap_or(i64::MAX);
        Ok(Self {
            key: key.map(|key| key.replace('\0', "")),
            seq,
        })
    }
}

impl Column {
    fn is_time(self) -> bool {
        matches!(self.which, Which::Created | Which::Modified)
    }

    const fn new(expression: &'static str, which: Which, nullable: bool) -> Self {
        Self {
            expression,
            which,
            nullable,
        }
    }
}

impl Resource for User {
    const TYPE: ResourceType = ResourceType::User;
    const SELECT: &'static str = concat!(
        "SELECT u.seq, u.id, u.directory_id, u.user_name, u.user_name_fold, u.external_id, u.display_name, ",
        "u.emails_fold, u.active, u.version, u.created_at, u.updated_at, u.body FROM users u WHERE u.directory_id = "
    );
    const COUNT: &'static str = "SELECT COUNT(*) FROM users u WHERE u.directory_id = ";
    const AMONG: &'static str = " AND u.seq IN (SELECT u.seq FROM users u WHERE u.directory_id = ";
    const SEQ: &'static str = "u.seq";
    const RELATED: &'static str = "groups";

    fn seq(&self) -> i64 {
        self.seq
    }

    fn find(path: &AttrPath) -> Option<Find> {
        match (path.urn.is_none(), path.attr.as_str()) {
            (true, "userName") => Some(Find {
                query: &queries::users::FIND_BY_USER_NAME,
                folded: true,
            }),
            (true, "externalId") => Some(Find {
                query: &queries::users::FIND_BY_EXTERNAL_ID,
                folded: false,
            }),
            _ => None,
        }
    }

    fn order(path: &AttrPath) -> Option<Column> {
        let name = (path.urn.is_none(), path.attr.as_str(), path.sub.as_deref());
        Some(match name {
            (true, "id", None) => Column::new("u.id", Which::Id, false),
            (true, "userName", None) => Column::new("u.user_name_fold", Which::Name, false),
            (true, "externalId", None) => Column::new("NULLIF(u.external_id, '')", Which::ExternalId, true),
            (true, "displayName", None) => {
                Column::new("NULLIF(u.display_name_fold, '')", Which::DisplayName, true)
            }
            (true, "meta", Some("created")) => Column::new("u.created_at", Which::Created, false),
            (true, "meta", Some("lastModified")) => Column::new("u.updated_at", Which::Modified, false),
            _ => return None,
        })
    }

    fn key(&self, column: Column) -> Option<String> {
        match column.which {
            Which::Id => Some(self.id.as_str().to_owned()),
            Which::Name => Some(self.user_name_fold.clone()),
            Which::ExternalId => self
                .external_id
                .as_ref()
                .map(|id| id.as_str().to_owned())
                .filter(|id| !id.is_empty()),
            Which::DisplayName => self
                .display_name
                .as_deref()
                .map(fold)
                .filter(|name| !name.is_empty()),
            Which::Created => Some(self.created_at.to_string()),
            Which::Modified => Some(self.updated_at.to_string()),
        }
    }

    fn parts(&self) -> Parts<'_> {
        Parts {
            id: self.id.as_str(),
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
            body: &self.body,
        }
    }

    async fn related<T: Tx>(
        tx: &mut T,
        directory: &DirectoryId,
        rows: &[Self],
        endpoint: &str,
    ) -> Result<(Vec<Json>, usize), StoreError> {
        let ids: Vec<&str> = rows.iter().map(|user| user.id.as_str()).collect();
        let memberships = members::groups_of_many(tx, directory, &ids).await?;
        let count = memberships.len();
        let mut groups: std::collections::HashMap<String, Vec<Json>> = std::collections::HashMap::new();
        for membership in memberships {
            let group = serde_json::json!({
                "value": membership.group_id.as_str(),
                "$ref": format!("{endpoint}/Groups/{}", membership.group_id),
                "display": membership.display_name,
                "type": "direct",
            });
            groups.entry(membership.member_id).or_default().push(group);
        }
        let values = ids
            .into_iter()
            .map(|id| Json::from(groups.remove(id).unwrap_or_default()));
        Ok((values.collect(), count))
    }
}

impl Resource for Group {
    const TYPE: ResourceType = ResourceType::Group;
    const SELECT: &'static str = concat!(
        "SELECT g.seq, g.id, g.directory_id, g.display_name, g.display_name_fold, g.external_id, g.version, ",
        "g.created_at, g.updated_at, g.body FROM groups g WHERE g.directory_id = "
    );
    const COUNT: &'static str = "SELECT COUNT(*) FROM groups g WHERE g.directory_id = ";
    const AMONG: &'static str = " AND g.seq IN (SELECT g.seq FROM groups g WHERE g.directory_id = ";
    const SEQ: &'static str = "g.seq";
    const RELATED: &'static str = "members";

    fn seq(&self) -> i64 {
        self.seq
    }

    fn find(path: &AttrPath) -> Option<Find> {
        match (path.urn.is_none(), path.attr.as_str()) {
            (true, "displayName") => Some(Find {
                query: &queries::groups::FIND_BY_DISPLAY_NAME,
                folded: true,
            }),
            (true, "externalId") => Some(Find {
                query: &queries::groups::FIND_BY_EXTERNAL_ID,
                folded: false,
            }),
            _ => None,
        }
    }

    fn order(path: &AttrPath) -> Option<Column> {
        let name = (path.urn.is_none(), path.attr.as_str(), path.sub.as_deref());
        Some(match name {
            (true, "id", None) => Column::new("g.id", Which::Id, false),
            (true, "displayName", None) => Column::new("g.display_name_fold", Which::DisplayName, false),
            (true, "externalId", None) => Column::new("NULLIF(g.external_id, '')", Which::ExternalId, true),
            (true, "meta", Some("created")) => Column::new("g.created_at", Which::Created, false),
            (true, "meta", Some("lastModified")) => Column::new("g.updated_at", Which::Modified, false),
            _ => return None,
        })
    }

    fn key(&self, column: Column) -> Option<String> {
        match column.which {
            Which::Id => Some(self.id.as_str().to_owned()),
            Which::Name | Which::DisplayName => Some(self.display_name_fold.clone()),
            Which::ExternalId => self
                .external_id
                .as_ref()
                .map(|id| id.as_str().to_owned())
                .filter(|id| !id.is_empty()),
            Which::Created => Some(self.created_at.to_string()),
            Which::Modified => Some(self.updated_at.to_string()),
        }
    }

    fn parts(&self) -> Parts<'_> {
        Parts {
            id: self.id.as_str(),
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
            body: &self.body,
        }
    }

    async fn related<T: Tx>(
        tx: &mut T,
        directory: &DirectoryId,
        rows: &[Self],
        endpoint: &str,
    ) -> Result<(Vec<Json>, usize), StoreError> {
        let (mut all, mut count) = (Vec::with_capacity(rows.len()), 0);
        for group in rows {
            let members = members::all(tx, directory, &group.id).await?;
            count += members.len();
            if count > LOOK_THROUGH {
                return Err(StoreError::TooMany);
            }
            let values = members.into_iter().map(|member| {
                serde_json::json!({
                    "value": member.id,
                    "$ref": format!("{endpoint}/{}s/{}", member.kind, member.id),
                    "display": member.display,
                    "type": member.kind.as_str(),
                })
            });
            all.push(Json::from(values.collect::<Vec<_>>()));
        }
        Ok((all, count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_what_it_writes() {
        for place in [
            Place { key: None, seq: 7 },
            Place {
                key: Some("a=b ü".to_owned()),
                seq: -1,
            },
        ] {
            assert_eq!(Place::read(&place.write()), Ok(place));
        }
        assert_eq!(Place::read("nonsense").unwrap().seq, i64::MAX);
    }

    #[test]
    fn what_has_no_value_comes_last_and_first_when_descending() {
        let place = |key: Option<&str>, seq| Place {
            key: key.map(str::to_owned),
            seq,
        };
        let mut places = vec![
            place(None, 1),
            place(Some("b"), 2),
            place(Some("a"), 3),
            place(Some("a"), 1),
        ];
        places.sort_by(|a, b| a.compare(b, false));
        let order = [
            place(Some("a"), 1),
            place(Some("a"), 3),
            place(Some("b"), 2),
            place(None, 1),
        ];
        assert_eq!(places, order);
        places.sort_by(|a, b| a.compare(b, true));
        assert_eq!(places.first(), Some(&place(None, 1)));
    }

    #[test]
    fn times_sort_by_their_text() {
        let path = AttrPath::attr("meta.created");
        let path = AttrPath::parse(&path.attr)
            .unwrap()
            .resolve(ResourceType::User)
            .unwrap();
        let key = |text: &str| {
            let document: Map =
                serde_json::from_value(serde_json::json!({"meta": {"created": text}})).unwrap();
            sort_key(&document, &path)
        };
        assert!(key("1969-12-31T23:59:59Z") < key("1970-01-01T00:00:00Z"));
        assert!(key("1970-01-01T00:00:00Z") < key("2026-01-01T00:00:00+01:00"));
    }
}
