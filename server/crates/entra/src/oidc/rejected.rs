//! Why a token is not believed: one name per cause.

use crate::http::Unreachable;

/// A token that is not believed. Holds nothing of the token itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TokenRejected {
    /// Not three parts of base64url, or no JSON objects in them.
    #[error("it is not a signed token")]
    Malformed,
    /// Longer than any token of Entra.
    #[error("it is too long")]
    TooLong,
    /// Signed in another way than RS256: `none`, a shared secret, another hash.
    #[error("its algorithm is not RS256")]
    Algorithm,
    /// It brings its own key, or an address of one, or a rule we do not know.
    #[error("its header carries {0}, which is never obeyed")]
    Header(&'static str),
    /// It does not say which key signed it.
    #[error("it does not name its key")]
    KeyNotNamed,
    /// Microsoft does not publish the key it names, or did not within the last minute.
    #[error("its key is not one of Microsoft's")]
    KeyUnknown,
    /// The key is published for another issuer.
    #[error("its key belongs to another issuer")]
    KeyOfOtherIssuer,
    /// Microsoft's keys cannot be had just now. Says nothing about the token.
    #[error("Microsoft's keys cannot be had just now: {0}")]
    KeysUnavailable(Unreachable),
    /// The signature does not fit.
    #[error("its signature is wrong")]
    Signature,
    /// A claim that must be there is not.
    #[error("the claim {0} is missing")]
    Missing(&'static str),
    /// A claim is of the wrong shape, such as a time written as a text.
    #[error("the claim {0} has the wrong form")]
    WrongForm(&'static str),
    /// Issued by somebody else than the expected tenant.
    #[error("its issuer is not the expected one")]
    Issuer,
    /// Well-formed, but of another tenant than the expected one.
    #[error("it is of another tenant")]
    Tenant,
    /// `tid` and `iss` name two tenants.
    #[error("its tenant and its issuer contradict each other")]
    TenantNotIssuer,
    /// Of a personal Microsoft account, where an organization is expected.
    #[error("it is of a personal account")]
    PersonalAccount,
    /// Meant for another application.
    #[error("it is meant for another application")]
    Audience,
    /// Past its end, leeway included.
    #[error("it has expired")]
    Expired,
    /// Before its beginning, leeway included.
    #[error("it is not valid yet")]
    NotYetValid,
    /// Issued in the future, leeway included.
    #[error("it was issued in the future")]
    IssuedInFuture,
    /// Of another attempt to sign in.
    #[error("it answers another sign-in")]
    Nonce,
}

impl TokenRejected {
    /// Whether the same token may be believed a little later without anybody doing anything.
    pub fn is_passing(self) -> bool {
        matches!(self, Self::KeysUnavailable(_))
    }
}
