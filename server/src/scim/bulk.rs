//! `POST /Bulk` (RFC 7644 §3.7): each operation is an act of its own, in an order that resolves their references.

use std::collections::HashMap;

use axum::response::Response;
use http::HeaderMap;
use scim::ResourceType;
use scim::bulk::{BulkMethod, BulkOperation, BulkRequest, BulkResult, bulk_response};
use store::activity::SubjectKind;

use super::exchange::{Answer, Body, Exchange, check_media_type};
use super::reply::{self, Reply};
use super::{groups, users};
use crate::directory::Refused;
use crate::tasks::record::Told;

pub(super) async fn bulk(exchange: Exchange, headers: HeaderMap, body: Body) -> Response {
    let result = match check_media_type(&headers) {
        Ok(()) => act(&exchange, &body).await,
        Err(refused) => Err(refused),
    };
    exchange.finish("bulk", b"", result)
}

async fn act(exchange: &Exchange, body: &[u8]) -> Result<Answer, Refused> {
    let request = BulkRequest::parse(body)?;
    let mut ids = HashMap::new();
    let mut results = Vec::with_capacity(request.operations.len());
    let mut errors = 0;
    for &place in &request.order {
        let operation = &request.operations[place];
        let result = carry_out(exchange, operation, &mut ids).await;
        errors += usize::from(result.outcome.is_err());
        results.push(result);
        if request.stops_after(errors) {
            break;
        }
    }
    let nothing = Told {
        kind: SubjectKind::None,
        id: None,
        name: None,
    };
    Ok(Answer::read("bulk", nothing, Reply::ok(bulk_response(&results))))
}

async fn carry_out(
    exchange: &Exchange,
    operation: &BulkOperation,
    ids: &mut HashMap<String, String>,
) -> BulkResult {
    let done = run(exchange, operation, ids).await;
    if let (Ok(answer), Some(name)) = (&done, &operation.bulk_id)
        && let Some(id) = &answer.subject.id
    {
        ids.insert(name.clone(), id.clone());
    }
    let (location, version, outcome) = match done {
        Ok(answer) => (answer.reply.location, answer.reply.etag, Ok(answer.reply.status)),
        Err(refused) => (None, None, Err(reply::error_of(refused, None))),
    };
    BulkResult {
        method: operation.method,
        bulk_id: operation.bulk_id.clone(),
        location: location.or_else(|| addressed(exchange, operation, ids)),
        version,
        outcome,
    }
}

/// The resource an operation was about: required in every result but that of a POST that failed (RFC 7644 §3.7). What
/// has not the form of an id of ours is not repeated (threats T25).
fn addressed(
    exchange: &Exchange,
    operation: &BulkOperation,
    ids: &HashMap<String, String>,
) -> Option<String> {
    let id = operation.resolved_id(ids).ok()??;
    uuid::Uuid::try_parse(&id).ok()?;
    let (base, endpoint) = (exchange.base_url(), operation.resource.endpoint());
    Some(format!("{base}/{endpoint}/{id}"))
}

async fn run(
    exchange: &Exchange,
    operation: &BulkOperation,
    ids: &HashMap<String, String>,
) -> Result<Answer, Refused> {
    let data = operation.data(ids)?;
    let id = operation.resolved_id(ids)?.unwrap_or_default();
    let version = operation.version.clone();
    let body = data.as_slice();
    match (operation.resource, operation.method) {
        (ResourceType::User, BulkMethod::Post) => users::create::act(exchange, None, body).await,
        (ResourceType::User, BulkMethod::Put) => {
            users::change::save(
                exchange,
                id,
                None,
                version,
                body,
                users::change::read_replace(body)?,
            )
            .await
        }
        (ResourceType::User, BulkMethod::Patch) => {
            users::change::save(
                exchange,
                id,
                None,
                version,
                body,
                users::change::read_patch(body)?,
            )
            .await
        }
        (ResourceType::User, BulkMethod::Delete) => users::delete::act(exchange, id, version).await,
        (ResourceType::Group, BulkMethod::Post) => groups::create::act(exchange, None, body).await,
        (ResourceType::Group, BulkMethod::Put) => {
            groups::change::put(
                exchange,
                id,
                None,
                version,
                body,
                groups::change::read_replace(body)?,
            )
            .await
        }
        (ResourceType::Group, BulkMethod::Patch) => {
            groups::change::change(
                exchange,
                id,
                None,
                version,
                body,
                groups::change::read_patch(body)?,
            )
            .await
        }
        (ResourceType::Group, BulkMethod::Delete) => groups::delete::act(exchange, id, version).await,
    }
}
