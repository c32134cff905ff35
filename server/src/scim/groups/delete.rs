//! `DELETE /Groups/{id}` (RFC 7644 §3.6).

use axum::extract::Path;
use axum::response::Response;
use http::{HeaderMap, header};
use store::ids::GroupId;

use super::told;
use crate::directory::Refused;
use crate::directory::groups::DeleteGroup;
use crate::scim::exchange::{Answer, Exchange, header_text};
use crate::scim::reply::Reply;

pub(in crate::scim) async fn delete(
    exchange: Exchange,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let result = act(&exchange, id, header_text(&headers, header::IF_MATCH)).await;
    exchange.finish("delete_group", b"", result)
}

pub(in crate::scim) async fn act(
    exchange: &Exchange,
    id: String,
    if_match: Option<String>,
) -> Result<Answer, Refused> {
    let delete = DeleteGroup {
        by: exchange.context(b"")?,
        id: GroupId::new(id.clone()),
        if_match,
    };
    let name = exchange.face().store.write(delete).await?;
    Ok(Answer {
        reply: Reply::no_content(),
        action: "delete_group",
        subject: told(&id, &name),
        written: true,
        ignored: Vec::new(),
    })
}
