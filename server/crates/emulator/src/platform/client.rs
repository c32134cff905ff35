//! Who the client of a token request is, and how it proves it (B4, B5).

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

use super::errors::Refusal;
use super::jwt::{Parts, public_key_of};
use super::tokens::Proof;
use super::{Door, Platform};
use crate::cloud::AppRegistration;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The fields of a token request.
#[derive(Debug, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    pub(crate) fn read(text: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(text);
        Self(pairs.into_owned().collect())
    }

    /// A field; empty counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// A field that must be there (900144).
    pub(crate) fn need(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| missing(name))
    }
}

pub(crate) fn missing(name: &str) -> Refusal {
    Refusal::new(
        900_144,
        format!("The request body must contain the following parameter: '{name}'."),
    )
}

/// A client and its proof.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) app: AppRegistration,
    pub(crate) proof: Proof,
}

/// Client id and secret of a Basic header, percent-decoded (RFC 6749 §2.3.1).
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let plain = |part: &str| {
        let pair = format!("x={part}");
        let mut read = url::form_urlencoded::parse(pair.as_bytes());
        read.next().map(|(_, value)| value.into_owned())
    };
    scheme
        .eq_ignore_ascii_case("basic")
        .then_some((plain(id)?, plain(secret)?))
}

pub(crate) fn unknown_application(name: &str, door: &str) -> Refusal {
    Refusal::new(
        700_016,
        format!(
            "Application with identifier '{name}' was not found in the directory '{door}'. This can happen if the \
             application has not been installed by the administrator of the tenant or consented to by any user in the \
             tenant. You may have sent your authentication request to the wrong tenant."
        ),
    )
}

impl Platform {
    /// The application of a request; 700016 if nobody registered it, 7000112 if it was disabled.
    pub(crate) fn application(&self, client_id: &str, door: &str) -> Result<AppRegistration, Refusal> {
        let id: Option<Uuid> = client_id.parse().ok();
        let app = id.and_then(|id| self.cloud.view().application(id).cloned());
        let app = app.ok_or_else(|| unknown_application(client_id, door))?;
        if !app.enabled {
            let text = format!("Application '{}'({}) is disabled.", app.app_id, app.display_name);
            return Err(Refusal::new(7_000_112, text));
        }
        Ok(app)
    }

    /// The client of a token request. One that shows neither secret nor assertion is [`Proof::Nothing`]: whether that
    /// will do is the grant's affair.
    pub(crate) fn authenticate(
        &self,
        headers: &HeaderMap,
        form: &Form,
        door: Door,
        segment: &str,
    ) -> Result<Client, Refusal> {
        let basic = basic(headers);
        let client_id = match (&basic, form.get("client_id")) {
            (_, Some(id)) => id.to_owned(),
            (Some((id, _)), None) => id.clone(),
            (None, None) => return Err(missing("client_id")),
        };
        let app = self.application(&client_id, segment)?;
        if let Some(tenant) = door.tenant()
            && !app.serves(tenant)
        {
            return Err(unknown_application(&client_id, segment));
        }
        // An application that signs in as itself must be in the tenant before anybody looks at its secret.
        if let (Door::Tenant(tenant), Some("client_credentials")) = (door, form.get("grant_type"))
            && self
                .cloud
                .view()
                .service_principal_of(tenant, app.app_id)
                .is_none()
        {
            return Err(unknown_application(&client_id, segment));
        }
        let secret = basic.map(|(_, secret)| secret);
        let secret = form.get("client_secret").map(str::to_owned).or(secret);
        let proof = match (secret, form.get("client_assertion")) {
            (Some(secret), _) => self.check_secret(&app, &secret)?,
            (None, Some(assertion)) => {
                if form.need("client_assertion_type")? != ASSERTION_TYPE {
                    return Err(Refusal::plain(9_002_313));
                }
                self.check_assertion(&app, assertion, segment)?
            }
            (None, None) => Proof::Nothing,
        };
        Ok(Client { app, proof })
    }

    fn check_secret(&self, app: &AppRegistration, secret: &str) -> Result<Proof, Refusal> {
        let now = self.now();
        let Some(known) = app.secrets.iter().find(|known| known.value == secret) else {
            return Err(Refusal::new(
                7_000_215,
                format!(
                    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret \
                     value, not the client secret ID, for a secret added to app '{}'.",
                    app.app_id
                ),
            ));
        };
        if known.end <= now {
            return Err(Refusal::new(
                7_000_222,
                format!(
                    "The provided client secret keys for app '{}' are expired. Visit the Azure portal to create new keys \
                     for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added \
                     security: https://aka.ms/certCreds.",
                    app.app_id
                ),
            ));
        }
        Ok(Proof::Secret)
    }

    fn check_assertion(
        &self,
        app: &AppRegistration,
        assertion: &str,
        segment: &str,
    ) -> Result<Proof, Refusal> {
        let parts = Parts::read(assertion)
            .ok_or_else(|| Refusal::new(50_012, "The client assertion is not a JWT."))?;
        let print = parts.header("x5t#S256").or_else(|| parts.header("x5t"));
        let fits = |certificate: &&crate::cloud::Certificate| {
            print.is_some_and(|print| {
                let print = print.trim_end_matches('=');
                certificate.x5t_s256 == print || certificate.x5t == print
            })
        };
        let key = app.certificates.iter().find(fits);
        let key = key.and_then(|certificate| public_key_of(&certificate.der));
        let failed = |reason: &str| {
            Refusal::new(
                700_027,
                format!(
                    "The certificate with identifier used to sign the client assertion is not registered on application. \
                     [Reason - {reason}, Thumbprint of key used by client: '{}']",
                    print.unwrap_or_default()
                ),
            )
        };
        let key = key.ok_or_else(|| failed("The key was not found."))?;
        if !parts.signed_by(key) {
            return Err(failed("The key was found but the signature is invalid."));
        }
        self.check_claims(app, &parts, segment)
    }

    fn check_claims(&self, app: &AppRegistration, parts: &Parts, segment: &str) -> Result<Proof, Refusal> {
        let own = app.app_id.to_string();
        let named = |claim: &str| {
            parts
                .claim(claim)
                .is_some_and(|value| value.eq_ignore_ascii_case(&own))
        };
        if !named("iss") || !named("sub") {
            return Err(Refusal::new(
                50_012,
                "Issuer and subject of the client assertion must be the client id.",
            ));
        }
        let audiences = ["oauth2/v2.0/token", "v2.0", "oauth2/token"]
            .map(|end| format!("{}/{segment}/{end}", self.authority));
        if !parts
            .claim("aud")
            .is_some_and(|aud| audiences.iter().any(|known| known == aud))
        {
            return Err(Refusal::new(
                50_012,
                "The audience of the client assertion is not this token endpoint.",
            ));
        }
        let now = self.now().as_second();
        let live = parts.seconds("exp").is_some_and(|end| end > now)
            && parts.seconds("nbf").is_none_or(|from| from <= now + 300);
        if !live {
            return Err(Refusal::new(
                50_012,
                "The client assertion is not within its valid time range.",
            ));
        }
        Ok(Proof::Certificate)
    }
}
