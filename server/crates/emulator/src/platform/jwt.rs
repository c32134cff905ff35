//! JSON Web Tokens: made, and read with care enough to be a witness. RFC 7515, RFC 7519.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{self, KeyPair as _, RsaKeyPair, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use serde_json::{Map, Value, json};

/// Header and claims of a token, unverified.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub(crate) header: Map<String, Value>,
    pub(crate) claims: Map<String, Value>,
    signed: String,
    signature: Vec<u8>,
}

impl Parts {
    /// Takes a compact token apart; `None` if it is none.
    pub(crate) fn read(token: &str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let object = |part: &str| serde_json::from_slice(&B64.decode(part).ok()?).ok();
        Some(Self {
            header: object(header)?,
            claims: object(claims)?,
            signed: signed.to_owned(),
            signature: B64.decode(signature).ok()?,
        })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.header.get(name)?.as_str()
    }

    pub(crate) fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str()
    }

    /// A NumericDate, which may have decimals (RFC 7519 §2; MSAL sends them).
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a time of whole seconds is wanted, and out of range saturates"
    )]
    pub(crate) fn seconds(&self, name: &str) -> Option<i64> {
        let value = self.claims.get(name)?;
        value
            .as_i64()
            .or_else(|| value.as_f64().map(|seconds| seconds as i64))
    }

    /// Whether `key` (SPKI or PKCS#1, DER) made the signature by the algorithm of the header: RS256 or PS256.
    pub(crate) fn signed_by(&self, key: &[u8]) -> bool {
        let algorithm = match self.header("alg") {
            Some("RS256") => &signature::RSA_PKCS1_2048_8192_SHA256,
            Some("PS256") => &signature::RSA_PSS_2048_8192_SHA256,
            _ => return false,
        };
        UnparsedPublicKey::new(algorithm, key)
            .verify(self.signed.as_bytes(), &self.signature)
            .is_ok()
    }
}

fn unsigned(header: &Value, claims: &Map<String, Value>) -> String {
    let claims = serde_json::to_vec(claims).unwrap_or_default();
    format!("{}.{}", B64.encode(header.to_string()), B64.encode(claims))
}

/// A token signed with RS256.
pub(crate) fn rs256(key: &RsaKeyPair, kid: &str, claims: &Map<String, Value>) -> String {
    let header = json!({"typ": "JWT", "alg": "RS256", "x5t": kid, "kid": kid});
    let text = unsigned(&header, claims);
    let mut mac = vec![0; key.public_modulus_len()];
    let random = aws_lc_rs::rand::SystemRandom::new();
    // Signing with a whole key fails only when memory does; an empty signature is then refused by every reader.
    if key
        .sign(&signature::RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut mac)
        .is_err()
    {
        mac.clear();
    }
    format!("{text}.{}", B64.encode(mac))
}

/// A token that claims to need no signature.
pub(crate) fn none(claims: &Map<String, Value>) -> String {
    format!("{}.", unsigned(&json!({"typ": "JWT", "alg": "none"}), claims))
}

/// A token signed by HMAC with a public key as the secret: what a careless verifier accepts.
pub(crate) fn hs256(secret: &[u8], kid: &str, claims: &Map<String, Value>) -> String {
    let text = unsigned(&json!({"typ": "JWT", "alg": "HS256", "kid": kid}), claims);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), text.as_bytes());
    format!("{text}.{}", B64.encode(tag))
}

/// Modulus and exponent of a key, base64url, as in a JWK. The public key is an `RSAPublicKey` (RFC 8017 §A.1.1).
pub(crate) fn modulus_and_exponent(key: &RsaKeyPair) -> (String, String) {
    let number = |der: &[u8]| {
        let zeros = der.iter().take_while(|octet| **octet == 0).count();
        B64.encode(der.get(zeros..).unwrap_or_default())
    };
    let read = || {
        let (modulus, rest) = inside(inside(key.public_key().as_ref())?.0)?;
        Some((number(modulus), number(inside(rest)?.0)))
    };
    read().unwrap_or_default()
}

/// Whether this is a certificate, as far as its key can be found.
pub(crate) fn is_certificate(der: &[u8]) -> bool {
    public_key_of(der).is_some()
}

/// The `SubjectPublicKeyInfo` inside a certificate (RFC 5280 §4.1), both DER.
pub(crate) fn public_key_of(certificate: &[u8]) -> Option<&[u8]> {
    let (tbs, _) = inside(inside(certificate)?.0)?;
    let mut rest = tbs;
    if rest.first() == Some(&0xA0) {
        rest = inside(rest)?.1;
    }
    // serialNumber, signature, issuer, validity, subject
    for _ in 0..5 {
        rest = inside(rest)?.1;
    }
    let after = inside(rest)?.1;
    rest.get(..rest.len() - after.len())
}

/// Content of the first DER element, and what follows it.
fn inside(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let short = usize::from(*der.get(1)?);
    let (length, start) = if short < 0x80 {
        (short, 2)
    } else {
        let octets = der.get(2..2 + (short & 0x7F))?;
        let length = octets.iter().try_fold(0usize, |sum, octet| {
            sum.checked_mul(256).map(|sum| sum + usize::from(*octet))
        })?;
        (length, 2 + octets.len())
    };
    let end = start.checked_add(length)?;
    Some((der.get(start..end)?, der.get(end..)?))
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::AsDer;
    use aws_lc_rs::rsa::{KeyPair, KeySize};

    use super::*;

    #[test]
    fn what_is_signed_is_verified_and_what_is_touched_is_not() {
        let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let public = AsDer::<aws_lc_rs::encoding::PublicKeyX509Der<'_>>::as_der(key.public_key()).unwrap();
        let claims = json!({"sub": "me", "exp": 5}).as_object().unwrap().clone();
        let token = rs256(&key, "k", &claims);
        let parts = Parts::read(&token).unwrap();
        assert!(parts.signed_by(public.as_ref()));
        assert_eq!(
            (parts.claim("sub"), parts.seconds("exp"), parts.header("kid")),
            (Some("me"), Some(5), Some("k"))
        );
        let other = Parts::read(&token.replacen('.', ".e", 1));
        assert!(other.is_none_or(|parts| !parts.signed_by(public.as_ref())));
        for forged in [none(&claims), hs256(public.as_ref(), "k", &claims)] {
            assert!(!Parts::read(&forged).unwrap().signed_by(public.as_ref()));
        }
    }

    #[test]
    fn the_key_is_found_in_a_certificate() {
        let key =
            rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
        let certificate = rcgen::CertificateParams::new(vec!["app".to_owned()])
            .unwrap()
            .self_signed(&key)
            .unwrap();
        let found = public_key_of(certificate.der()).unwrap();
        assert_eq!(found, rcgen::PublicKeyData::subject_public_key_info(&key));
        assert_eq!(public_key_of(b"nonsense"), None);
    }
}
