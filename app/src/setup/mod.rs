//! The portal of a customer's tenant admin: the door behind a setup link, and its home. The checklists themselves are
//! the console's pages, shown without the console around them.

use crate::act::Ending;
use crate::asked::words;
use crate::directories;
use crate::failure::{self, Failure};
use crate::layout::{ending, notice, page, parameter};
use crate::link;
use crate::onboarding;
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
        <section class="refusal">
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
    Ok(card(href, words.erp, words.erp_text, counts))
}

async fn directory_card(organization: &Organization) -> Result<AnyView, Failure> {
    let words = words().setup;
    let all = directories::api::directories(organization.id.clone()).await?;
    let href = link::directory_sync(&organization.id).href();
    let counts = all.first().map(|directory| progress(&directory.steps));
    Ok(card(href, words.directory_sync, words.directory_text, counts))
}

fn card(href: String, title: &'static str, text: &'static str, counts: Option<(u32, u32)>) -> AnyView {
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
        <li>
            <a class="card checklist-card" href=href>
                <span class="checklist-name">{title}</span>
                <span class="second-line">{text}</span>
                {state}
            </a>
        </li>
    }
    .into_any()
}

/// The page for those whose setup session is not there.
pub fn no_session() -> AnyView {
    failure::plain(&words().setup.no_session)
}

/// What the viewer's setup link opens; nothing here is for those who came another way.
#[server(prefix = "/ask", endpoint = "reach")]
pub async fn reach() -> Result<Setup, Failure> {
    let (_, viewer) = crate::server::enter()?;
    let reach = viewer.reach.setup().cloned();
    crate::server::told(reach.ok_or(contract::Refusal::NotFound))
}
