//! Who may act on which step of an organization's checklist.

use contract::onboarding::ErpStep;
use contract::{Answer, Reach, Refusal, Role, Viewer};

use super::Subject;

/// What the viewer is to this organization; what they do not reach is not there for them.
fn reaches(viewer: &Viewer, subject: &Subject) -> Answer<Role> {
    let role = match &viewer.reach {
        Reach::Everything => Some(viewer.role),
        Reach::Apps(apps) => {
            let mine = apps.iter().find(|(app, _)| app == subject.app.id.as_str());
            mine.map(|(_, role)| *role)
        }
        Reach::Setup(setup) => {
            let mine = setup.organization == subject.organization.id.as_str() && setup.erp;
            mine.then_some(viewer.role)
        }
    };
    role.ok_or(Refusal::NotFound)
}

/// Whether the viewer may act on a step. A link for one step acts on that step and on the sign-in it rests on.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::Forbidden`].
pub fn may_act(viewer: &Viewer, subject: &Subject, step: ErpStep) -> Answer<()> {
    let role = reaches(viewer, subject)?;
    let only = viewer.reach.setup().and_then(|setup| setup.step);
    let within = step == ErpStep::SignIn || only.is_none_or(|only| only == step);
    if role.may_change() && within {
        Ok(())
    } else {
        Err(Refusal::Forbidden)
    }
}
