//! Directory roles, and what a user is a member of.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::{Value, json};
use uuid::{Builder, Uuid};

use super::call::{Answered, Call, Kind};
use super::error::GraphError;
use super::groups::{self, tagged, typed};
use super::routes::Routed;
use super::{needs, users};
use crate::cloud::DirectoryRole;
use crate::tenant::{ObjectId, User};

const KIND: Kind = Kind {
    name: "microsoft.graph.directoryRole",
    set: "directoryRoles",
    defaults: &[],
    mixed: false,
};

pub(super) fn answer(call: &Call<'_>, rest: &[&str]) -> Routed {
    if call.method != Method::GET {
        return None;
    }
    match rest {
        [] => Some(list(call)),
        [id] => Some(find(call, id).and_then(|role| call.one(KIND, shape(call.tenant(), role)))),
        [id, "members", cast @ ..] => Some(find(call, id).and_then(|role| members(call, role, cast))),
        _ => None,
    }
}

/// The object id of a role in a tenant: another one everywhere, always the same there.
fn object_id(tenant: Uuid, role: DirectoryRole) -> Uuid {
    let mixed = tenant.as_u128() ^ role.template_id().as_u128().rotate_left(7);
    Builder::from_random_bytes(mixed.to_be_bytes()).into_uuid()
}

fn shape(tenant: Uuid, role: DirectoryRole) -> Value {
    json!({
        "id": object_id(tenant, role).to_string(),
        "deletedDateTime": null,
        "description": role.name(),
        "displayName": role.name(),
        "roleTemplateId": role.template_id().to_string(),
    })
}

/// The roles in use: a directory lists those that were ever given to somebody.
fn activated(call: &Call<'_>) -> BTreeSet<DirectoryRole> {
    let view = call.cloud().view();
    let mut roles = BTreeSet::from([DirectoryRole::GlobalAdministrator]);
    roles.extend(
        view.administrators(call.tenant())
            .flat_map(|(_, roles)| roles.iter().copied()),
    );
    roles
}

fn list(call: &Call<'_>) -> Answered {
    call.allow(needs::READ_ROLES)?;
    let tenant = call.tenant();
    let id = |role: &DirectoryRole| object_id(tenant, *role).to_string();
    call.many(KIND, activated(call).into_iter(), id, |role| shape(tenant, *role))
}

fn find(call: &Call<'_>, id: &str) -> Result<DirectoryRole, GraphError> {
    call.allow(needs::READ_ROLES)?;
    let named = |role: &DirectoryRole| match id.strip_prefix("roleTemplateId=") {
        Some(template) => template.parse() == Ok(role.template_id()),
        None => id.parse() == Ok(object_id(call.tenant(), *role)),
    };
    let found = activated(call).into_iter().find(named);
    found.ok_or_else(|| GraphError::missing(id))
}

fn members(call: &Call<'_>, role: DirectoryRole, cast: &[&str]) -> Answered {
    let holders: Vec<_> = {
        let view = call.cloud().view();
        let all = view.administrators(call.tenant());
        all.filter(|(_, roles)| roles.contains(&role))
            .map(|(user, _)| user)
            .collect()
    };
    let users = holders
        .into_iter()
        .filter_map(|id| call.cloud().user(call.tenant(), id));
    let object = |user: User| {
        tagged(
            "#microsoft.graph.user",
            users::shape(&user, users::limited(call, &user)),
        )
    };
    typed(call, users.map(object), cast)
}

/// `memberOf` and `transitiveMemberOf`: groups and directory roles.
pub(super) fn member_of(call: &Call<'_>, user: &User, nested: bool, cast: &[&str]) -> Routed {
    let tenant = call.tenant();
    let held = call.cloud().view().directory_roles(tenant, user.id.0);
    let roles = held
        .into_iter()
        .map(|role| tagged("#microsoft.graph.directoryRole", shape(tenant, role)));
    let mut objects: Vec<_> = roles.collect();
    objects.extend(containing(call, user.id, nested));
    Some(typed(call, objects.into_iter(), cast))
}

fn containing(call: &Call<'_>, user: ObjectId, nested: bool) -> Vec<Value> {
    let directory = call.home.read();
    let (mut found, mut left) = (BTreeSet::new(), vec![user]);
    while let Some(id) = left.pop() {
        for group in directory.groups_of(id) {
            if found.insert(group.id) && nested {
                left.push(group.id);
            }
        }
    }
    let groups = found.into_iter().filter_map(|id| directory.group(id));
    groups
        .map(|group| tagged("#microsoft.graph.group", groups::shape(group)))
        .collect()
}
