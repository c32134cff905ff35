//! Creating and changing registrations (C5.14, C5.15).

use serde_json::Value;
use uuid::Uuid;

use super::super::call::{Answer, Answered, Call, object_id};
use super::super::error::GraphError;
use super::super::needs;
use super::super::service_principals::ADMINISTRATORS;
use super::{KIND, changeable, shape};
use crate::cloud::{AppRegistration, AppRole, Audience, MemberType, RequiredAccess, Scope, ScopeType};

pub(super) fn create(call: &Call<'_>) -> Answered {
    if !call.caller.has(needs::OWN_APPS) {
        call.allow(needs::WRITE_APPS)?;
    }
    call.caller.holds_role(call.cloud(), ADMINISTRATORS)?;
    let name = call.need("displayName")?;
    // What cannot be read is refused before anything is made.
    let mut tried = AppRegistration::new(
        Uuid::nil(),
        Uuid::nil(),
        Some(call.tenant()),
        name,
        call.graph.now(),
    );
    apply(&mut tried, &call.body)?;
    let made = call.cloud().register(call.tenant(), name)?;
    call.graph.note_maker(made.app_id, call.caller.app);
    call.graph.delay(made.id);
    let made = match save(call, &made, tried) {
        Ok(made) => made,
        Err(error) => {
            call.cloud().delete_application(made.app_id)?;
            return Err(error);
        }
    };
    call.made(KIND, shape::shape(&made))
}

pub(super) fn change(call: &Call<'_>, key: &str) -> Answered {
    let app = changeable(call, key)?;
    let mut changed = app.clone();
    apply(&mut changed, &call.body)?;
    save(call, &app, changed)?;
    Ok(Answer::nothing())
}

/// Stores what the body changed; credentials and the time of creation stay.
fn save(
    call: &Call<'_>,
    app: &AppRegistration,
    changed: AppRegistration,
) -> Result<AppRegistration, GraphError> {
    let store = |current: &mut AppRegistration| {
        let mut next = changed;
        next.secrets = std::mem::take(&mut current.secrets);
        next.certificates = std::mem::take(&mut current.certificates);
        next.created = current.created;
        *current = next;
    };
    Ok(call.cloud().change_application(app.app_id, store)?)
}

fn wrong(name: &str) -> GraphError {
    GraphError::bad(format!(
        "Invalid value specified for property '{name}' of resource 'Application'."
    ))
}

fn texts(value: &Value, name: &str) -> Result<Vec<String>, GraphError> {
    let list = value.as_array().ok_or_else(|| wrong(name))?;
    list.iter()
        .map(|item| item.as_str().map(str::to_owned).ok_or_else(|| wrong(name)))
        .collect()
}

fn each<T>(
    value: &Value,
    name: &str,
    read: impl Fn(&Value) -> Result<T, GraphError>,
) -> Result<Vec<T>, GraphError> {
    value
        .as_array()
        .ok_or_else(|| wrong(name))?
        .iter()
        .map(read)
        .collect()
}

/// Applies the properties of a body.
fn apply(app: &mut AppRegistration, body: &Value) -> Result<(), GraphError> {
    for (name, value) in body.as_object().into_iter().flatten() {
        match name.as_str() {
            "displayName" => {
                let name = value.as_str().filter(|text| !text.trim().is_empty());
                app.display_name = name.ok_or_else(|| wrong("displayName"))?.to_owned();
            }
            "signInAudience" => {
                app.audience = value
                    .as_str()
                    .and_then(Audience::parse)
                    .ok_or_else(|| wrong("signInAudience"))?;
            }
            "identifierUris" => app.identifier_uris = texts(value, "identifierUris")?,
            "web" => redirects(&mut app.web_redirect_uris, value)?,
            "publicClient" => redirects(&mut app.native_redirect_uris, value)?,
            "appRoles" => app.app_roles = each(value, "appRoles", role)?,
            "requiredResourceAccess" => {
                app.required_access = each(value, "requiredResourceAccess", access)?.concat();
            }
            "api" => api(app, value)?,
            "groupMembershipClaims" => {
                app.directory_role_claims = matches!(value.as_str(), Some("All" | "DirectoryRole"));
            }
            "description"
            | "tags"
            | "notes"
            | "isFallbackPublicClient"
            | "spa"
            | "optionalClaims"
            | "@odata.type" => {}
            _ => return Err(GraphError::bad(format!("Property '{name}' cannot be set here."))),
        }
    }
    Ok(())
}

fn redirects(to: &mut Vec<String>, platform: &Value) -> Result<(), GraphError> {
    if let Some(uris) = platform.get("redirectUris") {
        *to = texts(uris, "redirectUris")?;
    }
    Ok(())
}

fn api(app: &mut AppRegistration, value: &Value) -> Result<(), GraphError> {
    if let Some(version) = value.get("requestedAccessTokenVersion") {
        app.access_token_version = match version.as_u64() {
            Some(1) => Some(1),
            Some(2) => Some(2),
            None if version.is_null() => None,
            _ => return Err(wrong("requestedAccessTokenVersion")),
        };
    }
    if let Some(scopes) = value.get("oauth2PermissionScopes") {
        app.scopes = each(scopes, "oauth2PermissionScopes", scope)?;
    }
    Ok(())
}

fn id_of(value: &Value, name: &str) -> Result<Uuid, GraphError> {
    object_id(value["id"].as_str().ok_or_else(|| wrong(name))?)
}

fn role(value: &Value) -> Result<AppRole, GraphError> {
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    let member = |item: &Value| match item.as_str() {
        Some("User") => Ok(MemberType::User),
        Some("Application") => Ok(MemberType::Application),
        _ => Err(wrong("allowedMemberTypes")),
    };
    Ok(AppRole {
        id: id_of(value, "appRoles")?,
        value: text("value").filter(|text| !text.is_empty()),
        display_name: text("displayName").ok_or_else(|| wrong("appRoles"))?,
        description: text("description").ok_or_else(|| wrong("appRoles"))?,
        allowed_member_types: each(&value["allowedMemberTypes"], "allowedMemberTypes", member)?,
        enabled: value["isEnabled"].as_bool().unwrap_or(true),
    })
}

fn scope(value: &Value) -> Result<Scope, GraphError> {
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    let name = text("value").ok_or_else(|| wrong("oauth2PermissionScopes"))?;
    Ok(Scope {
        id: id_of(value, "oauth2PermissionScopes")?,
        kind: match value["type"].as_str() {
            Some("Admin") => ScopeType::Admin,
            _ => ScopeType::User,
        },
        display_name: text("adminConsentDisplayName").unwrap_or_else(|| name.clone()),
        value: name,
        enabled: value["isEnabled"].as_bool().unwrap_or(true),
    })
}

fn access(value: &Value) -> Result<Vec<RequiredAccess>, GraphError> {
    let resource = object_id(
        value["resourceAppId"]
            .as_str()
            .ok_or_else(|| wrong("requiredResourceAccess"))?,
    )?;
    each(&value["resourceAccess"], "resourceAccess", |item| {
        Ok(RequiredAccess {
            resource,
            id: id_of(item, "resourceAccess")?,
            application: match item["type"].as_str() {
                Some("Role") => true,
                Some("Scope") => false,
                _ => return Err(wrong("resourceAccess")),
            },
        })
    })
}
