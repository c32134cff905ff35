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
    let mut patch = reader.into_patch();
    let mut start = Map::new();
    set_schemas(&mut start, resource);
    let (attributes, ignored) = patch.apply_once(start)?;
    Ok((attributes, patch.into_members(), ignored))
}

fn missing(name: &str) -> Error {
    Error::invalid_value(format!(
        "{name} is required. Map it to an attribute that every object in scope has."
    ))
}

/// Writes `schemas`: the core schema and the extensions that have attributes here. Entra lists others, or too few (entra-facts
/// A3); what it lists is not kept.
pub(crate) fn set_schemas(attributes: &mut Map, resource: ResourceType) {
    let enterprise = attributes
        .contains_key(ENTERPRISE_USER)
        .then_some(ENTERPRISE_USER);
    let custom = attributes
        .keys()
        .map(String::as_str)
        .filter(|name| name.contains(':') && *name != ENTERPRISE_USER);
    let urns = [resource.schema().id].into_iter().chain(enterprise).chain(custom);
    let listed = attributes
        .get("schemas")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    if !listed.iter().map(Value::as_str).eq(urns.clone().map(Some)) {
        let urns = urns.map(Value::from).collect();
        attributes.insert("schemas".into(), urns);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Reason, ScimType, limits::MAX_MEMBERS_PER_OPERATION, schema::USER};

    const HERO: &str = "urn:ietf:params:scim:schemas:extension:Hero:2.0:User";

    fn user(body: Value) -> Parsed {
        parse_user(body.to_string().as_bytes()).unwrap_or_else(|e| panic!("{body}: {e}"))
    }

    fn attributes(body: Value) -> Value {
        Value::Object(user(body).attributes)
    }

    fn refused(body: Value, kind: ScimType) -> String {
        let error = parse_user(body.to_string().as_bytes()).expect_err(&body.to_string());
        assert_eq!(
            (error.status, error.scim_type),
            (400, Some(kind)),
            "{body}: {error}"
        );
        error.detail
    }

    #[test]
    fn names_become_canonical_and_schemas_come_first() {
        let parsed = user(json!({"USERNAME": "jane", "Name": {"GIVENNAME": "Jane"}, "schemas": [USER]}));
        assert_eq!(
            Value::Object(parsed.attributes.clone()).to_string(),
            format!(r#"{{"schemas":["{USER}"],"userName":"jane","name":{{"givenName":"Jane"}}}}"#)
        );
        assert_eq!(parsed.ignored, []);
    }

    #[test]
    fn every_attribute_of_the_schemas_is_kept() {
        let mut body = Map::from_iter([("externalId".to_owned(), json!("x"))]);
        let mut extension = Map::new();
        for attribute in ResourceType::User
            .schema()
            .attributes
            .iter()
            .filter(|a| !a.is_read_only())
        {
            body.insert(attribute.name.to_owned(), sample(attribute));
        }
        for attribute in ResourceType::User.extension().unwrap().attributes {
            extension.insert(attribute.name.to_owned(), sample(attribute));
        }
        body.insert(ENTERPRISE_USER.to_owned(), Value::Object(extension));
        let mut kept = user(Value::Object(body.clone())).attributes;
        assert_eq!(kept.remove("schemas"), Some(json!([USER, ENTERPRISE_USER])));
        assert_eq!(body.remove("password"), Some(json!("x")));
        assert_eq!(kept, body);
    }

    fn sample(attribute: &crate::schema::Attribute) -> Value {
        let writable = attribute.sub_attributes.iter().filter(|sub| !sub.is_read_only());
        let object = || Value::Object(writable.map(|sub| (sub.name.to_owned(), sample(sub))).collect());
        match attribute.kind {
            crate::schema::Kind::Boolean => json!(true),
            crate::schema::Kind::Complex if attribute.multi_valued => json!([object()]),
            crate::schema::Kind::Complex => object(),
            _ => json!("x"),
        }
    }

    #[test]
    fn what_the_client_may_not_write_is_unreachable() {
        let parsed = user(json!({
            "userName": "jane", "id": "1", "meta": {"version": "9"}, "groups": [{"value": "admins"}],
            "password": "hunter2", "__proto__": {"admin": true}, "role": "owner", "organization_id": "o",
            "members": [], "emails": [{"value": "x", "verified": true}],
        }));
        assert_eq!(
            Value::Object(parsed.attributes),
            json!({"schemas": [USER], "userName": "jane", "emails": [{"value": "x"}]})
        );
        let ignored: Vec<_> = parsed
            .ignored
            .iter()
            .map(|entry| (entry.path.as_str(), entry.reason))
            .collect();
        assert_eq!(
            ignored,
            [
                ("id", Reason::ReadOnly),
                ("groups", Reason::ReadOnly),
                ("password", Reason::Password),
                ("__proto__", Reason::Unknown),
                ("role", Reason::Unknown),
                ("organization_id", Reason::Unknown),
                ("members", Reason::Unknown),
                ("emails.verified", Reason::Unknown),
            ]
        );
    }

    #[test]
    fn nulls_and_empty_values_are_unset() {
        let body = json!({
            "userName": "jane", "displayName": null, "title": "", "name": null, "active": null, "emails": [],
            "roles": [], "addresses": null, "phoneNumbers": [{"type": "work", "value": null}], "manager": null,
            ENTERPRISE_USER: {"department": ""},
        });
        let parsed = user(body);
        assert_eq!(
            Value::Object(parsed.attributes),
            json!({"schemas": [USER], "userName": "jane"})
        );
        assert_eq!(parsed.ignored, []);
    }

    #[test]
    fn the_user_name_is_required() {
        for body in [
            json!({}),
            json!({"userName": null}),
            json!({"userName": ""}),
            json!({"userName": " "}),
            json!({"userName": "\u{202E}"}),
        ] {
            let detail = refused(body, ScimType::InvalidValue);
            assert!(detail.starts_with("userName is required"), "{detail}");
        }
    }

    #[test]
    fn control_characters_are_refused() {
        for bad in ["a\u{0}b", "a\u{1F}b", "\u{7}", "a\nb", "a\u{7F}"] {
            assert_eq!(
                refused(json!({"userName": bad}), ScimType::InvalidValue),
                "userName contains a control character. Remove it at the source."
            );
            refused(
                json!({"userName": "x", "name": {"givenName": bad}}),
                ScimType::InvalidValue,
            );
            refused(
                json!({"userName": "x", "emails": [{"value": bad}]}),
                ScimType::InvalidValue,
            );
        }
        let lines = json!({"userName": "x", "addresses": [{"formatted": "a\r\nb", "streetAddress": "a\tb"}]});
        assert_eq!(
            attributes(lines.clone())["addresses"],
            lines["addresses"],
            "addresses have lines"
        );
        refused(
            json!({"userName": "x", "addresses": [{"formatted": "a\u{0}"}]}),
            ScimType::InvalidValue,
        );
        refused(
            json!({"userName": "x", "addresses": [{"locality": "a\nb"}]}),
            ScimType::InvalidValue,
        );
    }

    #[test]
    fn text_of_any_script_is_kept_as_it_is() {
        for name in [
            "Zoë Müller",
            "Ελένη",
            "山田太郎",
            "محمد",
            "💩",
            "<script>alert(1)</script>",
            "ı\u{202E}x",
            " a ",
        ] {
            assert_eq!(
                attributes(json!({"userName": "x", "displayName": name}))["displayName"],
                name
            );
        }
    }

    #[test]
    fn text_has_a_bound_in_characters() {
        assert_eq!(
            attributes(json!({"userName": "é".repeat(1024)}))["userName"],
            "é".repeat(1024)
        );
        let detail = refused(json!({"userName": "x".repeat(1025)}), ScimType::InvalidValue);
        assert_eq!(detail, "userName is longer than 1024 characters.");
        let certificate = json!({"userName": "x", "x509Certificates": [{"value": "M".repeat(60_000)}]});
        assert_eq!(
            attributes(certificate.clone())["x509Certificates"],
            certificate["x509Certificates"]
        );
    }

    #[test]
    fn the_first_primary_stays() {
        let parsed = user(json!({"userName": "x", "emails": [
            {"value": "a"}, {"value": "b", "primary": "True"}, {"value": "c", "primary": true},
        ]}));
        assert_eq!(
            parsed.attributes["emails"],
            json!([{"value": "a"}, {"value": "b", "primary": true}, {"value": "c", "primary": false}])
        );
        assert_eq!(
            parsed.ignored,
            [Ignored {
                path: "emails.primary".into(),
                reason: Reason::SecondPrimary
            }]
        );
    }

    #[test]
    fn custom_extensions_are_kept_unlisted() {
        let parsed = user(
            json!({"schemas": [USER], "userName": "x", HERO: {"costCode": "C7", "level": 3, "none": null}}),
        );
        assert_eq!(parsed.attributes[HERO], json!({"costCode": "C7", "level": 3}));
        assert_eq!(parsed.attributes["schemas"], json!([USER, HERO]));
        let flat = attributes(json!({"userName": "x", format!("{HERO}:costCode"): "C7"}));
        assert_eq!(flat[HERO], json!({"costCode": "C7"}));
        let other = user(
            json!({"userName": "x", "urn:x:y": {"a": 1}, "urn:ietf:params:scim:schemas:extension:Hero:2.0:Group": {"a": 1}}),
        );
        assert_eq!(
            Value::Object(other.attributes),
            json!({"schemas": [USER], "userName": "x"})
        );
        assert_eq!(other.ignored.len(), 2);
    }

    #[test]
    fn reading_what_was_read_changes_nothing() {
        let once = user(json!({
            "userName": "x", "active": "False", "manager": "7", "roles": ["Admin"], "emails": ["a@x", {"value": "A@X"}],
            HERO: {"a": 1},
        }));
        let twice = user(Value::Object(once.attributes.clone()));
        assert_eq!(once.attributes, twice.attributes);
        assert_eq!(twice.ignored, []);
    }

    #[test]
    fn strict_json_applies() {
        for body in [
            "{\"userName\":\"a\",\"USERNAME\":\"b\"}",
            "[]",
            "{",
            "{\"userName\":\"a\"}{}",
        ] {
            assert_eq!(
                parse_user(body.as_bytes()).unwrap_err().scim_type,
                Some(ScimType::InvalidSyntax),
                "{body}"
            );
        }
    }

    fn group(body: Value) -> Result<ParsedGroup> {
        parse_group(body.to_string().as_bytes())
    }

    #[test]
    fn a_group_keeps_its_members_apart() {
        let parsed = group(json!({
            "schemas": [crate::schema::GROUP, crate::dialect::MICROSOFT_GROUP_SCHEMA],
            "externalId": "e1", "displayName": "Sales", "meta": {"resourceType": "Group"},
            "members": [{"value": "u1", "type": "User", "display": "Jane", "$ref": null}, "u2"],
        }))
        .unwrap();
        assert_eq!(
            Value::Object(parsed.attributes),
            json!({"schemas": [crate::schema::GROUP], "externalId": "e1", "displayName": "Sales"})
        );
        assert!(parsed.members_given);
        assert_eq!(parsed.ignored, []);
        let jane = MemberRef {
            value: "u1".into(),
            display: Some("Jane".into()),
            kind: Some(ResourceType::User),
        };
        assert_eq!(parsed.members, [jane, MemberRef::from_value("u2")]);
    }

    #[test]
    fn a_group_may_be_empty_but_not_nameless() {
        let parsed = group(json!({"displayName": "Sales"})).unwrap();
        assert_eq!((parsed.members, parsed.members_given), (vec![], false));
        let parsed = group(json!({"displayName": "Sales", "members": []})).unwrap();
        assert_eq!((parsed.members, parsed.members_given), (vec![], true));
        for body in [
            json!({}),
            json!({"displayName": ""}),
            json!({"displayName": " "}),
            json!({"displayName": null}),
        ] {
            assert_eq!(group(body).unwrap_err().scim_type, Some(ScimType::InvalidValue));
        }
        assert_eq!(
            group(json!({"displayName": "x", "userName": "y"}))
                .unwrap()
                .ignored[0]
                .reason,
            Reason::Unknown
        );
    }

    #[test]
    fn a_group_has_a_bound() {
        let many = |count: usize| Value::from_iter((0..count).map(|i| json!(format!("m{i}"))));
        assert_eq!(
            group(json!({"displayName": "x", "members": many(MAX_MEMBERS_PER_OPERATION)}))
                .unwrap()
                .members
                .len(),
            10_000
        );
        let error =
            group(json!({"displayName": "x", "members": many(MAX_MEMBERS_PER_OPERATION + 1)})).unwrap_err();
        assert_eq!(error.scim_type, Some(ScimType::TooMany));
    }
}
