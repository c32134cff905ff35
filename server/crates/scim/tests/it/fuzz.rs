//! The fuzz targets, replayed over their corpus, over damaged copies of it, and over random bytes.

use std::{fs, path::PathBuf};

use proptest::prelude::*;

use crate::generate::{operations, text, user_body, user_filter};

#[path = "../../fuzz/targets.rs"]
mod targets;

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

#[test]
fn the_corpus_passes() {
    for (name, target) in targets::TARGETS {
        let seeds = corpus(name);
        assert!(seeds.len() >= 3, "{name} has seeds");
        seeds.iter().for_each(|seed| target(seed));
    }
}

#[test]
fn every_beginning_of_the_corpus_passes() {
    for (name, target) in targets::TARGETS {
        for seed in corpus(name) {
            (0..seed.len()).for_each(|end| target(&seed[..end]));
        }
    }
}

#[test]
fn the_real_bodies_pass() {
    for kind in ["patch", "resource"] {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("tests/corpus")
            .join(kind);
        for file in fs::read_dir(folder).unwrap() {
            let case: serde_json::Value =
                serde_json::from_slice(&fs::read(file.unwrap().path()).unwrap()).unwrap();
            let body = case["body"].to_string();
            targets::patch(body.as_bytes());
            targets::resource(body.as_bytes());
        }
    }
}

/// A seed with some bytes replaced.
fn damaged() -> impl Strategy<Value = (usize, Vec<u8>)> {
    let corpora: Vec<Vec<Vec<u8>>> = targets::TARGETS.iter().map(|(name, _)| corpus(name)).collect();
    let damage = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4);
    (0..targets::TARGETS.len(), any::<prop::sample::Index>(), damage).prop_map(
        move |(target, seed, damage)| {
            let mut bytes = seed.get(&corpora[target]).clone();
            for (at, byte) in damage {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            (target, bytes)
        },
    )
}

proptest! {
    #[test]
    fn damaged_seeds_pass((target, bytes) in damaged()) {
        targets::TARGETS[target].1(&bytes);
    }

    #[test]
    fn random_bytes_pass(bytes: Vec<u8>) {
        targets::TARGETS.iter().for_each(|(_, target)| target(&bytes));
    }

    #[test]
    fn random_text_passes(text in "[a-zA-Z0-9 \"\\\\\\[\\]().:$%&=+{}é\u{0}]{0,60}") {
        targets::TARGETS.iter().for_each(|(_, target)| target(text.as_bytes()));
    }

    #[test]
    fn likely_text_passes(filter in user_filter(), body in user_body(), operations in operations(1..8), path in text()) {
        targets::filter(filter.as_bytes());
        targets::path(format!("emails[{filter}].value").as_bytes());
        targets::path(path.as_bytes());
        targets::resource(body.to_string().as_bytes());
        targets::patch(serde_json::json!({"Operations": operations}).to_string().as_bytes());
    }
}
