//! `/api/v1`: an app's key, and whether whoever brings a token may use its API.

use emulator::cloud::{FABRIKAM, GRAPH_APP_ID, TRUVIO};
use emulator::faults::{Effect, Fault, Matcher};
use emulator::tenant::TENANT_ID;
use reqwest::Response;
use serde_json::{Value, json};
use server::clock::Randomness;
use server::secrets::{TokenKind, make};
use store::api_keys::{self, ApiKey};
use store::ids::ApiKeyId;
use store::organizations::Tenant;
use store::{Operation, StoreError, Tx};

use crate::harness::entra::MEGAN;
use crate::harness::erp::{ROLE, Truvio};

struct Make([u8; 32], ApiKey);

impl Operation for Make {
    type Output = ();
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
        api_keys::create(tx, &self.0, &self.1).await
    }
}

struct Revoke(ApiKey, i64);

impl Operation for Revoke {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        api_keys::revoke(tx, &self.0.app, &self.0.id, self.1).await
    }
}

impl Truvio {
    async fn key(&self) -> (String, ApiKey) {
        let token = make(TokenKind::Api, &Randomness::System).unwrap();
        let key = ApiKey {
            id: ApiKeyId::new("key_1"),
            app: self.app.clone(),
            name: "API".to_owned(),
            last4: token.last_four.clone(),
            created_at: 0,
            last_used_at: None,
            revoked_at: None,
        };
        let made = Make(token.digest, key.clone());
        self.at.server.state.store.write(made).await.unwrap();
        (token.reveal().to_owned(), key)
    }

    async fn check(&self, key: &str, token: &str) -> Response {
        let url = format!("{}/api/v1/token-checks", self.at.server.url);
        let request = self.at.server.http.post(url).bearer_auth(key);
        request.json(&json!({"token": token})).send().await.unwrap()
    }

    async fn answer(&self, key: &str, token: &str) -> Value {
        let response = self.check(key, token).await;
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    /// Truvio's own token in Contoso, for an audience.
    async fn token(&self, tenant: &str, scope: &str) -> String {
        let url = format!("{}/{tenant}/oauth2/v2.0/token", self.at.entra.authority());
        let client = TRUVIO.to_string();
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("grant_type", "client_credentials"),
                ("client_id", client.as_str()),
                ("client_secret", &self.secret),
                ("scope", scope),
            ])
            .finish();
        let request = self.at.server.http.post(url).body(form);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let tokens: Value = request.send().await.unwrap().json().await.unwrap();
        tokens["access_token"]
            .as_str()
            .unwrap_or_else(|| panic!("{tokens}"))
            .to_owned()
    }
}

#[tokio::test]
async fn a_token_is_judged_by_all_that_counts() {
    let truvio = Truvio::start().await;
    let (key, _) = truvio.key().await;
    let cloud = truvio.at.entra.cloud();
    let own = format!("{TRUVIO}/.default");
    let contoso = TENANT_ID.to_string();
    let scopes = ["access_as_user".to_owned()];
    cloud.consent(TENANT_ID, TRUVIO, None, TRUVIO, &scopes).unwrap();
    cloud.consent(FABRIKAM, TRUVIO, None, TRUVIO, &scopes).unwrap();
    let token = truvio.token(&contoso, &own).await;
    assert_eq!(
        truvio.answer(&key, &token).await["reason"],
        "tenant_unknown",
        "no organization has this tenant yet"
    );

    let mut browser = truvio.browser().await;
    truvio.admin(&mut browser, MEGAN).await;
    let answer = truvio.answer(&key, &token).await;
    assert_eq!(
        (&answer["allowed"], &answer["reason"]),
        (&json!(false), &json!("role_missing"))
    );
    let principal = truvio.principal().unwrap();
    cloud
        .assign_app_role(TENANT_ID, principal, principal, truvio.role())
        .unwrap();
    let token = truvio.token(&contoso, &own).await;
    let expected = json!({"allowed": true, "organization": {"id": truvio.organization, "name": "Contoso"},
        "subject": principal.to_string(), "roles": [ROLE], "reason": null});
    assert_eq!(truvio.answer(&key, &token).await, expected);

    let fabrikam = truvio.token(&FABRIKAM.to_string(), &own).await;
    assert_eq!(truvio.answer(&key, &fabrikam).await["reason"], "tenant_unknown");
    let graph = truvio.token(&contoso, &format!("{GRAPH_APP_ID}/.default")).await;
    let no = truvio.answer(&key, &graph).await;
    assert_eq!((&no["allowed"], &no["subject"]), (&json!(false), &json!(null)));
    assert!(
        ["audience", "signature"].contains(&no["reason"].as_str().unwrap()),
        "{no}"
    );
    let (head, tail) = token.rsplit_once('.').unwrap();
    let flipped = if tail.starts_with('A') { 'B' } else { 'A' };
    let damaged = format!("{head}.{flipped}{}", &tail[1..]);
    assert_eq!(truvio.answer(&key, &damaged).await["reason"], "signature");
    assert_eq!(truvio.answer(&key, "x").await["reason"], "malformed");
    truvio.at.server.clock.advance(3 * 60 * 60);
    assert_eq!(truvio.answer(&key, &token).await["reason"], "expired");
}

#[tokio::test]
async fn a_known_key_costs_no_question_and_an_unknown_one_is_no_fault_of_the_token() {
    let truvio = Truvio::start().await;
    let (key, _) = truvio.key().await;
    // Nobody signs in, so that no key of Microsoft's is known yet.
    let state = &truvio.at.server.state;
    let tenant = Tenant {
        id: TENANT_ID.to_string(),
        name: "Contoso".to_owned(),
        proven_at: 0,
    };
    let organization = truvio.organization.as_str().to_owned().into();
    assert!(state.checklists.bind(&organization, tenant).await.unwrap());
    let cloud = truvio.at.entra.cloud();
    let scopes = ["access_as_user".to_owned()];
    cloud.consent(TENANT_ID, TRUVIO, None, TRUVIO, &scopes).unwrap();
    let token = truvio
        .token(&TENANT_ID.to_string(), &format!("{TRUVIO}/.default"))
        .await;
    truvio.at.entra.faults().add(Fault {
        id: 0,
        matcher: Matcher {
            endpoint: Some("keys".to_owned()),
            ..Matcher::default()
        },
        effect: Effect::Status {
            status: 503,
            retry_after: None,
        },
        times: None,
    });
    let response = truvio.check(&key, &token).await;
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    truvio.at.entra.faults().clear();
    truvio.at.server.clock.advance(6);
    assert_eq!(truvio.answer(&key, &token).await["reason"], "role_missing");
    truvio.at.entra.faults().add(Fault {
        id: 0,
        matcher: Matcher::default(),
        effect: Effect::Status {
            status: 503,
            retry_after: None,
        },
        times: None,
    });
    truvio.at.server.clock.advance(2);
    assert_eq!(truvio.answer(&key, &token).await["reason"], "role_missing");
}

#[tokio::test]
async fn only_a_living_key_asks() {
    let truvio = Truvio::start().await;
    let (key, row) = truvio.key().await;
    assert_eq!(truvio.answer(&key, "x").await["allowed"], false);
    let other = make(TokenKind::Api, &Randomness::System).unwrap();
    let scim = make(TokenKind::Scim, &Randomness::System).unwrap();
    for wrong in [other.reveal(), scim.reveal(), "", "x"] {
        let response = truvio.check(wrong, "x").await;
        assert_eq!(response.status(), 401, "{wrong}");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }
    let revoke = Revoke(row, truvio.at.server.clock.now());
    assert!(truvio.at.server.state.store.write(revoke).await.unwrap());
    truvio.at.server.clock.advance(1);
    assert_eq!(truvio.check(&key, "x").await.status(), 401);
}

#[tokio::test]
async fn requests_that_make_no_sense_are_problems() {
    let truvio = Truvio::start().await;
    let (key, _) = truvio.key().await;
    let http = &truvio.at.server.http;
    let url = format!("{}/api/v1/token-checks", truvio.at.server.url);
    for body in ["", "{}", "[]", "{\"token\":1}"] {
        let request = http.post(&url).bearer_auth(&key).body(body);
        let request = request.header("content-type", "application/json");
        assert_eq!(request.send().await.unwrap().status(), 400, "{body}");
    }
    assert_eq!(http.get(&url).send().await.unwrap().status(), 405);
    let nowhere = http.get(format!("{}/api/v1/x", truvio.at.server.url));
    assert_eq!(nowhere.send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn an_app_fetches_a_setup_link_for_its_own_customers_only() {
    let truvio = Truvio::start().await;
    let (key, _) = truvio.key().await;
    let post = async |key: &str, body: Value| {
        let url = format!("{}/api/v1/setup-links", truvio.at.server.url);
        let request = truvio.at.server.http.post(url).bearer_auth(key).json(&body);
        let response = request.send().await.unwrap();
        let kept = response.headers().get("cache-control").cloned();
        let status = response.status().as_u16();
        (status, kept, response.json::<Value>().await.unwrap())
    };
    let ask = |organization: &str, days: u32| json!({"organization": organization, "checklists": ["erp"], "days": days});
    let (status, kept, made) = post(&key, ask(&truvio.organization, 2)).await;
    assert_eq!((status, kept.unwrap().to_str().unwrap()), (201, "no-store"));
    let url = made["url"].as_str().unwrap();
    assert!(
        url.starts_with(&format!("{}/setup/rollcall_setup_", truvio.at.server.url)),
        "{made}"
    );
    let door = truvio.at.server.http.get(url).send().await.unwrap();
    assert_eq!(door.status(), 200);
    let (portal, owner) = (&truvio.at.server.state.portal, truvio.at.server.owner());
    let listed = portal.setup_links(&owner, &truvio.organization).await.unwrap();
    let link = listed.iter().find(|link| link.id == made["id"]).unwrap();
    assert_eq!(
        (
            link.created_by.as_str(),
            link.scope.erp,
            link.scope.directory_sync
        ),
        ("API", true, false)
    );
    assert_eq!(link.expires_at - link.created_at, 2 * 24 * 60 * 60 * 1_000_000);

    let others = truvio.at.server.organization().await;
    for (organization, days, expected) in [
        (others.as_str(), 2, 404),
        ("org_none", 2, 404),
        (&truvio.organization, 8, 400),
        (&truvio.organization, 0, 400),
    ] {
        let (status, _, said) = post(&key, ask(organization, days)).await;
        assert_eq!(status, expected, "{organization}, {days}: {said}");
    }
    let nothing = json!({"organization": truvio.organization, "checklists": []});
    assert_eq!(post(&key, nothing).await.0, 400);
    assert_eq!(
        post("rollcall_api_none", ask(&truvio.organization, 2)).await.0,
        401
    );
}
