//! Checklists and steps, in German. Microsoft's names as its German pages spell them.

use crate::words::onboarding::{Onboarding, Step};
use contract::onboarding::{Evidence, Failure, StepId, StepState};

pub(super) static WORDS: Onboarding = Onboarding {
    title: |provider| format!("{provider} einrichten"),
    progress: |done, of| format!("{done} von {of} erledigt"),
    all_done: "Jeder Schritt ist belegt. Es bleibt nichts zu tun.",
    state: |state| match state {
        StepState::ToDo => "zu tun",
        StepState::Checking => "wird geprüft",
        StepState::Done { .. } => "erledigt",
        StepState::WaitingForMicrosoft => "wartet auf Microsoft",
        StepState::Failed { .. } => "fehlgeschlagen",
        StepState::NotNeeded => "nicht nötig",
    },
    evidence: |evidence, number| match evidence {
        Evidence::FirstRequest => "Eine Anfrage mit gültigem Token ist angekommen".to_owned(),
        Evidence::ConnectionTest => "Ein Verbindungstest ist angekommen und beantwortet".to_owned(),
        Evidence::FirstUser => "Ein Benutzer ist angekommen".to_owned(),
        Evidence::ObjectIds { with, of } => {
            format!(
                "{} von {} Benutzern tragen ihre Objekt-ID",
                number(*with),
                number(*of)
            )
        }
        Evidence::OnDemand { name } => format!("{name} kam allein an"),
        Evidence::Cycle => "Ein Bereitstellungszyklus ist gelaufen".to_owned(),
        Evidence::People { users, groups } => {
            format!(
                "{} aktive Benutzer und {} Gruppen sind da",
                number(*users),
                number(*groups)
            )
        }
    },
    step,
    failed: "Was schiefging",
    reason: |failure| match failure {
        Failure::TokenRefused => {
            "Jemand hat diesen Endpunkt mit einem Token gerufen, das nicht oder nicht mehr gilt.".to_owned()
        }
        Failure::ExternalIdIsNotObjectId { without, of } => {
            format!(
                "{without} von {of} Benutzern kamen mit einer externalId, die keine Objekt-ID ist. Entras Vorgabe schickt mailNickname."
            )
        }
    },
    remedy: |failure| match failure {
        Failure::TokenRefused => {
            "Rotieren Sie unten das Token, tragen Sie das neue als **Geheimes Token** ein und wählen Sie **Verbindung testen**. Achten Sie darauf, dass beim Kopieren nichts abgeschnitten wurde."
        }
        Failure::ExternalIdIsNotObjectId { .. } => {
            "Ändern Sie die Zuordnung wie hier gezeigt, speichern Sie, dann **Bereitstellung neu starten**, damit schon geschickte Benutzer noch einmal kommen."
        }
    },
    waiting: "Auf Ihrer Seite erledigt. Entra schickt Benutzer mit dem nächsten Zyklus, alle 40 Minuten; Bei Bedarf bereitstellen schickt einen sofort.",
    not_needed: "Ein späterer Schritt hat diesen überholt.",
    values: "Werte zum Eintragen",
    source: "Quellattribut",
    target: "Zielattribut",
    open_new_app: "Microsoft Entra öffnen: App-Katalog",
    open_apps: "Microsoft Entra öffnen: Unternehmensanwendungen",
    see_users: "Benutzer ansehen",
    app_name: "Name der Anwendung",
    tenant_url: "Mandanten-URL",
    secret_token: "Geheimes Token",
    token_hidden: "Wurde beim Erzeugen einmal gezeigt. Verloren? Unten rotieren.",
    change_from: "Entras Vorgabe",
    change_to: "Ändern in",
};

fn step(id: StepId) -> Step {
    match id {
        StepId::CreateEnterpriseApp => Step {
            title: "Unternehmensanwendung anlegen",
            why: "Entra stellt über eine eigene Anwendung bereit. Eine, die aus einer App-Registrierung oder Anmeldung entstand, kann das nicht.",
            how: &[
                "Wählen Sie **Eigene Anwendung erstellen**.",
                "Geben Sie einen Namen ein und wählen Sie **Beliebige andere, nicht im Katalog zu findende Anwendung integrieren (nicht im Katalog)**.",
                "Wählen Sie **Erstellen** und warten Sie, bis die Anwendung sich öffnet.",
            ],
        },
        StepId::ProvisioningModeAutomatic => Step {
            title: "Bereitstellung auf automatisch setzen",
            why: "So legt Entra Benutzer hier selbst an, ändert und deaktiviert sie.",
            how: &[
                "Wählen Sie in der Anwendung **Bereitstellung**.",
                "Wählen Sie **Neue Konfiguration**. Fragt die Seite nach einem **Bereitstellungsmodus**, wählen Sie **Automatisch**.",
            ],
        },
        StepId::EnterCredentials => Step {
            title: "Mandanten-URL und geheimes Token eintragen",
            why: "Sie führen Entra zu diesem Verzeichnis und belegen, dass es schreiben darf.",
            how: &["Fügen Sie beide Werte unverändert ein, nichts davor und nichts dahinter."],
        },
        StepId::TestConnection => Step {
            title: "Verbindung testen",
            why: "Entra fragt nach einem Benutzer, den es nicht gibt, und erwartet eine leere Antwort. Der Test erscheint hier sofort.",
            how: &[
                "Wählen Sie **Verbindung testen**.",
                "Meldet Entra, dass es bereitstellen darf, wählen Sie **Erstellen** oder **Speichern**.",
            ],
        },
        StepId::UserMapping => Step {
            title: "Benutzerzuordnung aktiviert lassen",
            why: "Ohne sie schickt Entra gar keine Benutzer.",
            how: &[
                "Wählen Sie unter **Bereitstellung** die **Attributzuordnung**, dann **Microsoft Entra ID-Benutzer bereitstellen**.",
                "**Aktiviert** steht auf **Ja**, und **Erstellen**, **Aktualisieren** und **Löschen** sind angehakt.",
            ],
        },
        StepId::MapExternalId => Step {
            title: "externalId aus objectId zuordnen",
            why: "Nur die Objekt-ID verbindet einen bereitgestellten Benutzer mit dem Menschen, der sich anmeldet. Entras Vorgabe schickt stattdessen mailNickname; ändern Sie das vor dem ersten Zyklus.",
            how: &[
                "Wählen Sie in derselben Zuordnung die Zeile mit dem Ziel **externalId**.",
                "Setzen Sie **Quellattribut** auf **objectId**, wählen Sie **OK**, dann **Speichern**.",
            ],
        },
        StepId::AssignPeople => Step {
            title: "Benutzer oder Gruppen zuweisen",
            why: "Entra schickt nur, wer zugewiesen ist. Ist niemand zugewiesen, läuft jeder Zyklus grün durch und schickt nichts.",
            how: &[
                "Wählen Sie in der Anwendung **Benutzer und Gruppen**, dann **Benutzer/Gruppe hinzufügen**.",
                "Wählen Sie Menschen oder Gruppen und **Zuweisen**. Von einer Gruppe zählen direkte Mitglieder; verschachtelte Gruppen werden nicht aufgelöst.",
            ],
        },
        StepId::ProvisionOnDemand => Step {
            title: "Einen Benutzer bei Bedarf bereitstellen",
            why: "Das zeigt in Sekunden, was ein Zyklus erst binnen 40 Minuten zeigt.",
            how: &[
                "Wählen Sie unter **Bereitstellung** **Bei Bedarf bereitstellen**.",
                "Wählen Sie einen zugewiesenen Benutzer, dann **Bereitstellen**. Der Benutzer erscheint hier.",
            ],
        },
        StepId::ProvisioningOn => Step {
            title: "Bereitstellung einschalten",
            why: "Von da an schickt Entra jede Änderung von selbst, alle 40 Minuten.",
            how: &[
                "Wählen Sie in der Übersicht der **Bereitstellung** **Bereitstellung starten**. Auf der älteren Seite setzen Sie **Bereitstellungsstatus** auf **Ein** und speichern.",
                "Der erste Zyklus schickt alle Zugewiesenen.",
            ],
        },
        StepId::UsersAppear => Step {
            title: "Die Benutzer erscheinen hier",
            why: "Nichts zu tun: Diese Seite geht mit, während sie ankommen.",
            how: &[],
        },
        StepId::GenericCredentials => Step {
            title: "Endpunkt-URL und Bearer-Token eintragen",
            why: "Jeder SCIM-2.0-Anbieter fragt nach diesen beiden, unter eigenen Namen: Basis-URL oder Mandanten-URL, und API-Token, geheimes Token oder OAuth-Bearer-Token.",
            how: &[
                "Wählen Sie in den SCIM- oder Bereitstellungseinstellungen des Anbieters **SCIM 2.0** und Anmeldung per Bearer-Token oder HTTP-Header.",
                "Fügen Sie beide Werte ein, testen Sie die Verbindung, falls angeboten, und speichern Sie.",
                "Nehmen Sie **userName** als eindeutige Kennung und erlauben Sie Anlegen, Ändern und Deaktivieren von Benutzern.",
            ],
        },
        StepId::GenericFirstUser => Step {
            title: "Einen Benutzer schicken",
            why: "Ein Benutzer belegt die Verbindung und die Zuordnung.",
            how: &[
                "Weisen Sie beim Anbieter einen Menschen der Anwendung zu und stoßen Sie den Abgleich an.",
                "Der Benutzer erscheint hier.",
            ],
        },
    }
}
