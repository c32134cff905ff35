//! Support's looks at people's data, in German.

use crate::words::support_views::SupportViews;

pub(super) static WORDS: SupportViews = SupportViews {
    reason: "Warum sehen Sie nach?",
    reason_help: "Eine Ticketnummer oder die Frage an Sie. 3 bis 200 Zeichen.",
    how_long: "Wie lange?",
    minutes: |minutes| match minutes {
        0..60 => format!("{minutes} Minuten"),
        _ => format!("{} Stunden", minutes / 60),
    },
    begin: "Personenbezogene Daten zeigen",
    back: "Zurück zur Organisation",
    banner: "Sie sehen personenbezogene Daten dieser Organisation",
    because: "Grund:",
    ends: "Endet",
    end_now: "Jetzt beenden",
};
