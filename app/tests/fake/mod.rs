//! A portal that answers from made-up data: what the pages are tested and looked at with.

mod data;
mod doors;
mod erp;
pub(crate) mod served;
mod support_views;

use contract::activity::{ActivityEntry, ActivityLog, ActivityQuery, ActivityRow};
use contract::directories::{Directories, Directory, Provider, ShownOnce};
use contract::onboarding::ErpStep;
use contract::organizations::{App, Organization, OrganizationRow, Organizations};
use contract::page::{Page, PageRequest};
use contract::people::{Group, GroupRow, GroupsQuery, People, User, UserRow, UsersQuery};
use contract::refusal::Why;
use contract::support_views::SupportView;
use contract::{Answer, Micros, Portal, Reach, Refusal, Role, Setup, Viewer};
use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) use data::NOW;

/// Made-up organizations with their directories. Acts change what is kept here, as far as a page can see it.
pub(crate) struct Fake {
    organizations: Mutex<Vec<(Organization, Vec<Directory>)>>,
    shown_once: Mutex<Option<ShownOnce>>,
    url: Mutex<Option<String>>,
    looking: Mutex<Option<SupportView>>,
    stale_session: bool,
}

impl Fake {
    /// A deployment with nothing in it.
    pub(crate) fn empty() -> Self {
        Fake {
            organizations: Mutex::default(),
            shown_once: Mutex::default(),
            url: Mutex::default(),
            looking: Mutex::default(),
            stale_session: false,
        }
    }

    /// One organization for each state a directory can be in.
    pub(crate) fn full() -> Self {
        Fake {
            organizations: Mutex::new(data::organizations()),
            ..Fake::empty()
        }
    }

    /// As [`Fake::full`], but every token act wants a new sign-in.
    pub(crate) fn stale_session() -> Self {
        Fake {
            stale_session: true,
            ..Fake::full()
        }
    }

    fn organization_of(&self, id: &str) -> Answer<(Organization, Vec<Directory>)> {
        let all = held(&self.organizations);
        all.iter()
            .find(|(one, _)| one.id == id)
            .cloned()
            .ok_or(Refusal::NotFound)
    }

    fn with<T>(&self, directory: &str, act: impl FnOnce(&mut Directory) -> T) -> Answer<T> {
        let mut all = held(&self.organizations);
        let mut directories = all.iter_mut().flat_map(|(_, directories)| directories);
        directories
            .find(|one| one.id == directory)
            .map(act)
            .ok_or(Refusal::NotFound)
    }

    fn fresh(&self, viewer: &Viewer) -> Answer<()> {
        match (viewer.role, self.stale_session) {
            (Role::Support, _) => Err(Refusal::Forbidden),
            (_, true) => Err(Refusal::SignInAgain { within_minutes: 10 }),
            _ => Ok(()),
        }
    }

    fn show_once(&self, token: String) {
        let shown = ShownOnce {
            token,
            bearer_token: data::SECRET.to_owned(),
        };
        *held(&self.shown_once) = Some(shown);
    }
}

impl Portal for Fake {}

/// The app's own team, just signed in.
pub(crate) fn owner() -> Viewer {
    Viewer {
        person: "owner".to_owned(),
        role: Role::Owner,
        session: "ses_1".to_owned(),
        authenticated_at: NOW,
        reach: Reach::Everything,
        identity: None,
    }
}

/// A customer's IT, come by a setup link.
pub(crate) fn tenant_admin(organization: &str, step: Option<ErpStep>) -> Viewer {
    Viewer {
        person: "Contoso IT".to_owned(),
        role: Role::TenantAdmin,
        reach: Reach::Setup(Setup {
            organization: organization.to_owned(),
            link: "lnk_used".to_owned(),
            erp: true,
            directory_sync: step.is_none(),
            step,
            framed: false,
        }),
        ..owner()
    }
}

/// The app's support staff.
pub(crate) fn support() -> Viewer {
    Viewer {
        person: "Sam Support".to_owned(),
        role: Role::Support,
        ..owner()
    }
}

/// A test that panicked while it held this has told so already.
fn held<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

fn named(name: &str) -> Answer<()> {
    match name.trim() {
        "" => Err(Refusal::invalid("name", Why::Empty)),
        name if name.chars().count() > 200 => Err(Refusal::invalid("name", Why::TooLong)),
        _ => Ok(()),
    }
}

#[async_trait::async_trait]
impl Organizations for Fake {
    async fn apps(&self, _: &Viewer) -> Answer<Vec<App>> {
        Ok(vec![data::app()])
    }

    async fn organizations(&self, _: &Viewer, search: &str) -> Answer<Vec<OrganizationRow>> {
        let all = held(&self.organizations);
        let search = search.to_lowercase();
        let found = all
            .iter()
            .filter(|(one, _)| one.name.to_lowercase().contains(&search));
        Ok(found
            .map(|(one, directories)| data::row(one, directories))
            .collect())
    }

    async fn organization(&self, _: &Viewer, organization: &str) -> Answer<Organization> {
        match organization {
            "org_broken" => Err(Refusal::Unavailable {
                reference: "req-7f3a91".to_owned(),
            }),
            id => Ok(Organization {
                looking: held(&self.looking).clone(),
                ..self.organization_of(id)?.0
            }),
        }
    }

    async fn create_organization(&self, _: &Viewer, _: &str, name: &str) -> Answer<Organization> {
        named(name)?;
        let mut all = held(&self.organizations);
        if all
            .iter()
            .any(|(one, _)| one.name.eq_ignore_ascii_case(name.trim()))
        {
            return Err(Refusal::Conflict { why: Why::NameTaken });
        }
        let made = data::organization(&format!("org_new{}", all.len()), name.trim());
        all.push((made.clone(), Vec::new()));
        Ok(made)
    }

    async fn rename_organization(&self, _: &Viewer, _: &str, name: &str) -> Answer<()> {
        named(name)
    }

    async fn delete_organization(&self, _: &Viewer, organization: &str, confirm: &str) -> Answer<()> {
        let (found, _) = self.organization_of(organization)?;
        if found.name != confirm {
            return Err(Refusal::invalid("confirm_name", Why::NameDoesNotMatch));
        }
        let mut all = held(&self.organizations);
        all.retain(|(one, _)| one.id != organization);
        Ok(())
    }
}

#[async_trait::async_trait]
impl Directories for Fake {
    async fn directories(&self, _: &Viewer, organization: &str) -> Answer<Vec<Directory>> {
        Ok(self.organization_of(organization)?.1)
    }

    async fn directory(&self, _: &Viewer, directory: &str) -> Answer<Directory> {
        self.with(directory, |one| one.clone())
    }

    async fn configure(&self, viewer: &Viewer, organization: &str, provider: Provider) -> Answer<String> {
        self.fresh(viewer)?;
        let made = data::just_configured(organization, provider);
        let mut all = held(&self.organizations);
        let found = all
            .iter_mut()
            .find(|(one, _)| one.id == organization)
            .ok_or(Refusal::NotFound)?;
        found.1.push(made.clone());
        self.show_once(made.tokens[0].id.clone());
        Ok(made.id)
    }

    async fn reveal(&self, _: &Viewer, _: &str) -> Answer<Option<ShownOnce>> {
        Ok(held(&self.shown_once).take())
    }

    async fn create_token(
        &self,
        viewer: &Viewer,
        directory: &str,
        name: &str,
        end: Option<Micros>,
    ) -> Answer<()> {
        self.fresh(viewer)?;
        named(name)?;
        let made = self.with(directory, |one| {
            let alive = one.tokens.iter().filter(|token| token.is_alive(NOW)).count();
            if alive >= 2 {
                return Err(Refusal::Conflict {
                    why: Why::TwoTokensAlive,
                });
            }
            one.tokens.insert(0, data::token("tok_second", name, end));
            Ok(())
        })?;
        made?;
        self.show_once("tok_second".to_owned());
        Ok(())
    }

    async fn revoke_token(&self, viewer: &Viewer, directory: &str, token: &str) -> Answer<()> {
        self.fresh(viewer)?;
        self.with(directory, |one| {
            let found = one
                .tokens
                .iter_mut()
                .find(|found| found.id == token)
                .ok_or(Refusal::NotFound)?;
            found.revoked_at = Some(NOW);
            Ok(())
        })?
    }

    async fn rename_directory(&self, _: &Viewer, directory: &str, name: &str) -> Answer<()> {
        named(name)?;
        self.with(directory, |one| name.clone_into(&mut one.name))
    }

    async fn disable_directory(&self, _: &Viewer, directory: &str) -> Answer<()> {
        self.with(directory, |one| one.enabled = false)
    }

    async fn enable_directory(&self, _: &Viewer, directory: &str) -> Answer<()> {
        self.with(directory, |one| one.enabled = true)
    }

    async fn delete_directory(&self, _: &Viewer, directory: &str, confirm: &str) -> Answer<()> {
        let name = self.with(directory, |one| one.name.clone())?;
        if name != confirm {
            return Err(Refusal::invalid("confirm_name", Why::NameDoesNotMatch));
        }
        let mut all = held(&self.organizations);
        all.iter_mut()
            .for_each(|(_, directories)| directories.retain(|one| one.id != directory));
        Ok(())
    }
}

#[async_trait::async_trait]
impl People for Fake {
    async fn users(&self, viewer: &Viewer, organization: &str, query: &UsersQuery) -> Answer<Page<UserRow>> {
        self.people_of(viewer, organization)?;
        let search = query.search.to_lowercase();
        let matches = |row: &UserRow| {
            let text = format!("{} {:?} {:?}", row.user_name, row.display_name, row.email).to_lowercase();
            text.contains(&search) && query.active.is_none_or(|active| row.active == active)
        };
        let found: Vec<UserRow> = data::users(organization).into_iter().filter(matches).collect();
        Ok(paged(found, &query.page, |row| row.id.clone()))
    }

    async fn user(&self, viewer: &Viewer, organization: &str, user: &str) -> Answer<User> {
        self.people_of(viewer, organization)?;
        data::user(organization, user).ok_or(Refusal::NotFound)
    }

    async fn groups(
        &self,
        viewer: &Viewer,
        organization: &str,
        query: &GroupsQuery,
    ) -> Answer<Page<GroupRow>> {
        self.people_of(viewer, organization)?;
        let search = query.search.to_lowercase();
        let mut found = data::groups(organization);
        found.retain(|row| row.display_name.to_lowercase().contains(&search));
        Ok(paged(found, &query.page, |row| row.id.clone()))
    }

    async fn group(
        &self,
        viewer: &Viewer,
        organization: &str,
        group: &str,
        members: &PageRequest,
    ) -> Answer<Group> {
        self.people_of(viewer, organization)?;
        let mut found = data::group(organization, group).ok_or(Refusal::NotFound)?;
        found.members = paged(data::members(organization), members, |member| member.id.clone());
        Ok(found)
    }
}

#[async_trait::async_trait]
impl ActivityLog for Fake {
    async fn activity(
        &self,
        viewer: &Viewer,
        organization: &str,
        query: &ActivityQuery,
    ) -> Answer<Page<ActivityRow>> {
        self.people_of(viewer, organization)?;
        let search = query.search.to_lowercase();
        let mut found = data::activity(organization);
        found.retain(|row| {
            row.subject_name
                .clone()
                .unwrap_or_default()
                .to_lowercase()
                .contains(&search)
        });
        found.retain(|row| query.outcome.is_none_or(|outcome| row.outcome == outcome));
        found.retain(|row| !query.changes_only || row.changed > 0);
        Ok(paged(found, &query.page, |row| row.id.clone()))
    }

    async fn activity_entry(
        &self,
        viewer: &Viewer,
        organization: &str,
        entry: &str,
    ) -> Answer<ActivityEntry> {
        self.people_of(viewer, organization)?;
        data::entry(organization, entry).ok_or(Refusal::NotFound)
    }
}

const ROWS: usize = 12;

/// A page by key, as the contract says: after a key, or before it.
fn paged<T>(rows: Vec<T>, asked: &PageRequest, key: impl Fn(&T) -> String) -> Page<T> {
    let total = rows.len();
    let position = |wanted: &String| rows.iter().position(|row| key(row) == *wanted);
    let start = match (&asked.after, &asked.before) {
        (Some(after), _) => position(after).map_or(total, |at| at + 1),
        (None, Some(before)) => position(before).unwrap_or(0).saturating_sub(ROWS),
        (None, None) => 0,
    };
    let end = (start + ROWS).min(total);
    let next = (end < total && end > 0).then(|| key(&rows[end - 1]));
    let previous = (start > 0 && start < total).then(|| key(&rows[start]));
    let rows = rows.into_iter().skip(start).take(end - start.min(end)).collect();
    Page {
        rows,
        total: total as u64,
        next,
        previous,
    }
}
