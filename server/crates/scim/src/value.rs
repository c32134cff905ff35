//! Values as they are sent → values as they are kept: typed by the schema, bounded, in canonical spelling.
//!
//! `null` stands for *unset* in what these functions return; an empty string and an empty list mean the same (RFC 7643
//! §2.5, entra-facts A4.8).

use std::fmt::Display;

use serde_json::Value;

use crate::{
    Map, dialect,
    error::{Error, Result, safe_name},
    fold,
    limits::{MAX_CUSTOM_ATTRIBUTES, MAX_TEXT, MAX_VALUES},
    resource::{Reason, ignored::IgnoredList},
    schema::{Attribute, Kind},
};

/// Types the value of a top-level or sub-attribute. `path` is its canonical path, for messages.
pub(crate) fn typed(
    attribute: &'static Attribute,
    path: &dyn Display,
    value: Value,
    ignored: &mut IgnoredList,
) -> Result<Value> {
    match (attribute.kind, attribute.multi_valued) {
        (Kind::Complex, true) => elements(attribute, path, value, ignored),
        (Kind::Complex, false) => complex(attribute, path, value, ignored),
        _ => scalar(attribute, path, value),
    }
}

fn scalar(attribute: &Attribute, path: &dyn Display, value: Value) -> Result<Value> {
    match (attribute.kind, value) {
        (_, Value::Null) => Ok(Value::Null),
        (Kind::Boolean, value) => match (dialect::boolean(&value), value) {
            (Some(flag), _) => Ok(Value::Bool(flag)),
            (None, Value::String(text)) if dialect::unsets(&text) => Ok(Value::Null),
            _ => Err(Error::invalid_value(format!("{path} must be true or false."))),
        },
        (_, Value::String(text)) if is_blank(attribute, &text) => Ok(Value::Null),
        (_, Value::String(text)) => {
            check_text(path, &text, attribute.max_length, attribute.multi_line)?;
            Ok(Value::String(text))
        }
        _ => Err(Error::invalid_value(format!("{path} must be text."))),
    }
}

/// Whether a text counts as unset: the empty one does, and of a required attribute one in which nothing can be seen.
fn is_blank(attribute: &Attribute, text: &str) -> bool {
    dialect::unsets(text) || (attribute.required && fold(text).is_empty())
}

/// Refuses text that is too long or holds control characters (threats T35).
fn check_text(path: &dyn Display, text: &str, max_length: usize, multi_line: bool) -> Result<()> {
    let is_forbidden = |b: u8| b.is_ascii_control() && !(multi_line && matches!(b, b'\t' | b'\r' | b'\n'));
    if text.bytes().any(is_forbidden) {
        return Err(Error::invalid_value(format!(
            "{path} contains a control character. Remove it at the source."
        )));
    }
    if text.len() > max_length && text.chars().count() > max_length {
        return Err(Error::invalid_value(format!(
            "{path} is longer than {max_length} characters."
        )));
    }
    Ok(())
}

/// The one value of a complex attribute; sub-attributes to be unset stay in it as `null`.
fn complex(
    attribute: &'static Attribute,
    path: &dyn Display,
    value: Value,
    ignored: &mut IgnoredList,
) -> Result<Value> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Object(object) => sub_attributes(attribute, path, object, ignored).map(Value::Object),
        other => match dialect::as_complex(attribute, other) {
            Some(Value::Object(object)) => {
                sub_attributes(attribute, path, object, ignored).map(Value::Object)
            }
            Some(_) => Ok(Value::Null),
            None => Err(Error::invalid_value(format!("{path} must be an object."))),
        },
    }
}

/// The list of a multi-valued attribute, without `null` inside; `null` if nothing is left.
fn elements(
    attribute: &'static Attribute,
    path: &dyn Display,
    value: Value,
    ignored: &mut IgnoredList,
) -> Result<Value> {
    let sent = match value {
        Value::Array(sent) => sent,
        single => vec![single],
    };
    if sent.len() > MAX_VALUES {
        return Err(Error::too_many(format!(
            "{path} has more than {MAX_VALUES} values."
        )));
    }
    let mut kept = Vec::with_capacity(sent.len());
    for value in sent {
        kept.extend(element(attribute, path, value, ignored)?.map(Value::Object));
    }
    one_primary(path, &mut kept, ignored);
    Ok(if kept.is_empty() {
        Value::Null
    } else {
        Value::Array(kept)
    })
}

/// What a `remove` with a value asks to remove from a multi-valued attribute (entra-facts A4.6): a list of elements to
/// look for, or `null` if no value was sent. An empty list looks for nothing.
pub(crate) fn patterns(
    attribute: &'static Attribute,
    path: &dyn Display,
    value: Value,
    ignored: &mut IgnoredList,
) -> Result<Value> {
    let sent = match value {
        Value::Null => return Ok(Value::Null),
        Value::Array(sent) => sent,
        single => vec![single],
    };
    let mut kept = Vec::with_capacity(sent.len());
    for value in sent {
        if let Value::Object(mut object) = part_of_element(attribute, path, value, ignored)? {
            object.retain(|_, value| !value.is_null());
            kept.extend((!object.is_empty()).then_some(Value::Object(object)));
        }
    }
    Ok(Value::Array(kept))
}

/// One element of a multi-valued attribute; `None` if it says nothing.
fn element(
    attribute: &'static Attribute,
    path: &dyn Display,
    value: Value,
    ignored: &mut IgnoredList,
) -> Result<Option<Map>> {
    let Value::Object(mut object) = part_of_element(attribute, path, value, ignored)? else {
        return Ok(None);
    };
    object.retain(|_, value| !value.is_null());
    Ok((!says_nothing(&object)).then_some(object))
}

/// What an operation says of an element that its path selects, alone or in a list of one: `null` for nothing;
/// sub-attributes to be unset stay in it as `null`.
pub(crate) fn selected(
    attribute: &'static Attribute,
    path: &dyn Display,
    value: Value,
    ignored: &mut IgnoredList,
) -> Result<Value> {
    match value {
        Value::Array(mut list) if list.len() <= 1 => {
            part_of_element(attribute, path, list.pop().unwrap_or_default(), ignored)
        }
        value => part_of_element(attribute, path, value, ignored),
    }
}

fn part_of_element(
    attribute: &'static Attribute,
    path: &dyn Display,
    value: Value,
    ignored: &mut IgnoredList,
) -> Result<Value> {
    let is_role = attribute.name == "roles";
    complex(
        attribute,
        path,
        if is_role { dialect::role(value) } else { value },
        ignored,
    )
}

/// Whether an element has no content besides its label.
pub(crate) fn says_nothing(element: &Map) -> bool {
    element.keys().all(|key| key == "type" || key == "primary")
}

fn sub_attributes(
    attribute: &'static Attribute,
    path: &dyn Display,
    object: Map,
    ignored: &mut IgnoredList,
) -> Result<Map> {
    let mut kept = Map::with_capacity(object.len());
    for (name, value) in object {
        match attribute.sub(dialect::corrected_sub_attribute(attribute, &name)) {
            Some(sub) if sub.is_read_only() || sub.name == "$ref" => {}
            Some(sub) => {
                let value = scalar(sub, &format_args!("{path}.{}", sub.name), value)?;
                kept.insert(sub.name.to_owned(), value);
            }
            None => ignored.push(&format!("{path}.{name}"), Reason::Unknown),
        }
    }
    Ok(kept)
}

/// Leaves `primary: true` on the first element that has it (RFC 7643 §2.4).
fn one_primary(path: &dyn Display, elements: &mut [Value], ignored: &mut IgnoredList) {
    let is_primary = |element: &&mut Value| element.get("primary") == Some(&Value::Bool(true));
    for element in elements.iter_mut().filter(is_primary).skip(1) {
        element["primary"] = Value::Bool(false);
        ignored.push(&format!("{path}.primary"), Reason::SecondPrimary);
    }
}

/// Checks the value of a custom extension attribute, of which no type is known: any JSON whose texts are bounded.
pub(crate) fn custom(name: &str, value: Value) -> Result<Value> {
    check_custom(name, &value)?;
    Ok(match value {
        Value::String(text) if dialect::unsets(&text) => Value::Null,
        Value::Array(list) if list.is_empty() => Value::Null,
        value => value,
    })
}

fn check_custom(name: &str, value: &Value) -> Result<()> {
    match value {
        Value::String(text) => check_text(&safe_name(name), text, MAX_TEXT, true),
        Value::Array(list) if list.len() > MAX_VALUES => Err(Error::too_many(format!(
            "{} has more than {MAX_VALUES} values.",
            safe_name(name)
        ))),
        Value::Array(list) => list.iter().try_for_each(|value| check_custom(name, value)),
        Value::Object(object) if object.len() > MAX_CUSTOM_ATTRIBUTES => Err(Error::too_many(format!(
            "{} has more than {MAX_CUSTOM_ATTRIBUTES} parts.",
            safe_name(name)
        ))),
        Value::Object(object) => object.iter().try_for_each(|(key, value)| {
            check_text(&safe_name(name), key, MAX_TEXT, false)?;
            check_custom(name, value)
        }),
        _ => Ok(()),
    }
}
