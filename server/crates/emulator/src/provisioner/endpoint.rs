//! The HTTP half: requests as Entra writes them, answers measured and judged (`entra-facts` A2, A3).

use std::fmt::Write as _;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, Response};
use serde_json::Value;

use super::failure::{ErrorCode, Failure, refusal, status_name};
use super::settings::{Dialect, Settings, TenantUrl, TenantUrlError};
use crate::clock::{Clock, Stopwatch};
use crate::witness::{Deviation, Kind, Witness};

/// Bodies beyond this are cut off: a group of 500 000 members still fits.
const BODY_LIMIT: usize = 64 << 20;
/// The longest `Retry-After` obeyed on the spot; longer ones go to escrow.
const PATIENCE: Duration = Duration::from_secs(20);
const SCIM_JSON: &str = "application/scim+json; charset=utf-8";

/// A SCIM endpoint and the right to call it.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    http: Client,
    url: TenantUrl,
    bearer: HeaderValue,
    retries: u32,
    clock: Clock,
    witness: Witness,
}

/// A request to send.
#[derive(Clone, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) kind: Kind,
    pub(crate) method: Method,
    /// After the base, as in `/Users/123`.
    pub(crate) path: String,
    /// Query parameters, already encoded.
    pub(crate) query: Vec<String>,
    pub(crate) body: Option<&'a Value>,
}

impl<'a> Request<'a> {
    pub(crate) fn get(kind: Kind, path: impl Into<String>) -> Self {
        Self {
            kind,
            method: Method::GET,
            path: path.into(),
            query: Vec::new(),
            body: None,
        }
    }

    pub(crate) fn delete(kind: Kind, path: impl Into<String>) -> Self {
        Self {
            method: Method::DELETE,
            ..Self::get(kind, path)
        }
    }

    pub(crate) fn post(kind: Kind, path: impl Into<String>, body: &'a Value) -> Self {
        Self {
            method: Method::POST,
            body: Some(body),
            ..Self::get(kind, path)
        }
    }

    pub(crate) fn patch(kind: Kind, path: impl Into<String>, body: &'a Value) -> Self {
        Self {
            method: Method::PATCH,
            body: Some(body),
            ..Self::get(kind, path)
        }
    }

    pub(crate) fn query(mut self, parameter: impl Into<String>) -> Self {
        self.query.push(parameter.into());
        self
    }

    /// Method, path and query, for deviations.
    fn line(&self) -> String {
        let mut line = format!("{} {}", self.method, self.path);
        for (place, part) in self.query.iter().enumerate() {
            line.push(if place == 0 { '?' } else { '&' });
            line.push_str(part);
        }
        line
    }

    fn is_search(&self) -> bool {
        self.query
            .iter()
            .any(|parameter| parameter.starts_with("filter="))
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) json: Option<Value>,
    pub(crate) retried: u32,
    /// Method and path, for deviations.
    pub(crate) request: String,
}

impl Answer {
    pub(crate) fn succeeded(&self) -> bool {
        (200..300).contains(&self.status)
    }

    fn header(&self, name: impl reqwest::header::AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The answer as the credential test echoes it.
    pub(crate) fn echo(&self, resource: &str) -> String {
        let mut headers = String::new();
        for (name, value) in &self.headers {
            let _ = write!(headers, "{name}: {} ", value.to_str().unwrap_or("?"));
        }
        format!(
            "Received response from Web resource. Resource: {resource} Operation: GET Response Status Code: {} \
             Response Headers: {headers}Response Content: {}",
            status_name(self.status),
            cut(&self.text, 2000)
        )
    }
}

/// Makes the HTTP client every endpoint shares. Fails only if the TLS library cannot start.
pub(crate) fn http_client(timeout: Duration) -> Result<Client, reqwest::Error> {
    Client::builder()
        .no_proxy()
        .timeout(timeout)
        .connect_timeout(timeout.min(Duration::from_secs(10)))
        .redirect(reqwest::redirect::Policy::none())
        .tcp_nodelay(true)
        .build()
}

/// Why an endpoint cannot even be called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EndpointError {
    #[error(transparent)]
    Url(#[from] TenantUrlError),
    #[error("Secret token contains characters that cannot stand in a header.")]
    Token,
    #[error("The TLS library could not be started.")]
    Tls,
}

impl Endpoint {
    pub(crate) fn new(
        settings: &Settings,
        http: Client,
        clock: Clock,
        witness: Witness,
    ) -> Result<Self, EndpointError> {
        let url = TenantUrl::parse(&settings.tenant_url, settings.flag_in_requests)?;
        let token = format!("Bearer {}", settings.secret_token.trim());
        let mut bearer = HeaderValue::from_str(&token).map_err(|_| EndpointError::Token)?;
        bearer.set_sensitive(true);
        Ok(Self {
            http,
            url,
            bearer,
            retries: settings.retries,
            clock,
            witness,
        })
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.url.dialect
    }

    pub(crate) fn witness(&self) -> &Witness {
        &self.witness
    }

    /// The whole URL of a request, as error texts show it.
    pub(crate) fn address(&self, request: &Request<'_>) -> String {
        let mut address = format!("{}{}", self.url.base, request.path);
        let mut sign = '?';
        for part in self.url.query.iter().chain(&request.query) {
            address.push(sign);
            address.push_str(part);
            sign = '&';
        }
        address
    }

    /// `filter=…`, encoded with `+` in the legacy dialect and `%20` in the compliant one: both are seen (A3).
    pub(crate) fn filter(&self, filter: &str) -> String {
        format!("filter={}", encode(filter, self.url.dialect == Dialect::Legacy))
    }

    /// Sends, waits and repeats after 429 and 503. `Err` means that no answer came.
    pub(crate) async fn send(&self, request: &Request<'_>) -> Result<Answer, Failure> {
        let mut retried = 0;
        loop {
            let sent = self.send_once(request).await;
            let mut answer = sent.map_err(|failure| self.unanswered(request, failure, retried))?;
            answer.retried = retried;
            self.judge(request, &answer);
            match self.wait_before_retry(&answer) {
                Some(wait) if retried < self.retries => self.clock.pause(wait).await,
                _ => return Ok(answer),
            }
            retried += 1;
        }
    }

    /// Like [`Endpoint::send`], but every status other than 2xx is a failure and a deviation.
    pub(crate) async fn expect(&self, request: &Request<'_>) -> Result<Answer, Failure> {
        let answer = self.send(request).await?;
        if answer.succeeded() {
            Ok(answer)
        } else {
            Err(self.refused(request, &answer))
        }
    }

    /// Turns a refusal into the log's failure and notes the deviation.
    pub(crate) fn refused(&self, request: &Request<'_>, answer: &Answer) -> Failure {
        let creating = request.method == Method::POST;
        let code = ErrorCode::of_status(answer.status, request.is_search(), creating);
        if answer.status != 429 {
            self.deviation(
                request.kind.fact(),
                format!("{} instead of success", answer.status),
                answer,
            );
        }
        let failure = Failure {
            code,
            status: Some(answer.status),
            message: refusal(&status_name(answer.status), &cut(&answer.text, 4000)),
            retried: answer.retried,
            fatal: false,
        };
        let credentials = matches!(answer.status, 401 | 403);
        let compliance = answer.status == 404 && request.is_search();
        if credentials || compliance {
            failure.fatal()
        } else {
            failure
        }
    }

    /// Notes a deviation of this answer.
    pub(crate) fn deviation(&self, fact: &'static str, what: impl Into<String>, answer: &Answer) {
        self.witness.deviates(Deviation {
            fact,
            what: what.into(),
            request: answer.request.clone(),
            answer: format!("{} {}", answer.status, cut(&answer.text, 600)),
        });
    }

    /// A server that does not answer, or not in time, cannot be worked with (A5).
    fn unanswered(&self, request: &Request<'_>, failure: Failure, retried: u32) -> Failure {
        self.witness.deviates(Deviation {
            fact: "A5",
            what: format!("no answer: {}", failure.code),
            request: request.line(),
            answer: failure.message.clone(),
        });
        Failure { retried, ..failure }
    }

    fn wait_before_retry(&self, answer: &Answer) -> Option<Duration> {
        if !matches!(answer.status, 429 | 503) {
            return None;
        }
        let wait = answer
            .header(RETRY_AFTER)
            .and_then(|seconds| seconds.trim().parse().ok());
        let wait = Duration::from_secs(wait.unwrap_or(1));
        (wait <= PATIENCE).then_some(wait)
    }

    async fn send_once(&self, request: &Request<'_>) -> Result<Answer, Failure> {
        let mut builder = self
            .http
            .request(request.method.clone(), self.address(request))
            .header(AUTHORIZATION, self.bearer.clone())
            .header(ACCEPT, "application/scim+json");
        if let Some(body) = request.body {
            builder = builder.header(CONTENT_TYPE, SCIM_JSON).body(body.to_string());
        }
        let watch = Stopwatch::start();
        let response = builder.send().await.map_err(|error| transport(&error))?;
        let answer = read(response, request).await?;
        self.witness.answered(request.kind, watch.elapsed());
        Ok(answer)
    }

    /// What every answer must be, whatever was asked (A3 general, T39).
    fn judge(&self, request: &Request<'_>, answer: &Answer) {
        if answer.status == 429 {
            self.witness.throttled();
            if answer.header(RETRY_AFTER).is_none() {
                self.deviation("A5", "429 without Retry-After", answer);
            }
        }
        if answer.status >= 500 && !(answer.status == 503 && answer.header(RETRY_AFTER).is_some()) {
            self.deviation("A8", "server error", answer);
        }
        let empty = answer.text.is_empty();
        if empty && (answer.status == 204 || request.method == Method::PATCH && answer.succeeded()) {
            return;
        }
        if answer.json.is_none() {
            self.deviation(
                "A3",
                if empty { "empty body" } else { "body is not JSON" },
                answer,
            );
        }
        let kind = answer.header(CONTENT_TYPE).unwrap_or_default();
        if !kind.starts_with("application/scim+json") && !kind.starts_with("application/json") {
            self.deviation(
                "A3",
                format!("Content-Type {kind:?} is not application/scim+json"),
                answer,
            );
        }
    }
}

async fn read(mut response: Response, request: &Request<'_>) -> Result<Answer, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| transport(&error))? {
        if bytes.len() + chunk.len() > BODY_LIMIT {
            let message = format!("The response is larger than {BODY_LIMIT} bytes");
            return Err(Failure::new(ErrorCode::WebExceptionProtocolError, message));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Answer {
        status: response.status().as_u16(),
        headers: std::mem::take(response.headers_mut()),
        json: serde_json::from_slice(&bytes).ok(),
        text: String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
        retried: 0,
        request: request.line(),
    })
}

fn transport(error: &reqwest::Error) -> Failure {
    let mut message = String::from("An error occurred while sending the request.");
    let mut source: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(cause) = source {
        let _ = write!(message, " {cause}");
        source = cause.source();
    }
    if error.is_timeout() {
        return Failure::new(ErrorCode::Timeout, message);
    }
    let failure = Failure::new(ErrorCode::WebExceptionProtocolError, message);
    if error.is_connect() {
        failure.fatal()
    } else {
        failure
    }
}

/// Percent-encodes a query value; spaces become `+` or `%20`.
pub(crate) fn encode(text: &str, plus: bool) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte))
            }
            b' ' if plus => encoded.push('+'),
            _ => drop(write!(encoded, "%{byte:02X}")),
        }
    }
    encoded
}

/// A filter comparison, its value quoted as JSON.
pub(crate) fn equals(attribute: &str, value: &str) -> String {
    format!("{attribute} eq {}", Value::from(value))
}

/// At most `limit` characters of `text`.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_encoded_both_ways() {
        let filter = equals("userName", "o'brien+\"x\"@contoso.com");
        assert_eq!(
            encode(&filter, true),
            "userName+eq+%22o%27brien%2B%5C%22x%5C%22%40contoso.com%22"
        );
        assert_eq!(encode("a b é", false), "a%20b%20%C3%A9");
    }

    #[test]
    fn text_is_cut_between_characters() {
        assert_eq!(cut("日本語", 2), "日本…");
        assert_eq!(cut("日本", 2), "日本");
    }

    #[test]
    fn the_token_never_shows_in_debug_output() {
        let settings = Settings {
            tenant_url: "http://127.0.0.1:1/scim".to_owned(),
            secret_token: "s3cret".to_owned(),
            ..Settings::default()
        };
        let http = http_client(Duration::from_secs(1)).unwrap();
        let clock = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
        let endpoint = Endpoint::new(&settings, http, clock, Witness::default()).unwrap();
        assert!(!format!("{endpoint:?}").contains("s3cret"));
    }
}
