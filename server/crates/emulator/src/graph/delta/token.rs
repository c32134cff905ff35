//! Skip and delta tokens: opaque to callers, and all there is to know about a round.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::super::call::Call;
use super::{LIFE, Set};
use crate::tenant::{Directory, ObjectId};

/// Bytes of the checksum before a token's text.
const SUM: usize = 6;

/// How far a round came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Place {
    /// Reading everything: after this object, and within a group after this member.
    Walk {
        /// The newest change when the walk began: the next round reads from there.
        base: u64,
        after: Option<ObjectId>,
        /// The group on which the next page continues, and after which member.
        within: Option<(ObjectId, ObjectId)>,
    },
    /// Reading changes: after this number, and so many members of the next one.
    Log { seq: u64, members: usize },
}

impl Default for Place {
    fn default() -> Self {
        Self::log(0)
    }
}

impl Place {
    pub(super) fn walk(base: u64) -> Self {
        Self::Walk {
            base,
            after: None,
            within: None,
        }
    }

    pub(super) fn log(seq: u64) -> Self {
        Self::Log { seq, members: 0 }
    }
}

/// A token, read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Token {
    /// [`Set::name`].
    pub(super) set: String,
    pub(super) tenant: ObjectId,
    /// [`Directory::born`], in microseconds.
    pub(super) born: i64,
    /// When it was given out, in seconds.
    pub(super) issued: i64,
    /// `$select`.
    pub(super) select: Option<Vec<String>>,
    /// `$filter` by ids; empty is all.
    pub(super) ids: Vec<ObjectId>,
    /// `Prefer: return=minimal`.
    pub(super) minimal: bool,
    pub(super) at: Place,
}

/// Why a token is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// Older than seven days.
    Expired(Box<Token>),
    /// Not one of this collection, tenant or run.
    Unknown,
}

impl Token {
    pub(super) fn new(call: &Call<'_>, set: Set) -> Self {
        Self {
            set: set.name().to_owned(),
            tenant: ObjectId(call.tenant()),
            born: call.home.read().born().as_microsecond(),
            issued: 0,
            select: None,
            ids: Vec::new(),
            minimal: false,
            at: Place::log(0),
        }
    }

    /// The same at another place.
    pub(super) fn at(self, at: Place) -> Self {
        Self { at, ..self }
    }

    /// As text for a link, given out now.
    pub(super) fn write(mut self, now: Timestamp) -> String {
        self.issued = now.as_second();
        let text = serde_json::to_vec(&self).unwrap_or_default();
        let mut bytes = digest(&SHA256, &text).as_ref()[..SUM].to_vec();
        bytes.extend(text);
        B64.encode(bytes)
    }

    fn parse(text: &str) -> Option<Self> {
        let bytes = B64.decode(text).ok()?;
        let (sum, text) = bytes.split_at_checked(SUM)?;
        let right = &digest(&SHA256, text).as_ref()[..SUM] == sum;
        right.then(|| serde_json::from_slice(text).ok()).flatten()
    }

    /// Reads a token of this collection, tenant and run.
    pub(super) fn read(
        text: &str,
        call: &Call<'_>,
        directory: &Directory,
        set: Set,
    ) -> Result<Self, Unreadable> {
        let token = Self::parse(text).ok_or(Unreadable::Unknown)?;
        let ours = token.set == set.name()
            && token.tenant.0 == call.tenant()
            && token.born == directory.born().as_microsecond();
        if !ours {
            return Err(Unreadable::Unknown);
        }
        let age = SignedDuration::from_secs(call.graph.now().as_second() - token.issued);
        if age >= LIFE {
            return Err(Unreadable::Expired(Box::new(token)));
        }
        Ok(token)
    }

    /// The first request's options again, ending with `&` if there are any.
    pub(super) fn options(&self) -> String {
        let select = self.select.as_ref();
        let mut query = select.map_or(String::new(), |names| format!("$select={}&", names.join(",")));
        if !self.ids.is_empty() {
            let ids: Vec<_> = self.ids.iter().map(|id| format!("id eq '{id}'")).collect();
            let filter: String = url::form_urlencoded::byte_serialize(ids.join(" or ").as_bytes()).collect();
            query += &format!("$filter={filter}&");
        }
        query
    }

    /// Whether the round is about this object.
    pub(super) fn about(&self, id: ObjectId) -> bool {
        self.ids.is_empty() || self.ids.contains(&id)
    }
}
