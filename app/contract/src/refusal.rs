//! Why an answer is no: one small set of reasons for every question of the portal.

use serde::{Deserialize, Serialize};

/// A refusal in the reader's terms. Faults of ours carry a reference that support can look up in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "snake_case")]
pub enum Refusal {
    /// There is no session, or it has ended.
    NotSignedIn,
    /// The session is too old for this act: prove again who you are.
    SignInAgain {
        /// How old a sign-in may be for this act, in minutes.
        within_minutes: u32,
    },
    /// Signed in, but this role may not.
    Forbidden,
    /// Personal data, which support sees only for a stated reason and time.
    NeedsReason {
        /// Of which organization.
        organization: String,
    },
    /// There is no such thing, or it belongs to somebody else: the two look the same on purpose.
    NotFound,
    /// One field holds what cannot be taken.
    Invalid {
        /// The form's field name.
        field: String,
        /// What is wrong and what would be right.
        why: Why,
    },
    /// The act collides with the present state.
    Conflict {
        /// What stands in the way.
        why: Why,
    },
    /// A fault of ours, most likely passing.
    Unavailable {
        /// What support looks up.
        reference: String,
    },
}

/// Reasons the pages have a sentence for, in each language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The field is empty.
    Empty,
    /// The text is longer than the field takes.
    TooLong,
    /// The text is shorter than the field wants.
    TooShort,
    /// Control or direction-changing characters stand in the text.
    BadCharacters,
    /// Something of that name exists already.
    NameTaken,
    /// The typed name is not the name of what would be destroyed.
    NameDoesNotMatch,
    /// Two tokens are alive already: revoke one first.
    TwoTokensAlive,
    /// The directory is disabled.
    DirectoryDisabled,
    /// The date lies in the past.
    InThePast,
    /// The value is none of those offered.
    NotOffered,
    /// Nothing was chosen.
    NothingChosen,
    /// Nobody signed in with Microsoft in this session, and the act is done as whoever did.
    MicrosoftSignInNeeded,
    /// Entra refused: the signed-in admin's directory role is too small.
    DirectoryRoleTooSmall,
    /// Entra refused for another reason.
    MicrosoftRefused,
    /// The app's owner has not entered what Entra knows the app by.
    AppNotConfigured,
    /// No service user was chosen.
    NoServiceUser,
    /// The app has no service principal in the tenant: consent comes first.
    NoConsent,
    /// It was not made here, so it is not ours to undo.
    NotMadeHere,
    /// Somebody must stay who may change things.
    LastOwner,
    /// Nobody would be an owner any more: it wants to be confirmed.
    NoOwnerLeft,
    /// Whoever asks would be an owner no more: it wants to be confirmed.
    OwnRoleLost,
    /// An app takes its own people from this directory.
    StaffDirectory,
    /// Not a tenant's id.
    NoTenantId,
    /// The organization has no directory, so nobody is in it.
    NobodyThere,
}

impl Refusal {
    /// Shorthand for [`Refusal::Invalid`].
    pub fn invalid(field: &str, why: Why) -> Self {
        Refusal::Invalid {
            field: field.to_owned(),
            why,
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::NotSignedIn => write!(out, "not signed in"),
            Refusal::SignInAgain { within_minutes } => {
                write!(
                    out,
                    "sign in again: this needs a sign-in of the last {within_minutes} minutes"
                )
            }
            Refusal::Forbidden => write!(out, "this role may not do that"),
            Refusal::NeedsReason { .. } => write!(out, "personal data needs a reason"),
            Refusal::NotFound => write!(out, "not found"),
            Refusal::Invalid { field, why } => write!(out, "{field}: {why:?}"),
            Refusal::Conflict { why } => write!(out, "conflict: {why:?}"),
            Refusal::Unavailable { reference } => write!(out, "unavailable, reference {reference}"),
        }
    }
}

impl std::error::Error for Refusal {}
