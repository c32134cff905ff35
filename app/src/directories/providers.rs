//! The list of providers: where an organization keeps its people.

use crate::asked::{may_change, words};
use crate::layout::{organization_here, page};
use crate::link;
use crate::organizations::{self, Here};
use crate::ui::{icon, provider_mark};
use contract::directories::Provider;
use contract::organizations::Organization;
use leptos::prelude::*;
use leptos_meta::Title;

/// `/organizations/{organization}/directory-sync/providers`
#[component]
pub fn ProvidersPage() -> impl IntoView {
    let id = organization_here();
    page(async move {
        let organization = organizations::api::organization(id).await?;
        Ok(view! {
            <Title text=words().directories.connect_another />
            {organizations::head(&organization, Here::DirectorySync, None, None)}
            {choose(&organization)}
        }
        .into_any())
    })
}

/// The providers as cards, and a line for all that are not listed.
pub(super) fn choose(organization: &Organization) -> AnyView {
    let words = words().directories;
    let listed = Provider::ALL
        .into_iter()
        .filter(|provider| *provider != Provider::Scim);
    let cards: Vec<_> = listed
        .map(|provider| view! { <li>{card(organization, provider)}</li> })
        .collect();
    let any = address(organization, Provider::Scim);
    view! {
        <section class="choose-provider" aria-labelledby="choose-provider">
            <h2 id="choose-provider">{(words.where_title)(&organization.name)}</h2>
            <p class="lead">{words.where_text}</p>
            <ul class="providers" role="list">{cards}</ul>
            <p class="not-listed">
                {words.not_listed} " "
                {if may_change() { view! { <a href=any>{words.any_scim}</a> }.into_any() } else { words.any_scim.into_any() }}
            </p>
        </section>
    }
    .into_any()
}

fn card(organization: &Organization, provider: Provider) -> AnyView {
    let words = words().directories;
    let note = if provider == Provider::EntraId {
        words.guided
    } else {
        words.generic
    };
    let inner = view! {
        {provider_mark(provider)}
        <span class="provider-text">
            <span class="provider-name">{provider.name()}</span>
            <span class="provider-note">{note}</span>
        </span>
    };
    if !may_change() {
        return view! { <span class="provider">{inner}</span> }.into_any();
    }
    view! { <a class="provider" href=address(organization, provider)>{inner} {icon("right")}</a> }.into_any()
}

fn address(organization: &Organization, provider: Provider) -> String {
    link::providers(&organization.id).down(provider.slug()).href()
}
