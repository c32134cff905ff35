//! The only writer of users, groups, members and directories.
//!
//! Each act is an [`store::Operation`]: row, event and activity in one transaction, or nothing at all (threats T32, T77).
//! Two doors lead here, SCIM and the portal (with the command line beside it), and both get the same result.
//!
//! | file | acts |
//! |---|---|
//! | [`users`] | create, replace, patch, delete a user |
//! | `dismissal` | whoever leaves an app's staff directory is out of the console |
//! | [`staff`] | names an app's staff directory and what its groups mean |
//! | [`groups`] | create, replace, patch, delete a group, with its members |
//! | [`directories`] | create, rename, disable, enable, delete a directory |
//! | [`tokens`] | create and revoke a bearer token |
//! | [`organizations`] | create, rename, delete an organization; create an app |
//! | `support_views` | lets support look at personal data for a while |
//! | [`signals`] | what is known of a directory, and its verdict and checklist |
//! | [`trace`] | the event and the activity that every act leaves |
//! | [`changes`] | what changed between two versions |

pub(crate) mod changes;
pub mod directories;
pub(crate) mod dismissal;
pub mod groups;
mod members;
pub mod organizations;
pub mod signals;
pub mod staff;
pub(crate) mod support_views;
pub mod tokens;
pub mod trace;
pub mod users;

use store::StoreError;

/// Why an act was not done. Nothing was written.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refused {
    /// The request cannot be taken as it is: the provider's admin reads why.
    #[error("{}", .0.detail)]
    Scim(scim::Error),
    /// The store could not, or something unique is taken.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<scim::Error> for Refused {
    fn from(error: scim::Error) -> Self {
        Refused::Scim(error)
    }
}

/// Our rows hold only JSON objects that we wrote; anything else means that the file was damaged.
pub(crate) fn attributes_of(body: &str) -> Result<scim::Map, StoreError> {
    serde_json::from_str(body)
        .map_err(|error| StoreError::Corrupt(format!("a stored resource is no JSON object: {error}")))
}

/// Canonical attributes as the text that is stored.
pub(crate) fn text_of(attributes: &scim::Map) -> String {
    // A map of JSON values cannot fail to print: its keys are strings.
    serde_json::to_string(attributes).unwrap_or_default()
}
