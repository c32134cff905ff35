//! How lists page: by key, never by offset, so that a walk misses nobody while rows come and go.

use serde::{Deserialize, Serialize};

/// Which part of a list is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRequest {
    /// Rows that come after this key (an opaque value from [`Page::next`]).
    pub after: Option<String>,
    /// Rows that come before this key (an opaque value from [`Page::previous`]).
    pub before: Option<String>,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows, in order.
    pub rows: Vec<T>,
    /// How many rows match in all.
    pub total: u64,
    /// The key for the page after this one, if there is one.
    pub next: Option<String>,
    /// The key for the page before this one, if there is one.
    pub previous: Option<String>,
}

/// How many rows a page holds.
pub const ROWS_PER_PAGE: usize = 50;

impl<T> Page<T> {
    /// A page without rows.
    pub fn empty() -> Self {
        Page {
            rows: Vec::new(),
            total: 0,
            next: None,
            previous: None,
        }
    }
}
