//! Enterprise extension of User (RFC 7643 §4.3).

use super::{
    ENTERPRISE_USER,
    attribute::{Attribute, Schema},
};

/// The Enterprise User schema.
pub static SCHEMA: Schema = Schema {
    id: ENTERPRISE_USER,
    name: "EnterpriseUser",
    description: "What a company knows about a user.",
    attributes: ATTRIBUTES,
};

const ATTRIBUTES: &[Attribute] = &[
    Attribute::string("employeeNumber", "Number or code of the employee."),
    Attribute::string("costCenter", "Cost center."),
    Attribute::string("organization", "Organization."),
    Attribute::string("division", "Division."),
    Attribute::string("department", "Department."),
    Attribute::complex("manager", "The user's manager.", MANAGER),
];

const MANAGER: &[Attribute] = &[
    Attribute::string("value", "Id of the manager, as the provider sent it.").exact(),
    Attribute::reference("$ref", "URL of the manager.", &["User"]).read_only(),
    Attribute::string("displayName", "Name of the manager.").read_only(),
];
