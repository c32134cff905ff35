//! Microsoft Graph: what goes wrong with deltas on purpose (`entra-facts` D3, "Graph").

use emulator::faults::{Effect, Matcher};
use jiff::SignedDuration;
use serde_json::json;

use crate::api::Api;
use crate::graph_delta::round;
use crate::visitor::{ADELE, Visitor};

fn once(visitor: &Visitor, detail: &str, effect: Effect) {
    visitor.entra.faults().once(matcher(detail), effect);
}

fn matcher(detail: &str) -> Matcher {
    Matcher {
        endpoint: Some("graph".to_owned()),
        detail: Some(detail.to_owned()),
        ..Matcher::default()
    }
}

async fn reader(visitor: &Visitor) -> Api<'_> {
    Api::app(visitor, &["User.Read.All", "Group.Read.All", "Device.Read.All"]).await
}

#[tokio::test]
async fn pages_may_be_empty_doubled_and_backwards() {
    let visitor = Visitor::new().await;
    let api = reader(&visitor).await;
    let (plain, _) = round(&api, "/users/delta?$select=id").await;
    for effect in [Effect::EmptyPage, Effect::Repeat, Effect::Reorder] {
        once(&visitor, "/users/delta", effect);
    }
    let (pages, _) = round(&api, "/users/delta?$select=id").await;
    assert_eq!(pages.len(), plain.len() + 1);
    assert!(pages[0].is_empty());
    assert!(visitor.entra.faults().list().is_empty());
    once(&visitor, "/users/delta", Effect::Repeat);
    let (pages, _) = round(&api, "/users/delta?$select=id").await;
    assert_eq!(pages[0].len(), 400);
    assert_eq!(pages[0][200..], plain[0]);
    once(&visitor, "/users/delta", Effect::Reorder);
    let (pages, _) = round(&api, "/users/delta?$select=id").await;
    assert_eq!(
        pages[0].iter().rev().collect::<Vec<_>>(),
        plain[0].iter().collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_link_may_lead_elsewhere() {
    let visitor = Visitor::new().await;
    let api = reader(&visitor).await;
    let origin = "https://graph.evil.example".to_owned();
    once(&visitor, "/users/delta", Effect::ForeignLink { origin });
    let page = api.get("/users/delta").await;
    let next = page.body["@odata.nextLink"].as_str().unwrap();
    assert!(
        next.starts_with("https://graph.evil.example/v1.0/users/delta?$skiptoken="),
        "{next}"
    );
}

#[tokio::test]
async fn a_round_may_have_to_start_again() {
    let visitor = Visitor::new().await;
    let api = reader(&visitor).await;
    let (_, delta) = round(&api, "/groups/delta?$select=displayName").await;
    once(&visitor, "/groups/delta", Effect::Resync);
    let gone = api.send("GET", &delta, &[], None).await;
    assert_eq!(gone.refusal(), (410, "resyncRequired"));
    let location = gone.header("location").to_owned();
    assert!(
        location.ends_with("/groups/delta?$select=displayName&$deltatoken="),
        "{location}"
    );
    assert_eq!(round(&api, &location).await.0.concat().len(), 20);
    once(&visitor, "/groups/delta", Effect::LostState);
    let lost = api.send("GET", &delta, &[], None).await;
    assert_eq!(lost.refusal(), (400, "syncStateNotFound"));
    assert_eq!(round(&api, &delta).await.0, [Vec::<serde_json::Value>::new()]);
}

#[tokio::test]
async fn a_change_may_miss_a_poll() {
    let visitor = Visitor::new().await;
    let api = reader(&visitor).await;
    let tenant = visitor.entra.tenant();
    let adele = tenant.find_user(ADELE).unwrap().id;
    let (_, delta) = round(&api, "/users/delta?$select=accountEnabled").await;
    visitor.entra.clock().advance(std::time::Duration::from_secs(600));
    tenant.disable(adele).unwrap();
    once(&visitor, "/users/delta", Effect::Lag { seconds: 60 });
    let (missed, delta) = round(&api, &delta).await;
    assert!(missed.concat().is_empty());
    let (seen, delta) = round(&api, &delta).await;
    assert_eq!(seen.concat()[0]["id"], adele.to_string());
    visitor
        .entra
        .cloud()
        .set_replication_delay(SignedDuration::from_secs(30));
    let new = tenant.hire_somebody();
    let (pages, _) = round(&api, "/users/delta?$select=id").await;
    assert!(!pages.concat().iter().any(|user| user["id"] == new.to_string()));
    assert!(round(&api, &delta).await.0.concat().is_empty());
    visitor.entra.clock().advance(std::time::Duration::from_secs(30));
    let (seen, _) = round(&api, &delta).await;
    assert_eq!(seen.concat()[0]["id"], new.to_string());
}

#[tokio::test]
async fn an_answer_may_be_cut_late_or_refused_as_a_whole() {
    let visitor = Visitor::new().await;
    let api = reader(&visitor).await;
    once(&visitor, "/users/delta", Effect::Cut);
    assert!(api.breaks_off("/users/delta").await);
    once(&visitor, "/users/delta", Effect::Late { milliseconds: 1 });
    assert_eq!(api.get("/users/delta").await.status, 200);
    assert!(visitor.entra.faults().list().is_empty());
    let busy = Effect::Status {
        status: 503,
        retry_after: Some(5),
    };
    once(&visitor, "POST /$batch", busy);
    let batch = json!({"requests": [{"id": "1", "method": "GET", "url": "/users/delta"}]});
    let refused = api.post("/$batch", &batch).await;
    assert_eq!(
        (refused.refusal(), refused.header("retry-after")),
        ((503, "ServiceUnavailable"), "5")
    );
    let answered = api.post("/$batch", &batch).await;
    assert_eq!(
        answered.body["responses"][0]["body"]["value"]
            .as_array()
            .unwrap()
            .len(),
        200
    );
    assert_eq!(Api::with(&visitor, "").post("/$batch", &batch).await.status, 401);
}

#[tokio::test]
async fn a_smaller_limit_throttles_sooner() {
    let visitor = Visitor::new().await;
    let api = reader(&visitor).await;
    visitor
        .entra
        .faults()
        .always(matcher("/users/delta"), Effect::Units { limit: 3 });
    let start = "/users/delta?$select=id";
    assert_eq!(api.get(start).await.header("x-ms-resource-unit"), "1");
    for _ in 0..2 {
        assert_eq!(api.get(start).await.status, 200);
    }
    let refused = api.get(start).await;
    assert_eq!(
        (refused.refusal(), refused.header("retry-after")),
        ((429, "TooManyRequests"), "10")
    );
    let parts: Vec<_> = (0..3)
        .map(|id| json!({"id": id.to_string(), "method": "GET", "url": start}))
        .collect();
    let batch = api.post("/$batch", &json!({ "requests": parts })).await;
    let first = &batch.body["responses"][0];
    assert_eq!(
        (&first["status"], &first["headers"]["Retry-After"]),
        (&json!(429), &json!("10"))
    );
    visitor.entra.clock().advance(std::time::Duration::from_secs(10));
    assert_eq!(api.get(start).await.status, 200);
}

#[tokio::test]
async fn they_are_switched_by_the_control_surface() {
    let visitor = Visitor::new().await;
    let api = Api::with(&visitor, "");
    for effect in [
        json!({"kind": "emptyPage"}),
        json!({"kind": "repeat"}),
        json!({"kind": "reorder"}),
        json!({"kind": "foreignLink", "origin": "https://graph.evil.example"}),
        json!({"kind": "resync"}),
        json!({"kind": "lostState"}),
        json!({"kind": "lag", "seconds": 60}),
        json!({"kind": "late", "milliseconds": 5}),
        json!({"kind": "units", "limit": 50}),
    ] {
        let fault =
            json!({"match": {"endpoint": "graph", "detail": "/users/delta"}, "effect": effect, "times": 1});
        let added = api.send("POST", "/control/cloud/faults", &[], Some(&fault)).await;
        assert_eq!(added.status, 200, "{added:?}");
    }
    assert_eq!(visitor.entra.faults().list().len(), 9);
}
