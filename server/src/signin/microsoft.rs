//! Rollcall's own registration at Microsoft: one client, one set of keys, one way to speak to Graph.

use std::sync::Arc;

use entra::{ConfidentialClient, Credential, Graph, Http, HttpOptions, Keys};
use secrecy::SecretString;
use url::Url;

use crate::{
    clock::{Clock, Randomness},
    config::{Config, Entra},
};

/// Asked of Microsoft for a tenant admin: what the checklists read, and what they do when told to.
pub(super) const ADMIN_SCOPES: [&str; 7] = [
    "openid",
    "profile",
    "offline_access",
    "https://graph.microsoft.com/User.ReadWrite.All",
    "https://graph.microsoft.com/Directory.Read.All",
    "https://graph.microsoft.com/Application.Read.All",
    "https://graph.microsoft.com/AppRoleAssignment.ReadWrite.All",
];

/// Asked of Microsoft for the console's own people: who they are, nothing else.
pub(super) const CONSOLE_SCOPES: [&str; 2] = ["openid", "profile"];

/// Why Microsoft cannot be spoken to.
#[derive(Debug, thiserror::Error)]
pub enum MicrosoftError {
    /// The file with further root certificates cannot be read.
    #[error("`entra.ca_file` cannot be read: {0}")]
    CaFile(std::io::Error),
    /// It holds no certificate, or TLS cannot be set up.
    #[error("`entra.ca_file` cannot be used: {0}")]
    Http(#[from] entra::http::HttpSetupError),
    /// An address made of `public_url` is no address.
    #[error("`public_url` cannot be used: {0}")]
    PublicUrl(#[from] url::ParseError),
}

/// Microsoft, as this deployment speaks to it. Cheap to clone.
#[derive(Clone)]
pub struct Microsoft(Arc<Parts>);

struct Parts {
    client: Option<ConfidentialClient>,
    keys: Keys,
    http: Http,
    now: entra::Now,
    entra: Entra,
    public_url: Url,
}

impl std::fmt::Debug for Microsoft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Microsoft")
            .field("entra", &self.0.entra)
            .finish_non_exhaustive()
    }
}

impl Microsoft {
    /// Asks nobody: a wrong secret shows at the first sign-in.
    ///
    /// # Errors
    /// See [`MicrosoftError`].
    pub fn new(config: &Config, clock: &Clock, randomness: &Randomness) -> Result<Self, MicrosoftError> {
        let entra = config.entra.clone();
        let extra_root_pem = entra
            .ca_file
            .as_ref()
            .map(std::fs::read)
            .transpose()
            .map_err(MicrosoftError::CaFile)?;
        let dice = randomness.clone();
        let http = Http::new(HttpOptions {
            extra_root_pem,
            random: Arc::new(move |bytes| dice.fill(bytes).map_err(|_| entra::http::NoRandomness)),
            ..HttpOptions::default()
        })?;
        let clock = clock.clone();
        let now: entra::Now = Arc::new(move || clock.now());
        let client = entra.app.as_ref().map(|app| {
            let secret = Credential::Secret(app.secret.clone());
            ConfidentialClient::new(
                entra.endpoints.clone(),
                http.clone(),
                now.clone(),
                app.client_id.clone(),
                secret,
            )
        });
        Ok(Self(Arc::new(Parts {
            client,
            keys: Keys::new(entra.endpoints.clone(), http.clone(), now.clone()),
            http,
            now,
            public_url: Url::parse(&config.public_url)?,
            entra,
        })))
    }

    /// Our registration; `None` when the operator has given none.
    pub fn client(&self) -> Option<&ConfidentialClient> {
        self.0.client.as_ref()
    }

    /// Another application, such as that of a customer of ours.
    pub fn application(&self, client_id: String, secret: SecretString) -> ConfidentialClient {
        let parts = &*self.0;
        ConfidentialClient::new(
            parts.entra.endpoints.clone(),
            parts.http.clone(),
            parts.now.clone(),
            client_id,
            Credential::Secret(secret),
        )
    }

    /// Microsoft's keys.
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// The tenant the console's people sign in at.
    pub fn tenant(&self) -> &str {
        &self.0.entra.tenant
    }

    /// Graph in the name of whoever the token was issued to.
    pub fn graph(&self, token: SecretString) -> Graph {
        Graph::new(self.0.entra.endpoints.clone(), self.0.http.clone(), token)
    }

    /// Whether an answer that names its issuer names Microsoft's of this tenant (RFC 9207 §2.4, threats T44). Microsoft sends
    /// none; `None` is taken, since this deployment knows one issuer only.
    pub(super) fn may_answer(&self, iss: Option<&str>, tenant: &str) -> bool {
        let Some(iss) = iss else {
            return true;
        };
        let mut named = iss.split('/').filter(|part| entra::http::is_guid(part));
        let tenant = if entra::http::is_guid(tenant) {
            Some(tenant)
        } else {
            named.next()
        };
        tenant.is_some_and(|tenant| self.0.entra.endpoints.issuer_v2(tenant) == iss)
    }

    /// Where Microsoft sends a browser back to.
    pub fn callback(&self, door: Door) -> Url {
        let mut url = self.0.public_url.clone();
        url.set_path(door.path());
        url
    }
}

/// The ways back from Microsoft. Registered as redirect URIs, so their spelling is fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Of people who sign in.
    SignIn,
    /// Of an admin consent.
    Consent,
    /// Of a test sign-in.
    Test,
}

impl Door {
    /// The path.
    pub const fn path(self) -> &'static str {
        match self {
            Self::SignIn => "/sign-in/callback",
            Self::Consent => "/consent/callback",
            Self::Test => "/test-sign-in/callback",
        }
    }
}
