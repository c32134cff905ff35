//! Which permissions let a request through: the least one of `entra-facts` C4 and those that include it.

use super::caller::Need;

/// Lists of users and other people's profiles, at least the basic part.
pub(super) const READ_USERS_BASIC: Need = Need::both(&[
    "User.ReadBasic.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
]);

/// Every property of a user.
pub(super) const READ_USERS: Need = Need::both(&[
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
]);

/// One's own profile and memberships.
pub(super) const READ_ME: Need = Need {
    delegated: &[
        "User.Read",
        "User.ReadBasic.All",
        "User.Read.All",
        "User.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    application: &[],
};

/// Creating, changing and deleting users.
pub(super) const WRITE_USERS: Need = Need::both(&[
    "User.ReadWrite.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
]);

/// Groups and their members.
pub(super) const READ_GROUPS: Need = Need::both(&[
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
]);

/// Domains.
pub(super) const READ_DOMAINS: Need = Need::both(&[
    "Domain.Read.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
]);

/// How people sign in.
pub(super) const READ_METHODS: Need = Need::both(&[
    "UserAuthenticationMethod.Read.All",
    "UserAuthenticationMethod.ReadWrite.All",
]);

/// Devices and who owns them.
pub(super) const READ_DEVICES: Need = Need {
    delegated: &[
        "Device.Read.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    application: &["Device.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
};

/// The organization.
pub(super) const READ_ORGANIZATION: Need = Need {
    delegated: &[
        "User.Read",
        "User.Read.All",
        "User.ReadWrite.All",
        "Organization.Read.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    application: &[
        "Organization.Read.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
};

/// Applications, service principals and who is assigned to them.
pub(super) const READ_APPS: Need = Need {
    delegated: &[
        "Application.Read.All",
        "Application.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    application: &[
        "Application.Read.All",
        "Application.ReadWrite.All",
        "Application.ReadWrite.OwnedBy",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
};

/// Changing applications and service principals; [`OWN_APPS`] is enough for an application's own.
pub(super) const WRITE_APPS: Need = Need::both(&["Application.ReadWrite.All", "Directory.ReadWrite.All"]);

/// An application that changes what it owns.
pub(super) const OWN_APPS: Need = Need {
    delegated: &[],
    application: &["Application.ReadWrite.OwnedBy"],
};

/// Assigning app roles; [`READ_APPS`] is needed as well.
pub(super) const ASSIGN: Need = Need::both(&["AppRoleAssignment.ReadWrite.All"]);

/// Delegated grants.
pub(super) const READ_GRANTS: Need = Need::both(&[
    "DelegatedPermissionGrant.Read.All",
    "DelegatedPermissionGrant.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
]);

/// Making and changing delegated grants.
pub(super) const WRITE_GRANTS: Need = Need::both(&["DelegatedPermissionGrant.ReadWrite.All"]);

/// Directory roles and who holds them.
pub(super) const READ_ROLES: Need = Need::both(&[
    "RoleManagement.Read.Directory",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
]);
