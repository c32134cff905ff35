//! Somebody's browser: keeps the cookies of two places, ours and Microsoft's, and goes where it is sent.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use reqwest::{Client, RequestBuilder, redirect::Policy};
use url::Url;

use crate::served::PUBLIC_URL;

const FORM: &str = "application/x-www-form-urlencoded";
/// Pages and redirects of one sign-in at most.
const STEPS: usize = 10;

pub(crate) struct Browser {
    http: Client,
    ours: Url,
    cookies: BTreeMap<String, BTreeMap<String, String>>,
}

struct Seen {
    url: Url,
    to: Option<String>,
    text: String,
}

impl Seen {
    fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let rest = self.text.split(&mark).nth(1).unwrap_or_default();
        let value = rest.split('"').next().unwrap_or_default();
        value.replace("&quot;", "\"").replace("&amp;", "&")
    }
}

impl Browser {
    pub(crate) fn new(ours: &Url) -> anyhow::Result<Self> {
        Ok(Self {
            http: Client::builder().no_proxy().redirect(Policy::none()).build()?,
            ours: ours.clone(),
            cookies: BTreeMap::new(),
        })
    }

    /// The whole way, from our button to our session.
    pub(crate) async fn sign_in(mut self, upn: &str) -> anyhow::Result<()> {
        let mut seen = self.post(self.ours.join("/sign-in")?, &[]).await?;
        for _ in 0..STEPS {
            seen = match &seen.to {
                Some(to) if to.starts_with(PUBLIC_URL) => return self.come_back(to).await,
                Some(to) => self.visit(seen.url.join(to)?).await?,
                None => self.pick(&seen, upn).await?,
            };
        }
        anyhow::bail!("no way back from {}: {}", seen.url, seen.text)
    }

    /// By the proxy's name in the redirect, by its address in earnest.
    async fn come_back(&mut self, to: &str) -> anyhow::Result<()> {
        let callback = self.ours.join(&to[PUBLIC_URL.len()..])?;
        let seen = self.visit(callback).await?;
        let led = seen.to.unwrap_or_default();
        ensure!(!led.contains("failed"), "the sign-in led to {led}: {}", seen.text);
        let mine = self.cookies.get(self.ours.authority()).context("no cookie")?;
        ensure!(mine.contains_key("__Host-rollcall"), "no session: {led}");
        Ok(())
    }

    async fn pick(&mut self, page: &Seen, upn: &str) -> anyhow::Result<Seen> {
        ensure!(
            page.text.contains("Pick an account"),
            "not the account picker: {}",
            page.text
        );
        let segment = page.url.path().split('/').nth(1).unwrap_or_default();
        let (flow, request) = (page.hidden("flow"), page.hidden("request"));
        let login = page.url.join(&format!("/{segment}/login"))?;
        let fields = [("flow", flow.as_str()), ("request", &request), ("upn", upn)];
        self.post(login, &fields).await
    }

    async fn visit(&mut self, url: Url) -> anyhow::Result<Seen> {
        let request = self.http.get(url.clone());
        self.send(request, url).await
    }

    async fn post(&mut self, url: Url, fields: &[(&str, &str)]) -> anyhow::Result<Seen> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let origin = if url.authority() == self.ours.authority() {
            PUBLIC_URL.to_owned()
        } else {
            url.origin().ascii_serialization()
        };
        let request = self.http.post(url.clone()).body(body);
        let request = request.header("content-type", FORM).header("origin", origin);
        self.send(request, url).await
    }

    async fn send(&mut self, request: RequestBuilder, url: Url) -> anyhow::Result<Seen> {
        let kept = self.cookies.entry(url.authority().to_owned()).or_default();
        let line: Vec<String> = kept
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let response = request.header("cookie", line.join("; ")).send().await?;
        for set in response.headers().get_all("set-cookie") {
            let pair = set.to_str()?.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').context("no cookie")?;
            kept.insert(name.to_owned(), value.to_owned());
        }
        let to = response.headers().get("location");
        let to = to.map(|to| to.to_str().map(str::to_owned)).transpose()?;
        Ok(Seen {
            url,
            to,
            text: response.text().await?,
        })
    }
}
