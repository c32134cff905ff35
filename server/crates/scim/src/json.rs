//! Strict JSON: bounded in size and depth, no name twice in an object, whatever its case (threats T27, T28).

use std::{collections::HashSet, fmt};

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Value, error::Category};

use crate::{
    Map,
    error::{Error, Result},
    limits::{MAX_BODY_BYTES, MAX_JSON_DEPTH},
};

/// Reads a JSON document whose root is an object.
///
/// 413 beyond the size limit; 400 `invalidSyntax` for anything else.
pub(crate) fn object(body: &[u8]) -> Result<Map> {
    match value(body)? {
        Value::Object(map) => Ok(map),
        _ => Err(Error::invalid_syntax("The body must be a JSON object.")),
    }
}

fn value(body: &[u8]) -> Result<Value> {
    if body.len() > MAX_BODY_BYTES {
        return Err(Error::payload_too_large(format!(
            "The body is larger than {MAX_BODY_BYTES} bytes."
        )));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = Strict { depth: 0 }
        .deserialize(&mut reader)
        .map_err(|e| refusal(&e))?;
    reader.end().map_err(|e| refusal(&e))?;
    Ok(value)
}

/// Our own sentences pass; those of the JSON reader are replaced by the position, because they may quote the input.
fn refusal(error: &serde_json::Error) -> Error {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        Category::Data => {
            let text = error.to_string();
            let sentence = text.split(" at line ").next().unwrap_or_default();
            Error::invalid_syntax(format!("{sentence} See line {line}, column {column}."))
        }
        Category::Eof => {
            Error::invalid_syntax("The body is empty or ends too early: it is not complete JSON.")
        }
        _ => Error::invalid_syntax(format!(
            "The body is not valid JSON: see line {line}, column {column}."
        )),
    }
}

/// Builds a [`Value`] at a known depth.
struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: de::Error>(&self) -> Result<Self, E> {
        if self.depth >= MAX_JSON_DEPTH {
            return Err(E::custom(format_args!(
                "The body is nested more than {MAX_JSON_DEPTH} levels deep."
            )));
        }
        Ok(Self {
            depth: self.depth + 1,
        })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let depth = self.deeper()?.depth;
        let mut list = Vec::new();
        while let Some(element) = elements.next_element_seed(Strict { depth })? {
            list.push(element);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let depth = self.deeper()?.depth;
        let mut map = Map::new();
        let mut seen = Names::default();
        while let Some(name) = entries.next_key::<String>()? {
            if !seen.insert(&name, &map) {
                return Err(de::Error::custom("The same name stands twice in one object."));
            }
            let value = entries.next_value_seed(Strict { depth })?;
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

/// Names seen in one object, without regard to ASCII case. Small objects are searched, large ones hashed, so that
/// neither a PATCH nor a hostile body of 100 000 names is slow.
#[derive(Default)]
struct Names {
    folded: HashSet<String>,
}

impl Names {
    const SMALL: usize = 16;

    /// Whether the name is new; `map` holds those before it.
    fn insert(&mut self, name: &str, map: &Map) -> bool {
        if map.len() < Self::SMALL {
            return !map.keys().any(|other| other.eq_ignore_ascii_case(name));
        }
        if self.folded.is_empty() {
            self.folded
                .extend(map.keys().map(|other| other.to_ascii_lowercase()));
        }
        self.folded.insert(name.to_ascii_lowercase())
    }
}
