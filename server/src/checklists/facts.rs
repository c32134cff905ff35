//! An organization's findings, read and changed, and what the contract calls facts.

use contract::onboarding::ErpFacts;
use contract::onboarding::erp::{Admin, Consent, ErpApp, RoleFact, ServiceUser, Tenant, TestFact};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use store::apps::{self, App};
use store::findings::{self, Finding};
use store::ids::OrganizationId;
use store::organizations::{self, Organization};
use store::{Operation, StoreError, Tx};

use crate::signin::delegated::Delegated;

/// The chosen service user, as last read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// As last read; whether it is the admin's own account depends on who looks.
    pub user: ServiceUser,
    /// When it was chosen: what was only just made may not be visible yet.
    pub chosen_at: i64,
}

/// When to look again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The time of it.
    pub at: i64,
    /// Looks in a row that found nothing new.
    pub quiet: u32,
}

/// What was found out about a tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The service user.
    pub user: Option<Chosen>,
    /// Consent.
    pub consent: Option<Consent>,
    /// The app role.
    pub role: Option<RoleFact>,
    /// The last test sign-in.
    pub test: Option<TestFact>,
    /// When to look again.
    pub due: Option<Due>,
}

/// The names of the findings.
const USER: &str = "erp_user";
const CONSENT: &str = "erp_consent";
const ROLE: &str = "erp_role";
const TEST: &str = "erp_test";
/// Its time is when to look again.
pub(super) const DUE: &str = "erp_due";

impl Known {
    fn read(found: &[Finding]) -> Self {
        Self {
            user: one(found, USER),
            consent: one(found, CONSENT),
            role: one(found, ROLE),
            test: one(found, TEST),
            due: one(found, DUE),
        }
    }

    /// Each finding by its name, with its time.
    fn rows(&self) -> [(&'static str, Option<(i64, String)>); 5] {
        [
            (USER, row(self.user.as_ref(), |chosen| chosen.user.at)),
            (CONSENT, row(self.consent.as_ref(), |consent| consent.at)),
            (ROLE, row(self.role.as_ref(), |role| role.at)),
            (TEST, row(self.test.as_ref(), |test| test.at)),
            (DUE, row(self.due.as_ref(), |due| due.at)),
        ]
    }

    /// The same without the times at which it was read: two looks that saw the same are equal.
    pub(super) fn timeless(mut self) -> Self {
        if let Some(chosen) = &mut self.user {
            chosen.user.at = 0;
        }
        if let Some(consent) = &mut self.consent {
            consent.at = 0;
        }
        if let Some(role) = &mut self.role {
            role.at = 0;
        }
        self.due = None;
        self
    }
}

fn one<T: DeserializeOwned>(found: &[Finding], name: &str) -> Option<T> {
    let finding = found.iter().find(|finding| finding.name == name)?;
    serde_json::from_str(&finding.value).ok()
}

fn row<T: Serialize>(value: Option<&T>, at: impl Fn(&T) -> i64) -> Option<(i64, String)> {
    let value = value?;
    Some((at(value), serde_json::to_string(value).ok()?))
}

/// An organization with its app and all that is known.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The organization.
    pub organization: Organization,
    /// Its app.
    pub app: App,
    /// The app's client secret, sealed.
    pub(super) sealed: Option<Vec<u8>>,
    /// The proven tenant.
    pub tenant: Option<organizations::Tenant>,
    /// The findings.
    pub known: Known,
}

impl Subject {
    pub(super) fn facts(&self, admin: Option<&Delegated>, now: i64) -> ErpFacts {
        ErpFacts {
            now,
            app: self.entra_app(),
            admin: admin.map(told),
            tenant: self.tenant.as_ref().map(|tenant| Tenant {
                id: tenant.id.clone(),
                name: tenant.name.clone(),
                at: tenant.proven_at,
            }),
            service_user: self.known.user.as_ref().map(|chosen| ServiceUser {
                is_admin: admin.is_some_and(|admin| admin.object_id == chosen.user.object_id),
                ..chosen.user.clone()
            }),
            consent: self.known.consent.clone(),
            role: self.known.role.clone(),
            test: self.known.test.clone(),
        }
    }

    /// The app as Entra knows it, once both values are entered.
    pub fn entra_app(&self) -> Option<ErpApp> {
        Some(ErpApp {
            client_id: self.app.client_id.clone()?,
            role: self.app.app_role.clone()?,
        })
    }

    pub(super) fn has_secret(&self) -> bool {
        self.sealed.is_some()
    }
}

fn told(admin: &Delegated) -> Admin {
    Admin {
        name: admin.name.clone(),
        address: admin.address.clone(),
        object_id: admin.object_id.clone(),
        tenant_id: admin.tenant.clone(),
        roles: admin.roles.clone(),
        at: admin.at,
    }
}

/// Reads a subject.
pub(super) struct Load(pub(super) OrganizationId);

impl Operation for Load {
    type Output = Option<Subject>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Self::Output, StoreError> {
        let Some(organization) = organizations::get(tx, &self.0).await? else {
            return Ok(None);
        };
        let Some(app) = apps::get(tx, &organization.app_id).await? else {
            return Ok(None);
        };
        let sealed = apps::sealed_secret(tx, &app.id).await?;
        let tenant = organizations::tenant(tx, &self.0).await?;
        let known = Known::read(&findings::list(tx, &self.0).await?);
        Ok(Some(Subject {
            organization,
            app,
            sealed,
            tenant,
            known,
        }))
    }
}

/// Changes what is known, in one transaction; writes what differs.
pub struct Update<F> {
    /// Of which organization.
    pub organization: OrganizationId,
    /// The change.
    pub change: F,
}

impl<F: Fn(&mut Known) + Send + Sync + 'static> Operation for Update<F> {
    type Output = ();
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
        let before = Known::read(&findings::list(tx, &self.organization).await?);
        let mut after = before.clone();
        (self.change)(&mut after);
        for ((name, old), (_, new)) in before.rows().into_iter().zip(after.rows()) {
            match new {
                Some((at, value)) if old.as_ref() != Some(&(at, value.clone())) => {
                    findings::set(tx, &self.organization, name, at, &value).await?;
                }
                None if old.is_some() => drop(findings::remove(tx, &self.organization, name).await?),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Binds a tenant.
pub(super) struct Bind(pub(super) OrganizationId, pub(super) organizations::Tenant);

impl Operation for Bind {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        organizations::prove_tenant(tx, &self.0, &self.1).await
    }
}

/// Forgets a tenant with all that is known of it.
pub(super) struct Forget(pub(super) OrganizationId);

impl Operation for Forget {
    type Output = ();
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
        organizations::forget_tenant(tx, &self.0).await?;
        for name in [USER, CONSENT, ROLE, TEST, DUE] {
            findings::remove(tx, &self.0, name).await?;
        }
        Ok(())
    }
}

/// Organizations to look at again by now.
pub(super) struct LookDue(pub(super) i64);

impl Operation for LookDue {
    type Output = Vec<OrganizationId>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Self::Output, StoreError> {
        findings::due(tx, DUE, self.0, super::look::AT_ONCE).await
    }
}
