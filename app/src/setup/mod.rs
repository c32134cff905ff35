//! The portal of a customer's tenant admin: the door behind a setup link, and its home. The checklists themselves are
//! the console's pages, shown without the console around them.

use crate::act::Ending;
use crate::asked::{self, words};
use crate::directories;
use crate::entrance::failed_notice;
use crate::failure::{self, Failure};
use crate::layout::{ending, notice, page, parameter};
use crate::link::{self, Link};
use crate::onboarding::{self, Told};
use crate::organizations::{self, Here};
use crate::setup_links::{api::setup_offer, scope_words};
use crate::ui::{Kind, icon, submit_button, timestamp};
use contract::Setup;
use contract::onboarding::{erp_progress, progress};
use contract::organizations::Organization;
use contract::setup_links::{SetupLinkState, SetupOffer};
use leptos::prelude::*;
use leptos_meta::Title;

/// `/setup/{token}`: looking at it uses nothing up.
#[component]
pub fn SetupDoorPage() -> impl IntoView {
    let token = parameter("token");
    page(async move {
        let offer = setup_offer(token.clone()).await?;
        let words = words().setup;
        Ok(match offer.state {
            SetupLinkState::Open => door(&offer, token),
            SetupLinkState::Expired => closed(words.door_expired, words.door_expired_text),
            SetupLinkState::Revoked => closed(words.door_revoked, words.door_revoked_text),
            SetupLinkState::UsedElsewhere => closed(words.door_used, words.door_used_text),
        })
    })
}

fn closed(title: &'static str, text: &'static str) -> AnyView {
    view! {
        <Title text=title />
        <section class="refusal" data-over="">
            <h1>{title}</h1>
            <p>{text}</p>
        </section>
    }
    .into_any()
}

fn door(offer: &SetupOffer, token: String) -> AnyView {
    let words = words().setup;
    let title = (words.door_title)(&offer.app, &offer.organization);
    view! {
        <Title text=title.clone() />
        <section class="card narrow door">
            <h1>{title}</h1>
            <p class="lead">{(words.door_lead)(&offer.app)}</p>
            <ul class="points" role="list">
                <li>{icon("link")} <span>{words.opens} ": " {scope_words(offer.scope)}</span></li>
                <li>{icon("shield")} <span>{words.door_binds}</span></li>
                <li>{icon("waiting")} <span>{words.door_ends} " " {timestamp(offer.expires_at)}</span></li>
            </ul>
            <form method="post" action=link::setup().href()>
                <input type="hidden" name="token" value=token />
                {submit_button(Kind::Primary, words.begin)}
            </form>
        </section>
    }
    .into_any()
}

/// `/setup`: the organization's checklists, as far as the link opens them.
#[component]
pub fn SetupHomePage() -> impl IntoView {
    let ending = ending();
    page(async move {
        let reach = reach().await?;
        let organization = organizations::api::organization(reach.organization.clone()).await?;
        let mut cards = Vec::new();
        if reach.erp {
            cards.push(erp_card(&organization).await?);
        }
        if reach.directory_sync {
            cards.push(directory_card(&organization).await?);
        }
        Ok(home(&organization, cards, ending.as_ref()))
    })
}

fn home(organization: &Organization, cards: Vec<AnyView>, ending: Option<&Ending>) -> AnyView {
    let words = words().setup;
    let title = (words.home_title)(&organization.app.name, &organization.name);
    view! {
        <Title text=title.clone() />
        <div>
            <div class="page-top">
                <h1>{title}</h1>
                <div class="page-acts">{organizations::live(organization, Here::Onboarding)}</div>
            </div>
            <p class="lead">{words.home_lead}</p>
            {notice(ending)}
            <ul class="checklists" role="list" aria-label=words.checklists>{cards}</ul>
        </div>
    }
    .into_any()
}

async fn erp_card(organization: &Organization) -> Result<AnyView, Failure> {
    let words = words().setup;
    let erp = onboarding::api::erp(organization.id.clone()).await?;
    let href = link::erp(&organization.id).href();
    let counts = Some(erp_progress(&erp.items));
    let told = onboarding::erp::told(&organization.id, &erp.items);
    Ok(card(href, (words.erp, words.erp_text), counts, told))
}

async fn directory_card(organization: &Organization) -> Result<AnyView, Failure> {
    let words = words().setup;
    let all = directories::api::directories(organization.id.clone()).await?;
    let href = link::directory_sync(&organization.id).href();
    let counts = all.first().map(|directory| progress(&directory.steps));
    let told = all.first().map(onboarding::told);
    let name = (words.directory_sync, words.directory_text);
    Ok(card(href, name, counts, told.unwrap_or_default()))
}

fn card(
    href: String,
    (title, text): (&'static str, &'static str),
    counts: Option<(u32, u32)>,
    told: Told,
) -> AnyView {
    let words = words().setup;
    let state = match counts {
        None => view! { <span class="second-line">{words.not_begun}</span> }.into_any(),
        Some((done, of)) => view! {
            <span class="checklist-progress">
                <progress max=of value=done aria-hidden="true"></progress>
                <span>{(words.progress)(done, of)}</span>
            </span>
        }
        .into_any(),
    };
    view! {
        <li
            data-of=told.of data-checklist=told.checklist
            data-steps=told.steps data-steps-done=told.done
        >
            <a class="card checklist-card" href=href>
                <span class="checklist-name">{title}</span>
                <span class="second-line">{text}</span>
                {state}
            </a>
        </li>
    }
    .into_any()
}

/// The page for those whose setup session is not there, or over.
pub fn no_session() -> AnyView {
    view! { <div data-over="">{failure::plain(&words().setup.no_session)}</div> }.into_any()
}

/// `/setup/back[?failed=…]`: where a window ends that a framed page opened.
#[component]
pub fn SetupBackPage() -> impl IntoView {
    let words = words().setup;
    let failed = failed_notice();
    let title = match failed {
        Some(_) => words.back_failed,
        None => words.back,
    };
    view! {
        <Title text=title />
        <section class="refusal">
            <h1>{title}</h1>
            {failed}
            <p>{words.back_text}</p>
        </section>
    }
}

/// A form that leads to Microsoft and back. Microsoft shows itself in no frame: from a framed page it opens a window of its
/// own, by a ticket, since that window knows nothing of the frame's session (threats §0.8).
pub fn away(to: &Link, organization: &str, back: String, kind: Kind, label: &'static str) -> AnyView {
    let ticket = asked::way_out().filter(|_| asked::framed());
    let window = ticket.is_some().then_some("_blank");
    view! {
        <form method="post" action=to.clone().href() target=window>
            <input type="hidden" name="organization" value=organization.to_owned() />
            <input type="hidden" name="return_to" value=back />
            {ticket.map(|ticket| view! { <input type="hidden" name="ticket" value=ticket /> })}
            {submit_button(kind, label)}
            {window.map(|_| view! { <p class="help">{words().setup.opens_window}</p> })}
        </form>
    }
    .into_any()
}

/// In place of what another site's page must not be around (threats T65): the way to it in a window of its own.
pub fn own_window(page: String) -> AnyView {
    let words = words().setup;
    view! {
        <form class="own-window" method="post" action=link::setup().down("window").href() target="_blank">
            <input type="hidden" name="ticket" value=asked::way_out() />
            <input type="hidden" name="return_to" value=page />
            <p class="help">{words.own_window_text}</p>
            {submit_button(Kind::Secondary, words.own_window)}
        </form>
    }
    .into_any()
}

/// What the viewer's setup link opens; nothing here is for those who came another way.
#[server(prefix = "/ask", endpoint = "reach")]
pub async fn reach() -> Result<Setup, Failure> {
    let (_, viewer) = crate::server::enter()?;
    let reach = viewer.reach.setup().cloned();
    crate::server::told(reach.ok_or(contract::Refusal::NotFound))
}
