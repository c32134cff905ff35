//! Checklists: what to do, whether it is done, and what proved it.

mod checklist;
mod steps;

pub use checklist::checklist;
