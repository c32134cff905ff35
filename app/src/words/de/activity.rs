//! Activity, in German.

use crate::words::activity::Activity;
use contract::activity::{Origin, Outcome, SubjectKind};

pub(super) static WORDS: Activity = Activity {
    title: "Aktivität",
    search: "Nach Namen suchen",
    outcome: "Ergebnis",
    any_outcome: "Jedes Ergebnis",
    outcome_word: |outcome| match outcome {
        Outcome::Ok => "Erledigt",
        Outcome::Refused => "Abgewiesen",
        Outcome::Failed => "Fehlgeschlagen",
    },
    changes_only: "Nur Änderungen",
    apply: "Anwenden",
    when: "Wann",
    what: "Was",
    subject: "Woran",
    result: "Ergebnis",
    changes: "Änderungen",
    origin: |origin| match origin {
        Origin::Scim => "Anbieter",
        Origin::Console => "Konsole",
        Origin::CommandLine => "Befehlszeile",
    },
    origin_label: "Durch",
    subject_kind: |kind| match kind {
        SubjectKind::User => "Benutzer",
        SubjectKind::Group => "Gruppe",
        SubjectKind::Directory => "Verzeichnis",
        SubjectKind::Token => "Token",
        SubjectKind::None => "",
    },
    action,
    times: |n| format!("{n}-mal"),
    changed: |text, _| format!("{text} geändert"),
    ignored: |text, _| format!("{text} übergangen"),
    empty_title: "Noch ist nichts geschehen",
    empty_text: "Jede Anfrage des Anbieters und jede Handlung in dieser Konsole wird hier verzeichnet: wann, was, mit welchem Ergebnis, und warum eine Abweisung.",
    none_match: "Auf diesen Filter passt nichts",
    show_all: "Alles zeigen",
    entry_changes: "Was sich änderte",
    entry_no_changes: "Nichts hat sich geändert.",
    attribute: "Attribut",
    old: "Vorher",
    new: "Nachher",
    not_set: "nicht gesetzt",
    entry_ignored: "Was übergangen wurde",
    entry_ignored_text: "Herausgehalten, damit es den Rest der Anfrage nicht scheitern lässt.",
    reason: "Warum",
    refused_title: "Warum abgewiesen wurde",
    refused_what_to_do: |status| match status {
        401 => {
            "Sehen Sie im Verzeichnisabgleich unter Token nach: Der Anbieter muss ein gültiges tragen. Im Zweifel rotieren und das neue eintragen."
        }
        403 => "Aktivieren Sie das Verzeichnis im Verzeichnisabgleich.",
        404 => {
            "Der Anbieter kennt eine ID, die es hier nicht mehr gibt. Starten Sie in Entra die Bereitstellung neu, damit er neu zuordnet."
        }
        409 => {
            "Ein anderer Benutzer oder eine andere Gruppe heißt schon so. Ändern Sie einen der beiden beim Anbieter, oder suchen Sie dort nach einer Dublette."
        }
        412 => {
            "Es hat sich zwischendurch geändert. Der Anbieter liest es neu und wiederholt die Anfrage von selbst."
        }
        413 => {
            "Die Anfrage ist zu groß. Lassen Sie den Anbieter weniger Mitglieder oder Attribute auf einmal schicken."
        }
        429 => "Zu viele Anfragen auf einmal. Der Anbieter wartet und kommt von selbst wieder.",
        _ => {
            "Berichtigen Sie das hier genannte Attribut in der Zuordnung des Anbieters und stellen Sie den Benutzer oder die Gruppe bei Bedarf bereit."
        }
    },
    failed_title: "Ein Fehler bei uns",
    failed_what_to_do: "Der Anbieter wurde gebeten wiederzukommen und versucht es von selbst. Dauert es an, nennen Sie dem Support das Kennzeichen.",
    request: "Die Anfrage",
    request_text: "Wie sie kam, ohne Kennwörter und Geheimnisse",
    no_request: "Sie hatte keinen Inhalt.",
    status: "HTTP-Status",
    duration: "Dauer",
    milliseconds: |n| format!("{n} ms"),
    reference: "Kennzeichen",
    entry_id: "Eintrag",
    counted: "Zusammen gezählt",
    whole_list: "Die ganze Aktivität",
};

fn action(word: &str) -> Option<&'static str> {
    Some(match word {
        "connection_test" => "Verbindungstest",
        "find_user" => "Benutzer suchen",
        "find_group" => "Gruppe suchen",
        "list_users" | "search_users" => "Benutzer auflisten",
        "list_groups" | "search_groups" => "Gruppen auflisten",
        "get_user" | "read_user" => "Benutzer lesen",
        "get_group" | "read_group" => "Gruppe lesen",
        "create_user" => "Benutzer anlegen",
        "update_user" | "patch_user" => "Benutzer ändern",
        "replace_user" | "put_user" => "Benutzer ersetzen",
        "disable_user" | "deactivate_user" => "Benutzer deaktivieren",
        "enable_user" | "activate_user" | "reactivate_user" => "Benutzer reaktivieren",
        "delete_user" => "Benutzer löschen",
        "create_group" => "Gruppe anlegen",
        "update_group" | "patch_group" => "Gruppe ändern",
        "rename_group" => "Gruppe umbenennen",
        "replace_group" | "put_group" => "Gruppe ersetzen",
        "delete_group" => "Gruppe löschen",
        "add_members" => "Mitglieder hinzufügen",
        "remove_members" => "Mitglieder entfernen",
        "replace_members" => "Mitglieder ersetzen",
        "discovery" => "Lesen, was unterstützt wird",
        "search" => "Suchen",
        "bulk" => "Mehreres auf einmal",
        "unauthorized" | "token_refused" | "authenticate" => "Token abgewiesen",
        "create_organization" => "Organisation anlegen",
        "rename_organization" => "Organisation umbenennen",
        "delete_organization" => "Organisation löschen",
        "create_directory" | "configure" => "Verzeichnis einrichten",
        "rename_directory" => "Verzeichnis umbenennen",
        "disable_directory" => "Verzeichnis deaktivieren",
        "enable_directory" => "Verzeichnis aktivieren",
        "delete_directory" => "Verzeichnis löschen",
        "create_token" => "Token erzeugen",
        "reveal_token" => "Token einmal zeigen",
        "revoke_token" => "Token widerrufen",
        "begin_support_view" => "Support sieht personenbezogene Daten ein",
        "end_support_view" => "Support beendet die Einsicht",
        _ => return None,
    })
}
