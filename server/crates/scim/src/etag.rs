//! Weak entity tags made of a version number, and the two preconditions (RFC 7644 §3.14, RFC 9110 §13).

use crate::error::{Error, Result};

/// The tag of a version: `W/"7"`.
pub fn etag(version: i64) -> String {
    format!("W/\"{version}\"")
}

/// Evaluates `If-Match` against the version of the resource; `None` stands for no header.
///
/// 412 if the header names only other versions. Tags are compared weakly, as SCIM's own examples do.
pub fn if_match(header: Option<&str>, version: i64) -> Result<()> {
    match header {
        Some(header) if !names(header, version) => Err(Error::precondition_failed(
            "The resource has changed since it was read. Read it again and repeat the change.",
        )),
        _ => Ok(()),
    }
}

/// Whether `If-None-Match` names the version of the resource: then a GET is answered with 304, and a change with 412.
pub fn if_none_match(header: Option<&str>, version: i64) -> bool {
    header.is_some_and(|header| names(header, version))
}

fn names(header: &str, version: i64) -> bool {
    header
        .split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || opaque(tag) == Some(version.to_string().as_str()))
}

/// The text between the quotes, with or without the weakness mark.
fn opaque(tag: &str) -> Option<&str> {
    tag.strip_prefix("W/")
        .unwrap_or(tag)
        .strip_prefix('"')?
        .strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_weak_and_names_the_version() {
        assert_eq!(etag(7), "W/\"7\"");
    }

    #[test]
    fn if_match_accepts_the_version_in_every_spelling() {
        for header in ["W/\"7\"", "\"7\"", "*", "W/\"6\", W/\"7\"", " \"7\" ,\"8\""] {
            assert_eq!(if_match(Some(header), 7), Ok(()), "{header}");
        }
        assert_eq!(if_match(None, 7), Ok(()));
    }

    #[test]
    fn if_match_refuses_other_versions_and_nonsense() {
        for header in ["W/\"6\"", "7", "W/7", "", "\"\"", "W/\"07\"", "\"7", "w/\"7\""] {
            assert_eq!(
                if_match(Some(header), 7).map_err(|e| e.status),
                Err(412),
                "{header}"
            );
        }
    }

    #[test]
    fn if_none_match_tells_whether_the_version_is_known() {
        assert!(if_none_match(Some("W/\"7\""), 7));
        assert!(if_none_match(Some("*"), 7));
        assert!(!if_none_match(Some("W/\"8\""), 7));
        assert!(!if_none_match(None, 7));
    }
}
