//! Our application, as Microsoft knows it: after the confidential client of MSAL.

use std::sync::Arc;

use oauth2::ClientId;
use secrecy::SecretString;
use url::Url;

use crate::{
    cache::{AccessToken, TokenCache},
    endpoints::Endpoints,
    error::TokenError,
    http::{Http, Now},
    oidc::{
        authorize::{self, AuthorizeRequest, PkceVerifier},
        consent::{self, ConsentVersion},
        credential::Credential,
        metadata::{self, Metadata},
        token::{Asker, Grant, TokenSet},
    },
};

/// One application with its credential. Cheap to clone; all clones share their tokens.
#[derive(Clone)]
pub struct ConfidentialClient(Arc<Inner>);

struct Inner {
    endpoints: Endpoints,
    http: Http,
    now: Now,
    client_id: ClientId,
    credential: Credential,
    cache: TokenCache,
}

impl ConfidentialClient {
    /// Asks nobody; a wrong credential shows with the first token.
    pub fn new(
        endpoints: Endpoints,
        http: Http,
        now: Now,
        client_id: impl Into<String>,
        credential: Credential,
    ) -> Self {
        let client_id = ClientId::new(client_id.into());
        Self(Arc::new(Inner {
            endpoints,
            http,
            now,
            client_id,
            credential,
            cache: TokenCache::default(),
        }))
    }

    /// The application's id.
    pub fn client_id(&self) -> &str {
        &self.0.client_id
    }

    /// Where to send a browser for signing in (entra-facts B1).
    pub fn authorize_url(&self, request: &AuthorizeRequest<'_>) -> Url {
        authorize::url(&self.0.endpoints, &self.0.client_id, request)
    }

    /// The link by which an administrator consents for a whole tenant (entra-facts B3). `tenant` is a GUID, a domain or
    /// `organizations`. What comes back is read by `callback::parse` and proves nothing.
    pub fn admin_consent_url(
        &self,
        version: ConsentVersion<'_>,
        tenant: &str,
        redirect_uri: &Url,
        state: &str,
    ) -> Url {
        consent::url(
            &self.0.endpoints,
            &self.0.client_id,
            version,
            tenant,
            redirect_uri,
            state,
        )
    }

    /// The link that ends the session at Microsoft too (entra-facts B0).
    pub fn logout_url(&self, tenant: &str, back_to: &Url) -> Url {
        consent::logout_url(&self.0.endpoints, tenant, back_to)
    }

    /// The metadata of a tenant, named by GUID or verified domain.
    ///
    /// # Errors
    /// `TenantUnknown` when there is no such tenant.
    pub async fn metadata(&self, tenant: &str) -> Result<Metadata, TokenError> {
        metadata::fetch(&self.0.endpoints, &self.0.http, tenant).await
    }

    /// Redeems a code, once: a second time is refused by Microsoft (`CodeUsed`), so this is never tried again by itself.
    ///
    /// # Errors
    /// [`TokenError`], whose reason says what to do.
    pub async fn acquire_token_by_authorization_code(
        &self,
        tenant: &str,
        code: &SecretString,
        redirect_uri: &Url,
        verifier: &PkceVerifier,
    ) -> Result<TokenSet, TokenError> {
        self.asker(tenant)
            .ask(Grant::Code {
                code,
                redirect_uri,
                verifier,
            })
            .await
    }

    /// New tokens for a person who signed in before. The refresh token in the answer replaces the old one.
    ///
    /// # Errors
    /// `TokenRevoked` when the person has to sign in anew; other reasons as they come.
    pub async fn acquire_token_by_refresh_token(
        &self,
        tenant: &str,
        token: &SecretString,
        scope: &[&str],
    ) -> Result<TokenSet, TokenError> {
        self.asker(tenant).ask(Grant::Refresh { token, scope }).await
    }

    /// A token of the application itself, kept until shortly before its end, renewed at 70 % of its life. `tenant` must be
    /// one tenant; `scope` one resource with `/.default`. A token proves no right: without any grant it comes all the same
    /// (entra-facts B4).
    ///
    /// # Errors
    /// [`TokenError`]; with `Throttled` nobody was asked while Microsoft's own `Retry-After` runs.
    pub async fn acquire_token_for_client(
        &self,
        tenant: &str,
        scope: &str,
    ) -> Result<Arc<AccessToken>, TokenError> {
        let now = (self.0.now)();
        let fetch = || async move {
            let tokens = self.asker(tenant).ask(Grant::Client { scope }).await?;
            Ok(AccessToken::new(tokens, now))
        };
        self.0.cache.get(tenant, scope, now, fetch).await
    }

    /// A token for another API in the name of the person whose token for us is given (entra-facts B6).
    ///
    /// # Errors
    /// `InteractionRequired` and `MfaRequired` carry `claims` to replay.
    pub async fn acquire_token_on_behalf_of(
        &self,
        tenant: &str,
        assertion: &SecretString,
        scope: &[&str],
    ) -> Result<TokenSet, TokenError> {
        self.asker(tenant).on_behalf_of(assertion, scope).await
    }

    /// Drops the kept tokens of a tenant; to be called after a consent, whose roles old tokens do not have.
    pub fn forget(&self, tenant: &str) {
        self.0.cache.forget(tenant);
    }

    fn asker(&self, tenant: &str) -> Asker<'_> {
        let inner = &*self.0;
        Asker {
            http: &inner.http,
            endpoint: inner.endpoints.login(tenant, "oauth2/v2.0/token"),
            client_id: &inner.client_id,
            credential: &inner.credential,
            now: (inner.now)(),
        }
    }
}
