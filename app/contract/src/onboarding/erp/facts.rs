//! What is known of an ERP connection, each fact with when it was read.

use crate::Micros;
use crate::support_views::HIDDEN;
use serde::{Deserialize, Serialize};

/// What is known of an organization's ERP connection, read in one look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErpFacts {
    /// Now.
    pub now: Micros,
    /// The app as Entra knows it; absent until its owner entered it.
    pub app: Option<ErpApp>,
    /// Who signed in with Microsoft in this session.
    pub admin: Option<Admin>,
    /// The customer's tenant, proven by a token of it.
    pub tenant: Option<Tenant>,
    /// The service user as last read.
    pub service_user: Option<ServiceUser>,
    /// What is known of consent.
    pub consent: Option<Consent>,
    /// What is known of the app role.
    pub role: Option<RoleFact>,
    /// How the last test sign-in ended.
    pub test: Option<TestFact>,
}

impl ErpFacts {
    /// The same, without names and addresses of people (threats T71). Ids and states stay.
    #[must_use]
    pub fn without_names(mut self) -> Self {
        let hide = |text: &mut String| HIDDEN.clone_into(text);
        if let Some(admin) = &mut self.admin {
            hide(&mut admin.name);
            hide(&mut admin.address);
        }
        if let Some(user) = &mut self.service_user {
            hide(&mut user.name);
            hide(&mut user.address);
        }
        if let Some(role) = &mut self.role {
            role.elsewhere.iter_mut().for_each(hide);
        }
        match self.test.as_mut().map(|test| &mut test.outcome) {
            Some(
                TestOutcome::Passed { address: text, .. }
                | TestOutcome::WrongAccount { address: text }
                | TestOutcome::Other {
                    description: text, ..
                },
            ) => hide(text),
            Some(TestOutcome::ConsentRequired { .. } | TestOutcome::AccessDenied { .. }) | None => {}
        }
        self
    }
}

/// The app in Entra.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErpApp {
    /// Its application (client) id.
    pub client_id: String,
    /// The value of its app role, such as `Truvio.SubscriptionService`.
    pub role: String,
}

/// The tenant's admin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admin {
    /// Display name. Untrusted text.
    pub name: String,
    /// User principal name, to show only. Untrusted text.
    pub address: String,
    /// Object id.
    pub object_id: String,
    /// Tenant id.
    pub tenant_id: String,
    /// Directory roles, by template id ([`super::roles`]).
    pub roles: Vec<String>,
    /// When they signed in.
    pub at: Micros,
}

/// A proven tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// Tenant id.
    pub id: String,
    /// Its name. Untrusted text.
    pub name: String,
    /// When it was proven.
    pub at: Micros,
}

/// The service user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "five independent facts of one account, each read by itself"
)]
pub struct ServiceUser {
    /// Object id.
    pub object_id: String,
    /// Display name. Untrusted text.
    pub name: String,
    /// User principal name. Untrusted text.
    pub address: String,
    /// Is it there?
    pub exists: bool,
    /// Is the account enabled?
    pub enabled: bool,
    /// Is it a guest (`userType`)?
    pub guest: bool,
    /// Is it the admin's own account?
    pub is_admin: bool,
    /// Did we create it?
    pub made_by_us: bool,
    /// When this was read.
    pub at: Micros,
}

/// Admin consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// When Microsoft's redirect claimed it. Claims prove nothing.
    pub claimed_at: Option<Micros>,
    /// When a token of the tenant and the app's service principal there proved it.
    pub proven_at: Option<Micros>,
    /// Object id of the app's service principal in the tenant.
    pub principal_id: Option<String>,
    /// What the app asks for, each with whether it was granted.
    pub permissions: Vec<Permission>,
    /// How the last attempt was refused, if it was.
    pub refused: Option<ConsentRefusal>,
    /// When this was read.
    pub at: Micros,
}

/// One permission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// Its name, such as `User.Read`.
    pub name: String,
    /// For whom it is.
    pub kind: PermissionKind,
    /// Was it granted?
    pub granted: bool,
}

/// For whom a permission is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PermissionKind {
    /// On behalf of a signed-in user.
    Delegated,
    /// For the app itself.
    Application,
}

/// How consent was refused (entra-facts B3, B5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentRefusal {
    /// Cancelled on Microsoft's page, in any of its spellings.
    Cancelled,
    /// The account may not consent for the tenant.
    NeedsAdmin,
    /// Anything else, with Microsoft's code.
    Other(String),
}

/// The app role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleFact {
    /// Does the service user hold it?
    pub assigned: bool,
    /// When we asked Microsoft to assign it.
    pub requested_at: Option<Micros>,
    /// Names of other principals that hold it. Untrusted text.
    pub elsewhere: Vec<String>,
    /// Did we assign it?
    pub made_by_us: bool,
    /// When this was read.
    pub at: Micros,
}

/// A test sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestFact {
    /// How it ended.
    pub outcome: TestOutcome,
    /// When.
    pub at: Micros,
}

/// How a test sign-in ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum TestOutcome {
    /// Microsoft issued a token.
    Passed {
        /// Its `tid`.
        tenant_id: String,
        /// Its `oid`.
        object_id: String,
        /// Its `preferred_username`, to show only. Untrusted text.
        address: String,
        /// Its `roles`.
        roles: Vec<String>,
    },
    /// Consent is missing or not yet visible.
    ConsentRequired {
        /// The AADSTS number.
        code: u32,
    },
    /// The account is not assigned, or the token lacks the role.
    AccessDenied {
        /// The AADSTS number; absent when Microsoft issued a token without the role.
        code: Option<u32>,
    },
    /// Another account than the service user signed in.
    WrongAccount {
        /// Which one. Untrusted text.
        address: String,
    },
    /// Anything else.
    Other {
        /// The AADSTS number, where there was one.
        code: Option<u32>,
        /// Microsoft's own text. Untrusted.
        description: String,
    },
}
