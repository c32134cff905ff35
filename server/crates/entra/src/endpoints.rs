//! Where Microsoft is. Base URLs are parameters: another cloud, or a tenant pretended for a test.

use url::{Host, Url};

/// The issuer of v1 access tokens, whatever the authority's address (entra-facts B0).
const ISSUER_V1: &str = "https://sts.windows.net/";

/// The two addresses everything here speaks to. Cheap enough to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    authority: Url,
    graph: Url,
}

/// A base URL that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointsError {
    /// Neither https nor http on this very machine: secrets would travel in the clear.
    #[error("{0} must be https, or http on a loopback address")]
    NotSafe(Url),
    /// Something that has no path, or carries a query, a fragment or a password.
    #[error("{0} must be a plain base URL without query, fragment or credentials")]
    NotBase(Url),
}

impl Endpoints {
    /// Checks two base URLs: https, or http on loopback; no query, fragment or credentials. A path is kept as a prefix.
    ///
    /// # Errors
    /// [`EndpointsError`] names the URL and what is wrong with it.
    pub fn new(authority: Url, graph: Url) -> Result<Self, EndpointsError> {
        Ok(Self {
            authority: checked(authority)?,
            graph: checked(graph)?,
        })
    }

    /// Microsoft's own: `https://login.microsoftonline.com` and `https://graph.microsoft.com`.
    #[expect(clippy::expect_used, reason = "two constants, parsed in a test")]
    pub fn microsoft() -> Self {
        let parse = |url| Url::parse(url).expect("a constant URL");
        Self {
            authority: parse("https://login.microsoftonline.com"),
            graph: parse("https://graph.microsoft.com"),
        }
    }

    /// The base of the identity platform.
    pub fn authority(&self) -> &Url {
        &self.authority
    }

    /// The base of Microsoft Graph, without the version.
    pub fn graph(&self) -> &Url {
        &self.graph
    }

    /// The issuer of v2 tokens of a tenant: `{authority}/{tid}/v2.0`. Give `{tenantid}` for the template.
    pub fn issuer_v2(&self, tid: &str) -> String {
        format!("{}/{tid}/v2.0", self.authority.as_str().trim_end_matches('/'))
    }

    /// The issuer of v1 tokens of a tenant: `https://sts.windows.net/{tid}/`, with its trailing slash.
    pub fn issuer_v1(tid: &str) -> String {
        format!("{ISSUER_V1}{tid}/")
    }

    /// An address of the identity platform: the tenant's segment, then the path. Each segment is escaped.
    pub(crate) fn login(&self, tenant: &str, path: &str) -> Url {
        below(&self.authority, std::iter::once(tenant).chain(path.split('/')))
    }

    /// An address of Graph v1.0. Each segment is escaped, so an id or a name can never climb out of its place.
    pub(crate) fn graph_v1(&self, segments: &[&str]) -> Url {
        below(
            &self.graph,
            std::iter::once("v1.0").chain(segments.iter().copied()),
        )
    }
}

fn checked(url: Url) -> Result<Url, EndpointsError> {
    let plain = !url.cannot_be_a_base()
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if !plain {
        return Err(EndpointsError::NotBase(url));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if on_loopback(&url) => Ok(url),
        _ => Err(EndpointsError::NotSafe(url)),
    }
}

fn on_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn below<'a>(base: &Url, segments: impl Iterator<Item = &'a str>) -> Url {
    let mut url = base.clone();
    // Cannot fail: `checked` refuses URLs without a path.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty();
        for segment in segments {
            // `push` drops dot segments; an empty segment keeps the place so that the address cannot mean another thing.
            path.push(if matches!(segment, "." | "..") {
                ""
            } else {
                segment
            });
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn microsofts_own_addresses() {
        let endpoints = Endpoints::microsoft();
        assert_eq!(
            endpoints.login("organizations", "oauth2/v2.0/token").as_str(),
            "https://login.microsoftonline.com/organizations/oauth2/v2.0/token"
        );
        assert_eq!(
            endpoints.graph_v1(&["me"]).as_str(),
            "https://graph.microsoft.com/v1.0/me"
        );
        assert_eq!(
            endpoints.issuer_v2("t"),
            "https://login.microsoftonline.com/t/v2.0"
        );
        assert_eq!(Endpoints::issuer_v1("t"), "https://sts.windows.net/t/");
    }

    #[test]
    fn http_only_on_this_machine() {
        for good in [
            "http://localhost:9000",
            "http://127.0.0.1:1",
            "http://[::1]:1",
            "https://login.example/base/",
        ] {
            assert!(Endpoints::new(url(good), url(good)).is_ok(), "{good}");
        }
        for bad in [
            "http://login.example",
            "http://localhost.example",
            "ftp://localhost",
        ] {
            assert!(
                matches!(
                    Endpoints::new(url(bad), url(bad)),
                    Err(EndpointsError::NotSafe(_))
                ),
                "{bad}"
            );
        }
        for bad in ["https://a/?x=1", "https://a/#x", "https://u:p@a/", "data:x"] {
            assert!(
                matches!(
                    Endpoints::new(url(bad), url(bad)),
                    Err(EndpointsError::NotBase(_))
                ),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_segment_cannot_leave_its_place() {
        let endpoints = Endpoints::new(url("https://a/base/"), url("https://g")).unwrap();
        assert_eq!(
            endpoints.login("../x?y#z", "v2.0").as_str(),
            "https://a/base/..%2Fx%3Fy%23z/v2.0"
        );
        assert_eq!(endpoints.login("..", "v2.0").as_str(), "https://a/base//v2.0");
        assert_eq!(
            endpoints.graph_v1(&["users", "a#EXT#@b"]).as_str(),
            "https://g/v1.0/users/a%23EXT%23@b"
        );
    }
}
