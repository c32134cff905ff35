//! What every request passes on its way in and every answer on its way out.
//!
//! - `edge.rs`: the order of it all: refuse, route, catch, dress, log, count
//! - `path.rs`: which face of the house is asked for, and paths in disguise
//! - `body.rs`: size and speed of bodies
//! - `origin.rs`: no other site acts in a person's name
//! - `headers.rs`: security headers, the nonce among them
//! - `client.rs`: who asks, behind proxies
//! - `info.rs`: what is known of a request while it is answered
//! - `fault.rs`: refusals in the form the asker can read

mod body;
mod client;
mod edge;
mod fault;
mod headers;
mod info;
mod origin;
mod path;

pub use edge::Edge;
pub use fault::refusal;
pub use info::RequestInfo;
pub(crate) use origin::guarded;
pub use path::Face;
