//! Core Group (RFC 7643 §4.2).

use super::{
    GROUP,
    attribute::{Attribute, Schema},
};

/// The core Group schema.
pub static SCHEMA: Schema = Schema {
    id: GROUP,
    name: "Group",
    description: "A group of users.",
    attributes: ATTRIBUTES,
};

const ATTRIBUTES: &[Attribute] = &[
    Attribute::string("displayName", "The name to show.").required(),
    Attribute::complex(
        "members",
        "Direct members; nested groups are kept and not expanded.",
        MEMBERS,
    )
    .multi(),
];

const MEMBERS: &[Attribute] = &[
    Attribute::string("value", "Id of the member.")
        .exact()
        .immutable(),
    Attribute::reference("$ref", "URL of the member.", &["User", "Group"]).immutable(),
    Attribute::string("type", "User or Group.")
        .suggests(&["User", "Group"])
        .immutable(),
    // Never returned: the RFC's own schema has no `display`, and clients compare what they sent with what they read back
    // (scim2-tester). Known, so that a client that sends it is not told of an unknown attribute.
    Attribute::string("display", "Name of the member.")
        .read_only()
        .never(),
];
