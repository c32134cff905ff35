//! What a PATCH does to the members of a group.

use serde_json::Value;

use crate::{
    Filter, Map, ResourceType, dialect,
    error::{Error, Result},
    filter::{CompareOp, Literal},
    limits::{MAX_MEMBERS_PER_OPERATION, MAX_STRING},
    resource::MemberRef,
};

/// One step on the members of a group. Each is idempotent: adding a member twice, or removing an absent one, changes
/// nothing and succeeds (entra-facts A4.6).
#[derive(Debug, Clone, PartialEq)]
pub enum MemberOp {
    /// Add these.
    Add(Vec<MemberRef>),
    /// Remove those with these values. `Remove path:"members"` with a list removes *those*, not all: read otherwise,
    /// Entra's default dialect would empty the group.
    Remove(Vec<String>),
    /// Remove those that satisfy a resolved filter over `value`, `type` and `$ref`; `display` cannot be asked for.
    RemoveWhere(Filter),
    /// Remove all.
    Clear,
    /// Remove all and add these.
    Replace(Vec<MemberRef>),
}

/// Reads the `value` of a member operation, or `members` in the body of a group: a list of objects or of bare ids, one
/// object, one bare id, or nothing.
pub(crate) fn members(value: Value) -> Result<Vec<MemberRef>> {
    let sent = match value {
        Value::Null => vec![],
        Value::Array(sent) => sent,
        one => vec![one],
    };
    if sent.len() > MAX_MEMBERS_PER_OPERATION {
        return Err(Error::too_many(format!(
            "More than {MAX_MEMBERS_PER_OPERATION} members at once. Send them in several operations."
        )));
    }
    sent.into_iter().map(member).collect()
}

fn member(value: Value) -> Result<MemberRef> {
    let refuse =
        || Error::invalid_value("Each member needs a value: the id of a user or group as we returned it.");
    match value {
        Value::String(id) => checked(dialect::bare_member(id)),
        Value::Object(object) => checked(member_of(object).ok_or_else(refuse)?),
        _ => Err(refuse()),
    }
}

fn member_of(object: Map) -> Option<MemberRef> {
    let mut member = MemberRef::from_value("");
    for (name, value) in object {
        let Value::String(text) = value else { continue };
        match name.to_ascii_lowercase().as_str() {
            "value" => member.value = text,
            "type" => member.kind = kind_of(&text),
            "display" => member.display = Some(text).filter(|text| is_sound(text)),
            _ => {}
        }
    }
    Some(member).filter(|member| !member.value.is_empty())
}

fn checked(member: MemberRef) -> Result<MemberRef> {
    if member.value.is_empty() || !is_sound(&member.value) {
        return Err(Error::invalid_value(
            "A member's value must be the id of a user or group as we returned it.",
        ));
    }
    Ok(member)
}

fn is_sound(text: &str) -> bool {
    text.len() <= MAX_STRING && !text.bytes().any(|b| b.is_ascii_control())
}

fn kind_of(text: &str) -> Option<ResourceType> {
    [ResourceType::User, ResourceType::Group]
        .into_iter()
        .find(|kind| kind.name().eq_ignore_ascii_case(text))
}

/// The removal a filter means: of `value eq "a"`, or several of them joined by `or`, simply those values.
pub(crate) fn removal(filter: Filter) -> MemberOp {
    match values_named(&filter) {
        Some(values) => MemberOp::Remove(values),
        None => MemberOp::RemoveWhere(filter),
    }
}

/// The values if the filter is nothing but `value eq "…"` joined by `or`.
pub(crate) fn values_named(filter: &Filter) -> Option<Vec<String>> {
    match filter {
        Filter::Compare {
            path,
            op: CompareOp::Eq,
            value: Literal::String(id),
        } if path.attr == "value" => Some(vec![id.clone()]),
        Filter::Or(parts) => Some(
            parts
                .iter()
                .map(values_named)
                .collect::<Option<Vec<_>>>()?
                .concat(),
        ),
        _ => None,
    }
}
