//! The demo: who plays which part, and what to try.

use axum::Router;
use axum::extract::{Query, State};
use axum::routing::get;

use super::html::{Html, html};
use super::layout::{Place, heading, page};
use super::{Desk, View};
use crate::cloud::Person;
use crate::tenant::Property;

pub(super) fn router() -> Router<Desk> {
    Router::new().route("/demo", get(show))
}

/// Something to try: who begins, what it is called, and its steps.
struct Story {
    title: &'static str,
    steps: &'static [&'static str],
}

const STORIES: &[Story] = &[
    Story {
        title: "Send a customer a setup link",
        steps: &[
            "In the portal, sign in with Microsoft and pick Olivia Owner.",
            "Open the organization Contoso of the app Truvio, then Setup links.",
            "Make a link that opens the ERP checklist, and copy it.",
            "Open it in a private window: that is the customer's browser.",
        ],
    },
    Story {
        title: "Finish the ERP checklist as Contoso's admin",
        steps: &[
            "In the private window press Begin, and sign in as Megan Bowen, who is Global Administrator.",
            "Choose Truvio Service as the service user, or have one created.",
            "Grant consent, have the app role assigned, and test the sign-in as the service user.",
            "Or do each step by hand in this admin center, and watch the checklist notice.",
        ],
    },
    Story {
        title: "Go wrong on purpose",
        steps: &[
            "Sign in as Adele Vance: an Application Administrator lacks a role, and can hand that step over.",
            "Cancel at the consent page, or test the sign-in before consent was granted.",
            "Test the sign-in as Alex Wilber instead of the service user.",
            "Delete Truvio under Enterprise applications, then look at the checklist again.",
        ],
    },
    Story {
        title: "Fill a directory by SCIM",
        steps: &[
            "As Olivia, create an organization of Hero SaaS, choose Microsoft Entra ID and make a token.",
            "Paste endpoint and token under Hero SaaS, Admin credentials and mappings, and start provisioning.",
            "Block somebody's sign-in under Users, and watch them become inactive in the portal.",
        ],
    },
    Story {
        title: "See what support sees",
        steps: &[
            "Sign in as Sam Support: health and checklists are open, nothing can be changed, no secret is shown.",
            "Open the users of an organization: Sam says why he looks and for how long, and the organization sees it.",
        ],
    },
];

async fn show(State(desk): State<Desk>, Query(view): Query<View>) -> Html {
    let portals = desk.entra().view().portals().to_vec();
    let people = desk.entra().people().to_vec();
    let body = html!(
        [heading(&[], "The demo")]
        "<p class=\"lead\">Three tenants that exist only here: Hero Industries sells software, Contoso and Fabrikam buy it. "
        "Sign in as any of these people wherever Microsoft asks who you are; there are no passwords.</p>"
        [portals.iter().map(|url| html!(
            "<p><a class=\"button primary\" href=\"" (url) "/\">Open the portal</a> <span class=\"quiet\">" (url) "</span></p>"
        ))]
        "<section><h2>People</h2><div class=\"scroll\"><table><thead><tr><th>Name</th><th>Part</th><th>Signs in as</th>"
        "<th>Tenant</th></tr></thead><tbody>" [people.iter().map(|person| row(&desk, person))] "</tbody></table></div></section>"
        "<div class=\"columns\">" [STORIES.iter().map(story)] "</div>"
    );
    page(&desk, Place::Demo, "The demo", view.note, body)
}

fn row(desk: &Desk, person: &Person) -> Html {
    let user = desk.entra().user(person.tenant, person.id);
    let tenant = desk.entra().tenant(person.tenant);
    // A guest signs in at home, with the address of there.
    let address = user
        .as_ref()
        .filter(|user| user.guest)
        .and_then(|user| user.get(Property::Mail));
    let name = user
        .as_ref()
        .map_or(person.upn.as_str(), |user| user.display_name());
    html!(
        "<tr><td><a href=\"/users/" (person.id) "\"><bdi>" (name) "</bdi></a></td><td>" (person.part) "</td><td class=\"mono\">"
        (address.unwrap_or(&person.upn)) "</td><td>" [tenant.map(|tenant| html!((tenant.name())))] "</td></tr>"
    )
}

fn story(story: &Story) -> Html {
    html!(
        "<section><h2>" (story.title) "</h2><ol class=\"plain\">"
        [story.steps.iter().map(|step| html!("<li>" (step) "</li>"))] "</ol></section>"
    )
}
