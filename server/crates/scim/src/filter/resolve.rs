//! Checks a filter against the schema: unknown names and senseless comparisons are refused (threats T24, T29), names
//! become canonical, literals take the type of their attribute.

use super::{CompareOp, Filter, Literal, micros_of_date_time};
use crate::{
    dialect,
    error::{Error, Result, safe_name},
    schema::{AttrPath, Attribute, Kind, ResourceType, Returned},
};

impl Filter {
    /// Gives every name and literal its meaning in a resource type; 400 `invalidFilter` if one has none.
    ///
    /// A complex attribute compared as a whole means its `value`: `emails co "@"` becomes `emails.value co "@"`.
    pub fn resolve(self, resource: ResourceType) -> Result<Self> {
        self.resolve_with(&|path: &AttrPath| path.resolve(resource))
    }

    /// The same for a filter inside `[…]`, whose names are sub-attributes of `parent`.
    pub(crate) fn resolve_in(self, parent: &'static Attribute) -> Result<Self> {
        self.resolve_with(&|path: &AttrPath| path.resolve_in(parent))
    }

    fn resolve_with(self, find: &dyn Fn(&AttrPath) -> Option<AttrPath>) -> Result<Self> {
        let each = |parts: Vec<Self>| {
            parts
                .into_iter()
                .map(|part| part.resolve_with(find))
                .collect::<Result<_>>()
        };
        match self {
            Self::And(parts) => Ok(Self::And(each(parts)?)),
            Self::Or(parts) => Ok(Self::Or(each(parts)?)),
            Self::Not(inner) => Ok(Self::Not(Box::new(inner.resolve_with(find)?))),
            Self::Present(path) => Ok(Self::Present(readable(&path, find)?)),
            Self::Compare { path, op, value } => {
                let path = comparable(readable(&path, find)?)?;
                let value = typed(&path, op, value)?;
                Ok(Self::Compare { path, op, value })
            }
            Self::Each { path, filter } => {
                let path = readable(&path, find)?;
                let parent = path
                    .definition()
                    .filter(|a| a.kind == Kind::Complex && path.sub.is_none());
                let parent = parent.ok_or_else(|| {
                    Error::invalid_filter(format!("{path} has no sub-attributes to look into with [ ]."))
                })?;
                Ok(Self::Each {
                    filter: Box::new(filter.resolve_in(parent)?),
                    path,
                })
            }
        }
    }
}

/// The canonical path of an attribute that may be read.
fn readable(path: &AttrPath, find: &dyn Fn(&AttrPath) -> Option<AttrPath>) -> Result<AttrPath> {
    let is_hidden = |path: &AttrPath| path.definition().is_some_and(|a| a.returned == Returned::Never);
    find(path).filter(|path| !is_hidden(path)).ok_or_else(|| {
        Error::invalid_filter(format!(
            "The filter names {}, which is no attribute of this resource. Choose one that /Schemas lists.",
            safe_name(&path.to_string())
        ))
    })
}

/// The path to compare: of a complex attribute its `value`.
fn comparable(path: AttrPath) -> Result<AttrPath> {
    match path.definition() {
        Some(attribute) if attribute.kind == Kind::Complex => path.value_of(attribute).ok_or_else(|| {
            Error::invalid_filter(format!(
                "{path} cannot be compared as a whole. Name one of its sub-attributes."
            ))
        }),
        _ => Ok(path),
    }
}

/// The literal in the type of the attribute.
fn typed(path: &AttrPath, op: CompareOp, value: Literal) -> Result<Literal> {
    let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    let refuse = |wanted: &str| {
        Err(Error::invalid_filter(format!(
            "{path} can only be compared {wanted}."
        )))
    };
    let Some(attribute) = path.definition() else {
        return custom(path, op, value);
    };
    match (attribute.kind, value) {
        (_, Literal::Null) if equality => Ok(Literal::Null),
        (_, Literal::Null) => refuse("with null by eq or ne"),
        (Kind::Boolean, value) => match boolean(&value) {
            Some(flag) if equality => Ok(Literal::Bool(flag)),
            _ => refuse("with true or false, by eq or ne"),
        },
        (Kind::DateTime, Literal::String(text))
            if !op.is_substring() && micros_of_date_time(&text).is_some() =>
        {
            Ok(Literal::String(text))
        }
        (Kind::DateTime, _) => {
            refuse("with a date and time such as \"2026-01-31T00:00:00Z\", by eq, ne, gt, ge, lt or le")
        }
        (Kind::Binary, Literal::String(text)) if equality => Ok(Literal::String(text)),
        (Kind::Binary, _) => refuse("with text, by eq or ne"),
        (_, Literal::String(text)) => Ok(Literal::String(text)),
        _ => refuse("with text in double quotes"),
    }
}

/// Nothing is known of the attribute's type: only what no type allows is refused.
fn custom(path: &AttrPath, op: CompareOp, value: Literal) -> Result<Literal> {
    let makes_sense = match &value {
        Literal::Null | Literal::Bool(_) => !op.is_substring() && !op.is_ordering(),
        Literal::Number(_) => !op.is_substring(),
        Literal::String(_) => true,
    };
    if makes_sense {
        return Ok(value);
    }
    let name = safe_name(&path.attr).to_owned();
    Err(Error::invalid_filter(format!(
        "{name} cannot be compared so: {} needs text in double quotes.",
        op.as_str()
    )))
}

fn boolean(value: &Literal) -> Option<bool> {
    match value {
        Literal::Bool(flag) => Some(*flag),
        Literal::String(text) => dialect::boolean_word(text),
        _ => None,
    }
}
