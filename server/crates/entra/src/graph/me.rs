//! The person whose token it is.

use serde::Deserialize;

use crate::graph::{Consistency, Graph, error::GraphError, users::User};

/// A directory role somebody holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DirectoryRole {
    /// The role in this tenant.
    pub id: String,
    /// The same in every tenant; see [`role`].
    #[serde(default)]
    pub role_template_id: String,
    /// Its name.
    pub display_name: Option<String>,
}

/// Template ids of the directory roles that matter for setting up an app (entra-facts B2).
pub mod role {
    /// May do everything.
    pub const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
    /// May grant application permissions of Graph.
    pub const PRIVILEGED_ROLE_ADMINISTRATOR: &str = "e8611ab8-c189-46e8-94e1-60213ab1f814";
    /// May manage apps and consent to all but application permissions of Graph.
    pub const APPLICATION_ADMINISTRATOR: &str = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3";
    /// The same without the application proxy.
    pub const CLOUD_APPLICATION_ADMINISTRATOR: &str = "158c047a-c907-4556-b7ef-446551a6b5f7";
    /// May set up cloud sync.
    pub const HYBRID_IDENTITY_ADMINISTRATOR: &str = "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2";
    /// May manage groups.
    pub const GROUPS_ADMINISTRATOR: &str = "fdd7a751-b60b-444a-984c-02652fe8fa1c";
    /// May manage users.
    pub const USER_ADMINISTRATOR: &str = "fe930be7-5e62-47db-91af-98c3a49a38b1";
}

impl Graph {
    /// `GET /me`. Least permission: User.Read (delegated).
    ///
    /// # Errors
    /// [`GraphError`].
    pub async fn me(&self) -> Result<User, GraphError> {
        self.get(self.url(&["me"], &[("$select", User::SELECT)])).await
    }

    /// `GET /me/transitiveMemberOf/microsoft.graph.directoryRole`: the directory roles the person holds, also by a group.
    /// Least permission: User.Read (delegated); Directory.Read.All or RoleManagement.Read.Directory where the tenant hides
    /// memberships.
    ///
    /// # Errors
    /// [`GraphError`].
    pub async fn my_directory_roles(&self) -> Result<Vec<DirectoryRole>, GraphError> {
        let query = [("$select", "id,displayName,roleTemplateId"), ("$count", "true")];
        let url = self.url(
            &["me", "transitiveMemberOf", "microsoft.graph.directoryRole"],
            &query,
        );
        self.list(url, Consistency::Eventual).await
    }
}
