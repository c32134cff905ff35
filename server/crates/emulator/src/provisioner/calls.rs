//! The requests of a job, one function each: what is asked, what must come back, and what would break Entra.

use serde_json::Value;
use uuid::Uuid;

use super::bodies;
use super::endpoint::{Answer, Endpoint, Request, equals};
use super::failure::{ErrorCode, Failure};
use super::mapping::{Attributes, ENTERPRISE_URN};
use super::settings::Dialect;
use crate::witness::Kind;

/// A resource as the server holds it.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// The server's id.
    pub(super) id: String,
    /// The whole resource.
    pub(super) resource: Value,
}

/// The two searches of *Test connection* (A2): users, and groups if their mapping is on.
pub(super) fn probe<'a>(endpoint: &Endpoint, groups: bool, random: Uuid) -> Request<'a> {
    let filter = |attribute| endpoint.filter(&equals(attribute, &random.to_string()));
    if groups {
        let request = Request::get(Kind::Probe, "/Groups").query("excludedAttributes=members");
        request.query(filter("displayName"))
    } else {
        Request::get(Kind::Probe, "/Users").query(filter("userName"))
    }
}

/// Searches a user by one matching attribute. At most one may be found.
pub(super) async fn find_user(
    endpoint: &Endpoint,
    attribute: &str,
    value: &str,
) -> Result<Option<Found>, Failure> {
    let request = Request::get(Kind::FindUser, "/Users").query(endpoint.filter(&equals(attribute, value)));
    let answer = endpoint.expect(&request).await?;
    let Some(found) = single(endpoint, &answer)? else {
        return Ok(None);
    };
    check_user(endpoint, &answer, &found.resource);
    if attribute == "userName" {
        check_hit(endpoint, &answer, found.resource.get("userName"), value, true);
    }
    Ok(Some(found))
}

/// Searches a group by display name, without its members.
pub(super) async fn find_group(endpoint: &Endpoint, name: &str) -> Result<Option<Found>, Failure> {
    let request = Request::get(Kind::FindGroup, "/Groups").query("excludedAttributes=members");
    let request = request.query(endpoint.filter(&equals("displayName", name)));
    let answer = endpoint.expect(&request).await?;
    let Some(found) = single(endpoint, &answer)? else {
        return Ok(None);
    };
    check_no_members(endpoint, &answer, &found.resource)?;
    check_hit(endpoint, &answer, found.resource.get("displayName"), name, false);
    Ok(Some(found))
}

/// Creates a user. The answer must carry the new id.
pub(super) async fn create_user(endpoint: &Endpoint, attributes: &Attributes) -> Result<String, Failure> {
    let body = attributes.create_body();
    let answer = endpoint
        .expect(&Request::post(Kind::CreateUser, "/Users", &body))
        .await?;
    check_created(endpoint, &answer);
    let resource = object(endpoint, &answer)?;
    check_user(endpoint, &answer, resource);
    check_echo(endpoint, &answer, attributes, resource);
    identified(endpoint, &answer, resource)
}

/// Reads a user by its cached id. `None` means 404: the anchor is gone (A8 `InvalidAnchor`).
pub(super) async fn get_user(endpoint: &Endpoint, id: &str) -> Result<Option<Found>, Failure> {
    let request = Request::get(Kind::GetUser, format!("/Users/{id}"));
    let Some(found) = get(endpoint, &request, id).await? else {
        return Ok(None);
    };
    check_user(endpoint, &found.1, &found.0.resource);
    Ok(Some(found.0))
}

/// Reads a group by its cached id, without its members.
pub(super) async fn get_group(endpoint: &Endpoint, id: &str) -> Result<Option<Found>, Failure> {
    let request = Request::get(Kind::GetGroup, format!("/Groups/{id}")).query("excludedAttributes=members");
    let Some(found) = get(endpoint, &request, id).await? else {
        return Ok(None);
    };
    check_no_members(endpoint, &found.1, &found.0.resource)?;
    Ok(Some(found.0))
}

async fn get(
    endpoint: &Endpoint,
    request: &Request<'_>,
    id: &str,
) -> Result<Option<(Found, Answer)>, Failure> {
    let answer = endpoint.send(request).await?;
    if answer.status == 404 {
        endpoint.deviation("A7", "the resource is gone though nobody deleted it", &answer);
        return Ok(None);
    }
    if !answer.succeeded() {
        return Err(endpoint.refused(request, &answer));
    }
    let resource = object(endpoint, &answer)?.clone();
    if identified(endpoint, &answer, &resource)? != id {
        endpoint.deviation("A3", "another resource came back than was asked for", &answer);
    }
    Ok(Some((
        Found {
            id: id.to_owned(),
            resource,
        },
        answer,
    )))
}

/// Changes a user. A body may come back and is then checked.
pub(super) async fn patch_user(
    endpoint: &Endpoint,
    kind: Kind,
    id: &str,
    body: &Value,
) -> Result<(), Failure> {
    let answer = endpoint
        .expect(&Request::patch(kind, format!("/Users/{id}"), body))
        .await?;
    if let Some(resource) = answer.json.as_ref().filter(|_| answer.status == 200) {
        check_user(endpoint, &answer, resource);
        identified(endpoint, &answer, resource)?;
    }
    Ok(())
}

/// Deletes a resource. One that is gone already counts as deleted, but is noted.
pub(super) async fn delete(endpoint: &Endpoint, kind: Kind, path: String) -> Result<(), Failure> {
    let request = Request::delete(kind, path);
    let answer = endpoint.send(&request).await?;
    match answer.status {
        204 => Ok(()),
        404 => {
            endpoint.deviation("A3", "404 for a DELETE of what nobody deleted before", &answer);
            Ok(())
        }
        200..=299 => {
            endpoint.deviation(
                "A3",
                format!("DELETE answered {} instead of 204", answer.status),
                &answer,
            );
            Ok(())
        }
        _ => Err(endpoint.refused(&request, &answer)),
    }
}

/// Creates a group, empty at birth.
pub(super) async fn create_group(
    endpoint: &Endpoint,
    name: &str,
    external_id: &str,
) -> Result<String, Failure> {
    let body = bodies::create_group(name, external_id);
    let answer = endpoint
        .expect(&Request::post(Kind::CreateGroup, "/Groups", &body))
        .await?;
    check_created(endpoint, &answer);
    let resource = object(endpoint, &answer)?;
    if resource.get("displayName").and_then(Value::as_str) != Some(name) {
        endpoint.deviation("A3", "displayName of the new group is not what was sent", &answer);
    }
    identified(endpoint, &answer, resource)
}

/// Changes a group or its members.
pub(super) async fn patch_group(
    endpoint: &Endpoint,
    kind: Kind,
    id: &str,
    body: &Value,
) -> Result<(), Failure> {
    let answer = endpoint
        .expect(&Request::patch(kind, format!("/Groups/{id}"), body))
        .await?;
    if !matches!(answer.status, 200 | 204) {
        endpoint.deviation("A3", format!("PATCH answered {}", answer.status), &answer);
    }
    Ok(())
}

/// Asks whether a reference is set already (A4.10): `id eq "A" and manager eq "B"`.
pub(super) async fn has_reference(
    endpoint: &Endpoint,
    resource: &str,
    id: &str,
    attribute: &str,
    value: &str,
) -> Result<bool, Failure> {
    let filter = format!("{} and {}", equals("id", id), equals(attribute, value));
    let request = Request::get(Kind::CheckReference, resource).query(endpoint.filter(&filter));
    let answer = endpoint.expect(&request.query("attributes=id")).await?;
    Ok(single(endpoint, &answer)?.is_some())
}

/// Sets or clears a manager.
pub(super) async fn set_manager(
    endpoint: &Endpoint,
    dialect: Dialect,
    id: &str,
    manager: Option<&str>,
    had_value: bool,
) -> Result<(), Failure> {
    let body = match manager {
        Some(manager) => bodies::set_manager(dialect, had_value, manager),
        None => bodies::clear_manager(dialect),
    };
    patch_user(endpoint, Kind::SetManager, id, &body).await
}

/// The resources of a list response. Not being one is a compliance failure, which quarantines (A8).
pub(crate) fn resources<'a>(endpoint: &Endpoint, answer: &'a Answer) -> Result<&'a [Value], Failure> {
    let list = object(endpoint, answer).map_err(Failure::fatal)?;
    let total = list.get("totalResults").and_then(Value::as_u64);
    let Some(total) = total else {
        endpoint.deviation("A3", "list response without a number totalResults", answer);
        return Err(incompatible("the list response has no totalResults").fatal());
    };
    if !names_schema(list, "urn:ietf:params:scim:api:messages:2.0:ListResponse") {
        endpoint.deviation("A3", "list response without the ListResponse schema", answer);
    }
    match list.get("Resources") {
        Some(Value::Array(resources)) => Ok(resources),
        None if total == 0 => Ok(&[]),
        _ => {
            endpoint.deviation("A3", "list response without an array Resources", answer);
            Err(incompatible("the list response has no Resources").fatal())
        }
    }
}

fn single(endpoint: &Endpoint, answer: &Answer) -> Result<Option<Found>, Failure> {
    match resources(endpoint, answer)? {
        [] => Ok(None),
        [resource] => {
            let id = identified(endpoint, answer, resource)?;
            Ok(Some(Found {
                id,
                resource: resource.clone(),
            }))
        }
        several => {
            endpoint.deviation(
                "A3",
                format!("{} hits where one was asked for", several.len()),
                answer,
            );
            let message = format!("{} entries match the matching attribute", several.len());
            Err(Failure::new(ErrorCode::DuplicateTargetEntries, message))
        }
    }
}

fn object<'a>(endpoint: &Endpoint, answer: &'a Answer) -> Result<&'a Value, Failure> {
    match &answer.json {
        Some(json @ Value::Object(_)) => Ok(json),
        _ => {
            endpoint.deviation("A3", "the body is not a JSON object", answer);
            Err(incompatible(
                "We are not able to deserialize the resource received from your SCIM endpoint",
            ))
        }
    }
}

fn identified(endpoint: &Endpoint, answer: &Answer, resource: &Value) -> Result<String, Failure> {
    match resource.get("id") {
        Some(Value::String(id)) if !id.is_empty() => Ok(id.clone()),
        _ => {
            endpoint.deviation("A3", "resource without an id", answer);
            Err(incompatible(
                "The resource received from your SCIM endpoint has no id",
            ))
        }
    }
}

fn incompatible(message: &str) -> Failure {
    Failure::new(
        ErrorCode::SystemForCrossDomainIdentityManagementServiceIncompatible,
        message,
    )
}

fn names_schema(resource: &Value, urn: &str) -> bool {
    let schemas = resource.get("schemas").and_then(Value::as_array);
    schemas.is_some_and(|schemas| schemas.iter().any(|schema| schema.as_str() == Some(urn)))
}

fn check_created(endpoint: &Endpoint, answer: &Answer) {
    if !matches!(answer.status, 200 | 201) {
        endpoint.deviation(
            "A3",
            format!("POST answered {} instead of 201", answer.status),
            answer,
        );
    }
}

/// What would keep Entra from reading a user: a manager that is no object (A4.7), an `active` that is no boolean.
fn check_user(endpoint: &Endpoint, answer: &Answer, user: &Value) {
    let manager = user
        .get(ENTERPRISE_URN)
        .and_then(|extension| extension.get("manager"));
    if manager.is_some_and(|manager| !manager.is_object() && !manager.is_null()) {
        endpoint.deviation(
            "A4.7",
            "manager is returned as something other than an object",
            answer,
        );
    }
    if user.get("active").is_some_and(|active| !active.is_boolean()) {
        endpoint.deviation(
            "A4.2",
            "active is returned as something other than a boolean",
            answer,
        );
    }
}

/// The created resource must hold what was sent, word for word (A3 general: store values verbatim).
fn check_echo(endpoint: &Endpoint, answer: &Answer, sent: &Attributes, resource: &Value) {
    let (held, active) = Attributes::read(resource);
    if held != *sent || active.is_none() {
        endpoint.deviation(
            "A3",
            format!(
                "the created user is not what was sent: {}",
                sent.differences(&held)
            ),
            answer,
        );
    }
}

fn check_no_members(endpoint: &Endpoint, answer: &Answer, group: &Value) -> Result<(), Failure> {
    match group.get("members") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Array(members)) if members.is_empty() => Ok(()),
        Some(_) => {
            endpoint.deviation(
                "A3",
                "members are returned though excludedAttributes=members was asked",
                answer,
            );
            let code = ErrorCode::SystemForCrossDomainIdentityManagementMultipleEntriesInResponse;
            Err(Failure::new(
                code,
                "Multiple entries were returned in the response",
            ))
        }
    }
}

/// A search must find what it was asked for (T29): a filter that is ignored adopts the wrong resource.
fn check_hit(endpoint: &Endpoint, answer: &Answer, got: Option<&Value>, asked: &str, fold: bool) {
    let got = got.and_then(Value::as_str).unwrap_or_default();
    let same = if fold {
        got.to_lowercase() == asked.to_lowercase()
    } else {
        got == asked
    };
    if !same {
        endpoint.deviation(
            "A3",
            "the search found a resource that does not match its filter",
            answer,
        );
    }
}
