//! What is asked of Graph, call by call, and what is made of its answers.

use entra::{
    GraphReason,
    graph::{grants::NewGrant, me::role, users::NewUser},
};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::harness::{Fake, PERSON, World, fake::Seen, json as reply, status};

const SP: &str = "5555";

fn list(values: &[Value]) -> Value {
    json!({ "@odata.context": "x", "value": values })
}

fn user() -> Value {
    json!({
        "id": PERSON, "userPrincipalName": "anna@contoso.example", "displayName": "Anna", "mail": null,
        "userType": "Guest", "accountEnabled": true, "businessPhones": [],
    })
}

fn assignment(id: &str) -> Value {
    json!({
        "id": id, "deletedDateTime": null, "appRoleId": "role", "createdDateTime": "2026-11-21T00:00:00Z",
        "principalDisplayName": "ERP", "principalId": PERSON, "principalType": "User",
        "resourceDisplayName": "Truvio", "resourceId": SP,
    })
}

fn grant(scope: &str) -> Value {
    json!({ "id": "g", "clientId": SP, "consentType": "AllPrincipals", "principalId": null, "resourceId": "r", "scope": scope })
}

/// Answers one request, and shows it.
async fn asked<T, E>(
    world: &World,
    code: u16,
    body: Value,
    call: impl Future<Output = Result<T, E>>,
) -> (T, Seen)
where
    E: std::fmt::Debug,
{
    world.fake.answer(move |_| {
        if code == 204 {
            status(204)
        } else {
            reply(code, &body)
        }
    });
    let answer = call.await.unwrap();
    let seen = world.fake.only();
    assert_eq!(seen.header("authorization"), Some("Bearer graph-token"));
    assert!(seen.header("client-request-id").is_some());
    (answer, seen)
}

#[tokio::test]
async fn people() {
    let world = World::new().await;
    let graph = world.graph();
    let (me, seen) = asked(&world, 200, user(), graph.me()).await;
    assert!(me.is_guest() && me.id == PERSON && me.mail.is_none());
    assert_eq!((seen.method.as_str(), seen.path()), ("GET", "/v1.0/me"));
    assert_eq!(
        seen.query()["$select"],
        "id,userPrincipalName,displayName,mail,userType,accountEnabled"
    );

    let (_, seen) = asked(&world, 200, user(), graph.user("a#EXT#@contoso.example")).await;
    assert_eq!(seen.path(), "/v1.0/users/a%23EXT%23@contoso.example");

    let (found, seen) = asked(&world, 200, list(&[user()]), graph.search_users("an\"n", 0)).await;
    assert_eq!(found.len(), 1);
    let query = seen.query();
    assert_eq!(
        query["$search"],
        r#""displayName:an\"n" OR "userPrincipalName:an\"n" OR "mail:an\"n""#
    );
    assert_eq!((query["$top"].as_str(), query["$count"].as_str()), ("1", "true"));
    assert_eq!(seen.header("consistencylevel"), Some("eventual"));

    let (_, seen) = asked(&world, 200, list(&[]), graph.search_users(" ", 10)).await;
    assert!(!seen.query().contains_key("$search") && seen.header("consistencylevel").is_none());

    let password = SecretString::from("first-Passw0rd");
    let new = NewUser {
        display_name: "ERP",
        user_principal_name: "svc-erp@contoso.example",
        mail_nickname: "svc-erp",
        password: &password,
        must_change_password: false,
    };
    let (_, seen) = asked(&world, 201, user(), graph.create_user(&new)).await;
    assert_eq!((seen.method.as_str(), seen.path()), ("POST", "/v1.0/users"));
    assert_eq!(
        seen.json(),
        json!({
            "accountEnabled": true, "displayName": "ERP", "mailNickname": "svc-erp",
            "userPrincipalName": "svc-erp@contoso.example",
            "passwordProfile": { "forceChangePasswordNextSignIn": false, "password": "first-Passw0rd" },
        })
    );
    assert!(!format!("{new:?}").contains("Passw0rd"));

    let ((), seen) = asked(&world, 204, Value::Null, graph.delete_user(PERSON)).await;
    assert_eq!(
        (seen.method.as_str(), seen.path()),
        ("DELETE", format!("/v1.0/users/{PERSON}").as_str())
    );
}

#[tokio::test]
async fn the_tenant_and_the_persons_roles() {
    let world = World::new().await;
    let graph = world.graph();
    let body = list(&[json!({
        "id": "t", "displayName": "Contoso",
        "verifiedDomains": [{ "name": "contoso.example", "isDefault": true, "isInitial": false, "type": "Managed" }],
    })]);
    let (organization, seen) = asked(&world, 200, body, graph.organization()).await;
    assert_eq!(
        (
            organization.id.as_str(),
            organization.verified_domains[0].is_default
        ),
        ("t", true)
    );
    assert_eq!(seen.path(), "/v1.0/organization");

    let body = list(&[json!({
        "id": "r", "roleTemplateId": role::GLOBAL_ADMINISTRATOR, "displayName": "Global Administrator",
    })]);
    let (roles, seen) = asked(&world, 200, body, graph.my_directory_roles()).await;
    assert_eq!(roles[0].role_template_id, role::GLOBAL_ADMINISTRATOR);
    assert_eq!(
        seen.path(),
        "/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole"
    );
    assert_eq!(seen.header("consistencylevel"), Some("eventual"));

    world.fake.answer(|_| reply(200, &list(&[])));
    assert_eq!(
        graph.organization().await.unwrap_err().reason(),
        GraphReason::NotFound
    );
}

#[tokio::test]
async fn applications() {
    let world = World::new().await;
    let graph = world.graph();
    let app = json!({
        "id": SP, "appId": "it's", "displayName": "Truvio", "accountEnabled": true, "appRoleAssignmentRequired": true,
        "appRoles": [
            { "id": "1", "value": "Off", "isEnabled": false, "allowedMemberTypes": ["User"], "origin": "Application" },
            { "id": "2", "value": "Truvio.SubscriptionService", "isEnabled": true, "allowedMemberTypes": ["User"] },
        ],
        "oauth2PermissionScopes": [{ "id": "3", "value": "Read", "type": "User", "isEnabled": true }],
    });
    let (found, seen) = asked(
        &world,
        200,
        list(std::slice::from_ref(&app)),
        graph.service_principal_by_app_id("it's"),
    )
    .await;
    let found = found.unwrap();
    assert_eq!(found.role("Truvio.SubscriptionService").unwrap().id, "2");
    assert!(found.role("Off").is_none() && found.app_role_assignment_required);
    assert_eq!(found.oauth2_permission_scopes[0].kind.as_deref(), Some("User"));
    assert_eq!(seen.query()["$filter"], "appId eq 'it''s'");

    let (none, _) = asked(&world, 200, list(&[]), graph.service_principal_by_app_id("x")).await;
    assert!(none.is_none());
    let (_, seen) = asked(&world, 200, app.clone(), graph.service_principal(SP)).await;
    assert_eq!(seen.path(), "/v1.0/servicePrincipals/5555");
    let (_, seen) = asked(&world, 201, app, graph.create_service_principal("it's")).await;
    assert_eq!(
        (seen.method.as_str(), seen.json()),
        ("POST", json!({ "appId": "it's" }))
    );
}

#[tokio::test]
async fn assignments_and_grants() {
    let world = World::new().await;
    let graph = world.graph();
    let (_, seen) = asked(
        &world,
        201,
        assignment("a"),
        graph.assign_app_role(SP, PERSON, "role"),
    )
    .await;
    assert_eq!(
        (seen.method.as_str(), seen.path()),
        ("POST", "/v1.0/servicePrincipals/5555/appRoleAssignedTo")
    );
    assert_eq!(
        seen.json(),
        json!({ "principalId": PERSON, "resourceId": SP, "appRoleId": "role" })
    );
    let ((), seen) = asked(
        &world,
        204,
        Value::Null,
        graph.remove_app_role_assignment(SP, "a/b"),
    )
    .await;
    assert_eq!(
        seen.path(),
        "/v1.0/servicePrincipals/5555/appRoleAssignedTo/a%2Fb"
    );
    let (all, seen) = asked(
        &world,
        200,
        list(&[assignment("a")]),
        graph.app_role_assignments_of(SP),
    )
    .await;
    assert_eq!(
        (all[0].principal_id.as_str(), seen.path()),
        (PERSON, "/v1.0/servicePrincipals/5555/appRoleAssignments")
    );
    let (_, seen) = asked(&world, 200, list(&[]), graph.users_app_role_assignments(PERSON)).await;
    assert_eq!(seen.path(), format!("/v1.0/users/{PERSON}/appRoleAssignments"));

    let (grants, seen) = asked(
        &world,
        200,
        list(&[grant("User.Read openid")]),
        graph.permission_grants(SP),
    )
    .await;
    assert_eq!(grants[0].scopes().collect::<Vec<_>>(), ["User.Read", "openid"]);
    assert!(grants[0].is_tenant_wide());
    assert_eq!(seen.query()["$filter"], "clientId eq '5555'");
    for (principal_id, consent_type) in [(None, "AllPrincipals"), (Some(PERSON), "Principal")] {
        let new = NewGrant {
            client_sp_id: SP,
            resource_sp_id: "r",
            principal_id,
            scope: "User.Read",
        };
        let (_, seen) = asked(
            &world,
            201,
            grant("User.Read"),
            graph.create_permission_grant(&new),
        )
        .await;
        assert_eq!(
            seen.json(),
            json!({
                "clientId": SP, "consentType": consent_type, "principalId": principal_id, "resourceId": "r",
                "scope": "User.Read",
            })
        );
    }
    let ((), seen) = asked(
        &world,
        204,
        Value::Null,
        graph.update_permission_grant("g", "a b"),
    )
    .await;
    assert_eq!(
        (seen.method.as_str(), seen.json()),
        ("PATCH", json!({ "scope": "a b" }))
    );
    let ((), seen) = asked(&world, 204, Value::Null, graph.delete_permission_grant("g")).await;
    assert_eq!(
        (seen.method.as_str(), seen.path()),
        ("DELETE", "/v1.0/oauth2PermissionGrants/g")
    );
}

fn page(fake: &Fake, ids: &[&str], next: Option<&str>) -> Value {
    let mut page = list(&ids.iter().map(|id| assignment(id)).collect::<Vec<_>>());
    if let Some(next) = next {
        page["@odata.nextLink"] = format!("{}{next}", fake.base).into();
    }
    page
}

#[tokio::test]
async fn a_list_is_read_to_its_end() {
    let world = World::new().await;
    let fake = &world.fake;
    fake.answers(vec![
        reply(200, &page(fake, &["a", "b"], Some("v1.0/x?$skiptoken=1"))),
        reply(200, &page(fake, &[], Some("v1.0/x?$skiptoken=2"))),
        reply(200, &page(fake, &["c"], None)),
    ]);
    let all = world.graph().app_roles_assigned_to(SP).await.unwrap();
    assert_eq!(
        all.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(),
        ["a", "b", "c"]
    );
    let targets: Vec<String> = fake.seen().into_iter().map(|seen| seen.target).collect();
    assert_eq!(
        targets[1..],
        ["/v1.0/x?$skiptoken=1", "/v1.0/x?$skiptoken=2"],
        "links are followed to the letter"
    );
}

#[tokio::test]
async fn half_a_list_is_none() {
    let world = World::new().await;
    let fake = &world.fake;
    fake.answers(vec![
        reply(200, &page(fake, &["a"], Some("v1.0/x"))),
        reply(403, &json!({})),
    ]);
    let error = world.graph().app_roles_assigned_to(SP).await.unwrap_err();
    assert_eq!(error.reason(), GraphReason::Forbidden);
}

#[tokio::test]
async fn a_list_that_leads_in_a_circle() {
    let world = World::new().await;
    let body = page(&world.fake, &["a"], Some("v1.0/x"));
    world.fake.answer(move |_| reply(200, &body));
    let error = world.graph().app_roles_assigned_to(SP).await.unwrap_err();
    assert_eq!(error.reason(), GraphReason::Endless);
    assert_eq!(world.fake.seen().len(), 2);
}

#[tokio::test]
async fn a_next_page_on_another_host_never_sees_the_token() {
    let (world, evil) = (World::new().await, Fake::start().await);
    for next in [
        format!("{}v1.0/x", evil.base),
        "http://169.254.169.254/x".to_owned(),
        format!("http://user@{}/x", &world.fake.base.authority()),
        "/v1.0/relative".to_owned(),
        "nonsense".to_owned(),
    ] {
        let mut body = page(&world.fake, &["a"], None);
        body["@odata.nextLink"] = next.clone().into();
        world.fake.answer(move |_| reply(200, &body));
        let error = world.graph().app_roles_assigned_to(SP).await.unwrap_err();
        assert_eq!(error.reason(), GraphReason::ForeignLink, "{next}");
        assert_eq!(world.fake.seen().len(), 1);
    }
    assert!(evil.seen().is_empty());
}

#[tokio::test]
async fn a_refusal_tells_all() {
    let world = World::new().await;
    world.fake.answer(|_| {
        let body = json!({ "error": {
            "code": "InvalidAuthenticationToken", "message": "Continuous access evaluation resulted in challenge",
            "innererror": { "date": "x", "request-id": "inner", "client-request-id": "y" },
        }});
        let mut response = reply(401, &body);
        let challenge = r#"Bearer realm="", error="insufficient_claims", claims="eyJhIjoxfQ==""#;
        response.headers_mut().insert("www-authenticate", challenge.parse().unwrap());
        response
    });
    let error = world.graph().me().await.unwrap_err();
    assert_eq!((error.reason(), error.status), (GraphReason::Unauthorized, 401));
    assert_eq!(
        (error.claims.as_deref(), error.request_id.as_deref()),
        (Some(r#"{"a":1}"#), Some("inner"))
    );
    assert!(
        !error.is_passing()
            && error
                .to_string()
                .starts_with("InvalidAuthenticationToken (HTTP 401)")
    );
}

#[tokio::test]
async fn an_assignment_to_what_was_just_made_may_pass_later() {
    let world = World::new().await;
    for (status, message, reason) in [
        (404, "Resource 'x' does not exist", GraphReason::Eventual),
        (
            400,
            "Permission being assigned was not found on application",
            GraphReason::RoleNotOnApp,
        ),
    ] {
        let code = if status == 404 {
            "Request_ResourceNotFound"
        } else {
            "Request_BadRequest"
        };
        let body = json!({ "error": { "code": code, "message": message } });
        world.fake.answer(move |_| reply(status, &body));
        let error = world
            .graph()
            .assign_app_role(SP, PERSON, "role")
            .await
            .unwrap_err();
        assert_eq!((error.reason(), error.is_passing()), (reason, true));
    }
}
