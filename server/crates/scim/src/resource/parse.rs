//! The body of a POST or PUT → canonical attributes.
//!
//! A new resource is a path-less `add` to nothing: the same code types, corrects and merges both, so that Entra's
//! dialect is spoken in bodies as it is in PATCH.

use serde_json::Value;

use super::{Ignored, columns::user_name, display_name};
use crate::{
    Map, ResourceType,
    error::{Error, Result},
    json,
    patch::{MemberOp, StepReader},
    schema::ENTERPRISE_USER,
};

/// A user as sent, in canonical form.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// Attributes by canonical name, `schemas` first; without `id`, `meta`, `groups` and `password`.
    pub attributes: Map,
    /// What was left out.
    pub ignored: Vec<Ignored>,
}

/// A group as sent, in canonical form.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedGroup {
    /// Attributes by canonical name, `schemas` first; without `id`, `meta` and `members`.
    pub attributes: Map,
    /// The members, in the order they were sent.
    pub members: Vec<MemberRef>,
    /// Whether the body had `members` at all; a PUT without them may leave the members alone.
    pub members_given: bool,
    /// What was left out.
    pub ignored: Vec<Ignored>,
}

/// A member as the client names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MemberRef {
    /// Id of the user or group, as we issued it.
    pub value: String,
    /// Name the client shows for it.
    pub display: Option<String>,
    /// What the client says it is.
    pub kind: Option<ResourceType>,
}

impl MemberRef {
    /// A member of which only the id is known.
    pub fn from_value(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            display: None,
            kind: None,
        }
    }
}

/// Reads the body of `POST /Users` or `PUT /Users/{id}`.
///
/// Errors: 413; 400 `invalidSyntax`, `invalidValue` (wrong type, control characters, too long, no `userName`),
/// `tooMany`.
pub fn parse_user(body: &[u8]) -> Result<Parsed> {
    let (attributes, _, ignored) = read(body, ResourceType::User)?;
    if user_name(&attributes).is_none() {
        return Err(missing("userName"));
    }
    Ok(Parsed { attributes, ignored })
}

/// Reads the body of `POST /Groups` or `PUT /Groups/{id}`; errors as [`parse_user`], with `displayName` required.
pub fn parse_group(body: &[u8]) -> Result<ParsedGroup> {
    let (attributes, operations, ignored) = read(body, ResourceType::Group)?;
    if display_name(&attributes).is_none() {
        return Err(missing("displayName"));
    }
    let members_given = !operations.is_empty();
    let lists = operations.into_iter().filter_map(|operation| match operation {
        MemberOp::Add(members) => Some(members),
        _ => None,
    });
    Ok(ParsedGroup {
        attributes,
        members: lists.flatten().collect(),
        members_given,
        ignored,
    })
}

fn read(body: &[u8], resource: ResourceType) -> Result<(Map, Vec<MemberOp>, Vec<Ignored>)> {
    let object = json::object(body)?;
    let mut reader = StepReader::new(resource, true);
    reader.attributes(crate::patch::Action::Add, object)?;
    let patch = reader.into_patch();
    let mut start = Map::new();
    set_schemas(&mut start, resource);
    let applied = patch.apply(&start)?;
    Ok((applied.after, patch.into_members(), applied.ignored))
}

fn missing(name: &str) -> Error {
    Error::invalid_value(format!(
        "{name} is required. Map it to an attribute that every object in scope has."
    ))
}

/// Writes `schemas`: the core schema and the extensions that have attributes here. Entra lists others, or too few (entra-facts
/// A3); what it lists is not kept.
pub(crate) fn set_schemas(attributes: &mut Map, resource: ResourceType) {
    let mut urns = vec![Value::from(resource.schema().id)];
    if attributes.contains_key(ENTERPRISE_USER) {
        urns.push(ENTERPRISE_USER.into());
    }
    let custom = attributes
        .keys()
        .filter(|name| name.contains(':') && *name != ENTERPRISE_USER);
    urns.extend(custom.map(|name| Value::from(name.as_str())));
    attributes.insert("schemas".into(), Value::Array(urns));
}
