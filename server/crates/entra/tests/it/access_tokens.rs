//! Tokens for the app's own API (product.md, checklist 3).

use entra::{AccessClaims, ExpectedAccess, Keys, TokenRejected};
use serde_json::{Value, json};

use crate::harness::{CLIENT, OTHER_TENANT, PERSON, START, TENANT, World, json as reply, signer::FIRST};

const API: &str = "api://truvio";

fn v2(world: &World) -> Value {
    json!({
        "ver": "2.0", "iss": world.issuer(TENANT), "aud": CLIENT, "exp": START + 3600, "iat": START, "nbf": START,
        "azp": "the-erp", "scp": "Read Write", "roles": ["Truvio.SubscriptionService"], "oid": PERSON, "sub": "pairwise",
        "tid": TENANT, "preferred_username": "svc-erp@contoso.example", "name": "ERP",
    })
}

fn v1() -> Value {
    json!({
        "ver": "1.0", "iss": format!("https://sts.windows.net/{TENANT}/"), "aud": API, "exp": START + 3600, "iat": START,
        "nbf": START, "appid": "the-erp", "roles": ["Truvio.SubscriptionService"], "oid": PERSON, "sub": PERSON,
        "tid": TENANT, "upn": "svc-erp@contoso.example",
    })
}

async fn world() -> (World, Keys) {
    let world = World::new().await;
    let keys = json!({ "keys": [
        FIRST.jwk_of(FIRST.kid, &world.issuer("{tenantid}")),
        FIRST.jwk_of("of-other", &world.issuer(OTHER_TENANT)),
    ]});
    world.fake.answer(move |_| reply(200, &keys));
    let keys = world.keys();
    (world, keys)
}

async fn verify(world: &World, keys: &Keys, token: &str) -> Result<AccessClaims, TokenRejected> {
    let audiences = [CLIENT.to_owned(), API.to_owned()];
    let expected = ExpectedAccess {
        audiences: &audiences,
        now: world.at(),
        known_tenants: &|tid| tid == TENANT,
    };
    keys.verify_access_token(token, &expected).await
}

#[tokio::test]
async fn both_versions_pass() {
    let (world, keys) = world().await;
    let person = verify(&world, &keys, &FIRST.token(&v2(&world))).await.unwrap();
    assert_eq!(
        (person.tid.as_str(), person.oid.as_str(), person.aud.as_str()),
        (TENANT, PERSON, CLIENT)
    );
    assert_eq!(
        (person.app_id.as_deref(), person.app_only),
        (Some("the-erp"), false)
    );
    assert_eq!((person.scopes.len(), person.roles.len()), (2, 1));
    assert_eq!(person.username.as_deref(), Some("svc-erp@contoso.example"));

    let app = verify(&world, &keys, &FIRST.token(&v1())).await.unwrap();
    assert_eq!(
        (app.aud.as_str(), app.app_only, app.scopes.is_empty()),
        (API, true, true)
    );
    let mut said = v2(&world);
    said["idtyp"] = "app".into();
    assert!(verify(&world, &keys, &FIRST.token(&said)).await.unwrap().app_only);
}

#[tokio::test]
async fn a_known_key_costs_no_question() {
    let (world, keys) = world().await;
    let token = FIRST.token(&v2(&world));
    for _ in 0..200 {
        verify(&world, &keys, &token).await.unwrap();
    }
    assert_eq!(world.fake.only().path(), "/common/discovery/v2.0/keys");
}

#[tokio::test]
async fn what_does_not_pass() {
    use TokenRejected as R;
    let (world, keys) = world().await;
    let other_v1 = format!("https://sts.windows.net/{OTHER_TENANT}/");
    let grid: Vec<(Value, &str, Value, R)> = vec![
        (v2(&world), "aud", "api://another".into(), R::Audience),
        (v2(&world), "aud", json!([CLIENT]), R::WrongForm("aud")),
        (v1(), "aud", "https://graph.microsoft.com".into(), R::Audience),
        (v1(), "iss", other_v1.into(), R::Issuer),
        (
            v1(),
            "iss",
            format!("https://sts.windows.net/{TENANT}").into(),
            R::Issuer,
        ),
        (
            v2(&world),
            "iss",
            world.issuer(OTHER_TENANT).into(),
            R::TenantNotIssuer,
        ),
        (v2(&world), "iss", world.issuer("{tenantid}").into(), R::Issuer),
        (v2(&world), "tid", "common".into(), R::WrongForm("tid")),
        (v2(&world), "exp", (START - 300).into(), R::Expired),
        (v1(), "nbf", (START + 301).into(), R::NotYetValid),
        (
            v1(),
            "exp",
            (START + 3600).to_string().into(),
            R::WrongForm("exp"),
        ),
        (v2(&world), "oid", Value::Null, R::Missing("oid")),
    ];
    for (mut claims, name, value, why) in grid {
        claims[name] = value.clone();
        assert_eq!(
            verify(&world, &keys, &FIRST.token(&claims)).await.unwrap_err(),
            why,
            "{name} = {value}"
        );
    }
}

#[tokio::test]
async fn a_tenant_nobody_knows() {
    let (world, keys) = world().await;
    let mut claims = v2(&world);
    (claims["tid"], claims["iss"]) = (OTHER_TENANT.into(), world.issuer(OTHER_TENANT).into());
    assert_eq!(
        verify(&world, &keys, &FIRST.token(&claims)).await.unwrap_err(),
        TokenRejected::Tenant
    );
}

#[tokio::test]
async fn a_key_of_another_tenant_signs_for_neither_version() {
    let (world, keys) = world().await;
    let header = json!({ "alg": "RS256", "kid": "of-other" });
    for claims in [v1(), v2(&world)] {
        let token = FIRST.odd_token(&header, &claims);
        assert_eq!(
            verify(&world, &keys, &token).await.unwrap_err(),
            TokenRejected::KeyOfOtherIssuer
        );
    }
}
