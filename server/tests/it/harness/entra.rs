//! Microsoft, as the emulator plays it, and a browser that goes there and back.

use std::collections::{BTreeMap, HashMap};

use emulator::cloud::ROLLCALL;
use emulator::{Config, Emulator};
use reqwest::{Client, redirect::Policy};
use url::Url;

use super::{Backend, Running};

pub(crate) const OLIVIA: &str = "olivia.owner@heroindustries.example";
pub(crate) const SAM: &str = "sam.support@heroindustries.example";
pub(crate) const PATTI: &str = "patti.fernandez@fabrikam.com";

/// A server whose people sign in at an emulator that runs beside it, at the same time of day.
pub(crate) struct Signing {
    pub(crate) server: Running,
    pub(crate) entra: Emulator,
}

impl Signing {
    pub(crate) async fn start() -> Self {
        Self::on(Backend::Sqlite, &[]).await
    }

    pub(crate) async fn on(backend: Backend, settings: &[(&str, &str)]) -> Self {
        let noon = "2026-11-20T12:00:00Z".parse().unwrap();
        let config = Config {
            clock: emulator::clock::Clock::manual(noon),
            ..Config::manual()
        };
        let entra = Emulator::start(config).await.unwrap();
        let secret = entra.cloud().view().application(ROLLCALL).unwrap().secrets[0]
            .value
            .clone();
        let (client_id, authority, graph) = (ROLLCALL.to_string(), entra.authority(), entra.graph());
        let mut all = vec![
            ("ROLLCALL_ENTRA_CLIENT_ID", client_id.as_str()),
            ("ROLLCALL_ENTRA_CLIENT_SECRET", &secret),
            ("ROLLCALL_ENTRA_AUTHORITY", authority),
            ("ROLLCALL_ENTRA_GRAPH", graph),
        ];
        all.extend_from_slice(settings);
        let server = Running::on(backend, &all).await;
        entra.cloud().add_portal(&server.url).unwrap();
        Self { server, entra }
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser {
            http: Client::builder()
                .no_proxy()
                .redirect(Policy::none())
                .build()
                .unwrap(),
            home: self.server.url.clone(),
            cookies: HashMap::new(),
        }
    }
}

/// A page, or where it sends one.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    /// Its own address.
    pub(crate) url: Url,
    pub(crate) to: Option<Url>,
    pub(crate) text: String,
}

impl Seen {
    fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let from = self.text.find(&mark).map(|at| at + mark.len());
        let value = from.and_then(|from| self.text[from..].split('"').next());
        value
            .unwrap_or_default()
            .replace("&quot;", "\"")
            .replace("&amp;", "&")
    }
}

/// Somebody's browser: keeps cookies by host and goes where it is told.
pub(crate) struct Browser {
    http: Client,
    home: String,
    cookies: HashMap<String, BTreeMap<String, String>>,
}

impl Browser {
    async fn send(&mut self, request: reqwest::RequestBuilder, url: Url) -> Seen {
        let host = url.authority().to_owned();
        let cookies = self.cookies.entry(host).or_default();
        let line: Vec<String> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let response = request.header("cookie", line.join("; ")).send().await.unwrap();
        for set in response.headers().get_all("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').unwrap();
            cookies.insert(name.to_owned(), value.to_owned());
        }
        let to = response.headers().get("location");
        Seen {
            status: response.status().as_u16(),
            to: to.map(|to| url.join(to.to_str().unwrap()).unwrap()),
            url,
            text: response.text().await.unwrap(),
        }
    }

    /// An address of ours.
    pub(crate) fn at(&self, path: &str) -> Url {
        Url::parse(&self.home).unwrap().join(path).unwrap()
    }

    pub(crate) async fn visit(&mut self, url: Url) -> Seen {
        let request = self.http.get(url.clone());
        self.send(request, url).await
    }

    /// Sends a form of the page one is on.
    pub(crate) async fn post(&mut self, url: Url, fields: &[(&str, &str)]) -> Seen {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = self.http.post(url.clone()).body(body);
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", url.origin().ascii_serialization())
            .header("accept", "text/html")
            .header("sec-fetch-site", "same-origin");
        self.send(request, url).await
    }

    /// Presses *Sign in with Microsoft*; ends up before the account picker.
    pub(crate) async fn start(&mut self, fields: &[(&str, &str)]) -> Seen {
        let url = Url::parse(&self.home).unwrap().join("/sign-in").unwrap();
        let sent = self.post(url, fields).await;
        assert_eq!(sent.status, 303, "{sent:?}");
        self.visit(sent.to.unwrap()).await
    }

    /// Chooses an account and accepts what is asked for; stops before the way back to us, which it answers.
    pub(crate) async fn choose(&mut self, picker: &Seen, upn: &str) -> Url {
        let segment = picker.url.path().split('/').nth(1).unwrap().to_owned();
        let (flow, request) = (picker.hidden("flow"), picker.hidden("request"));
        let fields = [("flow", flow.as_str()), ("request", &request), ("upn", upn)];
        let mut seen = self
            .post(picker.url.join(&format!("/{segment}/login")).unwrap(), &fields)
            .await;
        for _ in 0..10 {
            match seen.to.clone() {
                Some(to) if to.as_str().starts_with(&self.home) => return to,
                Some(to) => seen = self.visit(to).await,
                None => seen = self.accept(&seen, &segment).await,
            }
        }
        panic!("no way back: {seen:?}");
    }

    async fn accept(&mut self, page: &Seen, segment: &str) -> Seen {
        assert!(page.text.contains("Permissions requested"), "{page:?}");
        let (flow, request, account) = (
            page.hidden("flow"),
            page.hidden("request"),
            page.hidden("account"),
        );
        let fields = [
            ("flow", flow.as_str()),
            ("request", &request),
            ("account", &account),
            ("action", "accept"),
        ];
        let action = page
            .text
            .split("action=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        let action = action.map_or_else(|| format!("/{segment}/consent"), str::to_owned);
        self.post(page.url.join(&action).unwrap(), &fields).await
    }

    /// The whole way, to where one ends up.
    pub(crate) async fn sign_in(&mut self, upn: &str, fields: &[(&str, &str)]) -> String {
        let picker = self.start(fields).await;
        let back = self.choose(&picker, upn).await;
        self.come_back(back).await
    }

    /// Follows the way back from Microsoft; answers the local address one is sent on to.
    pub(crate) async fn come_back(&mut self, back: Url) -> String {
        let seen = self.visit(back).await;
        assert_eq!(seen.status, 303, "{seen:?}");
        let to = seen.to.unwrap();
        assert!(to.as_str().starts_with(&self.home), "{to}");
        to[url::Position::BeforePath..].to_owned()
    }

    /// Whether one is signed in. The stream of pulses has no end, so it is not read.
    pub(crate) async fn is_in(&self) -> bool {
        let host = Url::parse(&self.home).unwrap().authority().to_owned();
        let cookies = self.cookies.get(&host).into_iter().flatten();
        let line: Vec<String> = cookies.map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.http.get(format!("{}/live/organizations", self.home));
        request
            .header("cookie", line.join("; "))
            .send()
            .await
            .unwrap()
            .status()
            == 200
    }
}
