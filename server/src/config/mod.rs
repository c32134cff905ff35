//! Settings: the compiled-in defaults, then a file, then the environment.
//!
//! - `settings.rs`: the settings as types, one field for each line of `config.default.toml`
//! - `layers.rs`: reads the three layers into one table and names what it does not know
//! - `check.rs`: turns settings into a [`Config`]: parsed addresses, paths and durations
//! - `cidr.rs`: the networks of trusted proxies
//! - `error.rs`: what can be wrong, in plain words
//!
//! The environment is read here and nowhere else.

mod check;
mod cidr;
mod error;
mod layers;
mod settings;
#[cfg(test)]
mod tests;

use std::{net::SocketAddr, path::PathBuf};

pub use cidr::Cidr;
pub use error::ConfigError;
use secrecy::SecretString;
pub use settings::{Limits, Log, LogFormat, Scim, Session, Settings};

/// The file with every setting, its default and its comment, as compiled in.
pub const DEFAULTS: &str = include_str!("../../config.default.toml");

/// Everything the process was told, checked once at start.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address to listen on; port 0 lets the operating system choose (tests).
    pub listen: SocketAddr,
    /// Scheme, host and port that people and providers use, without a slash at the end.
    pub public_url: String,
    /// Folder of the SQLite file and the key file.
    pub data_dir: PathBuf,
    /// Which database, with its secret.
    pub database: Database,
    /// Where the key lies.
    pub key_file: KeyFile,
    /// How Microsoft is reached.
    pub entra: Entra,
    /// The settings that need no more than their own type.
    pub settings: Settings,
    /// Proxies whose X-Forwarded-For is believed.
    pub trusted_proxies: Vec<Cidr>,
    /// Variables with our prefix that are no settings of ours.
    pub ignored: Vec<String>,
}

/// How Microsoft is reached, and as whom.
#[derive(Debug, Clone)]
pub struct Entra {
    /// Microsoft's addresses, or their stand-ins.
    pub endpoints: entra::Endpoints,
    /// The origin of Microsoft's pages for administrators.
    pub admin_center: String,
    /// Rollcall's own registration; without one nobody signs in with Microsoft.
    pub app: Option<EntraApp>,
    /// Where the console's people come from.
    pub tenant: String,
    /// Further root certificates.
    pub ca_file: Option<PathBuf>,
}

/// An app registration with its secret.
#[derive(Debug, Clone)]
pub struct EntraApp {
    /// Its application (client) id.
    pub client_id: String,
    /// Its client secret.
    pub secret: SecretString,
}

/// The database a deployment keeps its state in.
#[derive(Debug, Clone)]
pub enum Database {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL connection URL, with user and password.
    Postgres(SecretString),
}

/// Where the key is, and whether we may make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyFile {
    /// In the data folder; made at the first start.
    Own(PathBuf),
    /// Named by the operator; must exist.
    Named(PathBuf),
}

impl KeyFile {
    /// The path, whoever chose it.
    pub fn path(&self) -> &std::path::Path {
        match self {
            Self::Own(path) | Self::Named(path) => path,
        }
    }
}

impl Config {
    /// Reads the defaults, then `file` (else the file ROLLCALL_CONFIG names), then the environment of this process.
    ///
    /// # Errors
    /// The first thing that is wrong, with the place where it was written.
    pub fn load(file: Option<&std::path::Path>) -> Result<Self, ConfigError> {
        Self::from_sources(file, &environment())
    }

    /// The same, with the environment handed in as names and values.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn from_sources(
        file: Option<&std::path::Path>,
        environment: &[(String, String)],
    ) -> Result<Self, ConfigError> {
        let (settings, ignored) = layers::read(file, environment)?;
        Ok(Self {
            ignored,
            ..check::checked(settings)?
        })
    }

    /// True when browsers reach us by https: cookies are then marked for it and HSTS is sent.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The endpoint URL a customer pastes into their provider as "Tenant URL".
    pub fn endpoint_url(&self, directory_id: &str) -> String {
        format!("{}/scim/v2/{directory_id}", self.public_url)
    }
}

/// The variables of this process that are meant for us.
fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
        .filter(|(name, _)| name.starts_with(layers::PREFIX))
        .collect()
}
