//! The signing keys: made when first needed, rotated when asked, and the document that publishes them (B0).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use super::jwt;
use crate::faults::Signing;

/// A signing key.
#[derive(Debug)]
pub(crate) struct SigningKey {
    pair: KeyPair,
    public: Vec<u8>,
    /// Its key id.
    pub(crate) kid: String,
}

impl SigningKey {
    fn generate() -> Result<Self, Unspecified> {
        let pair = KeyPair::generate(KeySize::Rsa2048)?;
        let public = AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key())?
            .as_ref()
            .to_vec();
        let sum = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &public);
        let kid = URL_SAFE_NO_PAD.encode(sum);
        Ok(Self { pair, public, kid })
    }

    fn published(&self, issuer: &str) -> Value {
        let (n, e) = jwt::modulus_and_exponent(&self.pair);
        json!({"kty": "RSA", "use": "sig", "kid": self.kid, "x5t": self.kid, "n": n, "e": e,
            "cloud_instance_name": "microsoftonline.com", "issuer": issuer})
    }

    fn pem(&self) -> String {
        let text = STANDARD.encode(&self.public);
        let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
        format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            lines.join("\n")
        )
    }
}

#[derive(Debug, Default)]
struct Ring {
    /// The newest signs; older ones are still published.
    keys: Vec<Arc<SigningKey>>,
    /// Published by nobody.
    stranger: Option<Arc<SigningKey>>,
}

/// The platform's keys. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys(Arc<Mutex<Ring>>);

impl Keys {
    fn lock(&self) -> MutexGuard<'_, Ring> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key that signs, made now if there is none.
    pub(crate) fn current(&self) -> Result<Arc<SigningKey>, Unspecified> {
        let mut ring = self.lock();
        if let Some(key) = ring.keys.last() {
            return Ok(key.clone());
        }
        let key = Arc::new(SigningKey::generate()?);
        ring.keys.push(key.clone());
        Ok(key)
    }

    /// A new key signs from now on. The old ones stay published if `keep`. Returns the new key's id.
    pub(crate) fn rotate(&self, keep: bool) -> Result<String, Unspecified> {
        let key = Arc::new(SigningKey::generate()?);
        let kid = key.kid.clone();
        let mut ring = self.lock();
        if !keep {
            ring.keys.clear();
        }
        ring.keys.push(key);
        Ok(kid)
    }

    /// Stops publishing all but the key that signs.
    pub(crate) fn forget_old(&self) {
        let mut ring = self.lock();
        let old = ring.keys.len().saturating_sub(1);
        ring.keys.drain(..old);
    }

    fn stranger(&self) -> Result<Arc<SigningKey>, Unspecified> {
        let mut ring = self.lock();
        if let Some(key) = &ring.stranger {
            return Ok(key.clone());
        }
        let key = Arc::new(SigningKey::generate()?);
        ring.stranger = Some(key.clone());
        Ok(key)
    }

    /// Signs claims, wrongly if a fault says so.
    pub(crate) fn sign(
        &self,
        claims: &Map<String, Value>,
        wrong: Option<Signing>,
    ) -> Result<String, Unspecified> {
        let key = self.current()?;
        Ok(match wrong {
            None => jwt::rs256(&key.pair, &key.kid, claims),
            Some(Signing::None) => jwt::none(claims),
            Some(Signing::Hs256) => jwt::hs256(key.pem().as_bytes(), &key.kid, claims),
            Some(Signing::WrongKey) => jwt::rs256(&self.stranger()?.pair, &key.kid, claims),
            Some(Signing::UnknownKid) => {
                let stranger = self.stranger()?;
                jwt::rs256(&stranger.pair, &stranger.kid, claims)
            }
        })
    }

    /// Whether one of the published keys made this token.
    pub(crate) fn made(&self, token: &jwt::Parts) -> bool {
        let kid = token.header("kid");
        let ring = self.lock();
        ring.keys
            .iter()
            .any(|key| Some(key.kid.as_str()) == kid && token.signed_by(&key.public))
    }

    /// The key document; `issuer` stands in every key, a template where the tenant is not known. `more` invented keys
    /// make it huge.
    pub(crate) fn document(&self, issuer: &str, more: usize) -> Result<Value, Unspecified> {
        self.current()?;
        let mut keys: Vec<_> = self.lock().keys.iter().map(|key| key.published(issuer)).collect();
        let pattern = keys[0].clone();
        keys.extend((0..more).map(|place| {
            let mut key = pattern.clone();
            key["kid"] = json!(format!("filler-{place}"));
            key
        }));
        Ok(json!({ "keys": keys }))
    }
}
