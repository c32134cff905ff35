//! The attributes we know: types, rules and names, as constants.
//!
//! Everything that enforces or advertises an attribute reads it here: the parser of resources, the filter, PATCH,
//! projections and the discovery documents (threats T29, T34).
//!
//! - [`attribute`]: what an attribute definition is, and the `const` builders;
//! - [`user`], [`group`], [`enterprise`], [`common`]: the tables (RFC 7643 §3.1, §4.1, §4.2, §4.3);
//! - [`path`]: a name as it stands in a request → the attribute it means.

pub mod attribute;
pub mod common;
pub mod enterprise;
pub mod group;
pub mod path;
pub mod user;

pub use attribute::{Attribute, Kind, Mutability, Returned, Schema, Uniqueness};
pub use path::{AttrPath, Lookup, lookup};

/// URN of the core User schema (RFC 7643 §4.1).
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// URN of the core Group schema (RFC 7643 §4.2).
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// URN of the enterprise extension of User (RFC 7643 §4.3).
pub const ENTERPRISE_USER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// The two kinds of resource a directory holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResourceType {
    /// A person or service account.
    User,
    /// A group of members.
    Group,
}

impl ResourceType {
    /// The name in `meta.resourceType` and in `/ResourceTypes`: `User` or `Group`.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }

    /// The path segment below the endpoint URL: `Users` or `Groups`.
    pub fn endpoint(self) -> &'static str {
        match self {
            Self::User => "Users",
            Self::Group => "Groups",
        }
    }

    /// The core schema.
    pub fn schema(self) -> &'static Schema {
        match self {
            Self::User => &user::SCHEMA,
            Self::Group => &group::SCHEMA,
        }
    }

    /// The extension that has attributes of its own in our tables, if there is one.
    pub fn extension(self) -> Option<&'static Schema> {
        match self {
            Self::User => Some(&enterprise::SCHEMA),
            Self::Group => None,
        }
    }
}

/// The schemas that `/Schemas` publishes.
pub const SCHEMAS: [&Schema; 3] = [&user::SCHEMA, &group::SCHEMA, &enterprise::SCHEMA];
