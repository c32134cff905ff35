//! `GET /Users/{id}` (RFC 7644 §3.4.1).

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use http::{HeaderMap, header};
use scim::ResourceType;
use store::ids::{DirectoryId, UserId};
use store::members::Membership;
use store::users::{self, User};
use store::{Operation, StoreError, Tx};

use super::told;
use crate::directory::Refused;
use crate::directory::users::unknown_user;
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
    exchange.finish("get_user", b"", result)
}

async fn act(
    exchange: &Exchange,
    id: String,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Answer, Refused> {
    let projection = scim::query::projection(query, ResourceType::User)?;
    let get = GetUser {
        directory: exchange.caller.directory.clone(),
        id: UserId::new(id),
        with_groups: projection.wants("groups"),
    };
    let found = exchange.face().store.read(get).await?;
    let (user, groups) = found.ok_or_else(unknown_user)?;
    let subject = told(user.id.as_str(), &user.user_name);
    if scim::etag::if_none_match(
        header_text(headers, header::IF_NONE_MATCH).as_deref(),
        user.version,
    ) {
        return Ok(Answer::read(
            "get_user",
            subject,
            Reply::not_modified(scim::etag::etag(user.version)),
        ));
    }
    let base = exchange.base_url();
    let row = Row::from(&user);
    let json = resources::user(&base, &row, &projection, &groups)?;
    Ok(Answer::read(
        "get_user",
        subject,
        resources::changed(200, &base, ResourceType::User, &row, json),
    ))
}

/// A user and its groups, of one moment.
struct GetUser {
    directory: DirectoryId,
    id: UserId,
    with_groups: bool,
}

impl Operation for GetUser {
    type Output = Option<(User, Vec<Membership>)>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Self::Output, StoreError> {
        let Some(user) = users::get(tx, &self.directory, &self.id).await? else {
            return Ok(None);
        };
        let groups = if self.with_groups {
            resources::groups_of(tx, &self.directory, &[user.id.as_str()]).await?
        } else {
            Vec::new()
        };
        Ok(Some((user, groups)))
    }
}
