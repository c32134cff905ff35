//! Who asks: what a bearer token says, and what that permits.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::error::GraphError;
use crate::cloud::{Cloud, ConsentPower, DirectoryRole};
use crate::platform;

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Principal {
    /// A signed-in user, by object id; `scp` counts, and the user's directory roles.
    User(Uuid),
    /// An application itself; `roles` counts.
    Application,
}

/// What a token for Graph says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Caller {
    /// `tid`.
    pub(super) tenant: Uuid,
    /// `appid`.
    pub(super) app: Uuid,
    /// `oid`, and what it is of.
    pub(super) principal: Principal,
    /// `scp` of a user's token, `roles` of an application's own.
    held: Vec<String>,
}

impl From<platform::Caller> for Caller {
    fn from(read: platform::Caller) -> Self {
        let (principal, held) = if read.app_only {
            (Principal::Application, read.roles)
        } else {
            (Principal::User(read.oid), read.scopes)
        };
        Self {
            tenant: read.tenant,
            app: read.client,
            principal,
            held,
        }
    }
}

/// Permissions of which a request needs one; names are Microsoft Graph's (C4).
#[derive(Clone, Copy, Debug)]
pub(super) struct Need {
    /// Of a user's token.
    pub(super) delegated: &'static [&'static str],
    /// Of an application's own token.
    pub(super) application: &'static [&'static str],
}

impl Need {
    pub(super) const fn both(names: &'static [&'static str]) -> Self {
        Self {
            delegated: names,
            application: names,
        }
    }
}

impl Caller {
    /// Whether the token carries one of the permissions.
    pub(super) fn has(&self, need: Need) -> bool {
        let wanted = match self.principal {
            Principal::User(_) => need.delegated,
            Principal::Application => need.application,
        };
        let held = |name: &&str| self.held.iter().any(|held| held.eq_ignore_ascii_case(name));
        wanted.iter().any(held)
    }

    /// The signed-in user; `/me` needs one.
    pub(super) fn user(&self) -> Result<Uuid, GraphError> {
        match self.principal {
            Principal::User(id) => Ok(id),
            Principal::Application => Err(GraphError::bad(
                "/me request is only valid with delegated authentication flow.",
            )),
        }
    }

    /// The directory roles that count: a user's own, none for an application.
    pub(super) fn directory_roles(&self, cloud: &Cloud) -> BTreeSet<DirectoryRole> {
        match self.principal {
            Principal::User(id) => cloud.view().directory_roles(self.tenant, id),
            Principal::Application => BTreeSet::new(),
        }
    }

    /// A user needs one of these directory roles; an application's permission is enough.
    pub(super) fn holds_role(&self, cloud: &Cloud, wanted: &[DirectoryRole]) -> Result<(), GraphError> {
        let held = self.directory_roles(cloud);
        let enough = match self.principal {
            Principal::User(_) => wanted.iter().any(|role| held.contains(role)),
            Principal::Application => true,
        };
        if enough { Ok(()) } else { Err(GraphError::denied()) }
    }

    /// A user needs this much power to consent; an application's permission is enough.
    pub(super) fn may_consent(&self, cloud: &Cloud, needed: ConsentPower) -> Result<(), GraphError> {
        let enough = match self.principal {
            Principal::User(_) => ConsentPower::of(&self.directory_roles(cloud)) >= needed,
            Principal::Application => true,
        };
        if enough { Ok(()) } else { Err(GraphError::denied()) }
    }
}
