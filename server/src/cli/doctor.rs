//! `rollcall doctor`: what is wrong with this installation, and how to mend it.

use std::path::Path;

use clap::Args;
use serde_json::{Value, json};

use super::show;
use crate::config::{Config, Database};
use crate::keys;

/// Free space below which writes will soon fail, in bytes.
const LITTLE_SPACE: u64 = 512 << 20;
/// 2026-01-01: a clock before it is wrong.
const YOUNGEST: i64 = 1_767_225_600_000_000;

#[derive(Debug, Args)]
pub(super) struct Look {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

struct Finding {
    check: &'static str,
    good: bool,
    says: String,
}

impl Finding {
    fn good(check: &'static str, says: impl Into<String>) -> Self {
        Finding {
            check,
            good: true,
            says: says.into(),
        }
    }

    fn bad(check: &'static str, says: impl Into<String>) -> Self {
        Finding {
            check,
            good: false,
            says: says.into(),
        }
    }
}

pub(super) async fn look(look: &Look, config: &Config) -> anyhow::Result<()> {
    let findings = [
        config_finding(config),
        key(config),
        database(config).await,
        clock(),
        disk(&config.data_dir),
    ];
    let document: Value = findings
        .iter()
        .map(|finding| json!({"check": finding.check, "good": finding.good, "says": finding.says}))
        .collect();
    show(look.json, &document, || findings.iter().map(line).collect());
    let bad = findings.iter().filter(|finding| !finding.good).count();
    anyhow::ensure!(
        bad == 0,
        "{bad} of {} checks found something wrong",
        findings.len()
    );
    Ok(())
}

fn line(finding: &Finding) -> String {
    format!(
        "{}  {:<9} {}\n",
        if finding.good { "✓" } else { "✕" },
        finding.check,
        finding.says
    )
}

fn config_finding(config: &Config) -> Finding {
    let url = &config.public_url;
    let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"]
        .iter()
        .any(|start| url.starts_with(start));
    if config.is_https() || local {
        return Finding::good(
            "config",
            format!("listens on {}, reached at {url}", config.listen),
        );
    }
    Finding::bad(
        "config",
        format!(
            "public_url is {url}, but Entra speaks only to https:// addresses. Put a TLS proxy in front and set ROLLCALL_PUBLIC_URL."
        ),
    )
}

fn key(config: &Config) -> Finding {
    let path = config.key_file.path();
    let open = keys::open_to_others(path).unwrap_or(0);
    match keys::load(path) {
        Ok(_) if open != 0 => Finding::bad(
            "key",
            format!("{} can be read by others: chmod 600 it", path.display()),
        ),
        Ok(key) => Finding::good("key", format!("{} holds key {}", path.display(), key.id())),
        Err(error) => Finding::bad("key", error.to_string()),
    }
}

async fn database(config: &Config) -> Finding {
    let kind = match &config.database {
        Database::Sqlite(path) => path.display().to_string(),
        Database::Postgres(_) => "PostgreSQL".to_owned(),
    };
    let store = match crate::serve::open_store(config).await {
        Ok(store) => store,
        Err(error) => return Finding::bad("database", format!("{kind}: {error:#}")),
    };
    match store.check().await {
        Err(error) => Finding::bad("database", format!("{kind}: {error}")),
        Ok(check) if !check.damage.is_empty() => Finding::bad(
            "database",
            format!(
                "{kind} is damaged: {}. Restore a backup.",
                check.damage.join("; ")
            ),
        ),
        Ok(check) => match check.unwritable {
            Some(why) => Finding::bad("database", format!("{kind} cannot be written: {why}")),
            None => Finding::good(
                "database",
                format!("{}, {} MiB, sound and writable", check.database, check.size >> 20),
            ),
        },
    }
}

fn clock() -> Finding {
    let now = crate::clock::Clock::System.timestamp();
    if now.as_microsecond() < YOUNGEST {
        return Finding::bad(
            "clock",
            format!("it shows {now}, which is long past: set the time (NTP)"),
        );
    }
    Finding::good("clock", format!("{now}"))
}

fn disk(folder: &Path) -> Finding {
    match crate::serve::free_space(folder) {
        Some(free) if free < LITTLE_SPACE => Finding::bad(
            "disk",
            format!(
                "only {} MiB free in {}: writes will soon fail",
                free >> 20,
                folder.display()
            ),
        ),
        Some(free) => Finding::good("disk", format!("{} MiB free in {}", free >> 20, folder.display())),
        None => Finding::bad("disk", format!("{} cannot be looked at", folder.display())),
    }
}
