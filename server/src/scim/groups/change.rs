//! `PUT` and `PATCH /Groups/{id}` (RFC 7644 §3.5).

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use http::{HeaderMap, header};
use scim::resource::parse_group;
use scim::{Patch, ResourceType};
use store::ids::GroupId;

use super::told;
use crate::directory::Refused;
use crate::directory::groups::{GroupEdit, SaveGroup, SavedGroup};
use crate::scim::exchange::{Answer, Body, Exchange, check_media_type, header_text};
use crate::scim::reply::Reply;
use crate::scim::resources::{self, Row};

pub(in crate::scim) async fn replace(
    exchange: Exchange,
    Path((_, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let result = match check_media_type(&headers).and_then(|()| read_replace(&body)) {
        Ok(edit) => {
            put(
                &exchange,
                id,
                query.as_deref(),
                header_text(&headers, header::IF_MATCH),
                &body,
                edit,
            )
            .await
        }
        Err(refused) => Err(refused),
    };
    exchange.finish("replace_group", &body, result)
}

pub(in crate::scim) async fn patch(
    exchange: Exchange,
    Path((_, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let result = match check_media_type(&headers).and_then(|()| read_patch(&body)) {
        Ok(edit) => {
            change(
                &exchange,
                id,
                query.as_deref(),
                header_text(&headers, header::IF_MATCH),
                &body,
                edit,
            )
            .await
        }
        Err(refused) => Err(refused),
    };
    exchange.finish("patch_group", &body, result)
}

/// The body of a PUT.
pub(in crate::scim) fn read_replace(body: &[u8]) -> Result<GroupEdit, Refused> {
    Ok(GroupEdit::Replace(parse_group(body)?))
}

/// The body of a PATCH.
pub(in crate::scim) fn read_patch(body: &[u8]) -> Result<GroupEdit, Refused> {
    Ok(GroupEdit::Patch(Patch::parse(body, ResourceType::Group)?))
}

/// 200 with the whole group.
pub(in crate::scim) async fn put(
    exchange: &Exchange,
    id: String,
    query: Option<&str>,
    if_match: Option<String>,
    body: &[u8],
    edit: GroupEdit,
) -> Result<Answer, Refused> {
    let saved = save(exchange, id, if_match, body, edit).await?;
    full_answer(exchange, query, saved).await
}

/// 204, as Entra is advised to be answered (entra-facts A3), unless the client asked for attributes (RFC 7644 §3.5.2).
/// So adding a member to a group of 100 000 loads none of them.
pub(in crate::scim) async fn change(
    exchange: &Exchange,
    id: String,
    query: Option<&str>,
    if_match: Option<String>,
    body: &[u8],
    edit: GroupEdit,
) -> Result<Answer, Refused> {
    let projection = scim::query::projection(query, ResourceType::Group)?;
    let saved = save(exchange, id, if_match, body, edit).await?;
    if !projection.is_default() {
        return full_answer(exchange, query, saved).await;
    }
    let reply = Reply {
        etag: Some(scim::etag::etag(saved.version)),
        ..Reply::no_content()
    };
    Ok(answer(saved, reply))
}

async fn save(
    exchange: &Exchange,
    id: String,
    if_match: Option<String>,
    body: &[u8],
    edit: GroupEdit,
) -> Result<SavedGroup, Refused> {
    let save = SaveGroup {
        by: exchange.context(body)?,
        id: GroupId::new(id),
        if_match,
        edit,
    };
    exchange.face().store.write(save).await
}

async fn full_answer(exchange: &Exchange, query: Option<&str>, saved: SavedGroup) -> Result<Answer, Refused> {
    let projection = scim::query::projection(query, ResourceType::Group)?;
    let members = resources::members_of(exchange, &projection, &saved.id).await?;
    let base = exchange.base_url();
    let row = Row::from(&saved);
    let json = resources::group(&base, &row, &projection, members.as_deref())?;
    let reply = resources::changed(200, &base, ResourceType::Group, &row, json);
    Ok(answer(saved, reply))
}

fn answer(saved: SavedGroup, reply: Reply) -> Answer {
    Answer {
        reply,
        action: saved.action,
        subject: told(saved.id.as_str(), &saved.display_name),
        written: saved.changed,
        ignored: saved.ignored,
    }
}
