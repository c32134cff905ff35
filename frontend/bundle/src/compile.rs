//! `frontend` for the browser: cargo, then wasm-bindgen. Both read the one lock file, so their versions always agree.

use crate::NAME;
use crate::site::{self, Asset};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use wasm_bindgen_cli_support::Bindgen;

/// How the bundle is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build.
    Dev,
    /// Small: cargo's profile `wasm-release`.
    Release,
}

impl Profile {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Profile::Dev => "dev",
            Profile::Release => "release",
        }
    }

    fn of_cargo(self) -> &'static str {
        match self {
            Profile::Dev => "dev",
            Profile::Release => "wasm-release",
        }
    }
}

/// Builds `frontend` and answers where its WASM lies. Cargo decides the folder (`CARGO_TARGET_DIR`), so cargo is asked.
pub(crate) fn build(root: &Path, profile: Profile) -> Result<PathBuf> {
    let mut command = Command::new("cargo");
    command.current_dir(root).stderr(Stdio::inherit());
    command.args([
        "build",
        "--package",
        "frontend",
        "--lib",
        "--target",
        "wasm32-unknown-unknown",
    ]);
    command.args([
        "--profile",
        profile.of_cargo(),
        "--message-format",
        "json-render-diagnostics",
    ]);
    let output = command.output().context("starting cargo")?;
    ensure!(
        output.status.success(),
        "cargo could not build `frontend` for the browser ({})",
        output.status
    );
    wasm_among(&String::from_utf8_lossy(&output.stdout))
        .context("cargo built `frontend` without a .wasm file")
}

/// Runs wasm-bindgen and answers the files of the bundle, named as Leptos asks for them.
pub(crate) fn bind(wasm: &Path, profile: Profile) -> Result<Vec<Asset>> {
    let folder = wasm.with_extension("bindgen");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("emptying {}", folder.display()))?;
    }
    let release = profile == Profile::Release;
    Bindgen::new()
        .input_path(wasm)
        .web(true)?
        .typescript(false)
        .remove_name_section(release)
        .remove_producers_section(release)
        .out_name(NAME)
        .generate(&folder)?;
    let mut assets = site::read_folder(&folder)?;
    for asset in &mut assets {
        asset.path = name_for_leptos(&asset.path);
    }
    Ok(assets)
}

/// wasm-bindgen says `rollcall_bg.wasm`; Leptos, compiled with `LEPTOS_OUTPUT_NAME`, asks for `rollcall.wasm`.
fn name_for_leptos(path: &str) -> String {
    if path == format!("{NAME}_bg.wasm") {
        format!("{NAME}.wasm")
    } else {
        path.to_owned()
    }
}

/// The `.wasm` file that cargo's messages name for `frontend`.
fn wasm_among(messages: &str) -> Option<PathBuf> {
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages
        .filter(|message| message["reason"] == "compiler-artifact" && message["target"]["name"] == "frontend")
        .flat_map(|message| message["filenames"].as_array().cloned().unwrap_or_default())
        .filter_map(|name| name.as_str().map(PathBuf::from))
        .find(|path| path.extension().is_some_and(|extension| extension == "wasm"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_wasm_where_cargo_says_it_lies() {
        let messages = r#"
{"reason":"compiler-artifact","target":{"name":"app"},"filenames":["/else/libapp.rlib"]}
not json
{"reason":"compiler-artifact","target":{"name":"frontend"},"filenames":["/else/libfrontend.rlib","/else/frontend.wasm"]}
{"reason":"build-finished","success":true}"#;
        assert_eq!(wasm_among(messages), Some(PathBuf::from("/else/frontend.wasm")));
        assert_eq!(wasm_among(r#"{"reason":"build-finished","success":true}"#), None);
    }

    #[test]
    fn leptos_gets_the_names_it_asks_for() {
        assert_eq!(name_for_leptos("rollcall_bg.wasm"), "rollcall.wasm");
        assert_eq!(name_for_leptos("rollcall.js"), "rollcall.js");
        assert_eq!(name_for_leptos("snippets/x/inline0.js"), "snippets/x/inline0.js");
    }
}
