//! Keys to sign with. Well-formed tokens are signed by `jsonwebtoken`, which our crate does not use; the malformed ones,
//! which it would refuse to make, by hand.

use std::sync::LazyLock;

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    hmac,
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use serde_json::{Value, json};

/// Where the RSA key begins in the PKCS#8 of a key of 2048 bits (RFC 5958 §2).
const PKCS8_HEAD: usize = 26;

pub(crate) struct Signer {
    pub(crate) kid: &'static str,
    key: KeyPair,
    pkcs8: Vec<u8>,
}

/// Published by the fake.
pub(crate) static FIRST: LazyLock<Signer> = LazyLock::new(|| Signer::new("first"));
/// The next one, for rotation; else unpublished.
pub(crate) static SECOND_KEY: LazyLock<Signer> = LazyLock::new(|| Signer::new("second"));

impl Signer {
    fn new(kid: &'static str) -> Self {
        let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let pkcs8 = AsDer::<Pkcs8V1Der<'_>>::as_der(&key).unwrap().as_ref().to_vec();
        Self { kid, key, pkcs8 }
    }

    pub(crate) fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    fn encoding_key(&self) -> EncodingKey {
        EncodingKey::from_rsa_der(&self.pkcs8[PKCS8_HEAD..])
    }

    /// As the keys document shows it.
    pub(crate) fn jwk(&self) -> Value {
        let jwk = Jwk::from_encoding_key(&self.encoding_key(), Algorithm::RS256).unwrap();
        let jwk = serde_json::to_value(jwk).unwrap();
        json!({ "kty": "RSA", "use": "sig", "kid": self.kid, "x5t": self.kid, "n": jwk["n"], "e": jwk["e"] })
    }

    pub(crate) fn jwk_of(&self, kid: &str, issuer: &str) -> Value {
        let mut jwk = self.jwk();
        (jwk["kid"], jwk["issuer"]) = (kid.into(), issuer.into());
        jwk
    }

    /// A token as Entra makes it.
    pub(crate) fn token(&self, claims: &Value) -> String {
        let header = Header {
            kid: Some(self.kid.to_owned()),
            ..Header::new(Algorithm::RS256)
        };
        encode(&header, claims, &self.encoding_key()).unwrap()
    }

    /// A token with any header, signed as its `alg` says.
    pub(crate) fn odd_token(&self, header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let signature = match header["alg"].as_str() {
            Some("RS512") => self.sign(&RSA_PKCS1_SHA512, &signed),
            Some("PS256") => self.sign(&RSA_PSS_SHA256, &signed),
            Some("HS256") => self.hs256(&signed),
            Some("none") => Vec::new(),
            _ => self.sign(&RSA_PKCS1_SHA256, &signed),
        };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn sign(&self, how: &'static dyn RsaEncoding, text: &str) -> Vec<u8> {
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(how, &SystemRandom::new(), text.as_bytes(), &mut signature)
            .unwrap();
        signature
    }

    /// With the public key taken for a shared secret: the classic confusion.
    fn hs256(&self, text: &str) -> Vec<u8> {
        let public = self.jwk()["n"].as_str().unwrap().to_owned();
        hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, public.as_bytes()),
            text.as_bytes(),
        )
        .as_ref()
        .to_vec()
    }
}
