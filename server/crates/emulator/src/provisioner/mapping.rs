//! The default attribute mapping of the non-gallery `scim` template (`entra-facts` A6).

use serde_json::{Map, Value, json};

use super::settings::ExternalIdSource;
use crate::tenant::{Property, User};

/// URN of the core user schema.
pub(super) const USER_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// URN of the enterprise extension.
pub(super) const ENTERPRISE_URN: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A text attribute of the target, in the order Entra's mapping lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "`Target::path` says what each is")]
pub enum Target {
    UserName,
    DisplayName,
    Title,
    WorkMail,
    PreferredLanguage,
    GivenName,
    FamilyName,
    Formatted,
    AddressFormatted,
    StreetAddress,
    Locality,
    Region,
    PostalCode,
    Country,
    WorkPhone,
    MobilePhone,
    Fax,
    ExternalId,
    EmployeeNumber,
    Department,
}

impl Target {
    /// Every text attribute.
    pub const ALL: [Target; 20] = {
        use Target as T;
        [
            T::UserName,
            T::DisplayName,
            T::Title,
            T::WorkMail,
            T::PreferredLanguage,
            T::GivenName,
            T::FamilyName,
            T::Formatted,
            T::AddressFormatted,
            T::StreetAddress,
            T::Locality,
            T::Region,
            T::PostalCode,
            T::Country,
            T::WorkPhone,
            T::MobilePhone,
            T::Fax,
            T::ExternalId,
            T::EmployeeNumber,
            T::Department,
        ]
    };

    /// The attribute as the mapping and a PATCH path spell it.
    pub fn path(self) -> &'static str {
        match self {
            Target::UserName => "userName",
            Target::DisplayName => "displayName",
            Target::Title => "title",
            Target::WorkMail => "emails[type eq \"work\"].value",
            Target::PreferredLanguage => "preferredLanguage",
            Target::GivenName => "name.givenName",
            Target::FamilyName => "name.familyName",
            Target::Formatted => "name.formatted",
            Target::AddressFormatted => "addresses[type eq \"work\"].formatted",
            Target::StreetAddress => "addresses[type eq \"work\"].streetAddress",
            Target::Locality => "addresses[type eq \"work\"].locality",
            Target::Region => "addresses[type eq \"work\"].region",
            Target::PostalCode => "addresses[type eq \"work\"].postalCode",
            Target::Country => "addresses[type eq \"work\"].country",
            Target::WorkPhone => "phoneNumbers[type eq \"work\"].value",
            Target::MobilePhone => "phoneNumbers[type eq \"mobile\"].value",
            Target::Fax => "phoneNumbers[type eq \"fax\"].value",
            Target::ExternalId => "externalId",
            Target::EmployeeNumber => {
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber"
            }
            Target::Department => "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        }
    }

    /// What it is mapped from, as the portal shows it.
    pub fn source(self, external_id: ExternalIdSource) -> String {
        match self {
            Target::ExternalId => external_id.name().to_owned(),
            Target::Formatted => "Join(\" \", [givenName], [surname])".to_owned(),
            other => other
                .property()
                .map_or_else(String::new, |property| property.name().to_owned()),
        }
    }

    fn property(self) -> Option<Property> {
        Some(match self {
            Target::UserName => Property::UserPrincipalName,
            Target::DisplayName => Property::DisplayName,
            Target::Title => Property::JobTitle,
            Target::WorkMail => Property::Mail,
            Target::PreferredLanguage => Property::PreferredLanguage,
            Target::GivenName => Property::GivenName,
            Target::FamilyName => Property::Surname,
            Target::AddressFormatted => Property::PhysicalDeliveryOfficeName,
            Target::StreetAddress => Property::StreetAddress,
            Target::Locality => Property::City,
            Target::Region => Property::State,
            Target::PostalCode => Property::PostalCode,
            Target::Country => Property::Country,
            Target::WorkPhone => Property::TelephoneNumber,
            Target::MobilePhone => Property::Mobile,
            Target::Fax => Property::FacsimileTelephoneNumber,
            Target::EmployeeNumber => Property::EmployeeId,
            Target::Department => Property::Department,
            Target::Formatted | Target::ExternalId => return None,
        })
    }

    /// Where the attribute sits in a resource: container, the element's `type` if it is a list, and the last key.
    fn place(self) -> (Option<&'static str>, Option<&'static str>, &'static str) {
        let path = self.path();
        if let Some(rest) = path.strip_prefix(ENTERPRISE_URN) {
            return (Some(ENTERPRISE_URN), None, &rest[1..]);
        }
        if let Some((container, rest)) = path.split_once("[type eq \"")
            && let Some((kind, key)) = rest.split_once("\"].")
        {
            return (Some(container), Some(kind), key);
        }
        match path.split_once('.') {
            Some((container, key)) => (Some(container), None, key),
            None => (None, None, path),
        }
    }

    /// Reads the attribute from a SCIM resource.
    pub(super) fn read(self, resource: &Value) -> Option<&str> {
        let holder = match self.place() {
            (None, _, _) => resource,
            (Some(container), None, _) => resource.get(container)?,
            (Some(container), Some(kind), _) => element(resource.get(container)?, kind)?,
        };
        holder
            .get(self.place().2)?
            .as_str()
            .filter(|text| !text.is_empty())
    }

    /// Puts the attribute into a resource about to be created.
    fn write(self, resource: &mut Map<String, Value>, value: &str) {
        let (container, kind, key) = self.place();
        let holder = match (container, kind) {
            (None, _) => Some(resource),
            (Some(container), None) => resource
                .entry(container)
                .or_insert_with(|| json!({}))
                .as_object_mut(),
            (Some(container), Some(kind)) => {
                let list = resource.entry(container).or_insert_with(|| json!([]));
                element_mut(list, kind, container == "emails")
            }
        };
        if let Some(holder) = holder {
            holder.insert(key.to_owned(), Value::from(value));
        }
    }
}

fn element<'a>(list: &'a Value, kind: &str) -> Option<&'a Value> {
    list.as_array()?
        .iter()
        .find(|element| element.get("type").and_then(Value::as_str) == Some(kind))
}

fn element_mut<'a>(list: &'a mut Value, kind: &str, primary: bool) -> Option<&'a mut Map<String, Value>> {
    if element(list, kind).is_none() {
        let new = if primary {
            json!({"primary": true, "type": kind})
        } else {
            json!({"type": kind})
        };
        list.as_array_mut()?.push(new);
    }
    let found = list
        .as_array_mut()?
        .iter_mut()
        .find(|e| e.get("type").and_then(Value::as_str) == Some(kind));
    found?.as_object_mut()
}

/// The values a target user has, or should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attributes {
    /// `active`: the negation of Entra's `isSoftDeleted`.
    pub active: bool,
    text: [Option<Box<str>>; Target::ALL.len()],
}

impl Attributes {
    /// What the mapping makes of a user.
    pub(super) fn of(user: &User, active: bool, external_id: ExternalIdSource) -> Self {
        let text = Target::ALL.map(|target| match target {
            Target::UserName => Some(strip_ext(user.upn()).into()),
            Target::Formatted => joined(user),
            Target::ExternalId if external_id == ExternalIdSource::ObjectId => {
                Some(user.id.to_string().into())
            }
            Target::ExternalId => user.get(Property::MailNickname).map(Into::into),
            other => other
                .property()
                .and_then(|property| user.get(property))
                .map(Into::into),
        });
        Self { active, text }
    }

    /// What a SCIM resource holds. `active` that is missing or not a boolean reads as `None` beside it.
    pub(crate) fn read(resource: &Value) -> (Self, Option<bool>) {
        let active = resource.get("active").and_then(Value::as_bool);
        let text = Target::ALL.map(|target| target.read(resource).map(Into::into));
        (
            Self {
                active: active.unwrap_or(true),
                text,
            },
            active,
        )
    }

    /// The attribute's value.
    pub fn get(&self, target: Target) -> Option<&str> {
        self.text[target as usize].as_deref()
    }

    pub(super) fn set(&mut self, target: Target, value: Option<&str>) {
        self.text[target as usize] = value.map(Into::into);
    }

    /// What is different in `other`, in words for a deviation; empty when nothing is.
    pub(crate) fn differences(&self, other: &Attributes) -> String {
        let mut words = Vec::new();
        if self.active != other.active {
            words.push(format!(
                "active: {} expected, {} found",
                self.active, other.active
            ));
        }
        for target in Target::ALL {
            let (own, theirs) = (self.get(target), other.get(target));
            if own != theirs {
                words.push(format!("{}: {own:?} expected, {theirs:?} found", target.path()));
            }
        }
        words.join("; ")
    }

    /// The body of `POST /Users`, in the documented form (A3): extension listed whether used or not, `meta` and
    /// `roles` sent along, unset attributes left out.
    pub(super) fn create_body(&self) -> Value {
        let mut body = Map::new();
        body.insert("schemas".to_owned(), json!([USER_URN, ENTERPRISE_URN]));
        body.insert("active".to_owned(), self.active.into());
        for target in Target::ALL {
            if let Some(value) = self.get(target) {
                target.write(&mut body, value);
            }
        }
        body.insert("meta".to_owned(), json!({"resourceType": "User"}));
        body.insert("roles".to_owned(), json!([]));
        Value::Object(body)
    }
}

/// B2B guests lose the `#EXT#` of their user principal name (A6).
fn strip_ext(upn: &str) -> String {
    upn.replace("#EXT#", "")
}

fn joined(user: &User) -> Option<Box<str>> {
    let parts = [user.get(Property::GivenName), user.get(Property::Surname)];
    let joined = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    (!joined.is_empty()).then(|| joined.into())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::tenant::ObjectId;

    fn jane() -> User {
        User::new(ObjectId(Uuid::nil()), Timestamp::UNIX_EPOCH)
            .with(Property::UserPrincipalName, "jdoe@contoso.com")
            .with(Property::MailNickname, "jdoe")
            .with(Property::DisplayName, "Jane Doe")
            .with(Property::GivenName, "Jane")
            .with(Property::Surname, "Doe")
    }

    #[test]
    fn the_place_of_a_target_is_its_index() {
        for (index, target) in Target::ALL.into_iter().enumerate() {
            assert_eq!(target as usize, index);
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut user = jane();
        for (place, property) in Property::ALL.into_iter().enumerate() {
            user.set(property, Some(&format!("value {place}")));
        }
        let sent = Attributes::of(&user, true, ExternalIdSource::ObjectId);
        let body = sent.create_body();
        assert_eq!(Attributes::read(&body), (sent, Some(true)));
        insta::assert_json_snapshot!("create_body_with_everything", body);
    }

    #[test]
    fn unset_attributes_are_not_sent() {
        let body = Attributes::of(&jane(), true, ExternalIdSource::MailNickname).create_body();
        insta::assert_json_snapshot!("create_body_of_a_cloud_only_user", body);
    }

    #[test]
    fn guests_lose_their_ext() {
        let mut guest = jane();
        guest.set(
            Property::UserPrincipalName,
            Some("jane_fabrikam.com#EXT#@contoso.onmicrosoft.com"),
        );
        let attributes = Attributes::of(&guest, true, ExternalIdSource::MailNickname);
        assert_eq!(
            attributes.get(Target::UserName),
            Some("jane_fabrikam.com@contoso.onmicrosoft.com")
        );
    }

    #[test]
    fn an_active_that_is_no_boolean_is_noticed() {
        assert_eq!(Attributes::read(&json!({"active": "True"})).1, None);
    }
}
