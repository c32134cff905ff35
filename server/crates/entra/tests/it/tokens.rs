//! What goes to the token endpoint, and what is made of its answers.

use axum::body::Body;
use axum::http::Response;
use entra::{Credential, PkceVerifier, Reason, TokenSet};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use url::Url;

use crate::harness::{CLIENT, SECOND, START, TENANT, World, json as reply, status};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

pub(crate) fn secret() -> Credential {
    Credential::Secret("s€cret&value".into())
}

fn answer() -> Response<Body> {
    reply(
        200,
        &json!({
            "token_type": "Bearer", "scope": "User.Read openid", "expires_in": 3599, "ext_expires_in": 3599,
            "access_token": "the-access", "id_token": "the-id", "refresh_token": "the-refresh", "client_info": "x",
        }),
    )
}

fn check(tokens: &TokenSet) {
    assert_eq!(tokens.access_token.expose_secret(), "the-access");
    assert_eq!(tokens.id_token.as_ref().unwrap().expose_secret(), "the-id");
    assert_eq!(
        tokens.refresh_token.as_ref().unwrap().expose_secret(),
        "the-refresh"
    );
    assert_eq!(tokens.scope, ["User.Read", "openid"]);
    assert_eq!(tokens.expires_at, (START + 3599) * SECOND);
    let shown = format!("{tokens:?}");
    assert!(!shown.contains("the-access") && !shown.contains("the-refresh") && !shown.contains("the-id"));
}

async fn redeem(world: &World) -> Result<TokenSet, entra::TokenError> {
    let redirect_uri: Url = "https://portal.example/signin/callback".parse().unwrap();
    let verifier = PkceVerifier::new(VERIFIER).unwrap();
    let client = world.client(secret());
    client
        .acquire_token_by_authorization_code(TENANT, &"the-code".into(), &redirect_uri, &verifier)
        .await
}

#[tokio::test]
async fn a_code_is_redeemed() {
    let world = World::new().await;
    world.fake.answer(|_| answer());
    check(&redeem(&world).await.unwrap());
    let seen = world.fake.only();
    assert_eq!(
        (seen.method.as_str(), seen.path()),
        ("POST", format!("/{TENANT}/oauth2/v2.0/token").as_str())
    );
    assert_eq!(
        seen.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(seen.header("authorization"), None, "the secret goes in the body");
    assert!(entra::http::is_guid(seen.header("client-request-id").unwrap()));
    let expected = [
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT),
        ("client_secret", "s€cret&value"),
        ("code", "the-code"),
        ("code_verifier", VERIFIER),
        ("redirect_uri", "https://portal.example/signin/callback"),
    ];
    assert_eq!(
        seen.form(),
        expected
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    );
}

#[tokio::test]
async fn a_code_is_sent_once_whatever_comes() {
    for answer in [
        || status(503),
        || status(429),
        || reply(200, &json!({ "no": "token" })),
    ] {
        let world = World::new().await;
        world.fake.answer(move |_| answer());
        assert!(redeem(&world).await.is_err());
        assert_eq!(world.fake.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_refresh_token_is_renewed() {
    let world = World::new().await;
    world.fake.answer(|_| answer());
    let client = world.client(secret());
    let token = SecretString::from("old");
    let tokens = client
        .acquire_token_by_refresh_token(TENANT, &token, &["User.Read", "openid"])
        .await
        .unwrap();
    check(&tokens);
    let form = world.fake.only().form();
    assert_eq!(
        (form["grant_type"].as_str(), form["refresh_token"].as_str()),
        ("refresh_token", "old")
    );
    assert_eq!(
        (form["scope"].as_str(), form["client_secret"].as_str()),
        ("User.Read openid", "s€cret&value")
    );
}

#[tokio::test]
async fn on_behalf_of_a_person() {
    let world = World::new().await;
    world.fake.answer(|_| answer());
    let client = world.client(secret());
    let assertion = SecretString::from("users-token");
    let tokens = client
        .acquire_token_on_behalf_of(TENANT, &assertion, &["User.Read"])
        .await
        .unwrap();
    check(&tokens);
    let expected = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("requested_token_use", "on_behalf_of"),
        ("assertion", "users-token"),
        ("scope", "User.Read"),
        ("client_id", CLIENT),
        ("client_secret", "s€cret&value"),
    ];
    let form = world.fake.only().form();
    assert_eq!(
        form,
        expected
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    );

    world.fake.answer(|_| {
        reply(
            400,
            &json!({ "error": "interaction_required", "error_codes": [50076], "claims": "{\"a\":1}" }),
        )
    });
    let error = client
        .acquire_token_on_behalf_of(TENANT, &assertion, &["User.Read"])
        .await
        .unwrap_err();
    assert_eq!(
        (error.reason(), error.claims.as_deref()),
        (Reason::MfaRequired, Some("{\"a\":1}"))
    );
}

#[tokio::test]
async fn a_lifetime_that_is_missing_or_absurd() {
    for (expires_in, seconds) in [(Value::Null, 600), (json!(0), 0), (json!(86_400), 86_400)] {
        let world = World::new().await;
        world.fake.answer(move |_| {
            reply(
                200,
                &json!({ "token_type": "Bearer", "access_token": "a", "expires_in": expires_in }),
            )
        });
        assert_eq!(
            redeem(&world).await.unwrap().expires_at,
            (START + seconds) * SECOND
        );
    }
}

#[tokio::test]
async fn the_metadata_of_a_tenant() {
    let world = World::new().await;
    let issuer = world.issuer(TENANT);
    world.fake.answer(move |_| {
        reply(
            200,
            &json!({
                "issuer": issuer, "authorization_endpoint": "a", "token_endpoint": "t", "jwks_uri": "k",
                "end_session_endpoint": "e", "claims_supported": ["sub"],
            }),
        )
    });
    let metadata = world.client(secret()).metadata("contoso.example").await.unwrap();
    assert_eq!(metadata.tenant_id(), Some(TENANT));
    assert!(!metadata.authorization_response_iss_parameter_supported);
    assert_eq!(
        world.fake.only().path(),
        "/contoso.example/v2.0/.well-known/openid-configuration"
    );

    world.fake.answer(|_| {
        reply(
            400,
            &json!({ "error": "invalid_tenant", "error_description": "AADSTS90002: Tenant 'x' not found." }),
        )
    });
    let error = world.client(secret()).metadata("x").await.unwrap_err();
    assert_eq!(error.reason(), Reason::TenantUnknown);
    world.fake.answer(|_| Response::new("<html>".into()));
    assert_eq!(
        world.client(secret()).metadata("x").await.unwrap_err().reason(),
        Reason::Unreachable
    );
}
