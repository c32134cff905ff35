//! A Graph that wants to be left alone (threats T53).

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderValue, Response, header::RETRY_AFTER},
};
use entra::{GraphReason, Retries, Throttle};
use serde_json::json;

use crate::harness::{World, json as reply, status};

fn too_many(seconds: u32) -> Response<Body> {
    let mut response = reply(
        429,
        &json!({ "error": { "code": "TooManyRequests", "message": "x" } }),
    );
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

fn me() -> Response<Body> {
    reply(200, &json!({ "id": "me" }))
}

fn seconds(all: &[u64]) -> Vec<Duration> {
    all.iter().copied().map(Duration::from_secs).collect()
}

#[tokio::test]
async fn retry_after_to_the_second() {
    let world = World::new().await;
    world.fake.answers(vec![too_many(7), too_many(3), me()]);
    assert!(world.graph().me().await.is_ok());
    assert_eq!(world.sleeps(), seconds(&[7, 3]));
}

#[tokio::test]
async fn too_long_a_wait_is_the_callers() {
    let world = World::new().await;
    world.fake.answers(vec![too_many(12), too_many(12), me()]);
    let error = world.graph().me().await.unwrap_err();
    assert_eq!(
        (error.reason(), error.retry_after),
        (GraphReason::Throttled, Some(Duration::from_secs(12)))
    );
    assert_eq!(world.sleeps(), seconds(&[12]), "24 s together would be too long");
}

#[tokio::test]
async fn without_retry_after_the_waits_grow() {
    let world = World::new().await;
    world.fake.answer(|_| status(503));
    let error = world.graph().me().await.unwrap_err();
    assert_eq!(
        (error.reason(), world.fake.seen().len()),
        (GraphReason::Unavailable, 4)
    );
    for (nth, wait) in world.sleeps().into_iter().enumerate() {
        let whole = Duration::from_secs(1 << nth);
        assert!(whole / 2 <= wait && wait <= whole, "{nth}: {wait:?}");
    }
}

#[tokio::test]
async fn a_write_that_may_have_been_done_is_not_done_twice() {
    let world = World::new().await;
    world.fake.answers(vec![status(503), me()]);
    let error = world.graph().assign_app_role("a", "b", "c").await.unwrap_err();
    assert_eq!(
        (error.reason(), world.fake.seen().len()),
        (GraphReason::Unavailable, 1)
    );

    // Throttled means: not done.
    world.fake.answers(vec![
        too_many(1),
        reply(
            201,
            &json!({ "id": "1", "appRoleId": "c", "principalId": "b", "resourceId": "a" }),
        ),
    ]);
    assert!(world.graph().assign_app_role("a", "b", "c").await.is_ok());
    world.fake.answers(vec![status(503), status(204)]);
    assert!(
        world.graph().delete_user("a").await.is_ok(),
        "deleting twice is deleting"
    );
}

#[tokio::test]
async fn all_calls_of_one_handle_share_a_budget() {
    let world = World::new().await;
    world.fake.answer(|_| too_many(1));
    let graph = world.graph();
    for _ in 0..20 {
        assert_eq!(
            graph.clone().me().await.unwrap_err().reason(),
            GraphReason::Throttled
        );
    }
    assert_eq!(world.sleeps().len(), 12);
    assert_eq!(world.fake.seen().len(), 20 + 12);
}

#[tokio::test]
async fn no_second_try_where_none_is_wanted() {
    let world = World::new().await;
    world.fake.answer(|_| too_many(1));
    assert!(world.graph().with_retries(Retries::NONE).me().await.is_err());
    assert_eq!(world.fake.seen().len(), 1);
}

#[tokio::test]
async fn ten_minutes_of_429_cost_one_question_per_wait() {
    let world = World::new().await;
    let throttle = Throttle::new(world.now());
    world.fake.answer(|_| too_many(30));
    for _ in 0..600 {
        let graph = world.graph().with_throttle(throttle.clone());
        let error = graph.me().await.unwrap_err();
        assert_eq!(error.reason(), GraphReason::Throttled);
        assert!(
            error
                .retry_after
                .is_some_and(|left| left <= Duration::from_secs(30))
        );
        world.pass(1);
    }
    assert_eq!(world.fake.seen().len(), 20, "600 s / 30 s");
    assert!(world.sleeps().is_empty());
    world.fake.answer(|_| me());
    world.pass(30);
    assert!(world.graph().with_throttle(throttle).me().await.is_ok());
}

#[tokio::test]
async fn a_throttle_lets_the_one_who_waited_through() {
    let world = World::new().await;
    world.fake.answers(vec![too_many(5), me()]);
    let graph = world.graph().with_throttle(Throttle::new(world.now()));
    assert!(graph.me().await.is_ok());
    assert_eq!(world.sleeps(), seconds(&[5]));
    world.fake.answers(vec![status(429), status(429), me()]);
    assert!(
        graph.me().await.is_ok(),
        "its own wait, where Microsoft names none"
    );
}
