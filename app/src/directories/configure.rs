//! The one decision before a directory is made: what happens, what is needed, Configure.

use super::api::Configure;
use crate::asked::{framed, may_change, words};
use crate::entrance::nothing_here;
use crate::layout::{ending, notice, organization_here, page, parameter};
use crate::link;
use crate::organizations::{self, Here};
use crate::setup::own_window;
use crate::ui::{Kind, icon, link_button, prose, provider_mark, submit_button};
use contract::directories::Provider;
use contract::organizations::Organization;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// `/organizations/{organization}/directory-sync/providers/{provider}`
#[component]
pub fn ConfigurePage() -> impl IntoView {
    let (id, slug) = (organization_here(), parameter("provider"));
    let ending = ending();
    page(async move {
        let Some(provider) = Provider::from_slug(&slug) else {
            nothing_here().await?;
            return Ok(().into_any());
        };
        let organization = organizations::api::organization(id).await?;
        let title = (words().directories.configure_title)(provider.name());
        Ok(view! {
            <Title text=title.clone() />
            {organizations::head(&organization, Here::DirectorySync, None, None)}
            {notice(ending.as_ref())}
            {decision(&organization, provider, title)}
        }
        .into_any())
    })
}

fn decision(organization: &Organization, provider: Provider, title: String) -> AnyView {
    let words = words().directories;
    let points = [
        ("link", (words.configure_makes)(&organization.name)),
        ("key", words.configure_once.to_owned()),
        ("shield", (words.configure_reads)(provider).to_owned()),
    ];
    let points: Vec<_> = points
        .into_iter()
        .map(|(mark, text)| view! { <li>{icon(mark)} <span>{text}</span></li> })
        .collect();
    view! {
        <section class="card narrow configure" aria-labelledby="configure">
            <div class="configure-title">
                {provider_mark(provider)}
                <h2 id="configure">{title}</h2>
            </div>
            <ul class="points" role="list">{points}</ul>
            <h3>{words.needs}</h3>
            {needs(provider)}
            {match framed() {
                true => own_window(link::providers(&organization.id).down(provider.slug()).href()),
                false => form(organization, provider),
            }}
        </section>
    }
    .into_any()
}

fn form(organization: &Organization, provider: Provider) -> AnyView {
    let words = words().directories;
    let other = link::providers(&organization.id).href();
    view! {
        <form method="post" action=Configure::PATH>
            <input type="hidden" name="organization" value=organization.id.clone() />
            <input type="hidden" name="provider" value=provider.slug() />
            <div class="form-acts">
                {may_change().then(|| submit_button(Kind::Primary, words.configure))}
                {link_button(Kind::Quiet, other, words.other_provider)}
            </div>
        </form>
    }
    .into_any()
}

fn needs(provider: Provider) -> AnyView {
    let words = words().directories;
    let lines: Vec<&'static str> = if provider == Provider::EntraId {
        words.needs_entra.to_vec()
    } else {
        vec![words.needs_other]
    };
    let lines: Vec<_> = lines
        .into_iter()
        .map(|line| view! { <li>{prose(line)}</li> })
        .collect();
    view! { <ul class="needs">{lines}</ul> }.into_any()
}
