//! What support is shown instead of people's data, and what it says to see them.

use super::fake::{Fake, served, support};
use super::markup::{self, tags};
use super::{check_markup, get, get_in, post, with};
use axum::http::StatusCode;

/// Threats T71.
#[tokio::test]
async fn support_says_why_before_it_sees_people() {
    let router = served::router(Fake::full(), Some(support()));
    let hidden = [
        "/organizations/org_acme/users",
        "/organizations/org_acme/users/0194a0c2-d5e6-7b3c-8f10-000000000009",
        "/organizations/org_acme/groups",
        "/organizations/org_acme/groups/0194a0c2-d5e6-7b3c-9f10-000000000001",
        "/organizations/org_acme/activity",
        "/organizations/org_acme/activity/412",
    ];
    for path in hidden {
        let page = get(&router, path).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        assert!(page.body.contains("Why do you look?"), "{path}");
        assert!(!page.body.contains("@acme"), "{path}: a name");
        check_markup(path, &page.body);
        check_begin(path, &page.body);
        let german = get_in(&router, path, "de").await.body;
        assert!(german.contains("Warum sehen Sie nach?"), "{path}");
        assert!(
            !markup::texts(&german)
                .iter()
                .any(|text| markup::reads_english(text)),
            "{path}"
        );
    }
    let form = "organization=org_acme&minutes=30&back=%2Forganizations%2Forg_acme%2Fusers&reason=";
    let refused = post(&router, "begin-support-view", &format!("{form}x")).await;
    let page = get(&router, refused.location()).await.body;
    check_markup("refused", &page);
    assert!(page.contains("That is too short.") && page.contains(r#"value="x""#));
    let begun = post(&router, "begin-support-view", &format!("{form}Ticket+%3C4711%3E")).await;
    assert_eq!(begun.location(), "/organizations/org_acme/users");
    for path in hidden {
        let page = get(&router, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(
            page.body.contains("Ticket &lt;4711&gt;") && page.body.contains("in 30 min"),
            "{path}: the banner"
        );
        check_markup(path, &page.body);
    }
    let german = get_in(&router, hidden[0], "de").await.body;
    assert!(german.contains("Jetzt beenden"));
    let ended = post(&router, "end-support-view", "organization=org_acme").await;
    let page = get(&router, ended.location()).await.body;
    assert!(page.contains("You no longer see the personal data of this organization."));
    assert_eq!(get(&router, hidden[0]).await.status, StatusCode::FORBIDDEN);
}

/// The form stands there once, wants a reason, and half an hour is what it takes unless told otherwise.
fn check_begin(path: &str, body: &str) {
    let tags = tags(body);
    let begin = with(&tags, "form").filter(|form| form.get("action") == Some("/ask/begin-support-view"));
    assert_eq!(begin.count(), 1, "{path}");
    let reason = with(&tags, "input").find(|input| input.get("name") == Some("reason"));
    assert!(
        reason.is_some_and(|reason| reason.get("required").is_some()),
        "{path}"
    );
    let minutes: Vec<_> = with(&tags, "option")
        .filter_map(|option| option.get("value"))
        .collect();
    assert_eq!(minutes, ["30", "120", "480"], "{path}");
}
