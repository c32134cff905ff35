//! The session's cookie: `__Host-` binds it to this very host and to https (browsers count 127.0.0.1 and localhost as
//! such), and no script can read it (threats T61).
//!
//! A portal within a frame has a cookie of another name. `Partitioned` ties it to the site around the frame: it is sent
//! nowhere else, and browsers keep it even where they keep nothing else of a third party (decision 0007).

use axum_extra::extract::CookieJar;
use http::{HeaderMap, HeaderValue, header::InvalidHeaderValue};

use crate::secrets::{TokenDigest, TokenKind, recognise};

const NAME: &str = "__Host-rollcall";
const FRAMED: &str = "__Host-rollcall-frame";

/// Where a browser keeps a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In a window of ours.
    Window,
    /// In a frame of another site's page.
    Frame,
}

impl Place {
    /// Where the browser shows what it asks for here; it says so with each page, and scripts of a framed page say it too.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let says = |name: &str| headers.get(name).map_or(&b""[..], HeaderValue::as_bytes);
        let framed = matches!(
            says("sec-fetch-dest"),
            b"iframe" | b"frame" | b"embed" | b"object"
        );
        if framed || says(app::server::LIVE.as_str()) == app::server::FRAMED.as_bytes() {
            Self::Frame
        } else {
            Self::Window
        }
    }

    /// What a cookie that is kept here is set with.
    pub(super) const fn attributes(self) -> &'static str {
        match self {
            Self::Window => "Path=/; Secure; HttpOnly; SameSite=Lax",
            Self::Frame => "Path=/; Secure; HttpOnly; SameSite=None; Partitioned",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Window => NAME,
            Self::Frame => FRAMED,
        }
    }
}

/// A session as a request names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) digest: TokenDigest,
    pub(super) place: Place,
}

/// The session that a request names. In a frame only the frame's own counts, in a window only the window's; what says
/// nothing of where it is (a stream, a fetch) goes by the one it has.
pub(super) fn held(headers: &HeaderMap) -> Option<Held> {
    let jar = CookieJar::from_headers(headers);
    let at = |place: Place| {
        let digest = recognise(TokenKind::Session, jar.get(place.name())?.value())?;
        Some(Held { digest, place })
    };
    let window = headers
        .get("sec-fetch-dest")
        .is_some_and(|dest| dest == "document");
    match Place::of(headers) {
        Place::Frame => at(Place::Frame),
        Place::Window if window => at(Place::Window),
        Place::Window => at(Place::Window).or_else(|| at(Place::Frame)),
    }
}

/// The token's digest in the request's cookie.
pub(super) fn read(headers: &HeaderMap) -> Option<TokenDigest> {
    held(headers).map(|held| held.digest)
}

/// `Set-Cookie` for a session that lasts so many seconds at most.
pub(super) fn set(token: &str, seconds: i64, place: Place) -> Result<HeaderValue, InvalidHeaderValue> {
    let (name, attributes) = (place.name(), place.attributes());
    let mut value = HeaderValue::from_str(&format!("{name}={token}; {attributes}; Max-Age={seconds}"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// `Set-Cookie` that takes the cookie of a window back.
pub(super) const fn clear() -> HeaderValue {
    HeaderValue::from_static("__Host-rollcall=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Randomness, secrets::make};

    fn request(cookies: &str, says: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", HeaderValue::from_str(cookies).unwrap());
        for (name, value) in says {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn each_place_reads_its_own() {
        let [window, frame] = [(); 2].map(|()| make(TokenKind::Session, &Randomness::System).unwrap());
        let both = format!(
            "theme=dark; {NAME}={}; {FRAMED}={}",
            window.reveal(),
            frame.reveal()
        );
        let of = |says: &[_]| held(&request(&both, says)).map(|held| (held.digest, held.place));
        let (in_window, in_frame) = ((window.digest, Place::Window), (frame.digest, Place::Frame));
        assert_eq!(of(&[("sec-fetch-dest", "document")]), Some(in_window));
        assert_eq!(of(&[("sec-fetch-dest", "empty")]), Some(in_window));
        assert_eq!(of(&[("sec-fetch-dest", "iframe")]), Some(in_frame));
        assert_eq!(of(&[("rollcall-live", "framed")]), Some(in_frame));
        let alone = format!("{FRAMED}={}", frame.reveal());
        assert_eq!(read(&request(&alone, &[])), Some(frame.digest));
        assert_eq!(read(&request(&alone, &[("sec-fetch-dest", "document")])), None);
        assert_eq!(held(&HeaderMap::new()), None);
    }

    #[test]
    fn the_cookie_is_for_this_host_https_and_no_script() {
        let text = |place| set("abc", 60, place).unwrap().to_str().unwrap().to_owned();
        assert_eq!(
            text(Place::Window),
            "__Host-rollcall=abc; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60"
        );
        assert_eq!(
            text(Place::Frame),
            "__Host-rollcall-frame=abc; Path=/; Secure; HttpOnly; SameSite=None; Partitioned; Max-Age=60"
        );
    }
}
