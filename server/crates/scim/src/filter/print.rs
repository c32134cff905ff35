//! Prints a filter so that it parses back to itself.

use std::fmt;

use super::{Filter, Literal};

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Or(parts) => joined(f, parts, " or ", |part| matches!(part, Self::Or(_))),
            Self::And(parts) => joined(f, parts, " and ", |part| {
                matches!(part, Self::Or(_) | Self::And(_))
            }),
            Self::Not(inner) => write!(f, "not ({inner})"),
            Self::Compare { path, op, value } => write!(f, "{path} {} {value}", op.as_str()),
            Self::Present(path) => write!(f, "{path} pr"),
            Self::Each { path, filter } => write!(f, "{path}[{filter}]"),
        }
    }
}

fn joined(
    f: &mut fmt::Formatter<'_>,
    parts: &[Filter],
    separator: &str,
    needs_parentheses: fn(&Filter) -> bool,
) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(separator)?;
        }
        if needs_parentheses(part) {
            write!(f, "({part})")?;
        } else {
            write!(f, "{part}")?;
        }
    }
    Ok(())
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::String(text) => write!(f, "{}", serde_json::Value::from(text.as_str())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{filter::CompareOp, schema::AttrPath};

    fn pr(name: &str) -> Filter {
        Filter::Present(AttrPath::attr(name))
    }

    #[test]
    fn parentheses_stand_where_the_tree_needs_them() {
        let or = Filter::Or(vec![pr("a"), pr("b")]);
        let and = Filter::And(vec![pr("a"), pr("b")]);
        assert_eq!(
            Filter::And(vec![or.clone(), pr("c")]).to_string(),
            "(a pr or b pr) and c pr"
        );
        assert_eq!(
            Filter::Or(vec![and.clone(), pr("c")]).to_string(),
            "a pr and b pr or c pr"
        );
        assert_eq!(
            Filter::Or(vec![or.clone(), pr("c")]).to_string(),
            "(a pr or b pr) or c pr"
        );
        assert_eq!(Filter::Not(Box::new(and)).to_string(), "not (a pr and b pr)");
        let each = Filter::Each {
            path: AttrPath::attr("e"),
            filter: Box::new(or),
        };
        assert_eq!(each.to_string(), "e[a pr or b pr]");
    }

    #[test]
    fn literals_are_json() {
        let print = |value: Literal| {
            Filter::Compare {
                path: AttrPath::attr("a"),
                op: CompareOp::Eq,
                value,
            }
            .to_string()
        };
        assert_eq!(print(Literal::Null), "a eq null");
        assert_eq!(print(Literal::Bool(false)), "a eq false");
        assert_eq!(print(Literal::Number(7.into())), "a eq 7");
        assert_eq!(print(Literal::String("q\"\\\n".into())), r#"a eq "q\"\\\n""#);
    }
}
