//! What a token says about itself, unproven.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

/// Claims that nobody checked. Good for a hint ("no application role was granted yet", entra-facts B4) about a token that
/// we ourselves fetched from the token endpoint; never a reason to let anybody in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Unproven {
    /// The tenant it says it is of.
    pub tid: Option<String>,
    /// The person or service principal.
    pub oid: Option<String>,
    /// The application, in version 1.
    pub appid: Option<String>,
    /// The application, in version 2.
    pub azp: Option<String>,
    /// Application permissions; empty when nothing was granted.
    pub roles: Vec<String>,
    /// Delegated permissions, parted by spaces.
    pub scp: Option<String>,
    /// Directory roles of the person, as template ids.
    pub wids: Vec<String>,
}

/// Reads a token's claims without believing them; `None` when it is not a token that can be read.
pub fn peek(token: &str) -> Option<Unproven> {
    let mut parts = token.split('.');
    let (_, payload, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_read_whoever_signed_them() {
        let payload = URL_SAFE_NO_PAD.encode(r#"{"tid":"t","roles":["User.Read.All"],"exp":1}"#);
        let seen = peek(&format!("x.{payload}.y")).unwrap();
        assert_eq!(
            (seen.tid.as_deref(), seen.roles.as_slice()),
            (Some("t"), &["User.Read.All".to_owned()][..])
        );
        for unread in [
            "",
            "a.b",
            "opaque",
            "a.b.c.d",
            "a.!.c",
            &format!("x.{payload}.y.z"),
        ] {
            assert_eq!(peek(unread), None, "{unread}");
        }
    }
}
