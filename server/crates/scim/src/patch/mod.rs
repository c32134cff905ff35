//! PATCH (RFC 7644 §3.5.2) in both of Entra's dialects (entra-facts A4).
//!
//! [`Patch::parse`] reads and types everything that can be judged without the resource; [`Patch::apply`] changes a copy
//! of the attributes, all or nothing. Members of a group are never part of the attributes: [`Patch::members`] lists what to
//! do with their rows, in order.
//!
//! Which refusal wins: an operation on an attribute we do not know, or may not write, is ignored and recorded, so that
//! it cannot sink the `active=false` beside it (A4.5); if no operation is left, the whole PATCH is refused.

mod apply;
mod elements;
mod holder;
mod members;
mod parse;
mod path;
mod twice;

pub use apply::Applied;
pub use members::MemberOp;
use parse::Step;
pub(crate) use parse::{Action, StepReader};

use crate::{ResourceType, resource::Ignored};

/// A PATCH that has been read and typed.
#[derive(Debug, Clone)]
pub struct Patch {
    resource: ResourceType,
    steps: Vec<Step>,
    members: Vec<MemberOp>,
    ignored: Vec<Ignored>,
}

impl Patch {
    /// What to do with the members of the group, in order; empty for users.
    pub fn members(&self) -> &[MemberOp] {
        &self.members
    }

    /// Whether it changes attributes (as opposed to members only).
    pub fn changes_attributes(&self) -> bool {
        !self.steps.is_empty()
    }

    pub(crate) fn into_members(self) -> Vec<MemberOp> {
        self.members
    }

    /// What was left out while reading; [`Applied::ignored`] repeats it.
    pub fn ignored(&self) -> &[Ignored] {
        &self.ignored
    }
}

#[cfg(test)]
mod tests;
