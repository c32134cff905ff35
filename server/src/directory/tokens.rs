//! Bearer tokens: made and revoked. At most two are alive, so that a customer can change over without a gap.

use store::activity::SubjectKind;
use store::ids::TokenId;
use store::{Operation, StoreError, Tx, tokens};

use super::directories::TokenRow;
use super::trace::{Context, Subject, Trace};

/// Makes a token for a directory; answers whether there is such a directory. Refused with
/// [`store::Unique::LiveTokens`] while two are alive.
#[derive(Debug)]
pub struct CreateToken {
    /// On whose behalf, and for which directory.
    pub by: Context,
    /// The token.
    pub token: TokenRow,
}

impl Operation for CreateToken {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        if !tokens::create(tx, &self.token.to_store(&self.by.directory, self.by.at)).await? {
            return Ok(false);
        }
        leave(tx, &self.by, &self.token.id, &self.token.name, "create_token").await?;
        Ok(true)
    }
}

/// Ends a token; answers whether one was alive to end.
#[derive(Debug)]
pub struct RevokeToken {
    /// On whose behalf, and of which directory.
    pub by: Context,
    /// Which token.
    pub token: TokenId,
}

impl Operation for RevokeToken {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        let all = tokens::list(tx, &self.by.directory).await?;
        let Some(token) = all.iter().find(|token| token.id == self.token) else {
            return Ok(false);
        };
        if !tokens::revoke(tx, &self.by.directory, &self.token, self.by.at).await? {
            return Ok(false);
        }
        leave(tx, &self.by, &self.token, &token.name, "revoke_token").await?;
        Ok(true)
    }
}

async fn leave<T: Tx>(
    tx: &mut T,
    by: &Context,
    token: &TokenId,
    name: &str,
    action: &'static str,
) -> Result<(), StoreError> {
    let subject = Subject {
        kind: SubjectKind::Token,
        id: token.as_str(),
        name,
    };
    by.leave(
        tx,
        &Trace {
            subject,
            action,
            status: 0,
            event: None,
            changes: &[],
            ignored: &[],
        },
    )
    .await
}
