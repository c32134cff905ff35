//! Our filter parser against that of `scim_v2`, on the grammar of the RFC.

use proptest::prelude::*;
use scim::{
    Filter,
    filter::{CompareOp, Literal},
    schema::AttrPath,
};
use scim_v2::filter as other;

use crate::generate::any_filter;

/// Their tree in our words.
fn ours(filter: other::Filter) -> Filter {
    match filter {
        other::Filter::Attr(leaf) => leaf_of(leaf),
        other::Filter::Not(inner) => Filter::Not(Box::new(ours(*inner))),
        other::Filter::And(parts) => Filter::And(parts.into_iter().map(ours).collect()),
        other::Filter::Or(parts) => Filter::Or(parts.into_iter().map(ours).collect()),
        other::Filter::ValuePath(value) => Filter::Each {
            path: path_of(value.attr),
            filter: Box::new(inside(*value.filter)),
        },
    }
}

fn inside(filter: other::ValFilter) -> Filter {
    match filter {
        other::ValFilter::Attr(leaf) => leaf_of(leaf),
        other::ValFilter::Not(inner) => Filter::Not(Box::new(inside(*inner))),
        other::ValFilter::And(parts) => Filter::And(parts.into_iter().map(inside).collect()),
        other::ValFilter::Or(parts) => Filter::Or(parts.into_iter().map(inside).collect()),
    }
}

fn leaf_of(leaf: other::AttrExp) -> Filter {
    match leaf {
        other::AttrExp::Present(path) => Filter::Present(path_of(path)),
        other::AttrExp::Comparison(path, op, value) => Filter::Compare {
            path: path_of(path),
            op: op_of(&op),
            value: literal_of(value),
        },
    }
}

fn path_of(path: other::AttrPath) -> AttrPath {
    AttrPath::new(path.uri.as_deref(), &path.name, path.sub_attr.as_deref())
}

fn op_of(op: &other::CompareOp) -> CompareOp {
    match op {
        other::CompareOp::Eq => CompareOp::Eq,
        other::CompareOp::Ne => CompareOp::Ne,
        other::CompareOp::Co => CompareOp::Co,
        other::CompareOp::Sw => CompareOp::Sw,
        other::CompareOp::Ew => CompareOp::Ew,
        other::CompareOp::Gt => CompareOp::Gt,
        other::CompareOp::Lt => CompareOp::Lt,
        other::CompareOp::Ge => CompareOp::Ge,
        other::CompareOp::Le => CompareOp::Le,
    }
}

fn literal_of(value: other::CompValue) -> Literal {
    match value {
        other::CompValue::False => Literal::Bool(false),
        other::CompValue::True => Literal::Bool(true),
        other::CompValue::Null => Literal::Null,
        other::CompValue::Number(number) => Literal::Number(number),
        other::CompValue::Str(text) => Literal::String(text),
    }
}

/// Chains of one operator are flat in their tree and may be nested in ours; numbers are compared to ten digits, because
/// theirs may be off in the last one.
fn flat(filter: Filter) -> Filter {
    match filter {
        Filter::And(parts) => Filter::And(parts.into_iter().map(flat).flat_map(and_parts).collect()),
        Filter::Or(parts) => Filter::Or(parts.into_iter().map(flat).flat_map(or_parts).collect()),
        Filter::Not(inner) => Filter::Not(Box::new(flat(*inner))),
        Filter::Each { path, filter } => Filter::Each {
            path,
            filter: Box::new(flat(*filter)),
        },
        Filter::Compare {
            path,
            op,
            value: Literal::Number(number),
        } => Filter::Compare {
            path,
            op,
            value: Literal::String(format!("number {:.10e}", number.as_f64().unwrap_or(f64::NAN))),
        },
        leaf => leaf,
    }
}

fn and_parts(filter: Filter) -> Vec<Filter> {
    match filter {
        Filter::And(parts) => parts,
        other => vec![other],
    }
}

fn or_parts(filter: Filter) -> Vec<Filter> {
    match filter {
        Filter::Or(parts) => parts,
        other => vec![other],
    }
}

fn theirs(text: &str) -> Option<Filter> {
    text.parse::<other::Filter>()
        .ok()
        .map(|filter| flat(ours(filter)))
}

fn agree(text: &str) {
    let mine = Filter::parse(text).ok().map(flat);
    assert_eq!(mine, theirs(text), "{text}");
    assert!(mine.is_some(), "{text}");
}

#[test]
fn the_examples_of_the_rfc_mean_the_same() {
    for text in [
        r#"userName eq "bjensen""#,
        r#"name.familyName co "O'Malley""#,
        r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J""#,
        r#"title pr and userType eq "Employee""#,
        r#"title pr or userType eq "Intern""#,
        r#"userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")"#,
        r#"userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")"#,
        r#"userType eq "Employee" and emails[type eq "work" and value co "@example.com"]"#,
        r#"emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]"#,
        r#"a eq 12 and b gt -1.5e3 or c eq null and d ne false"#,
    ] {
        agree(text);
    }
}

#[test]
fn where_we_say_more_it_is_on_purpose() {
    for entra in [
        r#"emails[type eq "work"].value eq "x""#,
        "not(a pr)",
        "active eq True",
    ] {
        assert!(Filter::parse(entra).is_ok(), "{entra}");
        assert_eq!(theirs(entra), None, "{entra}");
    }
}

proptest! {
    #[test]
    fn generated_filters_mean_the_same(filter in any_filter()) {
        let text = filter.to_string();
        prop_assume!(text.len() <= scim::limits::MAX_FILTER_BYTES);
        agree(&text);
    }

    /// A filter with a hole or a stray character: what both accept, both read alike, and what they accept, we do.
    #[test]
    fn damaged_filters_mean_the_same(filter in any_filter(), at: prop::sample::Index, stray in "[ a\"()\\[\\].]?") {
        let text = filter.to_string();
        let characters: Vec<char> = text.chars().collect();
        let at = at.index(characters.len());
        let text: String = characters[..at].iter().copied().chain(stray.chars()).chain(characters[at + 1..].iter().copied()).collect();
        // Any URI will do for them as the prefix of a name; ours are URNs.
        let comparable = text.len() <= scim::limits::MAX_FILTER_BYTES && !filter.to_string().contains("urn:");
        if let Some(theirs) = theirs(&text).filter(|_| comparable) {
            prop_assert_eq!(Filter::parse(&text).ok().map(flat), Some(theirs), "{}", text);
        }
    }
}
