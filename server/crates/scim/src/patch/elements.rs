//! The elements of a multi-valued attribute: adding, removing, changing, and keeping at most one of them primary.

use serde_json::Value;

use super::{holder::list_mut, path::Place};
use crate::{Map, same_fold, schema::Attribute};

/// Sub-attribute by sub-attribute; `null` removes.
pub(super) fn merge(object: &mut Map, changes: Map) {
    for (name, value) in changes {
        if value.is_null() {
            object.shift_remove(&name);
        } else {
            object.insert(name, value);
        }
    }
}

pub(super) fn set(object: &mut Map, sub: &Attribute, value: Value) {
    if !value.is_null() {
        object.insert(sub.name.to_owned(), value);
        return;
    }
    object.shift_remove(sub.name);
    if sub.name == "value" {
        // What is shown for a value goes with it, so that the element counts as empty.
        object.shift_remove("display");
    }
}

pub(super) fn set_selected(elements: &mut [Value], selected: &[usize], sub: &Attribute, value: &Value) {
    for &index in selected {
        if let Some(element) = elements.get_mut(index).and_then(Value::as_object_mut) {
            set(element, sub, value.clone());
        }
    }
    if sub.name == "primary" && value == &Value::Bool(true) {
        only_primary(elements, selected.first().copied());
    }
}

pub(super) fn is_primary(element: &Value) -> bool {
    element.get("primary") == Some(&Value::Bool(true))
}

/// Takes `primary` from all but one element (RFC 7644 §3.5.2).
pub(super) fn only_primary(elements: &mut [Value], keep: Option<usize>) {
    for (index, element) in elements.iter_mut().enumerate() {
        if Some(index) != keep && is_primary(element) {
            element["primary"] = Value::Bool(false);
        }
    }
}

/// Appends an element, and lets it be the primary one if it says so; returns its index.
pub(super) fn push_element(elements: &mut Vec<Value>, element: Map) -> usize {
    elements.push(Value::Object(element));
    let index = elements.len() - 1;
    if is_primary(&elements[index]) {
        only_primary(elements, Some(index));
    }
    index
}

/// Appends elements; one that is there already, by value and type, takes the new sub-attributes instead.
pub(super) fn add_elements(list: &mut Vec<Value>, attribute: &Attribute, added: Vec<Value>) {
    for element in added {
        let Value::Object(element) = element else { continue };
        let is_known = |other: &Value| {
            other
                .as_object()
                .is_some_and(|other| is_same(attribute, other, &element))
        };
        match list.iter().position(is_known) {
            Some(index) => merge_at(list, index, element),
            None => {
                push_element(list, element);
            }
        }
    }
}

fn merge_at(list: &mut [Value], index: usize, changes: Map) {
    let becomes_primary = changes.get("primary") == Some(&Value::Bool(true));
    if let Some(element) = list.get_mut(index).and_then(Value::as_object_mut) {
        merge(element, changes);
    }
    if becomes_primary {
        only_primary(list, Some(index));
    }
}

pub(super) fn remove_matching(after: &mut Map, place: &Place, patterns: &[Value]) {
    let is_sought = |element: &Value| {
        let element = element.as_object();
        let pairs = patterns
            .iter()
            .filter_map(Value::as_object)
            .filter_map(|pattern| Some((element?, pattern)));
        pairs
            .into_iter()
            .any(|(element, pattern)| is_same_as_pattern(place.attribute, element, pattern))
    };
    list_mut(after, place).retain(|element| !is_sought(element));
}

/// Whether two elements are one: the same value and the same type or, without a value, the same in all but `primary`.
fn is_same(attribute: &Attribute, a: &Map, b: &Map) -> bool {
    let same = |name: &str| same_text(attribute, name, a.get(name), b.get(name));
    if a.contains_key("value") || b.contains_key("value") {
        return same("value") && same("type");
    }
    attribute
        .sub_attributes
        .iter()
        .filter(|sub| sub.name != "primary")
        .all(|sub| same(sub.name))
}

/// Whether an element is what a `remove` looks for: by value, and by type if that is given, or else by all that is given.
fn is_same_as_pattern(attribute: &Attribute, element: &Map, pattern: &Map) -> bool {
    let by_value = pattern.contains_key("value");
    let counts = |name: &str| !by_value || name == "value" || name == "type";
    let same = |name: &str| same_text(attribute, name, element.get(name), pattern.get(name));
    pattern.keys().filter(|name| counts(name)).all(|name| same(name))
}

fn same_text(attribute: &Attribute, name: &str, a: Option<&Value>, b: Option<&Value>) -> bool {
    let exact = attribute.sub(name).is_some_and(|sub| sub.case_exact);
    match (a, b) {
        (Some(Value::String(a)), Some(Value::String(b))) if !exact => same_fold(a, b),
        (a, b) => a == b,
    }
}
