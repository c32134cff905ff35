//! Directories: one connection of an organization to an identity provider, its endpoint URL and its bearer tokens.

use crate::health::Health;
use crate::onboarding::Step;
use crate::{Answer, Micros, Viewer};
use serde::{Deserialize, Serialize};

/// The identity providers offered, in the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Provider {
    /// Microsoft Entra ID.
    EntraId,
    /// Okta.
    Okta,
    /// Google Workspace.
    GoogleWorkspace,
    /// OneLogin.
    #[serde(rename = "onelogin")]
    OneLogin,
    /// JumpCloud.
    #[serde(rename = "jumpcloud")]
    JumpCloud,
    /// PingOne.
    #[serde(rename = "pingone")]
    PingOne,
    /// CyberArk Identity.
    #[serde(rename = "cyberark")]
    CyberArk,
    /// Rippling.
    Rippling,
    /// Any provider that speaks SCIM 2.0.
    Scim,
}

impl Provider {
    /// Every provider, in the order of the list.
    pub const ALL: [Provider; 9] = [
        Provider::EntraId,
        Provider::Okta,
        Provider::GoogleWorkspace,
        Provider::OneLogin,
        Provider::JumpCloud,
        Provider::PingOne,
        Provider::CyberArk,
        Provider::Rippling,
        Provider::Scim,
    ];

    /// The word for it in the API, the command line and the database.
    pub fn slug(self) -> &'static str {
        match self {
            Provider::EntraId => "entra-id",
            Provider::Okta => "okta",
            Provider::GoogleWorkspace => "google-workspace",
            Provider::OneLogin => "onelogin",
            Provider::JumpCloud => "jumpcloud",
            Provider::PingOne => "pingone",
            Provider::CyberArk => "cyberark",
            Provider::Rippling => "rippling",
            Provider::Scim => "scim",
        }
    }

    /// The provider of that word.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Provider::ALL.into_iter().find(|provider| provider.slug() == slug)
    }

    /// Its own name, as its maker spells it.
    pub fn name(self) -> &'static str {
        match self {
            Provider::EntraId => "Entra ID",
            Provider::Okta => "Okta",
            Provider::GoogleWorkspace => "Google Workspace",
            Provider::OneLogin => "OneLogin",
            Provider::JumpCloud => "JumpCloud",
            Provider::PingOne => "PingOne",
            Provider::CyberArk => "CyberArk",
            Provider::Rippling => "Rippling",
            Provider::Scim => "SCIM 2.0",
        }
    }
}

/// A directory with all that its tab shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Directory {
    /// `dir_…`
    pub id: String,
    /// The organization it belongs to.
    pub organization: String,
    /// Which provider pushes into it.
    pub provider: Provider,
    /// Its name; the provider's name unless somebody chose one.
    pub name: String,
    /// Whether it answers its provider; a disabled one refuses with 403 and keeps what it holds.
    pub enabled: bool,
    /// When it was made.
    pub created_at: Micros,
    /// What the customer pastes into Entra as *Tenant URL*.
    pub endpoint_url: String,
    /// Its tokens, newest first: those alive, and those revoked or expired of late.
    pub tokens: Vec<Token>,
    /// Users it holds.
    pub users: u64,
    /// Users it holds that are active: who has access.
    pub active_users: u64,
    /// Groups it holds.
    pub groups: u64,
    /// Its verdict with the named checks.
    pub health: Health,
    /// Its checklist, each step derived from facts.
    pub steps: Vec<Step>,
    /// Requests of its provider in each of the last 24 hours, oldest first.
    pub requests_by_hour: Vec<u32>,
    /// When its provider last asked something.
    pub last_request: Option<Micros>,
}

/// A bearer token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// `tok_…`
    pub id: String,
    /// What somebody named it.
    pub name: String,
    /// Its last four characters, to tell it from the other.
    pub last4: String,
    /// When it was made.
    pub created_at: Micros,
    /// When a provider last used it.
    pub last_used_at: Option<Micros>,
    /// When it ends by itself, if it does.
    pub expires_at: Option<Micros>,
    /// When somebody revoked it, if they did.
    pub revoked_at: Option<Micros>,
}

impl Token {
    /// Does it still open the door?
    pub fn is_alive(&self, now: Micros) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| end > now)
    }
}

/// A token's secret, on its only way to the person who pastes it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownOnce {
    /// Which token.
    pub token: String,
    /// The bearer token itself, to be pasted into Entra as *Secret token*.
    pub bearer_token: String,
}

impl std::fmt::Debug for ShownOnce {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "ShownOnce({})", self.token)
    }
}

/// The questions about directories. Everything that makes, replaces or ends a token wants a fresh sign-in.
#[async_trait::async_trait]
pub trait Directories {
    /// The directories of an organization, oldest first.
    async fn directories(&self, viewer: &Viewer, organization: &str) -> Answer<Vec<Directory>>;
    /// One directory.
    async fn directory(&self, viewer: &Viewer, directory: &str) -> Answer<Directory>;
    /// Makes a directory with its endpoint and first token, and answers its id. [`Directories::reveal`] shows the token.
    async fn configure(&self, viewer: &Viewer, organization: &str, provider: Provider) -> Answer<String>;
    /// The secret of a token just made in this very session: once, within five minutes, then never again.
    async fn reveal(&self, viewer: &Viewer, directory: &str) -> Answer<Option<ShownOnce>>;
    /// Makes the second token beside the first, so that the customer can change over without a gap.
    async fn create_token(
        &self,
        viewer: &Viewer,
        directory: &str,
        name: &str,
        expires_at: Option<Micros>,
    ) -> Answer<()>;
    /// Ends a token at once, on open connections too.
    async fn revoke_token(&self, viewer: &Viewer, directory: &str, token: &str) -> Answer<()>;
    /// Gives it another name.
    async fn rename_directory(&self, viewer: &Viewer, directory: &str, name: &str) -> Answer<()>;
    /// Stops answering its provider, keeping everything.
    async fn disable_directory(&self, viewer: &Viewer, directory: &str) -> Answer<()>;
    /// Answers its provider again.
    async fn enable_directory(&self, viewer: &Viewer, directory: &str) -> Answer<()>;
    /// Deletes it with its users, groups, tokens and history. `confirm_name` must be its name.
    async fn delete_directory(&self, viewer: &Viewer, directory: &str, confirm_name: &str) -> Answer<()>;
}
