//! Who is in scope: assignments, the scope setting and the scoping filter (`entra-facts` A7).

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::settings::{Scope, Settings};
use crate::tenant::{Directory, Group, ObjectId, Property, User};

/// A scoping filter: all clauses must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ScopingFilter {
    /// The clauses; an empty filter lets everybody through.
    pub clauses: Vec<Clause>,
}

/// One condition on a property. A property that is not set makes every comparison false (A7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// The property looked at.
    pub property: Property,
    /// How it is compared.
    pub operator: Operator,
    /// What it is compared with; empty for the null tests.
    #[serde(default)]
    pub value: String,
}

/// The operators of a clause this emulator knows; comparison is case-sensitive, as Entra's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "they are named as Entra names them")]
pub enum Operator {
    #[serde(rename = "EQUALS")]
    Equals,
    #[serde(rename = "NOT EQUALS")]
    NotEquals,
    #[serde(rename = "INCLUDES")]
    Includes,
    #[serde(rename = "ENDS_WITH")]
    EndsWith,
    #[serde(rename = "IS NULL")]
    IsNull,
    #[serde(rename = "IS NOT NULL")]
    IsNotNull,
}

impl Operator {
    /// All operators with the names Entra shows.
    pub const ALL: [(Operator, &'static str); 6] = [
        (Operator::Equals, "EQUALS"),
        (Operator::NotEquals, "NOT EQUALS"),
        (Operator::Includes, "INCLUDES"),
        (Operator::EndsWith, "ENDS_WITH"),
        (Operator::IsNull, "IS NULL"),
        (Operator::IsNotNull, "IS NOT NULL"),
    ];
}

impl ScopingFilter {
    /// Whether the user passes.
    pub fn passes(&self, user: &User) -> bool {
        self.clauses.iter().all(|clause| clause.holds(user))
    }
}

impl Clause {
    fn holds(&self, user: &User) -> bool {
        let value = user.get(self.property);
        match self.operator {
            Operator::IsNull => value.is_none(),
            Operator::IsNotNull => value.is_some(),
            Operator::Equals => value.is_some_and(|value| value == self.value),
            Operator::NotEquals => value.is_some_and(|value| value != self.value),
            Operator::Includes => value.is_some_and(|value| value.contains(&self.value)),
            Operator::EndsWith => value.is_some_and(|value| value.ends_with(&self.value)),
        }
    }
}

/// Why an object is in scope or not; the log's scoping step shows it (C5.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Assigned directly or through a group; always true under *Sync all*.
    pub(super) assigned: bool,
    /// Passes the scoping filter.
    pub(super) passes_filter: bool,
}

impl Verdict {
    pub(super) fn in_scope(self) -> bool {
        self.assigned && self.passes_filter
    }
}

/// The scope of one moment, worked out once so that asking about an object is cheap.
#[derive(Debug)]
pub(super) struct Reach {
    everybody: bool,
    assigned: HashSet<ObjectId>,
    filter: Option<ScopingFilter>,
}

impl Reach {
    pub(super) fn of(directory: &Directory, settings: &Settings) -> Self {
        let mut assigned = HashSet::new();
        for principal in directory.assignments() {
            assigned.insert(*principal);
            // Direct members only: nested groups are not expanded (A0).
            if let Some(group) = directory.group(*principal).filter(|group| group.security_enabled) {
                assigned.extend(
                    group
                        .members
                        .iter()
                        .filter(|member| directory.group(**member).is_none()),
                );
            }
        }
        Self {
            everybody: settings.scope == Scope::SyncAll,
            assigned,
            filter: settings.filter.clone(),
        }
    }

    pub(super) fn user(&self, user: &User) -> Verdict {
        Verdict {
            assigned: self.everybody || self.assigned.contains(&user.id),
            passes_filter: self.filter.as_ref().is_none_or(|filter| filter.passes(user)),
        }
    }

    /// Only security groups are provisioned (A0).
    pub(super) fn group(&self, group: &Group) -> Verdict {
        let assigned = self.everybody || self.assigned.contains(&group.id);
        Verdict {
            assigned,
            passes_filter: group.security_enabled,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::clock::Clock;
    use crate::tenant::{Tenant, TenantOptions};

    fn clause(operator: Operator, value: &str) -> ScopingFilter {
        ScopingFilter {
            clauses: vec![Clause {
                property: Property::Department,
                operator,
                value: value.to_owned(),
            }],
        }
    }

    #[test]
    fn clauses_are_case_sensitive_and_null_fails_them() {
        let nobody = User::new(ObjectId(Uuid::nil()), Timestamp::UNIX_EPOCH);
        let seller = nobody.clone().with(Property::Department, "Sales");
        for (filter, seller_passes, nobody_passes) in [
            (clause(Operator::Equals, "Sales"), true, false),
            (clause(Operator::Equals, "sales"), false, false),
            (clause(Operator::NotEquals, "Legal"), true, false),
            (clause(Operator::Includes, "ale"), true, false),
            (clause(Operator::EndsWith, "les"), true, false),
            (clause(Operator::IsNull, ""), false, true),
            (clause(Operator::IsNotNull, ""), true, false),
            (ScopingFilter::default(), true, true),
        ] {
            assert_eq!(
                (filter.passes(&seller), filter.passes(&nobody)),
                (seller_passes, nobody_passes),
                "{filter:?}"
            );
        }
    }

    #[test]
    fn an_assigned_group_brings_its_direct_members_only() {
        let tenant = Tenant::generate(&TenantOptions::default(), Clock::manual(Timestamp::UNIX_EPOCH));
        let leadership = tenant.find_group("Leadership").unwrap();
        let board = tenant.find_group("Board").unwrap();
        tenant.assign(leadership.id).unwrap();
        let reach = Reach::of(&tenant.read(), &Settings::default());
        for user in tenant.read().users() {
            assert_eq!(reach.user(user).in_scope(), leadership.members.contains(&user.id));
        }
        assert!(reach.group(&leadership).in_scope());
        assert!(
            !reach.group(&board).in_scope(),
            "a nested group is not assigned by its parent"
        );
    }

    #[test]
    fn sync_all_needs_no_assignment_but_the_filter_still_counts() {
        let tenant = Tenant::generate(&TenantOptions::default(), Clock::manual(Timestamp::UNIX_EPOCH));
        let filter = Some(clause(Operator::Equals, "Legal"));
        let settings = Settings {
            scope: Scope::SyncAll,
            filter,
            ..Settings::default()
        };
        let reach = Reach::of(&tenant.read(), &settings);
        for user in tenant.read().users() {
            assert_eq!(
                reach.user(user).in_scope(),
                user.get(Property::Department) == Some("Legal")
            );
        }
    }
}
