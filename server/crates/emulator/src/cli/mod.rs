//! The command line.

mod provision;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A pretended Microsoft Entra tenant that drives a SCIM endpoint as Entra's provisioning service does.
#[derive(Debug, Parser)]
#[command(name = "rollcall-emulator", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the Contoso admin center and the control surface until Ctrl-C.
    Serve(serve::Serve),
    /// Run a whole story against a SCIM server and report speed and deviations.
    Provision(provision::Provision),
}

impl Cli {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Serve(serve) => serve.run().await,
            Command::Provision(provision) => provision.run().await,
        }
    }
}

/// Says why nothing could be done; exit code 2, so that 1 stays for deviations.
pub(crate) fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("rollcall-emulator: {error:#}");
    ExitCode::from(2)
}
