//! `.br` and `.gz` neighbours.

use crate::compile::Profile;
use anyhow::Result;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Smaller files travel as they are.
const WORTH_IT: usize = 256;

/// Formats that are compressed already.
const SQUEEZED: [&str; 6] = ["br", "gz", "png", "jpg", "webp", "woff2"];

/// A file's neighbours: extension and bytes, where compressing gains anything.
pub(crate) fn neighbours(path: &str, bytes: &[u8], profile: Profile) -> Result<Vec<(&'static str, Vec<u8>)>> {
    let extension = Path::new(path)
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    if bytes.len() < WORTH_IT || SQUEEZED.contains(&extension) {
        return Ok(Vec::new());
    }
    let both = [("br", brotli(bytes, profile)?), ("gz", gzip(bytes, profile)?)];
    Ok(both
        .into_iter()
        .filter(|(_, squeezed)| squeezed.len() < bytes.len())
        .collect())
}

/// How many bytes the `.br` neighbour of a file has, if it has one.
pub(crate) fn size_of_brotli(path: &Path) -> Option<u64> {
    let mut neighbour = path.as_os_str().to_owned();
    neighbour.push(".br");
    std::fs::metadata(PathBuf::from(neighbour))
        .ok()
        .map(|found| found.len())
}

/// The best there is for a release; quick while somebody waits for a rebuild.
fn brotli(bytes: &[u8], profile: Profile) -> Result<Vec<u8>> {
    let quality = if profile == Profile::Release { 11 } else { 3 };
    let parameters = brotli::enc::BrotliEncoderParams {
        quality,
        lgwin: 22,
        ..Default::default()
    };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut out, &parameters)?;
    Ok(out)
}

fn gzip(bytes: &[u8], profile: Profile) -> Result<Vec<u8>> {
    let level = if profile == Profile::Release {
        flate2::Compression::best()
    } else {
        flate2::Compression::fast()
    };
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn both_unpack_to_what_went_in() {
        let text = "body{color:red}".repeat(100);
        let squeezed = neighbours("a.css", text.as_bytes(), Profile::Release).unwrap();
        assert_eq!(
            squeezed
                .iter()
                .map(|(extension, _)| *extension)
                .collect::<Vec<_>>(),
            ["br", "gz"]
        );
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &*squeezed[0].1, &mut unpacked).unwrap();
        assert_eq!(unpacked, text.as_bytes());
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(&*squeezed[1].1)
            .read_to_string(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, text);
    }

    #[test]
    fn nothing_that_gains_nothing() {
        assert!(
            neighbours("tiny.css", b"a{}", Profile::Release)
                .unwrap()
                .is_empty()
        );
        assert!(
            neighbours("picture.png", &[0; 4096], Profile::Release)
                .unwrap()
                .is_empty()
        );
    }
}
