//! What an admin sets on the Provisioning page of an enterprise application.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::scoping::ScopingFilter;
use crate::tenant::Property;

/// Which users and groups a job takes care of (`entra-facts` A7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    /// *Sync only assigned users and groups*, the default.
    #[default]
    AssignedOnly,
    /// *Sync all users and groups*.
    SyncAll,
}

/// Which property `externalId` is mapped from (A6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ExternalIdSource {
    /// The template's default, which cannot be joined with a sign-in.
    #[default]
    MailNickname,
    /// What every guide asks for: the object id.
    ObjectId,
}

impl ExternalIdSource {
    /// The source attribute's name, as the mapping shows it.
    pub fn name(self) -> &'static str {
        match self {
            ExternalIdSource::MailNickname => Property::MailNickname.name(),
            ExternalIdSource::ObjectId => "objectId",
        }
    }
}

/// How a PATCH is written (A4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Dialect {
    /// The default: capitalised operations, booleans as text, members removed by value.
    #[default]
    Legacy,
    /// What the Tenant URL's flag `aadOptscim062020` turns on.
    Compliant,
}

/// An attribute by which an existing user is found (A3, A6), in order of matching precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Matching {
    /// `userName eq "…"`, the default.
    UserName,
    /// `externalId eq "…"`.
    ExternalId,
    /// `emails[type eq "work"].value eq "…"`.
    WorkMail,
}

/// Everything a provisioning job is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The SCIM base, with flags in its query if wanted.
    pub tenant_url: String,
    /// Bare bearer token; `Bearer ` is added (A1).
    pub secret_token: String,
    /// Whom the job takes care of.
    pub scope: Scope,
    /// Further condition on users; saving a new one makes the next cycle an initial one.
    pub filter: Option<ScopingFilter>,
    /// Source of `externalId`.
    pub external_id: ExternalIdSource,
    /// Matching attributes by precedence; never empty in a working job.
    pub matching: Vec<Matching>,
    /// Whether a cleared property is sent; Entra's default is that null attributes are skipped (A4.8).
    pub flow_null_values: bool,
    /// Whether the group mapping is on.
    pub groups_enabled: bool,
    /// `SkipOutOfScopeDeletions`: users who leave the scope are not disabled.
    pub skip_out_of_scope_deletions: bool,
    /// Accidental-deletion guard: more disables and deletes than this in one cycle quarantine the job.
    pub delete_threshold: Option<usize>,
    /// Requests in flight at once.
    pub concurrency: usize,
    /// Members in one PATCH. Entra's own number is not documented; 100 is ours.
    pub members_per_patch: usize,
    /// Time limit of one request. Not documented either (`entra-facts` F).
    pub request_timeout: Duration,
    /// How often a request is repeated at once after 429 or 503, honouring `Retry-After`.
    pub retries: u32,
    /// Ask `id eq … and manager eq …` before setting a reference (A4.10), as the documentation's example does.
    pub reference_checks: bool,
    /// Send the Tenant URL's flags with every request instead of keeping them to ourselves.
    pub flag_in_requests: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            tenant_url: String::new(),
            secret_token: String::new(),
            scope: Scope::default(),
            filter: None,
            external_id: ExternalIdSource::default(),
            matching: vec![Matching::UserName],
            flow_null_values: false,
            groups_enabled: true,
            skip_out_of_scope_deletions: false,
            delete_threshold: None,
            concurrency: 4,
            members_per_patch: 100,
            request_timeout: Duration::from_secs(30),
            retries: 2,
            reference_checks: false,
            flag_in_requests: false,
        }
    }
}

/// Why a Tenant URL cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TenantUrlError {
    /// Nothing entered.
    #[error("Tenant URL is required.")]
    Missing,
    /// Not a URL.
    #[error("Tenant URL is not a URL: {0}")]
    Malformed(String),
    /// Neither https nor http.
    #[error(
        "Tenant URL must begin with https:// (http:// is taken here, never by the real Microsoft Entra)."
    )]
    Scheme,
}

/// A Tenant URL taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantUrl {
    /// Without query and without a slash at the end; `/Users` is appended.
    pub base: String,
    /// What the flags say; later flags win.
    pub dialect: Dialect,
    /// Query to send with every request: all of it but the flags, or with them if asked for.
    pub query: Vec<String>,
}

const COMPLIANT_FLAG: &str = "aadOptscim062020";
const LEGACY_FLAG: &str = "AzureAdScimPatch2017";

impl TenantUrl {
    /// Reads what an admin pasted. `keep_flags` sends the flags along with every request.
    pub fn parse(text: &str, keep_flags: bool) -> Result<Self, TenantUrlError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TenantUrlError::Missing);
        }
        let url = Url::parse(text).map_err(|error| TenantUrlError::Malformed(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(TenantUrlError::Scheme);
        }
        let mut read = Self {
            base: String::new(),
            dialect: Dialect::Legacy,
            query: Vec::new(),
        };
        for part in url
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|part| !part.is_empty())
        {
            read.take(part, keep_flags);
        }
        let origin = url.origin().ascii_serialization();
        read.base = format!("{origin}{}", url.path().trim_end_matches('/'));
        Ok(read)
    }

    fn take(&mut self, part: &str, keep_flags: bool) {
        let name = part.split('=').next().unwrap_or_default();
        let flag = match name {
            COMPLIANT_FLAG => Some(Dialect::Compliant),
            LEGACY_FLAG => Some(Dialect::Legacy),
            _ => None,
        };
        if let Some(dialect) = flag {
            self.dialect = dialect;
        }
        if flag.is_none() || keep_flags {
            self.query.push(part.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_decides_the_dialect_and_stays_home() {
        let read = |text| TenantUrl::parse(text, false).unwrap();
        let plain = read("https://api.example.com/scim/v2/");
        assert_eq!(
            (plain.base.as_str(), plain.dialect),
            ("https://api.example.com/scim/v2", Dialect::Legacy)
        );
        let flagged = read(" http://127.0.0.1:80/scim/v2/dir_1?aadOptscim062020 ");
        assert_eq!(flagged.base, "http://127.0.0.1/scim/v2/dir_1");
        assert_eq!((flagged.dialect, flagged.query.len()), (Dialect::Compliant, 0));
        let both = read("https://x.test/?tenant=a%20b&aadOptscim062020=&AzureAdScimPatch2017");
        assert_eq!(
            (both.dialect, both.query),
            (Dialect::Legacy, vec!["tenant=a%20b".to_owned()])
        );
    }

    #[test]
    fn the_flag_can_be_sent_along() {
        let url = TenantUrl::parse("https://x.test/scim?aadOptscim062020", true).unwrap();
        assert_eq!(url.query, ["aadOptscim062020"]);
    }

    #[test]
    fn what_is_no_url_is_refused() {
        assert_eq!(TenantUrl::parse("  ", false), Err(TenantUrlError::Missing));
        assert!(matches!(
            TenantUrl::parse("scim/v2", false),
            Err(TenantUrlError::Malformed(_))
        ));
        assert_eq!(
            TenantUrl::parse("ftp://x.test/scim", false),
            Err(TenantUrlError::Scheme)
        );
    }
}
