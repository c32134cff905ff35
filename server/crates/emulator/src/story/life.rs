//! What happens in a company between two cycles: people come, go, marry, move and get other bosses.

use std::collections::BTreeMap;

use crate::rng::Rng;
use crate::tenant::{ObjectId, Property, Tenant, TenantError};

/// Department of those whom the scoping filter keeps out.
pub(super) const DEPARTED: &str = "Departed";

const SURNAMES: &[&str] = &[
    "O'Neill",
    "Żuraw",
    "Ωραιόπουλος",
    "Ковальчук",
    "السيد",
    "אברהם",
    "山本",
    "Smith-Jones",
];
const TITLES: &[&str] = &[
    "Principal Engineer",
    "Chef d'équipe",
    "Geschäftsführer",
    "Διευθυντής",
    "部長",
    "مدير",
];

/// Drives a tenant's changes from a seed, and remembers who can come back.
#[derive(Debug)]
pub(super) struct Life {
    tenant: Tenant,
    rng: Rng,
    disabled: Vec<ObjectId>,
    binned: Vec<ObjectId>,
    unassigned: Vec<ObjectId>,
    departed: Vec<ObjectId>,
    /// Names given out so far, so that they stay unique.
    named: usize,
}

/// Whom to provision on demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OnDemand {
    pub(super) user: ObjectId,
    pub(super) leaver: ObjectId,
    pub(super) group: ObjectId,
    pub(super) members: Vec<ObjectId>,
}

type Done = BTreeMap<&'static str, usize>;

impl Life {
    pub(super) fn new(tenant: Tenant, seed: u64) -> Self {
        let rng = Rng::new(seed.wrapping_mul(31).wrapping_add(7));
        let none = Vec::new;
        Self {
            tenant,
            rng,
            disabled: none(),
            binned: none(),
            unassigned: none(),
            departed: none(),
            named: 0,
        }
    }

    /// About `changes` users change, in every way there is, and some groups with them. Says how many of each.
    pub(super) fn turn(&mut self, changes: usize) -> Done {
        let mut done = Done::new();
        let mut people = self.shuffled();
        let share = |per_hundred: usize| (changes * per_hundred / 100).max(1);
        self.come_back(&mut done);
        for (what, count, change) in [
            (
                "rename",
                share(15),
                Self::rename as fn(&mut Self, ObjectId) -> Result<(), TenantError>,
            ),
            ("change address", share(10), Self::readdress),
            ("change details", share(20), Self::details),
            ("disable", share(8), Self::disable),
            ("delete", share(6), Self::delete),
            ("unassign", share(6), Self::unassign),
            ("leave by filter", share(5), Self::depart),
            ("change manager", share(10), Self::other_manager),
            ("clear manager", share(5), Self::no_manager),
        ] {
            for _ in 0..count {
                let Some(person) = people.pop() else { break };
                if change(self, person).is_ok() {
                    *done.entry(what).or_default() += 1;
                }
            }
        }
        for _ in 0..share(10) {
            self.hire();
            *done.entry("hire").or_default() += 1;
        }
        self.groups(&people, &mut done);
        done
    }

    /// What to provision on demand: a user with a change, a user unassigned just now, a group with up to five members.
    pub(super) fn on_demand(&mut self) -> Option<OnDemand> {
        let people = self.shuffled();
        let user = *people.first()?;
        self.rename(user).ok()?;
        let leaver = *people.get(1)?;
        self.unassign(leaver).ok()?;
        let groups: Vec<_> = self.tenant.read().groups().map(|group| group.id).collect();
        let group = *self.rng.pick(&groups)?;
        self.tenant.add_members(group, &people[people.len() - 1..]).ok()?;
        let members = self.tenant.group(group)?.members;
        let users = members
            .into_iter()
            .filter(|id| self.tenant.user(*id).is_some_and(|user| user.deleted.is_none()));
        Some(OnDemand {
            user,
            leaver,
            group,
            members: users.take(5).collect(),
        })
    }

    /// People in scope and enabled, in random order.
    fn shuffled(&mut self) -> Vec<ObjectId> {
        let tenant = self.tenant.clone();
        let directory = tenant.read();
        let present = directory.users().filter(|user| {
            user.account_enabled
                && directory.assignments().contains(&user.id)
                && user.get(Property::Department) != Some(DEPARTED)
        });
        let mut people: Vec<_> = present.map(|user| user.id).collect();
        for last in (1..people.len()).rev() {
            people.swap(last, self.rng.below(last + 1));
        }
        people
    }

    /// Half of those who left in earlier turns return; the other half of the deleted is purged.
    fn come_back(&mut self, done: &mut Done) {
        let mut count = |what, how_many: usize| *done.entry(what).or_default() += how_many;
        let tenant = self.tenant.clone();
        let back = split(&mut self.disabled);
        count(
            "enable",
            back.iter().filter(|id| tenant.enable(**id).is_ok()).count(),
        );
        let back = split(&mut self.unassigned);
        count(
            "assign again",
            back.iter().filter(|id| tenant.assign(**id).is_ok()).count(),
        );
        let back = split(&mut self.departed);
        let sales = [(Property::Department, Some("Sales"))];
        count(
            "return by filter",
            back.iter()
                .filter(|id| tenant.update(**id, &sales).is_ok())
                .count(),
        );
        let back = split(&mut self.binned);
        count(
            "restore",
            back.iter().filter(|id| tenant.restore(**id).is_ok()).count(),
        );
        let gone = std::mem::take(&mut self.binned);
        count(
            "purge",
            gone.iter().filter(|id| tenant.purge(**id).is_ok()).count(),
        );
    }

    fn rename(&mut self, id: ObjectId) -> Result<(), TenantError> {
        let surname = *self.rng.pick(SURNAMES).unwrap_or(&"Doe");
        let user = self.tenant.user(id);
        let given = user
            .as_ref()
            .and_then(|user| user.get(Property::GivenName))
            .unwrap_or("Jane")
            .to_owned();
        self.named += 1;
        self.tenant
            .rename(id, &given, &format!("{surname} {}", self.named))
    }

    fn readdress(&mut self, id: ObjectId) -> Result<(), TenantError> {
        self.named += 1;
        self.tenant
            .change_address(id, &format!("new.address{}", self.named))
    }

    fn details(&mut self, id: ObjectId) -> Result<(), TenantError> {
        self.named += 1;
        let title = *self.rng.pick(TITLES).unwrap_or(&"Engineer");
        let (phone, city) = (
            format!("+44 20 7946 {:04}", self.named % 10_000),
            format!("City {}", self.named),
        );
        let to = [
            (Property::JobTitle, Some(title)),
            (Property::Mobile, Some(phone.as_str())),
            (Property::City, Some(city.as_str())),
            (Property::FacsimileTelephoneNumber, Some("+44 20 7946 0000")),
        ];
        self.tenant.update(id, &to).map(drop)
    }

    /// Every third one is renamed as well: the disable then shares its PATCH with other attributes.
    fn disable(&mut self, id: ObjectId) -> Result<(), TenantError> {
        if self.rng.one_in(3) {
            self.rename(id)?;
        }
        self.tenant.disable(id)?;
        self.disabled.push(id);
        Ok(())
    }

    fn delete(&mut self, id: ObjectId) -> Result<(), TenantError> {
        self.tenant.delete(id)?;
        self.binned.push(id);
        Ok(())
    }

    /// Only who is in no assigned group either really leaves the scope.
    fn unassign(&mut self, id: ObjectId) -> Result<(), TenantError> {
        let groups: Vec<_> = self.tenant.read().groups_of(id).map(|group| group.id).collect();
        for group in groups {
            self.tenant.remove_members(group, &[id])?;
        }
        self.tenant.unassign(id)?;
        self.unassigned.push(id);
        Ok(())
    }

    fn depart(&mut self, id: ObjectId) -> Result<(), TenantError> {
        self.tenant
            .update(id, &[(Property::Department, Some(DEPARTED))])?;
        self.departed.push(id);
        Ok(())
    }

    fn other_manager(&mut self, id: ObjectId) -> Result<(), TenantError> {
        let people: Vec<_> = self.tenant.read().users().take(500).map(|user| user.id).collect();
        let manager = self.rng.pick(&people).copied();
        self.tenant.set_manager(id, manager)
    }

    fn no_manager(&mut self, id: ObjectId) -> Result<(), TenantError> {
        self.tenant.set_manager(id, None)
    }

    fn hire(&mut self) {
        let id = self.tenant.hire_somebody();
        let groups: Vec<_> = self.tenant.read().groups().map(|group| group.id).collect();
        let assigned = self.tenant.assign(id);
        if let (Ok(_), Some(group)) = (assigned, self.rng.pick(&groups)) {
            let _ = self.tenant.add_members(*group, &[id]);
        }
    }

    fn groups(&mut self, people: &[ObjectId], done: &mut Done) {
        let mut count = |what, how_many: usize| *done.entry(what).or_default() += how_many;
        let groups: Vec<_> = self.tenant.read().groups().map(|group| group.id).collect();
        for _ in 0..groups.len().div_ceil(10) {
            let Some(group) = self.rng.pick(&groups).copied() else {
                return;
            };
            let newcomers: Vec<_> = (0..5).filter_map(|_| self.rng.pick(people).copied()).collect();
            count(
                "add member",
                self.tenant.add_members(group, &newcomers).unwrap_or(0),
            );
            let members = self
                .tenant
                .group(group)
                .map(|group| group.members)
                .unwrap_or_default();
            let leavers: Vec<_> = members
                .into_iter()
                .filter(|_| self.rng.one_in(6))
                .take(20)
                .collect();
            count(
                "remove member",
                self.tenant.remove_members(group, &leavers).unwrap_or(0),
            );
        }
        self.named += 1;
        if let Some(group) = self.rng.pick(&groups) {
            let renamed = self
                .tenant
                .rename_group(*group, &format!("Équipe “{}”", self.named));
            count("rename group", usize::from(renamed.is_ok()));
        }
        if let Ok(group) = self.tenant.create_group(&format!("Project {}", self.named), true) {
            let _ = self.tenant.assign(group);
            let members: Vec<_> = people.iter().take(12).copied().collect();
            count("create group", 1);
            count(
                "add member",
                self.tenant.add_members(group, &members).unwrap_or(0),
            );
        }
        if groups.len() > 3
            && self.named.is_multiple_of(2)
            && let Some(group) = self.rng.pick(&groups)
        {
            count(
                "delete group",
                usize::from(self.tenant.delete_group(*group).is_ok()),
            );
        }
    }
}

/// Takes the first half, rounded up, out of `from`.
fn split(from: &mut Vec<ObjectId>) -> Vec<ObjectId> {
    let rest = from.split_off(from.len().div_ceil(2));
    std::mem::replace(from, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::tenant::TenantOptions;

    #[test]
    fn every_kind_of_change_happens_and_the_seed_decides_which() {
        let clock = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
        let run = || {
            let tenant = Tenant::generate(&TenantOptions::default(), clock.clone());
            tenant.assign_everything();
            let mut life = Life::new(tenant.clone(), 5);
            let mut all = Done::new();
            for _ in 0..4 {
                for (what, count) in life.turn(40) {
                    *all.entry(what).or_default() += count;
                }
            }
            let on_demand = life.on_demand();
            (all, on_demand, tenant.read().last_change())
        };
        let (all, on_demand, changes) = run();
        for what in [
            "hire",
            "rename",
            "change address",
            "change details",
            "disable",
            "enable",
            "delete",
            "restore",
            "purge",
            "unassign",
            "assign again",
            "leave by filter",
            "return by filter",
            "change manager",
            "clear manager",
            "add member",
            "remove member",
            "rename group",
            "create group",
            "delete group",
        ] {
            assert!(
                all.get(what).is_some_and(|count| *count > 0),
                "{what} never happened: {all:?}"
            );
        }
        let members = on_demand.clone().unwrap().members;
        assert!(!members.is_empty() && members.len() <= 5);
        assert_eq!(run(), (all, on_demand, changes));
    }
}
