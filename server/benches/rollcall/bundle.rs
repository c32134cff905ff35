//! What a browser loads at a first visit.

use std::path::Path;

use anyhow::Context as _;

use crate::figures::{Aims, thousands};

/// WASM, script and styles together, after brotli.
const MOST: u64 = 200_000;

/// Prints the sizes of the site as it was bundled.
pub(crate) fn measure(aims: &mut Aims) -> anyhow::Result<()> {
    let site = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/site");
    let manifest =
        std::fs::read_to_string(site.join("manifest.txt")).context("no site: cargo bundle --release")?;
    println!("\n### A first visit\n\n| file | bytes | after brotli |\n|---|---:|---:|");
    let mut sum = 0;
    for line in manifest.lines() {
        let ["file", path, _, bytes] = line.split(' ').collect::<Vec<_>>()[..] else {
            continue;
        };
        if !path.starts_with("pkg/") {
            continue;
        }
        let squeezed = site.join(format!("{path}.br"));
        let brotli = squeezed
            .metadata()
            .map_or_else(|_| bytes.parse().unwrap_or_default(), |file| file.len());
        let name = path.rsplit('/').next().unwrap_or(path);
        println!(
            "| {name} | {} | {} |",
            thousands(bytes.parse()?),
            thousands(brotli as f64)
        );
        sum += brotli;
    }
    if manifest.lines().any(|line| line == "profile dev") {
        println!(
            "\nThis site was bundled for development: cargo bundle --release makes the one that counts."
        );
    }
    let what = format!(
        "WASM, script and styles: {} bytes of brotli (aim {})",
        thousands(sum as f64),
        thousands(MOST as f64)
    );
    aims.judge(&what, sum < MOST);
    Ok(())
}
