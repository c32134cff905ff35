//! `rollcall-emulator serve`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use emulator::clock::Clock;
use emulator::provisioner::CYCLE_INTERVAL;
use emulator::tenant::{DOMAIN, TENANT_ID, TenantOptions};
use emulator::{Assign, Config, Emulator};
use serde_json::json;
use tokio::signal::unix::{Signal, SignalKind, signal};

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:4400")]
    listen: SocketAddr,
    /// Users of the tenant.
    #[arg(long, default_value_t = 250)]
    users: usize,
    /// Groups of the tenant.
    #[arg(long, default_value_t = 20)]
    groups: usize,
    /// Members of every group; without it Contoso's own mixture.
    #[arg(long)]
    members_per_group: Option<usize>,
    /// Decides every name and id.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Real seconds between two cycles, which are 40 minutes on the tenant's clock.
    #[arg(long, default_value_t = 20.0, value_parser = positive)]
    cycle_seconds: f64,
    /// Who is assigned to the application from the start.
    #[arg(long, value_enum, default_value_t = Assigned::Groups)]
    assign: Assigned,
    /// Write {"url","tenant":{"id","domain","users","groups"}} to this file when ready.
    #[arg(long)]
    describe: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Assigned {
    /// Nobody.
    Nobody,
    /// Every group.
    Groups,
}

fn positive(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if seconds.is_finite() && seconds >= 0.05 {
        Ok(seconds)
    } else {
        Err("at least 0.05".to_owned())
    }
}

impl Serve {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let mut ends = Ends::listen()?;
        let tenant = TenantOptions {
            users: self.users,
            groups: self.groups,
            members_per_group: self.members_per_group,
            seed: self.seed,
        };
        let config = Config {
            listen: self.listen,
            tenant,
            clock: Clock::scaled(CYCLE_INTERVAL.as_secs_f64() / self.cycle_seconds),
            cloud_clock: Some(Clock::scaled(1.0)),
            scheduled: true,
            log_capacity: 50_000,
            assign: match self.assign {
                Assigned::Nobody => Assign::Nobody,
                Assigned::Groups => Assign::Groups,
            },
        };
        let emulator = Emulator::start(config)
            .await
            .with_context(|| format!("cannot listen on {}", self.listen))?;
        if let Some(path) = &self.describe {
            let described = describe(&emulator).to_string();
            std::fs::write(path, described).with_context(|| format!("cannot write {}", path.display()))?;
        }
        println!("Contoso admin center: {}", emulator.url());
        ends.come().await;
        emulator.stop().await;
        Ok(ExitCode::SUCCESS)
    }
}

fn describe(emulator: &Emulator) -> serde_json::Value {
    let directory = emulator.tenant().read();
    json!({
        "url": emulator.url(),
        "tenant": {
            "id": TENANT_ID.to_string(),
            "domain": DOMAIN,
            "users": directory.users().count(),
            "groups": directory.groups().count(),
        }
    })
}

/// The signals that end it, listened to before anybody is told that it runs.
struct Ends {
    interrupt: Signal,
    terminate: Signal,
}

impl Ends {
    fn listen() -> anyhow::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn come(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
