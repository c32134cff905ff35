//! Recursive descent over the grammar of RFC 7644 §3.4.2.2, with limits checked while reading (threats T22).
//!
//! ```text
//! or       = and *( "or" and )
//! and      = term *( "and" term )
//! term     = "(" or ")" / "not" "(" or ")" / path "[" or "]" [ "." sub compare ] / path compare
//! compare  = "pr" / op literal
//! ```
//! Keywords in any case. `not(` needs no space, a path may go on after `]`, and `True` is a boolean: see
//! [`crate::dialect`].

use serde_json::{Number, Value};

use super::{CompareOp, Filter, Literal};
use crate::{
    dialect,
    error::{Error, Result},
    limits::{MAX_FILTER_BYTES, MAX_FILTER_COMPARISONS, MAX_FILTER_DEPTH},
    schema::{
        AttrPath,
        path::{Name, is_name},
    },
};

impl Filter {
    /// Reads a filter; 400 `invalidFilter` if it is malformed or beyond the limits.
    ///
    /// Names are not looked up yet: see [`Filter::resolve`].
    pub fn parse(text: &str) -> Result<Self> {
        check_length(text)?;
        let mut reader = Reader::new(text);
        let filter = reader.or()?;
        match reader.rest() {
            "" => Ok(filter),
            _ => Err(reader.unexpected("the end, and or or")),
        }
    }
}

fn check_length(text: &str) -> Result<()> {
    if text.len() <= MAX_FILTER_BYTES {
        return Ok(());
    }
    Err(Error::invalid_filter(format!(
        "The filter is longer than {MAX_FILTER_BYTES} bytes. Ask for fewer things at once."
    )))
}

/// A position in the text, and how much of the limits is used up.
pub(crate) struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    comparisons: usize,
    /// Whether it is inside `[…]`, where no further bracket may open.
    in_brackets: bool,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            comparisons: 0,
            in_brackets: false,
        }
    }

    /// What is left, without leading blanks.
    fn rest(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let trimmed = rest.trim_start_matches([' ', '\t']);
        self.at += rest.len() - trimmed.len();
        trimmed
    }

    fn or(&mut self) -> Result<Filter> {
        self.joined("or", Self::and, Filter::Or)
    }

    fn and(&mut self) -> Result<Filter> {
        self.joined("and", Self::term, Filter::And)
    }

    fn joined(
        &mut self,
        keyword: &str,
        mut part: impl FnMut(&mut Self) -> Result<Filter>,
        join: fn(Vec<Filter>) -> Filter,
    ) -> Result<Filter> {
        let first = part(self)?;
        if !self.keyword(keyword) {
            return Ok(first);
        }
        let mut parts = vec![first, part(self)?];
        while self.keyword(keyword) {
            parts.push(part(self)?);
        }
        Ok(join(parts))
    }

    /// The path of a PATCH operation (RFC 7644 §3.5.2): `path`, `path[filter]` or `path[filter].sub`. `None` if it is none
    /// of these.
    pub(crate) fn patch_path(text: &'a str) -> Option<(Name<'a>, Option<Filter>, Option<&'a str>)> {
        check_length(text).ok()?;
        let mut reader = Self::new(text.trim_matches(' '));
        let path = Name::parse(reader.word())?;
        if reader.rest().is_empty() {
            return Some((path, None, None));
        }
        let filter = reader.bracketed().ok()?;
        match reader.rest().strip_prefix('.') {
            None if reader.rest().is_empty() => Some((path, Some(filter), None)),
            Some(sub) if is_name(sub) => Some((path, Some(filter), Some(sub))),
            _ => None,
        }
    }

    fn term(&mut self) -> Result<Filter> {
        if self.rest().starts_with('(') {
            return self.enclosed('(', ')');
        }
        if self.not() {
            return Ok(Filter::Not(Box::new(self.enclosed('(', ')')?)));
        }
        let path = self.path()?;
        if self.rest().starts_with('[') && !self.in_brackets {
            return self.each(path);
        }
        self.comparison(path)
    }

    /// `not` before a parenthesis, with or without a blank between.
    fn not(&mut self) -> bool {
        let rest = self.rest();
        let is_not = rest.get(..3).is_some_and(|word| word.eq_ignore_ascii_case("not"))
            && dialect::opens_parenthesis(&rest[3..]);
        if is_not {
            self.at += 3;
        }
        is_not
    }

    /// `open filter close`, one level deeper.
    fn enclosed(&mut self, open: char, close: char) -> Result<Filter> {
        self.expect(open)?;
        self.depth += 1;
        self.check_depth(self.depth)?;
        let filter = self.or()?;
        self.depth -= 1;
        self.expect(close)?;
        Ok(filter)
    }

    fn bracketed(&mut self) -> Result<Filter> {
        self.in_brackets = true;
        let filter = self.enclosed('[', ']')?;
        self.in_brackets = false;
        Ok(filter)
    }

    fn check_depth(&self, depth: usize) -> Result<()> {
        if depth <= MAX_FILTER_DEPTH {
            return Ok(());
        }
        Err(Error::invalid_filter(format!(
            "The filter is nested more than {MAX_FILTER_DEPTH} levels deep."
        )))
    }

    fn expect(&mut self, wanted: char) -> Result<()> {
        if !self.rest().starts_with(wanted) {
            return Err(self.unexpected(match wanted {
                '(' => "an opening parenthesis",
                ')' => "a closing parenthesis",
                '[' => "an opening bracket",
                _ => "a closing bracket",
            }));
        }
        self.at += wanted.len_utf8();
        Ok(())
    }

    /// `path[filter]`, or Entra's `path[filter].sub op value`.
    fn each(&mut self, path: AttrPath) -> Result<Filter> {
        let filter = self.bracketed()?;
        if !self.text[self.at..].starts_with('.') {
            return Ok(Filter::Each {
                path,
                filter: Box::new(filter),
            });
        }
        self.at += 1;
        let name = self.word();
        if !is_name(name) {
            return Err(self.unexpected("the name of a sub-attribute"));
        }
        let comparison = self.comparison(AttrPath::attr(name))?;
        // Joined to the others, an `or` stands one level deeper.
        self.check_depth(self.depth + 1 + usize::from(matches!(filter, Filter::Or(_))))?;
        Ok(dialect::each_with_comparison(path, filter, comparison))
    }

    fn comparison(&mut self, path: AttrPath) -> Result<Filter> {
        self.comparisons += 1;
        if self.comparisons > MAX_FILTER_COMPARISONS {
            return Err(Error::invalid_filter(format!(
                "The filter has more than {MAX_FILTER_COMPARISONS} comparisons."
            )));
        }
        if self.keyword("pr") {
            return Ok(Filter::Present(path));
        }
        let op = self.operator()?;
        Ok(Filter::Compare {
            path,
            op,
            value: self.literal()?,
        })
    }

    fn operator(&mut self) -> Result<CompareOp> {
        match CompareOp::ALL.into_iter().find(|op| self.keyword(op.as_str())) {
            Some(op) => Ok(op),
            None => Err(self.unexpected("an operator: eq, ne, co, sw, ew, gt, ge, lt, le or pr")),
        }
    }

    /// Takes a keyword, in any case, if it stands here as a whole word.
    fn keyword(&mut self, keyword: &str) -> bool {
        let rest = self.rest();
        let is_here = rest
            .get(..keyword.len())
            .is_some_and(|word| word.eq_ignore_ascii_case(keyword))
            && !rest[keyword.len()..].starts_with(is_word_char);
        if is_here {
            self.at += keyword.len();
        }
        is_here
    }

    fn word(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let end = rest.find(|c| !is_word_char(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn path(&mut self) -> Result<AttrPath> {
        self.rest();
        let start = self.at;
        let word = self.word();
        AttrPath::parse(word).ok_or_else(|| {
            self.at = start;
            self.unexpected("the name of an attribute")
        })
    }

    fn literal(&mut self) -> Result<Literal> {
        let rest = self.rest();
        if rest.starts_with('"') {
            return self.string();
        }
        let start = self.at;
        let word = self.word();
        literal_word(word).ok_or_else(|| {
            self.at = start;
            self.unexpected("a value: text in double quotes, a number, true, false or null")
        })
    }

    /// A JSON string.
    fn string(&mut self) -> Result<Literal> {
        let rest = &self.text[self.at..];
        let end = end_of_string(rest).ok_or_else(|| self.unexpected("a closing quote"))?;
        let text = serde_json::from_str(&rest[..end]).map_err(|_| self.unexpected("a valid JSON string"))?;
        self.at += end;
        Ok(Literal::String(text))
    }

    /// A refusal that says where and what was expected, and repeats nothing of the input (threats T25).
    fn unexpected(&self, expected: &str) -> Error {
        Error::invalid_filter(format!(
            "The filter cannot be read: at character {} we expected {expected}.",
            self.text[..self.at].chars().count() + 1
        ))
    }
}

/// Length in bytes of the JSON string at the start of the text, with both quotes.
fn end_of_string(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(index + 1),
            _ => {}
        }
    }
    None
}

fn literal_word(word: &str) -> Option<Literal> {
    if word.eq_ignore_ascii_case("null") {
        return Some(Literal::Null);
    }
    if let Some(flag) = dialect::boolean_word(word) {
        return Some(Literal::Bool(flag));
    }
    match serde_json::from_str(word) {
        // The JSON reader may be off by one in the last digit of a long fraction; the standard library is not.
        Ok(Value::Number(number)) if number.is_f64() => {
            word.parse().ok().and_then(Number::from_f64).map(Literal::Number)
        }
        Ok(Value::Number(number)) => Some(Literal::Number(number)),
        _ => None,
    }
}

/// A character of a name, a URN or a number.
fn is_word_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '$' | '+')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ScimType;

    fn compare(path: &str, op: CompareOp, value: Literal) -> Filter {
        Filter::Compare {
            path: AttrPath::parse(path).unwrap(),
            op,
            value,
        }
    }

    fn eq(path: &str, text: &str) -> Filter {
        compare(path, CompareOp::Eq, Literal::String(text.into()))
    }

    fn pr(path: &str) -> Filter {
        Filter::Present(AttrPath::parse(path).unwrap())
    }

    fn each(path: &str, filter: Filter) -> Filter {
        Filter::Each {
            path: AttrPath::parse(path).unwrap(),
            filter: Box::new(filter),
        }
    }

    fn parsed(text: &str) -> Filter {
        let filter = Filter::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(
            Filter::parse(&filter.to_string()),
            Ok(filter.clone()),
            "{text} is printed as {filter}"
        );
        filter
    }

    fn refused(text: &str) -> String {
        let error = Filter::parse(text).expect_err(text);
        assert_eq!(
            (error.status, error.scim_type),
            (400, Some(ScimType::InvalidFilter)),
            "{text}"
        );
        error.detail
    }

    #[test]
    fn reads_every_operator_in_any_case() {
        for op in CompareOp::ALL {
            let keyword = op.as_str();
            for spelling in [
                keyword.to_owned(),
                keyword.to_uppercase(),
                format!("{}{}", &keyword[..1].to_uppercase(), &keyword[1..]),
            ] {
                assert_eq!(
                    parsed(&format!("a {spelling} \"x\"")),
                    compare("a", op, Literal::String("x".into()))
                );
            }
        }
        assert_eq!(parsed("a pr"), pr("a"));
        assert_eq!(parsed("a PR"), pr("a"));
    }

    #[test]
    fn reads_every_literal() {
        let value = |text: &str| match parsed(&format!("a eq {text}")) {
            Filter::Compare { value, .. } => value,
            other => panic!("{other}"),
        };
        assert_eq!(value("null"), Literal::Null);
        assert_eq!(value("NULL"), Literal::Null);
        assert_eq!(value("true"), Literal::Bool(true));
        assert_eq!(value("True"), Literal::Bool(true), "Entra writes booleans so");
        assert_eq!(value("False"), Literal::Bool(false));
        assert_eq!(value("12"), Literal::Number(12.into()));
        assert_eq!(
            value("-0.5e+3"),
            Literal::Number(Number::from_f64(-500.0).unwrap())
        );
        assert_eq!(value(r#""""#), Literal::String(String::new()));
        assert_eq!(
            value(r#""a \"b\" \\ \u00e9 \/ \n""#),
            Literal::String("a \"b\" \\ é / \n".into())
        );
        assert_eq!(
            value("\"jörg@例え.jp ) and (\""),
            Literal::String("jörg@例え.jp ) and (".into())
        );
    }

    #[test]
    fn and_binds_tighter_than_or() {
        assert_eq!(
            parsed("a pr or b pr and c pr or d pr"),
            Filter::Or(vec![pr("a"), Filter::And(vec![pr("b"), pr("c")]), pr("d")])
        );
        assert_eq!(
            parsed("(a pr or b pr) and c pr"),
            Filter::And(vec![Filter::Or(vec![pr("a"), pr("b")]), pr("c")])
        );
    }

    #[test]
    fn parentheses_that_group_alike_are_kept() {
        assert_eq!(parsed("((a pr))"), pr("a"));
        assert_eq!(
            parsed("(a pr and b pr) and c pr"),
            Filter::And(vec![Filter::And(vec![pr("a"), pr("b")]), pr("c")])
        );
        assert_eq!(
            parsed("(a pr and b pr) and c pr").to_string(),
            "(a pr and b pr) and c pr"
        );
    }

    #[test]
    fn not_needs_no_blank() {
        let expected = Filter::Not(Box::new(pr("a")));
        for text in ["not (a pr)", "not(a pr)", "NOT  ( a pr )", "Not(a pr)"] {
            assert_eq!(parsed(text), expected, "{text}");
        }
        assert_eq!(parsed("not pr"), pr("not"), "an attribute may be called so");
        assert_eq!(parsed("not(a pr) and b pr"), Filter::And(vec![expected, pr("b")]));
    }

    #[test]
    fn reads_the_examples_of_the_rfc() {
        for text in [
            r#"userName eq "bjensen""#,
            r#"name.familyName co "O'Malley""#,
            r#"userName sw "J""#,
            r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J""#,
            "title pr",
            r#"meta.lastModified gt "2011-05-13T04:42:34Z""#,
            r#"title pr and userType eq "Employee""#,
            r#"schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User""#,
            r#"userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")"#,
            r#"userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")"#,
            r#"userType eq "Employee" and (emails.type eq "work")"#,
            r#"userType eq "Employee" and emails[type eq "work" and value co "@example.com"]"#,
            r#"emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]"#,
        ] {
            parsed(text)
                .resolve(crate::ResourceType::User)
                .unwrap_or_else(|e| panic!("{text}: {e}"));
        }
    }

    #[test]
    fn a_path_may_go_on_after_the_bracket() {
        let both = |last: Filter| each("emails", Filter::And(vec![eq("type", "work"), last]));
        assert_eq!(
            parsed(r#"emails[type eq "work"].value eq "x""#),
            both(eq("value", "x"))
        );
        assert_eq!(parsed(r#"emails[type eq "work"].value pr"#), both(pr("value")));
        assert_eq!(
            parsed(r#"emails[type eq "work"].value eq "x" and active eq True"#),
            Filter::And(vec![
                both(eq("value", "x")),
                compare("active", CompareOp::Eq, Literal::Bool(true))
            ])
        );
        assert_eq!(
            parsed(r#"emails[type eq "a" or type eq "b"].value eq "x""#),
            each(
                "emails",
                Filter::And(vec![
                    Filter::Or(vec![eq("type", "a"), eq("type", "b")]),
                    eq("value", "x")
                ])
            )
        );
    }

    #[test]
    fn blanks_are_free_around_words() {
        let expected = Filter::And(vec![eq("a", "x"), pr("b")]);
        for text in ["  a   eq\t\"x\"  and b pr  ", "a eq\"x\"and b pr"] {
            assert_eq!(parsed(text), expected, "{text}");
        }
        assert_eq!(parsed("emails [type eq \"x\"]"), each("emails", eq("type", "x")));
        assert_eq!(parsed("emails[ type eq \"x\" ]"), each("emails", eq("type", "x")));
    }

    #[test]
    fn refuses_what_is_no_filter() {
        for text in [
            "",
            " ",
            "a",
            "a eq",
            "eq \"x\"",
            "a eq x",
            "a eq 'x'",
            "a eq \"x",
            "a foo \"x\"",
            "a pr b",
            "a pr and",
            "and a pr",
            "(a pr",
            "a pr)",
            "()",
            "not",
            "not (",
            "not a pr",
            "a[b pr",
            "a[]",
            "a[b pr].",
            "a[b pr].c",
            "a[b pr] eq \"x\"",
            "a.b.c pr",
            "a..b pr",
            "a eq 01",
            "a eq +1",
            "a eq .5",
            "a eq 1e999",
            "a eq \"\\x\"",
            "a eq \"\u{1}\"",
            "a eq \"\\ud800\"",
            "a pr; drop",
            "a eq \"x\" \"y\"",
            "a eq tru",
            "é pr",
            "a\u{A0}pr",
            "a prand b pr",
            "a[b pr]c pr",
            "a[b[c pr]]",
        ] {
            refused(text);
        }
    }

    #[test]
    fn a_refusal_says_where_and_repeats_nothing() {
        assert_eq!(
            refused("userName eq <script>"),
            "The filter cannot be read: at character 13 we expected a value: text in double quotes, a number, true, \
             false or null."
        );
        assert!(refused("äöü").contains("at character 1 "));
        assert!(refused("a eq \"äöü\" <script>").contains("at character 12 we expected the end"));
        for text in [
            "<script>alert(1)</script>",
            "a <script> \"x\"",
            "a eq \"<script>",
            "a[<script>]",
        ] {
            assert!(!refused(text).contains("script"), "{text}");
        }
    }

    #[test]
    fn nests_10_levels_and_no_more() {
        let nested = |levels: usize| format!("{}a pr{}", "(".repeat(levels), ")".repeat(levels));
        assert_eq!(parsed(&nested(MAX_FILTER_DEPTH)), pr("a"));
        assert!(refused(&nested(MAX_FILTER_DEPTH + 1)).contains("10 levels"));
        let nots = |levels: usize| format!("{}a pr{}", "not(".repeat(levels), ")".repeat(levels));
        parsed(&nots(MAX_FILTER_DEPTH));
        assert!(refused(&nots(MAX_FILTER_DEPTH + 1)).contains("10 levels"));
        let brackets = format!(
            "{}a[b pr]{}",
            "(".repeat(MAX_FILTER_DEPTH),
            ")".repeat(MAX_FILTER_DEPTH)
        );
        assert!(refused(&brackets).contains("10 levels"));
    }

    #[test]
    fn a_path_that_goes_on_counts_as_deep_as_it_prints() {
        let nested =
            |levels: usize, inside: &str| format!("{}{inside}{}", "(".repeat(levels), ")".repeat(levels));
        parsed(&nested(MAX_FILTER_DEPTH - 1, "a[b pr and c pr].d pr"));
        parsed(&nested(MAX_FILTER_DEPTH - 2, "a[b pr or c pr].d pr"));
        assert!(refused(&nested(MAX_FILTER_DEPTH - 1, "a[b pr or c pr].d pr")).contains("10 levels"));
    }

    #[test]
    fn parentheses_beside_each_other_do_not_add_up() {
        parsed(&["((a pr))"; 30].join(" and "));
    }

    #[test]
    fn holds_50_comparisons_and_no_more() {
        let chain = |count: usize| vec!["a pr"; count].join(" or ");
        parsed(&chain(MAX_FILTER_COMPARISONS));
        assert!(refused(&chain(MAX_FILTER_COMPARISONS + 1)).contains("50 comparisons"));
    }

    #[test]
    fn holds_2048_bytes_and_no_more() {
        let long = |length: usize| format!("a eq \"{}\"", "x".repeat(length - 7));
        parsed(&long(MAX_FILTER_BYTES));
        assert!(refused(&long(MAX_FILTER_BYTES + 1)).contains("2048 bytes"));
        assert!(refused(&"(".repeat(100_000)).contains("2048 bytes"));
    }

    #[test]
    fn reads_the_paths_of_patch() {
        let path = |text: &str| {
            let (path, filter, sub) = Reader::patch_path(text)?;
            Some((
                path.to_string(),
                filter.map(|f| f.to_string()),
                sub.map(str::to_owned),
            ))
        };
        assert_eq!(
            path("name.givenName"),
            Some(("name.givenName".into(), None, None))
        );
        assert_eq!(path(" active "), Some(("active".into(), None, None)));
        assert_eq!(
            path(r#"emails[type eq "work"].value"#),
            Some((
                "emails".into(),
                Some(r#"type eq "work""#.into()),
                Some("value".into())
            ))
        );
        assert_eq!(
            path(r#"members[value eq "x"]"#),
            Some(("members".into(), Some(r#"value eq "x""#.into()), None))
        );
        for text in [
            "",
            "a b",
            "a[",
            "a[b pr",
            "a[b pr]c",
            "a[b pr].",
            "a[b pr].c.d",
            "a[b pr][c pr]",
            "[a pr]",
            "a]",
        ] {
            assert_eq!(path(text), None, "{text}");
        }
    }
}
