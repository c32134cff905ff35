//! Tokens of the application: one question for all, renewed early, and Microsoft left alone when it asks for it.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderValue, Response, header::RETRY_AFTER},
};
use entra::{AccessToken, ConfidentialClient, Reason, TokenError};
use futures_util::future::join_all;
use serde_json::json;
use std::sync::Arc;

use crate::harness::{CLIENT, OTHER_TENANT, TENANT, World, json as reply, status};
use crate::tokens::secret;

const SCOPE: &str = "https://graph.microsoft.com/.default";
const LIFE: i64 = 3600;

/// Token 1, 2, 3 …
fn counting(world: &World) {
    let mut count = 0;
    world.fake.answer(move |_| {
        count += 1;
        reply(
            200,
            &json!({ "token_type": "Bearer", "access_token": format!("token-{count}"), "expires_in": LIFE }),
        )
    });
}

fn too_many(seconds: u32) -> Response<Body> {
    let mut response = reply(429, &json!({ "error": "temporarily_unavailable" }));
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

async fn get(client: &ConfidentialClient) -> Result<Arc<AccessToken>, TokenError> {
    client.acquire_token_for_client(TENANT, SCOPE).await
}

async fn text(client: &ConfidentialClient) -> String {
    get(client).await.unwrap().expose().to_owned()
}

#[tokio::test]
async fn fifty_at_once_ask_once() {
    let world = World::new().await;
    counting(&world);
    let client = world.client(secret());
    let all = join_all((0..50).map(|_| text(&client))).await;
    assert!(all.iter().all(|token| token == "token-1"));
    let form = world.fake.only().form();
    assert_eq!(
        (form["grant_type"].as_str(), form["scope"].as_str()),
        ("client_credentials", SCOPE)
    );
    assert_eq!(
        (form["client_id"].as_str(), form["client_secret"].as_str()),
        (CLIENT, "s€cret&value")
    );
}

#[tokio::test]
async fn each_tenant_and_scope_has_its_own() {
    let world = World::new().await;
    counting(&world);
    let client = world.client(secret());
    assert_eq!(text(&client).await, "token-1");
    let other = client
        .acquire_token_for_client(OTHER_TENANT, SCOPE)
        .await
        .unwrap();
    assert_eq!(other.expose(), "token-2");
    assert_eq!(
        client
            .acquire_token_for_client(TENANT, "api/.default")
            .await
            .unwrap()
            .expose(),
        "token-3"
    );
    assert_eq!(text(&client.clone()).await, "token-1");
    assert_eq!(world.fake.seen().len(), 3);
}

#[tokio::test]
async fn renewed_at_seventy_per_cent_while_the_others_go_on() {
    let world = World::new().await;
    counting(&world);
    let client = world.client(secret());
    assert_eq!(text(&client).await, "token-1");
    world.pass(LIFE * 7 / 10 - 1);
    assert_eq!(text(&client).await, "token-1");
    world.pass(1);
    let mut all = join_all((0..50).map(|_| text(&client))).await;
    all.sort();
    assert_eq!(world.fake.seen().len(), 2);
    assert_eq!(
        (all[0].as_str(), all[48].as_str(), all[49].as_str()),
        ("token-1", "token-1", "token-2"),
        "only one waits"
    );
    assert_eq!(text(&client).await, "token-2");
}

#[tokio::test]
async fn an_early_renewal_that_fails_is_not_felt() {
    let world = World::new().await;
    counting(&world);
    let client = world.client(secret());
    assert_eq!(text(&client).await, "token-1");
    world.fake.answer(|_| status(503));
    world.fake.seen();
    world.pass(LIFE * 8 / 10);
    for _ in 0..10 {
        assert_eq!(text(&client).await, "token-1");
    }
    assert_eq!(
        world.fake.seen().len(),
        1,
        "one question, then half a minute's rest"
    );
    world.pass(30);
    assert_eq!(text(&client).await, "token-1");
    assert_eq!(world.fake.seen().len(), 1);
}

#[tokio::test]
async fn a_token_near_its_end_is_not_handed_out() {
    let world = World::new().await;
    counting(&world);
    let client = world.client(secret());
    assert_eq!(text(&client).await, "token-1");
    world.pass(LIFE - 60);
    assert_eq!(text(&client).await, "token-2");
    world.pass(LIFE);
    world.fake.answer(|_| status(500));
    assert_eq!(get(&client).await.unwrap_err().reason(), Reason::Unavailable);
}

#[tokio::test]
async fn a_refusal_is_shared_by_all_who_waited() {
    let world = World::new().await;
    world.fake.answer(|_| {
        reply(
            401,
            &json!({ "error": "invalid_client", "error_description": "AADSTS7000222: expired" }),
        )
    });
    let client = world.client(secret());
    let all = join_all((0..50).map(|_| get(&client))).await;
    assert!(
        all.iter()
            .all(|answer| answer.as_ref().unwrap_err().reason() == Reason::SecretExpired)
    );
    assert_eq!(world.fake.seen().len(), 1);
    counting(&world);
    assert_eq!(
        text(&client).await,
        "token-1",
        "whoever comes later may try at once"
    );
}

#[tokio::test]
async fn retry_after_is_obeyed_without_asking() {
    let world = World::new().await;
    world.fake.answer(|_| too_many(120));
    let client = world.client(secret());
    let error = get(&client).await.unwrap_err();
    assert_eq!(
        (error.reason(), error.retry_after),
        (Reason::Throttled, Some(Duration::from_secs(120)))
    );
    counting(&world);
    world.pass(50);
    let error = get(&client).await.unwrap_err();
    assert_eq!(
        (error.reason(), error.retry_after),
        (Reason::Throttled, Some(Duration::from_secs(70)))
    );
    assert_eq!(world.fake.seen().len(), 1);
    world.pass(70);
    assert_eq!(text(&client).await, "token-1");
}

#[tokio::test]
async fn after_a_consent_old_tokens_are_forgotten() {
    let world = World::new().await;
    counting(&world);
    let client = world.client(secret());
    assert_eq!(text(&client).await, "token-1");
    let other = client
        .acquire_token_for_client(OTHER_TENANT, SCOPE)
        .await
        .unwrap();
    client.forget(TENANT);
    assert_eq!(text(&client).await, "token-3");
    let kept = client
        .acquire_token_for_client(OTHER_TENANT, SCOPE)
        .await
        .unwrap();
    assert_eq!(kept.expose(), other.expose());
}

#[tokio::test]
async fn a_clock_that_steps_back_neither_blocks_nor_prolongs() {
    let world = World::new().await;
    counting(&world);
    let client = world.client(secret());
    assert_eq!(text(&client).await, "token-1");
    world.pass(-300);
    assert_eq!(text(&client).await, "token-1");
    world.pass(-1);
    assert_eq!(
        text(&client).await,
        "token-2",
        "nobody knows how long the first one has"
    );

    world.fake.answer(|_| too_many(7200));
    client.forget(TENANT);
    assert_eq!(get(&client).await.unwrap_err().reason(), Reason::Throttled);
    counting(&world);
    world.pass(-3600);
    assert_eq!(text(&client).await, "token-1");
}
