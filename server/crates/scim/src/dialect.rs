//! Entra's dialect: every place where we accept or say something because Microsoft's provisioning service needs it.
//!
//! Each leniency is a named item with the number of the fact it answers (`entra-facts`); the parsers call these items
//! by name, so that a search for the name finds every place it reaches.

use serde_json::Value;

use crate::{
    Map,
    filter::{CompareOp, Filter, Literal},
    json,
    schema::{AttrPath, Attribute, ENTERPRISE_USER},
};

/// The misspelling of the enterprise URN that stands in one of Microsoft's examples (A3): `…:enterprise:2.0User`.
pub const MISSPELT_ENTERPRISE_URN: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0User";

/// The second schema that Entra lists when it creates a group (A3); accepted, not kept.
pub const MICROSOFT_GROUP_SCHEMA: &str =
    "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";

/// A3: whether a URN is [`MISSPELT_ENTERPRISE_URN`].
pub fn is_misspelt_urn(urn: &str) -> bool {
    urn.eq_ignore_ascii_case(MISSPELT_ENTERPRISE_URN)
}

/// A3: the URN that was meant.
pub fn corrected_urn(urn: &str) -> &str {
    if is_misspelt_urn(urn) {
        ENTERPRISE_USER
    } else {
        urn
    }
}

/// A4.2: `true`, `false`, and the strings `"True"`, `"false"`, … in any case. `None` for everything else.
///
/// Read by truthiness, `"False"` would re-enable the very user that Entra disables.
pub fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => boolean_word(text),
        _ => None,
    }
}

/// A4.2, A3: the words `true` and `false` in any case, as in `active eq True`.
pub fn boolean_word(word: &str) -> Option<bool> {
    if word.eq_ignore_ascii_case("true") {
        Some(true)
    } else if word.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// A3: `emails[type eq "work"].value eq "x"`, which is not in the RFC's grammar, means
/// `emails[type eq "work" and value eq "x"]`.
pub fn each_with_comparison(path: AttrPath, filter: Filter, comparison: Filter) -> Filter {
    let mut parts = match filter {
        Filter::And(parts) => parts,
        other => vec![other],
    };
    parts.push(comparison);
    Filter::Each {
        path,
        filter: Box::new(Filter::And(parts)),
    }
}

/// A4.7: what stands where one complex value is expected: a bare text is its `value`, a list of at most one is that
/// one, and `""` or `[]` unset it (as `null`). `None` if it is none of these.
pub fn as_complex(attribute: &Attribute, value: Value) -> Option<Value> {
    match value {
        Value::String(text) if text.is_empty() => Some(Value::Null),
        Value::String(text) => {
            attribute.sub("value")?;
            Some(Value::Object(Map::from_iter([(
                "value".to_owned(),
                Value::String(text),
            )])))
        }
        Value::Array(mut list) if list.len() <= 1 && !attribute.multi_valued => match list.pop() {
            None | Some(Value::Null) => Some(Value::Null),
            Some(Value::Object(object)) => Some(Value::Object(object)),
            Some(text @ Value::String(_)) => as_complex(attribute, text),
            Some(_) => None,
        },
        _ => None,
    }
}

/// A4.9: `AppRoleAssignmentsComplex` puts a role as JSON text inside `value`; this is the role it stands for. Text that
/// is no JSON object is a role's value like any other.
pub fn role(value: Value) -> Value {
    let text = match &value {
        Value::String(text) => Some(text),
        Value::Object(object) => match object.get("value") {
            Some(Value::String(text)) => Some(text),
            _ => None,
        },
        _ => None,
    };
    let role = text
        .filter(|text| text.starts_with('{'))
        .and_then(|text| json::object(text.as_bytes()).ok());
    match role {
        Some(mut role) => {
            // The role's `id` is Entra's, and SCIM has no place for it.
            role.retain(|name, _| !name.eq_ignore_ascii_case("id"));
            Value::Object(role)
        }
        None => value,
    }
}

/// A4.9: Entra calls the `display` of a role `displayName`.
pub fn corrected_sub_attribute<'a>(attribute: &Attribute, name: &'a str) -> &'a str {
    let is_alias = attribute.name == "roles" && name.eq_ignore_ascii_case("displayName");
    if is_alias { "display" } else { name }
}

/// A4.8: attributes that `null` and `""` do not unset. A user whose `active` were unset would count as active, so a null
/// that flows through a mapping by accident would give access back to a disabled user; it stays as it was instead.
pub fn stays_when_null(attribute: &Attribute) -> bool {
    attribute.name == "active"
}

/// A4.4: the element that `emails[type eq "work"].value` means when there is none: the RFC answers `noTarget`, Entra then
/// retries for ever, and an `active=false` in the same PATCH is lost.
///
/// Only equalities joined by `and` say what the element has to be like; `None` for every other filter.
pub fn implied_element(filter: &Filter) -> Option<Map> {
    match filter {
        Filter::Compare {
            path,
            op: CompareOp::Eq,
            value,
        } => {
            let value = match value {
                Literal::String(text) => Value::from(text.as_str()),
                Literal::Bool(flag) => Value::from(*flag),
                Literal::Number(_) | Literal::Null => return None,
            };
            Some(Map::from_iter([(path.attr.clone(), value)]))
        }
        Filter::And(parts) => {
            let parts = parts.iter().map(implied_element).collect::<Option<Vec<_>>>()?;
            Some(parts.into_iter().flatten().collect())
        }
        _ => None,
    }
}
