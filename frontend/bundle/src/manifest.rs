//! `manifest.txt`: what is in the site, and from which inputs it was made. Its form stands in the crate's docs.

use crate::digest;
use crate::site::Asset;
use std::fmt::Write;
use std::path::Path;

/// Its name in the site.
pub(crate) const FILE: &str = "manifest.txt";

/// The list of what is in the site.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) inputs: String,
    pub(crate) profile: String,
    pub(crate) pkg_dir: String,
    pub(crate) files: Vec<File>,
}

/// One file of the site.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) hash: String,
    pub(crate) bytes: u64,
}

impl Manifest {
    /// The manifest of these files.
    pub(crate) fn of(inputs: String, profile: &str, pkg_dir: String, assets: &[Asset]) -> Self {
        let mut files: Vec<File> = assets.iter().map(File::of).collect();
        files.sort();
        Manifest {
            inputs,
            profile: profile.to_owned(),
            pkg_dir,
            files,
        }
    }

    /// The manifest of a site, if there is one that can be read.
    pub(crate) fn read(site: &Path) -> Option<Self> {
        Manifest::parse(&std::fs::read_to_string(site.join(FILE)).ok()?)
    }

    pub(crate) fn print(&self) -> String {
        let mut out = format!(
            "inputs {}\nprofile {}\npkg-dir {}\n",
            self.inputs, self.profile, self.pkg_dir
        );
        for file in &self.files {
            let _ = writeln!(out, "file {} {} {}", file.path, file.hash, file.bytes);
        }
        out
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let mut word = |name: &str| Some(lines.next()?.strip_prefix(name)?.trim().to_owned());
        let (inputs, profile, pkg_dir) = (word("inputs ")?, word("profile ")?, word("pkg-dir ")?);
        let files = lines.map(File::parse).collect::<Option<Vec<_>>>()?;
        Some(Manifest {
            inputs,
            profile,
            pkg_dir,
            files,
        })
    }
}

impl File {
    fn of(asset: &Asset) -> Self {
        File {
            path: asset.path.clone(),
            hash: digest::of(&asset.bytes),
            bytes: asset.bytes.len() as u64,
        }
    }

    fn parse(line: &str) -> Option<Self> {
        let mut words = line.strip_prefix("file ")?.split(' ');
        let file = File {
            path: words.next()?.to_owned(),
            hash: words.next()?.to_owned(),
            bytes: words.next()?.parse().ok()?,
        };
        words.next().is_none().then_some(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let asset = |path: &str, bytes: &[u8]| Asset {
            path: path.to_owned(),
            bytes: bytes.to_vec(),
        };
        let assets = [
            asset("pkg/1/rollcall.wasm", b"wasm"),
            asset("favicon.svg", b"<svg/>"),
        ];
        Manifest::of("0123".to_owned(), "release", "pkg/1".to_owned(), &assets)
    }

    #[test]
    fn reads_back_what_it_prints() {
        assert_eq!(Manifest::parse(&manifest().print()), Some(manifest()));
    }

    #[test]
    fn lists_files_in_order_with_hash_and_size() {
        let text = manifest().print();
        let favicon = format!("file favicon.svg {} 6", digest::of(b"<svg/>"));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[..4],
            [
                "inputs 0123",
                "profile release",
                "pkg-dir pkg/1",
                favicon.as_str()
            ]
        );
        assert!(lines[4].starts_with("file pkg/1/rollcall.wasm "));
    }

    #[test]
    fn a_broken_one_is_as_good_as_none() {
        let good = manifest().print();
        for broken in [
            "",
            "inputs 1",
            &good.replace("file ", "fill "),
            &good.replace(" 6\n", " six\n"),
        ] {
            assert_eq!(Manifest::parse(broken), None, "{broken}");
        }
    }
}
