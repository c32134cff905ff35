//! Which route answers: the path taken apart, and one table.

use axum::http::{Method, StatusCode};
use url::form_urlencoded;

use super::call::{Answered, Call};
use super::error::GraphError;
use super::{
    applications, assignments, deleted, devices, grants, groups, organization, roles, service_principals,
    users,
};

/// Words of paths, as they are spelled; Graph takes them in any case.
const WORDS: &[&str] = &[
    "$count",
    "addPassword",
    "appRoleAssignedTo",
    "appRoleAssignments",
    "applicationTemplates",
    "applications",
    "authentication",
    "deletedItems",
    "delta",
    "devices",
    "directory",
    "directoryRoles",
    "domains",
    "groups",
    "instantiate",
    "manager",
    "me",
    "memberOf",
    "members",
    "methods",
    "microsoft.graph.application",
    "microsoft.graph.device",
    "microsoft.graph.directoryRole",
    "microsoft.graph.group",
    "microsoft.graph.user",
    "oauth2PermissionGrants",
    "organization",
    "ownedDevices",
    "registeredDevices",
    "registeredOwners",
    "registeredUsers",
    "removePassword",
    "restore",
    "servicePrincipals",
    "transitiveMemberOf",
    "transitiveMembers",
    "users",
];

/// The segments of a path: decoded, known words as they are spelled, `set(key='x')` as `set`, `key=x` and `set('x')` as
/// `set`, `x`.
pub(super) fn segments(path: &str) -> Vec<String> {
    let mut found = Vec::new();
    for raw in path.split('/').filter(|raw| !raw.is_empty()) {
        // Only `%` is decoded: a plus sign in a path is a plus sign.
        let pair = raw.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
        let decoded = form_urlencoded::parse(pair.as_bytes()).next();
        let text = decoded.map(|(text, _)| text.into_owned()).unwrap_or_default();
        match text.strip_suffix(')').and_then(|rest| rest.split_once('(')) {
            // A function without parameters, as in `delta()`.
            Some((function, "")) => found.push(spelled(function)),
            Some((set, key)) => found.extend([spelled(set), key.replace('\'', "")]),
            None => found.push(spelled(&text)),
        }
    }
    found
}

fn spelled(text: &str) -> String {
    // `graph` is an alias of the namespace; Microsoft's SDKs write it.
    let long = text
        .strip_prefix("graph.")
        .map(|kind| format!("microsoft.graph.{kind}"));
    let text = long.as_deref().unwrap_or(text);
    if text == "microsoft.graph.delta" {
        return "delta".to_owned();
    }
    let known = WORDS.iter().find(|word| word.eq_ignore_ascii_case(text));
    known.map_or(text, |word| word).to_owned()
}

/// Answers a request.
pub(super) fn answer(call: &Call<'_>, segments: &[&str]) -> Answered {
    let (first, rest) = segments.split_first().ok_or_else(|| unknown(""))?;
    let answered = match *first {
        "organization" => organization::answer(call, rest),
        "domains" => organization::answer_domains(call, rest),
        "me" => users::answer_me(call, rest),
        "users" => users::answer(call, rest),
        "groups" => groups::answer(call, rest),
        "devices" => devices::answer(call, rest),
        "directoryRoles" => roles::answer(call, rest),
        "directory" => deleted::answer(call, rest),
        "servicePrincipals" => service_principals::answer(call, rest),
        "oauth2PermissionGrants" => grants::answer(call, rest),
        "applications" => applications::answer(call, rest),
        "applicationTemplates" => applications::answer_template(call, rest),
        _ => None,
    };
    answered.unwrap_or_else(|| Err(missing(call, segments)))
}

/// What a noun's table answers: `None` for a path or method it does not know.
pub(super) type Routed = Option<Answered>;

/// Assignments of a principal, whatever it is.
pub(super) fn assignments_of(call: &Call<'_>, id: &str, rest: &[&str]) -> Routed {
    Some(match (&call.method, rest) {
        (&Method::GET, []) => assignments::held_by(call, id),
        (&Method::POST, []) => assignments::create(call, id, assignments::Side::Principal),
        (&Method::DELETE, [assignment]) => assignments::delete(call, assignment),
        _ => return None,
    })
}

fn missing(call: &Call<'_>, segments: &[&str]) -> GraphError {
    if call.method == Method::GET {
        return unknown(segments.last().copied().unwrap_or_default());
    }
    GraphError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "Request_BadRequest",
        "Specified HTTP method is not allowed for the request target.",
    )
}

fn unknown(segment: &str) -> GraphError {
    GraphError::bad(format!("Resource not found for the segment '{segment}'."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart() {
        let of = |path: &str| segments(path).join(" ");
        assert_eq!(
            of("/serviceprincipals(appId='1-2')/approleassignedto"),
            "servicePrincipals appId=1-2 appRoleAssignedTo"
        );
        assert_eq!(of("/users/a%40b.c/memberOf/"), "users a@b.c memberOf");
        assert_eq!(of("/users('x%23EXT%23@y')"), "users x#EXT#@y");
        assert_eq!(of("/users/a+b@c"), "users a+b@c");
        assert_eq!(of("/users/delta()"), "users delta");
        assert_eq!(of("/groups/microsoft.graph.delta()"), "groups delta");
        assert_eq!(of("/groups/1/members/$count"), "groups 1 members $count");
        assert_eq!(
            of("/me/memberOf/graph.directoryRole"),
            "me memberOf microsoft.graph.directoryRole"
        );
    }
}
