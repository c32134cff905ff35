//! A signed token, taken apart but not yet believed (RFC 7515 §3.1).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, de::DeserializeOwned, de::IgnoredAny};

use crate::oidc::rejected::TokenRejected;

/// The longest token that is looked at, in bytes.
const LIMIT: usize = 32 * 1024;
/// The one algorithm Entra signs with (entra-facts B0, threats T42).
const ALGORITHM: &str = "RS256";

pub(crate) struct Jws<'a> {
    pub(crate) kid: String,
    /// Header and payload as they were signed.
    pub(crate) signed: &'a [u8],
    pub(crate) signature: Vec<u8>,
    payload: Vec<u8>,
}

/// Only what is obeyed, and what is refused. A name that comes twice is refused by serde.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    jku: Option<IgnoredAny>,
    jwk: Option<IgnoredAny>,
    x5u: Option<IgnoredAny>,
    x5c: Option<IgnoredAny>,
    crit: Option<IgnoredAny>,
}

impl<'a> Jws<'a> {
    /// Takes a token apart and refuses every header we would not obey.
    pub(crate) fn parse(token: &'a str) -> Result<Self, TokenRejected> {
        if token.len() > LIMIT {
            return Err(TokenRejected::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenRejected::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(TokenRejected::Malformed)?;
        if payload.contains('.') {
            return Err(TokenRejected::Malformed);
        }
        let header: Header =
            serde_json::from_slice(&base64(header)?).map_err(|_| TokenRejected::Malformed)?;
        let kid = header.checked()?;
        Ok(Self {
            kid,
            signed: signed.as_bytes(),
            signature: base64(signature)?,
            payload: base64(payload)?,
        })
    }

    /// The claims. To be asked for after the signature was found right.
    pub(crate) fn claims<T: DeserializeOwned>(&self) -> Result<T, TokenRejected> {
        serde_json::from_slice(&self.payload).map_err(|_| TokenRejected::Malformed)
    }
}

impl Header {
    fn checked(self) -> Result<String, TokenRejected> {
        if self.alg != ALGORITHM {
            return Err(TokenRejected::Algorithm);
        }
        let refused = [
            ("jku", self.jku),
            ("jwk", self.jwk),
            ("x5u", self.x5u),
            ("x5c", self.x5c),
            ("crit", self.crit),
        ];
        if let Some((name, _)) = refused.into_iter().find(|(_, value)| value.is_some()) {
            return Err(TokenRejected::Header(name));
        }
        self.kid
            .filter(|kid| !kid.is_empty())
            .ok_or(TokenRejected::KeyNotNamed)
    }
}

fn base64(part: &str) -> Result<Vec<u8>, TokenRejected> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenRejected::Malformed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn token(header: &str) -> String {
        format!(
            "{}.{}.c2ln",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode("{}")
        )
    }

    fn refusal(token: &str) -> TokenRejected {
        Jws::parse(token).map(|_| ()).unwrap_err()
    }

    #[test]
    fn a_plain_header_is_obeyed() {
        let token = token(r#"{"typ":"JWT","alg":"RS256","x5t":"a","kid":"k"}"#);
        let jws = Jws::parse(&token).unwrap();
        assert_eq!(
            (jws.kid.as_str(), jws.signature.as_slice()),
            ("k", b"sig".as_slice())
        );
        assert_eq!(jws.signed, token.rsplit_once('.').unwrap().0.as_bytes());
    }

    #[test]
    fn headers_that_are_refused() {
        for (header, why) in [
            (r#"{"alg":"none","kid":"k"}"#, TokenRejected::Algorithm),
            (r#"{"alg":"HS256","kid":"k"}"#, TokenRejected::Algorithm),
            (r#"{"alg":"RS512","kid":"k"}"#, TokenRejected::Algorithm),
            (r#"{"alg":"PS256","kid":"k"}"#, TokenRejected::Algorithm),
            (r#"{"alg":"rs256","kid":"k"}"#, TokenRejected::Algorithm),
            (r#"{"alg":"RS256"}"#, TokenRejected::KeyNotNamed),
            (r#"{"alg":"RS256","kid":""}"#, TokenRejected::KeyNotNamed),
            (
                r#"{"alg":"RS256","kid":"k","jku":"https://evil"}"#,
                TokenRejected::Header("jku"),
            ),
            (
                r#"{"alg":"RS256","kid":"k","jwk":{"kty":"RSA"}}"#,
                TokenRejected::Header("jwk"),
            ),
            (
                r#"{"alg":"RS256","kid":"k","x5u":"https://evil"}"#,
                TokenRejected::Header("x5u"),
            ),
            (
                r#"{"alg":"RS256","kid":"k","x5c":[]}"#,
                TokenRejected::Header("x5c"),
            ),
            (
                r#"{"alg":"RS256","kid":"k","crit":["b64"],"b64":false}"#,
                TokenRejected::Header("crit"),
            ),
            (
                r#"{"alg":"RS256","alg":"none","kid":"k"}"#,
                TokenRejected::Malformed,
            ),
            (r#"{"kid":"k"}"#, TokenRejected::Malformed),
            ("[]", TokenRejected::Malformed),
        ] {
            assert_eq!(refusal(&token(header)), why, "{header}");
        }
    }

    #[test]
    fn shapes_that_are_no_token() {
        for text in ["", ".", "..", "a.b", "a.b.c.d", "e30.e30.e30", "é.é.é"] {
            assert_eq!(refusal(text), TokenRejected::Malformed, "{text}");
        }
        assert_eq!(refusal(&"a".repeat(LIMIT + 1)), TokenRejected::TooLong);
        // Padding and the other alphabet are other spellings of the same bytes: refused, so that a token has one spelling.
        assert_eq!(
            refusal(&format!("{}=", token(r#"{"alg":"RS256","kid":"k"}"#))),
            TokenRejected::Malformed
        );
    }

    proptest! {
        #[test]
        fn any_text_is_looked_at(text in ".{0,300}") {
            let _ = Jws::parse(&text);
        }
    }
}
