//! What every request passes: the token, throttling; and what every answer carries (`entra-facts` C0, C2).

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::call::{Answer, Answered, Call};
use super::caller::{Caller, Principal};
use super::error::GraphError;
use super::query::Options;
use super::{Graph, batch, routes, throttle};
use crate::cloud::GRAPH_APP_ID;
use crate::faults::{Effect, Probe};
use crate::tenant::{Tenant, User};

const JSON: &str =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// What was asked, by HTTP or inside a batch.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) method: Method,
    /// As in `https://127.0.0.1:4443/v1.0`.
    pub(super) base: String,
    /// From the slash after the version on, as sent.
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

pub(super) async fn handle(
    State(graph): State<Graph>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let host = uri.authority().map(|authority| authority.as_str().to_owned());
    let host = host.or_else(|| Some(headers.get(header::HOST)?.to_str().ok()?.to_owned()));
    let (version, path) = uri.path()[1..].split_once('/').unwrap_or_default();
    let asked = Asked {
        method,
        base: format!("{}/{version}", graph.origin(&host.unwrap_or_default())),
        path: format!("/{path}"),
        query: uri.query().unwrap_or_default().to_owned(),
        headers,
        body,
    };
    if let Some(late) = graph.late(&asked) {
        tokio::time::sleep(late).await;
    }
    let answer = match asked.path.as_str() {
        "/$batch" => graph.batch(&asked),
        _ => graph.answer(&asked),
    };
    graph.dressed(&asked, answer)
}

/// An answer that a fault breaks.
#[derive(Debug)]
enum Broken {
    /// It is a refusal instead.
    Refused(GraphError),
    /// It ends in the middle.
    Cut,
}

impl Graph {
    /// Answers one request; refusals become answers.
    pub(super) fn answer(&self, asked: &Asked) -> Answer {
        self.checked(asked)
            .unwrap_or_else(|error| self.refused(asked, &error))
    }

    /// Who asks; 401 for a token that is none of ours.
    fn caller(&self, asked: &Asked) -> Result<Caller, GraphError> {
        let read = self.platform.caller(asked.header("authorization"));
        Ok(Caller::from(read.map_err(|error| {
            GraphError::unauthenticated(error.to_string())
        })?))
    }

    /// A batch, unless it is refused as a whole.
    fn batch(&self, asked: &Asked) -> Answer {
        let cut = match self.caller(asked).map(|caller| self.fault(asked, &caller)) {
            Err(error) | Ok(Some(Broken::Refused(error))) => return self.refused(asked, &error),
            Ok(broken) => broken.is_some(),
        };
        Answer {
            cut,
            ..batch::answer(self, asked)
        }
    }

    fn checked(&self, asked: &Asked) -> Answered {
        let caller = self.caller(asked)?;
        let unknown = || GraphError::unauthenticated("Access token validation failure. Invalid tenant.");
        let home = self.cloud().tenant(caller.tenant).ok_or_else(unknown)?;
        let cut = match self.fault(asked, &caller) {
            Some(Broken::Refused(error)) => return Err(error),
            broken => broken.is_some(),
        };
        let eventual = asked
            .header("consistencylevel")
            .is_some_and(|level| level.eq_ignore_ascii_case("eventual"));
        let segments = routes::segments(&asked.path);
        let segments: Vec<_> = segments.iter().map(String::as_str).collect();
        let options = match segments.last() {
            // Its tokens are its own, and what it takes it checks itself.
            Some(&"delta") => Options::default(),
            _ => Options::read(&asked.query, eventual)?,
        };
        let write = asked.method != Method::GET;
        let units = throttle::cost(write, &segments, &options);
        let limit = self.limit(asked, &caller, home);
        let used = match self.count(&caller, units, write, limit) {
            Ok(used) => used,
            Err((after, why)) => return Ok(self.throttled(asked, &caller, after, why)),
        };
        let call = Call {
            graph: self,
            caller: &caller,
            home,
            method: asked.method.clone(),
            options,
            query: &asked.query,
            minimal: asked
                .header("prefer")
                .is_some_and(|prefer| prefer.contains("return=minimal")),
            asked,
            eventual,
            body: body_of(asked)?,
            base: asked.base.clone(),
            path: asked.path.clone(),
        };
        let mut answer = routes::answer(&call, &segments)?;
        answer.cut |= cut;
        answer.add("x-ms-resource-unit", units.to_string());
        if used >= 0.8 {
            answer.add("x-ms-throttle-limit-percentage", format!("{used:.1}"));
        }
        Ok(answer)
    }

    /// The oldest fault that this request meets and whose effect fits.
    pub(super) fn met(&self, asked: &Asked, caller: &Caller, fits: fn(&Effect) -> bool) -> Option<Effect> {
        let user = match caller.principal {
            Principal::User(id) => self.cloud().user(caller.tenant, id),
            Principal::Application => None,
        };
        let probe = Probe {
            endpoint: "graph",
            tenant: Some(caller.tenant),
            client: Some(caller.app),
            user: user.as_ref().map(User::upn),
            detail: &format!("{} {}", asked.method, asked.path),
        };
        self.platform.faults().take(&probe, fits)
    }

    /// How a fault breaks the answer (D3): a status, a challenge, or half of it.
    fn fault(&self, asked: &Asked, caller: &Caller) -> Option<Broken> {
        match self.met(asked, caller, Effect::is_answer)? {
            Effect::Status { status, retry_after } => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
                let error = GraphError::of_status(status, retry_after.map(u64::from));
                Some(Broken::Refused(error))
            }
            Effect::Aadsts { claims, .. } => Some(Broken::Refused(GraphError {
                claims,
                ..GraphError::unauthenticated("Continuous access evaluation resulted in challenge.")
            })),
            _ => Some(Broken::Cut),
        }
    }

    /// How long the answer is to wait.
    fn late(&self, asked: &Asked) -> Option<Duration> {
        let caller = self.caller(asked).ok()?;
        match self.met(asked, &caller, |effect| matches!(effect, Effect::Late { .. }))? {
            Effect::Late { milliseconds } => Some(Duration::from_millis(u64::from(milliseconds))),
            _ => None,
        }
    }

    /// Resource units per ten seconds.
    fn limit(&self, asked: &Asked, caller: &Caller, home: &Tenant) -> u64 {
        match self.met(asked, caller, |effect| matches!(effect, Effect::Units { .. })) {
            Some(Effect::Units { limit }) => u64::from(limit),
            // More than this many users make no difference.
            _ => throttle::limit(home.read().users().take(501).count()),
        }
    }

    fn count(&self, caller: &Caller, units: u64, write: bool, limit: u64) -> throttle::Passed {
        let of = (caller.app, caller.tenant);
        self.memory().throttle.count(of, self.now(), units, write, limit)
    }

    fn throttled(&self, asked: &Asked, caller: &Caller, after: u64, why: &str) -> Answer {
        let mut answer = self.refused(asked, &throttle::too_many(after));
        let kind = if why.starts_with("Write") {
            "Write"
        } else {
            "ReadWrite"
        };
        answer.add(
            "x-ms-throttle-scope",
            format!("Tenant_Application/{kind}/{}/{}", caller.app, caller.tenant),
        );
        answer.add("x-ms-throttle-information", why.to_owned());
        answer
    }

    /// A refusal as an answer (C0).
    pub(super) fn refused(&self, asked: &Asked, error: &GraphError) -> Answer {
        let request_id = self.memory().rng.uuid().to_string();
        let client = asked.header("client-request-id").unwrap_or(&request_id);
        let body = json!({"error": {"code": error.code, "message": error.message, "innerError": {
            "date": self.now().strftime("%Y-%m-%dT%H:%M:%S").to_string(),
            "request-id": request_id, "client-request-id": client}}});
        let mut answer = Answer::new(error.status, body);
        if let Some(after) = error.retry_after {
            answer.add("retry-after", after.to_string());
        }
        if error.status == StatusCode::UNAUTHORIZED {
            answer.add("www-authenticate", self.challenge(asked, error));
        }
        answer
    }

    fn challenge(&self, asked: &Asked, error: &GraphError) -> String {
        let origin = asked.base.rsplit_once('/').map_or("", |(origin, _)| origin);
        let claims = error.claims.as_deref().map(|claims| {
            let encoded = STANDARD.encode(claims);
            format!(", error=\"insufficient_claims\", claims=\"{encoded}\"")
        });
        format!(
            "Bearer realm=\"\", authorization_uri=\"{origin}/common/oauth2/authorize\", \
             client_id=\"{GRAPH_APP_ID}\"{}",
            claims.unwrap_or_default()
        )
    }

    /// The headers that every answer has.
    fn dressed(&self, asked: &Asked, answer: Answer) -> Response {
        let own = answer.body["error"]["innerError"]["request-id"]
            .as_str()
            .map(str::to_owned);
        let request_id = own.unwrap_or_else(|| self.memory().rng.uuid().to_string());
        let client = asked
            .header("client-request-id")
            .unwrap_or(&request_id)
            .to_owned();
        let (kind, bytes) = match (answer.text, answer.body) {
            (Some(text), _) => (Some(JSON), text.into_bytes()),
            (None, Value::Null) => (None, Vec::new()),
            (None, Value::String(text)) => (Some("text/plain"), text.into_bytes()),
            (None, body) => (Some(JSON), body.to_string().into_bytes()),
        };
        let whole = if answer.cut {
            half(bytes)
        } else {
            Body::from(bytes)
        };
        let mut response = Response::new(whole);
        *response.status_mut() = answer.status;
        let diagnostic = json!({"ServerInfo": {"DataCenter": "Emulator", "Slice": "E", "Ring": "1",
            "ScaleUnit": "000", "RoleInstance": "AGS00"}});
        let mut put = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(name, value);
            }
        };
        put(HeaderName::from_static("request-id"), &request_id);
        put(HeaderName::from_static("client-request-id"), &client);
        put(
            HeaderName::from_static("x-ms-ags-diagnostic"),
            &diagnostic.to_string(),
        );
        put(HeaderName::from_static("odata-version"), "4.0");
        put(header::CACHE_CONTROL, "no-cache");
        if let Some(kind) = kind {
            put(header::CONTENT_TYPE, kind);
        }
        answer
            .headers
            .into_iter()
            .for_each(|(name, value)| put(name, &value));
        response
    }
}

impl Answer {
    pub(super) fn add(&mut self, name: &'static str, value: String) {
        self.headers.push((HeaderName::from_static(name), value));
    }
}

/// A body that breaks off.
fn half(mut bytes: Vec<u8>) -> Body {
    bytes.truncate(bytes.len() / 2);
    let parts = [Ok(bytes), Err(std::io::Error::other("cut on purpose"))];
    Body::from_stream(futures_util::stream::iter(parts))
}

fn body_of(asked: &Asked) -> Result<Value, GraphError> {
    if asked.body.is_empty() {
        return Ok(Value::Null);
    }
    let told = asked
        .header("content-type")
        .unwrap_or_default()
        .to_ascii_lowercase();
    if !told.starts_with("application/json") {
        return Err(GraphError::bad(
            "Content-Type header value missing or not application/json.",
        ));
    }
    serde_json::from_slice(&asked.body)
        .ok()
        .filter(Value::is_object)
        .ok_or_else(|| GraphError::bad("Unable to read JSON request payload."))
}

/// A moment as Graph writes it: whole seconds, `Z`.
pub(super) fn moment(at: Timestamp) -> Value {
    json!(at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
