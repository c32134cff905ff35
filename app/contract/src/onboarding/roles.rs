//! Directory roles of Entra by their template ids (entra-facts B2), and which of them each act in a tenant needs (B3).
//!
//! What a token's `wids` or Graph says of roles is a hint for the page, never an authorisation: Entra itself decides.

use serde::{Deserialize, Serialize};

/// Template id of Global Administrator.
pub const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
/// Template id of Privileged Role Administrator.
pub const PRIVILEGED_ROLE_ADMINISTRATOR: &str = "e8611ab8-c189-46e8-94e1-60213ab1f814";
/// Template id of Application Administrator.
pub const APPLICATION_ADMINISTRATOR: &str = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3";
/// Template id of Cloud Application Administrator.
pub const CLOUD_APPLICATION_ADMINISTRATOR: &str = "158c047a-c907-4556-b7ef-446551a6b5f7";
/// Template id of User Administrator.
pub const USER_ADMINISTRATOR: &str = "fe930be7-5e62-47db-91af-98c3a49a38b1";

/// A directory role that an act of ours may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectoryRole {
    /// May do everything in the tenant.
    GlobalAdministrator,
    /// May grant any permission and role.
    PrivilegedRoleAdministrator,
    /// Manages applications.
    ApplicationAdministrator,
    /// Manages applications, without the application proxy.
    CloudApplicationAdministrator,
    /// Manages users.
    UserAdministrator,
}

impl DirectoryRole {
    /// Every role named here.
    pub const ALL: [DirectoryRole; 5] = [
        DirectoryRole::GlobalAdministrator,
        DirectoryRole::PrivilegedRoleAdministrator,
        DirectoryRole::ApplicationAdministrator,
        DirectoryRole::CloudApplicationAdministrator,
        DirectoryRole::UserAdministrator,
    ];

    /// Its template id, the same in every tenant.
    pub fn template_id(self) -> &'static str {
        match self {
            DirectoryRole::GlobalAdministrator => GLOBAL_ADMINISTRATOR,
            DirectoryRole::PrivilegedRoleAdministrator => PRIVILEGED_ROLE_ADMINISTRATOR,
            DirectoryRole::ApplicationAdministrator => APPLICATION_ADMINISTRATOR,
            DirectoryRole::CloudApplicationAdministrator => CLOUD_APPLICATION_ADMINISTRATOR,
            DirectoryRole::UserAdministrator => USER_ADMINISTRATOR,
        }
    }

    /// The role of that template id.
    pub fn from_template_id(id: &str) -> Option<Self> {
        DirectoryRole::ALL
            .into_iter()
            .find(|role| role.template_id().eq_ignore_ascii_case(id))
    }

    /// Its name as Microsoft's pages spell it, in every language.
    pub fn name(self) -> &'static str {
        match self {
            DirectoryRole::GlobalAdministrator => "Global Administrator",
            DirectoryRole::PrivilegedRoleAdministrator => "Privileged Role Administrator",
            DirectoryRole::ApplicationAdministrator => "Application Administrator",
            DirectoryRole::CloudApplicationAdministrator => "Cloud Application Administrator",
            DirectoryRole::UserAdministrator => "User Administrator",
        }
    }
}

/// Why the admin may not have us act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingRole {
    /// Nobody signed in with Microsoft in this session.
    NotSignedIn,
    /// One of these roles would do, the smallest first.
    OneOf(Vec<DirectoryRole>),
}

/// May an admin with these roles (template ids) consent for the whole tenant to delegated permissions of any API, and to
/// application permissions of an API that is not Microsoft Graph (entra-facts B3)?
pub fn may_consent(roles: &[String]) -> Result<(), MissingRole> {
    one_of(
        roles,
        &[
            DirectoryRole::CloudApplicationAdministrator,
            DirectoryRole::ApplicationAdministrator,
            DirectoryRole::PrivilegedRoleAdministrator,
            DirectoryRole::GlobalAdministrator,
        ],
    )
}

/// May an admin with these roles consent to application permissions of Microsoft Graph (entra-facts B3)?
pub fn may_consent_to_graph(roles: &[String]) -> Result<(), MissingRole> {
    one_of(
        roles,
        &[
            DirectoryRole::PrivilegedRoleAdministrator,
            DirectoryRole::GlobalAdministrator,
        ],
    )
}

/// May an admin with these roles assign an app role to a user?
pub fn may_assign_roles(roles: &[String]) -> Result<(), MissingRole> {
    one_of(
        roles,
        &[
            DirectoryRole::CloudApplicationAdministrator,
            DirectoryRole::ApplicationAdministrator,
            DirectoryRole::GlobalAdministrator,
        ],
    )
}

/// May an admin with these roles create a user?
pub fn may_create_users(roles: &[String]) -> Result<(), MissingRole> {
    one_of(
        roles,
        &[
            DirectoryRole::UserAdministrator,
            DirectoryRole::GlobalAdministrator,
        ],
    )
}

fn one_of(roles: &[String], enough: &[DirectoryRole]) -> Result<(), MissingRole> {
    let held = |role: &DirectoryRole| roles.iter().any(|id| id.eq_ignore_ascii_case(role.template_id()));
    if enough.iter().any(held) {
        Ok(())
    } else {
        Err(MissingRole::OneOf(enough.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(role: DirectoryRole) -> Vec<String> {
        vec![role.template_id().to_uppercase()]
    }

    #[test]
    fn a_global_administrator_may_do_everything() {
        let roles = only(DirectoryRole::GlobalAdministrator);
        for may in [
            may_consent,
            may_consent_to_graph,
            may_assign_roles,
            may_create_users,
        ] {
            assert_eq!(may(&roles), Ok(()));
        }
    }

    #[test]
    fn an_application_administrator_cannot_consent_for_graph_nor_create_users() {
        let roles = only(DirectoryRole::ApplicationAdministrator);
        assert!(may_consent(&roles).is_ok() && may_assign_roles(&roles).is_ok());
        assert!(may_consent_to_graph(&roles).is_err() && may_create_users(&roles).is_err());
    }

    #[test]
    fn without_a_role_the_smallest_that_would_do_comes_first() {
        let missing = may_create_users(&[]).expect_err("nobody");
        let expected = vec![
            DirectoryRole::UserAdministrator,
            DirectoryRole::GlobalAdministrator,
        ];
        assert_eq!(missing, MissingRole::OneOf(expected));
    }

    #[test]
    fn template_ids_read_back() {
        for role in DirectoryRole::ALL {
            assert_eq!(DirectoryRole::from_template_id(role.template_id()), Some(role));
        }
    }
}
