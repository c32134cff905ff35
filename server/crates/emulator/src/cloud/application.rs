//! App registrations: what a developer makes once, in the app's home tenant.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

/// Whose accounts may sign in to an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Audience {
    /// Only the home tenant's.
    #[serde(rename = "AzureADMyOrg")]
    MyOrg,
    /// Any organization's.
    #[serde(rename = "AzureADMultipleOrgs")]
    MultipleOrgs,
    /// Any organization's, and personal accounts.
    #[serde(rename = "AzureADandPersonalMicrosoftAccount")]
    AndPersonal,
}

impl Audience {
    /// Graph's spelling, as in `AzureADMultipleOrgs`.
    pub fn name(self) -> &'static str {
        match self {
            Audience::MyOrg => "AzureADMyOrg",
            Audience::MultipleOrgs => "AzureADMultipleOrgs",
            Audience::AndPersonal => "AzureADandPersonalMicrosoftAccount",
        }
    }

    /// Reads Graph's spelling.
    pub fn parse(name: &str) -> Option<Self> {
        [Audience::MyOrg, Audience::MultipleOrgs, Audience::AndPersonal]
            .into_iter()
            .find(|audience| audience.name() == name)
    }
}

/// A client secret. Graph shows its value once; the token endpoint keeps comparing with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// The *Secret ID*, which people paste by mistake instead of the value.
    pub key_id: Uuid,
    /// Description.
    pub display_name: String,
    /// First three characters of the value.
    pub hint: String,
    /// The value itself.
    pub value: String,
    /// Valid from.
    pub start: Timestamp,
    /// Valid until.
    pub end: Timestamp,
}

/// A certificate that may sign client assertions (`entra-facts` B4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Key id of the credential.
    pub key_id: Uuid,
    /// Description.
    pub display_name: String,
    /// The certificate, DER.
    pub der: Vec<u8>,
    /// SHA-1 of the DER, base64url: `x5t`.
    pub x5t: String,
    /// SHA-256 of the DER, base64url: `x5t#S256`.
    pub x5t_s256: String,
}

/// Who may hold an app role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum MemberType {
    /// Users and groups.
    User,
    /// Service principals.
    Application,
}

/// An app role; its `value` becomes the `roles` claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppRole {
    /// Id, the `appRoleId` of assignments.
    pub id: Uuid,
    /// What stands in `roles`; a role without one never shows there.
    pub value: Option<String>,
    /// Display name.
    pub display_name: String,
    /// Description.
    pub description: String,
    /// Who may hold it.
    pub allowed_member_types: Vec<MemberType>,
    /// A disabled role cannot be assigned.
    pub enabled: bool,
}

/// Who may consent to a delegated scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ScopeType {
    /// Every user for themselves.
    User,
    /// Only administrators.
    Admin,
}

/// A delegated scope an application exposes (`api.oauth2PermissionScopes`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Id.
    pub id: Uuid,
    /// What stands in `scp`, as in `access_as_user`.
    pub value: String,
    /// Who may consent.
    pub kind: ScopeType,
    /// What consent pages call it.
    pub display_name: String,
    /// A disabled scope cannot be asked for.
    pub enabled: bool,
}

/// One entry of `requiredResourceAccess`, flattened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequiredAccess {
    /// Application id of the resource.
    pub resource: Uuid,
    /// Id of the scope or app role.
    pub id: Uuid,
    /// True for an application permission (`type:"Role"`), false for a delegated one (`type:"Scope"`).
    pub application: bool,
}

/// An app registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppRegistration {
    /// Object id.
    pub id: Uuid,
    /// Application (client) id.
    pub app_id: Uuid,
    /// Tenant it is registered in; `None` for Microsoft's own.
    pub home_tenant: Option<Uuid>,
    /// Display name.
    pub display_name: String,
    /// Who may sign in.
    pub audience: Audience,
    /// Redirect URIs of platform *Web*, matched exactly.
    pub web_redirect_uris: Vec<String>,
    /// Redirect URIs of platform *Mobile and desktop*: the port of `localhost` does not matter.
    pub native_redirect_uris: Vec<String>,
    /// Client secrets.
    pub secrets: Vec<Secret>,
    /// Certificates.
    pub certificates: Vec<Certificate>,
    /// App ID URIs, as in `api://…`.
    pub identifier_uris: Vec<String>,
    /// App roles.
    pub app_roles: Vec<AppRole>,
    /// Delegated scopes it exposes.
    pub scopes: Vec<Scope>,
    /// Permissions it asks for statically.
    pub required_access: Vec<RequiredAccess>,
    /// `requestedAccessTokenVersion`: 1 or 2; absent counts as 1 (B2).
    pub access_token_version: Option<u8>,
    /// Directory roles as `wids` in its id tokens (`groupMembershipClaims`).
    pub directory_role_claims: bool,
    /// Optional claims of its id tokens: `acct`, `xms_edov`, `login_hint`, `email`.
    pub optional_claims: Vec<String>,
    /// False after Microsoft or the owner disabled it (7000112).
    pub enabled: bool,
    /// When it was registered.
    pub created: Timestamp,
}

impl AppRegistration {
    /// A registration with nothing configured: single tenant, no credentials, no permissions.
    pub fn new(id: Uuid, app_id: Uuid, home_tenant: Option<Uuid>, name: &str, created: Timestamp) -> Self {
        Self {
            id,
            app_id,
            home_tenant,
            display_name: name.to_owned(),
            audience: Audience::MyOrg,
            web_redirect_uris: Vec::new(),
            native_redirect_uris: Vec::new(),
            secrets: Vec::new(),
            certificates: Vec::new(),
            identifier_uris: Vec::new(),
            app_roles: Vec::new(),
            scopes: Vec::new(),
            required_access: Vec::new(),
            access_token_version: None,
            directory_role_claims: false,
            optional_claims: Vec::new(),
            enabled: true,
            created,
        }
    }

    /// The app role with this id.
    pub fn role(&self, id: Uuid) -> Option<&AppRole> {
        self.app_roles.iter().find(|role| role.id == id)
    }

    /// The enabled app role with this value.
    pub fn role_named(&self, value: &str) -> Option<&AppRole> {
        let named = |role: &&AppRole| role.value.as_deref() == Some(value) && role.enabled;
        self.app_roles.iter().find(named)
    }

    /// The enabled scope with this value, in any case.
    pub fn scope_named(&self, value: &str) -> Option<&Scope> {
        self.scopes
            .iter()
            .find(|scope| scope.enabled && scope.value.eq_ignore_ascii_case(value))
    }

    /// The scope with this id.
    pub fn scope(&self, id: Uuid) -> Option<&Scope> {
        self.scopes.iter().find(|scope| scope.id == id)
    }

    /// Whether a tenant's accounts may use it at all.
    pub fn serves(&self, tenant: Uuid) -> bool {
        self.audience != Audience::MyOrg || self.home_tenant.is_none_or(|home| home == tenant)
    }

    /// Whether `uri` is registered: exactly for *Web*, with any port for a native `localhost` (B1).
    pub fn redirects_to(&self, uri: &str) -> bool {
        let native = without_localhost_port(uri);
        self.web_redirect_uris.iter().any(|known| known == uri)
            || self
                .native_redirect_uris
                .iter()
                .any(|known| known == uri || without_localhost_port(known) == native)
    }

    /// Whether `uri` belongs to platform *Web*, whose codes are redeemed with a credential (7000218).
    pub fn is_web_redirect(&self, uri: &str) -> bool {
        self.web_redirect_uris.iter().any(|known| known == uri)
    }
}

fn without_localhost_port(uri: &str) -> String {
    for host in ["http://localhost:", "http://127.0.0.1:"] {
        if let Some(rest) = uri.strip_prefix(host) {
            let path = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            return format!("{}{path}", host.trim_end_matches(':'));
        }
    }
    uri.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_of_localhost_matters_for_web_only() {
        let mut app = AppRegistration::new(Uuid::nil(), Uuid::nil(), None, "app", Timestamp::UNIX_EPOCH);
        app.web_redirect_uris = vec!["http://localhost:8080/web".to_owned()];
        app.native_redirect_uris = vec!["http://localhost/native".to_owned()];
        assert!(app.redirects_to("http://localhost:8080/web"));
        assert!(!app.redirects_to("http://localhost:8081/web"));
        assert!(!app.redirects_to("http://localhost:8080/web/"));
        assert!(app.redirects_to("http://localhost:49152/native"));
        assert!(!app.redirects_to("http://localhost:49152/other"));
        assert!(!app.redirects_to("http://localhost.evil.test/native"));
    }
}
