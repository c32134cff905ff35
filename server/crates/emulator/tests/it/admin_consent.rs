//! Tenant-wide admin consent, v1 and v2, in all its shapes.

use emulator::cloud::{GRAPH_APP_ID, HERO_INDUSTRIES, TRUU, TRUVIO};
use emulator::faults::Effect;
use emulator::platform::CancelSpelling;
use emulator::tenant::TENANT_ID;

use crate::visitor::{ADELE, ALEX, CONSENT, MEGAN, Seen, Visitor, form};

const ANSWER: &str = "/organizations/admin-consent-answer";

fn v1(app: uuid::Uuid) -> String {
    let query = form(&[
        ("client_id", &app.to_string()),
        ("redirect_uri", CONSENT),
        ("state", "abc"),
    ]);
    format!("/organizations/adminconsent?{query}")
}

fn v2(app: uuid::Uuid, scope: &str) -> String {
    v1(app).replace("/adminconsent", "/v2.0/adminconsent") + "&" + &form(&[("scope", scope)])
}

impl Visitor {
    async fn consent_page(&self, path: &str, upn: &str) -> Seen {
        self.choose(&self.get(path).await, "organizations", upn).await
    }
}

#[tokio::test]
async fn v1_grants_everything_the_registration_asks_for() {
    let visitor = Visitor::new().await;
    let page = visitor.consent_page(&v1(TRUU), MEGAN).await;
    assert!(page.text.contains("User.Read.All (application)") && page.text.contains("<b>Contoso</b>"));
    let back = visitor.decide(&page, ANSWER, "accept", false).await.back();
    assert_eq!(
        (back["admin_consent"].as_str(), back["tenant"].as_str()),
        ("True", TENANT_ID.to_string().as_str())
    );
    assert_eq!(back["state"], "abc");
    assert!(!back.contains_key("scope"));
    let view = visitor.entra.cloud().view();
    let principal = view.service_principal_of(TENANT_ID, TRUU).unwrap();
    assert_eq!(
        view.role_values(TENANT_ID, GRAPH_APP_ID, &[principal.id]).len(),
        6
    );
    assert_eq!(
        view.granted_scopes(TENANT_ID, TRUU, GRAPH_APP_ID, uuid::Uuid::nil()),
        ["User.Read"]
    );
}

#[tokio::test]
async fn v2_grants_what_its_scope_says() {
    let visitor = Visitor::new().await;
    let scope = format!("api://{TRUVIO}/access_as_user openid");
    let page = visitor.consent_page(&v2(TRUVIO, &scope), MEGAN).await;
    let back = visitor.decide(&page, ANSWER, "accept", false).await.back();
    assert_eq!(back["scope"], scope);
    {
        let view = visitor.entra.cloud().view();
        assert_eq!(
            view.granted_scopes(TENANT_ID, TRUVIO, TRUVIO, uuid::Uuid::nil()),
            ["access_as_user"]
        );
        assert_eq!(
            view.granted_scopes(TENANT_ID, TRUVIO, GRAPH_APP_ID, uuid::Uuid::nil()),
            ["openid"]
        );
    }
    let without = visitor
        .get(&v1(TRUVIO).replace("/adminconsent", "/v2.0/adminconsent"))
        .await;
    assert!(without.status == 400 && without.text.contains("AADSTS900144"));
    let page = visitor
        .get(&v2(TRUU, "https://graph.microsoft.com/.default"))
        .await;
    assert!(page.text.contains("Device.Read.All (application)"));
}

#[tokio::test]
async fn a_small_role_is_told_so() {
    let visitor = Visitor::new().await;
    // Application permissions of Graph: more than an Application Administrator may grant.
    let page = visitor.consent_page(&v1(TRUU), ADELE).await;
    assert!(page.status == 403 && page.text.contains("AADSTS90094"));
    // Delegated ones are within the role.
    let page = visitor.get(&v1(TRUVIO)).await;
    assert!(page.text.contains("Permissions requested"), "{}", page.text);
    visitor.decide(&page, ANSWER, "accept", false).await.back();
    visitor.forget();
    let page = visitor.consent_page(&v1(TRUVIO), ALEX).await;
    assert!(page.text.contains("Need admin approval"));
    let back = visitor.leave(&page, "organizations").await.back();
    assert_eq!(back["error"], "permission_denied");
}

#[tokio::test]
async fn a_small_role_cannot_post_its_way_around_the_page() {
    let visitor = Visitor::new().await;
    let page = visitor.consent_page(&v1(TRUU), MEGAN).await;
    visitor.forget();
    visitor.consent_page(&v1(TRUVIO), ALEX).await;
    // Megan's form in Alex's browser: her account is not signed in there.
    let back = visitor.decide(&page, ANSWER, "accept", false).await.back();
    assert!(back["error_description"].starts_with("AADSTS50058: "));
    let account = format!("{}.{TENANT_ID}", visitor.person(ALEX));
    let request = form(&[("client_id", &TRUU.to_string()), ("redirect_uri", CONSENT)]);
    let fields = [
        ("flow", "adminconsent"),
        ("request", &request),
        ("account", &account),
        ("action", "accept"),
    ];
    let back = visitor.post(ANSWER, &fields).await.back();
    assert!(back["error_description"].starts_with("AADSTS90094: "));
    assert!(
        visitor
            .entra
            .cloud()
            .view()
            .principal_of(TENANT_ID, TRUU)
            .is_none()
    );
}

#[tokio::test]
async fn cancelling_comes_in_three_spellings_and_v2_says_true_all_the_same() {
    let visitor = Visitor::new().await;
    let scope = "https://graph.microsoft.com/.default";
    let pages = [
        visitor.consent_page(&v1(TRUVIO), MEGAN).await,
        visitor.get(&v2(TRUVIO, scope)).await,
    ];
    for (spelling, errors, described) in [
        (
            CancelSpelling::Documented,
            ["permission_denied", "consent_required"],
            true,
        ),
        (CancelSpelling::Subcode, ["access_denied"; 2], false),
        (CancelSpelling::Declined, ["access_denied"; 2], true),
    ] {
        visitor.entra.platform().set_cancel_spelling(spelling);
        for (place, page) in pages.iter().enumerate() {
            let back = visitor.decide(page, ANSWER, "cancel", false).await.back();
            assert_eq!(back["error"], errors[place], "{spelling:?}");
            assert_eq!(back.contains_key("error_description"), described);
            assert_eq!(back.contains_key("admin_consent"), place == 1);
            assert_eq!(
                (back["state"].as_str(), back.contains_key("tenant")),
                ("abc", false)
            );
        }
    }
}

#[tokio::test]
async fn it_fails_on_purpose_and_without_a_registered_redirect() {
    let visitor = Visitor::new().await;
    visitor.consent_page(&v1(TRUVIO), MEGAN).await;
    visitor.fault(
        "adminconsent",
        Effect::Aadsts {
            code: 650_052,
            claims: None,
        },
    );
    let back = visitor.get(&v1(TRUVIO)).await.back();
    assert!(back["error_description"].starts_with("AADSTS650052: "));
    let elsewhere = v1(TRUVIO).replace("consent%2Fcallback", "elsewhere");
    let page = visitor.get(&elsewhere).await;
    assert!(page.to.is_none() && page.text.contains("AADSTS50011"));
    let own = v1(TRUVIO).replace("organizations", &HERO_INDUSTRIES.to_string());
    assert!(
        visitor.get(&own).await.text.contains("AADSTS50020")
            || visitor.get(&own).await.text.contains("Pick an account")
    );
}
