//! A registration as JSON.

use serde_json::{Value, json};

use super::super::gate::moment;
use crate::cloud::{AppRegistration, ScopeType, Secret};

/// `appRoles` (C5.15).
pub(crate) fn app_roles(app: &AppRegistration) -> Value {
    let role = |role: &crate::cloud::AppRole| {
        json!({"id": role.id.to_string(), "allowedMemberTypes": role.allowed_member_types, "description": role.description,
            "displayName": role.display_name, "isEnabled": role.enabled, "origin": "Application", "value": role.value})
    };
    app.app_roles.iter().map(role).collect()
}

/// `oauth2PermissionScopes`.
pub(crate) fn scopes(app: &AppRegistration) -> Value {
    let scope = |scope: &crate::cloud::Scope| {
        json!({"id": scope.id.to_string(), "value": scope.value, "isEnabled": scope.enabled,
            "type": if scope.kind == ScopeType::User { "User" } else { "Admin" },
            "adminConsentDisplayName": scope.display_name, "adminConsentDescription": scope.display_name,
            "userConsentDisplayName": null, "userConsentDescription": null})
    };
    app.scopes.iter().map(scope).collect()
}

/// A credential without its value.
pub(super) fn password(secret: &Secret) -> Value {
    json!({"customKeyIdentifier": null, "displayName": secret.display_name, "endDateTime": moment(secret.end),
        "hint": secret.hint, "keyId": secret.key_id.to_string(), "secretText": null, "startDateTime": moment(secret.start)})
}

fn required_access(app: &AppRegistration) -> Value {
    let mut resources: Vec<_> = app.required_access.iter().map(|access| access.resource).collect();
    resources.dedup();
    let mut seen = Vec::new();
    resources.retain(|resource| {
        !seen.contains(resource) && {
            seen.push(*resource);
            true
        }
    });
    let one = |resource: &uuid::Uuid| {
        let accesses = app
            .required_access
            .iter()
            .filter(|access| access.resource == *resource);
        let list: Vec<_> = accesses
            .map(|access| json!({"id": access.id.to_string(), "type": if access.application { "Role" } else { "Scope" }}))
            .collect();
        json!({"resourceAppId": resource.to_string(), "resourceAccess": list})
    };
    resources.iter().map(one).collect()
}

/// Every property.
pub(super) fn shape(app: &AppRegistration) -> Value {
    let certificates: Vec<_> = app
        .certificates
        .iter()
        .map(|known| {
            json!({"keyId": known.key_id.to_string(), "displayName": known.display_name, "type": "AsymmetricX509Cert",
                "usage": "Verify", "customKeyIdentifier": known.x5t, "key": null})
        })
        .collect();
    json!({
        "id": app.id.to_string(),
        "deletedDateTime": null,
        "appId": app.app_id.to_string(),
        "applicationTemplateId": null,
        "createdDateTime": moment(app.created),
        "description": null,
        "disabledByMicrosoftStatus": (!app.enabled).then_some("DisabledDueToViolationOfServicesAgreement"),
        "displayName": app.display_name,
        "groupMembershipClaims": app.directory_role_claims.then_some("DirectoryRole"),
        "identifierUris": app.identifier_uris,
        "isFallbackPublicClient": null,
        "signInAudience": app.audience.name(),
        "tags": [],
        "api": {"acceptMappedClaims": null, "knownClientApplications": [], "preAuthorizedApplications": [],
            "requestedAccessTokenVersion": app.access_token_version, "oauth2PermissionScopes": scopes(app)},
        "appRoles": app_roles(app),
        "keyCredentials": certificates,
        "optionalClaims": (!app.optional_claims.is_empty()).then(|| json!({
            "accessToken": [], "saml2Token": [],
            "idToken": app.optional_claims.iter().map(|name| json!({"name": name, "essential": false})).collect::<Vec<_>>(),
        })),
        "passwordCredentials": app.secrets.iter().map(password).collect::<Vec<_>>(),
        "publicClient": {"redirectUris": app.native_redirect_uris},
        "requiredResourceAccess": required_access(app),
        "spa": {"redirectUris": []},
        "web": {"homePageUrl": null, "logoutUrl": null, "redirectUris": app.web_redirect_uris,
            "implicitGrantSettings": {"enableAccessTokenIssuance": false, "enableIdTokenIssuance": false}},
    })
}
