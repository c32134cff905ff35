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
pub(crate) const MEGAN: &str = "megan.bowen@contoso.com";
pub(crate) const ADELE: &str = "adele.vance@contoso.com";
pub(crate) const ALEX: &str = "alex.wilber@contoso.com";
pub(crate) const SERVICE: &str = "svc-truvio@contoso.com";

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
        let sent = self.send_form("/sign-in", fields).await;
        self.visit(sent).await
    }

    /// Sends a form of ours; answers where it leads.
    pub(crate) async fn send_form(&mut self, path: &str, fields: &[(&str, &str)]) -> Url {
        let url = Url::parse(&self.home).unwrap().join(path).unwrap();
        let sent = self.post(url, fields).await;
        assert_eq!(sent.status, 303, "{sent:?}");
        sent.to.unwrap()
    }

    /// Whoever was signed in at Microsoft is not any more.
    pub(crate) fn leave_microsoft(&mut self) {
        let host = Url::parse(&self.home).unwrap().authority().to_owned();
        self.cookies.retain(|known, _| *known == host);
    }

    /// Goes on from any page of Microsoft's as this account and accepts what is asked for: to the way back to us, or to
    /// a page that says no.
    pub(crate) async fn go_on(&mut self, from: Url, upn: &str) -> Result<Url, Seen> {
        let mut seen = self.visit(from).await;
        for _ in 0..12 {
            let segment = seen.url.path().split('/').nth(1).unwrap_or_default().to_owned();
            seen = match seen.to.clone() {
                Some(to) if to.as_str().starts_with(&self.home) => return Ok(to),
                Some(to) => self.visit(to).await,
                None if seen.text.contains("Pick an account") => self.log_in(&seen, &segment, upn).await,
                None if seen.text.contains("Permissions requested") => self.accept(&seen, &segment).await,
                None => return Err(seen),
            };
        }
        panic!("no way back: {seen:?}");
    }

    async fn log_in(&mut self, picker: &Seen, segment: &str, upn: &str) -> Seen {
        let (flow, request) = (picker.hidden("flow"), picker.hidden("request"));
        let fields = [("flow", flow.as_str()), ("request", &request), ("upn", upn)];
        let url = picker.url.join(&format!("/{segment}/login")).unwrap();
        self.post(url, &fields).await
    }

    /// Presses *Return to the application* on a page that says no.
    pub(crate) async fn give_up(&mut self, page: &Seen) -> Url {
        let segment = page.url.path().split('/').nth(1).unwrap().to_owned();
        let (flow, request, code) = (page.hidden("flow"), page.hidden("request"), page.hidden("code"));
        let fields = [("flow", flow.as_str()), ("request", &request), ("code", &code)];
        let url = page.url.join(&format!("/{segment}/cancel")).unwrap();
        self.post(url, &fields).await.to.unwrap()
    }

    /// Comes in by a one-time link.
    pub(crate) async fn enter(&mut self, link: &str) {
        let seen = self.visit(link.parse().unwrap()).await;
        assert_eq!(seen.status, 303, "{seen:?}");
    }

    /// The public half of its session.
    pub(crate) fn session(&self) -> String {
        use server::secrets::{TokenKind, recognise};
        let host = Url::parse(&self.home).unwrap().authority().to_owned();
        let digest = recognise(TokenKind::Session, &self.cookies[&host]["__Host-rollcall"]).unwrap();
        digest[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Chooses an account and accepts what is asked for; stops before the way back to us, which it answers.
    pub(crate) async fn choose(&mut self, picker: &Seen, upn: &str) -> Url {
        let segment = picker.url.path().split('/').nth(1).unwrap().to_owned();
        let mut seen = self.log_in(picker, &segment, upn).await;
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
        self.watch("/live/organizations").await.status() == 200
    }

    /// A stream of pulses.
    pub(crate) async fn watch(&self, path: &str) -> reqwest::Response {
        let host = Url::parse(&self.home).unwrap().authority().to_owned();
        let cookies = self.cookies.get(&host).into_iter().flatten();
        let line: Vec<String> = cookies.map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.http.get(self.at(path)).header("cookie", line.join("; "));
        request.send().await.unwrap()
    }
}
