//! Reading users.

use std::collections::HashSet;

use serde_json::Value;
use uuid::Uuid;

use super::super::call::{Answered, Call};
use super::super::error::GraphError;
use super::super::needs;
use super::super::query::pick;
use super::{find, limited, may_read, shape, shown};
use crate::tenant::{Directory, User};

fn there<'a>(directory: &'a Directory, hidden: &'a HashSet<Uuid>) -> impl Iterator<Item = &'a User> {
    directory.users().filter(|user| !hidden.contains(&user.id.0))
}

pub(super) fn list(call: &Call<'_>) -> Answered {
    call.allow(needs::READ_USERS_BASIC)?;
    let hidden = call.graph.hidden();
    let directory = call.home.read();
    let shape = |user: &&User| expanded_in(call, &directory, user);
    call.many(
        super::KIND,
        there(&directory, &hidden),
        |user| user.id.to_string(),
        shape,
    )
}

pub(super) fn count(call: &Call<'_>) -> Answered {
    call.allow(needs::READ_USERS_BASIC)?;
    let hidden = call.graph.hidden();
    let directory = call.home.read();
    call.count(there(&directory, &hidden), |user| {
        shape(user, limited(call, user))
    })
}

pub(super) fn one(call: &Call<'_>, id: &str) -> Answered {
    let user = readable(call, id)?;
    shown(call, &user)
}

/// 403 comes before 404: who may read nobody learns nothing.
fn readable(call: &Call<'_>, id: &str) -> Result<User, GraphError> {
    match find(call, id) {
        Ok(user) => may_read(call, &user).map(|()| user),
        Err(missing) => call.allow(needs::READ_USERS_BASIC).and(Err(missing)),
    }
}

pub(super) fn manager(call: &Call<'_>, id: &str) -> Answered {
    let user = readable(call, id)?;
    call.allow(needs::READ_USERS)?;
    let manager = user.manager.and_then(|manager| call.home.user(manager));
    let manager = manager.ok_or_else(|| GraphError::missing("manager"))?;
    call.one(super::KIND, shape(&manager, limited(call, &manager)))
}

/// A user with what `$expand` adds.
pub(super) fn expanded(call: &Call<'_>, user: &User) -> Value {
    expanded_in(call, &call.home.read(), user)
}

fn expanded_in(call: &Call<'_>, directory: &Directory, user: &User) -> Value {
    let mut object = shape(user, limited(call, user));
    for expand in call
        .options
        .expand
        .iter()
        .filter(|expand| expand.name == "manager")
    {
        if let Some(manager) = user.manager.and_then(|id| directory.user(id)) {
            let whole = shape(manager, limited(call, manager));
            let names: Vec<_> = match &expand.select {
                Some(names) => names.iter().map(String::as_str).collect(),
                None => super::KIND.defaults.to_vec(),
            };
            object["manager"] = pick(whole, names.into_iter());
        }
    }
    object
}
