//! The tenant itself.

use serde::Deserialize;

use crate::graph::{
    Graph,
    error::{GraphError, GraphReason},
    page::Page,
};

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// The tenant's GUID.
    pub id: String,
    /// Its name; empty for callers who may not see it.
    pub display_name: Option<String>,
    /// Its domains; empty for callers who may not see them.
    #[serde(default)]
    pub verified_domains: Vec<VerifiedDomain>,
}

/// A domain the tenant proved to own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifiedDomain {
    /// Such as `contoso.com`.
    pub name: String,
    /// New users get this one.
    #[serde(default)]
    pub is_default: bool,
    /// The one ending in `onmicrosoft.com`.
    #[serde(default)]
    pub is_initial: bool,
}

impl Graph {
    /// `GET /organization`: the one tenant of the token. Least permission: User.Read (delegated, its basics),
    /// Organization.Read.All (application).
    ///
    /// # Errors
    /// [`GraphError`]; `NotFound` when the list is empty.
    pub async fn organization(&self) -> Result<Organization, GraphError> {
        let url = self.url(
            &["organization"],
            &[("$select", "id,displayName,verifiedDomains")],
        );
        let page: Page<Organization> = self.get(url).await?;
        page.value
            .into_iter()
            .next()
            .ok_or_else(|| GraphError::own(GraphReason::NotFound))
    }
}
