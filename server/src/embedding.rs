//! Which sites may frame the portal of an app (threats T65, T66; `server/docs/EMBEDDING.md`).

use store::apps::App;
use url::Url;

/// The origins that may frame an answer, separated by blanks, in the answer's extensions. Without it none may.
#[derive(Debug, Clone)]
pub(crate) struct Ancestors(pub(crate) String);

/// The origins that an app registered. What is no origin any more, whoever wrote it, is left out.
pub(crate) fn ancestors(app: &App) -> Vec<String> {
    let all = app.embed_origins.as_deref().unwrap_or_default();
    all.split(' ').filter_map(origin).collect()
}

/// An origin as a browser sends it: https, or http on this machine. It is parsed and written anew, so that nothing else
/// ever stands in a policy; a browser reads `*` in a list of ancestors as any host there is.
pub(crate) fn origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let origin = url.origin().ascii_serialization();
    let host = url.host_str()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-.[]:".contains(c);
    let local = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    let secure = url.scheme() == "https" || local && url.scheme() == "http";
    let bare = origin == text.strip_suffix('/').unwrap_or(text);
    (bare && secure && host.chars().all(plain)).then_some(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for (text, is) in [
            ("https://app.example", "https://app.example"),
            ("https://app.example/", "https://app.example"),
            ("https://app.example:8443", "https://app.example:8443"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://[::1]:3000", "http://[::1]:3000"),
        ] {
            assert_eq!(origin(text).as_deref(), Some(is));
        }
    }

    /// Threats T66.
    #[test]
    fn nothing_else_comes_into_a_policy() {
        for text in [
            "",
            " ",
            "*",
            "'none'",
            "'self'",
            "null",
            "app.example",
            "//app.example",
            "https:",
            "https://",
            "https://*",
            "https://*.example",
            "https://app.*",
            "https://app.example:*",
            "http://app.example",
            "ws://app.example",
            "data:text/html,x",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "blob:https://app.example/x",
            "https://app.example/path",
            "https://app.example//",
            "https://app.example/?",
            "https://app.example?x",
            "https://app.example#x",
            "https://user@app.example",
            "https://user:pass@app.example",
            "https://app.example;script-src *",
            "https://app.example; script-src *",
            "https://app.example,https://evil.example",
            "https://app.example https://evil.example",
            "https://app.example\r\nx-evil: 1",
            "https://app.example\n",
            "https://app.example\t",
            " https://app.example",
            "https://app.example%20evil.example",
            "https://app.example'",
            "https://app.example\"",
            "https://app_example",
            "HTTPS://APP.EXAMPLE",
            "https://app.example:443",
            "https://a\u{0}b",
            "https://äpp.example",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
        ] {
            assert_eq!(origin(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_an_app_never_registered_is_left_out() {
        let app = App {
            embed_origins: Some("https://a.example 'self' https://*.b.example https://c.example".to_owned()),
            ..App::named("app_1".into(), "A", 0)
        };
        assert_eq!(ancestors(&app), ["https://a.example", "https://c.example"]);
        assert!(ancestors(&App::named("app_1".into(), "A", 0)).is_empty());
    }
}
