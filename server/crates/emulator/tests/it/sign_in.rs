//! Authorize and what follows: codes, consent, single sign-on, and the refusals of B1 and B5.

use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use emulator::cloud::{HERO_INDUSTRIES, ROLLCALL, TRUVIO};
use emulator::tenant::TENANT_ID;
use serde_json::json;

use crate::visitor::{ADELE, ALEX, MEGAN, OWNER, SERVICE, SIGN_IN, TEST_SIGN_IN, Visitor, claims, refusal};

fn home() -> String {
    HERO_INDUSTRIES.to_string()
}

fn contoso() -> String {
    TENANT_ID.to_string()
}

#[tokio::test]
async fn a_code_becomes_tokens_with_the_claims_of_the_catalogue() {
    let visitor = Visitor::new().await;
    let code = visitor.owners_code(&[("client_info", "1")]).await;
    let (status, tokens) = visitor.redeem(&code, &[]).await;
    assert_eq!((status, &tokens["token_type"]), (200, &json!("Bearer")));
    let id = claims(&tokens["id_token"]);
    let owner = visitor.person(OWNER).to_string();
    assert_eq!(
        id["iss"],
        format!("{}/{HERO_INDUSTRIES}/v2.0", visitor.entra.authority())
    );
    assert_eq!(id["aud"], ROLLCALL.to_string());
    assert_eq!(
        (&id["oid"], &id["tid"], &id["nonce"]),
        (&json!(owner), &json!(home()), &json!("n-1"))
    );
    assert_eq!(
        (&id["ver"], &id["acct"], &id["email"]),
        (&json!("2.0"), &json!(0), &json!(OWNER))
    );
    assert_eq!(id["xms_edov"], true);
    assert_eq!(id["exp"].as_i64().unwrap() - id["iat"].as_i64().unwrap(), 3600);
    assert_ne!(id["sub"], id["oid"]);
    let access = claims(&tokens["access_token"]);
    assert_eq!(
        (&access["ver"], &access["appid"]),
        (&json!("1.0"), &json!(ROLLCALL.to_string()))
    );
    assert_eq!(
        access["iss"],
        format!("https://sts.windows.net/{HERO_INDUSTRIES}/")
    );
    assert_eq!(access["wids"][0], "62e90394-69f5-4237-9190-012177145e10");
    assert_ne!(access["sub"], id["sub"], "sub is another for every application");
    let life = tokens["expires_in"].as_i64().unwrap();
    assert!((3600..5400).contains(&life), "{life}");
    let info: serde_json::Value =
        serde_json::from_slice(&B64.decode(tokens["client_info"].as_str().unwrap()).unwrap()).unwrap();
    assert_eq!(info, json!({"uid": owner, "utid": home()}));
}

#[tokio::test]
async fn a_code_is_for_one_use_in_ten_minutes_by_whom_it_was_made_for() {
    let visitor = Visitor::new().await;
    let code = visitor.owners_code(&[]).await;
    assert_eq!(visitor.redeem(&code, &[]).await.0, 200);
    assert_eq!(
        refusal(&visitor.redeem(&code, &[]).await),
        (400, "invalid_grant".to_owned(), 54_005)
    );
    visitor.forget();
    let code = visitor.owners_code(&[]).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", SIGN_IN),
    ];
    assert_eq!(
        refusal(&visitor.token(&contoso(), ROLLCALL, &fields).await).2,
        700_005
    );
    assert_eq!(
        refusal(&visitor.token(&home(), TRUVIO, &fields).await).2,
        9_002_313
    );
    let id = ROLLCALL.to_string();
    let public = [&fields[..], &[("client_id", id.as_str())]].concat();
    assert_eq!(
        refusal(&visitor.raw_token(&home(), &public).await),
        (401, "invalid_client".to_owned(), 7_000_218)
    );
    visitor.entra.clock().advance(Duration::from_secs(601));
    assert_eq!(refusal(&visitor.redeem(&code, &[]).await).2, 70_008);
}

#[tokio::test]
async fn pkce_is_held_to() {
    let visitor = Visitor::new().await;
    let challenge = B64.encode(digest::digest(&digest::SHA256, b"verifier"));
    for (method, sent) in [("S256", challenge.as_str()), ("plain", "verifier")] {
        let more = [("code_challenge", sent), ("code_challenge_method", method)];
        let code = visitor.owners_code(&more).await;
        assert_eq!(refusal(&visitor.redeem(&code, &[]).await).2, 50_147);
        assert_eq!(
            refusal(&visitor.redeem(&code, &[("code_verifier", "other")]).await).2,
            501_481
        );
        assert_eq!(
            visitor.redeem(&code, &[("code_verifier", "verifier")]).await.0,
            200,
            "{method}"
        );
        visitor.forget();
    }
    let bad = Visitor::rollcall(
        "openid",
        &[("code_challenge", "x"), ("code_challenge_method", "S512")],
    );
    let seen = visitor.authorize(&home(), &bad).await;
    assert!(seen.back()["error_description"].starts_with("AADSTS50147: "));
}

#[tokio::test]
async fn what_has_no_way_back_is_a_page() {
    let visitor = Visitor::new().await;
    for (segment, more, number) in [
        (home(), [("client_id", "nobody")], "AADSTS700016"),
        (
            home(),
            [("redirect_uri", "http://127.0.0.1:8080/elsewhere")],
            "AADSTS50011",
        ),
        (home(), [("redirect_uri", "")], "AADSTS900144"),
        ("nowhere.example".to_owned(), [("nonce", "x")], "AADSTS90002"),
    ] {
        let seen = visitor
            .authorize(&segment, &Visitor::rollcall("openid", &more))
            .await;
        assert_eq!((seen.status, seen.to.as_deref()), (400, None), "{number}");
        assert!(seen.text.contains(number), "{number}: {}", seen.text);
    }
}

#[tokio::test]
async fn other_mistakes_go_back_to_the_application() {
    let visitor = Visitor::new().await;
    for (more, error, number) in [
        ([("scope", "Cook.Dinner")], "invalid_scope", "AADSTS70011"),
        ([("scope", "api://nobody/x")], "invalid_resource", "AADSTS500011"),
        ([("scope", "")], "invalid_request", "AADSTS900144"),
        ([("response_type", "token")], "invalid_request", "AADSTS90023"),
        ([("prompt", "none")], "login_required", "AADSTS50058"),
    ] {
        let back = visitor
            .authorize(&home(), &Visitor::rollcall("openid", &more))
            .await
            .back();
        assert_eq!(back["error"], error);
        assert!(
            back["error_description"].starts_with(&format!("{number}: ")),
            "{back:?}"
        );
        assert_eq!(back["state"], "s t&1");
    }
    let app = visitor.entra.cloud().register(TENANT_ID, "Alone").unwrap();
    visitor
        .entra
        .cloud()
        .add_redirect_uri(app.app_id, SIGN_IN)
        .unwrap();
    let query = Visitor::rollcall("openid", &[("client_id", &app.app_id.to_string())]);
    let back = visitor.authorize("common", &query).await.back();
    assert!(back["error_description"].starts_with("AADSTS50194: "));
}

#[tokio::test]
async fn the_session_signs_in_silently_until_it_is_ended() {
    let visitor = Visitor::new().await;
    visitor.owners_code(&[]).await;
    let silent = Visitor::rollcall("openid", &[("prompt", "none"), ("login_hint", OWNER)]);
    assert!(
        visitor
            .authorize(&home(), &silent)
            .await
            .back()
            .contains_key("code")
    );
    let other = Visitor::rollcall("openid", &[("prompt", "none"), ("login_hint", MEGAN)]);
    assert_eq!(
        visitor.authorize(&home(), &other).await.back()["error"],
        "login_required"
    );
    for prompt in ["login", "select_account"] {
        let query = Visitor::rollcall("openid", &[("prompt", prompt)]);
        assert!(
            visitor
                .authorize(&home(), &query)
                .await
                .text
                .contains("Signed in"),
            "{prompt}"
        );
    }
    let logout = format!(
        "/{}/oauth2/v2.0/logout?post_logout_redirect_uri=http://127.0.0.1:8080/bye",
        home()
    );
    let seen = visitor.get(&logout).await;
    assert_eq!(seen.to.as_deref(), Some("http://127.0.0.1:8080/bye"));
    assert_eq!(
        visitor.authorize(&home(), &silent).await.back()["error"],
        "login_required"
    );
    let foreign = visitor
        .get("/common/oauth2/v2.0/logout?post_logout_redirect_uri=https://evil.test/")
        .await;
    assert_eq!((foreign.status, foreign.to), (200, None));
}

#[tokio::test]
async fn answers_travel_by_query_fragment_or_form() {
    let visitor = Visitor::new().await;
    visitor.owners_code(&[]).await;
    let with = |mode| Visitor::rollcall("openid", &[("response_mode", mode)]);
    let query = visitor.authorize(&home(), &with("query")).await;
    assert!(query.to.unwrap().starts_with(&format!("{SIGN_IN}?code=")));
    let fragment = visitor.authorize(&home(), &with("fragment")).await;
    assert!(fragment.to.unwrap().starts_with(&format!("{SIGN_IN}#code=")));
    let form = visitor.authorize(&home(), &with("form_post")).await;
    assert_eq!(form.status, 200);
    assert!(
        form.text
            .contains(&format!("<form method=\"post\" action=\"{SIGN_IN}\">"))
    );
    assert!(form.text.contains("name=\"state\" value=\"s t&amp;1\"") && form.text.contains("<button"));
    assert!(
        form.policy.contains("form-action 'self' http://127.0.0.1:8080;"),
        "{}",
        form.policy
    );
    assert!(!form.policy.contains("unsafe"));
}

#[tokio::test]
async fn users_consent_to_what_is_theirs_and_admins_for_everybody() {
    let visitor = Visitor::new().await;
    let query = Visitor::rollcall("openid profile User.Read", &[]);
    let page = visitor
        .choose(&visitor.authorize(&contoso(), &query).await, &contoso(), ALEX)
        .await;
    assert!(!page.text.contains("on behalf of your organization"));
    let done = visitor
        .decide(&page, &format!("/{}/consent", contoso()), "accept", false)
        .await;
    assert!(done.back().contains_key("code"));
    assert!(
        visitor
            .authorize(&contoso(), &query)
            .await
            .back()
            .contains_key("code"),
        "asked once"
    );
    visitor.forget();
    let page = visitor
        .choose(&visitor.authorize(&contoso(), &query).await, &contoso(), ADELE)
        .await;
    assert!(page.text.contains("on behalf of your organization"));
    visitor
        .decide(&page, &format!("/{}/consent", contoso()), "accept", true)
        .await
        .back();
    visitor.forget();
    let done = visitor
        .choose(&visitor.authorize(&contoso(), &query).await, &contoso(), SERVICE)
        .await;
    assert!(done.back().contains_key("code"), "consented for everybody");
}

#[tokio::test]
async fn an_admin_permission_needs_an_admin() {
    let visitor = Visitor::new().await;
    let query = Visitor::rollcall("openid Directory.Read.All", &[]);
    let page = visitor
        .choose(&visitor.authorize(&contoso(), &query).await, &contoso(), ALEX)
        .await;
    assert_eq!(page.status, 403);
    assert!(page.text.contains("Need admin approval") && page.text.contains("AADSTS90094"));
    let back = visitor.leave(&page, &contoso()).await.back();
    assert_eq!(back["error"], "access_denied");
    assert!(back["error_description"].starts_with("AADSTS90094: "));
    let silent = Visitor::rollcall("openid Directory.Read.All", &[("prompt", "none")]);
    let back = visitor.authorize(&contoso(), &silent).await.back();
    assert_eq!(back["error"], "consent_required");
    assert!(back["error_description"].starts_with("AADSTS65001: "));
}

#[tokio::test]
async fn cancelling_a_sign_in_is_spelled_as_the_test_wants() {
    use emulator::platform::CancelSpelling;
    let visitor = Visitor::new().await;
    let page = visitor
        .authorize(&home(), &Visitor::rollcall("openid", &[]))
        .await;
    let back = visitor.leave(&page, &home()).await.back();
    assert_eq!(
        (back["error"].as_str(), back["error_subcode"].as_str()),
        ("access_denied", "cancel")
    );
    assert!(!back.contains_key("error_description"));
    visitor
        .entra
        .platform()
        .set_cancel_spelling(CancelSpelling::Declined);
    let back = visitor.leave(&page, &home()).await.back();
    assert!(back["error_description"].starts_with("AADSTS65004: "));
}

#[tokio::test]
async fn the_erp_checklists_three_failures_and_its_success() {
    let visitor = Visitor::new().await;
    let (segment, query) = ("organizations", Visitor::truvio(&[]));
    // Consent required.
    let page = visitor
        .choose(&visitor.authorize(segment, &query).await, segment, SERVICE)
        .await;
    assert!(page.text.contains("AADSTS90094"));
    visitor.forget();
    visitor.consent_to_truvio().await;
    // The wrong account: somebody who is not in the tenant.
    let page = visitor
        .choose(&visitor.authorize(&contoso(), &query).await, &contoso(), OWNER)
        .await;
    assert!(page.text.contains("AADSTS50020"), "{}", page.text);
    visitor.forget();
    // Access denied: signed in, but the role is missing.
    let tokens = visitor.truvio_tokens().await;
    assert_eq!(claims(&tokens["access_token"])["roles"], json!(null));
    let cloud = visitor.entra.cloud();
    let (resource, role) = {
        let view = cloud.view();
        let role = view.application(TRUVIO).unwrap().app_roles[0].id;
        (view.principal_of(TENANT_ID, TRUVIO).unwrap().id, role)
    };
    cloud
        .change_service_principal(TENANT_ID, resource, None, Some(true))
        .unwrap();
    let page = visitor.authorize(&contoso(), &query).await;
    assert!(page.text.contains("AADSTS50105"), "{}", page.text);
    cloud
        .assign_app_role(TENANT_ID, visitor.person(SERVICE), resource, role)
        .unwrap();
    visitor.forget();
    let tokens = visitor.truvio_tokens().await;
    let access = claims(&tokens["access_token"]);
    assert_eq!(access["roles"], json!(["Truvio.SubscriptionService"]));
    assert_eq!(
        (&access["ver"], &access["aud"]),
        (&json!("2.0"), &json!(TRUVIO.to_string()))
    );
    assert_eq!(
        (&access["azp"], &access["scp"]),
        (&json!(TRUVIO.to_string()), &json!("access_as_user"))
    );
    assert_eq!(
        claims(&tokens["id_token"])["roles"],
        json!(["Truvio.SubscriptionService"])
    );
    assert_eq!(tokens["scope"], format!("api://{TRUVIO}/access_as_user"));
}

impl Visitor {
    async fn truvio_tokens(&self) -> serde_json::Value {
        let picker = self.authorize(&contoso(), &Visitor::truvio(&[])).await;
        let done = self.choose(&picker, &contoso(), SERVICE).await;
        let code = done.back()["code"].clone();
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", TEST_SIGN_IN),
        ];
        let (status, tokens) = self.token(&contoso(), TRUVIO, &fields).await;
        assert_eq!(status, 200, "{tokens}");
        tokens
    }
}

#[tokio::test]
async fn a_guest_comes_with_the_account_from_home() {
    let visitor = Visitor::new().await;
    let query = Visitor::rollcall("openid profile email", &[("client_info", "1")]);
    let nestor = "nestor.wilke@fabrikam.com";
    let page = visitor
        .choose(&visitor.authorize(&contoso(), &query).await, &contoso(), nestor)
        .await;
    let done = visitor
        .decide(&page, &format!("/{}/consent", contoso()), "accept", false)
        .await;
    let code = done.back()["code"].clone();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", SIGN_IN),
    ];
    let (_, tokens) = visitor.token(&contoso(), ROLLCALL, &fields).await;
    let id = claims(&tokens["id_token"]);
    let fabrikam = emulator::cloud::FABRIKAM.to_string();
    assert_eq!((&id["acct"], &id["tid"]), (&json!(1), &json!(contoso())));
    assert_eq!(id["idp"], format!("https://sts.windows.net/{fabrikam}/"));
    assert_eq!(
        (&id["preferred_username"], &id["xms_edov"]),
        (&json!(nestor), &json!(false))
    );
    let info = B64.decode(tokens["client_info"].as_str().unwrap()).unwrap();
    assert!(String::from_utf8(info).unwrap().contains(&fabrikam));
    assert_ne!(id["oid"], visitor.person(nestor).to_string());
}

#[tokio::test]
async fn a_blocked_user_gets_no_further() {
    let visitor = Visitor::new().await;
    let tenant = visitor.entra.cloud().tenant(HERO_INDUSTRIES).unwrap().clone();
    let tokens = visitor.owners_tokens().await;
    tenant
        .disable(emulator::tenant::ObjectId(visitor.person(OWNER)))
        .unwrap();
    let page = visitor
        .authorize(&home(), &Visitor::rollcall("openid", &[]))
        .await;
    assert!(page.text.contains("AADSTS50057"));
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let refused = visitor.token(&home(), ROLLCALL, &fields).await;
    assert_eq!(refusal(&refused), (400, "invalid_grant".to_owned(), 50_057));
}

#[tokio::test]
async fn another_site_signs_nobody_in() {
    let visitor = Visitor::new().await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for path in ["login", "consent", "admin-consent-answer"] {
        let url = format!("{}/{}/{path}", visitor.entra.url(), home());
        let request = http.post(url).header("origin", "https://evil.test");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        assert_eq!(
            request.body("upn=x").send().await.unwrap().status(),
            403,
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_picker_is_usable_without_script_and_escapes_names() {
    let visitor = Visitor::new().await;
    let page = visitor
        .authorize(
            &contoso(),
            &Visitor::rollcall("openid", &[("_search", "onerror")]),
        )
        .await;
    assert!(page.text.contains("&lt;img src=x onerror=alert(1)&gt;") && !page.text.contains("<img"));
    assert!(page.text.contains("<label for=\"upn\">") && page.text.contains("<label for=\"search\">"));
    assert!(page.text.contains("<html lang=\"en\">") && !page.text.contains("<script"));
    let nobody = visitor.choose(&page, &contoso(), "nobody@contoso.com").await;
    assert!(nobody.text.contains("AADSTS50034") && nobody.text.contains("role=\"alert\""));
}
