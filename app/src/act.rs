//! How an act ends. A form posts to a server function; the browser is sent on to a page that says what came of it,
//! in its address: `?done=…` with one word of [`Done`], or `?refused=…` with the act, the reason and the field.
//!
//! An address can be forged, so only words of ours and a short reference are ever read from it.

use crate::link::Link;
use contract::Refusal;
use contract::refusal::Why;
use leptos_router::params::ParamsMap;

/// What was done, as the next page tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each is the sentence it stands for; the catalogue holds it"
)]
pub enum Done {
    OrganizationMade,
    OrganizationRenamed,
    OrganizationDeleted,
    Configured,
    TokenMade,
    TokenRevoked,
    DirectoryRenamed,
    DirectoryDisabled,
    DirectoryEnabled,
    DirectoryDeleted,
    ServiceUserChosen,
    ServiceUserMade,
    RoleAssigned,
    Undone,
    Rechecked,
    SetupLinkMade,
    SetupLinkRevoked,
    InviteMade,
    InviteRevoked,
    MemberRemoved,
    SessionEnded,
    StaffDirectorySet,
    StaffGroupMapped,
    StaffDirectoryStopped,
    SupportViewEnded,
}

impl Done {
    /// All of them.
    pub const ALL: [(Done, &'static str); 25] = [
        (Done::OrganizationMade, "organization-made"),
        (Done::OrganizationRenamed, "organization-renamed"),
        (Done::OrganizationDeleted, "organization-deleted"),
        (Done::Configured, "configured"),
        (Done::TokenMade, "token-made"),
        (Done::TokenRevoked, "token-revoked"),
        (Done::DirectoryRenamed, "directory-renamed"),
        (Done::DirectoryDisabled, "directory-disabled"),
        (Done::DirectoryEnabled, "directory-enabled"),
        (Done::DirectoryDeleted, "directory-deleted"),
        (Done::ServiceUserChosen, "service-user-chosen"),
        (Done::ServiceUserMade, "service-user-made"),
        (Done::RoleAssigned, "role-assigned"),
        (Done::Undone, "undone"),
        (Done::Rechecked, "rechecked"),
        (Done::SetupLinkMade, "setup-link-made"),
        (Done::SetupLinkRevoked, "setup-link-revoked"),
        (Done::InviteMade, "invite-made"),
        (Done::InviteRevoked, "invite-revoked"),
        (Done::MemberRemoved, "member-removed"),
        (Done::SessionEnded, "session-ended"),
        (Done::StaffDirectorySet, "staff-directory-set"),
        (Done::StaffGroupMapped, "staff-group-mapped"),
        (Done::StaffDirectoryStopped, "staff-directory-stopped"),
        (Done::SupportViewEnded, "support-view-ended"),
    ];

    fn slug(self) -> &'static str {
        Done::ALL
            .iter()
            .find(|(done, _)| *done == self)
            .map_or("", |(_, slug)| slug)
    }
}

/// An act that a form can ask for, to tell on the page which form was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each names the server function it stands for")]
pub enum Act {
    CreateOrganization,
    RenameOrganization,
    DeleteOrganization,
    Configure,
    CreateToken,
    RevokeToken,
    RenameDirectory,
    DisableDirectory,
    EnableDirectory,
    DeleteDirectory,
    Recheck,
    ChooseServiceUser,
    CreateServiceUser,
    AssignRole,
    Undo,
    CreateSetupLink,
    RevokeSetupLink,
    Invite,
    RevokeInvite,
    RemoveMember,
    EndSession,
    UseStaffDirectory,
    MapStaffGroup,
    StopStaffDirectory,
    BeginSupportView,
    EndSupportView,
}

impl Act {
    const ALL: [(Act, &'static str); 26] = [
        (Act::CreateOrganization, "create-organization"),
        (Act::RenameOrganization, "rename-organization"),
        (Act::DeleteOrganization, "delete-organization"),
        (Act::Configure, "configure"),
        (Act::CreateToken, "create-token"),
        (Act::RevokeToken, "revoke-token"),
        (Act::RenameDirectory, "rename-directory"),
        (Act::DisableDirectory, "disable-directory"),
        (Act::EnableDirectory, "enable-directory"),
        (Act::DeleteDirectory, "delete-directory"),
        (Act::Recheck, "recheck"),
        (Act::ChooseServiceUser, "choose-service-user"),
        (Act::CreateServiceUser, "create-service-user"),
        (Act::AssignRole, "assign-role"),
        (Act::Undo, "undo"),
        (Act::CreateSetupLink, "create-setup-link"),
        (Act::RevokeSetupLink, "revoke-setup-link"),
        (Act::Invite, "invite"),
        (Act::RevokeInvite, "revoke-invite"),
        (Act::RemoveMember, "remove-member"),
        (Act::EndSession, "end-session"),
        (Act::UseStaffDirectory, "use-staff-directory"),
        (Act::MapStaffGroup, "map-staff-group"),
        (Act::StopStaffDirectory, "stop-staff-directory"),
        (Act::BeginSupportView, "begin-support-view"),
        (Act::EndSupportView, "end-support-view"),
    ];

    /// The word for it in an address.
    pub fn slug(self) -> &'static str {
        Act::ALL
            .iter()
            .find(|(act, _)| *act == self)
            .map_or("", |(_, slug)| slug)
    }
}

/// The parameters by which an address tells of the act before.
pub const TOLD: [&str; 8] = [
    "done",
    "made",
    "refused",
    "because",
    "why",
    "within",
    "reference",
    "entered",
];

/// What a page's address says of the act before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It was done.
    Done(Done),
    /// It was refused.
    Refused(Refused),
}

/// An act that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Which act.
    pub act: Act,
    /// Why.
    pub refusal: Refusal,
    /// What stood in the form's text field, to be put there again.
    pub entered: String,
}

/// The page to show when all went well.
pub fn done(link: Link, done: Done) -> Link {
    link.with("done", done.slug())
}

/// The page to show when the act was refused, with what had been entered.
pub fn refused(link: Link, act: Act, refusal: &Refusal, entered: &str) -> Link {
    let entered: String = entered.chars().take(200).collect();
    let link = link.with("refused", act.slug()).with("entered", &entered);
    match refusal {
        Refusal::NotSignedIn => link.with("because", "not-signed-in"),
        // No act asks for people's data.
        Refusal::Forbidden | Refusal::NeedsReason { .. } => link.with("because", "forbidden"),
        Refusal::NotFound => link.with("because", "not-found"),
        Refusal::SignInAgain { within_minutes } => link
            .with("because", "sign-in-again")
            .with("within", &within_minutes.to_string()),
        Refusal::Invalid { why, .. } => link.with("because", "invalid").with("why", why_slug(*why)),
        Refusal::Conflict { why } => link.with("because", "conflict").with("why", why_slug(*why)),
        Refusal::Unavailable { reference } => {
            link.with("because", "unavailable").with("reference", reference)
        }
    }
}

/// Reads back what the address says of the act before.
pub fn ending(query: &ParamsMap) -> Option<Ending> {
    if let Some(slug) = query.get_str("done") {
        return Done::ALL
            .iter()
            .find(|(_, word)| *word == slug)
            .map(|(done, _)| Ending::Done(*done));
    }
    let slug = query.get_str("refused")?;
    let act = Act::ALL.iter().find(|(_, word)| *word == slug)?.0;
    let entered = query.get_str("entered").unwrap_or_default().to_owned();
    Some(Ending::Refused(Refused {
        act,
        refusal: refusal(query)?,
        entered,
    }))
}

/// Of an ending, only a refusal of this act.
pub fn refusal_of(ending: Option<&Ending>, act: Act) -> Option<Refused> {
    match ending {
        Some(Ending::Refused(refused)) if refused.act == act => Some(refused.clone()),
        _ => None,
    }
}

fn refusal(query: &ParamsMap) -> Option<Refusal> {
    let why = || {
        WHYS.into_iter()
            .find(|why| query.get_str("why") == Some(why_slug(*why)))
    };
    Some(match query.get_str("because")? {
        "not-signed-in" => Refusal::NotSignedIn,
        "forbidden" => Refusal::Forbidden,
        "not-found" => Refusal::NotFound,
        "sign-in-again" => Refusal::SignInAgain {
            within_minutes: query.get_str("within")?.parse().ok()?,
        },
        "invalid" => Refusal::invalid("", why()?),
        "conflict" => Refusal::Conflict { why: why()? },
        "unavailable" => Refusal::Unavailable {
            reference: reference(query.get_str("reference").unwrap_or_default()),
        },
        _ => return None,
    })
}

/// A reference is a short plain word; whatever else stands there is not one of ours.
pub fn reference(text: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    if text.len() <= 64 && text.chars().all(plain) {
        text.to_owned()
    } else {
        String::new()
    }
}

const WHYS: [Why; 24] = [
    Why::Empty,
    Why::TooLong,
    Why::TooShort,
    Why::BadCharacters,
    Why::NameTaken,
    Why::NameDoesNotMatch,
    Why::TwoTokensAlive,
    Why::DirectoryDisabled,
    Why::InThePast,
    Why::NotOffered,
    Why::NothingChosen,
    Why::MicrosoftSignInNeeded,
    Why::DirectoryRoleTooSmall,
    Why::MicrosoftRefused,
    Why::AppNotConfigured,
    Why::NoServiceUser,
    Why::NoConsent,
    Why::NotMadeHere,
    Why::LastOwner,
    Why::NoOwnerLeft,
    Why::OwnRoleLost,
    Why::StaffDirectory,
    Why::NoTenantId,
    Why::NobodyThere,
];

fn why_slug(why: Why) -> &'static str {
    match why {
        Why::Empty => "empty",
        Why::TooLong => "too-long",
        Why::TooShort => "too-short",
        Why::BadCharacters => "bad-characters",
        Why::NameTaken => "name-taken",
        Why::NameDoesNotMatch => "name-does-not-match",
        Why::TwoTokensAlive => "two-tokens-alive",
        Why::DirectoryDisabled => "directory-disabled",
        Why::InThePast => "in-the-past",
        Why::NotOffered => "not-offered",
        Why::NothingChosen => "nothing-chosen",
        Why::MicrosoftSignInNeeded => "microsoft-sign-in-needed",
        Why::DirectoryRoleTooSmall => "directory-role-too-small",
        Why::MicrosoftRefused => "microsoft-refused",
        Why::AppNotConfigured => "app-not-configured",
        Why::NoServiceUser => "no-service-user",
        Why::NoConsent => "no-consent",
        Why::NotMadeHere => "not-made-here",
        Why::LastOwner => "last-owner",
        Why::NoOwnerLeft => "no-owner-left",
        Why::OwnRoleLost => "own-role-lost",
        Why::StaffDirectory => "staff-directory",
        Why::NoTenantId => "no-tenant-id",
        Why::NobodyThere => "nobody-there",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(link: &Link) -> ParamsMap {
        let href = link.clone().href();
        let mut map = ParamsMap::new();
        for pair in href.split_once('?').expect("a query").1.split('&') {
            let (name, value) = pair.split_once('=').expect("a value");
            map.insert(name.to_owned(), value.to_owned());
        }
        map
    }

    #[test]
    fn every_done_and_every_refusal_reads_back() {
        for (word, _) in Done::ALL {
            assert_eq!(
                ending(&query(&done(Link::to("/x"), word))),
                Some(Ending::Done(word))
            );
        }
        let mut refusals = vec![
            Refusal::NotSignedIn,
            Refusal::Forbidden,
            Refusal::NotFound,
            Refusal::SignInAgain { within_minutes: 10 },
            Refusal::Unavailable {
                reference: "req-12.ab".to_owned(),
            },
        ];
        for why in WHYS {
            refusals.extend([Refusal::invalid("", why), Refusal::Conflict { why }]);
        }
        for (act, _) in Act::ALL {
            for refusal in &refusals {
                let link = refused(Link::to("/x"), act, refusal, "Acme");
                let expected = Refused {
                    act,
                    refusal: refusal.clone(),
                    entered: "Acme".to_owned(),
                };
                assert_eq!(ending(&query(&link)), Some(Ending::Refused(expected)));
            }
        }
    }

    #[test]
    fn a_forged_address_says_nothing_of_its_own() {
        let forged = refused(
            Link::to("/x"),
            Act::Configure,
            &Refusal::Unavailable {
                reference: "call +1-555 now!".to_owned(),
            },
            "",
        );
        let Some(Ending::Refused(read)) = ending(&query(&forged)) else {
            panic!("a refusal")
        };
        assert_eq!(
            read.refusal,
            Refusal::Unavailable {
                reference: String::new()
            }
        );
        assert_eq!(ending(&query(&Link::to("/x").with("done", "send-money"))), None);
    }
}
