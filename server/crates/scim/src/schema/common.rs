//! Attributes that every resource has (RFC 7643 §3.1). They belong to no schema of their own and are not in `/Schemas`.

use super::attribute::Attribute;

/// `id`, `externalId`, `meta` and `schemas`.
pub static ATTRIBUTES: &[Attribute] = &[
    Attribute::string("id", "Our identifier of the resource.")
        .read_only()
        .exact()
        .unique()
        .always(),
    Attribute::string("externalId", "The provider's identifier of the resource.").exact(),
    Attribute::complex("meta", "What we know about the resource itself.", META).read_only(),
    Attribute::reference("schemas", "URNs of the schemas in use.", &["uri"])
        .multi()
        .read_only()
        .always(),
];

const META: &[Attribute] = &[
    Attribute::string("resourceType", "User or Group.")
        .read_only()
        .exact(),
    Attribute::date_time("created", "When it was created.").read_only(),
    Attribute::date_time("lastModified", "When it last changed.").read_only(),
    Attribute::reference("location", "Its URL.", &["uri"]).read_only(),
    Attribute::string("version", "Its ETag.").read_only().exact(),
];
