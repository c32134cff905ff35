//! App role assignments, seen from the resource and from who holds them (C5.8).

use serde_json::{Value, json};
use uuid::Uuid;

use super::call::{Answer, Answered, Call, Kind, object_id};
use super::error::GraphError;
use super::{Principal, needs, provisioned, service_principals, users};
use crate::cloud::{AppRoleAssignment, ConsentPower, GRAPH_APP_ID, PrincipalType, View};
use crate::tenant::ObjectId;

const KIND: Kind = Kind {
    name: "microsoft.graph.appRoleAssignment",
    set: "appRoleAssignments",
    defaults: &[],
    mixed: false,
};

/// Whose collection the path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// `appRoleAssignedTo`.
    Resource,
    /// `appRoleAssignments`.
    Principal,
}

fn shape(view: &View<'_>, held: &AppRoleAssignment) -> Value {
    let resource = view.principal(held.tenant, held.resource_id);
    let app = resource.and_then(|resource| view.application(resource.app_id));
    json!({
        "id": held.id,
        "deletedDateTime": null,
        "appRoleId": held.app_role_id.to_string(),
        "createdDateTime": super::gate::moment(held.created),
        "principalDisplayName": held.principal_display_name,
        "principalId": held.principal_id.to_string(),
        "principalType": held.principal_type.name(),
        "resourceDisplayName": app.map(|app| &app.display_name),
        "resourceId": held.resource_id.to_string(),
    })
}

/// `kept` are those that the tenant keeps itself.
fn list(
    call: &Call<'_>,
    kept: Vec<AppRoleAssignment>,
    wanted: impl Fn(&AppRoleAssignment) -> bool,
) -> Answered {
    let view = call.cloud().view();
    let all = view.app_role_assignments(call.tenant()).chain(&kept);
    let all = all.filter(|held| wanted(held));
    call.many(KIND, all, |held| held.id.clone(), |held| shape(&view, held))
}

/// `GET /servicePrincipals/{id}/appRoleAssignedTo`.
pub(super) fn to_resource(call: &Call<'_>, key: &str) -> Answered {
    call.allow(needs::READ_APPS)?;
    let (resource, _) = service_principals::find(call, key)?;
    let kept = match provisioned::keeps(call, resource.id) {
        true => provisioned::assignments(call, None),
        false => Vec::new(),
    };
    list(call, kept, |held| held.resource_id == resource.id)
}

/// `GET …/appRoleAssignments` of a user, a group or a service principal.
pub(super) fn held_by(call: &Call<'_>, key: &str) -> Answered {
    let holder = holder(call, key)?;
    let own = call.caller.principal == Principal::User(holder) && call.caller.has(needs::READ_ME);
    if !own {
        call.allow(needs::READ_APPS)?;
    }
    // What the groups of a user hold, the user holds.
    let mut holders = vec![holder];
    holders.extend(
        call.home
            .read()
            .groups_of(ObjectId(holder))
            .map(|group| group.id.0),
    );
    let kept = provisioned::assignments(call, Some(&holders));
    list(call, kept, |held| holders.contains(&held.principal_id))
}

/// A user may be named by user principal name.
fn holder(call: &Call<'_>, key: &str) -> Result<Uuid, GraphError> {
    match key.parse::<Uuid>() {
        Ok(id) if call.cloud().principal(call.tenant(), id).is_some() => Ok(id),
        Ok(_) => Err(GraphError::missing(key)),
        Err(_) => Ok(users::find(call, key)?.id.0),
    }
}

/// Who may assign: an administrator of applications; Microsoft Graph's permissions only the two highest (C4).
fn may_assign(call: &Call<'_>, resource_app: Uuid) -> Result<(), GraphError> {
    call.allow(needs::ASSIGN)?;
    call.allow(needs::READ_APPS)?;
    let needed = match resource_app {
        GRAPH_APP_ID => ConsentPower::Everything,
        _ => ConsentPower::Applications,
    };
    call.caller.may_consent(call.cloud(), needed)
}

/// `POST`: the id in the path and the one in the body must agree.
pub(super) fn create(call: &Call<'_>, key: &str, side: Side) -> Answered {
    call.allow(needs::ASSIGN)?;
    let (principal, resource) = (call.need_id("principalId")?, call.need_id("resourceId")?);
    let role = call.need_id("appRoleId")?;
    let named = match side {
        Side::Resource => service_principals::find(call, key)?.0.id == resource,
        Side::Principal => holder(call, key)? == principal,
    };
    if !named {
        return Err(GraphError::bad(
            "The object in the path is not the one in the body.",
        ));
    }
    let (_, app) = service_principals::find(call, &resource.to_string())?;
    may_assign(call, app.app_id)?;
    visible(call, principal)?;
    let made = match provisioned::keeps(call, resource) {
        true => provisioned::assign(call, &app, principal, role)?,
        false => call
            .cloud()
            .assign_app_role(call.tenant(), principal, resource, role)?,
    };
    let object = shape(&call.cloud().view(), &made);
    call.made(KIND, object)
}

/// What is not replicated yet cannot be assigned (C0).
fn visible(call: &Call<'_>, id: Uuid) -> Result<(), GraphError> {
    let missing = || GraphError::missing(&id.to_string());
    let (kind, _) = call.cloud().principal(call.tenant(), id).ok_or_else(missing)?;
    let there = match kind {
        PrincipalType::ServicePrincipal => call.cloud().view().service_principal(call.tenant(), id).is_some(),
        PrincipalType::User | PrincipalType::Group => !call.graph.hidden().contains(&id),
    };
    if there { Ok(()) } else { Err(missing()) }
}

/// `DELETE`: 204.
pub(super) fn delete(call: &Call<'_>, id: &str) -> Answered {
    call.allow(needs::ASSIGN)?;
    if may_assign(call, Uuid::nil()).is_ok() && provisioned::unassign(call, id)? {
        return Ok(Answer::nothing());
    }
    let app = {
        let view = call.cloud().view();
        let held = view
            .app_role_assignments(call.tenant())
            .find(|held| held.id == id);
        let held = held.ok_or_else(|| GraphError::missing(id))?;
        view.principal(call.tenant(), held.resource_id)
            .map(|resource| resource.app_id)
    };
    may_assign(call, app.unwrap_or_default())?;
    call.cloud().remove_app_role_assignment(call.tenant(), id)?;
    Ok(Answer::nothing())
}

/// Reads an object id that may be missing or null.
pub(super) fn optional_id(value: &Value) -> Result<Option<Uuid>, GraphError> {
    value.as_str().map(object_id).transpose()
}
