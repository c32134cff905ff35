//! Security headers of every answer (threats T65, T69, T70).

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::path::Face;

/// For whatever is no page: it loads nothing and is framed nowhere.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a page's policy is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page<'a> {
    /// The one that this answer's scripts carry; without it no script runs.
    pub(super) nonce: Option<&'a str>,
    /// The origin of Microsoft's sign-in. A form that leads there ends at a redirect, and browsers hold redirects of a
    /// form against `form-action` too.
    pub(super) authority: &'a str,
    /// The origins that may frame it, separated by blanks; without any, nobody may.
    pub(super) ancestors: Option<&'a str>,
}

/// Sets what belongs on an answer of this face.
pub(super) fn secure(headers: &mut HeaderMap, face: Face, page: Page<'_>, https: bool) {
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, YEAR);
    }
    let html = is_html(headers);
    let policy = page
        .nonce
        .filter(|_| html)
        .and_then(|nonce| page_policy(nonce, page).ok());
    headers.insert(header::CONTENT_SECURITY_POLICY, policy.unwrap_or(NOTHING));
    if html && page.ancestors.is_none() {
        // It knows no list of origins, and would contradict one.
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    if html {
        headers.insert(
            "cross-origin-opener-policy",
            HeaderValue::from_static("same-origin"),
        );
        headers.insert(
            "permissions-policy",
            HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
        );
    }
    if html || face != Face::Site {
        headers.entry(header::CACHE_CONTROL).or_insert(NO_STORE);
    }
}

/// Tells the asker the request's id.
pub(super) fn name_request(headers: &mut HeaderMap, id: &str) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
}

fn is_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/html"))
}

/// The policy of a page. WebAssembly needs `'wasm-unsafe-eval'`; `'strict-dynamic'` lets the one script we marked load
/// the others; everything else comes from our own origin, and forms lead nowhere but to us and to Microsoft's sign-in
/// (threats §0.7, T69).
fn page_policy(nonce: &str, page: Page<'_>) -> Result<HeaderValue, header::InvalidHeaderValue> {
    let (authority, ancestors) = (page.authority, page.ancestors.unwrap_or("'none'"));
    HeaderValue::from_str(&format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
         form-action 'self' {authority}; object-src 'none'; base-uri 'none'; frame-ancestors {ancestors}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(content_type: &'static str, face: Face, nonce: Option<&str>) -> HeaderMap {
        framed_by(content_type, face, nonce, None)
    }

    fn framed_by(
        content_type: &'static str,
        face: Face,
        nonce: Option<&str>,
        ancestors: Option<&str>,
    ) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        let page = Page {
            nonce,
            authority: "https://login.microsoftonline.com",
            ancestors,
        };
        secure(&mut headers, face, page, true);
        headers
    }

    #[test]
    fn a_page_carries_its_nonce_and_is_kept_by_nobody() {
        let headers = answer("text/html; charset=utf-8", Face::Console, Some("abc"));
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.contains("script-src 'nonce-abc' 'strict-dynamic' 'wasm-unsafe-eval';"),
            "{policy}"
        );
        assert!(
            !policy.contains("'unsafe-eval'") && !policy.contains("unsafe-inline"),
            "{policy}"
        );
        assert!(
            policy.contains("form-action 'self' https://login.microsoftonline.com;"),
            "{policy}"
        );
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(headers[header::X_FRAME_OPTIONS], "DENY");
    }

    #[test]
    fn whom_an_app_registered_may_frame_it_and_nobody_else() {
        let framing = |headers: &HeaderMap| {
            let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            let ancestors = policy.rsplit_once("frame-ancestors ").unwrap().1.to_owned();
            (ancestors, headers.contains_key(header::X_FRAME_OPTIONS))
        };
        let origins = "https://a.example https://b.example:8443";
        let html = "text/html; charset=utf-8";
        let framed = framed_by(html, Face::Console, Some("abc"), Some(origins));
        assert_eq!(framing(&framed), (origins.to_owned(), false));
        let alone = answer(html, Face::Console, Some("abc"));
        assert_eq!(framing(&alone), ("'none'".to_owned(), true));
        let json = framed_by("application/json", Face::Console, Some("abc"), Some(origins));
        assert_eq!(framing(&json), ("'none'".to_owned(), false));
    }

    #[test]
    fn what_is_no_page_may_load_nothing() {
        for face in [Face::Scim, Face::Api, Face::Console] {
            let headers = answer("application/scim+json", face, Some("abc"));
            assert_eq!(headers[header::CONTENT_SECURITY_POLICY], NOTHING);
            assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
            assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        }
    }

    #[test]
    fn files_of_the_site_keep_their_own_caching() {
        let headers = answer("text/css", Face::Site, None);
        assert_eq!(headers.get(header::CACHE_CONTROL), None);
    }
}
