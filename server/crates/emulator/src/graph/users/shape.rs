//! A user as JSON.

use serde_json::{Value, json};

use super::super::gate::moment;
use crate::tenant::{Property, User};

/// What is answered without `$select`.
pub(in super::super) const DEFAULTS: &[&str] = &[
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
    "manager",
];

/// What `User.ReadBasic.All` shows.
const BASIC: &[&str] = &[
    "id",
    "displayName",
    "givenName",
    "surname",
    "mail",
    "userPrincipalName",
];

/// Properties with the names Graph gives them.
const NAMES: &[(&str, Property)] = &[
    ("displayName", Property::DisplayName),
    ("givenName", Property::GivenName),
    ("jobTitle", Property::JobTitle),
    ("mail", Property::Mail),
    ("mobilePhone", Property::Mobile),
    ("officeLocation", Property::PhysicalDeliveryOfficeName),
    ("preferredLanguage", Property::PreferredLanguage),
    ("surname", Property::Surname),
    ("userPrincipalName", Property::UserPrincipalName),
    ("mailNickname", Property::MailNickname),
    ("department", Property::Department),
    ("employeeId", Property::EmployeeId),
    ("streetAddress", Property::StreetAddress),
    ("city", Property::City),
    ("state", Property::State),
    ("postalCode", Property::PostalCode),
    ("country", Property::Country),
    ("faxNumber", Property::FacsimileTelephoneNumber),
];

/// The property that Graph calls so.
pub(in super::super) fn property(name: &str) -> Option<Property> {
    NAMES
        .iter()
        .find(|(graph, _)| *graph == name)
        .map(|(_, property)| *property)
}

/// Every property; with `limited` all but the basic ones are null.
pub(crate) fn shape(user: &User, limited: bool) -> Value {
    let phones: Vec<_> = user.get(Property::TelephoneNumber).into_iter().collect();
    let mut object = json!({
        "id": user.id,
        "deletedDateTime": user.deleted.map(moment),
        "accountEnabled": user.account_enabled,
        "businessPhones": phones,
        "createdDateTime": moment(user.created),
        "userType": if user.guest { "Guest" } else { "Member" },
        "creationType": user.guest.then_some("Invitation"),
        "externalUserState": user.guest.then_some("Accepted"),
        "onPremisesImmutableId": null,
        "onPremisesSyncEnabled": null,
        "usageLocation": null,
    });
    for (name, property) in NAMES {
        object[*name] = json!(user.get(*property));
    }
    if let Value::Object(properties) = &mut object
        && limited
    {
        for (name, value) in properties
            .iter_mut()
            .filter(|(name, _)| !BASIC.contains(&name.as_str()))
        {
            *value = if name == "businessPhones" {
                json!([])
            } else {
                Value::Null
            };
        }
    }
    object
}
