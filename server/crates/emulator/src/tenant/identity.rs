//! Who a tenant is, apart from the people in it.

use uuid::{Uuid, uuid};

/// Contoso's domain.
pub const DOMAIN: &str = "contoso.com";

/// Contoso's tenant id, the same in every run.
pub const TENANT_ID: Uuid = uuid!("c0470500-0000-4000-8000-c047050c0470");

/// Who a tenant is, apart from the people in it. The default is *Contoso*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Tenant id.
    pub id: Uuid,
    /// Its primary verified domain.
    pub domain: String,
    /// Display name.
    pub name: String,
}

impl Identity {
    /// The domain every tenant has from the start, as in `contoso.onmicrosoft.com`.
    pub fn initial_domain(&self) -> String {
        format!("{}.onmicrosoft.com", self.label())
    }

    /// A second domain: of a company that was bought, whose people kept their addresses.
    pub fn other_domain(&self) -> String {
        format!("{}-emea.com", self.label())
    }

    fn label(&self) -> &str {
        self.domain.split('.').next().unwrap_or_default()
    }
}

impl Default for Identity {
    fn default() -> Self {
        Self {
            id: TENANT_ID,
            domain: DOMAIN.to_owned(),
            name: "Contoso".to_owned(),
        }
    }
}
