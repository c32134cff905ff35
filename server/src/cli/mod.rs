//! The command line, for operators and scripts. It works on the database itself, beside a running server too.
//!
//! Results go to standard output, as text or with `--json`; everything else to standard error. Exit code 0: done; 1: not
//! done, and why; 2: the command line could not be read.
//!
//! - `shop.rs`: the store, opened and ready
//! - `app.rs`, `app_settings.rs`, `api_key.rs`, `organization.rs`, `directory.rs`, `token.rs`, `staff.rs`, `staff_directory.rs`, `link.rs`: one noun each
//! - `doctor.rs`: what is wrong with this installation

mod api_key;
mod app;
mod app_settings;
mod ask;
mod directory;
mod doctor;
mod link;
mod organization;
mod shop;
mod staff;
mod staff_directory;
mod token;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::config::Config;

/// Rollcall: onboarding checklists that verify themselves.
#[derive(Debug, Parser)]
#[command(name = "rollcall", version, about, max_term_width = 100)]
pub struct Cli {
    /// A file with the settings that differ from the defaults.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the portal, the SCIM endpoints and the probes.
    Serve,
    /// Print a link that opens the console once, signed in as owner.
    BootstrapLink(link::Make),
    /// Apps: the software being onboarded.
    #[command(subcommand)]
    App(app::Act),
    /// API keys: with one, an app asks `/api/v1`.
    #[command(subcommand)]
    ApiKey(api_key::Act),
    /// An app's own people, who sign in with Microsoft.
    #[command(subcommand)]
    Staff(staff::Act),
    /// Organizations: the customers of an app.
    #[command(subcommand)]
    Organization(organization::Act),
    /// Directories: connections of an organization to its identity provider.
    #[command(subcommand)]
    Directory(directory::Act),
    /// Bearer tokens of a directory.
    #[command(subcommand)]
    Token(token::Act),
    /// Check settings, key, database, clock and disk.
    Doctor(doctor::Look),
}

/// Reads the command line and does what it says.
///
/// # Errors
/// When it was not done, with the reason in plain words.
pub fn run() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let config = Config::load(cli.config.as_deref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(carry_out(cli.command, config))
}

async fn carry_out(command: Command, config: Config) -> anyhow::Result<()> {
    match command {
        Command::Serve => crate::serve::run(config).await,
        Command::BootstrapLink(make) => link::make(make, &config).await,
        Command::App(act) => app::act(act, &config).await,
        Command::ApiKey(act) => api_key::act(act, &config).await,
        Command::Staff(act) => staff::act(act, &config).await,
        Command::Organization(act) => organization::act(act, &config).await,
        Command::Directory(act) => directory::act(act, &config).await,
        Command::Token(act) => token::act(act, &config).await,
        Command::Doctor(look) => doctor::look(&look, &config).await,
    }
}

/// Prints a result: as one JSON document, or as lines for people.
fn show(json: bool, document: &serde_json::Value, lines: impl FnOnce() -> String) {
    // A closed pipe is the reader's choice, not an error of ours.
    use std::io::Write;
    let text = if json { document.to_string() } else { lines() };
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
}
