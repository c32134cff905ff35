//! The words that both database drivers and the `store` share; knows no driver.
//!
//! - [`Query`] and [`queries!`]: a named statement, one text for SQLite and PostgreSQL
//! - [`Value`]: what is bound; [`Columns`] and [`FromRow`]: what is read, by position, without copies in between
//! - [`Tx`]: a transaction; [`Operation`]: what runs inside one
//! - [`StoreError`]: what can go wrong, in three kinds a caller can act on
//! - [`ready`]: runs an operation's future on a database that never waits

mod error;
mod query;
mod row;
#[doc(hidden)]
pub mod testing;
mod tx;

pub use error::{StoreError, Unique};
pub use query::{Query, Value, question_marks};
pub use row::{Columns, FromRow};
pub use tx::{Operation, Tx, ready};
