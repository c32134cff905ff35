//! Every form in which Entra sends a change, with its own bodies (entra-facts A3, A4, A6), in both dialects.

use serde_json::{Value, json};

use crate::harness::{
    Backend, Directory, Running,
    scim::{ENTERPRISE, PATCH_OP, Scim, Transcript, USER, on_both, patch, user},
};

on_both! {
    the_default_mapping_creates_a_user, legacy_patches_of_a_user, compliant_patches_of_a_user, a_manager_comes_and_goes,
    roles_come_in_three_forms, nothing_unsets_what_it_names, what_we_do_not_know_is_kept_out_and_told,
    a_patch_without_any_target_is_refused, references_are_checked, the_flag_may_stand_in_the_endpoint,
    booleans_may_be_words,
}

async fn start(backend: Backend) -> (Running, Directory, Scim) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let scim = Scim::of(&server, &directory);
    (server, directory, scim)
}

async fn the_default_mapping_creates_a_user(backend: Backend) {
    let (_server, _, scim) = start(backend).await;
    let mut said = Transcript::of(&scim);
    // A3: the documented body, with its client-sent `meta` and empty `roles`.
    said.post(
        "/Users",
        json!({
            "schemas": [USER, ENTERPRISE],
            "externalId": "jdoe", "userName": "jdoe@contoso.com", "active": true,
            "emails": [{"primary": true, "type": "work", "value": "jdoe@contoso.com"}],
            "meta": {"resourceType": "User"},
            "name": {"formatted": "Jane Doe", "familyName": "Doe", "givenName": "Jane"}, "roles": [],
        }),
    )
    .await
    .is(201);
    // An older one with nulls, a manager as text, a boolean as text, and the misspelt URN.
    said.post("/Users", json!({
        "schemas": [USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"],
        "userName": "old@contoso.com", "active": "True", "addresses": null, "phoneNumbers": null, "manager": null,
        "displayName": null, "emails": [{"primary": "True", "type": "work", "value": "old@contoso.com"}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0User": {"department": "IT", "manager": "123456"},
    })).await.is(201);
    // A6: everything the default mapping can send.
    said.post("/Users", json!({
        "schemas": [USER, ENTERPRISE],
        "userName": "megan_fabrikam.com#EXT#@contoso.com", "active": "False", "displayName": "Megan Bowen", "title": "Auditor",
        "emails": [{"type": "work", "value": "megan@fabrikam.com", "primary": true}], "preferredLanguage": "de-AT",
        "name": {"givenName": "Megan", "familyName": "Bowen", "formatted": "Megan Bowen"},
        "addresses": [{"type": "work", "formatted": "12/1110", "streetAddress": "Ring 1", "locality": "Wien",
            "region": "W", "postalCode": "1010", "country": "Austria"}],
        "phoneNumbers": [{"type": "work", "value": "+43 1 5550100"}, {"type": "mobile", "value": "+43 660 555"},
            {"type": "fax", "value": "+43 1 5550199"}],
        "externalId": "MeganB",
        ENTERPRISE: {"employeeNumber": "00123", "department": "Finance"},
    })).await.is(201);
    // A user without mail has no `emails` at all.
    said.post(
        "/Users",
        json!({"schemas": [USER], "userName": "cloud@contoso.com", "active": true, "externalId": "cloud"}),
    )
    .await
    .is(201);
    insta::assert_snapshot!("the_default_mapping", said.text());
}

/// A4, without the flag.
async fn legacy_patches_of_a_user(backend: Backend) {
    let (_server, _, scim) = start(backend).await;
    let id = scim.user("babs@contoso.com").await;
    let path = format!("/Users/{id}");
    let mut said = Transcript::of(&scim);
    said.patch(
        &path,
        json!({"schemas": [PATCH_OP], "Operations": [
            {"op": "Replace", "path": "active", "value": "False"},
            {"op": "Add", "path": "nickName", "value": "Babs"},
            {"op": "Replace", "path": "displayName", "value": "Pvlo"},
            {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "a@b.c"},
            {"op": "Replace", "path": "name.givenName", "value": "G"},
            {"op": "Replace", "path": "externalId", "value": "E"},
            {"op": "Replace", "path": format!("{ENTERPRISE}:employeeNumber"), "value": "7"},
        ]}),
    )
    .await
    .is(200);
    // Several operations build the same element, which is not there yet (A4.4); `Operations` before `schemas`, extra members.
    said.patch(&path, json!({"Operations": [
        {"name": "address", "op": "Add", "path": "addresses[type eq \"work\"].streetAddress", "value": "Ring 1"},
        {"name": "address", "op": "Add", "path": "addresses[type eq \"work\"].locality", "value": "Wien"},
        {"op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+43 660 555"},
        {"op": "Add", "path": "roles[primary eq \"True\"].value", "value": "Auditor"},
        {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "new@b.c"},
    ], "id": id, "schemas": [PATCH_OP]})).await.is(200);
    said.patch(
        &path,
        patch(json!([
            {"op": "Remove", "path": "addresses[type eq \"work\"].locality"},
            {"op": "Remove", "path": "nickName"},
            {"op": "Remove", "path": "phoneNumbers[type eq \"mobile\"].value"},
            {"op": "Replace", "path": "active", "value": "True"},
        ])),
    )
    .await
    .is(200);
    insta::assert_snapshot!("legacy_patches", said.text());
}

/// A4, with `aadOptscim062020`.
async fn compliant_patches_of_a_user(backend: Backend) {
    let (_server, _, scim) = start(backend).await;
    let id = scim
        .post(
            "/Users",
            json!({"schemas": [USER], "userName": "kay@contoso.com", "active": true,
        "name": {"givenName": "Kay", "familyName": "One", "middleName": "M"}}),
        )
        .await
        .is(201)
        .id();
    let path = format!("/Users/{id}");
    let mut said = Transcript::of(&scim);
    said.patch(
        &path,
        patch(json!([{"op": "replace", "path": "active", "value": false}])),
    )
    .await
    .is(200);
    said.patch(
        &path,
        patch(json!([{"op": "add", "path": "nickName", "value": "Babs"}])),
    )
    .await
    .is(200);
    said.patch(
        &path,
        patch(json!([
            {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "a@b.c"},
            {"op": "replace", "value": {"displayName": "B", "name.givenName": "K", "name.familyName": "U",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber": "A"}},
        ])),
    )
    .await
    .is(200);
    said.patch(
        &path,
        patch(
            json!([{"op": "add", "value": {"displayName": "Foo Bar", "title": "Bar",
        "name.givenName": "Foo", "name.familyName": "Bar", "name.formatted": "Foo Bar"}}]),
        ),
    )
    .await
    .is(200);
    // Nested objects merge; they never replace the whole name (A4.3).
    said.patch(
        &path,
        patch(
            json!([{"op": "replace", "value": {"name": {"familyName": "Merged"}, "active": true,
        ENTERPRISE: {"department": "IT"}}}]),
        ),
    )
    .await
    .is(200);
    said.patch(
        &path,
        patch(json!([{"op": "remove", "path": "emails[type eq \"work\"]"}])),
    )
    .await
    .is(200);
    insta::assert_snapshot!("compliant_patches", said.text());
}

/// A4.7: text, list or object comes in; an object goes out; an empty text takes it away.
async fn a_manager_comes_and_goes(backend: Backend) {
    let (_server, _, scim) = start(backend).await;
    let (boss, ann) = (scim.user("boss").await, scim.user("ann").await);
    let path = format!("/Users/{ann}");
    let manager = format!("{ENTERPRISE}:manager");
    for operation in [
        json!({"op": "Add", "path": manager, "value": boss}),
        json!({"op": "Add", "path": "manager", "value": [{"$ref": format!("http://x/Users/{boss}"), "value": boss}]}),
        json!({"op": "Replace", "path": manager, "value": {"value": boss}}),
        json!({"op": "replace", "value": {manager.clone(): boss}}),
        json!({"op": "Add", "path": format!("{manager}.value"), "value": boss}),
    ] {
        let told = scim.patch(&path, patch(json!([operation]))).await.is(200).json();
        assert_eq!(told[ENTERPRISE]["manager"]["value"], boss, "{operation}: {told}");
        assert!(
            told[ENTERPRISE]["manager"].is_object(),
            "a text breaks Entra's reader"
        );
        let gone = patch(json!([{"op": "Replace", "path": manager, "value": ""}]));
        let told = scim.patch(&path, gone).await.is(200).json();
        assert_eq!(told[ENTERPRISE].get("manager"), None, "{operation}: {told}");
    }
    let made = scim
        .post(
            "/Users",
            json!({"schemas": [USER, ENTERPRISE], "userName": "carl", ENTERPRISE: {"manager": boss}}),
        )
        .await
        .is(201);
    assert_eq!(made.json()[ENTERPRISE]["manager"]["value"], boss);
    let gone = patch(json!([{"op": "Remove", "path": manager}]));
    let told = scim
        .patch(&format!("/Users/{}", made.id()), gone)
        .await
        .is(200)
        .json();
    assert_eq!(told[ENTERPRISE].get("manager"), None);
}

/// A4.9.
async fn roles_come_in_three_forms(backend: Backend) {
    let (_server, _, scim) = start(backend).await;
    let id = scim
        .post(
            "/Users",
            json!({"schemas": [USER], "userName": "r",
        "roles": [{"primary": true, "type": "WindowsAzureActiveDirectoryRole", "value": "Admin"}]}),
        )
        .await
        .is(201)
        .id();
    let path = format!("/Users/{id}");
    let mut said = Transcript::of(&scim);
    said.get(&format!("{path}?attributes=roles")).await;
    let packed =
        "{\"id\":\"18d14569-c3bd-439b-9a66-3a2aee01d14f\",\"value\":\"25\",\"displayName\":\"Role1234\"}";
    said.patch(
        &format!("{path}?attributes=roles"),
        patch(json!([{"op": "Add", "path": "roles", "value": [{"value": packed}]}])),
    )
    .await
    .is(200);
    said.patch(
        &format!("{path}?attributes=roles"),
        patch(json!([{"op": "replace", "path": "roles",
        "value": [{"value": "User", "display": "User", "primary": false}]}])),
    )
    .await
    .is(200);
    insta::assert_snapshot!("roles", said.text());
}

/// A4.8: empty text and null answer 200 and read back as nothing; `active` alone is never unset by accident.
async fn nothing_unsets_what_it_names(backend: Backend) {
    let (_server, _, scim) = start(backend).await;
    let id = scim
        .post(
            "/Users",
            json!({"schemas": [USER], "userName": "n", "active": false, "title": "T", "nickName": "N",
        "displayName": "D", "emails": [{"type": "work", "value": "w@x"}], "name": {"givenName": "G"}}),
        )
        .await
        .is(201)
        .id();
    let path = format!("/Users/{id}");
    for (attribute, value) in [
        ("title", json!("")),
        ("nickName", json!(null)),
        ("name.givenName", json!("")),
        ("emails[type eq \"work\"].value", json!("")),
        ("displayName", json!(null)),
    ] {
        let operation = patch(json!([{"op": "Replace", "path": attribute, "value": value}]));
        scim.patch(&path, operation).await.is(200);
    }
    scim.patch(
        &path,
        patch(json!([{"op": "Replace", "path": "active", "value": null}])),
    )
    .await;
    let left = scim.get(&path).await.json();
    for attribute in ["title", "nickName", "name", "emails", "displayName"] {
        assert_eq!(left.get(attribute), None, "{left}");
    }
    assert_eq!(left["active"], false, "a null gives no access back");
}

/// A4.5: a bad attribute never sinks the `active=false` beside it; the activity tells what was kept out.
async fn what_we_do_not_know_is_kept_out_and_told(backend: Backend) {
    let (server, directory, scim) = start(backend).await;
    let id = scim.user("leaver@contoso.com").await;
    let path = format!("/Users/{id}");
    let told = scim
        .patch(
            &path,
            patch(json!([
                {"op": "Replace", "path": "shoeSize", "value": "44"},
                {"op": "Replace", "path": "active", "value": "False"},
                {"op": "Add", "path": "hats[type eq \"work\"].value", "value": "bowler"},
                {"op": "Replace", "value": {"name.shoeSize": "44", "title": "Gone"}},
                {"op": "Replace", "path": "id", "value": "0"},
            ])),
        )
        .await
        .is(200)
        .json();
    assert_eq!((&told["active"], &told["title"]), (&json!(false), &json!("Gone")));
    let made = scim
        .post(
            "/Users",
            json!({"schemas": [USER], "userName": "odd", "shoeSize": 44, "id": "mine"}),
        )
        .await
        .is(201)
        .json();
    assert_eq!(made.get("shoeSize"), None);
    assert_ne!(made["id"], "mine");
    let entries = server.activity(&directory).await;
    let of = |action: &str| entries.iter().find(|entry| entry.action == action).unwrap();
    insta::assert_snapshot!(
        "ignored_in_a_patch",
        of("disable_user").ignored.as_deref().unwrap()
    );
    insta::assert_snapshot!(
        "ignored_in_a_create",
        entries
            .iter()
            .find(|entry| entry.subject_name.as_deref() == Some("odd"))
            .unwrap()
            .ignored
            .as_deref()
            .unwrap()
    );
    // A PATCH whose known part changes nothing still leaves word of what it was refused.
    scim.patch(&path, patch(json!([
        {"op": "Replace", "path": "active", "value": "False"}, {"op": "Replace", "path": "shoeSize", "value": "45"},
    ]))).await.is(200);
    let entries = server.activity(&directory).await;
    assert_eq!(entries[0].action, "patch_user");
    assert!(
        entries[0].ignored.as_deref().unwrap().contains("shoeSize"),
        "{:?}",
        entries[0]
    );
}

async fn a_patch_without_any_target_is_refused(backend: Backend) {
    let (_server, _, scim) = start(backend).await;
    let (id, team) = (scim.user("u").await, scim.group("g", &[]).await);
    let mut said = Transcript::of(&scim);
    let unknown = patch(json!([
        {"op": "Replace", "path": "shoeSize", "value": "44"}, {"op": "Add", "value": {"hats.brim": "wide"}},
    ]));
    said.patch(&format!("/Users/{id}"), unknown.clone())
        .await
        .refuses(400, "invalidPath");
    said.patch(&format!("/Groups/{team}"), unknown)
        .await
        .refuses(400, "invalidPath");
    insta::assert_snapshot!("a_patch_without_any_target", said.text());
    assert_eq!(
        scim.get(&format!("/Users/{id}")).await.json()["meta"]["version"],
        "W/\"1\""
    );
}

/// A4.10.
async fn references_are_checked(backend: Backend) {
    let (_server, _, scim) = start(backend).await;
    let (boss, ann) = (scim.user("boss").await, scim.user("ann").await);
    let manages = patch(json!([{"op": "Add", "path": "manager", "value": boss}]));
    scim.patch(&format!("/Users/{ann}"), manages).await.is(200);
    let team = scim.group("Team", &[&ann]).await;
    for (resource, filter, found) in [
        ("Users", format!("id eq \"{ann}\" and manager eq \"{boss}\""), 1),
        ("Users", format!("id eq \"{ann}\" and manager eq \"{ann}\""), 0),
        (
            "Users",
            format!("id eq \"{boss}\" and {ENTERPRISE}:manager eq \"{boss}\""),
            0,
        ),
        ("Groups", format!("id eq \"{team}\" and members eq \"{ann}\""), 1),
        ("Groups", format!("id eq \"{team}\" and members eq \"{boss}\""), 0),
        ("Groups", format!("members[value eq \"{ann}\"]"), 1),
    ] {
        let query = format!(
            "/{resource}?filter={}&attributes=id",
            crate::harness::scim::escaped(&filter)
        );
        assert_eq!(
            scim.get(&query).await.is(200).json()["totalResults"],
            found,
            "{filter}"
        );
    }
    scim.get(&format!("/Users/{ann}?filter=userName+eq+%22ann%22"))
        .await
        .is(200);
}

/// A4: the flag may stand in the Tenant URL, bare or with a value, and may come along with every request.
async fn the_flag_may_stand_in_the_endpoint(backend: Backend) {
    let (_server, _, scim) = start(backend).await;
    let id = scim.post("/Users?aadOptscim062020", user("f")).await.is(201).id();
    for flag in [
        "aadOptscim062020",
        "aadOptscim062020=true",
        "AzureAdScimPatch2017",
        "aadOptscim062020&attributes=userName",
    ] {
        scim.get(&format!("/Users?{flag}")).await.is(200);
        scim.get(&format!("/Users/{id}?{flag}")).await.is(200);
        scim.get(&format!("/Users?filter=userName+eq+%22f%22&{flag}"))
            .await
            .is(200);
        let title = patch(json!([{"op": "replace", "path": "title", "value": flag}]));
        scim.patch(&format!("/Users/{id}?{flag}"), title).await.is(200);
        scim.get(&format!("/Schemas?{flag}")).await.is(200);
    }
}

/// A4.2.
async fn booleans_may_be_words(backend: Backend) {
    let (_server, _, scim) = start(backend).await;
    for (number, (sent, expected)) in [
        (json!("True"), true),
        (json!("false"), false),
        (json!("FALSE"), false),
        (json!(true), true),
    ]
    .into_iter()
    .enumerate()
    {
        let body: Value = json!({"schemas": [USER], "userName": format!("u{number}"), "active": sent});
        let made = scim.post("/Users", body).await.is(201);
        assert_eq!(made.json()["active"], expected, "{sent}");
    }
    for nonsense in [json!("yes"), json!(1), json!([true])] {
        let body = json!({"schemas": [USER], "userName": "x", "active": nonsense});
        scim.post("/Users", body).await.refuses(400, "invalidValue");
    }
}
