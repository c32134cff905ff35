//! `GET /Users` and `POST /Users/.search` (RFC 7644 §3.4.2, §3.4.3).

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::RawQuery;
use axum::response::Response;
use http::HeaderMap;
use scim::{ListQuery, ResourceType};
use store::ids::DirectoryId;
use store::members::Membership;
use store::scim_list::{self, ScimPage};
use store::users::User;
use store::{Operation, StoreError, Tx};

use crate::directory::Refused;
use crate::scim::exchange::{Answer, Body, Exchange, check_media_type};
use crate::scim::lists::Asked;
use crate::scim::resources::{self, Row};

pub(in crate::scim) async fn list(exchange: Exchange, RawQuery(query): RawQuery) -> Response {
    let result = match ListQuery::parse(query.as_deref(), ResourceType::User) {
        Ok(query) => act(&exchange, query).await,
        Err(error) => Err(error.into()),
    };
    exchange.finish("find_user", b"", result)
}

pub(in crate::scim) async fn search(exchange: Exchange, headers: HeaderMap, body: Body) -> Response {
    let query = check_media_type(&headers)
        .and_then(|()| ListQuery::from_search_body(&body, ResourceType::User).map_err(Refused::from));
    let result = match query {
        Ok(query) => act(&exchange, query).await,
        Err(refused) => Err(refused),
    };
    exchange.finish("find_user", b"", result)
}

async fn act(exchange: &Exchange, query: ListQuery) -> Result<Answer, Refused> {
    let (asked, found, written) = find(exchange, query).await?;
    Ok(asked.answer(exchange, ResourceType::User, &found, &written))
}

/// How many there are, and one page of them: for a search over users and groups together.
pub(in crate::scim) async fn part(
    exchange: &Exchange,
    query: ListQuery,
) -> Result<(usize, Vec<Vec<u8>>), Refused> {
    let (_, found, written) = find(exchange, query).await?;
    Ok((found.total, written))
}

type Found = (Arc<Asked>, ScimPage<User>, Vec<Vec<u8>>);

async fn find(exchange: &Exchange, query: ListQuery) -> Result<Found, Refused> {
    let quick = scim_list::is_quick(query.filter.as_ref(), ResourceType::User);
    let asked = Arc::new(Asked::new(exchange, query, ResourceType::User)?);
    let list = List {
        directory: exchange.caller.directory.clone(),
        asked: Arc::clone(&asked),
    };
    let store = &exchange.face().store;
    let (found, groups) = if quick {
        store.read(list).await?
    } else {
        store.read_heavy(list).await?
    };
    let projection = &asked.query.projection;
    let mut of_user: HashMap<&str, Vec<Membership>> = HashMap::new();
    for group in &groups {
        let of_user = of_user.entry(&group.member_id).or_default();
        of_user.push(group.clone());
    }
    let mut written = Vec::with_capacity(found.rows.len());
    for user in &found.rows {
        let groups = of_user.get(user.id.as_str()).map_or(&[][..], Vec::as_slice);
        let row = Row::from(user);
        written.push(resources::user(&asked.endpoint, &row, projection, groups)?);
    }
    Ok((asked, found, written))
}

/// A page of users and their groups, of one moment.
struct List {
    directory: DirectoryId,
    asked: Arc<Asked>,
}

impl Operation for List {
    type Output = (ScimPage<User>, Vec<Membership>);
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Self::Output, StoreError> {
        let page = scim_list::users(tx, &self.directory, &self.asked.list()).await?;
        if page.rows.is_empty() || !self.asked.query.projection.wants("groups") {
            return Ok((page, Vec::new()));
        }
        let users: Vec<&str> = page.rows.iter().map(|user| user.id.as_str()).collect();
        let groups = resources::groups_of(tx, &self.directory, &users).await?;
        Ok((page, groups))
    }
}
