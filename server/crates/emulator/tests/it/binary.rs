//! `rollcall-emulator` as a program: what it prints, writes and returns.

use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::stub::{Quirk, Stub, TOKEN};

const PROGRAM: &str = env!("CARGO_BIN_EXE_rollcall-emulator");

async fn provision(endpoint: String, token: &'static str, more: &'static [&'static str]) -> Output {
    let run = move || {
        let mut command = Command::new(PROGRAM);
        command.args([
            "provision",
            "--endpoint",
            &endpoint,
            "--token",
            token,
            "--users",
            "40",
            "--groups",
            "4",
        ]);
        command
            .args(["--changes", "10", "--cycles", "1", "--concurrency", "4"])
            .args(more)
            .output()
            .unwrap()
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

#[tokio::test]
async fn provision_returns_0_for_a_good_server_and_prints_json() {
    let stub = Stub::start().await;
    let output = provision(stub.url.clone(), TOKEN, &["--dialect", "compliant", "--json"]).await;
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{report:#}");
    assert_eq!(
        (&report["ok"], &report["dialect"]),
        (&Value::from(true), &Value::from("compliant"))
    );
    assert_eq!(report["cycles"].as_array().unwrap().len(), 2);
    assert!(!String::from_utf8_lossy(&output.stdout).contains(TOKEN));
    stub.assert_obeyed();
}

#[tokio::test]
async fn provision_returns_1_for_a_deviation_and_says_which() {
    let stub = Stub::start().await;
    stub.misbehave(&[Quirk::DropsPhones]);
    let output = provision(stub.url.clone(), TOKEN, &[]).await;
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(
        printed.contains("- [A3] ") && printed.contains("phoneNumbers"),
        "{printed}"
    );
    let output = provision(stub.url.clone(), "wrong", &[]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("test connection failed")
    );
}

#[tokio::test]
async fn what_cannot_be_done_returns_2() {
    let busy = Stub::start().await;
    let address = busy
        .url
        .trim_start_matches("http://")
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    for arguments in [
        vec!["provision"],
        vec!["serve", "--listen", &address],
        vec!["serve", "--cycle-seconds", "0"],
    ] {
        let output = Command::new(PROGRAM).args(&arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn serve_says_where_it_is_and_ends_on_a_signal() {
    let folder = std::env::temp_dir().join(format!("rollcall-emulator-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let described = folder.join("describe.json");
    for signal in ["-TERM", "-INT"] {
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--listen", "127.0.0.1:0", "--describe"])
            .arg(&described)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let told: Value = serde_json::from_slice(&std::fs::read(&described).unwrap()).unwrap();
        assert_eq!(
            line.trim(),
            format!("Contoso admin center: {}", told["url"].as_str().unwrap())
        );
        assert_eq!(told["tenant"]["domain"], "contoso.com");
        assert_eq!(
            (&told["tenant"]["users"], &told["tenant"]["groups"]),
            (&Value::from(250), &Value::from(20))
        );
        assert!(
            Command::new("kill")
                .args([signal, &child.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}
