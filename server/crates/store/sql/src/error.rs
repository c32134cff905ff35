//! What can go wrong between us and the database.

use thiserror::Error;

/// Why an operation did not come to pass.
///
/// Only [`StoreError::Conflict`] and [`StoreError::TooMany`] say something about the request; the others speak of us.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// The database cannot do it now: locked, full, gone, too busy. Nothing was written. Answer 503 with Retry-After,
    /// never 401 or 404 (threats T81, T82 and trap 1).
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// Something that must be unique is taken. Nothing was written.
    #[error("{constraint} is taken")]
    Conflict {
        /// Which unique thing.
        constraint: Unique,
    },
    /// The question would look through more rows than [`crate::StoreError::TooMany`]'s asker allows (threat T26).
    #[error("too many rows would have to be looked through")]
    TooMany,
    /// The database's file is damaged or is not what we wrote.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// A fault of ours: a statement that does not fit the schema, a panic inside an operation.
    #[error("internal error of the store: {0}")]
    Internal(String),
}

/// Something of which there may be only one (or, for tokens, two).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unique {
    /// `userName`, folded, within a directory.
    UserName,
    /// An id made by us: seen twice only if the caller's randomness is broken.
    Id,
    /// The hash of a bearer token, session or bootstrap link.
    Secret,
    /// A third token alive in one directory: at most two may be.
    LiveTokens,
    /// A unique constraint without a name of its own here.
    Other,
}

impl Unique {
    /// The thing that a constraint guards: `name` is PostgreSQL's default spelling, `table_column_column_key`.
    #[must_use]
    pub fn of_constraint(name: &str) -> Self {
        match name {
            "users_directory_id_user_name_fold_key" => Self::UserName,
            "tokens_hash_key" | "sessions_id_hash_key" | "bootstrap_links_hash_key" => Self::Secret,
            "sessions_pkey" | "bootstrap_links_pkey" => Self::Secret,
            _ if name.ends_with("_id_key") || name.ends_with("_pkey") => Self::Id,
            _ => Self::Other,
        }
    }
}

impl std::fmt::Display for Unique {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::UserName => "the userName",
            Self::Id => "the id",
            Self::Secret => "the secret",
            Self::LiveTokens => "the second of two tokens",
            Self::Other => "a unique value",
        })
    }
}
