//! What a browser brings back from signing in or from an admin consent (entra-facts B1, B3; threats T45, T46).
//!
//! Nothing in here is proof: every field may have been written by whoever holds the browser. `state` leads to the attempt
//! that is kept on the server, and everything about the attempt is read from there. A consent is only *claimed* until a
//! token for that tenant shows it.

use secrecy::SecretString;
use url::form_urlencoded;

use crate::{error::TokenError, reason::Reason};

/// The longest query that is looked at, in bytes.
const QUERY_LIMIT: usize = 32 * 1024;

/// A redirect as it came.
#[derive(Debug)]
pub struct Callback {
    /// Leads to the attempt. Given with a refusal too.
    pub state: Option<String>,
    /// Who answers (RFC 9207); Microsoft does not send it (threats T44).
    pub iss: Option<String>,
    /// What is said.
    pub outcome: Result<Answer, CallbackError>,
}

impl Callback {
    /// Whether the answer may come from this issuer: `iss` says so, or is absent and not `required` by the metadata
    /// (RFC 9207 §2.4, threats T44). To be asked before the code is redeemed.
    pub fn may_be_from(&self, issuer: &str, required: bool) -> bool {
        self.iss.as_deref().map_or(!required, |iss| iss == issuer)
    }
}

/// A redirect that says yes.
#[derive(Debug)]
pub enum Answer {
    /// Signed in: the code to redeem, once.
    Code(SecretString),
    /// `admin_consent=True` and no error. To be proven (threats T46).
    ConsentClaimed {
        /// Whoever wrote the redirect says that it is this tenant.
        tenant: Option<String>,
        /// What v2 says was granted; v1 says nothing.
        scope: Option<String>,
    },
}

/// A redirect that does not say yes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// The person pressed cancel, in any of Microsoft's spellings.
    #[error("the person cancelled")]
    Cancelled,
    /// Refused; [`TokenError::reason`] says why.
    #[error(transparent)]
    Refused(TokenError),
    /// Neither a code nor a consent nor an error.
    #[error("the answer has neither a code nor a consent nor an error")]
    Empty,
    /// A parameter came twice: one of them is forged.
    #[error("the parameter {0} came twice")]
    Repeated(&'static str),
    /// Longer than anything Microsoft sends.
    #[error("the answer is too long")]
    TooLong,
}

impl CallbackError {
    /// What it means for us; `None` when the redirect itself is broken.
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Self::Cancelled => Some(Reason::UserDeclined),
            Self::Refused(error) => Some(error.reason()),
            Self::Empty | Self::Repeated(_) | Self::TooLong => None,
        }
    }
}

/// Reads the query of a redirect (without `?`). An `error` is looked for first and always wins: v2 sends
/// `admin_consent=True` together with an error (entra-facts B3, E18).
pub fn parse(query: &str) -> Callback {
    if query.len() > QUERY_LIMIT {
        return Callback {
            state: None,
            iss: None,
            outcome: Err(CallbackError::TooLong),
        };
    }
    match Fields::read(query) {
        Ok(fields) => Callback {
            state: fields.get("state").map(str::to_owned),
            iss: fields.get("iss").map(str::to_owned),
            outcome: fields.outcome(),
        },
        Err(repeated) => Callback {
            state: None,
            iss: None,
            outcome: Err(repeated),
        },
    }
}

const NAMES: [&str; 9] = [
    "state",
    "iss",
    "code",
    "error",
    "error_description",
    "error_subcode",
    "admin_consent",
    "tenant",
    "scope",
];

struct Fields([Option<String>; NAMES.len()]);

impl Fields {
    fn read(query: &str) -> Result<Self, CallbackError> {
        let mut fields = Self(Default::default());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let Some(at) = NAMES.iter().position(|known| *known == name) else {
                continue;
            };
            if fields.0[at].replace(value.into_owned()).is_some() {
                return Err(CallbackError::Repeated(NAMES[at]));
            }
        }
        Ok(fields)
    }

    fn get(&self, name: &str) -> Option<&str> {
        let at = NAMES.iter().position(|known| *known == name)?;
        self.0[at].as_deref()
    }

    fn outcome(&self) -> Result<Answer, CallbackError> {
        if let Some(error) = self.get("error") {
            return Err(self.refusal(error));
        }
        if let Some(code) = self.get("code").filter(|code| !code.is_empty()) {
            return Ok(Answer::Code(code.into()));
        }
        if self
            .get("admin_consent")
            .is_some_and(|said| said.eq_ignore_ascii_case("true"))
        {
            let owned = |name| self.get(name).map(str::to_owned);
            return Ok(Answer::ConsentClaimed {
                tenant: owned("tenant"),
                scope: owned("scope"),
            });
        }
        Err(CallbackError::Empty)
    }

    fn refusal(&self, error: &str) -> CallbackError {
        let error = TokenError::of_redirect(error, self.get("error_subcode"), self.get("error_description"));
        if is_cancel(&error) {
            CallbackError::Cancelled
        } else {
            CallbackError::Refused(error)
        }
    }
}

/// `error_subcode=cancel`; AADSTS65004 under whatever error; `permission_denied` of the first admin consent.
fn is_cancel(error: &TokenError) -> bool {
    let denied = matches!(error.error.as_str(), "access_denied" | "permission_denied");
    let says_so = error
        .description
        .as_deref()
        .is_some_and(|text| text.contains("canceled the request"));
    error.code == Some(65004)
        || denied && error.suberror.as_deref() == Some("cancel")
        || error.error == "permission_denied" && error.code.is_none() && says_so
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn a_code_comes_with_its_state() {
        let callback = parse("code=0.AX%2Bx&state=s1&session_state=x");
        assert_eq!(callback.state.as_deref(), Some("s1"));
        assert!(matches!(callback.outcome, Ok(Answer::Code(code)) if code.expose_secret() == "0.AX+x"));
    }

    #[test]
    fn a_consent_is_claimed_in_both_versions() {
        let tenant = "11111111-1111-4111-8111-111111111111";
        for (query, granted) in [
            (format!("admin_consent=True&tenant={tenant}&state=s"), None),
            (
                format!("admin_consent=True&tenant={tenant}&state=s&scope=a+b"),
                Some("a b"),
            ),
        ] {
            let callback = parse(&query);
            assert_eq!(callback.state.as_deref(), Some("s"));
            let Ok(Answer::ConsentClaimed { tenant: said, scope }) = callback.outcome else {
                panic!("{query}")
            };
            assert_eq!((said.as_deref(), scope.as_deref()), (Some(tenant), granted));
        }
    }

    #[test]
    fn cancel_in_every_spelling() {
        for query in [
            "error=access_denied&error_subcode=cancel&state=s",
            "error=access_denied&error_description=AADSTS65004%3A+User+declined+to+consent&state=s",
            "error=permission_denied&error_description=The+admin+canceled+the+request&state=s",
            "admin_consent=True&error=consent_required&error_description=AADSTS65004%3a+x&tenant=t&state=s",
            "admin_consent=True&error=access_denied&error_subcode=cancel&state=s",
        ] {
            let callback = parse(query);
            assert_eq!(callback.outcome.unwrap_err(), CallbackError::Cancelled, "{query}");
            assert_eq!(callback.state.as_deref(), Some("s"));
        }
    }

    #[test]
    fn an_error_always_wins() {
        for (query, reason) in [
            ("code=x&error=&state=s", Reason::Other),
            (
                "admin_consent=True&tenant=t&error=server_error",
                Reason::Unavailable,
            ),
            ("code=x&error=interaction_required", Reason::InteractionRequired),
            (
                "error=access_denied&error_description=AADSTS90094%3A+x",
                Reason::AdminConsentRequired,
            ),
            ("error=access_denied", Reason::AccessDenied),
            (
                "error=permission_denied&error_description=AADSTS90095%3A+x",
                Reason::AdminConsentRequired,
            ),
            (
                "error=invalid_client&error_description=AADSTS650056%3A+x",
                Reason::AppMisconfigured,
            ),
            (
                "error=login_required&error_description=AADSTS50058%3A+x",
                Reason::LoginRequired,
            ),
        ] {
            let error = parse(query).outcome.unwrap_err();
            assert_eq!(error.reason(), Some(reason), "{query}");
        }
    }

    #[test]
    fn what_says_nothing_or_too_much() {
        for query in [
            "",
            "state=s",
            "code=",
            "admin_consent=False",
            "admin_consent=",
            "code=&tenant=t",
        ] {
            assert_eq!(parse(query).outcome.unwrap_err(), CallbackError::Empty, "{query}");
        }
        assert_eq!(
            parse("code=a&code=b").outcome.unwrap_err(),
            CallbackError::Repeated("code")
        );
        assert_eq!(
            parse("state=a&state=b&code=c").outcome.unwrap_err(),
            CallbackError::Repeated("state")
        );
        assert_eq!(
            parse(&"a".repeat(QUERY_LIMIT + 1)).outcome.unwrap_err(),
            CallbackError::TooLong
        );
    }

    #[test]
    fn answers_of_another_issuer() {
        let (with, without) = (parse("code=c&iss=https%3A%2F%2Fa"), parse("code=c"));
        assert!(with.may_be_from("https://a", true) && with.may_be_from("https://a", false));
        assert!(!with.may_be_from("https://b", true) && !with.may_be_from("https://b", false));
        assert!(without.may_be_from("https://a", false) && !without.may_be_from("https://a", true));
    }

    proptest! {
        #[test]
        fn never_a_success_beside_an_error(before in "[a-z=&_%A-F0-9]{0,60}", after in "[a-z=&_%A-F0-9]{0,60}") {
            let query = format!("{before}&error=x&code=abc&admin_consent=True&{after}");
            prop_assert!(parse(&query).outcome.is_err());
        }

        #[test]
        fn any_query_is_read(query in ".{0,200}") {
            let _ = parse(&query);
        }
    }
}
