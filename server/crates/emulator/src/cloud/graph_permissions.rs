//! The permissions of Microsoft Graph with Microsoft's own ids (`entra-facts` C4).

use uuid::{Uuid, uuid};

/// Application id of Microsoft Graph, the same in every tenant.
pub const GRAPH_APP_ID: Uuid = uuid!("00000003-0000-0000-c000-000000000000");

/// One permission of Microsoft Graph: the same name may exist delegated, as an application permission, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GraphPermission {
    /// Its name, as in `User.Read.All`.
    pub name: &'static str,
    /// Id of the delegated scope.
    pub delegated: Option<Uuid>,
    /// Whether an ordinary user may consent to the delegated scope; all others need an admin.
    pub user_consent: bool,
    /// Id of the application permission (app role).
    pub application: Option<Uuid>,
}

/// Every permission this Graph knows.
pub const GRAPH_PERMISSIONS: &[GraphPermission] = &[
    GraphPermission {
        name: "User.Read",
        delegated: Some(uuid!("e1fe6dd8-ba31-4d61-89e7-88639da4683d")),
        user_consent: true,
        application: None,
    },
    GraphPermission {
        name: "User.Read.All",
        delegated: Some(uuid!("a154be20-db9c-4678-8ab7-66f6cc099a59")),
        user_consent: false,
        application: Some(uuid!("df021288-bdef-4463-88db-98f22de89214")),
    },
    GraphPermission {
        name: "User.ReadBasic.All",
        delegated: Some(uuid!("b340eb25-3456-403f-be2f-af7a0d370277")),
        user_consent: true,
        application: Some(uuid!("97235f07-e226-4f63-ace3-39588e11d3a1")),
    },
    GraphPermission {
        name: "User.ReadWrite.All",
        delegated: Some(uuid!("204e0828-b5ca-4ad8-b9f3-f32a958e7cc4")),
        user_consent: false,
        application: Some(uuid!("741f803b-c850-494e-b5df-cde7c675a1ca")),
    },
    GraphPermission {
        name: "Group.Read.All",
        delegated: Some(uuid!("5f8c59db-677d-491f-a6b8-5f174b11ec1d")),
        user_consent: false,
        application: Some(uuid!("5b567255-7703-4780-807c-7be8301ae99b")),
    },
    GraphPermission {
        name: "Group.ReadWrite.All",
        delegated: Some(uuid!("4e46008b-f24c-477d-8fff-7bb4ec7aafe0")),
        user_consent: false,
        application: Some(uuid!("62a82d76-70ea-41e2-9197-370581804d09")),
    },
    GraphPermission {
        name: "Group.Create",
        delegated: None,
        user_consent: false,
        application: Some(uuid!("bf7b1a76-6e77-406b-b258-bf5c7720e98f")),
    },
    GraphPermission {
        name: "GroupMember.Read.All",
        delegated: Some(uuid!("bc024368-1153-4739-b217-4326f2e966d0")),
        user_consent: false,
        application: Some(uuid!("98830695-27a2-44f7-8c18-0c3ebc9698f6")),
    },
    GraphPermission {
        name: "GroupMember.ReadWrite.All",
        delegated: Some(uuid!("f81125ac-d3b7-4573-a3b2-7099cc39df9e")),
        user_consent: false,
        application: Some(uuid!("dbaae8cf-10b5-4b86-a4a1-f871c94c6695")),
    },
    GraphPermission {
        name: "Directory.Read.All",
        delegated: Some(uuid!("06da0dbc-49e2-44d2-8312-53f166ab848a")),
        user_consent: false,
        application: Some(uuid!("7ab1d382-f21e-4acd-a863-ba3e13f7da61")),
    },
    GraphPermission {
        name: "Directory.ReadWrite.All",
        delegated: Some(uuid!("c5366453-9fb0-48a5-a156-24f0c49a4b84")),
        user_consent: false,
        application: Some(uuid!("19dbc75e-c2e2-444c-a770-ec69d8559fc7")),
    },
    GraphPermission {
        name: "Directory.AccessAsUser.All",
        delegated: Some(uuid!("0e263e50-5827-48a4-b97c-d940288653c7")),
        user_consent: false,
        application: None,
    },
    GraphPermission {
        name: "Device.Read.All",
        delegated: Some(uuid!("951183d1-1a61-466f-a6d1-1fde911bfd95")),
        user_consent: false,
        application: Some(uuid!("7438b122-aefc-4978-80ed-43db9fcc7715")),
    },
    GraphPermission {
        name: "Application.Read.All",
        delegated: Some(uuid!("c79f8feb-a9db-4090-85f9-90d820caa0eb")),
        user_consent: false,
        application: Some(uuid!("9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30")),
    },
    GraphPermission {
        name: "Application.ReadWrite.All",
        delegated: Some(uuid!("bdfbf15f-ee85-4955-8675-146e8e5296b5")),
        user_consent: false,
        application: Some(uuid!("1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9")),
    },
    GraphPermission {
        name: "Application.ReadWrite.OwnedBy",
        delegated: None,
        user_consent: false,
        application: Some(uuid!("18a4783c-866b-4cc7-a460-3d5e5662c884")),
    },
    GraphPermission {
        name: "UserAuthenticationMethod.Read",
        delegated: Some(uuid!("1f6b61c5-2f65-4135-9c9f-31c0f8d32b52")),
        user_consent: false,
        application: None,
    },
    GraphPermission {
        name: "UserAuthenticationMethod.ReadWrite",
        delegated: Some(uuid!("48971fc1-70d7-4245-af77-0beb29b53ee2")),
        user_consent: false,
        application: None,
    },
    GraphPermission {
        name: "UserAuthenticationMethod.Read.All",
        delegated: Some(uuid!("aec28ec7-4d02-4e8c-b864-50163aea77eb")),
        user_consent: false,
        application: Some(uuid!("38d9df27-64da-44fd-b7c5-a6fbac20248f")),
    },
    GraphPermission {
        name: "UserAuthenticationMethod.ReadWrite.All",
        delegated: Some(uuid!("b7887744-6746-4312-813d-72daeaee7e2d")),
        user_consent: false,
        application: Some(uuid!("50483e42-d915-4231-9639-7fdb7fd190e5")),
    },
    GraphPermission {
        name: "AppRoleAssignment.ReadWrite.All",
        delegated: Some(uuid!("84bccea3-f856-4a8a-967b-dbe0a3d53a64")),
        user_consent: false,
        application: Some(uuid!("06b708a9-e830-4db3-a914-8e69da51d44f")),
    },
    GraphPermission {
        name: "DelegatedPermissionGrant.Read.All",
        delegated: Some(uuid!("a197cdc4-a8e8-4d49-9d35-4ca7c83887b4")),
        user_consent: false,
        application: Some(uuid!("81b4724a-58aa-41c1-8a55-84ef97466587")),
    },
    GraphPermission {
        name: "DelegatedPermissionGrant.ReadWrite.All",
        delegated: Some(uuid!("41ce6ca6-6826-4807-84f1-1c82854f7ee5")),
        user_consent: false,
        application: Some(uuid!("8e8e4742-1d95-4f68-9d56-6ee75648c72a")),
    },
    GraphPermission {
        name: "Synchronization.Read.All",
        delegated: Some(uuid!("7aa02aeb-824f-4fbe-a3f7-611f751f5b55")),
        user_consent: false,
        application: Some(uuid!("5ba43d2f-fa88-4db2-bd1c-a67c5f0fb1ce")),
    },
    GraphPermission {
        name: "Synchronization.ReadWrite.All",
        delegated: Some(uuid!("7bb27fa3-ea8f-4d67-a916-87715b6188bd")),
        user_consent: false,
        application: Some(uuid!("9b50c33d-700f-43b1-b2eb-87e89b703581")),
    },
    GraphPermission {
        name: "AuditLog.Read.All",
        delegated: Some(uuid!("e4c9e354-4dc5-45b8-9e7c-e1393b0b1a20")),
        user_consent: false,
        application: Some(uuid!("b0afded3-3588-46d8-8b3d-9842eff778da")),
    },
    GraphPermission {
        name: "Organization.Read.All",
        delegated: Some(uuid!("4908d5b9-3fb2-4b1e-9336-1888b7937185")),
        user_consent: false,
        application: Some(uuid!("498476ce-e0fe-48b0-b801-37ba7e2685c6")),
    },
    GraphPermission {
        name: "RoleManagement.Read.Directory",
        delegated: Some(uuid!("741c54c3-0c1e-44a1-818b-3f97ab4e8c83")),
        user_consent: false,
        application: Some(uuid!("483bed4a-2ad3-4361-a73b-c83ccdbdc53c")),
    },
    GraphPermission {
        name: "Domain.Read.All",
        delegated: Some(uuid!("2f9ee017-59c1-4f1d-9472-bd5529a7b311")),
        user_consent: false,
        application: Some(uuid!("dbb9058a-0e50-45d7-ae91-66909b5d4664")),
    },
    GraphPermission {
        name: "Policy.Read.All",
        delegated: Some(uuid!("572fea84-0151-49b2-9301-11cb16974376")),
        user_consent: false,
        application: Some(uuid!("246dd0d5-5bd0-4def-940b-0421030a5b68")),
    },
    GraphPermission {
        name: "openid",
        delegated: Some(uuid!("37f7f235-527c-4136-accd-4a02d197296e")),
        user_consent: true,
        application: None,
    },
    GraphPermission {
        name: "profile",
        delegated: Some(uuid!("14dad69e-099b-42c9-810b-d002981feec1")),
        user_consent: true,
        application: None,
    },
    GraphPermission {
        name: "email",
        delegated: Some(uuid!("64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0")),
        user_consent: true,
        application: None,
    },
    GraphPermission {
        name: "offline_access",
        delegated: Some(uuid!("7427e0e9-2fba-42fe-b0c0-848c9e6a8182")),
        user_consent: true,
        application: None,
    },
];

/// The permission of this name, in any case.
pub fn graph_permission(name: &str) -> Option<&'static GraphPermission> {
    GRAPH_PERMISSIONS
        .iter()
        .find(|permission| permission.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_id_is_given_once() {
        let ids: Vec<_> = GRAPH_PERMISSIONS
            .iter()
            .flat_map(|permission| permission.delegated.into_iter().chain(permission.application))
            .collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        assert!(ids.len() > 55);
    }

    #[test]
    fn users_may_consent_only_to_what_is_theirs() {
        let users: Vec<_> = GRAPH_PERMISSIONS
            .iter()
            .filter(|permission| permission.user_consent)
            .map(|permission| permission.name)
            .collect();
        assert_eq!(
            users,
            [
                "User.Read",
                "User.ReadBasic.All",
                "openid",
                "profile",
                "email",
                "offline_access"
            ]
        );
        assert_eq!(
            graph_permission("user.read").map(|found| found.name),
            Some("User.Read")
        );
    }
}
