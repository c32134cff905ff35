//! The certificate's assertion, checked by `jsonwebtoken`, which did not make it (entra-facts B4).

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use entra::{Credential, oidc::credential::BadPrivateKey};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, jwk::Jwk};
use secrecy::SecretSlice;
use serde_json::{Value, json};

use crate::harness::{CLIENT, START, TENANT, World, fake::Seen, json as reply, signer::FIRST};

const DER: &[u8] = b"the certificate's bytes";

fn certificate() -> Credential {
    Credential::certificate(DER, &SecretSlice::from(FIRST.pkcs8().to_vec())).unwrap()
}

/// What Microsoft does with it.
fn claims_of(assertion: &str) -> Value {
    let jwk: Jwk = serde_json::from_value(FIRST.jwk()).unwrap();
    let mut validation = Validation::new(Algorithm::PS256);
    (validation.validate_exp, validation.validate_aud) = (false, false);
    let token = decode::<Value>(assertion, &DecodingKey::from_jwk(&jwk).unwrap(), &validation).unwrap();
    let thumbprint = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, DER));
    assert_eq!(token.header.x5t_s256, Some(thumbprint));
    assert_eq!(token.header.typ.as_deref(), Some("JWT"));
    token.claims
}

fn assertion(seen: &Seen) -> String {
    let form = seen.form();
    assert_eq!(
        form["client_assertion_type"],
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    );
    assert!(!form.contains_key("client_secret"));
    form["client_assertion"].clone()
}

#[tokio::test]
async fn an_assertion_that_microsoft_believes() {
    let world = World::new().await;
    let body = json!({ "token_type": "Bearer", "access_token": "a", "expires_in": 3599 });
    world.fake.answer(move |_| reply(200, &body));
    let client = world.client(certificate());
    client
        .acquire_token_for_client(TENANT, "x/.default")
        .await
        .unwrap();
    client
        .acquire_token_on_behalf_of(TENANT, &"users-token".into(), &["x"])
        .await
        .unwrap();
    let ids: Vec<Value> = world
        .fake
        .seen()
        .iter()
        .map(|seen| {
            let claims = claims_of(&assertion(seen));
            let endpoint = world
                .fake
                .base
                .join(&format!("/{TENANT}/oauth2/v2.0/token"))
                .unwrap();
            assert_eq!(claims["aud"], endpoint.as_str());
            assert_eq!((&claims["iss"], &claims["sub"]), (&json!(CLIENT), &json!(CLIENT)));
            let times = ["nbf", "iat", "exp"].map(|name| claims[name].as_i64().unwrap());
            assert!(times[0] <= START && times[1] == START && times[2] > START);
            assert!(times[2] - times[0] <= 600, "ten minutes at most");
            claims["jti"].clone()
        })
        .collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1], "each assertion has its own id");
}

#[test]
fn keys_that_are_none() {
    for key in [&b""[..], b"no key", &FIRST.pkcs8()[..40]] {
        let made = Credential::certificate(DER, &SecretSlice::from(key.to_vec()));
        assert_eq!(made.unwrap_err(), BadPrivateKey);
    }
}

#[test]
fn nothing_secret_is_shown() {
    let shown = format!("{:?} {:?}", certificate(), Credential::Secret("hush".into()));
    assert!(!shown.contains("hush") && shown.contains("thumbprint"), "{shown}");
}
