//! The Directory Sync tab: the list of providers while there is no directory, else one directory with all about it.

use super::{api, checks, manage, providers, secret, summary, tokens};
use crate::act::{Done, Ending};
use crate::asked::{may_change, setup, words};
use crate::layout::{ending, notice, organization_here, page, query};
use crate::link;
use crate::onboarding;
use crate::organizations::{self, Here};
use crate::ui::{Kind, Tab, Tone, callout, link_button, tabs};
use contract::directories::{Directory, ShownOnce};
use contract::onboarding::progress;
use contract::organizations::Organization;
use leptos::prelude::*;
use leptos_meta::Title;

/// `/organizations/{organization}/directory-sync[?directory=…]`
#[component]
pub fn DirectorySyncPage() -> impl IntoView {
    let id = organization_here();
    let asked = query().get("directory");
    let ending = ending();
    page(async move {
        let organization = organizations::api::organization(id.clone()).await?;
        let directories = api::directories(id).await?;
        let chosen = directories
            .iter()
            .find(|one| Some(&one.id) == asked.as_ref())
            .or(directories.first());
        let secret = match chosen {
            Some(directory) if is_made(ending.as_ref()) => api::reveal(directory.id.clone()).await?,
            _ => None,
        };
        let body = match chosen {
            Some(directory) => configured(
                &organization,
                &directories,
                directory,
                secret.as_ref(),
                ending.as_ref(),
            ),
            None => providers::choose(&organization),
        };
        let acts = organizations::acts(&organization, &directories, ending.as_ref());
        Ok(view! {
            <Title text=format!("{} · {}", words().organizations.tab_directory_sync, organization.name) />
            {organizations::head(&organization, Here::DirectorySync, None, acts)}
            {notice(ending.as_ref())}
            {body}
        }
        .into_any())
    })
}

/// Only the page that follows the making of a token asks for its secret.
fn is_made(ending: Option<&Ending>) -> bool {
    matches!(ending, Some(Ending::Done(Done::Configured | Done::TokenMade)))
}

fn configured(
    organization: &Organization,
    all: &[Directory],
    directory: &Directory,
    secret: Option<&ShownOnce>,
    ending: Option<&Ending>,
) -> AnyView {
    let words = words().directories;
    view! {
        {several(organization, all, directory)}
        {(!directory.enabled).then(|| disabled(organization, directory))}
        {secret.map(|shown| secret::panel(organization, directory, shown))}
        {cards(organization, directory, ending)}
        {(may_change() && setup().is_none()).then(|| manage::manage(organization, directory, ending))}
        {(may_change() && all.len() == 1).then(|| view! {
            <p class="another">
                <a href=link::providers(&organization.id).href()>{words.connect_another}</a>
            </p>
        })}
    }
    .into_any()
}

/// What there is to do comes before what can be looked at: an unfinished checklist stands between the two.
fn cards(organization: &Organization, directory: &Directory, ending: Option<&Ending>) -> AnyView {
    let summary = summary::summary(organization, directory);
    let details = view! {
        {tokens::tokens(organization, directory, ending)}
        {checks::checks(&directory.health)}
    };
    let checklist = onboarding::checklist(organization, directory);
    let (done, of) = progress(&directory.steps);
    if done < of {
        view! {
            <section class="card directory" aria-labelledby="directory-name">{summary}</section>
            {checklist}
            <div class="card directory details">{details}</div>
        }
        .into_any()
    } else {
        view! {
            <section class="card directory" aria-labelledby="directory-name">{summary} {details}</section>
            {checklist}
        }
        .into_any()
    }
}

fn disabled(organization: &Organization, directory: &Directory) -> AnyView {
    let words = words().directories;
    let body = view! {
        <p>{words.disabled_text}</p>
        {(may_change() && setup().is_none()).then(|| manage::enable(organization, directory))}
    };
    callout(Tone::Warning, words.disabled_title, body)
}

/// With several directories: which one is shown, and the way to the others.
fn several(organization: &Organization, all: &[Directory], shown: &Directory) -> Option<AnyView> {
    let words = words().directories;
    (all.len() > 1).then(|| {
        let links = all
            .iter()
            .map(|one| Tab {
                label: one.name.clone(),
                href: link::directory(&organization.id, &one.id).href(),
                current: one.id == shown.id,
            })
            .collect();
        view! {
            <div class="directories">
                {tabs(words.all_directories, links)}
                {may_change().then(|| {
                    link_button(Kind::Quiet, link::providers(&organization.id).href(), words.connect_another)
                })}
            </div>
        }
        .into_any()
    })
}
