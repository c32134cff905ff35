//! Many at once (threats T30, T31, T32; R7).

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::json;
use tokio::sync::Barrier;

use crate::harness::{
    Backend, Running,
    scim::{Scim, on_both, patch, user},
};

on_both! {
    one_name_thirty_two_creates, sixty_four_clients_add_a_member_each, many_patches_of_one_user_lose_nothing,
    a_failed_patch_leaves_nothing, one_tag_lets_one_of_many_through, deletes_and_patches_at_once,
}

/// Rounds of the race that the issue asks for.
const ROUNDS: usize = 200;

async fn one_name_thirty_two_creates(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let scim = Scim::of(&server, &directory);
    let barrier = Arc::new(Barrier::new(32));
    let racers = (0..32).map(|_| {
        let (scim, barrier) = (scim.apart(), Arc::clone(&barrier));
        tokio::spawn(async move {
            let mut statuses = Vec::with_capacity(ROUNDS);
            for round in 0..ROUNDS {
                barrier.wait().await;
                let reply = scim
                    .post("/Users", user(&format!("racer{round}@contoso.com")))
                    .await;
                if reply.status == 409 {
                    reply.refuses(409, "uniqueness");
                    statuses.push(409);
                } else {
                    statuses.push(reply.status);
                }
            }
            statuses
        })
    });
    let all: Vec<Vec<u16>> = join_all(racers).await.into_iter().map(Result::unwrap).collect();
    for round in 0..ROUNDS {
        let mut statuses: Vec<u16> = all.iter().map(|one| one[round]).collect();
        statuses.sort_unstable();
        assert_eq!(
            (statuses[0], &statuses[1..]),
            (201, &[409; 31][..]),
            "round {round}"
        );
    }
    assert_eq!(scim.get("/Users?count=0").await.json()["totalResults"], ROUNDS);
    let created = server
        .events()
        .await
        .iter()
        .filter(|event| event.kind == "user.created")
        .count();
    assert_eq!(created, ROUNDS, "one event for each that is there");
}

async fn sixty_four_clients_add_a_member_each(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let team = scim.group("Team", &[]).await;
    let mut ids = Vec::new();
    for number in 0..64 {
        ids.push(scim.user(&format!("user{number}")).await);
    }
    let added = join_all(ids.iter().map(|id| {
        let (scim, team, id) = (scim.apart(), team.clone(), id.clone());
        tokio::spawn(async move {
            let add = patch(json!([{"op": "Add", "path": "members", "value": [{"value": id}]}]));
            scim.patch(&format!("/Groups/{team}"), add).await.status
        })
    }))
    .await;
    assert!(added.into_iter().all(|status| status.unwrap() == 204));
    let members: BTreeSet<String> = scim.members(&team).await.into_iter().collect();
    assert_eq!(members, ids.into_iter().collect());
    assert_eq!(
        scim.get(&format!("/Groups/{team}")).await.json()["meta"]["version"],
        "W/\"65\""
    );
    let told = server
        .events()
        .await
        .iter()
        .filter(|event| event.kind == "group.member_added")
        .count();
    assert_eq!(told, 64);
}

/// Each of many PATCHes touches an attribute of its own; none undoes another.
async fn many_patches_of_one_user_lose_nothing(backend: Backend) {
    const CUSTOM: &str = "urn:ietf:params:scim:schemas:extension:Contoso:2.0:User";
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let id = scim.user("ada").await;
    let patched = join_all((0..32).map(|number| {
        let (scim, path) = (scim.apart(), format!("/Users/{id}"));
        let set = patch(
            json!([{"op": "Add", "path": format!("{CUSTOM}:slot{number}"), "value": number.to_string()}]),
        );
        tokio::spawn(async move { scim.patch(&path, set).await.status })
    }))
    .await;
    assert!(patched.into_iter().all(|status| status.unwrap() == 200));
    let after = scim.get(&format!("/Users/{id}")).await.json();
    assert_eq!(after["meta"]["version"], "W/\"33\"");
    for number in 0..32 {
        assert_eq!(
            after[CUSTOM][format!("slot{number}")],
            number.to_string(),
            "{after}"
        );
    }
}

/// Threats T32: all or nothing, and no event of what was not done.
async fn a_failed_patch_leaves_nothing(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let (ada, bob) = (scim.user("ada").await, scim.user("bob").await);
    let team = scim.group("Team", &[&ada]).await;
    let (user_before, team_before) = (
        scim.get(&format!("/Users/{ada}")).await.text,
        scim.get(&format!("/Groups/{team}")).await.text,
    );
    let events = server.events().await.len();
    for last in [
        json!({"op": "replace", "path": "active", "value": "perhaps"}),
        json!({"op": "replace", "path": "userName", "value": "BOB"}),
        json!({"op": "replace", "path": "emails", "value": [{"type": 7}]}),
        json!({"op": "explode", "path": "title"}),
    ] {
        let refused = scim
            .patch(&format!("/Users/{ada}"), patch(json!([
                {"op": "replace", "path": "title", "value": "Half"}, {"op": "add", "path": "nickName", "value": "Half"}, last,
            ])))
            .await;
        assert!(
            [400, 409].contains(&refused.status),
            "{last}: {} {}",
            refused.status,
            refused.text
        );
    }
    let half = patch(json!([
        {"op": "Add", "path": "members", "value": [{"value": bob}]},
        {"op": "replace", "path": "displayName", "value": "Half"},
        {"op": "Add", "path": "members", "value": [{"value": "0193a1f0-0000-7000-8000-000000000000"}]},
    ]));
    scim.patch(&format!("/Groups/{team}"), half)
        .await
        .refuses(400, "invalidValue");
    let nameless = patch(
        json!([{"op": "Add", "path": "members", "value": [{"value": bob}]}, {"op": "remove", "path": "displayName"}]),
    );
    assert_eq!(scim.patch(&format!("/Groups/{team}"), nameless).await.status, 400);
    assert_eq!(scim.get(&format!("/Users/{ada}")).await.text, user_before);
    assert_eq!(scim.get(&format!("/Groups/{team}")).await.text, team_before);
    assert_eq!(server.events().await.len(), events);
}

/// `If-Match` decides among many that read the same version.
async fn one_tag_lets_one_of_many_through(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let id = scim.user("ada").await;
    let all = join_all((0..32).map(|number| {
        let (scim, path) = (scim.apart(), format!("/Users/{id}"));
        let body =
            patch(json!([{"op": "replace", "path": "title", "value": number.to_string()}])).to_string();
        tokio::spawn(async move {
            scim.send(
                reqwest::Method::PATCH,
                &path,
                &[("if-match", "W/\"1\"")],
                Some(body),
            )
            .await
            .status
        })
    }))
    .await;
    let mut statuses: Vec<u16> = all.into_iter().map(Result::unwrap).collect();
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (200, &[412; 31][..]));
}

/// Users go while they are being changed and put into groups: each request is answered for what it found, and no
/// membership outlives its user.
async fn deletes_and_patches_at_once(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let team = scim.group("Team", &[]).await;
    let mut ids = Vec::new();
    for number in 0..20 {
        ids.push(scim.user(&format!("user{number}")).await);
    }
    let acts = ids.iter().flat_map(|id| {
        (0..3).map(|act| {
            let (scim, id, team) = (scim.apart(), id.clone(), team.clone());
            tokio::spawn(async move {
                match act {
                    0 => scim.delete(&format!("/Users/{id}")).await.status,
                    1 => {
                        let add = patch(json!([{"op": "Add", "path": "members", "value": [{"value": id}]}]));
                        scim.patch(&format!("/Groups/{team}"), add).await.status
                    }
                    _ => {
                        let title = patch(json!([{"op": "replace", "path": "title", "value": "x"}]));
                        scim.patch(&format!("/Users/{id}"), title).await.status
                    }
                }
            })
        })
    });
    for status in join_all(acts).await {
        let status = status.unwrap();
        assert!([200, 204, 400, 404].contains(&status), "{status}");
    }
    assert_eq!(scim.get("/Users").await.json()["totalResults"], 0);
    assert_eq!(scim.members(&team).await, [""; 0]);
}
