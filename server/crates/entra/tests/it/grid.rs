//! The ID tokens that must not be believed (threats T40–T42, T58), each for its one reason.

use std::collections::BTreeSet;

use entra::{Expected, ExpectedTenant, IdClaims, TokenRejected};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::harness::{
    CLIENT, OTHER_TENANT, PERSON, START, TENANT, World, json as reply,
    signer::{FIRST, SECOND_KEY},
};

const NONCE: &str = "nonce-of-this-attempt";
const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

fn claims(world: &World) -> Value {
    json!({
        "ver": "2.0", "iss": world.issuer(TENANT), "sub": "pairwise", "aud": CLIENT, "exp": START + 3600,
        "iat": START, "nbf": START, "name": "Anna", "preferred_username": "anna@contoso.example", "oid": PERSON,
        "tid": TENANT, "nonce": NONCE, "aio": "x", "uti": "y", "rh": "z", "roles": ["Owner"],
    })
}

fn header() -> Value {
    json!({ "typ": "JWT", "alg": "RS256", "kid": FIRST.kid })
}

/// The published keys: one for all, one that may only sign for another tenant, one with the template, one of another kind.
fn publish(world: &World) {
    let other = FIRST.jwk_of("of-other", &world.issuer(OTHER_TENANT));
    let template = FIRST.jwk_of("of-any", &world.issuer("{tenantid}"));
    let mut encryption = FIRST.jwk_of("for-encryption", &world.issuer("{tenantid}"));
    encryption["use"] = "enc".into();
    let keys = json!({ "keys": [FIRST.jwk(), other, template, encryption, { "kty": "EC", "kid": "ec" }] });
    world.fake.answer(move |_| reply(200, &keys));
}

async fn verify_as(
    world: &World,
    token: &str,
    tenant: ExpectedTenant<'_>,
) -> Result<IdClaims, TokenRejected> {
    let expected = Expected {
        client_id: CLIENT,
        tenant,
        nonce: NONCE,
        now: world.at(),
    };
    world.keys().verify_id_token(token, &expected).await
}

async fn verify(world: &World, token: &str) -> Result<IdClaims, TokenRejected> {
    verify_as(world, token, ExpectedTenant::Exactly(TENANT)).await
}

fn changed(mut value: Value, changes: &[(&str, Value)]) -> Value {
    for (name, to) in changes {
        value[*name] = to.clone();
    }
    value
}

fn without(mut value: Value, name: &str) -> Value {
    value.as_object_mut().unwrap().remove(name);
    value
}

#[tokio::test]
async fn a_good_token_is_believed() {
    let world = World::new().await;
    publish(&world);
    let believed = verify(&world, &FIRST.token(&claims(&world))).await.unwrap();
    assert_eq!((believed.tid.as_str(), believed.oid.as_str()), (TENANT, PERSON));
    assert_eq!(
        (believed.sub.as_str(), believed.roles.as_slice()),
        ("pairwise", &["Owner".to_owned()][..])
    );
    assert_eq!(
        believed.preferred_username.as_deref(),
        Some("anna@contoso.example")
    );
    assert_eq!(
        (believed.iat, believed.exp, believed.email),
        (START, START + 3600, None)
    );
    assert_eq!(world.fake.only().path(), format!("/{TENANT}/discovery/v2.0/keys"));

    let upper = TENANT.to_ascii_uppercase();
    let token = FIRST.token(&claims(&world));
    assert!(
        verify_as(&world, &token, ExpectedTenant::Exactly(&upper))
            .await
            .is_ok()
    );
    let by_template = FIRST.odd_token(&changed(header(), &[("kid", "of-any".into())]), &claims(&world));
    assert!(verify(&world, &by_template).await.is_ok());
}

/// What it is, what is changed, and why it is refused.
type Case = (&'static str, Vec<(&'static str, Value)>, TokenRejected);

#[tokio::test]
async fn claims_that_are_not_believed() {
    use TokenRejected as R;
    let world = World::new().await;
    publish(&world);
    let good = claims(&world);
    let v1 = format!("https://sts.windows.net/{TENANT}/");
    let changes: Vec<Case> = vec![
        (
            "another issuer",
            vec![("iss", "https://evil.example/v2.0".into())],
            R::Issuer,
        ),
        (
            "the template itself",
            vec![("iss", world.issuer("{tenantid}").into())],
            R::Issuer,
        ),
        (
            "the issuer and more",
            vec![("iss", format!("{}/x", world.issuer(TENANT)).into())],
            R::Issuer,
        ),
        (
            "an issuer in capitals",
            vec![("iss", world.issuer(TENANT).to_uppercase().into())],
            R::Issuer,
        ),
        ("the issuer of version 1", vec![("iss", v1.into())], R::Issuer),
        (
            "no issuer but a list",
            vec![("iss", json!([world.issuer(TENANT)]))],
            R::WrongForm("iss"),
        ),
        (
            "another tenant",
            vec![
                ("iss", world.issuer(OTHER_TENANT).into()),
                ("tid", OTHER_TENANT.into()),
            ],
            R::Tenant,
        ),
        (
            "tid of another tenant",
            vec![("tid", OTHER_TENANT.into())],
            R::TenantNotIssuer,
        ),
        (
            "issuer of another tenant",
            vec![("iss", world.issuer(OTHER_TENANT).into())],
            R::TenantNotIssuer,
        ),
        (
            "a personal account",
            vec![("iss", world.issuer(CONSUMERS).into()), ("tid", CONSUMERS.into())],
            R::PersonalAccount,
        ),
        (
            "tid is a domain",
            vec![("tid", "contoso.example".into())],
            R::WrongForm("tid"),
        ),
        (
            "tid in capitals",
            vec![("tid", PERSON.to_uppercase().into())],
            R::WrongForm("tid"),
        ),
        ("another application", vec![("aud", PERSON.into())], R::Audience),
        (
            "a list of applications",
            vec![("aud", json!([CLIENT]))],
            R::WrongForm("aud"),
        ),
        (
            "exp as a text",
            vec![("exp", (START + 3600).to_string().into())],
            R::WrongForm("exp"),
        ),
        (
            "nbf as a text",
            vec![("nbf", START.to_string().into())],
            R::WrongForm("nbf"),
        ),
        (
            "iat as a text",
            vec![("iat", START.to_string().into())],
            R::WrongForm("iat"),
        ),
        (
            "exp as a fraction",
            vec![("exp", json!(1.9e9))],
            R::WrongForm("exp"),
        ),
        (
            "exp beyond numbers",
            vec![("exp", json!(u64::MAX))],
            R::WrongForm("exp"),
        ),
        ("exp is null", vec![("exp", Value::Null)], R::Missing("exp")),
        ("expired", vec![("exp", (START - 300).into())], R::Expired),
        (
            "not valid yet",
            vec![("nbf", (START + 301).into())],
            R::NotYetValid,
        ),
        (
            "issued in the future",
            vec![("iat", (START + 301).into())],
            R::IssuedInFuture,
        ),
        (
            "the nonce of another attempt",
            vec![("nonce", "nonce-of-another".into())],
            R::Nonce,
        ),
        (
            "no nonce but an empty one",
            vec![("nonce", "".into())],
            R::WrongForm("nonce"),
        ),
        (
            "oid is an address",
            vec![("oid", "anna@contoso.example".into())],
            R::WrongForm("oid"),
        ),
        ("roles is a text", vec![("roles", "Owner".into())], R::Malformed),
    ];
    for (what, changes, why) in changes {
        let token = FIRST.token(&changed(good.clone(), &changes));
        assert_eq!(verify(&world, &token).await.unwrap_err(), why, "{what}");
    }
}

#[tokio::test]
async fn claims_that_must_be_there() {
    let world = World::new().await;
    publish(&world);
    for name in ["iss", "aud", "exp", "nbf", "iat", "tid", "oid", "sub", "nonce"] {
        let token = FIRST.token(&without(claims(&world), name));
        assert_eq!(
            verify(&world, &token).await.unwrap_err(),
            TokenRejected::Missing(name)
        );
    }
}

#[tokio::test]
async fn signatures_that_are_not_believed() {
    use TokenRejected as R;
    let world = World::new().await;
    publish(&world);
    let good = claims(&world);
    let by = |name: &str, value: Value| FIRST.odd_token(&changed(header(), &[(name, value)]), &good);
    let grid = [
        (
            "the right kid, the wrong key",
            SECOND_KEY.odd_token(&header(), &good),
            R::Signature,
        ),
        (
            "a key of another tenant",
            by("kid", "of-other".into()),
            R::KeyOfOtherIssuer,
        ),
        (
            "a key nobody publishes",
            by("kid", "unheard-of".into()),
            R::KeyUnknown,
        ),
        (
            "a key for encryption",
            by("kid", "for-encryption".into()),
            R::KeyUnknown,
        ),
        ("a key of another kind", by("kid", "ec".into()), R::KeyUnknown),
        (
            "no kid",
            FIRST.odd_token(&without(header(), "kid"), &good),
            R::KeyNotNamed,
        ),
        ("alg none", by("alg", "none".into()), R::Algorithm),
        ("HS256 by the public key", by("alg", "HS256".into()), R::Algorithm),
        ("RS512", by("alg", "RS512".into()), R::Algorithm),
        ("PS256", by("alg", "PS256".into()), R::Algorithm),
        (
            "jku",
            by("jku", "https://evil.example/keys".into()),
            R::Header("jku"),
        ),
        (
            "x5u",
            by("x5u", "https://evil.example/cert".into()),
            R::Header("x5u"),
        ),
        ("jwk", by("jwk", SECOND_KEY.jwk()), R::Header("jwk")),
        ("crit", by("crit", json!(["exp"])), R::Header("crit")),
    ];
    for (what, token, why) in grid {
        assert_eq!(verify(&world, &token).await.unwrap_err(), why, "{what}");
    }
}

#[tokio::test]
async fn texts_that_are_no_token() {
    let world = World::new().await;
    publish(&world);
    let good = FIRST.token(&claims(&world));
    let (signed, signature) = good.rsplit_once('.').unwrap();
    for token in [
        "",
        "x",
        signed,
        &format!("{good}."),
        &format!("{good}.{signature}"),
        &format!(" {good}"),
    ] {
        assert_eq!(
            verify(&world, token).await.unwrap_err(),
            TokenRejected::Malformed,
            "{token}"
        );
    }
    assert_eq!(
        verify(&world, &format!("{signed}.")).await.unwrap_err(),
        TokenRejected::Signature
    );
    let array = FIRST.odd_token(&header(), &json!([claims(&world)]));
    assert_eq!(
        verify(&world, &array).await.unwrap_err(),
        TokenRejected::Malformed
    );
}

#[tokio::test]
async fn clocks_may_lie_five_minutes_apart() {
    let world = World::new().await;
    publish(&world);
    let token = FIRST.token(&claims(&world));
    world.pass(-300);
    assert!(verify(&world, &token).await.is_ok());
    world.pass(-1);
    assert_eq!(
        verify(&world, &token).await.unwrap_err(),
        TokenRejected::NotYetValid
    );
    world.pass(301 + 3600 + 299);
    assert!(verify(&world, &token).await.is_ok());
    world.pass(1);
    assert_eq!(verify(&world, &token).await.unwrap_err(), TokenRejected::Expired);
}

#[tokio::test]
async fn several_tenants() {
    use ExpectedTenant as T;
    let world = World::new().await;
    publish(&world);
    let (known, none) = (BTreeSet::from([TENANT.to_owned()]), BTreeSet::new());
    let of = |tenant: &str| {
        let tenant = [("iss", world.issuer(tenant).into()), ("tid", tenant.into())];
        FIRST.token(&changed(claims(&world), &tenant))
    };
    assert!(verify_as(&world, &of(TENANT), T::AnyOf(&known)).await.is_ok());
    assert_eq!(world.fake.only().path(), "/common/discovery/v2.0/keys");
    assert_eq!(
        verify_as(&world, &of(OTHER_TENANT), T::AnyOf(&known)).await,
        Err(TokenRejected::Tenant)
    );
    assert_eq!(
        verify_as(&world, &of(TENANT), T::AnyOf(&none)).await,
        Err(TokenRejected::Tenant)
    );
    assert_eq!(
        verify_as(&world, &of(OTHER_TENANT), T::AnyOrganization)
            .await
            .unwrap()
            .tid,
        OTHER_TENANT
    );
    assert_eq!(
        verify_as(&world, &of(CONSUMERS), T::AnyOrganization).await,
        Err(TokenRejected::PersonalAccount)
    );
    let crossed = FIRST.token(&changed(claims(&world), &[("tid", OTHER_TENANT.into())]));
    assert_eq!(
        verify_as(&world, &crossed, T::AnyOrganization).await,
        Err(TokenRejected::TenantNotIssuer)
    );
    let template = FIRST.token(&changed(
        claims(&world),
        &[("iss", world.issuer("{tenantid}").into())],
    ));
    assert_eq!(
        verify_as(&world, &template, T::AnyOrganization).await,
        Err(TokenRejected::Issuer)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Whatever one changes in a signed token, it is not believed.
    #[test]
    fn no_byte_can_be_changed(at in 0.0..1.0_f64, to in "[A-Za-z0-9_.-]") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new().await;
            publish(&world);
            let mut token = FIRST.token(&claims(&world));
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
            let at = (at * token.len() as f64) as usize;
            if token[at..=at] != to {
                token.replace_range(at..=at, &to);
                assert!(verify(&world, &token).await.is_err());
            }
        });
    }
}
