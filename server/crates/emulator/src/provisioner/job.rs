//! What a job remembers between cycles: links to the server's resources, the watermark, escrows, quarantine.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use jiff::Timestamp;

use super::cycle::Cycle;
use super::health::{Escrow, Quarantine};
use super::mapping::Attributes;
use crate::tenant::ObjectId;

/// A user the job has created or matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserLink {
    /// The server's id, cached and reused (A7).
    pub(crate) target_id: String,
    /// What the server holds, as far as we know.
    pub(crate) held: Attributes,
    /// The manager's id at the server.
    pub(crate) manager: Option<String>,
}

/// A group the job has created or matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GroupLink {
    pub(crate) target_id: String,
    pub(crate) display_name: String,
    pub(crate) external_id: String,
    /// Members added so far, with their ids at the server. Inactive ones stay (A7).
    pub(crate) members: BTreeMap<ObjectId, String>,
    /// Ids at the server that were members before a full restart broke the links; they may still be.
    pub(crate) uncertain: BTreeSet<String>,
}

#[derive(Debug, Default)]
pub(super) struct Job {
    /// Provisioning Status On.
    pub(super) started: bool,
    /// Disabled after 28 days in quarantine.
    pub(super) given_up: bool,
    /// Changes up to this number have been dealt with; `None` makes the next cycle an initial one.
    pub(super) watermark: Option<u64>,
    pub(super) users: HashMap<ObjectId, UserLink>,
    pub(super) groups: HashMap<ObjectId, GroupLink>,
    /// Which object holds which user id of the server.
    pub(super) owners: HashMap<String, ObjectId>,
    /// Users who left the scope: disabled and forgotten, but still at the server.
    pub(super) left: HashMap<String, UserLink>,
    /// Groups whose link a full restart broke.
    pub(super) left_groups: HashMap<String, GroupLink>,
    /// Ids we deleted at the server.
    pub(super) deleted: HashSet<String>,
    pub(super) created_users: u64,
    pub(super) deleted_users: u64,
    pub(super) escrows: HashMap<ObjectId, Escrow>,
    pub(super) pending_members: HashMap<ObjectId, BTreeSet<ObjectId>>,
    pub(super) pending_managers: BTreeSet<ObjectId>,
    pub(super) quarantine: Option<Quarantine>,
    pub(super) allow_deletes: bool,
    pub(super) current: Option<(super::cycle::CycleKind, Timestamp)>,
    pub(super) last: Option<Cycle>,
    pub(super) last_success: Option<Cycle>,
    pub(super) last_with_exports: Option<Cycle>,
    pub(super) steady_since: Option<Timestamp>,
    pub(super) next_cycle: Option<Timestamp>,
    pub(super) cycles: u64,
    pub(super) on_demand: VecDeque<Timestamp>,
}

/// What *Restart provisioning* forgets (C5.10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reset {
    /// Breaks every link as well: all users and groups are matched again.
    pub full: bool,
    /// Lets the deletions through that the accidental-deletion guard held back.
    pub force_deletes: bool,
}

impl Job {
    /// Restart: the next cycle is an initial one; escrows, unresolved references and quarantine are gone.
    pub(super) fn restart(&mut self, reset: Reset) {
        self.watermark = None;
        self.escrows.clear();
        self.pending_members.clear();
        self.pending_managers.clear();
        self.quarantine = None;
        self.given_up = false;
        self.started = true;
        self.next_cycle = None;
        self.allow_deletes |= reset.force_deletes;
        if reset.full {
            let links = std::mem::take(&mut self.users);
            self.left
                .extend(links.into_values().map(|link| (link.target_id.clone(), link)));
            self.owners.clear();
            let groups = std::mem::take(&mut self.groups);
            self.left_groups
                .extend(groups.into_values().map(|link| (link.target_id.clone(), link)));
        }
    }

    pub(super) fn link_user(&mut self, id: ObjectId, link: UserLink) {
        self.left.remove(&link.target_id);
        self.owners.insert(link.target_id.clone(), id);
        self.users.insert(id, link);
    }

    /// Forgets a user who left the scope (A7): nothing that happens to it later reaches the server.
    pub(super) fn forget_user(&mut self, id: ObjectId) {
        if let Some(link) = self.users.remove(&id) {
            self.owners.remove(&link.target_id);
            self.left.insert(link.target_id.clone(), link);
        }
    }

    /// Links a group found at the server; what it held before a full restart stays possible.
    pub(super) fn link_group(&mut self, id: ObjectId, mut link: GroupLink) {
        if let Some(before) = self.left_groups.remove(&link.target_id) {
            link.uncertain = before.members.into_values().chain(before.uncertain).collect();
        }
        self.groups.insert(id, link);
    }

    /// The user is gone at the server, and with it its memberships.
    pub(super) fn drop_user(&mut self, id: ObjectId) {
        if let Some(link) = self.users.remove(&id) {
            self.owners.remove(&link.target_id);
            self.groups
                .values_mut()
                .for_each(|group| group.members.retain(|_, target| *target != link.target_id));
            self.deleted.insert(link.target_id);
        }
    }

    /// The group is gone at the server.
    pub(super) fn drop_group(&mut self, id: ObjectId) {
        if let Some(link) = self.groups.remove(&id) {
            self.groups
                .values_mut()
                .for_each(|group| group.members.retain(|_, target| *target != link.target_id));
            self.deleted.insert(link.target_id);
        }
        self.pending_members.remove(&id);
    }

    /// Looks at this user's manager again in the next cycle.
    pub(super) fn postpone_manager(&mut self, id: ObjectId) {
        self.pending_managers.insert(id);
    }

    /// The server's id of a user or group.
    pub(super) fn target_of(&self, id: ObjectId) -> Option<&str> {
        let user = self.users.get(&id).map(|link| link.target_id.as_str());
        user.or_else(|| self.groups.get(&id).map(|link| link.target_id.as_str()))
    }
}
