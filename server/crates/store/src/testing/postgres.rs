//! A PostgreSQL server for tests.
//!
//! Test processes come and go (nextest gives each test its own), so they share one server: whoever comes first starts
//! it; each holds a shared lock on a file while it lives; a small shell process stops the server when nobody does.

use std::fs::{self, File, OpenOptions};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use super::must;

/// The URL of the run's server: `postgres://…/postgres`.
///
/// # Panics
/// When there is no PostgreSQL on this machine.
pub fn server() -> String {
    static SERVER: OnceLock<(String, Option<File>)> = OnceLock::new();
    SERVER
        .get_or_init(|| given().map_or_else(shared, |url| (url, None)))
        .0
        .clone()
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told where PostgreSQL is by their environment"
)]
fn given() -> Option<String> {
    std::env::var("ROLLCALL_TEST_POSTGRES")
        .ok()
        .filter(|url| !url.is_empty())
}

/// The shared server, and the lock that keeps it.
fn shared() -> (String, Option<File>) {
    // Not the process's own temporary folder: the server's user must be able to pass.
    let folder = PathBuf::from(format!("/tmp/rollcall-test-postgres-{}", user()));
    must(fs::create_dir_all(&folder));
    let lock = open(&folder.join("users"));
    must(lock.lock_shared());
    let starter = open(&folder.join("starter"));
    must(starter.lock());
    let port = folder.join("port");
    let running = fs::read_to_string(&port)
        .ok()
        .and_then(|port| port.trim().parse().ok())
        .filter(|port| answers(*port));
    let number = running.unwrap_or_else(|| {
        let server = Cluster::create(&folder.join("data"));
        server.start();
        must(fs::write(&port, server.port.to_string()));
        stop_when_unused(&folder);
        server.port
    });
    (url(number), Some(lock))
}

fn open(path: &Path) -> File {
    must(
        OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path),
    )
}

fn url(port: u16) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/postgres")
}

fn answers(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// Leaves a shell behind that waits until no process holds the lock any more.
fn stop_when_unused(folder: &Path) {
    let stop = format!(
        "{} && rm -rf data port",
        as_text(&Cluster::at(&folder.join("data"), 0).command("pg_ctl", "stop -m immediate"))
    );
    let watch = format!("while sleep 5; do flock starter flock -n users sh -c '{stop}' && exit; done");
    let mut command = Command::new("setsid");
    command.args(["--fork", "sh", "-c", &watch]).current_dir(folder);
    must(quiet(&mut command).status());
}

fn as_text(command: &Command) -> String {
    let parts = std::iter::once(command.get_program()).chain(command.get_args());
    parts
        .map(|part| part.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A server with a folder of its own, to be stopped and started at will; dropped, it is stopped and forgotten.
#[derive(Debug)]
pub struct Private(Cluster);

impl Private {
    /// Makes and starts one.
    ///
    /// # Panics
    /// When there is no PostgreSQL on this machine.
    #[must_use]
    pub fn start() -> Self {
        Self::with(Durability::Off)
    }

    /// Makes and starts one that waits for its disk, as one in production does: for `make bench`.
    ///
    /// # Panics
    /// When there is no PostgreSQL on this machine.
    #[must_use]
    pub fn durable() -> Self {
        Self::with(Durability::On)
    }

    fn with(durability: Durability) -> Self {
        static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let folder = format!(
            "/tmp/rollcall-test-postgres-{}-{}-{number}",
            user(),
            std::process::id()
        );
        must(fs::create_dir_all(&folder));
        let cluster = Cluster {
            durability,
            ..Cluster::create(&Path::new(&folder).join("data"))
        };
        cluster.start();
        Self(cluster)
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.0.port)
    }

    /// Stops it at once, connections and all.
    ///
    /// # Panics
    /// When it is not running.
    pub fn halt(&self) {
        self.0.run("pg_ctl", "-m fast stop");
    }

    /// Starts it again.
    ///
    /// # Panics
    /// When it is running.
    pub fn resume(&self) {
        self.0.start();
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        let _ = quiet(&mut self.0.command("pg_ctl", "-m immediate stop")).status();
        if let Some(folder) = self.0.data.parent() {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// Whether a server waits for its disk. Most tests prove what we ask of PostgreSQL, not that its disk is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Durability {
    On,
    Off,
}

#[derive(Debug)]
struct Cluster {
    data: PathBuf,
    port: u16,
    durability: Durability,
}

impl Cluster {
    fn at(data: &Path, port: u16) -> Self {
        Self {
            data: data.to_owned(),
            port,
            durability: Durability::Off,
        }
    }

    /// An empty cluster that will listen on a free port.
    fn create(data: &Path) -> Self {
        let _ = fs::remove_dir_all(data);
        must(fs::create_dir(data));
        if user() == 0 {
            must(Command::new("chown").arg("postgres:postgres").arg(data).status());
        }
        let cluster = Self::at(data, free_port());
        cluster.run("initdb", "-U postgres -A trust -E UTF8 --no-locale --no-sync");
        cluster
    }

    fn start(&self) {
        let data = self.data.display();
        let fsync = if self.durability == Durability::On {
            "on"
        } else {
            "off"
        };
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={data} -c fsync={fsync} -c max_connections=400 \
             -c deadlock_timeout=20ms",
            self.port
        );
        let log = self.data.join("log");
        let mut command = self.command("pg_ctl", "-w start -o");
        command.arg(options).arg("-l").arg(log);
        let status = must(quiet(&mut command).status());
        assert!(status.success(), "PostgreSQL does not start, see {data}/log");
    }

    fn run(&self, program: &str, arguments: &str) {
        let mut command = self.command(program, arguments);
        let status = must(quiet(&mut command).status());
        assert!(status.success(), "{program} {arguments}: {status}");
    }

    /// One of PostgreSQL's programs on this cluster, as a user it accepts.
    fn command(&self, program: &str, arguments: &str) -> Command {
        let program = programs().join(program);
        let mut command = if user() == 0 {
            let mut command = Command::new("setpriv");
            command
                .args(["--reuid=postgres", "--regid=postgres", "--init-groups"])
                .arg(program);
            command
        } else {
            Command::new(program)
        };
        command
            .arg("-D")
            .arg(&self.data)
            .args(arguments.split_whitespace())
            .current_dir("/");
        command
    }
}

/// Whether this machine has PostgreSQL's programs.
#[must_use]
pub fn is_installed() -> bool {
    newest_version().is_some_and(|version| version >= 15)
}

fn newest_version() -> Option<u32> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    versions
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .max()
}

/// Where `initdb` and `pg_ctl` lie: Debian keeps them out of the path.
fn programs() -> PathBuf {
    match newest_version() {
        Some(version) if version >= 15 => PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")),
        Some(version) => panic!("PostgreSQL {version} is too old, 15 is needed"),
        None => panic!("no PostgreSQL under /usr/lib/postgresql; set ROLLCALL_TEST_POSTGRES or install it"),
    }
}

fn free_port() -> u16 {
    must(must(TcpListener::bind(("127.0.0.1", 0))).local_addr()).port()
}

fn user() -> u32 {
    must(fs::metadata("/proc/self")).uid()
}

/// Nothing of the server's holds on to the test's output.
fn quiet(command: &mut Command) -> &mut Command {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
}
