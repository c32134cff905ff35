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

use serde_json::Value;

use super::{CompareOp, Filter, Literal};
use crate::{
    dialect,
    error::{Error, Result},
    limits::{MAX_FILTER_BYTES, MAX_FILTER_COMPARISONS, MAX_FILTER_DEPTH},
    schema::{AttrPath, path::is_name},
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
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            comparisons: 0,
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
    pub(crate) fn patch_path(text: &str) -> Option<(AttrPath, Option<Filter>, Option<String>)> {
        check_length(text).ok()?;
        let mut reader = Reader::new(text.trim_matches(' '));
        let path = reader.path().ok()?;
        if reader.rest().is_empty() {
            return Some((path, None, None));
        }
        let filter = reader.enclosed('[', ']').ok()?;
        match reader.rest().strip_prefix('.') {
            None if reader.rest().is_empty() => Some((path, Some(filter), None)),
            Some(sub) if is_name(sub) => Some((path, Some(filter), Some(sub.to_owned()))),
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
        if self.text[self.at..].starts_with('[') {
            return self.each(path);
        }
        self.comparison(path)
    }

    /// `not` before a parenthesis, with or without a blank between.
    fn not(&mut self) -> bool {
        let rest = self.rest();
        let is_not = rest.get(..3).is_some_and(|word| word.eq_ignore_ascii_case("not"))
            && rest[3..].trim_start_matches([' ', '\t']).starts_with('(');
        if is_not {
            self.at += 3;
        }
        is_not
    }

    /// `open filter close`, one level deeper.
    fn enclosed(&mut self, open: char, close: char) -> Result<Filter> {
        self.expect(open)?;
        self.depth += 1;
        if self.depth > MAX_FILTER_DEPTH {
            return Err(Error::invalid_filter(format!(
                "The filter is nested more than {MAX_FILTER_DEPTH} levels deep."
            )));
        }
        let filter = self.or()?;
        self.depth -= 1;
        self.expect(close)?;
        Ok(filter)
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
        let filter = self.enclosed('[', ']')?;
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
        Ok(Value::Number(number)) => Some(Literal::Number(number)),
        _ => None,
    }
}

/// A character of a name, a URN or a number.
fn is_word_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '$' | '+')
}
