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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_safe_and_without_filters() {
        let mut list = IgnoredList::default();
        for path in ["a.b", "a[type eq \"<b>\"].c", "a]b[c", "<b>", "x[", ""] {
            list.push(path, Reason::Unknown);
        }
        let paths: Vec<&str> = list.0.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(
            paths,
            ["a.b", "a.c", "(a name with unusual characters)", "(no name)"]
        );
    }

    #[test]
    fn the_list_is_bounded_and_without_doubles() {
        let mut list = IgnoredList::default();
        (0..300).for_each(|i| list.push(&format!("a{}", i / 2), Reason::ReadOnly));
        assert_eq!(list.0.len(), MAX_IGNORED);
        assert_eq!(list.0[1].path, "a1");
    }

    #[test]
    fn reasons_have_stable_keywords() {
        let all = [
            (Reason::Unknown, "unknown"),
            (Reason::ReadOnly, "read_only"),
            (Reason::Password, "password"),
            (Reason::NoTarget, "no_target"),
            (Reason::SecondPrimary, "second_primary"),
            (Reason::NotUnset, "not_unset"),
        ];
        for (reason, keyword) in all {
            assert_eq!(reason.as_str(), keyword);
        }
    }
}
