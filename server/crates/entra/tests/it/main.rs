//! The crate over real HTTP, against a Microsoft of a few lines with its own server.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access_tokens;
mod assertion;
mod bodies;
mod cache;
mod errors;
mod graph;
mod grid;
mod harness;
mod keys;
mod throttling;
mod tokens;
