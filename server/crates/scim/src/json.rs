//! Strict JSON: bounded in size and depth, no name twice in an object, whatever its case (threats T27, T28).

use std::{cell::Cell, collections::HashSet, fmt};

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Value, error::Category};

use crate::{
    Map,
    error::{Error, Result},
    limits::{MAX_BODY_BYTES, MAX_JSON_DEPTH, MAX_JSON_VALUES},
};

/// Reads a JSON document whose root is an object.
///
/// 413 beyond the limits of size; 400 `invalidSyntax` for anything else.
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
    let values = Cell::new(0);
    let mut reader = serde_json::Deserializer::from_slice(body);
    let read = Strict {
        depth: 0,
        values: &values,
    }
    .deserialize(&mut reader)
    .and_then(|value| reader.end().map(|()| value));
    if values.get() > MAX_JSON_VALUES {
        return Err(Error::payload_too_large(format!(
            "The body holds more than {MAX_JSON_VALUES} values. Send it in several requests."
        )));
    }
    read.map_err(|error| refusal(&error))
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

/// Builds a [`Value`] at a known depth, and counts.
#[derive(Clone, Copy)]
struct Strict<'c> {
    depth: usize,
    values: &'c Cell<usize>,
}

impl Strict<'_> {
    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_JSON_DEPTH {
            return Err(E::custom(format_args!(
                "The body is nested more than {MAX_JSON_DEPTH} levels deep."
            )));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }

    /// A value takes some 80 bytes of memory and as little as two of the body (threats T27).
    fn count<E: de::Error>(self) -> Result<(), E> {
        self.values.set(self.values.get() + 1);
        if self.values.get() > MAX_JSON_VALUES {
            return Err(E::custom("too many values"));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
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
        let inner = self.deeper()?;
        let mut list = Vec::new();
        while let Some(element) = elements.next_element_seed(inner)? {
            list.push(element);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut map = Map::new();
        let mut seen = Names::default();
        while let Some(name) = entries.next_key::<String>()? {
            if !seen.insert(&name, &map) {
                return Err(de::Error::custom("The same name stands twice in one object."));
            }
            let value = entries.next_value_seed(inner)?;
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ScimType;

    fn refused(body: &[u8]) -> Error {
        let error = object(body).expect_err("should be refused");
        assert_eq!(
            (error.status, error.scim_type),
            (400, Some(ScimType::InvalidSyntax))
        );
        error
    }

    #[test]
    fn reads_every_kind_of_value_in_order() {
        let map = object(br#" {"b":null,"a":[1,-2,2.5,true,"x",{}],"c":18446744073709551615} "#).unwrap();
        assert_eq!(
            Value::Object(map.clone()),
            json!({"b":null,"a":[1,-2,2.5,true,"x",{}],"c":u64::MAX})
        );
        assert_eq!(map.keys().collect::<Vec<_>>(), ["b", "a", "c"]);
    }

    #[test]
    fn agrees_with_serde_json_on_escapes() {
        let map = object(br#"{"a":"\u00e9\ud83d\ude00\n\\"}"#).unwrap();
        assert_eq!(map["a"], json!("é😀\n\\"));
    }

    #[test]
    fn refuses_what_is_no_object() {
        for body in ["[]", "null", "\"x\"", "1", "true"] {
            assert!(
                refused(body.as_bytes()).detail.contains("must be a JSON object"),
                "{body}"
            );
        }
    }

    #[test]
    fn refuses_what_is_no_json_and_says_where() {
        assert!(refused(b"{\"a\":1,}").detail.contains("line 1, column 8"));
        assert!(refused(b"{\"a\":1} x").detail.contains("not valid JSON"));
        assert!(refused(b"").detail.contains("ends too early"));
        assert!(refused(b"{\"a\":").detail.contains("ends too early"));
        assert!(refused(b"{\"a\":1e999}").detail.contains("not valid JSON"));
        refused(b"{\"a\":\"\xff\"}");
        refused(b"\xef\xbb\xbf{}");
        refused(b"{'a':1}");
        refused(b"{\"a\":NaN}");
        refused(b"{\"a\":\"\\ud800\"}");
    }

    #[test]
    fn refuses_a_name_twice_whatever_its_case() {
        for body in [
            r#"{"userName":"a","userName":"b"}"#,
            r#"{"userName":"a","USERNAME":"b"}"#,
            r#"{"name":{"givenName":"a","givenname":"b"}}"#,
            r#"{"list":[{"a":1,"A":2}]}"#,
            r#"{"a":1,"\u0061":2}"#,
        ] {
            assert!(refused(body.as_bytes()).detail.contains("twice"), "{body}");
        }
    }

    #[test]
    fn finds_a_double_name_among_many() {
        let names: Vec<String> = (0..500).map(|i| format!("\"name{i}\":0")).collect();
        assert_eq!(
            object(format!("{{{}}}", names.join(",")).as_bytes())
                .unwrap()
                .len(),
            500
        );
        for double in ["Name3", "NAME499", "name20"] {
            let body = format!("{{{},\"{double}\":1}}", names.join(","));
            assert!(refused(body.as_bytes()).detail.contains("twice"), "{double}");
        }
    }

    #[test]
    fn nests_64_levels_and_no_more() {
        let nested =
            |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
        assert!(object(nested(MAX_JSON_DEPTH).as_bytes()).is_ok());
        assert!(
            refused(nested(MAX_JSON_DEPTH + 1).as_bytes())
                .detail
                .contains("64 levels")
        );
        assert!(refused(nested(100_000).as_bytes()).detail.contains("64 levels"));
        assert!(
            refused("{\"a\":".repeat(100_000).as_bytes())
                .detail
                .contains("64 levels")
        );
    }

    #[test]
    fn refuses_a_body_that_is_too_large() {
        let body = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_BODY_BYTES));
        assert_eq!(object(body.as_bytes()).map_err(|e| e.status), Err(413));
        let body = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_BODY_BYTES - 8));
        assert!(object(body.as_bytes()).is_ok());
    }

    #[test]
    fn holds_so_many_values_and_no_more() {
        // The object and the list are values too.
        let list = |count: usize| format!("{{\"a\":[{}]}}", vec!["0"; count - 2].join(","));
        assert!(object(list(MAX_JSON_VALUES).as_bytes()).is_ok());
        let error = object(list(MAX_JSON_VALUES + 1).as_bytes()).unwrap_err();
        assert_eq!((error.status, error.scim_type), (413, None));
        let objects = format!("{{\"a\":[{}]}}", vec!["{}"; MAX_JSON_VALUES].join(","));
        assert_eq!(object(objects.as_bytes()).unwrap_err().status, 413);
    }

    #[test]
    fn repeats_nothing_of_the_input() {
        for body in [
            "{\"<script>\":1,\"<script>\":2}",
            "{\"a\":<script>}",
            "<script>",
            "{\"a\" \"<script>\"}",
        ] {
            assert!(!refused(body.as_bytes()).detail.contains("script"), "{body}");
        }
    }
}
