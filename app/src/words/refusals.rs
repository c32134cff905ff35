//! The words of refusals.
#![expect(
    missing_docs,
    reason = "a field is named after the text it holds; `en` reads as its documentation"
)]

use crate::act::{Act, Done};
use contract::refusal::Why;

/// A refusal in four parts: what happened, why, what to do, and where to look it up.
pub struct Refusals {
    pub done: fn(Done) -> &'static str,
    /// What did not happen.
    pub not_done: fn(Act) -> &'static str,
    /// What is wrong with a field or stands in the way, and what would be right.
    pub why: fn(Why) -> &'static str,
    pub not_found: Told,
    pub forbidden: Told,
    pub needs_reason: Told,
    pub unavailable: Told,
    pub invalid: Told,
    pub conflict: Told,
    pub sign_in_again: Told,
    pub sign_in_again_within: fn(u32) -> String,
    pub signed_out: Told,
    pub link_used: Told,
    pub reference: &'static str,
    pub command: &'static str,
    pub run_command: &'static str,
    pub open_link: &'static str,
    pub come_back: &'static str,
    pub back: &'static str,
    pub try_again: &'static str,
}

/// A title, why it happened, and what to do.
pub struct Told {
    pub title: &'static str,
    pub why: &'static str,
    pub what_to_do: &'static str,
}
