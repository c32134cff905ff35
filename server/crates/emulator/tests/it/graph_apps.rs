//! Microsoft Graph: service principals, app role assignments, grants, registrations (`entra-facts` C4, C5).

use std::time::Duration;

use emulator::cloud::{GRAPH_APP_ID, HERO_SAAS_PRINCIPAL, ROLLCALL, TRUU, TRUVIO};
use emulator::tenant::ObjectId;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::api::{Api, PORTAL, principal};
use crate::visitor::{ADELE, ALEX, MEGAN, SERVICE, Visitor};

async fn truvio(api: &Api<'_>) -> Value {
    let found = api
        .get(&format!("/servicePrincipals?$filter=appId eq '{TRUVIO}'"))
        .await;
    assert_eq!(found.ids().len(), 1, "{found:?}");
    found.body["value"][0].clone()
}

#[tokio::test]
async fn an_app_role_is_assigned_read_and_removed() {
    let visitor = Visitor::new().await;
    let (sp, service) = (principal(&visitor, TRUVIO), visitor.person(SERVICE).to_string());
    let adele = Api::of(&visitor, ADELE, PORTAL).await;
    let found = truvio(&adele).await;
    assert_eq!(
        (&found["id"], &found["appRoleAssignmentRequired"]),
        (&json!(sp), &json!(false))
    );
    let role = found["appRoles"][0].clone();
    assert_eq!(
        (&role["value"], &role["origin"]),
        (&json!("Truvio.SubscriptionService"), &json!("Application"))
    );
    let by_key = adele
        .get(&format!("/servicePrincipals(appId='{TRUVIO}')?$select=id"))
        .await;
    assert_eq!(by_key.body["id"], sp);
    let new = json!({"principalId": service, "resourceId": sp, "appRoleId": role["id"]});
    let path = format!("/servicePrincipals/{sp}/appRoleAssignedTo");
    let made = adele.post(&path, &new).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(
        (&made.body["principalType"], &made.body["resourceDisplayName"]),
        (&json!("User"), &json!("Truvio"))
    );
    let again = adele.post(&path, &new).await;
    assert_eq!(again.refusal(), (400, "Request_BadRequest"));
    assert_eq!(
        again.body["error"]["message"],
        "Permission being assigned already exists on the object"
    );
    let wrong = json!({"principalId": service, "resourceId": sp, "appRoleId": "00000000-0000-0000-0000-000000000000"});
    let wrong = adele.post(&path, &wrong).await.body["error"]["message"].clone();
    assert!(
        wrong
            .as_str()
            .unwrap()
            .starts_with("Permission being assigned was not found on application")
    );
    assert_eq!(adele.get(&path).await.ids(), [made.body["id"].as_str().unwrap()]);
    let held = adele
        .get(&format!(
            "/users/{SERVICE}/appRoleAssignments?$filter=resourceId eq {sp}"
        ))
        .await;
    assert_eq!(held.body["value"][0]["appRoleId"], role["id"]);
    let elsewhere =
        json!({"principalId": service, "resourceId": principal(&visitor, ROLLCALL), "appRoleId": role["id"]});
    assert_eq!(adele.post(&path, &elsewhere).await.status, 400);
    let gone = format!("{path}/{}", made.body["id"].as_str().unwrap());
    assert_eq!(adele.delete(&gone).await.status, 204);
    assert_eq!(
        adele.delete(&gone).await.refusal(),
        (404, "Request_ResourceNotFound")
    );
}

#[tokio::test]
async fn what_somebody_may_do_follows_scope_and_directory_role() {
    let visitor = Visitor::new().await;
    let (sp, graph) = (principal(&visitor, TRUVIO), principal(&visitor, GRAPH_APP_ID));
    let service = visitor.person(SERVICE).to_string();
    let scopes = ["User.Read", "Application.Read.All"];
    let reads = Api::of(&visitor, MEGAN, &scopes).await;
    let role = truvio(&reads).await["appRoles"][0]["id"].clone();
    let new = json!({"principalId": service, "resourceId": sp, "appRoleId": role});
    let path = format!("/servicePrincipals/{sp}/appRoleAssignedTo");
    assert_eq!(
        reads.post(&path, &new).await.refusal(),
        (403, "Authorization_RequestDenied"),
        "scope"
    );
    let alex = Api::of(&visitor, ALEX, PORTAL).await;
    assert_eq!(
        alex.post(&path, &new).await.refusal(),
        (403, "Authorization_RequestDenied"),
        "role"
    );
    let permission = "df021288-bdef-4463-88db-98f22de89214";
    let grant = json!({"principalId": sp, "resourceId": graph, "appRoleId": permission});
    let of_graph = format!("/servicePrincipals/{graph}/appRoleAssignedTo");
    let adele = Api::of(&visitor, ADELE, PORTAL).await;
    assert_eq!(
        adele.post(&of_graph, &grant).await.status,
        403,
        "Graph's own permissions"
    );
    assert_eq!(adele.post(&path, &new).await.status, 201);
    let megan = Api::of(&visitor, MEGAN, PORTAL).await;
    assert_eq!(megan.post(&of_graph, &grant).await.status, 201);
    let held = megan
        .get(&format!("/servicePrincipals/{sp}/appRoleAssignments"))
        .await;
    assert_eq!(held.body["value"][0]["principalType"], "ServicePrincipal");
    let only = Api::app(&visitor, &["AppRoleAssignment.ReadWrite.All"]).await;
    assert_eq!(only.delete(&format!("{path}/x")).await.status, 404);
    assert_eq!(
        only.post(&path, &new).await.status,
        403,
        "Application.Read.All is needed as well"
    );
}

#[tokio::test]
async fn delegated_grants() {
    let visitor = Visitor::new().await;
    let (client, graph) = (principal(&visitor, TRUVIO), principal(&visitor, GRAPH_APP_ID));
    let adele = Api::of(&visitor, ADELE, PORTAL).await;
    let new = json!({"clientId": client, "consentType": "AllPrincipals", "principalId": null,
        "resourceId": graph, "scope": "User.Read openid profile"});
    let made = adele.post("/oauth2PermissionGrants", &new).await;
    assert_eq!(made.status, 201, "{made:?}");
    let again = adele.post("/oauth2PermissionGrants", &new).await;
    assert_eq!(again.refusal(), (409, "Request_MultipleObjectsWithSameKeyValue"));
    let filter =
        format!("clientId eq '{client}' and resourceId eq '{graph}' and consentType eq 'AllPrincipals'");
    let found = adele
        .get(&format!("/oauth2PermissionGrants?$filter={filter}"))
        .await;
    assert_eq!(found.ids(), [made.body["id"].as_str().unwrap()]);
    let path = format!("/oauth2PermissionGrants/{}", found.ids()[0]);
    assert_eq!(adele.patch(&path, &json!({"scope": "openid"})).await.status, 204);
    assert_eq!(adele.get(&path).await.body["scope"], "openid");
    assert_eq!(
        adele.patch(&path, &json!({"scope": "Cook.Dinner"})).await.status,
        400
    );
    let alex = Api::of(&visitor, ALEX, PORTAL).await;
    assert_eq!(alex.post("/oauth2PermissionGrants", &new).await.status, 403);
    assert_eq!(alex.delete(&path).await.status, 403);
    let listed = adele
        .get(&format!("/servicePrincipals/{client}/oauth2PermissionGrants"))
        .await;
    assert_eq!(listed.ids().len(), 1);
    assert_eq!(adele.delete(&path).await.status, 204);
    assert_eq!(adele.get(&path).await.status, 404);
}

#[tokio::test]
async fn an_application_is_made_given_a_secret_and_a_principal() {
    let visitor = Visitor::new().await;
    let app = Api::app(&visitor, &["Application.ReadWrite.OwnedBy"]).await;
    let new = json!({"displayName": "Pull sync", "signInAudience": "AzureADMyOrg", "requiredResourceAccess": [{
        "resourceAppId": GRAPH_APP_ID.to_string(),
        "resourceAccess": [{"id": "df021288-bdef-4463-88db-98f22de89214", "type": "Role"}]}]});
    let made = app.post("/applications", &new).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(made.body["requiredResourceAccess"], new["requiredResourceAccess"]);
    let (path, app_id) = (
        format!("/applications/{}", made.body["id"].as_str().unwrap()),
        &made.body["appId"],
    );
    let with_principal = app.post("/servicePrincipals", &json!({"appId": app_id})).await;
    assert_eq!(with_principal.status, 201);
    assert_eq!(
        app.post("/servicePrincipals", &json!({"appId": app_id}))
            .await
            .status,
        409
    );
    let wanted =
        json!({"passwordCredential": {"displayName": "sync", "endDateTime": "2027-02-01T00:00:00Z"}});
    let secret = app.post(&format!("{path}/addPassword"), &wanted).await;
    assert_eq!(secret.status, 200);
    let text = secret.body["secretText"].as_str().unwrap();
    assert_eq!(
        (text.len(), &secret.body["endDateTime"]),
        (40, &json!("2027-02-01T00:00:00Z"))
    );
    let seen = app.get(&path).await.body["passwordCredentials"][0].clone();
    assert_eq!(
        (&seen["secretText"], &seen["hint"]),
        (&json!(null), &json!(&text[..3]))
    );
    let key = json!({"keyId": secret.body["keyId"]});
    assert_eq!(
        app.post(&format!("{path}/removePassword"), &key).await.status,
        204
    );
    assert_eq!(
        app.post(&format!("{path}/removePassword"), &key).await.status,
        400
    );
    let role = json!({"id": "11110000-0000-4000-8000-000000000000", "allowedMemberTypes": ["User"], "description": "d",
        "displayName": "Reader", "isEnabled": true, "value": "Reader"});
    assert_eq!(app.patch(&path, &json!({"appRoles": [role]})).await.status, 204);
    assert_eq!(
        app.patch(&path, &json!({"appRoles": []})).await.status,
        400,
        "disabled first"
    );
    assert_eq!(
        app.patch(
            &path,
            &json!({"web": {"redirectUris": ["http://elsewhere.example"]}})
        )
        .await
        .status,
        400
    );
    let sp = with_principal.body["id"].as_str().unwrap();
    let required = json!({"appRoleAssignmentRequired": true, "accountEnabled": false});
    assert_eq!(
        app.patch(&format!("/servicePrincipals/{sp}"), &required)
            .await
            .status,
        204
    );
    let truvio = principal(&visitor, TRUVIO);
    assert_eq!(
        app.patch(&format!("/servicePrincipals/{truvio}"), &required)
            .await
            .status,
        403,
        "not its own"
    );
    let by_app = format!("/applications(appId='{}')", app_id.as_str().unwrap());
    assert_eq!(app.get(&by_app).await.body["displayName"], "Pull sync");
    assert_eq!(app.delete(&path).await.status, 204);
    assert_eq!(app.get(&format!("/servicePrincipals/{sp}")).await.status, 404);
}

#[tokio::test]
async fn the_template_makes_application_and_principal_after_a_while() {
    let visitor = Visitor::new().await;
    let app = Api::app(&visitor, &["Application.ReadWrite.OwnedBy", "User.ReadWrite.All"]).await;
    visitor
        .entra
        .cloud()
        .set_replication_delay(SignedDuration::from_secs(30));
    let path = "/applicationTemplates/8adf8e6e-67b2-4cf2-a259-e3dc5476c621/instantiate";
    let made = app.post(path, &json!({"displayName": "Hero SaaS 2"})).await;
    assert_eq!(made.status, 201, "{made:?}");
    let (application, sp) = (&made.body["application"], &made.body["servicePrincipal"]);
    assert_eq!(
        (&sp["appRoleAssignmentRequired"], &sp["appId"]),
        (&json!(true), &application["appId"])
    );
    let names: Vec<_> = sp["appRoles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|role| role["displayName"].clone())
        .collect();
    assert_eq!(names, ["User", "msiam_access"]);
    let paths = [("servicePrincipals", sp), ("applications", application)];
    let paths = paths.map(|(set, object)| format!("/{set}/{}", object["id"].as_str().unwrap()));
    let user = json!({"accountEnabled": true, "displayName": "New", "mailNickname": "new",
        "userPrincipalName": "new@contoso.com", "passwordProfile": {"password": "long enough"}});
    assert_eq!(app.post("/users", &user).await.status, 201);
    for path in paths.iter().map(String::as_str).chain(["/users/new@contoso.com"]) {
        assert_eq!(
            app.get(path).await.refusal(),
            (404, "Request_ResourceNotFound"),
            "{path}"
        );
    }
    visitor.entra.clock().advance(Duration::from_secs(30));
    for path in paths.iter().map(String::as_str).chain(["/users/new@contoso.com"]) {
        assert_eq!(app.get(path).await.status, 200, "{path}");
    }
    assert_eq!(
        app.post(
            "/applicationTemplates/x/instantiate",
            &json!({"displayName": "x"})
        )
        .await
        .status,
        400
    );
    assert_eq!(principal(&visitor, TRUU).len(), 36);
}

#[tokio::test]
async fn what_the_provisioning_job_is_assigned_is_an_assignment_like_others() {
    let visitor = Visitor::new().await;
    let tenant = visitor.entra.tenant();
    let group = tenant.find_group("Sales").unwrap().id;
    tenant.assign(group).unwrap();
    let adele = Api::of(&visitor, ADELE, PORTAL).await;
    let path = format!("/servicePrincipals/{HERO_SAAS_PRINCIPAL}/appRoleAssignedTo");
    let listed = adele.get(&path).await;
    assert_eq!(listed.body["value"][0]["principalDisplayName"], "Sales");
    let role = listed.body["value"][0]["appRoleId"].clone();
    let (alex, sp) = (visitor.person(ALEX), HERO_SAAS_PRINCIPAL.to_string());
    let new = json!({"principalId": alex.to_string(), "resourceId": sp, "appRoleId": role});
    let made = adele.post(&path, &new).await;
    assert_eq!(
        (made.status, &made.body["resourceDisplayName"]),
        (201, &json!("Hero SaaS")),
        "{made:?}"
    );
    assert!(
        tenant.read().assignments().contains(&ObjectId(alex)),
        "the job sees it"
    );
    assert_eq!(adele.post(&path, &new).await.status, 400);
    let held = adele.get(&format!("/users/{alex}/appRoleAssignments")).await;
    assert_eq!(held.ids(), [made.body["id"].as_str().unwrap()]);
    assert_eq!(
        adele.delete(&format!("{path}/{}", held.ids()[0])).await.status,
        204
    );
    assert!(!tenant.read().assignments().contains(&ObjectId(alex)));
    assert_eq!(adele.get(&path).await.ids().len(), 1);
}
