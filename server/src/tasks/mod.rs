//! What happens without a request: idempotent, run by period or nudge.
//!
//! - [`record`]: writes what was read and refused, and the signals of a directory, a few times a second
//! - `notebook`: what it heard and has not written yet
//! - `burst`: tells a cycle from a single user on demand
//! - [`purge`]: removes the rows of deleted directories

pub(crate) mod burst;
mod notebook;
pub mod purge;
pub mod record;
