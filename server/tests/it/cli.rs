//! The binary `rollcall`, run as an operator and a script run it.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder of its own, and the settings that point there.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
        command.args(arguments).stdin(Stdio::null());
        command.env("ROLLCALL_DATA_DIR", self.folder.path().join("data"));
        command
            .env("ROLLCALL_LISTEN", "127.0.0.1:0")
            .env("ROLLCALL_PUBLIC_URL", "https://portal.example");
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs with `--json`, which must succeed.
    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
    }

    /// Runs to a failure; answers what it says.
    fn fails(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments:?}");
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "",
            "results only go to standard output"
        );
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// An app, an organization and a directory.
    pub(crate) fn directory(&self) -> Value {
        let app = self.json(&["app", "create", "--name", "Hero SaaS"]);
        let app = app["id"].as_str().unwrap();
        let organization = self.json(&["organization", "create", "--app", app, "--name", "Contoso"]);
        let organization = organization["id"].as_str().unwrap();
        self.json(&[
            "directory",
            "create",
            "--organization",
            organization,
            "--provider",
            "entra-id",
        ])
    }
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn results_have_the_documented_shapes() {
    let place = Place::new();
    let made = place.directory();
    assert_eq!(keys(&made), ["id", "endpoint_url", "bearer_token"]);
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("dir_") && id.len() == 36, "{id}");
    assert_eq!(
        made["endpoint_url"],
        format!("https://portal.example/scim/v2/{id}")
    );
    assert!(
        made["bearer_token"]
            .as_str()
            .unwrap()
            .starts_with("rollcall_scim_")
    );

    let shown = place.json(&["directory", "show", id]);
    for key in ["id", "kind", "provider", "users", "groups"] {
        assert!(shown.get(key).is_some(), "{key} in {shown}");
    }
    assert_eq!(shown["kind"], "scim");
    assert_eq!(shown["provider"], "entra-id");
    assert_eq!((&shown["users"], &shown["groups"]), (&json!(0), &json!(0)));
    assert_eq!(shown["health"]["verdict"], "waiting_for_first_sync");
    assert!(
        !shown.to_string().contains("rollcall_scim_"),
        "the token is shown once"
    );

    assert_eq!(place.json(&["app", "list"]).as_array().unwrap().len(), 1);
    assert_eq!(place.json(&["organization", "list"])[0]["name"], "Contoso");
    assert_eq!(place.json(&["directory", "list"])[0]["id"], id);
}

#[test]
fn tokens_are_made_listed_and_revoked() {
    let place = Place::new();
    let directory = place.directory();
    let id = directory["id"].as_str().unwrap();
    let second = place.json(&["token", "create", "--directory", id]);
    assert!(
        second["bearer_token"]
            .as_str()
            .unwrap()
            .starts_with("rollcall_scim_")
    );
    assert!(
        place
            .fails(&["token", "create", "--directory", id])
            .contains("two tokens are alive")
    );
    let tokens = place.json(&["token", "list", "--directory", id]);
    assert_eq!(tokens.as_array().unwrap().len(), 2);
    assert!(!tokens.to_string().contains("rollcall_scim_"));
    let token = second["id"].as_str().unwrap();
    let asked = place.fails(&["token", "revoke", "--directory", id, token]);
    assert!(asked.contains("--yes"), "{asked}");
    place.json(&["token", "revoke", "--directory", id, token, "--yes"]);
    let alive = |token: &&Value| token["alive"] == true;
    assert_eq!(
        place
            .json(&["token", "list", "--directory", id])
            .as_array()
            .unwrap()
            .iter()
            .filter(alive)
            .count(),
        1
    );
}

#[test]
fn destruction_wants_a_yes() {
    let place = Place::new();
    let directory = place.directory();
    let id = directory["id"].as_str().unwrap();
    assert_eq!(
        place.json(&["directory", "disable", id])["health"]["verdict"],
        "paused"
    );
    let asked = place.fails(&["directory", "delete", id]);
    assert!(
        asked.contains("deletes the directory") && asked.contains("--yes"),
        "{asked}"
    );
    assert_eq!(place.json(&["directory", "delete", id, "--yes"])["deleted"], true);
    assert!(
        place
            .fails(&["directory", "show", id])
            .contains("there is no directory")
    );
}

#[test]
fn mistakes_are_told_in_plain_words() {
    let place = Place::new();
    for (arguments, words) in [
        (
            &["organization", "create", "--name", "x"][..],
            "there is no app yet",
        ),
        (
            &[
                "directory",
                "create",
                "--organization",
                "org_1",
                "--provider",
                "entra-id",
            ],
            "no such organization",
        ),
        (
            &[
                "directory",
                "create",
                "--organization",
                "org_1",
                "--provider",
                "entra",
            ],
            "entra-id",
        ),
        (&["app", "create", "--name", " "], "name"),
        (
            &["--config", "/nowhere.toml", "app", "list"],
            "cannot read the settings file /nowhere.toml",
        ),
        (&["nonsense"], "nonsense"),
    ] {
        let said = place.fails(arguments);
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    let output = place
        .command(&["app", "list"])
        .env("ROLLCALL_PUBLIC_ULR", "x")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("did you mean `ROLLCALL_PUBLIC_URL`?"), "{said}");
}

#[test]
fn doctor_finds_nothing_wrong_with_a_place_that_has_served_and_names_what_is() {
    let place = Place::new();
    drop(Serving::start(&place, &[]));
    let findings = place.json(&["doctor"]);
    let checks: Vec<&str> = findings
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["check"].as_str().unwrap())
        .collect();
    assert_eq!(checks, ["config", "key", "database", "clock", "disk"]);
    std::fs::write(place.folder.path().join("data/rollcall.key"), "nonsense").unwrap();
    let output = place.run(&["doctor"]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("holds no key"), "{said}");
}

/// `rollcall serve`, until it is dropped.
pub(crate) struct Serving {
    child: Child,
    pub(crate) address: String,
    /// Reads what it writes to standard error, to the end.
    reader: Option<JoinHandle<String>>,
}

impl Serving {
    pub(crate) fn start(place: &Place, settings: &[(&str, &str)]) -> Self {
        let mut command = place.command(&["serve"]);
        command
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap())
            .lines()
            .map_while(Result::ok);
        let (listens, heard) = mpsc::channel();
        let reader = std::thread::spawn(move || {
            let mut text = String::new();
            for line in lines {
                let event: Value = serde_json::from_str(&line).unwrap_or_default();
                if event["message"] == "listening" {
                    let _ = listens.send(event["address"].as_str().unwrap().to_owned());
                }
                text.push_str(&line);
                text.push('\n');
            }
            text
        });
        let address = heard.recv().expect("it listens");
        Self {
            child,
            address,
            reader: Some(reader),
        }
    }

    /// Ends it in order; answers all it wrote to standard error.
    pub(crate) fn end(mut self) -> String {
        self.terminate();
        self.reader.take().unwrap().join().unwrap()
    }

    fn terminate(&self) {
        Command::new("kill")
            .arg("-TERM")
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.terminate();
        let status = self.child.wait().unwrap();
        assert!(status.success() || std::thread::panicking(), "{status}");
    }
}

#[tokio::test]
async fn serve_makes_its_place_and_ends_with_0_on_sigterm() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let mut serving = Serving::start(&place, &[]);
    let ready = reqwest::get(format!("http://{}/readyz", serving.address))
        .await
        .unwrap();
    assert_eq!(ready.status(), 200);
    let mode = |name: &str| {
        std::fs::metadata(place.folder.path().join("data").join(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(
        (mode(""), mode("rollcall.key"), mode("rollcall.db")),
        (0o700, 0o600, 0o600)
    );
    serving.terminate();
    assert_eq!(serving.child.wait().unwrap().code(), Some(0));
}

#[tokio::test]
async fn what_the_command_line_does_is_seen_by_a_running_server_within_a_second() {
    let place = Place::new();
    let serving = Serving::start(&place, &[]);
    let directory = place.directory();
    let client = reqwest::Client::new();
    let endpoint = directory["endpoint_url"]
        .as_str()
        .unwrap()
        .replace("https://portal.example", "");
    let status = async || {
        let request = client.get(format!("http://{}{endpoint}/Users", serving.address));
        request
            .bearer_auth(directory["bearer_token"].as_str().unwrap())
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(status().await, 200);
    let id = directory["id"].as_str().unwrap();
    let token = place.json(&["token", "list", "--directory", id])[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    place.json(&["token", "revoke", "--directory", id, &token, "--yes"]);
    let revoked = Instant::now();
    while status().await == 200 {
        assert!(
            revoked.elapsed() < Duration::from_secs(1),
            "a revoked token still opens"
        );
    }
    assert_eq!(status().await, 401);
}

#[tokio::test]
async fn the_bootstrap_link_enters_a_running_server() {
    let place = Place::new();
    let serving = Serving::start(&place, &[]);
    let output = place.run(&["bootstrap-link"]);
    assert!(output.status.success());
    let link = String::from_utf8(output.stdout).unwrap();
    let path = link.trim().strip_prefix("https://portal.example").unwrap();
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let entered = client
        .get(format!("http://{}{path}", serving.address))
        .send()
        .await
        .unwrap();
    assert_eq!(entered.headers()["location"], "/organizations");
    assert!(!serving.end().contains("rollcall_enter_"));
}

impl Place {
    /// Runs with something on standard input, with `--json`; it must succeed.
    fn json_fed(&self, arguments: &[&str], input: &str) -> Value {
        use std::io::Write;
        let mut command = self.command(&[arguments, &["--json"]].concat());
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{arguments:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

#[test]
fn an_app_is_entered_and_its_secret_is_never_shown() {
    const CLIENT: &str = "74070100-0000-4000-8000-740701074070";
    const SECRET: &str = "canary~secret.of-the-app";
    let place = Place::new();
    let app = place.json(&["app", "create", "--name", "Truvio"]);
    let app = app["id"].as_str().unwrap();
    let empty = place.json(&["app", "show", "--app", app]);
    assert_eq!(
        (&empty["client_id"], &empty["client_secret"]),
        (&json!(null), &json!(false))
    );

    let upper = CLIENT.to_uppercase();
    let entered = [
        "app",
        "set",
        "--app",
        app,
        "--client-id",
        &upper,
        "--role",
        "Truvio.SubscriptionService",
        "--embed-origin",
        "https://app.example",
        "--embed-origin",
        "http://localhost:3000/",
        "--client-secret-stdin",
    ];
    let shown = place.json_fed(&entered, &format!("{SECRET}\n"));
    let expected = json!({"id": app, "name": "Truvio", "client_id": CLIENT, "role": "Truvio.SubscriptionService",
        "client_secret": true, "embed_origins": ["https://app.example", "http://localhost:3000"]});
    assert_eq!(shown, expected);
    let kept = place.json(&[
        "app",
        "set",
        "--app",
        app,
        "--role",
        "Other.Role",
        "--embed-origin",
        "none",
    ]);
    assert_eq!(
        (
            &kept["client_id"],
            &kept["client_secret"],
            &kept["role"],
            &kept["embed_origins"]
        ),
        (&json!(CLIENT), &json!(true), &json!("Other.Role"), &json!([]))
    );
    let text = String::from_utf8(place.run(&["app", "show", "--app", app]).stdout).unwrap();
    assert!(text.contains("entered") && !text.contains(SECRET));
    for file in std::fs::read_dir(place.folder.path().join("data")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()));
    }
    assert!(
        place
            .fails(&["app", "set", "--app", app, "--client-id", "x"])
            .contains("client id")
    );
    assert!(
        place
            .fails(&["app", "set", "--app", app, "--role", "a b"])
            .contains("role")
    );
    assert!(
        place
            .fails(&["app", "set", "--app", app, "--client-secret-stdin"])
            .contains("standard input")
    );
    assert!(
        place
            .fails(&["app", "show", "--app", "app_none"])
            .contains("no app")
    );
}

#[test]
fn staff_is_added_by_tenant_and_object_id() {
    const TENANT: &str = "4e201d00-0000-4000-8000-4e201d0574e2";
    let place = Place::new();
    let app = place.json(&["app", "create", "--name", "Truvio"]);
    let app = app["id"].as_str().unwrap();
    let add = |object: &str, role: &str| {
        let place = &place;
        let whole = [
            "staff",
            "add",
            "--app",
            app,
            "--tenant-id",
            TENANT,
            "--object-id",
            object,
        ];
        place.json(&[whole.as_slice(), &["--role", role, "--name", "Olivia"]].concat())
    };
    let upper = TENANT.to_uppercase();
    let first = add(TENANT, "support");
    assert_eq!(first, add(&upper, "owner"), "the same person");
    let listed = place.json(&["staff", "list", "--app", app]);
    assert_eq!(
        (
            &listed[0]["role"],
            &listed[0]["last_sign_in_at"],
            listed.as_array().unwrap().len()
        ),
        (&json!("owner"), &json!(0), 1)
    );
    let wrong = [
        "staff",
        "add",
        "--app",
        app,
        "--tenant-id",
        "contoso.com",
        "--object-id",
        TENANT,
    ];
    let said = place.fails(&[wrong.as_slice(), &["--role", "owner", "--name", "x"]].concat());
    assert!(said.contains("--tenant-id looks like"), "{said}");
}

#[test]
fn an_api_key_is_shown_once_and_can_be_taken_back() {
    let place = Place::new();
    let app = place.json(&["app", "create", "--name", "Truvio"]);
    let app = app["id"].as_str().unwrap();
    let made = place.json(&["api-key", "create", "--app", app, "--name", "ERP"]);
    let (id, secret) = (made["id"].as_str().unwrap(), made["api_key"].as_str().unwrap());
    assert!(id.starts_with("key_") && secret.starts_with("rollcall_api_"));
    let listed = place.json(&["api-key", "list", "--app", app]);
    assert_eq!(
        (&listed[0]["name"], &listed[0]["revoked_at"]),
        (&json!("ERP"), &json!(null))
    );
    assert!(!listed.to_string().contains(secret));
    assert!(
        place
            .fails(&["api-key", "revoke", "--app", app, id])
            .contains("--yes")
    );
    let revoked = place.json(&["api-key", "revoke", "--app", app, id, "--yes"]);
    assert_eq!(revoked, json!({"id": id, "revoked": true}));
    assert!(
        place
            .fails(&["api-key", "revoke", "--app", app, id, "--yes"])
            .contains("ended already")
    );
    assert!(
        place
            .fails(&["api-key", "list", "--app", "app_none"])
            .contains("no app")
    );
}
