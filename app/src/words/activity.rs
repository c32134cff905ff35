//! The words of activity.
#![expect(
    missing_docs,
    reason = "a field is named after the text it holds; `en` reads as its documentation"
)]

use contract::activity::{Origin, Outcome, SubjectKind};

/// The list of what happened, and one entry of it.
pub struct Activity {
    pub title: &'static str,
    pub search: &'static str,
    pub outcome: &'static str,
    pub any_outcome: &'static str,
    pub outcome_word: fn(Outcome) -> &'static str,
    pub changes_only: &'static str,
    pub apply: &'static str,
    pub when: &'static str,
    pub what: &'static str,
    pub subject: &'static str,
    pub result: &'static str,
    pub changes: &'static str,
    pub origin: fn(Origin) -> &'static str,
    pub origin_label: &'static str,
    pub subject_kind: fn(SubjectKind) -> &'static str,
    /// The phrase for an action's fixed word; `None` for a word this catalogue does not know.
    pub action: fn(&str) -> Option<&'static str>,
    pub times: fn(&str) -> String,
    pub changed: fn(&str, u32) -> String,
    pub ignored: fn(&str, u32) -> String,
    pub empty_title: &'static str,
    pub empty_text: &'static str,
    pub none_match: &'static str,
    pub show_all: &'static str,
    pub entry_changes: &'static str,
    pub entry_no_changes: &'static str,
    pub attribute: &'static str,
    pub old: &'static str,
    pub new: &'static str,
    pub not_set: &'static str,
    pub entry_ignored: &'static str,
    pub entry_ignored_text: &'static str,
    pub reason: &'static str,
    pub refused_title: &'static str,
    pub refused_what_to_do: fn(u16) -> &'static str,
    pub failed_title: &'static str,
    pub failed_what_to_do: &'static str,
    pub request: &'static str,
    pub request_text: &'static str,
    pub no_request: &'static str,
    pub status: &'static str,
    pub duration: &'static str,
    pub milliseconds: fn(&str) -> String,
    pub reference: &'static str,
    pub entry_id: &'static str,
    pub counted: &'static str,
    pub whole_list: &'static str,
}
