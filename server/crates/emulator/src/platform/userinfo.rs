//! `/oidc/userinfo`, which lives on Graph's host.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use super::Platform;
use super::jwt::Parts;
use crate::faults::Probe;
use crate::tenant::Property;

pub(super) fn router() -> Router<Platform> {
    Router::new().route("/oidc/userinfo", get(userinfo).post(userinfo))
}

async fn userinfo(State(platform): State<Platform>, headers: HeaderMap) -> Response {
    let authorization = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let caller = match platform.caller(authorization) {
        Ok(caller) if caller.has("openid") => caller,
        Ok(_) => return refused("The access token does not have the scope 'openid'."),
        Err(error) => return refused(&error.to_string()),
    };
    let user = platform.cloud.user(caller.tenant, caller.oid);
    let probe = Probe {
        endpoint: "userinfo",
        tenant: Some(caller.tenant),
        client: Some(caller.client),
        user: user.as_ref().map(|user| user.upn()),
        detail: "",
    };
    if let Some(faulty) = platform.fault(&probe, &platform.trace(&headers)) {
        return faulty;
    }
    let Some(user) = user else {
        return refused("The user does not exist.");
    };
    let token = authorization
        .and_then(|value| value.split_once(' '))
        .and_then(|(_, token)| Parts::read(token));
    let mut body = json!({"sub": token.as_ref().and_then(|parts| parts.claim("sub"))});
    if caller.has("profile") {
        body["name"] = json!(user.display_name());
        body["given_name"] = json!(user.get(Property::GivenName));
        body["family_name"] = json!(user.get(Property::Surname));
    }
    if caller.has("email") {
        body["email"] = json!(user.get(Property::Mail));
    }
    Json(body).into_response()
}

fn refused(message: &str) -> Response {
    let body = json!({"error": {"code": "InvalidAuthenticationToken", "message": message}});
    let challenge = HeaderValue::from_static("Bearer");
    (
        StatusCode::UNAUTHORIZED,
        [(header::WWW_AUTHENTICATE, challenge)],
        Json(body),
    )
        .into_response()
}
