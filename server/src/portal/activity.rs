//! Activity of an organization's directories.

use contract::activity::{ActivityEntry, ActivityLog, ActivityQuery, ActivityRow, Outcome};
use contract::page::{Page, ROWS_PER_PAGE};
use contract::{Answer, Refusal, Viewer};
use store::activity::{self, Activity};
use store::ids::OrganizationId;
use store::page::Start;
use store::{Operation, StoreError, Tx, directories};

use super::House;
use super::answers::{activity_row, changes, ignored, page, pretty};
use super::may::Part;

/// What only reads.
const READS: [&str; 9] = [
    "find_user",
    "find_group",
    "list_users",
    "list_groups",
    "get_user",
    "get_group",
    "discover",
    "connection_test",
    "search",
];

#[async_trait::async_trait]
impl ActivityLog for House {
    async fn activity(
        &self,
        viewer: &Viewer,
        organization: &str,
        query: &ActivityQuery,
    ) -> Answer<Page<ActivityRow>> {
        let row = self.may_see(viewer, organization, Part::People).await?;
        let list = List {
            organization: row.id,
            query: wanted(query),
            start: start(query),
        };
        let found = self.read_heavy(list).await?;
        Ok(page(
            found,
            |entry| entry.seq.to_string(),
            |entry| activity_row(&entry),
        ))
    }

    async fn activity_entry(
        &self,
        viewer: &Viewer,
        organization: &str,
        entry: &str,
    ) -> Answer<ActivityEntry> {
        let row = self.may_see(viewer, organization, Part::People).await?;
        let seq = entry.parse().map_err(|_| Refusal::NotFound)?;
        let get = Get {
            organization: row.id,
            seq,
        };
        let found = self.read(get).await?.ok_or(Refusal::NotFound)?;
        Ok(ActivityEntry {
            row: activity_row(&found),
            changes: changes(&found),
            ignored: ignored(&found),
            request: found.request.as_deref().map(pretty),
            duration_us: found.duration_us,
            reference: found.reference,
        })
    }
}

fn wanted(query: &ActivityQuery) -> activity::ActivityQuery {
    let outcome = query.outcome.map(|outcome| match outcome {
        Outcome::Ok => activity::Outcome::Ok,
        Outcome::Refused => activity::Outcome::Refused,
        Outcome::Failed => activity::Outcome::Failed,
    });
    let without = if query.changes_only {
        READS.iter().map(|&action| action.to_owned()).collect()
    } else {
        Vec::new()
    };
    activity::ActivityQuery {
        search: query.search.clone(),
        outcome,
        without_actions: without,
        ..activity::ActivityQuery::default()
    }
}

fn start(query: &ActivityQuery) -> Start<i64> {
    let read = |key: &Option<String>| key.as_deref().and_then(|key| key.parse().ok());
    Start::from_parts(read(&query.page.after), read(&query.page.before))
}

struct List {
    organization: OrganizationId,
    query: activity::ActivityQuery,
    start: Start<i64>,
}

impl Operation for List {
    type Output = store::page::Page<Activity>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Self::Output, StoreError> {
        let directories = directories::list(tx, Some(&self.organization)).await?;
        let ids: Vec<_> = directories.into_iter().map(|directory| directory.id).collect();
        activity::page(tx, &ids, &self.query, &self.start, ROWS_PER_PAGE).await
    }
}

struct Get {
    organization: OrganizationId,
    seq: i64,
}

impl Operation for Get {
    type Output = Option<Activity>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Option<Activity>, StoreError> {
        for directory in directories::list(tx, Some(&self.organization)).await? {
            if let Some(entry) = activity::get(tx, &directory.id, self.seq).await? {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }
}
