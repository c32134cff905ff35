//! `/directory/deletedItems`: deleted users, for thirty days.

use axum::http::Method;
use serde_json::Value;

use super::call::{Answer, Answered, Call, Kind, object_id};
use super::error::GraphError;
use super::groups::tagged;
use super::routes::Routed;
use super::{needs, users};
use crate::cloud::DirectoryRole;
use crate::tenant::{ObjectId, User};

const KIND: Kind = Kind {
    mixed: true,
    ..users::KIND
};

pub(super) fn answer(call: &Call<'_>, rest: &[&str]) -> Routed {
    let ["deletedItems", rest @ ..] = rest else {
        return None;
    };
    Some(match (&call.method, rest) {
        (&Method::GET, ["microsoft.graph.user"]) => list(call),
        // Only users are kept here; the others are listed as empty.
        (&Method::GET, ["microsoft.graph.group" | "microsoft.graph.application"]) => call
            .allow(needs::READ_USERS)
            .and_then(|()| call.many(KIND, std::iter::empty::<Value>(), |_| String::new(), Value::clone)),
        (&Method::GET, [id]) => one(call, id),
        (&Method::POST, [id, "restore"]) => restore(call, id),
        (&Method::DELETE, [id]) => purge(call, id),
        _ => return None,
    })
}

fn shape(user: &User) -> Value {
    tagged("#microsoft.graph.user", users::shape(user, false))
}

fn find(call: &Call<'_>, id: &str) -> Result<User, GraphError> {
    let user = call.home.user(ObjectId(object_id(id)?));
    user.filter(|user| user.deleted.is_some())
        .ok_or_else(|| GraphError::missing(id))
}

fn list(call: &Call<'_>) -> Answered {
    call.allow(needs::READ_USERS)?;
    let directory = call.home.read();
    call.many(
        KIND,
        directory.deleted_users(),
        |user| user.id.to_string(),
        |user| shape(user),
    )
}

fn one(call: &Call<'_>, id: &str) -> Answered {
    call.allow(needs::READ_USERS)?;
    call.one(KIND, shape(&find(call, id)?))
}

fn may_change(call: &Call<'_>) -> Result<(), GraphError> {
    call.allow(needs::WRITE_USERS)?;
    let roles = [
        DirectoryRole::GlobalAdministrator,
        DirectoryRole::UserAdministrator,
    ];
    call.caller.holds_role(call.cloud(), &roles)
}

fn restore(call: &Call<'_>, id: &str) -> Answered {
    may_change(call)?;
    let user = find(call, id)?;
    call.home.restore(user.id)?;
    let user = users::find(call, id)?;
    call.one(KIND, shape(&user))
}

fn purge(call: &Call<'_>, id: &str) -> Answered {
    may_change(call)?;
    call.home.purge(find(call, id)?.id)?;
    Ok(Answer::nothing())
}
