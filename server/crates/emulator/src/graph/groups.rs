//! `/groups` and their members.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::{Value, json};

use super::call::{Answered, Call, Kind, object_id};
use super::delta::{self, Set};
use super::error::GraphError;
use super::gate::moment;
use super::query::pick;
use super::routes::Routed;
use super::{needs, users};
use crate::tenant::{Directory, Group, ObjectId, User};

/// How groups are written.
pub(super) const KIND: Kind = Kind {
    name: "microsoft.graph.group",
    set: "groups",
    defaults: &[],
    mixed: false,
};

/// Users, groups and roles together.
pub(super) const OBJECTS: Kind = Kind {
    name: "microsoft.graph.directoryObject",
    set: "directoryObjects",
    defaults: &[],
    mixed: true,
};

pub(super) fn answer(call: &Call<'_>, rest: &[&str]) -> Routed {
    let get = call.method == Method::GET;
    match rest {
        [] if get => Some(list(call)),
        ["$count"] if get => Some(count(call)),
        ["delta"] => delta::answer(call, Set::Groups),
        [id] if get => Some(one(call, id)),
        [id, "members" | "transitiveMembers", cast @ ..] if get => {
            Some(members(call, id, rest[1] == "transitiveMembers", cast))
        }
        [id, "appRoleAssignments", more @ ..] => super::routes::assignments_of(call, id, more),
        _ => None,
    }
}

/// A group in full.
pub(super) fn shape(group: &Group) -> Value {
    json!({
        "id": group.id,
        "deletedDateTime": null,
        "classification": null,
        "createdDateTime": moment(group.created),
        "description": (!group.description.is_empty()).then_some(&group.description),
        "displayName": group.display_name,
        "groupTypes": if group.security_enabled { json!([]) } else { json!(["Unified"]) },
        "mail": null,
        "mailEnabled": !group.security_enabled,
        "mailNickname": group.id.to_string().split('-').next(),
        "membershipRule": null,
        "onPremisesSyncEnabled": null,
        "securityEnabled": group.security_enabled,
        "visibility": null,
    })
}

fn expanded(call: &Call<'_>, directory: &Directory, group: &Group) -> Value {
    let mut object = shape(group);
    for expand in call
        .options
        .expand
        .iter()
        .filter(|expand| expand.name == "members")
    {
        // Graph expands no more than twenty.
        let members = group
            .members
            .iter()
            .take(20)
            .filter_map(|id| member(call, directory, *id));
        let cut = |member: Value| match &expand.select {
            Some(names) => pick(member, names.iter().map(String::as_str)),
            None => member,
        };
        object["members"] = members.map(cut).collect();
    }
    object
}

fn list(call: &Call<'_>) -> Answered {
    call.allow(needs::READ_GROUPS)?;
    let directory = call.home.read();
    let shape = |group: &&Group| expanded(call, &directory, group);
    call.many(KIND, directory.groups(), |group| group.id.to_string(), shape)
}

fn count(call: &Call<'_>) -> Answered {
    call.allow(needs::READ_GROUPS)?;
    call.count(call.home.read().groups(), |group| shape(group))
}

fn find(call: &Call<'_>, id: &str) -> Result<Group, GraphError> {
    let found = call.home.group(ObjectId(object_id(id)?));
    found.ok_or_else(|| GraphError::missing(id))
}

fn one(call: &Call<'_>, id: &str) -> Answered {
    call.allow(needs::READ_GROUPS)?;
    let group = find(call, id)?;
    call.one(KIND, expanded(call, &call.home.read(), &group))
}

fn members(call: &Call<'_>, id: &str, nested: bool, cast: &[&str]) -> Answered {
    call.allow(needs::READ_GROUPS)?;
    let group = find(call, id)?;
    let directory = call.home.read();
    let all = if nested {
        inside(&directory, &group)
    } else {
        group.members
    };
    let objects = all.into_iter().filter_map(|id| member(call, &directory, id));
    typed(call, objects, cast)
}

/// A user or group with its type.
fn member(call: &Call<'_>, directory: &Directory, id: ObjectId) -> Option<Value> {
    if let Some(user) = directory.user(id) {
        return user.deleted.is_none().then(|| as_object(call, user));
    }
    directory
        .group(id)
        .map(|group| tagged("#microsoft.graph.group", shape(group)))
}

fn as_object(call: &Call<'_>, user: &User) -> Value {
    let limited = users::limited(call, user);
    let whole = users::shape(user, limited);
    let object = match call.options.select {
        Some(_) => whole,
        None => pick(whole, users::KIND.defaults.iter().copied()),
    };
    tagged("#microsoft.graph.user", object)
}

/// An object with `@odata.type` before the rest.
pub(super) fn tagged(kind: &str, object: Value) -> Value {
    let mut tagged = json!({"@odata.type": kind});
    super::call::merge(&mut tagged, object);
    tagged
}

/// What a path may ask of a list of several types.
const CASTS: &[&str] = &[
    "microsoft.graph.application",
    "microsoft.graph.device",
    "microsoft.graph.directoryRole",
    "microsoft.graph.group",
    "microsoft.graph.servicePrincipal",
    "microsoft.graph.user",
];

/// A list of objects of several types, or of the one the path asks for; `$count` at its end counts.
pub(super) fn typed(call: &Call<'_>, objects: impl Iterator<Item = Value>, cast: &[&str]) -> Answered {
    let unknown = |segment: &str| GraphError::bad(format!("Resource not found for the segment '{segment}'."));
    let (cast, count) = match cast {
        [] => (None, false),
        ["$count"] => (None, true),
        [kind] if CASTS.contains(kind) => (Some(format!("#{kind}")), false),
        [kind, "$count"] if CASTS.contains(kind) => (Some(format!("#{kind}")), true),
        [other, ..] => return Err(unknown(other)),
    };
    let wanted = |object: &Value| cast.as_deref().is_none_or(|kind| object["@odata.type"] == kind);
    let objects = objects.filter(wanted);
    if count {
        return call.count(objects, Value::clone);
    }
    call.many(
        OBJECTS,
        objects,
        |object| object["id"].as_str().unwrap_or_default().to_owned(),
        Value::clone,
    )
}

/// Members of a group and of the groups in it.
fn inside(directory: &Directory, group: &Group) -> BTreeSet<ObjectId> {
    let mut found = BTreeSet::new();
    let mut left: Vec<_> = group.members.iter().copied().collect();
    while let Some(id) = left.pop() {
        if found.insert(id)
            && let Some(inner) = directory.group(id)
        {
            left.extend(&inner.members);
        }
    }
    found
}
