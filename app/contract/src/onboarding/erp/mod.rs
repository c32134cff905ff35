//! *ERP to Core API* (checklist 3): a dedicated service user signs in and calls the app's API; only principals that hold
//! the app role get in. The facts come from Microsoft; [`erp_checklist`] only judges them.

mod facts;
mod judge;
#[cfg(test)]
mod tests;

pub use facts::{
    Admin, Consent, ConsentRefusal, ErpApp, ErpFacts, Permission, PermissionKind, RoleFact, ServiceUser,
    Tenant, TestFact, TestOutcome,
};
pub use judge::{erp_checklist, erp_progress};

use crate::Micros;
use serde::{Deserialize, Serialize};

/// How long Microsoft may take to show what was done there before it counts as not done (entra-facts B3: seconds to
/// minutes), in microseconds.
pub const PATIENCE: Micros = 10 * 60 * 1_000_000;

/// One thing to do. The order of [`ERP_STEPS`] is the order on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErpStep {
    /// The tenant's admin signs in with Microsoft.
    SignIn,
    /// Choose or create the service user.
    ServiceUser,
    /// Consent for the whole tenant.
    AdminConsent,
    /// Assign the app role to the service user.
    AppRole,
    /// Sign in as the service user.
    TestSignIn,
}

/// The steps, in order.
pub const ERP_STEPS: [ErpStep; 5] = [
    ErpStep::SignIn,
    ErpStep::ServiceUser,
    ErpStep::AdminConsent,
    ErpStep::AppRole,
    ErpStep::TestSignIn,
];

impl ErpStep {
    /// The word for it in addresses and forms.
    pub fn slug(self) -> &'static str {
        match self {
            ErpStep::SignIn => "sign-in",
            ErpStep::ServiceUser => "service-user",
            ErpStep::AdminConsent => "admin-consent",
            ErpStep::AppRole => "app-role",
            ErpStep::TestSignIn => "test-sign-in",
        }
    }

    /// The step of that word.
    pub fn from_slug(slug: &str) -> Option<Self> {
        ERP_STEPS.into_iter().find(|step| step.slug() == slug)
    }
}

/// A step with its derived state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErpItem {
    /// Which step.
    pub step: ErpStep,
    /// Where it stands.
    pub state: ErpState,
    /// What deserves attention although nothing failed.
    pub warnings: Vec<ErpWarning>,
}

/// Where a step stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ErpState {
    /// Nothing seen yet.
    ToDo,
    /// A question to Microsoft is under way. [`erp_checklist`] never says so; who asks may.
    Checking,
    /// Proven.
    Done {
        /// By what.
        evidence: ErpEvidence,
        /// When it was seen.
        at: Micros,
    },
    /// Done, and not yet visible at Microsoft.
    WaitingForMicrosoft {
        /// Since when.
        since: Micros,
    },
    /// Proven wrong.
    Failed {
        /// Why; the catalogue holds the sentence and the remedy.
        reason: ErpFailure,
        /// When it was seen.
        at: Micros,
    },
    /// This organization does without it.
    NotNeeded,
}

impl ErpState {
    /// Is nothing left to do?
    pub fn is_settled(&self) -> bool {
        matches!(self, ErpState::Done { .. } | ErpState::NotNeeded)
    }
}

/// What proves a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErpEvidence {
    /// The admin signed in.
    SignedIn {
        /// Display name. Untrusted text.
        name: String,
        /// User principal name. Untrusted text.
        address: String,
    },
    /// A token of the tenant was seen in an earlier session.
    Tenant {
        /// The tenant's name. Untrusted text.
        name: String,
    },
    /// The service user is an enabled member.
    ServiceUser {
        /// Display name. Untrusted text.
        name: String,
        /// User principal name. Untrusted text.
        address: String,
    },
    /// Every permission was granted.
    Consent {
        /// How many permissions.
        permissions: u32,
    },
    /// The service user holds the role.
    Role {
        /// The role's value; empty when the app is not known.
        role: String,
    },
    /// The service user signed in, and the token carries the role.
    TestPassed {
        /// Who signed in. Untrusted text.
        address: String,
        /// The token's roles.
        roles: Vec<String>,
    },
}

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErpFailure {
    /// The admin belongs to another tenant than the organization.
    WrongTenant,
    /// The service user is not there any more.
    UserMissing,
    /// The service user's account is disabled.
    UserDisabled,
    /// The service user is a guest.
    UserIsGuest,
    /// Consent was refused.
    ConsentRefused(ConsentRefusal),
    /// Consent was claimed, and after ten minutes Microsoft still does not show it.
    ConsentNotVisible,
    /// Consent holds, and these permissions lack.
    PermissionsMissing(Vec<String>),
    /// Others hold the role, and the service user does not. Untrusted names.
    WrongPrincipal(Vec<String>),
    /// The assignment was asked for, and after ten minutes Microsoft still does not show it.
    RoleNotVisible,
    /// Test: consent is missing or not yet visible.
    ConsentRequired {
        /// The AADSTS number.
        code: u32,
    },
    /// Test: the role is missing.
    AccessDenied {
        /// The AADSTS number, if Microsoft refused.
        code: Option<u32>,
    },
    /// Test: another account signed in.
    WrongAccount {
        /// Which one. Untrusted text.
        address: String,
    },
    /// Test: anything else.
    TestFailed {
        /// The AADSTS number, where there was one.
        code: Option<u32>,
        /// Microsoft's own text. Untrusted.
        description: String,
    },
}

impl ErpFailure {
    /// The step in which it is mended.
    pub fn mended_by(&self) -> ErpStep {
        match self {
            ErpFailure::WrongTenant => ErpStep::SignIn,
            ErpFailure::UserMissing | ErpFailure::UserDisabled | ErpFailure::UserIsGuest => {
                ErpStep::ServiceUser
            }
            ErpFailure::ConsentRefused(_)
            | ErpFailure::ConsentNotVisible
            | ErpFailure::PermissionsMissing(_)
            | ErpFailure::ConsentRequired { .. } => ErpStep::AdminConsent,
            ErpFailure::WrongPrincipal(_) | ErpFailure::RoleNotVisible | ErpFailure::AccessDenied { .. } => {
                ErpStep::AppRole
            }
            ErpFailure::WrongAccount { .. } | ErpFailure::TestFailed { .. } => ErpStep::TestSignIn,
        }
    }
}

/// What deserves attention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErpWarning {
    /// The service user is the admin's own account.
    ServiceUserIsAdmin,
    /// Others hold the role too. Untrusted names.
    RoleAlsoElsewhere(Vec<String>),
}
