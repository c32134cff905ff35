//! Users and groups, in German.

use crate::words::people::People;

pub(super) static WORDS: People = People {
    users: "Benutzer",
    groups: "Gruppen",
    search_users: "Nach Name, Benutzername oder E-Mail suchen",
    search_groups: "Nach Namen suchen",
    filter: "Zugriff",
    all: "Alle",
    active: "Aktiv",
    inactive: "Inaktiv",
    export_csv: "Als CSV ausgeben",
    name: "Name",
    user_name: "Benutzername",
    email: "E-Mail",
    access: "Zugriff",
    changed: "Geändert",
    count_users: |text, _| format!("{text} Benutzer"),
    count_groups: |text, n| {
        if n == 1 {
            "1 Gruppe".to_owned()
        } else {
            format!("{text} Gruppen")
        }
    },
    no_users_title: "Noch keine Benutzer",
    no_users_text: "Benutzer erscheinen hier von selbst, sobald der Anbieter des Verzeichnisses sie schickt. Der Verzeichnisabgleich nennt den nächsten Schritt.",
    no_groups_title: "Noch keine Gruppen",
    no_groups_text: "Gruppen erscheinen hier, wenn sie beim Anbieter zugewiesen sind. In Entra braucht das Microsoft Entra ID P1 oder P2.",
    go_to_sync: "Zum Verzeichnisabgleich",
    none_match: "Auf diese Suche passt niemand",
    show_all: "Alle zeigen",
    unnamed: "Kein Name geschickt",
    ids: "Drei IDs, nie vermischt",
    our_id: "ID hier",
    our_id_help: "Unsere. Der Anbieter merkt sie sich und nennt sie in jeder späteren Anfrage.",
    external_id: "externalId",
    external_id_help: "Die eigene ID des Anbieters, wie er sie schickte. Ein Etikett, nie ein Schlüssel.",
    object_id: "Entra-Objekt-ID",
    object_id_help: "Verbindet diesen Benutzer mit dem Menschen, der sich mit Microsoft anmeldet.",
    object_id_missing: "externalId ist keine Objekt-ID: In Entra aus objectId zuordnen, sonst finden Anmeldung und Bereitstellung nie zusammen.",
    group_external_id_help: "Die eigene ID des Anbieters. Entra schickt die Objekt-ID der Gruppe.",
    attributes: "Attribute",
    no_attributes: "Außer den Namen oben wurde nichts geschickt.",
    member_of: "Mitglied von",
    no_memberships: "Keine Gruppe. Mitgliedschaften kommen mit den Gruppen, die beim Anbieter zugewiesen sind.",
    history: "Verlauf",
    no_history: "Noch nichts verzeichnet.",
    last_sent: "Was der Anbieter zuletzt schickte",
    last_sent_none: "Keine Anfrage dazu ist aufbewahrt.",
    last_sent_how: |method| format!("{method}, ohne Kennwörter und Geheimnisse"),
    members: "Mitglieder",
    members_count: |text, n| {
        if n == 1 {
            "1 Mitglied".to_owned()
        } else {
            format!("{text} Mitglieder")
        }
    },
    no_members: "Keine Mitglieder. Entra schickt sie in einem zweiten Durchgang, nach den Benutzern.",
    nested: "Verschachtelte Gruppe, nicht aufgelöst",
    nested_count: |text, n| {
        if n == 1 {
            "1 verschachtelte Gruppe".to_owned()
        } else {
            format!("{text} verschachtelte Gruppen")
        }
    },
    nested_text: "Ihre Mitglieder bekommen über diese Gruppe keinen Zugriff. Auch Entra löst verschachtelte Gruppen nicht auf: Weisen Sie die verschachtelte Gruppe selbst zu.",
    created: "Angelegt",
    inactive_text: "Inaktiv: kein Zugriff. Alles bleibt erhalten, auch Mitgliedschaften, falls der Anbieter den Benutzer reaktiviert.",
};
