//! How our application proves that it is itself: a secret, or a certificate (entra-facts B4).

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    digest,
    rand::SystemRandom,
    signature::{RSA_PSS_SHA256, RsaKeyPair},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use serde_json::json;

use crate::http::{Http, NoRandomness, Unreachable, guid};

/// How long an assertion is good for, in seconds; Entra takes at most ten minutes.
const ASSERTION_LIFE: i64 = 5 * 60;
/// How far back it is dated, in seconds, for a clock of ours that runs ahead.
const BACKDATED: i64 = 60;

/// What our application has to prove itself. `Debug` shows no secret.
#[derive(Clone)]
pub enum Credential {
    /// The *value* of a client secret, not its id.
    Secret(SecretString),
    /// A certificate whose public half is registered. Made by [`Credential::certificate`].
    Certificate(Certificate),
}

/// A certificate and its private key, ready to sign.
#[derive(Clone)]
pub struct Certificate {
    /// base64url of the SHA-256 of the certificate's DER: `x5t#S256`.
    thumbprint: String,
    key: Arc<RsaKeyPair>,
}

/// The private key is not an RSA key in PKCS#8 of at least 2048 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the private key is not an RSA key in PKCS#8 of at least 2048 bits")]
pub struct BadPrivateKey;

impl Credential {
    /// Takes the certificate as DER and its private key as PKCS#8 in DER.
    ///
    /// # Errors
    /// [`BadPrivateKey`].
    pub fn certificate(der: &[u8], private_key_pkcs8: &SecretSlice<u8>) -> Result<Self, BadPrivateKey> {
        let key = RsaKeyPair::from_pkcs8(private_key_pkcs8.expose_secret()).map_err(|_| BadPrivateKey)?;
        let thumbprint = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, der));
        Ok(Self::Certificate(Certificate {
            thumbprint,
            key: Arc::new(key),
        }))
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret(_) => out.write_str("Secret(…)"),
            Self::Certificate(certificate) => certificate.fmt(out),
        }
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Certificate")
            .field("thumbprint", &self.thumbprint)
            .finish_non_exhaustive()
    }
}

impl Certificate {
    /// A client assertion: PS256, `x5t#S256`, for one token endpoint (RFC 7523 §2.2, entra-facts B4). `now` is in
    /// microseconds since 1970.
    pub(crate) fn assertion(
        &self,
        client_id: &str,
        audience: &str,
        http: &Http,
        now: i64,
    ) -> Result<SecretString, Unreachable> {
        let now = now.div_euclid(1_000_000);
        let header = json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": self.thumbprint });
        let claims = json!({
            "aud": audience,
            "iss": client_id,
            "sub": client_id,
            "jti": guid(http.random()?),
            "nbf": now - BACKDATED,
            "iat": now,
            "exp": now + ASSERTION_LIFE,
        });
        let encode = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let signature = self.sign(signed.as_bytes())?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)).into())
    }

    /// The salt of PSS comes from the library's own generator.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, NoRandomness> {
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PSS_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| NoRandomness)?;
        Ok(signature)
    }
}
