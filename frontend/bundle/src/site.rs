//! The site as a folder: read, written, kept clean.

use crate::compile::Profile;
use crate::digest::Digest;
use crate::manifest::{self, Manifest};
use crate::squeeze;
use anyhow::{Context, Result, ensure};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A file to be served.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asset {
    /// Its path in the site, with `/`, without a leading one.
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
}

/// One hash for several files: names and contents, in any order.
pub(crate) fn hash_of(assets: &[Asset]) -> String {
    let mut sorted: Vec<&Asset> = assets.iter().collect();
    sorted.sort_by(|left, right| left.path.cmp(&right.path));
    let mut digest = Digest::new();
    for asset in sorted {
        digest.part(asset.path.as_bytes());
        digest.part(&asset.bytes);
    }
    digest.finish()
}

/// All files below a folder, sorted by path; none if there is no such folder. Names that begin with a dot stay out.
pub(crate) fn read_folder(folder: &Path) -> Result<Vec<Asset>> {
    let mut paths = Vec::new();
    if folder.is_dir() {
        walk(folder, "", &mut paths)?;
    }
    paths.sort();
    paths.into_iter().map(|path| read(folder, path)).collect()
}

/// Does every file that the manifest lists stand in the site with its size?
pub(crate) fn is_complete(site: &Path, manifest: &Manifest) -> bool {
    manifest.files.iter().all(|file| {
        fs::metadata(site.join(&file.path)).is_ok_and(|found| found.is_file() && found.len() == file.bytes)
    })
}

/// Writes files with their neighbours, takes away what is left of an earlier bundle, and writes the manifest last.
/// A file that stands there with the same bytes is not touched.
pub(crate) fn write(site: &Path, assets: Vec<Asset>, manifest: &Manifest, profile: Profile) -> Result<()> {
    let mut kept = BTreeSet::from([manifest::FILE.to_owned()]);
    for asset in assets {
        for (extension, bytes) in squeeze::neighbours(&asset.path, &asset.bytes, profile)? {
            let path = format!("{}.{extension}", asset.path);
            put(site, &path, &bytes)?;
            kept.insert(path);
        }
        put(site, &asset.path, &asset.bytes)?;
        kept.insert(asset.path);
    }
    put(site, manifest::FILE, manifest.print().as_bytes())?;
    clean(site, &kept)
}

fn walk(folder: &Path, prefix: &str, paths: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_str().context("a file name that is not UTF-8")?;
        if name.starts_with('.') {
            continue;
        }
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &format!("{path}/"), paths)?;
        } else {
            ensure!(
                !path.contains(char::is_whitespace),
                "`{path}`: a name in the site holds no white space"
            );
            paths.push(path);
        }
    }
    Ok(())
}

fn read(folder: &Path, path: String) -> Result<Asset> {
    let bytes = fs::read(folder.join(&path)).with_context(|| format!("reading {path}"))?;
    Ok(Asset { path, bytes })
}

fn put(site: &Path, path: &str, bytes: &[u8]) -> Result<()> {
    let target = site.join(path);
    if fs::read(&target).is_ok_and(|present| present == bytes) {
        return Ok(());
    }
    let folder = target.parent().context("a file lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    fs::write(&target, bytes).with_context(|| format!("writing {}", target.display()))
}

fn clean(site: &Path, kept: &BTreeSet<String>) -> Result<()> {
    let mut present = Vec::new();
    walk(site, "", &mut present)?;
    for path in present.iter().filter(|path| !kept.contains(*path)) {
        fs::remove_file(site.join(path)).with_context(|| format!("removing {path}"))?;
    }
    remove_empty_folders(site)
}

fn remove_empty_folders(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_empty_folders(&path)?;
            if fs::read_dir(&path)?.next().is_none() {
                fs::remove_dir(&path)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(path: &str, text: &str) -> Asset {
        Asset {
            path: path.to_owned(),
            bytes: text.as_bytes().to_vec(),
        }
    }

    fn write_all(site: &Path, assets: Vec<Asset>) -> Manifest {
        let manifest = Manifest::of("in".to_owned(), "dev", "pkg/1".to_owned(), &assets);
        write(site, assets, &manifest, Profile::Dev).unwrap();
        manifest
    }

    #[test]
    fn the_hash_follows_names_and_contents_and_not_the_order() {
        let hash = hash_of(&[asset("a", "1"), asset("b", "2")]);
        assert_eq!(hash, hash_of(&[asset("b", "2"), asset("a", "1")]));
        assert_ne!(hash, hash_of(&[asset("a", "2"), asset("b", "1")]));
        assert_ne!(hash, hash_of(&[asset("a", "1"), asset("c", "2")]));
    }

    #[test]
    fn an_earlier_bundle_leaves_nothing_behind() {
        let site = tempfile::tempdir().unwrap();
        write_all(
            site.path(),
            vec![
                asset("pkg/1/rollcall.js", &"let a;".repeat(100)),
                asset("old.svg", "x"),
            ],
        );
        assert!(site.path().join("pkg/1/rollcall.js.br").exists());
        write_all(site.path(), vec![asset("pkg/2/rollcall.js", "let b;")]);
        let left: Vec<String> = read_folder(site.path())
            .unwrap()
            .into_iter()
            .map(|asset| asset.path)
            .collect();
        assert_eq!(left, ["manifest.txt", "pkg/2/rollcall.js"]);
        assert!(!site.path().join("pkg/1").exists());
    }

    #[test]
    fn the_same_bundle_again_touches_nothing() {
        let site = tempfile::tempdir().unwrap();
        let assets = || vec![asset("favicon.svg", "<svg/>")];
        write_all(site.path(), assets());
        let written = |name: &str| fs::metadata(site.path().join(name)).unwrap().modified().unwrap();
        let before = (written("favicon.svg"), written(manifest::FILE));
        write_all(site.path(), assets());
        assert_eq!(before, (written("favicon.svg"), written(manifest::FILE)));
    }

    #[test]
    fn a_site_that_lost_a_file_is_not_complete() {
        let site = tempfile::tempdir().unwrap();
        let manifest = write_all(site.path(), vec![asset("favicon.svg", "<svg/>")]);
        assert!(is_complete(site.path(), &manifest));
        fs::write(site.path().join("favicon.svg"), "").unwrap();
        assert!(!is_complete(site.path(), &manifest));
    }

    #[test]
    fn folders_are_read_in_order_without_hidden_files() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("b")).unwrap();
        for name in ["b/2.svg", "a.svg", ".gitkeep"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        assert_eq!(
            read_folder(folder.path()).unwrap(),
            [asset("a.svg", "a.svg"), asset("b/2.svg", "b/2.svg")]
        );
        assert_eq!(read_folder(&folder.path().join("none")).unwrap(), []);
    }
}
