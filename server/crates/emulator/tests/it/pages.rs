//! The Contoso admin center: read and used as a browser without script would.

use emulator::tenant::HOSTILE_NAME;
use reqwest::redirect::Policy;

use crate::harness::World;
use crate::stub::TOKEN;

const APP: &str = "/enterprise-applications/hero-saas";

struct Browser {
    world: World,
    http: reqwest::Client,
}

impl Browser {
    async fn new() -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .build()
            .unwrap();
        let world = World::contoso().await;
        // Nothing is configured yet, as for a person who comes to it.
        world.job().configure(emulator::provisioner::Settings::default());
        Self { world, http }
    }

    async fn get(&self, path: &str) -> String {
        let response = self
            .http
            .get(format!("{}{path}", self.world.entra.url()))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let policy = response.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        response.text().await.unwrap()
    }

    /// Sends a form and returns the page it leads to.
    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (String, String) {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = self
            .http
            .post(format!("{}{path}", self.world.entra.url()))
            .body(body);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let response = request
            .header("origin", self.world.entra.url())
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 303, "{path}");
        let to = response.headers()["location"].to_str().unwrap().to_owned();
        let page = self.get(&to).await;
        (to, page)
    }
}

fn text(page: &str) -> String {
    page.replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
}

#[tokio::test]
async fn the_customers_side_by_hand() {
    let browser = Browser::new().await;
    let stub = &browser.world.stub;
    assert!(
        browser
            .get(&format!("{APP}/provisioning"))
            .await
            .contains("Nothing is connected yet")
    );
    let (_, page) = browser.post(&format!("{APP}/provisioning/job/start"), &[]).await;
    assert!(page.contains("Tenant URL is required."), "{page}");
    let settings = format!("{APP}/provisioning/settings");
    let form = |token: &'static str| {
        vec![
            ("tenant_url", stub.url.as_str()),
            ("secret_token", token),
            ("external_id", "objectId"),
            ("scope", "assigned"),
            ("groups", "1"),
        ]
    };
    let (_, page) = browser.post(&format!("{settings}/test"), &form("wrong")).await;
    assert!(page.contains("You appear to have entered invalid credentials"));
    assert!(page.contains("HTTP/401 was returned rather than the expected HTTP/200"));
    assert!(page.contains("The bearer token is not known."));
    let (_, page) = browser.post(&format!("{settings}/test"), &form(TOKEN)).await;
    assert!(page.contains("The supplied credentials are authorized to enable provisioning."));
    assert!(page.contains("is not saved yet") && !page.contains(TOKEN));
    // The token tested before is kept when the field comes back empty.
    let (_, page) = browser.post(&settings, &form("")).await;
    assert!(page.contains("A token is saved.") && !page.contains("is not saved yet"));
    let (_, page) = browser
        .post(
            &format!("{APP}/users-and-groups/assign"),
            &[("group", "All Contoso")],
        )
        .await;
    assert!(page.contains("Assigned."));
    browser.post(&format!("{APP}/provisioning/job/start"), &[]).await;
    let (_, page) = browser.post(&format!("{APP}/provisioning/job/now"), &[]).await;
    assert!(page.contains("Initial cycle completed"), "{page}");
    assert_eq!(stub.users().len(), 238);
    assert!(
        browser
            .get(&format!("{APP}/provisioning/logs?q=board"))
            .await
            .contains("Nothing has been provisioned")
    );
    assert!(browser.get("/users").await.contains("Provisioned"));
}

#[tokio::test]
async fn a_persons_page_does_what_its_buttons_say() {
    let browser = Browser::new().await;
    let user = browser.world.tenant().read().users().nth(40).unwrap().clone();
    let path = format!("/users/{}", user.id);
    let get = |id| browser.world.tenant().user(id).unwrap();
    browser
        .post(
            &format!("{path}/rename"),
            &[("given", "Nüria"), ("surname", "D'Arc")],
        )
        .await;
    assert_eq!(get(user.id).display_name(), "Nüria D'Arc");
    browser
        .post(&format!("{path}/address"), &[("local", "nuria.darc")])
        .await;
    assert_eq!(get(user.id).upn(), "nuria.darc@contoso.com");
    let (_, page) = browser
        .post(&format!("{path}/address"), &[("local", "no spaces please")])
        .await;
    assert!(page.contains("it must look like name@contoso.com"));
    browser.post(&format!("{path}/disable"), &[]).await;
    assert!(!get(user.id).account_enabled);
    browser.post(&format!("{path}/enable"), &[]).await;
    let boss = browser.world.tenant().read().users().next().unwrap().clone();
    browser
        .post(&format!("{path}/manager"), &[("manager", boss.upn())])
        .await;
    assert_eq!(get(user.id).manager, Some(boss.id));
    browser.post(&format!("{path}/manager"), &[("manager", "")]).await;
    assert_eq!(get(user.id).manager, None);
    browser
        .post(&format!("{path}/join"), &[("group", "Contractors (new)")])
        .await;
    browser
        .post(&format!("{path}/leave"), &[("group", "Contractors (new)")])
        .await;
    assert!(
        browser
            .world
            .tenant()
            .find_group("Contractors (new)")
            .unwrap()
            .members
            .is_empty()
    );
    browser.post(&format!("{path}/delete"), &[]).await;
    assert!(browser.get("/users?show=deleted").await.contains("D&#39;Arc"));
    browser.post(&format!("{path}/restore"), &[]).await;
    browser.post(&format!("{path}/delete"), &[]).await;
    let (to, _) = browser.post(&format!("{path}/purge"), &[]).await;
    assert!(to.starts_with("/users?show=deleted"));
    assert_eq!(browser.world.tenant().user(user.id), None);
    let (to, page) = browser.post("/users", &[("somebody", "1")]).await;
    assert!(to.starts_with("/users/") && page.contains("was created."));
    let (_, page) = browser
        .post("/users", &[("given", "A"), ("surname", "B"), ("local", "")])
        .await;
    assert!(page.contains("Not done"));
}

#[tokio::test]
async fn provision_on_demand_shows_its_steps() {
    let browser = Browser::new().await;
    let stub = &browser.world.stub;
    browser.world.job().reconfigure(|settings| {
        settings.tenant_url.clone_from(&stub.url);
        settings.secret_token = TOKEN.to_owned();
    });
    let user = browser.world.tenant().read().users().next().unwrap().clone();
    browser.world.tenant().assign(user.id).unwrap();
    let on_demand = format!("{APP}/provisioning/on-demand");
    let (to, page) = browser.post(&on_demand, &[("user", user.upn())]).await;
    assert!(to.contains("entry="));
    for part in [
        "Import",
        "Scoping",
        "Matching",
        "Export",
        "EntryExportAdd",
        "Modified properties",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let (_, page) = browser.post(&on_demand, &[("user", "nobody@contoso.com")]).await;
    assert!(page.contains("There is no user “nobody@contoso.com”"));
    stub.fault(|_| {
        Some(crate::stub::error(
            409,
            "uniqueness",
            "Somebody has this name already.",
        ))
    });
    let (_, page) = browser.post(&on_demand, &[("user", user.upn())]).await;
    assert!(
        text(&page).contains("\"detail\":\"Somebody has this name already.\""),
        "{page}"
    );
}

#[tokio::test]
async fn a_hostile_name_is_text_everywhere() {
    let browser = Browser::new().await;
    browser.world.tenant().assign_everything();
    browser.world.tenant().create_group(HOSTILE_NAME, true).unwrap();
    let stub = &browser.world.stub;
    browser.world.job().reconfigure(|settings| {
        settings.tenant_url.clone_from(&stub.url);
        settings.secret_token = TOKEN.to_owned();
    });
    let hostile = browser
        .world
        .tenant()
        .read()
        .users()
        .find(|user| user.display_name() == HOSTILE_NAME)
        .unwrap()
        .clone();
    browser.world.job().provision_on_demand(hostile.id).await.unwrap();
    let entry = browser.world.job().log()[0].id;
    let team = browser.world.tenant().find_group(HOSTILE_NAME).unwrap();
    browser
        .world
        .tenant()
        .add_members(team.id, &[hostile.id])
        .unwrap();
    for path in [
        "/users".to_owned(),
        format!("/users?q={}", HOSTILE_NAME.replace(' ', "%20")),
        format!("/users/{}", hostile.id),
        "/groups".to_owned(),
        format!("/groups/{}", team.id),
        format!("{APP}/users-and-groups"),
        format!("{APP}/provisioning"),
        format!("{APP}/provisioning/logs"),
        format!("{APP}/provisioning/logs/{entry}"),
        format!("{APP}/provisioning/on-demand?entry={entry}"),
    ] {
        let page = browser.get(&path).await;
        assert!(!page.contains("<img"), "{path}");
        assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"), "{path}");
        assert!(!page.contains("style=") && !page.contains("onclick"), "{path}");
    }
}

#[tokio::test]
async fn groups_by_hand() {
    let browser = Browser::new().await;
    let (to, _) = browser
        .post("/groups", &[("name", "Neue Gruppe"), ("type", "security")])
        .await;
    let path = to.split('?').next().unwrap().to_owned();
    let upn = browser
        .world
        .tenant()
        .read()
        .users()
        .next()
        .unwrap()
        .upn()
        .to_owned();
    browser.post(&format!("{path}/add"), &[("member", &upn)]).await;
    let (_, page) = browser.post(&format!("{path}/add"), &[("member", "Board")]).await;
    assert!(page.contains("group, not expanded"));
    let id = browser.world.tenant().find_user(&upn).unwrap().id.to_string();
    browser.post(&format!("{path}/remove"), &[("member", &id)]).await;
    browser
        .post(&format!("{path}/rename"), &[("name", "Alte Gruppe")])
        .await;
    browser.post(&format!("{path}/assign"), &[]).await;
    assert_eq!(
        browser
            .world
            .tenant()
            .find_group("Alte Gruppe")
            .unwrap()
            .members
            .len(),
        1
    );
    assert!(
        browser
            .get(&format!("{APP}/users-and-groups"))
            .await
            .contains("Alte Gruppe")
    );
    let (to, _) = browser.post(&format!("{path}/delete"), &[]).await;
    assert!(to.starts_with("/groups?"));
    let (_, page) = browser
        .post("/groups", &[("name", "Sales"), ("type", "security")])
        .await;
    assert!(page.contains("already exists"));
}

#[tokio::test]
async fn devices_by_hand() {
    let browser = Browser::new().await;
    let tenant = browser.world.tenant();
    let user = tenant.read().users().nth(40).unwrap().clone();
    let (to, page) = browser
        .post("/devices", &[("name", HOSTILE_NAME), ("owner", user.upn())])
        .await;
    let path = to.split('?').next().unwrap().to_owned();
    assert!(
        page.contains("was registered") && !page.contains("<img"),
        "{page}"
    );
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    assert_eq!(tenant.device(id).unwrap().owner, Some(user.id));
    for list in [
        "/devices?q=onerror".to_owned(),
        format!("/devices?q={}", user.upn()),
        format!("/users/{}", user.id),
        format!("/devices/{id}"),
    ] {
        let page = browser.get(&list).await;
        assert!(
            page.contains("&lt;img src=x onerror=alert(1)&gt;") && !page.contains("<img"),
            "{list}"
        );
    }
    let (_, page) = browser.post(&format!("{path}/disable"), &[]).await;
    assert!(page.contains("can no longer sign in.") && !tenant.device(id).unwrap().account_enabled);
    assert!(browser.get("/devices?show=disabled").await.contains("onerror"));
    browser.post(&format!("{path}/enable"), &[]).await;
    let (to, _) = browser.post(&format!("{path}/delete"), &[]).await;
    assert!(to.starts_with("/devices?"));
    assert_eq!(tenant.device(id), None);
    let (_, page) = browser
        .post("/devices", &[("name", "x"), ("owner", "nobody")])
        .await;
    assert!(page.contains("There is no user “nobody”."));
    assert!(browser.get("/devices?page=4").await.contains("Page 4 of 4"));
}

/// Checklist 4 by hand: registration, permissions, consent, secret; and what else stands on the page.
#[tokio::test]
async fn an_app_registration_by_hand() {
    let browser = Browser::new().await;
    let (to, _) = browser.post("/app-registrations", &[("name", "My sync")]).await;
    let path = to.split('?').next().unwrap().to_owned();
    for (name, kind) in [("User.Read.All", "application"), ("User.Read", "delegated")] {
        let fields = [("permission", name), ("kind", kind)];
        browser.post(&format!("{path}/add-permission"), &fields).await;
    }
    let page = browser.get(&path).await;
    assert_eq!(page.matches("Not granted for Contoso").count(), 2, "{page}");
    let (_, page) = browser.post(&format!("{path}/grant"), &[]).await;
    assert_eq!(page.matches(">Granted for Contoso").count(), 2, "{page}");
    let fields = [("description", "TruU"), ("days", "365")];
    let (_, page) = browser.post(&format!("{path}/add-secret"), &fields).await;
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    let registered = browser
        .world
        .entra
        .cloud()
        .view()
        .application(id)
        .unwrap()
        .clone();
    let secret = registered.secrets[0].value.clone();
    assert!(page.contains(&secret));
    assert!(
        !browser.get(&path).await.contains(&secret),
        "the value is shown once"
    );
    assert!(
        browser
            .get(&path)
            .await
            .contains(&registered.secrets[0].key_id.to_string())
    );
    let fields = [
        ("certificate-name", "x"),
        (
            "pem",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        ),
    ];
    let (_, page) = browser.post(&format!("{path}/add-certificate"), &fields).await;
    assert!(page.contains("This is no certificate in PEM."));
    let made = rcgen::generate_simple_self_signed(vec!["truu".to_owned()])
        .unwrap()
        .cert
        .pem();
    let fields = [("certificate-name", "Year"), ("pem", made.as_str())];
    let (_, page) = browser.post(&format!("{path}/add-certificate"), &fields).await;
    assert!(page.contains("The certificate was uploaded."), "{page}");
    let key = browser
        .world
        .entra
        .cloud()
        .view()
        .application(id)
        .unwrap()
        .certificates[0]
        .key_id
        .to_string();
    browser
        .post(&format!("{path}/remove-certificate"), &[("value", &key)])
        .await;
    assert!(
        browser
            .world
            .entra
            .cloud()
            .view()
            .application(id)
            .unwrap()
            .certificates
            .is_empty()
    );
}

#[tokio::test]
async fn the_clock_moves_and_what_is_not_there_is_told() {
    let browser = Browser::new().await;
    let before = browser.world.entra.clock().now();
    browser.post("/clock", &[("hours", "24")]).await;
    assert_eq!(
        browser
            .world
            .entra
            .clock()
            .now()
            .duration_since(before)
            .as_hours(),
        24
    );
    let url = format!("{}/users/nobody", browser.world.entra.url());
    let missing = browser.http.get(url).send().await.unwrap();
    assert_eq!(missing.status(), 404);
    assert!(missing.text().await.unwrap().contains("There is no such user."));
    for asset in ["/style.css", "/refresh.js", "/blades.js"] {
        browser.get(asset).await;
    }
}
