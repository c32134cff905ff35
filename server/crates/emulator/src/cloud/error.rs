//! Why the cloud refuses a change; the texts are Graph's where `entra-facts` C5 has them.

use uuid::Uuid;

use crate::tenant::TenantError;

/// Why a change of registrations, principals, assignments or grants was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CloudError {
    /// No such object (404).
    #[error(
        "Resource '{0}' does not exist or one of its queried reference-property objects are not present."
    )]
    NotFound(String),
    /// The very same assignment is there already (400, C5.8).
    #[error("Permission being assigned already exists on the object")]
    AlreadyAssigned,
    /// The application has no such role, or default access although it has roles (400, C5.8).
    #[error("Permission being assigned was not found on application '{0}'.")]
    NoSuchRole(Uuid),
    /// The role is disabled or not for this type of member (400).
    #[error("The app role '{role}' cannot be assigned: {why}.")]
    NotAssignable {
        /// The role's value or id.
        role: String,
        /// What is in the way.
        why: &'static str,
    },
    /// A grant for this client, resource and principal exists (409, C5.9).
    #[error("Permission entry already exists.")]
    AlreadyGranted,
    /// Another object holds this value (409).
    #[error("Another object with the same value for property {0} already exists.")]
    Taken(&'static str),
    /// A value that is not taken (400).
    #[error("Invalid value specified for property '{0}': {1}.")]
    Invalid(&'static str, String),
    /// The single-tenant application belongs to another tenant (400).
    #[error("The application '{0}' is not available in this tenant.")]
    NotAvailable(Uuid),
    /// Something the state of an object forbids (400).
    #[error("{0}")]
    State(&'static str),
}

impl From<TenantError> for CloudError {
    fn from(error: TenantError) -> Self {
        match error {
            TenantError::NotFound(what) => CloudError::NotFound(what),
            TenantError::Taken(property) => CloudError::Taken(property),
            TenantError::Invalid(property, why) => CloudError::Invalid(property, why.to_owned()),
            TenantError::State(why) => CloudError::State(why),
        }
    }
}
