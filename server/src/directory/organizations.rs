//! Apps and organizations: made, renamed and deleted by an owner or an operator.

use serde_json::json;
use store::directories::{self, Directory};
use store::events::{self, NewEvent};
use store::ids::{EventId, OrganizationId};
use store::organizations::{self, Organization};
use store::{Operation, StoreError, Tx, apps};

use super::staff;

/// Makes an app.
#[derive(Debug)]
pub struct CreateApp(pub apps::App);

impl Operation for CreateApp {
    type Output = ();
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
        apps::create(tx, &self.0).await
    }
}

/// Makes an organization; answers whether there is such an app.
#[derive(Debug)]
pub struct CreateOrganization(pub Organization);

impl Operation for CreateOrganization {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        if apps::get(tx, &self.0.app_id).await?.is_none() {
            return Ok(false);
        }
        organizations::create(tx, &self.0).await?;
        Ok(true)
    }
}

/// Renames an organization; answers whether there is one.
#[derive(Debug)]
pub struct RenameOrganization {
    /// Which.
    pub id: OrganizationId,
    /// Its new name.
    pub name: String,
}

impl Operation for RenameOrganization {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        organizations::rename(tx, &self.id, &self.name).await
    }
}

/// Deletes an organization with its directories: their tokens are refused from the commit on (threats T11), and their rows
/// go afterwards with [`store::Store::purge`]. Answers whether there was one.
#[derive(Debug)]
pub struct DeleteOrganization {
    /// Which.
    pub id: OrganizationId,
    /// The stem of the ids of its events.
    pub event: EventId,
    /// Now.
    pub at: i64,
}

impl Operation for DeleteOrganization {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        let directories = directories::list(tx, Some(&self.id)).await?;
        for (place, directory) in directories.iter().enumerate() {
            self.tell(tx, place, directory).await?;
            staff::forget(tx, &directory.id, self.at).await?;
        }
        organizations::delete(tx, &self.id, self.at).await
    }
}

impl DeleteOrganization {
    async fn tell<T: Tx>(&self, tx: &mut T, place: usize, directory: &Directory) -> Result<(), StoreError> {
        let about = json!({"id": directory.id.as_str(), "provider": directory.provider.as_str(), "name": directory.name});
        let event = NewEvent {
            id: &EventId::new(format!("{}.{place}", self.event)),
            app_id: &directory.app_id,
            organization_id: &self.id,
            directory_id: Some(&directory.id),
            kind: "directory.deleted",
            subject_id: Some(directory.id.as_str()),
            at: self.at,
            body: &json!({"directory": about}).to_string(),
        };
        events::append(tx, &event).await
    }
}
