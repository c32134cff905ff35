//! An app's own registration at Microsoft, with its secret unsealed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use entra::ConfidentialClient;
use secrecy::SecretString;
use store::ids::AppId;

use super::{Checklists, Subject};
use crate::keys::Column;

/// Where the apps' client secrets lie, for the key.
pub const CLIENT_SECRET: Column = Column {
    table: "apps",
    column: "client_secret",
};

/// One client per app, so that its tokens are kept; made anew when its registration changes.
#[derive(Default)]
pub(super) struct Clients(Mutex<HashMap<AppId, Kept>>);

struct Kept {
    client_id: String,
    sealed: Option<Vec<u8>>,
    client: ConfidentialClient,
}

impl Clients {
    pub(super) fn get(&self, checklists: &Checklists, subject: &Subject) -> Option<ConfidentialClient> {
        let client_id = subject.app.client_id.clone()?;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |kept: &&Kept| kept.client_id == client_id && kept.sealed == subject.sealed;
        if let Some(kept) = all.get(&subject.app.id).filter(same) {
            return Some(kept.client.clone());
        }
        let secret = secret(checklists, subject)?;
        let client = checklists.microsoft.application(client_id.clone(), secret);
        let kept = Kept {
            client_id,
            sealed: subject.sealed.clone(),
            client: client.clone(),
        };
        all.insert(subject.app.id.clone(), kept);
        Some(client)
    }
}

/// Empty when none was entered: addresses can be made without one. `None` when it cannot be read (threats T51).
fn secret(checklists: &Checklists, subject: &Subject) -> Option<SecretString> {
    let Some(sealed) = &subject.sealed else {
        return Some(String::new().into());
    };
    let opened = checklists
        .key
        .open(CLIENT_SECRET.at(subject.app.id.as_str()), sealed);
    opened
        .inspect_err(
            |error| tracing::error!(app = %subject.app.id, %error, "an app's client secret is unreadable"),
        )
        .ok()
}
