//! Organizations: the list, the form for a new one, and the head that all pages of one share.

pub mod api;
mod head;
pub mod list;
pub mod new;

pub use head::{Here, acts, head, live};
