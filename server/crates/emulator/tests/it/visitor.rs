//! A browser and an application against the identity platform, over real HTTP.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use emulator::cloud::{HERO_INDUSTRIES, ROLLCALL, TRUVIO};
use emulator::faults::{Effect, Matcher};
use emulator::tenant::TENANT_ID;
use emulator::{Config, Emulator};
use reqwest::redirect::Policy;
use serde_json::Value;
use uuid::Uuid;

pub(crate) const OWNER: &str = "olivia.owner@heroindustries.example";
pub(crate) const MEGAN: &str = "megan.bowen@contoso.com";
pub(crate) const ADELE: &str = "adele.vance@contoso.com";
pub(crate) const ALEX: &str = "alex.wilber@contoso.com";
pub(crate) const SERVICE: &str = "svc-truvio@contoso.com";
pub(crate) const SIGN_IN: &str = "http://127.0.0.1:8080/sign-in/callback";
pub(crate) const TEST_SIGN_IN: &str = "http://127.0.0.1:8080/test-sign-in/callback";
pub(crate) const CONSENT: &str = "http://127.0.0.1:8080/consent/callback";

/// An emulator and somebody's browser, with its cookie.
pub(crate) struct Visitor {
    pub(crate) entra: Emulator,
    http: reqwest::Client,
    cookie: std::sync::Mutex<Option<String>>,
}

/// A page or a redirect.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) to: Option<String>,
    pub(crate) policy: String,
    pub(crate) text: String,
}

impl Seen {
    /// The parameters a redirect carries back, by query or fragment.
    pub(crate) fn back(&self) -> HashMap<String, String> {
        let to = self
            .to
            .as_deref()
            .unwrap_or_else(|| panic!("no redirect: {}", self.text));
        let (_, query) = to.split_once(['?', '#']).unwrap_or_default();
        url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect()
    }

    fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let from = self.text.find(&mark).map(|at| at + mark.len());
        let rest = from.map(|from| &self.text[from..]).unwrap_or_default();
        unescape(rest.split('"').next().unwrap_or_default())
    }
}

fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// The claims of a token.
pub(crate) fn claims(token: &Value) -> Value {
    let body = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&B64.decode(body).unwrap()).unwrap()
}

impl Visitor {
    pub(crate) async fn new() -> Self {
        Self {
            entra: Emulator::start(Config::manual()).await.unwrap(),
            http: reqwest::Client::builder()
                .no_proxy()
                .redirect(Policy::none())
                .build()
                .unwrap(),
            cookie: std::sync::Mutex::default(),
        }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Seen {
        let cookie = self.cookie.lock().unwrap().clone();
        let request = match cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        };
        let response = request.send().await.unwrap();
        let header = |name: &str| {
            let value = response.headers().get(name).and_then(|value| value.to_str().ok());
            value.map(str::to_owned)
        };
        if let Some(set) = header("set-cookie") {
            *self.cookie.lock().unwrap() = set.split(';').next().map(str::to_owned);
        }
        Seen {
            status: response.status().as_u16(),
            to: header("location"),
            policy: header("content-security-policy").unwrap_or_default(),
            text: response.text().await.unwrap(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Seen {
        self.send(self.http.get(format!("{}{path}", self.entra.url())))
            .await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let request = self
            .http
            .post(format!("{}{path}", self.entra.url()))
            .body(form(fields));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.send(request.header("origin", self.entra.url())).await
    }

    /// Chooses an account on a page that asks for one, and follows to where that leads.
    pub(crate) async fn choose(&self, picker: &Seen, segment: &str, upn: &str) -> Seen {
        assert!(picker.text.contains("Pick an account"), "{picker:?}");
        let (flow, request) = (picker.hidden("flow"), picker.hidden("request"));
        let fields = [("flow", flow.as_str()), ("request", &request), ("upn", upn)];
        let seen = self.post(&format!("/{segment}/login"), &fields).await;
        match &seen.to {
            Some(to) if seen.status == 303 && to.starts_with('/') => self.get(to).await,
            _ => seen,
        }
    }

    /// Presses a button of a consent page.
    pub(crate) async fn decide(&self, page: &Seen, path: &str, action: &str, behalf: bool) -> Seen {
        assert!(page.text.contains("Permissions requested"), "{page:?}");
        let (flow, request, account) = (
            page.hidden("flow"),
            page.hidden("request"),
            page.hidden("account"),
        );
        let mut fields = vec![
            ("flow", flow.as_str()),
            ("request", &request),
            ("account", &account),
            ("action", action),
        ];
        if behalf {
            fields.push(("behalf", "true"));
        }
        self.post(path, &fields).await
    }

    /// Presses *Cancel* or *Return to the application* on any page.
    pub(crate) async fn leave(&self, page: &Seen, segment: &str) -> Seen {
        let (flow, request, code) = (page.hidden("flow"), page.hidden("request"), page.hidden("code"));
        let fields = [("flow", flow.as_str()), ("request", &request), ("code", &code)];
        self.post(&format!("/{segment}/cancel"), &fields).await
    }

    /// The query of a sign-in to Rollcall.
    pub(crate) fn rollcall(scope: &str, more: &[(&str, &str)]) -> String {
        let client = ROLLCALL.to_string();
        let mut pairs = vec![
            ("client_id", client.as_str()),
            ("response_type", "code"),
            ("redirect_uri", SIGN_IN),
            ("scope", scope),
            ("state", "s t&1"),
            ("nonce", "n-1"),
        ];
        pairs.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        pairs.extend_from_slice(more);
        form(&pairs)
    }

    pub(crate) fn truvio(more: &[(&str, &str)]) -> String {
        let (client, scope) = (
            TRUVIO.to_string(),
            format!("openid profile api://{TRUVIO}/access_as_user"),
        );
        let mut pairs = vec![("client_id", client.as_str()), ("redirect_uri", TEST_SIGN_IN)];
        pairs.extend_from_slice(more);
        Self::rollcall(&scope, &pairs)
    }

    pub(crate) async fn authorize(&self, segment: &str, query: &str) -> Seen {
        self.get(&format!("/{segment}/oauth2/v2.0/authorize?{query}"))
            .await
    }

    /// Signs in to Rollcall at home, where consent is given, and returns the code.
    pub(crate) async fn owners_code(&self, more: &[(&str, &str)]) -> String {
        let segment = HERO_INDUSTRIES.to_string();
        let query = Self::rollcall("openid profile email offline_access User.Read", more);
        let picker = self.authorize(&segment, &query).await;
        let done = self.choose(&picker, &segment, OWNER).await;
        done.back()["code"].clone()
    }

    pub(crate) fn secret(&self, app: Uuid) -> String {
        let view = self.entra.cloud().view();
        view.application(app).unwrap().secrets[0].value.clone()
    }

    /// A token request with client id and secret added.
    pub(crate) async fn token(&self, tenant: &str, app: Uuid, fields: &[(&str, &str)]) -> (u16, Value) {
        let (id, secret) = (app.to_string(), self.secret(app));
        let mut all = vec![("client_id", id.as_str()), ("client_secret", secret.as_str())];
        all.extend_from_slice(fields);
        self.raw_token(tenant, &all).await
    }

    pub(crate) async fn raw_token(&self, tenant: &str, fields: &[(&str, &str)]) -> (u16, Value) {
        let url = format!("{}/{tenant}/oauth2/v2.0/token", self.entra.url());
        let request = self.http.post(url).body(form(fields));
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    pub(crate) async fn redeem(&self, code: &str, more: &[(&str, &str)]) -> (u16, Value) {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", SIGN_IN),
        ];
        fields.extend_from_slice(more);
        self.token(&HERO_INDUSTRIES.to_string(), ROLLCALL, &fields).await
    }

    /// The owner's tokens.
    pub(crate) async fn owners_tokens(&self) -> Value {
        let code = self.owners_code(&[]).await;
        let (status, tokens) = self.redeem(&code, &[]).await;
        assert_eq!(status, 200, "{tokens}");
        tokens
    }

    /// Consents to Truvio for Contoso as its Global Administrator.
    pub(crate) async fn consent_to_truvio(&self) {
        let query = form(&[
            ("client_id", &TRUVIO.to_string()),
            ("redirect_uri", CONSENT),
            ("state", "x"),
        ]);
        let picker = self.get(&format!("/organizations/adminconsent?{query}")).await;
        let page = self.choose(&picker, "organizations", MEGAN).await;
        let done = self
            .decide(&page, "/organizations/admin-consent-answer", "accept", false)
            .await;
        assert_eq!(done.back()["tenant"], TENANT_ID.to_string());
        self.forget();
    }

    /// Another person takes the browser.
    pub(crate) fn forget(&self) {
        *self.cookie.lock().unwrap() = None;
    }

    pub(crate) fn fault(&self, endpoint: &str, effect: Effect) {
        let endpoint = Some(endpoint.to_owned());
        self.entra.faults().once(
            Matcher {
                endpoint,
                ..Matcher::default()
            },
            effect,
        );
    }

    pub(crate) fn person(&self, upn: &str) -> Uuid {
        self.entra
            .cloud()
            .people()
            .iter()
            .find(|person| person.upn == upn)
            .unwrap()
            .id
    }
}

/// Status, `error` and AADSTS number of a refusal.
pub(crate) fn refusal((status, body): &(u16, Value)) -> (u16, String, u64) {
    let error = body["error"].as_str().unwrap_or_default().to_owned();
    (
        *status,
        error,
        body["error_codes"][0].as_u64().unwrap_or_default(),
    )
}
