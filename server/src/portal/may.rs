//! Whether a viewer may: the one place that decides it. An organization or app outside the reach looks like one that is
//! not there (threats T18, T63, T71).

use contract::{Answer, Reach, Refusal, Role, Setup, Viewer};
use store::ids::{AppId, OrganizationId};
use store::organizations::Organization;
use store::{Operation, StoreError, Tx, apps, organizations};

use super::House;

/// A part of an organization, as a setup link opens it or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Its name, and that something changed in it: whoever comes in at all sees that.
    Name,
    /// Its directories, their endpoints and tokens.
    DirectorySync,
    /// The ERP checklist.
    Erp,
    /// Setup links to it, made by whoever reaches what they open.
    Links,
    /// Its people, and its history, which names them: support sees them for a reason alone.
    People,
    /// Everything else: its settings.
    Console,
}

impl Part {
    fn is_open(self, setup: &Setup) -> bool {
        match self {
            Part::Name | Part::Links => true,
            Part::DirectorySync => setup.directory_sync,
            Part::Erp => setup.erp,
            Part::People | Part::Console => false,
        }
    }
}

/// The viewer's role in a part of an organization; `None` outside their reach.
fn role_in(viewer: &Viewer, organization: &Organization, part: Part) -> Option<Role> {
    match &viewer.reach {
        Reach::Everything | Reach::Apps(_) => role_for(viewer, organization.app_id.as_str()),
        Reach::Setup(setup) => {
            let open = setup.organization == organization.id.as_str() && part.is_open(setup);
            open.then_some(Role::TenantAdmin)
        }
    }
}

/// The viewer's role in an app; `None` outside their reach. A setup link opens no app.
pub(super) fn role_for(viewer: &Viewer, app: &str) -> Option<Role> {
    match &viewer.reach {
        Reach::Everything => Some(viewer.role),
        Reach::Apps(apps) => apps.iter().find(|(id, _)| id == app).map(|(_, role)| *role),
        Reach::Setup(_) => None,
    }
}

/// Does the viewer see personal data of this organization only for a reason that they gave? So it is for support.
pub(super) fn needs_reason(viewer: &Viewer, organization: &Organization) -> bool {
    role_in(viewer, organization, Part::People) == Some(Role::Support)
}

/// Changes nothing: support.
fn changes(role: Role) -> Answer<()> {
    if role.may_change() {
        Ok(())
    } else {
        Err(Refusal::Forbidden)
    }
}

/// Secrets are neither made, shown nor ended within another site's page (threats T65).
pub(super) fn within_no_frame(viewer: &Viewer) -> Answer<()> {
    match viewer.reach.setup() {
        Some(setup) if setup.framed => Err(Refusal::Forbidden),
        _ => Ok(()),
    }
}

/// A setup link is for setting up: what is there is the app's owners' to rename, switch and delete (threats T63).
pub(super) fn not_by_link(viewer: &Viewer) -> Answer<()> {
    match viewer.reach.setup() {
        Some(_) => Err(Refusal::Forbidden),
        None => Ok(()),
    }
}

impl House {
    /// The organization's row, for whoever may see this part of it.
    pub(super) async fn may_see(
        &self,
        viewer: &Viewer,
        organization: &str,
        part: Part,
    ) -> Answer<Organization> {
        Ok(self.reached(viewer, organization, part).await?.0)
    }

    /// The organization's row, for whoever may change this part of it.
    pub(super) async fn may_change(
        &self,
        viewer: &Viewer,
        organization: &str,
        part: Part,
    ) -> Answer<Organization> {
        let (row, role) = self.reached(viewer, organization, part).await?;
        changes(role)?;
        Ok(row)
    }

    /// The organization's row, for whoever may change this part of it and has proven who they are a moment ago: so it is
    /// for whatever makes or ends a credential (threats T10).
    pub(super) async fn may_touch_tokens(
        &self,
        viewer: &Viewer,
        organization: &str,
        part: Part,
    ) -> Answer<Organization> {
        let row = self.may_change(viewer, organization, part).await?;
        within_no_frame(viewer)?;
        self.proven_lately(viewer)?;
        Ok(row)
    }

    /// The app's row, for whoever may see its team.
    pub(super) async fn may_see_app(&self, viewer: &Viewer, app: &str) -> Answer<apps::App> {
        role_for(viewer, app).ok_or(Refusal::NotFound)?;
        self.read(GetApp(AppId::new(app))).await?.ok_or(Refusal::NotFound)
    }

    /// The app's row, for whoever may change its team.
    pub(super) async fn may_change_app(&self, viewer: &Viewer, app: &str) -> Answer<apps::App> {
        let row = self.may_see_app(viewer, app).await?;
        changes(role_for(viewer, app).ok_or(Refusal::NotFound)?)?;
        Ok(row)
    }

    /// Fails for whoever came in too long ago to touch a credential.
    pub(super) fn proven_lately(&self, viewer: &Viewer) -> Answer<()> {
        let age = self.clock.now() - viewer.authenticated_at;
        if age <= i64::from(self.reauth_minutes) * 60_000_000 {
            return Ok(());
        }
        Err(Refusal::SignInAgain {
            within_minutes: self.reauth_minutes,
        })
    }

    /// May the viewer see names of people in it, now?
    pub(super) async fn sees_people(&self, viewer: &Viewer, organization: &Organization) -> Answer<bool> {
        Ok(!needs_reason(viewer, organization) || self.looking(viewer, &organization.id).await?.is_some())
    }

    async fn reached(&self, viewer: &Viewer, organization: &str, part: Part) -> Answer<(Organization, Role)> {
        let found = self.read(Get(OrganizationId::new(organization))).await?;
        let row = found.ok_or(Refusal::NotFound)?;
        let role = role_in(viewer, &row, part).ok_or(Refusal::NotFound)?;
        if part == Part::People && !self.sees_people(viewer, &row).await? {
            return Err(Refusal::NeedsReason {
                organization: row.id.into_string(),
            });
        }
        Ok((row, role))
    }
}

struct Get(OrganizationId);

impl Operation for Get {
    type Output = Option<Organization>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Option<Organization>, StoreError> {
        organizations::get(tx, &self.0).await
    }
}

pub(super) struct GetApp(pub(super) AppId);

impl Operation for GetApp {
    type Output = Option<apps::App>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Option<apps::App>, StoreError> {
        apps::get(tx, &self.0).await
    }
}
