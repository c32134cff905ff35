//! Who asks, and how far they reach.

use crate::onboarding::ErpStep;
use serde::{Deserialize, Serialize};

/// A signed-in person, as the server found them from their session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// What to call them on the page and in the activity ("owner" until sign-in with Microsoft names them).
    pub person: String,
    /// What they may do, within their reach.
    pub role: Role,
    /// Which session asks: the public half of its id, never the cookie. Ties a shown-once secret to one browser.
    pub session: String,
    /// When this person last proved who they are, in microseconds since 1970 UTC.
    pub authenticated_at: crate::Micros,
    /// What they may see at all.
    pub reach: Reach,
    /// Who they are at Microsoft, once they signed in there.
    pub identity: Option<Identity>,
}

/// A person at Microsoft. The two ids together are the person; names and addresses never are (entra-facts B2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The token's `tid`.
    pub tenant_id: String,
    /// The token's `oid`.
    pub object_id: String,
}

/// What a viewer may see at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Every app: whoever came by the bootstrap link.
    Everything,
    /// These apps, by id, each with the role there.
    Apps(Vec<(String, Role)>),
    /// What one setup link opens.
    Setup(Setup),
}

impl Reach {
    /// What the setup link opens, if it is one.
    pub fn setup(&self) -> Option<&Setup> {
        match self {
            Reach::Setup(setup) => Some(setup),
            Reach::Everything | Reach::Apps(_) => None,
        }
    }
}

/// What one setup link opens: parts of one organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// The organization's id.
    pub organization: String,
    /// The link's public id.
    pub link: String,
    /// The ERP checklist?
    pub erp: bool,
    /// Directory Sync?
    pub directory_sync: bool,
    /// Of the ERP checklist, this one step alone.
    pub step: Option<ErpStep>,
    /// Is another site's page around the portal? Secrets are neither made, shown nor ended there (threats T65).
    pub framed: bool,
}

/// What a viewer may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The app's own team: everything.
    Owner,
    /// The app's support staff: sees every connection, changes nothing, sees no secret, and personal data only for a
    /// stated reason and time ([`crate::support_views`]).
    Support,
    /// The customer's own IT, come by a setup link: everything within what the link opens.
    TenantAdmin,
}

impl Role {
    /// May this role change anything? What it reaches is [`Viewer::reach`]'s to say.
    pub fn may_change(self) -> bool {
        matches!(self, Role::Owner | Role::TenantAdmin)
    }
}
