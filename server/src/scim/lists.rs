//! What lists of users and of groups share: filter, order, pages by index or by cursor (RFC 7644 §3.4.2, RFC 9865).

use scim::filter::{CompareOp, Literal};
use scim::page::{Cursor, ListInfo, list_response, page_size};
use scim::{Filter, ListQuery, ResourceType};
use store::activity::SubjectKind;
use store::scim_list::{ScimList, ScimPage, ScimStart};
use uuid::Uuid;

use super::exchange::{Answer, Exchange};
use super::reply::Reply;
use crate::directory::Refused;
use crate::tasks::record::Told;

/// A list as it is asked of the store, owned so that it can be taken along.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) query: ListQuery,
    pub(super) endpoint: String,
    start: Start,
    limit: usize,
}

#[derive(Debug)]
enum Start {
    Skip(usize),
    After(String),
}

impl Asked {
    /// Reads where the page begins; a cursor must be ours, of this very query, and not too old.
    pub(super) fn new(
        exchange: &Exchange,
        query: ListQuery,
        resource: ResourceType,
    ) -> Result<Self, Refused> {
        let start = match &query.cursor {
            Some(Some(word)) => {
                let now = seconds(exchange);
                Start::After(Cursor::decode(word, query.fingerprint(resource), now)?.after)
            }
            Some(None) => Start::Skip(0),
            None => Start::Skip(query.start_index.unwrap_or(1).saturating_sub(1)),
        };
        let limit = page_size(query.count);
        Ok(Asked {
            endpoint: exchange.base_url(),
            query,
            start,
            limit,
        })
    }

    /// As the store takes it.
    pub(super) fn list(&self) -> ScimList<'_> {
        ScimList {
            filter: self.query.filter.as_ref(),
            sort: self.query.sort.as_ref(),
            start: match &self.start {
                Start::Skip(rows) => ScimStart::Skip(*rows),
                Start::After(place) => ScimStart::After(place),
            },
            limit: self.limit,
            endpoint: &self.endpoint,
        }
    }

    /// The body around resources already written.
    pub(super) fn answer<R>(
        &self,
        exchange: &Exchange,
        resource: ResourceType,
        page: &ScimPage<R>,
        resources: &[Vec<u8>],
    ) -> Answer {
        let by_cursor = self.query.cursor.is_some();
        let next = page.next.as_ref().filter(|_| by_cursor).map(|after| {
            let fingerprint = self.query.fingerprint(resource);
            Cursor {
                after: after.clone(),
                fingerprint,
                issued: seconds(exchange),
            }
            .encode()
        });
        let info = ListInfo {
            total: page.total,
            start_index: (!by_cursor).then(|| self.query.start_index.unwrap_or(1)),
            next_cursor: next,
        };
        let reply = Reply::ok(list_response(&info, resources));
        Answer::read(self.action(resource, page.total), self.told(resource), reply)
    }

    /// A filter for one equal value is a search for somebody; a search for a random GUID that finds nobody is Entra's
    /// connection test (entra-facts A2).
    fn action(&self, resource: ResourceType, total: usize) -> &'static str {
        match (&self.query.filter, resource) {
            (Some(filter), _) if total == 0 && asks_for_guid(filter) => "connection_test",
            (Some(_), ResourceType::User) => "find_user",
            (Some(_), ResourceType::Group) => "find_group",
            (None, ResourceType::User) => "list_users",
            (None, ResourceType::Group) => "list_groups",
        }
    }

    fn told(&self, resource: ResourceType) -> Told {
        let kind = match resource {
            ResourceType::User => SubjectKind::User,
            ResourceType::Group => SubjectKind::Group,
        };
        let sought = self
            .query
            .filter
            .as_ref()
            .map(|filter| filter.to_string().chars().take(200).collect());
        Told {
            kind,
            id: None,
            name: sought,
        }
    }
}

fn asks_for_guid(filter: &Filter) -> bool {
    match filter {
        Filter::Compare {
            path,
            op: CompareOp::Eq,
            value: Literal::String(text),
        } => path.attr != "id" && Uuid::try_parse(text).is_ok(),
        Filter::Each { filter, .. } => asks_for_guid(filter),
        Filter::And(parts) => parts.iter().any(asks_for_guid),
        _ => false,
    }
}

fn seconds(exchange: &Exchange) -> i64 {
    exchange.face().clock.now().div_euclid(1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(text: &str) -> Filter {
        Filter::parse(text).unwrap().resolve(ResourceType::User).unwrap()
    }

    #[test]
    fn a_connection_test_asks_for_a_guid() {
        let guid = "6f9619ff-8b86-d011-b42d-00cf4fc964ff";
        assert!(asks_for_guid(&filter(&format!("userName eq \"{guid}\""))));
        assert!(asks_for_guid(&filter(&format!(
            "emails[type eq \"work\"].value eq \"{guid}\""
        ))));
        assert!(!asks_for_guid(&filter(&format!("id eq \"{guid}\""))));
        assert!(!asks_for_guid(&filter("userName eq \"megan@contoso.com\"")));
    }
}
