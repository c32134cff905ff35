//! Ids, one type for each noun, so that none is taken for another. Made by the caller; plain text inside.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use store_sql::Value;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Takes an id as it is.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }
            /// Its text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
            /// Its text, taken out.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl<'a> From<&'a $name> for Value<'a> {
            fn from(id: &'a $name) -> Self {
                Value::Text(&id.0)
            }
        }
    )+};
}

ids! {
    /// `app_…`
    AppId
    /// `org_…`
    OrganizationId
    /// `dir_…`
    DirectoryId
    /// `tok_…`
    TokenId
    /// Our id of a user, a UUID. Never the provider's.
    UserId
    /// Our id of a group, a UUID. Never the provider's.
    GroupId
    /// The provider's own id for a user or group: opaque, scoped to its directory, not unique (threat T16).
    ExternalId
    /// `evt_…`
    EventId
    /// `per_…`
    PersonId
    /// `lnk_…`
    SetupLinkId
    /// `key_…`
    ApiKeyId
}

impl DirectoryId {
    /// This directory's number for [`crate::Operation::lane`], so that its writes wait for each other first.
    #[must_use]
    pub fn lane(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }
}
