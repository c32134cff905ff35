//! `/ServiceProviderConfig`, `/ResourceTypes`, `/Schemas` (RFC 7644 §4), made from the constants that enforce them.
//! They want the bearer token like everything else: the URL belongs to one directory (entra-facts A5).

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use scim::{Error, discovery};
use serde_json::Value;
use store::activity::SubjectKind;

use super::exchange::{Answer, Exchange};
use super::reply::Reply;
use crate::directory::Refused;
use crate::tasks::record::Told;

pub(super) async fn config(exchange: Exchange, RawQuery(query): RawQuery) -> Response {
    answer(exchange, query.as_deref(), |base| {
        Ok(discovery::service_provider_config(base))
    })
}

pub(super) async fn resource_types(exchange: Exchange, RawQuery(query): RawQuery) -> Response {
    answer(exchange, query.as_deref(), |base| {
        Ok(discovery::resource_types(base))
    })
}

pub(super) async fn resource_type(
    exchange: Exchange,
    Path((_, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    answer(exchange, query.as_deref(), |base| {
        discovery::resource_type(&id, base)
    })
}

pub(super) async fn schemas(exchange: Exchange, RawQuery(query): RawQuery) -> Response {
    answer(exchange, query.as_deref(), |base| Ok(discovery::schemas(base)))
}

pub(super) async fn schema(
    exchange: Exchange,
    Path((_, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    answer(exchange, query.as_deref(), |base| discovery::schema(&id, base))
}

fn answer(
    exchange: Exchange,
    query: Option<&str>,
    document: impl FnOnce(&str) -> Result<Value, Error>,
) -> Response {
    let result = read(&exchange, query, document);
    exchange.finish("discover", b"", result)
}

/// A filter on discovery is 403 (RFC 7644 §4).
fn read(
    exchange: &Exchange,
    query: Option<&str>,
    document: impl FnOnce(&str) -> Result<Value, Error>,
) -> Result<Answer, Refused> {
    if scim::query::asks_for_filter(query) {
        return Err(Error::forbidden("Discovery documents cannot be filtered.").into());
    }
    let body = document(&exchange.base_url())?.to_string().into_bytes();
    let nothing = Told {
        kind: SubjectKind::None,
        id: None,
        name: None,
    };
    Ok(Answer::read("discover", nothing, Reply::ok(body)))
}
