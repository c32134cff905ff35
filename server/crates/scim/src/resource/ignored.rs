//! What a request asked for that we left out, so that it can be shown as ignored in the activity.

use std::borrow::Cow;

use crate::{error::safe_name, limits::MAX_IGNORED};

/// One attribute that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// Its path, safe to show (see [`safe_name`]).
    pub path: String,
    /// Why.
    pub reason: Reason,
}

/// Why an attribute was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// No schema of ours has it.
    Unknown,
    /// Only we may write it: `id`, `groups`, ….
    ReadOnly,
    /// It is a password; those are never stored.
    Password,
    /// The path selects no value, and none could be made from it.
    NoTarget,
    /// A second `primary`; the first one stays.
    SecondPrimary,
    /// The attribute cannot be unset; it stays as it was.
    NotUnset,
}

impl Reason {
    /// A stable keyword for storage, e.g. `read_only`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::ReadOnly => "read_only",
            Self::Password => "password",
            Self::NoTarget => "no_target",
            Self::SecondPrimary => "second_primary",
            Self::NotUnset => "not_unset",
        }
    }
}

/// The list under construction; bounded by [`MAX_IGNORED`].
#[derive(Debug, Clone, Default)]
pub(crate) struct IgnoredList(pub(crate) Vec<Ignored>);

impl IgnoredList {
    pub(crate) fn push(&mut self, path: &str, reason: Reason) {
        let entry = Ignored {
            path: safe_name(&without_filter(path)).to_owned(),
            reason,
        };
        if self.0.len() < MAX_IGNORED && !self.0.contains(&entry) {
            self.0.push(entry);
        }
    }
}

/// `emails[type eq "x"].value` → `emails.value`: what a filter says is no name, and may be hostile.
fn without_filter(path: &str) -> Cow<'_, str> {
    match (path.split_once('['), path.rsplit_once(']')) {
        (Some((name, _)), Some((_, rest))) => Cow::Owned(format!("{name}{rest}")),
        _ => Cow::Borrowed(path),
    }
}
