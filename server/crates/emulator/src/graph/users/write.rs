//! Creating and changing users: User Administrators and Global Administrators, or an application that was given it.

use serde_json::Value;

use super::super::call::{Answer, Answered, Call};
use super::super::error::GraphError;
use super::super::needs;
use super::shape::property;
use super::{find, shape};
use crate::cloud::DirectoryRole;
use crate::tenant::{NewUser, ObjectId, Property};

const ADMINISTRATORS: &[DirectoryRole] = &[
    DirectoryRole::GlobalAdministrator,
    DirectoryRole::UserAdministrator,
];

/// Who may change users.
pub(super) fn allowed(call: &Call<'_>) -> Result<(), GraphError> {
    call.allow(needs::WRITE_USERS)?;
    call.caller.holds_role(call.cloud(), ADMINISTRATORS)
}

fn password(call: &Call<'_>) -> Result<(), GraphError> {
    let password = call.body["passwordProfile"]["password"]
        .as_str()
        .unwrap_or_default();
    match password.len() {
        0 => Err(GraphError::bad(
            "A password must be specified to create a new user.",
        )),
        1..8 => Err(GraphError::bad(
            "The specified password does not comply with password complexity requirements. Please provide a different \
             password.",
        )),
        _ => Ok(()),
    }
}

fn verified(call: &Call<'_>, upn: &str) -> Result<(), GraphError> {
    let domain = upn.rsplit_once('@').map(|(_, domain)| domain);
    if domain.is_some_and(|domain| call.home.owns(domain)) {
        return Ok(());
    }
    Err(GraphError::bad(
        "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names \
         in your organization.",
    ))
}

pub(super) fn create(call: &Call<'_>) -> Answered {
    allowed(call)?;
    let enabled = call.body["accountEnabled"].as_bool();
    let enabled = enabled
        .ok_or_else(|| GraphError::bad("A value is required for property 'accountEnabled' of resource."))?;
    let (name, upn) = (call.need("displayName")?, call.need("userPrincipalName")?);
    call.need("mailNickname")?;
    password(call)?;
    verified(call, upn)?;
    let properties = texts(&call.body)?;
    let id = call.home.hire(NewUser {
        user_principal_name: upn.to_owned(),
        display_name: name.to_owned(),
        properties: properties
            .into_iter()
            .filter_map(|(property, value)| Some((property, value?)))
            .collect(),
        manager: None,
    })?;
    if !enabled {
        call.home.disable(id)?;
    }
    call.graph.delay(id.0);
    let user = call.home.user(id).ok_or_else(|| GraphError::missing(upn))?;
    call.made(super::KIND, shape(&user, false))
}

pub(super) fn change(call: &Call<'_>, id: &str) -> Answered {
    allowed(call)?;
    let user = find(call, id)?;
    let properties = texts(&call.body)?;
    if let Some(upn) = call.text("userPrincipalName") {
        verified(call, upn)?;
    }
    let to: Vec<_> = properties
        .iter()
        .map(|(property, value)| (*property, value.as_deref()))
        .collect();
    call.home.update(user.id, &to)?;
    match call.body.get("accountEnabled").map(Value::as_bool) {
        Some(Some(true)) => call.home.enable(user.id)?,
        Some(Some(false)) => call.home.disable(user.id)?,
        Some(None) => {
            return Err(GraphError::bad(
                "Invalid value specified for property 'accountEnabled'.",
            ));
        }
        None => {}
    }
    manager(call, user.id)?;
    Ok(Answer::nothing())
}

/// `manager@odata.bind`, as in `https://graph.microsoft.com/v1.0/users/{id}`.
fn manager(call: &Call<'_>, user: ObjectId) -> Result<(), GraphError> {
    let Some(link) = call.text("manager@odata.bind") else {
        return Ok(());
    };
    let id = link.rsplit('/').next().unwrap_or_default();
    let manager = find(call, id)?;
    Ok(call.home.set_manager(user, Some(manager.id))?)
}

/// The text properties of a body; what is read-only or unknown is refused.
fn texts(body: &Value) -> Result<Vec<(Property, Option<String>)>, GraphError> {
    let mut found = Vec::new();
    for (name, value) in body.as_object().into_iter().flatten() {
        match (name.as_str(), property(name)) {
            (
                "accountEnabled" | "passwordProfile" | "manager@odata.bind" | "usageLocation" | "@odata.type",
                _,
            ) => {}
            ("businessPhones", _) => {
                let first = value.get(0).and_then(Value::as_str).map(str::to_owned);
                found.push((Property::TelephoneNumber, first));
            }
            (_, Some(property)) if value.is_string() || value.is_null() => {
                found.push((property, value.as_str().map(str::to_owned)));
            }
            (_, Some(_)) => {
                return Err(GraphError::bad(format!(
                    "Invalid value specified for property '{name}' of resource 'User'."
                )));
            }
            ("id" | "userType" | "createdDateTime" | "deletedDateTime", _) => {
                return Err(GraphError::bad(format!(
                    "Property '{name}' is read-only and cannot be set."
                )));
            }
            _ => {
                return Err(GraphError::bad(format!(
                    "Property '{name}' does not exist as a declared property or extension property."
                )));
            }
        }
    }
    Ok(found)
}
