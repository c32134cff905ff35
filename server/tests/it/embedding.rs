//! The portal within another site's page: who may frame it, what it may do there, and what leaves it (threats T65 to T67;
//! decision 0007).

use contract::directories::Provider;
use contract::onboarding::ErpStep;
use contract::{Answer, Reach, Refusal, Viewer};
use reqwest::Response;
use store::ids::AppId;
use store::{Operation, StoreError, Tx, apps};

use crate::harness::callers::BOTH;
use crate::harness::entra::{PATTI, Signing};
use crate::harness::scim::on_both;
use crate::harness::{Backend, Running, cookie};

on_both! { whom_the_app_registered_may_frame_its_portal }

const FORM: &str = "application/x-www-form-urlencoded";
const OWN: &str = "https://app.example https://beta.app.example:8443";

/// What an owner enters of an app's look.
struct Enter(AppId, fn(&mut apps::App), Option<Vec<u8>>);

impl Operation for Enter {
    type Output = ();
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
        let mut app = apps::get(tx, &self.0).await?.unwrap();
        (self.1)(&mut app);
        apps::set(tx, &app).await?;
        apps::set_logo(tx, &self.0, self.2.as_deref()).await.map(drop)
    }
}

impl Running {
    async fn enter(&self, organization: &str, change: fn(&mut apps::App)) -> String {
        let app = self.app_of(organization).await;
        let enter = Enter(AppId::new(app.as_str()), change, None);
        self.state.store.write(enter).await.unwrap();
        app
    }

    async fn ask(&self, path: &str, cookie: &str, dest: &str) -> Response {
        let request = self.http.get(format!("{}{path}", self.url));
        let request = request.header("cookie", cookie).header("sec-fetch-dest", dest);
        request.send().await.unwrap()
    }

    /// Sends a form of a page of ours.
    async fn tell(&self, path: &str, cookie: &str, dest: &str, fields: &[(&str, &str)]) -> Response {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = self.http.post(format!("{}{path}", self.url)).body(body);
        let request = request
            .header("cookie", cookie)
            .header("sec-fetch-dest", dest)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", FORM)
            .header("accept", "text/html");
        request.send().await.unwrap()
    }

    /// Comes in by a link in a frame; answers the frame's cookie.
    async fn framed(&self, organization: &str) -> String {
        let (_, url) = self.setup_link(organization, BOTH).await;
        let token = url.rsplit('/').next().unwrap();
        let door = self.ask(&format!("/setup/{token}"), "", "iframe").await;
        let mark = cookie(&door).unwrap();
        let begun = self.tell("/setup", &mark, "iframe", &[("token", token)]).await;
        assert_eq!(location(&begun), "/setup");
        cookie(&begun).unwrap()
    }

    /// The ticket of a framed page's forms.
    async fn ticket(&self, cookie: &str, path: &str) -> String {
        let page = self.ask(path, cookie, "iframe").await.text().await.unwrap();
        let from = page.split("name=\"ticket\" value=\"").nth(1);
        from.unwrap().split('"').next().unwrap().to_owned()
    }
}

fn location(response: &Response) -> &str {
    response.headers()["location"].to_str().unwrap()
}

/// The ancestors that a page names, and whether it forbids framing in the old way too.
fn framing(response: &Response) -> (String, bool) {
    let policy = response.headers()["content-security-policy"].to_str().unwrap();
    let ancestors = policy.rsplit_once("frame-ancestors ").unwrap().1;
    (
        ancestors.to_owned(),
        response.headers().contains_key("x-frame-options"),
    )
}

fn nobody() -> (String, bool) {
    ("'none'".to_owned(), true)
}

async fn whom_the_app_registered_may_frame_its_portal(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let (organization, other) = (server.organization().await, server.organization().await);
    server
        .enter(&organization, |app| app.embed_origins = Some(OWN.to_owned()))
        .await;
    let elsewhere = "https://elsewhere.example";
    server
        .enter(&other, |app| {
            app.embed_origins = Some("https://elsewhere.example".to_owned())
        })
        .await;
    let (link, url) = server.setup_link(&organization, BOTH).await;
    let door = url[server.url.len()..].to_owned();
    let own = (OWN.to_owned(), false);
    assert_eq!(framing(&server.ask(&door, "", "iframe").await), own);
    let caller = server.tenant_admin(&organization, BOTH).await;
    for path in [
        "/setup",
        "/setup/onboarding",
        "/setup/directory-sync",
        "/setup/directory-sync/providers",
    ] {
        let page = server.ask(path, &caller.cookie, "document").await;
        assert_eq!(
            (page.status().as_u16(), framing(&page)),
            (200, own.clone()),
            "{path}"
        );
    }
    let foreign = server.tenant_admin(&other, BOTH).await;
    let page = server.ask("/setup", &foreign.cookie, "document").await;
    assert_eq!(framing(&page), (elsewhere.to_owned(), false));

    // Nothing else, whoever asks.
    let owner = server.sign_in().await;
    for (path, cookie) in [
        ("/", ""),
        ("/signed-out", ""),
        ("/organizations", owner.as_str()),
        ("/people", &owner),
        ("/setup", ""),
        ("/setup", &owner),
        ("/setup/back", ""),
        ("/setup/rollcall_setup_x_y", ""),
        ("/setups", &caller.cookie),
        ("/nothing", &caller.cookie),
        ("/signed-out", &caller.cookie),
    ] {
        let page = server.ask(path, cookie, "document").await;
        if page
            .headers()
            .get("content-type")
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
        {
            assert_eq!(framing(&page), nobody(), "{path}");
        } else {
            assert_eq!(framing(&page).0, "'none'", "{path}");
        }
    }
    for (path, cookie) in [
        (
            format!("/organizations/{organization}/directory-sync"),
            owner.as_str(),
        ),
        (
            format!("/organizations/{organization}/directory-sync"),
            &caller.cookie,
        ),
    ] {
        assert_eq!(
            framing(&server.ask(&path, cookie, "document").await),
            nobody(),
            "{path}"
        );
    }

    // A session that is over may still say so in its frame; what is not registered any more is out at once.
    let portal = &server.state.portal;
    let over = caller.viewer.reach.setup().unwrap().link.clone();
    for link in [&link, &over] {
        portal
            .revoke_setup_link(&server.owner(), &organization, link)
            .await
            .unwrap();
    }
    let page = server.ask("/setup", &caller.cookie, "document").await;
    assert_eq!((page.status().as_u16(), framing(&page)), (401, own.clone()));
    assert!(page.text().await.unwrap().contains("data-over"));
    assert_eq!(framing(&server.ask(&door, "", "iframe").await), own);
    server.enter(&organization, |app| app.embed_origins = None).await;
    assert_eq!(framing(&server.ask(&door, "", "iframe").await), nobody());
}

/// What stands in the database goes through the same sieve as what is entered (threats T66).
#[tokio::test]
async fn nothing_but_origins_comes_into_the_policy() {
    let server = Running::start().await;
    let organization = server.organization().await;
    server
        .enter(&organization, |app| {
            app.embed_origins = Some(
                "* 'self' https://*.example https://ok.example; https://b.example;x http://c.example"
                    .to_owned(),
            );
        })
        .await;
    let (_, url) = server.setup_link(&organization, BOTH).await;
    let door = server.ask(&url[server.url.len()..], "", "iframe").await;
    assert_eq!(framing(&door), nobody());
}

#[tokio::test]
async fn a_frame_has_cookies_of_its_own() {
    let server = Running::start().await;
    let organization = server.organization().await;
    let (_, url) = server.setup_link(&organization, BOTH).await;
    let token = url.rsplit('/').next().unwrap();
    let door = server.ask(&format!("/setup/{token}"), "", "iframe").await;
    let set = door.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(set.starts_with("__Host-rollcall-setup-frame=rollcall_"), "{set}");
    let attributes = "; Path=/; Secure; HttpOnly; SameSite=None; Partitioned; Max-Age=";
    assert!(set.contains(attributes), "{set}");
    let begun = server
        .tell("/setup", &cookie(&door).unwrap(), "iframe", &[("token", token)])
        .await;
    let set = begun.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        set.starts_with("__Host-rollcall-frame=rollcall_session_"),
        "{set}"
    );
    assert!(set.contains(attributes), "{set}");

    let frame = cookie(&begun).unwrap();
    let live = format!("/live/organizations/{organization}");
    assert_eq!(server.ask("/setup", &frame, "iframe").await.status(), 200);
    assert_eq!(server.ask(&live, &frame, "empty").await.status(), 200);
    assert_eq!(
        server.ask("/setup", &frame, "document").await.status(),
        401,
        "in a window it is nobody's"
    );
    // An owner who looks at their own app's page stays an owner in their window, and is none in the frame.
    let both = format!("{}; {frame}", server.sign_in().await);
    assert_eq!(
        server.ask("/organizations", &both, "document").await.status(),
        200
    );
    assert_eq!(server.ask("/setup", &both, "iframe").await.status(), 200);
    assert_eq!(server.ask("/organizations", &both, "iframe").await.status(), 404);

    let out = server.tell("/sign-out", &both, "iframe", &[]).await;
    assert_eq!((location(&out), cookie(&out)), ("/setup", None));
    assert_eq!(server.ask("/setup", &both, "iframe").await.status(), 401);
    assert_eq!(
        server.ask("/organizations", &both, "document").await.status(),
        200
    );
}

/// Each act that makes, shows or ends a secret (threats T65).
async fn secret_acts(
    server: &Running,
    viewer: &Viewer,
    organization: &str,
    directory: &str,
) -> Vec<(&'static str, Answer<()>)> {
    let portal = &server.state.portal;
    vec![
        (
            "configure",
            portal
                .configure(viewer, organization, Provider::Okta)
                .await
                .map(drop),
        ),
        (
            "create_token",
            portal.create_token(viewer, directory, "second", None).await,
        ),
        (
            "revoke_token",
            portal.revoke_token(viewer, directory, "tok_1").await,
        ),
        (
            "create_setup_link",
            portal
                .create_setup_link(viewer, organization, BOTH, 1)
                .await
                .map(drop),
        ),
        (
            "create_service_user",
            portal
                .create_service_user(viewer, organization, "n", "n@contoso.com")
                .await,
        ),
        (
            "reveal_password",
            portal.reveal_password(viewer, organization).await.map(drop),
        ),
        ("undo", portal.undo(viewer, organization, ErpStep::AppRole).await),
    ]
}

#[tokio::test]
async fn no_secret_is_handled_within_another_page() {
    let server = Running::start().await;
    let directory = server.directory().await;
    let organization = directory.organization.as_str();
    let caller = server.tenant_admin(organization, BOTH).await;
    let mut framed = caller.viewer.clone();
    if let Reach::Setup(setup) = &mut framed.reach {
        setup.framed = true;
    }
    for (act, answer) in secret_acts(&server, &framed, organization, &directory.id).await {
        assert_eq!(answer, Err(Refusal::Forbidden), "{act}");
    }
    for (act, answer) in secret_acts(&server, &caller.viewer, organization, &directory.id).await {
        assert_ne!(answer, Err(Refusal::Forbidden), "{act} in a window");
    }

    let frame = server.framed(organization).await;
    for path in [
        "/setup/directory-sync",
        "/setup/directory-sync/providers/okta",
        "/setup/onboarding",
    ] {
        let page = server.ask(path, &frame, "iframe").await.text().await.unwrap();
        for act in [
            "configure",
            "create-token",
            "revoke-token",
            "create-setup-link",
            "create-service-user",
            "undo",
        ] {
            assert!(
                !page.contains(&format!("action=\"/ask/{act}\"")),
                "{path} offers {act}"
            );
        }
    }
    let fields = [("organization", organization), ("provider", "okta")];
    let refused = server.tell("/ask/configure", &frame, "iframe", &fields).await;
    assert!(
        location(&refused).contains("because=forbidden"),
        "{}",
        location(&refused)
    );
}

#[tokio::test]
async fn a_frame_opens_a_window_of_its_own() {
    let server = Running::start().await;
    let organization = server.organization().await;
    let frame = server.framed(&organization).await;
    let page = "/setup/directory-sync/providers/okta";
    let ticket = server.ticket(&frame, page).await;
    let fields = [("ticket", ticket.as_str()), ("return_to", page)];
    let opened = server.tell("/setup/window", "", "document", &fields).await;
    assert_eq!(location(&opened), page);
    let window = cookie(&opened).unwrap();
    assert!(
        window.starts_with("__Host-rollcall=rollcall_session_"),
        "{window}"
    );
    let fields = [("organization", organization.as_str()), ("provider", "okta")];
    let made = server.tell("/ask/configure", &window, "document", &fields).await;
    assert!(
        location(&made).starts_with("/setup/directory-sync?"),
        "{}",
        location(&made)
    );
    assert_eq!(
        server.ask("/setup", &frame, "iframe").await.status(),
        200,
        "the frame goes on"
    );

    // Nobody is led elsewhere, and no other page sends anybody.
    let fields = [("ticket", ticket.as_str()), ("return_to", "/organizations")];
    let opened = server.tell("/setup/window", "", "document", &fields).await;
    assert_eq!(location(&opened), "/setup");
    let request = server
        .http
        .post(format!("{}/setup/window", server.url))
        .body(format!("ticket={ticket}"));
    let request = request
        .header("content-type", FORM)
        .header("sec-fetch-site", "cross-site");
    assert_eq!(request.send().await.unwrap().status(), 403);

    let failed = "/setup/back?failed=expired";
    let mut forged = ticket.clone().into_bytes();
    forged[30] = if forged[30] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    for wrong in ["", "x", &forged, &frame] {
        let opened = server
            .tell("/setup/window", "", "document", &[("ticket", wrong)])
            .await;
        assert_eq!((location(&opened), cookie(&opened)), (failed, None), "{wrong}");
    }
    let out = server.tell("/sign-out", &frame, "iframe", &[]).await;
    assert_eq!(location(&out), "/setup");
    let opened = server
        .tell("/setup/window", "", "document", &[("ticket", &ticket)])
        .await;
    assert_eq!(
        (location(&opened), cookie(&opened)),
        (failed, None),
        "its session is over"
    );
}

/// Microsoft shows itself in no frame: the way there is a window of its own, and what comes of it is the frame's (threats
/// §0.8).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signs_in_in_a_window_has_signed_in_in_the_frame() {
    let at = Signing::start().await;
    let server = &at.server;
    let organization = server.organization().await;
    server
        .enter(&organization, |app| {
            app.client_id = Some(emulator::cloud::TRUVIO.to_string())
        })
        .await;
    let frame = server.framed(&organization).await;
    let ticket = server.ticket(&frame, "/setup/onboarding").await;
    let who = async || {
        let sessions = server.state.portal.sessions(&server.owner()).await.unwrap();
        sessions
            .into_iter()
            .map(|session| session.person)
            .collect::<Vec<_>>()
    };
    assert_eq!(who().await, ["tenant admin"]);
    let fields = [
        ("organization", organization.as_str()),
        ("return_to", "/setup/onboarding"),
        ("ticket", &ticket),
    ];
    let (mut window, mut thief) = (at.browser(), at.browser());
    let leave = window.at("/admin/sign-in");
    let sent = window.post(leave.clone(), &fields).await;
    let picker = window.visit(sent.to.unwrap()).await;
    let back = window.choose(&picker, PATTI).await;
    assert_eq!(
        thief.come_back(back).await,
        "/signed-out?failed=expired",
        "another browser's answer"
    );

    let sent = window.post(leave.clone(), &fields).await;
    let picker = window.visit(sent.to.unwrap()).await;
    let back = window.choose(&picker, PATTI).await;
    assert_eq!(window.come_back(back.clone()).await, "/setup/back");
    assert_eq!(
        who().await,
        ["Patti Fernandez"],
        "the frame's session, and no other was made"
    );
    assert_eq!(window.come_back(back).await, "/signed-out?failed=expired", "once");
    let page = server
        .ask("/setup/onboarding", &frame, "iframe")
        .await
        .text()
        .await
        .unwrap();
    assert!(page.contains("Patti Fernandez"), "{page}");

    // A session that ended meanwhile gets nothing.
    let sent = window.post(leave.clone(), &fields).await;
    let picker = window.visit(sent.to.unwrap()).await;
    let back = window.choose(&picker, PATTI).await;
    server.tell("/sign-out", &frame, "iframe", &[]).await;
    assert_eq!(window.come_back(back).await, "/setup/back?failed=expired");
    let sent = window.post(leave, &fields).await;
    assert_eq!(sent.to.unwrap().path(), "/setup/back");
}

#[tokio::test]
async fn the_portal_looks_like_the_app() {
    let server = Running::start().await;
    let organization = server.organization().await;
    let app = server.enter(&organization, |app| {
        app.name = "Hero <SaaS>".to_owned();
        app.accent = Some("#ffd400".to_owned());
    });
    let app = app.await;
    let (css, logo) = (format!("/looks/{app}/accent.css"), format!("/looks/{app}/logo"));
    assert_eq!(server.ask(&logo, "", "image").await.status(), 404);
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on".to_vec();
    let enter = Enter(AppId::new(app.as_str()), |_| {}, Some(picture.clone()));
    server.state.store.write(enter).await.unwrap();
    let caller = server.tenant_admin(&organization, BOTH).await;
    for path in ["/setup", "/setup/onboarding", "/setup/directory-sync"] {
        let page = server
            .ask(path, &caller.cookie, "document")
            .await
            .text()
            .await
            .unwrap();
        let title = page
            .split("<title>")
            .nth(1)
            .unwrap()
            .split("</title>")
            .next()
            .unwrap();
        assert!(
            title.contains("Hero &lt;SaaS&gt;") && !title.contains("Rollcall"),
            "{title}"
        );
        assert!(
            page.contains(&format!("{css}?v=ffd400")) && page.contains(&format!("src=\"{logo}\"")),
            "{page}"
        );
    }
    for (path, kind) in [(&css, "text/css; charset=utf-8"), (&logo, "image/png")] {
        let file = server.ask(path, "", "empty").await;
        assert_eq!(file.status(), 200, "{path}");
        let headers = file.headers().clone();
        assert_eq!(headers["content-type"], kind);
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(
            headers["content-security-policy"],
            "default-src 'none'; frame-ancestors 'none'"
        );
        let again = server
            .http
            .get(format!("{}{path}", server.url))
            .header("if-none-match", &headers["etag"]);
        assert_eq!(again.send().await.unwrap().status(), 304);
    }
    assert_eq!(
        server.ask(&logo, "", "image").await.bytes().await.unwrap(),
        picture
    );
    // What is no picture is not sent, whoever put it there (threats T94).
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec();
    let enter = Enter(AppId::new(app.as_str()), |_| {}, Some(svg));
    server.state.store.write(enter).await.unwrap();
    assert_eq!(server.ask(&logo, "", "image").await.status(), 404);
    assert_eq!(
        server
            .ask("/looks/app_none/accent.css", "", "style")
            .await
            .status(),
        404
    );
}
