//! Typed steps → changed attributes.

use serde_json::Value;

use super::{
    Patch,
    elements::{add_elements, merge, only_primary, remove_matching, set, set_selected},
    holder::{child, holder_mut, holder_or_new, list_mut, object_mut, remove_any_case},
    parse::{Action, Step},
    path::{Place, Target, is_complex_single},
};
use crate::{
    Map, dialect,
    error::{Error, Result},
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
            return Err(self.no_target());
        }
        self.tidy(&mut after)?;
        let touched = changed(before, &after);
        Ok(Applied {
            after,
            touched,
            ignored: ignored.0,
        })
    }

    fn no_target(&self) -> Error {
        let path = self
            .steps
            .first()
            .map(|step| step.target.path())
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
            add_elements(elements, place.attribute, &sent);
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
            let is_primary = element.get("primary") == Some(&Value::Bool(true));
            selected.push(elements.len());
            elements.push(Value::Object(element));
            if is_primary {
                only_primary(elements, selected.first().copied());
            }
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
