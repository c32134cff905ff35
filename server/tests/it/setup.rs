//! `/setup/…`: a customer's admin comes in by a link (threats T62 to T64).

use reqwest::{Method, Response};

use crate::harness::callers::BOTH;
use crate::harness::entra::{Browser, PATTI, Signing};
use crate::harness::scim::on_both;
use crate::harness::{Backend, Running, cookie};

on_both! {
    whoever_only_looks_uses_nothing_up, the_first_browser_keeps_a_link, a_link_that_ends_takes_its_sessions_along,
    what_is_handed_on_ends_with_what_it_came_from,
}

const FORM: &str = "application/x-www-form-urlencoded";

fn token(url: &str) -> &str {
    url.rsplit('/').next().unwrap()
}

async fn look(server: &Running, url: &str, cookie: &str) -> (Option<String>, Response) {
    let request = server.http.get(url).header("cookie", cookie);
    let response = request.send().await.unwrap();
    (self::cookie(&response), response)
}

/// Presses *Begin* in the browser with this mark.
async fn begin(server: &Running, url: &str, mark: &str) -> Response {
    let request = server.http.post(format!("{}/setup", server.url));
    let request = request
        .header("origin", &server.url)
        .header("cookie", mark)
        .header("content-type", FORM)
        .body(format!("token={}", token(url)));
    request.send().await.unwrap()
}

fn location(response: &Response) -> &str {
    response.headers()["location"].to_str().unwrap()
}

async fn whoever_only_looks_uses_nothing_up(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let organization = server.organization().await;
    let (id, url) = server.setup_link(&organization, BOTH).await;
    let link = async || {
        let links = server
            .state
            .portal
            .setup_links(&server.owner(), &organization)
            .await;
        links.unwrap().into_iter().find(|link| link.id == id).unwrap()
    };
    assert_eq!(link().await.opened_at, None);
    for _ in 0..5 {
        let (_, door) = look(&server, &url, "").await;
        assert_eq!(door.status(), 200);
        assert_eq!(door.headers()["referrer-policy"], "no-referrer");
        assert_eq!(door.headers()["cache-control"], "no-store");
        assert!(
            door.text().await.unwrap().contains(token(&url)),
            "the form of the door"
        );
    }
    let head = server.http.request(Method::HEAD, &url).send().await.unwrap();
    assert_eq!(head.status(), 200);
    // Without a cookie, and without saying where it comes from.
    let blind = begin(&server, &url, "").await;
    assert_eq!(
        (blind.status().as_u16(), location(&blind)),
        (303, format!("/setup/{}", token(&url)).as_str())
    );
    assert_eq!(cookie(&blind), None);
    let nowhere = server.http.post(format!("{}/setup", server.url));
    let nowhere = nowhere
        .header("content-type", FORM)
        .body(format!("token={}", token(&url)));
    assert_eq!(nowhere.send().await.unwrap().status(), 403);
    let seen = link().await;
    assert!(seen.opened_at.is_some() && seen.redeemed_at.is_none(), "{seen:?}");

    let (mark, _) = look(&server, &url, "").await;
    let begun = begin(&server, &url, &mark.unwrap()).await;
    assert_eq!((begun.status().as_u16(), location(&begun)), (303, "/setup"));
    assert!(link().await.redeemed_at.is_some());
    let log = server.log.captured();
    assert!(
        log.contains("/setup/{token}") && !log.contains("rollcall_setup_"),
        "{log}"
    );
}

async fn the_first_browser_keeps_a_link(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let organization = server.organization().await;
    let (_, url) = server.setup_link(&organization, BOTH).await;
    let (mine, other) = (
        look(&server, &url, "").await.0.unwrap(),
        look(&server, &url, "").await.0.unwrap(),
    );
    assert_ne!(mine, other);
    let begun = begin(&server, &url, &mine).await;
    let session = cookie(&begun).unwrap();
    assert!(
        session.starts_with("__Host-rollcall=rollcall_session_"),
        "{session}"
    );
    let live = format!("/live/organizations/{organization}");
    assert_eq!(server.status(&session, &live).await, 200);

    let refused = begin(&server, &url, &other).await;
    assert_eq!(cookie(&refused), None);
    assert!(location(&refused).starts_with("/setup/rollcall_setup_"));
    let (_, door) = look(&server, &url, &other).await;
    let closed = door.text().await.unwrap();
    assert!(
        !closed.contains("name=\"token\""),
        "it does not open here: {closed}"
    );

    // The same browser comes again, out or in, and its old session ends.
    let (_, door) = look(&server, &url, &mine).await;
    assert!(door.text().await.unwrap().contains("name=\"token\""));
    let both = format!("{mine}; {session}");
    let again = cookie(&begin(&server, &url, &both).await).unwrap();
    assert_ne!(again, session);
    assert_eq!(server.status(&session, &live).await, 401);
    assert_eq!(server.status(&again, &live).await, 200);
}

async fn a_link_that_ends_takes_its_sessions_along(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let organization = server.organization().await;
    let live = format!("/live/organizations/{organization}");
    let revoked = server.setup_link(&organization, BOTH).await;
    let mark = look(&server, &revoked.1, "").await.0.unwrap();
    let session = cookie(&begin(&server, &revoked.1, &mark).await).unwrap();
    assert_eq!(server.status(&session, &live).await, 200);
    let portal = &server.state.portal;
    portal
        .revoke_setup_link(&server.owner(), &organization, &revoked.0)
        .await
        .unwrap();
    assert_eq!(server.status(&session, &live).await, 401);
    assert_eq!(cookie(&begin(&server, &revoked.1, &mark).await), None);

    // However often it is used, a session does not outlive its link.
    let (_, url) = server.setup_link(&organization, BOTH).await;
    server.clock.advance(3 * 24 * 3600 - 60);
    let mark = look(&server, &url, "").await.0.unwrap();
    let session = cookie(&begin(&server, &url, &mark).await).unwrap();
    assert_eq!(server.status(&session, &live).await, 200);
    server.clock.advance(60);
    assert_eq!(server.status(&session, &live).await, 401);
    assert_eq!(cookie(&begin(&server, &url, &mark).await), None);

    // Nor its organization.
    let caller = server.tenant_admin(&organization, BOTH).await;
    let name = portal
        .organization(&caller.viewer, &organization)
        .await
        .unwrap()
        .name;
    portal
        .delete_organization(&server.owner(), &organization, &name)
        .await
        .unwrap();
    assert_eq!(server.status(&caller.cookie, &live).await, 401);
}

async fn what_is_handed_on_ends_with_what_it_came_from(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let organization = server.organization().await;
    let first = server.tenant_admin(&organization, BOTH).await;
    server.clock.advance(60);
    let portal = &server.state.portal;
    let made = portal
        .create_setup_link(&first.viewer, &organization, BOTH, 7)
        .await;
    let made = made.unwrap();
    let links = portal.setup_links(&server.owner(), &organization).await.unwrap();
    let ends: Vec<i64> = links.iter().map(|link| link.expires_at).collect();
    assert_eq!(ends[0], ends[1], "no later");
    let url = portal
        .reveal_setup_link(&first.viewer, &made)
        .await
        .unwrap()
        .unwrap();
    let mark = look(&server, &url, "").await.0.unwrap();
    let session = cookie(&begin(&server, &url, &mark).await).unwrap();
    let live = format!("/live/organizations/{organization}");
    assert_eq!(server.status(&session, &live).await, 200);
    let parent = first.viewer.reach.setup().unwrap().link.clone();
    portal
        .revoke_setup_link(&server.owner(), &organization, &parent)
        .await
        .unwrap();
    assert_eq!(server.status(&session, &live).await, 401);
}

#[tokio::test]
async fn what_is_no_link_opens_nothing() {
    let server = Running::start().await;
    let organization = server.organization().await;
    let (_, url) = server.setup_link(&organization, BOTH).await;
    let mark = look(&server, &url, "").await.0.unwrap();
    let made_up = format!("{}/setup/rollcall_setup_x_y", server.url);
    let begun = begin(&server, &made_up, &mark).await;
    assert_eq!(
        (cookie(&begun), location(&begun)),
        (None, "/signed-out?link=used")
    );
    assert_eq!(look(&server, &made_up, "").await.1.status(), 404);
}

/// Presses *Sign in with Microsoft* on a page of the portal behind the link, and comes back to it.
async fn proves_who_they_are(browser: &mut Browser, organization: &str) {
    let fields = [("organization", organization), ("return_to", "/setup")];
    let url = browser.at("/admin/sign-in");
    let sent = browser.post(url, &fields).await;
    let picker = browser.visit(sent.to.unwrap()).await;
    let back = browser.choose(&picker, PATTI).await;
    assert_eq!(browser.come_back(back).await, "/setup");
}

/// Threats T10: coming by a link proves little for long; signing in with Microsoft proves it anew, and names who it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_in_with_microsoft_names_who_came_by_a_link() {
    let at = Signing::start().await;
    let organization = at.server.organization().await;
    let (_, url) = at.server.setup_link(&organization, BOTH).await;
    let mut browser = at.browser();
    let door = browser.visit(url.parse().unwrap()).await;
    let begun = browser
        .post(door.url.join("/setup").unwrap(), &[("token", token(&url))])
        .await;
    assert_eq!(begun.to.unwrap().path(), "/setup");
    at.server.clock.advance(11 * 60);
    let fields = [("organization", organization.as_str()), ("provider", "entra-id")];
    let configure = browser.at("/ask/configure");
    let stale = browser.post(configure.clone(), &fields).await;
    let to = stale.to.unwrap();
    assert!(to.as_str().contains("because=sign-in-again"), "{to}");
    let who = async || {
        let sessions = at.server.state.portal.sessions(&at.server.owner()).await;
        sessions.unwrap()[0].person.clone()
    };
    assert_eq!(who().await, "tenant admin");
    proves_who_they_are(&mut browser, &organization).await;
    assert_eq!(who().await, "Patti Fernandez");
    let made = browser.post(configure, &fields).await;
    assert!(
        made.to.as_ref().is_some_and(|to| to.as_str().contains("done=")),
        "{made:?}"
    );
}
