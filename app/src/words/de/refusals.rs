//! Refusals, in German.

use crate::act::{Act, Done};
use crate::words::refusals::{Refusals, Told};
use contract::refusal::Why;

pub(super) static WORDS: Refusals = Refusals {
    done: |done| match done {
        Done::OrganizationMade => "Organisation angelegt. Binden Sie als Nächstes ihr Verzeichnis an.",
        Done::OrganizationRenamed => "Organisation umbenannt.",
        Done::OrganizationDeleted => "Organisation gelöscht, mit allem darin.",
        Done::Configured => "Verzeichnis eingerichtet. Tragen Sie die beiden Werte unten beim Anbieter ein.",
        Done::TokenMade => "Zweites Token erzeugt. Das erste gilt weiter, bis Sie es widerrufen.",
        Done::TokenRevoked => "Token widerrufen. Anfragen damit werden ab jetzt abgewiesen.",
        Done::DirectoryRenamed => "Verzeichnis umbenannt.",
        Done::DirectoryDisabled => {
            "Verzeichnis deaktiviert. Der Anbieter wird abgewiesen; alles darin bleibt erhalten."
        }
        Done::DirectoryEnabled => "Verzeichnis aktiviert. Der Anbieter bekommt wieder Antwort.",
        Done::DirectoryDeleted => "Verzeichnis gelöscht, mit Benutzern, Gruppen, Token und Verlauf.",
        Done::ServiceUserChosen => "Dienstbenutzer gewählt.",
        Done::ServiceUserMade => "Dienstbenutzer angelegt und gewählt.",
        Done::RoleAssigned => {
            "Microsoft hat die Zuweisung angenommen. Der Schritt ist erledigt, sobald Microsoft sie zeigt."
        }
        Done::Undone => "Im Tenant zurückgenommen.",
        Done::Rechecked => "Alle Tatsachen wurden neu bei Microsoft gelesen.",
        Done::SetupLinkMade => {
            "Einrichtungslink erzeugt. Kopieren Sie ihn jetzt, er wird nur dieses Mal gezeigt."
        }
        Done::SetupLinkRevoked => "Einrichtungslink widerrufen. Wer damit hereinkam, ist abgemeldet.",
        Done::InviteMade => "Einladung erzeugt. Kopieren Sie sie jetzt, sie wird nur dieses Mal gezeigt.",
        Done::InviteRevoked => "Einladung widerrufen.",
        Done::MemberRemoved => "Aus dem Team entfernt. Alle zugehörigen Sitzungen sind beendet.",
        Done::StaffDirectorySet => {
            "Personen kommen nun aus diesem Verzeichnis. Wählen Sie als Nächstes seine Gruppen."
        }
        Done::StaffGroupMapped => "Was die Gruppe bedeutet, wurde geändert. Es gilt ab sofort.",
        Done::StaffDirectoryStopped => {
            "Personen kommen aus keinem Verzeichnis mehr. Wer nur durch eine Gruppe hereinkam, ist draußen."
        }
        Done::SupportViewEnded => "Sie sehen die personenbezogenen Daten dieser Organisation nicht mehr.",
        Done::SessionEnded => "Sitzung beendet.",
    },
    not_done: |act| match act {
        Act::CreateOrganization => "Die Organisation wurde nicht angelegt",
        Act::RenameOrganization => "Die Organisation wurde nicht umbenannt",
        Act::DeleteOrganization => "Die Organisation wurde nicht gelöscht",
        Act::Configure => "Das Verzeichnis wurde nicht eingerichtet",
        Act::CreateToken => "Das Token wurde nicht erzeugt",
        Act::RevokeToken => "Das Token wurde nicht widerrufen",
        Act::RenameDirectory => "Das Verzeichnis wurde nicht umbenannt",
        Act::DisableDirectory => "Das Verzeichnis wurde nicht deaktiviert",
        Act::EnableDirectory => "Das Verzeichnis wurde nicht aktiviert",
        Act::DeleteDirectory => "Das Verzeichnis wurde nicht gelöscht",
        Act::Recheck => "Die Tatsachen wurden nicht neu gelesen",
        Act::ChooseServiceUser => "Der Dienstbenutzer wurde nicht gewählt",
        Act::CreateServiceUser => "Der Dienstbenutzer wurde nicht angelegt",
        Act::AssignRole => "Die App-Rolle wurde nicht zugewiesen",
        Act::Undo => "Es wurde nichts zurückgenommen",
        Act::CreateSetupLink => "Der Einrichtungslink wurde nicht erzeugt",
        Act::RevokeSetupLink => "Der Einrichtungslink wurde nicht widerrufen",
        Act::Invite => "Die Einladung wurde nicht erzeugt",
        Act::RevokeInvite => "Die Einladung wurde nicht widerrufen",
        Act::RemoveMember => "Niemand wurde entfernt",
        Act::UseStaffDirectory => "Das Verzeichnis wurde nicht gewählt",
        Act::MapStaffGroup => "Die Gruppe wurde nicht geändert",
        Act::StopStaffDirectory => "Das Verzeichnis wird weiterhin benutzt",
        Act::BeginSupportView => "Die personenbezogenen Daten bleiben verborgen",
        Act::EndSupportView => "Die personenbezogenen Daten sind weiter sichtbar",
        Act::EndSession => "Die Sitzung wurde nicht beendet",
    },
    why: |why| match why {
        Why::Empty => "Geben Sie einen Namen ein.",
        Why::TooLong => "Das ist zu lang. Höchstens 200 Zeichen.",
        Why::TooShort => "Das ist zu kurz. Sagen Sie es in ein paar Worten.",
        Why::BadCharacters => {
            "Steuerzeichen und Zeichen, die die Schreibrichtung ändern, gehen hier nicht. Tippen Sie den Namen neu."
        }
        Why::NameTaken => "Etwas mit diesem Namen gibt es schon. Wählen Sie einen anderen.",
        Why::NameDoesNotMatch => "Das ist nicht der Name. Geben Sie ihn genau so ein, wie er oben steht.",
        Why::TwoTokensAlive => {
            "Zwei Token sind schon gültig, mehr sind nicht erlaubt. Widerrufen Sie erst eines."
        }
        Why::DirectoryDisabled => "Das Verzeichnis ist deaktiviert. Aktivieren Sie es zuerst.",
        Why::InThePast => "Dieser Tag ist vorbei. Wählen Sie einen späteren oder keinen.",
        Why::NotOffered => {
            "Das ist keiner der angebotenen Werte. Laden Sie die Seite neu und wählen Sie erneut."
        }
        Why::NothingChosen => "Wählen Sie mindestens eines.",
        Why::MicrosoftSignInNeeded => {
            "Das geschieht im Tenant in Ihrem Namen. Melden Sie sich zuerst bei Microsoft an: Schritt 1."
        }
        Why::DirectoryRoleTooSmall => {
            "Microsoft hat es abgelehnt: Ihre Verzeichnisrolle reicht dafür nicht. Erzeugen Sie einen Link für diesen Schritt und senden Sie ihn einem Kollegen mit der Rolle."
        }
        Why::MicrosoftRefused => {
            "Microsoft hat es abgelehnt. Versuchen Sie es erneut, oder gehen Sie von Hand vor, wie der Schritt es beschreibt."
        }
        Why::AppNotConfigured => {
            "Der Eigentümer der App hat ihre Client-ID und Rolle noch nicht eingetragen. Bitten Sie ihn darum."
        }
        Why::NoServiceUser => "Wählen Sie zuerst den Dienstbenutzer.",
        Why::NoConsent => "Die App ist noch nicht im Tenant. Zuerst kommt die Zustimmung für den Tenant.",
        Why::NotMadeHere => {
            "Das wurde nicht hier gemacht. Nehmen Sie es dort zurück, wo es gemacht wurde: in Entra."
        }
        Why::NoOwnerLeft => {
            "Niemand wäre mehr Eigentümer: Niemand könnte hier etwas ändern, bis der Betreiber des Servers einen Einmal-Link ausgibt."
        }
        Why::OwnRoleLost => "Sie wären nicht mehr Eigentümer: Sie könnten es nicht selbst zurücknehmen.",
        Why::StaffDirectory => {
            "Durch dieses Verzeichnis kommt das Team der App herein. Beenden Sie das zuerst auf der Seite „Personen“."
        }
        Why::NoTenantId => "Eine Tenant-ID sieht so aus: 00000000-0000-0000-0000-000000000000.",
        Why::NobodyThere => "Diese Organisation hat noch kein Verzeichnis, also ist niemand zu sehen.",
        Why::LastOwner => "Das ist der letzte Eigentümer. Machen Sie zuerst jemand anderen zum Eigentümer.",
    },
    not_found: Told {
        title: "Hier ist nichts",
        why: "Es wurde gelöscht, gab es nie, oder gehört jemand anderem.",
        what_to_do: "Prüfen Sie die Adresse, oder beginnen Sie bei der Liste der Organisationen.",
    },
    forbidden: Told {
        title: "Ihre Rolle darf das nicht",
        why: "Der Support sieht jede Verbindung und ändert nichts.",
        what_to_do: "Bitten Sie einen Eigentümer der App darum.",
    },
    needs_reason: Told {
        title: "Personenbezogene Daten sind verborgen",
        why: "Der Support sieht personenbezogene Daten nur aus einem Grund, denn es sind die Leute eines anderen.",
        what_to_do: "Sagen Sie, warum Sie nachsehen. Ihr Name, der Grund und die Zeit stehen dann in der Aktivität dieser Organisation.",
    },
    unavailable: Told {
        title: "Das ging bei uns schief",
        why: "Hier ist etwas fehlgeschlagen, wahrscheinlich nur kurz. Nichts wurde halb geändert.",
        what_to_do: "Versuchen Sie es in einer Minute erneut. Dauert es an, nennen Sie dem Support das Kennzeichen.",
    },
    invalid: Told {
        title: "Eine Eingabe passt nicht",
        why: "Ein Wert hat nicht die Form, die er braucht.",
        what_to_do: "Berichtigen Sie ihn und senden Sie das Formular erneut.",
    },
    conflict: Told {
        title: "Der jetzige Stand steht dem entgegen",
        why: "Etwas hat sich geändert, seit die Seite geladen wurde, oder muss zuerst geschehen.",
        what_to_do: "Laden Sie die Seite neu und sehen Sie den jetzigen Stand an.",
    },
    sign_in_again: Told {
        title: "Zeigen Sie noch einmal, wer Sie sind",
        why: "Token werden nur kurz nach einer Anmeldung erzeugt, ersetzt und beendet.",
        what_to_do: "Holen Sie einen neuen Einmal-Link, öffnen Sie ihn in diesem Browser und wiederholen Sie es.",
    },
    sign_in_again_within: |minutes| format!("Dafür braucht es eine Anmeldung der letzten {minutes} Minuten."),
    signed_out: Told {
        title: "Sie sind nicht angemeldet",
        why: "In diesem Browser gibt es keine Sitzung, oder sie ist zu Ende.",
        what_to_do: "Herein führt ein Einmal-Link. Wer den Server betreibt, druckt einen:",
    },
    link_used: Told {
        title: "Dieser Link gilt nicht mehr",
        why: "Ein Einmal-Link öffnet einmal und nur für kurze Zeit. Dieser wurde benutzt, ist abgelaufen oder beim Kopieren abgeschnitten worden.",
        what_to_do: "Wer den Server betreibt, druckt einen neuen:",
    },
    reference: "Kennzeichen",
    command: "rollcall bootstrap-link",
    run_command: "Führen Sie das dort aus, wo der Server läuft.",
    open_link: "Öffnen Sie den gedruckten Link in diesem Browser. Er gilt einmal.",
    come_back: "Kommen Sie zu dieser Seite zurück.",
    back: "Zurück",
    try_again: "Erneut versuchen",
};
