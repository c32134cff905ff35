//! The files of the site, made by `cargo bundle` and carried in the binary: script, WASM, styles, icons.
//!
//! Debug builds read them from `target/site` on each request. `manifest.txt` (see crate `bundle`) says what is there;
//! only those files are served.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use axum::{Router, body::Body, extract::Request, response::Response, routing::get};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use rust_embed::RustEmbed;

use crate::middleware::{Face, refusal};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/site"]
#[allow_missing = true]
struct Files;

const MANIFEST: &str = "manifest.txt";
/// What lies under a name with a hash never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// What lies under a plain name is asked for again, and mostly answered 304.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// The site in this binary.
#[derive(Debug, Clone, Default)]
pub struct Site {
    pkg_dir: String,
    /// Path without its leading slash, and the hash of the contents.
    files: Arc<BTreeMap<String, String>>,
}

impl Site {
    /// Reads the manifest; `None` when the binary was built without a site.
    pub fn find() -> Option<Self> {
        let manifest = Files::get(MANIFEST)?;
        Self::parse(std::str::from_utf8(&manifest.data).ok()?)
    }

    fn parse(manifest: &str) -> Option<Self> {
        let mut pkg_dir = None;
        let mut files = BTreeMap::new();
        for line in manifest.lines() {
            match line.split(' ').collect::<Vec<_>>().as_slice() {
                ["pkg-dir", dir] => pkg_dir = Some((*dir).to_owned()),
                ["file", path, hash, _bytes] => drop(files.insert((*path).to_owned(), (*hash).to_owned())),
                _ => {}
            }
        }
        Some(Self {
            pkg_dir: pkg_dir?,
            files: Arc::new(files),
        })
    }

    /// The folder of script, WASM and styles, such as `pkg/1a2b3c`.
    pub fn pkg_dir(&self) -> &str {
        &self.pkg_dir
    }

    /// A route for every file outside the hashed folder, and one for all within.
    pub fn routes(&self) -> Router {
        let plain = self.files.keys().filter(|path| !path.starts_with("pkg/"));
        let router = plain.fold(Router::new(), |router, path| {
            router.route(&format!("/{path}"), self.handler())
        });
        router.route("/pkg/{*path}", self.handler())
    }

    fn handler(&self) -> axum::routing::MethodRouter {
        let site = self.clone();
        get(move |request: Request| {
            let response = site.answer(request.uri().path().trim_start_matches('/'), request.headers());
            async move { response }
        })
    }

    fn answer(&self, path: &str, asked: &HeaderMap) -> Response {
        let nothing = || refusal(Face::Site, StatusCode::NOT_FOUND, "There is no such file.");
        let Some(hash) = self.files.get(path) else {
            return nothing();
        };
        let Some((data, encoding)) = variant(path, asked) else {
            return nothing();
        };
        let tag = format!("\"{hash}{}\"", encoding.unwrap_or_default());
        let known = asked
            .get(header::IF_NONE_MATCH)
            .is_some_and(|known| matches(known, &tag));
        let mut response = Response::new(if known { Body::empty() } else { Body::from(data) });
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        describe(response.headers_mut(), path, &tag, encoding);
        response
    }
}

fn describe(headers: &mut HeaderMap, path: &str, tag: &str, encoding: Option<&'static str>) {
    let mut set = |name: HeaderName, value: Option<HeaderValue>| {
        if let Some(value) = value {
            headers.insert(name, value);
        }
    };
    set(
        header::CONTENT_TYPE,
        HeaderValue::from_str(&content_type(path)).ok(),
    );
    set(header::ETAG, HeaderValue::from_str(tag).ok());
    set(header::VARY, Some(HeaderValue::from_static("accept-encoding")));
    set(
        header::CACHE_CONTROL,
        Some(if path.starts_with("pkg/") {
            FOR_EVER
        } else {
            ASK_AGAIN
        }),
    );
    set(header::CONTENT_ENCODING, encoding.map(HeaderValue::from_static));
}

fn content_type(path: &str) -> String {
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    match mime.type_().as_str() {
        "text" => format!("{mime}; charset=utf-8"),
        _ => mime.to_string(),
    }
}

/// The smallest form of the file that the asker can read.
fn variant(path: &str, asked: &HeaderMap) -> Option<(Bytes, Option<&'static str>)> {
    for (encoding, extension) in [("br", "br"), ("gzip", "gz")] {
        if accepts(asked, encoding)
            && let Some(data) = data(&format!("{path}.{extension}"))
        {
            return Some((data, Some(encoding)));
        }
    }
    Some((data(path)?, None))
}

fn data(path: &str) -> Option<Bytes> {
    Files::get(path).map(|file| match file.data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    })
}

/// Whether `Accept-Encoding` names the encoding and does not refuse it with `q=0` (RFC 9110 §12.5.3).
fn accepts(asked: &HeaderMap, encoding: &str) -> bool {
    let lines = asked
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let refused = parts
            .filter_map(|part| part.strip_prefix("q="))
            .any(|q| q.parse() == Ok(0.0));
        named && !refused
    })
}

fn matches(known: &HeaderValue, tag: &str) -> bool {
    let known = known.to_str().unwrap_or_default();
    known == "*"
        || known
            .split(',')
            .any(|one| one.trim().trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "inputs aa\nprofile dev\npkg-dir pkg/1f\nfile favicon.svg ab 12\nfile pkg/1f/rollcall.js cd 34\n";

    fn asked(encodings: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(encodings))])
    }

    #[test]
    fn the_manifest_says_what_is_there() {
        let site = Site::parse(TEXT).unwrap();
        assert_eq!(site.pkg_dir(), "pkg/1f");
        assert_eq!(
            site.files.keys().collect::<Vec<_>>(),
            ["favicon.svg", "pkg/1f/rollcall.js"]
        );
        assert!(Site::parse("inputs aa\n").is_none());
    }

    #[test]
    fn what_the_manifest_does_not_name_is_not_served() {
        let site = Site::parse(TEXT).unwrap();
        for path in [
            "manifest.txt",
            "../Cargo.toml",
            "pkg/1f/rollcall.js.br",
            "pkg/2f/rollcall.js",
            "",
        ] {
            assert_eq!(
                site.answer(path, &HeaderMap::new()).status(),
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
    }

    #[test]
    fn encodings_are_those_the_asker_wants() {
        assert!(accepts(&asked("gzip, deflate, br"), "br"));
        assert!(accepts(&asked("GZIP;q=0.5"), "gzip"));
        assert!(!accepts(&asked("br;q=0, gzip"), "br"));
        assert!(!accepts(&asked("identity"), "br"));
        assert!(!accepts(&HeaderMap::new(), "gzip"));
    }

    #[test]
    fn names_with_a_hash_are_kept_for_ever() {
        let mut headers = HeaderMap::new();
        describe(&mut headers, "pkg/1f/rollcall.wasm", "\"x\"", Some("br"));
        assert_eq!(headers[header::CACHE_CONTROL], FOR_EVER);
        assert_eq!(headers[header::CONTENT_TYPE], "application/wasm");
        describe(&mut headers, "favicon.svg", "\"x\"", None);
        assert_eq!(headers[header::CACHE_CONTROL], ASK_AGAIN);
        assert_eq!(headers[header::CONTENT_TYPE], "image/svg+xml");
    }

    #[test]
    fn a_tag_the_asker_has_is_recognised() {
        for known in ["\"x\"", "W/\"x\"", "\"a\", \"x\"", "*"] {
            assert!(matches(&HeaderValue::from_static(known), "\"x\""), "{known}");
        }
        assert!(!matches(&HeaderValue::from_static("\"y\""), "\"x\""));
    }
}
