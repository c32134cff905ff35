//! The one way out: a client that follows nothing, waits briefly and reads little (threats T56, T57).

use std::{fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{
    Certificate, Client, RequestBuilder, Response,
    header::{CACHE_CONTROL, HeaderMap, HeaderName, RETRY_AFTER},
    redirect,
};
use serde::de::DeserializeOwned;

const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");

/// The time of day: microseconds since 1970 in UTC.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;
/// Fills a buffer with random bytes.
pub type Random = Arc<dyn Fn(&mut [u8]) -> Result<(), NoRandomness> + Send + Sync>;
/// Waits so long before a retry. A test's own returns at once and moves the clock.
pub type Sleep = Arc<dyn Fn(Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// The generator would give no random bytes; nothing is sent without them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the random generator failed")]
pub struct NoRandomness;

/// How to speak to the outside. `Default` is what a server wants.
#[derive(Clone)]
pub struct HttpOptions {
    /// Certificates in PEM that are trusted besides the system's own.
    pub extra_root_pem: Option<Vec<u8>>,
    /// The longest a whole exchange may take; 5 s (threats T57).
    pub timeout: Duration,
    /// The longest body that is read, in bytes; 1 MiB (threats T57).
    pub max_body: usize,
    /// Where request ids, assertion ids and jitter come from.
    pub random: Random,
    /// How to wait between two tries.
    pub sleep: Sleep,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            extra_root_pem: None,
            timeout: Duration::from_secs(5),
            max_body: 1024 * 1024,
            random: Arc::new(|bytes| SystemRandom::new().fill(bytes).map_err(|_| NoRandomness)),
            sleep: Arc::new(|time| Box::pin(tokio::time::sleep(time))),
        }
    }
}

/// The client could not be made.
#[derive(Debug, thiserror::Error)]
pub enum HttpSetupError {
    /// The extra root certificates hold no certificate in PEM.
    #[error("the extra root certificates hold no certificate in PEM")]
    NoCertificate,
    /// The certificates are not ones, or TLS failed to start.
    #[error("the HTTP client could not be made: {0}")]
    Tls(#[from] reqwest::Error),
}

/// No whole answer came. Nothing is known about what the other side did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Unreachable {
    /// No connection: wrong name, refused, or a certificate that is not trusted.
    #[error("no connection could be made")]
    Connect,
    /// It took longer than allowed.
    #[error("no answer in time")]
    Timeout,
    /// The answer ended before its end.
    #[error("the answer was cut off")]
    Cut,
    /// The answer was longer than allowed; the rest was not read.
    #[error("the answer was too long")]
    TooLong,
    /// An answer came that is not what was asked for.
    #[error("the answer made no sense")]
    Nonsense,
    /// Nothing was sent, for want of random bytes.
    #[error("the random generator failed")]
    NoRandomness,
}

impl From<NoRandomness> for Unreachable {
    fn from(_: NoRandomness) -> Self {
        Self::NoRandomness
    }
}

/// The HTTP client of this crate. Cheap to clone; all clones share their connections.
#[derive(Clone)]
pub struct Http {
    client: Client,
    max_body: usize,
    random: Random,
    sleep: Sleep,
}

impl fmt::Debug for Http {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Http")
            .field("max_body", &self.max_body)
            .finish_non_exhaustive()
    }
}

impl Http {
    /// One client: no redirects, no proxy from the environment, no cookies, rustls.
    ///
    /// # Errors
    /// When the extra root certificates cannot be read.
    pub fn new(options: HttpOptions) -> Result<Self, HttpSetupError> {
        let roots = match &options.extra_root_pem {
            Some(pem) => roots(pem)?,
            None => Vec::new(),
        };
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .timeout(options.timeout)
            .connect_timeout(options.timeout)
            .user_agent(concat!("rollcall/", env!("CARGO_PKG_VERSION")))
            .tls_certs_merge(roots)
            .build()?;
        Ok(Self {
            client,
            max_body: options.max_body,
            random: options.random,
            sleep: options.sleep,
        })
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// So many random bytes.
    pub(crate) fn random<const N: usize>(&self) -> Result<[u8; N], NoRandomness> {
        let mut bytes = [0; N];
        (self.random)(&mut bytes)?;
        Ok(bytes)
    }

    /// 256 random bits in base64url: fit for a `state`, a `nonce`, a PKCE verifier.
    pub(crate) fn random_text(&self) -> Result<String, NoRandomness> {
        Ok(URL_SAFE_NO_PAD.encode(self.random::<32>()?))
    }

    pub(crate) async fn sleep(&self, time: Duration) {
        (self.sleep)(time).await;
    }

    /// Sends one request with a `client-request-id` of its own and reads the whole answer.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Reply, Unreachable> {
        let request = request.header(CLIENT_REQUEST_ID, guid(self.random()?));
        let response = request.send().await.map_err(|error| why(&error))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Reply {
            status,
            headers,
            body: read(response, self.max_body).await?,
        })
    }
}

/// An answer, read to its end.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Unreachable> {
        serde_json::from_slice(&self.body).map_err(|_| Unreachable::Nonsense)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// `Retry-After` in seconds, the form Microsoft sends (entra-facts C2).
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let seconds = self.header(RETRY_AFTER.as_str())?.trim().parse::<u32>().ok()?;
        Some(Duration::from_secs(seconds.into()))
    }

    /// `max-age` of `Cache-Control`, in seconds.
    pub(crate) fn max_age(&self) -> Option<i64> {
        let header = self.header(CACHE_CONTROL.as_str())?;
        let value = header
            .split(',')
            .find_map(|part| part.trim().strip_prefix("max-age="))?;
        value.parse::<u32>().ok().map(i64::from)
    }
}

fn roots(pem: &[u8]) -> Result<Vec<Certificate>, HttpSetupError> {
    let roots = Certificate::from_pem_bundle(pem)?;
    if roots.is_empty() {
        Err(HttpSetupError::NoCertificate)
    } else {
        Ok(roots)
    }
}

async fn read(mut response: Response, max_body: usize) -> Result<Vec<u8>, Unreachable> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| cut(&error))? {
        if body.len() + chunk.len() > max_body {
            return Err(Unreachable::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn why(error: &reqwest::Error) -> Unreachable {
    match error {
        error if error.is_timeout() => Unreachable::Timeout,
        error if error.is_connect() => Unreachable::Connect,
        _ => Unreachable::Cut,
    }
}

fn cut(error: &reqwest::Error) -> Unreachable {
    if error.is_timeout() {
        Unreachable::Timeout
    } else {
        Unreachable::Cut
    }
}

/// Random bytes in the form of a version 4 GUID (RFC 9562 §5.4).
pub(crate) fn guid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 0x0f] {
            text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
        }
    }
    text
}

/// Whether a text is a GUID in the form Entra writes them: lower case, with hyphens.
pub fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guids_are_version_4() {
        assert_eq!(guid([0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(guid([0; 16]), "00000000-0000-4000-8000-000000000000");
        assert!(is_guid(&guid([0xab; 16])));
    }

    #[test]
    fn roots_that_are_none() {
        for pem in [
            "",
            "no certificate",
            "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
        ] {
            let options = HttpOptions {
                extra_root_pem: Some(pem.into()),
                ..HttpOptions::default()
            };
            assert!(Http::new(options).is_err(), "{pem}");
        }
    }

    #[test]
    fn what_is_no_guid() {
        for text in [
            "",
            "common",
            "FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF",
            "{fffffff-ffff-4fff-bfff-fffffffffff}",
            "ffffffffffff4fffbfffffffffffffffffff",
            "ffffffff-ffff-4fff-bfff-fffffffffffg",
            "ffffffff-ffff-4fff-bfff-ffffffffffé",
        ] {
            assert!(!is_guid(text), "{text}");
        }
    }
}
