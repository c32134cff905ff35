//! The real binary in a process of its own, to be killed.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
};

use serde_json::Value;

use super::scim::Scim;

/// A data folder with a directory in it, before anybody serves it.
pub(crate) struct Premises {
    folder: tempfile::TempDir,
    database: Option<String>,
    /// The directory's id and its bearer token.
    pub(crate) directory: String,
    pub(crate) bearer_token: String,
}

impl Premises {
    /// On SQLite in the folder itself, or on the database at this URL.
    pub(crate) fn new(database: Option<&str>) -> Self {
        let mut premises = Self {
            folder: tempfile::tempdir().unwrap(),
            database: database.map(str::to_owned),
            directory: String::new(),
            bearer_token: String::new(),
        };
        let text = |value: &Value, key: &str| value[key].as_str().unwrap().to_owned();
        let app = text(&premises.json(&["app", "create", "--name", "Hero SaaS"]), "id");
        let organization = premises.json(&["organization", "create", "--app", &app, "--name", "Contoso"]);
        let organization = text(&organization, "id");
        let directory = [
            "directory",
            "create",
            "--provider",
            "entra-id",
            "--organization",
            &organization,
        ];
        let made = premises.json(&directory);
        premises.directory = text(&made, "id");
        premises.bearer_token = text(&made, "bearer_token");
        premises
    }

    /// Where a store finds the database.
    pub(crate) fn url(&self) -> String {
        self.database
            .clone()
            .unwrap_or_else(|| format!("sqlite:{}", self.data().join("rollcall.db").display()))
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let Output {
            status,
            stdout,
            stderr,
        } = self.command(arguments).arg("--json").output().unwrap();
        assert!(
            status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&stderr)
        );
        serde_json::from_slice(&stdout).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
        command
            .args(arguments)
            .stdin(Stdio::null())
            .env("ROLLCALL_DATA_DIR", self.data());
        command.env("ROLLCALL_LISTEN", "127.0.0.1:0");
        if let Some(database) = &self.database {
            command.env("ROLLCALL_DATABASE_URL", database);
        }
        command
    }
}

/// `rollcall serve`. Dropped, it is killed.
pub(crate) struct Process {
    child: Child,
    url: String,
}

impl Process {
    /// Starts it and waits until it listens.
    pub(crate) fn start(premises: &Premises) -> Self {
        let mut command = premises.command(&["serve"]);
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap())
            .lines()
            .map_while(Result::ok);
        let (listens, heard) = mpsc::channel();
        // Reads on, so that the process never waits for us.
        std::thread::spawn(move || {
            let address = |line: String| {
                let event: Value = serde_json::from_str(&line).unwrap_or_default();
                event["address"].as_str().map(str::to_owned)
            };
            if let Some(address) = lines.by_ref().find_map(address) {
                let _ = listens.send(address);
            }
            lines.for_each(drop);
        });
        let address = heard.recv().expect("it listens");
        Self {
            child,
            url: format!("http://{address}"),
        }
    }

    /// Its directory's endpoint, on connections of its own.
    pub(crate) fn scim(&self, premises: &Premises) -> Scim {
        Scim::at(&self.url, &premises.directory, &premises.bearer_token)
    }

    /// SIGKILL, and waits for the end.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM.
    pub(crate) fn tell_to_end(&self) {
        let told = Command::new("kill")
            .arg("-TERM")
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(told.success());
    }

    /// The exit code, once it has ended.
    pub(crate) fn code(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// `http://127.0.0.1:PORT`
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
