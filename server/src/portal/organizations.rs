//! Organizations: the customers of an app.

use contract::health::{Verdict, worst};
use contract::onboarding::progress;
use contract::organizations::{App, Organization, OrganizationRow, Organizations};
use contract::refusal::Why;
use contract::{Answer, Reach, Refusal, Viewer};
use store::ids::{AppId, EventId, OrganizationId};
use store::organizations::{self, Summary};
use store::{Operation, StoreError, Tx, apps};

use super::look::{Look, Which};
use super::may::{GetApp, Part, needs_reason, role_for};
use super::{House, checked_name};
use crate::directory::organizations::{
    CreateApp, CreateOrganization, DeleteOrganization, RenameOrganization,
};
use crate::directory::signals::{Known, count};

/// The app of a deployment that named none: `rollcall app create` names more.
const FIRST_APP: &str = "My app";

#[async_trait::async_trait]
impl Organizations for House {
    async fn apps(&self, viewer: &Viewer) -> Answer<Vec<App>> {
        let rows = self.read(Apps).await?;
        let mine = rows
            .into_iter()
            .filter(|app| role_for(viewer, app.id.as_str()).is_some());
        match viewer.reach {
            Reach::Setup(_) => Err(Refusal::NotFound),
            Reach::Everything | Reach::Apps(_) => Ok(mine.map(app).collect()),
        }
    }

    async fn organizations(&self, viewer: &Viewer, search: &str) -> Answer<Vec<OrganizationRow>> {
        let apps = self.apps(viewer).await?;
        let known = self
            .read_heavy(Look {
                which: Which::All,
                now: self.clock.now(),
            })
            .await?;
        let wanted = scim::fold(search);
        let summaries = self.read_heavy(Summaries::of(&apps)).await?;
        let found = summaries
            .into_iter()
            .filter(|found| scim::fold(&found.organization.name).contains(&wanted));
        Ok(found.filter_map(|summary| row(summary, &apps, &known)).collect())
    }

    async fn organization(&self, viewer: &Viewer, organization: &str) -> Answer<Organization> {
        let found = self.may_see(viewer, organization, Part::Name).await?;
        let looking = match needs_reason(viewer, &found) {
            true => self.looking(viewer, &found.id).await?,
            false => None,
        };
        let shown = self.shown_organization(found).await?;
        Ok(Organization { looking, ..shown })
    }

    async fn create_organization(&self, viewer: &Viewer, app: &str, name: &str) -> Answer<Organization> {
        let app = self.app_to_fill(viewer, app).await?;
        let name = checked_name("name", name)?;
        self.name_is_free(&app, &name, None).await?;
        let row = organizations::Organization {
            id: OrganizationId::new(self.fresh("org")?),
            app_id: AppId::new(app.id.clone()),
            name: name.clone(),
            created_at: self.clock.now(),
        };
        let (id, created_at) = (row.id.clone(), row.created_at);
        if !self.write(CreateOrganization(row)).await? {
            return Err(Refusal::invalid("app", Why::NotOffered));
        }
        self.recorder.pulse(id.clone());
        Ok(Organization {
            id: id.into_string(),
            name,
            app,
            created_at,
            looking: None,
        })
    }

    async fn rename_organization(&self, viewer: &Viewer, organization: &str, name: &str) -> Answer<()> {
        let row = self.may_change(viewer, organization, Part::Console).await?;
        let name = checked_name("name", name)?;
        let before = self.shown_organization(row).await?;
        self.name_is_free(&before.app, &name, Some(&before.id)).await?;
        let id = OrganizationId::new(organization);
        self.write(RenameOrganization { id: id.clone(), name }).await?;
        self.recorder.pulse(id);
        Ok(())
    }

    async fn delete_organization(
        &self,
        viewer: &Viewer,
        organization: &str,
        confirm_name: &str,
    ) -> Answer<()> {
        let before = self.may_touch_tokens(viewer, organization, Part::Console).await?;
        if confirm_name.trim() != before.name {
            return Err(Refusal::invalid("confirm_name", Why::NameDoesNotMatch));
        }
        let of_it = Which::Of(before.id.clone());
        let now = self.clock.now();
        for known in self.read_heavy(Look { which: of_it, now }).await? {
            self.is_no_staff_directory(&known.directory.id).await?;
        }
        let event = EventId::new(self.fresh("evt")?);
        let id = before.id;
        self.write(DeleteOrganization {
            id: id.clone(),
            event,
            at: self.clock.now(),
        })
        .await?;
        self.recorder.pulse(id);
        self.purge();
        Ok(())
    }
}

impl House {
    /// The app a new organization is to be a customer of. Without a name it is the only one the viewer reaches.
    async fn app_to_fill(&self, viewer: &Viewer, app: &str) -> Answer<App> {
        let mine = self.apps(viewer).await?;
        let found = match (app, mine.as_slice()) {
            ("", []) => None,
            ("", [only]) => Some(only),
            (id, all) => all.iter().find(|app| app.id == id),
        };
        let Some(found) = found else {
            let first = app.is_empty() && mine.is_empty() && viewer.reach == Reach::Everything;
            return match (first, viewer.role.may_change()) {
                (true, true) => self.first_app().await,
                (_, false) => Err(Refusal::Forbidden),
                (false, true) => Err(Refusal::invalid("app", Why::NotOffered)),
            };
        };
        self.may_change_app(viewer, &found.id).await?;
        Ok(found.clone())
    }

    async fn shown_organization(&self, row: organizations::Organization) -> Answer<Organization> {
        let app = self.read(GetApp(row.app_id.clone())).await?.map(app);
        shown(row, app.as_slice()).ok_or(Refusal::NotFound)
    }

    /// Whoever makes an organization before any app was named gets one, so that the first step works.
    async fn first_app(&self) -> Answer<App> {
        let first = apps::App::named(AppId::new(self.fresh("app")?), FIRST_APP, self.clock.now());
        self.write(CreateApp(first.clone())).await?;
        Ok(app(first))
    }

    /// Two customers of one app do not carry the same name: people would mistake them.
    async fn name_is_free(&self, app: &App, name: &str, except: Option<&str>) -> Answer<()> {
        let all = self.read_heavy(Summaries::of(std::slice::from_ref(app))).await?;
        let taken = all.iter().any(|other| {
            scim::fold(&other.organization.name) == scim::fold(name)
                && Some(other.organization.id.as_str()) != except
        });
        if taken {
            Err(Refusal::invalid("name", Why::NameTaken))
        } else {
            Ok(())
        }
    }

    /// Removes what was deleted, in the background; a task does it again at the next start if we are stopped.
    pub(super) fn purge(&self) {
        let store = self.store.clone();
        tokio::spawn(async move {
            if let Err(error) = store.purge().await {
                tracing::warn!(%error, "the rows of a deleted directory are still there; they go later");
            }
        });
    }
}

fn app(row: apps::App) -> App {
    App {
        id: row.id.into_string(),
        name: row.name,
    }
}

fn row(summary: Summary, apps: &[App], known: &[Known]) -> Option<OrganizationRow> {
    let mine = || {
        known
            .iter()
            .filter(|known| known.directory.organization_id == summary.organization.id)
    };
    let verdict = worst(mine().map(|known| known.health().verdict));
    let last = mine().filter_map(Known::last_request).max();
    // The checklist furthest behind is the one somebody has to go on with.
    let steps = mine()
        .map(|known| progress(&known.steps()))
        .min()
        .unwrap_or_default();
    Some(OrganizationRow {
        verdict: if summary.directories == 0 {
            Verdict::NotConfigured
        } else {
            verdict
        },
        users: count(summary.users),
        groups: count(summary.groups),
        last_activity: last,
        steps_done: steps,
        organization: shown(summary.organization, apps)?,
    })
}

fn shown(row: organizations::Organization, apps: &[App]) -> Option<Organization> {
    let app = apps.iter().find(|app| app.id == row.app_id.as_str())?.clone();
    Some(Organization {
        id: row.id.into_string(),
        name: row.name,
        app,
        created_at: row.created_at,
        looking: None,
    })
}

struct Apps;

impl Operation for Apps {
    type Output = Vec<apps::App>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Vec<apps::App>, StoreError> {
        apps::list(tx).await
    }
}

/// The organizations of some apps.
struct Summaries(Vec<AppId>);

impl Summaries {
    fn of(apps: &[App]) -> Self {
        Self(apps.iter().map(|app| AppId::new(app.id.clone())).collect())
    }
}

impl Operation for Summaries {
    type Output = Vec<Summary>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Vec<Summary>, StoreError> {
        organizations::list(tx, Some(&self.0)).await
    }
}
