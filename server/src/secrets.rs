//! Tokens: made, recognised, and turned into the digest under which the store knows them.
//!
//! A token is `rollcall_<kind>_<43 base62 digits of 256 random bits>_<6 base62 digits of a CRC-32>`. The kind keeps one
//! sort of token from passing as another (threats T08), the checksum lets a secret scanner know one for sure and lets us
//! refuse a mistyped one without asking the database (T07). The store holds the SHA-256 and the last four digits (T09).

use aws_lc_rs::digest;
use secrecy::{ExposeSecret, SecretString};

use crate::clock::{NoRandomness, Randomness};

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SECRET_DIGITS: usize = 43;
const CHECK_DIGITS: usize = 6;

/// What a token opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A directory's SCIM endpoint: the bearer token.
    Scim,
    /// The console, once: the bootstrap link.
    Enter,
    /// A console session: the cookie.
    Session,
    /// An attempt to sign in: its `state`, its browser.
    Attempt,
    /// An invite to an app's staff.
    Invite,
    /// A setup link.
    Setup,
    /// `/api/v1`: an app's key.
    Api,
}

impl TokenKind {
    /// Every kind, for tests that hold each against each.
    pub const ALL: [Self; 7] = [
        Self::Scim,
        Self::Enter,
        Self::Session,
        Self::Attempt,
        Self::Invite,
        Self::Setup,
        Self::Api,
    ];

    /// What tokens of the kind begin with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Scim => "rollcall_scim_",
            Self::Enter => "rollcall_enter_",
            Self::Session => "rollcall_session_",
            Self::Attempt => "rollcall_attempt_",
            Self::Invite => "rollcall_invite_",
            Self::Setup => "rollcall_setup_",
            Self::Api => "rollcall_api_",
        }
    }
}

/// A token just made. Shown once, then only its digest and last four digits remain.
#[derive(Debug)]
pub struct NewToken {
    text: SecretString,
    /// SHA-256 of the whole token.
    pub digest: TokenDigest,
    /// The last four characters, by which people tell tokens apart.
    pub last_four: String,
}

impl NewToken {
    /// The token itself, for the one time it is shown.
    pub fn reveal(&self) -> &str {
        self.text.expose_secret()
    }
}

/// SHA-256 of a token: what the store keeps and looks up.
pub type TokenDigest = [u8; 32];

/// Makes a token from 256 random bits.
///
/// # Errors
/// When the operating system gives no random bytes.
pub fn make(kind: TokenKind, randomness: &Randomness) -> Result<NewToken, NoRandomness> {
    let mut text = String::with_capacity(kind.prefix().len() + SECRET_DIGITS + 1 + CHECK_DIGITS);
    text.push_str(kind.prefix());
    text.push_str(&base62(&randomness.bytes::<32>()?));
    let check = checksum(&text);
    text.push('_');
    text.push_str(&check);
    let last_four = text[text.len() - 4..].to_owned();
    Ok(NewToken {
        digest: sha256(text.as_bytes()),
        last_four,
        text: text.into(),
    })
}

/// The digest of a well-formed token of this kind; `None` for anything else, without any secret being compared.
pub fn recognise(kind: TokenKind, text: &str) -> Option<TokenDigest> {
    let rest = text.strip_prefix(kind.prefix())?;
    let (secret, check) = rest.split_once('_')?;
    let shaped = secret.len() == SECRET_DIGITS
        && check.len() == CHECK_DIGITS
        && rest
            .bytes()
            .all(|byte| byte == b'_' || byte.is_ascii_alphanumeric());
    (shaped && checksum(&text[..text.len() - CHECK_DIGITS - 1]) == check).then(|| sha256(text.as_bytes()))
}

/// Tells sessions apart without telling what the store looks up: half of the digest, in hex.
pub fn public_half(digest: &TokenDigest) -> String {
    digest[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> TokenDigest {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// CRC-32 (IEEE) in six base62 digits, most significant first.
fn checksum(text: &str) -> String {
    let mut rest = crc32fast::hash(text.as_bytes()) as usize;
    let mut digits = [b'0'; CHECK_DIGITS];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[rest % 62];
        rest /= 62;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

/// 256 bits as 43 digits, most significant first: long division of a big-endian number, digit by digit.
fn base62(number: &[u8; 32]) -> String {
    let mut number = *number;
    let mut digits = [b'0'; SECRET_DIGITS];
    for digit in digits.iter_mut().rev() {
        let mut rest = 0usize;
        for byte in &mut number {
            let value = rest << 8 | usize::from(*byte);
            // The quotient of a value below 62 * 256 by 62 fits a byte.
            *byte = u8::try_from(value / 62).unwrap_or(u8::MAX);
            rest = value % 62;
        }
        *digit = BASE62[rest];
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_token_looks_as_documented() {
        let token = make(TokenKind::Scim, &Randomness::seeded(7)).unwrap();
        let parts: Vec<&str> = token.reveal().split('_').collect();
        assert_eq!(
            parts.iter().map(|part| part.len()).collect::<Vec<_>>(),
            [8, 4, 43, 6]
        );
        assert!(token.reveal().ends_with(&token.last_four));
        assert_eq!(token.digest, sha256(token.reveal().as_bytes()));
    }

    #[test]
    fn base62_counts_as_positional_digits_do() {
        assert_eq!(base62(&[0; 32]), "0".repeat(43));
        let mut number = [0; 32];
        number[31] = 61;
        assert!(base62(&number).ends_with("00z"));
        number[31] = 62;
        assert!(base62(&number).ends_with("010"));
        // 2^256 - 1, by an independent calculation
        assert_eq!(base62(&[255; 32]), MAX_IN_BASE62);
    }

    const MAX_IN_BASE62: &str = "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1";

    #[test]
    fn each_kind_is_recognised_as_itself_only() {
        let dice = Randomness::System;
        for made in TokenKind::ALL {
            let token = make(made, &dice).unwrap();
            for asked in TokenKind::ALL {
                let expected = (made == asked).then_some(token.digest);
                assert_eq!(
                    recognise(asked, token.reveal()),
                    expected,
                    "{made:?} as {asked:?}"
                );
            }
        }
    }

    #[test]
    fn every_single_changed_character_is_noticed() {
        let token = make(TokenKind::Scim, &Randomness::seeded(1)).unwrap();
        for at in 0..token.reveal().len() {
            for other in *b"0aZ_-% \0" {
                let mut bytes = token.reveal().as_bytes().to_vec();
                if bytes[at] == other {
                    continue;
                }
                bytes[at] = other;
                let text = String::from_utf8(bytes).unwrap();
                assert_eq!(recognise(TokenKind::Scim, &text), None, "{text}");
            }
        }
    }

    #[test]
    fn refuses_what_is_no_token() {
        for text in [
            "",
            "rollcall_scim_",
            "rollcall_scim__",
            "rollcall_scim_a_b",
            "Bearer",
            "rollcall_scim_ß_ß",
        ] {
            assert_eq!(recognise(TokenKind::Scim, text), None, "{text:?}");
        }
        let long = format!("rollcall_scim_{}_{}", "a".repeat(100_000), "b".repeat(6));
        assert_eq!(recognise(TokenKind::Scim, &long), None);
    }

    #[test]
    fn random_texts_of_the_right_shape_are_no_tokens() {
        // 1 in 2^32 would pass the checksum; the seed makes the outcome the same every time.
        let dice = Randomness::seeded(3);
        for _ in 0..20_000 {
            let secret = base62(&dice.bytes().unwrap());
            let check = &base62(&dice.bytes().unwrap())[20..26];
            assert_eq!(
                recognise(TokenKind::Scim, &format!("rollcall_scim_{secret}_{check}")),
                None
            );
        }
    }

    #[test]
    fn tokens_do_not_repeat() {
        let dice = Randomness::System;
        let tokens: HashSet<TokenDigest> = (0..20_000)
            .map(|_| make(TokenKind::Scim, &dice).unwrap().digest)
            .collect();
        assert_eq!(tokens.len(), 20_000);
    }

    #[test]
    fn a_new_token_is_not_printed_by_debug() {
        let token = make(TokenKind::Enter, &Randomness::seeded(5)).unwrap();
        assert!(!format!("{token:?}").contains(token.reveal()));
    }
}
