//! Keys: asked for seldom, kept through an outage (threats T57).

use axum::{
    body::Body,
    http::{Response, header::CACHE_CONTROL},
};
use entra::{ExpectedAccess, Keys, TokenRejected, Unreachable};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{
    CLIENT, PERSON, START, TENANT, World, json as reply,
    signer::{FIRST, SECOND_KEY, Signer},
    status,
};

fn published(signers: &[&Signer], max_age: u32) -> Response<Body> {
    let keys: Vec<Value> = signers.iter().map(|signer| signer.jwk()).collect();
    let mut response = reply(200, &json!({ "keys": keys }));
    let value = format!("private, max-age={max_age}").parse().unwrap();
    response.headers_mut().insert(CACHE_CONTROL, value);
    response
}

fn token(world: &World, signer: &Signer, kid: &str) -> String {
    let claims = json!({
        "iss": world.issuer(TENANT), "aud": CLIENT, "exp": START + 1_000_000, "iat": START, "nbf": START,
        "oid": PERSON, "sub": "x", "tid": TENANT,
    });
    signer.odd_token(&json!({ "alg": "RS256", "kid": kid }), &claims)
}

async fn check(keys: &Keys, token: &str) -> Result<(), TokenRejected> {
    let audiences = [CLIENT.to_owned()];
    let expected = ExpectedAccess {
        audiences: &audiences,
        now: START * 1_000_000,
        known_tenants: &|_| true,
    };
    keys.verify_access_token(token, &expected).await.map(drop)
}

#[tokio::test]
async fn a_flood_of_unknown_keys_asks_once_a_minute() {
    let world = World::new().await;
    world.fake.answer(|_| published(&[&FIRST], 86_400));
    let keys = world.keys();
    let flood = async |from: usize| {
        for nth in from..from + 50 {
            let token = token(&world, &SECOND_KEY, &format!("unknown-{nth}"));
            assert_eq!(check(&keys, &token).await, Err(TokenRejected::KeyUnknown));
        }
        world.fake.seen().len()
    };
    assert_eq!(flood(0).await, 1);
    world.pass(59);
    assert_eq!(flood(100).await, 0);
    world.pass(1);
    assert_eq!(flood(200).await, 1);
    assert_eq!(check(&keys, &token(&world, &FIRST, "first")).await, Ok(()));
    assert_eq!(world.fake.seen().len(), 0);
}

#[tokio::test]
async fn a_new_key_serves_at_once_and_the_old_one_no_more() {
    let world = World::new().await;
    world.fake.answer(|_| published(&[&FIRST], 86_400));
    let keys = world.keys();
    let (old, new) = (
        token(&world, &FIRST, "first"),
        token(&world, &SECOND_KEY, "second"),
    );
    assert_eq!(check(&keys, &old).await, Ok(()));
    world.fake.answer(|_| published(&[&SECOND_KEY], 86_400));
    assert_eq!(check(&keys, &new).await, Ok(()));
    assert_eq!(world.fake.seen().len(), 2);
    assert_eq!(check(&keys, &old).await, Err(TokenRejected::KeyUnknown));
}

#[tokio::test]
async fn a_withdrawn_key_ends_with_the_next_refresh() {
    let world = World::new().await;
    world.fake.answer(|_| published(&[&FIRST, &SECOND_KEY], 3600));
    let (keys, token) = (world.keys(), token(&world, &FIRST, "first"));
    assert_eq!(check(&keys, &token).await, Ok(()));
    world.fake.answer(|_| published(&[&SECOND_KEY], 3600));
    world.pass(3600);
    assert_eq!(check(&keys, &token).await, Err(TokenRejected::KeyUnknown));
}

#[tokio::test]
async fn fifty_at_once_ask_once() {
    let world = World::new().await;
    world.fake.answer(|_| published(&[&FIRST], 86_400));
    let (keys, token) = (world.keys(), token(&world, &FIRST, "first"));
    let all = join_all((0..50).map(|_| check(&keys, &token))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(world.fake.seen().len(), 1);
}

#[tokio::test]
async fn the_answer_says_how_long() {
    let world = World::new().await;
    world.fake.answer(|_| published(&[&FIRST], 3600));
    let (keys, token) = (world.keys(), token(&world, &FIRST, "first"));
    for (passed, questions) in [(0, 1), (3599, 0), (1, 1), (10, 0)] {
        world.pass(passed);
        assert_eq!(check(&keys, &token).await, Ok(()));
        assert_eq!(world.fake.seen().len(), questions, "after {passed} s");
    }
}

#[tokio::test]
async fn a_silly_lifetime_is_kept_within_bounds() {
    for (max_age, fresh, stale) in [(0, 299, 1), (u32::MAX, 86_399, 1)] {
        let world = World::new().await;
        world.fake.answer(move |_| published(&[&FIRST], max_age));
        let (keys, token) = (world.keys(), token(&world, &FIRST, "first"));
        for (passed, questions) in [(0, 1), (fresh, 0), (stale, 1)] {
            world.pass(passed);
            assert_eq!(check(&keys, &token).await, Ok(()));
            assert_eq!(world.fake.seen().len(), questions);
        }
    }
}

#[tokio::test]
async fn old_keys_serve_through_an_outage() {
    let world = World::new().await;
    world.fake.answer(|_| published(&[&FIRST], 3600));
    let (keys, token) = (world.keys(), token(&world, &FIRST, "first"));
    assert_eq!(check(&keys, &token).await, Ok(()));
    world.fake.answer(|_| status(503));
    world.fake.seen();
    world.pass(3600);
    for _ in 0..10 {
        assert_eq!(check(&keys, &token).await, Ok(()));
    }
    assert_eq!(world.fake.seen().len(), 1, "one question, then a minute's rest");
    world.pass(60);
    assert_eq!(check(&keys, &token).await, Ok(()));
    assert_eq!(world.fake.seen().len(), 1);

    world.pass(86_400);
    let gone = TokenRejected::KeysUnavailable(Unreachable::Nonsense);
    assert_eq!(check(&keys, &token).await, Err(gone));
    world.fake.answer(|_| published(&[&FIRST], 3600));
    world.pass(60);
    assert_eq!(check(&keys, &token).await, Ok(()));
}

#[tokio::test]
async fn without_any_key_a_failure_is_soon_forgiven() {
    let world = World::new().await;
    world.fake.answer(|_| status(500));
    let (keys, token) = (world.keys(), token(&world, &FIRST, "first"));
    for _ in 0..5 {
        assert!(check(&keys, &token).await.unwrap_err().is_passing());
    }
    assert_eq!(world.fake.seen().len(), 1);
    world.fake.answer(|_| published(&[&FIRST], 3600));
    world.pass(5);
    assert_eq!(check(&keys, &token).await, Ok(()));
}

#[tokio::test]
async fn answers_that_are_no_keys() {
    let answers: [fn() -> Response<Body>; 6] = [
        || reply(200, &json!({ "keys": [] })),
        || {
            reply(
                200,
                &json!({ "keys": [{ "kty": "RSA", "kid": "first", "n": "!", "e": "AQAB" }] }),
            )
        },
        || {
            reply(
                200,
                &json!({ "keys": [{ "kty": "RSA", "kid": "first", "n": "AQAB", "e": "AQAB" }] }),
            )
        },
        || reply(200, &json!({ "error": "x" })),
        || Response::new("<html>".into()),
        || {
            Response::builder()
                .status(302)
                .header("location", "/elsewhere")
                .body(Body::empty())
                .unwrap()
        },
    ];
    for answer in answers {
        let world = World::new().await;
        world.fake.answer(move |_| answer());
        let (keys, token) = (world.keys(), token(&world, &FIRST, "first"));
        let expected = TokenRejected::KeysUnavailable(Unreachable::Nonsense);
        assert_eq!(check(&keys, &token).await, Err(expected));
        assert_eq!(world.fake.seen().len(), 1, "no redirect is followed");
    }
}

#[tokio::test]
async fn a_clock_that_steps_back_does_not_lock_keys_away() {
    let world = World::new().await;
    world.fake.answer(|_| published(&[&FIRST], 3600));
    let keys = world.keys();
    let unknown = token(&world, &SECOND_KEY, "second");
    assert_eq!(check(&keys, &unknown).await, Err(TokenRejected::KeyUnknown));
    world.fake.answer(|_| published(&[&SECOND_KEY], 3600));
    world.pass(-3600);
    assert_eq!(check(&keys, &unknown).await, Ok(()));
}
