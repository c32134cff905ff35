//! Organizations, in German.

use crate::words::organizations::Organizations;

pub(super) static WORDS: Organizations = Organizations {
    title: "Organisationen",
    search: "Nach Namen suchen",
    new: "Neue Organisation",
    name: "Organisation",
    health: "Zustand",
    users: "Benutzer",
    groups: "Gruppen",
    last_activity: "Letzte Aktivität",
    steps: "Schritte",
    steps_done: |done, of| format!("{done} von {of}"),
    app: "App",
    count: |text, n| {
        if n == 1 {
            "1 Organisation".to_owned()
        } else {
            format!("{text} Organisationen")
        }
    },
    empty_title: "Noch keine Organisationen",
    empty_text: "Eine Organisation ist ein Kunde Ihrer App. Legen Sie eine an, binden Sie ihr Verzeichnis an, und ihre Benutzer erscheinen hier von selbst.",
    none_found: |search| format!("Keine Organisation heißt „{search}“"),
    clear_search: "Alle Organisationen zeigen",
    new_title: "Neue Organisation",
    new_text: "Ein Kunde Ihrer App. Danach folgt sein Verzeichnis.",
    name_label: "Name",
    name_help: "So, wie Ihr Kunde ihn schreibt. Später änderbar.",
    app_label: "App",
    app_help: "Welche Ihrer Apps dieser Kunde nutzt.",
    create: "Organisation anlegen",
    tabs: "Organisation",
    tab_directory_sync: "Verzeichnisabgleich",
    tab_users: "Benutzer",
    tab_groups: "Gruppen",
    tab_activity: "Aktivität",
    more: "Mehr",
    rename: "Umbenennen…",
    rename_title: "Organisation umbenennen",
    rename_do: "Organisation umbenennen",
    delete: "Löschen…",
    delete_title: |name| format!("{name} löschen?"),
    delete_text: |directories, users, groups| {
        format!(
            "Das löscht {directories}, {users} und {groups}, dazu jedes Token und den ganzen Verlauf. Der Anbieter wird von da an abgewiesen. Es lässt sich nicht rückgängig machen."
        )
    },
    delete_label: |name| format!("Zur Bestätigung „{name}“ eingeben"),
    delete_do: "Organisation löschen",
};
