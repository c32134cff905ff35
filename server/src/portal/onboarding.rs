//! Onboarding: the ERP checklist of an organization.

use contract::onboarding::{Candidate, Erp, ErpStep, Onboarding, Redirects, erp_checklist};
use contract::{Answer, Refusal, Viewer};
use secrecy::ExposeSecret;
use store::ids::OrganizationId;

use super::may::{Part, within_no_frame};
use super::{House, checked_name};
use crate::checklists::{Subject, Trouble, may_act, scripts};
use crate::signin::microsoft::Door;

/// Longest text that is searched for, in characters.
const LONGEST_SEARCH: usize = 200;

#[async_trait::async_trait]
impl Onboarding for House {
    async fn erp(&self, viewer: &Viewer, organization: &str) -> Answer<Erp> {
        let subject = self.subject(viewer, organization).await?;
        self.checklists.nudge(&subject.organization.id, &viewer.session);
        let facts = self.checklists.facts(&subject, &viewer.session);
        let facts = match self.sees_people(viewer, &subject.organization).await? {
            true => facts,
            false => facts.without_names(),
        };
        Ok(Erp {
            items: erp_checklist(&facts),
            can: self.checklists.can(&subject, &viewer.session),
            script: scripts(&facts),
            redirects: self.redirects(),
            facts,
        })
    }

    async fn recheck(&self, viewer: &Viewer, organization: &str) -> Answer<()> {
        let subject = self.subject(viewer, organization).await?;
        let looked = self
            .checklists
            .look(&subject.organization.id, &viewer.session)
            .await;
        looked.map_err(|error| self.fault(&error))
    }

    async fn find_service_users(
        &self,
        viewer: &Viewer,
        organization: &str,
        text: &str,
    ) -> Answer<Vec<Candidate>> {
        let subject = self.acting(viewer, organization, ErpStep::ServiceUser).await?;
        let text: String = text.trim().chars().take(LONGEST_SEARCH).collect();
        let found = self.checklists.candidates(&subject, &viewer.session, &text).await;
        found.map_err(|trouble| self.trouble(trouble))
    }

    async fn choose_service_user(&self, viewer: &Viewer, organization: &str, object_id: &str) -> Answer<()> {
        let subject = self.acting(viewer, organization, ErpStep::ServiceUser).await?;
        let chosen = self.checklists.choose(&subject, &viewer.session, object_id).await;
        chosen.map_err(|trouble| self.trouble(trouble))
    }

    async fn create_service_user(
        &self,
        viewer: &Viewer,
        organization: &str,
        name: &str,
        user_name: &str,
    ) -> Answer<()> {
        let subject = self.acting(viewer, organization, ErpStep::ServiceUser).await?;
        // It makes a password, and shows it.
        within_no_frame(viewer)?;
        let (name, session) = (checked_name("name", name)?, &viewer.session);
        let made = self.checklists.create(&subject, session, &name, user_name.trim());
        let password = made.await.map_err(|trouble| self.trouble(trouble))?;
        let now = self.clock.now();
        self.reveals
            .keep(session, organization, user_name, password.expose_secret(), now);
        Ok(())
    }

    async fn reveal_password(&self, viewer: &Viewer, organization: &str) -> Answer<Option<String>> {
        self.acting(viewer, organization, ErpStep::ServiceUser).await?;
        within_no_frame(viewer)?;
        let shown = self.reveals.take(&viewer.session, organization, self.clock.now());
        Ok(shown.map(|shown| shown.bearer_token))
    }

    async fn assign_role(&self, viewer: &Viewer, organization: &str) -> Answer<()> {
        let subject = self.acting(viewer, organization, ErpStep::AppRole).await?;
        let assigned = self.checklists.assign(&subject, &viewer.session).await;
        assigned.map_err(|trouble| self.trouble(trouble))
    }

    async fn undo(&self, viewer: &Viewer, organization: &str, step: ErpStep) -> Answer<()> {
        let subject = self.acting(viewer, organization, step).await?;
        within_no_frame(viewer)?;
        let undone = self.checklists.undo(&subject, &viewer.session, step).await;
        undone.map_err(|trouble| self.trouble(trouble))
    }
}

impl House {
    /// An organization whose checklist the viewer may see.
    async fn subject(&self, viewer: &Viewer, organization: &str) -> Answer<Subject> {
        self.may_see(viewer, organization, Part::Erp).await?;
        let found = self.checklists.subject(&OrganizationId::new(organization)).await;
        found
            .map_err(|error| self.fault(&error))?
            .ok_or(Refusal::NotFound)
    }

    /// An organization on whose step the viewer may act.
    async fn acting(&self, viewer: &Viewer, organization: &str, step: ErpStep) -> Answer<Subject> {
        let subject = self.subject(viewer, organization).await?;
        may_act(viewer, &subject, step)?;
        Ok(subject)
    }

    fn trouble(&self, trouble: Trouble) -> Refusal {
        match trouble {
            Trouble::Refused(refusal) => refusal,
            fault @ (Trouble::Store(_) | Trouble::Randomness(_)) => self.fault(&fault),
        }
    }

    fn redirects(&self) -> Redirects {
        let to = |door| self.checklists.microsoft.callback(door).to_string();
        Redirects {
            sign_in: to(Door::SignIn),
            consent: to(Door::Consent),
            test: to(Door::Test),
        }
    }
}
