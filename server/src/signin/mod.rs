//! Ways in and out of the console.
//!
//! - `bootstrap.rs`: one-time links, made by the command line and redeemed at `/enter/{token}`
//! - `session.rs`: the session behind a cookie, and its end
//! - `cookie.rs`: the cookie itself
//! - `prune.rs`: removes what ended long ago
//! - `doors.rs`: `GET /enter/{token}`, `POST /sign-out`, and the guard that finds out who asks

pub mod bootstrap;
mod cookie;
mod doors;
pub mod prune;
mod session;

pub use doors::{SignedIn, find_viewer, routes};
