//! What can go wrong with a request, in the words of the provisioning log (`entra-facts` A8).

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

/// An error code of the provisioning log, spelled as Microsoft spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[expect(missing_docs, reason = "`ErrorCode::advice` says what each means")]
pub enum ErrorCode {
    Conflict,
    EntryConflict,
    TooManyRequests,
    InternalServerError,
    InsufficientRights,
    MethodNotAllowed,
    Unauthorized,
    UnprocessableEntity,
    WebExceptionProtocolError,
    InvalidAnchor,
    NotImplemented,
    MissingValues,
    SchemaAttributeNotFound,
    Timeout,
    DuplicateTargetEntries,
    DuplicateSourceEntries,
    ImportSkipped,
    EntrySynchronizationSkipped,
    SystemForCrossDomainIdentityManagementMultipleEntriesInResponse,
    SystemForCrossDomainIdentityManagementServiceIncompatible,
    SystemForCrossDomainIdentityManagementServiceIncompatibleFiltering,
    SystemForCrossDomainIdentityManagementCredentialValidationUnavailable,
    SystemForCrossDomainIdentityManagementCredentialValidationFailure,
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl ErrorCode {
    /// The code for a refused request. `filtering` tells that a search was refused, `created` that a POST was.
    pub(super) fn of_status(status: u16, filtering: bool, creating: bool) -> Self {
        match status {
            401 => ErrorCode::Unauthorized,
            403 => ErrorCode::InsufficientRights,
            400 | 404 if filtering => {
                ErrorCode::SystemForCrossDomainIdentityManagementServiceIncompatibleFiltering
            }
            404 | 410 => ErrorCode::InvalidAnchor,
            405 => ErrorCode::MethodNotAllowed,
            408 | 504 => ErrorCode::Timeout,
            409 if creating => ErrorCode::EntryConflict,
            409 => ErrorCode::Conflict,
            422 => ErrorCode::UnprocessableEntity,
            429 => ErrorCode::TooManyRequests,
            501 => ErrorCode::NotImplemented,
            500..=599 => ErrorCode::InternalServerError,
            _ => ErrorCode::SystemForCrossDomainIdentityManagementServiceIncompatible,
        }
    }

    /// The log's *Recommended action*.
    pub fn advice(self) -> &'static str {
        match self {
            ErrorCode::Conflict | ErrorCode::EntryConflict => {
                "Correct the conflicting attribute values in either Microsoft Entra ID or the application. Or, review \
                 your matching attribute configuration if the conflicting user account was supposed to be matched \
                 and taken over."
            }
            ErrorCode::TooManyRequests => {
                "The target app rejected this attempt because it's overloaded and received too many requests. There's \
                 nothing to do. This attempt will automatically be retired."
            }
            ErrorCode::InternalServerError => {
                "The target app returned an unexpected error. A service issue with the target application might be \
                 preventing it from working."
            }
            ErrorCode::InsufficientRights => {
                "The token is valid, but the application refuses what it was asked."
            }
            ErrorCode::Unauthorized => "Unauthorized access. Verify the credentials in Admin credentials.",
            ErrorCode::InvalidAnchor => {
                "A user that was previously created or matched by the provisioning service no longer exists. Ensure \
                 that the user exists. To force a new matching of all users, restart the job."
            }
            ErrorCode::Timeout => "The application took too long. There is nothing to do; it is retried.",
            ErrorCode::DuplicateTargetEntries => {
                "More than one user in the target application was found with the configured matching attributes. \
                 Remove the duplicate, or reconfigure the attribute mappings."
            }
            ErrorCode::DuplicateSourceEntries => {
                "The operation couldn't be completed because more than one user was found with the configured \
                 matching attributes. Remove the duplicate, or reconfigure the attribute mappings."
            }
            ErrorCode::MissingValues | ErrorCode::ImportSkipped => {
                "A matching attribute has no value in the source."
            }
            _ => "Review the application's answer; its endpoint does not behave as the service expects.",
        }
    }
}

/// A request that did not do what it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The log's error code.
    pub code: ErrorCode,
    /// HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// What happened, with the server's own words.
    pub message: String,
    /// How often the request was repeated at once.
    pub retried: u32,
    /// Ends the cycle: credentials refused, endpoint gone, or not SCIM at all.
    pub fatal: bool,
}

impl Failure {
    pub(super) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            status: None,
            message: message.into(),
            retried: 0,
            fatal: false,
        }
    }

    pub(super) fn fatal(mut self) -> Self {
        self.fatal = true;
        self
    }

    /// The log's text, with when it is tried again.
    pub(super) fn reason(&self, next: Option<Timestamp>) -> String {
        let again = match next {
            Some(at) => format!(
                " It will be retried again after this date: {} UTC",
                at.strftime("%Y-%m-%dT%H:%M:%S.0000000Z")
            ),
            None => String::new(),
        };
        format!(
            "{}. This operation was retried {} times.{again}",
            self.message.trim_end_matches('.'),
            self.retried
        )
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

/// The text Entra wraps a refusal in; `body` is the server's own answer, which the tenant's admin reads there.
pub(super) fn refusal(status_name: &str, body: &str) -> String {
    format!(
        "StatusCode: {status_name} Message: Processing of the HTTP request resulted in an exception. Please see the \
         HTTP response returned by the 'Response' property of this exception for details. Web Response: {body}"
    )
}

/// .NET's name of a status, as it stands in Entra's texts.
pub(super) fn status_name(status: u16) -> String {
    let name = match status {
        200 => "OK",
        201 => "Created",
        204 => "NoContent",
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        406 => "NotAcceptable",
        408 => "RequestTimeout",
        409 => "Conflict",
        410 => "Gone",
        412 => "PreconditionFailed",
        413 => "RequestEntityTooLarge",
        415 => "UnsupportedMediaType",
        422 => "UnprocessableEntity",
        429 => "TooManyRequests",
        500 => "InternalServerError",
        501 => "NotImplemented",
        502 => "BadGateway",
        503 => "ServiceUnavailable",
        504 => "GatewayTimeout",
        other => return other.to_string(),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_have_the_codes_of_the_log() {
        use ErrorCode as C;
        for (status, filtering, creating, code) in [
            (401, true, false, C::Unauthorized),
            (403, false, false, C::InsufficientRights),
            (404, false, false, C::InvalidAnchor),
            (
                404,
                true,
                false,
                C::SystemForCrossDomainIdentityManagementServiceIncompatibleFiltering,
            ),
            (405, false, false, C::MethodNotAllowed),
            (409, false, true, C::EntryConflict),
            (409, false, false, C::Conflict),
            (422, false, false, C::UnprocessableEntity),
            (429, false, false, C::TooManyRequests),
            (500, false, false, C::InternalServerError),
            (501, false, false, C::NotImplemented),
            (
                400,
                false,
                true,
                C::SystemForCrossDomainIdentityManagementServiceIncompatible,
            ),
        ] {
            assert_eq!(ErrorCode::of_status(status, filtering, creating), code);
        }
    }

    #[test]
    fn the_text_carries_the_servers_words_and_the_next_try() {
        let failure = Failure::new(ErrorCode::Conflict, refusal("Conflict", "{\"detail\":\"taken\"}"));
        insta::assert_snapshot!(failure.reason(Some(Timestamp::UNIX_EPOCH)));
    }
}
