//! Pages: their size, cursors (RFC 9865), and the body of a list.

use std::io::Write;

use serde_json::Value;

use crate::{
    error::{Error, Result},
    limits::{CURSOR_LIFETIME_SECONDS, DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE},
};

/// URN of the body of a list (RFC 7644 §3.4.2).
pub const LIST_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// How many resources a page holds for a requested `count`: ours if none was, never more than [`MAX_PAGE_SIZE`].
pub fn page_size(count: Option<usize>) -> usize {
    count.unwrap_or(DEFAULT_PAGE_SIZE).min(MAX_PAGE_SIZE)
}

/// A place in a list. To the client it is one opaque word.
///
/// The word is checked against accidents, not against forgery: whoever forges one reads nothing but the list of its own
/// directory from another place on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Key of the last resource of the page before; the next page begins after it.
    pub after: String,
    /// [`crate::ListQuery::fingerprint`] of the query it belongs to.
    pub fingerprint: u64,
    /// When it was issued, in seconds since 1970.
    pub issued: i64,
}

const CURSOR_VERSION: u8 = 1;
const CURSOR_HEAD: usize = 1 + 8 + 8;
const CHECKSUM: usize = 4;
const MAX_CURSOR: usize = 2048;

impl Cursor {
    /// The word for the client, in base64url.
    pub fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(CURSOR_HEAD + self.after.len() + CHECKSUM);
        bytes.push(CURSOR_VERSION);
        bytes.extend_from_slice(&self.fingerprint.to_be_bytes());
        bytes.extend_from_slice(&self.issued.to_be_bytes());
        bytes.extend_from_slice(self.after.as_bytes());
        bytes.extend_from_slice(&checksum(&bytes));
        base64url(&bytes)
    }

    /// Reads the word, for the query with this fingerprint, at this time (seconds since 1970).
    ///
    /// Errors: 400 `invalidCursor` if it is not ours or belongs to another query; `expiredCursor` if it is older than
    /// [`CURSOR_LIFETIME_SECONDS`].
    pub fn decode(word: &str, fingerprint: u64, now: i64) -> Result<Self> {
        let cursor =
            Self::read(word).ok_or_else(|| Error::invalid_cursor("The cursor is not one that we issued."))?;
        if cursor.fingerprint != fingerprint {
            return Err(Error::invalid_cursor(
                "The cursor belongs to a query with another filter or order.",
            ));
        }
        if now.saturating_sub(cursor.issued) > CURSOR_LIFETIME_SECONDS {
            return Err(Error::expired_cursor(
                "The cursor is too old. Begin again with an empty cursor.",
            ));
        }
        Ok(cursor)
    }

    fn read(word: &str) -> Option<Self> {
        let bytes = if word.len() <= MAX_CURSOR {
            from_base64url(word)?
        } else {
            return None;
        };
        let (content, sum) = bytes.split_at_checked(bytes.len().checked_sub(CHECKSUM)?)?;
        let (head, after) = content.split_at_checked(CURSOR_HEAD)?;
        if sum != checksum(content) || head[0] != CURSOR_VERSION {
            return None;
        }
        Some(Self {
            after: std::str::from_utf8(after).ok()?.to_owned(),
            fingerprint: u64::from_be_bytes(head[1..9].try_into().ok()?),
            issued: i64::from_be_bytes(head[9..17].try_into().ok()?),
        })
    }
}

/// FNV-1a over the parts, each ended by a zero byte so that their borders count.
pub(crate) fn fingerprint(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// CRC-32 (IEEE).
fn checksum(bytes: &[u8]) -> [u8; CHECKSUM] {
    let crc = bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            }
        })
    });
    (!crc).to_be_bytes()
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn base64url(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = (0..3).fold(0_usize, |group, i| {
            group << 8 | usize::from(chunk.get(i).copied().unwrap_or(0))
        });
        for digit in 0..=chunk.len() {
            out.push(char::from(ALPHABET[group >> (18 - 6 * digit) & 63]));
        }
    }
    out
}

/// Strict: no padding, no foreign letters, no stray bits, so that each cursor has one spelling.
fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    for chunk in text.as_bytes().chunks(4) {
        let mut group = 0_u32;
        for i in 0..4 {
            let digit = match chunk.get(i) {
                Some(letter) => ALPHABET.iter().position(|known| known == letter)?,
                None => 0,
            };
            group = group << 6 | u32::try_from(digit).ok()?;
        }
        let bytes = &group.to_be_bytes()[1..];
        let (used, spare) =
            bytes.split_at_checked(chunk.len().checked_sub(1).filter(|length| *length > 0)?)?;
        if spare.iter().any(|byte| *byte != 0) {
            return None;
        }
        out.extend_from_slice(used);
    }
    Some(out)
}

/// What stands around the resources of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListInfo {
    /// How many resources the query finds in all.
    pub total: usize,
    /// The 1-based index of the first one, repeated as it was asked for; `None` for pages by cursor.
    pub start_index: Option<usize>,
    /// Where the next page begins, for pages by cursor that have one.
    pub next_cursor: Option<String>,
}

/// Writes the body of a list (RFC 7644 §3.4.2) around resources that are JSON text already.
///
/// A list that finds nothing is a list, and its status 200 (entra-facts A2): Entra takes 404 for a broken endpoint.
pub fn list_response<R: AsRef<[u8]>>(info: &ListInfo, resources: &[R]) -> Vec<u8> {
    let size: usize = resources.iter().map(|resource| resource.as_ref().len() + 1).sum();
    let mut out = Vec::with_capacity(size + 256);
    let _infallible = write!(
        out,
        "{{\"schemas\":[\"{LIST_RESPONSE}\"],\"totalResults\":{}",
        info.total
    );
    let _infallible = write!(out, ",\"itemsPerPage\":{}", resources.len());
    if let Some(index) = info.start_index {
        let _infallible = write!(out, ",\"startIndex\":{index}");
    }
    if let Some(cursor) = &info.next_cursor {
        let _infallible = write!(out, ",\"nextCursor\":{}", Value::from(cursor.as_str()));
    }
    out.extend_from_slice(b",\"Resources\":[");
    for (index, resource) in resources.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.extend_from_slice(resource.as_ref());
    }
    out.extend_from_slice(b"]}");
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::ScimType;

    fn cursor() -> Cursor {
        Cursor {
            after: "0190f6a0-7b1c".into(),
            fingerprint: 42,
            issued: 1_800_000_000,
        }
    }

    #[test]
    fn a_page_has_our_size_unless_asked_and_never_more() {
        assert_eq!(page_size(None), DEFAULT_PAGE_SIZE);
        assert_eq!(page_size(Some(0)), 0);
        assert_eq!(page_size(Some(7)), 7);
        assert_eq!(page_size(Some(MAX_PAGE_SIZE)), MAX_PAGE_SIZE);
        assert_eq!(page_size(Some(usize::MAX)), MAX_PAGE_SIZE);
    }

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        let word = cursor().encode();
        assert!(
            word.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'),
            "{word}"
        );
        assert_eq!(Cursor::decode(&word, 42, 1_800_000_000), Ok(cursor()));
    }

    #[test]
    fn a_cursor_lives_an_hour() {
        let word = cursor().encode();
        assert!(Cursor::decode(&word, 42, 1_800_000_000 + CURSOR_LIFETIME_SECONDS).is_ok());
        assert!(Cursor::decode(&word, 42, 0).is_ok(), "a clock that was set back");
        let error = Cursor::decode(&word, 42, 1_800_000_001 + CURSOR_LIFETIME_SECONDS).unwrap_err();
        assert_eq!(
            (error.status, error.scim_type),
            (400, Some(ScimType::ExpiredCursor))
        );
    }

    #[test]
    fn a_cursor_belongs_to_its_query() {
        let error = Cursor::decode(&cursor().encode(), 43, 1_800_000_000).unwrap_err();
        assert_eq!(
            (error.status, error.scim_type),
            (400, Some(ScimType::InvalidCursor))
        );
    }

    #[test]
    fn what_we_did_not_issue_is_refused() {
        let word = cursor().encode();
        let longer = format!("{word}A");
        let mut other_version = vec![2];
        other_version.extend([0; 16]);
        let sum = checksum(&other_version);
        other_version.extend(sum);
        let short = base64url(&checksum(b""));
        let padded = format!("{word}=");
        for bad in [
            "",
            "A",
            "AAAA",
            "é",
            "+/+/",
            &word[1..],
            &longer,
            &padded,
            &base64url(&other_version),
            &short,
            &"A".repeat(3000),
        ] {
            let error = Cursor::decode(bad, 42, 1_800_000_000).expect_err(bad);
            assert_eq!(error.scim_type, Some(ScimType::InvalidCursor), "{bad}");
        }
    }

    #[test]
    fn every_change_of_a_letter_is_seen() {
        let word = cursor().encode();
        for at in 0..word.len() {
            for letter in ["A", "b", "7", "-"] {
                let mut changed = word.clone();
                changed.replace_range(at..=at, letter);
                assert!(
                    changed == word || Cursor::decode(&changed, 42, 1_800_000_000).is_err(),
                    "{changed}"
                );
            }
        }
    }

    #[test]
    fn the_checksum_is_the_well_known_one() {
        assert_eq!(checksum(b"123456789"), 0xCBF4_3926_u32.to_be_bytes());
    }

    #[test]
    fn base64_is_the_well_known_one() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
            ("\u{fb}\u{ff}", "w7vDvw"),
        ] {
            assert_eq!(base64url(bytes.as_bytes()), text);
            assert_eq!(from_base64url(text).as_deref(), Some(bytes.as_bytes()));
        }
        for text in ["Z", "Zh", "Zm9vY", "Zm9=", "Zm 9", "Zm8v\n"] {
            assert_eq!(from_base64url(text), None, "{text}");
        }
    }

    #[test]
    fn a_list_frames_its_resources() {
        let info = ListInfo {
            total: 12,
            start_index: Some(11),
            next_cursor: None,
        };
        let body = list_response(&info, &[r#"{"id":"1"}"#, r#"{"id":"2"}"#]);
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            body,
            json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                "totalResults": 12,
                "itemsPerPage": 2,
                "startIndex": 11,
                "Resources": [{"id": "1"}, {"id": "2"}],
            })
        );
    }

    #[test]
    fn an_empty_list_is_a_list() {
        let info = ListInfo {
            total: 0,
            start_index: Some(1),
            next_cursor: None,
        };
        let body: Value = serde_json::from_slice(&list_response::<&[u8]>(&info, &[])).unwrap();
        assert_eq!(
            (&body["totalResults"], &body["Resources"]),
            (&json!(0), &json!([]))
        );
    }

    #[test]
    fn a_page_by_cursor_says_where_the_next_begins() {
        let info = ListInfo {
            total: 9,
            start_index: None,
            next_cursor: Some("abc".into()),
        };
        let body: Value = serde_json::from_slice(&list_response(&info, &["{}"])).unwrap();
        assert_eq!(
            (body.get("startIndex"), &body["nextCursor"]),
            (None, &json!("abc"))
        );
    }

    proptest! {
        #[test]
        fn any_cursor_comes_back(after in "\\PC{0,60}", fingerprint: u64, issued: i64) {
            let cursor = Cursor { after, fingerprint, issued };
            prop_assert_eq!(Cursor::decode(&cursor.encode(), fingerprint, issued), Ok(cursor));
        }

        #[test]
        fn any_bytes_come_back(bytes: Vec<u8>) {
            prop_assert_eq!(from_base64url(&base64url(&bytes)), Some(bytes));
        }
    }
}
