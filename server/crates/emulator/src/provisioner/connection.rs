//! *Test connection* (`entra-facts` A2).

use super::calls;
use super::endpoint::{Answer, Endpoint, Request};
use super::failure::{ErrorCode, Failure};
use super::settings::Settings;
use super::{EndpointError, Provisioner};

/// One search of the test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Method and path with query.
    pub request: String,
    /// HTTP status; `None` if no answer came.
    pub status: Option<u16>,
}

/// Why the test failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ConnectionFailure {
    /// `SystemForCrossDomainIdentityManagementCredentialValidationUnavailable` or `…Failure`.
    pub code: ErrorCode,
    /// The text with the server's answer in it.
    pub message: String,
}

/// The result of *Test connection*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionTest {
    /// What was asked, in order; the first failure ends the test.
    pub probes: Vec<Probe>,
    /// Whether provisioning may be switched on.
    pub result: Result<(), ConnectionFailure>,
}

impl ConnectionTest {
    fn failed(code: ErrorCode, message: String) -> Self {
        Self {
            probes: Vec::new(),
            result: Err(ConnectionFailure { code, message }),
        }
    }
}

const UNAVAILABLE: ErrorCode =
    ErrorCode::SystemForCrossDomainIdentityManagementCredentialValidationUnavailable;

impl Provisioner {
    /// Tests the settings as saved.
    pub async fn test_connection(&self) -> ConnectionTest {
        let settings = self.settings();
        self.test_settings(&settings).await
    }

    /// Tests settings before they are saved, as the portal's button does.
    pub async fn test_settings(&self, settings: &Settings) -> ConnectionTest {
        match self.endpoint_for(settings) {
            Ok(endpoint) => self.probe(&endpoint, settings.groups_enabled).await,
            Err(error @ (EndpointError::Url(_) | EndpointError::Token | EndpointError::Tls)) => {
                ConnectionTest::failed(UNAVAILABLE, error.to_string())
            }
        }
    }

    pub(super) async fn probe(&self, endpoint: &Endpoint, groups: bool) -> ConnectionTest {
        let mut test = ConnectionTest {
            probes: Vec::new(),
            result: Ok(()),
        };
        for groups in [false, true].into_iter().take(1 + usize::from(groups)) {
            let request = calls::probe(endpoint, groups, self.random());
            let answer = endpoint.send(&request).await;
            let address = format!("GET {}", endpoint.address(&request));
            let status = answer.as_ref().ok().map(|answer| answer.status);
            test.probes.push(Probe {
                request: address,
                status,
            });
            test.result = match answer {
                Ok(answer) => verdict(endpoint, &request, &answer),
                Err(failure) => Err(unreachable(endpoint, &request, &failure)),
            };
            if test.result.is_err() {
                break;
            }
        }
        test
    }

    pub(super) fn random(&self) -> uuid::Uuid {
        self.state().rng.uuid()
    }
}

fn unreachable(endpoint: &Endpoint, request: &Request<'_>, failure: &Failure) -> ConnectionFailure {
    let message = format!(
        "We received this unexpected response from your application: {} Resource: {} Operation: GET",
        failure.message,
        endpoint.address(request)
    );
    ConnectionFailure {
        code: UNAVAILABLE,
        message,
    }
}

/// 200 with an empty list, and nothing else, passes.
fn verdict(endpoint: &Endpoint, request: &Request<'_>, answer: &Answer) -> Result<(), ConnectionFailure> {
    let fail = |code, intro: &str| {
        let message = format!("{intro}{}", answer.echo(&endpoint.address(request)));
        Err(ConnectionFailure { code, message })
    };
    match answer.status {
        200 => match calls::resources(endpoint, answer) {
            Ok([]) => Ok(()),
            Ok(_) => {
                endpoint.deviation("A2", "a search for a random value found something", answer);
                Ok(())
            }
            Err(failure) => fail(UNAVAILABLE, &format!("{}. ", failure.message)),
        },
        400 => {
            endpoint.deviation("A2", "the filter on the matching attribute is refused", answer);
            fail(
                ErrorCode::SystemForCrossDomainIdentityManagementCredentialValidationFailure,
                "",
            )
        }
        status => {
            if !matches!(status, 401 | 403) {
                endpoint.deviation(
                    "A2",
                    format!("{status} rather than 200 with an empty list"),
                    answer,
                );
            }
            fail(
                UNAVAILABLE,
                &format!("HTTP/{status} was returned rather than the expected HTTP/200. "),
            )
        }
    }
}
