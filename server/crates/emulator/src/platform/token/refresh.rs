//! `grant_type=refresh_token`. Every answer brings a new one; the old lives on until its own end, as Entra's does.

use jiff::SignedDuration;
use serde_json::Value;

use super::Request;
use crate::platform::errors::Refusal;

/// Days a refresh token lives (B1).
const LIFE: i64 = 90;

impl Request<'_> {
    pub(super) fn refresh(&self) -> Result<Value, Refusal> {
        let value = self.form.need("refresh_token")?;
        let token = self.platform.memory().refresh.get(value).cloned();
        let token = token.ok_or_else(|| Refusal::plain(9_002_313))?;
        if token.client != self.client.app.app_id {
            return Err(Refusal::new(
                9_002_313,
                "Invalid request. The refresh token was issued to another application.",
            ));
        }
        if !self.client.app.web_redirect_uris.is_empty() {
            self.confidential()?;
        }
        if self.platform.now().duration_since(token.issued) > SignedDuration::from_hours(24 * LIFE) {
            return Err(Refusal::new(
                700_082,
                "The refresh token has expired due to inactivity.",
            ));
        }
        let who = (token.subject.tenant, token.subject.oid);
        let revoked = self.platform.memory().revoked.get(&who).copied();
        if revoked.is_some_and(|at| token.issued <= at) {
            return Err(Refusal::plain(50_173));
        }
        let mut subject = token.subject;
        // A refresh token works for every tenant its account is in, as MSAL's `with_tenant` uses it.
        if let Some(tenant) = self.door.tenant().filter(|tenant| *tenant != subject.tenant) {
            let user = self.platform.resolve(subject.home, tenant);
            subject.oid = user.ok_or_else(|| Refusal::plain(50_020))?.id.0;
            subject.tenant = tenant;
        }
        let asked = self.asked(&token.asked)?;
        self.user_tokens(&subject, &asked, None, false)
    }
}
