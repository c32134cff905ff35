//! The pages as a browser gets them, over a made-up portal: complete, accessible as far as markup can say, and safe
//! with whatever a directory sends.

#![expect(
    clippy::expect_used,
    reason = "a test that finds nothing where something must be has failed"
)]

mod doors;
mod fake;
mod markup;
mod support_views;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use fake::{Fake, owner, served, support};
use markup::{Tag, tags};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use tower::ServiceExt;

/// Every page with something on it.
const PAGES: [&str; 31] = [
    "/organizations",
    "/organizations?search=acme",
    "/organizations?search=nobody",
    "/organizations/new",
    "/organizations/org_acme/directory-sync",
    "/organizations/org_contoso/directory-sync",
    "/organizations/org_fabrikam/directory-sync",
    "/organizations/org_litware/directory-sync",
    "/organizations/org_northwind/directory-sync",
    "/organizations/org_tailspin/directory-sync",
    "/organizations/org_wingtip/directory-sync",
    "/organizations/org_acme/directory-sync/providers/entra-id",
    "/organizations/org_acme/users",
    "/organizations/org_northwind/users",
    "/organizations/org_acme/users/0194a0c2-d5e6-7b3c-8f10-000000000009",
    "/organizations/org_acme/users/0194a0c2-d5e6-7b3c-8f10-000000000006",
    "/organizations/org_acme/groups/0194a0c2-d5e6-7b3c-9f10-000000000001",
    "/organizations/org_acme/activity",
    "/organizations/org_acme/activity/412",
    "/organizations/org_acme/activity/409",
    "/organizations/org_acme/onboarding",
    "/organizations/org_acme/onboarding?find=svc",
    "/organizations/org_acme/onboarding?find=nobody",
    "/organizations/org_contoso/onboarding",
    "/organizations/org_fabrikam/onboarding?failed=cancelled&reference=req-1",
    "/organizations/org_litware/onboarding",
    "/organizations/org_northwind/onboarding",
    "/organizations/org_tailspin/onboarding",
    "/organizations/org_wingtip/onboarding?step=app-role",
    "/organizations/org_acme/setup-links",
    "/apps/app_0194a0c2d5e67b3c8f10a1b2c3d4e5f6/people",
];

struct Got {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Got {
    fn location(&self) -> &str {
        self.headers
            .get(LOCATION)
            .expect("a way on")
            .to_str()
            .expect("an address")
    }
}

async fn ask(router: &Router, request: Request<Body>) -> Got {
    let response = router
        .clone()
        .oneshot(request)
        .await
        .expect("a router always answers");
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 4 << 20).await.expect("a whole body");
    Got {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).expect("UTF-8"),
    }
}

async fn get(router: &Router, path: &str) -> Got {
    let request = Request::get(path)
        .header(ACCEPT, "text/html")
        .body(Body::empty())
        .expect("a request");
    ask(router, request).await
}

async fn get_in(router: &Router, path: &str, language: &str) -> Got {
    let request = Request::get(path)
        .header(ACCEPT_LANGUAGE, language)
        .body(Body::empty())
        .expect("a request");
    ask(router, request).await
}

/// A browser without script sends a form.
async fn post(router: &Router, act: &str, form: &str) -> Got {
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("{}/{act}", app::SERVER_FUNCTIONS))
        .header(ACCEPT, "text/html,application/xhtml+xml")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form.to_owned()))
        .expect("a request");
    ask(router, request).await
}

fn with<'t>(tags: &'t [Tag], name: &'t str) -> impl Iterator<Item = &'t Tag> {
    tags.iter().filter(move |tag| tag.name == name)
}

#[tokio::test]
async fn every_page_is_whole_and_well_formed() {
    let router = served::router(Fake::full(), Some(owner()));
    for path in PAGES {
        let got = get(&router, path).await;
        assert_eq!(got.status, StatusCode::OK, "{path}");
        check_markup(path, &got.body);
    }
    for path in [
        "/nope",
        "/organizations/org_gone/users",
        "/organizations/org_broken/users",
        "/signed-out",
    ] {
        check_markup(path, &get(&router, path).await.body);
    }
    check_markup(
        "empty",
        &get(&served::router(Fake::empty(), Some(owner())), "/organizations")
            .await
            .body,
    );
}

/// What every page keeps, whatever it shows.
fn check_markup(path: &str, body: &str) {
    let tags = tags(body);
    assert_eq!(with(&tags, "h1").count(), 1, "{path}: one h1");
    assert_eq!(with(&tags, "main").count(), 1, "{path}: one main");
    assert_eq!(with(&tags, "title").count(), 1, "{path}: one title");
    assert!(
        tags.iter().all(|tag| tag.get("style").is_none()),
        "{path}: a style attribute"
    );
    assert!(
        tags.iter()
            .all(|tag| !tag.attributes.keys().any(|name| name.starts_with("on"))),
        "{path}: a handler"
    );
    assert!(with(&tags, "style").next().is_none(), "{path}: a style element");
    for script in with(&tags, "script") {
        assert!(
            script.get("nonce").is_some_and(|nonce| !nonce.is_empty()),
            "{path}: a script without nonce"
        );
    }
    let ids: Vec<&str> = tags.iter().filter_map(|tag| tag.get("id")).collect();
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), known.len(), "{path}: an id twice in {ids:?}");
    for tag in &tags {
        let referring = [
            "for",
            "aria-labelledby",
            "aria-describedby",
            "aria-controls",
            "commandfor",
        ];
        for id in referring
            .iter()
            .filter_map(|name| tag.get(name))
            .flat_map(str::split_whitespace)
        {
            assert!(known.contains(id), "{path}: {id} is referred to and not there");
        }
    }
    check_controls(path, &tags);
}

/// Every control has a name, and every label a control.
fn check_controls(path: &str, tags: &[Tag]) {
    let labelled: BTreeSet<&str> = with(tags, "label").filter_map(|label| label.get("for")).collect();
    let mut inside = 0;
    for tag in tags {
        match tag.name.as_str() {
            "label" if tag.get("for").is_none() => inside += 1,
            "/label" => inside = 0,
            "input" if tag.get("type") == Some("hidden") => {}
            "input" | "select" => {
                let named =
                    tag.get("id").is_some_and(|id| labelled.contains(id)) || tag.get("aria-label").is_some();
                assert!(named || inside > 0, "{path}: {tag:?} has no label");
            }
            "svg" => {
                let told = tag.get("aria-hidden") == Some("true") || tag.get("aria-label").is_some();
                assert!(told, "{path}: {tag:?} says nothing");
            }
            "th" => assert!(tag.get("scope").is_some(), "{path}: {tag:?} of what?"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn every_link_leads_somewhere() {
    let router = served::router(Fake::full(), Some(owner()));
    let mut waiting = VecDeque::from(["/organizations".to_owned()]);
    let mut seen = BTreeMap::new();
    while let Some(path) = waiting.pop_front() {
        if seen.contains_key(&path) || seen.len() > 300 {
            continue;
        }
        let got = get(&router, &path).await;
        if got.status.is_redirection() {
            waiting.push_back(got.location().to_owned());
            seen.insert(path, ());
            continue;
        }
        assert!(got.status.is_success(), "{path} answers {}", got.status);
        for link in with(&tags(&got.body), "a").filter_map(|link| link.get("href")) {
            let page = link.split('#').next().unwrap_or_default();
            if page.starts_with('/') && !page.contains(".csv") {
                waiting.push_back(page.to_owned());
            } else {
                let known = link.starts_with('#')
                    || link.contains(".csv")
                    || link.starts_with("https://entra.microsoft.com/");
                assert!(known, "{path} leads to {link}");
            }
        }
        seen.insert(path, ());
    }
    assert!(seen.len() > 60, "only {} pages found", seen.len());
}

#[tokio::test]
async fn what_a_directory_sends_stays_text() {
    let router = served::router(Fake::full(), Some(owner()));
    for path in PAGES {
        let body = get(&router, path).await.body;
        let tags = tags(&body);
        assert!(
            with(&tags, "img").next().is_none(),
            "{path}: a name became an element"
        );
        assert!(!body.contains("<script>"), "{path}: a name became a script");
        assert!(!body.contains("<b>"), "{path}: a name became markup");
    }
    let users = get(&router, "/organizations/org_acme/users").await.body;
    assert!(
        users.contains("&lt;img src=x onerror=alert(1)&gt;"),
        "the hostile name is shown as it came"
    );
    let list = get(&router, "/organizations").await.body;
    assert!(list.contains("Wingtip &lt;script&gt;alert(1)&lt;/script&gt; &amp; Söhne"));
}

#[tokio::test]
async fn refusals_carry_their_status_and_say_what_to_do() {
    let router = served::router(Fake::full(), Some(owner()));
    let gone = get(&router, "/organizations/org_gone/users").await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert_eq!(get(&router, "/nope").await.status, StatusCode::NOT_FOUND);
    let unknown = get(&router, "/organizations/org_acme/directory-sync/providers/nope").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let broken = get(&router, "/organizations/org_broken/users").await;
    assert_eq!(broken.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(broken.body.contains("req-7f3a91"), "the reference");
    let nobody = get(&served::router(Fake::full(), None), "/organizations").await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    assert!(nobody.body.contains("rollcall bootstrap-link"));
    assert!(!nobody.body.contains("Acme"), "nothing is told to nobody");
}

#[tokio::test]
async fn doors_lead_on() {
    let router = served::router(Fake::full(), Some(owner()));
    assert_eq!(get(&router, "/").await.location(), "/organizations");
    assert_eq!(
        get(&router, "/organizations/org_acme").await.location(),
        "/organizations/org_acme/directory-sync"
    );
    assert_eq!(
        get(&served::router(Fake::full(), None), "/").await.location(),
        "/signed-out"
    );
}

#[tokio::test]
async fn a_new_organization_without_script() {
    let router = served::router(Fake::full(), Some(owner()));
    let made = post(&router, "create-organization", "name=Zava+%26+Co").await;
    assert_eq!(made.status, StatusCode::SEE_OTHER);
    assert!(
        made.location()
            .ends_with("/directory-sync?done=organization-made"),
        "{}",
        made.location()
    );
    let page = get(&router, made.location()).await.body;
    assert!(page.contains("Organization created."), "it says so");
    assert!(
        page.contains("Where does Zava &amp; Co keep its people?"),
        "and what comes next"
    );
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_entered() {
    let router = served::router(Fake::full(), Some(owner()));
    let refused = post(&router, "create-organization", "name=acme+corp").await;
    assert_eq!(refused.status, StatusCode::SEE_OTHER);
    let page = get(&router, refused.location()).await;
    assert_eq!(page.status, StatusCode::OK);
    let tags = tags(&page.body);
    let field = with(&tags, "input")
        .find(|input| input.get("name") == Some("name"))
        .expect("the field");
    assert_eq!(
        (field.get("value"), field.get("aria-invalid")),
        (Some("acme corp"), Some("true"))
    );
    assert!(page.body.contains("Something of that name exists already."));
}

#[tokio::test]
async fn a_script_gets_a_refusal_as_it_is() {
    let router = served::router(Fake::full(), Some(owner()));
    let request = Request::post("/ask/create-organization")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("name="))
        .expect("a request");
    let got = ask(&router, request).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(got.body.contains(r#""refusal":"invalid""#), "{}", got.body);
}

#[tokio::test]
async fn the_token_is_shown_once_and_not_to_a_page_that_refreshes_itself() {
    let router = served::router(Fake::full(), Some(owner()));
    let made = post(
        &router,
        "configure",
        "organization=org_northwind&provider=entra-id",
    )
    .await;
    assert!(made.location().contains("done=configured"), "{}", made.location());
    let refresh = Request::get(made.location())
        .header("rollcall-live", "1")
        .body(Body::empty())
        .expect("a request");
    assert!(
        !ask(&router, refresh).await.body.contains("rollcall_scim_"),
        "a refresh uses nothing up"
    );
    let first = get(&router, made.location()).await.body;
    assert!(first.contains("rollcall_scim_") && first.contains("I stored it"));
    assert!(
        !get(&router, made.location())
            .await
            .body
            .contains("rollcall_scim_"),
        "never again"
    );
}

#[tokio::test]
async fn rotating_overlaps_and_ends_with_two() {
    let router = served::router(Fake::full(), Some(owner()));
    let directory = "dir_0194a0c2d5e67b3c8f10a1b2c3d40002";
    let form = format!("organization=org_contoso&directory={directory}&name=Second&expires_on=");
    let made = post(&router, "create-token", &form).await;
    let page = get(&router, made.location()).await.body;
    assert!(page.contains("Second token created. The first one keeps working until you revoke it."));
    assert!(page.contains("rollcall_scim_") && page.contains("Two tokens are alive, and two is the most."));
    let third = post(&router, "create-token", &form).await;
    assert!(
        third.location().contains("why=two-tokens-alive"),
        "{}",
        third.location()
    );
    assert!(
        get(&router, third.location())
            .await
            .body
            .contains("Two tokens are alive already")
    );
    let bad = post(
        &router,
        "create-token",
        &form.replace("expires_on=", "expires_on=soon"),
    )
    .await;
    assert!(bad.location().contains("why=not-offered"), "{}", bad.location());
}

#[tokio::test]
async fn deleting_names_what_goes_and_wants_the_name() {
    let router = served::router(Fake::full(), Some(owner()));
    let page = get(&router, "/organizations/org_acme/directory-sync").await.body;
    assert!(page.contains("This deletes 250 users, 19 groups and 3 tokens, with the whole history."));
    let form = "organization=org_acme&directory=dir_0194a0c2d5e67b3c8f10a1b2c3d40001&confirm_name=";
    let refused = post(&router, "delete-directory", &format!("{form}Entra")).await;
    let page = get(&router, refused.location()).await.body;
    assert!(page.contains("That is not the name."));
    let tags = tags(&page);
    let dialog = with(&tags, "dialog")
        .find(|dialog| dialog.get("id") == Some("delete-directory"))
        .expect("a dialog");
    assert!(dialog.get("open").is_some(), "the dialog stands open again");
    let deleted = post(&router, "delete-directory", &format!("{form}Entra+ID")).await;
    assert!(
        get(&router, deleted.location())
            .await
            .body
            .contains("Where does Acme Corp keep its people?")
    );
}

#[tokio::test]
async fn an_old_sign_in_is_told_how_to_renew_it() {
    let router = served::router(Fake::stale_session(), Some(owner()));
    let refused = post(
        &router,
        "configure",
        "organization=org_northwind&provider=entra-id",
    )
    .await;
    let page = get(&router, refused.location()).await.body;
    assert!(page.contains("The directory was not configured"));
    assert!(page.contains("This needs a sign-in of the last 10 minutes."));
    assert!(page.contains("rollcall bootstrap-link"));
}

#[tokio::test]
async fn support_is_offered_nothing_it_may_not_do() {
    let router = served::router(Fake::full(), Some(support()));
    for path in PAGES
        .iter()
        .filter(|path| !path.ends_with("/new") && !path.contains("/providers/"))
    {
        let tags = tags(&get(&router, path).await.body);
        let acts = with(&tags, "form").filter(|form| form.get("method") == Some("post"));
        let acts: Vec<_> = acts
            .filter_map(|form| form.get("action"))
            // It changes nothing: it asks why, and is told of.
            .filter(|act| *act != "/ask/begin-support-view")
            .collect();
        assert_eq!(
            acts,
            ["/sign-out", "/ask/choose-language", "/ask/choose-theme"],
            "{path}"
        );
    }
}

#[tokio::test]
async fn german_is_complete() {
    let router = served::router(Fake::full(), Some(owner()));
    for path in PAGES {
        let (english, german) = (
            get_in(&router, path, "en").await.body,
            get_in(&router, path, "de-DE,de").await.body,
        );
        assert!(german.contains(r#"<html lang="de""#), "{path}");
        let english: BTreeSet<String> = markup::texts(&english).into_iter().collect();
        let same: Vec<String> = markup::texts(&german)
            .into_iter()
            .filter(|text| english.contains(text))
            .collect();
        let foreign: Vec<_> = same.iter().filter(|text| markup::reads_english(text)).collect();
        assert!(foreign.is_empty(), "{path}: {foreign:?}");
    }
}

#[tokio::test]
async fn choices_are_remembered_and_leave_the_reader_where_they_are() {
    let router = served::router(Fake::full(), Some(owner()));
    let request = Request::post("/ask/choose-language")
        .header(ACCEPT, "text/html")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(
            "language=de&back=%2Forganizations%2Forg_acme%2Fusers%3Fsearch%3Da",
        ))
        .expect("a request");
    let page = get(
        &router,
        "/organizations/org_acme/users?search=a&done=organization-made",
    )
    .await
    .body;
    let here = tags(&page)
        .into_iter()
        .find(|input| input.get("name") == Some("back"));
    assert_eq!(
        here.expect("a field").get("value"),
        Some("/organizations/org_acme/users?search=a")
    );
    let got = ask(&router, request).await;
    assert_eq!(got.location(), "/organizations/org_acme/users?search=a");
    let cookie = got
        .headers
        .get(SET_COOKIE)
        .expect("a cookie")
        .to_str()
        .expect("text")
        .to_owned();
    assert!(cookie.starts_with("language=de;"), "{cookie}");
    let request = Request::get("/organizations")
        .header(COOKIE, "language=de; theme=dark")
        .body(Body::empty());
    let page = ask(&router, request.expect("a request")).await.body;
    assert!(
        page.contains(r#"<html lang="de" data-theme="dark""#),
        "{}",
        &page[..200]
    );
}

#[tokio::test]
async fn lists_page_both_ways_and_keep_their_filters() {
    let router = served::router(Fake::full(), Some(owner()));
    let first = get(
        &router,
        "/organizations/org_acme/users?search=contoso&active=true",
    )
    .await
    .body;
    let tags = tags(&first);
    let next = with(&tags, "a")
        .find(|link| link.get("rel") == Some("next"))
        .and_then(|link| link.get("href"));
    let next = next.expect("a next page");
    assert!(
        next.contains("search=contoso") && next.contains("active=true"),
        "{next}"
    );
    let csv = with(&tags, "a")
        .filter_map(|link| link.get("href"))
        .find(|href| href.contains("users.csv"));
    assert_eq!(
        csv,
        Some("/organizations/org_acme/users.csv?search=contoso&active=true")
    );
    let second = get(&router, next).await.body;
    let tags = markup::tags(&second);
    assert!(with(&tags, "a").any(|link| link.get("rel") == Some("prev")));
    assert!(second.contains("Megan Bowen") && !first.contains("Megan Bowen"));
}
