//! Attempts to sign in or to consent, from their beginning to Microsoft's answer: all that is believed of the answer is
//! read from here, by a `state` that is used once and in the browser that began (threats T43, T45).

use store_sql::{Columns, FromRow, StoreError, Tx};

use crate::args;
use crate::ids::OrganizationId;
use crate::queries::attempts as q;
use crate::words::words;

words! {
    /// What an attempt is for.
    Purpose "purpose" {
        /// Into the console.
        Console = "console",
        /// The tenant admin proves who they are, in a setup session.
        Admin = "admin",
        /// Admin consent to the app.
        Consent = "consent",
        /// A test sign-in as the service user.
        Test = "test",
    }
}

/// An attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// What for.
    pub purpose: Purpose,
    /// The tenant asked: a GUID, a domain or `organizations`.
    pub tenant: String,
    /// Ties the ID token to this attempt.
    pub nonce: String,
    /// PKCE's secret half.
    pub verifier: String,
    /// The local path to go on to.
    pub return_to: String,
    /// The session that began it.
    pub session_hash: Option<[u8; 32]>,
    /// The invite it came with.
    pub invite_hash: Option<[u8; 32]>,
    /// The organization it is about.
    pub organization: Option<OrganizationId>,
    /// Whether it began within a frame: the window that comes back from Microsoft knows no session.
    pub framed: bool,
    /// When it began.
    pub created_at: i64,
    /// When it ends by itself.
    pub expires_at: i64,
}

impl FromRow for Attempt {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            purpose: Purpose::read(row, 0)?,
            tenant: row.string(1)?,
            nonce: row.string(2)?,
            verifier: row.string(3)?,
            return_to: row.string(4)?,
            session_hash: row.maybe_hash(5)?,
            invite_hash: row.maybe_hash(6)?,
            organization: row.maybe_text(7)?.map(Into::into),
            framed: row.int(8)? != 0,
            created_at: row.int(9)?,
            expires_at: row.int(10)?,
        })
    }
}

/// Begins an attempt, known by the hash of its `state` and of the cookie of its browser.
pub async fn create<T: Tx>(
    tx: &mut T,
    state: &[u8; 32],
    browser: &[u8; 32],
    attempt: &Attempt,
) -> Result<(), StoreError> {
    let Attempt {
        purpose,
        tenant,
        nonce,
        verifier,
        return_to,
        session_hash,
        invite_hash,
        organization,
        framed,
        created_at,
        expires_at,
    } = attempt;
    let row = args![
        state,
        browser,
        purpose.as_str(),
        tenant,
        nonce,
        verifier,
        return_to,
        session_hash.as_ref(),
        invite_hash.as_ref(),
        organization.as_ref(),
        i64::from(*framed),
        *created_at,
        *expires_at
    ];
    tx.execute(&q::CREATE, row).await.map(drop)
}

/// Takes an attempt: once, before its end, and only in the browser that began it.
pub async fn take<T: Tx>(
    tx: &mut T,
    state: &[u8; 32],
    browser: &[u8; 32],
    at: i64,
) -> Result<Option<Attempt>, StoreError> {
    tx.first(&q::TAKE, args![state, browser, at]).await
}

/// Removes attempts that ended before `before`; how many.
pub async fn prune<T: Tx>(tx: &mut T, before: i64) -> Result<u64, StoreError> {
    tx.execute(&q::PRUNE, args![before]).await
}
