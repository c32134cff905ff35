//! The addresses of the two admin consents, and of signing out (entra-facts B0, B3).

use url::Url;

use crate::endpoints::Endpoints;

/// Which admin consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentVersion<'a> {
    /// Grants everything the registration lists, delegated and application; the ERP guide's link.
    V1,
    /// Grants the scope named here; application permissions only by `…/.default`.
    V2 {
        /// Space-separated scopes of one resource.
        scope: &'a str,
    },
}

/// The link an administrator opens. `tenant` is a GUID, a domain or `organizations`.
pub(crate) fn url(
    endpoints: &Endpoints,
    client_id: &str,
    version: ConsentVersion<'_>,
    tenant: &str,
    redirect_uri: &Url,
    state: &str,
) -> Url {
    let mut url = match version {
        ConsentVersion::V1 => endpoints.login(tenant, "adminconsent"),
        ConsentVersion::V2 { .. } => endpoints.login(tenant, "v2.0/adminconsent"),
    };
    let mut query = url.query_pairs_mut();
    query.append_pair("client_id", client_id);
    if let ConsentVersion::V2 { scope } = version {
        query.append_pair("scope", scope);
    }
    query
        .append_pair("redirect_uri", redirect_uri.as_str())
        .append_pair("state", state);
    drop(query);
    url
}

/// The link that ends the session at Microsoft and comes back.
pub(crate) fn logout_url(endpoints: &Endpoints, tenant: &str, back_to: &Url) -> Url {
    let mut url = endpoints.login(tenant, "oauth2/v2.0/logout");
    url.query_pairs_mut()
        .append_pair("post_logout_redirect_uri", back_to.as_str());
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_and_the_way_out() {
        let (endpoints, back) = (Endpoints::microsoft(), "https://p.example/back".parse().unwrap());
        let v1 = url(&endpoints, "app", ConsentVersion::V1, "organizations", &back, "s");
        assert_eq!(
            v1.as_str(),
            "https://login.microsoftonline.com/organizations/adminconsent?client_id=app&redirect_uri=https%3A%2F%2Fp.example%2Fback&state=s"
        );
        let scope = "https://graph.microsoft.com/.default";
        let v2 = url(&endpoints, "app", ConsentVersion::V2 { scope }, "t", &back, "s");
        assert_eq!(
            v2.as_str(),
            "https://login.microsoftonline.com/t/v2.0/adminconsent?client_id=app&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default&redirect_uri=https%3A%2F%2Fp.example%2Fback&state=s"
        );
        assert_eq!(
            logout_url(&endpoints, "t", &back).as_str(),
            "https://login.microsoftonline.com/t/oauth2/v2.0/logout?post_logout_redirect_uri=https%3A%2F%2Fp.example%2Fback"
        );
    }
}
