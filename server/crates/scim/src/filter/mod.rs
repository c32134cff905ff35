//! Filters (RFC 7644 §3.4.2.2): text → [`Filter`] → checked against the schema → evaluated here, or compiled to SQL by
//! the store.
//!
//! - [`Filter::parse`] reads the grammar and Entra's additions to it, within limits;
//! - `Display` prints it back: `Filter::parse(&filter.to_string()) == Ok(filter)`;
//! - [`Filter::resolve`] replaces each name by the canonical path of a known attribute and each literal by the type of
//!   that attribute, or refuses;
//! - [`Filter::matches`] evaluates a resolved filter: the oracle that any other evaluator has to agree with.

mod eval;
mod parse;
mod print;
mod resolve;

pub(crate) use eval::get_any_case;
pub use eval::micros_of_date_time;
pub(crate) use parse::Reader;
use serde_json::Number;

use crate::schema::AttrPath;

/// A filter as a tree. `And` and `Or` hold at least two parts.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// Every part holds.
    And(Vec<Filter>),
    /// Some part holds.
    Or(Vec<Filter>),
    /// The part does not hold.
    Not(Box<Filter>),
    /// Some value of the attribute compares so. For [`CompareOp::Ne`], see there.
    Compare {
        /// The attribute.
        path: AttrPath,
        /// The comparison.
        op: CompareOp,
        /// What it is compared with.
        value: Literal,
    },
    /// The attribute has a value that is not empty.
    Present(AttrPath),
    /// Some element of a multi-valued attribute (or the one value of a complex one) satisfies the filter, whose paths are
    /// names of sub-attributes: `emails[type eq "work" and value co "@"]`.
    Each {
        /// The complex attribute.
        path: AttrPath,
        /// What an element has to satisfy.
        filter: Box<Filter>,
    },
}

/// A comparison operator.
///
/// Text is compared by its [`crate::fold`], unless the attribute is `case_exact`; the literal of `co`, `sw` and `ew` is
/// folded by [`crate::fold_part`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompareOp {
    /// Equal. `eq null` holds if there is no value.
    Eq,
    /// Not equal: holds if there is no value, or if some value differs.
    Ne,
    /// Contains.
    Co,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
    /// Greater: text by code points of its fold, dates by time.
    Gt,
    /// Greater or equal.
    Ge,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
}

impl CompareOp {
    /// Every operator.
    pub const ALL: [Self; 9] = [
        Self::Eq,
        Self::Ne,
        Self::Co,
        Self::Sw,
        Self::Ew,
        Self::Gt,
        Self::Ge,
        Self::Lt,
        Self::Le,
    ];

    /// The keyword, e.g. `eq`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Co => "co",
            Self::Sw => "sw",
            Self::Ew => "ew",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
        }
    }

    /// Whether it compares parts of a text: `co`, `sw`, `ew`.
    pub fn is_substring(self) -> bool {
        matches!(self, Self::Co | Self::Sw | Self::Ew)
    }

    /// Whether it needs an order: `gt`, `ge`, `lt`, `le`.
    pub fn is_ordering(self) -> bool {
        matches!(self, Self::Gt | Self::Ge | Self::Lt | Self::Le)
    }
}

/// The right-hand side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A JSON number.
    Number(Number),
    /// Text; for dates the text as it was sent, see [`micros_of_date_time`].
    String(String),
}
