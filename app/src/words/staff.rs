//! The words of staff, invites and sessions.
#![expect(
    missing_docs,
    reason = "a field is named after the text it holds; `en` reads as its documentation"
)]

use contract::Role;

/// The words.
pub struct Staff {
    pub title: &'static str,
    pub lead: fn(&str) -> String,
    pub apps: &'static str,
    pub team: &'static str,
    pub name: &'static str,
    pub role: &'static str,
    pub role_word: fn(Role) -> &'static str,
    pub role_help: &'static str,
    pub tenant: &'static str,
    pub last_sign_in: &'static str,
    pub remove: &'static str,
    pub remove_title: fn(&str) -> String,
    pub remove_text: &'static str,
    pub remove_do: &'static str,
    pub nobody: &'static str,
    pub invites: &'static str,
    pub no_invites: &'static str,
    pub invite: &'static str,
    pub note: &'static str,
    pub note_help: &'static str,
    pub invite_do: &'static str,
    pub made_title: &'static str,
    pub made_label: &'static str,
    pub made_text: &'static str,
    pub ends: &'static str,
    pub revoke: &'static str,
    pub revoke_title: fn(&str) -> String,
    pub revoke_text: &'static str,
    pub revoke_do: &'static str,
    pub sessions: &'static str,
    pub sessions_text: &'static str,
    pub person: &'static str,
    pub began: &'static str,
    pub seen: &'static str,
    pub current: &'static str,
    pub end: &'static str,
    pub end_whose: fn(&str) -> String,
    pub acts: &'static str,
}
