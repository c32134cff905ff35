//! Verdicts and checks, in German.

use crate::words::health::Health;
use contract::health::{CheckName, CheckResult, Verdict};

pub(super) static WORDS: Health = Health {
    verdict: |verdict| match verdict {
        Verdict::NotConfigured => "Nicht eingerichtet",
        Verdict::WaitingForFirstSync => "Wartet auf ersten Abgleich",
        Verdict::Healthy => "Gesund",
        Verdict::Degraded => "Beeinträchtigt",
        Verdict::Failing => "Gestört",
        Verdict::Stale => "Verstummt",
        Verdict::Paused => "Angehalten",
    },
    meaning: |verdict| match verdict {
        Verdict::NotConfigured => "Kein Verzeichnis ist angebunden.",
        Verdict::WaitingForFirstSync => "Hier eingerichtet; noch kein Benutzer ist angekommen.",
        Verdict::Healthy => "Alles, was kommen soll, kommt.",
        Verdict::Degraded => "Es läuft, und etwas verdient Aufmerksamkeit.",
        Verdict::Failing => "Es läuft nicht.",
        Verdict::Stale => "Still seit mehr als drei Bereitstellungszyklen.",
        Verdict::Paused => "Von einem Menschen deaktiviert. Alles darin bleibt erhalten.",
    },
    checks: "Prüfungen",
    name: |name| match name {
        CheckName::SwitchedOn => "Aktiviert",
        CheckName::Token => "Token gültig",
        CheckName::Accepted => "Token angenommen",
        CheckName::FirstUser => "Erster Benutzer",
        CheckName::Fresh => "In Verbindung",
        CheckName::Answered => "Anfragen beantwortet",
        CheckName::NoFaults => "Keine Fehler hier",
    },
    result: |result| match result {
        CheckResult::Good => "bestanden",
        CheckResult::Waiting => "wartet",
        CheckResult::Warning => "verdient Aufmerksamkeit",
        CheckResult::Bad => "nicht bestanden",
    },
    evidence,
    remedy,
};

fn evidence(name: CheckName, result: CheckResult, count: &str) -> String {
    match (name, result) {
        (CheckName::SwitchedOn, CheckResult::Bad) => {
            "Deaktiviert: der Anbieter wird mit 403 abgewiesen".to_owned()
        }
        (CheckName::SwitchedOn, _) => "Der Endpunkt antwortet".to_owned(),
        (CheckName::Token, CheckResult::Bad) => "Kein Token ist gültig".to_owned(),
        (CheckName::Token, CheckResult::Warning) => "Das letzte Token endet binnen 30 Tagen".to_owned(),
        (CheckName::Token, _) => format!("{count} von höchstens 2 gültig"),
        (CheckName::Accepted, CheckResult::Bad) => {
            format!("{count}-mal abgewiesen seit der letzten guten Anfrage")
        }
        (CheckName::Accepted, CheckResult::Waiting) => "Noch keine Anfrage mit einem Token".to_owned(),
        (CheckName::Accepted, _) => "Die letzte Anfrage trug ein gültiges Token".to_owned(),
        (CheckName::FirstUser, CheckResult::Waiting) => "Noch kein Benutzer ist angekommen".to_owned(),
        (CheckName::FirstUser, _) => "Ein Benutzer ist angekommen".to_owned(),
        (CheckName::Fresh, CheckResult::Waiting) => "Noch keine Anfrage".to_owned(),
        (CheckName::Fresh, CheckResult::Bad) => "Still seit mehr als drei Zyklen zu 40 Minuten".to_owned(),
        (CheckName::Fresh, _) => "Innerhalb dreier Zyklen gehört".to_owned(),
        (CheckName::Answered, CheckResult::Warning) => format!("{count} in der letzten Stunde abgewiesen"),
        (CheckName::Answered, CheckResult::Waiting) => "Noch keine Anfrage".to_owned(),
        (CheckName::Answered, _) => "Beantwortet wie gefragt".to_owned(),
        (CheckName::NoFaults, CheckResult::Good | CheckResult::Waiting) => {
            "Keine in der letzten Stunde".to_owned()
        }
        (CheckName::NoFaults, CheckResult::Warning) => {
            format!("{count} in der letzten Stunde, inzwischen vorbei")
        }
        (CheckName::NoFaults, CheckResult::Bad) => format!("{count} in der letzten Stunde"),
    }
}

fn remedy(name: CheckName, result: CheckResult) -> Option<&'static str> {
    match (name, result) {
        (_, CheckResult::Good | CheckResult::Waiting) => None,
        (CheckName::SwitchedOn, _) => {
            Some("Aktivieren Sie das Verzeichnis, um den Anbieter wieder einzulassen.")
        }
        (CheckName::Token, CheckResult::Warning) => {
            Some("Erzeugen Sie ein zweites Token und wechseln Sie, bevor das erste endet.")
        }
        (CheckName::Token, _) => Some("Erzeugen Sie ein Token und tragen Sie es beim Anbieter ein."),
        (CheckName::Accepted, _) => Some(
            "Erzeugen Sie ein zweites Token, tragen Sie es beim Anbieter ein und testen Sie die Verbindung.",
        ),
        (CheckName::FirstUser, _) => None,
        (CheckName::Fresh, _) => Some(
            "Sehen Sie nach, ob die Bereitstellung beim Anbieter eingeschaltet und nicht in Quarantäne ist.",
        ),
        (CheckName::Answered, _) => Some("Die Aktivität sagt zu jeder, was falsch war und was zu tun ist."),
        (CheckName::NoFaults, _) => Some(
            "Der Anbieter versucht es von selbst erneut. Dauert es an, suchen Sie das Kennzeichen im Protokoll.",
        ),
    }
}
