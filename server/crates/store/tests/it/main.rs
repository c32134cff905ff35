//! The store's tests; each on both databases.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod console;
mod filters;
mod owners;
mod people;
mod plans;
mod records;
mod schema;
mod support;
mod together;
mod trouble;
