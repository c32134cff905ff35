//! Users and groups: reading their bodies, reading their columns, writing replies.
//!
//! - [`parse_user`], [`parse_group`]: bytes of a POST or PUT → canonical attributes;
//! - [`columns`]: what the store keeps apart (`user_name`, `active`, …);
//! - [`render`]: stored attributes → bytes of a reply;
//! - [`changed`]: the paths in which two versions differ.

pub mod columns;
mod difference;
pub(crate) mod ignored;
mod parse;
mod render;

pub use columns::{active, display_name, emails, external_id, user_name};
pub use difference::changed;
pub use ignored::{Ignored, Reason};
pub(crate) use parse::set_schemas;
pub use parse::{MemberRef, Parsed, ParsedGroup, parse_group, parse_user};
pub use render::{Reference, Stored, references, render};
