//! Statements composed for a request: text of ours, values bound.

use std::fmt::Write;

use store_sql::Value;

/// A statement in the making. Only our own text goes in; values are bound.
#[derive(Debug, Default)]
pub(crate) struct Sql<'a> {
    text: String,
    args: Vec<Value<'a>>,
}

impl<'a> Sql<'a> {
    pub(crate) fn new() -> Self {
        Self {
            text: String::with_capacity(512),
            args: Vec::with_capacity(8),
        }
    }

    /// Adds text.
    pub(crate) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a value.
    pub(crate) fn bind(&mut self, value: impl Into<Value<'a>>) -> &mut Self {
        self.args.push(value.into());
        let _ = write!(self.text, "${}", self.args.len());
        self
    }

    /// Adds a value seen before, by its number.
    pub(crate) fn again(&mut self, number: usize) -> &mut Self {
        let _ = write!(self.text, "${number}");
        self
    }

    /// The number of the value bound last.
    pub(crate) fn last(&self) -> usize {
        self.args.len()
    }

    /// Adds the text of another statement, whose values follow ours.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn args(&self) -> &[Value<'a>] {
        &self.args
    }
}

/// `text` for `LIKE … ESCAPE '\'`, standing for itself (threat T26).
pub(crate) fn like(before: &str, text: &str, after: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 8);
    pattern.push_str(before);
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push_str(after);
    pattern
}

/// Texts as a JSON array, for `json_each`.
pub(crate) fn json_list<S: AsRef<str>>(texts: &[S]) -> String {
    let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
    serde_json::Value::from(texts).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_escapes_what_it_must() {
        assert_eq!(like("%", r"50%_\", "%"), r"%50\%\_\\%");
    }

    #[test]
    fn a_list_is_json() {
        assert_eq!(json_list(&["a\"b", "ü"]), r#"["a\"b","ü"]"#);
    }
}
