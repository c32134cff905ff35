//! The token endpoint's other grants, metadata and keys, and what goes wrong on purpose.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use emulator::cloud::{FABRIKAM, HERO_INDUSTRIES, ROLLCALL, TRUU, TRUVIO};
use emulator::faults::{Effect, Fault, Matcher, Signing};
use emulator::tenant::TENANT_ID;
use serde_json::{Value, json};

use crate::visitor::{OWNER, SERVICE, TEST_SIGN_IN, Visitor, claims, refusal};

const GRAPH: &str = "https://graph.microsoft.com/.default";
const APP_ONLY: [(&str, &str); 2] = [("grant_type", "client_credentials"), ("scope", GRAPH)];

fn home() -> String {
    HERO_INDUSTRIES.to_string()
}

#[tokio::test]
async fn an_application_signs_in_as_itself() {
    let visitor = Visitor::new().await;
    let (status, body) = visitor.token(&home(), TRUU, &APP_ONLY).await;
    assert_eq!((status, &body["expires_in"]), (200, &json!(3599)));
    assert!(body.get("refresh_token").is_none());
    let token = claims(&body["access_token"]);
    assert_eq!(token["roles"].as_array().unwrap().len(), 6);
    assert_eq!((&token["idtyp"], &token["sub"]), (&json!("app"), &token["oid"]));
    let bearer = format!("Bearer {}", body["access_token"].as_str().unwrap());
    let caller = visitor.entra.platform().caller(Some(&bearer)).unwrap();
    assert!(caller.app_only && caller.has("User.Read.All") && !caller.has("User.ReadWrite.All"));
    // Without any role the token is issued all the same.
    let (_, body) = visitor.token(&home(), ROLLCALL, &APP_ONLY).await;
    assert_eq!(claims(&body["access_token"])["roles"], Value::Null);
}

#[tokio::test]
async fn secrets_in_the_body_or_the_header_and_what_is_wrong_with_them() {
    let visitor = Visitor::new().await;
    let (id, secret) = (TRUU.to_string(), visitor.secret(TRUU));
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let basic = STANDARD.encode(format!("{id}:{}", secret.replace('~', "%7E")));
    let url = format!("{}/{}/oauth2/v2.0/token", visitor.entra.url(), home());
    let request = http.post(url).header("authorization", format!("Basic {basic}"));
    let answer = request
        .body(crate::visitor::form(&APP_ONLY))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let with = |secret: &str| -> Vec<(String, String)> {
        let mut fields: Vec<_> = APP_ONLY
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec();
        fields.push(("client_id".to_owned(), id.clone()));
        fields.push(("client_secret".to_owned(), secret.to_owned()));
        fields
    };
    let ask = async |secret: &str| {
        let fields = with(secret);
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        visitor.raw_token(&home(), &fields).await
    };
    let key_id = visitor.entra.cloud().view().application(TRUU).unwrap().secrets[0].key_id;
    let wrong = ask(&key_id.to_string()).await;
    assert_eq!(refusal(&wrong), (401, "invalid_client".to_owned(), 7_000_215));
    let description = wrong.1["error_description"].as_str().unwrap();
    assert!(
        description.contains("client secret value, not the client secret ID")
            && description.contains(" Trace ID: ")
    );
    assert_eq!(
        wrong.1["error_uri"],
        "https://login.microsoftonline.com/error?code=7000215"
    );
    assert_eq!(refusal(&ask("").await).2, 7_000_218);
    visitor.entra.cloud().expire_secret(TRUU, None).unwrap();
    assert_eq!(
        refusal(&ask(&secret).await),
        (401, "invalid_client".to_owned(), 7_000_222)
    );
}

#[tokio::test]
async fn client_credentials_need_a_tenant_a_principal_and_one_resource() {
    let visitor = Visitor::new().await;
    let ask = async |segment: &str, scope: &str| {
        let fields = [("grant_type", "client_credentials"), ("scope", scope)];
        refusal(&visitor.token(segment, TRUU, &fields).await)
    };
    assert_eq!(ask("common", GRAPH).await.2, 9_001_023);
    assert_eq!(ask("organizations", GRAPH).await.2, 50_059);
    assert_eq!(
        ask("nowhere", GRAPH).await,
        (400, "invalid_request".to_owned(), 90_002)
    );
    assert_eq!(
        ask(&FABRIKAM.to_string(), GRAPH).await,
        (400, "unauthorized_client".to_owned(), 700_016)
    );
    assert_eq!(ask(&home(), "User.Read.All").await.2, 70_011);
    assert_eq!(
        ask(&home(), "api://nobody/.default").await,
        (400, "invalid_resource".to_owned(), 500_011)
    );
    let two = format!("{GRAPH} {TRUVIO}/.default");
    assert_eq!(ask(&home(), &two).await.2, 700_022);
    let nothing = visitor.token(&home(), TRUU, &[]).await;
    assert_eq!(refusal(&nothing).2, 900_144);
    visitor
        .entra
        .cloud()
        .change_application(TRUU, |app| app.enabled = false)
        .unwrap();
    assert_eq!(ask(&home(), GRAPH).await.2, 7_000_112);
}

#[tokio::test]
async fn a_refresh_token_brings_the_next_until_it_is_old_or_revoked() {
    let visitor = Visitor::new().await;
    let tokens = visitor.owners_tokens().await;
    let refresh = async |token: &Value| {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token.as_str().unwrap()),
        ];
        visitor.token(&home(), ROLLCALL, &fields).await
    };
    visitor.entra.clock().advance(Duration::from_secs(80 * 86_400));
    let (status, second) = refresh(&tokens["refresh_token"]).await;
    assert_eq!(status, 200, "{second}");
    assert_ne!(second["refresh_token"], tokens["refresh_token"]);
    visitor.entra.clock().advance(Duration::from_secs(11 * 86_400));
    assert_eq!(refusal(&refresh(&tokens["refresh_token"]).await).2, 700_082);
    assert_eq!(refresh(&second["refresh_token"]).await.0, 200, "rolling");
    visitor
        .entra
        .platform()
        .revoke(HERO_INDUSTRIES, visitor.person(OWNER));
    let revoked = refresh(&second["refresh_token"]).await;
    assert_eq!(
        (refusal(&revoked).2, &revoked.1["suberror"]),
        (50_173, &json!("bad_token"))
    );
}

#[tokio::test]
async fn a_users_token_is_changed_for_another_resource() {
    let visitor = Visitor::new().await;
    visitor.consent_to_truvio().await;
    let contoso = TENANT_ID.to_string();
    let picker = visitor.authorize(&contoso, &Visitor::truvio(&[])).await;
    let code = visitor.choose(&picker, &contoso, SERVICE).await.back()["code"].clone();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", TEST_SIGN_IN),
    ];
    let (_, tokens) = visitor.token(&contoso, TRUVIO, &fields).await;
    let change = async |assertion: &Value, scope: &str| {
        let fields = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("requested_token_use", "on_behalf_of"),
            ("assertion", assertion.as_str().unwrap()),
            ("scope", scope),
        ];
        visitor.token(&contoso, TRUVIO, &fields).await
    };
    let (status, graph) = change(&tokens["access_token"], "https://graph.microsoft.com/User.Read").await;
    assert_eq!(status, 200, "{graph}");
    let token = claims(&graph["access_token"]);
    assert_eq!(token["oid"], visitor.person(SERVICE).to_string());
    assert!(token["scp"].as_str().unwrap().contains("User.Read"));
    let refused = change(
        &tokens["access_token"],
        "https://graph.microsoft.com/Directory.Read.All",
    )
    .await;
    assert_eq!(
        (refusal(&refused).2, &refused.1["suberror"]),
        (65_001, &json!("consent_required"))
    );
    assert_eq!(refusal(&change(&graph["access_token"], GRAPH).await).2, 50_012);
    assert_eq!(refusal(&change(&json!("nonsense"), GRAPH).await).2, 50_012);
}

#[tokio::test]
async fn what_was_consented_to_takes_its_time() {
    let visitor = Visitor::new().await;
    let cloud = visitor.entra.cloud();
    cloud.set_replication_delay(jiff::SignedDuration::from_secs(20));
    visitor.consent_to_truvio().await;
    let contoso = TENANT_ID.to_string();
    let fields = [("grant_type", "client_credentials"), ("scope", GRAPH)];
    assert_eq!(
        refusal(&visitor.token(&contoso, TRUVIO, &fields).await).2,
        700_016
    );
    visitor.entra.clock().advance(Duration::from_secs(20));
    assert_eq!(visitor.token(&contoso, TRUVIO, &fields).await.0, 200);
}

#[tokio::test]
async fn metadata_names_the_tenant_or_the_template() {
    let visitor = Visitor::new().await;
    let read = async |path: &str| -> Value { serde_json::from_str(&visitor.get(path).await.text).unwrap() };
    let authority = visitor.entra.authority();
    let own = read("/contoso.com/v2.0/.well-known/openid-configuration").await;
    assert_eq!(own["issuer"], format!("{authority}/{TENANT_ID}/v2.0"));
    assert_eq!(
        own["token_endpoint"],
        format!("{authority}/{TENANT_ID}/oauth2/v2.0/token")
    );
    assert!(
        own.get("registration_endpoint").is_none() && own.get("code_challenge_methods_supported").is_none()
    );
    for place in ["common", "organizations"] {
        let all = read(&format!("/{place}/v2.0/.well-known/openid-configuration")).await;
        assert_eq!(all["issuer"], format!("{authority}/{{tenantid}}/v2.0"));
    }
    let personal = read("/consumers/v2.0/.well-known/openid-configuration").await;
    assert_eq!(
        personal["issuer"],
        format!("{authority}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0")
    );
    let old = read(&format!("/{TENANT_ID}/.well-known/openid-configuration")).await;
    assert_eq!(old["issuer"], format!("https://sts.windows.net/{TENANT_ID}/"));
    let unknown = visitor
        .get("/nowhere/v2.0/.well-known/openid-configuration")
        .await;
    let body: Value = serde_json::from_str(&unknown.text).unwrap();
    assert_eq!((unknown.status, &body["error"]), (400, &json!("invalid_tenant")));
    let instance = read("/common/discovery/instance?api-version=1.1").await;
    assert!(instance["tenant_discovery_endpoint"].is_string());
}

#[tokio::test]
async fn keys_rotate_and_the_old_one_stays_as_long_as_asked() {
    let visitor = Visitor::new().await;
    let kids = async |path: &str| -> Vec<String> {
        let document: Value = serde_json::from_str(&visitor.get(path).await.text).unwrap();
        let keys = document["keys"].as_array().unwrap().iter();
        keys.map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
    };
    let first = kids("/common/discovery/v2.0/keys").await;
    let before = visitor.token(&home(), TRUU, &APP_ONLY).await.1;
    let platform = visitor.entra.platform();
    let new = platform.rotate_keys(true).unwrap();
    assert_eq!(
        kids("/common/discovery/keys").await,
        [first[0].clone(), new.clone()]
    );
    let bearer = format!("Bearer {}", before["access_token"].as_str().unwrap());
    assert!(platform.caller(Some(&bearer)).is_ok());
    platform.forget_old_keys();
    assert_eq!(kids("/common/discovery/v2.0/keys").await, [new]);
    assert_eq!(
        platform.caller(Some(&bearer)),
        Err(emulator::platform::NotACaller::Signature)
    );
    visitor.fault("keys", Effect::HugeKeys { count: 500 });
    assert_eq!(kids("/common/discovery/v2.0/keys").await.len(), 501);
}

#[tokio::test]
async fn the_identity_of_a_graph_token_is_checked() {
    use emulator::platform::NotACaller as No;
    let visitor = Visitor::new().await;
    let platform = visitor.entra.platform();
    let tokens = visitor.owners_tokens().await;
    let bearer = |token: &Value| format!("Bearer {}", token.as_str().unwrap());
    let caller = platform.caller(Some(&bearer(&tokens["access_token"]))).unwrap();
    assert_eq!(
        (caller.oid, caller.tenant, caller.client),
        (visitor.person(OWNER), HERO_INDUSTRIES, ROLLCALL)
    );
    assert!(caller.has("user.read") && !caller.app_only);
    assert_eq!(platform.caller(None), Err(No::Missing));
    assert_eq!(platform.caller(Some("Bearer x")), Err(No::Malformed));
    assert_eq!(
        platform.caller(Some(&bearer(&tokens["id_token"]))),
        Err(No::Audience)
    );
    visitor.entra.clock().advance(Duration::from_secs(2 * 3600));
    assert_eq!(
        platform.caller(Some(&bearer(&tokens["access_token"]))),
        Err(No::Lifetime)
    );
}

#[tokio::test]
async fn faults_of_the_answer() {
    let visitor = Visitor::new().await;
    visitor.fault(
        "token",
        Effect::Status {
            status: 429,
            retry_after: Some(7),
        },
    );
    assert_eq!(visitor.token(&home(), TRUU, &APP_ONLY).await.0, 429);
    assert_eq!(visitor.token(&home(), TRUU, &APP_ONLY).await.0, 200);
    visitor.fault(
        "token",
        Effect::Aadsts {
            code: 50_076,
            claims: None,
        },
    );
    let mfa = visitor.token(&home(), TRUU, &APP_ONLY).await;
    assert_eq!(refusal(&mfa), (400, "invalid_grant".to_owned(), 50_076));
    assert!(mfa.1["claims"].is_string() && mfa.1["suberror"] == "basic_action");
    visitor.fault(
        "metadata",
        Effect::Status {
            status: 503,
            retry_after: None,
        },
    );
    assert_eq!(
        visitor
            .get("/common/v2.0/.well-known/openid-configuration")
            .await
            .status,
        503
    );
    visitor.fault(
        "authorize",
        Effect::Aadsts {
            code: 53_003,
            claims: None,
        },
    );
    let back = visitor
        .authorize(&home(), &Visitor::rollcall("openid", &[]))
        .await
        .back();
    assert!(back["error_description"].starts_with("AADSTS53003: "));
    visitor.fault("keys", Effect::Cut);
    let cut = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = cut
        .get(format!("{}/common/discovery/keys", visitor.entra.url()))
        .send()
        .await
        .unwrap();
    assert!(answer.text().await.is_err());
}

#[tokio::test]
async fn faults_of_the_tokens() {
    let visitor = Visitor::new().await;
    let now = visitor.entra.clock().now().as_second();
    let faults = visitor.entra.faults();
    let user = Some(OWNER.to_owned());
    let matcher = Matcher {
        user,
        ..Matcher::default()
    };
    let set = json!({"iss": "https://evil.test/v2.0"})
        .as_object()
        .unwrap()
        .clone();
    let remove = vec!["email".to_owned()];
    for effect in [Effect::Skew { seconds: -7200 }, Effect::Claims { set, remove }] {
        faults.add(Fault {
            id: 0,
            matcher: matcher.clone(),
            effect,
            times: None,
        });
    }
    let id = claims(&visitor.owners_tokens().await["id_token"]);
    assert_eq!(
        (&id["iss"], &id["email"]),
        (&json!("https://evil.test/v2.0"), &Value::Null)
    );
    assert_eq!(id["exp"], now - 3600);
    faults.clear();
    let alg = |token: &Value| {
        let head = token.as_str().unwrap().split('.').next().unwrap().to_owned();
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(head)
            .unwrap();
        serde_json::from_slice::<Value>(&bytes).unwrap()
    };
    let published = alg(&visitor.token(&home(), TRUU, &APP_ONLY).await.1["access_token"])["kid"].clone();
    for (how, name, same) in [
        (Signing::None, "none", false),
        (Signing::Hs256, "HS256", true),
        (Signing::WrongKey, "RS256", true),
        (Signing::UnknownKid, "RS256", false),
    ] {
        visitor.fault("token", Effect::Sign { how });
        let body = visitor.token(&home(), TRUU, &APP_ONLY).await.1;
        let header = alg(&body["access_token"]);
        assert_eq!(
            (&header["alg"], header["kid"] == published),
            (&json!(name), same),
            "{how:?}"
        );
        let bearer = format!("Bearer {}", body["access_token"].as_str().unwrap());
        assert!(visitor.entra.platform().caller(Some(&bearer)).is_err(), "{how:?}");
    }
}

#[tokio::test]
async fn userinfo_tells_what_the_scopes_allow() {
    let visitor = Visitor::new().await;
    let tokens = visitor.owners_tokens().await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/oidc/userinfo", visitor.entra.graph());
    let answer = http
        .get(&url)
        .bearer_auth(tokens["access_token"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(
        (&body["name"], &body["email"]),
        (&json!("Olivia Owner"), &json!(OWNER))
    );
    assert_eq!(http.get(&url).send().await.unwrap().status(), 401);
}
