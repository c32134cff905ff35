//! What a request does to a group's members: set-based on rows, however large the group is (threats T23, T37).

use std::collections::BTreeSet;

use scim::patch::MemberOp;
use scim::resource::MemberRef;
use scim::{Filter, Map};
use serde_json::{Value, json};
use store::ids::{DirectoryId, GroupId};
use store::members::{self, Added, Member, MemberRef as Kept};
use store::page::Start;
use store::{StoreError, Tx};

use super::Refused;
use super::changes::Change;

/// Member changes shown one by one in the activity; the rest is counted.
const SHOWN: usize = 50;
/// Rows looked at in one go when members are removed by a condition.
const CHUNK: usize = 1000;

/// Who came and who went, in the end: one that is added and removed by one request did neither.
#[derive(Debug, Default)]
pub(crate) struct MemberChanges {
    pub(crate) added: BTreeSet<String>,
    pub(crate) removed: BTreeSet<String>,
}

impl MemberChanges {
    pub(crate) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }

    fn add(&mut self, members: Vec<Kept>) {
        for Kept { id, .. } in members {
            if !self.removed.remove(&id) {
                self.added.insert(id);
            }
        }
    }

    fn remove(&mut self, members: Vec<Kept>) {
        for Kept { id, .. } in members {
            if !self.added.remove(&id) {
                self.removed.insert(id);
            }
        }
    }

    /// For the activity: each id, up to [`SHOWN`], and how many more.
    pub(crate) fn shown(&self) -> Vec<Change> {
        let came = self.added.iter().map(|id| (None, Some(id.clone())));
        let went = self.removed.iter().map(|id| (Some(id.clone()), None));
        let change = |(old, new)| Change {
            path: "members".to_owned(),
            old,
            new,
        };
        let mut shown: Vec<Change> = came.chain(went).take(SHOWN).map(change).collect();
        let more = (self.added.len() + self.removed.len()).saturating_sub(SHOWN);
        if more > 0 {
            shown.push(change((None, Some(format!("… {more} more")))));
        }
        shown
    }
}

/// Carries out member operations in their order.
pub(crate) async fn carry_out<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    group: &GroupId,
    ops: &[MemberOp],
    at: i64,
) -> Result<MemberChanges, Refused> {
    let mut changes = MemberChanges::default();
    for op in ops {
        match op {
            MemberOp::Add(refs) => changes.add(add(tx, directory, group, refs, at).await?),
            MemberOp::Remove(ids) => {
                changes.remove(members::remove(tx, directory, group, &texts(ids)).await?)
            }
            MemberOp::RemoveWhere(filter) => {
                changes.remove(remove_where(tx, directory, group, filter).await?)
            }
            MemberOp::Clear => changes.remove(members::clear(tx, directory, group).await?),
            MemberOp::Replace(refs) => {
                let replaced = members::replace(tx, directory, group, &values(refs), at).await?;
                changes.remove(replaced.removed);
                changes.add(all_known(replaced.added)?);
            }
        }
    }
    Ok(changes)
}

/// Adds members; all of them must be users or groups of this directory.
async fn add<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    group: &GroupId,
    refs: &[MemberRef],
    at: i64,
) -> Result<Vec<Kept>, Refused> {
    all_known(members::add(tx, directory, group, &values(refs), at).await?)
}

/// A foreign id reads like an unknown one (threats T19).
fn all_known(added: Added) -> Result<Vec<Kept>, Refused> {
    if added.unknown.is_empty() {
        return Ok(added.added);
    }
    let count = added.unknown.len();
    Err(Refused::Scim(scim::Error::invalid_value(format!(
        "{count} of the members sent are not users or groups of this directory, so none was added. \
         Provision those users first: in Entra, restart provisioning so that it matches them again."
    ))))
}

async fn remove_where<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    group: &GroupId,
    filter: &Filter,
) -> Result<Vec<Kept>, StoreError> {
    let mut start = Start::First;
    let mut matching: Vec<String> = Vec::new();
    loop {
        let page = members::page(tx, directory, group, &start, CHUNK).await?;
        let found = page.rows.iter().filter(|member| filter.matches(&element(member)));
        matching.extend(found.map(|member| member.id.clone()));
        match page.rows.last() {
            Some(last) if page.has_next => start = Start::After(last.id.clone()),
            _ => break,
        }
    }
    members::remove(tx, directory, group, &texts(&matching)).await
}

/// A member as the filter in `members[…]` sees it.
pub(crate) fn element(member: &Member) -> Map {
    let mut map = Map::new();
    map.insert("value".to_owned(), json!(member.id));
    map.insert("type".to_owned(), json!(member.kind.as_str()));
    if let Some(display) = &member.display {
        map.insert("display".to_owned(), Value::from(display.as_str()));
    }
    map
}

fn values(refs: &[MemberRef]) -> Vec<&str> {
    refs.iter().map(|member| member.value.as_str()).collect()
}

fn texts(ids: &[String]) -> Vec<&str> {
    ids.iter().map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::members::MemberKind;

    fn users<I: Into<String>>(ids: impl IntoIterator<Item = I>) -> Vec<Kept> {
        ids.into_iter()
            .map(|id| Kept {
                id: id.into(),
                kind: MemberKind::User,
            })
            .collect()
    }

    #[test]
    fn added_and_removed_again_is_nothing() {
        let mut changes = MemberChanges::default();
        changes.add(users(["a", "b"]));
        changes.remove(users(["a", "c"]));
        assert_eq!(changes.added.iter().collect::<Vec<_>>(), ["b"]);
        assert_eq!(changes.removed.iter().collect::<Vec<_>>(), ["c"]);
        changes.add(users(["c"]));
        assert!(changes.removed.is_empty());
    }

    #[test]
    fn a_long_list_is_shown_in_part_and_counted() {
        let mut changes = MemberChanges::default();
        changes.add(users((0..60).map(|number| format!("{number:03}"))));
        let shown = changes.shown();
        assert_eq!(shown.len(), SHOWN + 1);
        assert_eq!(
            shown.last().and_then(|change| change.new.clone()),
            Some("… 10 more".to_owned())
        );
    }
}
