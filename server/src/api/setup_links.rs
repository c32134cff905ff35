//! `POST /api/v1/setup-links {"organization":"org_…","checklists":["erp","directory_sync"],"days":3}`: the app fetches a
//! setup link for one of its customers, to show behind a button of its own or to embed.
//!
//! Answers 201 with `{"id","url","expires_at"}`; the address is told this once (threats T62 to T64). `days` may be left
//! out: 3.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use contract::setup_links::{MAX_DAYS, Scope};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{
    Operation, StoreError, Tx,
    ids::{AppId, OrganizationId, SetupLinkId},
    organizations,
    setup_links::{self, SetupLink},
};

use super::callers::caller;
use crate::{
    clock::{NoRandomness, prefixed_id},
    middleware::{Face, refusal},
    reach::scope_words,
    secrets::{NewToken, TokenKind, make},
    state::AppState,
};

const DAY: i64 = 24 * 60 * 60 * 1_000_000;
const DAYS: u32 = 3;
/// Who made it, as the console lists it.
const MAKER: &str = "API";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    organization: String,
    checklists: Vec<Checklist>,
    #[serde(default = "usual")]
    days: u32,
}

fn usual() -> u32 {
    DAYS
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Checklist {
    Erp,
    DirectorySync,
}

impl Asked {
    fn scope(&self) -> Scope {
        Scope {
            erp: self.checklists.contains(&Checklist::Erp),
            directory_sync: self.checklists.contains(&Checklist::DirectorySync),
            step: None,
        }
    }
}

/// What is answered.
#[derive(Serialize)]
struct Made {
    id: String,
    url: String,
    /// RFC 3339.
    expires_at: String,
}

/// Makes a setup link.
pub(super) async fn create(State(state): State<AppState>, headers: HeaderMap, body: Bytes) -> Response {
    let caller = match caller(&state, &headers).await {
        Ok(caller) => caller,
        Err(refused) => return refused,
    };
    let asked = match asked(&body) {
        Ok(asked) => asked,
        Err(detail) => return refusal(Face::Api, StatusCode::BAD_REQUEST, &detail),
    };
    let (token, link) = match new_link(&state, &asked) {
        Ok(made) => made,
        Err(error) => return unavailable(&error),
    };
    let made = made(&state, &token, &link);
    let organization = link.organization.clone();
    let create = Create {
        app: caller.app.id.clone(),
        digest: token.digest,
        link,
    };
    match state.store.write(create).await {
        Ok(true) => {
            state.recorder.pulse(organization);
            told(made)
        }
        Ok(false) => {
            let detail = "The app has no organization of this id.";
            refusal(Face::Api, StatusCode::NOT_FOUND, detail)
        }
        Err(error) => unavailable(&error),
    }
}

fn asked(body: &[u8]) -> Result<Asked, String> {
    let asked: Asked = serde_json::from_slice(body).map_err(|error| {
        format!("Send JSON: {{\"organization\":\"org_…\",\"checklists\":[\"erp\",\"directory_sync\"],\"days\":3}} ({error}).")
    })?;
    if asked.checklists.is_empty() {
        return Err("Name at least one of the checklists: erp, directory_sync.".to_owned());
    }
    if !(1..=MAX_DAYS).contains(&asked.days) {
        return Err(format!("A setup link works for 1 to {MAX_DAYS} days."));
    }
    Ok(asked)
}

fn new_link(state: &AppState, asked: &Asked) -> Result<(NewToken, SetupLink), NoRandomness> {
    let token = make(TokenKind::Setup, &state.randomness)?;
    let now = state.clock.now();
    let link = SetupLink {
        id: SetupLinkId::new(prefixed_id("lnk", &state.clock, &state.randomness)?),
        organization: OrganizationId::new(asked.organization.as_str()),
        scope: scope_words(asked.scope(), None),
        created_by: MAKER.to_owned(),
        created_at: now,
        expires_at: now + i64::from(asked.days) * DAY,
        opened_at: None,
        redeemed_at: None,
        browser_hash: None,
        revoked_at: None,
        made_by: None,
    };
    Ok((token, link))
}

fn made(state: &AppState, token: &NewToken, link: &SetupLink) -> Made {
    Made {
        id: link.id.as_str().to_owned(),
        url: format!("{}/setup/{}", state.config.public_url, token.reveal()),
        expires_at: Timestamp::from_microsecond(link.expires_at)
            .unwrap_or(Timestamp::MAX)
            .to_string(),
    }
}

fn told(made: Made) -> Response {
    let mut response = (StatusCode::CREATED, Json(made)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn unavailable(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "a setup link could not be made for an app");
    let detail = "The setup link could not be made just now. Nothing was kept.";
    refusal(Face::Api, StatusCode::SERVICE_UNAVAILABLE, detail)
}

/// Makes the link, if the organization is the app's own; else it looks like one that is not there (threats T63).
struct Create {
    app: AppId,
    digest: [u8; 32],
    link: SetupLink,
}

impl Operation for Create {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        let found = organizations::get(tx, &self.link.organization).await?;
        if found.is_none_or(|organization| organization.app_id != self.app) {
            return Ok(false);
        }
        setup_links::create(tx, &self.digest, &self.link).await?;
        Ok(true)
    }
}
