//! `POST /ask/…`: what the pages ask and do, for whom, and from where (threats T09, T10, T68, T71).

use contract::Portal;
use leptos::server_fn::axum::server_fn_paths;
use reqwest::Method;
use serde_json::{Value, json};
use server::{
    clock::Randomness,
    secrets::{TokenKind, make},
};
use store::{
    Operation, StoreError, Tx,
    sessions::{self, Role, Session},
};

use crate::harness::{
    Backend, Directory, Running,
    scim::{Reply, Scim, on_both},
};

on_both! {
    a_stale_sign_in_makes_and_ends_no_token, support_sees_and_changes_nothing, a_token_is_shown_once_to_whom_it_was_made_for,
    forms_do_what_they_say, nobody_who_is_not_signed_in_is_answered,
}

/// Every act that changes something, with fields that would let it through.
fn acts(directory: &Directory, name: &str) -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let (organization, id) = (
        ("organization", directory.organization.clone()),
        ("directory", directory.id.clone()),
    );
    let both = || vec![organization.clone(), id.clone()];
    let with = |mut fields: Vec<(&'static str, String)>, key, value: &str| {
        fields.push((key, value.to_owned()));
        fields
    };
    vec![
        (
            "create-organization",
            vec![("name", "Fabrikam".to_owned()), ("app", String::new())],
        ),
        (
            "rename-organization",
            with(vec![organization.clone()], "name", "Renamed"),
        ),
        ("configure", with(vec![organization.clone()], "provider", "okta")),
        ("create-token", with(both(), "name", "second")),
        ("revoke-token", with(both(), "token", "tok_1")),
        ("rename-directory", with(both(), "name", "Renamed")),
        ("disable-directory", both()),
        ("enable-directory", both()),
        ("delete-directory", with(both(), "confirm_name", "Entra ID")),
        (
            "delete-organization",
            with(vec![organization.clone()], "confirm_name", name),
        ),
    ]
}

/// Posts a form as a browser does from one of our pages.
async fn post(server: &Running, cookie: &str, act: &str, fields: &[(&'static str, String)]) -> Reply {
    send(server, cookie, act, fields, "text/html").await
}

async fn send(
    server: &Running,
    cookie: &str,
    act: &str,
    fields: &[(&'static str, String)],
    accept: &str,
) -> Reply {
    let form: Vec<String> = fields
        .iter()
        .map(|(key, value)| format!("{key}={}", crate::harness::scim::escaped(value)))
        .collect();
    let request = server
        .http
        .post(format!("{}/ask/{act}", server.url))
        .header("cookie", cookie);
    let request = request.header("origin", &server.url).header("accept", accept);
    let request = request
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.join("&"));
    Reply::read(request.send().await.unwrap()).await
}

/// Everything an act could change.
async fn all(server: &Running, directory: &Directory) -> String {
    let (portal, owner): (&dyn Portal, _) = (&*server.state.portal, server.owner());
    let organizations = portal.organizations(&owner, "").await.unwrap();
    let directories = portal.directories(&owner, &directory.organization).await.unwrap();
    let shown = directories
        .iter()
        .map(|one| (&one.id, &one.name, one.enabled, &one.tokens));
    let names = organizations
        .iter()
        .map(|row| (&row.organization.id, &row.organization.name));
    format!(
        "{:#?} {:#?}",
        names.collect::<Vec<_>>(),
        shown.collect::<Vec<_>>()
    )
}

async fn name_of(server: &Running, directory: &Directory) -> String {
    server
        .state
        .portal
        .organization(&server.owner(), &directory.organization)
        .await
        .unwrap()
        .name
}

/// Threats T68: each function that is registered, by each way another site could reach it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_other_site_reaches_any_of_them() {
    let server = Running::start().await;
    let directory = server.directory().await;
    let cookie = server.sign_in().await;
    let before = all(&server, &directory).await;
    let functions: Vec<(&str, Method)> = server_fn_paths().collect();
    assert!(functions.len() >= 20, "{functions:?}");
    for (path, method) in functions {
        assert_eq!(method, Method::POST, "{path}: GET would pass a lax cookie along");
        assert!(path.starts_with("/ask/"), "{path}");
        let url = format!("{}{path}", server.url);
        let form = [("content-type", "application/x-www-form-urlencoded")];
        for (headers, expected) in [
            (vec![form[0]], 403),
            (vec![form[0], ("origin", "https://evil.example")], 403),
            (vec![form[0], ("origin", "null")], 403),
            (vec![form[0], ("sec-fetch-site", "cross-site")], 403),
            (vec![form[0], ("sec-fetch-site", "same-site")], 403),
            (
                vec![("content-type", "text/plain"), ("sec-fetch-site", "same-origin")],
                415,
            ),
            (
                vec![
                    ("content-type", "multipart/form-data; boundary=x"),
                    ("sec-fetch-site", "same-origin"),
                ],
                415,
            ),
        ] {
            let request = server
                .http
                .post(&url)
                .header("cookie", &cookie)
                .body("organization=x");
            let request = headers
                .iter()
                .fold(request, |request, (name, value)| request.header(*name, *value));
            assert_eq!(
                request.send().await.unwrap().status(),
                expected,
                "{path} {headers:?}"
            );
        }
        let get = server
            .http
            .get(format!("{url}?organization={}", directory.organization))
            .header("cookie", &cookie);
        let status = get.send().await.unwrap().status().as_u16();
        assert!([404, 405].contains(&status), "GET {path}: {status}");
    }
    assert_eq!(all(&server, &directory).await, before);
}

/// Threats T10: eleven minutes after the sign-in.
async fn a_stale_sign_in_makes_and_ends_no_token(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let cookie = server.sign_in().await;
    let name = name_of(&server, &directory).await;
    let before = all(&server, &directory).await;
    server.clock.advance(11 * 60);
    let about_tokens = [
        "configure",
        "create-token",
        "revoke-token",
        "delete-directory",
        "delete-organization",
    ];
    for (act, fields) in acts(&directory, &name)
        .into_iter()
        .filter(|(act, _)| about_tokens.contains(act))
    {
        let form = post(&server, &cookie, act, &fields).await.is(303);
        let location = form.header("location").unwrap();
        assert!(
            location.contains("because=sign-in-again") && location.contains("within=10"),
            "{act}: {location}"
        );
        send(&server, &cookie, act, &fields, "application/json")
            .await
            .is(403);
    }
    assert_eq!(all(&server, &directory).await, before);
    Scim::of(&server, &directory).get("/Users").await.is(200);
    let rename = [
        ("organization", directory.organization.clone()),
        ("directory", directory.id.clone()),
        ("name", "Main".to_owned()),
    ];
    let renamed = post(&server, &cookie, "rename-directory", &rename).await.is(303);
    assert!(
        renamed.header("location").unwrap().contains("done="),
        "a name needs no fresh sign-in"
    );
    let fresh = server.sign_in().await;
    let second = [
        ("organization", directory.organization.clone()),
        ("directory", directory.id.clone()),
        ("name", "second".to_owned()),
    ];
    let made = post(&server, &fresh, "create-token", &second).await.is(303);
    assert!(made.header("location").unwrap().contains("done=token-made"));
}

struct Begin(Session);

impl Operation for Begin {
    type Output = ();
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
        sessions::create(tx, &self.0).await
    }
}

/// Signs somebody of the support staff in.
async fn support(server: &Running) -> String {
    let token = make(TokenKind::Session, &Randomness::System).unwrap();
    let now = server.clock.now();
    let session = Session {
        id_hash: token.digest,
        person: "support".to_owned(),
        role: Role::Support,
        created_at: now,
        auth_at: now,
        seen_at: now,
        expires_at: now + 3_600_000_000,
        revoked_at: None,
        person_id: None,
        link_id: None,
    };
    server.state.store.write(Begin(session)).await.unwrap();
    format!("__Host-rollcall={}", token.reveal())
}

/// Threats T71.
async fn support_sees_and_changes_nothing(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let user = Scim::of(&server, &directory).user("ada@contoso.com").await;
    let (name, cookie) = (name_of(&server, &directory).await, support(&server).await);
    let before = all(&server, &directory).await;
    for (act, fields) in acts(&directory, &name) {
        let form = post(&server, &cookie, act, &fields).await.is(303);
        assert!(
            form.header("location").unwrap().contains("because=forbidden"),
            "{act}: {form:?}"
        );
        send(&server, &cookie, act, &fields, "application/json")
            .await
            .is(403);
    }
    assert_eq!(all(&server, &directory).await, before);
    let organization = &directory.organization;
    let look = async |page: &str, status: u16| {
        let address = format!("{}/organizations/{organization}/{page}", server.url);
        let request = server.http.get(address).header("cookie", &cookie);
        let shown = Reply::read(request.send().await.unwrap()).await.is(status);
        assert!(!shown.text.contains("rollcall_scim_"), "{page}: no secret");
        shown.text
    };
    look("directory-sync", 200).await;
    let people = ["users", "groups", "activity", &format!("users/{user}")];
    for page in people {
        let shown = look(page, 403).await;
        assert!(
            shown.contains("Why do you look?") && !shown.contains("ada@contoso.com"),
            "{page}"
        );
    }
    let page = format!("/organizations/{organization}/users");
    let why = [
        ("organization", organization.clone()),
        ("reason", "Ticket 4711".to_owned()),
        ("minutes", "30".to_owned()),
        ("back", page.clone()),
    ];
    let begun = post(&server, &cookie, "begin-support-view", &why).await.is(303);
    assert_eq!(begun.header("location"), Some(page.as_str()));
    for page in people {
        look(page, 200).await;
    }
    assert!(look("users", 200).await.contains("ada@contoso.com"));
    for (act, fields) in acts(&directory, &name) {
        send(&server, &cookie, act, &fields, "application/json")
            .await
            .is(403);
    }
    // What was made for the owner waits for the owner.
    let mine = server.sign_in().await;
    let second = [
        ("organization", organization.clone()),
        ("directory", directory.id.clone()),
        ("name", "second".to_owned()),
    ];
    post(&server, &mine, "create-token", &second).await.is(303);
    let reveal = [("directory", directory.id.clone())];
    assert_eq!(
        send(&server, &cookie, "reveal", &reveal, "application/json")
            .await
            .is(200)
            .json(),
        Value::Null
    );
    let shown = send(&server, &mine, "reveal", &reveal, "application/json")
        .await
        .is(200)
        .json();
    assert!(
        shown["bearer_token"]
            .as_str()
            .unwrap()
            .starts_with("rollcall_scim_")
    );
}

/// Threats T09.
async fn a_token_is_shown_once_to_whom_it_was_made_for(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let organization = server.organization().await;
    let (mine, other) = (server.sign_in().await, server.sign_in().await);
    let fields = [
        ("organization", organization.clone()),
        ("provider", "entra-id".to_owned()),
    ];
    let made = post(&server, &mine, "configure", &fields).await.is(303);
    let tab = format!("{}{}", server.url, made.header("location").unwrap());
    let look = async |cookie: &str| {
        let page = Reply::read(
            server
                .http
                .get(&tab)
                .header("cookie", cookie)
                .send()
                .await
                .unwrap(),
        )
        .await
        .is(200);
        page.text
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .find(|word| word.starts_with("rollcall_scim_"))
            .map(str::to_owned)
    };
    assert_eq!(look(&other).await, None, "another browser");
    let token = look(&mine).await.expect("shown to whom it was made for");
    assert_eq!(look(&mine).await, None, "and once");
    let id = made
        .header("location")
        .unwrap()
        .split("directory=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap()
        .to_owned();
    let directory = Directory {
        endpoint_url: format!("{}/scim/v2/{id}", server.url),
        id,
        organization,
        bearer_token: token,
    };
    Scim::of(&server, &directory).get("/Users").await.is(200);
}

async fn forms_do_what_they_say(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let (name, cookie) = (name_of(&server, &directory).await, server.sign_in().await);
    let (portal, owner): (&dyn Portal, _) = (&*server.state.portal, server.owner());
    let app = portal.apps(&owner).await.unwrap()[0].id.clone();
    let second = server.another_token(&directory, None).await;
    let token = server
        .shown(&directory)
        .await
        .tokens
        .into_iter()
        .find(|token| token.name == "another")
        .unwrap()
        .id;
    for (act, mut fields) in acts(&directory, &name) {
        match act {
            "create-token" => {
                let refused = post(&server, &cookie, act, &fields).await.is(303);
                assert!(
                    refused
                        .header("location")
                        .unwrap()
                        .contains("why=two-tokens-alive"),
                    "{refused:?}"
                );
                continue;
            }
            "revoke-token" => fields[2].1.clone_from(&token),
            "delete-directory" => fields[2].1 = "Renamed".to_owned(),
            "delete-organization" => fields[1].1 = "Renamed".to_owned(),
            "create-organization" => fields[1].1.clone_from(&app),
            _ => {}
        }
        let done = post(&server, &cookie, act, &fields).await.is(303);
        let location = done.header("location").unwrap().to_owned();
        assert!(
            location.starts_with("/organizations") && location.contains("done="),
            "{act}: {location}"
        );
        match act {
            "disable-directory" => assert!(!server.shown(&directory).await.enabled),
            "enable-directory" => assert!(server.shown(&directory).await.enabled),
            "delete-organization" => continue,
            _ => {}
        }
        let page = server
            .http
            .get(format!("{}{location}", server.url))
            .header("cookie", &cookie)
            .send()
            .await
            .unwrap();
        assert_eq!(page.status(), 200, "{act}: {location}");
    }
    assert_ne!(second, directory.bearer_token);
    assert!(
        portal
            .organization(&owner, &directory.organization)
            .await
            .is_err(),
        "deleted"
    );
    for hostile in ["", " ", "a\u{202e}b", &"x".repeat(101), "a\nb"] {
        let fields = [("name", hostile.to_owned()), ("app", app.clone())];
        let refused = post(&server, &cookie, "create-organization", &fields)
            .await
            .is(303);
        let location = refused.header("location").unwrap();
        assert!(location.contains("because=invalid"), "{hostile:?}: {location}");
    }
    let names: Vec<_> = portal
        .organizations(&owner, "")
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.organization.name)
        .collect();
    assert_eq!(json!(names), json!(["Fabrikam"]));
}

async fn nobody_who_is_not_signed_in_is_answered(backend: Backend) {
    let server = Running::on(backend, &[]).await;
    let directory = server.directory().await;
    let name = name_of(&server, &directory).await;
    let before = all(&server, &directory).await;
    for (act, fields) in acts(&directory, &name) {
        let form = post(&server, "", act, &fields).await;
        assert_eq!(
            (form.status, form.header("location")),
            (303, Some("/signed-out")),
            "{act}: {}",
            form.text
        );
        send(&server, "", act, &fields, "application/json").await.is(401);
    }
    for act in ["directories", "organizations", "apps", "reveal"] {
        let fields = [
            ("organization", directory.organization.clone()),
            ("directory", directory.id.clone()),
            ("search", String::new()),
        ];
        let asked = send(&server, "", act, &fields, "application/json").await;
        assert_eq!(asked.status, 401, "{act}: {}", asked.text);
        assert!(!asked.text.contains(&name), "{act}");
    }
    assert_eq!(all(&server, &directory).await, before);
}
