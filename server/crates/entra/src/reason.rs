//! One name per cause, so that a page can say what to do (entra-facts B5).

use crate::error::Refusal;

/// Why the identity platform refused. The numbers are those behind `AADSTS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Nobody consented to what is asked for (65001), or the consent is not visible yet.
    ConsentRequired,
    /// The person declined the consent (65004).
    UserDeclined,
    /// Only an administrator may consent (90094, 90095, 90093).
    AdminConsentRequired,
    /// Refused by the person or by the platform, without a number.
    AccessDenied,
    /// The app is not installed in that tenant, or it is the wrong tenant (700016, 700011).
    AppNotInTenant,
    /// The app is disabled (7000112, 70001).
    AppDisabled,
    /// The app's registration does not fit the request (65005, 650056, 650057, 650052, 700025, 700229).
    AppMisconfigured,
    /// The API is not installed in that tenant (500011).
    ResourceNotInTenant,
    /// Not the secret's value: perhaps its id, or a rotated one (7000215).
    SecretWrong,
    /// The secret has expired (7000222).
    SecretExpired,
    /// Neither secret nor assertion was sent (7000218).
    SecretMissing,
    /// The certificate or its signature is refused (700027, 50012).
    CertificateRefused,
    /// The credentials are refused, without a number that says why.
    ClientRefused,
    /// No such tenant (90002), or none was named where one must be (50059, 9001023).
    TenantUnknown,
    /// The person or app is not assigned though assignment is required (50105, 501051).
    NotAssigned,
    /// The account does not exist in that tenant (50020, 50034, 16000, 90072).
    WrongAccount,
    /// A single-tenant app was asked for at `common` (50194).
    SingleTenantApp,
    /// The redirect URI is not registered (50011, 900971, 500113).
    RedirectMismatch,
    /// Nobody is signed in, and nobody may be asked (50058).
    LoginRequired,
    /// A second factor is needed (50076, 50079, 50072, 50074); `claims` is to be replayed.
    MfaRequired,
    /// Conditional Access, the device or security defaults say no (53003, 53000, 53001, 530035, 530032).
    ConditionalAccess,
    /// The person has to be asked, without a number that says for what.
    InteractionRequired,
    /// The account is disabled (50057).
    UserDisabled,
    /// The password expired, is wrong, or the account is locked (50055, 50126, 50053).
    PasswordProblem,
    /// The code was redeemed before (54005).
    CodeUsed,
    /// The code belongs to another tenant (700005).
    CodeOfOtherTenant,
    /// The PKCE verifier is missing or does not fit (501481, 50147).
    PkceMismatch,
    /// The refresh token or session is revoked or too old (50173, 70008, 700082, 700084, 70043).
    TokenRevoked,
    /// The grant is refused, without a number that says why.
    GrantRefused,
    /// Tenant restrictions or cross-tenant access say no (500021, 500212, 500213).
    TenantRestricted,
    /// Too many requests (HTTP 429, 50196).
    Throttled,
    /// A parameter is missing (900144).
    MissingParameter,
    /// The request is malformed (9002313, 90014, 90023).
    Malformed,
    /// The scope is not one, or mixes resources (70011, 28002, 700022).
    BadScope,
    /// No whole answer came.
    Unreachable,
    /// The platform is out of order (HTTP 5xx).
    Unavailable,
    /// None of the above.
    Other,
}

impl Reason {
    /// By number, else by suberror, else by `error`, else by status.
    pub(crate) fn of(error: &Refusal) -> Self {
        if error.unreachable.is_some() {
            return Self::Unreachable;
        }
        error
            .code
            .and_then(Self::of_code)
            .or_else(|| Self::of_status(error.status))
            .or_else(|| error.suberror.as_deref().and_then(Self::of_suberror))
            .unwrap_or_else(|| Self::of_error(&error.error))
    }

    /// Whether the same request may succeed a little later without anybody doing anything.
    pub fn is_passing(self) -> bool {
        matches!(self, Self::Throttled | Self::Unreachable | Self::Unavailable)
    }

    fn of_code(code: u32) -> Option<Self> {
        Some(match code {
            65001 => Self::ConsentRequired,
            65004 => Self::UserDeclined,
            90093..=90095 => Self::AdminConsentRequired,
            700_016 | 700_011 => Self::AppNotInTenant,
            7_000_112 | 70001 => Self::AppDisabled,
            65005 | 650_052 | 650_056 | 650_057 | 700_025 | 700_229 => Self::AppMisconfigured,
            500_011 => Self::ResourceNotInTenant,
            7_000_215 => Self::SecretWrong,
            7_000_222 => Self::SecretExpired,
            7_000_218 => Self::SecretMissing,
            700_027 | 50012 => Self::CertificateRefused,
            90002 | 50059 | 9_001_023 => Self::TenantUnknown,
            50105 | 501_051 => Self::NotAssigned,
            50020 | 50034 | 16000 | 90072 => Self::WrongAccount,
            50194 => Self::SingleTenantApp,
            50011 | 900_971 | 500_113 => Self::RedirectMismatch,
            _ => return Self::of_person_code(code),
        })
    }

    /// The numbers about a person, a code or a token.
    fn of_person_code(code: u32) -> Option<Self> {
        Some(match code {
            50058 => Self::LoginRequired,
            50076 | 50079 | 50072 | 50074 => Self::MfaRequired,
            53003 | 53000 | 53001 | 530_035 | 530_032 => Self::ConditionalAccess,
            50057 => Self::UserDisabled,
            50055 | 50126 | 50053 => Self::PasswordProblem,
            54005 => Self::CodeUsed,
            700_005 => Self::CodeOfOtherTenant,
            501_481 | 50147 => Self::PkceMismatch,
            50173 | 70008 | 700_082 | 700_084 | 70043 => Self::TokenRevoked,
            500_021 | 500_212 | 500_213 => Self::TenantRestricted,
            50196 => Self::Throttled,
            900_144 => Self::MissingParameter,
            9_002_313 | 90014 | 90023 => Self::Malformed,
            70011 | 28002 | 700_022 => Self::BadScope,
            _ => return None,
        })
    }

    fn of_status(status: u16) -> Option<Self> {
        match status {
            429 => Some(Self::Throttled),
            500..=599 => Some(Self::Unavailable),
            _ => None,
        }
    }

    fn of_suberror(suberror: &str) -> Option<Self> {
        match suberror {
            "consent_required" => Some(Self::ConsentRequired),
            "basic_action" => Some(Self::MfaRequired),
            "message_only" => Some(Self::ConditionalAccess),
            "bad_token" | "token_expired" => Some(Self::TokenRevoked),
            _ => None,
        }
    }

    fn of_error(error: &str) -> Self {
        match error {
            "consent_required" => Self::ConsentRequired,
            "access_denied" | "permission_denied" => Self::AccessDenied,
            "login_required" => Self::LoginRequired,
            "interaction_required" => Self::InteractionRequired,
            "invalid_client" | "unauthorized_client" => Self::ClientRefused,
            "invalid_grant" => Self::GrantRefused,
            "invalid_resource" => Self::ResourceNotInTenant,
            "invalid_tenant" => Self::TenantUnknown,
            "invalid_scope" => Self::BadScope,
            "invalid_request" => Self::Malformed,
            "throttled" => Self::Throttled,
            "temporarily_unavailable" | "server_error" => Self::Unavailable,
            _ => Self::Other,
        }
    }
}
