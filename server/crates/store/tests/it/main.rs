//! The store's tests; each on both databases.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod schema;
