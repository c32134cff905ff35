//! The ERP checklist, in German.

use crate::words::erp::Erp;
use crate::words::onboarding::Step;
use contract::onboarding::erp::{ConsentRefusal, ErpEvidence, ErpFailure, ErpState, ErpStep, ErpWarning};

pub(super) static WORDS: Erp = Erp {
    tab: "Onboarding",
    title: |name| format!("ERP mit {name} verbinden"),
    lead: "Jeder Schritt wird bei Microsoft gelesen, nicht von Hand abgehakt. Die Seite hält sich selbst auf dem Laufenden.",
    before: "Bevor Sie beginnen",
    needs: &[
        "Ein Konto mit einer dieser Verzeichnisrollen: **Cloud Application Administrator**, **Application Administrator** oder **Global Administrator**. Um den Dienstbenutzer anzulegen: **User Administrator**.",
        "Ein eigenes Konto für das ERP: ein Mitglied Ihres Tenants, kein Gast und niemandes eigenes Konto.",
        "Etwa zwei Minuten. Ein Schritt, der eine andere Rolle braucht, lässt sich einem Kollegen senden.",
    ],
    supplied: "Vom Eigentümer der App vorgegeben",
    client_id: "Anwendungs-ID (Client)",
    app_role: "App-Rolle",
    app_missing: "Der Eigentümer der App hat ihre Client-ID und Rolle noch nicht eingetragen.",
    app_missing_text: "Anmeldung und Wahl des Dienstbenutzers gehen schon. Zustimmung, Rolle und Test brauchen die beiden Werte.",
    redirects: "Umleitungs-URIs, die in der App-Registrierung stehen müssen",
    redirect_sign_in: "Für die Anmeldung",
    redirect_consent: "Für die Zustimmung",
    redirect_test: "Für die Test-Anmeldung",
    recheck: "Neu prüfen",
    all_done: "Jeder Schritt ist bewiesen. Das ERP kann die App aufrufen.",
    step,
    state,
    evidence,
    reason,
    remedy,
    warning,
    waiting,
    mend: |name| format!("Zum Schritt, der es behebt: {name}"),
    mended: "Der Schritt, der es behebt, ist inzwischen erledigt. Testen Sie erneut.",
    do_it: "Für mich erledigen",
    script: "Skript",
    by_hand: "Von Hand",
    plan: "Was geschieht",
    sign_in: "Bei Microsoft anmelden",
    sign_in_again: "Als jemand anderes anmelden",
    sign_in_plan: &[
        "Microsoft bittet Sie um die Anmeldung und darum, dass Rollcall Benutzer lesen und, wo Ihre Rolle es erlaubt, einen Benutzer anlegen und eine Rolle zuweisen darf.",
        "Gelesen werden Ihr Name, Ihr Tenant und Ihre Verzeichnisrollen.",
        "Nichts wird geändert. Was Microsoft uns leiht, bleibt auf dem Server und endet mit dieser Sitzung.",
    ],
    sign_in_first: "Das geschieht im Tenant in Ihrem Namen. Melden Sie sich zuerst bei Microsoft an.",
    signed_in_as: "Angemeldet als",
    tenant: "Tenant",
    tenant_id: "Tenant-ID",
    directory_roles: "Verzeichnisrollen",
    no_roles: "keine, auf die es hier ankommt",
    chosen: "Dienstbenutzer",
    user_name: "Benutzerprinzipalname",
    object_id: "Objekt-ID",
    find: "Benutzer des Tenants suchen",
    find_label: "Name oder Benutzerprinzipalname",
    found: "Gefundene Benutzer",
    none_found: |name| {
        format!(
            "Kein Name und keine Adresse beginnt mit „{name}“. Versuchen Sie die ersten Buchstaben, oder legen Sie den Benutzer unten an."
        )
    },
    choose: "Wählen",
    choose_who: |name| format!("{name} wählen"),
    is_guest: "Gast, nicht verwendbar",
    is_disabled: "Deaktiviert, nicht verwendbar",
    is_chosen: "Gewählt",
    create: "Dienstbenutzer anlegen",
    create_title: "Niemand passt? Legen Sie einen an:",
    create_plan: &[
        "Im Tenant wird ein Benutzer angelegt: ein Mitglied, aktiviert, ohne Rolle und Lizenz.",
        "Sein erstes Kennwort ist zufällig und wird hier einmal gezeigt: Bewahren Sie es dort auf, wo das ERP seine Geheimnisse hat.",
        "Sie können es hier rückgängig machen: Dann wird der Benutzer gelöscht.",
    ],
    password_title: "Der Dienstbenutzer ist angelegt",
    password: "Kennwort",
    password_text: "Es wird nur jetzt gezeigt und hier nirgends aufbewahrt. Das ERP braucht es, und die Test-Anmeldung auch.",
    display_name: "Anzeigename",
    display_name_value: "ERP-Dienstbenutzer",
    user_name_help: "In einer Domäne des Tenants, so wie er sich anmelden soll.",
    consent: "Zustimmung bei Microsoft erteilen",
    consent_plan: &[
        "Microsoft zeigt, worum die App bittet; Sie stimmen für den ganzen Tenant zu.",
        "Die App steht danach unter **Unternehmensanwendungen** des Tenants.",
        "Sie kommen hierher zurück. Wir glauben keiner Umleitung: Ein Token des Tenants und die Anwendung dort beweisen es.",
        "Zum Zurücknehmen löschen Sie die Anwendung unter **Unternehmensanwendungen**.",
    ],
    permissions: "Berechtigungen",
    permission: "Berechtigung",
    permission_kind: "Typ",
    permission_state: "Status",
    delegated: "Delegiert",
    application: "Anwendung",
    granted: "Erteilt",
    not_granted: "Nicht erteilt",
    assign: "App-Rolle zuweisen",
    assign_plan: |role, user| {
        format!(
            "Die App-Rolle {role} wird {user} zugewiesen. Sonst ändert sich nichts, und Sie können es hier rückgängig machen."
        )
    },
    user_first: "Wählen Sie zuerst den Dienstbenutzer.",
    undo: "Rückgängig…",
    undo_title: |step| match step {
        ErpStep::ServiceUser => "Den von uns angelegten Dienstbenutzer löschen?",
        _ => "Die von uns zugewiesene App-Rolle entfernen?",
    },
    undo_text: |step| match step {
        ErpStep::ServiceUser => {
            "Der Benutzer wird im Tenant gelöscht. Entra bewahrt gelöschte Benutzer 30 Tage auf. Das ERP kann sich damit nicht mehr anmelden."
        }
        _ => {
            "Die Zuweisung wird im Tenant gelöscht. Die App weist den Dienstbenutzer ab seinem nächsten Token ab."
        }
    },
    undo_do: |step| match step {
        ErpStep::ServiceUser => "Benutzer löschen",
        _ => "Rolle entfernen",
    },
    test: "Als Dienstbenutzer anmelden",
    test_plan: &[
        "Microsoft fragt, wer sich anmeldet: Wählen Sie **Anderes Konto verwenden** und melden Sie sich als Dienstbenutzer an, nicht als Sie selbst.",
        "Gelesen werden Tenant, Objekt-ID und Rollen des Tokens. Sie stehen dann hier; das Token wird nicht aufbewahrt.",
    ],
    test_result: "Was im Token stand",
    token_roles: "Rollen",
    token_no_roles: "keine",
    hand_over: |name| format!("Ihrem Konto fehlt die Verzeichnisrolle dafür. Eine davon genügt: {name}."),
    hand_over_text: "Senden Sie den Schritt einem Kollegen, der sie hat. Der Link öffnet nur diesen einen Schritt.",
    hand_over_do: "Link für diesen Schritt erzeugen",
    open_users: "Microsoft Entra öffnen: Benutzer",
    open_apps: "Microsoft Entra öffnen: Unternehmensanwendungen",
    code: "Code von Microsoft",
};

fn step(step: ErpStep) -> Step {
    match step {
        ErpStep::SignIn => Step {
            title: "Bei Microsoft anmelden",
            why: "Das beweist, welcher Tenant Ihrer ist, und lässt diese Seite dort lesen, worauf die nächsten Schritte beruhen.",
            how: &[],
        },
        ErpStep::ServiceUser => Step {
            title: "Dienstbenutzer wählen",
            why: "Als dieser Benutzer meldet sich das ERP an. Er muss ein aktiviertes Mitglied des Tenants sein und besser niemandes eigenes Konto.",
            how: &[
                "Wählen Sie **Neuer Benutzer**, dann **Neuen Benutzer erstellen**.",
                "Geben Sie Benutzerprinzipalname und Anzeigename ein, lassen Sie **Konto aktiviert** angehakt und wählen Sie **Erstellen**.",
                "Kommen Sie zurück, suchen Sie den Benutzer oben und wählen Sie ihn.",
            ],
        },
        ErpStep::AdminConsent => Step {
            title: "Administratorzustimmung erteilen",
            why: "Damit kommt die App mit den Berechtigungen, um die sie bittet, in Ihren Tenant, für alle auf einmal.",
            how: &[
                "Wählen Sie unter **Unternehmensanwendungen** die Anwendung mit der hier gezeigten Client-ID.",
                "Wählen Sie **Berechtigungen**, dann **Administratorzustimmung erteilen**. Sie steht noch nicht in der Liste? Nehmen Sie die Schaltfläche oben: Die Zustimmung per Link fügt sie hinzu.",
            ],
        },
        ErpStep::AppRole => Step {
            title: "App-Rolle zuweisen",
            why: "Nur wer diese Rolle hat, kommt hinein. Die Zustimmung allein weist sie niemandem zu.",
            how: &[
                "Wählen Sie unter **Unternehmensanwendungen** die Anwendung mit der hier gezeigten Client-ID.",
                "Wählen Sie **Benutzer und Gruppen**, dann **Benutzer/Gruppe hinzufügen**.",
                "Wählen Sie unter **Benutzer** den Dienstbenutzer, unter **Rolle auswählen** die hier gezeigte Rolle, dann **Zuweisen**.",
            ],
        },
        ErpStep::TestSignIn => Step {
            title: "Anmeldung testen",
            why: "Eine Anmeldung als Dienstbenutzer zeigt, ob das ERP hineinkommt, bevor das ERP es versucht.",
            how: &[],
        },
    }
}

fn state(state: &ErpState) -> &'static str {
    match state {
        ErpState::ToDo => "zu tun",
        ErpState::Checking => "wird geprüft",
        ErpState::Done { .. } => "erledigt",
        ErpState::WaitingForMicrosoft { .. } => "wartet auf Microsoft",
        ErpState::Failed { .. } => "fehlgeschlagen",
        ErpState::NotNeeded => "nicht nötig",
    }
}

fn evidence(evidence: &ErpEvidence) -> String {
    match evidence {
        ErpEvidence::SignedIn { name, address } => format!("{name} ({address}) hat sich angemeldet"),
        ErpEvidence::Tenant { name } => format!("Tenant {name} ist bewiesen"),
        ErpEvidence::ServiceUser { address, .. } => format!("{address} ist ein aktiviertes Mitglied"),
        ErpEvidence::Consent { permissions } => {
            format!("{permissions} von {permissions} Berechtigungen erteilt")
        }
        ErpEvidence::Role { role } if role.is_empty() => "Der Dienstbenutzer hat die Rolle".to_owned(),
        ErpEvidence::Role { role } => format!("Der Dienstbenutzer hat {role}"),
        ErpEvidence::TestPassed { address, roles } => {
            format!("{address} kam hinein mit {}", roles.join(", "))
        }
    }
}

fn reason(failure: &ErpFailure) -> String {
    let code = |code: &Option<u32>| code.map(|code| format!(" (AADSTS{code})")).unwrap_or_default();
    match failure {
        ErpFailure::WrongTenant => {
            "Sie haben sich in einem anderen Tenant angemeldet als dem dieser Organisation.".to_owned()
        }
        ErpFailure::UserMissing => "Den Dienstbenutzer gibt es im Tenant nicht mehr.".to_owned(),
        ErpFailure::UserDisabled => "Das Konto des Dienstbenutzers ist deaktiviert.".to_owned(),
        ErpFailure::UserIsGuest => "Der Dienstbenutzer ist ein Gast des Tenants, kein Mitglied.".to_owned(),
        ErpFailure::ConsentRefused(ConsentRefusal::Cancelled) => {
            "Die Zustimmung wurde auf der Seite von Microsoft abgebrochen.".to_owned()
        }
        ErpFailure::ConsentRefused(ConsentRefusal::NeedsAdmin) => {
            "Das Konto, das es versucht hat, darf nicht für den Tenant zustimmen.".to_owned()
        }
        ErpFailure::ConsentRefused(ConsentRefusal::Other(code)) => {
            format!("Microsoft hat die Zustimmung abgelehnt: {code}.")
        }
        ErpFailure::ConsentNotVisible => {
            "Microsoft hat die Zustimmung vor mehr als 10 Minuten gemeldet und zeigt sie immer noch nicht."
                .to_owned()
        }
        ErpFailure::PermissionsMissing(names) => {
            format!(
                "Die Zustimmung gilt, aber ohne diese Berechtigungen: {}.",
                names.join(", ")
            )
        }
        ErpFailure::WrongPrincipal(names) => {
            format!(
                "Die Rolle liegt beim falschen Prinzipal: {}. Dem Dienstbenutzer fehlt sie.",
                names.join(", ")
            )
        }
        ErpFailure::RoleNotVisible => {
            "Die Rolle wurde vor mehr als 10 Minuten zugewiesen und Microsoft zeigt sie immer noch nicht."
                .to_owned()
        }
        ErpFailure::ConsentRequired { code } => {
            format!(
                "Zustimmung erforderlich: Sie wurde nicht erteilt oder ist noch nicht sichtbar (AADSTS{code})."
            )
        }
        ErpFailure::AccessDenied { code: found } => format!(
            "Zugriff verweigert: Dem Dienstbenutzer fehlt die App-Rolle, oder ein anderer hat sie{}.",
            code(found)
        ),
        ErpFailure::WrongAccount { address } => {
            format!("Falsches Konto: {address} hat sich angemeldet, nicht der Dienstbenutzer.")
        }
        ErpFailure::TestFailed { code: found, .. } => {
            format!("Microsoft hat die Anmeldung abgelehnt{}.", code(found))
        }
    }
}

fn remedy(failure: &ErpFailure) -> &'static str {
    match failure {
        ErpFailure::WrongTenant => {
            "Melden Sie sich mit einem Konto aus dem Tenant der Organisation an. Ist der andere der richtige? Fragen Sie den Eigentümer der App."
        }
        ErpFailure::UserMissing => "Wählen Sie einen anderen Benutzer, oder legen Sie einen an.",
        ErpFailure::UserDisabled => {
            "Aktivieren Sie das Konto in Entra unter **Kontostatus**, oder wählen Sie einen anderen Benutzer."
        }
        ErpFailure::UserIsGuest => {
            "Wählen Sie einen Benutzer mit dem **Benutzertyp** **Mitglied**, oder legen Sie einen an."
        }
        ErpFailure::ConsentRefused(ConsentRefusal::Cancelled) => {
            "Es wurde nichts erteilt. Beginnen Sie erneut und wählen Sie **Akzeptieren**."
        }
        ErpFailure::ConsentRefused(ConsentRefusal::NeedsAdmin) => {
            "Beginnen Sie erneut mit einem Konto, das eine der unten genannten Rollen hat, oder senden Sie den Schritt einem Kollegen."
        }
        ErpFailure::ConsentRefused(ConsentRefusal::Other(_)) => {
            "Beginnen Sie erneut. Bleibt es dabei, schlagen Sie den Code unter login.microsoftonline.com/error nach."
        }
        ErpFailure::ConsentNotVisible => {
            "Wählen Sie **Neu prüfen**. Bleibt es dabei, erteilen Sie die Zustimmung noch einmal."
        }
        ErpFailure::PermissionsMissing(_) => {
            "Erteilen Sie die Zustimmung noch einmal: Sie umfasst alles, worum die App inzwischen bittet."
        }
        ErpFailure::WrongPrincipal(_) => {
            "Weisen Sie die Rolle dem Dienstbenutzer zu. Nehmen Sie sie den anderen, wenn sie sie nicht brauchen."
        }
        ErpFailure::RoleNotVisible => {
            "Wählen Sie **Neu prüfen**. Bleibt es dabei, weisen Sie die Rolle noch einmal zu."
        }
        ErpFailure::ConsentRequired { .. } => {
            "Erteilen Sie die Administratorzustimmung, warten Sie, bis der Schritt erledigt ist, und testen Sie erneut."
        }
        ErpFailure::AccessDenied { .. } => {
            "Weisen Sie dem Dienstbenutzer die App-Rolle zu, warten Sie, bis der Schritt erledigt ist, und testen Sie erneut."
        }
        ErpFailure::WrongAccount { .. } => {
            "Testen Sie erneut. Wählen Sie bei Microsoft **Anderes Konto verwenden** und melden Sie sich als Dienstbenutzer an."
        }
        ErpFailure::TestFailed { .. } => {
            "Lesen Sie unten, was Microsoft sagt, beheben Sie es in Entra, und testen Sie erneut."
        }
    }
}

fn warning(warning: &ErpWarning) -> String {
    match warning {
        ErpWarning::ServiceUserIsAdmin => {
            "Das ist Ihr eigenes Konto. Gehen Sie oder ändern Sie Ihr Kennwort, steht das ERP still. Ein eigenes Konto ist besser.".to_owned()
        }
        ErpWarning::RoleAlsoElsewhere(names) => {
            format!("Auch diese haben die Rolle und kommen hinein: {}.", names.join(", "))
        }
    }
}

fn waiting(step: ErpStep) -> &'static str {
    match step {
        ErpStep::AdminConsent => {
            "Microsoft hat die Zustimmung gemeldet und zeigt sie noch nicht. Das dauert Sekunden bis Minuten; die Seite sieht von selbst wieder nach."
        }
        _ => {
            "Microsoft hat die Zuweisung angenommen und zeigt sie noch nicht. Das dauert Sekunden bis Minuten; die Seite sieht von selbst wieder nach."
        }
    }
}
