//! The ERP checklist until it is answered: reach is checked, and then nothing is configured.

use contract::onboarding::{Candidate, Erp, ErpStep, Onboarding};
use contract::refusal::Why;
use contract::{Answer, Refusal, Viewer};

use super::House;
use super::may::Part;

const NOT_YET: Refusal = Refusal::Conflict {
    why: Why::AppNotConfigured,
};

#[async_trait::async_trait]
impl Onboarding for House {
    async fn erp(&self, viewer: &Viewer, organization: &str) -> Answer<Erp> {
        self.may_see(viewer, organization, Part::Erp).await?;
        Err(NOT_YET)
    }

    async fn recheck(&self, viewer: &Viewer, organization: &str) -> Answer<()> {
        self.may_see(viewer, organization, Part::Erp).await?;
        Err(NOT_YET)
    }

    async fn find_service_users(
        &self,
        viewer: &Viewer,
        organization: &str,
        _: &str,
    ) -> Answer<Vec<Candidate>> {
        self.may_see(viewer, organization, Part::Erp).await?;
        Err(NOT_YET)
    }

    async fn choose_service_user(&self, viewer: &Viewer, organization: &str, _: &str) -> Answer<()> {
        self.may_change(viewer, organization, Part::Erp).await?;
        Err(NOT_YET)
    }

    async fn create_service_user(&self, viewer: &Viewer, organization: &str, _: &str, _: &str) -> Answer<()> {
        self.may_change(viewer, organization, Part::Erp).await?;
        Err(NOT_YET)
    }

    async fn assign_role(&self, viewer: &Viewer, organization: &str) -> Answer<()> {
        self.may_change(viewer, organization, Part::Erp).await?;
        Err(NOT_YET)
    }

    async fn undo(&self, viewer: &Viewer, organization: &str, _: ErpStep) -> Answer<()> {
        self.may_change(viewer, organization, Part::Erp).await?;
        Err(NOT_YET)
    }
}
