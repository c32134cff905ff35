//! The doors, in English.

use crate::entrance::Failed;
use crate::words::entrance::Entrance;
use crate::words::refusals::Told;

pub(super) static WORDS: Entrance = Entrance {
    sign_in: "Sign in with Microsoft",
    what_to_do: "Sign in with the account of your own organization.",
    failed,
    invited: |app, role| format!("You are invited to {app} as {role}"),
    invited_text: "Sign in with Microsoft to take the invite. It then belongs to that account, by its tenant and object ID.",
    invite_ends: "The invite ends",
    invite_gone: Told {
        title: "This invite no longer works",
        why: "An invite opens once and only for a while. This one was used, has expired, was revoked, or was cut off while copying.",
        what_to_do: "Ask an owner of the app for a new one.",
    },
    no_microsoft: "Sign-in with Microsoft is not configured on this server. Whoever runs it sets the client ID and a secret.",
    prove: "Sign in once more, and do it again. You come back to this page.",
};

fn failed(failed: Failed) -> Told {
    match failed {
        Failed::Cancelled => Told {
            title: "The sign-in was cancelled",
            why: "It was ended on Microsoft's page before it was complete.",
            what_to_do: "Sign in again whenever you like. Nothing was changed.",
        },
        Failed::UnknownPerson => Told {
            title: "Nobody here knows this account",
            why: "You signed in with Microsoft, and this account belongs to no team here.",
            what_to_do: "Sign in with another account, or ask an owner of the app for an invite.",
        },
        Failed::Expired => Told {
            title: "The sign-in took too long",
            why: "Between leaving this page and coming back too much time passed, or the page was opened twice.",
            what_to_do: "Sign in again.",
        },
        Failed::Consent => Told {
            title: "Microsoft did not let the account in",
            why: "Your tenant wants an administrator to approve this application first.",
            what_to_do: "Ask an administrator of your tenant to approve it, then sign in again.",
        },
        Failed::WrongTenant => Told {
            title: "That is another tenant",
            why: "The account belongs to another tenant than the one expected here.",
            what_to_do: "Sign in with an account of the expected tenant.",
        },
        Failed::Unavailable => Told {
            title: "Microsoft cannot be reached",
            why: "The sign-in could not be completed with Microsoft just now.",
            what_to_do: "Try again in a minute. If it lasts, give support the reference.",
        },
        Failed::Other => Told {
            title: "The sign-in did not work",
            why: "Microsoft or this server refused it.",
            what_to_do: "Sign in again. If it stays, give support the reference.",
        },
    }
}
