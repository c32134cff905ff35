//! Finding and making the objects and lists in which attributes are kept.

use serde_json::Value;

use super::path::Place;
use crate::{Map, filter::get_any_case};

/// The map that holds a place's attribute, if there is one.
pub(super) fn holder_mut<'a>(after: &'a mut Map, urn: Option<&str>) -> Option<&'a mut Map> {
    match urn {
        None => Some(after),
        Some(urn) => after.get_mut(urn).and_then(Value::as_object_mut),
    }
}

pub(super) fn holder_or_new<'a>(after: &'a mut Map, urn: Option<&str>) -> &'a mut Map {
    match urn {
        None => after,
        Some(urn) => child(after, urn),
    }
}

/// The object of that name; made, or made anew, if there is none.
pub(super) fn child<'a>(map: &'a mut Map, name: &str) -> &'a mut Map {
    let value = map.entry(name).or_insert_with(|| Value::Object(Map::new()));
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    match value {
        Value::Object(object) => object,
        _ => unreachable!("made an object above"),
    }
}

pub(super) fn object_mut<'a>(after: &'a mut Map, place: &Place) -> &'a mut Map {
    child(holder_or_new(after, place.urn), place.attribute.name)
}

pub(super) fn list_mut<'a>(after: &'a mut Map, place: &Place) -> &'a mut Vec<Value> {
    let value = holder_or_new(after, place.urn)
        .entry(place.attribute.name)
        .or_insert_with(|| Value::Array(vec![]));
    if !value.is_array() {
        *value = Value::Array(vec![]);
    }
    match value {
        Value::Array(list) => list,
        _ => unreachable!("made a list above"),
    }
}

pub(super) fn remove_any_case(map: &mut Map, name: &str) {
    if get_any_case(map, name).is_some() {
        map.retain(|key, _| !key.eq_ignore_ascii_case(name));
    }
}
