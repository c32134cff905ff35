//! The session's cookie: `__Host-` binds it to this very host and to https (browsers count 127.0.0.1 and localhost as
//! such), and no script can read it (threats T61).

use axum_extra::extract::CookieJar;
use http::{HeaderMap, HeaderValue, header::InvalidHeaderValue};

const NAME: &str = "__Host-rollcall";

/// The token in the request's cookie.
pub(super) fn read(headers: &HeaderMap) -> Option<String> {
    CookieJar::from_headers(headers)
        .get(NAME)
        .map(|cookie| cookie.value().to_owned())
}

/// `Set-Cookie` for a session that lasts so many seconds at most.
pub(super) fn set(token: &str, seconds: i64) -> Result<HeaderValue, InvalidHeaderValue> {
    let text = format!("{NAME}={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}");
    let mut value = HeaderValue::from_str(&text)?;
    value.set_sensitive(true);
    Ok(value)
}

/// `Set-Cookie` that takes the cookie back.
pub(super) const fn clear() -> HeaderValue {
    HeaderValue::from_static("__Host-rollcall=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_its_own_cookie_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(
            "cookie",
            HeaderValue::from_static("theme=dark; __Host-rollcall=abc"),
        );
        assert_eq!(read(&headers).as_deref(), Some("abc"));
        assert_eq!(read(&HeaderMap::new()), None);
    }

    #[test]
    fn the_cookie_is_for_this_host_https_and_no_script() {
        let text = set("abc", 60).unwrap();
        assert_eq!(
            text.to_str().unwrap(),
            "__Host-rollcall=abc; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60"
        );
    }
}
