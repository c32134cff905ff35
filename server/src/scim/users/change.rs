//! `PUT` and `PATCH /Users/{id}` (RFC 7644 §3.5).

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use http::{HeaderMap, header};
use scim::resource::parse_user;
use scim::{Patch, ResourceType};
use store::ids::UserId;

use super::told;
use crate::directory::Refused;
use crate::directory::users::{SaveUser, UserEdit};
use crate::scim::exchange::{Answer, Body, Exchange, check_media_type, header_text};
use crate::scim::resources::{self, Row};

pub(in crate::scim) async fn replace(
    exchange: Exchange,
    Path((_, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let edit = check_media_type(&headers).and_then(|()| read_replace(&body));
    let result = act(&exchange, id, query.as_deref(), &headers, &body, edit).await;
    exchange.finish("replace_user", &body, result)
}

pub(in crate::scim) async fn patch(
    exchange: Exchange,
    Path((_, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let edit = check_media_type(&headers).and_then(|()| read_patch(&body));
    let result = act(&exchange, id, query.as_deref(), &headers, &body, edit).await;
    exchange.finish("patch_user", &body, result)
}

/// The body of a PUT.
pub(in crate::scim) fn read_replace(body: &[u8]) -> Result<UserEdit, Refused> {
    Ok(UserEdit::Replace(parse_user(body)?))
}

/// The body of a PATCH.
pub(in crate::scim) fn read_patch(body: &[u8]) -> Result<UserEdit, Refused> {
    Ok(UserEdit::Patch(Patch::parse(body, ResourceType::User)?))
}

async fn act(
    exchange: &Exchange,
    id: String,
    query: Option<&str>,
    headers: &HeaderMap,
    body: &[u8],
    edit: Result<UserEdit, Refused>,
) -> Result<Answer, Refused> {
    save(
        exchange,
        id,
        query,
        header_text(headers, header::IF_MATCH),
        body,
        edit?,
    )
    .await
}

pub(in crate::scim) async fn save(
    exchange: &Exchange,
    id: String,
    query: Option<&str>,
    if_match: Option<String>,
    body: &[u8],
    edit: UserEdit,
) -> Result<Answer, Refused> {
    let projection = scim::query::projection(query, ResourceType::User)?;
    let save = SaveUser {
        by: exchange.context(body)?,
        id: UserId::new(id),
        if_match,
        edit,
    };
    let saved = exchange.face().store.write(save).await?;
    let groups = resources::memberships(exchange, &projection, &saved.id).await?;
    let base = exchange.base_url();
    let row = Row::from(&saved);
    let json = resources::user(&base, &row, &projection, &groups)?;
    Ok(Answer {
        reply: resources::changed(200, &base, ResourceType::User, &row, json),
        action: saved.action,
        subject: told(saved.id.as_str(), &saved.user_name),
        written: saved.changed,
        ignored: saved.ignored,
    })
}
