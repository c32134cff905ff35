//! `GET /Groups/{id}` (RFC 7644 §3.4.1).

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use http::{HeaderMap, header};
use scim::ResourceType;
use store::groups::{self, Group};
use store::ids::{DirectoryId, GroupId};
use store::{Operation, StoreError, Tx};

use super::told;
use crate::directory::Refused;
use crate::directory::groups::unknown_group;
use crate::scim::exchange::{Answer, Exchange, header_text};
use crate::scim::reply::Reply;
use crate::scim::resources::{self, Row};

pub(in crate::scim) async fn read(
    exchange: Exchange,
    Path((_, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let result = act(&exchange, id, query.as_deref(), &headers).await;
    exchange.finish("get_group", b"", result)
}

async fn act(
    exchange: &Exchange,
    id: String,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Answer, Refused> {
    let projection = scim::query::projection(query, ResourceType::Group)?;
    let get = GetGroup {
        directory: exchange.caller.directory.clone(),
        id: GroupId::new(id),
    };
    let group = exchange.face().store.read(get).await?.ok_or_else(unknown_group)?;
    let subject = told(group.id.as_str(), &group.display_name);
    if scim::etag::if_none_match(
        header_text(headers, header::IF_NONE_MATCH).as_deref(),
        group.version,
    ) {
        return Ok(Answer::read(
            "get_group",
            subject,
            Reply::not_modified(scim::etag::etag(group.version)),
        ));
    }
    let members = resources::members_of(exchange, &projection, &group.id).await?;
    let base = exchange.base_url();
    let row = Row::from(&group);
    let json = resources::group(&base, &row, &projection, members.as_deref())?;
    Ok(Answer::read(
        "get_group",
        subject,
        resources::changed(200, &base, ResourceType::Group, &row, json),
    ))
}

struct GetGroup {
    directory: DirectoryId,
    id: GroupId,
}

impl Operation for GetGroup {
    type Output = Option<Group>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Option<Group>, StoreError> {
        groups::get(tx, &self.directory, &self.id).await
    }
}
