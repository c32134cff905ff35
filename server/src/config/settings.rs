//! One field for each setting of `config.default.toml`, where each is explained.

use serde::Deserialize;

/// All settings, with the types they have in TOML.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `HOST:PORT`.
    pub(super) listen: String,
    /// Empty: made from `listen`.
    pub(super) public_url: String,
    pub(super) data_dir: String,
    /// Empty: in the data folder. Taken out of the settings once parsed.
    pub(super) database_url: String,
    /// Empty: in the data folder.
    pub(super) key_file: String,
    /// What is logged, and how.
    pub log: Log,
    /// How long a console session lives.
    pub session: Session,
    pub(super) entra: EntraSettings,
    /// The first way in.
    pub bootstrap: Bootstrap,
    /// Fairness among directories.
    pub scim: Scim,
    /// What a connection and a request may cost.
    pub limits: Limits,
    pub(super) proxy: Proxy,
    /// How the process ends.
    pub shutdown: Shutdown,
}

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// For people.
    Text,
}

/// `[log]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Shape of a line.
    pub format: LogFormat,
    /// Level or directives.
    pub level: String,
    /// Whether each request gets its line.
    pub requests: bool,
}

/// `[session]`, in minutes
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Without a request.
    pub idle_minutes: u32,
    /// In any case.
    pub absolute_minutes: u32,
    /// For acts on tokens (threats T10).
    pub reauth_minutes: u32,
}

/// `[entra]`; the client secret is taken out once parsed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EntraSettings {
    pub(super) client_id: String,
    pub(super) client_secret: String,
    pub(super) tenant: String,
    pub(super) authority: String,
    pub(super) graph: String,
    pub(super) admin_center: String,
    pub(super) ca_file: String,
}

/// `[bootstrap]`
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bootstrap {
    /// Minutes a link can be redeemed.
    pub link_minutes: u32,
}

/// `[scim]`
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scim {
    /// Sustained requests per second and directory; 0 for no limit.
    pub requests_per_second: u32,
    /// Requests saved up for a burst.
    pub burst: u32,
    /// Requests of one directory worked on at once.
    pub in_flight_per_directory: u32,
}

/// `[limits]`
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Until a request's header is complete.
    pub header_seconds: u64,
    /// Until a request's body is complete.
    pub body_seconds: u64,
    /// Least speed of a body after its first five seconds.
    pub body_bytes_per_second: u64,
    /// Largest body.
    pub body_bytes: u64,
    /// Connection without a request.
    pub idle_seconds: u64,
    /// Answer that is not taken.
    pub write_seconds: u64,
    /// Open connections.
    pub connections: usize,
    /// Header lines.
    pub headers: usize,
    /// Size of all header lines with the request line.
    pub header_bytes: u32,
    /// Requests at once on one HTTP/2 connection.
    pub http2_streams: u32,
    /// Pending resets before the connection is closed.
    pub http2_resets: usize,
}

/// `[proxy]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proxy {
    pub(super) trusted: Vec<String>,
}

/// `[shutdown]`
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shutdown {
    /// For requests under way.
    pub drain_seconds: u64,
}
