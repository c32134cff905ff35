//! `POST /Groups` (RFC 7644 §3.3).

use axum::extract::RawQuery;
use axum::response::Response;
use http::HeaderMap;
use scim::ResourceType;
use scim::resource::parse_group;
use store::ids::GroupId;

use super::told;
use crate::directory::Refused;
use crate::directory::groups::CreateGroup;
use crate::scim::exchange::{Answer, Body, Exchange, check_media_type};
use crate::scim::resources::{self, Row};

pub(in crate::scim) async fn create(
    exchange: Exchange,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let result = match check_media_type(&headers) {
        Ok(()) => act(&exchange, query.as_deref(), &body).await,
        Err(refused) => Err(refused),
    };
    exchange.finish("create_group", &body, result)
}

pub(in crate::scim) async fn act(
    exchange: &Exchange,
    query: Option<&str>,
    body: &[u8],
) -> Result<Answer, Refused> {
    let projection = scim::query::projection(query, ResourceType::Group)?;
    let parsed = parse_group(body)?;
    let id = GroupId::new(exchange.fresh_id()?);
    let saved = exchange
        .face()
        .store
        .write(CreateGroup::new(exchange.context(body)?, id, parsed))
        .await?;
    let members = resources::members_of(exchange, &projection, &saved.id).await?;
    let row = Row::from(&saved);
    let base = exchange.base_url();
    let json = resources::group(&base, &row, &projection, members.as_deref())?;
    Ok(Answer {
        reply: resources::changed(201, &base, ResourceType::Group, &row, json),
        action: saved.action,
        subject: told(saved.id.as_str(), &saved.display_name),
        written: true,
        ignored: Vec::new(),
    })
}
