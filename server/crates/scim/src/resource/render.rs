//! Stored attributes → the bytes of a reply.

use std::io::Write;

use serde_json::Value;

use crate::{
    Map, Projection, ResourceType,
    error::{Error, Result},
    etag::etag,
};

/// A resource as the store keeps it.
#[derive(Debug, Clone, Copy)]
pub struct Stored<'a> {
    /// User or Group.
    pub resource: ResourceType,
    /// Our id.
    pub id: &'a str,
    /// Version, for `meta.version` and the `ETag`.
    pub version: i64,
    /// RFC 3339.
    pub created: &'a str,
    /// RFC 3339.
    pub last_modified: &'a str,
    /// URL of the resource.
    pub location: &'a str,
    /// JSON text of the canonical attributes, as [`crate::resource::Parsed`] or [`crate::patch::Applied`] had them.
    pub attributes: &'a str,
    /// Further attributes and their JSON text: `groups` of a user, `members` of a group. Nothing here is escaped or
    /// checked; leave out what the projection does not want (see [`Projection::wants`]).
    pub extra: &'a [(&'a str, &'a [u8])],
}

/// Writes a resource. With the default projection the stored text is copied, not read.
///
/// 500 if the stored text is no JSON object.
pub fn render(stored: &Stored<'_>, projection: &Projection) -> Result<Vec<u8>> {
    let spliced = splice(stored)?;
    if projection.is_default() {
        return Ok(spliced);
    }
    let mut map: Map = serde_json::from_slice(&spliced).map_err(|_| corrupt())?;
    projection.apply(&mut map);
    Ok(Value::Object(map).to_string().into_bytes())
}

fn corrupt() -> Error {
    Error::internal("The resource is stored in a form that cannot be read.")
}

fn splice(stored: &Stored<'_>) -> Result<Vec<u8>> {
    let inner = stored
        .attributes
        .trim()
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'));
    let inner = inner.ok_or_else(corrupt)?.trim();
    let extra: usize = stored
        .extra
        .iter()
        .map(|(name, value)| name.len() + value.len() + 4)
        .sum();
    let mut out = Vec::with_capacity(inner.len() + extra + stored.id.len() + stored.location.len() + 256);
    out.push(b'{');
    if !inner.is_empty() {
        out.extend_from_slice(inner.as_bytes());
        out.push(b',');
    }
    write_member(&mut out, "id", stored.id);
    for (name, value) in stored.extra {
        let _infallible = write!(out, ",\"{name}\":");
        out.extend_from_slice(value);
    }
    write_meta(&mut out, stored);
    out.push(b'}');
    Ok(out)
}

fn write_meta(out: &mut Vec<u8>, stored: &Stored<'_>) {
    out.extend_from_slice(b",\"meta\":{");
    let version = etag(stored.version);
    let members = [
        ("resourceType", stored.resource.name()),
        ("created", stored.created),
        ("lastModified", stored.last_modified),
        ("location", stored.location),
        ("version", &version),
    ];
    for (index, (name, value)) in members.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_member(out, name, value);
    }
    out.push(b'}');
}

/// `"name":"text"`, the text escaped.
fn write_member(out: &mut Vec<u8>, name: &str, text: &str) {
    let _infallible = write!(out, "\"{name}\":{}", Value::from(text));
}

/// An entry of `groups` or `members`.
#[derive(Debug, Clone, Copy)]
pub struct Reference<'a> {
    /// Id of the group or member.
    pub value: &'a str,
    /// Its name.
    pub display: Option<&'a str>,
    /// `type`: `User` or `Group` for members, `direct` for groups.
    pub kind: Option<&'a str>,
    /// Its URL, for `$ref`.
    pub location: Option<&'a str>,
}

/// The JSON text of a list of references, for [`Stored::extra`].
pub fn references<'a>(entries: impl IntoIterator<Item = Reference<'a>>) -> Vec<u8> {
    let mut out = vec![b'['];
    for entry in entries {
        if out.len() > 1 {
            out.push(b',');
        }
        out.push(b'{');
        write_member(&mut out, "value", entry.value);
        let optional = [
            ("$ref", entry.location),
            ("display", entry.display),
            ("type", entry.kind),
        ];
        for (name, text) in optional {
            if let Some(text) = text {
                out.push(b',');
                write_member(&mut out, name, text);
            }
        }
        out.push(b'}');
    }
    out.push(b']');
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema::USER;

    const JANE: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"jane","name":{"givenName":"J","familyName":"D"}}"#;

    fn stored<'a>(attributes: &'a str, extra: &'a [(&'a str, &'a [u8])]) -> Stored<'a> {
        Stored {
            resource: ResourceType::User,
            id: "u1",
            version: 7,
            created: "2026-01-01T00:00:00Z",
            last_modified: "2026-01-02T00:00:00Z",
            location: "https://x/scim/v2/dir_1/Users/u1",
            attributes,
            extra,
        }
    }

    fn rendered(stored: &Stored<'_>, projection: &Projection) -> Value {
        serde_json::from_slice(&render(stored, projection).unwrap()).unwrap()
    }

    fn meta() -> Value {
        json!({
            "resourceType": "User",
            "created": "2026-01-01T00:00:00Z",
            "lastModified": "2026-01-02T00:00:00Z",
            "location": "https://x/scim/v2/dir_1/Users/u1",
            "version": "W/\"7\"",
        })
    }

    #[test]
    fn the_stored_text_is_framed() {
        let groups = references([
            Reference {
                value: "g1",
                display: Some("Sales \"&\""),
                kind: Some("direct"),
                location: Some("https://x/g1"),
            },
            Reference {
                value: "g2",
                display: None,
                kind: None,
                location: None,
            },
        ]);
        let extra: [(&str, &[u8]); 1] = [("groups", &groups)];
        assert_eq!(
            rendered(&stored(JANE, &extra), &Projection::default()),
            json!({
                "schemas": [USER],
                "userName": "jane",
                "name": {"givenName": "J", "familyName": "D"},
                "id": "u1",
                "groups": [
                    {"value": "g1", "$ref": "https://x/g1", "display": "Sales \"&\"", "type": "direct"},
                    {"value": "g2"},
                ],
                "meta": meta(),
            })
        );
    }

    #[test]
    fn the_default_reply_copies_the_stored_bytes() {
        let bytes = render(&stored(JANE, &[]), &Projection::default()).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with(&JANE[..JANE.len() - 1]), "{text}");
        assert!(
            text.contains(r#","id":"u1","meta":{"resourceType":"User""#),
            "{text}"
        );
    }

    #[test]
    fn blanks_of_the_database_do_not_matter() {
        for attributes in ["{}", " { } ", "{ \"userName\" : \"jane\" }\n"] {
            let body = rendered(&stored(attributes, &[]), &Projection::default());
            assert_eq!(
                (&body["id"], &body["meta"]),
                (&json!("u1"), &meta()),
                "{attributes}"
            );
        }
    }

    #[test]
    fn values_are_escaped() {
        let mut hostile = stored("{}", &[]);
        hostile.id = "\"},{\"";
        hostile.location = "https://x/\u{1}\\";
        let body = rendered(&hostile, &Projection::default());
        assert_eq!(body["id"], "\"},{\"");
        assert_eq!(body["meta"]["location"], "https://x/\u{1}\\");
    }

    #[test]
    fn a_projection_chooses() {
        let project = |include: Option<&str>, exclude: Option<&str>| {
            rendered(
                &stored(JANE, &[]),
                &Projection::parse(include, exclude, ResourceType::User),
            )
        };
        assert_eq!(
            project(Some("userName"), None),
            json!({"schemas": [USER], "userName": "jane", "id": "u1"})
        );
        assert_eq!(
            project(None, Some("name.givenName,meta,id")),
            json!({"schemas": [USER], "userName": "jane", "name": {"familyName": "D"}, "id": "u1"})
        );
        assert_eq!(
            project(Some("meta.version"), None)["meta"],
            json!({"version": "W/\"7\""})
        );
    }

    #[test]
    fn what_is_no_object_is_our_fault() {
        for attributes in ["", "[]", "null", "{"] {
            assert_eq!(
                render(&stored(attributes, &[]), &Projection::default())
                    .unwrap_err()
                    .status,
                500
            );
        }
        let projection = Projection::parse(Some("id"), None, ResourceType::User);
        assert_eq!(render(&stored("{,}", &[]), &projection).unwrap_err().status, 500);
    }

    #[test]
    fn no_references_are_an_empty_list() {
        assert_eq!(references([]), b"[]");
    }
}
