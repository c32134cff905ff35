//! `POST /Users` (RFC 7644 §3.3).

use axum::extract::RawQuery;
use axum::response::Response;
use http::HeaderMap;
use scim::ResourceType;
use scim::resource::parse_user;
use store::ids::UserId;

use super::told;
use crate::directory::Refused;
use crate::directory::users::CreateUser;
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
    exchange.finish("create_user", &body, result)
}

pub(in crate::scim) async fn act(
    exchange: &Exchange,
    query: Option<&str>,
    body: &[u8],
) -> Result<Answer, Refused> {
    let projection = scim::query::projection(query, ResourceType::User)?;
    let parsed = parse_user(body)?;
    let id = UserId::new(exchange.fresh_id()?);
    let saved = exchange
        .face()
        .store
        .write(CreateUser::new(exchange.context(body)?, id, parsed))
        .await?;
    let row = Row::from(&saved);
    let base = exchange.base_url();
    let json = resources::user(&base, &row, &projection, &[])?;
    Ok(Answer {
        reply: resources::changed(201, &base, ResourceType::User, &row, json),
        action: saved.action,
        subject: told(saved.id.as_str(), &saved.user_name),
        written: true,
        ignored: Vec::new(),
    })
}
