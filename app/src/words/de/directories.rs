//! Directories, in German.

use crate::words::directories::Directories;
use contract::directories::Provider;

pub(super) static WORDS: Directories = Directories {
    title: "Verzeichnisabgleich",
    where_title: |organization| format!("Wo führt {organization} seine Leute?"),
    where_text: "Der Identitätsanbieter schickt Benutzer und Gruppen über SCIM an einen Endpunkt, der nur ihm gehört.",
    guided: "Zehn Schritte, jeder belegt",
    generic: "Kurze SCIM-Anleitung",
    not_listed: "Nicht dabei?",
    any_scim: "Jeder Anbieter, der SCIM 2.0 spricht",
    configure_title: |provider| format!("{provider} anbinden"),
    configure_makes: |organization| {
        format!("Erzeugt eine Endpunkt-URL und ein Bearer-Token, nur für {organization}.")
    },
    configure_once: "Zeigt das Token ein einziges Mal. Hier bleibt nur sein Hash; halten Sie die Seite des Anbieters offen, um es einzutragen.",
    configure_reads: |provider| match provider {
        Provider::EntraId => {
            "Liest nichts aus dem Mandanten. Entra schickt die zugewiesenen Benutzer und Gruppen, sonst nichts."
        }
        _ => "Liest nichts beim Anbieter. Er schickt die zugewiesenen Benutzer und Gruppen, sonst nichts.",
    },
    needs: "Was der Administrator des Kunden braucht",
    needs_entra: [
        "In Microsoft Entra: die Rolle **Anwendungsadministrator** oder **Cloudanwendungsadministrator**.",
        "Um Gruppen zuzuweisen: **Microsoft Entra ID P1** oder P2. Einzelne Benutzer brauchen keine Lizenz.",
    ],
    needs_other: "Das Recht, beim Anbieter die SCIM-Bereitstellung einzurichten.",
    configure: "Einrichten",
    other_provider: "Anderen Anbieter wählen",
    all_directories: "Verzeichnisse dieser Organisation",
    connect_another: "Weiteren Anbieter anbinden",
    last_request: "Letzte Anfrage",
    no_request: "Noch keine Anfrage",
    have_access: |users, groups| format!("{users} · {groups} haben Zugriff"),
    users: |text, _| format!("{text} Benutzer"),
    groups: |text, n| {
        if n == 1 {
            "1 Gruppe".to_owned()
        } else {
            format!("{text} Gruppen")
        }
    },
    tokens_count: |text, _| format!("{text} Token"),
    directories: |text, n| {
        if n == 1 {
            "1 Verzeichnis".to_owned()
        } else {
            format!("{text} Verzeichnisse")
        }
    },
    inactive_kept: |n| format!("{n} inaktiv, ohne Zugriff aufbewahrt"),
    requests_title: "Anfragen, letzte 24 Stunden",
    requests_label: |total, peak| format!("{total} Anfragen in 24 Stunden, höchstens {peak} in einer Stunde"),
    endpoint_url: "Endpunkt-URL",
    pasted_as: |field| format!("In Entra: {field}"),
    directory_id: "Verzeichnis-ID",
    created: "Angelegt",
    secret_title: |provider| format!("Diese beiden Werte in {provider} eintragen"),
    secret_text: "Das Bearer-Token wird nur dieses eine Mal gezeigt. Hier bleibt nur sein Hash; niemand kann es noch einmal zeigen.",
    bearer_token: "Bearer-Token",
    stored: "Ich habe es gespeichert",
    stored_text: "Geht es verloren, rotieren Sie: Ein zweites Token tritt ohne Lücke an seine Stelle.",
    tokens: "Token",
    tokens_alive: |n| format!("{n} von 2"),
    token_name: "Token",
    token_ends_with: |last4| format!("endet auf {last4}"),
    token_created: "Erzeugt",
    token_used: "Zuletzt benutzt",
    token_unused: "noch nicht benutzt",
    token_expires: "Läuft ab",
    token_no_expiry: "läuft nicht ab",
    token_alive: "Gültig",
    token_revoked: "Widerrufen",
    token_expired: "Abgelaufen",
    rotate: "Token rotieren…",
    rotate_title: "Token rotieren",
    rotate_steps: |provider| match provider {
        Provider::EntraId => [
            "Ein zweites Token entsteht. Das benutzte gilt weiter.",
            "Tragen Sie das zweite in Entra als **Geheimes Token** ein, testen Sie die Verbindung und speichern Sie.",
            "Sobald es hier als benutzt erscheint, widerrufen Sie das erste.",
        ],
        _ => [
            "Ein zweites Token entsteht. Das benutzte gilt weiter.",
            "Tragen Sie das zweite beim Anbieter ein und speichern Sie.",
            "Sobald es hier als benutzt erscheint, widerrufen Sie das erste.",
        ],
    },
    rotate_name: |date| format!("Token vom {date}"),
    rotate_name_help: "Um es vom anderen zu unterscheiden.",
    rotate_expires: "Läuft ab am",
    rotate_expires_help: "Für Entra besser nie: Endet sein Token, setzt Entra die Bereitstellung in Quarantäne.",
    rotate_do: "Zweites Token erzeugen",
    rotate_full: "Zwei Token sind gültig, mehr gibt es nicht. Widerrufen Sie eines, um ein neues zu erzeugen.",
    revoke: "Widerrufen…",
    revoke_title: |name| format!("{name} widerrufen?"),
    revoke_other: "Anfragen damit werden binnen einer Sekunde abgewiesen. Das andere Token gilt weiter.",
    revoke_last: "Es ist das einzige gültige Token. Ab der nächsten Anfrage wird der Anbieter abgewiesen, Benutzer kommen nicht mehr an, und Entra setzt die Bereitstellung in Quarantäne.",
    revoke_in_use: |ago| {
        format!("Der Anbieter hat es {ago} benutzt. Stellen Sie sicher, dass dort das andere Token steht.")
    },
    revoke_do: "Token widerrufen",
    acts: "Verwalten",
    rename: "Umbenennen…",
    rename_title: "Verzeichnis umbenennen",
    rename_label: "Name",
    rename_help: "Steht hier und in der Aktivität. Der Anbieter sieht ihn nicht.",
    rename_do: "Verzeichnis umbenennen",
    disable: "Deaktivieren…",
    disable_title: |name| format!("{name} deaktivieren?"),
    disable_text: "Der Anbieter wird mit 403 abgewiesen, bis Sie es wieder aktivieren. Benutzer, Gruppen und Token bleiben, wie sie sind. Hält es an, setzt Entra die Bereitstellung in Quarantäne.",
    disable_do: "Verzeichnis deaktivieren",
    enable: "Verzeichnis aktivieren",
    disabled_title: "Dieses Verzeichnis ist deaktiviert",
    disabled_text: "Der Anbieter wird mit 403 abgewiesen. Benutzer, Gruppen und Token bleiben, wie sie sind.",
    delete: "Löschen…",
    delete_title: |name| format!("{name} löschen?"),
    delete_text: |users, groups, tokens| {
        format!(
            "Das löscht {users}, {groups} und {tokens}, dazu den ganzen Verlauf. Die Endpunkt-URL antwortet nicht mehr. Es lässt sich nicht rückgängig machen."
        )
    },
    delete_alternative: "Um den Anbieter anzuhalten und alles zu behalten, deaktivieren Sie es stattdessen.",
    delete_label: |name| format!("Zur Bestätigung „{name}“ eingeben"),
    delete_do: "Verzeichnis löschen",
};
