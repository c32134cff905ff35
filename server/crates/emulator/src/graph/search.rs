//! `$search`: terms by the beginnings of words (`entra-facts` C0).

use serde_json::Value;

use super::error::GraphError;

/// `$search`: alternatives of terms that must all be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Search(Vec<Vec<(String, String)>>);

impl Search {
    /// `"displayName:ann" OR "mail:ann" AND "displayName:smith"`; `AND` binds tighter.
    pub(super) fn parse(text: &str) -> Result<Self, GraphError> {
        let mut groups = vec![Vec::new()];
        for (place, part) in text.split('"').enumerate() {
            if place % 2 == 1 {
                let (property, words) = part.split_once(':').ok_or_else(|| not_a_search(text))?;
                let term = (property.to_owned(), words.trim().to_lowercase());
                match groups.last_mut() {
                    Some(group) if !term.1.is_empty() => group.push(term),
                    _ => return Err(not_a_search(text)),
                }
            } else {
                match part.trim() {
                    "OR" => groups.push(Vec::new()),
                    "" | "AND" => {}
                    _ => return Err(not_a_search(text)),
                }
            }
        }
        if text.matches('"').count() % 2 == 1 || groups.iter().any(Vec::is_empty) {
            return Err(not_a_search(text));
        }
        Ok(Self(groups))
    }

    pub(super) fn finds(&self, object: &Value) -> bool {
        let term = |(property, words): &(String, String)| {
            let value = object
                .get(property)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_lowercase();
            words.split_whitespace().all(|word| begins_a_word(&value, word))
        };
        self.0.iter().any(|group| group.iter().all(term))
    }
}

fn not_a_search(text: &str) -> GraphError {
    GraphError::bad(format!(
        "Syntax error: the search clause {text} must look like \"property:value\", in double quotes."
    ))
}

/// Search is by the beginnings of words.
fn begins_a_word(value: &str, word: &str) -> bool {
    let mut starts = value.match_indices(word).map(|(at, _)| at);
    starts.any(|at| !value[..at].ends_with(char::is_alphanumeric))
}
