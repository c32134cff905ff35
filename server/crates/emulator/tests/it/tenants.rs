//! The admin center's other half: tenants, enterprise applications, consent, registrations, directory roles.

use emulator::cloud::{
    DEFAULT_ACCESS, FABRIKAM, GRAPH_APP_ID, HERO_INDUSTRIES, HERO_SAAS_PRINCIPAL, ROLLCALL, TRUVIO,
};
use emulator::tenant::{HOSTILE_NAME, TENANT_ID};

use crate::api::principal;
use crate::visitor::{ALEX, SERVICE, Visitor};

/// Sends a form and returns the page it leads to.
async fn post(visitor: &Visitor, path: &str, fields: &[(&str, &str)]) -> String {
    let seen = visitor.post(path, fields).await;
    assert_eq!(seen.status, 303, "{path}: {}", seen.text);
    get(visitor, &seen.to.unwrap()).await
}

async fn get(visitor: &Visitor, path: &str) -> String {
    let seen = visitor.get(path).await;
    assert_eq!(seen.status, 200, "{path}");
    assert!(seen.policy.starts_with("default-src 'none'"), "{}", seen.policy);
    seen.text
}

#[tokio::test]
async fn one_goes_from_tenant_to_tenant() {
    let visitor = Visitor::new().await;
    let home = get(&visitor, "/?tenant=fabrikam.com").await;
    assert!(home.contains("Fabrikam admin center") && home.contains(&FABRIKAM.to_string()));
    assert!(home.contains("/users?tenant=fabrikam.com") && !home.contains("Provisioning logs"));
    let users = get(&visitor, "/users?tenant=fabrikam.com").await;
    assert!(users.contains("@fabrikam.com") && !users.contains("@contoso.com"));
    let fields = [
        ("tenant", "fabrikam.com"),
        ("given", "New"),
        ("surname", "Face"),
        ("local", "new.face"),
    ];
    let page = post(&visitor, "/users", &fields).await;
    assert!(page.contains("New Face was created.") && page.contains("new.face@fabrikam.com"));
    assert!(!page.contains("Assign to Hero SaaS"));
    assert!(get(&visitor, "/users").await.contains("@contoso.com"));
    let groups = get(&visitor, "/groups?tenant=fabrikam.com").await;
    assert!(groups.contains("Fabrikam admin center"));
    let page = post(
        &visitor,
        "/groups",
        &[
            ("tenant", "fabrikam.com"),
            ("name", "Kitchen"),
            ("type", "security"),
        ],
    )
    .await;
    assert!(page.contains("Fabrikam admin center") && page.contains("Kitchen"));
}

#[tokio::test]
async fn the_demo_names_its_people_and_where_to_begin() {
    let visitor = Visitor::new().await;
    let page = get(&visitor, "/demo").await;
    for person in visitor.entra.cloud().people() {
        assert!(page.contains(&format!("/users/{}", person.id)), "{}", person.upn);
    }
    assert!(page.contains("nestor.wilke@fabrikam.com") && !page.contains("#EXT#"));
    assert!(!page.contains("Open the portal"));
    visitor
        .entra
        .cloud()
        .add_portal("http://127.0.0.1:9000/")
        .unwrap();
    let page = get(&visitor, "/demo").await;
    assert!(page.contains("href=\"http://127.0.0.1:9000/\""), "{page}");
}

#[tokio::test]
async fn the_role_of_the_guide_is_assigned_by_hand() {
    let visitor = Visitor::new().await;
    assert!(!get(&visitor, "/enterprise-applications").await.contains("Truvio"));
    visitor.consent_to_truvio().await;
    let list = get(&visitor, "/enterprise-applications").await;
    let sp = principal(&visitor, TRUVIO);
    let own = format!("/enterprise-applications/{sp}");
    assert!(list.contains(&own) && list.contains("Hero SaaS"));
    let page = get(&visitor, &own).await;
    assert!(page.contains(&TRUVIO.to_string()) && page.contains("Hero Industries"));
    let page = post(
        &visitor,
        &format!("{own}/properties"),
        &[("enabled", "yes"), ("required", "yes")],
    )
    .await;
    assert!(page.contains("The properties were saved."));
    let view = || {
        visitor
            .entra
            .cloud()
            .view()
            .principal_of(TENANT_ID, TRUVIO)
            .unwrap()
            .clone()
    };
    assert!(view().app_role_assignment_required && view().account_enabled);
    let members = format!("{own}/users-and-groups");
    let page = get(&visitor, &members).await;
    assert!(
        page.contains("Nobody is assigned to Truvio yet.") && page.contains("Truvio.SubscriptionService")
    );
    let role = visitor
        .entra
        .cloud()
        .view()
        .application(TRUVIO)
        .unwrap()
        .app_roles[0]
        .id
        .to_string();
    let fields = [("user", SERVICE), ("group", ""), ("role", role.as_str())];
    let page = post(&visitor, &format!("{members}/add"), &fields).await;
    assert!(page.contains("was assigned to Truvio Service."), "{page}");
    let page = post(&visitor, &format!("{members}/add"), &fields).await;
    assert!(page.contains("Permission being assigned already exists"));
    let page = get(&visitor, &format!("/users/{}", visitor.person(SERVICE))).await;
    assert!(page.contains(&own) && page.contains("Truvio.SubscriptionService") && page.contains("Member"));
    let held = {
        let view = visitor.entra.cloud().view();
        view.app_role_assignments(TENANT_ID)
            .find(|held| held.resource_id.to_string() == sp)
            .unwrap()
            .id
            .clone()
    };
    let page = post(&visitor, &format!("{members}/remove"), &[("assignment", &held)]).await;
    assert!(page.contains("The assignment was removed."));
    for bad in [
        [("user", ""), ("role", role.as_str())],
        [("user", "nobody"), ("role", role.as_str())],
        [("user", SERVICE), ("role", "")],
    ] {
        assert!(
            post(&visitor, &format!("{members}/add"), &bad)
                .await
                .contains("Not done"),
            "{bad:?}"
        );
    }
    let default = [("user", SERVICE), ("role", &DEFAULT_ACCESS.to_string())];
    assert!(
        post(&visitor, &format!("{members}/add"), &default)
            .await
            .contains("Not done")
    );
    let page = post(&visitor, &format!("{own}/delete"), &[]).await;
    assert!(page.contains("Truvio was deleted."));
    assert_eq!(visitor.get(&own).await.status, 404);
}

#[tokio::test]
async fn consent_is_seen_given_and_revoked() {
    let visitor = Visitor::new().await;
    let sp = principal(&visitor, ROLLCALL);
    let path = format!("/enterprise-applications/{sp}/permissions");
    let page = get(&visitor, &path).await;
    assert!(page.contains("No administrator consented") && page.contains("Grant admin consent for Contoso"));
    let page = post(&visitor, &format!("{path}/grant"), &[]).await;
    assert!(
        page.contains("Admin consent was granted: 10 permissions.") && page.contains("User.ReadWrite.All")
    );
    let alex = visitor.person(ALEX);
    let cloud = visitor.entra.cloud();
    cloud
        .consent(
            TENANT_ID,
            ROLLCALL,
            Some(alex),
            GRAPH_APP_ID,
            &["User.Read".to_owned()],
        )
        .unwrap();
    assert!(get(&visitor, &path).await.contains("Alex Wilber"));
    let grants: Vec<_> = cloud
        .view()
        .permission_grants(TENANT_ID)
        .map(|grant| (grant.id.clone(), grant.principal_id))
        .collect();
    let wide = grants.iter().find(|(_, who)| who.is_none()).unwrap();
    post(
        &visitor,
        &format!("{path}/revoke"),
        &[("handle", &format!("{} User.ReadWrite.All", wide.0))],
    )
    .await;
    let held = cloud
        .view()
        .granted_scopes(TENANT_ID, ROLLCALL, GRAPH_APP_ID, visitor.person(SERVICE));
    assert!(
        held.iter().any(|scope| scope == "User.Read")
            && !held.iter().any(|scope| scope == "User.ReadWrite.All")
    );
    let single = grants.iter().find(|(_, who)| who.is_some()).unwrap();
    let page = post(
        &visitor,
        &format!("{path}/revoke"),
        &[("handle", &format!("{} User.Read", single.0))],
    )
    .await;
    assert!(page.contains("Nobody consented for themselves."));
    let hero = get(
        &visitor,
        &format!("/enterprise-applications/{HERO_SAAS_PRINCIPAL}"),
    )
    .await;
    assert!(hero.contains("/enterprise-applications/hero-saas/users-and-groups"));
}

#[tokio::test]
async fn a_registration_is_made_and_changed_by_hand() {
    let visitor = Visitor::new().await;
    let list = get(&visitor, "/app-registrations?tenant=heroindustries.example").await;
    assert!(
        list.contains("Truvio") && list.contains("Rollcall") && list.contains("Hero Industries admin center")
    );
    let page = post(
        &visitor,
        "/app-registrations",
        &[("tenant", "heroindustries.example"), ("name", HOSTILE_NAME)],
    )
    .await;
    assert!(page.contains("was registered.") && !page.contains("<img"));
    let app = visitor
        .entra
        .cloud()
        .view()
        .application_named(HOSTILE_NAME)
        .unwrap()
        .app_id;
    let read = || visitor.entra.cloud().view().application(app).unwrap().clone();
    assert_eq!(read().home_tenant, Some(HERO_INDUSTRIES));
    let path = |action: &str| format!("/app-registrations/{app}/{action}");
    post(
        &visitor,
        &path("add-redirect"),
        &[("uri", "https://a.example/callback")],
    )
    .await;
    let page = post(
        &visitor,
        &path("add-redirect"),
        &[("uri", "http://a.example/callback")],
    )
    .await;
    assert!(page.contains("Not done"));
    assert_eq!(read().web_redirect_uris, ["https://a.example/callback"]);
    post(
        &visitor,
        &path("remove-redirect"),
        &[("value", "https://a.example/callback")],
    )
    .await;
    let page = post(
        &visitor,
        &path("add-secret"),
        &[("description", "first"), ("days", "90")],
    )
    .await;
    let secret = read().secrets[0].clone();
    assert!(page.contains(&secret.value.replace('\'', "&#39;")));
    let page = get(&visitor, &format!("/app-registrations/{app}")).await;
    assert!(
        !page.contains(&secret.value) && page.contains(&secret.key_id.to_string()),
        "shown once"
    );
    post(
        &visitor,
        &path("remove-secret"),
        &[("value", &secret.key_id.to_string())],
    )
    .await;
    for (permission, kind) in [("user.read.all", "application"), ("User.Read", "delegated")] {
        post(
            &visitor,
            &path("add-permission"),
            &[("permission", permission), ("kind", kind)],
        )
        .await;
    }
    let page = post(
        &visitor,
        &path("add-permission"),
        &[("permission", "User.Read"), ("kind", "application")],
    )
    .await;
    assert!(page.contains("does not exist as this type"));
    let page = post(&visitor, &path("grant"), &[]).await;
    assert!(page.contains("Admin consent was granted: 2 permissions."));
    let page = post(
        &visitor,
        &path("add-role"),
        &[("name", "Reader"), ("role", "App.Reader"), ("members", "both")],
    )
    .await;
    assert!(page.contains("App.Reader"));
    let role = read().app_roles[0].id.to_string();
    assert!(
        post(&visitor, &path("remove-role"), &[("value", &role)])
            .await
            .contains("unless disabled first")
    );
    post(&visitor, &path("disable-role"), &[("value", &role)]).await;
    post(&visitor, &path("remove-role"), &[("value", &role)]).await;
    let after = read();
    assert!(after.secrets.is_empty() && after.app_roles.is_empty() && after.web_redirect_uris.is_empty());
}

#[tokio::test]
async fn directory_roles_are_given_and_taken() {
    let visitor = Visitor::new().await;
    let alex = visitor.person(ALEX);
    let path = |action: &str| format!("/users/{alex}/{action}");
    let page = post(
        &visitor,
        &path("give-role"),
        &[("role", "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3")],
    )
    .await;
    assert!(page.contains("Remove Application Administrator"));
    assert_eq!(
        visitor
            .entra
            .cloud()
            .view()
            .directory_roles(TENANT_ID, alex)
            .len(),
        1
    );
    post(
        &visitor,
        &path("take-role"),
        &[("role", "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3")],
    )
    .await;
    assert!(
        visitor
            .entra
            .cloud()
            .view()
            .directory_roles(TENANT_ID, alex)
            .is_empty()
    );
    assert!(
        post(&visitor, &path("give-role"), &[("role", "King")])
            .await
            .contains("Not done")
    );
}
