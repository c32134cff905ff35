//! `cargo bundle [--release]`: turns `frontend`, `style/` and `public/` into the site that the server embeds.
//!
//! | room | what it does |
//! |---|---|
//! | [`compile`] | builds `frontend` for the browser and runs wasm-bindgen over it |
//! | [`styles`] | joins `style/**/*.css` in the order of the layers and takes out comments and white space |
//! | [`digest`] | content hashes |
//! | [`squeeze`] | `.br` and `.gz` beside each file that gains by it |
//! | [`manifest`] | the list of what is in the site, and from which inputs it was made |
//! | [`site`] | writes it all, touching only what changed |
//!
//! # What comes out
//! Always in `<workspace>/target/site`, wherever `CARGO_TARGET_DIR` points for the compiler's own files, so that the
//! server finds it at one place at compile time:
//! ```text
//! target/site/manifest.txt                  what is here (below)
//! target/site/pkg/<hash>/rollcall.js        wasm-bindgen's glue    ┐ each with .br and .gz beside it
//! target/site/pkg/<hash>/rollcall.wasm      the islands            │
//! target/site/pkg/<hash>/rollcall.css       all styles in one      ┘
//! target/site/pkg/<hash>/snippets/…         if a crate brings script of its own
//! target/site/favicon.svg …                 public/, under its own names
//! ```
//! `<hash>` stands for the contents of everything in that folder, so a browser may keep what lies under `pkg/` for
//! ever (`Cache-Control: public, max-age=31536000, immutable`). The files of `public/` keep names that browsers and
//! pages know by heart (`/favicon.svg`, `/icons.svg`): serve them with an `ETag` and `no-cache`.
//!
//! One hash for all and in the *folder*: one word then says every address, relative imports inside the glue hold, and
//! nothing is read from disk at run time (Leptos' own `hash_files` reads `hash.txt` beside the executable).
//!
//! # Who uses it
//! - The server embeds `target/site` (rust-embed), reads `manifest.txt` once at start and takes the line `pkg-dir`.
//! - The shell of `app` makes its addresses of it: `app::asked::Site::of(pkg_dir)`; `app::loader` writes the links and
//!   the script that wakes the islands.
//! - Where Leptos itself wants options: `output_name("rollcall")` (the same word as `LEPTOS_OUTPUT_NAME` in
//!   `.cargo/config.toml`) and `site_pkg_dir(pkg_dir)`; `hash_files` stays false.
//!
//! Every change of any file changes `manifest.txt`, so a server that embeds it is rebuilt when it must be, and an
//! unchanged site leaves it untouched. Without a site (`cargo check` on a fresh clone) the server still compiles.
//! A request is answered with the `.br` or `.gz` neighbour when `Accept-Encoding` allows and the neighbour exists.
//!
//! # `manifest.txt`
//! Lines of words between single blanks, in this order:
//! ```text
//! inputs <hash>                 from what it was made: when it stands as it is, there is nothing to do
//! profile release|dev
//! pkg-dir pkg/<hash>
//! file <path> <hash> <bytes>    one per file, sorted, without the .br and .gz neighbours
//! ```
//!
//! # The budget
//! What a first visit loads (`.wasm`, `.js`, `.css`, after brotli) is printed at the end of every run. A release bundle
//! over [`BUDGET`] is a failure.

mod compile;
mod digest;
mod manifest;
mod site;
mod squeeze;
mod styles;

use anyhow::{Context, Result, bail};
use compile::Profile;
use manifest::Manifest;
use site::Asset;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Most bytes of brotli that a first visit may load.
const BUDGET: u64 = 200_000;

/// The files' name, the same word as `LEPTOS_OUTPUT_NAME` in `.cargo/config.toml`.
const NAME: &str = "rollcall";

const USAGE: &str = "usage: cargo bundle [--release]";

fn main() -> ExitCode {
    match profile(std::env::args().skip(1)).and_then(bundle) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bundle: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn profile(arguments: impl Iterator<Item = String>) -> Result<Profile> {
    let mut profile = Profile::Dev;
    for argument in arguments {
        match argument.as_str() {
            "--release" => profile = Profile::Release,
            other => bail!("`{other}` means nothing here; {USAGE}"),
        }
    }
    Ok(profile)
}

fn bundle(profile: Profile) -> Result<()> {
    let root = workspace_root()?;
    let site = root.join("target/site");
    let wasm = compile::build(&root, profile)?;
    let styles = styles::join(&root.join("style"))?;
    let public = site::read_folder(&root.join("public"))?;
    let inputs = inputs(profile, &wasm, &styles, &public)?;
    let manifest = match Manifest::read(&site) {
        Some(present) if present.inputs == inputs && site::is_complete(&site, &present) => present,
        _ => write(&site, profile, inputs, &wasm, styles, public)?,
    };
    report(&site, &manifest, profile)
}

/// This crate lies two folders below the workspace's root.
fn workspace_root() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors()
        .nth(2)
        .map(Path::to_owned)
        .context("this crate has left the workspace")
}

/// Everything the site depends on, this tool included.
fn inputs(profile: Profile, wasm: &Path, styles: &str, public: &[Asset]) -> Result<String> {
    let mut digest = digest::Digest::new();
    for source in SOURCES {
        digest.part(source.as_bytes());
    }
    digest.part(profile.name().as_bytes());
    digest.part(&std::fs::read(wasm).with_context(|| format!("reading {}", wasm.display()))?);
    digest.part(styles.as_bytes());
    for asset in public {
        digest.part(asset.path.as_bytes());
        digest.part(&asset.bytes);
    }
    Ok(digest.finish())
}

const SOURCES: [&str; 7] = [
    include_str!("compile.rs"),
    include_str!("digest.rs"),
    include_str!("main.rs"),
    include_str!("manifest.rs"),
    include_str!("site.rs"),
    include_str!("squeeze.rs"),
    include_str!("styles.rs"),
];

fn write(
    site: &Path,
    profile: Profile,
    inputs: String,
    wasm: &Path,
    styles: String,
    public: Vec<Asset>,
) -> Result<Manifest> {
    let mut code = compile::bind(wasm, profile)?;
    code.push(Asset {
        path: format!("{NAME}.css"),
        bytes: styles.into_bytes(),
    });
    let pkg_dir = format!("pkg/{}", site::hash_of(&code));
    for asset in &mut code {
        asset.path = format!("{pkg_dir}/{}", asset.path);
    }
    code.extend(public);
    let manifest = Manifest::of(inputs, profile.name(), pkg_dir, &code);
    site::write(site, code, &manifest, profile)?;
    Ok(manifest)
}

fn report(site: &Path, manifest: &Manifest, profile: Profile) -> Result<()> {
    let mut first_visit = 0;
    println!("{:<40} {:>11} {:>11}", "site", "bytes", "brotli");
    for file in &manifest.files {
        let squeezed = squeeze::size_of_brotli(&site.join(&file.path)).unwrap_or(file.bytes);
        println!("{:<40} {:>11} {:>11}", file.path, file.bytes, squeezed);
        if file.path.starts_with(&manifest.pkg_dir) {
            first_visit += squeezed;
        }
    }
    println!("first visit: {first_visit} bytes of brotli; the budget of a release is {BUDGET}");
    within_budget(profile, first_visit)
}

fn within_budget(profile: Profile, first_visit: u64) -> Result<()> {
    if profile == Profile::Release && first_visit > BUDGET {
        bail!(
            "a first visit would load {first_visit} bytes of brotli, {} over the budget of {BUDGET}: \
             move work from islands to the server",
            first_visit - BUDGET
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> impl Iterator<Item = String> {
        line.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
            .into_iter()
    }

    #[test]
    fn one_flag_and_no_other() {
        assert_eq!(profile(words("")).unwrap(), Profile::Dev);
        assert_eq!(profile(words("--release")).unwrap(), Profile::Release);
        assert!(
            profile(words("--relaese"))
                .unwrap_err()
                .to_string()
                .contains("--relaese")
        );
    }

    #[test]
    fn only_a_release_has_a_budget() {
        assert!(within_budget(Profile::Release, BUDGET).is_ok());
        assert!(within_budget(Profile::Release, BUDGET + 1).is_err());
        assert!(within_budget(Profile::Dev, BUDGET * 10).is_ok());
    }

    #[test]
    fn every_source_of_this_tool_counts_as_an_input() {
        let sources = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
        assert_eq!(sources.count(), SOURCES.len());
    }

    #[test]
    fn the_name_is_the_one_leptos_was_compiled_with() {
        assert_eq!(option_env!("LEPTOS_OUTPUT_NAME"), Some(NAME));
    }
}
