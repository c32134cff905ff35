//! The error catalogue as it travels (entra-facts B5).

use entra::Reason;
use serde_json::{Value, json};

use crate::{
    harness::{TENANT, World, json as reply, status},
    tokens::secret,
};

async fn answered(code: u16, body: &Value) -> entra::TokenError {
    let world = World::new().await;
    let body = body.clone();
    world.fake.answer(move |_| reply(code, &body));
    world
        .client(secret())
        .acquire_token_for_client(TENANT, "x/.default")
        .await
        .unwrap_err()
}

fn body(error: &str, code: u32) -> Value {
    json!({
        "error": error,
        "error_description": format!("AADSTS{code}: Something. Trace ID: t Correlation ID: c Timestamp: 2026-11-21 00:00:00Z"),
        "error_codes": [code], "timestamp": "2026-11-21 00:00:00Z", "trace_id": "t", "correlation_id": "c",
        "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
    })
}

#[tokio::test]
async fn every_number_has_its_reason() {
    use Reason as R;
    let catalogue: &[(u16, &str, &[u32], Reason)] = &[
        (401, "invalid_client", &[7_000_215], R::SecretWrong),
        (401, "invalid_client", &[7_000_222], R::SecretExpired),
        (401, "invalid_client", &[7_000_218], R::SecretMissing),
        (401, "invalid_client", &[700_027, 50012], R::CertificateRefused),
        (400, "unauthorized_client", &[700_016, 700_011], R::AppNotInTenant),
        (400, "unauthorized_client", &[7_000_112, 70001], R::AppDisabled),
        (
            400,
            "invalid_client",
            &[650_056, 65005, 650_057, 650_052, 700_025, 700_229],
            R::AppMisconfigured,
        ),
        (
            400,
            "invalid_request",
            &[90002, 50059, 9_001_023],
            R::TenantUnknown,
        ),
        (400, "invalid_request", &[900_144], R::MissingParameter),
        (400, "invalid_request", &[9_002_313, 90014, 90023], R::Malformed),
        (400, "invalid_scope", &[70011, 28002, 700_022], R::BadScope),
        (400, "invalid_resource", &[500_011], R::ResourceNotInTenant),
        (400, "invalid_grant", &[501_051, 50105], R::NotAssigned),
        (400, "invalid_grant", &[65001], R::ConsentRequired),
        (400, "access_denied", &[65004], R::UserDeclined),
        (
            400,
            "access_denied",
            &[90093, 90094, 90095],
            R::AdminConsentRequired,
        ),
        (
            400,
            "interaction_required",
            &[50020, 50034, 16000, 90072],
            R::WrongAccount,
        ),
        (400, "invalid_request", &[50194], R::SingleTenantApp),
        (
            400,
            "invalid_request",
            &[50011, 900_971, 500_113],
            R::RedirectMismatch,
        ),
        (400, "login_required", &[50058], R::LoginRequired),
        (
            400,
            "invalid_grant",
            &[50076, 50079, 50072, 50074],
            R::MfaRequired,
        ),
        (
            400,
            "invalid_grant",
            &[53003, 53000, 53001, 530_035, 530_032],
            R::ConditionalAccess,
        ),
        (400, "invalid_grant", &[50057], R::UserDisabled),
        (400, "invalid_grant", &[50055, 50126, 50053], R::PasswordProblem),
        (
            400,
            "invalid_grant",
            &[50173, 70008, 700_082, 700_084, 70043],
            R::TokenRevoked,
        ),
        (400, "invalid_grant", &[54005], R::CodeUsed),
        (400, "invalid_grant", &[700_005], R::CodeOfOtherTenant),
        (400, "invalid_grant", &[501_481, 50147], R::PkceMismatch),
        (400, "invalid_grant", &[50196], R::Throttled),
        (
            400,
            "access_denied",
            &[500_021, 500_212, 500_213],
            R::TenantRestricted,
        ),
    ];
    for &(status, error, codes, reason) in catalogue {
        for &code in codes {
            let said = answered(status, &body(error, code)).await;
            assert_eq!(
                (said.reason(), said.code, said.status),
                (reason, Some(code), status),
                "{code}"
            );
            assert_eq!(said.error, error);
        }
    }
}

#[tokio::test]
async fn a_live_body_of_an_expired_secret() {
    let text = "AADSTS7000222: The provided client secret keys for app 'ccc' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret\r\nTrace ID: t-1\r\nCorrelation ID: c-1\r\nTimestamp: 2022-01-01 00:00:00Z";
    let said = answered(
        401,
        &json!({
            "error": "invalid_client", "error_description": text, "error_codes": [7_000_222],
            "trace_id": "t-1", "correlation_id": "c-1",
        }),
    )
    .await;
    assert_eq!(said.reason(), Reason::SecretExpired);
    assert!(
        said.description
            .as_ref()
            .unwrap()
            .ends_with("https://aka.ms/NewClientSecret")
    );
    assert_eq!(
        (said.trace_id.as_deref(), said.correlation_id.as_deref()),
        (Some("t-1"), Some("c-1"))
    );
    assert!(
        said.to_string()
            .starts_with("invalid_client: AADSTS7000222: The provided")
    );
}

#[tokio::test]
async fn without_a_number_the_words_decide() {
    use Reason as R;
    for (status, body, reason) in [
        (
            400,
            json!({ "error": "invalid_grant", "suberror": "consent_required" }),
            R::ConsentRequired,
        ),
        (
            400,
            json!({ "error": "invalid_grant", "suberror": "basic_action" }),
            R::MfaRequired,
        ),
        (
            400,
            json!({ "error": "invalid_grant", "suberror": "message_only" }),
            R::ConditionalAccess,
        ),
        (
            400,
            json!({ "error": "invalid_grant", "suberror": "bad_token" }),
            R::TokenRevoked,
        ),
        (
            400,
            json!({ "error": "invalid_grant", "suberror": "token_expired" }),
            R::TokenRevoked,
        ),
        (400, json!({ "error": "invalid_grant" }), R::GrantRefused),
        (401, json!({ "error": "invalid_client" }), R::ClientRefused),
        (
            400,
            json!({ "error": "invalid_grant", "error_codes": [50057] }),
            R::UserDisabled,
        ),
        (
            400,
            json!({ "error": "invalid_grant", "error_codes": [1] }),
            R::GrantRefused,
        ),
        (400, json!({ "error": "invalid_tenant" }), R::TenantUnknown),
        (429, json!({ "error": "invalid_grant" }), R::Throttled),
        (503, json!({ "error": "temporarily_unavailable" }), R::Unavailable),
        (400, json!({ "error": "something_new" }), R::Other),
    ] {
        assert_eq!(answered(status, &body).await.reason(), reason, "{body}");
    }
}

#[tokio::test]
async fn answers_that_are_not_the_platforms_own() {
    use Reason as R;
    for (code, reason) in [
        (500, R::Unavailable),
        (502, R::Unavailable),
        (404, R::Other),
        (302, R::Other),
    ] {
        let world = World::new().await;
        world.fake.answer(move |_| status(code));
        let client = world.client(secret());
        let said = client
            .acquire_token_for_client(TENANT, "x/.default")
            .await
            .unwrap_err();
        assert_eq!((said.reason(), said.status), (reason, code));
    }
    let nonsense = answered(200, &json!({ "error": "x" })).await;
    assert_eq!((nonsense.reason(), nonsense.status), (R::Unreachable, 0));
}
