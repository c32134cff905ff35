//! A group in a delta, with members that came and went.

use std::fmt::Write as _;

use super::super::groups::shape;
use super::item::{Item, Touched, Wanted};
use crate::tenant::{ChangeKind, Directory, Group, ObjectId};

const NAMES: &[&str] = &[
    "id",
    "classification",
    "createdDateTime",
    "deletedDateTime",
    "description",
    "displayName",
    "groupTypes",
    "mail",
    "mailEnabled",
    "mailNickname",
    "members",
    "membershipRule",
    "onPremisesSyncEnabled",
    "securityEnabled",
    "visibility",
];

pub(super) fn known(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Notes what a change of a group means, apart from its members.
pub(super) fn note(kind: &ChangeKind, touched: &mut Touched) {
    match kind {
        ChangeKind::GroupAdded => touched.whole = true,
        ChangeKind::GroupUpdated => drop(touched.names.insert("displayName")),
        _ => {}
    }
}

/// Whether members are part of the round: unless other properties are selected.
pub(super) fn with_members(select: Option<&[String]>) -> bool {
    select.is_none_or(|names| names.iter().any(|name| name == "members"))
}

/// The group with these members: there are those that are, gone those that are not. `None` when there is nothing to
/// tell.
pub(super) fn item(directory: &Directory, group: &Group, wanted: Wanted<'_>) -> Option<Item> {
    let members = &wanted.touched.members;
    if members.is_empty() && !wanted.matters(|_| true) {
        return None;
    }
    let mut item = Item::new(group.id);
    let whole = shape(group);
    for (name, value) in whole
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| *name != "id")
    {
        match wanted.take(name, true) {
            Some(null) if null || !value.is_null() => item.raw(name, &value.to_string()),
            _ => {}
        }
    }
    if !members.is_empty() {
        item.raw("members@delta", &listed(directory, group, members));
    }
    Some(item)
}

/// In `members@delta` the reason `deleted` means that somebody left the group.
fn listed(directory: &Directory, group: &Group, members: &[ObjectId]) -> String {
    let mut text = String::with_capacity(members.len() * 96);
    for member in members {
        let kind = if directory.user(*member).is_none() && directory.group(*member).is_some() {
            "group"
        } else {
            "user"
        };
        let comma = if text.is_empty() { '[' } else { ',' };
        let _ = write!(
            text,
            "{comma}{{\"@odata.type\":\"#microsoft.graph.{kind}\",\"id\":\"{member}\""
        );
        text += if there(directory, group, *member) {
            "}"
        } else {
            ",\"@removed\":{\"reason\":\"deleted\"}}"
        };
    }
    text + "]"
}

/// Whether somebody is seen in the group: a deleted user is not, though restoring brings the membership back.
pub(super) fn there(directory: &Directory, group: &Group, member: ObjectId) -> bool {
    group.members.contains(&member) && directory.user(member).is_none_or(|user| user.deleted.is_none())
}
