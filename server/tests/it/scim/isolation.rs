//! Two directories never touch (threats T03, T12, T13, T16, T19; R8).

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Backend, Running,
    dice::Dice,
    scim::{ENTERPRISE, Redactor, Reply, Scim, USER, escaped, group, on_both, patch, user},
};

on_both! {
    what_another_directory_holds_changes_no_answer, a_foreign_id_reads_like_one_that_never_was,
    one_address_in_two_directories_joins_nothing, an_external_id_is_no_key, providers_names_are_no_ids,
}

/// How many conversations, and how many requests in each.
const CONVERSATIONS: u64 = 40;
const REQUESTS: usize = 25;

/// R8: the same conversations with A while B is empty, and while B is full of the same names and busy. Bytes equal.
async fn what_another_directory_holds_changes_no_answer(backend: Backend) {
    let (quiet, loud) = tokio::join!(conversations(backend, false), conversations(backend, true));
    assert_eq!(quiet.len(), loud.len());
    for (place, (alone, beside)) in quiet.iter().zip(&loud).enumerate() {
        assert_eq!(alone, beside, "request {place}");
    }
}

async fn conversations(backend: Backend, busy: bool) -> Vec<String> {
    let server = Running::on(backend, &[]).await;
    let here = server.directory().await;
    let there = server.directory_in(&here.organization).await;
    let (a, b) = (Scim::of(&server, &here), Scim::of(&server, &there));
    let mut foreign: Vec<String> = (0..8)
        .map(|number| format!("0193a1f0-0000-7000-8000-00000000000{number}"))
        .collect();
    if busy {
        foreign.clear();
        for number in 0..4 {
            let body = json!({"schemas": [USER], "userName": format!("user{number}"), "externalId": format!("x{number}")});
            foreign.push(b.post("/Users", body).await.is(201).id());
        }
        for number in 0..4 {
            foreign.push(b.group(&format!("Group {number}"), &[&foreign[number]]).await);
        }
    }
    let mut said = Vec::new();
    let mut names = Redactor::default();
    for seed in 1..=CONVERSATIONS {
        let mut talk = Talk {
            dice: Dice::seeded(seed),
            users: Vec::new(),
            groups: Vec::new(),
            foreign: foreign.clone(),
        };
        for _ in 0..REQUESTS {
            let (method, rest, body) = talk.next();
            // Ids carry the time: so those made later sort behind those made earlier, in both runs.
            server.clock.advance(1);
            if busy && talk.dice.clone().once_in(3) {
                b.send(method.clone(), &rest, &[], body.as_ref().map(Value::to_string))
                    .await;
            }
            let reply = a
                .send(method.clone(), &rest, &[], body.as_ref().map(Value::to_string))
                .await;
            talk.hear(&method, &rest, &reply);
            let etag = reply.header("etag").unwrap_or_default();
            said.push(names.redact(
                &a,
                &format!("{method} {rest} -> {} {etag} {}", reply.status, reply.text),
            ));
        }
        // The next conversation begins with an empty directory.
        for (endpoint, ids) in [("Users", &talk.users), ("Groups", &talk.groups)] {
            for id in ids {
                a.delete(&format!("/{endpoint}/{id}")).await;
            }
        }
    }
    said
}

/// Requests as a random client makes them: sound ones, foreign ids and nonsense among them.
struct Talk {
    dice: Dice,
    users: Vec<String>,
    groups: Vec<String>,
    foreign: Vec<String>,
}

impl Talk {
    fn next(&mut self) -> (Method, String, Option<Value>) {
        let (name, id) = (format!("user{}", self.dice.below(6)), self.some_id());
        let of = *self.dice.pick(&["Users", "Groups"]);
        match self.dice.below(12) {
            0..3 => {
                let external = format!("x{}", self.dice.below(4));
                (
                    Method::POST,
                    "/Users".into(),
                    Some(json!({"schemas": [USER], "userName": name, "externalId": external})),
                )
            }
            3 => {
                let label = format!("Group {}", self.dice.below(4));
                let body = if self.dice.once_in(2) {
                    group(&label, &[&id])
                } else {
                    group(&label, &[])
                };
                (Method::POST, "/Groups".into(), Some(body))
            }
            4 => (Method::GET, format!("/{of}/{id}"), None),
            5 => (Method::DELETE, format!("/{of}/{id}"), None),
            6 => {
                let value = json!([{"op": "Replace", "path": "displayName", "value": name}, {"op": "Replace", "path": "active", "value": "False"}]);
                (Method::PATCH, format!("/{of}/{id}"), Some(patch(value)))
            }
            7 => {
                let op = *self.dice.pick(&["Add", "Remove"]);
                let member = self.some_id();
                (
                    Method::PATCH,
                    format!("/Groups/{id}"),
                    Some(patch(
                        json!([{"op": op, "path": "members", "value": [{"value": member}]}]),
                    )),
                )
            }
            8 => (
                Method::PATCH,
                format!("/Users/{id}"),
                Some(patch(
                    json!([{"op": "Add", "path": "manager", "value": self.some_id()}]),
                )),
            ),
            9 => (Method::PUT, format!("/Users/{id}"), Some(user(&name))),
            10 => {
                let filter = match self.dice.below(5) {
                    0 => format!("userName eq \"{name}\""),
                    1 => format!("externalId eq \"x{}\"", self.dice.below(4)),
                    2 => format!("id eq \"{id}\""),
                    3 => "userName sw \"user\" and active eq true".to_owned(),
                    _ => "shoeSize pr".to_owned(),
                };
                (Method::GET, format!("/Users?filter={}", escaped(&filter)), None)
            }
            _ => (
                Method::GET,
                (*self
                    .dice
                    .pick(&["/Users", "/Groups", "/Users?count=2&sortBy=userName", "/Nothing"]))
                .to_owned(),
                None,
            ),
        }
    }

    /// One of ours, if there is one, or one of somebody else's.
    fn some_id(&mut self) -> String {
        let ours = [&self.users, &self.groups][self.dice.below(2)];
        match ours.is_empty() || self.dice.clone().once_in(4) {
            true => self.dice.pick(&self.foreign).clone(),
            false => ours[self.dice.clone().below(ours.len())].clone(),
        }
    }

    fn hear(&mut self, method: &Method, rest: &str, reply: &Reply) {
        let kept = if rest.starts_with("/Users") {
            &mut self.users
        } else {
            &mut self.groups
        };
        match (method, reply.status) {
            (&Method::POST, 201) => kept.push(reply.id()),
            (&Method::DELETE, 204) => kept.retain(|id| !rest.ends_with(id.as_str())),
            _ => {}
        }
    }
}

async fn a_foreign_id_reads_like_one_that_never_was(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let here = server.directory().await;
    let there = server.directory_in(&here.organization).await;
    let (a, b) = (Scim::of(&server, &here), Scim::of(&server, &there));
    let (foreign, team) = (b.user("ada").await, b.group("Team", &[]).await);
    let never = "0193a1f0-0000-7000-8000-000000000000";
    for (endpoint, theirs) in [("Users", &foreign), ("Groups", &team)] {
        for method in [Method::GET, Method::DELETE, Method::PUT, Method::PATCH] {
            let body = match method {
                Method::PUT => Some(json!({"userName": "x", "displayName": "x"}).to_string()),
                Method::PATCH => {
                    Some(patch(json!([{"op": "replace", "path": "displayName", "value": "x"}])).to_string())
                }
                _ => None,
            };
            let mut told = BTreeSet::new();
            for id in [theirs.as_str(), never, "nonsense", "..%3a", &"x".repeat(500)] {
                let reply = a
                    .send(method.clone(), &format!("/{endpoint}/{id}"), &[], body.clone())
                    .await
                    .refuses(404, "");
                told.insert(reply.text);
            }
            assert_eq!(told.len(), 1, "{method} {endpoint}: {told:?}");
        }
    }
    assert_eq!(
        b.get(&format!("/Users/{foreign}")).await.json()["meta"]["version"],
        "W/\"1\""
    );
    assert!(b.members(&team).await.is_empty());
}

/// Threats T13: an address is data, not a key.
async fn one_address_in_two_directories_joins_nothing(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let (here, there) = (server.directory().await, server.directory().await);
    let (a, b) = (Scim::of(&server, &here), Scim::of(&server, &there));
    let body = json!({"schemas": [USER], "userName": "ada@contoso.com", "externalId": "same",
        "emails": [{"type": "work", "value": "ada@contoso.com", "primary": true}]});
    let (mine, theirs) = (
        a.post("/Users", body.clone()).await.is(201).id(),
        b.post("/Users", body).await.is(201).id(),
    );
    assert_ne!(mine, theirs);
    let before = b.get(&format!("/Users/{theirs}")).await.json();
    a.patch(
        &format!("/Users/{mine}"),
        patch(json!([{"op": "Replace", "path": "active", "value": "False"}])),
    )
    .await
    .is(200);
    a.delete(&format!("/Users/{mine}")).await.is(204);
    assert_eq!(b.get(&format!("/Users/{theirs}")).await.json(), before);
    for event in server.events().await {
        let (Some(directory), Some(subject)) = (&event.directory_id, &event.subject_id) else {
            continue;
        };
        assert!(subject != &mine || directory.as_str() == here.id, "{event:?}");
        assert!(subject != &theirs || directory.as_str() == there.id, "{event:?}");
    }
    for entry in server.activity(&there).await {
        assert_ne!(entry.subject_id.as_deref(), Some(mine.as_str()));
    }
}

/// Threats T16 (CVE-2025-41115): an opaque text, not unique, never an id of ours.
async fn an_external_id_is_no_key(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let victim = scim.user("victim").await;
    let mut ids = BTreeSet::new();
    for (number, external) in ["1", "0", "1", victim.as_str(), "", "null", " "]
        .into_iter()
        .enumerate()
    {
        let body = json!({"schemas": [USER], "userName": format!("user{number}"), "externalId": external});
        ids.insert(scim.post("/Users", body).await.is(201).id());
    }
    assert_eq!((ids.len(), ids.contains(&victim)), (7, false));
    assert_eq!(
        scim.find("Users", "externalId eq \"1\"").await,
        ["user0", "user2"]
    );
    assert_eq!(
        scim.find("Users", &format!("externalId eq \"{victim}\"")).await,
        ["user3"]
    );
    assert_eq!(
        scim.find("Users", &format!("id eq \"{victim}\"")).await,
        ["victim"]
    );
    for wrong in ["1", "0", "null"] {
        scim.get(&format!("/Users/{wrong}")).await.refuses(404, "");
    }
    let team = scim.group("Team", &[]).await;
    let by_external = patch(json!([{"op": "Add", "path": "members", "value": [{"value": "1"}]}]));
    scim.patch(&format!("/Groups/{team}"), by_external)
        .await
        .refuses(400, "invalidValue");
    let manager = patch(json!([{"op": "Add", "path": "manager", "value": "1"}]));
    let told = scim
        .patch(&format!("/Users/{victim}"), manager)
        .await
        .is(200)
        .json();
    assert_eq!(
        told[ENTERPRISE]["manager"]["value"], "1",
        "kept as it was sent, joined to nobody"
    );
}

/// Threats T12: what owns a row is an id of our making.
async fn providers_names_are_no_ids(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let first = server.directory().await;
    let twin = server.directory_in(&first.organization).await;
    assert_ne!(first.id, twin.id);
    for directory in [&first, &twin] {
        assert!(
            directory.id.starts_with("dir_") && directory.id.len() == 36,
            "{}",
            directory.id
        );
    }
    Scim::of(&server, &first).user("ada").await;
    assert_eq!(
        Scim::of(&server, &twin).get("/Users").await.json()["totalResults"],
        0
    );
    for made_up in ["entra-id", "Entra ID", "", "dir_", "%00", "*"] {
        let url = format!("{}/scim/v2/{}/Users", server.url, escaped(made_up));
        let status = server
            .http
            .get(url)
            .bearer_auth(&first.bearer_token)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16();
        assert!([400, 401, 404].contains(&status), "{made_up:?}: {status}");
    }
}
