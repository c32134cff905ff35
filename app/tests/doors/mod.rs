//! How people come in, and what they find behind the door: sign-in, invites, setup links, the ERP checklist, people.

use super::fake::{Fake, owner, served, tenant_admin};
use super::markup::{self, tags};
use super::{check_markup, get, get_in, post, with};
use axum::http::StatusCode;
use contract::onboarding::ErpStep;
use std::collections::BTreeSet;

/// The portal of a customer's IT, come by a setup link.
const SETUP_PAGES: [&str; 5] = [
    "/setup",
    "/setup/onboarding",
    "/setup/directory-sync",
    "/setup/directory-sync/providers",
    "/setup/directory-sync/providers/entra-id",
];

#[tokio::test]
async fn the_setup_portal_is_whole_and_shows_nothing_of_the_console() {
    let router = served::with_microsoft(Fake::full(), Some(tenant_admin("org_contoso", None)), true);
    for path in SETUP_PAGES {
        let got = get(&router, path).await;
        assert_eq!(got.status, StatusCode::OK, "{path}");
        check_markup(path, &got.body);
        let tags = tags(&got.body);
        for href in with(&tags, "a").filter_map(|link| link.get("href")) {
            let stays = href.starts_with("/setup")
                || href.starts_with('#')
                || href.starts_with("https://entra.microsoft.com/");
            assert!(stays, "{path} leads to {href}");
        }
        assert!(
            !got.body.contains("Rollcall</span>"),
            "{path}: the app's name, not ours"
        );
        let brand = got.body.split("class=\"brand\"").nth(1).expect("a brand");
        let brand = brand.split("</a>").next().expect("its end");
        assert!(brand.contains("<bdi>Hero SaaS"), "{path}: {brand}");
    }
    assert_eq!(get(&router, "/").await.location(), "/setup");
}

#[tokio::test]
async fn the_setup_portal_shows_only_what_the_link_opens() {
    let viewer = tenant_admin("org_contoso", Some(ErpStep::AdminConsent));
    let router = served::with_microsoft(Fake::full(), Some(viewer), true);
    let home = get(&router, "/setup").await.body;
    assert!(home.contains("ERP checklist") && !home.contains("Directory Sync"));
    let page = get(&router, "/setup/onboarding").await.body;
    assert_eq!(steps(&page), ["sign-in", "admin-consent"]);
}

/// Which steps a page lists, in order.
fn steps(page: &str) -> Vec<String> {
    let tags = tags(page);
    with(&tags, "details")
        .filter_map(|tag| tag.get("data-step"))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn without_a_setup_session_the_portal_says_to_open_the_link() {
    let router = served::with_microsoft(Fake::full(), None, true);
    let got = get(&router, "/setup").await;
    assert_eq!(got.status, StatusCode::UNAUTHORIZED);
    assert!(
        got.body
            .contains("Open the setup link that you were sent once more")
    );
    let console = served::router(Fake::full(), Some(owner()));
    assert_eq!(get(&console, "/setup").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_setup_links_door_says_what_it_opens_or_why_it_does_not() {
    let router = served::router(Fake::full(), None);
    let cases = [
        ("open", "ERP checklist, Directory Sync"),
        ("step", "ERP checklist, only: Grant admin consent"),
        ("expired", "This setup link has expired"),
        ("revoked", "This setup link was revoked"),
        ("elsewhere", "in use in another browser"),
    ];
    for (token, said) in cases {
        let got = get(&router, &format!("/setup/{token}")).await;
        assert_eq!(got.status, StatusCode::OK, "{token}");
        check_markup(token, &got.body);
        assert!(got.body.contains(said), "{token}: {said}");
        let tags = tags(&got.body);
        let begins = with(&tags, "form").any(|form| form.get("action") == Some("/setup"));
        assert_eq!(begins, ["open", "step"].contains(&token), "{token}");
        let leads = with(&tags, "a").filter_map(|link| link.get("href"));
        assert_eq!(
            leads.collect::<Vec<_>>(),
            ["#content"],
            "{token}: no way into the console"
        );
    }
    assert_eq!(get(&router, "/setup/none").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn microsoft_is_the_way_in_where_it_is_configured() {
    let router = served::with_microsoft(Fake::full(), None, true);
    let wanted = get(&router, "/organizations/org_acme/users?search=a").await;
    assert_eq!(wanted.status, StatusCode::UNAUTHORIZED);
    let tags = tags(&wanted.body);
    assert!(with(&tags, "form").any(|form| form.get("action") == Some("/sign-in")));
    let back = with(&tags, "input").find(|input| input.get("name") == Some("return_to"));
    assert_eq!(
        back.expect("a way back").get("value"),
        Some("/organizations/org_acme/users?search=a")
    );
    let elsewhere = get(&router, "/signed-out?return_to=https://evil.example/")
        .await
        .body;
    assert!(!elsewhere.contains("evil.example"));
    let used = get(&router, "/signed-out?link=used").await.body;
    assert!(used.contains("rollcall bootstrap-link"), "the link's own way");
}

#[tokio::test]
async fn a_failed_sign_in_says_what_to_do_and_nothing_of_its_own() {
    let router = served::with_microsoft(Fake::full(), None, true);
    for (failed, word) in app::entrance::Failed::ALL {
        let got = get(&router, &format!("/signed-out?failed={word}&reference=req-77"))
            .await
            .body;
        check_markup(word, &got);
        let told = (app::words::Language::English.words().entrance.failed)(failed);
        assert!(got.contains("req-77"), "{word}: the reference");
        assert!(
            markup::texts(&got).iter().any(|text| text == told.title),
            "{word}"
        );
    }
    let forged = get(&router, "/signed-out?failed=call-me&reference=%2B1%20555")
        .await
        .body;
    assert!(!forged.contains("call-me") && !forged.contains("555"));
}

#[tokio::test]
async fn an_invite_names_the_app_and_the_role() {
    let router = served::with_microsoft(Fake::full(), None, true);
    let got = get(&router, "/join/open").await.body;
    check_markup("join", &got);
    assert!(got.contains("You are invited to Hero SaaS as Support"));
    let tags = tags(&got);
    let token = with(&tags, "input").find(|input| input.get("name") == Some("invite"));
    assert_eq!(token.expect("the token").get("value"), Some("open"));
    let gone = get(&router, "/join/none").await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert!(gone.body.contains("This invite no longer works"));
}

#[tokio::test]
async fn every_state_of_the_erp_checklist_is_told_with_its_remedy() {
    let router = served::router(Fake::full(), Some(owner()));
    let cases = [
        ("acme", "Every step is proven. The ERP can call the app."),
        ("acme", "Delete the service user we created?"),
        (
            "contoso",
            "One of these is enough: User Administrator, Global Administrator.",
        ),
        ("contoso", "Make a link for this step"),
        (
            "fabrikam",
            "Access denied: the service user lacks the app role, or another principal holds it (AADSTS50105).",
        ),
        ("fabrikam", "Go to the step that mends it: Assign the app role"),
        ("fabrikam", "Microsoft reported consent and does not show it yet."),
        ("fabrikam", "This is your own account."),
        (
            "litware",
            "Wrong account: &lt;img src=x&gt;@contoso.com signed in, not the service user.",
        ),
        (
            "litware",
            "The service user is a guest of the tenant, not a member.",
        ),
        (
            "litware",
            "The account that tried may not consent for the tenant.",
        ),
        (
            "northwind",
            "The owner of the app has not entered its client ID and role yet.",
        ),
        (
            "tailspin",
            "Consent holds, without these permissions: Device.Read.All.",
        ),
        ("tailspin", "AADSTS53003: Access has been blocked"),
        (
            "wingtip",
            "Consent required: it was not granted, or is not visible yet (AADSTS65001).",
        ),
        (
            "wingtip",
            "You signed in to another tenant than this organization",
        ),
    ];
    for (organization, said) in cases {
        let page = get(&router, &format!("/organizations/org_{organization}/onboarding"))
            .await
            .body;
        assert!(page.contains(said), "{organization}: {said}");
    }
}

#[tokio::test]
async fn each_step_carries_its_state_where_a_live_page_renews_it() {
    let router = served::router(Fake::full(), Some(owner()));
    let page = get(&router, "/organizations/org_fabrikam/onboarding").await.body;
    let tags = tags(&page);
    let states: Vec<_> = with(&tags, "details")
        .filter_map(|tag| tag.get("data-step-state"))
        .collect();
    assert_eq!(states, ["done", "done", "waiting", "failed", "failed"]);
}

#[tokio::test]
async fn the_service_user_is_found_chosen_and_created_without_script() {
    let router = served::router(Fake::full(), Some(owner()));
    let page = get(&router, "/organizations/org_acme/onboarding?find=svc")
        .await
        .body;
    assert!(page.contains("Guest, cannot be used") && page.contains("Disabled, cannot be used"));
    let form = "organization=org_acme&object_id=oid-svc-erp";
    let chosen = post(&router, "choose-service-user", form).await;
    assert_eq!(
        chosen.location(),
        "/organizations/org_acme/onboarding?done=service-user-chosen"
    );
    let taken = "organization=org_acme&name=ERP&user_name=svc-erp%40contoso.com";
    let refused = post(&router, "create-service-user", taken).await;
    let page = get(&router, refused.location()).await.body;
    assert!(page.contains("The service user was not created") && page.contains("svc-erp@contoso.com"));
    let undone = post(&router, "undo", "organization=org_acme&step=app-role").await;
    assert!(
        undone.location().ends_with("done=undone"),
        "{}",
        undone.location()
    );
    let unknown = post(&router, "undo", "organization=org_acme&step=everything").await;
    assert!(
        unknown.location().contains("why=not-offered"),
        "{}",
        unknown.location()
    );
}

#[tokio::test]
async fn a_setup_link_is_shown_once() {
    let router = served::router(Fake::full(), Some(owner()));
    let form = "organization=org_acme&erp=true&directory_sync=true&days=3";
    let made = post(&router, "create-setup-link", form).await;
    assert_eq!(
        made.location(),
        "/organizations/org_acme/setup-links?done=setup-link-made&made=lnk_new"
    );
    assert!(
        get(&router, made.location())
            .await
            .body
            .contains("/setup/s3cret?true-true-None")
    );
    assert!(
        !get(&router, made.location()).await.body.contains("/setup/s3cret"),
        "never again"
    );
    let nothing = post(&router, "create-setup-link", "organization=org_acme&days=3").await;
    assert!(
        get(&router, nothing.location())
            .await
            .body
            .contains("Choose at least one.")
    );
}

#[tokio::test]
async fn a_step_is_handed_over_from_where_one_stands() {
    let viewer = tenant_admin("org_contoso", None);
    let router = served::with_microsoft(Fake::full(), Some(viewer), true);
    let page = get(&router, "/setup/onboarding?step=service-user").await.body;
    let tags = tags(&page);
    let back = with(&tags, "input")
        .find(|input| input.get("name") == Some("back") && input.get("value") != Some(""));
    assert!(back.is_some());
    let form = "organization=org_contoso&erp=true&step=service-user&days=3&back=%2Fsetup%2Fonboarding%3Fstep%3Dservice-user";
    let made = post(&router, "create-setup-link", form).await;
    assert_eq!(
        made.location(),
        "/setup/onboarding?step=service-user&done=setup-link-made&made=lnk_new"
    );
    let page = get(&router, made.location()).await.body;
    assert!(page.contains("/setup/s3cret?true-false-Some(ServiceUser)"));
}

#[tokio::test]
async fn people_are_invited_and_removed_without_script() {
    let router = served::router(Fake::full(), Some(owner()));
    let people = "/apps/app_0194a0c2d5e67b3c8f10a1b2c3d4e5f6/people";
    assert_eq!(get(&router, "/people").await.location(), people);
    let app = "app=app_0194a0c2d5e67b3c8f10a1b2c3d4e5f6";
    let made = post(&router, "invite", &format!("{app}&role=support&note=Sam")).await;
    assert_eq!(made.location(), format!("{people}?done=invite-made&made=inv_new"));
    assert!(get(&router, made.location()).await.body.contains("/join/s3cret"));
    assert!(
        !get(&router, made.location()).await.body.contains("/join/s3cret"),
        "never again"
    );
    let odd = post(&router, "invite", &format!("{app}&role=tenant_admin&note=Sam")).await;
    assert!(odd.location().contains("why=not-offered"), "{}", odd.location());
    let last = post(&router, "remove-member", &format!("{app}&person=per_olivia")).await;
    assert!(
        get(&router, last.location())
            .await
            .body
            .contains("This is the last owner.")
    );
    let ended = post(&router, "end-session", &format!("{app}&session=ses_2")).await;
    assert!(
        get(&router, ended.location())
            .await
            .body
            .contains("Session ended.")
    );
}

#[tokio::test]
async fn people_come_from_a_directory_without_script() {
    let router = served::router(Fake::full(), Some(owner()));
    let people = "/apps/app_0194a0c2d5e67b3c8f10a1b2c3d4e5f6/people";
    let app = "app=app_0194a0c2d5e67b3c8f10a1b2c3d4e5f6";
    let page = get(&router, people).await.body;
    for said in [
        "People from a directory",
        "Entra ID of Hero Industries",
        "externalId ← objectId",
        "1 of 500 have an external ID that is no object ID",
        "A group that is gone from the directory",
        "Cannot come in: no object ID",
        "Disabled in the directory",
        "The first 4 entries of 500 people.",
    ] {
        assert!(page.contains(said), "{said}");
    }
    let tenant = "11111111-2222-3333-4444-555555555555";
    let set = format!("{app}&directory=dir_home&tenant_id={tenant}");
    let set = post(&router, "use-staff-directory", &set).await;
    assert_eq!(set.location(), format!("{people}?done=staff-directory-set"));
    let odd = format!("{app}&directory=dir_home&tenant_id=contoso");
    let odd = post(&router, "use-staff-directory", &odd).await;
    let odd = get(&router, odd.location()).await.body;
    assert!(odd.contains("A tenant ID looks like") && odd.contains("value=\"contoso\""));
    let let_in = post(
        &router,
        "map-staff-group",
        &format!("{app}&group=g-support&role=owner"),
    )
    .await;
    assert_eq!(let_in.location(), format!("{people}?done=staff-group-mapped"));
    let odd = post(
        &router,
        "map-staff-group",
        &format!("{app}&group=g&role=tenant_admin"),
    )
    .await;
    assert!(odd.location().contains("why=not-offered"), "{}", odd.location());
}

/// Nobody locks everybody out without having read what it means.
#[tokio::test]
async fn what_leaves_no_owner_is_asked_once_more() {
    let router = served::router(Fake::full(), Some(owner()));
    let app = "app=app_0194a0c2d5e67b3c8f10a1b2c3d4e5f6";
    let asked = post(&router, "map-staff-group", &format!("{app}&group=g-owners")).await;
    let page = get(&router, asked.location()).await.body;
    assert!(page.contains("Nobody would be an owner any more"));
    let tags = tags(&page);
    let hidden = |name: &str| {
        let mut all = with(&tags, "input").filter(|input| input.get("name") == Some(name));
        all.find_map(|input| input.get("value")).map(str::to_owned)
    };
    assert_eq!(hidden("confirmed").as_deref(), Some("true"));
    assert_eq!(hidden("group").as_deref(), Some("g-owners"));
    let known = format!("{app}&group=g-owners&role=&confirmed=true");
    let known = post(&router, "map-staff-group", &known).await;
    assert!(known.location().ends_with("?done=staff-group-mapped"));
    let asked = post(&router, "stop-staff-directory", app).await;
    let page = get(&router, asked.location()).await.body;
    assert!(page.contains("You would not be an owner any more"));
    let known = post(&router, "stop-staff-directory", &format!("{app}&confirmed=true")).await;
    assert!(known.location().ends_with("?done=staff-directory-stopped"));
}

#[tokio::test]
async fn the_doors_speak_german_too() {
    let portal = served::with_microsoft(Fake::full(), Some(tenant_admin("org_contoso", None)), true);
    let doors = served::with_microsoft(Fake::full(), None, true);
    let pages = SETUP_PAGES.map(|path| (&portal, path));
    let more = [
        "/setup/open",
        "/setup/expired",
        "/join/open",
        "/signed-out?failed=expired",
    ];
    for (router, path) in pages.into_iter().chain(more.map(|path| (&doors, path))) {
        let (english, german) = (
            get_in(router, path, "en").await.body,
            get_in(router, path, "de").await.body,
        );
        let english: BTreeSet<String> = markup::texts(&english).into_iter().collect();
        let foreign: Vec<String> = markup::texts(&german)
            .into_iter()
            .filter(|text| english.contains(text) && markup::reads_english(text))
            .collect();
        assert!(foreign.is_empty(), "{path}: {foreign:?}");
    }
}
