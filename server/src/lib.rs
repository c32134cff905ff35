//! server
pub mod clock;
pub mod config;
pub mod keys;
pub mod lifecycle;
pub mod log;
pub mod metrics;
pub mod middleware;
pub mod secrets;
pub mod serving;
pub mod state;
pub mod directory;
pub mod scim;
pub mod tasks;
pub mod portal;
pub mod live;
