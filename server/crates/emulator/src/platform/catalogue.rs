//! The error catalogue of `entra-facts` B5: what each AADSTS number means at the token endpoint.

/// What a number means: `error`, HTTP status, suberror, and what it says when a fault asks for it.
pub(super) struct Entry {
    codes: &'static [u32],
    pub(super) error: &'static str,
    pub(super) status: u16,
    pub(super) suberror: Option<&'static str>,
    pub(super) text: &'static str,
}

const fn entry(
    codes: &'static [u32],
    error: &'static str,
    status: u16,
    suberror: Option<&'static str>,
    text: &'static str,
) -> Entry {
    Entry {
        codes,
        error,
        status,
        suberror,
        text,
    }
}

const MFA: &str = "Due to a configuration change made by your administrator, or because you moved to a new location, \
                   you must use multi-factor authentication to access the resource.";
const ACCESS: &str = "Access has been blocked by Conditional Access policies. The access policy does not allow token \
                      issuance.";

const CATALOGUE: &[Entry] = &[
    entry(
        &[7_000_215],
        "invalid_client",
        401,
        None,
        "Invalid client secret provided.",
    ),
    entry(
        &[7_000_222],
        "invalid_client",
        401,
        None,
        "The provided client secret keys are expired.",
    ),
    entry(
        &[700_027, 50_012],
        "invalid_client",
        401,
        None,
        "Client assertion failed signature validation.",
    ),
    entry(
        &[7_000_218],
        "invalid_client",
        401,
        None,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
    entry(
        &[700_025],
        "invalid_client",
        401,
        None,
        "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
    ),
    entry(
        &[700_229],
        "invalid_client",
        400,
        None,
        "Only app-only tokens can be used as a federated identity credential.",
    ),
    entry(
        &[700_016, 700_011],
        "unauthorized_client",
        400,
        None,
        "Application was not found in the directory.",
    ),
    entry(
        &[7_000_112, 70_001],
        "unauthorized_client",
        400,
        None,
        "Application is disabled.",
    ),
    entry(&[90_002], "invalid_request", 400, None, "Tenant not found."),
    entry(
        &[900_144, 90_014],
        "invalid_request",
        400,
        None,
        "A required parameter is missing.",
    ),
    entry(
        &[9_002_313, 90_023],
        "invalid_request",
        400,
        None,
        "Invalid request. Request is malformed or invalid.",
    ),
    entry(
        &[9_001_023, 50_059],
        "invalid_request",
        400,
        None,
        "The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.",
    ),
    entry(
        &[70_011, 28_002, 700_022],
        "invalid_scope",
        400,
        None,
        "The provided value for the input parameter 'scope' is not valid.",
    ),
    entry(
        &[500_011],
        "invalid_resource",
        400,
        None,
        "The resource principal was not found in the tenant.",
    ),
    entry(
        &[650_052, 650_057, 65_005, 650_056],
        "invalid_resource",
        400,
        None,
        "The app needs access to a service that the organization has not subscribed to or enabled.",
    ),
    entry(
        &[65_001],
        "invalid_grant",
        400,
        Some("consent_required"),
        "The user or administrator has not consented to use the application.",
    ),
    entry(
        &[65_004],
        "access_denied",
        400,
        None,
        "User declined to consent to access the app.",
    ),
    entry(
        &[90_094, 90_095, 90_093],
        "access_denied",
        400,
        None,
        "Admin consent is required.",
    ),
    entry(
        &[50_105, 501_051],
        "invalid_grant",
        400,
        None,
        "The signed in user is not assigned to a role for the application.",
    ),
    entry(
        &[50_020, 50_034, 16_000, 90_072],
        "interaction_required",
        400,
        None,
        "The account does not exist in the tenant.",
    ),
    entry(
        &[50_194],
        "invalid_request",
        400,
        None,
        "Application is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps.",
    ),
    entry(
        &[50_011, 900_971, 500_113],
        "invalid_request",
        400,
        None,
        "The redirect URI specified in the request does not match the redirect URIs configured for the application.",
    ),
    entry(
        &[50_058],
        "login_required",
        400,
        None,
        "A silent sign-in request was sent but no user is signed in.",
    ),
    entry(
        &[50_076, 50_079, 50_072, 50_074],
        "invalid_grant",
        400,
        Some("basic_action"),
        MFA,
    ),
    entry(
        &[53_003, 53_000, 53_001, 530_035, 530_032],
        "invalid_grant",
        400,
        Some("message_only"),
        ACCESS,
    ),
    entry(
        &[50_057],
        "invalid_grant",
        400,
        None,
        "The user account is disabled.",
    ),
    entry(&[50_055], "invalid_grant", 400, None, "The password is expired."),
    entry(
        &[50_126],
        "invalid_grant",
        400,
        None,
        "Error validating credentials due to invalid username or password.",
    ),
    entry(&[50_053], "invalid_grant", 400, None, "The account is locked."),
    entry(
        &[50_173],
        "invalid_grant",
        400,
        Some("bad_token"),
        "The provided grant has expired due to it being revoked, a fresh auth token is needed.",
    ),
    entry(
        &[70_008, 700_082, 700_084, 70_043],
        "invalid_grant",
        400,
        Some("token_expired"),
        "The provided authorization code or refresh token has expired.",
    ),
    entry(
        &[54_005],
        "invalid_grant",
        400,
        None,
        "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
    ),
    entry(
        &[700_005],
        "invalid_grant",
        400,
        None,
        "The provided authorization code was issued for another tenant.",
    ),
    entry(
        &[501_481],
        "invalid_grant",
        400,
        None,
        "The code_verifier does not match the code_challenge supplied in the authorization request.",
    ),
    entry(
        &[50_147],
        "invalid_grant",
        400,
        None,
        "Missing code challenge or verifier.",
    ),
    entry(
        &[50_196],
        "invalid_grant",
        400,
        None,
        "The server terminated an operation because it encountered a client request loop.",
    ),
    entry(
        &[70_016],
        "authorization_pending",
        400,
        None,
        "The user has not signed in yet.",
    ),
    entry(
        &[70_018],
        "bad_verification_code",
        400,
        None,
        "Invalid verification code.",
    ),
    entry(
        &[70_019],
        "expired_token",
        400,
        None,
        "The verification code has expired.",
    ),
    entry(
        &[500_021, 500_212, 500_213],
        "access_denied",
        400,
        None,
        "Access to the tenant is denied.",
    ),
];

pub(super) fn look_up(code: u32) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|entry| entry.codes.contains(&code))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_number_stands_once() {
        let codes: Vec<_> = CATALOGUE.iter().flat_map(|entry| entry.codes).collect();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
    }
}
