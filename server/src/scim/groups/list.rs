//! `GET /Groups` and `POST /Groups/.search` (RFC 7644 §3.4.2, §3.4.3).

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::response::Response;
use http::HeaderMap;
use scim::{ListQuery, ResourceType};
use store::groups::Group;
use store::ids::DirectoryId;
use store::scim_list::{self, ScimPage};
use store::{Operation, StoreError, Tx};

use crate::directory::Refused;
use crate::scim::exchange::{Answer, Body, Exchange, check_media_type};
use crate::scim::lists::Asked;
use crate::scim::resources::{self, Row};

pub(in crate::scim) async fn list(exchange: Exchange, RawQuery(query): RawQuery) -> Response {
    let result = match ListQuery::parse(query.as_deref(), ResourceType::Group) {
        Ok(query) => act(&exchange, query).await,
        Err(error) => Err(error.into()),
    };
    exchange.finish("find_group", b"", result)
}

pub(in crate::scim) async fn search(exchange: Exchange, headers: HeaderMap, body: Body) -> Response {
    let query = check_media_type(&headers)
        .and_then(|()| ListQuery::from_search_body(&body, ResourceType::Group).map_err(Refused::from));
    let result = match query {
        Ok(query) => act(&exchange, query).await,
        Err(refused) => Err(refused),
    };
    exchange.finish("find_group", b"", result)
}

async fn act(exchange: &Exchange, query: ListQuery) -> Result<Answer, Refused> {
    let (asked, found, written) = find(exchange, query).await?;
    Ok(asked.answer(exchange, ResourceType::Group, &found, &written))
}

/// How many there are, and one page of them: for a search over users and groups together.
pub(in crate::scim) async fn part(
    exchange: &Exchange,
    query: ListQuery,
) -> Result<(usize, Vec<Vec<u8>>), Refused> {
    let (_, found, written) = find(exchange, query).await?;
    Ok((found.total, written))
}

type Found = (Arc<Asked>, ScimPage<Group>, Vec<Vec<u8>>);

async fn find(exchange: &Exchange, query: ListQuery) -> Result<Found, Refused> {
    let quick = scim_list::is_quick(query.filter.as_ref(), ResourceType::Group);
    let asked = Arc::new(Asked::new(exchange, query, ResourceType::Group)?);
    let list = List {
        directory: exchange.caller.directory.clone(),
        asked: Arc::clone(&asked),
    };
    let store = &exchange.face().store;
    let found = if quick {
        store.read(list).await?
    } else {
        store.read_heavy(list).await?
    };
    let projection = &asked.query.projection;
    let mut written = Vec::with_capacity(found.rows.len());
    for group in &found.rows {
        let members = resources::members_of(exchange, projection, &group.id).await?;
        written.push(resources::group(
            &asked.endpoint,
            &Row::from(group),
            projection,
            members.as_deref(),
        )?);
    }
    Ok((asked, found, written))
}

struct List {
    directory: DirectoryId,
    asked: Arc<Asked>,
}

impl Operation for List {
    type Output = ScimPage<Group>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<ScimPage<Group>, StoreError> {
        scim_list::groups(tx, &self.directory, &self.asked.list()).await
    }
}
