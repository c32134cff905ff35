//! `rollcall-emulator provision`.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, ValueEnum};
use emulator::story::{Speech, Story};
use emulator::tenant::TenantOptions;

#[derive(Debug, Args)]
pub(super) struct Provision {
    /// SCIM base URL, as pasted into Tenant URL.
    #[arg(long)]
    endpoint: String,
    /// Bearer token, as pasted into Secret Token.
    #[arg(long)]
    token: String,
    /// Users of the tenant at the start.
    #[arg(long, default_value_t = 250)]
    users: usize,
    /// Groups of the tenant at the start.
    #[arg(long, default_value_t = 20)]
    groups: usize,
    /// Members of every group; without it Contoso's own mixture.
    #[arg(long)]
    members_per_group: Option<usize>,
    /// PATCH dialect; mixed changes it from cycle to cycle.
    #[arg(long, value_enum, default_value_t = Dialect::Mixed)]
    dialect: Dialect,
    /// Incremental cycles after the initial one, each after a mixture of changes.
    #[arg(long, default_value_t = 3)]
    cycles: usize,
    /// Requests in flight at once.
    #[arg(long, default_value_t = 8)]
    concurrency: usize,
    /// Users changed before each cycle; a tenth of all, but at most 400, unless said.
    #[arg(long)]
    changes: Option<usize>,
    /// Decides every name, id and change.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Members in one PATCH.
    #[arg(long, default_value_t = 100)]
    members_per_patch: usize,
    /// Ask `id eq … and manager eq …` before a reference is set.
    #[arg(long)]
    reference_checks: bool,
    /// Send the Tenant URL's flag with every request.
    #[arg(long)]
    flag_in_requests: bool,
    /// Seconds until a request has failed.
    #[arg(long, default_value_t = 30)]
    request_timeout: u64,
    /// Seconds until the whole story has failed.
    #[arg(long, default_value_t = 3600)]
    time_limit: u64,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Dialect {
    Legacy,
    Compliant,
    Mixed,
}

impl Provision {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let story = Story {
            endpoint: self.endpoint,
            token: self.token,
            tenant: TenantOptions {
                users: self.users,
                groups: self.groups,
                members_per_group: self.members_per_group,
                seed: self.seed,
            },
            speech: match self.dialect {
                Dialect::Legacy => Speech::Legacy,
                Dialect::Compliant => Speech::Compliant,
                Dialect::Mixed => Speech::Mixed,
            },
            cycles: self.cycles,
            concurrency: self.concurrency.max(1),
            changes: self.changes.unwrap_or_else(|| (self.users / 10).clamp(10, 400)),
            members_per_patch: self.members_per_patch,
            reference_checks: self.reference_checks,
            flag_in_requests: self.flag_in_requests,
            request_timeout: Duration::from_secs(self.request_timeout),
            time_limit: Duration::from_secs(self.time_limit),
        };
        let report = story.tell().await;
        if self.json {
            println!("{:#}", report.json());
        } else {
            print!("{report}");
        }
        Ok(if report.flawless() {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(1)
        })
    }
}
