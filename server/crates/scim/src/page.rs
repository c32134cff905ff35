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
