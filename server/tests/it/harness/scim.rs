//! A SCIM client, and what makes its answers comparable from run to run.

use std::fmt::Write as _;

use reqwest::{Client, Method, header::HeaderMap};
use serde_json::{Value, json};

use super::{Directory, Running};

/// How Entra announces a body (entra-facts A3).
pub(crate) const SCIM_JSON: &str = "application/scim+json; charset=utf-8";

pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(crate) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub(crate) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
pub(crate) const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
pub(crate) const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// Declares each named `async fn(Backend)` as two tests: `sqlite::…` and `postgres::…`.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name($crate::harness::Backend::Sqlite).await;
                }
            )+
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name($crate::harness::Backend::Postgres).await;
                }
            )+
        }
    };
}
pub(crate) use on_both;

/// One directory's endpoint, with its token.
#[derive(Clone)]
pub(crate) struct Scim {
    http: Client,
    url: String,
    endpoint: String,
    token: String,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) async fn read(response: reqwest::Response) -> Self {
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }

    /// Itself, if it has this status.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Itself, if it is a SCIM error of this status and keyword.
    #[track_caller]
    pub(crate) fn refuses(self, status: u16, scim_type: &str) -> Self {
        let body = self.json();
        let told = (self.status, body["scimType"].as_str().unwrap_or_default());
        assert_eq!(told, (status, scim_type), "{}", self.text);
        assert_eq!(body["schemas"], json!([ERROR]));
        assert_eq!(body["status"], status.to_string());
        assert!(!body["detail"].as_str().unwrap().is_empty());
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{error}: {} {:?}", self.status, self.text))
    }

    #[track_caller]
    pub(crate) fn id(&self) -> String {
        self.json()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// `userName`s or `displayName`s of a list, in its order.
    pub(crate) fn names(&self) -> Vec<String> {
        let body = self.json();
        let name = |resource: &Value| resource.get("userName").or(resource.get("displayName")).cloned();
        let names = body["Resources"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(name);
        names.map(|name| name.as_str().unwrap().to_owned()).collect()
    }
}

impl Scim {
    /// At a directory of the server.
    pub(crate) fn of(server: &Running, directory: &Directory) -> Self {
        Self {
            http: server.http.clone(),
            url: server.url.clone(),
            endpoint: directory.endpoint_url.clone(),
            token: directory.bearer_token.clone(),
        }
    }

    /// At an address, for a server in another process.
    pub(crate) fn at(url: &str, directory: &str, token: &str) -> Self {
        Self {
            http: Client::builder().no_proxy().build().unwrap(),
            url: url.to_owned(),
            endpoint: format!("{url}/scim/v2/{directory}"),
            token: token.to_owned(),
        }
    }

    /// With connections of its own.
    pub(crate) fn apart(&self) -> Self {
        Self {
            http: Client::builder().no_proxy().build().unwrap(),
            ..self.clone()
        }
    }

    /// The same endpoint with other credentials.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self {
            token: token.to_owned(),
            ..self.clone()
        }
    }

    /// A request of any kind; the outer error is the connection's.
    pub(crate) async fn try_send(
        &self,
        method: Method,
        rest: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> reqwest::Result<Reply> {
        let mut request = self
            .http
            .request(method, format!("{}{rest}", self.endpoint))
            .bearer_auth(&self.token);
        if body.is_some() && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", SCIM_JSON);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Reply {
            status,
            headers,
            text: response.text().await?,
        })
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        rest: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Reply {
        self.try_send(method, rest, headers, body).await.unwrap()
    }

    pub(crate) async fn get(&self, rest: &str) -> Reply {
        self.send(Method::GET, rest, &[], None).await
    }

    pub(crate) async fn post(&self, rest: &str, body: Value) -> Reply {
        self.send(Method::POST, rest, &[], Some(body.to_string())).await
    }

    pub(crate) async fn put(&self, rest: &str, body: Value) -> Reply {
        self.send(Method::PUT, rest, &[], Some(body.to_string())).await
    }

    pub(crate) async fn patch(&self, rest: &str, body: Value) -> Reply {
        self.send(Method::PATCH, rest, &[], Some(body.to_string())).await
    }

    pub(crate) async fn delete(&self, rest: &str) -> Reply {
        self.send(Method::DELETE, rest, &[], None).await
    }

    /// Creates a user of this name; its id.
    pub(crate) async fn user(&self, user_name: &str) -> String {
        self.post("/Users", user(user_name)).await.is(201).id()
    }

    /// Creates a group with these members; its id.
    pub(crate) async fn group(&self, display_name: &str, members: &[&str]) -> String {
        self.post("/Groups", group(display_name, members))
            .await
            .is(201)
            .id()
    }

    /// Whether somebody of this id is here.
    pub(crate) async fn has_user(&self, id: &str) -> bool {
        self.get(&format!("/Users/{id}")).await.status == 200
    }

    /// The ids of a group's members.
    pub(crate) async fn members(&self, group: &str) -> Vec<String> {
        let body = self.get(&format!("/Groups/{group}")).await.is(200).json();
        let members = body["members"].as_array().cloned().unwrap_or_default();
        members
            .iter()
            .map(|member| member["value"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Everything a filter finds, by name, in the order of arrival.
    pub(crate) async fn find(&self, resource: &str, filter: &str) -> Vec<String> {
        self.get(&format!("/{resource}?filter={}", escaped(filter)))
            .await
            .is(200)
            .names()
    }
}

/// A text for a query, escaped byte by byte where it needs it.
pub(crate) fn escaped(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    text.bytes().fold(String::new(), |mut out, byte| {
        match plain(&byte) {
            true => out.push(char::from(byte)),
            false => write!(out, "%{byte:02X}").unwrap(),
        }
        out
    })
}

/// The smallest user.
pub(crate) fn user(user_name: &str) -> Value {
    json!({"schemas": [USER], "userName": user_name})
}

/// A group with these members.
pub(crate) fn group(display_name: &str, members: &[&str]) -> Value {
    let members: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
    json!({"schemas": [GROUP], "displayName": display_name, "members": members})
}

/// A PATCH of these operations.
pub(crate) fn patch(operations: Value) -> Value {
    json!({"schemas": [PATCH_OP], "Operations": operations})
}

/// Replaces what differs from run to run: addresses, ids in the order in which they first appear, cursors.
#[derive(Default)]
pub(crate) struct Redactor {
    ids: Vec<String>,
}

impl Redactor {
    pub(crate) fn redact(&mut self, scim: &Scim, text: &str) -> String {
        let text = text
            .replace(&scim.endpoint, "[endpoint]")
            .replace(&scim.url, "[url]");
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(c) = rest.chars().next() {
            let taken = match rest.get(..36).filter(|id| is_uuid(id)) {
                Some(id) => {
                    write!(out, "[id {}]", self.number(id)).unwrap();
                    36
                }
                None => {
                    out.push(c);
                    c.len_utf8()
                }
            };
            rest = &rest[taken..];
        }
        without_cursor(&out)
    }

    fn number(&mut self, id: &str) -> usize {
        match self.ids.iter().position(|known| known == id) {
            Some(place) => place + 1,
            None => {
                self.ids.push(id.to_owned());
                self.ids.len()
            }
        }
    }
}

fn is_uuid(text: &str) -> bool {
    text.bytes().enumerate().all(|(place, byte)| match place {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
    })
}

fn without_cursor(text: &str) -> String {
    let Some((before, rest)) = text.split_once("\"nextCursor\":\"") else {
        return text.to_owned();
    };
    let after = rest.split_once('"').map_or("", |(_, after)| after);
    format!("{before}\"nextCursor\":\"[cursor]\"{after}")
}

/// A conversation, written down so that it can be compared with a snapshot.
pub(crate) struct Transcript<'s> {
    scim: &'s Scim,
    names: Redactor,
    text: String,
}

impl<'s> Transcript<'s> {
    pub(crate) fn of(scim: &'s Scim) -> Self {
        Self {
            scim,
            names: Redactor::default(),
            text: String::new(),
        }
    }

    /// What was said.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Sends a request and writes down both sides.
    pub(crate) async fn send(&mut self, method: Method, rest: &str, body: Option<Value>) -> Reply {
        self.send_with(method, rest, &[], body).await
    }

    pub(crate) async fn send_with(
        &mut self,
        method: Method,
        rest: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Reply {
        let sent = body
            .as_ref()
            .map(|body| format!("{body:#}\n"))
            .unwrap_or_default();
        let given: String = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\n"))
            .collect();
        let reply = self
            .scim
            .send(method.clone(), rest, headers, body.map(|body| body.to_string()))
            .await;
        let told = shown(&reply);
        let entry = self
            .names
            .redact(self.scim, &format!("{method} {rest}\n{given}{sent}--> {told}\n"));
        self.text.push_str(&entry);
        reply
    }

    pub(crate) async fn get(&mut self, rest: &str) -> Reply {
        self.send(Method::GET, rest, None).await
    }

    pub(crate) async fn post(&mut self, rest: &str, body: Value) -> Reply {
        self.send(Method::POST, rest, Some(body)).await
    }

    pub(crate) async fn put(&mut self, rest: &str, body: Value) -> Reply {
        self.send(Method::PUT, rest, Some(body)).await
    }

    pub(crate) async fn patch(&mut self, rest: &str, body: Value) -> Reply {
        self.send(Method::PATCH, rest, Some(body)).await
    }

    pub(crate) async fn delete(&mut self, rest: &str) -> Reply {
        self.send(Method::DELETE, rest, None).await
    }
}

/// Status, the headers that SCIM gives a meaning, and the body.
fn shown(reply: &Reply) -> String {
    let mut out = format!("{}\n", reply.status);
    for name in [
        "content-type",
        "etag",
        "location",
        "www-authenticate",
        "retry-after",
    ] {
        if let Some(value) = reply.header(name) {
            writeln!(out, "{name}: {value}").unwrap();
        }
    }
    if !reply.text.is_empty() {
        let body: Result<Value, _> = serde_json::from_str(&reply.text);
        // Cursors are found by their key, so the body stays on one line until they are gone.
        let text = without_cursor(&reply.text);
        match body.is_ok() {
            true => writeln!(out, "{:#}", serde_json::from_str::<Value>(&text).unwrap()).unwrap(),
            false => writeln!(out, "{text}").unwrap(),
        }
    }
    out
}
