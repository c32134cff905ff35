//! The token endpoint. One file per grant; here is what they share.

mod client_credentials;
mod code;
mod on_behalf_of;
mod refresh;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use serde_json::{Value, json};

use super::authorize::{client_info, scp};
use super::client::{Client, Form};
use super::errors::Refusal;
use super::memory::{Refresh, Subject};
use super::scopes::{Asked, Wanted};
use super::tokens::{Minting, Proof};
use super::{Door, Platform};
use crate::cloud::GRAPH_APP_ID;
use crate::faults::Probe;
use crate::tenant::User;

const ON_BEHALF_OF: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

pub(super) fn router() -> Router<Platform> {
    Router::new().route("/{tenant}/oauth2/v2.0/token", post(token))
}

/// A request whose client is known.
struct Request<'a> {
    platform: &'a Platform,
    form: &'a Form,
    door: Door,
    segment: &'a str,
    client: Client,
    grant: &'a str,
}

async fn token(
    State(platform): State<Platform>,
    Path(segment): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let trace = platform.trace(&headers);
    let form = Form::read(&body);
    let door = platform.door(&segment);
    let user = platform.user_of(&form);
    let probe = Probe {
        endpoint: "token",
        tenant: door.clone().ok().and_then(Door::tenant),
        client: form.get("client_id").and_then(|id| id.parse().ok()),
        user: user.as_deref(),
        detail: form.get("grant_type").unwrap_or_default(),
    };
    if let Some(faulty) = platform.fault(&probe, &trace) {
        return faulty;
    }
    match door.and_then(|door| platform.answer_token(&headers, &form, door, &segment)) {
        Ok(body) => (
            [
                (header::CACHE_CONTROL, "no-store, no-cache"),
                (header::PRAGMA, "no-cache"),
            ],
            Json(body),
        )
            .into_response(),
        Err(refusal) => trace.refuse(&refusal),
    }
}

impl Platform {
    /// Whose code or refresh token a request carries, for faults that are for one user.
    fn user_of(&self, form: &Form) -> Option<String> {
        let memory = self.memory();
        let code = form
            .get("code")
            .and_then(|code| memory.codes.get(code))
            .map(|code| code.subject);
        let refresh = form
            .get("refresh_token")
            .and_then(|token| memory.refresh.get(token));
        let subject = code.or(refresh.map(|refresh| refresh.subject))?;
        drop(memory);
        Some(self.cloud.user(subject.tenant, subject.oid)?.upn().to_owned())
    }

    fn answer_token(
        &self,
        headers: &HeaderMap,
        form: &Form,
        door: Door,
        segment: &str,
    ) -> Result<Value, Refusal> {
        let grant = form.need("grant_type")?;
        let client = self.authenticate(headers, form, door, segment)?;
        let request = Request {
            platform: self,
            form,
            door,
            segment,
            client,
            grant,
        };
        match grant {
            "authorization_code" => request.code(),
            "refresh_token" => request.refresh(),
            "client_credentials" => request.client_credentials(),
            ON_BEHALF_OF => request.on_behalf_of(),
            other => Err(Refusal::new(
                9_002_313,
                format!("Invalid request. The grant type '{other}' is not supported."),
            )),
        }
    }
}

impl Request<'_> {
    fn minting(&self) -> Minting<'_> {
        Minting {
            client: &self.client.app,
            proof: self.client.proof,
            grant: self.grant,
        }
    }

    /// A confidential client must have shown who it is (7000218).
    fn confidential(&self) -> Result<(), Refusal> {
        if self.client.proof == Proof::Nothing {
            Err(Refusal::plain(7_000_218))
        } else {
            Ok(())
        }
    }

    /// The user behind a code or token, if still welcome.
    fn user(&self, subject: &Subject) -> Result<User, Refusal> {
        let user = self.platform.cloud.user(subject.tenant, subject.oid);
        let user =
            user.ok_or_else(|| Refusal::new(50_034, "The user account does not exist in the directory."))?;
        let known = {
            let view = self.platform.cloud.view();
            view.service_principal_of(subject.tenant, self.client.app.app_id)
                .is_some()
        };
        if !known {
            let (app, tenant) = (self.client.app.app_id.to_string(), subject.tenant.to_string());
            return Err(super::client::unknown_application(&app, &tenant));
        }
        self.platform.check_user(&self.client.app, subject, &user)?;
        Ok(user)
    }

    /// The scopes a request names, or those of the sign-in.
    fn asked(&self, before: &Asked) -> Result<Asked, Refusal> {
        let Some(scope) = self.form.get("scope") else {
            return Ok(before.clone());
        };
        let mut asked = super::scopes::read(&self.platform.cloud, scope)?;
        if asked.resources.len() > 1 {
            return Err(Refusal::new(
                70_011,
                "The provided value for the input parameter 'scope' is not valid: it names more than one resource.",
            ));
        }
        // MSAL repeats OpenID's words, others do not: what was asked at sign-in still holds.
        for word in &before.oidc {
            if !asked.has(word) {
                asked.oidc.push(word.clone());
            }
        }
        if asked.resources.is_empty() {
            asked.resources = before.resources.clone();
        }
        Ok(asked)
    }

    /// What a user token is for: the first resource, or Graph when only OpenID's words were asked for.
    fn wanted(asked: &Asked) -> Wanted {
        asked.resources.first().cloned().unwrap_or_else(|| Wanted {
            app: GRAPH_APP_ID,
            name: GRAPH_APP_ID.to_string(),
            values: Vec::new(),
            default: false,
        })
    }

    /// The granted scopes of a resource, all that were asked for among them (65001).
    fn granted(&self, subject: &Subject, asked: &Asked, wanted: &Wanted) -> Result<Vec<String>, Refusal> {
        let missing = self.platform.missing(subject, &self.client.app, asked);
        if !missing.is_empty() {
            return Err(self.platform.no_consent(&self.client.app));
        }
        let view = self.platform.cloud.view();
        if view.service_principal_of(subject.tenant, wanted.app).is_none() {
            return Err(super::scopes::unknown_resource(&wanted.name));
        }
        Ok(view.granted_scopes(subject.tenant, self.client.app.app_id, wanted.app, subject.oid))
    }

    /// The answer for a user: access token, and what else was asked for.
    fn user_tokens(
        &self,
        subject: &Subject,
        asked: &Asked,
        nonce: Option<&str>,
        info: bool,
    ) -> Result<Value, Refusal> {
        let user = self.user(subject)?;
        let wanted = Self::wanted(asked);
        let granted = self.granted(subject, &asked.only(wanted.app), &wanted)?;
        let scp = scp(&granted, wanted.app);
        let life = self.platform.life();
        let minting = self.minting();
        let access = self
            .platform
            .user_token(&minting, subject, &user, &wanted, &scp, life)?;
        let mut body = json!({
            "token_type": "Bearer",
            "scope": told(&scp, &wanted),
            "expires_in": life,
            "ext_expires_in": life,
            "access_token": access,
        });
        if asked.has("openid") {
            let token = self
                .platform
                .id_token(&minting, subject, &user, nonce, asked.has("email"))?;
            body["id_token"] = json!(token);
        }
        if asked.has("offline_access") {
            body["refresh_token"] = json!(self.new_refresh(subject, asked));
        }
        if info || self.form.get("client_info") == Some("1") {
            body["client_info"] = json!(client_info(subject));
        }
        Ok(body)
    }

    fn new_refresh(&self, subject: &Subject, asked: &Asked) -> String {
        let platform = self.platform;
        let ids = platform.random(|rng| [*rng.uuid().as_bytes(), *rng.uuid().as_bytes()].concat());
        let token = format!("1.{}", B64.encode(ids));
        platform.memory().refresh.insert(
            token.clone(),
            Refresh {
                subject: *subject,
                client: self.client.app.app_id,
                asked: asked.clone(),
                issued: platform.now(),
            },
        );
        token
    }
}

/// `scope` of the answer: Graph's scopes bare, another resource's in full.
fn told(scp: &[String], wanted: &Wanted) -> String {
    if wanted.app == GRAPH_APP_ID {
        return scp.join(" ");
    }
    let full: Vec<_> = scp
        .iter()
        .map(|scope| format!("{}/{scope}", wanted.name))
        .collect();
    full.join(" ")
}
