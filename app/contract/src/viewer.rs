//! Who asks.

use serde::{Deserialize, Serialize};

/// A signed-in person, as the server found them from their session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// What to call them on the page and in the activity ("owner" until sign-in with Microsoft names them).
    pub person: String,
    /// What they may do.
    pub role: Role,
    /// Which session asks: the public half of its id, never the cookie. Ties a shown-once secret to one browser.
    pub session: String,
    /// When this person last proved who they are, in microseconds since 1970 UTC.
    pub authenticated_at: crate::Micros,
}

/// What a viewer of the console may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The app's own team: everything.
    Owner,
    /// The app's support staff: sees every connection and its history, changes nothing, sees no secret.
    Support,
}

impl Role {
    /// May this role change anything?
    pub fn may_change(self) -> bool {
        matches!(self, Role::Owner)
    }
}
