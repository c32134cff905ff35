//! The server under test: the release binary as a process of its own, so that its memory is its own too.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

const BINARY: &str = env!("CARGO_BIN_EXE_rollcall");
/// What a deployment behind a proxy has.
pub(crate) const PUBLIC_URL: &str = "https://rollcall.example.com";

/// A running server; dropped, it is told to end and waited for.
#[derive(Debug)]
pub(crate) struct Served {
    child: Child,
    pub(crate) address: SocketAddr,
}

/// The binary with its settings, in `folder`.
pub(crate) fn rollcall(database: &str, folder: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command
        .env("ROLLCALL_LISTEN", "127.0.0.1:0")
        .env("ROLLCALL_PUBLIC_URL", PUBLIC_URL)
        .env("ROLLCALL_DATABASE_URL", database)
        .env("ROLLCALL_DATA_DIR", folder)
        .stdin(Stdio::null());
    command
}

/// What a command of the binary's printed, as JSON.
pub(crate) fn told(command: &mut Command) -> anyhow::Result<serde_json::Value> {
    let output = command.arg("--json").output()?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

impl Served {
    /// Starts it and waits until it listens. `log` says whether each request gets its line.
    pub(crate) fn start(database: &str, folder: &Path, log: bool) -> anyhow::Result<Self> {
        Self::start_with(database, folder, log, &[])
    }

    /// The same with more settings.
    pub(crate) fn start_with(
        database: &str,
        folder: &Path,
        log: bool,
        settings: &[(&str, String)],
    ) -> anyhow::Result<Self> {
        let lines = folder.join("log");
        let mut command = rollcall(database, folder);
        command.arg("serve").env("ROLLCALL_LOG_REQUESTS", log.to_string());
        command.envs(settings.iter().map(|(name, value)| (*name, value)));
        let child = command
            .stdout(Stdio::null())
            .stderr(File::create(&lines)?)
            .spawn()?;
        Self::listening(child, || address_in_log(&lines)).with_context(|| {
            format!(
                "the server did not start: {}",
                std::fs::read_to_string(&lines).unwrap_or_default()
            )
        })
    }

    /// A plain handler that answers every request with so many bytes.
    pub(crate) fn plain(bytes: usize, folder: &Path) -> anyhow::Result<Self> {
        let told = folder.join("plain");
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--plain").arg(bytes.to_string()).stdin(Stdio::null());
        let child = command.stdout(File::create(&told)?).spawn()?;
        Self::listening(child, || std::fs::read_to_string(&told).ok()?.trim().parse().ok())
            .context("the plain handler did not start")
    }

    fn listening(mut child: Child, address: impl Fn() -> Option<SocketAddr>) -> anyhow::Result<Self> {
        let patience = Instant::now() + Duration::from_secs(60);
        while Instant::now() < patience && child.try_wait()?.is_none() {
            if let Some(address) = address() {
                return Ok(Self { child, address });
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = child.kill();
        bail!("it does not listen")
    }

    /// The most memory it ever held, in bytes (`VmHWM`), or since [`Served::forget_peak`].
    pub(crate) fn peak(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .context("no VmHWM")?;
        let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib * 1024)
    }

    /// Begins a new peak at what it holds now (`proc(5)`, `clear_refs`).
    pub(crate) fn forget_peak(&self) {
        // Where that is not allowed the peak is that of the whole life.
        let _ = std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let told = Command::new("kill").arg(self.child.id().to_string()).status();
        if !told.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// The log says `"message":"listening","address":"…"`.
fn address_in_log(path: &Path) -> Option<SocketAddr> {
    let lines = BufReader::new(File::open(path).ok()?)
        .lines()
        .map_while(Result::ok);
    lines
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(&line).ok())
        .find_map(|line| {
            (line["message"] == "listening")
                .then(|| line["address"].as_str()?.parse().ok())
                .flatten()
        })
}
