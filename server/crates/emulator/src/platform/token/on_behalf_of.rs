//! `grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer`: a user's token for us, changed into one for another (B6).

use serde_json::Value;
use uuid::Uuid;

use super::Request;
use crate::platform::errors::Refusal;
use crate::platform::jwt::Parts;
use crate::platform::memory::{Account, Subject};
use crate::platform::scopes::Asked;

impl Request<'_> {
    pub(super) fn on_behalf_of(&self) -> Result<Value, Refusal> {
        self.confidential()?;
        if self.form.need("requested_token_use")? != "on_behalf_of" {
            return Err(Refusal::plain(9_002_313));
        }
        let subject = self.assertion(self.form.need("assertion")?)?;
        self.form.need("scope")?;
        let asked = self.asked(&Asked::default())?;
        self.user_tokens(&subject, &asked, None, false)
    }

    /// Whose token it is, if it is a live one of a user and meant for this client.
    fn assertion(&self, text: &str) -> Result<Subject, Refusal> {
        let bad = |why: &str| Refusal::new(50_012, format!("Assertion failed validation: {why}."));
        let parts = Parts::read(text).ok_or_else(|| bad("it is not a JWT"))?;
        if !self.platform.keys.made(&parts) {
            return Err(bad("its signature is not valid"));
        }
        let now = self.platform.now().as_second();
        if parts.seconds("exp").is_none_or(|end| end <= now) {
            return Err(bad("it has expired"));
        }
        let audience = parts.claim("aud").unwrap_or_default();
        let ours = {
            let view = self.platform.cloud.view();
            view.resource(audience)
                .is_some_and(|app| app.app_id == self.client.app.app_id)
        };
        if !ours {
            return Err(bad("its audience is another application"));
        }
        if parts.claim("scp").is_none() {
            return Err(bad("it is not a user's access token"));
        }
        let id = |name: &str| parts.claim(name).and_then(|text| text.parse::<Uuid>().ok());
        let (Some(tenant), Some(oid)) = (id("tid"), id("oid")) else {
            return Err(bad("it names nobody"));
        };
        Ok(Subject {
            home: Account { tenant, id: oid },
            tenant,
            oid,
            session: id("sid").unwrap_or_default(),
        })
    }
}
