//! `grant_type=authorization_code` (B1).

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use jiff::SignedDuration;
use serde_json::Value;

use super::Request;
use crate::platform::errors::Refusal;
use crate::platform::memory::Code;
use crate::platform::tokens::Proof;

/// Minutes a code can be redeemed.
const LIFE: i64 = 10;

impl Request<'_> {
    pub(super) fn code(&self) -> Result<Value, Refusal> {
        let value = self.form.need("code")?;
        let code = self.platform.memory().codes.get(value).cloned();
        let code = code.ok_or_else(|| Refusal::plain(9_002_313))?;
        self.check_code(&code)?;
        // Taken only now, and only once: two requests at the same time cannot both have it.
        let first = self.platform.memory().codes.get_mut(value).is_some_and(|known| {
            let first = !known.used;
            known.used = true;
            first
        });
        if !first {
            return Err(Refusal::plain(54_005));
        }
        let asked = self.asked(&code.asked)?;
        self.user_tokens(&code.subject, &asked, code.nonce.as_deref(), code.client_info)
    }

    fn check_code(&self, code: &Code) -> Result<(), Refusal> {
        if code.used {
            return Err(Refusal::plain(54_005));
        }
        if self.platform.now().duration_since(code.issued) > SignedDuration::from_mins(LIFE) {
            return Err(Refusal::new(
                70_008,
                "The provided authorization code has expired.",
            ));
        }
        if code.client != self.client.app.app_id {
            return Err(Refusal::new(
                9_002_313,
                "Invalid request. The code was issued to another application.",
            ));
        }
        if self
            .door
            .tenant()
            .is_some_and(|tenant| tenant != code.subject.tenant)
        {
            return Err(Refusal::plain(700_005));
        }
        if self.form.need("redirect_uri")? != code.redirect_uri {
            return Err(Refusal::new(
                50_011,
                "The 'redirect_uri' of the token request is not the one the code was issued for.",
            ));
        }
        let web = self.client.app.is_web_redirect(&code.redirect_uri);
        match self.client.proof {
            Proof::Nothing if web => return Err(Refusal::plain(7_000_218)),
            Proof::Secret | Proof::Certificate if !web => return Err(Refusal::plain(700_025)),
            _ => {}
        }
        self.check_verifier(code)
    }

    fn check_verifier(&self, code: &Code) -> Result<(), Refusal> {
        match (&code.challenge, self.form.get("code_verifier")) {
            (None, None) => Ok(()),
            (Some((challenge, hashed)), Some(verifier)) => {
                let shown = if *hashed {
                    B64.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
                } else {
                    verifier.to_owned()
                };
                if shown == *challenge {
                    Ok(())
                } else {
                    Err(Refusal::plain(501_481))
                }
            }
            _ => Err(Refusal::plain(50_147)),
        }
    }
}
