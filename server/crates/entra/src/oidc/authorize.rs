//! The address a browser is sent to for signing in (entra-facts B1, threats T43).

use std::borrow::Cow;

use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::{
    endpoints::Endpoints,
    http::{Http, NoRandomness},
};

/// What a sign-in is to look like. `state`, `nonce` and `verifier` are of this one attempt (threats T43).
#[derive(Debug, Clone)]
pub struct AuthorizeRequest<'a> {
    /// The tenant's segment: its GUID, a domain, `organizations` or `common`.
    pub tenant: &'a str,
    /// Must be registered exactly like this.
    pub redirect_uri: &'a Url,
    /// What is asked for: `openid`, `profile`, `offline_access`, scopes of one API.
    pub scopes: &'a [&'a str],
    /// Comes back with the answer.
    pub state: &'a str,
    /// Comes back inside the ID token.
    pub nonce: &'a str,
    /// Proves at the token endpoint that the code is ours.
    pub verifier: &'a PkceVerifier,
    /// Whether to ask even those who are signed in.
    pub prompt: Option<Prompt>,
    /// The account to offer, as a user principal name.
    pub login_hint: Option<&'a str>,
    /// The domain of the account, which spares the person a page.
    pub domain_hint: Option<&'a str>,
    /// `claims` of a refusal, to be replayed so that the missing factor is asked for.
    pub claims: Option<&'a str>,
}

/// `prompt` of the authorize endpoint (entra-facts B1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// Ask for the credentials again.
    Login,
    /// Ask nothing; answer with an error rather than with a page.
    None,
    /// Ask for the consent again.
    Consent,
    /// Let the person choose an account.
    SelectAccount,
}

impl Prompt {
    fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::None => "none",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
        }
    }
}

/// A PKCE code verifier: 43 to 128 unreserved characters (RFC 7636 §4.1).
#[derive(Debug, Clone)]
pub struct PkceVerifier(SecretString);

/// A text that RFC 7636 does not allow as a code verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a PKCE verifier has 43 to 128 letters, digits, hyphens, dots, underscores or tildes")]
pub struct BadVerifier;

impl PkceVerifier {
    /// Takes a verifier that was kept.
    ///
    /// # Errors
    /// When RFC 7636 §4.1 does not allow it.
    pub fn new(text: impl Into<String>) -> Result<Self, BadVerifier> {
        let text = text.into();
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if (43..=128).contains(&text.len()) && text.bytes().all(unreserved) {
            return Ok(Self(text.into()));
        }
        Err(BadVerifier)
    }

    /// Makes one of 256 random bits.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn random(http: &Http) -> Result<Self, NoRandomness> {
        Ok(Self(http.random_text()?.into()))
    }

    /// The text, to be kept with the attempt.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub(crate) fn to_oauth2(&self) -> PkceCodeVerifier {
        PkceCodeVerifier::new(self.expose().to_owned())
    }
}

/// `response_type=code`, `response_mode=query` and PKCE S256; everything else as asked for.
pub(crate) fn url(endpoints: &Endpoints, client_id: &ClientId, request: &AuthorizeRequest<'_>) -> Url {
    let client = oauth2::basic::BasicClient::new(client_id.clone()).set_auth_uri(AuthUrl::from_url(
        endpoints.login(request.tenant, "oauth2/v2.0/authorize"),
    ));
    let state = request.state.to_owned();
    let mut asked = client
        .authorize_url(|| CsrfToken::new(state))
        .set_redirect_uri(Cow::Owned(RedirectUrl::from_url(request.redirect_uri.clone())))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(
            &request.verifier.to_oauth2(),
        ))
        .add_scopes(request.scopes.iter().map(|&scope| Scope::new(scope.to_owned())))
        .add_extra_param("response_mode", "query")
        .add_extra_param("nonce", request.nonce);
    for (name, value) in extras(request) {
        asked = asked.add_extra_param(name, value);
    }
    asked.url().0
}

fn extras<'a>(request: &AuthorizeRequest<'a>) -> impl Iterator<Item = (&'static str, &'a str)> {
    [
        ("prompt", request.prompt.map(Prompt::as_str)),
        ("login_hint", request.login_hint),
        ("domain_hint", request.domain_hint),
        ("claims", request.claims),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn everything_is_in_the_address() {
        // The pair of RFC 7636, appendix B.
        let verifier = PkceVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap();
        let redirect_uri = "https://portal.example/signin/callback".parse().unwrap();
        let request = AuthorizeRequest {
            tenant: "organizations",
            redirect_uri: &redirect_uri,
            scopes: &["openid", "profile", "offline_access"],
            state: "st&te",
            nonce: "once",
            verifier: &verifier,
            prompt: Some(Prompt::SelectAccount),
            login_hint: Some("anna@contoso.example"),
            domain_hint: None,
            claims: None,
        };
        let url = url(
            &Endpoints::microsoft(),
            &ClientId::new("the-app".to_owned()),
            &request,
        );
        assert_eq!(url.path(), "/organizations/oauth2/v2.0/authorize");
        let said: HashMap<_, _> = url.query_pairs().into_owned().collect();
        let expected = [
            ("response_type", "code"),
            ("response_mode", "query"),
            ("client_id", "the-app"),
            ("redirect_uri", "https://portal.example/signin/callback"),
            ("scope", "openid profile offline_access"),
            ("state", "st&te"),
            ("nonce", "once"),
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ("code_challenge_method", "S256"),
            ("prompt", "select_account"),
            ("login_hint", "anna@contoso.example"),
        ];
        assert_eq!(
            said,
            expected
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into()
        );
    }

    #[test]
    fn a_verifier_has_its_form() {
        assert!(PkceVerifier::new("a".repeat(43)).is_ok() && PkceVerifier::new("~".repeat(128)).is_ok());
        for bad in ["a".repeat(42), "a".repeat(129), "+".repeat(43), "é".repeat(43)] {
            assert_eq!(PkceVerifier::new(bad).unwrap_err(), BadVerifier);
        }
        let verifier = PkceVerifier::new("a".repeat(43)).unwrap();
        assert!(!format!("{verifier:?}").contains("aaa"));
    }
}
