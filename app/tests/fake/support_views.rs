//! Support's looks at people's data: one for all, as far as a page sees it.

use super::data::NOW;
use super::{Fake, held};
use contract::refusal::Why;
use contract::support_views::{SupportView, SupportViews};
use contract::{Answer, Micros, Refusal, Role, Viewer};

impl Fake {
    /// What shows people: for support, only while it looks.
    pub(super) fn people_of(&self, viewer: &Viewer, organization: &str) -> Answer<()> {
        let (found, _) = self.organization_of(organization)?;
        match (viewer.role, held(&self.looking).is_some()) {
            (Role::Support, false) => Err(Refusal::NeedsReason {
                organization: found.id,
            }),
            _ => Ok(()),
        }
    }
}

#[async_trait::async_trait]
impl SupportViews for Fake {
    async fn begin_support_view(&self, _: &Viewer, _: &str, reason: &str, minutes: u32) -> Answer<()> {
        if reason.trim().chars().count() < 3 {
            return Err(Refusal::invalid("reason", Why::TooShort));
        }
        *held(&self.looking) = Some(SupportView {
            reason: reason.to_owned(),
            until: NOW + Micros::from(minutes) * 60_000_000,
        });
        Ok(())
    }

    async fn end_support_view(&self, _: &Viewer, _: &str) -> Answer<()> {
        *held(&self.looking) = None;
        Ok(())
    }
}
