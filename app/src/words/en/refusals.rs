//! Refusals, in English.

use crate::act::{Act, Done};
use crate::words::refusals::{Refusals, Told};
use contract::refusal::Why;

pub(super) static WORDS: Refusals = Refusals {
    done: |done| match done {
        Done::OrganizationMade => "Organization created. Connect its directory next.",
        Done::OrganizationRenamed => "Organization renamed.",
        Done::OrganizationDeleted => "Organization deleted, with everything it held.",
        Done::Configured => "Directory configured. Paste the two values below into the provider.",
        Done::TokenMade => "Second token created. The first one keeps working until you revoke it.",
        Done::TokenRevoked => "Token revoked. Requests that carry it are refused from now on.",
        Done::DirectoryRenamed => "Directory renamed.",
        Done::DirectoryDisabled => {
            "Directory disabled. Its provider is refused; everything it holds is kept."
        }
        Done::DirectoryEnabled => "Directory enabled. Its provider is answered again.",
        Done::DirectoryDeleted => "Directory deleted, with its users, groups, tokens and history.",
        Done::ServiceUserChosen => "Service user chosen.",
        Done::ServiceUserMade => "Service user created and chosen.",
        Done::RoleAssigned => {
            "Microsoft took the assignment. The step is done as soon as Microsoft shows it."
        }
        Done::Undone => "Taken back in the tenant.",
        Done::Rechecked => "Every fact was read again from Microsoft.",
        Done::SetupLinkMade => "Setup link made. Copy it now, it is shown this once.",
        Done::SetupLinkRevoked => "Setup link revoked. Whoever came in by it is out.",
        Done::InviteMade => "Invite made. Copy it now, it is shown this once.",
        Done::InviteRevoked => "Invite revoked.",
        Done::MemberRemoved => "Removed from the team. Every session of theirs has ended.",
        Done::SessionEnded => "Session ended.",
        Done::StaffDirectorySet => "People come from this directory now. Choose its groups next.",
        Done::StaffGroupMapped => "What the group means was changed. It counts from now on.",
        Done::StaffDirectoryStopped => {
            "People come from no directory any more. Whoever came in only by a group is out."
        }
        Done::SupportViewEnded => "You no longer see the personal data of this organization.",
    },
    not_done: |act| match act {
        Act::CreateOrganization => "The organization was not created",
        Act::RenameOrganization => "The organization was not renamed",
        Act::DeleteOrganization => "The organization was not deleted",
        Act::Configure => "The directory was not configured",
        Act::CreateToken => "The token was not created",
        Act::RevokeToken => "The token was not revoked",
        Act::RenameDirectory => "The directory was not renamed",
        Act::DisableDirectory => "The directory was not disabled",
        Act::EnableDirectory => "The directory was not enabled",
        Act::DeleteDirectory => "The directory was not deleted",
        Act::Recheck => "The facts were not read again",
        Act::ChooseServiceUser => "The service user was not chosen",
        Act::CreateServiceUser => "The service user was not created",
        Act::AssignRole => "The app role was not assigned",
        Act::Undo => "Nothing was taken back",
        Act::CreateSetupLink => "The setup link was not made",
        Act::RevokeSetupLink => "The setup link was not revoked",
        Act::Invite => "The invite was not made",
        Act::RevokeInvite => "The invite was not revoked",
        Act::RemoveMember => "Nobody was removed",
        Act::EndSession => "The session was not ended",
        Act::UseStaffDirectory => "The directory was not chosen",
        Act::MapStaffGroup => "The group was not changed",
        Act::StopStaffDirectory => "The directory is still in use",
        Act::BeginSupportView => "The personal data is still hidden",
        Act::EndSupportView => "The personal data is still shown",
    },
    why: |why| match why {
        Why::Empty => "Enter a name.",
        Why::TooLong => "That is too long. Use at most 200 characters.",
        Why::TooShort => "That is too short. Say it in a few words.",
        Why::BadCharacters => {
            "Control and direction-changing characters cannot be used here. Type the name anew."
        }
        Why::NameTaken => "Something of that name exists already. Choose another name.",
        Why::NameDoesNotMatch => "That is not the name. Type it exactly as it stands above.",
        Why::TwoTokensAlive => "Two tokens are alive already, and no more are allowed. Revoke one first.",
        Why::DirectoryDisabled => "The directory is disabled. Enable it first.",
        Why::InThePast => "That day has passed. Choose a later one, or none.",
        Why::NotOffered => "That is none of the values offered. Reload the page and choose again.",
        Why::NothingChosen => "Choose at least one.",
        Why::MicrosoftSignInNeeded => {
            "This is done in the tenant as you. Sign in with Microsoft first: step 1."
        }
        Why::DirectoryRoleTooSmall => {
            "Microsoft refused: your directory role is too small for it. Make a link for this step and send it to a colleague who has the role."
        }
        Why::MicrosoftRefused => "Microsoft refused it. Try again, or do it by hand as the step describes.",
        Why::AppNotConfigured => {
            "The owner of the app has not entered its client ID and role yet. Ask them to."
        }
        Why::NoServiceUser => "Choose the service user first.",
        Why::NoConsent => "The app is not in the tenant yet. Consent for the tenant comes first.",
        Why::NotMadeHere => "This was not made here. Undo it where it was made: in Entra.",
        Why::LastOwner => "This is the last owner. Make somebody else an owner first.",
        Why::NoOwnerLeft => {
            "Nobody would be an owner any more: nobody could change anything here until whoever runs the server prints a one-time link."
        }
        Why::OwnRoleLost => "You would not be an owner any more: you could not take this back yourself.",
        Why::StaffDirectory => {
            "People of the app's own team come in by this directory. Stop using it on the People page first."
        }
        Why::NoTenantId => "A tenant ID looks like 00000000-0000-0000-0000-000000000000.",
        Why::NobodyThere => "This organization has no directory yet, so there is nobody to see.",
    },
    not_found: Told {
        title: "Nothing is here",
        why: "It was deleted, it never existed, or it belongs to somebody else.",
        what_to_do: "Check the address, or start from the list of organizations.",
    },
    forbidden: Told {
        title: "Your role may not do that",
        why: "Support sees every connection, and changes nothing.",
        what_to_do: "Ask an owner of the app to do it.",
    },
    needs_reason: Told {
        title: "Personal data is hidden",
        why: "Support sees personal data only for a reason, because these people are somebody else's.",
        what_to_do: "Say why you look. Your name, the reason and the time then stand in this organization's activity.",
    },
    unavailable: Told {
        title: "That did not work on our side",
        why: "Something here failed, most likely for a moment. Nothing was changed halfway.",
        what_to_do: "Try again in a minute. If it lasts, give support the reference.",
    },
    invalid: Told {
        title: "Something entered cannot be used",
        why: "A value does not have the form it needs.",
        what_to_do: "Correct it and send the form again.",
    },
    conflict: Told {
        title: "The present state stands in the way",
        why: "Something changed since the page was loaded, or must be done first.",
        what_to_do: "Reload the page and look at the present state.",
    },
    sign_in_again: Told {
        title: "Show once more who you are",
        why: "Tokens are made, replaced and ended only soon after signing in.",
        what_to_do: "Get a new one-time link, open it in this browser, and do it again.",
    },
    sign_in_again_within: |minutes| format!("This needs a sign-in of the last {minutes} minutes."),
    signed_out: Told {
        title: "You are not signed in",
        why: "There is no session in this browser, or it has ended.",
        what_to_do: "The way in is a one-time link. Whoever runs the server prints one:",
    },
    link_used: Told {
        title: "This link no longer works",
        why: "A one-time link opens once and only for a short while. This one was used, has expired, or was cut off while copying.",
        what_to_do: "Whoever runs the server prints a new one:",
    },
    reference: "Reference",
    command: "rollcall bootstrap-link",
    run_command: "Run this where the server runs.",
    open_link: "Open the link it prints in this browser. It works once.",
    come_back: "Come back to this page.",
    back: "Back",
    try_again: "Try again",
};
