//! `rollcall-emulator serve`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use emulator::clock::Clock;
use emulator::cloud::Cloud;
use emulator::provisioner::CYCLE_INTERVAL;
use emulator::tenant::TenantOptions;
use emulator::{Assign, Config, Emulator};
use tokio::signal::unix::{Signal, SignalKind, signal};

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, visible_alias = "listen", default_value = "127.0.0.1:4400")]
    http: SocketAddr,
    /// Address to listen on for HTTPS as well, with a certificate for localhost, 127.0.0.1 and ::1.
    #[arg(long)]
    https: Option<SocketAddr>,
    /// Write the CA of that certificate to this file, PEM, when ready.
    #[arg(long, requires = "https")]
    ca_file: Option<PathBuf>,
    /// Register a redirect URI, as in `Rollcall=http://127.0.0.1:9000/sign-in/callback`.
    #[arg(long, value_name = "APP=URI", value_parser = app_and_uri)]
    redirect_uri: Vec<(String, String)>,
    /// Register the callbacks of a portal at this URL.
    #[arg(long, value_name = "URL")]
    portal_url: Vec<String>,
    /// Users of the tenant.
    #[arg(long, default_value_t = 250)]
    users: usize,
    /// Groups of the tenant.
    #[arg(long, default_value_t = 20)]
    groups: usize,
    /// Devices of its people; without it four for five people.
    #[arg(long)]
    devices: Option<usize>,
    /// Members of every group; without it Contoso's own mixture.
    #[arg(long)]
    members_per_group: Option<usize>,
    /// Decides every name and id.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Real seconds between two cycles, which are 40 minutes on the tenant's clock.
    #[arg(long, default_value_t = 20.0, value_parser = positive)]
    cycle_seconds: f64,
    /// How fast the clock of tokens, secrets, throttling and replication runs; 1 is real time.
    #[arg(long, default_value_t = 1.0, value_parser = positive)]
    cloud_pace: f64,
    /// Who is assigned to the application from the start.
    #[arg(long, value_enum, default_value_t = Assigned::Groups)]
    assign: Assigned,
    /// Write where everything is, the tenants, applications and people to this file, JSON, when ready.
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

fn app_and_uri(text: &str) -> Result<(String, String), String> {
    let (app, uri) = text
        .split_once('=')
        .ok_or_else(|| "APP=URI is needed".to_owned())?;
    Ok((app.to_owned(), uri.to_owned()))
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
            listen: self.http,
            https: self.https,
            tenant,
            devices: self.devices,
            clock: Clock::scaled(CYCLE_INTERVAL.as_secs_f64() / self.cycle_seconds),
            cloud_clock: Some(Clock::scaled(self.cloud_pace)),
            scheduled: true,
            log_capacity: 50_000,
            assign: match self.assign {
                Assigned::Nobody => Assign::Nobody,
                Assigned::Groups => Assign::Groups,
            },
        };
        let emulator = Emulator::start(config)
            .await
            .with_context(|| format!("cannot listen on {}", self.addresses()))?;
        self.register(emulator.cloud())?;
        if let (Some(path), Some(pem)) = (&self.ca_file, emulator.ca_pem()) {
            std::fs::write(path, pem).with_context(|| format!("cannot write {}", path.display()))?;
        }
        if let Some(path) = &self.describe {
            let described = emulator.describe().to_string();
            std::fs::write(path, described).with_context(|| format!("cannot write {}", path.display()))?;
        }
        println!("Contoso admin center: {}", emulator.url());
        ends.come().await;
        emulator.stop().await;
        Ok(ExitCode::SUCCESS)
    }
}

impl Serve {
    fn addresses(&self) -> String {
        let secure = self.https.map(|at| format!(" and {at}")).unwrap_or_default();
        format!("{}{secure}", self.http)
    }

    fn register(&self, cloud: &Cloud) -> anyhow::Result<()> {
        for url in &self.portal_url {
            cloud.add_portal(url)?;
        }
        for (name, uri) in &self.redirect_uri {
            let found = cloud.view().application_named(name).map(|app| app.app_id);
            let app = found.with_context(|| format!("there is no application {name}"))?;
            cloud.add_redirect_uri(app, uri)?;
        }
        Ok(())
    }
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
