//! Organizations: the customers of an app.

use crate::health::Verdict;
use crate::support_views::SupportView;
use crate::{Answer, Micros, Viewer};
use serde::{Deserialize, Serialize};

/// An app that this deployment serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct App {
    /// `app_…`
    pub id: String,
    /// The name its customers know.
    pub name: String,
}

/// An organization as the console shows it at the top of each of its pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// `org_…`
    pub id: String,
    /// The customer's name.
    pub name: String,
    /// The app it is a customer of.
    pub app: App,
    /// When it was made.
    pub created_at: Micros,
    /// What lets the viewer who asks see its personal data for a while; absent for whoever needs nothing of the kind.
    #[serde(default)]
    pub looking: Option<SupportView>,
}

/// One row of the list of organizations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationRow {
    /// Which one.
    pub organization: Organization,
    /// The worst verdict of its directories, or `NotConfigured` without one.
    pub verdict: Verdict,
    /// Users in its directories.
    pub users: u64,
    /// Groups in its directories.
    pub groups: u64,
    /// When its provider last asked something.
    pub last_activity: Option<Micros>,
    /// Steps done and steps in all of its directory-sync checklist.
    pub steps_done: (u32, u32),
}

/// The questions about organizations.
#[async_trait::async_trait]
pub trait Organizations {
    /// The apps this viewer may see.
    async fn apps(&self, viewer: &Viewer) -> Answer<Vec<App>>;
    /// All organizations the viewer may see whose name contains `search` (empty: all), by name.
    async fn organizations(&self, viewer: &Viewer, search: &str) -> Answer<Vec<OrganizationRow>>;
    /// One organization.
    async fn organization(&self, viewer: &Viewer, organization: &str) -> Answer<Organization>;
    /// Makes an organization of an app. An empty `app` means the only one there is.
    async fn create_organization(&self, viewer: &Viewer, app: &str, name: &str) -> Answer<Organization>;
    /// Gives it another name.
    async fn rename_organization(&self, viewer: &Viewer, organization: &str, name: &str) -> Answer<()>;
    /// Deletes it with its directories, users and groups. `confirm_name` must be its name.
    async fn delete_organization(
        &self,
        viewer: &Viewer,
        organization: &str,
        confirm_name: &str,
    ) -> Answer<()>;
}
