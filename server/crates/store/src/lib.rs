//! All SQL. What is kept, and the only ways to it.
//!
//! - [`Store`]: a database, SQLite or PostgreSQL; `write` and `read` run an [`Operation`] in a transaction ([`Tx`])
//! - one file for each noun: its rows, and functions over any `Tx`: [`apps`], [`organizations`], [`directories`],
//!   [`tokens`], [`users`], [`groups`], [`members`], [`events`], [`activity`], [`signals`], [`sessions`],
//!   [`bootstrap_links`], [`settings`]; [`staff`], [`invites`], [`attempts`], [`setup_links`], [`findings`], [`api_keys`],
//!   [`support_views`]
//! - [`ids`]: one type for each noun's id; [`page`]: pages by key
//! - [`scim_list`]: lists as SCIM asks for them; `filter_sql`: a SCIM filter as a condition
//! - `queries/<noun>.rs`: the statements, one text for both databases; `compose`: those made for a request
//! - `migrations`: the schema
//!
//! Everything below a directory is reached with its [`ids::DirectoryId`] only (threat T03). Times are microseconds since
//! 1970 UTC and are handed in.

pub mod activity;
pub mod api_keys;
pub mod apps;
pub mod attempts;
pub mod bootstrap_links;
mod compose;
pub mod directories;
pub mod events;
mod filter_sql;
pub mod findings;
pub mod groups;
pub mod ids;
pub mod invites;
mod lists;
pub mod members;
mod migrations;
pub mod organizations;
pub mod page;
pub mod queries;
pub mod scim_list;
pub mod sessions;
pub mod settings;
pub mod setup_links;
pub mod signals;
pub mod staff;
mod store;
pub mod support_views;
#[cfg(feature = "testing")]
pub mod testing;
pub mod tokens;
pub mod users;
mod words;

pub use store::{Check, Store};
pub use store_sql::{Columns, FromRow, Operation, Query, StoreError, Tx, Unique, Value};

/// Values to bind.
macro_rules! args {
    ($($value:expr),* $(,)?) => {
        &[$(store_sql::Value::from($value)),*]
    };
}
pub(crate) use args;
