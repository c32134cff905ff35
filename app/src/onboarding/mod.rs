//! Checklists: what to do, whether it is done, and what proved it.

pub mod api;
mod checklist;
pub mod erp;
mod steps;

pub use checklist::{checklist, told};

/// What the script of a framed page reads of a checklist, to tell the page around it what was done: attributes, all of them
/// or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// What it is a checklist of, by id.
    pub of: Option<String>,
    /// Which one.
    pub checklist: Option<&'static str>,
    /// How many steps it has.
    pub steps: Option<String>,
    /// The names of those that are done, separated by blanks.
    pub done: Option<String>,
}

impl Told {
    fn new(of: &str, checklist: &'static str, steps: usize, done: Vec<String>) -> Self {
        Self {
            of: Some(of.to_owned()),
            checklist: Some(checklist),
            steps: Some(steps.to_string()),
            done: Some(done.join(" ")),
        }
    }
}
