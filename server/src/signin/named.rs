//! Who came by a setup link, once they signed in with Microsoft in that session.

use entra::IdClaims;
use store::{
    Operation, StoreError, Tx, sessions,
    staff::{self, Person},
};

use super::{attempt::AttemptError, people::person};
use crate::{secrets::TokenDigest, state::AppState};

/// Notes in a session that came by a setup link who its person is, and that they have proven it now (threats T10). A session
/// of the console keeps its person: their roles hang on it.
pub(super) async fn note(
    state: &AppState,
    session: TokenDigest,
    claims: &IdClaims,
) -> Result<(), AttemptError> {
    let person = person(state, claims)?;
    Ok(state.store.write(Name { session, person }).await?)
}

struct Name {
    session: TokenDigest,
    person: Person,
}

impl Operation for Name {
    type Output = ();
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
        let found = sessions::find(tx, &self.session).await?;
        if found.and_then(|session| session.link_id).is_none() {
            return Ok(());
        }
        let person = staff::signed_in(tx, &self.person).await?;
        let at = self.person.last_sign_in_at;
        sessions::set_person(tx, &self.session, &person.id, &person.name, at)
            .await
            .map(drop)
    }
}
