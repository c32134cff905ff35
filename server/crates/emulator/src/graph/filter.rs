//! `$filter`: the part of OData's language that directory clients use.
//!
//! `and`, `or`, `not`, parentheses; `eq`, `ne`, `gt`, `ge`, `lt`, `le`, `in`; `startswith`, `endswith`, `contains`; `any` over a
//! collection of strings. Strings compare without regard to case, as the directory's do.

use serde_json::Value;

/// A parsed filter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Compare(String, Comparison, Value),
    In(String, Vec<Value>),
    Text(Piece, String, String),
    Any(String, Box<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Start,
    End,
    Middle,
}

/// How deep parentheses and `not` may nest.
const DEPTH: usize = 16;

impl Expr {
    /// Reads a filter; the error is a sentence.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens, at: 0 };
        let expr = parser.or(0)?;
        match parser.peek() {
            None => Ok(expr),
            Some(token) => Err(format!("Invalid filter clause: unexpected '{token}'.")),
        }
    }

    /// Whether it needs `ConsistencyLevel: eventual` (C0).
    pub(super) fn advanced(&self) -> bool {
        match self {
            Expr::And(a, b) | Expr::Or(a, b) => a.advanced() || b.advanced(),
            Expr::Not(_) | Expr::Compare(_, Comparison::Ne, _) => true,
            Expr::Text(piece, ..) => *piece != Piece::Start,
            Expr::Any(_, inner) => inner.advanced(),
            Expr::Compare(..) | Expr::In(..) => false,
        }
    }

    /// Whether an object passes; the error names a property it does not have.
    pub(super) fn passes(&self, object: &Value) -> Result<bool, String> {
        Ok(match self {
            Expr::And(a, b) => a.passes(object)? && b.passes(object)?,
            Expr::Or(a, b) => a.passes(object)? || b.passes(object)?,
            Expr::Not(inner) => !inner.passes(object)?,
            Expr::Compare(path, how, wanted) => compare(find(object, path)?, *how, wanted),
            Expr::In(path, wanted) => {
                let value = find(object, path)?;
                wanted.iter().any(|wanted| same(value, wanted))
            }
            Expr::Text(piece, path, wanted) => has(find(object, path)?, *piece, wanted),
            Expr::Any(path, inner) => {
                let items = find(object, path)?.as_array().cloned().unwrap_or_default();
                items.iter().any(|item| inner.passes(item).unwrap_or(false))
            }
        })
    }
}

fn find<'a>(object: &'a Value, path: &str) -> Result<&'a Value, String> {
    // Inside `any`, the variable stands for the item itself.
    if path.is_empty() {
        return Ok(object);
    }
    let unknown = || format!("Invalid filter clause: Could not find a property named '{path}'.");
    path.split('/')
        .try_fold(object, |value, name| value.get(name))
        .ok_or_else(unknown)
}

fn same(value: &Value, wanted: &Value) -> bool {
    match (value, wanted) {
        (Value::String(a), Value::String(b)) => a.to_lowercase() == b.to_lowercase(),
        (a, b) => a == b,
    }
}

fn compare(value: &Value, how: Comparison, wanted: &Value) -> bool {
    let order = match (value, wanted) {
        (Value::String(a), Value::String(b)) => Some(a.to_lowercase().cmp(&b.to_lowercase())),
        (Value::Number(a), Value::Number(b)) => a.as_i64().zip(b.as_i64()).map(|(a, b)| a.cmp(&b)),
        _ => None,
    };
    match how {
        Comparison::Eq => same(value, wanted),
        Comparison::Ne => !same(value, wanted),
        Comparison::Gt => order.is_some_and(std::cmp::Ordering::is_gt),
        Comparison::Ge => order.is_some_and(std::cmp::Ordering::is_ge),
        Comparison::Lt => order.is_some_and(std::cmp::Ordering::is_lt),
        Comparison::Le => order.is_some_and(std::cmp::Ordering::is_le),
    }
}

fn has(value: &Value, piece: Piece, wanted: &str) -> bool {
    let (value, wanted) = (
        value.as_str().unwrap_or_default().to_lowercase(),
        wanted.to_lowercase(),
    );
    match piece {
        Piece::Start => value.starts_with(&wanted),
        Piece::End => value.ends_with(&wanted),
        Piece::Middle => value.contains(&wanted),
    }
}

/// Words, signs, and strings with their opening quote kept.
fn tokens(text: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' | ')' | ',' | ':' => 1,
            '\'' => string_length(rest)?,
            _ => rest
                .find(|c: char| c.is_whitespace() || "(),'".contains(c))
                .map(|end| within_word(rest, end))
                .unwrap_or(rest.len()),
        };
        found.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    Ok(found)
}

/// A range variable ends at its colon (`t:`); the colons of a date do not end it.
fn within_word(rest: &str, end: usize) -> usize {
    match rest[..end].find(':') {
        Some(colon) if !rest.starts_with(|c: char| c.is_ascii_digit()) => colon,
        _ => end,
    }
}

fn string_length(rest: &str) -> Result<usize, String> {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'\'', Some(b'\'')) => at += 2,
            (b'\'', _) => return Ok(at + 1),
            _ => at += 1,
        }
    }
    Err("Invalid filter clause: There is an unterminated string literal.".to_owned())
}

struct Parser {
    tokens: Vec<String>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.at).map(String::as_str)
    }

    fn next(&mut self) -> Result<String, String> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token.ok_or_else(|| "Invalid filter clause: it ends too early.".to_owned())
    }

    fn take(&mut self, word: &str) -> bool {
        let here = self.peek().is_some_and(|token| token.eq_ignore_ascii_case(word));
        self.at += usize::from(here);
        here
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.take(sign) {
            return Ok(());
        }
        let found = self.peek().unwrap_or("the end").to_owned();
        Err(format!(
            "Invalid filter clause: '{sign}' expected, but '{found}' found."
        ))
    }

    fn or(&mut self, depth: usize) -> Result<Expr, String> {
        let mut left = self.and(depth)?;
        while self.take("or") {
            left = Expr::Or(Box::new(left), Box::new(self.and(depth)?));
        }
        Ok(left)
    }

    fn and(&mut self, depth: usize) -> Result<Expr, String> {
        let mut left = self.one(depth)?;
        while self.take("and") {
            left = Expr::And(Box::new(left), Box::new(self.one(depth)?));
        }
        Ok(left)
    }

    fn one(&mut self, depth: usize) -> Result<Expr, String> {
        if depth > DEPTH {
            return Err("Invalid filter clause: it is nested too deeply.".to_owned());
        }
        if self.take("not") {
            return Ok(Expr::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.take("(") {
            let inner = self.or(depth + 1)?;
            self.expect(")")?;
            return Ok(inner);
        }
        let word = self.next()?;
        if self.take("(") {
            return self.function(&word, depth);
        }
        self.comparison(word)
    }

    fn function(&mut self, word: &str, depth: usize) -> Result<Expr, String> {
        if let Some(path) = word.strip_suffix("/any") {
            let variable = self.next()?;
            self.expect(":")?;
            let inner = self.or(depth + 1)?;
            self.expect(")")?;
            return Ok(Expr::Any(path.to_owned(), Box::new(unbound(inner, &variable))));
        }
        let piece = match word.to_ascii_lowercase().as_str() {
            "startswith" => Piece::Start,
            "endswith" => Piece::End,
            "contains" => Piece::Middle,
            _ => {
                return Err(format!(
                    "Invalid filter clause: An unknown function with name '{word}' was found."
                ));
            }
        };
        let path = self.next()?;
        self.expect(",")?;
        let wanted = literal(&self.next()?);
        self.expect(")")?;
        let wanted = wanted.as_str().unwrap_or_default().to_owned();
        Ok(Expr::Text(piece, path, wanted))
    }

    fn comparison(&mut self, path: String) -> Result<Expr, String> {
        let operator = self.next()?;
        let how = match operator.to_ascii_lowercase().as_str() {
            "eq" => Comparison::Eq,
            "ne" => Comparison::Ne,
            "gt" => Comparison::Gt,
            "ge" => Comparison::Ge,
            "lt" => Comparison::Lt,
            "le" => Comparison::Le,
            "in" => return self.list(path),
            _ => return Err(format!("Invalid filter clause: '{operator}' is no operator.")),
        };
        Ok(Expr::Compare(path, how, literal(&self.next()?)))
    }

    fn list(&mut self, path: String) -> Result<Expr, String> {
        self.expect("(")?;
        let mut wanted = vec![literal(&self.next()?)];
        while self.take(",") {
            wanted.push(literal(&self.next()?));
        }
        self.expect(")")?;
        Ok(Expr::In(path, wanted))
    }
}

fn literal(token: &str) -> Value {
    if let Some(quoted) = token.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return Value::from(quoted.replace("''", "'"));
    }
    match token {
        "true" => Value::from(true),
        "false" => Value::from(false),
        "null" => Value::Null,
        // A GUID or a date needs no quotes.
        _ => token
            .parse::<i64>()
            .map_or_else(|_| Value::from(token), Value::from),
    }
}

/// Takes the range variable of `any` out of the paths: `t` becomes the item, `t/x` its property.
fn unbound(expr: Expr, variable: &str) -> Expr {
    let path = |path: String| {
        if path == variable {
            return String::new();
        }
        let inner = path
            .strip_prefix(variable)
            .and_then(|rest| rest.strip_prefix('/'));
        inner.map(str::to_owned).unwrap_or(path)
    };
    let again = |inner: Box<Expr>| Box::new(unbound(*inner, variable));
    match expr {
        Expr::And(a, b) => Expr::And(again(a), again(b)),
        Expr::Or(a, b) => Expr::Or(again(a), again(b)),
        Expr::Not(inner) => Expr::Not(again(inner)),
        Expr::Compare(at, how, wanted) => Expr::Compare(path(at), how, wanted),
        Expr::In(at, wanted) => Expr::In(path(at), wanted),
        Expr::Text(piece, at, wanted) => Expr::Text(piece, path(at), wanted),
        Expr::Any(at, inner) => Expr::Any(path(at), inner),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn passes(filter: &str) -> bool {
        let object = json!({"displayName": "Zoë O'Neil", "accountEnabled": true, "mail": null, "n": 5,
            "principalId": "0f0e0d0c-0000-4000-8000-000000000001", "tags": ["blue", "Green"],
            "createdDateTime": "2026-01-01T08:00:00Z", "web": {"home": "x"}, "appRoles": [{"value": "A"}]});
        Expr::parse(filter).unwrap().passes(&object).unwrap()
    }

    #[test]
    fn what_clients_write_is_understood() {
        for filter in [
            "displayName eq 'zoë o''neil'",
            "startswith(displayName,'zo') and accountEnabled eq true",
            "startsWith(displayName, 'xx') or (mail eq null and n ge 5)",
            "principalId eq 0F0E0D0C-0000-4000-8000-000000000001",
            "principalId in ('a', '0f0e0d0c-0000-4000-8000-000000000001')",
            "tags/any(t:t eq 'green')",
            "tags/any(t: startswith(t, 'bl'))",
            "appRoles/any(r:r/value eq 'A')",
            "createdDateTime ge 2025-12-31T23:59:59Z",
            "web/home eq 'X' and not (n eq 4)",
            "displayName ne 'Bob' and endswith(displayName,'NEIL') and contains(displayName,'o''n')",
        ] {
            assert!(passes(filter), "{filter}");
        }
        for filter in [
            "n lt 5",
            "mail eq 'a'",
            "tags/any(t:t eq 'red')",
            "createdDateTime gt 2026-01-01T08:00:00Z",
        ] {
            assert!(!passes(filter), "{filter}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for filter in [
            "",
            "displayName",
            "displayName is 'x'",
            "a eq 'x",
            "a eq 'x' b",
            "(a eq 1",
            "cook(a,'b')",
            "a in ()x",
            "ä",
            "ß eq 'ü",
            "'",
            ":",
            "a/any(",
        ] {
            assert!(Expr::parse(filter).is_err(), "{filter}");
        }
        assert!(Expr::parse(&format!("{}a eq 1", "not ".repeat(40))).is_err());
        assert!(Expr::parse("nope eq 1").unwrap().passes(&json!({})).is_err());
    }

    #[test]
    fn advanced_is_told() {
        for filter in ["a ne 1", "not (a eq 1)", "endswith(a,'b')", "a eq 1 or b ne 2"] {
            assert!(Expr::parse(filter).unwrap().advanced(), "{filter}");
        }
        assert!(!Expr::parse("a eq 1 and startswith(b,'c')").unwrap().advanced());
    }
}
