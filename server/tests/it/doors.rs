//! The ways in, as somebody who means harm tries them (threats T43 to T50, T58, T61, T64, T68 to T73, T89).

use std::time::Duration;

use emulator::tenant::TENANT_ID;
use futures_util::{StreamExt, stream};
use reqwest::{Method, Response};
use serde_json::json;
use store::sessions::Role;
use tokio::time::timeout;
use url::Url;

use crate::harness::callers::BOTH;
use crate::harness::entra::{ADELE, Browser, MEGAN, OLIVIA, SAM, Signing};
use crate::harness::erp::Truvio;
use crate::harness::scim::{Scim, USER};
use crate::harness::{Running, cookie};

const EXPIRED: &str = "/signed-out?failed=expired";
const OTHER: &str = "/signed-out?failed=other";
const FORM: &str = "application/x-www-form-urlencoded";

/// Olivia owns a new app, and is known by invite.
async fn with_olivia(at: &Signing) -> (Browser, String) {
    let organization = at.server.organization().await;
    let app = at.server.app_of(&organization).await;
    let (portal, owner) = (&at.server.state.portal, at.server.owner());
    let id = portal.invite(&owner, &app, contract::Role::Owner, "Olivia").await;
    let url = portal.reveal_invite(&owner, &id.unwrap()).await.unwrap().unwrap();
    let mut browser = at.browser();
    let invite = url.rsplit('/').next().unwrap();
    assert_eq!(
        browser.sign_in(OLIVIA, &[("invite", invite)]).await,
        "/organizations"
    );
    (browser, app)
}

/// The way back with one more field, or another one in the place of one.
fn altered(back: &Url, name: &str, value: &str) -> Url {
    let kept: Vec<(String, String)> = back
        .query_pairs()
        .filter(|(known, _)| known != name)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let mut url = back.clone();
    url.query_pairs_mut()
        .clear()
        .extend_pairs(kept)
        .append_pair(name, value);
    url
}

/// Threats T44: whoever answers in another issuer's name is not believed, and the code is not redeemed.
#[tokio::test]
async fn an_answer_in_another_issuers_name_is_not_taken() {
    let at = Signing::start().await;
    with_olivia(&at).await;
    let tenant = emulator::cloud::HERO_INDUSTRIES;
    let authority = at.entra.authority().trim_end_matches('/').to_owned();
    for (iss, to) in [
        ("https://evil.example/v2.0".to_owned(), OTHER),
        (format!("https://evil.example/{tenant}/v2.0"), OTHER),
        (format!("{authority}/{tenant}/v2.0/"), OTHER),
        (String::new(), OTHER),
        (format!("{authority}/{tenant}/v2.0"), "/organizations"),
    ] {
        let mut browser = at.browser();
        let picker = browser.start(&[]).await;
        let back = browser.choose(&picker, OLIVIA).await;
        assert_eq!(browser.come_back(altered(&back, "iss", &iss)).await, to, "{iss}");
        assert_eq!(browser.is_in().await, to == "/organizations", "{iss}");
        assert_eq!(
            browser.come_back(back).await,
            EXPIRED,
            "used up whatever came of it"
        );
    }
}

/// Threats T45: of the way back, the row of the attempt decides; the fields around state and code say nothing.
#[tokio::test]
async fn nothing_else_in_an_answer_is_believed() {
    let at = Signing::start().await;
    with_olivia(&at).await;
    for (name, value) in [
        ("tenant", "fab41ca0-0000-4000-8000-0fab41ca0fab"),
        ("return_to", "https://evil.example/"),
        ("next", "//evil.example"),
        ("redirect_uri", "https://evil.example/"),
        ("client_info", "eyJ1aWQiOiJ4In0"),
        ("session_state", "x"),
        ("id_token", "eyJhbGciOiJub25lIn0.e30."),
        ("access_token", "x"),
        ("user", SAM),
        ("purpose", "admin"),
        ("invite", "x"),
    ] {
        let mut browser = at.browser();
        let picker = browser.start(&[]).await;
        let back = browser.choose(&picker, OLIVIA).await;
        let to = browser.come_back(altered(&back, name, value)).await;
        assert_eq!(to, "/organizations", "{name}");
    }
    for (name, value, to) in [
        ("state", "x", EXPIRED),
        ("code", "x", OTHER),
        ("error", "access_denied", "/signed-out?failed=cancelled"),
        ("admin_consent", "True", "/organizations"),
    ] {
        let mut browser = at.browser();
        let picker = browser.start(&[]).await;
        let back = browser.choose(&picker, OLIVIA).await;
        let went = browser.come_back(altered(&back, name, value)).await;
        assert!(went == to || went == OTHER, "{name}: {went}");
        assert!(went == "/organizations" || !browser.is_in().await, "{name}");
    }
    let mut browser = at.browser();
    let picker = browser.start(&[]).await;
    let mut back = browser.choose(&picker, OLIVIA).await;
    back.query_pairs_mut()
        .append_pair("state", "y")
        .append_pair("code", "y");
    let went = browser.come_back(back).await;
    assert!(went.starts_with("/signed-out?failed="), "twice: {went}");
}

/// Threats T43, T45: an answer belongs to the door it was asked at.
#[tokio::test]
async fn an_answer_at_another_door_is_not_taken() {
    let truvio = Truvio::start().await;
    let mut browser = truvio.browser().await;
    truvio.admin(&mut browser, MEGAN).await;
    let sent = browser.send_form("/consent", &truvio.errand()).await;
    let state = sent
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1
        .into_owned();
    for door in ["/sign-in/callback", "/test-sign-in/callback"] {
        let mut back = browser.at(door);
        back.query_pairs_mut()
            .append_pair("code", "x")
            .append_pair("state", &state);
        let to = browser.come_back(back).await;
        assert!(to.starts_with("/signed-out?failed="), "{door}: {to}");
    }
}

/// Threats T47: a session of the console keeps its person, whoever signs in for a checklist inside it.
#[tokio::test]
async fn no_other_account_is_linked_to_a_session() {
    let at = Signing::start().await;
    let (mut olivia, app) = with_olivia(&at).await;
    let organizations = at
        .server
        .state
        .portal
        .organizations(&at.server.owner(), "")
        .await
        .unwrap();
    let organization = &organizations
        .iter()
        .find(|row| row.organization.app.id == app)
        .unwrap()
        .organization
        .id;
    let people = olivia.at(&format!("/apps/{app}/people"));
    let fields = [
        ("organization", organization.as_str()),
        ("return_to", "/organizations"),
    ];
    let sent = olivia.send_form("/admin/sign-in", &fields).await;
    olivia.leave_microsoft();
    let back = olivia.go_on(sent, MEGAN).await.unwrap();
    assert_eq!(olivia.come_back(back).await, "/organizations");
    assert_eq!(olivia.visit(people).await.status, 200, "still an owner");
    let sessions = at.server.state.portal.sessions(&at.server.owner()).await.unwrap();
    let names: Vec<&str> = sessions.iter().map(|row| row.person.as_str()).collect();
    assert_eq!(names, ["Olivia Owner"]);
    let (_, to) = (0, at.browser().sign_in(MEGAN, &[]).await);
    assert_eq!(
        to, "/signed-out?failed=unknown_person",
        "and Megan is nobody here"
    );
}

/// Threats T48: absolute addresses are made of the configured one, whatever a request says it was sent to.
#[tokio::test]
async fn a_requests_host_names_no_address() {
    let at = Signing::start().await;
    let lies = [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "host=evil.example;proto=https"),
        ("x-original-host", "evil.example"),
    ];
    for (name, value) in lies {
        let request = at.server.http.post(format!("{}/sign-in", at.server.url));
        let sent = request
            .header("sec-fetch-site", "same-origin")
            .header("content-type", FORM)
            .header(name, value)
            .body("return_to=https%3A%2F%2Fevil.example");
        let sent = sent.send().await.unwrap();
        let to = sent
            .headers()
            .get("location")
            .map(|to| to.to_str().unwrap().to_owned());
        let to = to.unwrap_or_default();
        assert!(!to.contains("evil"), "{name}: {to}");
        if sent.status() == 303 {
            let to = Url::parse(&to).unwrap();
            let back = to
                .query_pairs()
                .find(|(name, _)| name == "redirect_uri")
                .unwrap()
                .1;
            assert_eq!(back, format!("{}/sign-in/callback", at.server.url), "{name}");
        }
        let page = at
            .server
            .http
            .get(format!("{}/signed-out", at.server.url))
            .header(name, value);
        let page = page.send().await.unwrap().text().await.unwrap();
        assert!(!page.contains("evil"), "{name}");
    }
}

/// Threats T49: what Microsoft gave us for an admin never reaches a browser.
#[tokio::test]
async fn a_token_of_microsofts_stays_on_the_server() {
    let truvio = Truvio::start().await;
    let mut browser = truvio.browser().await;
    assert_eq!(truvio.admin(&mut browser, MEGAN).await, "/organizations");
    let organization = &truvio.organization;
    for path in [
        "/organizations".to_owned(),
        format!("/organizations/{organization}/onboarding"),
        format!("/organizations/{organization}/onboarding?find=a"),
        format!("/organizations/{organization}/setup-links"),
    ] {
        let seen = browser.visit(browser.at(&path)).await;
        assert_eq!(seen.status, 200, "{path}");
        assert!(!seen.text.contains("eyJ"), "{path} shows a token");
        assert!(!seen.text.contains(&truvio.secret), "{path} shows a secret");
    }
}

/// Threats T50: what was taken back while somebody was at Microsoft lets nobody in.
#[tokio::test]
async fn whoever_lost_their_link_meanwhile_does_not_come_in() {
    let truvio = Truvio::start().await;
    let server = &truvio.at.server;
    let (link, url) = server.setup_link(&truvio.organization, BOTH).await;
    let mut browser = truvio.at.browser();
    browser.visit(url.parse().unwrap()).await;
    let token = url.rsplit('/').next().unwrap();
    browser.send_form("/setup", &[("token", token)]).await;
    let sent = browser.send_form("/admin/sign-in", &truvio.errand()).await;
    let back = browser.go_on(sent, MEGAN).await.unwrap();
    let portal = truvio.portal();
    portal
        .revoke_setup_link(&server.owner(), &truvio.organization, &link)
        .await
        .unwrap();
    assert_eq!(browser.come_back(back).await, EXPIRED);
    let erp = truvio.look(&server.owner()).await;
    assert!(erp.facts.tenant.is_none(), "nothing was proven by it");
    assert_ne!(TENANT_ID.to_string(), String::new());
}

/// Threats T58: a clock that steps back prolongs nothing.
#[tokio::test]
async fn a_clock_that_steps_back_prolongs_nothing() {
    let server = Running::with(&[("ROLLCALL_SESSION_IDLE_MINUTES", "30")]).await;
    let organization = server.organization().await;
    let cookie = server.sign_in().await;
    let (_, url) = server.setup_link(&organization, BOTH).await;
    let token = url.rsplit('/').next().unwrap();
    server.clock.advance(-3600);
    assert_eq!(server.status(&cookie, "/live/organizations").await, 200);
    server.clock.advance(3600 + 30 * 60);
    assert_eq!(server.status(&cookie, "/live/organizations").await, 401);
    server.clock.advance(3 * 24 * 3600);
    let offer = server.state.portal.setup_offer(None, token).await.unwrap();
    assert_eq!(offer.state, contract::setup_links::SetupLinkState::Expired);
}

/// Threats T61: fixed, guessed, tampered with.
#[tokio::test]
async fn a_session_is_ours_to_make() {
    let at = Signing::start().await;
    let (_, app) = with_olivia(&at).await;
    let server = &at.server;
    let caller = server.staff(&app, Role::Owner).await;
    let token = caller.cookie.split_once('=').unwrap().1.to_owned();
    assert_eq!(server.status(&caller.cookie, "/live/organizations").await, 200);
    for place in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        let tampered = format!("__Host-rollcall={}", String::from_utf8(bytes).unwrap());
        assert_eq!(
            server.status(&tampered, "/live/organizations").await,
            401,
            "{place}"
        );
    }
    for guess in [
        "",
        "x",
        &token[..token.len() - 1],
        &format!("{token}A"),
        &token.to_uppercase(),
    ] {
        let guessed = format!("__Host-rollcall={guess}");
        assert_eq!(
            server.status(&guessed, "/live/organizations").await,
            401,
            "{guess}"
        );
    }
    let plain = format!("rollcall={token}");
    assert_eq!(
        server.status(&plain, "/live/organizations").await,
        401,
        "without its prefix"
    );
    // Fixation: whoever planted a cookie does not share what is signed in on top of it.
    let planted = server.sign_in().await;
    let link = server.link().await;
    let entered = server
        .http
        .get(link)
        .header("cookie", &planted)
        .send()
        .await
        .unwrap();
    assert_ne!(cookie(&entered).unwrap(), planted);
}

/// Threats T68: no door opens to a form on another site, and no cookie opens what is for machines.
#[tokio::test]
async fn no_door_opens_to_another_site() {
    let server = Running::start().await;
    let session = server.sign_in().await;
    for door in [
        "/sign-in",
        "/admin/sign-in",
        "/consent",
        "/test-sign-in",
        "/setup",
        "/sign-out",
    ] {
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("x-nothing", "said"),
        ] {
            let request = server.http.post(format!("{}{door}", server.url));
            let request = request
                .header("cookie", &session)
                .header("content-type", FORM)
                .header(name, value);
            let status = request.send().await.unwrap().status();
            assert_eq!(status, 403, "{door} {name}: {value}");
        }
    }
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let request = server
            .http
            .request(method.clone(), format!("{}/organizations", server.url));
        let request = request
            .header("cookie", &session)
            .header("sec-fetch-site", "cross-site");
        assert_eq!(request.send().await.unwrap().status(), 403, "{method}");
    }
    let check = server.http.post(format!("{}/api/v1/token-checks", server.url));
    let check = check.header("cookie", &session).json(&json!({"token": "x"}));
    assert_eq!(
        check.send().await.unwrap().status(),
        401,
        "a cookie is no API key"
    );
    assert_eq!(
        server.status(&session, "/live/organizations").await,
        200,
        "nothing was done"
    );
}

/// The end of a stream of pulses.
async fn ends(mut stream: Response) {
    let end = async { while stream.chunk().await.unwrap().is_some() {} };
    timeout(Duration::from_secs(1), end)
        .await
        .expect("it ends within a second");
}

/// Threats T59: signing out ends what still listens, and takes the cookie back.
#[tokio::test]
async fn signing_out_ends_the_stream() {
    let server = Running::start().await;
    let session = server.sign_in().await;
    let watch = server.http.get(format!("{}/live/organizations", server.url));
    let stream = watch.header("cookie", &session).send().await.unwrap();
    assert_eq!(stream.status(), 200);
    let out = server.http.post(format!("{}/sign-out", server.url));
    let out = out
        .header("cookie", &session)
        .header("origin", &server.url)
        .send()
        .await
        .unwrap();
    let taken = out.headers()["set-cookie"].to_str().unwrap();
    assert!(
        taken.starts_with("__Host-rollcall=;") && taken.contains("Max-Age=0"),
        "{taken}"
    );
    ends(stream).await;
}

/// Threats T61, T64: every cookie is bound to this host and closed to scripts; pages with a secret in their address tell
/// nobody where one comes from, and nobody keeps them.
#[tokio::test]
async fn cookies_and_links_are_kept_close() {
    let at = Signing::start().await;
    let (_, app) = with_olivia(&at).await;
    let server = &at.server;
    let organization = server.organization().await;
    let (_, setup) = server.setup_link(&organization, BOTH).await;
    let owner = server.owner();
    let portal = &server.state.portal;
    let id = portal
        .invite(&owner, &app, contract::Role::Support, "x")
        .await
        .unwrap();
    let join = portal.reveal_invite(&owner, &id).await.unwrap().unwrap();
    for url in [setup, join, server.link().await] {
        let seen = server.http.get(&url).send().await.unwrap();
        assert_eq!(seen.headers()["referrer-policy"], "no-referrer", "{url}");
        assert_eq!(seen.headers()["cache-control"], "no-store", "{url}");
        for set in seen.headers().get_all("set-cookie") {
            assert_guarded(set.to_str().unwrap());
        }
    }
    let begun = server.http.post(format!("{}/sign-in", server.url));
    let begun = begun
        .header("origin", &server.url)
        .header("content-type", FORM)
        .send()
        .await
        .unwrap();
    assert_guarded(begun.headers()["set-cookie"].to_str().unwrap());
}

fn assert_guarded(set: &str) {
    for part in ["__Host-", "; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
        assert!(set.contains(part), "{set}");
    }
    assert!(!set.contains("Domain"), "{set}");
}

/// Threats T69: two hundred names that try to be more than text.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_names_are_text() {
    let server = Running::start().await;
    let directory = server.directory().await;
    let scim = Scim::of(&server, &directory);
    let openings = [
        "",
        "\"",
        "'",
        "\">",
        "'>",
        "</td>",
        "</script>",
        "</textarea>",
        "-->",
        "]]>",
    ];
    let payloads = [
        "<script>alert(1)</script>",
        "<ScRiPt src=//evil.example>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<iframe srcdoc='<script>alert(1)</script>'>",
        "<a href=javascript:alert(1)>x</a>",
        "<math><mtext><style><img src=x onerror=alert(1)>",
        "<body onload=alert(1)>",
        "<input autofocus onfocus=alert(1)>",
        "<object data=data:text/html,x>",
        "<base href=//evil.example>",
        "<meta http-equiv=refresh content=0>",
        "<link rel=stylesheet href=//evil.example>",
        "<form action=//evil.example>",
        "<button formaction=javascript:alert(1)>x",
        "<details open ontoggle=alert(1)>",
        "<template><script>alert(1)</script></template>",
        "<style>@import'//evil.example'</style>",
        "<!--<script>",
        "<xss style=animation-name:x onanimationstart=alert(1)>",
    ];
    let names: Vec<String> = openings
        .iter()
        .flat_map(|opening| payloads.iter().map(move |payload| format!("{opening}{payload}")))
        .collect();
    assert_eq!(names.len(), 200);
    for (number, name) in names.iter().enumerate() {
        let user = json!({"schemas": [USER], "userName": format!("u{number}{name}"), "displayName": name});
        scim.post("/Users", user).await.is(201);
    }
    let cookie = server.sign_in().await;
    let mut next = Some(format!("/organizations/{}/users", directory.organization));
    let mut shown = 0;
    while let Some(path) = next.take() {
        let request = server
            .http
            .get(format!("{}{path}", server.url))
            .header("cookie", &cookie);
        let page = request.send().await.unwrap().text().await.unwrap();
        for name in &names {
            assert!(!page.contains(name.as_str()), "{path}: {name}");
        }
        shown += page.matches("alert(1)").count() + page.matches("evil.example").count();
        let link = page
            .split("rel=\"next\"")
            .next()
            .filter(|before| before.len() < page.len());
        next = link
            .and_then(|before| before.rsplit("<a ").next())
            .and_then(|tag| tag.split("href=\"").nth(1))
            .and_then(|rest| rest.split('"').next())
            .map(|href| href.replace("&amp;", "&"));
    }
    assert!(shown > 0, "the names are there, as text");
}

/// Threats T70.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_nonce_comes_twice() {
    let server = Running::start().await;
    let nonce = async |_| {
        let response = server.get("/signed-out").await;
        let policy = response.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .unwrap()
            .split('\'')
            .next()
            .unwrap()
            .to_owned();
        assert!(nonce.len() >= 22, "128 bits: {nonce}");
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("style-src 'nonce"),
            "{policy}"
        );
        nonce
    };
    let all: std::collections::HashSet<String> = stream::iter(0..10_000)
        .map(nonce)
        .buffer_unordered(16)
        .collect()
        .await;
    assert_eq!(all.len(), 10_000);
}

/// Threats T72: whatever is sent, one request is one line.
#[tokio::test]
async fn nothing_that_is_sent_makes_a_line_of_its_own() {
    let server = Running::start().await;
    let before = server.log.captured().lines().count();
    let odd = ["%0d%0a{\"level\":\"ERROR\"}", "%1b[31mred", "%E2%80%A8x", "a%00b"];
    for text in odd {
        let request = server.http.get(format!("{}/x/{text}?q={text}", server.url));
        request
            .header("user-agent", text)
            .header("referer", text)
            .send()
            .await
            .unwrap();
    }
    let log = server.log.captured();
    let lines: Vec<&str> = log.lines().skip(before).collect();
    assert_eq!(lines.len(), odd.len(), "{lines:?}");
    for line in lines {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
        assert!(!line.contains('\u{1b}') && !line.contains("red"), "{line}");
    }
}

/// Threats T73: nothing of a sign-in stands in the log, at its finest.
#[tokio::test]
async fn a_sign_in_leaves_no_secret_in_the_log() {
    let at = Signing::on(
        crate::harness::Backend::Sqlite,
        &[("ROLLCALL_LOG_LEVEL", "trace")],
    )
    .await;
    with_olivia(&at).await;
    let mut browser = at.browser();
    let picker = browser.start(&[]).await;
    let back = browser.choose(&picker, OLIVIA).await;
    let field = |wanted: &str| {
        back.query_pairs()
            .find(|(name, _)| name == wanted)
            .unwrap()
            .1
            .into_owned()
    };
    let (code, state) = (field("code"), field("state"));
    assert_eq!(browser.come_back(back.clone()).await, "/organizations");
    browser.sign_in(ADELE, &[]).await;
    let log = at.server.log.captured();
    for secret in [
        code.as_str(),
        &state,
        "rollcall_session_",
        "rollcall_invite_",
        "eyJ",
        "client_secret=",
    ] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}

/// Threats T89: only the process's settings name somebody else in Microsoft's place, and then it shows.
#[tokio::test]
async fn only_a_setting_puts_somebody_in_microsofts_place() {
    let client = [
        ("ROLLCALL_ENTRA_CLIENT_ID", "11111111-1111-4111-8111-111111111111"),
        ("ROLLCALL_ENTRA_CLIENT_SECRET", "s"),
    ];
    let server = Running::with(&client).await;
    for (name, value) in [
        ("x-entra-authority", "http://127.0.0.1:1"),
        ("rollcall-entra-authority", "http://127.0.0.1:1"),
        ("x-now", "2030-01-01T00:00:00Z"),
    ] {
        let query = "authority=http://127.0.0.1:1&graph=http://127.0.0.1:1&now=1";
        let request = server.http.post(format!("{}/sign-in?{query}", server.url));
        let request = request
            .header("origin", &server.url)
            .header("content-type", FORM)
            .header(name, value)
            .body(query);
        let sent = request.send().await.unwrap();
        let to = sent.headers()["location"].to_str().unwrap();
        assert!(
            to.starts_with("https://login.microsoftonline.com/organizations/"),
            "{to}"
        );
    }
    assert_eq!(server.get("/readyz").await.text().await.unwrap(), "ready\n");
    for path in ["/control", "/control/cloud", "/debug", "/test", "/api/v1/clock"] {
        let status = server.get(path).await.status();
        assert!(status == 404 || status == 401, "{path}: {status}");
    }
    let at = Signing::start().await;
    let ready = at.server.get("/readyz").await.text().await.unwrap();
    assert!(ready.contains("not Microsoft: http://127.0.0.1"), "{ready}");
}
