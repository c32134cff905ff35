//! Entra's dialect: every place where we accept or say something because Microsoft's provisioning service needs it.
//!
//! Each leniency is a named item with the number of the fact it answers (`entra-facts`); the parsers call these items
//! by name, so that a search for the name finds every place it reaches.

use serde_json::Value;

use crate::{
    Ignored, Map, ResourceType,
    filter::{CompareOp, Filter, Literal},
    json,
    patch::MemberOp,
    resource::MemberRef,
    schema::{AttrPath, Attribute, ENTERPRISE_USER, Schema},
};

/// A4: the flags that may stand in the endpoint's query, bare or with `=`: the first asks Entra for its newer PATCH dialect, the
/// second for the older one. Both dialects are always understood, because provision on demand speaks the older one even
/// where the first is set; so the flags, like every parameter we do not know, are tolerated and change nothing.
pub const FLAGS: [&str; 2] = ["aadOptscim062020", "AzureAdScimPatch2017"];

/// A3, A4.1: whether a word of a message is the one meant, in any case: `Add`, `REPLACE`, `operations`, `Path`.
pub fn same_word(sent: &str, word: &str) -> bool {
    sent.eq_ignore_ascii_case(word)
}

/// A4: what stands where there is no path: nothing, `null`, or empty text.
pub fn is_no_path(path: &Value) -> bool {
    path.is_null() || path == ""
}

/// A3, A4.1: members that come with every resource and say nothing: `meta` with the resource type, and `schemas` with too
/// many URNs or too few. They are passed over in silence.
pub fn says_nothing(name: &str) -> bool {
    ["schemas", "meta"].iter().any(|known| same_word(name, known))
}

/// A4.8: empty text unsets an attribute, as `null` does (SCIM_Null_Update_Test, SCIM_Update_Manager_Test).
pub fn unsets(text: &str) -> bool {
    text.is_empty()
}

/// A4.5: whether a PATCH is refused for what it names. One bad attribute must not sink the `active=false` beside it, so
/// only a PATCH that reaches nothing at all is.
pub fn reaches_nothing(reached: usize, ignored: &[Ignored]) -> bool {
    reached == 0 && !ignored.is_empty()
}

/// A4.6: what `Remove path:"members"` means: with a value only those in it, an empty list none, and without a value all.
/// The RFC gives `remove` no value, and an engine that overlooks it empties the group.
pub fn members_removed(listed: Option<Vec<MemberRef>>) -> MemberOp {
    match listed {
        None => MemberOp::Clear,
        Some(members) => MemberOp::Remove(members.into_iter().map(|member| member.value).collect()),
    }
}

/// A4.6: a member may be a bare id.
pub fn bare_member(id: String) -> MemberRef {
    MemberRef {
        value: id,
        display: None,
        kind: None,
    }
}

/// A4.7, A4.10: where a name without URN is looked for after the core schema: Entra writes a bare `manager`.
pub fn schema_of_bare_names(resource: ResourceType) -> Option<&'static Schema> {
    resource.extension()
}

/// A3: whether a parenthesis follows a `not`, with or without a blank between.
pub fn opens_parenthesis(rest: &str) -> bool {
    rest.trim_start_matches([' ', '\t']).starts_with('(')
}

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
        Value::String(text) if unsets(&text) => Some(Value::Null),
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
    let element = equalities(filter)?;
    filter.matches(&element).then_some(element)
}

fn equalities(filter: &Filter) -> Option<Map> {
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
            let parts = parts.iter().map(equalities).collect::<Option<Vec<_>>>()?;
            Some(parts.into_iter().flatten().collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn attribute(name: &str) -> &'static Attribute {
        let resource = ResourceType::User;
        resource
            .schema()
            .attribute(name)
            .or_else(|| resource.extension()?.attribute(name))
            .unwrap()
    }

    #[test]
    fn booleans_may_be_words() {
        for value in [json!(true), json!("True"), json!("true"), json!("TRUE")] {
            assert_eq!(boolean(&value), Some(true));
        }
        for value in [json!(false), json!("False"), json!("false"), json!("fALSE")] {
            assert_eq!(boolean(&value), Some(false));
        }
        for value in [
            json!("yes"),
            json!(1),
            json!(0),
            json!(""),
            json!(null),
            json!("true "),
            json!([true]),
        ] {
            assert_eq!(boolean(&value), None, "{value}");
        }
    }

    #[test]
    fn a_manager_may_be_text_list_or_object() {
        let object = Some(json!({"value": "42"}));
        assert_eq!(as_complex(attribute("manager"), json!("42")), object);
        assert_eq!(as_complex(attribute("manager"), json!(["42"])), object);
        assert_eq!(as_complex(attribute("manager"), json!([{"value": "42"}])), object);
        assert_eq!(as_complex(attribute("manager"), json!("")), Some(Value::Null));
        assert_eq!(as_complex(attribute("manager"), json!([])), Some(Value::Null));
        assert_eq!(as_complex(attribute("manager"), json!([null])), Some(Value::Null));
        assert_eq!(as_complex(attribute("manager"), json!(["1", "2"])), None);
        assert_eq!(as_complex(attribute("manager"), json!(42)), None);
        assert_eq!(as_complex(attribute("manager"), json!([42])), None);
        assert_eq!(
            as_complex(attribute("name"), json!("Jane")),
            None,
            "a name has no value"
        );
    }

    #[test]
    fn a_role_may_be_json_text() {
        let packed = json!({"value": "{\"id\":\"1\",\"value\":\"25\",\"displayName\":\"Role1234\"}"});
        assert_eq!(role(packed), json!({"value": "25", "displayName": "Role1234"}));
        assert_eq!(role(json!("{\"value\":\"25\"}")), json!({"value": "25"}));
        for plain in [
            json!({"value": "Admin"}),
            json!("Admin"),
            json!({"value": "{not json"}),
            json!({"value": 5}),
            json!(5),
        ] {
            assert_eq!(role(plain.clone()), plain);
        }
    }

    #[test]
    fn equalities_say_what_an_element_is_like() {
        let implied = |text: &str| {
            implied_element(
                &Filter::parse(text)
                    .unwrap()
                    .resolve_in(attribute("emails"))
                    .unwrap(),
            )
        };
        let map = |value: Value| value.as_object().cloned();
        assert_eq!(implied("type eq \"work\""), map(json!({"type": "work"})));
        assert_eq!(implied("primary eq \"True\""), map(json!({"primary": true})));
        assert_eq!(
            implied("type eq \"work\" and primary eq true"),
            map(json!({"type": "work", "primary": true}))
        );
        for vague in [
            "type ne \"work\"",
            "value co \"@\"",
            "type pr",
            "not (type eq \"a\")",
            "type eq null",
        ] {
            assert_eq!(implied(vague), None, "{vague}");
        }
        assert_eq!(implied("type eq \"work\" or type eq \"home\""), None);
        assert_eq!(
            implied("type eq \"work\" and type eq \"home\""),
            None,
            "no element is like that"
        );
    }

    #[test]
    fn only_the_role_has_a_display_name() {
        assert_eq!(
            corrected_sub_attribute(attribute("roles"), "DisplayName"),
            "display"
        );
        assert_eq!(
            corrected_sub_attribute(attribute("emails"), "displayName"),
            "displayName"
        );
        assert_eq!(
            corrected_sub_attribute(attribute("manager"), "displayName"),
            "displayName"
        );
    }
}
