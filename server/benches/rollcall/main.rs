//! `make bench`: where the README's figures come from. All of them are measured in one run, each beside the ceiling that
//! this machine has for it at that moment, so that the shares can be compared where the figures cannot.
//!
//! | file | what it does |
//! |---|---|
//! | `requests.rs` | create, find, get, PATCH, against a plain handler and against the database driver alone |
//! | `members.rs` | adds a member to groups of very different sizes |
//! | `million.rs` | finds one among a million users |
//! | `cycle.rs` | the emulator's initial cycle |
//! | `identity.rs` | sign-in round trips, token checks |
//! | `derivation.rs` | a checklist from its facts |
//! | `bundle.rs` | what a first visit loads |
//! | `ceiling.rs` | the plain handler, the driver alone |
//! | `behind.rs` | the driver behind a plain handler |
//! | `browser.rs` | somebody who signs in |
//! | `client.rs` | a load generator that costs little |
//! | `served.rs` | the server under test: the release binary, as a process of its own |
//! | `filled.rs` | databases with directories in them, filled through the store's own operations |
//! | `samples.rs` | the rows that each act leaves, for the driver to write |
//! | `people.rs` | what a provider sends |
//! | `figures.rs` | figures, aims, tables |

use anyhow::Context as _;
use clap::{Parser, ValueEnum};

mod behind;
mod browser;
mod bundle;
mod ceiling;
mod client;
mod cycle;
mod derivation;
mod figures;
mod filled;
mod identity;
mod members;
mod million;
mod people;
mod requests;
mod samples;
mod served;

use figures::Aims;
use filled::Kind;

/// As `rollcall` itself has it: the plain handler must not be slower for want of it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The figures of the README, from one run on this machine.
#[derive(Debug, Parser)]
#[command(name = "make bench ARGS=…", no_binary_name = false)]
struct Wanted {
    /// A twentieth of everything: only to see that all of it runs.
    #[arg(long)]
    quick: bool,
    /// Only these, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Section>,
    /// Only on this database.
    #[arg(long, value_enum)]
    database: Option<Kind>,
    /// Only with so many connections, separated by commas.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64])]
    connections: Vec<usize>,
    /// Seconds of one measurement; each is made three times, ours and its ceiling in turn.
    #[arg(long, default_value_t = 1.0)]
    seconds: f64,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
    /// Serve a body of so many bytes instead: the plain handler, as a process of its own.
    #[arg(long, hide = true)]
    plain: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Section {
    Bundle,
    Derivation,
    Identity,
    Requests,
    Members,
    Cycle,
    Million,
}

/// How much of everything.
#[derive(Debug, Clone)]
struct Scale {
    connections: Vec<usize>,
    seconds: f64,
    rounds: usize,
    users: u32,
    groups: [u32; 3],
    million: u32,
    cycle: (usize, usize),
}

impl Wanted {
    fn scale(&self) -> Scale {
        let connections = self.connections.clone();
        if self.quick {
            return Scale {
                connections,
                seconds: 0.1,
                rounds: 1,
                users: 6_000,
                groups: [10, 100, 5_000],
                million: 50_000,
                cycle: (1_000, 20),
            };
        }
        Scale {
            connections,
            seconds: self.seconds,
            rounds: 3,
            users: 120_000,
            groups: [10, 1_000, 100_000],
            million: 1_000_000,
            cycle: (20_000, 200),
        }
    }

    fn wants(&self, section: Section) -> bool {
        self.only.is_empty() || self.only.contains(&section)
    }

    fn databases(&self) -> Vec<Kind> {
        let kinds = [Kind::Sqlite, Kind::Postgres];
        kinds
            .into_iter()
            .filter(|kind| self.database.is_none_or(|only| only == *kind))
            .collect()
    }
}

fn main() -> anyhow::Result<()> {
    let wanted = Wanted::parse();
    match wanted.plain {
        Some(bytes) => ceiling::serve_plainly(bytes),
        None => measure(&wanted),
    }
}

fn measure(wanted: &Wanted) -> anyhow::Result<()> {
    let begun = std::time::Instant::now();
    let (scale, mut aims) = (wanted.scale(), Aims::default());
    figures::print_machine();
    if wanted.wants(Section::Bundle) {
        bundle::measure(&mut aims)?;
    }
    if wanted.wants(Section::Derivation) {
        derivation::measure(&mut aims);
    }
    for kind in wanted.databases() {
        if kind == Kind::Postgres && !store::testing::postgres::is_installed() {
            println!("\nPostgreSQL is not on this machine, so it is left out: apt-get install postgresql\n");
            continue;
        }
        on_database(wanted, kind, &scale, &mut aims).with_context(|| format!("on {}", kind.name()))?;
    }
    aims.print();
    println!("\nAll of it took {:.0} s.", begun.elapsed().as_secs_f64());
    Ok(())
}

fn on_database(wanted: &Wanted, kind: Kind, scale: &Scale, aims: &mut Aims) -> anyhow::Result<()> {
    let server = filled::Server::start(kind)?;
    if wanted.wants(Section::Requests) || wanted.wants(Section::Members) {
        let place = filled::Grouped::make(&server, scale.users, &scale.groups)?;
        if wanted.wants(Section::Requests) {
            requests::measure(&place, scale, aims)?;
        }
        if wanted.wants(Section::Members) {
            members::measure(&place, scale, aims)?;
        }
    }
    if wanted.wants(Section::Identity) {
        identity::measure(&server, scale, aims)?;
    }
    if wanted.wants(Section::Cycle) {
        cycle::measure(&server, scale)?;
    }
    if wanted.wants(Section::Million) {
        million::measure(&server, scale, aims)?;
    }
    Ok(())
}
