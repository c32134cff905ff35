//! Microsoft Graph: organization, users, groups, directory roles, deleted items (`entra-facts` C0, C5).

use emulator::tenant::TENANT_ID;
use serde_json::json;

use crate::api::{Api, PORTAL};
use crate::visitor::{ADELE, ALEX, MEGAN, Visitor};

#[tokio::test]
async fn the_organization_and_me() {
    let visitor = Visitor::new().await;
    let alex = Api::of(&visitor, ALEX, &["User.Read"]).await;
    let organization = alex
        .get("/organization?$select=id,displayName,verifiedDomains")
        .await;
    assert_eq!(organization.status, 200, "{organization:?}");
    let one = &organization.body["value"][0];
    assert_eq!(one["id"], TENANT_ID.to_string());
    assert_eq!(one["verifiedDomains"][0]["name"], "contoso.com");
    assert!(one.get("tenantType").is_none());
    let context = organization.body["@odata.context"].as_str().unwrap();
    assert!(
        context.ends_with("/v1.0/$metadata#organization(id,displayName,verifiedDomains)"),
        "{context}"
    );
    let me = alex.get("/me").await;
    assert_eq!(me.body["userPrincipalName"], ALEX);
    assert_eq!(me.body["id"], visitor.person(ALEX).to_string());
    assert!(me.body.get("accountEnabled").is_none(), "only with $select");
    let more = alex.get("/me?$select=accountEnabled,userType").await;
    assert_eq!(
        (&more.body["accountEnabled"], &more.body["userType"]),
        (&json!(true), &json!("Member"))
    );
    assert_eq!(
        alex.get("/users").await.refusal(),
        (403, "Authorization_RequestDenied")
    );
    let megan = visitor.person(MEGAN);
    assert_eq!(alex.get(&format!("/users/{megan}")).await.status, 403);
    assert_eq!(
        alex.get(&format!("/users/{}", visitor.person(ALEX))).await.status,
        200
    );
    let app = Api::app(&visitor, &["User.Read.All"]).await;
    assert_eq!(app.get("/me").await.refusal(), (400, "Request_BadRequest"));
}

#[tokio::test]
async fn every_answer_has_the_headers_and_every_refusal_the_shape() {
    let visitor = Visitor::new().await;
    let nobody = Api::with(&visitor, "");
    let refused = nobody.get("/users").await;
    assert_eq!(refused.refusal(), (401, "InvalidAuthenticationToken"));
    assert!(
        refused
            .header("www-authenticate")
            .starts_with("Bearer realm=\"\", authorization_uri=")
    );
    assert_eq!(Api::with(&visitor, "a.b.c").get("/users").await.status, 401);
    let app = Api::app(&visitor, &["User.Read.All"]).await;
    let own = [("client-request-id", "0f0e0d0c-0000-4000-8000-000000000001")];
    let missing = app
        .send("GET", "/v1.0/users/nobody@contoso.com", &own, None)
        .await;
    assert_eq!(missing.refusal(), (404, "Request_ResourceNotFound"));
    let inner = &missing.body["error"]["innerError"];
    assert_eq!(inner["date"], "2026-11-02T08:00:00");
    assert_eq!(inner["client-request-id"], own[0].1);
    assert_eq!(missing.header("client-request-id"), own[0].1);
    assert_eq!(
        missing.header("request-id"),
        inner["request-id"].as_str().unwrap()
    );
    let users = app.get("/users?$top=1").await;
    assert_eq!(users.header("odata-version"), "4.0");
    assert!(
        users
            .header("content-type")
            .starts_with("application/json;odata.metadata=minimal")
    );
    assert!(users.header("x-ms-ags-diagnostic").starts_with("{\"ServerInfo\""));
    assert_eq!(users.header("x-ms-resource-unit"), "1");
    assert_eq!(app.get("/cooks").await.refusal(), (400, "Request_BadRequest"));
    assert_eq!(app.post("/organization", &json!({})).await.status, 405);
    assert_eq!(app.send("GET", "/beta/users?$top=1", &[], None).await.status, 200);
}

#[tokio::test]
async fn users_are_paged_searched_and_filtered() {
    let visitor = Visitor::new().await;
    let app = Api::app(&visitor, &["User.Read.All"]).await;
    let first = app.get("/users?$select=id").await;
    let (mut ids, mut next) = (
        first.ids(),
        first.body["@odata.nextLink"].as_str().map(str::to_owned),
    );
    assert_eq!(ids.len(), 100);
    while let Some(link) = next {
        assert!(link.starts_with(&visitor.entra.url()), "{link}");
        let page = app.send("GET", &link, &[], None).await;
        ids.extend(page.ids());
        next = page.body["@odata.nextLink"].as_str().map(str::to_owned);
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 250);
    assert_eq!(app.get("/users?$top=999").await.ids().len(), 250);
    assert_eq!(
        app.get("/users?$top=1000").await.refusal(),
        (400, "Request_BadRequest")
    );
    let counted = app.look("/users?$count=true&$top=5").await;
    assert_eq!(
        (&counted.body["@odata.count"], counted.ids().len()),
        (&json!(250), 5)
    );
    assert_eq!(app.look("/users/$count").await.body, json!(250));
    let found = app.look("/users?$search=\"displayName:adele\"").await;
    assert!(
        found.ids().contains(&visitor.person(ADELE).to_string()),
        "{found:?}"
    );
    assert_eq!(
        app.get("/users?$search=\"displayName:adele\"").await.refusal().1,
        "Request_UnsupportedQuery"
    );
    let by_upn = app
        .get(&format!("/users?$filter=userPrincipalName eq '{ADELE}'"))
        .await;
    assert_eq!(by_upn.ids(), [visitor.person(ADELE).to_string()]);
    let guests = app
        .get("/users?$filter=userType eq 'Guest' and startswith(displayName,'Nestor')")
        .await;
    assert_eq!(guests.ids().len(), 1);
    let boss = app
        .get(&format!(
            "/users/{}?$select=id&$expand=manager($select=id)",
            ids[5]
        ))
        .await;
    assert_eq!(boss.status, 200, "{boss:?}");
    assert_eq!(app.get("/users?$filter=nope eq 'x'").await.status, 400);
    assert_eq!(app.get("/users?$select=nope").await.status, 400);
}

#[tokio::test]
async fn the_basic_permission_shows_basic_properties() {
    let visitor = Visitor::new().await;
    let app = Api::app(&visitor, &["User.ReadBasic.All"]).await;
    let adele = app
        .get(&format!(
            "/users/{ADELE}?$select=displayName,accountEnabled,userType"
        ))
        .await;
    assert_eq!(adele.body["displayName"], "Adele Vance");
    assert_eq!(
        (&adele.body["accountEnabled"], &adele.body["userType"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(app.get("/groups").await.status, 403);
}

#[tokio::test]
async fn who_may_administer_users_can_make_change_and_delete_them() {
    let visitor = Visitor::new().await;
    let new = json!({"accountEnabled": true, "displayName": "Service", "mailNickname": "svc",
        "userPrincipalName": "svc.new@contoso.com", "department": "IT",
        "passwordProfile": {"password": "a long enough one", "forceChangePasswordNextSignIn": false}});
    let adele = Api::of(&visitor, ADELE, PORTAL).await;
    assert_eq!(
        adele.post("/users", &new).await.refusal(),
        (403, "Authorization_RequestDenied")
    );
    let megan = Api::of(&visitor, MEGAN, PORTAL).await;
    let made = megan.post("/users", &new).await;
    assert_eq!(made.status, 201, "{made:?}");
    let path = format!("/users/{}", made.body["id"].as_str().unwrap());
    assert_eq!(
        megan.post("/users", &new).await.refusal().1,
        "Request_MultipleObjectsWithSameKeyValue"
    );
    for (name, value) in [
        ("passwordProfile", json!({"password": "short"})),
        ("userPrincipalName", json!("svc@elsewhere.example")),
        ("mailNickname", json!("")),
        ("accountEnabled", json!(null)),
        ("userType", json!("Guest")),
    ] {
        let mut bad = new.clone();
        bad["userPrincipalName"] = json!("other@contoso.com");
        bad[name] = value;
        assert_eq!(
            megan.post("/users", &bad).await.refusal(),
            (400, "Request_BadRequest"),
            "{name}"
        );
    }
    let changed = megan
        .patch(
            &path,
            &json!({"accountEnabled": false, "jobTitle": "Robot", "department": null}),
        )
        .await;
    assert_eq!((changed.status, &changed.body), (204, &json!("")));
    let seen = megan
        .get(&format!("{path}?$select=accountEnabled,jobTitle,department"))
        .await
        .body;
    assert_eq!(
        (&seen["accountEnabled"], &seen["jobTitle"], &seen["department"]),
        (&json!(false), &json!("Robot"), &json!(null))
    );
    assert_eq!(megan.delete(&path).await.status, 204);
    assert_eq!(megan.get(&path).await.status, 404);
    let deleted = megan.get("/directory/deletedItems/microsoft.graph.user").await;
    assert!(deleted.ids().iter().any(|id| path.ends_with(id.as_str())));
    let item = path.replace("/users", "/directory/deletedItems");
    assert_eq!(
        megan.post(&format!("{item}/restore"), &json!({})).await.status,
        200
    );
    assert_eq!(megan.get(&path).await.status, 200);
    megan.delete(&path).await;
    assert_eq!(megan.delete(&item).await.status, 204);
    assert_eq!(
        megan.get(&item).await.refusal(),
        (404, "Request_ResourceNotFound")
    );
}

#[tokio::test]
async fn groups_roles_and_what_somebody_is_a_member_of() {
    let visitor = Visitor::new().await;
    let megan = Api::of(&visitor, MEGAN, PORTAL).await;
    let roles = megan
        .get("/me/transitiveMemberOf/microsoft.graph.directoryRole")
        .await;
    assert_eq!(
        roles.body["value"][0]["roleTemplateId"],
        "62e90394-69f5-4237-9190-012177145e10"
    );
    assert_eq!(
        roles.body["value"][0]["@odata.type"],
        "#microsoft.graph.directoryRole"
    );
    let short = megan.get("/me/memberOf/graph.directoryRole").await;
    assert_eq!(short.ids(), roles.ids());
    assert_eq!(megan.get("/me/memberOf/microsoft.graph.cook").await.status, 400);
    let all = megan.get("/me/memberOf?$select=displayName").await;
    assert_eq!(
        all.body["value"][0],
        json!({"@odata.type": "#microsoft.graph.directoryRole", "displayName": "Global Administrator"})
    );
    let groups = megan.get("/groups?$filter=displayName eq 'All Contoso'").await;
    let id = &groups.ids()[0];
    let members = megan
        .get(&format!("/groups/{id}/members?$top=3&$select=id,displayName"))
        .await;
    assert_eq!(members.ids().len(), 3);
    assert!(members.body["@odata.nextLink"].is_string());
    assert_eq!(members.body["value"][0]["@odata.type"], "#microsoft.graph.user");
    let expanded = megan
        .get(&format!("/groups/{id}?$expand=members($select=id)"))
        .await;
    assert_eq!(expanded.body["members"].as_array().unwrap().len(), 20);
    let listed = megan.get("/directoryRoles").await;
    let named = |name: &str| {
        let list = listed.body["value"].as_array().unwrap();
        list.iter().find(|role| role["displayName"] == name).unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let holders = megan
        .get(&format!(
            "/directoryRoles/{}/members",
            named("Application Administrator")
        ))
        .await;
    assert_eq!(holders.ids(), [visitor.person(ADELE).to_string()]);
    let template = "/directoryRoles(roleTemplateId='62e90394-69f5-4237-9190-012177145e10')/members";
    assert_eq!(
        megan.get(template).await.ids(),
        [visitor.person(MEGAN).to_string()]
    );
}
