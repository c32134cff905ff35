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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ScimType;

    const HERO: &str = "urn:ietf:params:scim:schemas:extension:Hero:2.0:User";

    fn user(text: &str) -> Result<String> {
        Ok(Filter::parse(text)
            .unwrap_or_else(|e| panic!("{text}: {e}"))
            .resolve(ResourceType::User)?
            .to_string())
    }

    fn group(text: &str) -> Result<String> {
        Ok(Filter::parse(text)
            .unwrap_or_else(|e| panic!("{text}: {e}"))
            .resolve(ResourceType::Group)?
            .to_string())
    }

    fn refused(text: &str) -> String {
        let error = user(text).expect_err(text);
        assert_eq!(
            (error.status, error.scim_type),
            (400, Some(ScimType::InvalidFilter)),
            "{text}"
        );
        error.detail
    }

    #[test]
    fn names_become_canonical() {
        assert_eq!(user("USERNAME eq \"x\"").as_deref(), Ok("userName eq \"x\""));
        assert_eq!(
            user("not (NAME.givenname pr) and (Title pr or META.created pr)").as_deref(),
            Ok("not (name.givenName pr) and (title pr or meta.created pr)")
        );
        assert_eq!(
            user("EMAILS[TYPE eq \"work\"].VALUE eq \"x\"").as_deref(),
            Ok("emails[type eq \"work\" and value eq \"x\"]")
        );
        assert_eq!(
            user("manager eq \"7\" and urn:ietf:params:scim:schemas:core:2.0:user:ID eq \"8\"").as_deref(),
            Ok(
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq \"7\" and id eq \"8\""
            )
        );
        assert_eq!(group("MEMBERS eq \"7\"").as_deref(), Ok("members.value eq \"7\""));
        assert_eq!(
            group("members[value eq \"7\"]").as_deref(),
            Ok("members[value eq \"7\"]")
        );
    }

    #[test]
    fn a_complex_attribute_compared_means_its_value() {
        assert_eq!(user("emails co \"@\"").as_deref(), Ok("emails.value co \"@\""));
        assert_eq!(user("emails pr").as_deref(), Ok("emails pr"));
        assert!(refused("name eq \"x\"").contains("name cannot be compared as a whole"));
        assert!(refused("addresses eq \"x\"").contains("addresses cannot be compared as a whole"));
        assert!(refused("meta eq \"x\"").contains("meta cannot be compared as a whole"));
    }

    #[test]
    fn literals_take_the_type_of_their_attribute() {
        assert_eq!(user("active eq \"True\"").as_deref(), Ok("active eq true"));
        assert_eq!(user("active ne False").as_deref(), Ok("active ne false"));
        assert_eq!(
            user("roles[primary eq \"True\"]").as_deref(),
            Ok("roles[primary eq true]")
        );
        assert_eq!(user("title eq null").as_deref(), Ok("title eq null"));
        assert_eq!(
            user("meta.created gt \"2026-01-01T00:00:00Z\"").as_deref(),
            Ok("meta.created gt \"2026-01-01T00:00:00Z\"")
        );
    }

    #[test]
    fn senseless_comparisons_are_refused() {
        for (text, reason) in [
            ("active eq \"yes\"", "true or false"),
            ("active gt true", "true or false"),
            ("active co \"t\"", "true or false"),
            ("active eq 1", "true or false"),
            ("title eq 7", "text in double quotes"),
            ("title eq true", "text in double quotes"),
            ("title gt null", "with null"),
            ("title co null", "with null"),
            ("meta.created gt \"yesterday\"", "date and time"),
            ("meta.created co \"2026\"", "date and time"),
            ("meta.created gt 7", "date and time"),
            ("x509Certificates.value sw \"MII\"", "by eq or ne"),
            ("x509Certificates.value gt \"MII\"", "by eq or ne"),
            ("x509Certificates.value eq 7", "by eq or ne"),
        ] {
            assert!(refused(text).contains(reason), "{text}: {}", refused(text));
        }
    }

    #[test]
    fn unknown_attributes_are_refused_by_name() {
        assert_eq!(
            refused("shoeSize eq \"42\""),
            "The filter names shoeSize, which is no attribute of this resource. Choose one that /Schemas lists."
        );
        for text in [
            "name.nick pr",
            "emails.foo pr",
            "emails[foo pr]",
            "emails[emails.type pr]",
            "members pr",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr",
            "urn:ietf:params:scim:schemas:extension:Hero:2.0:Group:a pr",
            "urn:x:y pr",
            "emails[type pr and not (foo pr)]",
        ] {
            refused(text);
        }
        assert!(group("userName pr").is_err());
        assert!(group("groups pr").is_err());
    }

    #[test]
    fn hidden_attributes_are_as_unknown_ones() {
        assert_eq!(
            refused("password sw \"a\""),
            refused("passwords sw \"a\"").replace("passwords", "password")
        );
        refused("password pr");
    }

    #[test]
    fn only_complex_attributes_can_be_looked_into() {
        assert!(refused("userName[value eq \"x\"]").contains("no sub-attributes"));
        assert!(refused("emails.value[value eq \"x\"]").contains("no sub-attributes"));
        assert!(refused(&format!("{HERO}:a[b pr]")).contains("no sub-attributes"));
        assert_eq!(user("name[givenName pr]").as_deref(), Ok("name[givenName pr]"));
    }

    #[test]
    fn custom_attributes_are_compared_as_they_come() {
        for comparison in ["eq \"x\"", "eq 7", "gt 7", "eq true", "eq null", "co \"x\"", "pr"] {
            let text = format!("{HERO}:costCode {comparison}");
            assert_eq!(user(&text), Ok(text));
        }
        for comparison in ["co 7", "sw true", "gt true", "gt null", "co null"] {
            refused(&format!("{HERO}:costCode {comparison}"));
        }
    }

    #[test]
    fn resolving_twice_is_resolving_once() {
        for text in [
            "EMAILS co \"@\"",
            "ACTIVE eq \"True\"",
            "manager eq \"7\"",
            "emails[TYPE eq \"work\"].value pr",
        ] {
            let once = user(text).unwrap();
            assert_eq!(user(&once), Ok(once));
        }
    }
}
