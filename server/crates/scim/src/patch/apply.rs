//! Typed steps → changed attributes.

use serde_json::Value;

use super::{
    Patch,
    elements::{
        add_elements, is_primary, merge, only_primary, push_element, remove_matching, set, set_selected,
    },
    holder::{child, holder_mut, holder_or_new, list_mut, object_mut, remove_any_case},
    parse::{Action, Step},
    path::{Place, Target, is_complex_single},
};
use crate::{
    Filter, Map, dialect,
    error::{Error, Result},
    limits::{MAX_CUSTOM_ATTRIBUTES, MAX_CUSTOM_EXTENSIONS, MAX_VALUES},
    resource::{Ignored, Reason, changed, ignored::IgnoredList, set_schemas},
    schema::{Attribute, ENTERPRISE_USER},
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
        let values = self.steps.iter().map(|step| step.value.clone());
        let (after, ignored) = self.apply_values(before.clone(), values)?;
        let touched = changed(before, &after);
        Ok(Applied {
            after,
            touched,
            ignored,
        })
    }

    /// Applies it to attributes nobody else needs, and with its own values: what a new resource is made with.
    pub(crate) fn apply_once(&mut self, start: Map) -> Result<(Map, Vec<Ignored>)> {
        let values: Vec<Value> = self
            .steps
            .iter_mut()
            .map(|step| std::mem::take(&mut step.value))
            .collect();
        self.apply_values(start, values.into_iter())
    }

    fn apply_values(
        &self,
        mut after: Map,
        values: impl Iterator<Item = Value>,
    ) -> Result<(Map, Vec<Ignored>)> {
        let mut ignored = IgnoredList(self.ignored.clone());
        let mut missed = 0;
        for (step, value) in self.steps.iter().zip(values) {
            if !step.apply(&mut after, value) {
                missed += 1;
                ignored.push(&step.target.to_string(), Reason::NoTarget);
            }
        }
        if missed > 0 && missed == self.steps.len() && self.members.is_empty() {
            return Err(self.no_target());
        }
        self.tidy(&mut after)?;
        Ok((after, ignored.0))
    }

    fn no_target(&self) -> Error {
        let path = self
            .steps
            .first()
            .map(|step| step.target.to_string())
            .unwrap_or_default();
        Error::no_target(format!(
            "The filter in the path selects no value of {path}, so there is nothing to change."
        ))
    }

    /// Removes what the steps left empty or doubled, checks sizes, and lists the schemas in use.
    ///
    /// Only here, because several operations may fill one element that did not exist before (entra-facts A4.4).
    fn tidy(&self, after: &mut Map) -> Result<()> {
        let mut places: Vec<&Place> = self.steps.iter().filter_map(|step| step.target.place()).collect();
        places.sort_by_key(|place| (place.urn, place.attribute.name));
        places.dedup_by_key(|place| (place.urn, place.attribute.name));
        places
            .into_iter()
            .try_for_each(|place| tidy_place(after, place))?;
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
            let sent = std::mem::take(elements);
            add_elements(elements, place.attribute, sent);
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
        .filter(|(name, _)| name.starts_with("urn:") && *name != ENTERPRISE_USER);
    let mut count = 0;
    for (_, extension) in extensions {
        count += 1;
        let size = extension.as_object().map_or(0, Map::len);
        if count > MAX_CUSTOM_EXTENSIONS || size > MAX_CUSTOM_ATTRIBUTES {
            return Err(Error::too_many(format!(
                "More than {MAX_CUSTOM_EXTENSIONS} custom extensions, or {MAX_CUSTOM_ATTRIBUTES} attributes in one."
            )));
        }
    }
    Ok(())
}

impl Step {
    /// Puts a value, that of the step, into place; `false` if there was nothing to work on.
    fn apply(&self, after: &mut Map, value: Value) -> bool {
        match &self.target {
            Target::Attribute(place) => self.attribute(after, place, value),
            Target::Sub(place, sub) => put_sub(after, place, sub, value),
            Target::Selected { place, filter, sub } => {
                return self.selected(after, place, filter, *sub, value);
            }
            Target::Custom { urn, attr } => put_custom(after, urn, attr, value),
            Target::Extension(schema) => {
                after.shift_remove(schema.id);
            }
            Target::CustomExtension(urn) => remove_any_case(after, urn),
            // Members are rows of the store, not attributes.
            Target::Members | Target::SelectedMembers(_) => {}
        }
        true
    }

    fn attribute(&self, after: &mut Map, place: &Place, value: Value) {
        let attribute = place.attribute;
        match (self.action, value) {
            (Action::Remove, Value::Array(patterns)) => remove_matching(after, place, &patterns),
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
                holder_or_new(after, place.urn).insert(attribute.name.to_owned(), value);
            }
        }
    }

    fn selected(
        &self,
        after: &mut Map,
        place: &Place,
        filter: &Filter,
        sub: Option<&Attribute>,
        value: Value,
    ) -> bool {
        let elements = list_mut(after, place);
        let chosen = |element: &Value| element.as_object().is_some_and(|element| filter.matches(element));
        let mut selected: Vec<usize> = (0..elements.len())
            .filter(|index| chosen(&elements[*index]))
            .collect();
        if self.action == Action::Remove && sub.is_none() {
            elements.retain(|element| !chosen(element));
            return !selected.is_empty();
        }
        if selected.is_empty() {
            if value.is_null() {
                // There is nothing, and nothing is wanted: done, unless it was to be removed.
                return self.action != Action::Remove;
            }
            let Some(element) = dialect::implied_element(filter) else {
                return false;
            };
            selected.push(push_element(elements, element));
        }
        match sub {
            Some(sub) => set_selected(elements, &selected, sub, &value),
            None => self.put_elements(elements, &selected, filter, &value),
        }
        true
    }

    /// Replaces or extends whole elements. What the filter says of an element goes on to hold, so that the next PATCH
    /// with the same path finds it.
    fn put_elements(&self, elements: &mut [Value], selected: &[usize], filter: &Filter, value: &Value) {
        for &index in selected {
            let Some(element) = elements.get_mut(index).and_then(Value::as_object_mut) else {
                continue;
            };
            if self.action == Action::Replace {
                *element = dialect::implied_element(filter).unwrap_or_default();
            }
            if let Value::Object(object) = value {
                merge(element, object.clone());
            }
        }
        if is_primary(value) {
            only_primary(elements, selected.first().copied());
        }
    }
}

/// A sub-attribute of the one value, or of every element; an element is made if there is none.
fn put_sub(after: &mut Map, place: &Place, sub: &Attribute, value: Value) {
    if is_complex_single(place.attribute) {
        return set(object_mut(after, place), sub, value);
    }
    let elements = list_mut(after, place);
    if elements.is_empty() && !value.is_null() {
        elements.push(Value::Object(Map::new()));
    }
    let all: Vec<usize> = (0..elements.len()).collect();
    set_selected(elements, &all, sub, &value);
}

fn put_custom(after: &mut Map, urn: &str, attr: &str, value: Value) {
    let known = after.keys().find(|key| key.eq_ignore_ascii_case(urn));
    let urn = known.map_or(urn, String::as_str).to_owned();
    if value.is_null() {
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
    holder.insert(name.unwrap_or_else(|| attr.to_owned()), value);
}
