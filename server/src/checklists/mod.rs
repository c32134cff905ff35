//! What is known of an organization's tenant at Microsoft: read there, kept as findings, and shown as the facts from which
//! the contract derives each step of a checklist.
//!
//! - `facts.rs`: an organization's findings, read and changed, and what the contract calls facts
//! - `clients.rs`: an app's own registration, with its secret unsealed
//! - `gather.rs`: the questions to Microsoft; `merge.rs`: what their answers make of the findings
//! - `look.rs`: when to ask: when somebody looks, while something is awaited, and on a schedule
//! - `act.rs`: what we do in a tenant when told to, and take back
//! - `reach.rs`: who may
//! - `script.rs`: the same as calls to paste

mod act;
mod clients;
mod facts;
mod gather;
mod look;
mod merge;
mod reach;
mod script;

use std::sync::Arc;

use contract::onboarding::{Can, ErpFacts, MissingRole, roles};
use entra::{ConfidentialClient, Graph};
use store::{Store, StoreError, ids::OrganizationId, organizations::Tenant};

pub use act::Trouble;
pub use clients::CLIENT_SECRET;
pub use facts::{Known, Subject, Update};
pub use look::run;
pub use reach::may_act;
pub use script::scripts;

use crate::{
    api::Callers,
    clock::{Clock, Randomness},
    keys::Key,
    signin::{
        delegated::{Delegated, DelegatedTokens},
        microsoft::Microsoft,
    },
    tasks::record::Recorder,
};

/// What the checklists work with.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// The dice.
    pub randomness: Randomness,
    /// Wakes those that watch.
    pub recorder: Recorder,
    /// Microsoft.
    pub microsoft: Microsoft,
    /// Tenant admins' tokens.
    pub delegated: DelegatedTokens,
    /// The apps' tenants as `/api/v1` knows them: to be forgotten when one is bound or let go.
    pub callers: Callers,
    /// Opens the apps' secrets.
    pub key: Arc<Key>,
}

/// The checklists. Cheap to clone.
#[derive(Clone)]
pub struct Checklists(Arc<Inner>);

struct Inner {
    parts: Parts,
    clients: clients::Clients,
    looks: look::Looks,
}

impl std::fmt::Debug for Checklists {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Checklists").finish_non_exhaustive()
    }
}

impl std::ops::Deref for Checklists {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}

impl Checklists {
    /// Asks nobody yet.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner {
            parts,
            clients: clients::Clients::default(),
            looks: look::Looks::default(),
        }))
    }

    /// An organization with all that is known of it; `None` when there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn subject(&self, organization: &OrganizationId) -> Result<Option<Subject>, StoreError> {
        self.store.read(facts::Load(organization.clone())).await
    }

    /// What is known, as the contract says it, for the viewer of this session.
    pub fn facts(&self, subject: &Subject, session: &str) -> ErpFacts {
        let now = self.clock.now();
        subject.facts(self.delegated.get(session, now).as_ref(), now)
    }

    /// The app's own registration at Microsoft; `None` until its owner entered it.
    pub fn client(&self, subject: &Subject) -> Option<ConfidentialClient> {
        self.0.clients.get(self, subject)
    }

    /// Graph in the name of whoever signed in as admin in this very session, if they are of the organization's tenant
    /// (threats T49).
    pub fn as_admin(&self, subject: &Subject, session: &str) -> Option<Graph> {
        self.admin(subject, session)
            .map(|admin| self.microsoft.graph(admin.token))
    }

    /// What the admin of this session may have us do.
    pub fn can(&self, subject: &Subject, session: &str) -> Can {
        let held = self.admin(subject, session).map(|admin| admin.roles);
        let held = held.ok_or(MissingRole::NotSignedIn);
        let may =
            |judge: fn(&[String]) -> Result<(), MissingRole>| held.clone().and_then(|held| judge(&held));
        Can {
            create_user: may(roles::may_create_users),
            consent: may(roles::may_consent),
            assign_role: may(roles::may_assign_roles),
        }
    }

    fn admin(&self, subject: &Subject, session: &str) -> Option<Delegated> {
        let tenant = &subject.tenant.as_ref()?.id;
        let admin = self.delegated.get(session, self.clock.now())?;
        (admin.tenant == *tenant).then_some(admin)
    }

    /// Binds the tenant that an admin proved to be theirs to an organization: false when it has another already, or the
    /// tenant belongs to another organization of the app (threats T46).
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn bind(&self, organization: &OrganizationId, tenant: Tenant) -> Result<bool, StoreError> {
        let bind = facts::Bind(organization.clone(), tenant);
        let bound = match self.store.write(bind).await {
            Err(StoreError::Conflict { .. }) => Ok(false),
            answer => answer,
        };
        self.callers.forget();
        bound
    }

    /// Changes what is known of an organization, and wakes those that watch it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn note(
        &self,
        organization: &OrganizationId,
        change: impl Fn(&mut Known) + Send + Sync + 'static,
    ) -> Result<(), StoreError> {
        let update = Update {
            organization: organization.clone(),
            change,
        };
        self.store.write(update).await?;
        self.recorder.pulse(organization.clone());
        Ok(())
    }
}
