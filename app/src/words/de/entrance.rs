//! The doors, in German.

use crate::entrance::Failed;
use crate::words::entrance::Entrance;
use crate::words::refusals::Told;

pub(super) static WORDS: Entrance = Entrance {
    sign_in: "Mit Microsoft anmelden",
    what_to_do: "Melden Sie sich mit dem Konto Ihrer eigenen Organisation an.",
    failed,
    invited: |app, role| format!("Sie sind zu {app} als {role} eingeladen"),
    invited_text: "Melden Sie sich mit Microsoft an, um die Einladung anzunehmen. Sie gehört dann diesem Konto, nach Tenant- und Objekt-ID.",
    invite_ends: "Die Einladung endet",
    invite_gone: Told {
        title: "Diese Einladung gilt nicht mehr",
        why: "Eine Einladung öffnet einmal und nur für einige Zeit. Diese wurde benutzt, ist abgelaufen, widerrufen oder beim Kopieren abgeschnitten worden.",
        what_to_do: "Bitten Sie einen Eigentümer der App um eine neue.",
    },
    no_microsoft: "Die Anmeldung mit Microsoft ist auf diesem Server nicht eingerichtet. Wer ihn betreibt, setzt Client-ID und Geheimnis.",
    prove: "Melden Sie sich noch einmal an und wiederholen Sie es. Sie kommen auf diese Seite zurück.",
};

fn failed(failed: Failed) -> Told {
    match failed {
        Failed::Cancelled => Told {
            title: "Die Anmeldung wurde abgebrochen",
            why: "Sie wurde auf der Seite von Microsoft beendet, bevor sie vollständig war.",
            what_to_do: "Melden Sie sich erneut an, wann Sie mögen. Nichts wurde geändert.",
        },
        Failed::UnknownPerson => Told {
            title: "Dieses Konto kennt hier niemand",
            why: "Sie haben sich bei Microsoft angemeldet, aber das Konto gehört hier zu keinem Team.",
            what_to_do: "Melden Sie sich mit einem anderen Konto an, oder bitten Sie einen Eigentümer der App um eine Einladung.",
        },
        Failed::Expired => Told {
            title: "Die Anmeldung hat zu lange gedauert",
            why: "Zwischen dem Verlassen dieser Seite und der Rückkehr verging zu viel Zeit, oder die Seite wurde zweimal geöffnet.",
            what_to_do: "Melden Sie sich erneut an.",
        },
        Failed::Consent => Told {
            title: "Microsoft hat das Konto nicht eingelassen",
            why: "Ihr Tenant verlangt, dass erst ein Administrator diese Anwendung genehmigt.",
            what_to_do: "Bitten Sie einen Administrator Ihres Tenants um die Genehmigung, und melden Sie sich dann erneut an.",
        },
        Failed::WrongTenant => Told {
            title: "Das ist ein anderer Tenant",
            why: "Das Konto gehört zu einem anderen Tenant als dem hier erwarteten.",
            what_to_do: "Melden Sie sich mit einem Konto des erwarteten Tenants an.",
        },
        Failed::Unavailable => Told {
            title: "Microsoft ist nicht erreichbar",
            why: "Die Anmeldung ließ sich gerade nicht mit Microsoft abschließen.",
            what_to_do: "Versuchen Sie es in einer Minute erneut. Dauert es an, nennen Sie dem Support das Kennzeichen.",
        },
        Failed::Other => Told {
            title: "Die Anmeldung hat nicht funktioniert",
            why: "Microsoft oder dieser Server hat sie abgelehnt.",
            what_to_do: "Melden Sie sich erneut an. Bleibt es dabei, nennen Sie dem Support das Kennzeichen.",
        },
    }
}
