//! App registrations: redirect URIs and credentials.

use axum::extract::{Path, State};
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::{Answer, Body, Desk, Refused};
use crate::cloud::{AppRegistration, Secret};

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route("/cloud/applications", get(applications).post(register))
        .route("/cloud/applications/{app}", patch(change_application))
        .route("/cloud/applications/{app}/redirect-uris", post(add_redirect_uri))
        .route("/cloud/applications/{app}/secrets", post(add_secret))
        .route("/cloud/applications/{app}/secrets/expire", post(expire_secret))
        .route("/cloud/applications/{app}/certificates", post(add_certificate))
        .route("/cloud/portal", post(portal))
}

async fn applications(State(desk): State<Desk>) -> Json<Value> {
    let view = desk.cloud().view();
    Json(json!({"value": view.applications().iter().map(application).collect::<Vec<_>>()}))
}

fn application(app: &AppRegistration) -> Value {
    json!({
        "id": app.id.to_string(),
        "appId": app.app_id.to_string(),
        "displayName": app.display_name,
        "tenant": app.home_tenant.map(|home| home.to_string()),
        "enabled": app.enabled,
        "signInAudience": app.audience.name(),
        "redirectUris": app.web_redirect_uris,
        "identifierUris": app.identifier_uris,
        "appRoles": app.app_roles.iter().map(|role| json!({"id": role.id.to_string(), "value": role.value})).collect::<Vec<_>>(),
        "scopes": app.scopes.iter().map(|scope| scope.value.as_str()).collect::<Vec<_>>(),
        "secrets": app.secrets.iter().map(secret).collect::<Vec<_>>(),
        "certificates": app.certificates.iter().map(|one| json!({"keyId": one.key_id.to_string(), "x5t#S256": one.x5t_s256})).collect::<Vec<_>>(),
    })
}

fn secret(secret: &Secret) -> Value {
    json!({"keyId": secret.key_id.to_string(), "displayName": secret.display_name, "secretText": secret.value,
        "endDateTime": secret.end.to_string()})
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewApplication {
    like: String,
    display_name: String,
}

async fn register(State(desk): State<Desk>, Body(new): Body<NewApplication>) -> Answer {
    let model = desk.app_named(&new.like)?.app_id;
    let made = desk.cloud().register_like(model, &new.display_name)?;
    Ok(Json(application(&made)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Enabled {
    enabled: bool,
}

async fn change_application(
    State(desk): State<Desk>,
    Path(app): Path<String>,
    Body(to): Body<Enabled>,
) -> Answer {
    let app = desk.app_named(&app)?.app_id;
    let changed = desk
        .cloud()
        .change_application(app, |app| app.enabled = to.enabled)?;
    Ok(Json(application(&changed)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Uri {
    uri: String,
}

async fn add_redirect_uri(
    State(desk): State<Desk>,
    Path(app): Path<String>,
    Body(body): Body<Uri>,
) -> Answer {
    let app = desk.app_named(&app)?.app_id;
    desk.cloud().add_redirect_uri(app, &body.uri)?;
    Ok(Json(application(&desk.app_named(&app.to_string())?)))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[derive(Default)]
struct NewSecret {
    display_name: String,
    seconds: Option<i64>,
}

async fn add_secret(State(desk): State<Desk>, Path(app): Path<String>, Body(new): Body<NewSecret>) -> Answer {
    let app = desk.app_named(&app)?.app_id;
    let now = desk.cloud().clock().now();
    let end = new.seconds.map(|seconds| {
        now.saturating_add(SignedDuration::from_secs(seconds))
            .unwrap_or(now)
    });
    Ok(Json(secret(&desk.cloud().add_secret(
        app,
        &new.display_name,
        end,
    )?)))
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Which {
    key_id: Option<String>,
}

async fn expire_secret(
    State(desk): State<Desk>,
    Path(app): Path<String>,
    Body(which): Body<Which>,
) -> Answer {
    let app = desk.app_named(&app)?.app_id;
    let key = which
        .key_id
        .map(|key| key.parse().map_err(|_| Refused::missing(&key)));
    let expired = desk.cloud().expire_secret(app, key.transpose()?)?;
    Ok(Json(json!({ "expired": expired })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewCertificate {
    #[serde(default)]
    display_name: String,
    pem: String,
}

async fn add_certificate(
    State(desk): State<Desk>,
    Path(app): Path<String>,
    Body(new): Body<NewCertificate>,
) -> Answer {
    let app = desk.app_named(&app)?.app_id;
    let text: String = new
        .pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let der = STANDARD
        .decode(text.trim())
        .map_err(|_| Refused::bad("pem must be a certificate in PEM"))?;
    let certificate = desk.cloud().add_certificate(app, &new.display_name, der)?;
    Ok(Json(
        json!({"keyId": certificate.key_id.to_string(), "x5t": certificate.x5t, "x5t#S256": certificate.x5t_s256}),
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Portal {
    url: String,
}

async fn portal(State(desk): State<Desk>, Body(portal): Body<Portal>) -> Answer {
    desk.cloud().add_portal(&portal.url)?;
    Ok(Json(json!({"url": portal.url})))
}
