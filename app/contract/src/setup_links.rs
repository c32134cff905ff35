//! Setup links: a short-lived, scoped credential by which a customer's tenant admin comes in without an account.

use crate::onboarding::ErpStep;
use crate::{Answer, Micros, Viewer};
use serde::{Deserialize, Serialize};

/// The longest life of a link, in days.
pub const MAX_DAYS: u32 = 7;

/// The life of a link unless somebody chose another, in days.
pub const DEFAULT_DAYS: u32 = 3;

/// What a link opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The ERP checklist.
    pub erp: bool,
    /// Directory Sync.
    pub directory_sync: bool,
    /// Of the ERP checklist, this one step alone.
    pub step: Option<ErpStep>,
}

/// A link, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupLink {
    /// Its public id.
    pub id: String,
    /// What it opens.
    pub scope: Scope,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Micros,
    /// When it ends by itself.
    pub expires_at: Micros,
    /// When its page was first looked at. Looking does not use it up: mail scanners look.
    pub opened_at: Option<Micros>,
    /// When somebody pressed *Begin*.
    pub redeemed_at: Option<Micros>,
    /// When somebody revoked it.
    pub revoked_at: Option<Micros>,
}

/// What a link's page tells before anybody presses *Begin*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupOffer {
    /// The app's name.
    pub app: String,
    /// The organization's name.
    pub organization: String,
    /// What it opens.
    pub scope: Scope,
    /// When it ends by itself.
    pub expires_at: Micros,
    /// Whether it still opens.
    pub state: SetupLinkState,
}

/// Whether a link still opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetupLinkState {
    /// It opens: not yet redeemed, or redeemed in this very browser.
    Open,
    /// Its time is over.
    Expired,
    /// Somebody revoked it.
    Revoked,
    /// It was redeemed in another browser.
    UsedElsewhere,
}

/// The questions about setup links.
#[async_trait::async_trait]
pub trait SetupLinks {
    /// The links of an organization, newest first.
    async fn setup_links(&self, viewer: &Viewer, organization: &str) -> Answer<Vec<SetupLink>>;
    /// Makes a link that lives `days` days, 1 to [`MAX_DAYS`], and answers its id. [`SetupLinks::reveal_setup_link`]
    /// shows its address. A tenant admin may make one within the reach of their own.
    async fn create_setup_link(
        &self,
        viewer: &Viewer,
        organization: &str,
        scope: Scope,
        days: u32,
    ) -> Answer<String>;
    /// The address of a link just made in this very session: once, then never again.
    async fn reveal_setup_link(&self, viewer: &Viewer, link: &str) -> Answer<Option<String>>;
    /// Ends a link, and every session that it opened.
    async fn revoke_setup_link(&self, viewer: &Viewer, organization: &str, link: &str) -> Answer<()>;
    /// What the link of this token tells; `viewer` is whoever looks, if anybody is signed in. Notes that it was looked
    /// at and changes nothing else. A token that is none answers [`crate::Refusal::NotFound`].
    async fn setup_offer(&self, viewer: Option<&Viewer>, token: &str) -> Answer<SetupOffer>;
}
