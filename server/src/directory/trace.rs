//! The trace that every act leaves: one event for the app, one entry of activity for people.

use serde_json::{Value, json};
use store::activity::{self, NewActivity, Origin, Outcome, SubjectKind};
use store::events::{self, NewEvent};
use store::ids::{AppId, DirectoryId, EventId, OrganizationId};
use store::{StoreError, Tx};

use super::changes::Change;

/// On whose behalf an act is done, when, and what was asked.
#[derive(Debug, Clone)]
pub struct Context {
    /// The directory acted on: from the token's row, or from the page's path after the portal checked it (threats T03).
    pub directory: DirectoryId,
    /// Its organization.
    pub organization: OrganizationId,
    /// Its app.
    pub app: AppId,
    /// Through which door.
    pub origin: Origin,
    /// Now, in microseconds since 1970 UTC.
    pub at: i64,
    /// The id for the event that may come of it.
    pub event: EventId,
    /// The request's body as it may be kept: without secrets.
    pub request: Option<String>,
    /// What support looks up in the log.
    pub reference: Option<String>,
}

/// Whom or what an act was done to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) kind: SubjectKind,
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
}

/// What an act leaves behind.
#[derive(Debug)]
pub(crate) struct Trace<'a> {
    pub(crate) subject: Subject<'a>,
    /// The activity's fixed word.
    pub(crate) action: &'static str,
    /// The status that will be answered.
    pub(crate) status: u16,
    /// The event's type and body; `None` where the app need not hear of it.
    pub(crate) event: Option<(&'static str, &'a str)>,
    pub(crate) changes: &'a [Change],
    pub(crate) ignored: &'a [scim::Ignored],
}

impl Context {
    /// Writes the trace into the transaction of the act itself.
    pub(crate) async fn leave<T: Tx>(&self, tx: &mut T, trace: &Trace<'_>) -> Result<(), StoreError> {
        if let Some((kind, body)) = trace.event {
            events::append(tx, &self.event_row(&self.event, trace.subject, kind, body)).await?;
        }
        self.note(tx, trace).await
    }

    /// Writes a further event of the same act, told apart by `place`.
    pub(crate) async fn add_event<T: Tx>(
        &self,
        tx: &mut T,
        place: usize,
        subject: Subject<'_>,
        kind: &'static str,
        body: &str,
    ) -> Result<(), StoreError> {
        let id = EventId::new(format!("{}.{place}", self.event));
        events::append(tx, &self.event_row(&id, subject, kind, body)).await
    }

    fn event_row<'e>(
        &'e self,
        id: &'e EventId,
        subject: Subject<'e>,
        kind: &'e str,
        body: &'e str,
    ) -> NewEvent<'e> {
        NewEvent {
            id,
            app_id: &self.app,
            organization_id: &self.organization,
            directory_id: Some(&self.directory),
            kind,
            subject_id: Some(subject.id),
            at: self.at,
            body,
        }
    }

    async fn note<T: Tx>(&self, tx: &mut T, trace: &Trace<'_>) -> Result<(), StoreError> {
        let changes = (!trace.changes.is_empty()).then(|| json!(trace.changes).to_string());
        let ignored = ignored_json(trace.ignored);
        let entry = NewActivity {
            directory_id: &self.directory,
            at: self.at,
            origin: self.origin,
            action: trace.action,
            status: trace.status,
            outcome: Outcome::Ok,
            subject_kind: trace.subject.kind,
            subject_id: Some(trace.subject.id),
            subject_name: Some(trace.subject.name),
            count: 1,
            duration_us: 0,
            request: self.request.as_deref(),
            changes: changes.as_deref(),
            ignored: ignored.as_deref(),
            reason: None,
            reference: self.reference.as_deref(),
        };
        activity::append(tx, &entry).await
    }
}

/// `[{"path","reason"}]`, or nothing for an empty list.
pub(crate) fn ignored_json(ignored: &[scim::Ignored]) -> Option<String> {
    let entry = |ignored: &scim::Ignored| json!({"path": ignored.path, "reason": ignored.reason.as_str()});
    (!ignored.is_empty()).then(|| ignored.iter().map(entry).collect::<Value>().to_string())
}
