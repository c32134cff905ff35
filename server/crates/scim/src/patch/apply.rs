//! Typed steps → changed attributes.

use serde_json::Value;

use super::{
    Patch,
    parse::{Action, Step},
    path::{Place, Target, is_complex_single},
};
use crate::{
    Map, dialect,
    error::{Error, Result},
    filter::get_any_case,
    fold,
    limits::{MAX_CUSTOM_ATTRIBUTES, MAX_CUSTOM_EXTENSIONS, MAX_VALUES},
    resource::{Ignored, Reason, changed, ignored::IgnoredList, set_schemas},
    schema::Attribute,
    value::says_nothing,
};

/// The outcome of a PATCH.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// The attributes after it.
    pub after: Map,
    /// Canonical paths of what differs, e.g. `active`, `name.givenName`, `emails`, `urn:…:User:department`; empty if the
    /// PATCH changed nothing.
    pub touched: Vec<String>,
    /// What was left out.
    pub ignored: Vec<Ignored>,
}

impl Patch {
    /// Applies the PATCH to a copy of the attributes: either all of it or, on error, nothing.
    ///
    /// Errors: 400 `noTarget` if nothing of it selects a value; `tooMany` if an attribute would grow beyond the limits.
    pub fn apply(&self, before: &Map) -> Result<Applied> {
        let mut after = before.clone();
        let mut ignored = IgnoredList(self.ignored.clone());
        let mut missed = 0;
        for step in &self.steps {
            if !step.apply(&mut after)? {
                missed += 1;
                ignored.push(&step.target.path(), Reason::NoTarget);
            }
        }
        if missed > 0 && missed == self.steps.len() && self.members.is_empty() {
            return Err(Error::no_target("The path selects no value of this resource."));
        }
        self.tidy(&mut after)?;
        let touched = changed(before, &after);
        Ok(Applied {
            after,
            touched,
            ignored: ignored.0,
        })
    }

    /// Removes what the steps left empty, checks sizes, and lists the schemas in use.
    ///
    /// Only here, because several operations may fill one element that did not exist before (entra-facts A4.4).
    fn tidy(&self, after: &mut Map) -> Result<()> {
        for step in &self.steps {
            if let Target::Attribute(place) | Target::Sub(place, _) | Target::Selected { place, .. } =
                &step.target
            {
                tidy_place(after, place)?;
            }
        }
        check_custom(after)?;
        set_schemas(after, self.resource);
        Ok(())
    }
}

fn tidy_place(after: &mut Map, place: &Place) -> Result<()> {
    let Some(holder) = holder_mut(after, place.urn) else {
        return Ok(());
    };
    let name = place.attribute.name;
    let is_empty = match holder.get_mut(name) {
        Some(Value::Array(elements)) => {
            elements.retain(|element| element.as_object().is_some_and(|element| !says_nothing(element)));
            if elements.len() > MAX_VALUES {
                return Err(Error::too_many(format!(
                    "{name} would have more than {MAX_VALUES} values."
                )));
            }
            elements.is_empty()
        }
        Some(Value::Object(object)) => {
            object.is_empty() || (name == "manager" && !object.contains_key("value"))
        }
        _ => false,
    };
    if is_empty {
        holder.shift_remove(name);
    }
    if place.urn.is_some() && holder.is_empty() {
        after.shift_remove(place.urn.unwrap_or_default());
    }
    Ok(())
}

fn check_custom(after: &Map) -> Result<()> {
    let extensions = after
        .iter()
        .filter(|(name, _)| name.len() > 4 && name.starts_with("urn:"));
    let sizes: Vec<usize> = extensions
        .map(|(_, value)| value.as_object().map_or(0, Map::len))
        .collect();
    if sizes.len() > MAX_CUSTOM_EXTENSIONS + 1 || sizes.into_iter().any(|size| size > MAX_CUSTOM_ATTRIBUTES) {
        return Err(Error::too_many(format!(
            "More than {MAX_CUSTOM_EXTENSIONS} custom extensions, or {MAX_CUSTOM_ATTRIBUTES} attributes in one."
        )));
    }
    Ok(())
}

impl Step {
    /// Applies one step; `false` if it found nothing to work on.
    fn apply(&self, after: &mut Map) -> Result<bool> {
        match &self.target {
            Target::Attribute(place) => {
                self.attribute(after, place);
                Ok(true)
            }
            Target::Sub(place, sub) => {
                self.sub(after, place, sub);
                Ok(true)
            }
            Target::Selected { place, filter, sub } => Ok(self.selected(after, place, filter, *sub)),
            Target::Custom { urn, attr } => {
                self.custom(after, urn, attr);
                Ok(true)
            }
            Target::Extension(schema) => {
                after.shift_remove(schema.id);
                Ok(true)
            }
            Target::CustomExtension(urn) => {
                remove_any_case(after, urn);
                Ok(true)
            }
            // Members are rows of the store, not attributes.
            Target::Members | Target::SelectedMembers(_) => Ok(true),
        }
    }

    fn attribute(&self, after: &mut Map, place: &Place) {
        let attribute = place.attribute;
        match (self.action, &self.value) {
            (Action::Remove, Value::Array(patterns)) => remove_matching(after, place, patterns),
            (Action::Add, Value::Array(elements)) => {
                add_elements(list_mut(after, place), attribute, elements)
            }
            (Action::Add, Value::Null) if attribute.multi_valued => {}
            (_, Value::Null) => {
                if let Some(holder) = holder_mut(after, place.urn) {
                    holder.shift_remove(attribute.name);
                }
            }
            (_, Value::Object(object)) if is_complex_single(attribute) => {
                merge(object_mut(after, place), object)
            }
            (_, value) => {
                holder_or_new(after, place.urn).insert(attribute.name.to_owned(), value.clone());
            }
        }
    }

    fn sub(&self, after: &mut Map, place: &Place, sub: &Attribute) {
        if is_complex_single(place.attribute) {
            set(object_mut(after, place), sub, &self.value);
            return;
        }
        let elements = list_mut(after, place);
        if elements.is_empty() && !self.value.is_null() {
            elements.push(Value::Object(Map::new()));
        }
        let all: Vec<usize> = (0..elements.len()).collect();
        set_selected(elements, &all, sub, &self.value);
    }

    fn selected(
        &self,
        after: &mut Map,
        place: &Place,
        filter: &crate::Filter,
        sub: Option<&Attribute>,
    ) -> bool {
        let elements = list_mut(after, place);
        let chosen = |element: &Value| element.as_object().is_some_and(|element| filter.matches(element));
        let mut selected: Vec<usize> = elements
            .iter()
            .enumerate()
            .filter(|(_, element)| chosen(element))
            .map(|(index, _)| index)
            .collect();
        if self.action == Action::Remove && sub.is_none() {
            elements.retain(|element| !chosen(element));
            return !selected.is_empty();
        }
        if selected.is_empty() {
            if self.value.is_null() {
                // There is nothing, and nothing is wanted: done, unless it was to be removed.
                return self.action != Action::Remove;
            }
            let Some(element) = dialect::implied_element(filter) else {
                return false;
            };
            selected.push(elements.len());
            elements.push(Value::Object(element));
        }
        match sub {
            Some(sub) => set_selected(elements, &selected, sub, &self.value),
            None => self.elements(elements, &selected, filter),
        }
        true
    }

    /// Replaces or extends whole elements. What the filter says of an element goes on to hold, so that the next PATCH
    /// with the same path finds it.
    fn elements(&self, elements: &mut [Value], selected: &[usize], filter: &crate::Filter) {
        let becomes_primary = self.value.get("primary") == Some(&Value::Bool(true));
        for &index in selected {
            let Some(element) = elements.get_mut(index).and_then(Value::as_object_mut) else {
                continue;
            };
            if self.action == Action::Replace {
                *element = dialect::implied_element(filter).unwrap_or_default();
            }
            if let Value::Object(object) = &self.value {
                merge(element, object);
            }
        }
        if becomes_primary {
            only_primary(elements, selected.first().copied());
        }
    }

    fn custom(&self, after: &mut Map, urn: &str, attr: &str) {
        let urn = after
            .keys()
            .find(|key| key.eq_ignore_ascii_case(urn))
            .map_or(urn, String::as_str)
            .to_owned();
        if self.value.is_null() {
            let Some(holder) = after.get_mut(&urn).and_then(Value::as_object_mut) else {
                return;
            };
            remove_any_case(holder, attr);
            if holder.is_empty() {
                after.shift_remove(&urn);
            }
            return;
        }
        let holder = child(after, &urn);
        let name = holder.keys().find(|key| key.eq_ignore_ascii_case(attr)).cloned();
        holder.insert(name.unwrap_or_else(|| attr.to_owned()), self.value.clone());
    }
}

/// The map that holds a place's attribute, if there is one.
fn holder_mut<'a>(after: &'a mut Map, urn: Option<&str>) -> Option<&'a mut Map> {
    match urn {
        None => Some(after),
        Some(urn) => after.get_mut(urn).and_then(Value::as_object_mut),
    }
}

fn holder_or_new<'a>(after: &'a mut Map, urn: Option<&str>) -> &'a mut Map {
    match urn {
        None => after,
        Some(urn) => child(after, urn),
    }
}

/// The object of that name; made, or made anew, if there is none.
fn child<'a>(map: &'a mut Map, name: &str) -> &'a mut Map {
    let value = map.entry(name).or_insert_with(|| Value::Object(Map::new()));
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    match value {
        Value::Object(object) => object,
        _ => unreachable!("made an object above"),
    }
}

fn object_mut<'a>(after: &'a mut Map, place: &Place) -> &'a mut Map {
    child(holder_or_new(after, place.urn), place.attribute.name)
}

fn list_mut<'a>(after: &'a mut Map, place: &Place) -> &'a mut Vec<Value> {
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

fn remove_any_case(map: &mut Map, name: &str) {
    if get_any_case(map, name).is_some() {
        map.retain(|key, _| !key.eq_ignore_ascii_case(name));
    }
}

/// Sub-attribute by sub-attribute; `null` removes.
fn merge(object: &mut Map, changes: &Map) {
    for (name, value) in changes {
        if value.is_null() {
            object.shift_remove(name);
        } else {
            object.insert(name.clone(), value.clone());
        }
    }
}

fn set(object: &mut Map, sub: &Attribute, value: &Value) {
    if !value.is_null() {
        object.insert(sub.name.to_owned(), value.clone());
        return;
    }
    object.shift_remove(sub.name);
    if sub.name == "value" {
        // What is shown for a value goes with it, so that the element counts as empty.
        object.shift_remove("display");
    }
}

fn set_selected(elements: &mut [Value], selected: &[usize], sub: &Attribute, value: &Value) {
    for &index in selected {
        if let Some(element) = elements.get_mut(index).and_then(Value::as_object_mut) {
            set(element, sub, value);
        }
    }
    if sub.name == "primary" && value == &Value::Bool(true) {
        only_primary(elements, selected.first().copied());
    }
}

/// Takes `primary` from all but one element (RFC 7644 §3.5.2).
fn only_primary(elements: &mut [Value], keep: Option<usize>) {
    for (index, element) in elements.iter_mut().enumerate() {
        if Some(index) != keep && element.get("primary") == Some(&Value::Bool(true)) {
            element["primary"] = Value::Bool(false);
        }
    }
}

/// Appends elements; one that is there already, by value and type, takes the new sub-attributes instead.
fn add_elements(list: &mut Vec<Value>, attribute: &Attribute, added: &[Value]) {
    for element in added.iter().filter_map(Value::as_object) {
        let known = list.iter().position(|other| {
            other
                .as_object()
                .is_some_and(|other| is_same(attribute, other, element))
        });
        let index = match known.and_then(|index| Some((index, list.get_mut(index)?.as_object_mut()?))) {
            Some((index, other)) => {
                merge(other, element);
                index
            }
            None => {
                list.push(Value::Object(element.clone()));
                list.len() - 1
            }
        };
        if element.get("primary") == Some(&Value::Bool(true)) {
            only_primary(list, Some(index));
        }
    }
}

fn remove_matching(after: &mut Map, place: &Place, patterns: &[Value]) {
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
        (Some(Value::String(a)), Some(Value::String(b))) if !exact => a == b || fold(a) == fold(b),
        (a, b) => a == b,
    }
}
