//! A logo: a raster picture, told by its first bytes. What could carry a script, such as SVG, is none (threats T94).

/// Bytes of the largest logo.
pub const MOST_BYTES: usize = 64 * 1024;

/// Why bytes are no logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoPicture {
    /// It is none of the kinds that are taken.
    #[error("it is neither PNG nor JPEG nor WebP")]
    Kind,
    /// It is larger than [`MOST_BYTES`].
    #[error("it has more than {} KiB", MOST_BYTES / 1024)]
    Large,
}

/// A picture of a known kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    kind: &'static str,
    bytes: Vec<u8>,
}

impl Picture {
    /// Looks at the bytes.
    ///
    /// # Errors
    /// See [`NoPicture`].
    pub fn new(bytes: Vec<u8>) -> Result<Self, NoPicture> {
        if bytes.len() > MOST_BYTES {
            return Err(NoPicture::Large);
        }
        let kind = kind(&bytes).ok_or(NoPicture::Kind)?;
        Ok(Self { kind, bytes })
    }

    /// Its media type.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// Its bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

fn kind(bytes: &[u8]) -> Option<&'static str> {
    // PNG's signature and its first chunk (W3C PNG, 5.2 and 5.6); JPEG's SOI and the marker after it; RIFF with WEBP.
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.get(12..16) == Some(b"IHDR") {
        return Some("image/png");
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        return Some("image/jpeg");
    }
    (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP")).then_some("image/webp")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_told_by_its_first_bytes() {
        let kind = |bytes: &[u8]| Picture::new(bytes.to_vec()).map(|picture| picture.kind());
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR..."), Ok("image/png"));
        assert_eq!(kind(b"\xff\xd8\xff\xe0..JFIF"), Ok("image/jpeg"));
        assert_eq!(kind(b"RIFF\x10\0\0\0WEBPVP8 "), Ok("image/webp"));
        for bytes in [
            &b""[..],
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"<?xml version='1.0'?><svg/>",
            b"<!DOCTYPE html><script>alert(1)</script>",
            b"GIF89a",
            b"\x89PNG\r\n\x1a\n<script>",
            b"RIFF\x10\0\0\0AVI ",
            b"MZ",
            b" \x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        ] {
            assert_eq!(kind(bytes), Err(NoPicture::Kind), "{bytes:?}");
        }
    }

    #[test]
    fn a_large_picture_is_none() {
        let mut bytes = b"\xff\xd8\xff".to_vec();
        bytes.resize(MOST_BYTES, 0);
        assert!(Picture::new(bytes.clone()).is_ok());
        bytes.push(0);
        assert_eq!(Picture::new(bytes), Err(NoPicture::Large));
    }
}
