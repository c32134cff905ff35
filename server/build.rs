//! A release binary carries `target/site` inside: it is built again when the site changed, or when there first is one.

use std::{env, fs, path::Path};

#[expect(
    clippy::disallowed_methods,
    reason = "this is cargo's way to talk to a build script"
)]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let (Ok(folder), Ok(profile)) = (env::var("CARGO_MANIFEST_DIR"), env::var("PROFILE")) else {
        return;
    };
    if profile == "release" {
        // Cargo can only watch what exists.
        let site = Path::new(&folder).join("../target/site");
        if fs::create_dir_all(&site).is_ok() {
            println!("cargo::rerun-if-changed={}", site.display());
        }
    }
}
