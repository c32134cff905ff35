//! What the platform remembers between requests: sessions, codes, refresh tokens.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::scopes::Asked;

/// How *Cancel* is spelled in the redirect (B1, B3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CancelSpelling {
    /// As documented for each endpoint: v1 admin consent `permission_denied`, v2 `consent_required` with AADSTS65004,
    /// authorize `access_denied` with `error_subcode=cancel`.
    #[default]
    Documented,
    /// `error=access_denied&error_subcode=cancel`, without a description.
    Subcode,
    /// `error=access_denied` with AADSTS65004.
    Declined,
}

/// An account where it lives: home tenant and object id there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Account {
    pub(crate) tenant: Uuid,
    pub(crate) id: Uuid,
}

/// Who signed in to what: the subject of codes, refresh tokens and tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    /// The account.
    pub(crate) home: Account,
    /// The tenant signed in to.
    pub(crate) tenant: Uuid,
    /// Object id there, another than at home for a guest.
    pub(crate) oid: Uuid,
    /// The browser session.
    pub(crate) session: Uuid,
}

/// An authorization code.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) subject: Subject,
    pub(crate) client: Uuid,
    pub(crate) redirect_uri: String,
    pub(crate) asked: Asked,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: Option<(String, bool)>,
    pub(crate) client_info: bool,
    pub(crate) issued: Timestamp,
    pub(crate) used: bool,
}

/// A refresh token.
#[derive(Clone, Debug)]
pub(crate) struct Refresh {
    pub(crate) subject: Subject,
    pub(crate) client: Uuid,
    pub(crate) asked: Asked,
    pub(crate) issued: Timestamp,
}

/// Everything remembered.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Accounts signed in in a browser, by the value of its cookie; the newest last.
    pub(crate) sessions: HashMap<String, (Uuid, Vec<Account>)>,
    pub(crate) codes: HashMap<String, Code>,
    pub(crate) refresh: HashMap<String, Refresh>,
    /// Since when older refresh tokens and sessions of a user are worth nothing, by tenant and object id.
    pub(crate) revoked: BTreeMap<(Uuid, Uuid), Timestamp>,
    pub(crate) cancel: CancelSpelling,
}

impl Memory {
    /// The session of a cookie, or no accounts under a new one.
    pub(crate) fn session(&self, cookie: Option<&str>) -> Option<(Uuid, Vec<Account>)> {
        self.sessions.get(cookie?).cloned()
    }
}
