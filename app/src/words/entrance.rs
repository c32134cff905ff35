//! The words of the doors.
#![expect(
    missing_docs,
    reason = "a field is named after the text it holds; `en` reads as its documentation"
)]

use super::refusals::Told;
use crate::entrance::Failed;

/// The words.
pub struct Entrance {
    pub sign_in: &'static str,
    pub what_to_do: &'static str,
    pub failed: fn(Failed) -> Told,
    pub invited: fn(&str, &str) -> String,
    pub invited_text: &'static str,
    pub invite_ends: &'static str,
    pub invite_gone: Told,
    pub no_microsoft: &'static str,
    pub prove: &'static str,
}
