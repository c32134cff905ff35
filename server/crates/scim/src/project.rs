//! Which attributes a reply has: `attributes` and `excludedAttributes` (RFC 7644 §3.9).

use serde_json::Value;

use crate::{
    Map, ResourceType,
    filter::get_any_case,
    schema::{AttrPath, Lookup, Returned, common, lookup},
};

/// The attributes a reply is to have. `id` and `schemas` are always among them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Projection {
    /// Only these, if anything was asked for by name.
    included: Option<Vec<AttrPath>>,
    /// All but these.
    excluded: Vec<AttrPath>,
}

impl Projection {
    /// Reads the two parameters: names separated by commas, `None` if absent. Names we do not know are left out, as the
    /// RFC has it; if both are given, both hold.
    pub fn parse(
        attributes: Option<&str>,
        excluded_attributes: Option<&str>,
        resource: ResourceType,
    ) -> Self {
        let names = |list: &str| paths(list.split(','), resource);
        let included = attributes.filter(|list| !list.trim().is_empty()).map(names);
        Self {
            included,
            excluded: excluded_attributes.map(names).unwrap_or_default(),
        }
    }

    /// The same from the lists of names in the body of `/.search`.
    pub fn from_lists(
        attributes: Option<&[String]>,
        excluded: Option<&[String]>,
        resource: ResourceType,
    ) -> Self {
        let names = |list: &[String]| paths(list.iter().map(String::as_str), resource);
        let included = attributes.filter(|list| !list.is_empty()).map(names);
        Self {
            included,
            excluded: excluded.map(names).unwrap_or_default(),
        }
    }

    /// Whether a reply has just what it has when nobody asks for anything.
    pub fn is_default(&self) -> bool {
        self.included.is_none() && self.excluded.is_empty()
    }

    /// Whether a reply has any part of this top-level core attribute, in canonical spelling: ask before loading `members`
    /// or `groups`.
    pub fn wants(&self, name: &str) -> bool {
        if is_always(name) {
            return true;
        }
        let is_it = |path: &AttrPath| path.urn.is_none() && path.attr == name;
        let included = self.included.as_ref().is_none_or(|paths| paths.iter().any(is_it));
        included && !self.excluded.iter().any(|path| is_it(path) && path.sub.is_none())
    }

    /// Takes what is not wanted out of a resource. Applying it twice is applying it once.
    pub fn apply(&self, resource: &mut Map) {
        if let Some(included) = &self.included {
            *resource = kept(resource, included);
        }
        for path in &self.excluded {
            exclude(resource, path);
        }
    }
}

fn paths<'a>(names: impl Iterator<Item = &'a str>, resource: ResourceType) -> Vec<AttrPath> {
    names
        .filter_map(|name| canonical(AttrPath::parse(name.trim())?, resource))
        .collect()
}

/// The canonical path; of a whole extension, the path without attribute.
fn canonical(path: AttrPath, resource: ResourceType) -> Option<AttrPath> {
    match lookup(&path, resource) {
        Lookup::Extension(schema) => Some(AttrPath::new(Some(schema.id), "", None)),
        Lookup::CustomExtension(urn) => Some(AttrPath::new(Some(&urn), "", None)),
        _ => path.resolve(resource),
    }
}

fn is_always(name: &str) -> bool {
    common::ATTRIBUTES
        .iter()
        .any(|attribute| attribute.name == name && attribute.returned == Returned::Always)
}

/// The attributes asked for, in the order of the resource.
fn kept(resource: &Map, included: &[AttrPath]) -> Map {
    let mut out = Map::new();
    for (name, value) in resource {
        let value = if is_always(name) {
            Some(value.clone())
        } else {
            kept_value(name, value, included)
        };
        out.extend(value.map(|value| (name.clone(), value)));
    }
    out
}

fn kept_value(name: &str, value: &Value, included: &[AttrPath]) -> Option<Value> {
    let is_extension = name.contains(':');
    let here = |path: &&AttrPath| match &path.urn {
        Some(urn) => is_extension && urn.eq_ignore_ascii_case(name),
        None => path.attr == name,
    };
    let paths: Vec<&AttrPath> = included.iter().filter(here).collect();
    if paths.is_empty() {
        return None;
    }
    if is_extension {
        kept_extension(value.as_object()?, &paths)
    } else {
        kept_attribute(value, &paths)
    }
}

fn kept_extension(extension: &Map, paths: &[&AttrPath]) -> Option<Value> {
    let mut out = Map::new();
    for (name, value) in extension {
        let here = |path: &&&AttrPath| path.attr.is_empty() || path.attr.eq_ignore_ascii_case(name);
        let paths: Vec<&AttrPath> = paths.iter().filter(here).copied().collect();
        if !paths.is_empty() {
            out.extend(kept_attribute(value, &paths).map(|value| (name.clone(), value)));
        }
    }
    (!out.is_empty()).then_some(Value::Object(out))
}

/// The whole value, or of each element the sub-attributes asked for.
fn kept_attribute(value: &Value, paths: &[&AttrPath]) -> Option<Value> {
    if paths.iter().any(|path| path.sub.is_none()) {
        return Some(value.clone());
    }
    let wanted = |name: &str| paths.iter().any(|path| path.sub.as_deref() == Some(name));
    let part = |value: &Value| {
        let object = value.as_object()?.iter().filter(|(name, _)| wanted(name));
        let object: Map = object
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        (!object.is_empty()).then_some(Value::Object(object))
    };
    match value {
        Value::Array(elements) => {
            let parts: Vec<Value> = elements.iter().filter_map(part).collect();
            (!parts.is_empty()).then_some(Value::Array(parts))
        }
        value => part(value),
    }
}

fn exclude(resource: &mut Map, path: &AttrPath) {
    let Some(urn) = &path.urn else {
        return exclude_attribute(resource, path);
    };
    let key = resource.keys().find(|key| key.eq_ignore_ascii_case(urn)).cloned();
    let Some(key) = key else { return };
    let Some(Value::Object(extension)) = resource.get_mut(&key) else {
        return;
    };
    if !path.attr.is_empty() {
        exclude_attribute(extension, path);
    }
    if path.attr.is_empty() || extension.is_empty() {
        resource.shift_remove(&key);
    }
}

fn exclude_attribute(holder: &mut Map, path: &AttrPath) {
    if path.urn.is_none() && is_always(&path.attr) {
        return;
    }
    let Some(sub) = &path.sub else {
        if get_any_case(holder, &path.attr).is_some() {
            holder.retain(|name, _| !name.eq_ignore_ascii_case(&path.attr));
        }
        return;
    };
    let is_empty = match holder.get_mut(&path.attr) {
        Some(Value::Array(elements)) => {
            elements
                .iter_mut()
                .filter_map(Value::as_object_mut)
                .for_each(|element| {
                    element.shift_remove(sub);
                });
            elements.retain(|element| element.as_object().is_none_or(|element| !element.is_empty()));
            elements.is_empty()
        }
        Some(Value::Object(object)) => {
            object.shift_remove(sub);
            object.is_empty()
        }
        _ => false,
    };
    if is_empty {
        holder.shift_remove(&path.attr);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema::{ENTERPRISE_USER, USER};

    const HERO: &str = "urn:ietf:params:scim:schemas:extension:Hero:2.0:User";

    fn jane() -> Map {
        let jane = json!({
            "schemas": [USER],
            "id": "1",
            "userName": "jane",
            "name": {"givenName": "J", "familyName": "D"},
            "emails": [{"value": "a", "type": "work"}, {"type": "home"}],
            "groups": [{"value": "g"}],
            ENTERPRISE_USER: {"department": "Sales", "manager": {"value": "M", "displayName": "B"}},
            HERO: {"costCode": "C7", "level": 1},
            "meta": {"created": "c", "version": "v"},
        });
        jane.as_object().cloned().unwrap()
    }

    fn projected(include: Option<&str>, exclude: Option<&str>) -> Value {
        let projection = Projection::parse(include, exclude, ResourceType::User);
        let mut once = jane();
        projection.apply(&mut once);
        let mut twice = once.clone();
        projection.apply(&mut twice);
        assert_eq!(once, twice);
        Value::Object(once)
    }

    fn only(include: &str) -> Value {
        let mut object = projected(Some(include), None);
        let map = object.as_object_mut().unwrap();
        assert_eq!(map.remove("schemas"), Some(json!([USER])));
        assert_eq!(map.remove("id"), Some(json!("1")));
        object
    }

    fn without(exclude: &str) -> Vec<String> {
        let left = projected(None, Some(exclude));
        jane()
            .keys()
            .filter(|name| left.get(name.as_str()).is_none())
            .cloned()
            .collect()
    }

    #[test]
    fn nothing_asked_is_everything() {
        for (include, exclude) in [
            (None, None),
            (Some(""), None),
            (Some(" "), Some("")),
            (None, Some("shoeSize")),
        ] {
            assert!(Projection::parse(include, exclude, ResourceType::User).is_default());
            assert_eq!(projected(include, exclude), Value::Object(jane()));
        }
    }

    #[test]
    fn only_what_is_asked_for_is_kept() {
        assert_eq!(only("userName"), json!({"userName": "jane"}));
        assert_eq!(
            only("USERNAME , name.givenName"),
            json!({"userName": "jane", "name": {"givenName": "J"}})
        );
        assert_eq!(only("emails.value"), json!({"emails": [{"value": "a"}]}));
        assert_eq!(only("emails.display"), json!({}));
        assert_eq!(
            only("name.givenName,name"),
            json!({"name": {"givenName": "J", "familyName": "D"}})
        );
        assert_eq!(only("id"), json!({}));
        assert_eq!(only("shoeSize"), json!({}), "an unknown name selects nothing");
        assert_eq!(only("meta.created"), json!({"meta": {"created": "c"}}));
        assert_eq!(only(&format!("{USER}:userName")), json!({"userName": "jane"}));
    }

    #[test]
    fn extensions_are_kept_whole_or_in_part() {
        assert_eq!(
            only(ENTERPRISE_USER),
            json!({ENTERPRISE_USER: jane()[ENTERPRISE_USER]})
        );
        assert_eq!(
            only("department"),
            json!({ENTERPRISE_USER: {"department": "Sales"}})
        );
        assert_eq!(
            only("manager.value"),
            json!({ENTERPRISE_USER: {"manager": {"value": "M"}}})
        );
        assert_eq!(only(&format!("{ENTERPRISE_USER}:costCenter")), json!({}));
        assert_eq!(only(&HERO.to_uppercase()), json!({HERO: jane()[HERO]}));
        assert_eq!(
            only(&format!("{HERO}:COSTCODE")),
            json!({HERO: {"costCode": "C7"}})
        );
    }

    #[test]
    fn what_is_excluded_goes() {
        assert_eq!(without("userName,GROUPS, meta"), ["userName", "groups", "meta"]);
        assert_eq!(
            without("id,schemas"),
            Vec::<String>::new(),
            "these are always there"
        );
        assert_eq!(without("name.givenName,name.familyName"), ["name"]);
        assert_eq!(without(ENTERPRISE_USER), [ENTERPRISE_USER]);
        assert_eq!(without("department,manager"), [ENTERPRISE_USER]);
        assert_eq!(without(&format!("{HERO}:COSTCODE,{HERO}:level")), [HERO]);
        assert_eq!(without(&HERO.to_lowercase()), [HERO]);
        assert_eq!(
            projected(None, Some("emails.type"))["emails"],
            json!([{"value": "a"}])
        );
        assert_eq!(
            projected(None, Some("manager.displayName"))[ENTERPRISE_USER]["manager"],
            json!({"value": "M"})
        );
        assert_eq!(
            projected(None, Some("urn:ietf:params:scim:schemas:extension:None:2.0:User")),
            Value::Object(jane())
        );
    }

    #[test]
    fn both_hold() {
        assert_eq!(
            projected(Some("userName,name"), Some("name.familyName")),
            json!({"schemas": [USER], "id": "1", "userName": "jane", "name": {"givenName": "J"}})
        );
    }

    #[test]
    fn wants_tells_what_to_load() {
        let wants =
            |include, exclude, name| Projection::parse(include, exclude, ResourceType::Group).wants(name);
        assert!(wants(None, None, "members"));
        assert!(!wants(None, Some("members"), "members"));
        assert!(!wants(None, Some("displayName,MEMBERS"), "members"));
        assert!(wants(None, Some("members.display"), "members"));
        assert!(!wants(Some("displayName"), None, "members"));
        assert!(wants(Some("displayName,members.value"), None, "members"));
        assert!(!wants(Some("members"), Some("members"), "members"));
        assert!(wants(Some("displayName"), Some("id"), "id"));
        assert!(!Projection::parse(Some("id"), None, ResourceType::User).wants("groups"));
    }

    #[test]
    fn lists_of_names_mean_the_same() {
        let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let list = Projection::from_lists(
            Some(&names(&["userName", "name"])),
            Some(&names(&["name"])),
            ResourceType::User,
        );
        assert_eq!(
            list,
            Projection::parse(Some("userName,name"), Some("name"), ResourceType::User)
        );
        assert!(Projection::from_lists(Some(&[]), Some(&[]), ResourceType::User).is_default());
    }
}
