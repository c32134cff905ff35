//! What a tenant is made of: users, groups, and the log of what happened to them.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// An Entra object id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId(pub Uuid);

impl Serialize for ObjectId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ObjectId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| D::Error::custom("not an object id"))
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for ObjectId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// A user's text property, by its name in Entra (`entra-facts` A6, source column).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "each is named as Entra names it")]
pub enum Property {
    UserPrincipalName,
    DisplayName,
    GivenName,
    Surname,
    Mail,
    MailNickname,
    JobTitle,
    Department,
    EmployeeId,
    PreferredLanguage,
    PhysicalDeliveryOfficeName,
    StreetAddress,
    City,
    State,
    PostalCode,
    Country,
    TelephoneNumber,
    Mobile,
    FacsimileTelephoneNumber,
}

impl Property {
    /// Every property, in the order of the enum.
    pub const ALL: [Property; 19] = {
        use Property as P;
        [
            P::UserPrincipalName,
            P::DisplayName,
            P::GivenName,
            P::Surname,
            P::Mail,
            P::MailNickname,
            P::JobTitle,
            P::Department,
            P::EmployeeId,
            P::PreferredLanguage,
            P::PhysicalDeliveryOfficeName,
            P::StreetAddress,
            P::City,
            P::State,
            P::PostalCode,
            P::Country,
            P::TelephoneNumber,
            P::Mobile,
            P::FacsimileTelephoneNumber,
        ]
    };

    /// Entra's spelling, as in `userPrincipalName`.
    pub fn name(self) -> &'static str {
        match self {
            Property::UserPrincipalName => "userPrincipalName",
            Property::DisplayName => "displayName",
            Property::GivenName => "givenName",
            Property::Surname => "surname",
            Property::Mail => "mail",
            Property::MailNickname => "mailNickname",
            Property::JobTitle => "jobTitle",
            Property::Department => "department",
            Property::EmployeeId => "employeeId",
            Property::PreferredLanguage => "preferredLanguage",
            Property::PhysicalDeliveryOfficeName => "physicalDeliveryOfficeName",
            Property::StreetAddress => "streetAddress",
            Property::City => "city",
            Property::State => "state",
            Property::PostalCode => "postalCode",
            Property::Country => "country",
            Property::TelephoneNumber => "telephoneNumber",
            Property::Mobile => "mobile",
            Property::FacsimileTelephoneNumber => "facsimileTelephoneNumber",
        }
    }

    /// Reads Entra's spelling.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|property| property.name() == name)
    }

    /// Whether a user cannot be without it.
    pub fn required(self) -> bool {
        matches!(
            self,
            Property::UserPrincipalName | Property::DisplayName | Property::MailNickname
        )
    }
}

/// A member or guest of the tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Object id.
    pub id: ObjectId,
    properties: [Option<Box<str>>; Property::ALL.len()],
    /// True for a B2B guest, whose user principal name carries `#EXT#`.
    pub guest: bool,
    /// False when sign-in is blocked.
    pub account_enabled: bool,
    /// The user's manager.
    pub manager: Option<ObjectId>,
    /// When the user was created.
    pub created: Timestamp,
    /// When the user went to *Deleted users*; purged 30 days later.
    pub deleted: Option<Timestamp>,
}

impl User {
    /// A user without properties; [`User::set`] gives them.
    pub fn new(id: ObjectId, created: Timestamp) -> Self {
        Self {
            id,
            properties: std::array::from_fn(|_| None),
            guest: false,
            account_enabled: true,
            manager: None,
            created,
            deleted: None,
        }
    }

    /// The property's value; `None` when it is not set.
    pub fn get(&self, property: Property) -> Option<&str> {
        self.properties[property as usize].as_deref()
    }

    /// Sets or, with `None` or an empty string, clears the property.
    pub fn set(&mut self, property: Property, value: Option<&str>) {
        self.properties[property as usize] = value.filter(|v| !v.is_empty()).map(Into::into);
    }

    /// Builder form of [`User::set`].
    #[must_use]
    pub fn with(mut self, property: Property, value: &str) -> Self {
        self.set(property, Some(value));
        self
    }

    /// User principal name.
    pub fn upn(&self) -> &str {
        self.get(Property::UserPrincipalName).unwrap_or_default()
    }

    /// Display name.
    pub fn display_name(&self) -> &str {
        self.get(Property::DisplayName).unwrap_or_default()
    }
}

/// A group of the tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Object id.
    pub id: ObjectId,
    /// Display name, unique among the tenant's groups here, because it is the matching attribute (A6).
    pub display_name: String,
    /// What the group is for.
    pub description: String,
    /// Only security groups can be provisioned by assignment (A0).
    pub security_enabled: bool,
    /// Direct members: users and groups.
    pub members: BTreeSet<ObjectId>,
    /// When the group was created.
    pub created: Timestamp,
}

/// One entry of the tenant's change log; incremental cycles read from it as from a Graph delta.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Strictly growing, without gaps.
    pub seq: u64,
    /// When it happened, on the tenant's clock.
    #[serde(serialize_with = "as_text")]
    pub at: Timestamp,
    /// The user, group or device concerned.
    pub object: ObjectId,
    /// What happened.
    #[serde(flatten)]
    pub kind: ChangeKind,
}

fn as_text<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

/// What happened to a user, group or device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum ChangeKind {
    UserAdded,
    UserUpdated { properties: Vec<Property> },
    ManagerChanged,
    UserDisabled,
    UserEnabled,
    UserDeleted,
    UserRestored,
    UserPurged,
    GroupAdded,
    GroupUpdated,
    GroupDeleted { members: Vec<ObjectId> },
    MembersAdded { members: Vec<ObjectId> },
    MembersRemoved { members: Vec<ObjectId> },
    Assigned,
    Unassigned,
    DeviceAdded,
    DeviceUpdated,
    DeviceDeleted,
}

/// Why the tenant refused a change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TenantError {
    /// No such user or group.
    #[error(
        "Resource '{0}' does not exist or one of its queried reference-property objects are not present."
    )]
    NotFound(String),
    /// The name is taken.
    #[error("Another object with the same value for property {0} already exists.")]
    Taken(&'static str),
    /// A value the tenant does not take.
    #[error("Invalid value specified for property '{0}' of resource 'User': {1}.")]
    Invalid(&'static str, &'static str),
    /// The object is not in the state the action needs.
    #[error("{0}")]
    State(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_indexed_by_their_place_and_named_as_entra_does() {
        for (place, property) in Property::ALL.into_iter().enumerate() {
            assert_eq!(property as usize, place);
            assert_eq!(Property::parse(property.name()), Some(property));
            assert_eq!(serde_json::to_value(property).unwrap(), property.name());
        }
        assert_eq!(Property::parse("password"), None);
    }

    #[test]
    fn an_empty_value_clears() {
        let mut user =
            User::new(ObjectId(Uuid::nil()), Timestamp::UNIX_EPOCH).with(Property::Mail, "a@contoso.com");
        user.set(Property::Mail, Some(""));
        assert_eq!(user.get(Property::Mail), None);
    }
}
