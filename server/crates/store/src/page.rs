//! Pages by key: a walk misses nobody while rows come and go.

use std::fmt;
use std::str::FromStr;

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start<K> {
    /// At the list's beginning.
    First,
    /// After this key.
    After(K),
    /// So that it ends before this key.
    Before(K),
}

impl<K> Start<K> {
    /// From the two places a request may name; `after` wins.
    #[must_use]
    pub fn from_parts(after: Option<K>, before: Option<K>) -> Self {
        match (after, before) {
            (Some(key), _) => Self::After(key),
            (None, Some(key)) => Self::Before(key),
            (None, None) => Self::First,
        }
    }

    pub(crate) fn backwards(&self) -> bool {
        matches!(self, Self::Before(_))
    }

    pub(crate) fn key(&self) -> Option<&K> {
        match self {
            Self::First => None,
            Self::After(key) | Self::Before(key) => Some(key),
        }
    }
}

/// A row's place in a list sorted by a folded name. Prints as one text and reads it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The folded name.
    pub fold: String,
    /// The row's id, where names are equal.
    pub id: String,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.id, self.fold)
    }
}

impl FromStr for Key {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (id, fold) = text.split_once(':').ok_or(())?;
        if text.contains('\0') {
            return Err(());
        }
        Ok(Self {
            fold: fold.to_owned(),
            id: id.to_owned(),
        })
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, in the list's order.
    pub rows: Vec<T>,
    /// How many rows match in all.
    pub total: i64,
    /// Whether rows come before these.
    pub has_previous: bool,
    /// Whether rows come after these.
    pub has_next: bool,
}

impl<T> Page<T> {
    /// From one row more than the page holds, in the order they were read: backwards, for [`Start::Before`].
    pub(crate) fn of<K>(mut rows: Vec<T>, start: &Start<K>, limit: usize, total: i64) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        if start.backwards() {
            rows.reverse();
        }
        let came_from = start.key().is_some();
        let (has_previous, has_next) = if start.backwards() {
            (more, came_from)
        } else {
            (came_from, more)
        };
        Self {
            rows,
            total,
            has_previous,
            has_next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_what_it_prints() {
        let key = Key {
            fold: "a:b ü".to_owned(),
            id: "0190-1".to_owned(),
        };
        assert_eq!(key.to_string().parse(), Ok(key));
        assert_eq!("nothing".parse::<Key>(), Err(()));
        assert_eq!("a:\0".parse::<Key>(), Err(()));
    }

    #[test]
    fn a_page_knows_its_neighbours() {
        let page = Page::of(vec![3, 2, 1], &Start::Before(4), 2, 9);
        assert_eq!(
            page,
            Page {
                rows: vec![2, 3],
                total: 9,
                has_previous: true,
                has_next: true
            }
        );
        let page = Page::of(vec![1, 2], &Start::<i64>::First, 2, 2);
        assert!(!page.has_previous && !page.has_next);
    }
}
