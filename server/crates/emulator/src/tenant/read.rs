//! Reading the directory, and the log of what changed in it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::devices::after;
use super::directory::{Delta, Directory};
use super::model::{Change, Group, ObjectId, User};

impl Directory {
    /// The user, deleted or not.
    pub fn user(&self, id: ObjectId) -> Option<&User> {
        self.users.get(&id)
    }

    /// Looks a user up by user principal name, in any case.
    pub fn user_by_upn(&self, upn: &str) -> Option<&User> {
        self.by_upn.get(&upn.to_lowercase()).and_then(|id| self.user(*id))
    }

    /// Every user that is not deleted, oldest first.
    pub fn users(&self) -> impl Iterator<Item = &User> {
        self.all_users().filter(|user| user.deleted.is_none())
    }

    /// *Deleted users*, oldest first.
    pub fn deleted_users(&self) -> impl Iterator<Item = &User> {
        self.all_users().filter(|user| user.deleted.is_some())
    }

    /// Every user, deleted ones included, oldest first.
    pub fn all_users(&self) -> impl Iterator<Item = &User> {
        self.user_order.iter().filter_map(|id| self.users.get(id))
    }

    /// The group.
    pub fn group(&self, id: ObjectId) -> Option<&Group> {
        self.groups.get(&id)
    }

    /// Every group, by object id.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    /// Groups that have `member` as a direct member.
    pub fn groups_of(&self, member: ObjectId) -> impl Iterator<Item = &Group> {
        let ids = self.member_of.get(&member).into_iter().flatten();
        ids.filter_map(|id| self.groups.get(id))
    }

    /// Users and groups assigned to the enterprise application.
    pub fn assignments(&self) -> &BTreeSet<ObjectId> {
        &self.assignments
    }

    /// Number of the newest change.
    pub fn last_change(&self) -> u64 {
        self.seq
    }

    /// Everything that happened after change number `seq`.
    pub fn changes_since(&self, seq: u64) -> Delta {
        match self.log_after(seq) {
            Some(changes) => Delta::Changes(changes.cloned().collect()),
            None => Delta::Expired,
        }
    }

    /// As [`Directory::changes_since`], in place; finding the first costs nothing. `None` when the log no longer
    /// reaches back that far.
    pub fn log_after(&self, seq: u64) -> Option<impl Iterator<Item = &Change>> {
        let oldest = self.log.front().map_or(self.seq + 1, |change| change.seq);
        let from = usize::try_from(seq.saturating_add(1).checked_sub(oldest)?).ok()?;
        Some(self.log.range(from.min(self.log.len())..))
    }

    /// Number of the newest change that is not younger than `at`.
    pub fn last_change_at(&self, at: Timestamp) -> u64 {
        let known = self.log.iter().rev().find(|change| change.at <= at);
        known.map_or_else(
            || self.log.front().map_or(self.seq, |change| change.seq - 1),
            |change| change.seq,
        )
    }

    /// When the directory was made.
    pub fn born(&self) -> Timestamp {
        self.born
    }

    /// Users whose object id comes after `last`, deleted ones included, by object id.
    pub fn users_after(&self, last: Option<ObjectId>) -> impl Iterator<Item = &User> {
        after(&self.users, last)
    }

    /// Groups whose object id comes after `last`, by object id.
    pub fn groups_after(&self, last: Option<ObjectId>) -> impl Iterator<Item = &Group> {
        after(&self.groups, last)
    }

    /// The groups that somebody is in, or was in until gone for good.
    pub fn groups_ever_of(&self, member: ObjectId) -> &[ObjectId] {
        let now = self.member_of.get(&member).filter(|groups| !groups.is_empty());
        let known = now.or_else(|| self.former_groups.get(&member));
        known.map(Vec::as_slice).unwrap_or_default()
    }

    /// Who was the user's manager last, before there was none.
    pub fn former_manager(&self, user: ObjectId) -> Option<ObjectId> {
        self.former_managers.get(&user).copied()
    }
}
