//! Assignments of *Hero SaaS*, which the tenant itself keeps because the provisioning job reads them there.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use uuid::Uuid;

use super::call::Call;
use super::error::GraphError;
use crate::cloud::{
    AppRegistration, AppRoleAssignment, CloudError, HERO_SAAS_PRINCIPAL, MemberType, PrincipalType,
};
use crate::tenant::{Directory, ObjectId, TENANT_ID};

/// Whether assignments of this resource are the tenant's.
pub(super) fn keeps(call: &Call<'_>, resource: Uuid) -> bool {
    resource == HERO_SAAS_PRINCIPAL && call.tenant() == TENANT_ID
}

/// The id follows from who is assigned: there is one assignment for each.
fn id_of(principal: Uuid) -> String {
    let both = [principal.into_bytes(), HERO_SAAS_PRINCIPAL.into_bytes()].concat();
    B64.encode(both)
}

fn role_of(app: &AppRegistration) -> Uuid {
    let for_people = |member: &MemberType| *member == MemberType::User;
    let role = app
        .app_roles
        .iter()
        .find(|role| role.allowed_member_types.iter().any(for_people));
    role.map(|role| role.id).unwrap_or_default()
}

fn named(directory: &Directory, id: ObjectId) -> Option<(PrincipalType, String)> {
    if let Some(user) = directory.user(id).filter(|user| user.deleted.is_none()) {
        return Some((PrincipalType::User, user.display_name().to_owned()));
    }
    let group = directory.group(id)?;
    Some((PrincipalType::Group, group.display_name.clone()))
}

/// The assignments, of everybody or of `holders`; none in a tenant without the application.
pub(super) fn assignments(call: &Call<'_>, holders: Option<&[Uuid]>) -> Vec<AppRoleAssignment> {
    let role = {
        let view = call.cloud().view();
        let principal = view
            .service_principal(call.tenant(), HERO_SAAS_PRINCIPAL)
            .cloned();
        principal.and_then(|found| Some((role_of(view.application(found.app_id)?), found.created)))
    };
    let Some((app_role_id, created)) = role.filter(|_| keeps(call, HERO_SAAS_PRINCIPAL)) else {
        return Vec::new();
    };
    let directory = call.home.read();
    let wanted = |id: &&ObjectId| holders.is_none_or(|holders| holders.contains(&id.0));
    let assignment = |id: &ObjectId| {
        let (principal_type, principal_display_name) = named(&directory, *id)?;
        Some(AppRoleAssignment {
            id: id_of(id.0),
            tenant: TENANT_ID,
            app_role_id,
            principal_id: id.0,
            principal_type,
            principal_display_name,
            resource_id: HERO_SAAS_PRINCIPAL,
            created,
            visible_from: created,
        })
    };
    directory
        .assignments()
        .iter()
        .filter(wanted)
        .filter_map(assignment)
        .collect()
}

/// Assigns a user or group.
pub(super) fn assign(
    call: &Call<'_>,
    app: &AppRegistration,
    principal: Uuid,
    role: Uuid,
) -> Result<AppRoleAssignment, GraphError> {
    let offered = app
        .role(role)
        .is_some_and(|role| role.allowed_member_types.contains(&MemberType::User));
    if !offered {
        return Err(CloudError::NoSuchRole(app.app_id).into());
    }
    if !call.home.assign(ObjectId(principal))? {
        return Err(CloudError::AlreadyAssigned.into());
    }
    let made = assignments(call, Some(&[principal])).pop();
    made.ok_or_else(|| GraphError::missing(&principal.to_string()))
}

/// Takes an assignment away; false if it is not one of these.
pub(super) fn unassign(call: &Call<'_>, id: &str) -> Result<bool, GraphError> {
    let held = assignments(call, None).into_iter().find(|held| held.id == id);
    match held {
        Some(held) => Ok(call.home.unassign(ObjectId(held.principal_id))?),
        None => Ok(false),
    }
}
