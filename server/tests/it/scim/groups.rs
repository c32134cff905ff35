//! `/Groups` and `/Groups/{id}`.

use reqwest::Method;
use serde_json::json;

use crate::harness::{
    Backend, Running,
    scim::{GROUP, Scim, Transcript, group, on_both, patch},
};

on_both! {
    a_group_lives, members_come_and_go, removing_what_is_not_there_is_no_error, a_stranger_is_no_member,
    members_stay_while_a_user_is_inactive, nested_groups_are_recorded, a_ring_of_groups_ends_nowhere,
    a_condition_removes_whom_it_names, tags_guard_groups, a_large_group_is_not_loaded_when_not_wanted,
}

async fn a_group_lives(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let mut people = [
        scim.user("ada@contoso.com").await,
        scim.user("bob@contoso.com").await,
    ];
    // Members are listed by id, and both were made in one millisecond of the standing clock.
    people.sort();
    let [ada, bob] = people;
    let mut said = Transcript::of(&scim);
    let body = json!({
        "schemas": [GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
        "externalId": "8aa1a0c0-8c3f-4e9d-8c8a-000000000001",
        "displayName": "Team",
        "meta": {"resourceType": "Group"},
    });
    let id = said.post("/Groups", body).await.is(201).id();
    let path = format!("/Groups/{id}");
    server.clock.advance(60);
    let add =
        json!([{"op": "Add", "path": "members", "value": [{"$ref": null, "value": ada}, {"value": bob}]}]);
    said.patch(&path, patch(add)).await.is(204);
    said.get(&path).await.is(200);
    said.get(&format!("{path}?excludedAttributes=members"))
        .await
        .is(200);
    said.get("/Groups?excludedAttributes=members&filter=displayName+eq+%22team%22")
        .await
        .is(200);
    let rename = json!([{"op": "Replace", "path": "displayName", "value": "The Team"}]);
    said.patch(&format!("{path}?attributes=displayName"), patch(rename))
        .await
        .is(200);
    said.put(&path, group("Team again", &[&bob])).await.is(200);
    said.delete(&path).await.is(204);
    said.get(&path).await.refuses(404, "");
    assert!(
        scim.has_user(&ada).await && scim.has_user(&bob).await,
        "members outlive their group"
    );
    insta::assert_snapshot!("a_group_lives", said.text());
}

async fn members_come_and_go(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let (a, b, c) = (scim.user("a").await, scim.user("b").await, scim.user("c").await);
    let id = scim.group("Team", &[&a]).await;
    let path = format!("/Groups/{id}");
    let steps = [
        (
            json!({"op": "Add", "path": "members", "value": [{"value": b}, {"value": a}]}),
            vec![&a, &b],
        ),
        (
            json!({"op": "Add", "path": "members", "value": c}),
            vec![&a, &b, &c],
        ),
        (
            json!({"op": "Remove", "path": "members", "value": [{"$ref": null, "value": b}]}),
            vec![&a, &c],
        ),
        (
            json!({"op": "remove", "path": format!("members[value eq \"{a}\"]")}),
            vec![&c],
        ),
        (
            json!({"op": "replace", "path": "members", "value": [{"value": a}, {"value": b}]}),
            vec![&a, &b],
        ),
        (
            json!({"op": "replace", "value": {"members": [{"value": c}]}}),
            vec![&c],
        ),
        (
            json!({"op": "add", "value": {"members": [{"value": a}]}}),
            vec![&a, &c],
        ),
        (
            json!({"op": "Remove", "path": "members", "value": []}),
            vec![&a, &c],
        ),
        (json!({"op": "Remove", "path": "members"}), vec![]),
    ];
    for (operation, expected) in steps {
        scim.patch(&path, patch(json!([operation]))).await.is(204);
        let mut members = scim.members(&id).await;
        let mut expected: Vec<String> = expected.into_iter().cloned().collect();
        members.sort();
        expected.sort();
        assert_eq!(members, expected, "{operation}");
    }
}

async fn removing_what_is_not_there_is_no_error(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let (a, b) = (scim.user("a").await, scim.user("b").await);
    let id = scim.group("Team", &[&a]).await;
    let path = format!("/Groups/{id}");
    let before = scim.get(&path).await.json();
    server.clock.advance(60);
    for operation in [
        json!({"op": "Remove", "path": "members", "value": [{"value": b}]}),
        json!({"op": "Remove", "path": "members", "value": [{"value": "0193a1f0-0000-7000-8000-000000000000"}]}),
        json!({"op": "remove", "path": format!("members[value eq \"{b}\"]")}),
        json!({"op": "Add", "path": "members", "value": [{"value": a}]}),
    ] {
        scim.patch(&path, patch(json!([operation]))).await.is(204);
    }
    assert_eq!(
        scim.get(&path).await.json(),
        before,
        "and changes nothing, not even the version"
    );
}

async fn a_stranger_is_no_member(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let other = Scim::of(&server, &server.directory().await);
    let (mine, foreign) = (scim.user("a").await, other.user("a").await);
    let id = scim.group("Team", &[]).await;
    let path = format!("/Groups/{id}");
    let mut told = Vec::new();
    for stranger in [
        foreign.as_str(),
        "0193a1f0-0000-7000-8000-000000000000",
        "nobody",
        "",
    ] {
        let add = json!([{"op": "Add", "path": "members", "value": [{"value": mine}, {"value": stranger}]}]);
        let refused = scim.patch(&path, patch(add)).await;
        assert_eq!(refused.status, 400, "{stranger:?}: {}", refused.text);
        scim.post("/Groups", group("Other", &[&mine, stranger]))
            .await
            .is(400);
        told.push(refused.text);
    }
    assert_eq!(
        told[0], told[1],
        "a foreign id reads like an unknown one (threats T19)"
    );
    assert_eq!(scim.members(&id).await, [""; 0], "all or nothing");
    assert_eq!(scim.get("/Groups").await.names(), ["Team"]);
}

async fn members_stay_while_a_user_is_inactive(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let ada = scim.user("ada").await;
    let team = scim.group("Team", &[&ada]).await;
    for active in ["False", "True"] {
        let switch = json!([{"op": "Replace", "path": "active", "value": active}]);
        scim.patch(&format!("/Users/{ada}"), patch(switch)).await.is(200);
        assert_eq!(
            scim.members(&team).await,
            [ada.as_str()],
            "active {active} (entra-facts A7)"
        );
        assert_eq!(
            scim.get(&format!("/Users/{ada}")).await.json()["groups"][0]["value"],
            team
        );
    }
}

async fn nested_groups_are_recorded(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let ada = scim.user("ada").await;
    let inner = scim.group("Inner", &[&ada]).await;
    let outer = scim.group("Outer", &[&inner]).await;
    let body = scim.get(&format!("/Groups/{outer}")).await.is(200).json();
    assert_eq!(body["members"][0]["type"], "Group");
    assert!(
        body["members"][0]["$ref"]
            .as_str()
            .unwrap()
            .ends_with(&format!("/Groups/{inner}"))
    );
    let groups = scim.get(&format!("/Users/{ada}")).await.json()["groups"].clone();
    assert_eq!(
        groups.as_array().unwrap().len(),
        1,
        "shown as not expanded: {groups}"
    );
    scim.delete(&format!("/Groups/{inner}")).await.is(204);
    assert_eq!(
        scim.members(&outer).await,
        [""; 0],
        "a group that is gone is nobody's member"
    );
}

async fn a_ring_of_groups_ends_nowhere(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let mut ids = vec![scim.group("Group 0", &[]).await];
    for number in 1..50 {
        ids.push(
            scim.group(&format!("Group {number}"), &[ids.last().unwrap()])
                .await,
        );
    }
    let own = json!([{"op": "Add", "path": "members", "value": [{"value": ids[49]}, {"value": ids[0]}]}]);
    scim.patch(&format!("/Groups/{}", ids[0]), patch(own))
        .await
        .is(204);
    for id in &ids {
        scim.get(&format!("/Groups/{id}")).await.is(200);
    }
    assert_eq!(
        scim.get("/Groups?count=100").await.is(200).json()["totalResults"],
        50
    );
    let (ada, bob) = (scim.user("ada").await, scim.user("bob").await);
    for (of, manager) in [(&ada, &bob), (&bob, &ada), (&bob, &bob)] {
        let manages = json!([{"op": "Replace", "path": "manager", "value": manager}]);
        let managed = scim
            .patch(&format!("/Users/{of}"), patch(manages))
            .await
            .is(200)
            .json();
        assert_eq!(
            managed[crate::harness::scim::ENTERPRISE]["manager"]["value"],
            *manager,
            "{managed}"
        );
    }
    scim.delete(&format!("/Groups/{}", ids[7])).await.is(204);
}

async fn a_condition_removes_whom_it_names(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let (a, b) = (scim.user("a").await, scim.user("b").await);
    let nested = scim.group("Nested", &[]).await;
    let id = scim.group("Team", &[&a, &b, &nested]).await;
    let remove = |path: String| patch(json!([{"op": "remove", "path": path}]));
    scim.patch(
        &format!("/Groups/{id}"),
        remove("members[type eq \"Group\"]".to_owned()),
    )
    .await
    .is(204);
    assert!(!scim.members(&id).await.contains(&nested));
    let either = format!("members[value eq \"{a}\" or value eq \"{b}\"]");
    scim.patch(&format!("/Groups/{id}"), remove(either)).await.is(204);
    assert_eq!(scim.members(&id).await, [""; 0]);
}

async fn tags_guard_groups(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let ada = scim.user("ada").await;
    let path = format!("/Groups/{}", scim.group("Team", &[]).await);
    let add = patch(json!([{"op": "Add", "path": "members", "value": [{"value": ada}]}])).to_string();
    let fresh = [("if-match", "W/\"1\"")];
    let added = scim
        .send(Method::PATCH, &path, &fresh, Some(add.clone()))
        .await
        .is(204);
    assert_eq!(
        added.header("etag"),
        Some("W/\"2\""),
        "a member more is a new version"
    );
    scim.send(Method::PATCH, &path, &fresh, Some(add))
        .await
        .refuses(412, "");
    scim.send(Method::DELETE, &path, &fresh, None)
        .await
        .refuses(412, "");
    scim.send(Method::GET, &path, &[("if-none-match", "W/\"2\"")], None)
        .await
        .is(304);
}

async fn a_large_group_is_not_loaded_when_not_wanted(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let scim = Scim::of(&server, &server.directory().await);
    let operations: Vec<_> = (0..1000)
        .map(|number| json!({"method": "POST", "path": "/Users", "bulkId": format!("u{number}"),
            "data": {"schemas": [crate::harness::scim::USER], "userName": format!("user{number}@contoso.com")}}))
        .collect();
    let bulk =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations});
    let made = scim.post("/Bulk", bulk).await.is(200).json();
    let ids: Vec<String> = made["Operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            one["location"]
                .as_str()
                .unwrap()
                .rsplit('/')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect();
    let refs: Vec<&str> = ids.iter().map(String::as_str).collect();
    let id = scim.group("All", &refs).await;
    assert_eq!(scim.members(&id).await.len(), 1000);
    for query in [
        format!("/Groups/{id}?excludedAttributes=members"),
        "/Groups?attributes=displayName".to_owned(),
    ] {
        let without = scim.get(&query).await.is(200);
        assert!(without.text.len() < 2000, "{}", without.text.len());
    }
    let found = scim
        .get(&format!(
            "/Groups?attributes=id&filter=members+eq+%22{}%22",
            ids[500]
        ))
        .await
        .is(200);
    assert_eq!(
        found.json()["totalResults"],
        1,
        "the check of a reference (entra-facts A4.10)"
    );
}
