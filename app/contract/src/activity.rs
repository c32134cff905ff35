//! Activity: each request of a provider and each act of a person, when, what, with which result.

use crate::page::{Page, PageRequest};
use crate::{Answer, Micros, Viewer};
use serde::{Deserialize, Serialize};

/// What the activity is asked for. Lives in the page's URL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityQuery {
    /// Part of a subject's name.
    #[serde(default)]
    pub search: String,
    /// Only entries of this outcome.
    #[serde(default)]
    pub outcome: Option<Outcome>,
    /// Leave out what only read.
    #[serde(default)]
    pub changes_only: bool,
    /// Which part of the list.
    #[serde(default)]
    pub page: PageRequest,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done as asked.
    Ok,
    /// Refused, with a reason the provider's admin can act on.
    Refused,
    /// A fault of ours; the provider was told to come back.
    Failed,
}

/// Who acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The provider, over SCIM.
    Scim,
    /// A person, in the console.
    Console,
    /// An operator, on the command line.
    CommandLine,
}

/// What kind of thing was acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// A user.
    User,
    /// A group.
    Group,
    /// The directory itself.
    Directory,
    /// A token.
    Token,
    /// Nothing in particular: a search, discovery.
    None,
}

/// One row of the activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityRow {
    /// Its number, ascending with time.
    pub id: String,
    /// When.
    pub at: Micros,
    /// Who.
    pub origin: Origin,
    /// What: a fixed word such as `create_user`, `find_user`, `connection_test`, `add_members`.
    pub action: String,
    /// HTTP status answered; 0 for acts in the console.
    pub status: u16,
    /// How it ended.
    pub outcome: Outcome,
    /// What kind of thing was acted on.
    pub subject_kind: SubjectKind,
    /// Our id of it, where it has one.
    pub subject_id: Option<String>,
    /// Its name at that time. Untrusted text.
    pub subject_name: Option<String>,
    /// How many like it this row stands for; reads are counted together.
    pub count: u32,
    /// How many attributes changed.
    pub changed: u32,
    /// How many attributes were ignored.
    pub ignored: u32,
    /// Why it was refused, in the words the provider was told.
    pub reason: Option<String>,
}

/// One row with everything recorded about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActivityEntry {
    /// As in the list.
    pub row: ActivityRow,
    /// What changed, old and new.
    pub changes: Vec<Change>,
    /// What was kept out, and why.
    pub ignored: Vec<Ignored>,
    /// The request as it came, pretty-printed, without secrets. Untrusted.
    pub request: Option<String>,
    /// How long it took, in microseconds.
    pub duration_us: i64,
    /// What support looks up in the log.
    pub reference: Option<String>,
}

/// One attribute's change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The attribute's path.
    pub path: String,
    /// Before; absent when it was not set.
    pub old: Option<String>,
    /// After; absent when it was removed.
    pub new: Option<String>,
}

/// One attribute that was kept out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ignored {
    /// The attribute's path. Untrusted.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// The questions about activity.
#[async_trait::async_trait]
pub trait ActivityLog {
    /// Activity of an organization's directories, newest first.
    async fn activity(
        &self,
        viewer: &Viewer,
        organization: &str,
        query: &ActivityQuery,
    ) -> Answer<Page<ActivityRow>>;
    /// One entry.
    async fn activity_entry(&self, viewer: &Viewer, organization: &str, entry: &str)
    -> Answer<ActivityEntry>;
}
