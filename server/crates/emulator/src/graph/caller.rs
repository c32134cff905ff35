//! Who asks: what a bearer token says, and what that permits.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::error::GraphError;
use crate::cloud::{Cloud, ConsentPower, DirectoryRole};

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Principal {
    /// A signed-in user, by object id; `scp` counts, and the user's directory roles.
    User(Uuid),
    /// An application itself, by its service principal's object id; `roles` counts.
    Application(Uuid),
}

/// What a token for Graph says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// `tid`.
    pub tenant: Uuid,
    /// `appid`.
    pub app: Uuid,
    /// `oid`.
    pub principal: Principal,
    /// `scp`.
    pub scopes: Vec<String>,
    /// `roles`.
    pub roles: Vec<String>,
}

/// Reads bearer tokens; the identity platform does.
pub trait TokenReader: Send + Sync {
    /// What the token of an `Authorization` header says, or why it is not accepted, in a sentence.
    fn caller(&self, authorization: Option<&str>) -> Result<Caller, String>;
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

fn holds(held: &[String], wanted: &[&str]) -> bool {
    wanted
        .iter()
        .any(|name| held.iter().any(|held| held.eq_ignore_ascii_case(name)))
}

impl Caller {
    /// Whether the token carries one of the permissions.
    pub(super) fn has(&self, need: Need) -> bool {
        match self.principal {
            Principal::User(_) => holds(&self.scopes, need.delegated),
            Principal::Application(_) => holds(&self.roles, need.application),
        }
    }

    /// The signed-in user; `/me` needs one.
    pub(super) fn user(&self) -> Result<Uuid, GraphError> {
        match self.principal {
            Principal::User(id) => Ok(id),
            Principal::Application(_) => Err(GraphError::bad(
                "/me request is only valid with delegated authentication flow.",
            )),
        }
    }

    /// The directory roles that count: a user's own, none for an application.
    pub(super) fn directory_roles(&self, cloud: &Cloud) -> BTreeSet<DirectoryRole> {
        match self.principal {
            Principal::User(id) => cloud.view().directory_roles(self.tenant, id),
            Principal::Application(_) => BTreeSet::new(),
        }
    }

    /// A user needs one of these directory roles; an application's permission is enough.
    pub(super) fn holds_role(&self, cloud: &Cloud, wanted: &[DirectoryRole]) -> Result<(), GraphError> {
        let held = self.directory_roles(cloud);
        let enough = match self.principal {
            Principal::User(_) => wanted.iter().any(|role| held.contains(role)),
            Principal::Application(_) => true,
        };
        if enough { Ok(()) } else { Err(GraphError::denied()) }
    }

    /// A user needs this much power to consent; an application's permission is enough.
    pub(super) fn may_consent(&self, cloud: &Cloud, needed: ConsentPower) -> Result<(), GraphError> {
        let enough = match self.principal {
            Principal::User(_) => ConsentPower::of(&self.directory_roles(cloud)) >= needed,
            Principal::Application(_) => true,
        };
        if enough { Ok(()) } else { Err(GraphError::denied()) }
    }
}
