//! How groups, memberships and assignments change.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::directory::Directory;
use super::model::{ChangeKind, Group, ObjectId, TenantError};

impl Directory {
    fn existing_group(&mut self, id: ObjectId) -> Result<&mut Group, TenantError> {
        self.groups
            .get_mut(&id)
            .ok_or_else(|| TenantError::NotFound(id.to_string()))
    }

    fn check_group_name(&self, name: &str, own: Option<ObjectId>) -> Result<(), TenantError> {
        if name.trim().is_empty() {
            return Err(TenantError::Invalid("displayName", "it must not be empty"));
        }
        let taken = self
            .groups
            .values()
            .any(|group| group.display_name == name && Some(group.id) != own);
        if taken {
            Err(TenantError::Taken("displayName"))
        } else {
            Ok(())
        }
    }

    pub(super) fn create_group(
        &mut self,
        name: &str,
        security_enabled: bool,
        now: Timestamp,
    ) -> Result<ObjectId, TenantError> {
        self.check_group_name(name, None)?;
        let group = Group {
            id: self.new_id(),
            display_name: name.to_owned(),
            description: String::new(),
            security_enabled,
            members: BTreeSet::new(),
            created: now,
        };
        let id = group.id;
        self.groups.insert(id, group);
        self.record(id, ChangeKind::GroupAdded, now);
        Ok(id)
    }

    pub(super) fn rename_group(
        &mut self,
        id: ObjectId,
        name: &str,
        now: Timestamp,
    ) -> Result<(), TenantError> {
        self.existing_group(id)?;
        self.check_group_name(name, Some(id))?;
        let group = self.existing_group(id)?;
        if group.display_name != name {
            name.clone_into(&mut group.display_name);
            self.record(id, ChangeKind::GroupUpdated, now);
        }
        Ok(())
    }

    pub(super) fn delete_group(&mut self, id: ObjectId, now: Timestamp) -> Result<(), TenantError> {
        let group = self
            .groups
            .remove(&id)
            .ok_or_else(|| TenantError::NotFound(id.to_string()))?;
        self.assignments.remove(&id);
        self.leave_all_groups(id);
        for member in &group.members {
            self.left(*member, id);
        }
        self.record(
            id,
            ChangeKind::GroupDeleted {
                members: group.members.into_iter().collect(),
            },
            now,
        );
        Ok(())
    }

    pub(super) fn add_members(
        &mut self,
        id: ObjectId,
        members: &[ObjectId],
        now: Timestamp,
    ) -> Result<usize, TenantError> {
        for member in members {
            if *member == id {
                return Err(TenantError::Invalid(
                    "members",
                    "a group cannot be its own member",
                ));
            }
            if !self.groups.contains_key(member) {
                self.present(*member)?;
            }
        }
        let group = self.existing_group(id)?;
        let added: Vec<_> = members
            .iter()
            .copied()
            .filter(|member| group.members.insert(*member))
            .collect();
        let count = added.len();
        for member in &added {
            let groups = self.member_of.entry(*member).or_default();
            if let Err(place) = groups.binary_search(&id) {
                groups.insert(place, id);
            }
        }
        if count > 0 {
            self.record(id, ChangeKind::MembersAdded { members: added }, now);
        }
        Ok(count)
    }

    pub(super) fn remove_members(
        &mut self,
        id: ObjectId,
        members: &[ObjectId],
        now: Timestamp,
    ) -> Result<usize, TenantError> {
        let group = self.existing_group(id)?;
        let removed: Vec<_> = members
            .iter()
            .copied()
            .filter(|member| group.members.remove(member))
            .collect();
        let count = removed.len();
        for member in &removed {
            self.left(*member, id);
        }
        if count > 0 {
            self.record(id, ChangeKind::MembersRemoved { members: removed }, now);
        }
        Ok(count)
    }

    /// Notes that somebody is in a group no longer.
    fn left(&mut self, member: ObjectId, group: ObjectId) {
        if let Some(groups) = self.member_of.get_mut(&member) {
            groups.retain(|other| *other != group);
        }
    }

    pub(super) fn assign(&mut self, principal: ObjectId, now: Timestamp) -> Result<bool, TenantError> {
        if !self.groups.contains_key(&principal) {
            self.present(principal)?;
        }
        let new = self.assignments.insert(principal);
        if new {
            self.record(principal, ChangeKind::Assigned, now);
        }
        Ok(new)
    }

    pub(super) fn assign_everything(&mut self, now: Timestamp) {
        let everything: Vec<_> = self
            .users()
            .map(|user| user.id)
            .chain(self.groups.keys().copied())
            .collect();
        for principal in everything {
            if self.assignments.insert(principal) {
                self.record(principal, ChangeKind::Assigned, now);
            }
        }
    }

    pub(super) fn unassign(&mut self, principal: ObjectId, now: Timestamp) -> Result<bool, TenantError> {
        if !self.groups.contains_key(&principal) && !self.users.contains_key(&principal) {
            return Err(TenantError::NotFound(principal.to_string()));
        }
        let was = self.assignments.remove(&principal);
        if was {
            self.record(principal, ChangeKind::Unassigned, now);
        }
        Ok(was)
    }
}
