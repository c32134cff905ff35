//! The engine judged from outside: real bodies, properties, another parser, snapshots, and the fuzz targets replayed.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops at the first surprise"
)]

mod corpus;
mod differential;
mod fuzz;
mod generate;
mod properties;
mod rfc;
mod snapshots;
mod threats;
mod walk;
