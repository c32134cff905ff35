//! Figures from several rounds, the aims they are held against, and the tables they are printed in.

use crate::client::Measured;

const MIB: f64 = 1024.0 * 1024.0;

/// Several rounds of one measurement.
#[derive(Debug, Default)]
pub(crate) struct Rounds {
    rates: Vec<f64>,
    latencies: Vec<u32>,
}

impl Rounds {
    pub(crate) fn add(&mut self, measured: Measured) {
        self.rates.push(measured.rate);
        self.latencies.extend(measured.latencies);
    }

    /// The round in the middle, and the latencies of all.
    pub(crate) fn figure(mut self) -> Figure {
        self.rates.sort_by(f64::total_cmp);
        self.latencies.sort_unstable();
        let at = |percent: usize| {
            let place = self.latencies.len() * percent / 100;
            self.latencies
                .get(place)
                .or(self.latencies.last())
                .map_or(0.0, |nanos| f64::from(*nanos) / 1e6)
        };
        let rate = self.rates.get(self.rates.len() / 2).copied().unwrap_or_default();
        Figure {
            rate,
            p50: at(50),
            p99: at(99),
        }
    }
}

/// One figure: a second's operations, and milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figure {
    pub(crate) rate: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:>8} | {:>7} | {:>7}",
            thousands(self.rate),
            millis(self.p50),
            millis(self.p99)
        )
    }
}

/// One row of a table: ours, and its ceiling beside it.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) connections: usize,
    pub(crate) ours: Figure,
    pub(crate) peak: u64,
    pub(crate) ceiling: Option<(&'static str, Figure)>,
    /// The share of the ceiling aimed at.
    pub(crate) aim: Option<f64>,
}

impl Row {
    fn share(&self) -> Option<f64> {
        self.ceiling
            .as_ref()
            .map(|(_, ceiling)| self.ours.rate / ceiling.rate.max(1.0))
    }

    /// Prints the row, and holds it against its aim.
    pub(crate) fn print(&self, database: &str, aims: &mut Aims) {
        let none = || format!("{:>8} | {:>7} | {:>7}", "", "", "");
        let (name, ceiling) = self
            .ceiling
            .map_or(("", none()), |(name, figure)| (name, figure.to_string()));
        let share = self
            .share()
            .map(|share| format!("{:.0} %", share * 100.0))
            .unwrap_or_default();
        let word = match (self.share(), self.aim) {
            (Some(share), Some(aim)) => {
                let what = format!(
                    "{database}: {} at {}: {:.0} % of {name}",
                    self.what,
                    self.connections,
                    share * 100.0
                );
                aims.judge(&format!("{what} (aim {:.0} %)", aim * 100.0), share >= aim)
            }
            _ => "",
        };
        println!(
            "| {:<26} | {:>5} | {} | {:>8.0} | {name:<17} | {ceiling} | {share:>6} | {word:<6} |",
            self.what,
            self.connections,
            self.ours,
            self.peak as f64 / MIB,
        );
    }
}

/// The head of a table of [`Row`]s.
pub(crate) fn print_head(title: &str) {
    println!("\n### {title}\n");
    println!(
        "| {:<26} | {:>5} | {:>8} | {:>7} | {:>7} | {:>8} | {:<17} | {:>8} | {:>7} | {:>7} | {:>6} | {:<6} |",
        "operation",
        "conns",
        "per s",
        "p50 ms",
        "p99 ms",
        "peak MiB",
        "ceiling",
        "per s",
        "p50 ms",
        "p99 ms",
        "share",
        "aim"
    );
    println!("|---|---:|---:|---:|---:|---:|---|---:|---:|---:|---:|---|");
}

/// What was aimed at, and whether it was reached.
#[derive(Debug, Default)]
pub(crate) struct Aims(Vec<(String, bool)>);

impl Aims {
    /// Notes an aim; the word for it.
    pub(crate) fn judge(&mut self, what: &str, met: bool) -> &'static str {
        self.0.push((what.to_owned(), met));
        word(met)
    }

    pub(crate) fn print(&self) {
        println!("\n### Aims\n");
        for (what, met) in &self.0 {
            println!("- {:<6} {what}", word(*met));
        }
        let met = self.0.iter().filter(|(_, met)| *met).count();
        println!("\n{met} of {} met.", self.0.len());
    }
}

fn word(met: bool) -> &'static str {
    if met { "met" } else { "missed" }
}

/// On what it was measured: a figure says little without.
pub(crate) fn print_machine() {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("", |line| line.1);
    let load = read("/proc/loadavg");
    let load: f64 = load
        .split(' ')
        .next()
        .and_then(|one| one.parse().ok())
        .unwrap_or_default();
    println!(
        "{processors} processors ({model}), shared by server, load and database; load average at the start {load:.1}."
    );
    if load > 0.5 {
        println!(
            "Something else is running here: the figures are noisy. Keep the shares rather than the figures."
        );
    }
}

pub(crate) fn mib(bytes: u64) -> f64 {
    bytes as f64 / MIB
}

pub(crate) fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::with_capacity(digits.len() + 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

fn millis(number: f64) -> String {
    if number < 1.0 {
        format!("{number:.3}")
    } else {
        format!("{number:.2}")
    }
}
