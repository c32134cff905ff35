//! Ways in and out of the console.
//!
//! - `bootstrap.rs`: one-time links, made by the command line and redeemed at `/enter/{token}`
//! - `session.rs`: the session behind a cookie, and its end
//! - `cookie.rs`: the cookie itself
//! - `prune.rs`: removes what ended long ago
//! - [`microsoft`]: our registration there; `attempt.rs`: a sign-in under way
//! - `people.rs`: the console's people come in with Microsoft; `admin.rs`: a tenant admin proves who they are;
//!   `named.rs`: which the session remembers
//! - `errand.rs`: who may send a browser to Microsoft for a checklist; `consent.rs`, `test.rs`: the two errands
//! - `setup.rs`: a customer's admin comes in by a setup link; `host.rs`: whose portal that is
//! - `ticket.rs`: a frame's session, named in a window of its own; `window.rs`: the portal in such a window
//! - [`delegated`]: a tenant admin's tokens, in memory and for their session only
//! - `doors.rs`: `GET /enter/{token}`, `POST /sign-out`, and the guard that finds out who asks

mod admin;
mod attempt;
pub mod bootstrap;
mod consent;
mod cookie;
pub mod delegated;
mod doors;
mod errand;
mod host;
pub mod microsoft;
mod named;
mod people;
pub mod prune;
mod session;
mod setup;
mod test;
mod ticket;
mod window;

pub(crate) use doors::unavailable;
pub use doors::{SignedIn, find_viewer, is_still_in, routes};
pub use host::{Host, WayOut, whose};
pub use setup::at_the_door;

/// A path of ours to go on to; `None` for anything a browser might read as another site (threats T48).
fn local(path: &str) -> Option<&str> {
    let plain = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(['\\', '\r', '\n', '\t'])
        && path.is_ascii();
    plain.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn only_our_own_paths_are_gone_on_to() {
        assert_eq!(local("/organizations?x=1"), Some("/organizations?x=1"));
        for path in [
            "",
            "//evil",
            "/\\evil",
            "https://evil",
            "/a\r\nb",
            "evil",
            "/\tevil",
            "/é",
        ] {
            assert_eq!(local(path), None, "{path:?}");
        }
    }
}
