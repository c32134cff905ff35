//! Asking the token endpoint (entra-facts B1, B4, B6). Success is read by `oauth2`; a refusal becomes a [`TokenError`].

use std::{borrow::Cow, pin::Pin};

use oauth2::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet, EndpointSet, ExtraTokenFields,
    HttpRequest, HttpResponse, RedirectUrl, RefreshToken, RequestTokenError, Scope, StandardRevocableToken,
    StandardTokenResponse, TokenResponse, TokenUrl,
    basic::{
        BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
    },
    http,
};
use reqwest::header::CONTENT_TYPE;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use url::{Url, form_urlencoded};

use crate::{
    error::TokenError,
    http::{Http, Unreachable},
    oidc::{authorize::PkceVerifier, credential::Credential},
};

const SECOND: i64 = 1_000_000;
/// `expires_in` of a token that does not say: the least Entra can be told to issue (entra-facts B1).
const SHORTEST_LIFE: i64 = 10 * 60;
const FORM: &str = "application/x-www-form-urlencoded";
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ON_BEHALF_OF: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// What a person's sign-in yields. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct TokenSet {
    /// For the API that was asked for. Opaque when that is Graph.
    pub access_token: SecretString,
    /// Who signed in; to be checked by `Keys::verify_id_token`. Only with scope `openid`.
    pub id_token: Option<SecretString>,
    /// For the next access token. Only with scope `offline_access`.
    pub refresh_token: Option<SecretString>,
    /// What was granted, which may be less or more than was asked for.
    pub scope: Vec<String>,
    /// When the access token ends: microseconds since 1970.
    pub expires_at: i64,
}

/// Fields of Entra besides RFC 6749.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Extra {
    id_token: Option<String>,
}

impl ExtraTokenFields for Extra {}

type Answer = StandardTokenResponse<Extra, BasicTokenType>;
type Client = oauth2::Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// What is handed in for tokens (RFC 6749 §4, §6).
pub(crate) enum Grant<'a> {
    Code {
        code: &'a SecretString,
        redirect_uri: &'a Url,
        verifier: &'a PkceVerifier,
    },
    Refresh {
        token: &'a SecretString,
        scope: &'a [&'a str],
    },
    Client {
        scope: &'a str,
    },
}

/// Whoever asks, and where.
pub(crate) struct Asker<'a> {
    pub(crate) http: &'a Http,
    pub(crate) endpoint: Url,
    pub(crate) client_id: &'a ClientId,
    pub(crate) credential: &'a Credential,
    /// Microseconds since 1970, before the question is sent: a token never seems to live longer than it does.
    pub(crate) now: i64,
}

impl Asker<'_> {
    pub(crate) async fn ask(&self, grant: Grant<'_>) -> Result<TokenSet, TokenError> {
        let (client, proof) = (self.client(), self.proof()?);
        let call = Via(self.http.clone());
        // The secret, if there is one, is the client's; an assertion is a parameter of its own.
        macro_rules! proven {
            ($request:expr) => {{
                let mut request = $request;
                for (name, value) in proof {
                    request = request.add_extra_param(name, value);
                }
                request.request_async(&call).await
            }};
        }
        let answer = match grant {
            Grant::Code {
                code,
                redirect_uri,
                verifier,
            } => proven!(
                client
                    .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
                    .set_redirect_uri(Cow::Owned(RedirectUrl::from_url(redirect_uri.clone())))
                    .set_pkce_verifier(verifier.to_oauth2())
            ),
            Grant::Refresh { token, scope } => {
                let token = RefreshToken::new(token.expose_secret().to_owned());
                proven!(client.exchange_refresh_token(&token).add_scopes(scopes(scope)))
            }
            Grant::Client { scope } => {
                proven!(client.exchange_client_credentials().add_scopes(scopes(&[scope])))
            }
        };
        answer.map(|answer| token_set(&answer, self.now)).map_err(refusal)
    }

    /// A token for another API in a person's name (entra-facts B6). `oauth2` has no such grant; the form is the same.
    pub(crate) async fn on_behalf_of(
        &self,
        assertion: &SecretString,
        scope: &[&str],
    ) -> Result<TokenSet, TokenError> {
        let scope = scope.join(" ");
        let mut form = vec![
            ("grant_type", ON_BEHALF_OF),
            ("requested_token_use", "on_behalf_of"),
            ("client_id", self.client_id.as_str()),
            ("assertion", assertion.expose_secret()),
            ("scope", &scope),
        ];
        let proof = self.proof()?;
        form.extend(proof.iter().map(|(name, value)| (*name, value.as_str())));
        if let Credential::Secret(secret) = self.credential {
            form.push(("client_secret", secret.expose_secret()));
        }
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let request = self
            .http
            .client()
            .post(self.endpoint.clone())
            .header(CONTENT_TYPE, FORM)
            .body(body);
        let reply = self.http.send(request).await?;
        if !reply.is_success() {
            return Err(TokenError::of_reply(&reply));
        }
        Ok(token_set(&reply.json()?, self.now))
    }

    fn client(&self) -> Client {
        let client = oauth2::Client::new(self.client_id.clone())
            .set_auth_type(AuthType::RequestBody)
            .set_token_uri(TokenUrl::from_url(self.endpoint.clone()));
        match self.credential {
            Credential::Secret(secret) => {
                client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()))
            }
            Credential::Certificate(_) => client,
        }
    }

    /// The parameters of a client assertion; none for a secret.
    fn proof(&self) -> Result<Vec<(&'static str, String)>, Unreachable> {
        let Credential::Certificate(certificate) = self.credential else {
            return Ok(Vec::new());
        };
        let assertion = certificate.assertion(self.client_id, self.endpoint.as_str(), self.http, self.now)?;
        Ok(vec![
            ("client_assertion_type", JWT_BEARER.to_owned()),
            ("client_assertion", assertion.expose_secret().to_owned()),
        ])
    }
}

fn scopes(scopes: &[&str]) -> Vec<Scope> {
    scopes.iter().map(|&scope| Scope::new(scope.to_owned())).collect()
}

fn token_set(answer: &Answer, now: i64) -> TokenSet {
    let life = answer
        .expires_in()
        .and_then(|life| i64::try_from(life.as_secs()).ok())
        .unwrap_or(SHORTEST_LIFE);
    TokenSet {
        access_token: answer.access_token().secret().as_str().into(),
        id_token: answer.extra_fields().id_token.as_deref().map(Into::into),
        refresh_token: answer.refresh_token().map(|token| token.secret().as_str().into()),
        scope: answer
            .scopes()
            .into_iter()
            .flatten()
            .map(|scope| scope.to_string())
            .collect(),
        expires_at: now.saturating_add(life.saturating_mul(SECOND)),
    }
}

/// How `oauth2` sends. A closure would do, but the compiler cannot prove of its future that it may cross threads.
struct Via(Http);

impl<'c> oauth2::AsyncHttpClient<'c> for Via {
    type Error = TokenError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, TokenError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        send(&self.0, request)
    }
}

/// A refusal leaves here as an error, with its status and headers, before `oauth2` would drop them.
fn send(
    http: &Http,
    request: HttpRequest,
) -> Pin<Box<dyn Future<Output = Result<HttpResponse, TokenError>> + Send + '_>> {
    Box::pin(async move {
        let (parts, body) = request.into_parts();
        let request = http
            .client()
            .post(parts.uri.to_string())
            .headers(parts.headers)
            .body(body);
        let reply = http.send(request).await?;
        if !reply.is_success() {
            return Err(TokenError::of_reply(&reply));
        }
        let mut response = http::Response::new(reply.body);
        *response.headers_mut() = reply.headers;
        Ok(response)
    })
}

/// The body of an answer that cannot be read may hold tokens: it is dropped.
fn refusal(error: RequestTokenError<TokenError, BasicErrorResponse>) -> TokenError {
    match error {
        RequestTokenError::Request(error) => error,
        _ => Unreachable::Nonsense.into(),
    }
}
