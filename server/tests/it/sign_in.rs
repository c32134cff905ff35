//! People sign in with Microsoft: by invite, in a role, and nobody else (threats T40 to T48, T59 to T61).

use emulator::cloud::FABRIKAM;
use emulator::faults::{Effect, Fault, Matcher, Signing as Wrongly};
use serde_json::json;
use server::clock::{Randomness, prefixed_id};
use server::directory::organizations::CreateApp;
use server::secrets::{TokenKind, make};
use store::ids::{AppId, PersonId};
use store::invites::{self, Invite};
use store::sessions::{self, Role, Session};
use store::staff::{self, Person};
use store::{Operation, StoreError, Tx, apps};

use crate::harness::Backend;
use crate::harness::entra::{OLIVIA, PATTI, SAM, Signing};

struct Invited(Invite, [u8; 32]);

impl Operation for Invited {
    type Output = ();
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
        invites::create(tx, &self.1, &self.0).await
    }
}

struct Staff(AppId);

impl Operation for Staff {
    type Output = Vec<(Person, Role)>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Self::Output, StoreError> {
        staff::list(tx, &self.0).await
    }
}

struct Out(AppId, PersonId);

impl Operation for Out {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        staff::remove(tx, &self.0, &self.1).await
    }
}

struct Alive(i64);

impl Operation for Alive {
    type Output = Vec<Session>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Self::Output, StoreError> {
        sessions::list(tx, self.0).await
    }
}

impl Signing {
    async fn app(&self) -> AppId {
        let clock = &self.server.clock;
        let id = AppId::new(prefixed_id("app", clock, &Randomness::System).unwrap());
        let row = apps::App::named(id.clone(), id.as_str(), clock.now());
        self.server.state.store.write(CreateApp(row)).await.unwrap();
        id
    }

    async fn invite(&self, app: &AppId, role: Role) -> String {
        let clock = &self.server.clock;
        let token = make(TokenKind::Invite, &Randomness::System).unwrap();
        let invite = Invite {
            id: prefixed_id("inv", clock, &Randomness::System).unwrap(),
            app: app.clone(),
            role,
            note: String::new(),
            created_at: clock.now(),
            expires_at: clock.now() + 60_000_000,
            used_at: None,
            made_by: None,
        };
        let made = Invited(invite, token.digest);
        self.server.state.store.write(made).await.unwrap();
        token.reveal().to_owned()
    }

    /// What the token endpoint does from now on.
    fn lie(&self, effect: Effect) {
        let matcher = Matcher {
            endpoint: Some("token".to_owned()),
            ..Matcher::default()
        };
        self.entra.faults().add(Fault {
            id: 0,
            matcher,
            effect,
            times: None,
        });
    }

    async fn staff(&self, app: &AppId) -> Vec<(Person, Role)> {
        self.server.state.store.read(Staff(app.clone())).await.unwrap()
    }
}

async fn invited_people_come_in_and_come_back(backend: Backend) {
    let at = Signing::on(backend, &[]).await;
    let app = at.app().await;
    let invite = at.invite(&app, Role::Owner).await;
    let mut browser = at.browser();
    let to = browser
        .sign_in(
            OLIVIA,
            &[("invite", &invite), ("return_to", "/organizations?x=1")],
        )
        .await;
    assert_eq!(to, "/organizations?x=1");
    assert!(browser.is_in().await);
    let staff = at.staff(&app).await;
    assert_eq!(
        (staff[0].0.name.as_str(), staff[0].0.address.as_str(), staff[0].1),
        ("Olivia Owner", OLIVIA, Role::Owner)
    );
    let now = at.server.clock.now();
    let first = at.server.state.store.read(Alive(now)).await.unwrap();
    assert_eq!(first[0].person, "Olivia Owner");

    assert_eq!(browser.sign_in(OLIVIA, &[]).await, "/organizations");
    let second = at.server.state.store.read(Alive(now)).await.unwrap();
    assert_eq!(second.len(), 1, "a new sign-in ends the session before");
    assert_ne!(second[0].id_hash, first[0].id_hash);

    let mut another = at.browser();
    assert_eq!(
        another.sign_in(SAM, &[("invite", &invite)]).await,
        "/signed-out?failed=unknown_person"
    );
    assert!(!another.is_in().await, "an invite is used once");
    assert_eq!(at.staff(&app).await.len(), 1);
}

#[tokio::test]
async fn invited_people_come_in_on_sqlite() {
    invited_people_come_in_and_come_back(Backend::Sqlite).await;
}

#[tokio::test]
async fn invited_people_come_in_on_postgres() {
    invited_people_come_in_and_come_back(Backend::Postgres).await;
}

#[tokio::test]
async fn a_stranger_with_the_address_of_an_owner_is_a_stranger() {
    let at = Signing::start().await;
    let app = at.app().await;
    let invite = at.invite(&app, Role::Owner).await;
    at.browser().sign_in(OLIVIA, &[("invite", &invite)]).await;
    let lies = json!({"preferred_username": OLIVIA, "email": OLIVIA, "name": "Olivia Owner"});
    at.lie(Effect::Claims {
        set: lies.as_object().unwrap().clone(),
        remove: Vec::new(),
    });
    let mut browser = at.browser();
    assert_eq!(
        browser.sign_in(PATTI, &[]).await,
        "/signed-out?failed=unknown_person"
    );
    assert!(!browser.is_in().await);
    assert_eq!(at.staff(&app).await.len(), 1);
}

#[tokio::test]
async fn whoever_loses_the_role_is_out_with_the_next_request() {
    let at = Signing::start().await;
    let app = at.app().await;
    let invite = at.invite(&app, Role::Support).await;
    let mut browser = at.browser();
    browser.sign_in(SAM, &[("invite", &invite)]).await;
    assert!(browser.is_in().await);
    let person = at.staff(&app).await[0].0.id.clone();
    at.server
        .state
        .store
        .write(Out(app.clone(), person))
        .await
        .unwrap();
    assert!(!browser.is_in().await);
    assert_eq!(
        browser.sign_in(SAM, &[]).await,
        "/signed-out?failed=unknown_person"
    );
}

#[tokio::test]
async fn an_answer_is_taken_once_and_only_in_the_browser_that_asked() {
    let at = Signing::start().await;
    let app = at.app().await;
    let invite = at.invite(&app, Role::Owner).await;
    let (mut mine, mut theirs) = (at.browser(), at.browser());
    let picker = mine.start(&[("invite", &invite)]).await;
    let back = mine.choose(&picker, OLIVIA).await;
    assert_eq!(
        theirs.come_back(back.clone()).await,
        "/signed-out?failed=expired",
        "login CSRF"
    );
    assert!(!theirs.is_in().await);
    assert_eq!(mine.come_back(back.clone()).await, "/organizations");
    assert_eq!(
        mine.come_back(back.clone()).await,
        "/signed-out?failed=expired",
        "replayed"
    );

    let (one, two) = (mine.start(&[]).await, mine.start(&[]).await);
    let (first, second) = (mine.choose(&one, OLIVIA).await, mine.choose(&two, OLIVIA).await);
    let code = |url: &url::Url| {
        url.query_pairs()
            .find(|(name, _)| name == "code")
            .unwrap()
            .1
            .into_owned()
    };
    let mut crossed = first.clone();
    let state = first
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1
        .into_owned();
    crossed
        .query_pairs_mut()
        .clear()
        .append_pair("code", &code(&second))
        .append_pair("state", &state);
    assert_eq!(
        mine.come_back(crossed).await,
        "/signed-out?failed=other",
        "a code of another attempt"
    );
    let mut made_up = first;
    made_up
        .query_pairs_mut()
        .clear()
        .append_pair("code", "x")
        .append_pair("state", "y");
    assert_eq!(mine.come_back(made_up).await, "/signed-out?failed=expired");
    at.server.clock.advance(11 * 60);
    assert_eq!(
        mine.come_back(second).await,
        "/signed-out?failed=expired",
        "after ten minutes"
    );
}

#[tokio::test]
async fn tokens_that_lie_open_nothing() {
    let at = Signing::start().await;
    let app = at.app().await;
    let invite = at.invite(&app, Role::Owner).await;
    at.browser().sign_in(OLIVIA, &[("invite", &invite)]).await;
    let set = |claims: serde_json::Value| Effect::Claims {
        set: claims.as_object().unwrap().clone(),
        remove: Vec::new(),
    };
    let without = |claim: &str| Effect::Claims {
        set: serde_json::Map::new(),
        remove: vec![claim.to_owned()],
    };
    let lies = [
        (
            "another audience",
            set(json!({"aud": "11111111-1111-4111-8111-111111111111"})),
            "other",
        ),
        ("another nonce", set(json!({"nonce": "replayed"})), "other"),
        ("no nonce", without("nonce"), "other"),
        (
            "another tenant than its issuer",
            set(json!({"tid": FABRIKAM.to_string()})),
            "other",
        ),
        ("a time that is text", set(json!({"exp": "1900000000"})), "other"),
        ("no end", without("exp"), "other"),
        ("no person", without("oid"), "other"),
        ("from the past", Effect::Skew { seconds: -86_400 }, "other"),
        ("from the future", Effect::Skew { seconds: 86_400 }, "other"),
        (
            "a wrong signature",
            Effect::Sign {
                how: Wrongly::WrongKey,
            },
            "other",
        ),
        ("none", Effect::Sign { how: Wrongly::None }, "other"),
        ("a shared secret", Effect::Sign { how: Wrongly::Hs256 }, "other"),
        (
            "an outage",
            Effect::Status {
                status: 503,
                retry_after: None,
            },
            "unavailable",
        ),
        (
            "no consent",
            Effect::Aadsts {
                code: 65_001,
                claims: None,
            },
            "consent",
        ),
    ];
    for (what, effect, word) in lies {
        at.lie(effect);
        let mut browser = at.browser();
        let to = browser.sign_in(OLIVIA, &[]).await;
        assert_eq!(to, format!("/signed-out?failed={word}"), "{what}");
        assert!(!browser.is_in().await, "{what}");
        at.entra.faults().clear();
    }
    assert_eq!(
        at.browser().sign_in(OLIVIA, &[]).await,
        "/organizations",
        "the truth does"
    );
}

#[tokio::test]
async fn one_goes_on_to_pages_of_ours_only() {
    let at = Signing::start().await;
    let app = at.app().await;
    let invite = at.invite(&app, Role::Owner).await;
    let to = at
        .browser()
        .sign_in(OLIVIA, &[("invite", &invite), ("return_to", "//evil.example")])
        .await;
    assert_eq!(to, "/organizations");
}

#[tokio::test]
async fn a_rotated_key_of_microsofts_is_found() {
    let at = Signing::start().await;
    let app = at.app().await;
    let invite = at.invite(&app, Role::Owner).await;
    at.browser().sign_in(OLIVIA, &[("invite", &invite)]).await;
    let url = format!("{}/control/cloud/keys/rotate", at.entra.url());
    let rotated = at.server.http.post(url).json(&json!({})).send().await.unwrap();
    assert!(rotated.status().is_success(), "{rotated:?}");
    at.server.clock.advance(61);
    assert_eq!(at.browser().sign_in(OLIVIA, &[]).await, "/organizations");
}

#[tokio::test]
async fn without_a_registration_nobody_signs_in() {
    let server = crate::harness::Running::start().await;
    let sent = server
        .http
        .post(format!("{}/sign-in", server.url))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body("")
        .send()
        .await
        .unwrap();
    assert_eq!(sent.headers()["location"], "/signed-out?failed=unavailable");
}
