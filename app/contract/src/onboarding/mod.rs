//! Checklists: the steps of an onboarding guide, each step's state derived from facts and never ticked by hand.
//!
//! | checklist | steps | facts | pure function |
//! |---|---|---|---|
//! | [`directory_sync`] (1) | [`STEPS`], [`GENERIC_STEPS`] | [`Facts`] | [`checklist`] |
//! | [`erp`] (3) | [`ERP_STEPS`] | [`ErpFacts`] | [`erp_checklist`] |
//!
//! They share one idea of where a step stands: to do, checking, done with its evidence and the time it was seen, waiting
//! for Microsoft, failed with its reason, not needed. The catalogue of the pages holds the sentences and the remedies.

pub mod directory_sync;
pub mod erp;
pub mod roles;

pub use directory_sync::{
    Evidence, Facts, Failure, GENERIC_STEPS, STEPS, Step, StepId, StepState, checklist, progress,
};
pub use erp::{ERP_STEPS, ErpFacts, ErpItem, ErpState, ErpStep, erp_checklist, erp_progress};
pub use roles::{DirectoryRole, MissingRole};

use crate::{Answer, Viewer};
use serde::{Deserialize, Serialize};

/// The ERP checklist of an organization with all that its page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erp {
    /// What is known.
    pub facts: ErpFacts,
    /// The steps, as [`erp_checklist`] derives them.
    pub items: Vec<ErpItem>,
    /// What the signed-in admin may have us do in their tenant.
    pub can: Can,
    /// Calls ready to paste, each for one step.
    pub script: Vec<Script>,
    /// Addresses of ours that the app's registration must hold.
    pub redirects: Redirects,
}

/// What the admin's directory roles allow; an `Err` says which role is missing, for the hand-over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Can {
    /// Create a user.
    pub create_user: Result<(), MissingRole>,
    /// Consent for the whole tenant.
    pub consent: Result<(), MissingRole>,
    /// Assign an app role.
    pub assign_role: Result<(), MissingRole>,
}

/// Calls ready to paste.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// Which step they do.
    pub step: ErpStep,
    /// In which tool: `Azure CLI`, `PowerShell`, `curl`.
    pub title: String,
    /// The text; holds no secret.
    pub text: String,
}

/// Redirect URIs of ours, absolute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redirects {
    /// Where sign-in with Microsoft comes back to.
    pub sign_in: String,
    /// Where admin consent comes back to.
    pub consent: String,
    /// Where the test sign-in comes back to.
    pub test: String,
}

/// A user of the customer's tenant who may become the service user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Its object id in Entra.
    pub object_id: String,
    /// Its display name. Untrusted text.
    pub name: String,
    /// Its user principal name. Untrusted text.
    pub address: String,
    /// Is the account enabled?
    pub enabled: bool,
    /// Is it a guest of the tenant?
    pub guest: bool,
}

/// The questions about the ERP checklist. What acts in the customer's tenant does so as the admin who signed in with
/// Microsoft in the viewer's own session.
#[async_trait::async_trait]
pub trait Onboarding {
    /// The checklist with what is known of it.
    async fn erp(&self, viewer: &Viewer, organization: &str) -> Answer<Erp>;
    /// Reads every fact again from Microsoft, now.
    async fn recheck(&self, viewer: &Viewer, organization: &str) -> Answer<()>;
    /// Users of the tenant whose name or address begins with the text; at most 20.
    async fn find_service_users(
        &self,
        viewer: &Viewer,
        organization: &str,
        text: &str,
    ) -> Answer<Vec<Candidate>>;
    /// Chooses the service user.
    async fn choose_service_user(&self, viewer: &Viewer, organization: &str, object_id: &str) -> Answer<()>;
    /// Creates a user in the tenant, and chooses it. `user_name` is the whole user principal name.
    async fn create_service_user(
        &self,
        viewer: &Viewer,
        organization: &str,
        name: &str,
        user_name: &str,
    ) -> Answer<()>;
    /// The first password of a user that was just created in this very session: once, then never again.
    async fn reveal_password(&self, viewer: &Viewer, organization: &str) -> Answer<Option<String>>;
    /// Assigns the app role to the service user.
    async fn assign_role(&self, viewer: &Viewer, organization: &str) -> Answer<()>;
    /// Takes back what we made in this step.
    async fn undo(&self, viewer: &Viewer, organization: &str, step: ErpStep) -> Answer<()>;
}
