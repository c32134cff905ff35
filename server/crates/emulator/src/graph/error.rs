//! How Graph refuses (`entra-facts` C0): a status, a code, a message. Clients branch on the first two.

use axum::http::StatusCode;

use crate::cloud::CloudError;
use crate::tenant::TenantError;

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct GraphError {
    /// HTTP status.
    pub(super) status: StatusCode,
    /// `error.code`.
    pub(super) code: &'static str,
    /// `error.message`.
    pub(super) message: String,
    /// `Retry-After`, in seconds.
    pub(super) retry_after: Option<u64>,
    /// A claims challenge (CAE): JSON, not encoded yet.
    pub(super) claims: Option<String>,
}

impl GraphError {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            retry_after: None,
            claims: None,
        }
    }

    /// 404 in the directory's words.
    pub(super) fn missing(id: &str) -> Self {
        let text = CloudError::NotFound(id.to_owned()).to_string();
        Self::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", text)
    }

    /// 400.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_BadRequest", message)
    }

    /// 400 for a query that is not supported, or only with `ConsistencyLevel: eventual`.
    pub(super) fn unsupported(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", message)
    }

    /// 403.
    pub(super) fn denied() -> Self {
        let text = "Insufficient privileges to complete the operation.";
        Self::new(StatusCode::FORBIDDEN, "Authorization_RequestDenied", text)
    }

    /// 401.
    pub(super) fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", message)
    }

    /// What a status means when a fault or throttling answers.
    pub(super) fn of_status(status: StatusCode, retry_after: Option<u64>) -> Self {
        let (code, message) = match status.as_u16() {
            401 => ("InvalidAuthenticationToken", "Access token validation failure."),
            403 => (
                "Authorization_RequestDenied",
                "Insufficient privileges to complete the operation.",
            ),
            404 => ("Request_ResourceNotFound", "The resource does not exist."),
            429 => ("TooManyRequests", "Too many requests."),
            503 => ("ServiceUnavailable", "The service is temporarily unavailable."),
            _ => ("UnknownError", "An unknown error occurred."),
        };
        Self {
            retry_after,
            ..Self::new(status, code, message)
        }
    }
}

impl From<CloudError> for GraphError {
    fn from(error: CloudError) -> Self {
        let message = error.to_string();
        match error {
            CloudError::NotFound(_) => Self::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", message),
            CloudError::AlreadyGranted | CloudError::Taken(_) => Self::new(
                StatusCode::CONFLICT,
                "Request_MultipleObjectsWithSameKeyValue",
                message,
            ),
            _ => Self::bad(message),
        }
    }
}

impl From<TenantError> for GraphError {
    fn from(error: TenantError) -> Self {
        CloudError::from(error).into()
    }
}
