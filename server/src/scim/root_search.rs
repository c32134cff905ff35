//! `POST /.search` at the root (RFC 7644 §3.4.3): users and groups in one list, users first.

use axum::response::Response;
use http::HeaderMap;
use scim::page::{ListInfo, list_response, page_size};
use scim::{Error, ListQuery, ResourceType, ScimType};
use store::activity::SubjectKind;

use super::exchange::{Answer, Body, Exchange, check_media_type};
use super::reply::Reply;
use super::{groups, users};
use crate::directory::Refused;
use crate::tasks::record::Told;

pub(super) async fn search(exchange: Exchange, headers: HeaderMap, body: Body) -> Response {
    let result = match check_media_type(&headers) {
        Ok(()) => act(&exchange, &body).await,
        Err(refused) => Err(refused),
    };
    exchange.finish("search", b"", result)
}

async fn act(exchange: &Exchange, body: &[u8]) -> Result<Answer, Refused> {
    let of_users = ListQuery::from_search_body(body, ResourceType::User);
    let of_groups = ListQuery::from_search_body(body, ResourceType::Group);
    let (of_users, of_groups) = match (of_users, of_groups) {
        // A filter on an attribute that only one of the two has finds none of the other.
        (Ok(users), Err(error)) if error.scim_type == Some(ScimType::InvalidFilter) => (Some(users), None),
        (Err(error), Ok(groups)) if error.scim_type == Some(ScimType::InvalidFilter) => (None, Some(groups)),
        (users, groups) => (Some(users?), Some(groups?)),
    };
    let asked = of_users.as_ref().or(of_groups.as_ref());
    if asked.is_some_and(|query| query.cursor.is_some()) {
        return Err(
            Error::invalid_cursor("Cursors walk through /Users or /Groups, not through both.").into(),
        );
    }
    let start = asked.and_then(|query| query.start_index).unwrap_or(1);
    let limit = page_size(asked.and_then(|query| query.count));
    let mut page = Page {
        skip: start.saturating_sub(1),
        left: limit,
        total: 0,
        resources: Vec::new(),
    };
    if let Some(query) = of_users {
        let (total, rows) = users::list::part(exchange, page.narrowed(query)).await?;
        page.take(total, rows);
    }
    if let Some(query) = of_groups {
        let (total, rows) = groups::list::part(exchange, page.narrowed(query)).await?;
        page.take(total, rows);
    }
    let info = ListInfo {
        total: page.total,
        start_index: Some(start),
        next_cursor: None,
    };
    let nothing = Told {
        kind: SubjectKind::None,
        id: None,
        name: None,
    };
    Ok(Answer::read(
        "search",
        nothing,
        Reply::ok(list_response(&info, &page.resources)),
    ))
}

/// One page that is filled from two lists.
struct Page {
    skip: usize,
    left: usize,
    total: usize,
    resources: Vec<Vec<u8>>,
}

impl Page {
    /// The query for what is still missing on the page.
    fn narrowed(&self, query: ListQuery) -> ListQuery {
        ListQuery {
            start_index: Some(self.skip + 1),
            count: Some(self.left),
            ..query
        }
    }

    fn take(&mut self, total: usize, rows: Vec<Vec<u8>>) {
        self.skip = self.skip.saturating_sub(total);
        self.left -= rows.len().min(self.left);
        self.total += total;
        self.resources.extend(rows);
    }
}
