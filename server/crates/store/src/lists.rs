//! What the lists of the portal share: one list over several directories, sorted by a folded name.

use crate::compose::Sql;
use crate::ids::DirectoryId;
use crate::page::{Key, Start};

/// ` AND (fold, id) > (…) ORDER BY … LIMIT …`: one row more than the page, so that it knows whether more come.
pub(crate) fn seek<'a>(sql: &mut Sql<'a>, fold: &'static str, start: &'a Start<Key>, limit: usize) {
    if let Some(key) = start.key() {
        sql.push(" AND (").push(fold).push(if start.backwards() {
            ", id) < ("
        } else {
            ", id) > ("
        });
        sql.bind(&key.fold).push(", ").bind(&key.id).push(")");
    }
    order(sql, fold, start, limit);
}

/// ` ORDER BY … LIMIT …`
pub(crate) fn order(sql: &mut Sql<'_>, fold: &'static str, start: &Start<Key>, limit: usize) {
    let direction = if start.backwards() { " DESC" } else { "" };
    sql.push(" ORDER BY ")
        .push(fold)
        .push(direction)
        .push(", id")
        .push(direction)
        .push(" LIMIT ");
    sql.bind(i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1);
}

/// `directory_id IN (…)`
pub(crate) fn within<'a>(sql: &mut Sql<'a>, directories: &'a [DirectoryId]) {
    sql.push("directory_id IN (");
    for (number, directory) in directories.iter().enumerate() {
        sql.push(if number > 0 { ", " } else { "" }).bind(directory);
    }
    sql.push(")");
}
