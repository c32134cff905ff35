//! Directory roles: template ids (`entra-facts` B2) and what each may do here.

use std::collections::BTreeSet;

use uuid::{Uuid, uuid};

/// A built-in directory role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is named as Entra names it")]
pub enum DirectoryRole {
    GlobalAdministrator,
    PrivilegedRoleAdministrator,
    ApplicationAdministrator,
    CloudApplicationAdministrator,
    HybridIdentityAdministrator,
    GroupsAdministrator,
    UserAdministrator,
}

/// Template id every member carries in `wids`.
pub const DEFAULT_USER: Uuid = uuid!("b79fbf4d-3ef9-4689-8143-76b194e85509");

impl DirectoryRole {
    /// Every role.
    pub const ALL: [DirectoryRole; 7] = {
        use DirectoryRole as R;
        [
            R::GlobalAdministrator,
            R::PrivilegedRoleAdministrator,
            R::ApplicationAdministrator,
            R::CloudApplicationAdministrator,
            R::HybridIdentityAdministrator,
            R::GroupsAdministrator,
            R::UserAdministrator,
        ]
    };

    /// Template id, the same in every tenant.
    pub fn template_id(self) -> Uuid {
        use DirectoryRole as R;
        match self {
            R::GlobalAdministrator => uuid!("62e90394-69f5-4237-9190-012177145e10"),
            R::PrivilegedRoleAdministrator => uuid!("e8611ab8-c189-46e8-94e1-60213ab1f814"),
            R::ApplicationAdministrator => uuid!("9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"),
            R::CloudApplicationAdministrator => uuid!("158c047a-c907-4556-b7ef-446551a6b5f7"),
            R::HybridIdentityAdministrator => uuid!("8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2"),
            R::GroupsAdministrator => uuid!("fdd7a751-b60b-444a-984c-02652fe8fa1c"),
            R::UserAdministrator => uuid!("fe930be7-5e62-47db-91af-98c3a49a38b1"),
        }
    }

    /// Display name.
    pub fn name(self) -> &'static str {
        use DirectoryRole as R;
        match self {
            R::GlobalAdministrator => "Global Administrator",
            R::PrivilegedRoleAdministrator => "Privileged Role Administrator",
            R::ApplicationAdministrator => "Application Administrator",
            R::CloudApplicationAdministrator => "Cloud Application Administrator",
            R::HybridIdentityAdministrator => "Hybrid Identity Administrator",
            R::GroupsAdministrator => "Groups Administrator",
            R::UserAdministrator => "User Administrator",
        }
    }

    /// Reads a display name or a template id.
    pub fn parse(text: &str) -> Option<Self> {
        let id: Option<Uuid> = text.parse().ok();
        Self::ALL
            .into_iter()
            .find(|role| role.name().eq_ignore_ascii_case(text) || Some(role.template_id()) == id)
    }
}

/// What somebody may consent to for the whole tenant (B3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConsentPower {
    /// Only their own, and only what users may consent to.
    User,
    /// Delegated permissions of any API, application permissions of all but Microsoft Graph.
    Applications,
    /// Everything.
    Everything,
}

impl ConsentPower {
    /// What these roles give together.
    pub fn of(roles: &BTreeSet<DirectoryRole>) -> Self {
        use DirectoryRole as R;
        let has = |role| roles.contains(&role);
        if has(R::GlobalAdministrator) || has(R::PrivilegedRoleAdministrator) {
            ConsentPower::Everything
        } else if has(R::ApplicationAdministrator) || has(R::CloudApplicationAdministrator) {
            ConsentPower::Applications
        } else {
            ConsentPower::User
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ids_are_read_back() {
        for role in DirectoryRole::ALL {
            assert_eq!(DirectoryRole::parse(role.name()), Some(role));
            assert_eq!(DirectoryRole::parse(&role.template_id().to_string()), Some(role));
        }
    }

    #[test]
    fn graph_application_permissions_need_the_two_highest_roles() {
        let power = |roles: &[DirectoryRole]| ConsentPower::of(&roles.iter().copied().collect());
        use DirectoryRole as R;
        assert_eq!(power(&[R::GlobalAdministrator]), ConsentPower::Everything);
        assert_eq!(power(&[R::PrivilegedRoleAdministrator]), ConsentPower::Everything);
        assert_eq!(power(&[R::ApplicationAdministrator]), ConsentPower::Applications);
        assert_eq!(
            power(&[R::CloudApplicationAdministrator]),
            ConsentPower::Applications
        );
        assert_eq!(
            power(&[R::GroupsAdministrator, R::UserAdministrator]),
            ConsentPower::User
        );
    }
}
