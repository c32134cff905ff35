//! From settings to a [`Config`]: addresses, paths and networks are parsed, figures are held against sense.

use std::{net::SocketAddr, path::PathBuf};

use url::Url;

use super::settings::EntraSettings;
use super::{Cidr, Config, ConfigError, Database, Entra, EntraApp, KeyFile, Settings};

/// Checks every setting that is more than its type.
pub(super) fn checked(mut settings: Settings) -> Result<Config, ConfigError> {
    figures(&settings)?;
    let listen = listen(&settings.listen)?;
    let data_dir = PathBuf::from(some("data_dir", &settings.data_dir)?);
    let database = database(&std::mem::take(&mut settings.database_url), &data_dir)?;
    let entra = entra(&mut settings.entra)?;
    Ok(Config {
        entra,
        listen,
        public_url: public_url(&settings.public_url, listen)?,
        key_file: key_file(&settings.key_file, &data_dir),
        trusted_proxies: networks(&settings.proxy.trusted)?,
        data_dir,
        database,
        settings,
        ignored: Vec::new(),
    })
}

fn senseless(name: &'static str, why: impl Into<String>) -> ConfigError {
    ConfigError::Senseless {
        name,
        why: why.into(),
    }
}

fn some<'a>(name: &'static str, text: &'a str) -> Result<&'a str, ConfigError> {
    if text.is_empty() {
        Err(senseless(name, "must not be empty"))
    } else {
        Ok(text)
    }
}

fn listen(text: &str) -> Result<SocketAddr, ConfigError> {
    text.parse().map_err(|_| {
        senseless(
            "listen",
            format!("must be an address and a port such as 127.0.0.1:8080, not {text:?}"),
        )
    })
}

fn public_url(text: &str, listen: SocketAddr) -> Result<String, ConfigError> {
    if text.is_empty() {
        return Ok(format!("http://{listen}"));
    }
    let wrong = |why: &str| senseless("public_url", format!("{why}: {text:?}"));
    let url = Url::parse(text).map_err(|_| wrong("must look like https://rollcall.example.com"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("must begin with https:// (or http:// for a try-out)"));
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err(wrong("must be scheme, host and port only"));
    }
    Ok(url.origin().ascii_serialization())
}

fn database(text: &str, data_dir: &std::path::Path) -> Result<Database, ConfigError> {
    // The text may hold a password, so it is not repeated.
    let wrong = |why: &str| senseless("database_url", why);
    if text.is_empty() {
        return Ok(Database::Sqlite(data_dir.join("rollcall.db")));
    }
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        Url::parse(text).map_err(|_| wrong("is not a valid postgres:// URL"))?;
        return Ok(Database::Postgres(text.into()));
    }
    match text.strip_prefix("sqlite:") {
        Some("" | ":memory:") => Err(wrong("must name a file: sqlite:/var/lib/rollcall/rollcall.db")),
        Some(path) => Ok(Database::Sqlite(PathBuf::from(
            path.strip_prefix("//").unwrap_or(path),
        ))),
        None => Err(wrong("must begin with sqlite: or postgres://")),
    }
}

fn key_file(text: &str, data_dir: &std::path::Path) -> KeyFile {
    if text.is_empty() {
        KeyFile::Own(data_dir.join("rollcall.key"))
    } else {
        KeyFile::Named(PathBuf::from(text))
    }
}

fn entra(settings: &mut EntraSettings) -> Result<Entra, ConfigError> {
    let url = |name: &'static str, text: &str| {
        Url::parse(text).map_err(|_| senseless(name, format!("must look like https://…, not {text:?}")))
    };
    let endpoints = entra::Endpoints::new(
        url("entra.authority", &settings.authority)?,
        url("entra.graph", &settings.graph)?,
    )
    .map_err(|error| senseless("entra.authority", error.to_string()))?;
    let admin_center = url("entra.admin_center", &settings.admin_center)?;
    if !matches!(admin_center.scheme(), "https" | "http") {
        return Err(senseless(
            "entra.admin_center",
            "must be a page of the web".to_owned(),
        ));
    }
    let secret = std::mem::take(&mut settings.client_secret);
    let app = match (settings.client_id.trim(), secret.trim()) {
        ("", "") => None,
        ("", _) => {
            return Err(senseless(
                "entra.client_id",
                "is missing, while a client secret is set",
            ));
        }
        (_, "") => {
            return Err(senseless(
                "entra.client_secret",
                "is missing, while a client id is set",
            ));
        }
        (client_id, secret) => Some(EntraApp {
            client_id: client_id.to_owned(),
            secret: secret.into(),
        }),
    };
    Ok(Entra {
        admin_center: admin_center.origin().ascii_serialization(),
        endpoints,
        app,
        tenant: some("entra.tenant", &settings.tenant)?.to_owned(),
        ca_file: (!settings.ca_file.is_empty()).then(|| PathBuf::from(&settings.ca_file)),
    })
}

fn networks(texts: &[String]) -> Result<Vec<Cidr>, ConfigError> {
    let parse = |text: &String| {
        Cidr::parse(text).ok_or_else(|| {
            senseless(
                "proxy.trusted",
                format!("holds {text:?}, which is no network such as 10.0.0.0/8"),
            )
        })
    };
    texts.iter().map(parse).collect()
}

/// Figures that would switch the service off, or be refused by the libraries below us.
fn figures(settings: &Settings) -> Result<(), ConfigError> {
    let Settings {
        session,
        bootstrap,
        scim,
        limits,
        ..
    } = settings;
    for (name, figure, least) in [
        ("session.idle_minutes", u64::from(session.idle_minutes), 1),
        ("session.absolute_minutes", u64::from(session.absolute_minutes), 1),
        ("session.reauth_minutes", u64::from(session.reauth_minutes), 1),
        ("bootstrap.link_minutes", u64::from(bootstrap.link_minutes), 1),
        ("scim.burst", u64::from(scim.burst), 1),
        (
            "scim.in_flight_per_directory",
            u64::from(scim.in_flight_per_directory),
            1,
        ),
        ("limits.header_seconds", limits.header_seconds, 1),
        ("limits.body_seconds", limits.body_seconds, 1),
        ("limits.body_bytes", limits.body_bytes, 65_536),
        ("limits.idle_seconds", limits.idle_seconds, 1),
        ("limits.write_seconds", limits.write_seconds, 1),
        ("limits.connections", limits.connections as u64, 1),
        ("limits.headers", limits.headers as u64, 16),
        ("limits.header_bytes", u64::from(limits.header_bytes), 8192),
        ("limits.http2_streams", u64::from(limits.http2_streams), 1),
        ("limits.http2_resets", limits.http2_resets as u64, 1),
    ] {
        if figure < least {
            return Err(senseless(name, format!("must be at least {least}, not {figure}")));
        }
    }
    if session.idle_minutes > session.absolute_minutes {
        return Err(senseless(
            "session.idle_minutes",
            "must not be longer than session.absolute_minutes",
        ));
    }
    Ok(())
}
