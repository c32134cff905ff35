//! `/users` and `/me`.

mod delete;
mod methods;
mod read;
mod shape;
mod write;

use axum::http::Method;

use super::call::{Answered, Call, Kind};
use super::delta::{self, Set};
use super::error::GraphError;
use super::routes::{Routed, assignments_of};
use super::{devices, grants, needs, roles};
use crate::tenant::{ObjectId, User};

pub(super) use shape::{DEFAULTS, property, shape};

/// How users are written: without `$select` eleven properties.
pub(super) const KIND: Kind = Kind {
    name: "microsoft.graph.user",
    set: "users",
    defaults: DEFAULTS,
    mixed: false,
};

pub(super) fn answer(call: &Call<'_>, rest: &[&str]) -> Routed {
    Some(match (&call.method, rest) {
        (&Method::GET, []) => read::list(call),
        (&Method::GET, ["$count"]) => read::count(call),
        (&Method::POST, []) => write::create(call),
        (_, ["delta"]) => return delta::answer(call, Set::Users),
        (&Method::GET, [id]) => read::one(call, id),
        (&Method::PATCH, [id]) => write::change(call, id),
        (&Method::DELETE, [id]) => delete::delete(call, id),
        (&Method::GET, [id, "manager"]) => read::manager(call, id),
        (&Method::GET, [id, "ownedDevices" | "registeredDevices", cast @ ..]) => {
            return found(call, id, |user| devices::of_user(call, user, cast));
        }
        (&Method::GET, [id, "authentication", "methods"]) => methods::list(call, id),
        (_, [id, "appRoleAssignments", more @ ..]) => return assignments_of(call, id, more),
        (&Method::GET, [id, "oauth2PermissionGrants"]) => grants::of_user(call, id),
        (&Method::GET, [id, "memberOf" | "transitiveMemberOf", cast @ ..]) => {
            let nested = rest[1] == "transitiveMemberOf";
            return found(call, id, |user| roles::member_of(call, user, nested, cast));
        }
        _ => return None,
    })
}

pub(super) fn answer_me(call: &Call<'_>, rest: &[&str]) -> Routed {
    match call.caller.user() {
        Ok(id) => {
            let id = id.to_string();
            let rest: Vec<_> = std::iter::once(id.as_str()).chain(rest.iter().copied()).collect();
            answer(call, &rest)
        }
        Err(error) => Some(Err(error)),
    }
}

fn found(call: &Call<'_>, id: &str, then: impl FnOnce(&User) -> Routed) -> Routed {
    match find(call, id).and_then(|user| may_read(call, &user).map(|()| user)) {
        Ok(user) => then(&user),
        Err(error) => Some(Err(error)),
    }
}

/// A user by object id or user principal name, unless deleted or not replicated yet.
pub(super) fn find(call: &Call<'_>, id: &str) -> Result<User, GraphError> {
    let hidden = call.graph.hidden();
    let directory = call.home.read();
    let user = match id.parse() {
        Ok(id) => directory.user(ObjectId(id)),
        Err(_) => directory.user_by_upn(id),
    };
    let there = |user: &&User| user.deleted.is_none() && !hidden.contains(&user.id.0);
    user.filter(there).cloned().ok_or_else(|| GraphError::missing(id))
}

/// Oneself with `User.Read`, others with more (C4).
fn may_read(call: &Call<'_>, user: &User) -> Result<(), GraphError> {
    if call.caller.principal == super::Principal::User(user.id.0) {
        call.allow(needs::READ_ME)
    } else {
        call.allow(needs::READ_USERS_BASIC)
    }
}

/// Whether only the basic properties may be shown.
pub(super) fn limited(call: &Call<'_>, user: &User) -> bool {
    let own = call.caller.principal == super::Principal::User(user.id.0);
    !own && !call.caller.has(needs::READ_USERS)
}

fn shown(call: &Call<'_>, user: &User) -> Answered {
    call.one(KIND, read::expanded(call, user))
}
