//! Lists that come in pages (entra-facts C0).

use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use crate::graph::{
    Consistency, Graph,
    error::{GraphError, GraphReason},
};

/// The most pages of one list: 999 objects each.
const PAGES: usize = 500;

/// One page. A page may be empty and still have a next one.
#[derive(Deserialize)]
pub(crate) struct Page<T> {
    pub(crate) value: Vec<T>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

impl Graph {
    /// A whole list, or an error: never the first half of one (threats T54).
    pub(crate) async fn list<T: DeserializeOwned>(
        &self,
        url: Url,
        consistency: Consistency,
    ) -> Result<Vec<T>, GraphError> {
        let (mut all, mut url) = (Vec::new(), url);
        for _ in 0..PAGES {
            let page: Page<T> = self.get_with(url.clone(), consistency).await?;
            all.extend(page.value);
            let Some(next) = page.next else { return Ok(all) };
            let next = self.next(&next)?;
            if next == url {
                break;
            }
            url = next;
        }
        Err(GraphError::own(GraphReason::Endless))
    }

    fn next(&self, link: &str) -> Result<Url, GraphError> {
        let foreign = || GraphError::own(GraphReason::ForeignLink);
        let url = Url::parse(link).map_err(|_| foreign())?;
        if same_origin(&url, self.endpoints.graph()) {
            Ok(url)
        } else {
            Err(foreign())
        }
    }
}

/// The same scheme, host and port, below the same path, and nobody's name in it (threats T56).
pub(crate) fn same_origin(url: &Url, base: &Url) -> bool {
    let below = base.path().trim_end_matches('/');
    url.origin() == base.origin()
        && url.username().is_empty()
        && url.password().is_none()
        && url
            .path()
            .strip_prefix(below)
            .is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_next_page_may_lie() {
        let base: Url = "https://graph.microsoft.com".parse().unwrap();
        let fits = |text: &str| same_origin(&text.parse().unwrap(), &base);
        assert!(fits("https://graph.microsoft.com/v1.0/users?$skiptoken=x"));
        assert!(fits("https://graph.microsoft.com:443/v1.0/users"));
        for evil in [
            "http://graph.microsoft.com/v1.0/users",
            "https://graph.microsoft.com.evil.example/v1.0/users",
            "https://graph.microsoft.com@evil.example/v1.0/users",
            "https://user:x@graph.microsoft.com/v1.0/users",
            "https://graph.microsoft.com:8443/v1.0/users",
            "https://169.254.169.254/metadata",
            "data:,x",
        ] {
            assert!(!fits(evil), "{evil}");
        }
        let base: Url = "http://127.0.0.1:9/graph/".parse().unwrap();
        assert!(same_origin(
            &"http://127.0.0.1:9/graph/v1.0/x".parse().unwrap(),
            &base
        ));
        assert!(!same_origin(
            &"http://127.0.0.1:9/graphics".parse().unwrap(),
            &base
        ));
        assert!(!same_origin(
            &"http://127.0.0.1:9/control".parse().unwrap(),
            &base
        ));
    }
}
