//! What an application of Contoso's own needs to read its directory (checklist 4): its secret, its permissions one by
//! one, domains, authentication methods (`entra-facts` B4, B5, C4, C5.14, C5.16).

use std::collections::BTreeSet;

use emulator::cloud::{FABRIKAM, GRAPH_APP_ID, TRUU_SYNC};
use emulator::tenant::TENANT_ID;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::{Api, PORTAL};
use crate::visitor::{ADELE, ALEX, MEGAN, Visitor, claims, refusal};

const APP_ONLY: [(&str, &str); 2] = [
    ("grant_type", "client_credentials"),
    ("scope", "https://graph.microsoft.com/.default"),
];

async fn token(visitor: &Visitor) -> Value {
    let (status, body) = visitor.token(&TENANT_ID.to_string(), TRUU_SYNC, &APP_ONLY).await;
    assert_eq!(status, 200, "{body}");
    body["access_token"].clone()
}

async fn sync(visitor: &Visitor) -> Api<'_> {
    Api::with(visitor, token(visitor).await.as_str().unwrap())
}

fn grant(visitor: &Visitor, name: &str) {
    let cloud = visitor.entra.cloud();
    let role = cloud
        .view()
        .application(GRAPH_APP_ID)
        .unwrap()
        .role_named(name)
        .unwrap()
        .id;
    cloud
        .consent_to_role(TENANT_ID, TRUU_SYNC, GRAPH_APP_ID, role)
        .unwrap();
}

#[tokio::test]
async fn each_permission_opens_its_calls_and_no_others() {
    let visitor = Visitor::new().await;
    let first = token(&visitor).await;
    let roles: BTreeSet<_> = claims(&first)["roles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|role| role.as_str().unwrap().to_owned())
        .collect();
    let expected = ["Application.Read.All", "Group.Read.All", "User.Read.All"];
    assert_eq!(roles, expected.map(str::to_owned).into());
    let old = Api::with(&visitor, first.as_str().unwrap());
    let methods = format!("/users/{ADELE}/authentication/methods");
    for path in ["/users/delta", "/groups/delta", "/applications"] {
        assert_eq!(old.get(path).await.status, 200, "{path}");
    }
    for path in [
        "/devices",
        "/devices/delta",
        "/organization",
        "/domains",
        &methods,
    ] {
        assert_eq!(
            old.get(path).await.refusal(),
            (403, "Authorization_RequestDenied"),
            "{path}"
        );
    }
    for name in [
        "Device.Read.All",
        "Directory.Read.All",
        "UserAuthenticationMethod.Read.All",
    ] {
        grant(&visitor, name);
    }
    assert_eq!(
        old.get("/devices").await.status,
        403,
        "an old token keeps its roles"
    );
    let new = sync(&visitor).await;
    for path in [
        "/devices",
        "/devices/delta",
        "/organization",
        "/domains",
        &methods,
    ] {
        assert_eq!(new.get(path).await.status, 200, "{path}");
    }
    assert_eq!(
        new.patch(&format!("/users/{ADELE}"), &json!({"jobTitle": "x"}))
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn what_can_be_wrong_with_its_credentials() {
    let visitor = Visitor::new().await;
    let home = TENANT_ID.to_string();
    let (id, secret) = (TRUU_SYNC.to_string(), visitor.secret(TRUU_SYNC));
    let key = visitor
        .entra
        .cloud()
        .view()
        .application(TRUU_SYNC)
        .unwrap()
        .secrets[0]
        .key_id
        .to_string();
    let ask = async |tenant: &str, client: &str, secret: &str| {
        let mut fields = APP_ONLY.to_vec();
        fields.extend([("client_id", client), ("client_secret", secret)]);
        refusal(&visitor.raw_token(tenant, &fields).await)
    };
    assert_eq!(
        ask(&home, &id, &key).await,
        (401, "invalid_client".to_owned(), 7_000_215)
    );
    let nowhere = Uuid::max().to_string();
    assert_eq!(
        ask(&nowhere, &id, &secret).await,
        (400, "invalid_request".to_owned(), 90_002)
    );
    let other = FABRIKAM.to_string();
    assert_eq!(
        ask(&other, &id, &secret).await,
        (400, "unauthorized_client".to_owned(), 700_016)
    );
    assert_eq!(
        ask(&home, &nowhere, &secret).await,
        (400, "unauthorized_client".to_owned(), 700_016)
    );
    let year = std::time::Duration::from_secs(366 * 86_400);
    visitor.entra.clock().advance(year);
    assert_eq!(
        ask(&home, &id, &secret).await,
        (401, "invalid_client".to_owned(), 7_000_222)
    );
}

#[tokio::test]
async fn another_is_made_by_graph_from_registration_to_token() {
    let visitor = Visitor::new().await;
    let mut scopes = PORTAL.to_vec();
    scopes.push("Application.ReadWrite.All");
    let megan = Api::of(&visitor, MEGAN, &scopes).await;
    let graph = GRAPH_APP_ID.to_string();
    let role = |name: &str| {
        visitor
            .entra
            .cloud()
            .view()
            .application(GRAPH_APP_ID)
            .unwrap()
            .role_named(name)
            .unwrap()
            .id
    };
    let users = role("User.Read.All").to_string();
    let app = megan
        .post(
            "/applications",
            &json!({"displayName": "Mine", "signInAudience": "AzureADMyOrg", "requiredResourceAccess":
                [{"resourceAppId": graph, "resourceAccess": [{"id": users, "type": "Role"}]}]}),
        )
        .await;
    assert_eq!(app.status, 201, "{app:?}");
    let own = megan
        .post("/servicePrincipals", &json!({"appId": app.body["appId"]}))
        .await;
    assert_eq!(own.status, 201, "{own:?}");
    let id = app.body["id"].as_str().unwrap();
    let wanted =
        json!({"passwordCredential": {"displayName": "TruU", "endDateTime": "2027-11-02T08:00:00Z"}});
    let secret = megan
        .post(&format!("/applications/{id}/addPassword"), &wanted)
        .await;
    assert_eq!(
        (secret.status, &secret.body["endDateTime"]),
        (200, &json!("2027-11-02T08:00:00Z"))
    );
    let again = megan
        .get(&format!("/applications/{id}?$select=passwordCredentials"))
        .await;
    assert_eq!(
        again.body["passwordCredentials"][0]["secretText"],
        Value::Null,
        "shown once"
    );
    let resource = megan
        .get(&format!("/servicePrincipals(appId='{graph}')?$select=id"))
        .await;
    let (principal, resource) = (own.body["id"].as_str().unwrap(), resource.body["id"].clone());
    let grant = json!({"principalId": principal, "resourceId": resource, "appRoleId": users});
    let granted = megan
        .post(
            &format!("/servicePrincipals/{principal}/appRoleAssignments"),
            &grant,
        )
        .await;
    assert_eq!(granted.status, 201, "{granted:?}");
    let client = app.body["appId"].as_str().unwrap();
    let mut fields = APP_ONLY.to_vec();
    fields.extend([
        ("client_id", client),
        ("client_secret", secret.body["secretText"].as_str().unwrap()),
    ]);
    let (status, tokens) = visitor.raw_token(&TENANT_ID.to_string(), &fields).await;
    assert_eq!(
        (status, &claims(&tokens["access_token"])["roles"]),
        (200, &json!(["User.Read.All"]))
    );
    let key = json!({"keyId": secret.body["keyId"]});
    assert_eq!(
        megan
            .post(&format!("/applications/{id}/removePassword"), &key)
            .await
            .status,
        204
    );
    assert_eq!(
        refusal(&visitor.raw_token(&TENANT_ID.to_string(), &fields).await).2,
        7_000_215
    );
}

#[tokio::test]
async fn domains_and_people_of_every_sort() {
    let visitor = Visitor::new().await;
    grant(&visitor, "Directory.Read.All");
    let api = sync(&visitor).await;
    let organization = api.get("/organization?$select=verifiedDomains").await;
    let domains = organization.body["value"][0]["verifiedDomains"]
        .as_array()
        .unwrap()
        .clone();
    let names: Vec<_> = domains
        .iter()
        .map(|domain| domain["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["contoso.com", "contoso.onmicrosoft.com", "contoso-emea.com"]
    );
    assert_eq!(
        (&domains[0]["isDefault"], &domains[1]["isInitial"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(api.get("/domains").await.ids(), names);
    assert_eq!(api.get("/domains/contoso.com").await.body["isVerified"], true);
    assert_eq!(
        api.get("/domains/fabrikam.com").await.refusal(),
        (404, "Request_ResourceNotFound")
    );
    let users = api
        .get("/users?$top=999&$select=id,userPrincipalName,mail,accountEnabled,userType")
        .await;
    let users = users.body["value"].as_array().unwrap().clone();
    let count = |test: &dyn Fn(&Value) -> bool| users.iter().filter(|user| test(user)).count();
    assert_eq!(count(&|user| user["userType"] == "Guest"), 10);
    assert!(count(&|user| user["accountEnabled"] == false) > 5);
    assert!(count(&|user| user["mail"].is_null()) > 20);
    assert_eq!(
        count(&|user| user["userPrincipalName"]
            .as_str()
            .unwrap()
            .ends_with("@contoso-emea.com")),
        10
    );
}

#[tokio::test]
async fn who_signs_in_how() {
    let visitor = Visitor::new().await;
    grant(&visitor, "UserAuthenticationMethod.Read.All");
    let api = sync(&visitor).await;
    let everybody: Vec<_> = visitor
        .entra
        .tenant()
        .read()
        .users()
        .take(20)
        .map(|user| user.id)
        .collect();
    let parts: Vec<_> = everybody
        .iter()
        .map(|id| json!({"id": id, "method": "GET", "url": format!("/users/{id}/authentication/methods")}))
        .collect();
    let batch = api.post("/$batch", &json!({ "requests": parts })).await;
    let mut kinds = BTreeSet::new();
    for response in batch.body["responses"].as_array().unwrap() {
        let methods = response["body"]["value"].as_array().unwrap();
        assert_eq!(
            methods[0]["@odata.type"],
            "#microsoft.graph.passwordAuthenticationMethod"
        );
        assert_eq!(methods[0]["id"], "28c10230-6103-485e-b985-444c60001490");
        kinds.extend(
            methods
                .iter()
                .map(|method| method["@odata.type"].as_str().unwrap().to_owned()),
        );
    }
    assert!(kinds.len() >= 4, "{kinds:?}");
    assert_eq!(
        api.get(&format!("/users/{}/authentication/methods", Uuid::max()))
            .await
            .status,
        404
    );
    let alex = Api::of(
        &visitor,
        ALEX,
        &["User.Read", "UserAuthenticationMethod.Read.All"],
    )
    .await;
    assert_eq!(
        alex.get(&format!("/users/{ADELE}/authentication/methods"))
            .await
            .status,
        403,
        "no administrator"
    );
}
