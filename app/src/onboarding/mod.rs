//! Checklists: what to do, whether it is done, and what proved it.

pub mod api;
mod checklist;
pub mod erp;
mod steps;

pub use checklist::checklist;
