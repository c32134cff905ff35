//! Which face of the house a path belongs to, and whether it is spelt as it must be (threats T01).

/// The faces of the house. Each has its own form of refusal and its own headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// `/scim/…`: every answer is SCIM JSON.
    Scim,
    /// `/api/…`: machines with an API key.
    Api,
    /// Probes.
    Probe,
    /// Files of the site.
    Site,
    /// People in browsers.
    Console,
}

impl Face {
    /// The face of a path, told by its first segment.
    pub fn of(path: &str) -> Self {
        match path.strip_prefix('/').and_then(|rest| rest.split('/').next()) {
            Some("scim") => Self::Scim,
            Some("api") => Self::Api,
            Some("livez" | "readyz" | "metrics") => Self::Probe,
            Some("pkg") => Self::Site,
            _ => Self::Console,
        }
    }

    /// Machines show a bearer token with every request, so no other site can borrow it.
    pub fn is_for_machines(self) -> bool {
        matches!(self, Self::Scim | Self::Api)
    }
}

/// True for a path that means `/scim/…` under some reading but is not spelt the one way we accept. Such a path reaches
/// no handler: another component might read it differently than our router does (ZITADEL CVE-2026-32130).
pub(super) fn is_scim_in_disguise(path: &str) -> bool {
    if Face::of(path) == Face::Scim {
        // The router takes `/scim` and what lies below it; the bare slash would fall through to the pages.
        return path == "/scim/" || !is_plain(path);
    }
    let read = loosely_read(path);
    read == "/scim" || read.starts_with("/scim/")
}

/// No `//`, `.`, `..`, `;` or `\`, no control characters, and nothing escaped that needs no escape or hides a separator.
fn is_plain(path: &str) -> bool {
    path.split('/')
        .skip(1)
        .all(|segment| segment != "." && segment != "..")
        && !path.contains("//")
        && !path
            .bytes()
            .any(|byte| matches!(byte, b';' | b'\\') || byte.is_ascii_control() || !byte.is_ascii())
        && path
            .match_indices('%')
            .all(|(at, _)| escape(&path.as_bytes()[at..]).is_some_and(may_be_escaped))
}

fn escape(bytes: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
    u8::try_from(digit(1)? * 16 + digit(2)?).ok()
}

fn may_be_escaped(byte: u8) -> bool {
    let unreserved = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    !unreserved && !byte.is_ascii_control() && !b"/\\;%?#".contains(&byte)
}

/// What the most lenient reader could make of a path: escapes undone again and again, case folded, parameters dropped,
/// slashes joined, dots resolved.
fn loosely_read(path: &str) -> String {
    let mut bytes = path.as_bytes().to_vec();
    while let Some(undone) = unescaped(&bytes) {
        bytes = undone;
    }
    let text = String::from_utf8_lossy(&bytes)
        .to_ascii_lowercase()
        .replace('\\', "/");
    let mut segments: Vec<&str> = Vec::new();
    for segment in text.split('/') {
        match segment
            .split(';')
            .next()
            .unwrap_or_default()
            .trim_matches(|c: char| c <= ' ')
        {
            "" | "." => {}
            ".." => drop(segments.pop()),
            plain => segments.push(plain),
        }
    }
    format!("/{}", segments.join("/"))
}

/// One round of unescaping; `None` when there was nothing to undo.
fn unescaped(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match escape(&bytes[at..]).filter(|_| bytes[at] == b'%') {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    (out.len() < bytes.len()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_spelling_passes() {
        for path in [
            "/scim/v2/dir_0193/Users",
            "/scim/v2/dir_0193/Users/0193a1f0-0000-7000-8000-000000000000",
            "/scim/v2/dir_0193/Schemas/urn:ietf:params:scim:schemas:core:2.0:User",
            "/scim/v2/dir_0193/Schemas/urn%3Aietf%3Aparams",
            "/scim/v2/dir_0193/Users/.search",
            "/scim/v2/dir_0193/Users/a%20b",
            "/scim/v2/dir_0193/",
            "/scim",
        ] {
            assert!(!is_scim_in_disguise(path), "{path}");
        }
    }

    #[test]
    fn other_faces_are_left_alone() {
        for path in [
            "/",
            "/organizations/scim",
            "/%6frganizations",
            "/scimitar",
            "/api/v1//x",
            "*",
            "",
        ] {
            assert!(!is_scim_in_disguise(path), "{path}");
        }
    }

    #[test]
    fn every_other_spelling_is_found() {
        for path in [
            "/scim/",
            "/%73cim/v2/d/Users",
            "/%2573cim/v2/d/Users",
            "/%25%37%33cim/v2/d/Users",
            "//scim/v2/d/Users",
            "/./scim/v2/d/Users",
            "/x/../scim/v2/d/Users",
            "/x/%2e%2e/scim/v2/d/Users",
            "/SCIM/v2/d/Users",
            "/scim;a=b/v2/d/Users",
            "/scim/v2//d/Users",
            "/scim/v2/d/./Users",
            "/scim/v2/d/../d/Users",
            "/scim/v2/d/Users;x",
            "/scim/v2/d/Use%72s",
            "/scim/v2/d%2FUsers",
            "/scim/v2/d/Users/%00",
            "/scim/v2/d/Users/%",
            "/scim/v2/d/Users/%zz",
            "/scim/v2/d/%2e%2e/Users",
            "/scim\\v2\\d",
            "/scim%2Fv2/d/Users",
            "/scim%5cv2",
            "/scim%00/v2",
            "/%20scim/v2",
        ] {
            assert!(is_scim_in_disguise(path), "{path}");
        }
    }

    #[test]
    fn faces_are_told_by_the_first_segment() {
        for (path, face) in [
            ("/scim/v2/d/Users", Face::Scim),
            ("/scim", Face::Scim),
            ("/scimitar", Face::Console),
            ("/api/v1/x", Face::Api),
            ("/livez", Face::Probe),
            ("/pkg/rollcall.js", Face::Site),
            ("/", Face::Console),
            ("", Face::Console),
        ] {
            assert_eq!(Face::of(path), face, "{path}");
        }
    }
}
