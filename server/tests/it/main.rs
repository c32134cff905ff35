//! The server's integration tests: each starts a whole server on a port of its own and speaks HTTP to it. The tree
//! mirrors the addresses; [`harness`] gives a running server in one line.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "where a helper of a test fails, the test fails"
)]

mod api;
mod ask;
mod cli;
mod console;
mod crash;
mod doors;
mod embedding;
mod enter;
mod entra;
mod harness;
mod live;
mod log;
mod onboarding;
mod organizations;
mod probes;
mod reach;
mod scim;
mod scim_paths;
mod serving;
mod setup;
mod shutdown;
mod sign_in;
mod site;
mod staff;
mod staff_directory;
mod storage;
